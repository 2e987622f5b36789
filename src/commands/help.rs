//! `sockscope help`: the reference, topic by topic. Its texts stand in the catalogue; tables of what the program knows
//! itself (settings, faults, verbs) are made of that.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::failure::Failure;
use crate::script::rule::{ACTIONS, KINDS};
use crate::script::sysctl::SYSCTLS;
use crate::script::{Toggle, VERBS};
use crate::session::{Console, Ending};
use crate::text::Message;
use crate::views::json::SCHEMA;
use crate::views::topic::{TopicRow, lines, table};
use crate::views::{Line, Role};

/// `sockscope help`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-help-verb", after_help = "help-help-verb-examples")]
pub struct HelpArgs {
    /// A topic, or a command; none: the list.
    #[arg(value_name = "TOPIC", value_parser = names(), help = "help-topic")]
    pub topic: Option<String>,
    /// With `json`: the JSON Schema of what is printed.
    #[arg(long, requires = "topic", help = "help-schema")]
    pub schema: bool,
}

/// A topic of the reference.
pub struct Topic {
    /// Its name on the command line.
    pub name: &'static str,
    /// The key of one line about it.
    pub about: &'static str,
    /// The key of its text.
    text: &'static str,
}

macro_rules! topics {
    ($($name:literal $about:literal $text:literal),+ $(,)?) => {
        &[$(Topic { name: $name, about: $about, text: $text }),+]
    };
}

/// All of them, in the order of the list.
pub const TOPICS: &[Topic] = topics![
    "setup" "topic-setup-about" "topic-setup",
    "security" "topic-security-about" "topic-security",
    "notation" "topic-notation-about" "topic-notation",
    "faults" "topic-faults-about" "topic-faults",
    "filters" "topic-filters-about" "topic-filters",
    "comparison" "topic-comparison-about" "topic-comparison",
    "settings" "topic-settings-about" "topic-settings",
    "grid" "topic-grid-about" "topic-grid",
    "programs" "topic-programs-about" "topic-programs",
    "class" "topic-class-about" "topic-class",
    "script" "topic-script-about" "topic-script",
    "sysctl" "topic-sysctl-about" "topic-sysctl",
    "outputs" "topic-outputs-about" "topic-outputs",
    "json" "topic-json-about" "topic-json",
    "exit-codes" "topic-exit-codes-about" "topic-exit-codes",
];

/// Commands: whoever asks about one here gets its help.
const COMMANDS: [&str; 12] = [
    "tcp",
    "udp",
    "compare",
    "lesson",
    "exercise",
    "explain",
    "lab",
    "serve",
    "doctor",
    "completions",
    "man",
    "help",
];

fn names() -> PossibleValuesParser {
    let topics = TOPICS.iter().map(|topic| PossibleValue::new(topic.name));
    let commands = COMMANDS.map(|name| PossibleValue::new(name).hide(true));
    PossibleValuesParser::new(topics.chain(commands))
}

/// Prints a topic, the help of a command, or the list of topics.
pub fn run(args: &HelpArgs, console: &Console) -> Result<Ending, Failure> {
    let Some(name) = args.topic.as_deref() else {
        console.print_lines(&list(console))?;
        return Ok(Ending::Done);
    };
    if args.schema {
        if name != "json" {
            return Err(Failure::usage(Message::new("error-schema-topic"))
                .try_this(Message::new("error-schema-topic-try")));
        }
        console.print(SCHEMA)?;
        return Ok(Ending::Done);
    }
    let width = usize::from(console.width);
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == name) {
        let text = console.catalogue.word(topic.text);
        console.print_lines(&lines(&text, &rows(name, console), width))?;
    } else if let Some(command) = super::command(console).find_subcommand_mut(name) {
        console.print_styled(&command.render_help())?;
    }
    Ok(Ending::Done)
}

fn list(console: &Console) -> Vec<Line> {
    let word = |key| console.catalogue.word(key);
    let about = |topic: &Topic| (topic.name.to_owned(), word(topic.about));
    let rows: Vec<TopicRow> = TOPICS.iter().map(about).collect();
    let width = usize::from(console.width);
    let mut list = vec![Line::of(Role::Title, word("topic-list"))];
    list.extend(table(&rows, width));
    list.push(Line::new());
    list.extend(lines(&word("topic-list-more"), &[], width));
    list
}

/// What the program knows itself of a topic.
fn rows(topic: &str, console: &Console) -> Vec<TopicRow> {
    let word = |key| console.catalogue.word(key);
    match topic {
        "settings" => Toggle::ALL
            .map(|toggle| (toggle.name().to_owned(), word(key(toggle))))
            .to_vec(),
        "faults" => vec![
            (word("topic-faults-actions"), ACTIONS.join(", ")),
            (
                word("topic-faults-units"),
                KINDS.map(|(unit, _)| unit).join(", "),
            ),
        ],
        "script" => VERBS
            .iter()
            .map(|verb| {
                let example = verb.example.lines().next().unwrap_or("");
                (verb.form.to_owned(), example.to_owned())
            })
            .collect(),
        "sysctl" => SYSCTLS
            .iter()
            .map(|(name, values)| ((*name).to_owned(), values.to_string()))
            .collect(),
        "outputs" => outputs(console),
        _ => Vec::new(),
    }
}

/// What a run can be written into, with the help of each: the options of `tcp` that take a file, and the charts.
fn outputs(console: &Console) -> Vec<TopicRow> {
    let mut command = super::command(console);
    let tcp = command.find_subcommand_mut("tcp");
    let args = tcp.into_iter().flat_map(|tcp| tcp.get_arguments());
    args.filter(|arg| is_output(arg))
        .filter_map(|arg| Some((spelt(arg)?, arg.get_help()?.to_string())))
        .collect()
}

fn is_output(arg: &clap::Arg) -> bool {
    let file = |names: &[clap::builder::Str]| names.iter().any(|name| name == "FILE");
    arg.get_value_names().is_some_and(file) || arg.get_id() == "chart"
}

/// `--svg FILE`.
fn spelt(arg: &clap::Arg) -> Option<String> {
    let long = arg.get_long()?;
    let file = if arg.get_action().takes_values() {
        " FILE"
    } else {
        ""
    };
    Some(format!("--{long}{file}"))
}

/// The key of what a setting is.
const fn key(toggle: Toggle) -> &'static str {
    match toggle {
        Toggle::Nodelay => "topic-settings-nodelay",
        Toggle::Nagle => "topic-settings-nagle",
        Toggle::Sack => "topic-settings-sack",
        Toggle::Timestamps => "topic-settings-timestamps",
        Toggle::WindowScaling => "topic-settings-window-scaling",
        Toggle::Ecn => "topic-settings-ecn",
        Toggle::TailLossProbe => "topic-settings-tail-loss-probe",
        Toggle::Loss => "topic-settings-loss",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Cli;
    use clap::CommandFactory as _;

    #[test]
    fn every_command_can_be_asked_about() {
        let command = Cli::command();
        let known: Vec<&str> = command
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
            .map(clap::Command::get_name)
            .collect();
        assert_eq!(known, COMMANDS);
    }
}
