//! A form made of the command line's definition, for the classroom page: a field for every argument of a verb that a run in a lab can
//! have, and what was filled in as a command again.
//!
//! An argument without a field stands in [`NOT_ASKED`] with its reason; a test fails where one has neither.

use clap::{Arg, ArgAction, Command};

use super::mistake;
use crate::failure::Failure;
use crate::lesson::{Faults, File, report};
use crate::script::rule::Rule;
use crate::text::{Catalogue, Message};
use crate::views::html::classroom::{FieldKind, FormField};

/// The verbs that have a form.
pub const VERBS: [&str; 3] = ["tcp", "udp", "compare"];

/// Arguments that no form asks for, and why.
pub const NOT_ASKED: [(&str, &str); 28] = [
    ("on", "the machine's own loopback is no visitor's"),
    ("first", "a file of the machine's; captures are uploaded"),
    ("second", "a file of the machine's; captures are uploaded"),
    (
        "format",
        "the page shows rows, and offers the other forms for download",
    ),
    ("quiet", "the page folds the sentences itself"),
    ("project", "the page has a look of its own"),
    ("width", "the page has no columns"),
    ("all", "the page has all rows"),
    ("no_pager", "the page is no terminal"),
    ("step", "the page steps through the story itself"),
    ("slow", "the page plays the story itself"),
    ("save", "the page keeps the recording for download"),
    ("svg", "the page draws it"),
    ("svg_states", "it stands in the report"),
    ("html", "the page keeps the report"),
    ("perfetto", "it is for another program"),
    ("cast", "the page plays the story itself"),
    ("plot", "it stands in the report"),
    ("chart", "it stands in the report"),
    ("force", "nothing is overwritten"),
    (
        "sizes",
        "a grid of runs takes longer than a visitor's run may",
    ),
    (
        "losses",
        "a grid of runs takes longer than a visitor's run may",
    ),
    (
        "seeds",
        "a grid of runs takes longer than a visitor's run may",
    ),
    (
        "count",
        "a grid of runs takes longer than a visitor's run may",
    ),
    (
        "within",
        "a grid of runs takes longer than a visitor's run may",
    ),
    ("ladders", "both stories stand in the report"),
    ("lang", "the page has a switch"),
    ("color", "the page is no terminal"),
];

/// So many values one argument may have, and so many bytes one of them.
const MOST_VALUES: usize = 40;
const LONGEST_VALUE: usize = 4096;

/// The forms of all verbs.
#[derive(Clone, Debug)]
pub struct Forms {
    definition: Command,
}

/// What was filled in: names of fields with values, in order.
pub type Filled = [(String, String)];

impl Forms {
    /// Those of this command line.
    #[must_use]
    pub fn of(mut definition: Command) -> Self {
        definition.build();
        Self { definition }
    }

    fn arguments(&self, verb: &str) -> impl Iterator<Item = &Arg> {
        let command = VERBS
            .contains(&verb)
            .then(|| self.definition.find_subcommand(verb))
            .flatten();
        let all = command.into_iter().flat_map(Command::get_arguments);
        all.filter(|arg| !NOT_ASKED.iter().any(|(id, _)| arg.get_id() == id))
    }

    /// The fields of a verb's form with what was filled in; none for a verb that has no form.
    #[must_use]
    pub fn fields(&self, verb: &str, filled: &Filled, catalogue: &Catalogue) -> Vec<FormField> {
        let field = |arg: &Arg| {
            let id = arg.get_id().as_str();
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let default = arg.get_default_values().first();
            let given = filled.iter().filter(|(name, _)| name == id);
            FormField {
                name: id.to_owned(),
                flag: format!("--{}", arg.get_long().unwrap_or(id)),
                kind: kind(arg),
                help: catalogue.word(&help),
                default: default.map(|value| value.to_string_lossy().into_owned()),
                given: given.map(|(_, value)| value.clone()).collect(),
            }
        };
        self.arguments(verb).map(field).collect()
    }

    /// What was filled in as arguments, without the program's name: only what the form asks for is in it.
    ///
    /// # Errors
    /// When the command line would refuse it, with the same words.
    pub fn arguments_of(
        &self,
        verb: &str,
        filled: &Filled,
        catalogue: &Catalogue,
    ) -> Result<Vec<String>, Failure> {
        let mut args = vec![verb.to_owned()];
        for arg in self.arguments(verb) {
            let Some(long) = arg.get_long() else { continue };
            let given = filled
                .iter()
                .filter(|(name, _)| arg.get_id() == name.as_str());
            let values = given.flat_map(|(_, value)| match kind(arg) {
                FieldKind::Lines => value.lines().collect::<Vec<_>>(),
                FieldKind::Switch | FieldKind::Text | FieldKind::Choice(_) => vec![value.as_str()],
            });
            for value in values.filter(|value| !value.is_empty()).take(MOST_VALUES) {
                if value.len() > LONGEST_VALUE || value.contains('\0') {
                    return Err(Failure::usage(
                        Message::new("error-serve-value").text("flag", format!("--{long}")),
                    ));
                }
                args.push(match kind(arg) {
                    FieldKind::Switch => format!("--{long}"),
                    FieldKind::Text | FieldKind::Lines | FieldKind::Choice(_) => {
                        format!("--{long}={value}")
                    }
                });
            }
        }
        let line = std::iter::once("sockscope".to_owned()).chain(args.iter().cloned());
        let line: Vec<String> = line.collect();
        if let Err(error) = self.definition.clone().try_get_matches_from(&line) {
            return Err(mistake::failure(&error, &self.definition, &line));
        }
        rules(filled, catalogue)?;
        Ok(args)
    }
}

/// The wire's rules are read as the run will read them.
fn rules(filled: &Filled, catalogue: &Catalogue) -> Result<(), Failure> {
    let mut faults = Faults::default();
    let given = filled.iter().filter(|(name, _)| name == "fault");
    for line in given
        .flat_map(|(_, value)| value.lines())
        .filter(|line| !line.is_empty())
    {
        if let Err(mistakes) = Rule::parse(line, &["client", "server"]) {
            let file = File {
                name: "--fault".to_owned(),
                path: "--fault".to_owned(),
                text: line.to_owned(),
            };
            faults.add(&file, mistakes);
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let what = Message::new("error-rules").int("count", faults.count());
    Err(Failure::usage(what).at_places(report(&faults, catalogue, 80, false)))
}

fn kind(arg: &Arg) -> FieldKind {
    let values = arg.get_possible_values();
    match arg.get_action() {
        ArgAction::Append => FieldKind::Lines,
        ArgAction::Set if values.is_empty() => FieldKind::Text,
        ArgAction::Set => FieldKind::Choice(
            values
                .iter()
                .filter(|value| !value.is_hide_set())
                .map(|value| value.get_name().to_owned())
                .collect(),
        ),
        _ => FieldKind::Switch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    fn filled(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(own).collect()
    }

    fn forms() -> Forms {
        Forms::of(crate::commands::definition())
    }

    #[test]
    fn every_flag_has_a_field_or_a_reason() {
        let forms = forms();
        let catalogue = Catalogue::new(Lang::En);
        let mut used = std::collections::BTreeSet::new();
        for verb in VERBS {
            let fields = forms.fields(verb, &[], &catalogue);
            let command = forms.definition.find_subcommand(verb).expect("a verb");
            for arg in command.get_arguments() {
                let id = arg.get_id().as_str();
                let asked = fields.iter().any(|field| field.name == id);
                let reason = NOT_ASKED.iter().find(|(name, _)| *name == id);
                assert!(asked != reason.is_some(), "{verb} {id}");
                used.extend(reason.map(|(name, _)| *name));
            }
            for field in &fields {
                assert!(!field.help.starts_with('['), "{verb}: {field:?}");
            }
        }
        for (name, _) in NOT_ASKED {
            assert!(used.contains(name), "{name} is no argument of any of them");
        }
    }

    #[test]
    fn only_what_is_asked_for_gets_into_the_command() {
        let catalogue = Catalogue::new(Lang::En);
        let given = filled(&[
            ("bytes", "4000"),
            ("fault", "lose data 2 from client\nlose data 3"),
            ("nodelay", "on"),
            ("save", "/etc/passwd"),
            ("on", "lo"),
            ("csrf", "x"),
            ("close", "three"),
        ]);
        let args = forms()
            .arguments_of("tcp", &given, &catalogue)
            .expect("sound");
        assert_eq!(
            args,
            [
                "tcp",
                "--bytes=4000",
                "--close=three",
                "--nodelay",
                "--fault=lose data 2 from client",
                "--fault=lose data 3",
            ]
        );
    }

    #[test]
    fn what_the_command_line_refuses_is_refused() {
        let catalogue = Catalogue::new(Lang::En);
        for (name, value) in [
            ("bytes", "0"),
            ("delay", "a day"),
            ("close", "five"),
            ("fault", "loose data 3"),
            ("message", "a\0b"),
        ] {
            let given = filled(&[(name, value)]);
            assert!(
                forms().arguments_of("tcp", &given, &catalogue).is_err(),
                "{name}={value}"
            );
        }
    }
}
