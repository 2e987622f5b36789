//! What following gives for one packet.

use bitflags::bitflags;

use crate::model::{Endpoint, Seq};
use crate::protocol::decode::{Checksum, TcpFlags};

use super::why::{Anomaly, SamePacket, Sighting, Why};

/// Which conversation a packet belongs to; numbered per protocol from 0 in order of first appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conversation {
    /// A TCP connection (`tcp.stream`).
    Tcp(u32),
    /// A UDP conversation (`udp.stream`).
    Udp(u32),
}

/// Which way a packet goes within its conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// From the side that opened it (sent the SYN or the first packet seen).
    FromOpener,
    /// From the other.
    FromAcceptor,
}

impl Way {
    /// The other way.
    #[must_use]
    pub const fn back(self) -> Self {
        match self {
            Self::FromOpener => Self::FromAcceptor,
            Self::FromAcceptor => Self::FromOpener,
        }
    }
}

bitflags! {
    /// Wireshark's sequence-analysis flags, by the names of its fields `tcp.analysis.…` (User's Guide §7.5).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
    pub struct Analysis: u32 {
        /// `tcp.analysis.retransmission`.
        const RETRANSMISSION = 1;
        /// `tcp.analysis.fast_retransmission`.
        const FAST_RETRANSMISSION = 1 << 1;
        /// `tcp.analysis.spurious_retransmission`.
        const SPURIOUS_RETRANSMISSION = 1 << 2;
        /// `tcp.analysis.out_of_order`.
        const OUT_OF_ORDER = 1 << 3;
        /// `tcp.analysis.duplicate_ack`.
        const DUPLICATE_ACK = 1 << 4;
        /// `tcp.analysis.lost_segment`.
        const LOST_SEGMENT = 1 << 5;
        /// `tcp.analysis.ack_lost_segment`.
        const ACK_LOST_SEGMENT = 1 << 6;
        /// `tcp.analysis.keep_alive`.
        const KEEP_ALIVE = 1 << 7;
        /// `tcp.analysis.keep_alive_ack`.
        const KEEP_ALIVE_ACK = 1 << 8;
        /// `tcp.analysis.zero_window`.
        const ZERO_WINDOW = 1 << 9;
        /// `tcp.analysis.zero_window_probe`.
        const ZERO_WINDOW_PROBE = 1 << 10;
        /// `tcp.analysis.zero_window_probe_ack`.
        const ZERO_WINDOW_PROBE_ACK = 1 << 11;
        /// `tcp.analysis.window_update`.
        const WINDOW_UPDATE = 1 << 12;
        /// `tcp.analysis.window_full`.
        const WINDOW_FULL = 1 << 13;
        /// `tcp.analysis.reused_ports`.
        const REUSED_PORTS = 1 << 14;
    }
}

impl Analysis {
    /// The flags that are set, by the last part of Wireshark's field names, in the order of the list above.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES
            .iter()
            .filter(move |(flag, _)| self.contains(*flag))
            .map(|(_, name)| *name)
    }
}

const NAMES: [(Analysis, &str); 15] = [
    (Analysis::RETRANSMISSION, "retransmission"),
    (Analysis::FAST_RETRANSMISSION, "fast_retransmission"),
    (Analysis::SPURIOUS_RETRANSMISSION, "spurious_retransmission"),
    (Analysis::OUT_OF_ORDER, "out_of_order"),
    (Analysis::DUPLICATE_ACK, "duplicate_ack"),
    (Analysis::LOST_SEGMENT, "lost_segment"),
    (Analysis::ACK_LOST_SEGMENT, "ack_lost_segment"),
    (Analysis::KEEP_ALIVE, "keep_alive"),
    (Analysis::KEEP_ALIVE_ACK, "keep_alive_ack"),
    (Analysis::ZERO_WINDOW, "zero_window"),
    (Analysis::ZERO_WINDOW_PROBE, "zero_window_probe"),
    (Analysis::ZERO_WINDOW_PROBE_ACK, "zero_window_probe_ack"),
    (Analysis::WINDOW_UPDATE, "window_update"),
    (Analysis::WINDOW_FULL, "window_full"),
    (Analysis::REUSED_PORTS, "reused_ports"),
];

/// A fragment in the light of those that were seen before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatagramPiece {
    /// The identification that all pieces of the datagram have.
    pub id: u32,
    /// The first piece that was seen, in this frame.
    pub first: u32,
    /// Which piece it is in the order in which they were seen, from 1.
    pub nth: u16,
    /// The datagram's ports, once its beginning was seen: from, to.
    pub ports: Option<(u16, u16)>,
    /// The IP protocol that the datagram carries, by number.
    pub protocol: u8,
    /// Payload bytes of the whole IP packet, once its last piece was seen.
    pub whole: Option<u32>,
}

/// One packet, followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Its conversation; none for what has no ports.
    pub conversation: Option<Conversation>,
    /// Which way it goes there.
    pub way: Way,
    /// Verdict on the transport checksum.
    pub checksum: Checksum,
    /// Its endpoints, source and destination, where its transport is known: for the last fragment of a datagram
    /// those of the whole. With a conversation they are always there.
    pub ends: Option<(Endpoint, Endpoint)>,
    /// What TCP says; none for other protocols, and where following is [sparing](super::Tracker::sparing).
    pub segment: Option<Segment>,
    /// The segment that an ICMP error quotes, with its numbers as they stand; its connection is `conversation`.
    pub quoted: Option<Box<Segment>>,
    /// Payload bytes of a UDP datagram; 0 for all else.
    pub datagram: u32,
    /// Of what is no TCP segment: the packet that this one is the same as. Of a segment its [`Why`] says so.
    pub same: Option<SamePacket>,
    /// Of a fragment: which datagram it is a piece of.
    pub piece: Option<Box<DatagramPiece>>,
    /// This frame carried the last missing fragment: how many frames the IP datagram came in. Otherwise 0.
    pub fragments: u16,
}

impl Default for Followed {
    fn default() -> Self {
        Self::nothing(Checksum::Unchecked)
    }
}

impl Followed {
    /// A packet that belongs to no conversation.
    #[must_use]
    pub const fn nothing(checksum: Checksum) -> Self {
        Self {
            conversation: None,
            way: Way::FromOpener,
            checksum,
            ends: None,
            segment: None,
            quoted: None,
            datagram: 0,
            same: None,
            piece: None,
            fragments: 0,
        }
    }
}

/// A TCP segment in the light of its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Control bits as they stand in the header.
    pub flags: TcpFlags,
    /// Absolute sequence number.
    pub seq: Seq,
    /// Absolute acknowledgement number (0 without ACK).
    pub ack: Seq,
    /// Relative sequence number.
    pub rel_seq: u32,
    /// Relative acknowledgement number.
    pub rel_ack: u32,
    /// Payload length in bytes.
    pub len: u32,
    /// Window in bytes: scaled where the scale is known and applies.
    pub window: u32,
    /// Shift count that was applied: none on a SYN or where the handshake was not seen.
    pub scale: Option<u8>,
    /// Wireshark's verdicts.
    pub analysis: Analysis,
    /// With DUPLICATE_ACK: which duplicate this is, from 1.
    pub dup_ack_num: u32,
    /// Conversation completeness so far (Wireshark User's Guide §7.5: 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST).
    pub completeness: u8,
    /// How its connection has closed, this segment included.
    pub closed: ClosedHow,
    /// The numbers behind the flags.
    pub why: Why,
}

impl Segment {
    /// The number that its sender's relative numbers count from: the initial one where the SYN was seen.
    #[must_use]
    pub const fn isn(&self) -> Seq {
        self.seq.minus(self.rel_seq)
    }

    /// The same of the other side, by the acknowledgement.
    #[must_use]
    pub const fn peer_isn(&self) -> Seq {
        self.ack.minus(self.rel_ack)
    }

    /// It acknowledges what has this relative number: an octet, a SYN or a FIN.
    #[must_use]
    pub fn acks(&self, number: u32) -> bool {
        self.flags.contains(TcpFlags::ACK) && Seq(self.rel_ack).after(Seq(number))
    }

    /// It was sent before, by Wireshark's rules: every kind of retransmission is one.
    #[must_use]
    pub const fn is_resend(&self) -> bool {
        self.analysis.contains(Analysis::RETRANSMISSION)
    }

    /// It was sent before, where it was seen leaving: there nothing is out of order, and what lies behind is sent
    /// again, however soon.
    #[must_use]
    pub const fn left_again(&self) -> bool {
        self.analysis
            .intersects(Analysis::RETRANSMISSION.union(Analysis::OUT_OF_ORDER))
    }

    /// What went wrong, in the terms of [`Segment::analysis`] but by its cause, for people: Wireshark takes what is sent again within a round trip of
    /// something new for out of order, and what comes late for sent again.
    #[must_use]
    pub fn trouble(&self) -> Analysis {
        self.why.trouble(self.analysis)
    }
}

impl Why {
    #[inline]
    pub(super) fn trouble(&self, mut analysis: Analysis) -> Analysis {
        if self.missing == 0 {
            analysis.remove(Analysis::LOST_SEGMENT);
        }
        if self.unseen.is_none() {
            analysis.remove(Analysis::ACK_LOST_SEGMENT);
        }
        let first = matches!(self.sighting, Some(Sighting::First { .. }));
        let (from, to) = match self.anomaly {
            // Its sender sent it once: what it says was counted already.
            Some(
                Anomaly::Duplicated { .. } | Anomaly::Twin { .. } | Anomaly::OtherNumbers { .. },
            ) => return Analysis::empty(),
            Some(Anomaly::Reordered(_)) => (Analysis::RETRANSMISSION, Analysis::OUT_OF_ORDER),
            _ if self.recovery.is_some() => (Analysis::OUT_OF_ORDER, Analysis::RETRANSMISSION),
            // All of it had been seen, and it is no copy: one of the two was sent again, whatever made its sender do so.
            None if matches!(self.sighting, Some(Sighting::Whole)) => {
                (Analysis::OUT_OF_ORDER, Analysis::RETRANSMISSION)
            }
            // Nothing shows that it was ever sent before.
            None if first => (Analysis::RETRANSMISSION, Analysis::OUT_OF_ORDER),
            _ => return analysis,
        };
        if analysis.contains(from) {
            analysis.remove(from);
            analysis |= to;
        }
        analysis
    }
}

/// How a connection closed, judged by what the acknowledgements cover, never by counting segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedHow {
    /// FIN, its ACK alone, FIN, its ACK.
    FourSegment,
    /// FIN, FIN that acknowledges it, ACK.
    ThreeSegment,
    /// One FIN acknowledged, then data the other way before the second FIN.
    HalfClose,
    /// Both FINs crossed.
    Simultaneous,
    /// A RST.
    Reset,
    /// One side has closed, the other has not.
    HalfOpen,
    /// Neither side has closed in what was seen.
    Missing,
}
