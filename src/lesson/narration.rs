//! Narration: what is told before and after a run, as paragraphs.
//!
//! ```text
//! # The three-way handshake            title
//! ## before                            parts: before, after, pitfalls, rfc, ask ID, hint ID
//! The client begins with a SYN. {#opened}
//! - a list item, with `code` and **weight** {#opened #one-round-trip}
//! ## after as-printed                  of the act of that name, where a lesson has acts
//! ```
//!
//! A small part of Markdown, so that any editor shows it. The parts' names are keywords, the same in every
//! language; what a reader sees above a part is worded by the catalogue. `{#id}` names the expectation that
//! proves the paragraph; `{#act/id}` one of another act, `{#lesson/id}` one of another lesson.

use std::ops::Range;

use crate::model::Untrusted;
use crate::notation::{Mistake, nearest};

/// What is told in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narration {
    /// The heading of the file.
    pub title: Untrusted,
    /// The parts, in the order in which they stand.
    pub parts: Vec<Part>,
}

/// A part of a narration: what stands under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is for.
    pub kind: PartKind,
    /// Of which act, or the question's name; empty for the whole lesson.
    pub of: String,
    /// What stands under its heading, in this order.
    pub paragraphs: Vec<Paragraph>,
    /// Where its heading stands.
    pub span: Range<usize>,
}

/// What a part is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// What to watch for.
    Before,
    /// What was seen, and what the book, the RFC and this kernel say.
    After,
    /// What goes wrong in practice.
    Pitfalls,
    /// Where to read on.
    Rfc,
    /// The words of a question.
    Ask,
    /// Where to look for its answer.
    Hint,
}

/// A paragraph, an item or verbatim lines, with what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// How it stands there.
    pub shape: Shape,
    /// Its words, with their emphasis.
    pub text: Vec<Inline>,
    /// The expectations that prove it.
    pub proofs: Vec<Reference>,
    /// Where it stands in the file.
    pub span: Range<usize>,
}

/// How a paragraph stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Running text, wrapped where it is shown.
    Plain,
    /// An item of a list.
    Item,
    /// Lines to be shown as they are.
    Verbatim,
}

/// A stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Words without emphasis.
    Text(Untrusted),
    /// `code`: a call, a field, a state.
    Code(Untrusted),
    /// **weight**.
    Strong(Untrusted),
}

/// An expectation that proves a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// One of the lesson's acts, or another lesson's short name; none for the part's own act.
    pub of: Option<String>,
    /// The expectation's name.
    pub id: String,
    /// Where the reference stands.
    pub span: Range<usize>,
}

impl PartKind {
    /// All, with their keywords, in the order in which they are told.
    pub const ALL: [(&'static str, Self); 6] = [
        ("before", Self::Before),
        ("after", Self::After),
        ("pitfalls", Self::Pitfalls),
        ("rfc", Self::Rfc),
        ("ask", Self::Ask),
        ("hint", Self::Hint),
    ];
}

impl Narration {
    /// The parts of a kind, of this act (or of the whole lesson).
    pub fn parts(&self, kind: PartKind, of: &str) -> impl Iterator<Item = &Part> {
        self.parts
            .iter()
            .filter(move |part| part.kind == kind && part.of == of)
    }
}

impl Paragraph {
    /// Its text without marks.
    #[must_use]
    pub fn plain(&self) -> Untrusted {
        let all: String = self
            .text
            .iter()
            .map(|inline| match inline {
                Inline::Text(text) | Inline::Code(text) | Inline::Strong(text) => text.raw(),
            })
            .collect();
        all.into()
    }
}

/// Reads a narration; it goes on after a mistake.
pub(super) fn read(text: &str) -> (Narration, Vec<Mistake>) {
    let mut reader = NarrationReader::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        reader.line(line.trim_end(), at);
        at = end;
    }
    reader.flush();
    if reader.narration.title.is_empty() {
        reader
            .mistakes
            .push(Mistake::new(0..0, "lesson-mistake-no-title"));
    }
    (reader.narration, reader.mistakes)
}

#[derive(Default)]
struct NarrationReader {
    narration: Narration,
    mistakes: Vec<Mistake>,
    /// The paragraph that is being gathered: its shape, its lines, where it began.
    open: Option<(Shape, String, Range<usize>)>,
}

impl NarrationReader {
    fn line(&mut self, line: &str, at: usize) {
        let verbatim = matches!(self.open, Some((Shape::Verbatim, ..)));
        if line.starts_with("```") {
            self.flush();
            if !verbatim {
                self.open = Some((Shape::Verbatim, String::new(), at..at + line.len()));
            }
        } else if verbatim {
            if let Some((_, text, span)) = &mut self.open {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(line);
                span.end = at + line.len();
            }
        } else if let Some(title) = line.strip_prefix("# ") {
            self.flush();
            self.narration.title = title.trim().into();
        } else if let Some(heading) = line.strip_prefix("## ") {
            self.flush();
            self.heading(heading, at + 3);
        } else if line.trim().is_empty() {
            self.flush();
        } else if let Some(item) = line.strip_prefix("- ") {
            self.flush();
            self.gather(Shape::Item, item, at..at + line.len());
        } else {
            self.gather(Shape::Plain, line.trim_start(), at..at + line.len());
        }
    }

    fn heading(&mut self, heading: &str, at: usize) {
        let (word, of) = heading.split_once(' ').unwrap_or((heading, ""));
        let found = PartKind::ALL.iter().find(|(name, _)| *name == word);
        let span = at..at + heading.len();
        let Some((_, kind)) = found else {
            let words = PartKind::ALL.iter().map(|(name, _)| *name);
            let mut mistake = Mistake::new(at..at + word.len(), "lesson-mistake-part")
                .with("found", word)
                .with("words", words.clone().collect::<Vec<_>>().join(", "));
            mistake.nearest = nearest(word, words).map(str::to_owned);
            self.mistakes.push(mistake);
            return;
        };
        let of = of.trim().to_owned();
        let mut parts = self.narration.parts.iter();
        if parts.any(|p| p.kind == *kind && p.of == of) {
            self.mistakes
                .push(Mistake::new(span.clone(), "lesson-mistake-twice").with("id", heading));
        }
        self.narration.parts.push(Part {
            kind: *kind,
            of,
            paragraphs: Vec::new(),
            span,
        });
    }

    fn gather(&mut self, shape: Shape, line: &str, span: Range<usize>) {
        match &mut self.open {
            Some((_, text, place)) => {
                join(text, line);
                place.end = span.end;
            }
            None => self.open = Some((shape, line.to_owned(), span)),
        }
    }

    fn flush(&mut self) {
        let Some((shape, text, span)) = self.open.take() else {
            return;
        };
        let Some(part) = self.narration.parts.last_mut() else {
            self.mistakes
                .push(Mistake::new(span, "lesson-mistake-outside"));
            return;
        };
        let (text, proofs) = if shape == Shape::Verbatim {
            (vec![Inline::Text(text.into())], Vec::new())
        } else {
            let (text, proofs) = marks(&text, &span);
            (inlines(text.trim()), proofs)
        };
        part.paragraphs.push(Paragraph {
            shape,
            text,
            proofs,
            span,
        });
    }
}

/// Joins a paragraph's lines: with a space, but for Chinese, which has none between its words nor beside
/// its punctuation.
fn join(text: &mut String, line: &str) {
    let wide = |c: char| c >= '\u{2e80}';
    let mark = |c: char| "、。，；：？！“”（）《》…".contains(c);
    let (before, after) = (text.chars().last(), line.chars().next());
    let apart = match (before, after) {
        (Some(a), Some(b)) => !(mark(a) || mark(b) || (wide(a) && wide(b))),
        _ => false,
    };
    if apart {
        text.push(' ');
    }
    text.push_str(line);
}

/// Takes the `{#…}` marks out of a paragraph.
fn marks(text: &str, span: &Range<usize>) -> (String, Vec<Reference>) {
    let mut plain = String::with_capacity(text.len());
    let mut proofs = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{#") {
        let Some((inside, behind)) = after.split_once('}') else {
            break;
        };
        plain.push_str(before.trim_end());
        for word in inside.split_whitespace() {
            let word = word.trim_start_matches('#');
            let (of, id) = match word.split_once('/') {
                Some((of, id)) => (Some(of.to_owned()), id),
                None => (None, word),
            };
            proofs.push(Reference {
                of,
                id: id.to_owned(),
                span: span.clone(),
            });
        }
        rest = behind;
    }
    plain.push_str(rest);
    (plain, proofs)
}

/// Text, `code` and **weight**.
fn inlines(text: &str) -> Vec<Inline> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*']) {
        let mark = if rest[at..].starts_with('`') {
            "`"
        } else if rest[at..].starts_with("**") {
            "**"
        } else {
            push(&mut all, &rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        };
        let Some((inside, behind)) = rest[at + mark.len()..].split_once(mark) else {
            break;
        };
        push(&mut all, &rest[..at]);
        all.push(match mark {
            "`" => Inline::Code(inside.into()),
            _ => Inline::Strong(inside.into()),
        });
        rest = behind;
    }
    push(&mut all, rest);
    all
}

fn push(all: &mut Vec<Inline>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Inline::Text(last)) = all.last_mut() {
        last.push_str(text);
    } else {
        all.push(Inline::Text(text.into()));
    }
}
