//! Reading a pattern. All mistakes of a line are collected.

use std::ops::Range;

use crate::notation::lexer::plain_words;

use crate::notation::condition::{Comparison, Condition, NumberKind};
use crate::notation::vocabulary::{NumericField, Property, Protocol};
use crate::notation::{Mistake, Pattern};
use crate::protocol::decode::TcpFlags;

use super::HostPattern;

impl Pattern {
    /// Reads a pattern; `hosts` are the names that may stand in it.
    ///
    /// # Errors
    /// Each word that says nothing about a frame, or names a host that is not there, with its place and the nearest word
    /// that does.
    pub fn parse(text: &str, hosts: &[&str]) -> Result<Self, Vec<Mistake>> {
        let words = plain_words(text);
        let mut reader = PatternReader {
            pattern: Self {
                from: HostPattern::Any,
                to: HostPattern::Any,
                protocol: None,
                flags: None,
                more_flags: false,
                properties: Vec::new(),
                numbers: Vec::new(),
                text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            },
            hosts,
            mistakes: Vec::new(),
        };
        let rest = reader.ends(text, &words);
        for (word, at) in rest {
            reader.word(word, at.clone());
        }
        if reader.mistakes.is_empty() {
            Ok(reader.pattern)
        } else {
            Err(reader.mistakes)
        }
    }
}

struct PatternReader<'a> {
    pattern: Pattern,
    hosts: &'a [&'a str],
    mistakes: Vec<Mistake>,
}

impl PatternReader<'_> {
    /// Reads `client > server`, and gives the words behind it.
    fn ends<'w, 't>(
        &mut self,
        text: &str,
        words: &'w [(&'t str, Range<usize>)],
    ) -> &'w [(&'t str, Range<usize>)] {
        match words {
            [(from, from_at), (">", _), (to, to_at), rest @ ..] => {
                self.pattern.from = self.who(from, from_at);
                self.pattern.to = self.who(to, to_at);
                rest
            }
            _ => {
                let end = words.first().map_or(text.len(), |(_, at)| at.end);
                let start = words.first().map_or(0, |(_, at)| at.start);
                self.mistakes
                    .push(Mistake::new(start..end, "lesson-mistake-ends"));
                &[]
            }
        }
    }

    fn who(&mut self, word: &str, at: &Range<usize>) -> HostPattern {
        match word {
            "any" => HostPattern::Any,
            "all" => HostPattern::All,
            host if self.hosts.contains(&host) => HostPattern::Host(host.to_owned()),
            other => {
                let could = self.hosts.iter().copied().chain(["any", "all"]);
                self.mistakes.push(
                    Mistake::new(at.clone(), "lesson-mistake-host")
                        .with("found", other)
                        .with("hosts", self.hosts.join(", "))
                        .near(other, could),
                );
                HostPattern::Any
            }
        }
    }

    fn word(&mut self, word: &str, at: Range<usize>) {
        if matches!(word, "…" | "...") {
            self.pattern.more_flags = true;
        } else if let Some(flag) = flag(word) {
            *self.pattern.flags.get_or_insert_default() |= flag;
        } else if let Some(protocol) = Protocol::of(word) {
            self.pattern.protocol = Some(protocol);
        } else if let Some(found) = Property::of(word) {
            self.pattern.properties.push(found);
        } else if let Some(sign) = word.find(['=', '!', '<', '>']) {
            self.number(word, sign, at);
        } else {
            self.unknown(word, at);
        }
    }

    fn number(&mut self, word: &str, sign: usize, at: Range<usize>) {
        let Some((compare, length)) = Comparison::at(&word[sign..]) else {
            self.unknown(word, at);
            return;
        };
        let name = &word[..sign];
        let key = NumericField::ALL.iter().find(|(key, _)| *key == name);
        if key.is_none() {
            self.mistakes.push(
                Mistake::new(at.start..at.start + sign, "lesson-mistake-key")
                    .with("found", name)
                    .near(name, NumericField::ALL.iter().map(|(key, _)| *key)),
            );
        }
        let from = sign + length;
        match Condition::after(compare, &word[from..], NumberKind::Plain, self.hosts) {
            Ok(condition) => {
                if let Some((_, key)) = key {
                    self.pattern.numbers.push((*key, condition));
                }
            }
            Err(all) => self
                .mistakes
                .extend(all.into_iter().map(|m| m.moved(at.start + from))),
        }
    }

    fn unknown(&mut self, word: &str, at: Range<usize>) {
        let could = TcpFlags::all()
            .words()
            .chain(Protocol::ALL.iter().map(|(name, _)| *name))
            .chain(Property::ALL.iter().map(|(name, _)| *name))
            .chain(NumericField::ALL.iter().map(|(name, _)| *name));
        self.mistakes.push(
            Mistake::new(at, "lesson-mistake-pattern-word")
                .with("found", word)
                .near(word, could),
        );
    }
}

/// The flag of this word, spelt as frames are written down.
fn flag(word: &str) -> Option<TcpFlags> {
    TcpFlags::all().iter().find(|flag| flag.words().eq([word]))
}
