//! The circle of sequence numbers: which of two comes first (RFC 9293 §3.4).

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
