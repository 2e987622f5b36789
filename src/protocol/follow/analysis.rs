//! Wireshark's sequence analysis: what is unusual about a segment, in the light of those before it.
//!
//! The verdicts are those of Wireshark 4.0 (User's Guide, "TCP Analysis"), one file per family of cases. Each
//! family is a question about a segment and the two directions; this file asks them in the order that decides which verdict excludes which,
//! and then writes the segment into the directions.
//!
//! "Own" is the sender's direction, "peer" the other side's. An acknowledgement that the peer sent about our data is `peer.ack`.

mod duplicate;
mod gap;
mod keep_alive;
mod probe;
mod retransmission;
mod window;

use super::direction::{TcpDirection, UNKNOWN};
use super::followed::Analysis;
use super::incoming::IncomingSegment;
use super::unacked::{Acked, UnackedSegment};
use crate::model::{Seq, Span};

/// The verdicts on one segment. The directions are as they were before it; only counters of duplicates move.
#[inline]
pub(super) fn judge(
    segment: &IncomingSegment,
    own: &mut TcpDirection,
    peer: &mut TcpDirection,
    rtt: Option<Span>,
) -> Analysis {
    let mut verdict = forward(segment, own, peer);
    if segment.ack != own.ack {
        own.duplicates = 0;
    }
    verdict |= gap::unseen_acknowledged(segment, peer);
    if segment.occupies() && !verdict.contains(Analysis::KEEP_ALIVE) {
        verdict |= retransmission::sent_again(segment, own, peer, rtt);
    }
    verdict
}

/// What a segment is by its own place and window. The special answers come before the duplicate ACK, which
/// they would also be; a zero-window probe is nothing else.
#[inline]
fn forward(segment: &IncomingSegment, own: &mut TcpDirection, peer: &TcpDirection) -> Analysis {
    if probe::asks(segment, own, peer) {
        return Analysis::ZERO_WINDOW_PROBE;
    }
    let mut verdict = Analysis::empty();
    verdict.set(Analysis::ZERO_WINDOW, window::zero(segment));
    verdict.set(Analysis::LOST_SEGMENT, gap::before_it(segment, own));
    verdict.set(Analysis::KEEP_ALIVE, keep_alive::asks(segment, own));
    verdict.set(Analysis::WINDOW_UPDATE, window::update(segment, own));
    verdict.set(Analysis::WINDOW_FULL, window::full(segment, peer));
    if keep_alive::answers(segment, own, peer) {
        verdict |= Analysis::KEEP_ALIVE_ACK;
    } else if probe::answers(segment, own, peer) {
        verdict |= Analysis::ZERO_WINDOW_PROBE_ACK;
    } else if duplicate::repeats(segment, own) {
        own.duplicates = own.duplicates.wrapping_add(1).max(1);
        verdict |= Analysis::DUPLICATE_ACK;
    }
    verdict
}

/// A pure acknowledgement that stands exactly where the sender's next data will, and says nothing new.
#[inline]
fn says_the_same(segment: &IncomingSegment, own: &TcpDirection) -> bool {
    segment.len == 0 && segment.seq == own.next && segment.ack == own.ack && segment.plain()
}

/// Writes a judged segment into the directions.
#[inline]
pub(super) fn enter(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &mut TcpDirection,
    peer: &mut TcpDirection,
) -> Acked {
    let mut end = segment.data_end();
    if segment.occupies() {
        let sent = UnackedSegment {
            seq: segment.seq,
            end: segment.end(),
            frame: segment.number,
            at: segment.at,
            send_stamp: segment.send_stamp,
            spoiled: segment.spoiled,
        };
        if own.unacked.push(sent) {
            end = segment.end();
        }
    }
    // The byte of a window probe is not counted as sent before somebody takes it.
    if !verdict.contains(Analysis::ZERO_WINDOW_PROBE) {
        advance(segment, end, own);
    }
    own.window = segment.window;
    if own.ack != segment.ack {
        own.ack_frame = segment.number;
        own.ack_since = segment.at;
    }
    own.ack = segment.ack;
    own.at = segment.at;
    own.last_frame = segment.number;
    own.multipath = segment.multipath;
    own.verdict = verdict;
    peer.unacked.acknowledge(segment.ack)
}

/// Moves the highest number seen, and the frontier when the segment stands at it.
#[inline]
fn advance(segment: &IncomingSegment, end: Seq, own: &mut TcpDirection) {
    if own.next == UNKNOWN || end.after(own.next) {
        own.next = end;
        own.next_frame = segment.number;
        own.next_at = segment.at;
    }
    if own.frontier == UNKNOWN || segment.seq == own.frontier {
        own.frontier = own.next;
    }
}
