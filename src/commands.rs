//! One file per verb: where the live half and the pure half meet.
//!
//! In a verb's file stand its arguments with the keys of their help, what it keeps of lent rights, and the function
//! `run(arguments, &Console) -> Result<Ending, Failure>`. Arguments that several verbs have stand in [`crate::cli`].
//! [`Console`] is everything that a verb may know about the person in front of it: language, colour, width, and where
//! lines go. It stands with all else that verbs share in [`crate::session`].

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::cli::{NetArgs, mistake, order, spelling, values, words};
use crate::failure::{Code, Failure};
use crate::observe::caller::{self, Needs};
use crate::session::console::styles;
use crate::session::{self, Console, Ending};
use crate::text::Lang;

mod compare;
mod completions;
mod doctor;
mod endpoint;
mod exercise;
mod explain;
mod help;
mod lab;
mod lesson;
mod man;
mod serve;
mod tcp;
mod udp;

use compare::CompareArgs;
use completions::CompletionsArgs;
use doctor::DoctorArgs;
use endpoint::EndpointArgs;
use exercise::ExerciseArgs;
use explain::ExplainArgs;
use help::HelpArgs;
use lab::LabArgs;
use lesson::LessonArgs;
use man::ManArgs;
use serve::ServeArgs;
use tcp::TcpArgs;
use udp::UdpArgs;

/// The whole command line.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "sockscope",
    version,
    about = "help-about",
    after_help = "help-examples",
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_required = true
)]
struct Cli {
    /// Language; also found before anything is parsed, so that help and errors speak it.
    #[arg(long, global = true, value_name = "LANG", value_parser = values::lang, help = "help-lang")]
    lang: Option<Lang>,
    /// When output is coloured.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help = "help-color"
    )]
    color: ColorChoice,
    /// What to do.
    #[command(subcommand)]
    verb: VerbArgs,
}

/// What to do: each is documented at its type (a text here would stand before that in the help).
#[derive(Clone, Debug, Subcommand)]
enum VerbArgs {
    Tcp(Box<TcpArgs>),
    Udp(Box<UdpArgs>),
    Compare(CompareArgs),
    Lesson(LessonArgs),
    Exercise(Box<ExerciseArgs>),
    Explain(ExplainArgs),
    Lab(LabArgs),
    Serve(ServeArgs),
    Doctor(DoctorArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
    Help(HelpArgs),
    Endpoint(EndpointArgs),
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// In a pipe too.
    Always,
    /// Not even on a terminal.
    Never,
}

spelling!(ColorChoice: Auto "auto", Always "always", Never "never");

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
        .and_then(|()| session::confined::as_asked())
        .and_then(|()| parsed(&args, &texts, &console))
        .and_then(|parsed| match parsed {
            ParsedArgs::Cli(cli) => {
                caller::keep(needs(&cli.verb))?;
                verb(*cli, &texts, &console)
            }
            ParsedArgs::Answered => Ok(Ending::Done),
            ParsedArgs::Nothing => Ok(Ending::Said(Code::Usage)),
        });
    let ending = ending.and_then(|ending| {
        let is_stopped = console.finish()?;
        Ok(if is_stopped {
            Ending::Said(Code::Interrupted)
        } else {
            ending
        })
    });
    match ending {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Said(code)) => ExitCode::from(code.number()),
        Err(failure) => {
            // What was told stays above what is said now; that this cannot be printed either is nothing new.
            let _ = console.close_viewer();
            console.fail(&failure);
            ExitCode::from(failure.code().number())
        }
    }
}

/// What a verb keeps of the rights that were lent.
fn needs(verb: &VerbArgs) -> Needs {
    match verb {
        VerbArgs::Tcp(args) => args.needs(),
        VerbArgs::Udp(args) => args.needs(),
        VerbArgs::Compare(args) => args.needs(),
        VerbArgs::Lesson(args) => args.needs(),
        VerbArgs::Exercise(args) => args.needs(),
        VerbArgs::Lab(_) | VerbArgs::Doctor(_) | VerbArgs::Serve(_) => Needs::Lab,
        VerbArgs::Explain(_)
        | VerbArgs::Completions(_)
        | VerbArgs::Man(_)
        | VerbArgs::Help(_)
        | VerbArgs::Endpoint(_) => Needs::Nothing,
    }
}

/// The machine's own loopback needs less than a lab.
fn needs_of_net(net: &NetArgs) -> Needs {
    match net.on {
        Some(_) => Needs::Loopback,
        None => Needs::Lab,
    }
}

/// Every verb and argument; the texts are keys of the catalogue.
#[must_use]
pub fn definition() -> clap::Command {
    Cli::command()
}

/// The command line in the reader's language.
fn command(console: &Console) -> clap::Command {
    words::worded(definition(), &console.catalogue, &styles(), console.width)
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
        VerbArgs::Exercise(args) => exercise::run(&args, console),
        VerbArgs::Explain(args) => explain::run(&args, console),
        VerbArgs::Completions(args) => completions::run(&args, console),
        VerbArgs::Doctor(_) => doctor::run(console),
        VerbArgs::Man(_) => man::run(console),
        VerbArgs::Help(args) => help::run(&args, console),
        VerbArgs::Serve(args) => serve::run(&args, console),
        VerbArgs::Endpoint(args) => endpoint::run(&args, console),
    }
}

fn parsed(
    args: &[std::ffi::OsString],
    texts: &[String],
    console: &Console,
) -> Result<ParsedArgs, Failure> {
    let mut command = command(console);
    let error = match command
        .try_get_matches_from_mut(order::sub_command_first(&definition(), args))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Catalogue;
    use clap::Command;
    use clap::builder::Styles;

    fn every(command: &Command, visit: &mut impl FnMut(&Command)) {
        visit(command);
        for sub in command.get_subcommands() {
            every(sub, visit);
        }
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_is_whole_in_every_language_and_fits_80_columns() {
        for lang in Lang::ALL {
            let catalogue = Catalogue::new(lang);
            let command = words::worded(Cli::command(), &catalogue, &Styles::plain(), 80);
            every(&command, &mut |command| {
                let help = command.clone().render_help().to_string();
                let shown = |line: &str| help.lines().any(|here| here.trim() == line.trim());
                if let Some(after) = command.get_after_help().map(ToString::to_string) {
                    assert!(
                        after.lines().all(shown),
                        "an example is wrapped in:\n{help}"
                    );
                }
                for line in help.lines() {
                    let width = unicode_width::UnicodeWidthStr::width(line);
                    assert!(width <= 80, "{width} columns: {line}");
                    assert!(!line.contains("[help-"), "{line}");
                }
            });
        }
    }

    #[test]
    fn chinese_help_has_no_english_word_of_claps() {
        let catalogue = Catalogue::new(Lang::Zh);
        let command = words::worded(Cli::command(), &catalogue, &Styles::plain(), 80);
        every(&command, &mut |command| {
            let help = command.clone().render_help().to_string();
            for word in [
                "Usage", "OPTIONS", "COMMAND", "Options", "default", "Print", "possible",
            ] {
                assert!(!help.contains(word), "{word} in:\n{help}");
            }
        });
    }
}
