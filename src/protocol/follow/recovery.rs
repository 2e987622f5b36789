//! Why something was sent again: which mechanism of the sender it belongs to, as far as one vantage can tell.
//!
//! Wireshark's flags say what a segment looks like; this says what made the sender send it. What is known for it: when these bytes were
//! seen before, what the other side acknowledged since (selectively too), whether its window is closed, how
//! often these bytes came already, and which recovery the sender is in. A segment that was lost before the vantage was never seen the
//! first time; then the acknowledgements decide. What was not sent again at all, or without need (`anomaly`),
//! is told from that first.
//!
//! The vantage may be at the sender, at the receiver or in between. So what the sender did is timed from when an
//! acknowledgement can have reached it and its answer come back here: [`SenderState::least`](super::sender_state::SenderState::least) of the other side.

use crate::model::{Seq, Span, Time};
use crate::protocol::decode::TcpFlags;
use crate::protocol::timing::{
    ANSWERS_WITHIN, BUSY_HOST_LATE_BY, PROBE_SLACK, SAME_CAUSE_WITHIN, SHORTEST_TIMEOUT,
};

use super::anomaly::classify;
use super::direction::{MUTED, UNKNOWN};
use super::followed::{Analysis, Anomaly, Earlier, Recovery, Why};
use super::half_connection::{HalfConnection, round_trip};
use super::incoming::IncomingSegment;

/// The numbers behind a verdict, before the segment is entered into the directions.
#[inline]
pub(super) fn reasons(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &mut HalfConnection,
    peer: &mut HalfConnection,
    why: &mut Why,
) {
    let old = own.direction.next != UNKNOWN && !segment.has(TcpFlags::RST) && !moves(segment, own);
    if old || !verdict.is_empty() {
        unusual(segment, verdict, own, peer, old, why);
    }
}

/// The same for a segment with a verdict, or one that is `old`: it does not bring something new. Most are neither.
#[cold]
fn unusual(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &mut HalfConnection,
    peer: &mut HalfConnection,
    old: bool,
    why: &mut Why,
) {
    own.sender_state.passed = false;
    let retransmissions = Analysis::RETRANSMISSION
        | Analysis::OUT_OF_ORDER
        | Analysis::KEEP_ALIVE
        | Analysis::ZERO_WINDOW_PROBE;
    if verdict.intersects(Analysis::LOST_SEGMENT) {
        why.missing = segment.seq.relative_to(own.direction.next);
        own.sender_state
            .skipped(own.direction.next, segment, peer.direction.ack);
    }
    if old {
        classify(segment, verdict, own, peer, why);
    }
    if verdict.intersects(retransmissions) || (segment.occupies() && behind(segment, own)) {
        again(segment, verdict, own, peer, why);
    }
    if verdict.intersects(Analysis::SPURIOUS_RETRANSMISSION) {
        why.answered = earlier(
            peer.direction.ack_frame,
            peer.direction.ack_since,
            segment.at,
        );
    } else if verdict.intersects(Analysis::DUPLICATE_ACK) {
        why.answered = earlier(own.direction.ack_frame, own.direction.ack_since, segment.at);
        if own.direction.duplicates == 3 {
            own.sender_state.third = segment.at;
        }
    }
}

fn earlier(frame: u32, at: Time, now: Time) -> Option<Earlier> {
    (frame != 0).then(|| Earlier {
        frame,
        ago: now.since(at),
    })
}

/// It begins before the highest number. Data that begin one before it follow a window probe, and are new.
#[inline]
fn behind(segment: &IncomingSegment, own: &HalfConnection) -> bool {
    let after_probe = segment.len > 1 && segment.seq == own.direction.next.minus(1);
    own.direction.next != UNKNOWN && segment.seq.before(own.direction.next) && !after_probe
}

/// It brings something new: numbers, or without any an acknowledgement.
#[inline]
fn moves(segment: &IncomingSegment, own: &HalfConnection) -> bool {
    if segment.occupies() {
        return !behind(segment, own);
    }
    let forward = own
        .sender_state
        .acked
        .is_none_or(|high| segment.ack.after(high));
    forward && !segment.seq.before(own.direction.next)
}

/// Something that was, or may have been, sent before.
fn again(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &mut HalfConnection,
    peer: &mut HalfConnection,
    why: &mut Why,
) {
    if matches!(why.anomaly, Some(Anomaly::Duplicated | Anomaly::Reordered)) {
        return;
    }
    // The last byte again, when nobody has it yet, is no probe.
    let outstanding =
        segment.len == 1 && peer.direction.ack == segment.seq && peer.direction.window != 0;
    if verdict.intersects(Analysis::KEEP_ALIVE | Analysis::ZERO_WINDOW_PROBE) && !outstanding {
        // Linux probes a closed window without data, from one before the next number: the shape of a keep-alive.
        why.anomaly = None;
        why.recovery = Some(if peer.direction.window == 0 {
            Recovery::WindowProbe
        } else {
            Recovery::KeepAlive
        });
        return;
    }
    why.before = own
        .direction
        .unacked
        .latest_with(segment.seq)
        .map(|sent| Earlier {
            frame: sent.frame,
            ago: segment.at.since(sent.at),
        });
    if peer.direction.ack == segment.seq && peer.direction.duplicates != MUTED {
        why.dup_acks = peer.direction.duplicates;
    }
    if let Some(at) = peer.send_order.stamped_at(segment.echo) {
        peer.sender_state.no_longer_than(segment.at.since(at));
    }
    why.recovery = mechanism(segment, own, peer, why);
    if !own.sender_state.passed {
        own.sender_state.lacking = match why.before {
            None => own.direction.unacked.held_from(segment.seq, segment.end()),
            Some(_) => segment.end(),
        };
        own.sender_state.asked_for =
            why.dup_acks >= 3 || own.sender_state.sacked_behind(segment.seq);
    }
    let within = |end: Seq| segment.seq.before(end);
    if matches!(why.recovery, Some(Recovery::Timeout(_)))
        && (timed_out(segment, own, peer, why) || !own.sender_state.anew.is_some_and(within))
    {
        // It ran out once more: all that was sent since the last time goes again too.
        own.sender_state.anew = None;
    }
    // Unless something was seen already that was sent after it.
    if own
        .sender_state
        .mended
        .is_none_or(|(_, next)| next.before(own.direction.next))
        && !own.send_order.overtaken(segment.send_stamp)
    {
        own.sender_state.mended = Some((segment.send_stamp, own.direction.next));
    }
}

/// The sender has waited so long that its timer may have run out.
fn timed_out(
    segment: &IncomingSegment,
    own: &HalfConnection,
    peer: &HalfConnection,
    why: &Why,
) -> bool {
    let shortest = SHORTEST_TIMEOUT.ns() + round_trip(own, peer).ns() / 2;
    idle(segment, own, peer, why).ns() >= shortest
}

/// Which mechanism of the sender.
fn mechanism(
    segment: &IncomingSegment,
    own: &HalfConnection,
    peer: &HalfConnection,
    why: &Why,
) -> Option<Recovery> {
    let sender_state = &own.sender_state;
    let tries = if sender_state.tries > 0 && sender_state.again == segment.seq {
        sender_state.tries.saturating_add(1)
    } else {
        1
    };
    if segment.has(TcpFlags::SYN) {
        return Some(Recovery::SynRetry(tries));
    }
    if sender_state.passed {
        return Some(
            match (
                sender_state.asked_for,
                sender_state.permitted && peer.sender_state.permitted,
            ) {
                (false, _) => Recovery::Timeout(tries),
                (true, false) => Recovery::FastRetransmit,
                (true, true) => Recovery::Sack,
            },
        );
    }
    let within = |recovery: Option<Seq>| recovery.is_some_and(|end| segment.seq.before(end));
    let timed_out = timed_out(segment, own, peer, why);
    if within(sender_state.anew) {
        return Some(if !timed_out && lost_again(segment, own, peer) {
            Recovery::Sack
        } else {
            Recovery::Timeout(tries)
        });
    }
    let idle = idle(segment, own, peer, why);
    let rtt = round_trip(own, peer).ns();
    // The timer is about the first that is not acknowledged.
    let first = !segment
        .seq
        .after(peer.sender_state.acked.unwrap_or(peer.direction.ack));
    // The probe asks for an acknowledgement, and so needs one that can tell of a hole.
    let selective = sender_state.permitted && peer.sender_state.permitted;
    // The third of them has reached the sender, and its answer come back.
    let third = segment.at.since(peer.sender_state.third).ns() - peer.sender_state.least.ns();
    let thrice =
        why.dup_acks >= 3 && third > -ANSWERS_WITHIN.ns().max(peer.sender_state.least.ns() / 4);
    let asked = sender_state.sacked_behind(segment.seq) || thrice || sender_state.asked.is_some();
    let silent = segment.at.since(sender_state.at).ns();
    let tail =
        segment.end() == own.direction.next && selective && sender_state.probed.is_none() && !asked;
    // It waits for two round trips after all that it sent, and after each acknowledgement.
    let waited = silent >= rtt && idle.ns() >= rtt;
    if tail && waited && probes_in_time(segment, own, idle, rtt) && !merges(segment, own) {
        return Some(Recovery::TailLossProbe);
    }
    // Acknowledgements made it send: the third that was the same, just now; or it sends something new besides.
    // A busy host that answers late sends nothing else before.
    let late = third < BUSY_HOST_LATE_BY.ns()
        && silent < rtt + BUSY_HOST_LATE_BY.ns()
        && silent + SAME_CAUSE_WITHIN.ns() >= third;
    let just = third < SAME_CAUSE_WITHIN.ns() || late;
    // Where the sender is near, an acknowledgement and what it causes are one event.
    let least = peer.sender_state.least;
    let near = least.ns() < rtt / 8 || (least > Span::ZERO && least < ANSWERS_WITHIN);
    let near = near && segment.at.since(peer.direction.at) < ANSWERS_WITHIN;
    let repeated = why.dup_acks > 0 || sender_state.sacked_behind(segment.seq);
    let fast = tries == 1 && ((thrice && just) || (repeated && near));
    let busy = asked && tries == 1 && silent < SAME_CAUSE_WITHIN.ns();
    // Without selective ones they ask but once (RFC 6582): what waits longer after them, or comes once more, does so for the timer.
    let past = thrice && (tries > 1 || silent >= rtt + BUSY_HOST_LATE_BY.ns()) && !selective;
    if first && !fast && !busy && (timed_out || past) {
        return Some(Recovery::Timeout(tries));
    }
    if sender_state.sacked_behind(segment.seq) || (within(sender_state.asked) && selective) {
        return Some(Recovery::Sack);
    }
    if fast || thrice || within(sender_state.asked) {
        return Some(Recovery::FastRetransmit);
    }
    let learned = segment.at.since(peer.sender_state.acked_at).ns() - least.ns();
    let prompted = segment.at.since(peer.direction.at).ns() - least.ns() < SAME_CAUSE_WITHIN.ns();
    if (prompted || learned < rtt / 2) && !timed_out {
        // An acknowledgement has come that starts the timer anew (RFC 6298 §5), and no timer waits so short: it was the answer to the hole's
        // last resend.
        return Some(if selective {
            Recovery::Sack
        } else {
            Recovery::FastRetransmit
        });
    }
    // Nothing else is left.
    let waited = why.before.map_or(idle, |before| before.ago);
    (timed_out || waited >= sender_state.rtt.max(SAME_CAUSE_WITHIN))
        .then_some(Recovery::Timeout(tries))
}

/// It has not waited longer than a probe does: two round trips, and where the other side may delay its acknowledgement the shortest timeout besides.
fn probes_in_time(segment: &IncomingSegment, own: &HalfConnection, idle: Span, rtt: i64) -> bool {
    let sender_state = &own.sender_state;
    // What answers the last SYN may echo the timestamp of the first: then the sender takes all its waiting for a round trip.
    let unknown = sender_state.syns > 1 && segment.send_stamp.is_stamped();
    unknown
        || idle.ns()
            <= SHORTEST_TIMEOUT.ns() + 2 * sender_state.rtt.ns().max(rtt) + PROBE_SLACK.ns()
}

/// It was sent again already, and something that was sent after that is selectively acknowledged: so that was lost too, and from there on it is
/// acknowledgements that ask (RFC 8985 §6.2 marks a resend as lost by what was sent after it).
fn lost_again(segment: &IncomingSegment, own: &HalfConnection, peer: &HalfConnection) -> bool {
    let sender_state = &own.sender_state;
    let selective = sender_state.permitted && peer.sender_state.permitted;
    let Some(last) = own
        .direction
        .unacked
        .latest_with(segment.seq)
        .filter(|_| selective)
    else {
        return false;
    };
    sender_state.retransmissions.holds(last.frame)
        && own
            .direction
            .unacked
            .behind(segment.end())
            .any(|sent| sent.frame > last.frame && sender_state.sacked_all(sent.seq, sent.end))
}

/// It holds more than what began here when it was seen first. A probe is the last segment alone, a timer's resend takes in what stands behind it
/// where there is room in it, as the lab shows of Linux.
fn merges(segment: &IncomingSegment, own: &HalfConnection) -> bool {
    own.direction
        .unacked
        .latest_with(segment.seq)
        .is_some_and(|sent| sent.end.before(segment.end()))
}

/// How long the sender has waited: since it sent this, or since it can have learned of an acknowledgement that moved on. What
/// was lost before the vantage was sent no later than what was seen first of the bytes behind it.
fn idle(segment: &IncomingSegment, own: &HalfConnection, peer: &HalfConnection, why: &Why) -> Span {
    let learned = segment.at.since(peer.sender_state.acked_at).ns() - peer.sender_state.least.ns();
    let sent = why.before.map_or_else(
        || segment.at.since(no_later(segment, own)),
        |before| before.ago,
    );
    if peer.direction.ack_frame == 0 {
        return sent;
    }
    Span::from_ns(learned.min(sent.ns()).max(0))
}

/// It was sent for the first time no later than then.
fn no_later(segment: &IncomingSegment, own: &HalfConnection) -> Time {
    let behind = own
        .direction
        .unacked
        .behind(segment.end())
        .map(|sent| sent.at)
        .min();
    let seen = behind.unwrap_or(own.sender_state.at);
    match own.sender_state.hole {
        Some((from, to, at)) if from.up_to(segment.seq) && segment.seq.before(to) => seen.min(at),
        _ => seen,
    }
}

/// How many segments of the other side's MSS this payload would be, when it is more than one: an interface
/// merged them, or will cut them (offload). 0 where it is one, or nothing is known.
#[inline]
pub(super) fn merged(len: u32, mss: Option<u16>, options: u8) -> u16 {
    let Some(mss) = mss else { return 0 };
    // Options take their room from the payload (RFC 9293 §3.7.1).
    let room = u32::from(mss).saturating_sub(options.into());
    if room == 0 || len <= room || len <= u32::from(mss) {
        return 0;
    }
    u16::try_from(len.div_ceil(room)).unwrap_or(u16::MAX)
}

/// Bytes that are on their way after a segment: sent and not acknowledged, as far as it was seen.
#[inline]
pub(super) fn in_flight(own: &HalfConnection, peer: &HalfConnection) -> u32 {
    let flight = own.direction.next.distance_from(peer.direction.ack);
    if own.direction.next == UNKNOWN || peer.direction.ack == UNKNOWN || flight < 0 {
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
