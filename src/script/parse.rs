//! A host's script: text to steps, or all of its mistakes at once.
//!
//! One step a line: `[NAME:] VERB ARGUMENTS [fails ERRNO]`; `#` begins a comment. `repeat N` and `spawn` open
//! a block that `end` closes. [`VERBS`] lists every verb.

mod line;
mod verb;
mod verb_help;

pub use line::time;
pub use verb_help::{VERBS, VerbHelp};

use std::ops::Range;

use self::line::is_name;
use super::option::ERRNOS;
use super::parse::line::LineReader;
use super::step::{Step, Verb};
use crate::model::number::count32;
use crate::notation::Mistake;
use crate::notation::lexer::{Word, words};

/// Most steps a script may have, and how deep its blocks may stand: a text from anywhere costs bounded memory.
const MOST_STEPS: usize = 10_000;
const DEEPEST: usize = 8;
/// Words of the list that begin no step of their own.
const NOT_FIRST: [&str; 2] = ["end", "fails"];

/// Parses a host's script.
///
/// # Errors
/// All mistakes, each with its place in `text`; a script of too many steps or too deep blocks ends at the first one too many.
pub fn parse_steps(text: &str) -> Result<Vec<Step>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    let mut count = 0;
    let mut offset = 0;
    for (number, raw) in text.split('\n').enumerate() {
        let found = words(raw, offset, &mut mistakes);
        offset += raw.len() + 1;
        let Some(first) = found.first() else { continue };
        count += 1;
        let span = first.span.start..found.last().map_or(first.span.end, |word| word.span.end);
        if count > MOST_STEPS {
            mistakes.push(Mistake::new(span, "lesson-script-too-long"));
            break;
        }
        let head = LineHead {
            line: count32(number).saturating_add(1),
            text: text[span.clone()].to_owned(),
            span,
        };
        if first.text == "end" && !first.quoted {
            let mut rest = LineReader::new(&found[1..], head.span.end, &mut mistakes);
            rest.end(());
            match open.pop() {
                Some(block) => {
                    let inner = std::mem::replace(&mut steps, block.before);
                    steps.push(
                        block
                            .head
                            .step(String::new(), block.times.verb(inner), None),
                    );
                }
                None => mistakes.push(Mistake::new(head.span, "lesson-script-stray-end")),
            }
            continue;
        }
        match parsed(&found, &head, &mut mistakes) {
            Some(ParsedLine::Step(step)) => steps.push(step),
            Some(ParsedLine::Opens(times)) => {
                if open.len() == DEEPEST {
                    mistakes.push(Mistake::new(head.span, "lesson-script-too-deep"));
                    break;
                }
                let before = std::mem::take(&mut steps);
                open.push(Block {
                    head,
                    times,
                    before,
                });
            }
            None => {}
        }
    }
    for block in &open {
        mistakes.push(Mistake::new(
            block.head.span.clone(),
            "lesson-script-open-block",
        ));
    }
    if mistakes.is_empty() {
        Ok(steps)
    } else {
        mistakes.sort_by_key(|mistake| mistake.span.start);
        Err(mistakes)
    }
}

/// A line's number, text and place.
struct LineHead {
    line: u32,
    text: String,
    span: Range<usize>,
}

impl LineHead {
    fn step(&self, label: String, verb: Verb, fails: Option<String>) -> Step {
        Step {
            line: self.line,
            text: self.text.clone(),
            label,
            verb,
            fails,
        }
    }
}

/// A block whose `end` has not come yet, with the steps before it.
struct Block {
    head: LineHead,
    times: BlockKind,
    before: Vec<Step>,
}

/// What opens a block.
enum BlockKind {
    Repeat(u32),
    Spawn,
}

impl BlockKind {
    const fn verb(&self, steps: Vec<Step>) -> Verb {
        match self {
            Self::Repeat(times) => Verb::Repeat {
                times: *times,
                steps,
            },
            Self::Spawn => Verb::Spawn(steps),
        }
    }
}

enum ParsedLine {
    Step(Step),
    Opens(BlockKind),
}

fn parsed(found: &[Word], head: &LineHead, mistakes: &mut Vec<Mistake>) -> Option<ParsedLine> {
    let (label, rest) = label(found, mistakes)?;
    let Some(verb) = rest.first().filter(|word| !word.quoted) else {
        let span = rest
            .first()
            .map_or(head.span.clone(), |word| word.span.clone());
        mistakes.push(Mistake::new(span, "lesson-script-want-verb"));
        return None;
    };
    let Some(help) = VERBS
        .iter()
        .find(|help| help.verb == verb.text && !NOT_FIRST.contains(&help.verb))
    else {
        mistakes.push(
            Mistake::new(verb.span.clone(), "lesson-script-unknown-verb")
                .with("found", verb.text.clone())
                .near(&verb.text, VERBS.iter().map(|help| help.verb)),
        );
        return None;
    };
    if !label.is_empty() && !help.labelled {
        mistakes.push(
            Mistake::new(found[0].span.clone(), "lesson-script-label").with("verb", help.verb),
        );
        return None;
    }
    let (rest, fails) = fails(&rest[1..], mistakes)?;
    for word in rest.iter().filter(|word| word.quoted) {
        verb::check_fields(&word.text, &word.span, mistakes);
    }
    let mut line = LineReader::new(rest, head.span.end, mistakes);
    let opens = match help.verb {
        "repeat" => Some(BlockKind::Repeat(line.number(1..=1_000_000)?)),
        "spawn" => Some(BlockKind::Spawn),
        _ => None,
    };
    if let Some(times) = opens {
        return line.end(ParsedLine::Opens(times));
    }
    let verb = verb::verb(help.verb, &mut line)?;
    Some(ParsedLine::Step(head.step(label, verb, fails)))
}

/// `NAME:` at the beginning.
fn label<'a>(found: &'a [Word], mistakes: &mut Vec<Mistake>) -> Option<(String, &'a [Word])> {
    let Some(name) = found
        .first()
        .filter(|word| !word.quoted)
        .and_then(|word| word.text.strip_suffix(':'))
    else {
        return Some((String::new(), found));
    };
    if !is_name(name) {
        mistakes.push(Mistake::new(
            found[0].span.clone(),
            "lesson-script-want-name",
        ));
        return None;
    }
    Some((name.to_owned(), &found[1..]))
}

/// `fails ERRNO` at the end.
fn fails<'a>(
    rest: &'a [Word],
    mistakes: &mut Vec<Mistake>,
) -> Option<(&'a [Word], Option<String>)> {
    let Some(at) = rest
        .iter()
        .position(|word| !word.quoted && word.text == "fails")
    else {
        return Some((rest, None));
    };
    let end = rest.last().map_or(0, |word| word.span.end);
    let mut line = LineReader::new(&rest[at + 1..], end, mistakes);
    let errno = line.one_of(&ERRNOS)?;
    line.end((&rest[..at], Some(errno.to_owned())))
}

#[cfg(test)]
mod tests;
