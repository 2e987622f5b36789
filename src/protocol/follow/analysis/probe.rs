//! Zero-window probes (RFC 9293 §3.8.6.1): one byte more than the window has room for, and the answer to it.

use super::super::direction::TcpDirection;
use super::super::followed::Analysis;
use super::super::incoming::IncomingSegment;
use super::says_the_same;

/// The next byte, alone, into a closed window.
#[inline]
pub(super) fn asks(segment: &IncomingSegment, own: &TcpDirection, peer: &TcpDirection) -> bool {
    segment.len == 1 && segment.seq == own.next && peer.window == 0
}

/// Still closed, just after the peer's probe.
#[inline]
pub(super) fn answers(segment: &IncomingSegment, own: &TcpDirection, peer: &TcpDirection) -> bool {
    segment.window == 0
        && own.window == 0
        && peer.verdict.contains(Analysis::ZERO_WINDOW_PROBE)
        && says_the_same(segment, own)
}
