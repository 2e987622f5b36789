//! Reading a rule. All mistakes of a line are collected; each says what could stand in its place.

use std::ops::Range;

use crate::notation::lexer::{PlainWord, plain_words};

use crate::model::Span;
use crate::notation::Mistake;

use super::{Action, Effect, Rule, Selector, UnitKind};

/// The words that begin a rule.
pub const ACTIONS: [&str; 8] = [
    "lose",
    "duplicate",
    "corrupt",
    "delay",
    "reorder",
    "swap",
    "jitter",
    "cut",
];

/// What can be chosen, as words.
pub const KINDS: [(&str, UnitKind); 12] = [
    ("syn", UnitKind::Syn),
    ("synack", UnitKind::SynAck),
    ("ack", UnitKind::Ack),
    ("data", UnitKind::Data),
    ("fin", UnitKind::Fin),
    ("rst", UnitKind::Rst),
    ("resend", UnitKind::Resend),
    ("datagram", UnitKind::Datagram),
    ("fragment", UnitKind::Fragment),
    ("icmp", UnitKind::Icmp),
    ("arp", UnitKind::Arp),
    ("frame", UnitKind::Frame),
];

/// A delay, a jitter or a cut ends within this: a lesson takes seconds.
const LONGEST: Span = Span::from_ms(3_600_000);

impl Rule {
    /// Reads a rule; `hosts` are the names that may stand behind `from` and `to`.
    ///
    /// # Errors
    /// Every mistake, with its place in `text`.
    pub fn parse(text: &str, hosts: &[&str]) -> Result<Self, Vec<Mistake>> {
        let mut reader = RuleReader {
            text,
            words: plain_words(text),
            next: 0,
            hosts,
            mistakes: Vec::new(),
        };
        let rule = reader.rule();
        if reader.mistakes.is_empty()
            && let Some((word, at)) = reader.peek()
        {
            reader
                .mistakes
                .push(Mistake::new(at, "rule-mistake-left-over").with("found", word));
        }
        match rule {
            Some(rule) if reader.mistakes.is_empty() => Ok(rule),
            _ => Err(reader.mistakes),
        }
    }
}

struct RuleReader<'a> {
    text: &'a str,
    words: Vec<PlainWord<'a>>,
    next: usize,
    hosts: &'a [&'a str],
    mistakes: Vec<Mistake>,
}

impl<'a> RuleReader<'a> {
    fn peek(&self) -> Option<PlainWord<'a>> {
        self.words.get(self.next).cloned()
    }

    fn take(&mut self) -> Option<PlainWord<'a>> {
        let word = self.peek();
        self.next += 1;
        word
    }

    fn take_if(&mut self, wanted: &str) -> bool {
        let found = self.peek().is_some_and(|(word, _)| word == wanted);
        self.next += usize::from(found);
        found
    }

    /// The place behind the last word: where something is missing.
    fn end(&self) -> Range<usize> {
        let end = self.text.trim_end().len();
        end.saturating_sub(1)..end
    }

    fn wrong(&mut self, at: Range<usize>, key: &'static str, found: &str) -> Option<Rule> {
        self.mistakes
            .push(Mistake::new(at, key).with("found", found));
        None
    }

    fn rule(&mut self) -> Option<Rule> {
        let Some((word, at)) = self.take() else {
            self.mistakes.push(
                Mistake::new(0..self.text.len(), "rule-mistake-empty")
                    .with("acts", ACTIONS.join(", ")),
            );
            return None;
        };
        match word {
            "lose" => self.acted(Action::Lose),
            "duplicate" => self.acted(Action::Duplicate(Span::ZERO)),
            "corrupt" => self.acted(Action::Corrupt),
            "reorder" => self.acted(Action::Reorder),
            "delay" => self.acted(Action::Delay(Span::ZERO)),
            "swap" => self.swap(),
            "jitter" => {
                let most = self.time()?;
                let seed = self.seed()?;
                self.with_sender(Effect::Jitter { most, seed })
            }
            "cut" => self.cut(),
            other => {
                let mistake = Mistake::new(at, "rule-mistake-act")
                    .with("found", other)
                    .with("acts", ACTIONS.join(", "));
                self.mistakes.push(mistake.near(other, ACTIONS));
                None
            }
        }
    }

    /// `ACT 10% …` or `ACT [every] KIND …`.
    fn acted(&mut self, action: Action) -> Option<Rule> {
        if let Some((word, at)) = self.peek()
            && let Some(number) = word.strip_suffix('%')
        {
            self.next += 1;
            return self.random(action, number, word, at);
        }
        let every = self.take_if("every");
        let kind = self.kind()?;
        let (first, last) = self.ordinals(every)?;
        let mut which = Selector {
            kind,
            first,
            last,
            every,
            times: 1,
        };
        let (mut from, mut to) = (None, None);
        let mut action = action;
        let mut delayed = !matches!(action, Action::Delay(_));
        while let Some((word, at)) = self.peek() {
            self.next += 1;
            match word {
                "from" if from.is_none() => from = Some(self.host()?),
                "to" if to.is_none() => to = Some(self.receiver(action, at)?),
                "by" if matches!(action, Action::Delay(_)) => {
                    action = Action::Delay(self.time()?);
                    delayed = true;
                }
                "after" if action == Action::Duplicate(Span::ZERO) => {
                    action = Action::Duplicate(self.time()?);
                }
                // Each resend is a unit of its own, which is sent once.
                "always" if kind != UnitKind::Resend => which.times = u32::MAX,
                number if kind != UnitKind::Resend && self.take_if("times") => {
                    which.times = self.count(number, at, 1000)?;
                }
                other => return self.wrong(at, "rule-mistake-after-kind", other),
            }
        }
        if !delayed {
            let end = self.end();
            return self.wrong(end, "rule-mistake-by", "");
        }
        Some(self.read(from, to, Effect::Chosen { action, which }))
    }

    fn random(
        &mut self,
        action: Action,
        number: &str,
        word: &str,
        at: Range<usize>,
    ) -> Option<Rule> {
        let percent = number
            .parse::<f64>()
            .ok()
            .filter(|p| (0.0..=100.0).contains(p));
        let Some(percent) = percent else {
            return self.wrong(at, "rule-mistake-percent", word);
        };
        let mut action = action;
        if matches!(action, Action::Delay(_)) {
            if !self.take_if("by") {
                let end = self.peek().map_or_else(|| self.end(), |(_, at)| at);
                return self.wrong(end, "rule-mistake-by", "");
            }
            action = Action::Delay(self.time()?);
        }
        let seed = self.seed()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to a million, by the range above"
        )]
        let per_million = (percent * 10_000.0).round() as u32;
        let mut rule = self.with_sender(Effect::Random {
            action,
            per_million,
            seed,
        })?;
        if let Some((_, at)) = self.peek().filter(|(word, _)| *word == "to") {
            self.next += 1;
            rule.to = Some(self.receiver(action, at)?);
        }
        Some(rule)
    }

    fn swap(&mut self) -> Option<Rule> {
        let kind = self.kind()?;
        let first = self.ordinal()?;
        let before = self.next;
        let second = self.ordinal()?;
        if second <= first {
            let (word, at) = self.words[before].clone();
            return self.wrong(at, "rule-mistake-swap", word);
        }
        self.with_sender(Effect::Swap {
            kind,
            first,
            second,
        })
    }

    fn cut(&mut self) -> Option<Rule> {
        if !self.take_if("from") {
            let (word, at) = self.peek().unwrap_or(("", self.end()));
            return self.wrong(at, "rule-mistake-cut", word);
        }
        let from = self.time()?;
        if !self.take_if("to") {
            let (word, at) = self.peek().unwrap_or(("", self.end()));
            return self.wrong(at, "rule-mistake-cut", word);
        }
        let before = self.next;
        let to = self.time()?;
        if to <= from {
            let (word, at) = self.words[before].clone();
            return self.wrong(at, "rule-mistake-cut-order", word);
        }
        Some(self.read(None, None, Effect::Cut { from, to }))
    }

    /// `[from HOST]` at the end of a rule.
    fn with_sender(&mut self, what: Effect) -> Option<Rule> {
        let from = if self.take_if("from") {
            Some(self.host()?)
        } else {
            None
        };
        Some(self.read(from, None, what))
    }

    fn read(&self, from: Option<String>, to: Option<String>, what: Effect) -> Rule {
        Rule {
            text: self.text.to_owned(),
            from,
            to,
            what,
        }
    }

    /// The host behind a `to`, which stands at `at`: only of what can happen to one copy of a frame alone.
    fn receiver(&mut self, action: Action, at: Range<usize>) -> Option<String> {
        if matches!(action, Action::Lose | Action::Delay(_)) {
            return self.host();
        }
        self.wrong(at, "rule-mistake-to", "to");
        None
    }

    /// `[seed N]`; the outer option is none when it is wrong.
    #[expect(clippy::option_option, reason = "none and wrong differ")]
    fn seed(&mut self) -> Option<Option<u64>> {
        if !self.take_if("seed") {
            return Some(None);
        }
        let (word, at) = self.take().unwrap_or(("", self.end()));
        if let Ok(seed) = word.parse() {
            return Some(Some(seed));
        }
        self.wrong(at, "rule-mistake-seed", word);
        None
    }

    fn kind(&mut self) -> Option<UnitKind> {
        let (word, at) = self.take().unwrap_or(("", self.end()));
        if let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == word) {
            return Some(*kind);
        }
        let names = KINDS.map(|(name, _)| name);
        let mistake = if word.is_empty() {
            Mistake::new(at, "rule-mistake-no-kind")
        } else {
            Mistake::new(at, "rule-mistake-kind").with("found", word)
        };
        let mistake = mistake.with("kinds", names.join(", "));
        self.mistakes.push(mistake.near(word, names));
        None
    }

    /// `3`, `3-5`, or nothing: the first one; after `every`, nothing means all of them.
    fn ordinals(&mut self, every: bool) -> Option<(u32, u32)> {
        let Some((word, at)) = self
            .peek()
            .filter(|(word, _)| word.starts_with(|c: char| c.is_ascii_digit()))
        else {
            return Some(if every { (1, u32::MAX) } else { (1, 1) });
        };
        if self
            .words
            .get(self.next + 1)
            .is_some_and(|(word, _)| *word == "times")
        {
            return Some((1, 1));
        }
        self.next += 1;
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        let first = self.count(first, at.clone(), u32::MAX)?;
        let last = self.count(last, at.clone(), u32::MAX)?;
        if last < first {
            self.wrong(at, "rule-mistake-ordinal", word);
            return None;
        }
        Some((first, last))
    }

    fn ordinal(&mut self) -> Option<u32> {
        let (word, at) = self.take().unwrap_or(("", self.end()));
        self.count(word, at, u32::MAX)
    }

    fn count(&mut self, word: &str, at: Range<usize>, most: u32) -> Option<u32> {
        let number = word.parse().ok().filter(|n| (1..=most).contains(n));
        if number.is_none() {
            self.wrong(at, "rule-mistake-ordinal", word);
        }
        number
    }

    fn host(&mut self) -> Option<String> {
        let (word, at) = self.take().unwrap_or(("", self.end()));
        if self.hosts.contains(&word) {
            return Some(word.to_owned());
        }
        let mistake = Mistake::new(at, "rule-mistake-host")
            .with("found", word)
            .with("hosts", self.hosts.join(", "));
        self.mistakes
            .push(mistake.near(word, self.hosts.iter().copied()));
        None
    }

    fn time(&mut self) -> Option<Span> {
        let (word, at) = self.take().unwrap_or(("", self.end()));
        let span = time(word).filter(|span| *span <= LONGEST);
        if span.is_none() {
            self.wrong(at, "rule-mistake-time", word);
        }
        span
    }
}

/// `300ms`, `1.5s`, `200us`; a number alone has no unit and is none.
fn time(word: &str) -> Option<Span> {
    let digits = word.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let number: f64 = word[..digits].parse().ok()?;
    let unit = match &word[digits..] {
        "us" | "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    let ns = number * unit;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is longer than the type holds is none by the bound below"
    )]
    let span = Span::from_ns(ns.round() as i64);
    (ns.is_finite() && ns < 1e18).then_some(span)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
