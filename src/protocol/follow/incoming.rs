//! A TCP segment on its way into its connection, and what it says of when it was sent.

use crate::model::{Seq, Time};
use crate::protocol::decode::TcpFlags;

/// A TCP segment as it arrives, with what is needed of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct IncomingSegment {
    pub(super) number: u32,
    pub(super) at: Time,
    pub(super) flags: TcpFlags,
    pub(super) seq: Seq,
    pub(super) ack: Seq,
    pub(super) len: u32,
    /// As it stands in the header.
    pub(super) window: u32,
    /// Which Multipath TCP operations its connection has seen before it, one bit per subtype.
    pub(super) multipath: u16,
    /// When it was sent, as far as it says so itself.
    pub(super) send_stamp: SendStamp,
    /// What its timestamps option echoes (TSecr); 0 without one.
    pub(super) echo: u32,
    /// Bytes of options.
    pub(super) options: u8,
    /// Its connection begins with it, and was not announced.
    pub(super) begins: bool,
    /// Its checksum is wrong: its receiver will drop it.
    pub(super) spoiled: bool,
}

impl IncomingSegment {
    /// It takes room in sequence space: data, a SYN or a FIN.
    #[inline]
    pub(super) const fn occupies(&self) -> bool {
        self.len > 0 || self.has(TcpFlags::SYN.union(TcpFlags::FIN))
    }

    /// The number after its last, SYN and FIN counted (as one together, as Wireshark does).
    #[inline]
    pub(super) const fn end(&self) -> Seq {
        let phantom = self.has(TcpFlags::SYN.union(TcpFlags::FIN)) as u32;
        self.seq.plus(self.len).plus(phantom)
    }

    /// The number after its last payload byte.
    #[inline]
    pub(super) const fn data_end(&self) -> Seq {
        self.seq.plus(self.len)
    }

    /// It acknowledges everything before `end`.
    #[inline]
    pub(super) const fn acks(&self, end: Seq) -> bool {
        self.has(TcpFlags::ACK) && !self.ack.before(end)
    }

    /// Any of these flags is set.
    #[inline]
    pub(super) const fn has(&self, any: TcpFlags) -> bool {
        self.flags.bits() & any.bits() != 0
    }

    /// None of SYN, FIN and RST is set.
    #[inline]
    pub(super) const fn plain(&self) -> bool {
        !self.has(TcpFlags::SYN.union(TcpFlags::FIN).union(TcpFlags::RST))
    }
}

/// What a segment says of when it was sent. A packet carries two clocks of its sender: the timestamps option (RFC 7323 §3)
/// and, over IPv4, the identification field, which common stacks count up with each packet of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SendStamp {
    /// Timestamp (TSval), when `stamped`.
    pub(super) timestamp: u32,
    pub(super) stamped: bool,
    /// IPv4's identification; 0 where there is none.
    pub(super) id: u16,
    /// The TCP checksum: nearly a digest of the whole segment.
    checksum: u16,
}

impl SendStamp {
    #[inline]
    pub(super) const fn new(id: u16, checksum: u16, timestamp: Option<u32>) -> Self {
        let (timestamp, stamped) = match timestamp {
            Some(timestamp) => (timestamp, true),
            None => (0, false),
        };
        Self {
            timestamp,
            stamped,
            id,
            checksum,
        }
    }

    /// Its timestamp lies before `other`'s; none where one of them has none.
    pub(super) fn stamped_before(self, other: Self) -> Option<bool> {
        (self.stamped && other.stamped).then(|| ticked_before(self.timestamp, other.timestamp))
    }

    /// It has a timestamp.
    pub(super) const fn is_stamped(self) -> bool {
        self.stamped
    }

    /// This echo of a timestamp is older than its own.
    pub(super) const fn echoed_before(self, echo: u32) -> bool {
        self.stamped && echo != 0 && ticked_before(echo, self.timestamp)
    }
}

/// A timestamp lies before another one: their clock wraps around, too (RFC 7323 §5.2).
const fn ticked_before(one: u32, other: u32) -> bool {
    one.wrapping_sub(other).cast_signed() < 0
}
