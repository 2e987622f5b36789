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

use super::number::{Condition, Known};
use super::sight::{Protocol, Sight, Trait};

pub use parse::KEYS;

/// Who a pattern means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// `any`.
    Any,
    /// `all`: everybody on the link (a group address).
    All,
    /// A host, by its name.
    Host(String),
}

/// A number that a frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// `seq`: TCP's sequence number, or an echo's.
    Seq,
    /// `ack`: acknowledgement number.
    Ack,
    /// `len`: payload bytes of the segment, datagram or message.
    Len,
    /// `win`: window in bytes, scaled.
    Win,
    /// `rawseq`: sequence number as it stands in the header.
    RawSeq,
    /// `rawwin`: window as it stands in the header, not scaled.
    RawWin,
    /// `sack-from`: left edge of the first SACK block, relative.
    SackFrom,
    /// `sack-to`: right edge of the first SACK block (the number behind its last byte), relative.
    SackTo,
    /// `ecn`: the two ECN bits of the IP header: 0, or 1 and 2 (ECT), 3 (CE).
    Ecn,
    /// `mss`: the option in a SYN.
    Mss,
    /// `wscale`: the option in a SYN.
    Wscale,
    /// `urg`: urgent pointer.
    Urg,
    /// `sport`.
    Sport,
    /// `dport`.
    Dport,
    /// `ttl`: or hop limit.
    Ttl,
    /// `size`: bytes of the whole frame.
    Size,
    /// `offset`: of a fragment, in bytes.
    Offset,
    /// `type`: ICMP's.
    Type,
    /// `code`: ICMP's.
    Code,
    /// `id`: an echo's.
    Id,
    /// `mtu`: in "fragmentation needed" and "packet too big".
    Mtu,
    /// `dup`: which duplicate acknowledgement it is.
    Dup,
}

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Sender.
    pub from: Who,
    /// Receiver.
    pub to: Who,
    /// Protocol; none for any.
    pub protocol: Option<Protocol>,
    /// Flags; none for any.
    pub flags: Option<TcpFlags>,
    /// More flags may be set.
    pub more_flags: bool,
    /// What else is to be true of it.
    pub traits: Vec<Trait>,
    /// Its numbers.
    pub numbers: Vec<(Key, Condition)>,
    text: String,
}

impl Pattern {
    /// Whether a frame is one of those that are meant. A symbol that the run lacks matches nothing.
    #[must_use]
    pub fn matches(&self, sight: &Sight<'_>, known: Known<'_>) -> bool {
        self.from.is(sight.from.as_deref(), false)
            && self.to.is(sight.to.as_deref(), sight.to_group)
            && self.protocol.is_none_or(|protocol| sight.is(protocol))
            && self.flags.is_none_or(|wanted| {
                sight.flags().is_some_and(|flags| {
                    if self.more_flags {
                        flags.contains(wanted)
                    } else {
                        flags == wanted
                    }
                })
            })
            && self.traits.iter().all(|wanted| sight.has(*wanted))
            && self
                .numbers
                .iter()
                .all(|(key, condition)| holds(*key, condition, sight, known))
    }
}

fn holds(key: Key, condition: &Condition, sight: &Sight<'_>, known: Known<'_>) -> bool {
    let on_circle = matches!(key, Key::Seq | Key::Ack) && condition.absolute();
    let held = if on_circle {
        sight
            .absolute(key)
            .and_then(|number| condition.holds_on_circle(number, known))
    } else {
        sight
            .number(key)
            .and_then(|number| condition.holds(number, known))
    };
    held == Some(true)
}

impl Who {
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
