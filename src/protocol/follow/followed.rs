//! What following gives for one packet.

use bitflags::bitflags;

use crate::model::Seq;
use crate::protocol::decode::{Checksum, TcpFlags};

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

/// One packet, followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Its conversation; none for what has no ports.
    pub conversation: Option<Conversation>,
    /// Which way it goes there.
    pub way: Way,
    /// Verdict on the transport checksum.
    pub checksum: Checksum,
    /// What TCP says; none for other protocols.
    pub segment: Option<Segment>,
}

/// A TCP segment in the light of its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Control bits.
    pub flags: TcpFlags,
    /// Absolute sequence number.
    pub seq: Seq,
    /// Absolute acknowledgement number (0 without ACK).
    pub ack: Seq,
    /// Relative sequence number.
    pub rel_seq: u32,
    /// Relative acknowledgement number.
    pub rel_ack: u32,
    /// Payload bytes.
    pub len: u32,
    /// Window in bytes: scaled where the scale is known and applies.
    pub window: u32,
    /// Shift count that was applied: none on a SYN or where the handshake was not seen.
    pub scale: Option<u8>,
    /// Analysis flags.
    pub analysis: Analysis,
    /// With DUPLICATE_ACK: which duplicate this is, from 1.
    pub dup_ack_num: u32,
    /// Conversation completeness so far (Wireshark User's Guide §7.5: 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST).
    pub completeness: u8,
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
