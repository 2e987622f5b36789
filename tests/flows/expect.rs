//! What is expected of a line: members of what `--format json` says of its moment.

use std::fmt;
use std::ops::Range;

use serde_json::Value;
use sockscope::model::HostId;
use sockscope::notation::Mistake;
use sockscope::notation::lexer::Word;
use sockscope::text::{Catalogue, Lang};

/// One expectation.
#[derive(Clone, Debug)]
pub struct Expectation {
    pub span: Range<usize>,
    /// Of which of the case's lines.
    pub subject: usize,
    /// As this host's sniffer has it; as the saved one has it where it is not said.
    pub viewpoint: Option<HostId>,
    pub row: Row,
    /// Members from the outside in: `why`, `recovery`.
    pub path: Vec<String>,
    pub how: How,
    pub values: Vec<String>,
}

/// Which row, where a line is told in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    First,
    /// `later:`, the last: the arrival's, the return's.
    Later,
    /// `copy-lost:`, of a frame to all the first copy that was lost.
    CopyLost,
}

/// How it is to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// These and no others, in this order.
    Is,
    IsNot,
    /// All of these are among them.
    Has,
    /// None of these is among them.
    HasNot,
    /// This text is in it.
    Says,
    Less,
    AtMost,
    More,
    AtLeast,
}

const SIGNS: [(&str, How); 8] = [
    ("!=", How::IsNot),
    ("!~", How::HasNot),
    ("<=", How::AtMost),
    (">=", How::AtLeast),
    ("=", How::Is),
    ("~", How::Has),
    ("<", How::Less),
    (">", How::More),
];

/// Reads what stands behind `=>`.
pub fn read(
    words: &[Word],
    subject: usize,
    host: &dyn Fn(&str) -> Option<HostId>,
) -> Result<Vec<Expectation>, Box<Mistake>> {
    let mut found = Vec::new();
    let (mut viewpoint, mut row) = (None, Row::First);
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        let wrong = || Box::new(Mistake::new(word.span.clone(), "flow-expect"));
        let named = match word.text.as_str() {
            "later:" => Some(Row::Later),
            "copy-lost:" => Some(Row::CopyLost),
            _ => None,
        };
        if let Some(named) = named {
            row = named;
            continue;
        }
        if let Some(host) = word.text.strip_suffix(':').and_then(host) {
            viewpoint = Some(host);
            continue;
        }
        let sign = word
            .text
            .find(['=', '!', '~', '<', '>'])
            .ok_or_else(wrong)?;
        let (path, behind) = word.text.split_at(sign);
        let sign = SIGNS.iter().find(|(sign, _)| behind.starts_with(sign));
        let (sign, how) = *sign.ok_or_else(wrong)?;
        let value = &behind[sign.len()..];
        let quoted = rest.next_if(|next| value.is_empty() && next.quoted);
        let (values, how) = match (quoted, how) {
            (Some(text), How::Has) => (vec![text.text.clone()], How::Says),
            (Some(text), how) => (vec![text.text.clone()], how),
            (None, _) if value == "none" => (Vec::new(), how),
            (None, _) if value.is_empty() => return Err(wrong()),
            (None, _) => (value.split(',').map(str::to_owned).collect(), how),
        };
        let unknown = values.iter().find(|value| no_note(value));
        if let Some(note) = unknown {
            return Err(Box::new(
                Mistake::new(word.span.clone(), "flow-note").with("found", note.as_str()),
            ));
        }
        found.push(Expectation {
            span: word.span.start..quoted.map_or(word.span.end, |text| text.span.end),
            subject,
            viewpoint,
            row,
            path: path.split('.').map(str::to_owned).collect(),
            how,
            values,
        });
    }
    if found.is_empty() {
        let place = words.first().map_or(0..0, |word| word.span.clone());
        return Err(Box::new(Mistake::new(place, "flow-expect")));
    }
    Ok(found)
}

/// It is spelt as a note's key, and there is no such note.
fn no_note(key: &str) -> bool {
    key.starts_with("note-") && Catalogue::new(Lang::En).word(key).starts_with('[')
}

impl Expectation {
    /// Whether it came; if not, what came instead. `number` gives the packet number of `@NAME`.
    pub fn holds(&self, told: &Value, number: &dyn Fn(&str) -> Option<u64>) -> Result<(), String> {
        let came = self.member(told).map(list).unwrap_or_default();
        let resolved = |value: &str| match value.strip_prefix('@') {
            Some(label) => number(label).map_or_else(|| value.to_owned(), |n| n.to_string()),
            None => value.to_owned(),
        };
        let wanted: Vec<String> = self
            .values
            .iter()
            .map(|value| value.split('|').map(resolved).collect::<Vec<_>>().join("|"))
            .collect();
        let compared = |holds: fn(f64, f64) -> bool| {
            let number = |text: Option<&String>| text.and_then(|text| text.parse().ok());
            let pair = number(came.first()).zip(number(wanted.first()));
            pair.is_some_and(|(came, wanted)| holds(came, wanted))
        };
        let holds = match self.how {
            How::Is => same(&came, &wanted),
            How::IsNot => !same(&came, &wanted),
            How::Has => wanted.iter().all(|one| among(one, &came)),
            How::HasNot => !wanted.iter().any(|one| among(one, &came)),
            How::Says => came.iter().any(|one| one.contains(&wanted[0])),
            How::Less => compared(|a, b| a < b),
            How::AtMost => compared(|a, b| a <= b),
            How::More => compared(|a, b| a > b),
            How::AtLeast => compared(|a, b| a >= b),
        };
        if holds {
            return Ok(());
        }
        let mut said = if came.is_empty() {
            "none".to_owned()
        } else {
            came.join(",")
        };
        if wanted != self.values {
            said = format!("{said} (and @… is {})", wanted.join(","));
        }
        Err(said)
    }

    fn member<'v>(&self, told: &'v Value) -> Option<&'v Value> {
        self.path
            .iter()
            .try_fold(told, |value, name| match name.parse::<usize>() {
                Ok(at) if value.is_array() => value.get(at),
                _ => value.get(name),
            })
    }
}

impl fmt::Display for Expectation {
    /// As it is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = SIGNS.iter().find(|(_, how)| *how == self.how);
        let sign = sign.map_or("~", |(sign, _)| sign);
        let value = match (&self.values[..], self.how) {
            ([], _) => "none".to_owned(),
            ([text], How::Says) => format!("{text:?}"),
            (values, _) => values.join(","),
        };
        write!(f, "{}{sign}{value}", self.path.join("."))
    }
}

/// `sack|timeout` is either of them.
fn either(wanted: &str, came: &str) -> bool {
    wanted.split('|').any(|one| one == came)
}

fn among(wanted: &str, came: &[String]) -> bool {
    came.iter().any(|came| either(wanted, came))
}

fn same(came: &[String], wanted: &[String]) -> bool {
    let mut pairs = came.iter().zip(wanted);
    came.len() == wanted.len() && pairs.all(|(came, wanted)| either(wanted, came))
}

/// A member's values as they are written: notes by their keys, states with their hosts.
pub fn list(value: &Value) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Object(object) => {
            let text = |name: &str| object.get(name).and_then(Value::as_str);
            match (text("key"), text("host"), text("state")) {
                (Some(key), ..) => key.to_owned(),
                (_, Some(host), Some(state)) => format!("{host}:{state}"),
                _ => value.to_string(),
            }
        }
        other => other.to_string(),
    };
    match value {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().map(one).collect(),
        other => vec![one(other)],
    }
}
