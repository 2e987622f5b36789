//! Options before a sub-command: `lesson --lang zh list` means what `lesson list --lang zh` does.
//!
//! A command that takes either a name or a sub-command can't tell `list` from a name once an option stood before it.
//! So the sub-command is put first, before clap sees the arguments.

use std::ffi::OsString;

use clap::{ArgAction, Command};

/// The arguments, with options that stand between a command and its sub-command moved behind the latter. `root` is the
/// whole command line; what it does not know stays where it is.
#[must_use]
pub fn sub_command_first(root: &Command, args: &[OsString]) -> Vec<OsString> {
    let mut args = args.to_vec();
    let Some(at) = behind_options(&[root], &args, 1) else {
        return args;
    };
    let command = args[at]
        .to_str()
        .and_then(|word| root.find_subcommand(word));
    let Some(command) = command.filter(|command| command.is_args_conflicts_with_subcommands_set())
    else {
        return args;
    };
    let start = at + 1;
    if let Some(found) = behind_options(&[command, root], &args, start)
        && let Some(word) = args[found].to_str()
        && command.find_subcommand(word).is_some()
    {
        args[start..=found].rotate_right(1);
    }
    args
}

/// Where the first word stands from `start` on that is neither an option nor an option's value.
fn behind_options(commands: &[&Command], args: &[OsString], start: usize) -> Option<usize> {
    let mut at = start;
    while let Some(arg) = args.get(at) {
        let word = arg.to_string_lossy();
        if word == "--" {
            return None;
        }
        if !word.starts_with('-') || word == "-" {
            return Some(at);
        }
        at += if takes_next(commands, &word) { 2 } else { 1 };
    }
    None
}

/// The option's value is the next word.
fn takes_next(commands: &[&Command], word: &str) -> bool {
    let all = commands.iter().flat_map(|command| command.get_arguments());
    let mut known = all.filter(|arg| match word.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg
            .get_short()
            .is_some_and(|short| *word == format!("-{short}")),
    });
    known.any(|arg| matches!(arg.get_action(), ArgAction::Set | ArgAction::Append))
}
