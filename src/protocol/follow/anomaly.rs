//! How an odd segment comes to be where it was seen, apart from what made its sender send it: as a copy, late, or without need.

use crate::model::Span;
use crate::protocol::decode::TcpFlags;
use crate::protocol::timing::{
    ANSWERS_WITHIN, GRAIN_OF_CLOCKS, SHORTEST_TIMEOUT, SHORTEST_TIMER, TOO_SOON_FOR_A_RESEND,
};

use super::direction::UNKNOWN;
use super::followed::Analysis;
use super::half_connection::{HalfConnection, round_trip};
use super::incoming::IncomingSegment;
use super::seen::{Coverage, UnseenRange};
use super::unacked::UnackedSegment;
use super::why::{
    Anomaly, CauseClaim, Earlier, Held, HopChanges, Objection, Overtaken, SamePacket, Sighting,
    WeighedCause, Why,
};

/// Whether it was sent again at all: it may be a copy, or have been overtaken on the way.
pub(super) fn classify(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &mut HalfConnection,
    peer: &mut HalfConnection,
    why: &mut Why,
) {
    tell(segment, verdict, own, peer, why);
    if segment.asked {
        own.weighed = weighed(why.anomaly);
    }
}

/// The three ways besides being sent again, each with the claim or what rules it out.
fn weighed(told: Option<Anomaly>) -> Vec<WeighedCause> {
    let ways = [
        ("copied", Objection::NoTwin),
        ("late", Objection::NotOvertaken),
        ("needless", Objection::NotHeld),
    ];
    let one = |(name, objection): (&'static str, Objection)| WeighedCause {
        name,
        claim: match told {
            Some(anomaly) if anomaly.name().starts_with(name) => Ok(CauseClaim::Anomaly(anomaly)),
            Some(twin @ Anomaly::Twin { .. }) if name == "copied" => Ok(CauseClaim::Anomaly(twin)),
            Some(Anomaly::Duplicated { .. }) => Err(Objection::OnTheWay),
            _ => Err(objection),
        },
    };
    ways.map(one).to_vec()
}

fn tell(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &mut HalfConnection,
    peer: &mut HalfConnection,
    why: &mut Why,
) {
    let rtt = round_trip(own, peer);
    let same = own.send_order.same_as(segment, rtt);
    // A second answer to a SYN that came twice looks like a copy, but for its identification where it has one.
    let elsewhere = HopChanges::TTL | HopChanges::VLAN | HopChanges::MSS;
    let numbered = segment.send_stamp.id != 0;
    let certain =
        same.is_some_and(|same| same.copied && (numbered || same.hop.intersects(elsewhere)));
    if !certain && let Some(syn) = answers_again(segment, own, peer) {
        // To a SYN that came twice there are two answers.
        if own.send_order.overtaken(segment.send_stamp) && !own.send_order.follows(segment) {
            why.anomaly = Some(stamped(own));
        } else if peer.sender_state.copied
            || (peer.direction.ack != UNKNOWN && segment.end().up_to(peer.direction.ack))
        {
            why.anomaly = Some(Anomaly::Spurious(Held::SynAnswered(syn)));
        }
        if why.anomaly.is_some()
            && !peer.sender_state.copied
            && let Some(resend) = peer.sender_state.retransmissions.answered_twice()
        {
            why.spurious[0] = resend;
        }
    } else if let Some(SamePacket { of, hop, copied }) = same {
        let answer = segment.has(TcpFlags::SYN) && segment.has(TcpFlags::ACK);
        if !copied || (answer && !certain) {
            why.anomaly = Some(Anomaly::Twin { of });
            return;
        }
        why.anomaly = Some(Anomaly::Duplicated { of, hop });
        own.sender_state.retransmissions.copies = true;
        peer.sender_state.retransmissions.copies = true;
    } else if !segment.occupies() {
        overtaken_acknowledgement(segment, verdict, own, why);
    } else {
        let coverage = own.seen.of(segment.seq, segment.end());
        why.sighting = sighting(segment, coverage);
        if let Some(overtaken) = late(segment, coverage, own, peer) {
            why.anomaly = Some(Anomaly::Reordered(overtaken));
            why.spurious = own.sender_state.retransmissions.overtook(segment);
        } else if passed(segment, own, why) {
            own.sender_state.passed = true;
        } else if let Some(held) = had(segment, coverage, own, peer) {
            why.anomaly = Some(Anomaly::Spurious(held));
        }
    }
}

fn sighting(segment: &IncomingSegment, coverage: Coverage) -> Option<Sighting> {
    Some(match coverage {
        Coverage::Whole => Sighting::Whole,
        Coverage::Part => Sighting::Part,
        Coverage::Nothing(hole) => Sighting::First {
            behind: behind(segment, &hole),
        },
        Coverage::Unknown => return None,
    })
}

/// The first of what stands behind a hole.
fn behind(segment: &IncomingSegment, hole: &UnseenRange) -> Earlier {
    Earlier {
        frame: hole.shown_by,
        ago: segment.at.since(hole.at),
    }
}

/// Overtaken by what bears its sender's newest stamp.
const fn stamped(own: &HalfConnection) -> Anomaly {
    Anomaly::Reordered(Overtaken::Stamp(own.send_order.newest_frame()))
}

/// Acknowledgements never go back, and a keep-alive is no older than what was sent before it.
fn overtaken_acknowledgement(
    segment: &IncomingSegment,
    verdict: Analysis,
    own: &HalfConnection,
    why: &mut Why,
) {
    let state = &own.sender_state;
    if state.acked.is_some_and(|high| segment.ack.before(high)) {
        let overtaken = Overtaken::Acknowledgement(state.acked_in);
        why.anomaly = Some(Anomaly::Reordered(overtaken));
    } else if verdict.contains(Analysis::KEEP_ALIVE) && own.send_order.overtaken(segment.send_stamp)
    {
        why.anomaly = Some(stamped(own));
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

/// A SYN ACK for each SYN that came: the frame of the last of those.
fn answers_again(
    segment: &IncomingSegment,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> Option<u32> {
    if !segment.flags.contains(TcpFlags::SYN.union(TcpFlags::ACK)) {
        return None;
    }
    let syns = peer
        .sender_state
        .syns
        .saturating_add(u8::from(peer.sender_state.copied));
    // Where its sender is near, what follows a SYN at once is its answer, though another one had been sent by the timer just before.
    let at_once = after_the_syn(own, peer)
        && segment.at.since(peer.sender_state.at) < ANSWERS_WITHIN
        && peer.direction.ack == UNKNOWN;
    let (syn, _) = peer.sender_state.syn?;
    (own.sender_state.syns < syns || at_once).then_some(syn)
}

/// The other side's SYN came after all that this side sent.
fn after_the_syn(own: &HalfConnection, peer: &HalfConnection) -> bool {
    own.sender_state.at < peer.sender_state.at && peer.sender_state.syns > 1
}

/// It was sent before something that was seen already, and for the first time.
fn late(
    segment: &IncomingSegment,
    coverage: Coverage,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> Option<Overtaken> {
    let mended = own.sender_state.mended.is_some_and(|(send_stamp, next)| {
        segment.seq.before(next)
            && own.send_order.sent_before(send_stamp, segment.send_stamp) == Some(true)
    });
    if mended {
        return None;
    }
    if own.send_order.follows(segment) {
        return unasked_against_its_count(segment, coverage, own, peer);
    }
    // A SYN ACK may answer a SYN that came again.
    let awaits = !segment.has(TcpFlags::SYN) || peer.sender_state.syns < 2;
    let retransmissions = &own.sender_state.retransmissions;
    let resend = retransmissions
        .awaits(segment, round_trip(own, peer))
        .filter(|_| awaits);
    let overtaken = overtaken(segment, coverage, own, peer);
    match coverage {
        // Seen already, and so sent again: this is the first one, where anything says so.
        Coverage::Whole => resend
            .or_else(|| {
                let resent = retransmissions.latest_with(segment);
                overtaken.and_then(|_| resent.or_else(|| own.send_order.holding(segment)))
            })
            .map(Overtaken::Resend),
        _ => overtaken.or(resend.map(Overtaken::Resend)),
    }
}

/// Its sender's count of packets alone says that it was sent after what stands behind it; but the numbers below it were seen so shortly before that no timer
/// can have run out, and nothing can have asked for it. Then it was sent once.
fn unasked_against_its_count(
    segment: &IncomingSegment,
    coverage: Coverage,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> Option<Overtaken> {
    let Coverage::Nothing(hole) = coverage else {
        return None;
    };
    let newest = own.send_order.newest();
    if segment.send_stamp.is_stamped() && segment.send_stamp.ticks_since(newest) != 0 {
        return None;
    }
    let below = own.direction.unacked.latest_with(hole.from.minus(1))?;
    let fresh = segment.at.since(below.at) < SHORTEST_TIMER;
    let unasked = own.sender_state.sacked_above(segment.end()).is_none();
    let behind = behind(segment, &hole);
    (fresh && unasked && behind.ago < TOO_SOON_FOR_A_RESEND.max(half(own, peer)))
        .then_some(Overtaken::TooSoon(behind))
}

/// Half of the whole round trip.
fn half(own: &HalfConnection, peer: &HalfConnection) -> Span {
    Span::from_ns(round_trip(own, peer).ns() / 2)
}

/// By its stamps, by what it acknowledges, or because nothing can have asked for it so soon.
fn overtaken(
    segment: &IncomingSegment,
    coverage: Coverage,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> Option<Overtaken> {
    let state = &own.sender_state;
    if segment.has(TcpFlags::ACK) && state.acked.is_some_and(|high| segment.ack.before(high)) {
        return Some(Overtaken::Acknowledgement(state.acked_in));
    }
    let order = &own.send_order;
    let newest = Overtaken::Stamp(order.newest_frame());
    if peer.direction.ack != UNKNOWN && segment.end().up_to(peer.direction.ack) {
        return order.overtaken(segment.send_stamp).then_some(newest);
    }
    if let Some(seen) = own.direction.unacked.latest_with(segment.seq) {
        let before = order.sent_before(segment.send_stamp, seen.send_stamp);
        return (before == Some(true)).then_some(Overtaken::Stamp(seen.frame));
    }
    let mut above = own.direction.unacked.behind(segment.end());
    let Some(first) = above.next() else {
        // Only acknowledgements were seen since.
        let before = order.sent_before(segment.send_stamp, order.newest());
        return (before == Some(true)).then_some(newest);
    };
    let eldest = above.fold(first, |eldest: &UnackedSegment, sent| {
        match order.sent_before(sent.send_stamp, eldest.send_stamp) {
            Some(true) => sent,
            _ => eldest,
        }
    });
    match order.sent_before(segment.send_stamp, eldest.send_stamp) {
        Some(before) => before.then_some(Overtaken::Stamp(eldest.frame)),
        None => match coverage {
            Coverage::Nothing(hole) => too_soon(segment, &hole, own, peer).map(Overtaken::TooSoon),
            _ => None,
        },
    }
}

/// None of it had been seen, and what is behind it came so shortly before that nothing can have asked for a resend: what is sent again comes
/// from here to the other side, and from there to its sender and back, after the first of what stands behind it.
fn too_soon(
    segment: &IncomingSegment,
    hole: &UnseenRange,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> Option<Earlier> {
    let behind = behind(segment, hole);
    // In the same tick of its sender's clock nothing is sent again.
    let tick = segment.send_stamp.is_stamped() && peer.sender_state.least > GRAIN_OF_CLOCKS;
    let turn = peer.sender_state.least.ns() / 2;
    // Without selective ones it is the acknowledgement of what is before it that asks for it.
    let selective = own.sender_state.permitted && peer.sender_state.permitted;
    let asks = !selective
        && peer.direction.ack == segment.seq
        && own.sender_state.anew.is_none()
        && segment.at.since(peer.direction.ack_since).ns() < turn;
    let near = peer.sender_state.least > ANSWERS_WITHIN && (behind.ago.ns() < turn || asks);
    // Where no round trip is known, or the sender is near, half of the connection's is.
    let unasked = own.sender_state.sacked_above(segment.end()).is_none()
        && !(peer.direction.ack == segment.seq && peer.direction.duplicates > 0);
    let quick = unasked && behind.ago < half(own, peer).max(TOO_SOON_FOR_A_RESEND);
    (tick || near || quick).then_some(behind)
}

/// Its receiver has all of it, as its acknowledgements say, or as was seen where next to nothing is lost any more.
fn had(
    segment: &IncomingSegment,
    coverage: Coverage,
    own: &HalfConnection,
    peer: &HalfConnection,
) -> Option<Held> {
    let end = segment.end();
    // What answers a SYN with the numbers of an older connection acknowledges nothing of this one.
    let syn = segment.has(TcpFlags::SYN) && !segment.has(TcpFlags::ACK);
    let of_another = syn && peer.sender_state.syn.is_none();
    let acked = peer.direction.ack != UNKNOWN && end.up_to(peer.direction.ack) && !of_another;
    if acked {
        // Seen here for the first time: then either the file is out of step, or the sniffer missed it.
        let seen = match coverage {
            Coverage::Nothing(_) => {
                segment.at.since(peer.direction.ack_since) >= whole_trip(own, peer)
            }
            _ => true,
        };
        return seen.then_some(Held::Acknowledged(peer.direction.ack_frame));
    }
    if let Some(block) = own.sender_state.sacked_all(segment.seq, end) {
        return Some(Held::Selectively(block.frame));
    }
    let at_the_receiver = own.sender_state.least.ns() * 4 <= round_trip(own, peer).ns()
        && peer.sender_state.least > ANSWERS_WITHIN;
    let seen = at_the_receiver && own.direction.unacked.hold(segment.seq, end);
    let last = own.direction.unacked.latest_with(segment.seq)?;
    seen.then_some(Held::Seen(last.frame))
}

/// The whole round trip, and where none is known the shortest timeout: nothing is sent again sooner.
fn whole_trip(own: &HalfConnection, peer: &HalfConnection) -> Span {
    match round_trip(own, peer) {
        Span::ZERO => SHORTEST_TIMEOUT,
        rtt => rtt,
    }
}
