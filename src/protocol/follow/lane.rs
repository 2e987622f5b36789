//! One direction of a connection: what one side has sent so far, as far as later segments are judged by it.
//!
//! Numbers stand as in the header. Wireshark keeps 0 for "not known yet" in [`Lane::next`], [`Lane::frontier`]
//! and [`Lane::ack`], also when a number wraps around to a true 0; the same is done here, because its verdicts are the measure.

use crate::model::Time;
use crate::protocol::decode::TcpFlags;

use super::followed::Analysis;
use super::trail::Mark;
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
    /// Which Multipath TCP operations its connection has seen before it, one bit per subtype.
    pub(super) multipath: u16,
    /// When it was sent, as far as it says so itself.
    pub(super) mark: Mark,
    /// What its timestamps option echoes (TSecr); 0 without one.
    pub(super) echo: u32,
    /// Bytes of options.
    pub(super) options: u8,
    /// Its connection begins with it, and was not announced.
    pub(super) begins: bool,
    /// Its checksum is wrong: its receiver will drop it.
    pub(super) spoiled: bool,
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

/// Stands for a number of duplicates after the other side acknowledged something unseen: that is not told again
/// until an acknowledgement moves. As a number it is many, and for a fast retransmission it counts so.
pub(super) const MUTED: u32 = u32::MAX;

/// What one side has sent.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    /// The number after the highest that was sent.
    pub(super) next: u32,
    /// When and in which frame `next` moved last.
    pub(super) next_at: Time,
    pub(super) next_frame: u32,
    /// Up to here all was seen, as far as acknowledgements of it are no surprise.
    pub(super) frontier: u32,
    /// Its last acknowledgement, whatever the ACK flag said.
    pub(super) ack: u32,
    /// Where and when `ack` moved last.
    pub(super) ack_frame: u32,
    pub(super) ack_since: Time,
    /// When its last segment was seen.
    pub(super) at: Time,
    /// Its last window field, unscaled; before its first segment no window that a field can say.
    pub(super) window: u32,
    /// Scale of its windows.
    pub(super) scale: Scale,
    /// Duplicates of `ack` so far, or [`MUTED`].
    pub(super) duplicates: u32,
    /// Its SYN was seen, its first ACK not yet: the window in force is the SYN's, which is never scaled.
    pub(super) first_ack_due: bool,
    /// Verdicts on its last segment.
    pub(super) verdict: Analysis,
    /// Which Multipath TCP operations had been seen before its last segment.
    pub(super) multipath: u16,
    /// Sent, not yet acknowledged.
    pub(super) unacked: Unacked,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            next: 0,
            next_at: Time::default(),
            next_frame: 0,
            frontier: 0,
            ack: 0,
            ack_frame: 0,
            ack_since: Time::default(),
            at: Time::default(),
            window: u32::MAX,
            scale: Scale::default(),
            duplicates: 0,
            first_ack_due: false,
            verdict: Analysis::empty(),
            multipath: 0,
            unacked: Unacked::default(),
        }
    }
}

/// `a` lies behind `b` on the circle, by the sign of their difference. Two numbers exactly 2³¹ apart are each
/// both before and after the other.
#[inline]
pub(super) const fn after(a: u32, b: u32) -> bool {
    before(b, a)
}

/// `a` lies before `b`.
#[inline]
pub(super) const fn before(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() < 0
}

/// `a` lies before `b` or is it.
#[inline]
pub(super) const fn up_to(a: u32, b: u32) -> bool {
    a == b || before(a, b)
}
