//! How an odd segment comes to be where it was seen, apart from what made its sender send it: as a copy, late, or without need.

use crate::model::Span;
use crate::protocol::decode::TcpFlags;

use super::arriving::Arriving;
use super::circle::{before, up_to};
use super::followed::{Analysis, Came, Why};
use super::half::{Half, round_trip};
use super::unacked::Sent;

/// Where the sender is near, what answers an acknowledgement leaves so soon.
pub(super) const AT_ONCE: Span = Span::from_ms(1);

/// Whether it was sent again at all: it may be a copy, or have been overtaken on the way.
pub(super) fn came(
    segment: &Arriving,
    verdict: Analysis,
    own: &mut Half,
    peer: &mut Half,
    why: &mut Why,
) {
    if answers_again(segment, own, peer) {
        // To a SYN that came twice there are two answers.
        if own.trail.overtaken(segment.mark) && !own.trail.follows(segment) {
            why.came = Some(Came::Late);
        } else if peer.recall.copied || (peer.lane.ack != 0 && up_to(segment.end(), peer.lane.ack))
        {
            why.came = Some(Came::Needless);
        }
        if why.came.is_some()
            && !peer.recall.copied
            && let Some(resend) = peer.recall.resends.answered_twice()
        {
            why.needless[0] = resend;
        }
    } else if own.trail.copies(segment, round_trip(own, peer)) {
        why.came = Some(Came::Copied);
        own.recall.resends.copies = true;
        peer.recall.resends.copies = true;
    } else if !segment.occupies() {
        // Acknowledgements never go back, and a keep-alive is no older than what was sent before it.
        let keep_alive = verdict.contains(Analysis::KEEP_ALIVE);
        let back = own
            .recall
            .acked
            .is_some_and(|high| before(segment.ack, high));
        if back || (keep_alive && own.trail.overtaken(segment.mark)) {
            why.came = Some(Came::Late);
        }
    } else if late(segment, verdict, own, peer) {
        why.came = Some(Came::Late);
        why.needless = own.recall.resends.overtook(segment);
    } else if passed(segment, own, why) {
        own.recall.passed = true;
    } else if had(segment, own, peer) {
        why.came = Some(Came::Needless);
    }
}

/// It was sent again, and came behind what was sent again after it: then those were needless, not this.
fn passed(segment: &Arriving, own: &mut Half, why: &mut Why) -> bool {
    why.needless = own.recall.resends.passed(segment, &own.trail);
    why.needless[0] != 0
}

/// A SYN ACK for each SYN that came.
fn answers_again(segment: &Arriving, own: &Half, peer: &Half) -> bool {
    let syns = peer
        .recall
        .syns
        .saturating_add(u8::from(peer.recall.copied));
    // Where its sender is near, what follows a SYN at once is its answer, though another one had been sent by the timer just before.
    let at_once = after_the_syn(own, peer)
        && segment.at.since(peer.recall.at) < AT_ONCE
        && peer.lane.ack == 0;
    segment.flags.contains(TcpFlags::SYN.union(TcpFlags::ACK))
        && (own.recall.syns < syns || at_once)
}

/// The other side's SYN came after all that this side sent.
fn after_the_syn(own: &Half, peer: &Half) -> bool {
    own.recall.at < peer.recall.at && peer.recall.syns > 1
}

/// It was sent before something that was seen already, and for the first time.
fn late(segment: &Arriving, verdict: Analysis, own: &Half, peer: &Half) -> bool {
    let mended = own.recall.mended.is_some_and(|(mark, next)| {
        before(segment.seq, next) && own.trail.sent_before(mark, segment.mark) == Some(true)
    });
    if mended || own.trail.follows(segment) {
        return false;
    }
    // Its acknowledgement is older than one that was seen: those never go back.
    let acks_less = |high: u32| segment.has(TcpFlags::ACK) && before(segment.ack, high);
    // A SYN ACK may answer a SYN that came again.
    let awaits = || {
        (!segment.has(TcpFlags::SYN) || peer.recall.syns < 2)
            && own.recall.resends.awaits(segment, round_trip(own, peer))
    };
    if own.recall.acked.is_some_and(acks_less) || awaits() {
        return true;
    }
    if peer.lane.ack != 0 && up_to(segment.end(), peer.lane.ack) {
        return own.trail.overtaken(segment.mark);
    }
    if let Some(seen) = own.lane.unacked.latest_with(segment.seq) {
        return own.trail.sent_before(segment.mark, seen.mark) == Some(true);
    }
    let mut above = own.lane.unacked.behind(segment.end());
    let Some(first) = above.next() else {
        // Only acknowledgements were seen since.
        let before = own.trail.sent_before(segment.mark, own.trail.newest());
        return before.unwrap_or_else(|| verdict.contains(Analysis::OUT_OF_ORDER));
    };
    let eldest = above.fold(first, |eldest: &Sent, sent| {
        match own.trail.sent_before(sent.mark, eldest.mark) {
            Some(true) => sent,
            _ => eldest,
        }
    });
    match own.trail.sent_before(segment.mark, eldest.mark) {
        Some(before) => before,
        // In the same tick of its sender's clock: nothing is sent again so soon.
        None if segment.mark.is_stamped() && peer.recall.least > Span::from_ms(2) => true,
        // What is sent again comes a round trip after what was seen first of the bytes behind it.
        None if peer.recall.least > Span::from_ms(1) => {
            let turn = peer.recall.least.ns() / 2;
            // Without selective ones it is the acknowledgement of what is before it that asks for it.
            let selective = own.recall.permitted && peer.recall.permitted;
            let asks = !selective && peer.lane.ack == segment.seq && own.recall.anew.is_none();
            segment.at.since(first.at).ns() < turn
                || (asks && segment.at.since(peer.lane.ack_since).ns() < turn)
        }
        None => verdict.contains(Analysis::OUT_OF_ORDER),
    }
}

/// Its receiver has all of it, as its acknowledgements say, or as was seen where next to nothing is lost any more.
fn had(segment: &Arriving, own: &Half, peer: &Half) -> bool {
    let end = segment.end();
    let at_the_receiver = own.recall.least.ns() * 4 <= round_trip(own, peer).ns()
        && peer.recall.least > Span::from_ms(1);
    (peer.lane.ack != 0 && up_to(end, peer.lane.ack))
        || own.recall.sacked_all(segment.seq, end)
        || (at_the_receiver && own.lane.unacked.hold(segment.seq, end))
}
