//! `[[ask]]`: what the learner is asked, and how the answer is found in the run's own recording. The words of
//! a question stand in the narration under `## ask ID`.

use crate::notation::claim::Event;
use crate::notation::condition::{NumberKind, Sum};
use crate::notation::vocabulary::NumericField;
use crate::notation::{Mistake, Pattern};

use super::table::TomlTable;

/// A question of an act, answered from what its run shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its name, under which the narration has its words.
    pub id: String,
    /// When it is asked.
    pub when: When,
    /// What must have been told by then; nothing in particular where none is named.
    pub about: Option<Event>,
    /// Where its answer is found.
    pub answer: Answer,
}

/// When a question is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Before the run.
    Start,
    /// Just before this is told.
    Before(Event),
    /// After the last moment.
    End,
}

/// Where the answer is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A number that can be read or counted in the run.
    Number(Of),
    /// The flags of the first frame of this kind.
    Flags(Pattern),
    /// The options whose expectation held; each option has the name of an expectation.
    Choice(Vec<String>),
    /// The act that was drawn, of these.
    Drawn(Vec<String>),
    /// These events, in the order in which they happened.
    Order(Vec<Event>),
}

/// Where a number is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// This number of the first frame of this kind.
    Frame(NumericField, Pattern),
    /// How many frames of this kind there are.
    Count(Pattern),
    /// A sum of the run's own numbers.
    Sum(Sum),
}

/// Reads all `[[ask]]` tables of an act.
pub(super) fn read_all(
    table: &TomlTable<'_, '_>,
    hosts: &[&str],
    choices: &[&str],
    drawn: &[String],
) -> Vec<Ask> {
    table
        .subs("ask")
        .iter()
        .filter_map(|one| {
            let ask = read(one, hosts, choices, drawn);
            one.close();
            ask
        })
        .collect()
}

fn read(
    table: &TomlTable<'_, '_>,
    hosts: &[&str],
    choices: &[&str],
    drawn: &[String],
) -> Option<Ask> {
    let reader = AskReader { table, hosts };
    let id = table.needed_text("id");
    let when = reader.when();
    let about = reader.events("about").and_then(|mut all| all.pop());
    // All are read, so that the mistakes in each are found.
    let answers = [
        reader.number().map(Answer::Number),
        reader
            .pattern("count")
            .map(|of| Answer::Number(Of::Count(of))),
        reader.sum().map(Answer::Number),
        reader.pattern("flags").map(Answer::Flags),
        reader.choice(choices, drawn),
        reader.events("order").map(Answer::Order),
    ];
    let answer = answers.into_iter().flatten().next();
    let tried = ["number", "count", "sum", "flags", "choice", "order"];
    if answer.is_none() && !tried.iter().any(|key| table.has(key)) {
        table
            .book()
            .wrong(Mistake::new(table.span(), "lesson-mistake-no-answer"));
    }
    Some(Ask {
        id: id?.text,
        when,
        about,
        answer: answer?,
    })
}

struct AskReader<'r, 'b, 't> {
    table: &'r TomlTable<'b, 't>,
    hosts: &'r [&'r str],
}

impl Answer {
    /// How many options there are to choose from or to put in order; none where the answer is none of options.
    #[must_use]
    pub const fn options(&self) -> Option<usize> {
        match self {
            Self::Choice(options) | Self::Drawn(options) => Some(options.len()),
            Self::Order(events) => Some(events.len()),
            Self::Number(_) | Self::Flags(_) => None,
        }
    }
}

impl AskReader<'_, '_, '_> {
    fn pattern(&self, key: &'static str) -> Option<Pattern> {
        let text = self.table.text(key)?;
        Pattern::parse(&text.text, self.hosts)
            .map_err(|all| self.table.book().wrong_in(&text, all))
            .ok()
    }

    fn events(&self, key: &'static str) -> Option<Vec<Event>> {
        let texts = self.table.texts(key)?;
        let events = texts.iter().filter_map(|text| {
            Event::parse(&text.text, self.hosts)
                .map_err(|all| self.table.book().wrong_in(text, all))
                .ok()
        });
        Some(events.collect())
    }

    fn when(&self) -> When {
        let before = self.events("before").and_then(|mut all| all.pop());
        let end = self.table.boolean("end").unwrap_or(false);
        match before {
            Some(event) => When::Before(event),
            None if end => When::End,
            None => When::Start,
        }
    }

    /// `number = "ack"` of the first frame that `of` matches.
    fn number(&self) -> Option<Of> {
        let key = self.table.text("number");
        let of = self.pattern("of");
        let key = key?;
        let found = NumericField::ALL.iter().find(|(name, _)| *name == key.text);
        if found.is_none() {
            self.table.book().wrong(
                Mistake::new(key.span, "lesson-mistake-key")
                    .with("found", key.text.clone())
                    .near(&key.text, NumericField::ALL.iter().map(|(name, _)| *name)),
            );
        } else if !self.table.has("of") {
            self.table.missing("of");
        }
        Some(Of::Frame(found?.1, of?))
    }

    fn sum(&self) -> Option<Of> {
        let text = self.table.text("sum")?;
        Sum::parse(&text.text, NumberKind::Plain, self.hosts)
            .map_err(|all| self.table.book().wrong_in(&text, all))
            .ok()
            .map(Of::Sum)
    }

    /// Expectations, or in a lesson that draws, its acts.
    fn choice(&self, choices: &[&str], drawn: &[String]) -> Option<Answer> {
        let texts = self.table.texts("choice")?;
        let known: Vec<&str> = match drawn {
            [] => choices.to_vec(),
            acts => acts.iter().map(String::as_str).collect(),
        };
        for text in texts.iter().filter(|text| !known.contains(&&*text.text)) {
            self.table.book().wrong(
                Mistake::new(text.span.clone(), "lesson-mistake-reference")
                    .with("found", text.text.clone())
                    .near(&text.text, known.iter().copied()),
            );
        }
        let options = texts.into_iter().map(|text| text.text).collect();
        Some(if drawn.is_empty() {
            Answer::Choice(options)
        } else {
            Answer::Drawn(options)
        })
    }
}
