//! Windows: closed, reopened, filled.

use super::super::direction::{Scale, TcpDirection};
use super::super::incoming::IncomingSegment;
use super::says_the_same;

/// The sender has no room left. A SYN, FIN or RST says nothing about room.
#[inline]
pub(super) const fn zero(segment: &IncomingSegment) -> bool {
    segment.window == 0 && segment.plain()
}

/// Nothing but a new window, and room in it.
#[inline]
pub(super) fn update(segment: &IncomingSegment, own: &TcpDirection) -> bool {
    segment.window != 0 && segment.window != own.window && says_the_same(segment, own)
}

/// Its data reach exactly to the edge of the window that the peer announced. To know that edge, the handshake
/// must have been seen; until the peer's first ACK the edge is that of its SYN, unscaled.
#[inline]
pub(super) fn full(segment: &IncomingSegment, peer: &TcpDirection) -> bool {
    if segment.len == 0 || peer.scale == Scale::Unknown || !segment.plain() {
        return false;
    }
    let shift = if peer.first_ack_due {
        0
    } else {
        peer.scale.shift()
    };
    segment.data_end() == peer.ack.plus(peer.window << shift)
}
