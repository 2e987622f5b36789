//! Keep-alives (RFC 9293 §3.8.4): a probe from just before the next number, and its answer.
//!
//! Linux's zero-window probes have the same shape and get the same name; `recovery` says which it was.

use super::super::direction::TcpDirection;
use super::super::followed::Analysis;
use super::super::incoming::IncomingSegment;
use super::says_the_same;

/// One byte or none, from one before the next number.
#[inline]
pub(super) fn asks(segment: &IncomingSegment, own: &TcpDirection) -> bool {
    segment.len <= 1 && segment.seq == own.next.minus(1) && segment.plain()
}

/// The same acknowledgement and window again, just after the peer's keep-alive.
#[inline]
pub(super) fn answers(segment: &IncomingSegment, own: &TcpDirection, peer: &TcpDirection) -> bool {
    segment.window != 0
        && segment.window == own.window
        && peer.verdict.contains(Analysis::KEEP_ALIVE)
        && says_the_same(segment, own)
}
