//! How an odd segment comes to be where it was seen, apart from what made its sender send it: as a copy, late, or without need.

use crate::model::{Seq, Span};
use crate::protocol::decode::TcpFlags;
use crate::protocol::timing::ANSWERS_WITHIN;

use super::direction::UNKNOWN;
use super::followed::{Analysis, Anomaly, Why};
use super::half_connection::{HalfConnection, round_trip};
use super::incoming::IncomingSegment;
use super::unacked::UnackedSegment;

/// Whether it was sent again at all: it may be a copy, or have been overtaken on the way.
pub(super) fn classify(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &mut HalfConnection,
    peer: &mut HalfConnection,
    why: &mut Why,
) {
    if answers_again(segment, own, peer) {
        // To a SYN that came twice there are two answers.
        if own.send_order.overtaken(segment.send_stamp) && !own.send_order.follows(segment) {
            why.anomaly = Some(Anomaly::Reordered);
        } else if peer.sender_state.copied
            || (peer.direction.ack != UNKNOWN && segment.end().up_to(peer.direction.ack))
        {
            why.anomaly = Some(Anomaly::Spurious);
        }
        if why.anomaly.is_some()
            && !peer.sender_state.copied
            && let Some(resend) = peer.sender_state.retransmissions.answered_twice()
        {
            why.spurious[0] = resend;
        }
    } else if own.send_order.is_duplicate(segment, round_trip(own, peer)) {
        why.anomaly = Some(Anomaly::Duplicated);
        own.sender_state.retransmissions.copies = true;
        peer.sender_state.retransmissions.copies = true;
    } else if !segment.occupies() {
        // Acknowledgements never go back, and a keep-alive is no older than what was sent before it.
        let keep_alive = verdict.contains(Analysis::KEEP_ALIVE);
        let back = own
            .sender_state
            .acked
            .is_some_and(|high| segment.ack.before(high));
        if back || (keep_alive && own.send_order.overtaken(segment.send_stamp)) {
            why.anomaly = Some(Anomaly::Reordered);
        }
    } else if late(segment, verdict, own, peer) {
        why.anomaly = Some(Anomaly::Reordered);
        why.spurious = own.sender_state.retransmissions.overtook(segment);
    } else if passed(segment, own, why) {
        own.sender_state.passed = true;
    } else if had(segment, own, peer) {
        why.anomaly = Some(Anomaly::Spurious);
    }
}

/// It was sent again, and came behind what was sent again after it: then those were needless, not this.
fn passed(segment: &IncomingSegment, own: &mut HalfConnection, why: &mut Why) -> bool {
    why.spurious = own
        .sender_state
        .retransmissions
        .passed(segment, &own.send_order);
    why.spurious[0] != 0
}

/// A SYN ACK for each SYN that came.
fn answers_again(segment: &IncomingSegment, own: &HalfConnection, peer: &HalfConnection) -> bool {
    let syns = peer
        .sender_state
        .syns
        .saturating_add(u8::from(peer.sender_state.copied));
    // Where its sender is near, what follows a SYN at once is its answer, though another one had been sent by the timer just before.
    let at_once = after_the_syn(own, peer)
        && segment.at.since(peer.sender_state.at) < ANSWERS_WITHIN
        && peer.direction.ack == UNKNOWN;
    segment.flags.contains(TcpFlags::SYN.union(TcpFlags::ACK))
        && (own.sender_state.syns < syns || at_once)
}

/// The other side's SYN came after all that this side sent.
fn after_the_syn(own: &HalfConnection, peer: &HalfConnection) -> bool {
    own.sender_state.at < peer.sender_state.at && peer.sender_state.syns > 1
}

/// It was sent before something that was seen already, and for the first time.
fn late(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> bool {
    let mended = own.sender_state.mended.is_some_and(|(send_stamp, next)| {
        segment.seq.before(next)
            && own.send_order.sent_before(send_stamp, segment.send_stamp) == Some(true)
    });
    if mended || own.send_order.follows(segment) {
        return false;
    }
    // Its acknowledgement is older than one that was seen: those never go back.
    let acks_less = |high: Seq| segment.has(TcpFlags::ACK) && segment.ack.before(high);
    // A SYN ACK may answer a SYN that came again.
    let awaits = || {
        (!segment.has(TcpFlags::SYN) || peer.sender_state.syns < 2)
            && own
                .sender_state
                .retransmissions
                .awaits(segment, round_trip(own, peer))
    };
    if own.sender_state.acked.is_some_and(acks_less) || awaits() {
        return true;
    }
    if peer.direction.ack != UNKNOWN && segment.end().up_to(peer.direction.ack) {
        return own.send_order.overtaken(segment.send_stamp);
    }
    if let Some(seen) = own.direction.unacked.latest_with(segment.seq) {
        return own
            .send_order
            .sent_before(segment.send_stamp, seen.send_stamp)
            == Some(true);
    }
    let mut above = own.direction.unacked.behind(segment.end());
    let Some(first) = above.next() else {
        // Only acknowledgements were seen since.
        let before = own
            .send_order
            .sent_before(segment.send_stamp, own.send_order.newest());
        return before.unwrap_or_else(|| verdict.contains(Analysis::OUT_OF_ORDER));
    };
    let eldest = above.fold(first, |eldest: &UnackedSegment, sent| {
        match own
            .send_order
            .sent_before(sent.send_stamp, eldest.send_stamp)
        {
            Some(true) => sent,
            _ => eldest,
        }
    });
    match own
        .send_order
        .sent_before(segment.send_stamp, eldest.send_stamp)
    {
        Some(before) => before,
        // In the same tick of its sender's clock: nothing is sent again so soon.
        None if segment.send_stamp.is_stamped() && peer.sender_state.least > Span::from_ms(2) => {
            true
        }
        // What is sent again comes a round trip after what was seen first of the bytes behind it.
        None if peer.sender_state.least > Span::from_ms(1) => {
            let turn = peer.sender_state.least.ns() / 2;
            // Without selective ones it is the acknowledgement of what is before it that asks for it.
            let selective = own.sender_state.permitted && peer.sender_state.permitted;
            let asks =
                !selective && peer.direction.ack == segment.seq && own.sender_state.anew.is_none();
            segment.at.since(first.at).ns() < turn
                || (asks && segment.at.since(peer.direction.ack_since).ns() < turn)
        }
        None => verdict.contains(Analysis::OUT_OF_ORDER),
    }
}

/// Its receiver has all of it, as its acknowledgements say, or as was seen where next to nothing is lost any more.
fn had(segment: &IncomingSegment, own: &HalfConnection, peer: &HalfConnection) -> bool {
    let end = segment.end();
    let at_the_receiver = own.sender_state.least.ns() * 4 <= round_trip(own, peer).ns()
        && peer.sender_state.least > Span::from_ms(1);
    (peer.direction.ack != UNKNOWN && end.up_to(peer.direction.ack))
        || own.sender_state.sacked_all(segment.seq, end)
        || (at_the_receiver && own.direction.unacked.hold(segment.seq, end))
}
