//! The catalogue of one language. A section of it is read when the first of its messages is asked for: help
//! need not wait for the wording of a retransmission.

use std::cell::RefCell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};

use super::{Lang, Message, Value};

/// What stands before a section's name in a catalogue. The name is also the prefix of its keys.
const SECTION: &str = "## section: ";

/// The wordings of one language.
pub struct Catalogue {
    lang: Lang,
    sections: RefCell<Vec<(String, FluentBundle<FluentResource>)>>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue")
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}

impl Catalogue {
    /// The catalogue of this language. Nothing is read yet: a run that says nothing pays nothing.
    #[must_use]
    pub const fn new(lang: Lang) -> Self {
        Self {
            lang,
            sections: RefCell::new(Vec::new()),
        }
    }

    /// Its language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The wording of a message. A key that is not in the catalogue is shown in brackets, an argument that
    /// is missing by its name: both are our faults, which `tests/catalogue.rs` finds, and no reason to stop.
    #[must_use]
    pub fn say(&self, message: &Message) -> String {
        self.wording(message.key, &message.args)
    }

    /// The wording of a key that takes no arguments.
    #[must_use]
    pub fn word(&self, key: &str) -> String {
        self.wording(key, &[])
    }

    fn wording(&self, key: &str, args: &[(&'static str, Value)]) -> String {
        let name = key.split('-').next().unwrap_or(key);
        let mut sections = self.sections.borrow_mut();
        if !sections.iter().any(|(known, _)| known == name) {
            sections.push((name.to_owned(), self.section(name)));
        }
        let pattern = sections
            .iter()
            .find(|(known, _)| known == name)
            .and_then(|(_, bundle)| Some((bundle, bundle.get_message(key)?.value()?)));
        let Some((bundle, pattern)) = pattern else {
            return format!("[{key}]");
        };
        let args: FluentArgs = args
            .iter()
            .map(|(name, value)| (*name, fluent(value)))
            .collect();
        let mut errors = Vec::new();
        bundle
            .format_pattern(pattern, Some(&args), &mut errors)
            .into_owned()
    }

    /// Reads one section; one that is not there has no messages.
    fn section(&self, name: &str) -> FluentBundle<FluentResource> {
        let text = self
            .lang
            .source()
            .split(SECTION)
            .skip(1)
            .find_map(|section| {
                let (title, body) = section.split_once('\n')?;
                (title.trim() == name).then_some(body)
            })
            .unwrap_or("");
        let tag = self
            .lang
            .tag()
            .parse()
            .expect("invariant: our tags are BCP 47");
        let mut bundle = FluentBundle::new(vec![tag]);
        // The marks around arguments are invisible, but terminals and tables count them.
        bundle.set_use_isolating(false);
        // A list in the code has commas; a catalogue that lists otherwise asks for its own: LIST($words).
        let _known = bundle.add_function("LIST", |list, _| match list {
            [FluentValue::String(text)] => text.replace(", ", "、").into(),
            _ => FluentValue::Error,
        });
        // A fault in one entry costs that entry only; tests/catalogue.rs names it.
        let resource =
            FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, _)| readable);
        let _duplicates = bundle.add_resource(resource);
        bundle
    }
}

fn fluent(value: &Value) -> FluentValue<'_> {
    match value {
        Value::Text(text) => FluentValue::from(text.as_str()),
        Value::Int(number) => FluentValue::from(*number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_key_is_shown_in_brackets() {
        let said = Catalogue::new(Lang::En).say(&Message::new("no-such-key"));
        assert_eq!(said, "[no-such-key]");
    }

    #[test]
    fn arguments_stand_bare_and_numbers_without_separators() {
        let message = Message::new("error-range")
            .text("value", "99999")
            .int("min", 1)
            .int("max", 65_535_000);
        for lang in Lang::ALL {
            let said = Catalogue::new(lang).say(&message);
            assert!(said.contains("65535000"), "{said}");
            assert!(!said.contains(['\u{2068}', '\u{2069}']), "{said:?}");
        }
    }
}
