//! What the capture does not have: a hole before a segment, or an acknowledgement of something never seen.

use super::super::arriving::Arriving;
use super::super::circle::{after, before};
use super::super::followed::Analysis;
use super::super::lane::{Lane, MUTED};
use crate::protocol::decode::TcpFlags;

/// It begins behind the highest number seen: something before it was lost, or never captured. A RST may stand anywhere.
#[inline]
pub(super) const fn before_it(segment: &Arriving, own: &Lane) -> bool {
    own.next != 0 && after(segment.seq, own.next) && !segment.has(TcpFlags::RST)
}

/// It acknowledges more than was seen of the peer. Said once for each hole: the frontier moves on.
#[inline]
pub(super) fn unseen_acknowledged(segment: &Arriving, _own: &Lane, peer: &mut Lane) -> Analysis {
    if peer.frontier == 0 || !after(segment.ack, peer.frontier) || !segment.has(TcpFlags::ACK) {
        return Analysis::empty();
    }
    if before(peer.frontier, peer.next) {
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
