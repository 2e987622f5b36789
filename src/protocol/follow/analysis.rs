//! Wireshark's sequence analysis: what is unusual about a segment, in the light of those before it.
//!
//! The verdicts are those of Wireshark 4.0 (User's Guide, "TCP Analysis"), one file per family of cases. Each
//! family is a question about a segment and the two lanes; this file asks them in the order that decides which verdict excludes which,
//! and then writes the segment into the lanes.
//!
//! Heads up: "own" is the sender's lane, "peer" the other side's. An acknowledgement that the peer sent about our data is `peer.ack`.

mod again;
mod duplicate;
mod gap;
mod keep_alive;
mod probe;
mod window;

use super::arriving::Arriving;
use super::circle::after;
use super::followed::Analysis;
use super::lane::Lane;
use super::unacked::{Sent, Taken};
use crate::model::Span;

/// The verdicts on one segment. The lanes are as they were before it; only counters of duplicates move.
#[inline]
pub(super) fn judge(
    segment: &Arriving,
    own: &mut Lane,
    peer: &mut Lane,
    rtt: Option<Span>,
) -> Analysis {
    let mut verdict = forward(segment, own, peer);
    if segment.ack != own.ack {
        own.duplicates = 0;
    }
    verdict |= gap::unseen_acknowledged(segment, own, peer);
    if segment.occupies() && !verdict.contains(Analysis::KEEP_ALIVE) {
        verdict |= again::sent_again(segment, own, peer, rtt);
    }
    verdict
}

/// What a segment is by its own place and window. The special answers come before the duplicate ACK, which
/// they would also be; a zero-window probe is nothing else.
#[inline]
fn forward(segment: &Arriving, own: &mut Lane, peer: &Lane) -> Analysis {
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
fn says_the_same(segment: &Arriving, own: &Lane) -> bool {
    segment.len == 0 && segment.seq == own.next && segment.ack == own.ack && segment.plain()
}

/// Writes a judged segment into the lanes.
#[inline]
pub(super) fn enter(
    segment: &Arriving,
    verdict: Analysis,
    own: &mut Lane,
    peer: &mut Lane,
) -> Taken {
    let mut end = segment.data_end();
    if segment.occupies() {
        let sent = Sent {
            seq: segment.seq,
            end: segment.end(),
            frame: segment.number,
            at: segment.at,
            mark: segment.mark,
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
    own.multipath = segment.multipath;
    own.verdict = verdict;
    peer.unacked.acknowledge(segment.ack)
}

/// Moves the highest number seen, and the frontier when the segment stands at it.
#[inline]
fn advance(segment: &Arriving, end: u32, own: &mut Lane) {
    if own.next == 0 || after(end, own.next) {
        own.next = end;
        own.next_frame = segment.number;
        own.next_at = segment.at;
    }
    if own.frontier == 0 || segment.seq == own.frontier {
        own.frontier = own.next;
    }
}
