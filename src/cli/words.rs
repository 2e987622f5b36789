//! The reader's language put into clap: texts, headings, defaults, usage, before anything is parsed.

use clap::builder::{PossibleValue, StyledStr, Styles};
use clap::{Arg, ArgAction, Command};

use crate::text::{Catalogue, Message};

/// Help is no wider than this, however wide the terminal is: longer lines are hard to read.
const WIDEST: u16 = 100;

/// A command line whose texts are keys, in the catalogue's language. `width` is the terminal's, in columns.
#[must_use]
pub fn worded(command: Command, catalogue: &Catalogue, styles: &Styles, width: u16) -> Command {
    let mut command = one(command, catalogue, styles)
        .styles(styles.clone())
        .term_width(usize::from(width.min(WIDEST)))
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(catalogue.word("help-version"))
                .help_heading(catalogue.word("cli-options"))
                .display_order(1000),
        );
    command.build();
    with_usage(command, catalogue)
}

/// One command, with those below it.
fn one(command: Command, catalogue: &Catalogue, styles: &Styles) -> Command {
    let about = command
        .get_about()
        .map(|key| catalogue.word(&key.to_string()));
    let after = command
        .get_after_help()
        .map(|key| examples(&catalogue.word(&key.to_string()), catalogue, styles));
    let mut command = command
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help("help-help")
                .display_order(999),
        )
        .mut_args(|arg| worded_arg(arg, catalogue))
        .mut_subcommands(|sub| one(sub, catalogue, styles))
        .subcommand_help_heading(catalogue.word("cli-commands"))
        .subcommand_value_name(catalogue.word("cli-command"))
        .help_template(template(catalogue, styles));
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    command
}

/// Clap's layout with our word for "Usage".
fn template(catalogue: &Catalogue, styles: &Styles) -> StyledStr {
    let heading = styles.get_usage();
    StyledStr::from(format!(
        "{{about-with-newline}}\n{heading}{}{heading:#}{{usage}}\n\n{{all-args}}{{after-help}}",
        catalogue.word("cli-usage")
    ))
}

fn examples(lines: &str, catalogue: &Catalogue, styles: &Styles) -> StyledStr {
    let heading = styles.get_header();
    let mut text = format!("{heading}{}{heading:#}", catalogue.word("cli-examples"));
    for line in lines.lines() {
        text.push_str("\n  ");
        text.push_str(line);
    }
    StyledStr::from(text)
}

fn worded_arg(arg: Arg, catalogue: &Catalogue) -> Arg {
    let mut help = arg
        .get_help()
        .map(|key| catalogue.word(&key.to_string()))
        .unwrap_or_default();
    let takes_values = arg.get_action().takes_values();
    if takes_values {
        let possible = arg.get_possible_values();
        let values: Vec<&str> = possible
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(PossibleValue::get_name)
            .collect();
        let defaults: Vec<_> = arg
            .get_default_values()
            .iter()
            .map(|value| value.to_string_lossy())
            .collect();
        if !values.is_empty() {
            let text = Message::new("cli-values").text("values", values.join(", "));
            help = format!("{help} {}", catalogue.say(&text));
        }
        if !defaults.is_empty() {
            let text = Message::new("cli-default").text("value", defaults.join(" "));
            help = format!("{help} {}", catalogue.say(&text));
        }
    }
    let heading = if arg.is_positional() {
        "cli-arguments"
    } else {
        "cli-options"
    };
    // Those that every command has come last.
    let everywhere = matches!(arg.get_id().as_str(), "lang" | "color");
    let arg = if everywhere {
        arg.display_order(998)
    } else {
        arg
    };
    arg.help(help)
        .help_heading(catalogue.word(heading))
        .hide_default_value(takes_values)
        .hide_possible_values(takes_values)
}

/// The usage lines that clap makes, with its English placeholders replaced.
fn with_usage(mut command: Command, catalogue: &Catalogue) -> Command {
    let made = command.render_usage().to_string();
    let usage = made
        .trim_start_matches("Usage: ")
        .replace("[OPTIONS]", &catalogue.word("cli-some-options"));
    command
        .override_usage(usage)
        .mut_subcommands(|sub| with_usage(sub, catalogue))
}

/// The language that `--lang` asks for, found before anything else is parsed; none where it is absent or
/// not known (which parsing then says).
pub fn asked_language(args: impl IntoIterator<Item = String>) -> Option<crate::text::Lang> {
    let mut args = args.into_iter().take_while(|arg| arg != "--");
    let mut asked = None;
    while let Some(arg) = args.next() {
        if arg == "--lang" {
            asked = args.next();
        } else if let Some(value) = arg.strip_prefix("--lang=") {
            asked = Some(value.to_owned());
        }
    }
    crate::text::Lang::of(&asked?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn the_language_is_found_before_parsing() {
        let asked = |line: &str| asked_language(line.split(' ').map(str::to_owned));
        assert_eq!(asked("sockscope --lang zh --help"), Some(Lang::Zh));
        assert_eq!(asked("sockscope tcp --lang=zh"), Some(Lang::Zh));
        assert_eq!(asked("sockscope tcp -- --lang zh"), None);
        assert_eq!(asked("sockscope tcp --lang"), None);
    }
}
