//! Reading a call pattern. All mistakes of a line are collected.

use std::ops::Range;

use crate::model::CallName;
use crate::notation::condition::{Condition, NumberKind};
use crate::notation::{Mistake, lexer};

use super::{ArgPattern, CallPattern, NAMES, ResultPattern};

impl CallPattern {
    /// Reads a call pattern; `hosts` are the names that may stand in it.
    ///
    /// # Errors
    /// What is no pattern of a call, word by word: an unknown call, host or error, a value that the call has not.
    pub fn parse(text: &str, hosts: &[&str]) -> Result<Self, Vec<Mistake>> {
        let mut reader = CallReader {
            text,
            at: 0,
            hosts,
            mistakes: Vec::new(),
        };
        let pattern = reader.pattern();
        if reader.mistakes.is_empty() {
            Ok(pattern)
        } else {
            Err(reader.mistakes)
        }
    }
}

struct CallReader<'t> {
    text: &'t str,
    at: usize,
    hosts: &'t [&'t str],
    mistakes: Vec<Mistake>,
}

impl<'t> CallReader<'t> {
    fn pattern(&mut self) -> CallPattern {
        let mut pattern = CallPattern {
            label: None,
            name: None,
            args: Vec::new(),
            gave: Vec::new(),
            took: Vec::new(),
            text: self.text.trim().to_owned(),
        };
        if let Some((label, _)) = self.text.split_once(": ") {
            let trimmed = label.trim();
            if trimmed
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            {
                pattern.label = Some(trimmed.to_owned());
                self.at = label.len() + 1;
            }
        }
        let (word, span) = self.take(|c| c.is_ascii_alphanumeric() || c == '_');
        pattern.name = self.name(word, span);
        if self.eat('(') {
            self.args(&mut pattern);
        }
        while !self.rest().is_empty() {
            self.clause(&mut pattern);
        }
        pattern
    }

    fn name(&mut self, word: &str, span: Range<usize>) -> Option<CallName> {
        if word == "any" {
            return None;
        }
        let found = NAMES.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            self.mistakes.push(
                Mistake::new(span, "lesson-mistake-call")
                    .with("found", word)
                    .near(word, NAMES.iter().map(|(name, _)| *name)),
            );
        }
        found.map(|(_, name)| *name)
    }

    fn args(&mut self, pattern: &mut CallPattern) {
        let inside = self.at;
        let Some(length) = self.rest().find(')') else {
            self.mistakes.push(Mistake::new(
                inside - 1..self.text.len(),
                "lesson-mistake-bracket",
            ));
            self.at = self.text.len();
            return;
        };
        let end = inside + length;
        while self.at < end {
            self.spaces();
            if self.at < end {
                let arg = self.arg();
                pattern.args.extend(arg);
            }
            self.spaces();
            self.eat(',');
        }
        self.at = end + 1;
    }

    /// What stands behind the name: `= …`, or `took…`.
    fn clause(&mut self, pattern: &mut CallPattern) {
        let start = self.at;
        if self.eat('=') {
            self.spaces();
            while !self.rest().is_empty() && !self.rest().starts_with("took") {
                let before = self.at;
                let gave = self.gave();
                pattern.gave.extend(gave);
                if self.at == before {
                    break;
                }
            }
        } else if self.rest().starts_with("took") {
            self.at += "took".len();
            self.spaces();
            let from = self.at;
            match Condition::parse(self.rest(), NumberKind::Time, self.hosts) {
                Ok(condition) => pattern.took.push(condition),
                Err(all) => self.mistakes.extend(all.into_iter().map(|m| m.moved(from))),
            }
            self.at = self.text.len();
        } else {
            self.mistakes.push(
                Mistake::new(start..self.text.len(), "lesson-mistake-call-clause")
                    .with("found", &self.text[start..]),
            );
            self.at = self.text.len();
        }
    }

    fn gave(&mut self) -> Option<ResultPattern> {
        let rest = self.rest();
        if rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '<' | '>' | '!')) {
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let from = self.at;
            self.at += length;
            let parsed = Condition::parse(&rest[..length], NumberKind::Plain, self.hosts);
            self.spaces();
            return match parsed {
                Ok(condition) => Some(ResultPattern::Value(condition)),
                Err(all) => {
                    self.mistakes.extend(all.into_iter().map(|m| m.moved(from)));
                    None
                }
            };
        }
        if rest.starts_with("ok") && !rest[2..].starts_with(char::is_alphanumeric) {
            self.at += 2;
            self.spaces();
            return Some(ResultPattern::Ok);
        }
        let arg = self.arg();
        self.spaces();
        Some(match arg? {
            // Errno names begin with E, and no flag of the socket calls does but epoll's.
            ArgPattern::Word(word) if word.starts_with('E') && !word.starts_with("EPOLL") => {
                ResultPattern::Errno(word)
            }
            other => ResultPattern::Out(other),
        })
    }

    fn arg(&mut self) -> Option<ArgPattern> {
        if self.eat('"') {
            let from = self.at;
            let (text, end) = lexer::rest_of_quoted(self.rest(), from, &mut self.mistakes);
            self.at = from + end;
            return Some(ArgPattern::Text(text));
        }
        let (word, span) = self.take(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':'));
        if let Some(port) = word.strip_prefix(':').and_then(|p| p.parse().ok()) {
            return Some(ArgPattern::Port(port));
        }
        if let Ok(number) = word.parse() {
            return Some(ArgPattern::Int(number));
        }
        if self.hosts.contains(&word) {
            return Some(ArgPattern::Host(word.to_owned()));
        }
        if !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        {
            return Some(ArgPattern::Word(word.to_owned()));
        }
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        let span = if span.is_empty() {
            span.start..span.start + length
        } else {
            span
        };
        self.at = self.at.max(span.end);
        self.mistakes.push(
            Mistake::new(span.clone(), "lesson-mistake-call-value")
                .with("found", &self.text[span])
                .near(word, self.hosts.iter().copied().chain(["ok"])),
        );
        None
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, wanted: char) -> bool {
        self.spaces();
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn take(&mut self, of: fn(char) -> bool) -> (&'t str, Range<usize>) {
        self.spaces();
        let rest = self.rest();
        let length = rest.find(|c| !of(c)).unwrap_or(rest.len());
        let from = self.at;
        self.at += length;
        (&rest[..length], from..from + length)
    }
}
