//! What a segment says of when it was sent.
//!
//! A packet carries two clocks of its sender: the timestamps option (RFC 7323 §3) and, over IPv4, the identification field,
//! which common stacks count up with each packet of a connection.

use super::circle::before;

/// What a segment says of when it was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Timestamp (TSval), when `stamped`.
    pub(super) stamp: u32,
    pub(super) stamped: bool,
    /// IPv4's identification; 0 where there is none.
    pub(super) id: u16,
    /// The TCP checksum: nearly a digest of the whole segment.
    checksum: u16,
}

impl Mark {
    #[inline]
    pub(super) const fn new(id: u16, checksum: u16, stamp: Option<u32>) -> Self {
        let (stamp, stamped) = match stamp {
            Some(stamp) => (stamp, true),
            None => (0, false),
        };
        Self {
            stamp,
            stamped,
            id,
            checksum,
        }
    }

    /// Its timestamp lies before `other`'s; none where one of them has none.
    pub(super) fn stamped_before(self, other: Self) -> Option<bool> {
        (self.stamped && other.stamped).then(|| before(self.stamp, other.stamp))
    }

    /// It has a timestamp.
    pub(super) const fn is_stamped(self) -> bool {
        self.stamped
    }

    /// This echo of a timestamp is older than the mark's own.
    pub(super) const fn echoed_before(self, echo: u32) -> bool {
        self.stamped && echo != 0 && before(echo, self.stamp)
    }
}
