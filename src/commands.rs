//! One file per verb: where the live half and the pure half meet.
//!
//! Each verb is a function `run(arguments, &Console) -> Result<Ending, Failure>`. [`Console`] is everything
//! that a verb may know about the person in front of it: language, colour, width, and where lines go. It stands
//! with all else that verbs share in [`crate::session`].

use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind;

use crate::cli::{Cli, LessonVerbArgs, NetArgs, VerbArgs, mistake};
use crate::failure::{Code, Failure};
use crate::observe::caller::{self, Needs};
use crate::session::{self, Console, Ending};

mod compare;
mod completions;
mod doctor;
mod explain;
mod lab;
mod lesson;
mod man;
mod tcp;
mod udp;

/// The whole program: arguments in, exit code out. Whoever called, it is that user's from its first act on.
#[must_use]
pub fn main() -> ExitCode {
    let became = caller::become_who_called();
    session::output::hear_of_limits();
    let args: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let texts: Vec<String> = args
        .iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let console = Console::of_this_process(&texts);
    console.hook_panics();
    let ending = became
        .map_err(Failure::from)
        .and_then(|()| parsed(&args, &texts, &console))
        .and_then(|parsed| match parsed {
            ParsedArgs::Cli(cli) => {
                caller::keep(needs(&cli.verb))?;
                verb(*cli, &texts, &console)
            }
            ParsedArgs::Answered => Ok(Ending::Done),
            ParsedArgs::Nothing => Ok(Ending::Said(Code::Usage)),
        });
    match ending {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Said(code)) => ExitCode::from(code.number()),
        Err(failure) => {
            console.fail(&failure);
            ExitCode::from(failure.code().number())
        }
    }
}

/// What a verb may keep of what was lent.
fn needs(verb: &VerbArgs) -> Needs {
    let of_net = |net: &NetArgs| match net.on {
        Some(_) => Needs::Loopback,
        None => Needs::Lab,
    };
    match verb {
        VerbArgs::Tcp(args) => of_net(&args.net),
        VerbArgs::Udp(args) => of_net(&args.net),
        VerbArgs::Compare(args) if args.first.is_some() => Needs::Nothing,
        VerbArgs::Compare(_) | VerbArgs::Lab(_) | VerbArgs::Doctor => Needs::Lab,
        VerbArgs::Lesson(args) => match (&args.verb, &args.name) {
            (Some(LessonVerbArgs::Check { .. } | LessonVerbArgs::Watch { .. }), _)
            | (None, Some(_)) => Needs::Lab,
            _ => Needs::Nothing,
        },
        VerbArgs::Explain(_) | VerbArgs::Completions(_) | VerbArgs::Man => Needs::Nothing,
    }
}

/// What parsing gave.
enum ParsedArgs {
    /// Something to do.
    Cli(Box<Cli>),
    /// Help or the version was asked for, and has been printed.
    Answered,
    /// No command was given: help has been shown.
    Nothing,
}

fn verb(cli: Cli, texts: &[String], console: &Console) -> Result<Ending, Failure> {
    // Recorded, so that who opens the file sees what was run.
    let command = texts.get(1..).unwrap_or_default().join(" ");
    match cli.verb {
        VerbArgs::Tcp(args) => tcp::run(&args, &command, console),
        VerbArgs::Udp(args) => udp::run(&args, &command, console),
        VerbArgs::Compare(args) => compare::run(&args, &command, console),
        VerbArgs::Lab(args) => lab::run(&args, &command, console),
        VerbArgs::Lesson(args) => lesson::run(&args, console),
        VerbArgs::Explain(args) => explain::run(&args, console),
        VerbArgs::Completions(args) => completions::run(&args, console),
        VerbArgs::Doctor => doctor::run(console),
        VerbArgs::Man => man::run(console),
    }
}

fn parsed(
    args: &[std::ffi::OsString],
    texts: &[String],
    console: &Console,
) -> Result<ParsedArgs, Failure> {
    let mut command = console.command();
    let error = match command
        .try_get_matches_from_mut(args)
        .and_then(|matches| Cli::from_arg_matches(&matches))
    {
        Ok(cli) => return Ok(ParsedArgs::Cli(Box::new(cli))),
        Err(error) => error,
    };
    caller::keep(Needs::Nothing)?;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            console.print_styled(&error.render())?;
            Ok(ParsedArgs::Answered)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            console.remark_styled(&error.render());
            Ok(ParsedArgs::Nothing)
        }
        _ => Err(mistake::failure(&error, &command, texts)),
    }
}
