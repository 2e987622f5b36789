//! The one table of mechanisms that may have sent something again: each with its source, what speaks for it, and what against.
//!
//! Every candidate is asked the same way: it gives the claim, built from its evidence, or the objection that rules it out. The first
//! of the table that stands is told. Where all are ruled out, nothing is claimed.
//!
//! The table is in the order of certainty: what a flag or a block shows comes before what only times can tell.

use crate::model::{Seq, Span, Time};
use crate::protocol::decode::TcpFlags;
use crate::protocol::timing::{
    ANSWERS_WITHIN, BUSY_HOST_LATE_BY, GAP_IS_NO_REORDERING, PROBE_SLACK, SAME_CAUSE_WITHIN,
    SHORTEST_TIMEOUT, SHORTEST_TIMER,
};

use super::half_connection::{HalfConnection, round_trip};
use super::incoming::IncomingSegment;
use super::why::{
    CauseClaim, DuplicateAcks, Earlier, Objection, Recovery, SackBlock, Sighting, WeighedCause, Why,
};

/// One mechanism of a sender.
struct Candidate {
    /// As [`Recovery::name`] gives it, but where two are told under one name.
    name: &'static str,
    /// The claim with its evidence, or what rules it out.
    weigh: fn(&Situation<'_>) -> Result<Recovery, Objection>,
}

/// The candidates in the order in which they are asked. Sources: each function's first line has its rule and where that stands.
const TABLE: [Candidate; 10] = [
    candidate("syn-retry", syn_retry),
    candidate("passed", passed_by_its_successors),
    candidate("after-timeout", after_timeout),
    candidate("prompted", prompted),
    candidate("tail-loss-probe", tail_loss_probe),
    candidate("timeout", timeout),
    candidate("sack", sack),
    candidate("fast-retransmit", fast_retransmit),
    candidate("partial-ack", partial_ack),
    candidate("some-timeout", some_timeout),
];

const fn candidate(
    name: &'static str,
    weigh: fn(&Situation<'_>) -> Result<Recovery, Objection>,
) -> Candidate {
    Candidate { name, weigh }
}

/// The first candidate that stands.
pub(super) fn decide(situation: &Situation<'_>) -> Option<Recovery> {
    if !situation.sent_before {
        return None;
    }
    let weighed = TABLE.iter().map(|candidate| (candidate.weigh)(situation));
    weighed.into_iter().find_map(Result::ok)
}

/// All candidates, each with its claim or the objection to it; where nothing shows that it had been sent before, that is the objection to each.
pub(super) fn weigh(situation: &Situation<'_>) -> Vec<WeighedCause> {
    let weighed = TABLE.iter().map(|candidate| WeighedCause {
        name: candidate.name,
        claim: match (candidate.weigh)(situation) {
            Ok(_) if !situation.sent_before => Err(Objection::NothingShowsALoss),
            claim => claim.map(CauseClaim::Recovery),
        },
    });
    weighed.collect()
}

/// A segment that may have been sent again, and what is known just then.
pub(super) struct Situation<'a> {
    segment: &'a IncomingSegment,
    own: &'a HalfConnection,
    peer: &'a HalfConnection,
    before: Option<Earlier>,
    dup_acks: u32,
    /// It was seen before, or something shows that it had been sent.
    sent_before: bool,
    tries: u8,
    /// Since when nothing has come that could have made its sender send: since it sent these bytes itself, or could learn of an
    /// acknowledgement that moved on.
    idle: Earlier,
    /// How long its sender had sent nothing that takes numbers, in nanoseconds.
    silent: i64,
    /// The whole round trip, in nanoseconds; 0 while it is not known.
    rtt: i64,
    /// It has waited so long that a timer may have run out.
    pub(super) timed_out: bool,
    /// Both sides permit selective acknowledgements.
    selective: bool,
    /// A selective acknowledgement of something behind it.
    block: Option<SackBlock>,
    /// The third acknowledgement of its kind has reached the sender, and its answer can have come back; how long ago.
    thrice: bool,
    third: i64,
}

impl<'a> Situation<'a> {
    pub(super) fn of(
        segment: &'a IncomingSegment,
        own: &'a HalfConnection,
        peer: &'a HalfConnection,
        why: &Why,
    ) -> Self {
        let state = &own.sender_state;
        let tries = if state.tries > 0 && state.again == segment.seq {
            state.tries.saturating_add(1)
        } else {
            1
        };
        let rtt = round_trip(own, peer).ns();
        let idle = idle(segment, own, peer, why);
        let least = peer.sender_state.least.ns();
        let third = segment
            .at
            .since(peer.sender_state.third)
            .ns()
            .saturating_sub(least);
        let block = state.sacked_above(segment.end());
        let within = state.sacked_within(segment);
        let asked = block.is_some() || within.is_some() || why.dup_acks > 0;
        let waited = idle.ago >= SHORTEST_TIMEOUT;
        Self {
            segment,
            own,
            peer,
            before: why.before,
            dup_acks: why.dup_acks,
            sent_before: match why.sighting {
                Some(Sighting::Whole | Sighting::Part) => true,
                Some(Sighting::First { behind }) => {
                    let turn = least.max(0) / 8 * 7;
                    // An acknowledgement that stands just here, though what is behind it had been sent.
                    let stands = segment.at.since(peer.direction.ack_since);
                    let waits = peer.direction.ack == segment.seq && stands < behind.ago;
                    (asked && behind.ago.ns() >= turn)
                        || (waits && turn > 0 && stands.ns() >= turn)
                        || behind.ago >= GAP_IS_NO_REORDERING.max(Span::from_ns(rtt))
                }
                None => {
                    let syn = segment.has(TcpFlags::SYN) && state.syn.is_some();
                    why.before.is_some() || syn || asked || waited
                }
            },
            tries,
            idle,
            silent: segment.at.since(state.at).ns(),
            rtt,
            timed_out: idle.ago.ns() >= SHORTEST_TIMEOUT.ns() + rtt / 2,
            selective: state.permitted && peer.sender_state.permitted,
            block,
            thrice: why.dup_acks >= 3 && third > -ANSWERS_WITHIN.ns().max(least / 4),
            third,
        }
    }

    /// The acknowledgements that asked for it by now.
    pub(super) fn asked_for(&self) -> Option<Recovery> {
        let thrice = self.dup_acks >= 3;
        let block = self.block.filter(|_| self.selective).map(Recovery::Sack);
        block.or_else(|| thrice.then(|| Recovery::FastRetransmit(self.duplicates())))
    }

    fn duplicates(&self) -> DuplicateAcks {
        DuplicateAcks {
            count: self.dup_acks,
            of: self.peer.direction.ack_frame,
        }
    }

    /// It begins before this number, up to which a recovery goes.
    fn within(&self, recovery: Option<Seq>) -> bool {
        recovery.is_some_and(|end| self.segment.seq.before(end))
    }

    /// The first that is not acknowledged: the timer is about that.
    fn is_first(&self) -> bool {
        let acked = self.peer.sender_state.acked;
        !self
            .segment
            .seq
            .after(acked.unwrap_or(self.peer.direction.ack))
    }

    /// Acknowledgements made its sender send it: the third that was the same, just now; or one that has just come, where the sender is near.
    fn prompted_by_repeated(&self) -> bool {
        // A busy host that answers late sends nothing else before.
        let busy = self.third < BUSY_HOST_LATE_BY.ns()
            && self.silent < self.rtt + BUSY_HOST_LATE_BY.ns()
            && self.silent.saturating_add(SAME_CAUSE_WITHIN.ns()) >= self.third;
        let just = self.third < SAME_CAUSE_WITHIN.ns() || busy;
        let least = self.peer.sender_state.least;
        let near = least.ns() < self.rtt / 8 || (least > Span::ZERO && least < ANSWERS_WITHIN);
        let near = near && self.segment.at.since(self.peer.direction.at) < ANSWERS_WITHIN;
        let repeated = self.dup_acks > 0 || self.sacked_behind();
        self.tries == 1 && ((self.thrice && just) || (repeated && near))
    }

    fn sacked_behind(&self) -> bool {
        self.own.sender_state.sacked_behind(self.segment.seq)
    }

    fn asked(&self) -> bool {
        self.sacked_behind() || self.thrice || self.own.sender_state.asked.is_some()
    }

    /// So long since the bytes were sent last that a timer can have run out in between.
    fn waited(&self) -> Result<(), Objection> {
        let since = self.before.map_or(self.idle.ago, |before| before.ago);
        if since < SHORTEST_TIMER {
            return Err(Objection::TooSoon);
        }
        Ok(())
    }
}

/// A SYN that nothing answers goes again (RFC 9293 §3.8.1; RFC 6298 §2 for how long it waits). For it: the SYN flag, and the last SYN so long ago that a
/// timer can have run out.
fn syn_retry(s: &Situation<'_>) -> Result<Recovery, Objection> {
    if !s.segment.has(TcpFlags::SYN) {
        return Err(Objection::OtherKind);
    }
    let (frame, at) = s.own.sender_state.syn.ok_or(Objection::NotBegun)?;
    let ago = s.segment.at.since(at);
    if ago < SHORTEST_TIMER {
        return Err(Objection::TooSoon);
    }
    let silence = Earlier { frame, ago };
    let tries = s.tries;
    Ok(Recovery::SynRetry { tries, silence })
}

/// It was sent again, and came behind what was sent again after it: what asked for that asked for this.
fn passed_by_its_successors(s: &Situation<'_>) -> Result<Recovery, Objection> {
    let state = &s.own.sender_state;
    if !state.passed || s.segment.has(TcpFlags::SYN) {
        return Err(Objection::NotBegun);
    }
    match state.asked_for {
        Some(asked) => Ok(asked),
        None => {
            s.waited()?;
            Ok(s.timer())
        }
    }
}

/// Behind what a timer sent, all that had been sent goes again (RFC 5681 §3.1). For it: a timer's resend that is not
/// acknowledged whole. Against it: something sent after the last resend of it was selectively acknowledged (RFC 8985 §6.2).
fn after_timeout(s: &Situation<'_>) -> Result<Recovery, Objection> {
    let timer = s.own.sender_state.anew.ok_or(Objection::NotBegun)?;
    if !s.within(Some(timer.end)) || s.segment.has(TcpFlags::SYN) {
        return Err(Objection::NotBegun);
    }
    if !s.timed_out
        && let Some(block) = lost_again(s)
    {
        return Ok(Recovery::Sack(block));
    }
    if s.timed_out {
        return Ok(s.timer());
    }
    // Each goes again once: what comes again sooner than any timer runs out was not sent by that.
    if s.tries > 1 || !s.segment.seq.after(timer.seq) {
        s.waited()?;
    }
    let (tries, timer) = (s.tries, timer.frame);
    Ok(Recovery::AfterTimeout { tries, timer })
}

/// A FIN that is not acknowledged goes again with whatever its kernel has to send: BSD's do so. For it: a FIN alone, seen before, right behind something
/// that came, with the first acknowledgement of that, or when no timer can have run out.
fn prompted(s: &Situation<'_>) -> Result<Recovery, Objection> {
    if !s.segment.has(TcpFlags::FIN) || s.segment.len > 0 || s.segment.has(TcpFlags::SYN) {
        return Err(Objection::OtherKind);
    }
    let sent = s.before.ok_or(Objection::NotBegun)?;
    let (came, least) = (&s.peer.direction, s.peer.sender_state.least);
    let ago = s.segment.at.since(came.at);
    if ago.ns() > least.ns() + ANSWERS_WITHIN.ns() || ago > sent.ago {
        return Err(Objection::NotBegun);
    }
    let acked = s.own.sender_state.acked;
    let acknowledges = acked.is_some_and(|acked| s.segment.ack.after(acked));
    let asked = s.dup_acks > 0 || s.asked();
    if !acknowledges && (asked || sent.ago >= SHORTEST_TIMER) {
        return Err(Objection::TooLate);
    }
    let frame = came.last_frame;
    Ok(Recovery::Prompted {
        by: Earlier { frame, ago },
    })
}

/// The last segment goes again after about two round trips of silence (RFC 8985 §7.2), where both sides permit selective acknowledgements. For it: the
/// last number, and that silence. Against it: any acknowledgement that asks, another probe that is still open, more in it than was sent there before.
fn tail_loss_probe(s: &Situation<'_>) -> Result<Recovery, Objection> {
    if s.segment.has(TcpFlags::SYN) {
        return Err(Objection::OtherKind);
    }
    let state = &s.own.sender_state;
    if s.segment.end() != s.own.direction.next || merges(s) || state.probed.is_some() {
        return Err(Objection::AnotherSegment);
    }
    // It asks for an acknowledgement, and so needs one that can tell of a hole.
    if !s.selective {
        return Err(Objection::NotBegun);
    }
    if s.asked() {
        return Err(Objection::Prompted);
    }
    // It waits for two round trips after all that it sent, and after each acknowledgement.
    if s.rtt == 0 || s.silent < s.rtt || s.idle.ago.ns() < s.rtt || s.waited().is_err() {
        return Err(Objection::TooSoon);
    }
    if !probes_in_time(s) {
        return Err(Objection::TooLate);
    }
    Ok(Recovery::TailLossProbe { silence: s.idle })
}

/// The timer is about the first number that is not acknowledged (RFC 6298 §5). For it: that number, and a silence that no timer is shorter than.
/// Against it: acknowledgements that just asked.
fn timeout(s: &Situation<'_>) -> Result<Recovery, Objection> {
    if s.segment.has(TcpFlags::SYN) {
        return Err(Objection::OtherKind);
    }
    if !s.is_first() {
        return Err(Objection::AnotherSegment);
    }
    let busy = s.asked() && s.tries == 1 && s.silent < SAME_CAUSE_WITHIN.ns();
    if busy || s.prompted_by_repeated() {
        return Err(Objection::Prompted);
    }
    // Without selective ones they ask but once (RFC 6582): what waits longer after them, or comes once more, does so for the timer.
    let long = s.tries > 1 || s.silent >= s.rtt + BUSY_HOST_LATE_BY.ns();
    let past = s.thrice && long && !s.selective;
    if !s.timed_out && !past {
        return Err(Objection::TooSoon);
    }
    s.waited()?;
    Ok(s.timer())
}

/// A selective acknowledgement of something behind it shows the hole (RFC 6675 §5, RFC 8985 §6.2). For it: such a block, seen before it; a D-SACK is none.
fn sack(s: &Situation<'_>) -> Result<Recovery, Objection> {
    if s.segment.has(TcpFlags::SYN) {
        return Err(Objection::OtherKind);
    }
    let within = s.own.sender_state.sacked_within(s.segment);
    s.block
        .map(Recovery::Sack)
        .or(within.map(Recovery::SackWithin))
        .ok_or(Objection::NothingSacked)
}

/// Repeated acknowledgements ask for it (RFC 5681 §3.2). For it: duplicates of the acknowledgement that stands at its first number.
fn fast_retransmit(s: &Situation<'_>) -> Result<Recovery, Objection> {
    if s.dup_acks == 0 {
        return Err(Objection::NothingRepeated);
    }
    if !s.thrice && !s.prompted_by_repeated() && !s.within(s.own.sender_state.asked) {
        return Err(Objection::TooSoon);
    }
    Ok(Recovery::FastRetransmit(s.duplicates()))
}

/// A loss had been noticed, and an acknowledgement has come that covers a part (RFC 6582, RFC 6675 §5): it starts the timer anew (RFC 6298 §5), and no timer waits so short.
fn partial_ack(s: &Situation<'_>) -> Result<Recovery, Objection> {
    if s.segment.has(TcpFlags::SYN) {
        return Err(Objection::OtherKind);
    }
    let state = &s.own.sender_state;
    let begun = s.within(state.asked) || s.peer.direction.ack_frame > state.resent_in;
    if state.resent_in == 0 || !begun || s.peer.direction.ack_frame == 0 {
        return Err(Objection::NotBegun);
    }
    let peer = &s.peer;
    let least = peer.sender_state.least.ns();
    let learned = s
        .segment
        .at
        .since(peer.sender_state.acked_at)
        .ns()
        .saturating_sub(least);
    let came = s.segment.at.since(peer.direction.at).ns();
    let prompted = came.saturating_sub(least) < SAME_CAUSE_WITHIN.ns();
    if s.timed_out || !(s.within(state.asked) || prompted || learned < s.rtt / 2) {
        return Err(Objection::TooLate);
    }
    let (frame, at) = (peer.direction.ack_frame, peer.direction.ack_since);
    let ago = s.segment.at.since(at);
    Ok(Recovery::PartialAck {
        ack: Earlier { frame, ago },
    })
}

/// Nothing else is left, and it has waited for a round trip: a timer (RFC 6298 §5).
fn some_timeout(s: &Situation<'_>) -> Result<Recovery, Objection> {
    if s.segment.has(TcpFlags::SYN) {
        return Err(Objection::OtherKind);
    }
    s.waited()?;
    // An acknowledgement of something new starts it anew (RFC 6298 §5.3).
    let shortest = s.own.sender_state.rtt.max(SHORTEST_TIMER);
    if !s.timed_out && s.idle.ago < shortest {
        return Err(Objection::TooSoon);
    }
    Ok(s.timer())
}

impl Situation<'_> {
    fn timer(&self) -> Recovery {
        Recovery::Timeout {
            tries: self.tries,
            silence: self.idle,
        }
    }
}

/// It has not waited longer than a probe does: two round trips, and where the other side may delay its acknowledgement the shortest timeout besides.
fn probes_in_time(s: &Situation<'_>) -> bool {
    let state = &s.own.sender_state;
    // What answers the last SYN may echo the timestamp of the first: then the sender takes all its waiting for a round trip.
    let unknown = state.syns > 1 && s.segment.send_stamp.is_stamped();
    let longest = SHORTEST_TIMEOUT.ns() + 2 * state.rtt.ns().max(s.rtt) + PROBE_SLACK.ns();
    unknown || s.idle.ago.ns() <= longest
}

/// It was sent again already, and something that was sent after that is selectively acknowledged: so that was lost too, and from there on it is
/// acknowledgements that ask (RFC 8985 §6.2 marks a resend as lost by what was sent after it).
fn lost_again(s: &Situation<'_>) -> Option<SackBlock> {
    let (state, unacked) = (&s.own.sender_state, &s.own.direction.unacked);
    let last = unacked
        .latest_with(s.segment.seq)
        .filter(|last| s.selective && state.retransmissions.holds(last.frame))?;
    unacked
        .behind(s.segment.end())
        .filter(|sent| sent.frame > last.frame)
        .find_map(|sent| state.sacked_all(sent.seq, sent.end))
}

/// It holds more than what began here when it was seen first. A probe is the last segment alone, a timer's resend takes in what stands behind it
/// where there is room in it, as the lab shows of Linux.
fn merges(s: &Situation<'_>) -> bool {
    s.own
        .direction
        .unacked
        .latest_with(s.segment.seq)
        .is_some_and(|sent| sent.end.before(s.segment.end()))
}

/// How long the sender has waited, and since which frame: since it sent this, or since it can have learned of an acknowledgement that moved on. What
/// was lost before the vantage was sent no later than what was seen first of the bytes behind it.
fn idle(
    segment: &IncomingSegment,
    own: &HalfConnection,
    peer: &HalfConnection,
    why: &Why,
) -> Earlier {
    let state = &peer.sender_state;
    let learned = segment
        .at
        .since(state.acked_at)
        .ns()
        .saturating_sub(state.least.ns());
    let sent = why.before.unwrap_or_else(|| no_later(segment, own));
    if peer.direction.ack_frame == 0 || sent.ago.ns() <= learned {
        return sent;
    }
    Earlier {
        frame: state.acked_in,
        ago: Span::from_ns(learned.max(0)),
    }
}

/// It was sent for the first time no later than this frame.
fn no_later(segment: &IncomingSegment, own: &HalfConnection) -> Earlier {
    let behind = own.direction.unacked.behind(segment.end());
    let first = behind.min_by_key(|sent| sent.at);
    let seen = first.map_or((own.sender_state.at, own.direction.last_frame), |sent| {
        (sent.at, sent.frame)
    });
    let hole = own
        .sender_state
        .hole
        .filter(|(from, to, _)| from.up_to(segment.seq) && segment.seq.before(*to))
        .map(|(.., at)| (at, seen.1));
    let (at, frame): (Time, u32) = hole.map_or(seen, |hole| hole.min(seen));
    Earlier {
        frame,
        ago: segment.at.since(at),
    }
}
