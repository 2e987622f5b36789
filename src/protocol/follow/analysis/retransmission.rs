//! Sent again, or late: retransmission, fast retransmission, spurious retransmission, out of order.
//!
//! All four are of segments that begin before the highest number seen. Which one it is, is a guess from times
//! and acknowledgements, because one vantage cannot see what was lost before it.

use super::super::direction::{TcpDirection, UNKNOWN};
use super::super::followed::Analysis;
use super::super::incoming::IncomingSegment;
use crate::model::{Span, Time};

/// A fast retransmission follows the acknowledgement that asked for it within this time.
const PROMPT_NS: u64 = 20_000_000;

/// Out of order is what comes this soon after the highest number, where no round trip is known.
const LATE_NS: u64 = 3_000_000;

/// Which of the four, if any, a segment with data, SYN or FIN is.
#[inline]
pub(super) fn sent_again(
    segment: &IncomingSegment,
    own: &TcpDirection,
    peer: &TcpDirection,
    rtt: Option<Span>,
) -> Analysis {
    if spurious(segment, peer) {
        return Analysis::SPURIOUS_RETRANSMISSION | Analysis::RETRANSMISSION;
    }
    if !behind(segment, own) {
        return Analysis::empty();
    }
    if fast(segment, peer) {
        return Analysis::FAST_RETRANSMISSION | Analysis::RETRANSMISSION;
    }
    if late(segment, own, rtt) {
        return Analysis::OUT_OF_ORDER;
    }
    Analysis::RETRANSMISSION
}

/// It begins before the highest number. Data that begin one before it follow a window probe, and are new.
#[inline]
fn behind(segment: &IncomingSegment, own: &TcpDirection) -> bool {
    let after_probe = segment.len > 1 && segment.seq == own.next.minus(1);
    own.next != UNKNOWN && segment.seq.before(own.next) && !after_probe
}

/// All its data are acknowledged already.
#[inline]
fn spurious(segment: &IncomingSegment, peer: &TcpDirection) -> bool {
    segment.len > 0 && peer.ack != UNKNOWN && segment.data_end().up_to(peer.ack)
}

/// Asked for by two duplicate acknowledgements at least (one may be missing in the capture), and at once.
fn fast(segment: &IncomingSegment, peer: &TcpDirection) -> bool {
    peer.duplicates >= 2 && peer.ack == segment.seq && passed(peer.at, segment.at) < PROMPT_NS
}

/// It comes so soon that it was sent in time and overtaken: within the first round trip after the highest number. Not
/// when it ends there: then it is rather the segment that moved that number, again.
fn late(segment: &IncomingSegment, own: &TcpDirection, rtt: Option<Span>) -> bool {
    let limit = rtt.map_or(LATE_NS, |rtt| rtt.ns().cast_unsigned());
    passed(own.next_at, segment.at) < limit && segment.end() != own.next
}

/// Nanoseconds between two stamps; a clock that went back gives a very long time.
const fn passed(from: Time, to: Time) -> u64 {
    to.since(from).ns().cast_unsigned()
}
