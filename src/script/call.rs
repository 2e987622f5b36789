//! Call patterns: one line that says which calls of a host are meant.
//!
//! ```text
//! connect = 0
//! recv = 5
//! recv = "hello"
//! recv = 4 MSG_TRUNC
//! connect = ECONNREFUSED
//! listen(5) = ok
//! accept = client took>=rtt
//! listener: close = 0
//! ```
//!
//! Behind the name stand, in brackets, arguments that must be among the call's, in this order (the
//! descriptor is never among them); behind `=` what it gave: a number or condition, `ok`, an errno's name,
//! the data that came, a flag, a host (the peer of an accept, the source of a recvfrom).

use std::fmt;
use std::ops::Range;

use crate::model::{Arg, Call, CallName, CallResult, Host, Returned};

use super::mistake::Mistake;
use super::number::{Condition, Kind, Known};

/// A pattern of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPattern {
    /// The socket's name in the script; none for any.
    pub label: Option<String>,
    /// Which call; none for any (`any`).
    pub name: Option<CallName>,
    /// Arguments that must be there.
    pub args: Vec<ArgPattern>,
    /// What it must have given.
    pub gave: Vec<Gave>,
    /// How long it must have taken, in nanoseconds.
    pub took: Vec<Condition>,
    text: String,
}

/// An argument, or a part of a result, as a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgPattern {
    /// A symbolic constant, alone or in a set: `SHUT_WR`, `MSG_TRUNC`.
    Word(String),
    /// A number.
    Int(i64),
    /// A port of an address: `:7070`.
    Port(u16),
    /// An address of this host, whatever the port.
    Host(String),
    /// Data, whole.
    Text(String),
}

/// A part of what a call gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gave {
    /// It did not fail.
    Ok,
    /// It failed with this errno.
    Errno(String),
    /// Its value.
    Value(Condition),
    /// What came through a pointer.
    Out(ArgPattern),
}

impl CallPattern {
    /// Reads a call pattern; `hosts` are the names that may stand in it.
    pub fn parse(text: &str, hosts: &[&str]) -> Result<Self, Vec<Mistake>> {
        let mut reader = Reader {
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

    /// Whether a call that returned is one of those that are meant.
    #[must_use]
    pub fn matches(
        &self,
        call: &Call,
        returned: &Returned,
        hosts: &[Host],
        known: Known<'_>,
    ) -> bool {
        self.begins(call, hosts)
            && self
                .gave
                .iter()
                .all(|gave| gives(gave, returned, hosts, known))
            && self.took.iter().all(|condition| {
                condition.holds(returned.at.since(call.at).ns(), known) == Some(true)
            })
    }

    /// Whether a call, returned or not, has the name and the arguments that are meant.
    #[must_use]
    pub fn begins(&self, call: &Call, hosts: &[Host]) -> bool {
        let mut rest = call.args.iter();
        self.label.as_ref().is_none_or(|label| *label == call.label)
            && self.name.is_none_or(|name| name == call.name)
            && self
                .args
                .iter()
                .all(|wanted| rest.any(|arg| wanted.is(arg, hosts)))
    }
}

fn gives(gave: &Gave, returned: &Returned, hosts: &[Host], known: Known<'_>) -> bool {
    match (&returned.result, gave) {
        (CallResult::Ok { .. }, Gave::Ok) => true,
        (CallResult::Ok { value, .. }, Gave::Value(condition)) => {
            condition.holds(*value, known) == Some(true)
        }
        (CallResult::Ok { out, .. }, Gave::Out(wanted)) => {
            out.iter().any(|arg| wanted.is(arg, hosts))
        }
        (CallResult::Err(errno), Gave::Errno(wanted)) => errno == wanted,
        _ => false,
    }
}

impl ArgPattern {
    fn is(&self, arg: &Arg, hosts: &[Host]) -> bool {
        match (self, arg) {
            (Self::Word(wanted), Arg::Word(word)) => {
                word.split('|').any(|part| part.trim() == wanted)
            }
            (Self::Int(wanted), Arg::Int(number)) => wanted == number,
            (Self::Port(wanted), Arg::Endpoint(endpoint)) => *wanted == endpoint.port,
            (Self::Host(name), Arg::Endpoint(endpoint)) => hosts.iter().any(|host| {
                host.name == *name
                    && (host.ipv4.is_some_and(|ip| endpoint.addr == ip)
                        || host.ipv6.is_some_and(|ip| endpoint.addr == ip))
            }),
            (Self::Text(wanted), Arg::Data { len, head }) => {
                let wanted = wanted.as_bytes();
                *len == wanted.len() as u64
                    && head.len() <= wanted.len()
                    && wanted.starts_with(head)
            }
            _ => false,
        }
    }
}

impl fmt::Display for CallPattern {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A call in the notation of call patterns: `recv = 5 "hello"`.
#[must_use]
pub fn line(call: &Call, returned: Option<&Returned>, hosts: &[Host]) -> String {
    let args: Vec<String> = call.args.iter().map(|arg| spelt(arg, hosts)).collect();
    let label = match call.label.as_str() {
        "" => String::new(),
        label => format!("{label}: "),
    };
    let gave = match returned.map(|r| &r.result) {
        None => "…".to_owned(),
        Some(CallResult::Err(errno)) => errno.clone(),
        Some(CallResult::Ok { value, out }) => out.iter().fold(value.to_string(), |line, arg| {
            line + " " + &spelt(arg, hosts)
        }),
    };
    format!(
        "{label}{}({}) = {gave}",
        name_of(call.name),
        args.join(", ")
    )
}

fn spelt(arg: &Arg, hosts: &[Host]) -> String {
    match arg {
        Arg::Word(word) => word.clone(),
        Arg::Int(number) => number.to_string(),
        Arg::Endpoint(endpoint) => hosts
            .iter()
            .find(|host| {
                host.ipv4.is_some_and(|ip| endpoint.addr == ip)
                    || host.ipv6.is_some_and(|ip| endpoint.addr == ip)
            })
            .map_or_else(
                || endpoint.to_string(),
                |host| format!("{}:{}", host.name, endpoint.port),
            ),
        Arg::Data { len, head } => {
            let text: String = String::from_utf8_lossy(head).chars().take(16).collect();
            if *len <= 16 && !text.contains(|c: char| c.is_control() || c == '\u{fffd}') {
                format!("{text:?}")
            } else {
                format!("{len} bytes")
            }
        }
    }
}

/// The C name of a call.
#[must_use]
pub fn name_of(name: CallName) -> &'static str {
    NAMES
        .iter()
        .find(|(_, n)| *n == name)
        .map_or("?", |(word, _)| word)
}

const NAMES: [(&str, CallName); 24] = [
    ("socket", CallName::Socket),
    ("bind", CallName::Bind),
    ("listen", CallName::Listen),
    ("accept", CallName::Accept),
    ("connect", CallName::Connect),
    ("send", CallName::Send),
    ("recv", CallName::Recv),
    ("sendto", CallName::Sendto),
    ("recvfrom", CallName::Recvfrom),
    ("sendmsg", CallName::Sendmsg),
    ("recvmsg", CallName::Recvmsg),
    ("shutdown", CallName::Shutdown),
    ("close", CallName::Close),
    ("setsockopt", CallName::Setsockopt),
    ("getsockopt", CallName::Getsockopt),
    ("getsockname", CallName::Getsockname),
    ("getpeername", CallName::Getpeername),
    ("fcntl", CallName::Fcntl),
    ("ioctl", CallName::Ioctl),
    ("poll", CallName::Poll),
    ("select", CallName::Select),
    ("epoll_create1", CallName::EpollCreate1),
    ("epoll_ctl", CallName::EpollCtl),
    ("epoll_wait", CallName::EpollWait),
];

struct Reader<'t> {
    text: &'t str,
    at: usize,
    hosts: &'t [&'t str],
    mistakes: Vec<Mistake>,
}

impl<'t> Reader<'t> {
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
            match Condition::parse(self.rest(), Kind::Time, self.hosts) {
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

    fn gave(&mut self) -> Option<Gave> {
        let rest = self.rest();
        if rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '<' | '>' | '!')) {
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let from = self.at;
            self.at += length;
            let parsed = Condition::parse(&rest[..length], Kind::Plain, self.hosts);
            self.spaces();
            return match parsed {
                Ok(condition) => Some(Gave::Value(condition)),
                Err(all) => {
                    self.mistakes.extend(all.into_iter().map(|m| m.moved(from)));
                    None
                }
            };
        }
        if rest.starts_with("ok") && !rest[2..].starts_with(char::is_alphanumeric) {
            self.at += 2;
            self.spaces();
            return Some(Gave::Ok);
        }
        let arg = self.arg();
        self.spaces();
        Some(match arg? {
            // Errno names begin with E, and no flag of the socket calls does but epoll's.
            ArgPattern::Word(word) if word.starts_with('E') && !word.starts_with("EPOLL") => {
                Gave::Errno(word)
            }
            other => Gave::Out(other),
        })
    }

    fn arg(&mut self) -> Option<ArgPattern> {
        if self.eat('"') {
            let from = self.at;
            let length = self.rest().find('"').unwrap_or(self.rest().len());
            self.at = (from + length + 1).min(self.text.len());
            return Some(ArgPattern::Text(self.text[from..from + length].to_owned()));
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

#[cfg(test)]
mod tests;
