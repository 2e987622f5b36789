//! What is known of one TCP connection: who, since when, how much, how it opened and how it closed.

use crate::model::{Endpoint, Seq, Span, Time};

use super::followed::{ClosedHow, Way};

/// One TCP connection as one vantage saw it.
#[derive(Clone, Debug)]
pub struct Connection {
    pub(super) number: u32,
    pub(super) first: Time,
    pub(super) last: Time,
    pub(super) rtt: Option<Span>,
    pub(super) completeness: u8,
    pub(super) reused: bool,
    pub(super) closed: ClosedHow,
    pub(super) waits: Option<Way>,
    pub(super) opener: Side,
    pub(super) acceptor: Side,
}

/// One side of a connection: what it sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its endpoint.
    pub end: Endpoint,
    /// Its initial sequence number, from its SYN; none when that was not seen.
    pub isn: Option<Seq>,
    /// The number that its relative sequence numbers count from; none before the first was seen. Equal to the
    /// ISN where that is known.
    pub base: Option<Seq>,
    /// The maximum segment size that its SYN announced.
    pub mss: Option<u16>,
    /// The window scale that its SYN offered; in force only when both sides did.
    pub scale: Option<u8>,
    /// Packets that it sent.
    pub packets: u32,
    /// Payload bytes in them, resends included.
    pub bytes: u64,
    /// Sequence number of its FIN.
    pub fin: Option<Seq>,
    /// Segments flagged as resends of any kind.
    pub resent: u32,
}

/// How a connection opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opened {
    /// SYN, SYN ACK, ACK: all three were seen.
    Handshake,
    /// Both SYNs crossed (RFC 9293 §3.5, figure 8).
    Simultaneous,
    /// A SYN that nobody answered.
    Unanswered,
    /// A SYN answered by a RST.
    Refused,
    /// SYN and SYN ACK, but the last ACK was not seen.
    Unfinished,
    /// It was open before the first packet that was seen.
    NotSeen,
}

impl Connection {
    /// Its number, from 0 (`tcp.stream`).
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The side that sends in direction `way`.
    pub const fn side(&self, way: Way) -> &Side {
        match way {
            Way::FromOpener => &self.opener,
            Way::FromAcceptor => &self.acceptor,
        }
    }

    /// When its first packet was seen.
    pub const fn first(&self) -> Time {
        self.first
    }

    /// When its last packet so far was seen.
    pub const fn last(&self) -> Time {
        self.last
    }

    /// From the SYN to the ACK that ended the handshake (`tcp.analysis.initial_rtt`): the whole round trip,
    /// wherever on the path the sniffer sits.
    pub const fn initial_rtt(&self) -> Option<Span> {
        self.rtt
    }

    /// Conversation completeness: 1 SYN, 2 SYN ACK, 4 ACK, 8 data, 16 FIN, 32 RST.
    pub const fn completeness(&self) -> u8 {
        self.completeness
    }

    /// An earlier connection had the same endpoints.
    pub const fn reused(&self) -> bool {
        self.reused
    }

    /// How it opened.
    pub const fn opened(&self) -> Opened {
        Opened::NotSeen
    }

    /// How it closed, as far as it was seen.
    pub const fn closed(&self) -> ClosedHow {
        self.closed
    }

    /// The side that has to wait in TIME-WAIT: the one whose FIN was acknowledged before it saw the other's
    /// (both, when the FINs crossed: then the opener is given).
    pub const fn waits(&self) -> Option<Way> {
        self.waits
    }
}
