//! Duplicate acknowledgements (RFC 5681 §2): the receiver says again what it waits for.

use super::super::direction::TcpDirection;
use super::super::incoming::IncomingSegment;
use super::says_the_same;

/// The same acknowledgement and the same open window again, without data. Not when Multipath TCP began another
/// kind of operation since: its segments may repeat an acknowledgement to carry an option (RFC 8684 §4).
#[inline]
pub(super) fn repeats(segment: &IncomingSegment, own: &TcpDirection) -> bool {
    segment.window != 0
        && segment.window == own.window
        && segment.multipath == own.multipath
        && says_the_same(segment, own)
}
