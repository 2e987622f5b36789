//! What the capture does not have: a hole before a segment, or an acknowledgement of something never seen.

use super::super::direction::{MUTED, TcpDirection, UNKNOWN};
use super::super::followed::Analysis;
use super::super::incoming::IncomingSegment;
use crate::protocol::decode::TcpFlags;

/// It begins behind the highest number seen: something before it was lost, or never captured. A RST may stand anywhere.
#[inline]
pub(super) fn before_it(segment: &IncomingSegment, own: &TcpDirection) -> bool {
    own.next != UNKNOWN && segment.seq.after(own.next) && !segment.has(TcpFlags::RST)
}

/// It acknowledges more than was seen of the peer. Said once for each hole: the frontier moves on.
#[inline]
pub(super) fn unseen_acknowledged(segment: &IncomingSegment, peer: &mut TcpDirection) -> Analysis {
    if peer.frontier == UNKNOWN || !segment.ack.after(peer.frontier) || !segment.has(TcpFlags::ACK)
    {
        return Analysis::empty();
    }
    if peer.frontier.before(peer.next) {
        peer.frontier = peer.next;
        return Analysis::ACK_LOST_SEGMENT;
    }
    let first = peer.duplicates == 0;
    peer.duplicates = MUTED;
    if first {
        Analysis::ACK_LOST_SEGMENT
    } else {
        Analysis::empty()
    }
}
