//! Frame patterns: one line that says which frames are meant, in the notation of the `lines` view.
//!
//! ```text
//! client > server  SYN
//! server > client  SYN ACK  ack=client.isn+1 len=0
//! client > server  PSH …    len>0
//! any > any        RST …
//! server > client  ICMP     port-unreachable
//! client > all     ARP      request
//! ```
//!
//! Flags are an exact set, unless `…` (or `...`) stands in the line. What is not mentioned may be anything.
//! Plain numbers of `seq` and `ack` are relative, as the ladder shows them; sums with `HOST.isn` or
//! `HOST.fin` are compared as they stand in the header.

mod parse;

use std::fmt;

use crate::protocol::decode::TcpFlags;

use super::FrameView;
use super::condition::{Condition, Known, Symbol};
use super::vocabulary::{NumericField, Property, Protocol};

/// Who a pattern means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// `any`.
    Any,
    /// `all`: everybody on the link (a group address).
    All,
    /// A host, by its name.
    Host(String),
}

/// A pattern: what a frame has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Who sends it.
    pub from: HostPattern,
    /// Who is to get it.
    pub to: HostPattern,
    /// Protocol; none for any.
    pub protocol: Option<Protocol>,
    /// Flags; none for any.
    pub flags: Option<TcpFlags>,
    /// More flags may be set.
    pub more_flags: bool,
    /// What else is to be true of it.
    pub properties: Vec<Property>,
    /// Fields that have to be as a condition says, all of them.
    pub numbers: Vec<(NumericField, Condition)>,
    text: String,
}

impl Pattern {
    /// Whether a frame is one of those that are meant. A symbol that the run lacks matches nothing.
    #[must_use]
    pub fn matches(&self, view: &FrameView<'_>, known: Known<'_>) -> bool {
        self.from.is(view.from.as_deref(), false)
            && self.to.is(view.to.as_deref(), view.to_group)
            && self.protocol.is_none_or(|protocol| view.is(protocol))
            && self.flags.is_none_or(|wanted| {
                view.flags().is_some_and(|flags| {
                    if self.more_flags {
                        flags.contains(wanted)
                    } else {
                        flags == wanted
                    }
                })
            })
            && self.properties.iter().all(|wanted| view.has(*wanted))
            && self
                .numbers
                .iter()
                .all(|(key, condition)| holds(*key, condition, view, known))
    }
}

fn holds(key: NumericField, condition: &Condition, view: &FrameView<'_>, known: Known<'_>) -> bool {
    let in_sequence_space =
        matches!(key, NumericField::Seq | NumericField::Ack) && condition.absolute();
    let known = |symbol: &Symbol| match symbol {
        Symbol::Own(key) => view.number(*key),
        _ => known(symbol),
    };
    let held = if in_sequence_space {
        view.absolute(key)
            .and_then(|number| condition.holds_for_seq(number, &known))
    } else {
        view.number(key)
            .and_then(|number| condition.holds(number, &known))
    };
    held == Some(true)
}

impl HostPattern {
    fn is(&self, name: Option<&str>, group: bool) -> bool {
        match self {
            Self::Any => true,
            Self::All => group,
            Self::Host(host) => name == Some(host),
        }
    }
}

impl fmt::Display for Pattern {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
