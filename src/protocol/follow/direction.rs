//! One direction of a connection: what one side has sent so far, as far as later segments are judged by it.
//!
//! Numbers stand as in the header. Wireshark keeps 0 for "not known yet" in [`TcpDirection::next`], [`TcpDirection::frontier`]
//! and [`TcpDirection::ack`], also when a number wraps around to a true 0; the same is done here, because its verdicts are the measure.

use crate::model::{Seq, Time};

use super::followed::Analysis;
use super::unacked::Unacked;

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

/// No number is known yet.
pub(super) const UNKNOWN: Seq = Seq(0);

/// What one side has sent.
#[derive(Clone, Debug)]
pub(super) struct TcpDirection {
    /// The number after the highest that was sent.
    pub(super) next: Seq,
    /// When and in which frame `next` moved last.
    pub(super) next_at: Time,
    pub(super) next_frame: u32,
    /// Up to here all was seen, as far as acknowledgements of it are no surprise.
    pub(super) frontier: Seq,
    /// Its last acknowledgement, whatever the ACK flag said.
    pub(super) ack: Seq,
    /// Where and when `ack` moved last.
    pub(super) ack_frame: u32,
    pub(super) ack_since: Time,
    /// When its last segment was seen, and in which frame.
    pub(super) at: Time,
    pub(super) last_frame: u32,
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

impl Default for TcpDirection {
    fn default() -> Self {
        Self {
            next: UNKNOWN,
            next_at: Time::default(),
            next_frame: 0,
            frontier: UNKNOWN,
            ack: UNKNOWN,
            ack_frame: 0,
            ack_since: Time::default(),
            at: Time::default(),
            last_frame: 0,
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
