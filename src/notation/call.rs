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

mod parse;

use std::fmt;

use crate::model::{Arg, Call, CallName, CallResult, Host, Returned};

use super::condition::{Condition, Known};

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
    pub gave: Vec<ResultPattern>,
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
pub enum ResultPattern {
    /// It did not fail.
    Ok,
    /// It failed with this errno.
    Errno(String),
    /// The number that it returned is as this says.
    Value(Condition),
    /// What came through a pointer.
    Out(ArgPattern),
}

impl CallPattern {
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
        self.label.as_ref().is_none_or(|label| call.label == *label)
            && self.name.is_none_or(|name| name == call.name)
            && self
                .args
                .iter()
                .all(|wanted| rest.any(|arg| wanted.is(arg, hosts)))
    }
}

fn gives(gave: &ResultPattern, returned: &Returned, hosts: &[Host], known: Known<'_>) -> bool {
    match (&returned.result, gave) {
        (CallResult::Ok { .. }, ResultPattern::Ok) => true,
        (CallResult::Ok { value, .. }, ResultPattern::Value(condition)) => {
            condition.holds(*value, known) == Some(true)
        }
        (CallResult::Ok { out, .. }, ResultPattern::Out(wanted)) => {
            out.iter().any(|arg| wanted.is(arg, hosts))
        }
        (CallResult::Err(errno), ResultPattern::Errno(wanted)) => errno == wanted,
        _ => false,
    }
}

impl ArgPattern {
    fn is(&self, arg: &Arg, hosts: &[Host]) -> bool {
        match (self, arg) {
            (Self::Word(wanted), Arg::Word(word)) => {
                word.raw().split('|').any(|part| part.trim() == wanted)
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
    let label = match call.label.raw() {
        "" => String::new(),
        label => format!("{label}: "),
    };
    let gave = match returned.map(|r| &r.result) {
        None => "…".to_owned(),
        Some(CallResult::Err(errno)) => errno.raw().to_owned(),
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
        Arg::Word(word) => word.raw().to_owned(),
        Arg::Int(number) => number.to_string(),
        Arg::Endpoint(endpoint) => hosts
            .iter()
            .find(|host| {
                host.ipv4.is_some_and(|ip| endpoint.addr == ip)
                    || host.ipv6.is_some_and(|ip| endpoint.addr == ip)
            })
            .map_or_else(
                || endpoint.to_string(),
                |host| format!("{}:{}", host.name.raw(), endpoint.port),
            ),
        Arg::Data { len, head } => {
            let whole = std::str::from_utf8(head).ok();
            let escaped = |c: char| matches!(c, '\n' | '\r' | '\t' | '\0');
            match whole.filter(|text| text.len() as u64 == *len) {
                Some(text) if !text.contains(|c: char| c.is_control() && !escaped(c)) => {
                    format!("{text:?}")
                }
                _ => format!("{len} bytes"),
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

const NAMES: [(&str, CallName); 41] = [
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
    ("accept4", CallName::Accept4),
    ("sendmmsg", CallName::Sendmmsg),
    ("recvmmsg", CallName::Recvmmsg),
    ("read", CallName::Read),
    ("write", CallName::Write),
    ("readv", CallName::Readv),
    ("writev", CallName::Writev),
    ("sendfile", CallName::Sendfile),
    ("splice", CallName::Splice),
    ("dup", CallName::Dup),
    ("dup2", CallName::Dup2),
    ("dup3", CallName::Dup3),
    ("close_range", CallName::CloseRange),
    ("ppoll", CallName::Ppoll),
    ("pselect", CallName::Pselect),
    ("epoll_pwait", CallName::EpollPwait),
    ("epoll_pwait2", CallName::EpollPwait2),
];

#[cfg(test)]
mod tests;
