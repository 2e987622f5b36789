//! Clap's errors as ours: the same three lines as everywhere, in the reader's language.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use super::values::Wrong;
use crate::failure::Failure;
use crate::notation::nearest;
use crate::text::Message;

/// What is wrong with the command line that `args` are and `root` defines.
#[must_use]
pub fn failure(error: &clap::Error, root: &Command, args: &[String]) -> Failure {
    let (command, path) = command_meant(root, args);
    let arg = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => Message::new("error-unknown-argument").text("arg", arg),
        ErrorKind::InvalidSubcommand => Message::new("error-unknown-command")
            .text("name", context(error, ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand => Message::new("error-no-command"),
        ErrorKind::MissingRequiredArgument => {
            Message::new("error-missing-argument").text("arg", arg)
        }
        ErrorKind::ArgumentConflict => {
            let prior = context(error, ContextKind::PriorArg);
            if prior == arg {
                Message::new("error-twice").text("arg", arg)
            } else if arg.is_empty() {
                // clap does not say what the name and a sub-command behind it are; it is the second bare word.
                let bare = args.iter().filter(|word| !word.starts_with('-'));
                let behind = bare.skip_while(|word| *word != command.get_name()).nth(2);
                Message::new("error-too-many-values")
                    .text("arg", bare_name(&prior))
                    .text("value", behind.cloned().unwrap_or_default())
            } else {
                Message::new("error-conflict")
                    .text("arg", arg)
                    .text("other", prior)
            }
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            Message::new("error-no-value").text("arg", arg)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => Message::new("error-value")
            .text("value", value)
            .text("arg", bare_name(&arg)),
        ErrorKind::TooManyValues => Message::new("error-too-many-values")
            .text("arg", arg)
            .text("value", value),
        ErrorKind::InvalidUtf8 => Message::new("error-not-utf8"),
        _ => Message::new("error-usage").text("text", first_line(error)),
    };
    let mut failure = Failure::usage(what);
    if let Some(why) = why(error) {
        failure = failure.why(why);
    }
    if let Some(nearest) = nearest_word(error, command) {
        failure = failure.try_this(Message::new("error-did-you-mean").text("nearest", nearest));
    }
    failure.try_this(Message::new("error-see-help").text("command", path))
}

/// What was meant, when a word is only a slip away from one that could stand there.
fn nearest_word(error: &clap::Error, command: &Command) -> Option<String> {
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let arg = context(error, ContextKind::InvalidArg);
            let long = arg.strip_prefix("--")?;
            let flags = command.get_arguments().filter_map(Arg::get_long);
            nearest(long, flags).map(|flag| format!("--{flag}"))
        }
        ErrorKind::InvalidSubcommand => {
            let name = context(error, ContextKind::InvalidSubcommand);
            let names = command.get_subcommands().map(Command::get_name);
            nearest(&name, names).map(|name| format!("{} {name}", command.get_name()))
        }
        ErrorKind::InvalidValue => {
            let valid = context(error, ContextKind::ValidValue);
            nearest(
                &context(error, ContextKind::InvalidValue),
                valid.split(", "),
            )
            .map(str::to_owned)
        }
        _ => None,
    }
}

fn why(error: &clap::Error) -> Option<Message> {
    if let Some(Wrong(message)) = error.source().and_then(|source| source.downcast_ref()) {
        return Some(message.clone());
    }
    let valid = context(error, ContextKind::ValidValue);
    (!valid.is_empty()).then(|| Message::new("error-valid-values").text("values", valid))
}

/// An argument's name alone: `--close <HOW>` is `--close`, `[NAME]` is `NAME`.
fn bare_name(arg: &str) -> String {
    let name = arg.split_once(" <").map_or(arg, |(name, _)| name);
    name.trim_matches(['[', ']', '<', '>']).to_owned()
}

/// A part of what clap knows, as text.
fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(list)) => list.join(", "),
        Some(ContextValue::StyledStrs(list)) => {
            let list: Vec<String> = list.iter().map(ToString::to_string).collect();
            list.join(", ")
        }
        Some(other) if !matches!(other, ContextValue::None) => other.to_string(),
        _ => String::new(),
    }
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or("");
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// The command that these arguments mean, as far as it is known, with its path: `sockscope lesson check`.
fn command_meant<'a>(root: &'a Command, args: &[String]) -> (&'a Command, String) {
    let mut command = root;
    let mut path = root.get_name().to_owned();
    for arg in args.iter().skip(1) {
        if let Some(sub) = command.find_subcommand(arg) {
            path = format!("{path} {}", sub.get_name());
            command = sub;
        }
    }
    (command, path)
}
