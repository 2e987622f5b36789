//! Why something was sent again: which mechanism of the sender it belongs to, as far as one vantage can tell.
//!
//! Wireshark's flags say what a segment looks like; this says what made the sender send it. What is known for it: when these bytes were
//! seen before, what the other side acknowledged since (selectively too), whether its window is closed, and how
//! often these bytes came already. A segment that was lost before the vantage was never seen the first time; then the acknowledgements decide.

use crate::model::{Seq, Span, Time};
use crate::protocol::decode::{Tcp, TcpFlags, TcpOption};

use super::followed::{Analysis, Earlier, Recovery, Why};
use super::lane::{Arriving, Lane, MUTED, after, before};

/// The shortest retransmission timeout of common stacks beside the round trip itself (Linux: TCP_RTO_MIN).
const SHORTEST_TIMEOUT: Span = Span::from_ms(200);

/// What is resent sooner than this, without being asked for, is a copy that the network or the capture made.
const COPY: Span = Span::from_ms(1);

/// What one side resent, and what the other side's selective acknowledgements say about it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recall {
    /// Both this side's SYN permitted selective acknowledgements.
    permitted: bool,
    /// What this side sent is selectively acknowledged up to here, beyond a hole.
    sacked: Option<u32>,
    /// Where the bytes begin that were resent last, and how often since they were first sent.
    again: u32,
    tries: u8,
    /// A timeout makes everything before this number be sent anew.
    anew: Option<u32>,
    /// The round trip, smoothed, that acknowledgements of this side's data showed.
    rtt: Span,
}

impl Recall {
    /// The other side sent this acknowledgement.
    #[inline]
    pub(super) fn answered(&mut self, segment: &Arriving, tcp: &Tcp<'_>, rtt: Option<Span>) {
        // Not while something is sent again: nobody knows which of the two is acknowledged (RFC 6298 §3).
        if let Some(rtt) = rtt.filter(|_| self.tries == 0) {
            self.sample(rtt);
        }
        if self.tries > 0 && after(segment.ack, self.again) {
            self.tries = 0;
        }
        if self.anew.is_some_and(|end| !before(segment.ack, end)) {
            self.anew = None;
        }
        if tcp.options.len() >= 12 && !ordinary(tcp.options) {
            self.selective(segment, tcp);
        } else {
            self.sacked = None;
        }
    }

    /// Smoothed as RFC 6298 §2 does it.
    fn sample(&mut self, rtt: Span) {
        let (new, old) = (rtt.ns().max(0), self.rtt.ns());
        self.rtt = Span::from_ns(if old == 0 { new } else { old + (new - old) / 8 });
    }

    /// The highest number that it acknowledges selectively. A first block below the acknowledgement tells of a duplicate (RFC 2883).
    fn selective(&mut self, segment: &Arriving, tcp: &Tcp<'_>) {
        let above = tcp
            .sack_blocks()
            .map(|(_, right)| right.0)
            .filter(|right| after(*right, segment.ack));
        self.sacked = above.reduce(|high, right| if after(right, high) { right } else { high });
    }

    /// Its SYN was seen.
    pub(super) fn introduced(&mut self, tcp: &Tcp<'_>) {
        self.permitted = tcp.options().any(|o| o == TcpOption::SackPermitted);
    }

    /// This side sent a segment, again or not.
    #[inline]
    pub(super) fn sent(&mut self, segment: &Arriving, why: &Why, next: u32) {
        let Some(recovery) = why.recovery else {
            return;
        };
        if matches!(recovery, Recovery::WindowProbe | Recovery::KeepAlive) {
            return;
        }
        if self.tries == 0 || self.again != segment.seq {
            self.again = segment.seq;
            self.tries = 0;
        }
        self.tries = self.tries.saturating_add(1);
        if matches!(recovery, Recovery::Timeout(_)) && self.anew.is_none() {
            self.anew = Some(next);
        }
    }
}

/// Two NOPs and timestamps.
#[inline]
fn ordinary(options: &[u8]) -> bool {
    options.len() == 12 && options[..4] == [1, 1, 8, 10]
}

/// The numbers behind a verdict, before the segment is entered into the lanes.
#[inline]
pub(super) fn reasons(segment: &Arriving, verdict: Analysis, own: &Lane, peer: &Lane) -> Why {
    let mut why = Why::default();
    let resends = Analysis::RETRANSMISSION
        | Analysis::OUT_OF_ORDER
        | Analysis::KEEP_ALIVE
        | Analysis::ZERO_WINDOW_PROBE;
    if verdict.intersects(Analysis::LOST_SEGMENT) {
        why.missing = segment.seq.wrapping_sub(own.next);
    }
    if verdict.intersects(resends) {
        again(segment, verdict, own, peer, &mut why);
    }
    if verdict.intersects(Analysis::SPURIOUS_RETRANSMISSION) {
        why.answered = earlier(peer.ack_frame, peer.ack_since, segment.at);
    } else if verdict.intersects(Analysis::DUPLICATE_ACK) {
        why.answered = earlier(own.ack_frame, own.ack_since, segment.at);
    }
    why
}

fn earlier(frame: u32, at: Time, now: Time) -> Option<Earlier> {
    (frame != 0).then(|| Earlier {
        frame,
        ago: now.since(at),
    })
}

/// Something that was, or may have been, sent before.
#[cold]
fn again(segment: &Arriving, verdict: Analysis, own: &Lane, peer: &Lane, why: &mut Why) {
    if verdict.intersects(Analysis::KEEP_ALIVE | Analysis::ZERO_WINDOW_PROBE) {
        // Linux probes a closed window without data, from one before the next number: the shape of a keep-alive.
        why.recovery = Some(if peer.window == 0 {
            Recovery::WindowProbe
        } else {
            Recovery::KeepAlive
        });
        return;
    }
    why.before = own.unacked.latest_with(segment.seq).map(|sent| Earlier {
        frame: sent.frame,
        ago: segment.at.since(sent.at),
    });
    if peer.ack == segment.seq && peer.duplicates != MUTED {
        why.dup_acks = peer.duplicates;
    }
    why.recovery = mechanism(segment, own, peer, why);
}

/// Which mechanism of the sender.
fn mechanism(segment: &Arriving, own: &Lane, peer: &Lane, why: &Why) -> Option<Recovery> {
    let recall = &own.recall;
    let tries = if recall.tries > 0 && recall.again == segment.seq {
        recall.tries.saturating_add(1)
    } else {
        1
    };
    if segment.has(TcpFlags::SYN) {
        return why.before.map(|_| Recovery::SynRetry(tries));
    }
    let waited = why.before.map(|before| before.ago);
    if waited.is_some_and(|waited| waited < COPY) {
        return None;
    }
    let long = SHORTEST_TIMEOUT.ns() + recall.rtt.ns() / 2;
    let timed_out = waited.is_some_and(|waited| waited.ns() >= long);
    if recall.sacked.is_some_and(|high| before(segment.seq, high)) && !(timed_out && tries > 1) {
        return Some(Recovery::Sack);
    }
    if why.dup_acks >= 3 && !timed_out {
        return Some(Recovery::FastRetransmit);
    }
    if recall.anew.is_some_and(|end| before(segment.seq, end)) && !timed_out {
        return Some(Recovery::Timeout(tries));
    }
    let waited = waited?;
    if timed_out {
        return Some(Recovery::Timeout(tries));
    }
    let last = segment.end() == own.next;
    // The probe asks for an acknowledgement, and so needs one that can tell of a hole.
    if last && recall.permitted && peer.recall.permitted {
        return Some(Recovery::TailLossProbe);
    }
    (waited >= recall.rtt).then_some(Recovery::Timeout(tries))
}

/// How many segments of the other side's MSS this payload would be, when it is more than one: an interface
/// merged them, or will cut them (offload). 0 where it is one, or nothing is known.
#[inline]
pub(super) fn merged(len: u32, mss: Option<u16>, options: usize) -> u16 {
    let Some(mss) = mss else { return 0 };
    // Options take their room from the payload (RFC 9293 §3.7.1).
    let room = u32::from(mss).saturating_sub(options as u32);
    if room == 0 || len <= room || len <= u32::from(mss) {
        return 0;
    }
    u16::try_from(len.div_ceil(room)).unwrap_or(u16::MAX)
}

/// Bytes that are on their way after a segment: sent and not acknowledged, as far as it was seen.
#[inline]
pub(super) fn in_flight(own: &Lane, peer: &Lane) -> u32 {
    let flight = Seq(own.next).distance_from(Seq(peer.ack));
    if own.next == 0 || peer.ack == 0 || flight < 0 {
        0
    } else {
        flight.cast_unsigned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_segments_are_counted_by_the_room_that_options_leave() {
        assert_eq!(merged(1448, Some(1460), 12), 0);
        assert_eq!(merged(1460, Some(1460), 0), 0);
        assert_eq!(merged(2896, Some(1460), 12), 2);
        assert_eq!(merged(2897, Some(1460), 12), 3);
        assert_eq!(merged(65_535, None, 12), 0);
        assert_eq!(merged(65_535, Some(1), 12), 0);
        assert_eq!(merged(u32::MAX, Some(2), 0), u16::MAX);
    }
}
