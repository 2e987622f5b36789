//! `sockscope completions`: what a shell needs to complete our verbs, flags and topics of help.

use clap::builder::ValueParser;
use clap::{Arg, Args, Command};

use super::help::TOPICS;
use crate::exercise;
use crate::failure::Failure;
use crate::lesson::{Lesson, Shelf, read};
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
        })
        .mut_subcommand("exercise", |exercise| {
            let exercise = with_exercises(exercise, "sockscope exercise", console);
            exercise.mut_subcommand("check", |check| {
                with_exercises(check, "sockscope exercise check", console)
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
    let lessons = shelf.sources().map(|source| {
        let lesson = read(source).ok();
        named(source.number_and_name().1, lesson.as_ref(), path, console)
    });
    let lessons: Vec<Command> = lessons.collect();
    command.subcommands(lessons)
}

/// The built-in exercises likewise; behind an exercise's name stand the options.
fn with_exercises(command: Command, path: &str, console: &Console) -> Command {
    let all = exercise::built_in();
    let options: Vec<Arg> = command.get_arguments().cloned().collect();
    let exercises = all.iter().map(|source| {
        let exercise = exercise::read(source).ok();
        let lesson = exercise.as_ref().map(|exercise| &exercise.lesson);
        named(source.name(), lesson, path, console).args(&options)
    });
    let exercises: Vec<Command> = exercises.collect();
    command.subcommands(exercises)
}

/// A command of this name below another, described by its title.
fn named(name: &str, lesson: Option<&Lesson>, path: &str, console: &Console) -> Command {
    let lang = console.catalogue.lang();
    let title = lesson.map_or_else(String::new, |lesson| visible::untrusted(lesson.title(lang)));
    Command::new(name.to_owned())
        .bin_name(format!("{path} {name}"))
        .about(title)
        .disable_help_flag(true)
        .disable_version_flag(true)
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
