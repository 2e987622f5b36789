//! One file per verb: where the live half and the pure half meet.
//!
//! Each verb is a function `run(arguments, &Screen) -> Result<Ending, Failure>`. [`Screen`] is everything
//! that a verb may know about the person in front of it: language, colour, width, and where lines go.

use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind;

use crate::cli::{Cli, LessonVerb, Net, Verb, mistake, words};
use crate::failure::{Code, Failure};
use crate::observe::caller::{self, Needs};

mod annotate;
mod compare;
mod completions;
mod config;
mod doctor;
mod exchange;
mod explain;
mod keep;
mod lab;
mod lesson;
mod live;
mod man;
mod memory;
mod output;
mod pace;
mod plot;
mod printed;
mod regular;
mod screen;
mod tell;

pub use screen::Screen;

/// How a verb ended that was not a [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// What there was to say about it has been said; only the exit code is left.
    Said(Code),
}

/// The whole program: arguments in, exit code out. Whoever called, it is that user's from its first act on.
#[must_use]
pub fn main() -> ExitCode {
    let became = caller::become_who_called();
    output::hear_of_limits();
    let args: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let texts: Vec<String> = args
        .iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let screen = Screen::of_this_process(&texts);
    screen.hook_panics();
    let ending = became
        .map_err(Failure::from)
        .and_then(|()| parsed(&args, &texts, &screen))
        .and_then(|parsed| match parsed {
            Parsed::Cli(cli) => {
                caller::keep(needs(&cli.verb))?;
                verb(*cli, &texts, &screen)
            }
            Parsed::Answered => Ok(Ending::Done),
            Parsed::Nothing => Ok(Ending::Said(Code::Usage)),
        });
    match ending {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Said(code)) => ExitCode::from(code.number()),
        Err(failure) => {
            screen.fail(&failure);
            ExitCode::from(failure.code().number())
        }
    }
}

/// What a verb may keep of what was lent.
fn needs(verb: &Verb) -> Needs {
    let of_net = |net: &Net| match net.on {
        Some(_) => Needs::Loopback,
        None => Needs::Lab,
    };
    match verb {
        Verb::Tcp(args) => of_net(&args.net),
        Verb::Udp(args) => of_net(&args.net),
        Verb::Compare(args) if args.first.is_some() => Needs::Nothing,
        Verb::Compare(_) | Verb::Lab(_) | Verb::Doctor => Needs::Lab,
        Verb::Lesson(args) => match (&args.verb, &args.name) {
            (Some(LessonVerb::Check { .. } | LessonVerb::Watch { .. }), _) | (None, Some(_)) => {
                Needs::Lab
            }
            _ => Needs::Nothing,
        },
        Verb::Explain(_) | Verb::Completions(_) | Verb::Man => Needs::Nothing,
    }
}

/// What parsing gave.
enum Parsed {
    /// Something to do.
    Cli(Box<Cli>),
    /// Help or the version was asked for, and has been printed.
    Answered,
    /// No command was given: help has been shown.
    Nothing,
}

fn verb(cli: Cli, texts: &[String], screen: &Screen) -> Result<Ending, Failure> {
    // Recorded, so that who opens the file sees what was run.
    let command = texts.get(1..).unwrap_or_default().join(" ");
    match cli.verb {
        Verb::Tcp(args) => exchange::tcp(&args, &command, screen),
        Verb::Udp(args) => exchange::udp(&args, &command, screen),
        Verb::Compare(args) => compare::run(&args, &command, screen),
        Verb::Lab(args) => lab::run(&args, &command, screen),
        Verb::Lesson(args) => lesson::run(&args, screen),
        Verb::Explain(args) => explain::run(&args, screen),
        Verb::Completions(args) => completions::run(&args, screen),
        Verb::Doctor => doctor::run(screen),
        Verb::Man => man::run(screen),
    }
}

fn parsed(
    args: &[std::ffi::OsString],
    texts: &[String],
    screen: &Screen,
) -> Result<Parsed, Failure> {
    let mut command = screen.command();
    let error = match command
        .try_get_matches_from_mut(args)
        .and_then(|matches| Cli::from_arg_matches(&matches))
    {
        Ok(cli) => return Ok(Parsed::Cli(Box::new(cli))),
        Err(error) => error,
    };
    caller::keep(Needs::Nothing)?;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            screen.print_styled(&error.render())?;
            Ok(Parsed::Answered)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            screen.remark_styled(&error.render());
            Ok(Parsed::Nothing)
        }
        _ => Err(mistake::failure(&error, &command, texts)),
    }
}

/// The language of the arguments and the environment.
fn language(texts: &[String]) -> crate::text::Lang {
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).ok());
    words::asked_language(texts.iter().cloned())
        .unwrap_or_else(|| crate::text::Lang::of_locale(variables.iter().map(Option::as_deref)))
}

/// A folder of the XDG Base Directory Specification: that of the variable if it is absolute, else the usual one in
/// the home; none where there is no home.
fn folder(variable: &str, usual: &str) -> Option<std::path::PathBuf> {
    let set = std::env::var_os(variable).map(std::path::PathBuf::from);
    set.filter(|path| path.is_absolute())
        .or_else(|| Some(std::path::PathBuf::from(std::env::var_os("HOME")?).join(usual)))
}
