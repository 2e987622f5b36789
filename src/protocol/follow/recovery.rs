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

use crate::model::{Seq, Time};
use crate::protocol::decode::TcpFlags;

use super::anomaly::classify;
use super::candidates::{Situation, decide, weigh};
use super::direction::{MUTED, UNKNOWN};
use super::followed::Analysis;
use super::half_connection::HalfConnection;
use super::incoming::IncomingSegment;
use super::seen::UnseenRange;
use super::why::{
    AckedUnseen, Anomaly, CauseClaim, Earlier, Idle, Recovery, Repeats, WeighedCause, Why,
};

/// No window is wider (RFC 7323 §2.3).
const WIDEST_WINDOW: u32 = 1 << 30;

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
    if segment.occupies() {
        let known = own.direction.next;
        own.seen
            .begin(if known == UNKNOWN { segment.seq } else { known });
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
    if segment.has(TcpFlags::SYN) && verdict.contains(Analysis::REUSED_PORTS) {
        // Its numbers begin anew: it is nothing that was seen before.
        own.seen.restart(segment.seq);
        return;
    }
    if let Some(apart) = counts_elsewhere(segment, own, peer) {
        let anomaly = Anomaly::OtherNumbers { apart };
        why.anomaly = Some(anomaly);
        if segment.asked {
            own.weighed = vec![WeighedCause {
                name: anomaly.name(),
                claim: Ok(CauseClaim::Anomaly(anomaly)),
            }];
        }
        return;
    }
    let retransmissions = Analysis::RETRANSMISSION
        | Analysis::OUT_OF_ORDER
        | Analysis::KEEP_ALIVE
        | Analysis::ZERO_WINDOW_PROBE;
    // What begins behind the byte of a probe that was seen leaves no hole; and another SYN ACK counts anew.
    let probed = own.sender_state.probe_byte == Some(segment.seq);
    let begins_anew = verdict.contains(Analysis::REUSED_PORTS);
    if verdict.intersects(Analysis::LOST_SEGMENT) && !probed && !begins_anew {
        why.missing = segment.seq.relative_to(own.direction.next);
        own.sender_state
            .skipped(own.direction.next, segment, peer.direction.ack);
        own.seen.skipped(UnseenRange {
            from: own.direction.next,
            to: segment.seq,
            shown_by: segment.number,
            at: segment.at,
        });
    }
    if judged(segment, own, peer) {
        if old {
            classify(segment, verdict, own, peer, why);
        }
        if verdict.intersects(retransmissions) || (segment.occupies() && behind(segment, own)) {
            again(segment, verdict, own, peer, why);
        }
    }
    if old && segment.occupies() {
        own.seen.filled(segment.seq, segment.end());
    }
    if verdict.contains(Analysis::ZERO_WINDOW_PROBE) && segment.seq == own.direction.next {
        own.sender_state.probe_byte = Some(segment.end());
    }
    if verdict.intersects(Analysis::SPURIOUS_RETRANSMISSION) {
        why.answered = earlier(
            peer.direction.ack_frame,
            peer.direction.ack_since,
            segment.at,
        );
    } else if verdict.intersects(Analysis::DUPLICATE_ACK) {
        why.answered = earlier(own.direction.ack_frame, own.direction.ack_since, segment.at);
        why.repeats = repeats(segment, peer);
        if own.direction.duplicates == 3 {
            own.sender_state.third = segment.at;
        }
    }
}

/// How far its numbers, or what it acknowledges, lie from all that was seen, where that is more than any window: nothing of it is this connection's.
/// An opener that has sent its SYN alone may be answered so by an older connection.
fn counts_elsewhere(
    segment: &IncomingSegment,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> Option<u32> {
    if segment.has(TcpFlags::SYN.union(TcpFlags::RST)) || only_syn_sent(peer) {
        return None;
    }
    let apart = |one: Seq, other: Seq| match other {
        UNKNOWN => 0,
        known => one.distance_from(known).unsigned_abs(),
    };
    let acknowledged = if segment.has(TcpFlags::ACK) {
        apart(segment.ack, peer.direction.next)
    } else {
        0
    };
    let apart = apart(segment.seq, own.direction.next).max(acknowledged);
    (apart > WIDEST_WINDOW).then_some(apart)
}

/// What it acknowledges and was not seen, from this number on. Wireshark says so, too, of a window probe's byte that was taken, behind numbers that began
/// anew, and of what answers this SYN with the numbers of an older connection.
#[cold]
pub(super) fn acknowledges_unseen(
    segment: &IncomingSegment,
    unseen_from: Seq,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> Option<AckedUnseen> {
    if own.sender_state.syn.is_none() && only_syn_sent(peer) {
        return None;
    }
    let known = peer.seen.lacking(unseen_from, segment.ack);
    let next = peer.direction.next;
    let probe = peer.sender_state.probe_byte == Some(segment.ack);
    if segment.ack.after(next) && !probe {
        Some(AckedUnseen::and(known, next, segment.ack))
    } else {
        known
    }
}

/// A RST of who has sent its SYN alone, with a number that is not the next: it answers something of an older connection, and ends that (RFC 9293
/// §3.10.7.3); this one goes on opening.
#[cold]
pub(super) fn ends_another(
    segment: &IncomingSegment,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> bool {
    !segment.has(TcpFlags::ACK)
        && segment.seq != own.direction.next
        && only_syn_sent(own)
        && peer.sender_state.syn.is_none()
}

/// It has sent its SYN, and nothing else that takes numbers: what does not answer that is none of its connection.
fn only_syn_sent(opener: &HalfConnection) -> bool {
    let state = &opener.sender_state;
    let syn = state.syn.map(|(frame, _)| frame);
    let last = state.last_numbered.map(|(frame, _)| frame);
    syn.is_some() && syn == last && state.acked.is_none()
}

/// What the acknowledgement that says the same again answers, as far as the other side's segments show it.
fn repeats(segment: &IncomingSegment, peer: &HalfConnection) -> Option<Repeats> {
    let (frame, end) = peer.sender_state.last_numbered?;
    if end.up_to(segment.ack) && frame == peer.direction.last_frame {
        return Some(Repeats::Old(frame));
    }
    let beyond = peer.direction.next.after(segment.ack);
    beyond.then_some(Repeats::Beyond(peer.direction.next_frame))
}

/// Something can be said of it: its side was seen before, and the file goes on in time. Where the clock stepped back, or packets stand in
/// another order than that in which they were stamped, nothing that is told by times and order holds.
fn judged(segment: &IncomingSegment, own: &HalfConnection, peer: &HalfConnection) -> bool {
    let known = own.direction.next != UNKNOWN
        && (!segment.has(TcpFlags::SYN) || own.sender_state.syn.is_some());
    known && segment.at >= own.direction.at && segment.at >= peer.direction.at
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
    if matches!(
        why.anomaly,
        Some(Anomaly::Duplicated { .. } | Anomaly::Twin { .. } | Anomaly::Reordered(_))
    ) {
        return;
    }
    if let Some(probe) = probe(segment, verdict, own, peer) {
        why.anomaly = None;
        why.sighting = None;
        why.recovery = Some(probe);
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
    let situation = Situation::of(segment, own, peer, why);
    let weighed = segment.asked.then(|| weigh(&situation));
    let (recovery, asked_for) = (decide(&situation), situation.asked_for());
    let timed_out = situation.timed_out;
    why.recovery = recovery;
    if let Some(weighed) = weighed {
        own.weighed.extend(weighed);
    }
    if !own.sender_state.passed {
        own.sender_state.lacking = match why.before {
            None => own.direction.unacked.held_from(segment.seq, segment.end()),
            Some(_) => segment.end(),
        };
        own.sender_state.asked_for = asked_for;
    }
    let within = |end: Seq| segment.seq.before(end);
    let timer = matches!(
        why.recovery,
        Some(Recovery::Timeout { .. } | Recovery::AfterTimeout { .. })
    );
    let anew = own.sender_state.anew.map(|timer| timer.end);
    if timer && (timed_out || !anew.is_some_and(within)) {
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

/// A probe of the window or of an idle connection, by its place just before or at the next number.
fn probe(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> Option<Recovery> {
    if !verdict.intersects(Analysis::KEEP_ALIVE | Analysis::ZERO_WINDOW_PROBE) {
        return None;
    }
    // Linux probes a closed window without data, from one before the next number: the shape of a keep-alive.
    if peer.direction.window == 0 {
        let closed = peer.direction.last_frame;
        return Some(Recovery::WindowProbe { closed });
    }
    if segment.len == 0 {
        return Some(Recovery::KeepAlive(Idle::Empty(own.direction.last_frame)));
    }
    // The last byte again, when nobody has it yet, is no probe.
    let known = peer.direction.ack != UNKNOWN && segment.end().up_to(peer.direction.ack);
    known.then_some(Recovery::KeepAlive(Idle::Acknowledged(
        peer.direction.ack_frame,
    )))
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
