//! Reading a pattern. All mistakes of a line are collected.

use std::ops::Range;

use crate::protocol::decode::TcpFlags;
use crate::script::mistake::Mistake;
use crate::script::number::{Compare, Condition, Kind};
use crate::script::sight::{Protocol, Trait};

use super::{Key, Pattern, Who};

/// The keys as words.
pub const KEYS: [(&str, Key); 22] = [
    ("seq", Key::Seq),
    ("ack", Key::Ack),
    ("len", Key::Len),
    ("win", Key::Win),
    ("rawseq", Key::RawSeq),
    ("rawwin", Key::RawWin),
    ("sack-from", Key::SackFrom),
    ("sack-to", Key::SackTo),
    ("ecn", Key::Ecn),
    ("mss", Key::Mss),
    ("wscale", Key::Wscale),
    ("urg", Key::Urg),
    ("sport", Key::Sport),
    ("dport", Key::Dport),
    ("ttl", Key::Ttl),
    ("size", Key::Size),
    ("offset", Key::Offset),
    ("type", Key::Type),
    ("code", Key::Code),
    ("id", Key::Id),
    ("mtu", Key::Mtu),
    ("dup", Key::Dup),
];

impl Pattern {
    /// Reads a pattern; `hosts` are the names that may stand in it.
    pub fn parse(text: &str, hosts: &[&str]) -> Result<Self, Vec<Mistake>> {
        let words = split(text);
        let mut reader = Reader {
            pattern: Self {
                from: Who::Any,
                to: Who::Any,
                protocol: None,
                flags: None,
                more_flags: false,
                traits: Vec::new(),
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

struct Reader<'a> {
    pattern: Pattern,
    hosts: &'a [&'a str],
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
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

    fn who(&mut self, word: &str, at: &Range<usize>) -> Who {
        match word {
            "any" => Who::Any,
            "all" => Who::All,
            host if self.hosts.contains(&host) => Who::Host(host.to_owned()),
            other => {
                let could = self.hosts.iter().copied().chain(["any", "all"]);
                self.mistakes.push(
                    Mistake::new(at.clone(), "lesson-mistake-host")
                        .with("found", other)
                        .with("hosts", self.hosts.join(", "))
                        .near(other, could),
                );
                Who::Any
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
        } else if let Some(found) = Trait::of(word) {
            self.pattern.traits.push(found);
        } else if let Some(sign) = word.find(['=', '!', '<', '>']) {
            self.number(word, sign, at);
        } else {
            self.unknown(word, at);
        }
    }

    fn number(&mut self, word: &str, sign: usize, at: Range<usize>) {
        let Some((compare, length)) = Compare::at(&word[sign..]) else {
            self.unknown(word, at);
            return;
        };
        let name = &word[..sign];
        let key = KEYS.iter().find(|(key, _)| *key == name);
        if key.is_none() {
            self.mistakes.push(
                Mistake::new(at.start..at.start + sign, "lesson-mistake-key")
                    .with("found", name)
                    .near(name, KEYS.iter().map(|(key, _)| *key)),
            );
        }
        let from = sign + length;
        match Condition::after(compare, &word[from..], Kind::Plain, self.hosts) {
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
            .chain(Trait::ALL.iter().map(|(name, _)| *name))
            .chain(KEYS.iter().map(|(name, _)| *name));
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

/// The words of a text with their places.
pub(crate) fn split(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut all = Vec::new();
    let mut from = None;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_whitespace(), from) {
            (true, Some(start)) => {
                all.push((&text[start..i], start..i));
                from = None;
            }
            (false, None) => from = Some(i),
            _ => {}
        }
    }
    all
}
