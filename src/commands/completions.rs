//! `sockscope completions`: what a shell needs to complete our verbs, flags and topics of help.

use clap::builder::ValueParser;
use clap::{Args, Command};

use super::help::TOPICS;
use crate::failure::Failure;
use crate::lesson::{Shelf, read};
use crate::session::{Console, Ending};
use crate::views::visible;

/// `sockscope completions`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-completions", after_help = "help-completions-examples")]
pub struct CompletionsArgs {
    /// For which shell.
    #[arg(value_name = "SHELL", help = "help-shell")]
    pub shell: clap_complete::Shell,
}

/// Prints them, described in the reader's language.
pub fn run(args: &CompletionsArgs, console: &Console) -> Result<Ending, Failure> {
    let mut command = super::command(console)
        .mut_subcommand("help", |help| with_topics(help, console))
        .mut_subcommand("lesson", |lesson| {
            let lesson = with_lessons(lesson, "sockscope lesson", console);
            lesson.mut_subcommand("check", |check| {
                with_lessons(check, "sockscope lesson check", console)
            })
        });
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "sockscope", &mut script);
    console.print(&String::from_utf8_lossy(&script))?;
    Ok(Ending::Done)
}

/// The built-in lessons as commands below this one, for the reason that [`with_topics`] gives.
fn with_lessons(command: Command, path: &str, console: &Console) -> Command {
    let shelf = Shelf::built_in();
    let lang = console.catalogue.lang();
    let lessons = shelf.sources().map(|source| {
        let name = source.number_and_name().1.to_owned();
        let title = read(source).map_or_else(
            |_| String::new(),
            |lesson| visible::untrusted(lesson.title(lang)),
        );
        Command::new(name.clone())
            .bin_name(format!("{path} {name}"))
            .about(title)
            .disable_help_flag(true)
            .disable_version_flag(true)
    });
    let lessons: Vec<Command> = lessons.collect();
    command.subcommands(lessons)
}

/// The topics as commands below `help`: some shells complete no values of arguments, and none describes them.
fn with_topics(help: Command, console: &Console) -> Command {
    let topic = |topic: &super::help::Topic| {
        Command::new(topic.name)
            .bin_name(format!("sockscope help {}", topic.name))
            .about(console.catalogue.word(topic.about))
            .disable_help_flag(true)
            .disable_version_flag(true)
    };
    help.mut_arg("topic", |arg| arg.value_parser(ValueParser::string()))
        .subcommands(TOPICS.iter().map(topic))
}
