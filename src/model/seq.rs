//! TCP sequence numbers: arithmetic modulo 2³² (RFC 9293 §3.4).

use serde::{Deserialize, Serialize};

/// A sequence or acknowledgement number as it stands in the header. There is no `Ord`: numbers of
/// a circle have no total order; `before` and `after` compare two that are less than 2³¹ apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u32);

impl Seq {
    /// This number moved on by `n`, around the circle.
    #[inline]
    #[must_use]
    pub const fn plus(self, n: u32) -> Self {
        Self(self.0.wrapping_add(n))
    }

    /// This number moved back by `n`, around the circle.
    #[inline]
    #[must_use]
    pub const fn minus(self, n: u32) -> Self {
        Self(self.0.wrapping_sub(n))
    }

    /// How far this lies after `base`, around the circle: the relative number when `base` is the ISN.
    #[inline]
    #[must_use]
    pub const fn relative_to(self, base: Self) -> u32 {
        self.0.wrapping_sub(base.0)
    }

    /// Signed distance from `other` to this, in [−2³¹, 2³¹): positive when this is later.
    #[inline]
    #[must_use]
    pub const fn distance_from(self, other: Self) -> i32 {
        self.0.wrapping_sub(other.0).cast_signed()
    }

    /// This lies before `other` (RFC 9293 §3.4, comparison modulo 2³²).
    #[inline]
    #[must_use]
    pub const fn before(self, other: Self) -> bool {
        self.distance_from(other) < 0
    }

    /// This lies after `other`. Two numbers exactly 2³¹ apart are each both before and after the other, as in Wireshark.
    #[inline]
    #[must_use]
    pub const fn after(self, other: Self) -> bool {
        other.before(self)
    }

    /// This lies before `other` or is it.
    #[inline]
    #[must_use]
    pub const fn up_to(self, other: Self) -> bool {
        self.0 == other.0 || self.before(other)
    }
}
