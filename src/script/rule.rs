//! Fault rules of the wire: what is to happen to which frame, chosen by what the frame means.
//!
//! ```text
//! lose data 3 from client          the third piece of data that the client sends, the first time it is sent
//! lose data 3 from client 2 times  … and its first resend too
//! lose data 3 from client always   … and every resend
//! lose every data 3                the third frame with data, resends counted like any other
//! lose syn 1      lose synack      lose ack 2 from server      lose fin      lose fragment 2
//! lose resend 1                    the first segment that is sent again, whichever it is
//! duplicate data 2 after 300ms     a copy of it arrives so much later than it
//! duplicate datagram 2             swap data 4 5               corrupt data 1
//! delay ack 2 by 300ms
//! lose datagram 2 to bob           the second datagram that goes to bob, also to bob: the others get their copy
//! lose 10% seed 7      duplicate 1%      reorder 5% from client      corrupt 0.1%
//! jitter 10ms seed 3               cut from 1s to 4s
//! ```
//!
//! A rule is read once, where its text has a place (a command line, a lesson); `observe::lab` counts and decides. Rules stand in order and the first that
//! matches a frame decides its fate.

mod parse;

use crate::model::Span;

pub use parse::{ACTIONS, KINDS};

/// One rule of the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// As it was written: what is recorded and shown.
    pub text: String,
    /// The host whose frames it is about; none for any.
    pub from: Option<String>,
    /// The host to which they go, perhaps among others: then its copy alone is meant. None for any, and all copies. Only
    /// of rules that lose or delay.
    pub to: Option<String>,
    /// What happens, and to what.
    pub what: Effect,
}

/// What a rule does to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Something happens to chosen frames.
    Chosen {
        /// What happens to them.
        action: Action,
        /// Which frames are meant, by what they carry.
        which: Selector,
    },
    /// Two units change places: the earlier is held back until the later has been put on the wire.
    Swap {
        /// The kind of unit whose ordinals these are.
        kind: UnitKind,
        /// The earlier one's ordinal, from 1.
        first: u32,
        /// The later one's.
        second: u32,
    },
    /// Something happens to every frame with a probability.
    Random {
        /// What happens to a frame that is drawn.
        action: Action,
        /// Probability in parts per million.
        per_million: u32,
        /// Seed of its own; none: the run's.
        seed: Option<u64>,
    },
    /// Every frame is delayed by up to this much more, evenly distributed; order is kept.
    Jitter {
        /// The longest delay that is drawn; the shortest is none.
        most: Span,
        /// Seed of its own; none: the run's.
        seed: Option<u64>,
    },
    /// The cable is cut: everything is lost in this time, counted from the run's first frame.
    Cut {
        /// When it begins: the first moment in which frames are lost.
        from: Span,
        /// When it ends: the first moment in which frames pass again.
        to: Span,
    },
}

/// What happens to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is taken off the wire.
    Lose,
    /// It is carried twice, the copy so much later.
    Duplicate(Span),
    /// One bit is flipped: of the transport payload where there is any, else of the transport header's
    /// checksum field. Never an address, a port, a length or a flag: what arrives is still that segment
    /// for everybody but the checksum. Nothing is mended on the way.
    Corrupt,
    /// It is carried this much later.
    Delay(Span),
    /// It is held back until the next frame of its direction has been put on the wire.
    Reorder,
}

/// Which frames are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The kind of unit that is counted.
    pub kind: UnitKind,
    /// Ordinals, from 1: from this one …
    pub first: u32,
    /// … to this one.
    pub last: u32,
    /// Count every frame as it comes, resends like any other (`every`), instead of what the sender meant.
    pub every: bool,
    /// How many transmissions of a chosen unit are met, the original first. `u32::MAX`: all of them.
    pub times: u32,
}

/// What a rule counts, each per connection's direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// SYN without ACK.
    Syn,
    /// SYN with ACK.
    SynAck,
    /// A segment with nothing but an acknowledgement: no data, no SYN, FIN or RST.
    Ack,
    /// A segment with data.
    Data,
    /// A segment with FIN.
    Fin,
    /// A segment with RST.
    Rst,
    /// A TCP segment of which something (SYN, data, FIN) was sent before.
    Resend,
    /// A UDP datagram (its first fragment stands for it).
    Datagram,
    /// An IP fragment.
    Fragment,
    /// An ICMP or ICMPv6 message (neighbour discovery left out).
    Icmp,
    /// An ARP message or neighbour discovery.
    Arp,
    /// Any frame.
    Frame,
}
