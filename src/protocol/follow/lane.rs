//! One direction of a connection: what one side has sent so far, as far as later segments are judged by it.
//!
//! Numbers stand as in the header. Wireshark keeps 0 for "not known yet" in [`Lane::next`], [`Lane::frontier`]
//! and [`Lane::ack`], also when a number wraps around to a true 0; the same is done here, because its verdicts are the measure.

use crate::model::Time;
use crate::protocol::decode::TcpFlags;

use super::followed::Analysis;
use super::unacked::Unacked;

/// A TCP segment as it arrives, with what is needed of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arriving {
    pub(super) number: u32,
    pub(super) at: Time,
    pub(super) flags: TcpFlags,
    pub(super) seq: u32,
    pub(super) ack: u32,
    pub(super) len: u32,
    /// As it stands in the header.
    pub(super) window: u32,
    /// Which Multipath TCP operations its options carry, one bit per subtype.
    pub(super) multipath: u16,
}

impl Arriving {
    /// It takes room in sequence space: data, a SYN or a FIN.
    #[inline]
    pub(super) const fn occupies(&self) -> bool {
        self.len > 0 || self.has(TcpFlags::SYN.union(TcpFlags::FIN))
    }

    /// The number after its last, SYN and FIN counted (as one together, as Wireshark does).
    #[inline]
    pub(super) const fn end(&self) -> u32 {
        let phantom = self.has(TcpFlags::SYN.union(TcpFlags::FIN)) as u32;
        self.seq.wrapping_add(self.len).wrapping_add(phantom)
    }

    /// The number after its last payload byte.
    #[inline]
    pub(super) const fn data_end(&self) -> u32 {
        self.seq.wrapping_add(self.len)
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

/// What is known of a side's window scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Scale {
    /// No SYN of it was seen.
    #[default]
    Unknown,
    /// Scaling is not in use: the window field is the window.
    Off,
    /// Its windows are shifted by this.
    Shift(u8),
}

impl Scale {
    /// The shift that applies: none where nothing is known.
    #[inline]
    pub(super) const fn shift(self) -> u8 {
        match self {
            Self::Shift(shift) => shift,
            Self::Unknown | Self::Off => 0,
        }
    }
}

/// What one side has sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    /// Relative sequence numbers count from here, once known.
    pub(super) base: Option<u32>,
    /// The number after the highest that was sent.
    pub(super) next: u32,
    /// When and in which frame `next` moved last.
    pub(super) next_at: Time,
    pub(super) next_frame: u32,
    /// Up to here all was seen, as far as acknowledgements of it are no surprise.
    pub(super) frontier: u32,
    /// Its last acknowledgement, whatever the ACK flag said.
    pub(super) ack: u32,
    /// When its last segment was seen.
    pub(super) at: Time,
    /// Its last window field, unscaled.
    pub(super) window: u32,
    /// Scale of its windows.
    pub(super) scale: Scale,
    /// Duplicates of `ack` so far. −1 mutes an acknowledgement of something unseen that repeats.
    pub(super) duplicates: i32,
    /// Its SYN was seen, its first ACK not yet: the window in force is the SYN's, which is never scaled.
    pub(super) first_ack_due: bool,
    /// The segment that moved `next` last carried no payload.
    pub(super) pure: bool,
    /// Verdicts on its last segment.
    pub(super) verdict: Analysis,
    /// Multipath TCP operations of its last segment.
    pub(super) multipath: u16,
    /// Sent, not yet acknowledged.
    pub(super) unacked: Unacked,
}

/// `a` lies behind `b` on the circle, by the sign of their difference. Two numbers exactly 2³¹ apart are both
/// before one another and neither after.
#[inline]
pub(super) const fn after(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() > 0
}

/// `a` lies before `b`.
#[inline]
pub(super) const fn before(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() < 0
}
