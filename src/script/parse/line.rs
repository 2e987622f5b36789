//! One line's words, taken one after the other. What is missing or wrong becomes a mistake with its place,
//! and the taker gets none: one such mistake a line is told, the rest of the line would only echo it.

use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

use crate::model::Span;
use crate::model::number::count32;
use crate::notation::Mistake;
use crate::notation::lexer::Word;
use crate::script::step::Target;

/// The words that are left of a line.
#[derive(Debug)]
pub struct LineReader<'a> {
    words: &'a [Word],
    /// Where something that is missing should have stood.
    end: usize,
    mistakes: &'a mut Vec<Mistake>,
}

impl<'a> LineReader<'a> {
    /// The words of a line whose last one ends at byte `end` of the text.
    pub const fn new(words: &'a [Word], end: usize, mistakes: &'a mut Vec<Mistake>) -> Self {
        Self {
            words,
            end,
            mistakes,
        }
    }

    /// Adds a mistake about the next word, or about the place where one is missing.
    pub fn wrong<T>(&mut self, key: &'static str) -> Option<T> {
        let mistake = Mistake::new(self.place(), key);
        self.mistakes.push(mistake);
        None
    }

    fn place(&self) -> Range<usize> {
        self.words
            .first()
            .map_or(self.end..self.end, |word| word.span.clone())
    }

    fn found(&self) -> &'a str {
        self.words.first().map_or("", |word| word.text.as_str())
    }

    /// The next word without quotes, if there is one; it stays.
    pub fn peek(&self) -> Option<&'a str> {
        let word = self.words.first()?;
        (!word.quoted).then_some(word.text.as_str())
    }

    /// Nothing is left.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The next word stands in quotes.
    pub fn is_quoted(&self) -> bool {
        self.words.first().is_some_and(|word| word.quoted)
    }

    /// Takes the next word when it is this one.
    pub fn take(&mut self, word: &str) -> bool {
        let there = self.peek() == Some(word);
        if there {
            self.skip();
        }
        there
    }

    /// Leaves the next word behind.
    pub fn skip(&mut self) {
        self.words = self.words.get(1..).unwrap_or_default();
    }

    /// Takes a word out of these.
    pub fn one_of(&mut self, choices: &[&'static str]) -> Option<&'static str> {
        if let Some(choice) = choices.iter().find(|choice| self.peek() == Some(choice)) {
            self.skip();
            return Some(choice);
        }
        let mistake = Mistake::new(self.place(), "lesson-script-want-word")
            .with("choices", choices.join(", "))
            .near(self.found(), choices.iter().copied());
        self.mistakes.push(mistake);
        None
    }

    /// Takes words of these until there is another; each at most once.
    pub fn flags(&mut self, choices: &[&'static str]) -> Vec<String> {
        let mut taken = Vec::new();
        while let Some(choice) = choices
            .iter()
            .find(|choice| self.peek() == Some(choice) && !taken.iter().any(|t| t == *choice))
        {
            self.skip();
            taken.push((*choice).to_owned());
        }
        taken
    }

    /// Takes a name: letters, digits, `-` and `_`.
    pub fn name(&mut self) -> Option<String> {
        match self.peek() {
            Some(name) if is_name(name) => {
                self.skip();
                Some(name.to_owned())
            }
            _ => self.wrong("lesson-script-want-name"),
        }
    }

    /// Takes any word, quoted or not.
    pub fn word(&mut self) -> Option<String> {
        let Some(word) = self.words.first() else {
            return self.wrong("lesson-script-want-value");
        };
        self.skip();
        Some(word.text.clone())
    }

    /// Takes a number within a range; `_` may group its digits.
    pub fn number<N>(&mut self, range: RangeInclusive<N>) -> Option<N>
    where
        N: FromStr + PartialOrd + ToString,
    {
        let number = self.peek().and_then(number::<N>);
        if let Some(number) = number.filter(|number| range.contains(number)) {
            self.skip();
            return Some(number);
        }
        let mistake = Mistake::new(self.place(), "lesson-script-want-number")
            .with("min", range.start().to_string())
            .with("max", range.end().to_string());
        self.mistakes.push(mistake);
        None
    }

    /// Takes a time: `100ms`, `1.5s`, `250us`.
    pub fn time(&mut self) -> Option<Span> {
        match self.peek().and_then(time) {
            Some(time) => {
                self.skip();
                Some(time)
            }
            None => self.wrong("lesson-script-want-time"),
        }
    }

    /// Takes `PORT`, `:PORT`, `HOST:PORT` or `[IPV6]:PORT`.
    pub fn target(&mut self) -> Option<Target> {
        match self.peek().and_then(target) {
            Some(target) => {
                self.skip();
                Some(target)
            }
            None => self.wrong("lesson-script-want-target"),
        }
    }

    /// Nothing more may stand there.
    pub fn end<T>(&mut self, value: T) -> Option<T> {
        if self.is_empty() {
            return Some(value);
        }
        let span = self.place().start..self.end;
        self.mistakes
            .push(Mistake::new(span, "lesson-script-want-end"));
        None
    }
}

/// A name as scripts use them for sockets, hosts and signals.
pub fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 32
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn number<N: FromStr>(text: &str) -> Option<N> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// A time as scripts write it: a number with `us`, `ms` or `s`.
#[must_use]
pub fn time(text: &str) -> Option<Span> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let unit: i64 = match unit {
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let scale = 10_i64.pow(count32(fraction.len()));
    let part = fraction.parse::<i64>().ok()? * (unit / scale.min(unit));
    let part = if scale > unit { 0 } else { part };
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(unit)?
        .checked_add(part)
        .map(Span::from_ns)
}

fn target(text: &str) -> Option<Target> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port),
        None => ("", text),
    };
    let literal = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .filter(|inner| inner.parse::<std::net::Ipv6Addr>().is_ok());
    let host = match literal {
        Some(inner) => Some(inner.to_owned()),
        None if host.is_empty() => None,
        None if is_name(host) || host.parse::<std::net::Ipv4Addr>().is_ok() => {
            Some(host.to_owned())
        }
        None => return None,
    };
    let port = number::<u16>(port)?;
    Some(Target { host, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units_and_may_have_a_fraction() {
        assert_eq!(time("100ms"), Some(Span::from_ms(100)));
        assert_eq!(time("1.5s"), Some(Span::from_ms(1_500)));
        assert_eq!(time("0.25ms"), Some(Span::from_us(250)));
        assert_eq!(time("7us"), Some(Span::from_us(7)));
        for wrong in [
            "",
            "ms",
            "1",
            "1m",
            "1.ms",
            ".5s",
            "-1s",
            "1.2.3s",
            "99999999999999s",
        ] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn targets_are_ports_with_or_without_a_host() {
        let of = |host: Option<&str>, port| {
            Some(Target {
                host: host.map(str::to_owned),
                port,
            })
        };
        assert_eq!(target("7070"), of(None, 7070));
        assert_eq!(target(":7070"), of(None, 7070));
        assert_eq!(target("server:80"), of(Some("server"), 80));
        assert_eq!(target("10.0.0.9:80"), of(Some("10.0.0.9"), 80));
        assert_eq!(target("[fd00::9]:80"), of(Some("fd00::9"), 80));
        for wrong in [
            "",
            ":",
            "server",
            "server:",
            "server:70700",
            "[::1:80",
            "a b:1",
            "::1:80",
        ] {
            assert_eq!(target(wrong), None, "{wrong}");
        }
    }
}
