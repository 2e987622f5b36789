//! Why something was sent again: which mechanism of the sender it belongs to, as far as one vantage can tell.
//!
//! Wireshark's flags say what a segment looks like; this says what made the sender send it. What is known for it: when these bytes were
//! seen before, what the other side acknowledged since (selectively too), whether its window is closed, how
//! often these bytes came already, and which recovery the sender is in. A segment that was lost before the vantage was never seen the
//! first time; then the acknowledgements decide. What was not sent again at all (`trail`), or without need (`resends`),
//! is told from that first.
//!
//! Heads up: the vantage may be at the sender, at the receiver or between. So what the sender did is timed from when an
//! acknowledgement can have reached it and its answer come back here: [`Recall::least`] of the other side.

use crate::model::{Seq, Span, Time};
use crate::protocol::decode::{Tcp, TcpFlags, TcpOption};

use super::followed::{Analysis, Came, Earlier, Recovery, Shown, Why};
use super::half::Half;
use super::lane::{Arriving, MUTED, after, before, up_to};
use super::resends::Resends;
use super::trail::Mark;
use super::unacked::Sent;

/// The shortest retransmission timeout of common stacks beside the round trip itself (Linux: TCP_RTO_MIN).
const SHORTEST_TIMEOUT: Span = Span::from_ms(200);

/// What Linux's kernels may add to the time of a tail-loss probe: their clock's grain, twice, and some load.
const PROBE_SLACK: Span = Span::from_ms(30);

/// Where the sender is near, what answers an acknowledgement leaves so soon.
const AT_ONCE: Span = Span::from_ms(1);

/// What was sent so shortly before or after something else has the same cause.
const PROMPT: Span = Span::from_ms(3);

/// A busy host is no later than this with what it does at once.
const LATE: Span = Span::from_ms(50);

/// What one side resent, and what the other side's acknowledgements say about it.
#[derive(Clone, Debug, Default)]
pub(super) struct Recall {
    /// Both this side's SYN permitted selective acknowledgements.
    permitted: bool,
    /// What of this side's the last acknowledgement covers selectively, beyond a hole.
    sacked: [Option<(u32, u32)>; 4],
    /// Where the bytes begin that were resent last, and how often since they were first sent.
    again: u32,
    tries: u8,
    /// A timeout makes everything before this number be sent anew.
    anew: Option<u32>,
    /// The mark of something that was sent again, and up to which number all had been sent before that.
    mended: Option<(Mark, u32)>,
    /// Acknowledgements showed a hole: what is sent again before this number belongs to the same recovery (RFC 6582, RFC 6675).
    asked: Option<u32>,
    /// A probe of the tail is out: the only one until this number is acknowledged.
    probed: Option<u32>,
    /// The round trip, smoothed, that acknowledgements of this side's data showed.
    rtt: Span,
    /// The shortest of them: from the vantage to the other side and back.
    pub(super) least: Span,
    /// When it last sent something that takes numbers.
    at: Time,
    /// When it said the third time what it waits for.
    third: Time,
    /// The highest acknowledgement that it sent, and when it moved there.
    acked: Option<u32>,
    acked_at: Time,
    /// What that was before all that was spoiled last; 0 without any.
    unheard: Option<u32>,
    /// How many SYNs it sent, as far as they are no copies.
    syns: u8,
    /// Its last segment was a copy.
    copied: bool,
    /// Its last segment was sent again, and came behind what was sent again after it.
    passed: bool,
    /// Acknowledgements had asked for what was sent again last.
    asked_for: bool,
    /// What is behind this had been seen of it.
    lacking: u32,
    /// The first hole that nothing has filled: where it begins and ends, and since when it is known that all in it was sent.
    hole: Option<(u32, u32, Time)>,
    /// What was sent again.
    resends: Resends,
}

impl Recall {
    /// The other side sent this acknowledgement, with `tcp` where its options say more than the time; the highest one before was `was`.
    /// Gives the frames that it shows to have been sent again without need.
    #[inline]
    pub(super) fn answered(
        &mut self,
        segment: &Arriving,
        tcp: Option<&Tcp<'_>>,
        was: u32,
        rtt: Option<Span>,
    ) -> Shown {
        // Not while something is sent again: nobody knows which of the two is acknowledged (RFC 6298 §3).
        if let Some(rtt) = rtt.filter(|_| self.tries == 0) {
            self.sample(rtt);
        }
        if self.tries > 0 && after(segment.ack, self.again) {
            self.tries = 0;
        }
        for recovery in [&mut self.anew, &mut self.asked] {
            if recovery.is_some_and(|end| !before(segment.ack, end)) {
                *recovery = None;
            }
        }
        if let Some(end) = self.probed {
            self.probe_answered(segment, tcp, was, end);
        }
        let shown = self
            .resends
            .answered(segment, tcp, was, &self.sacked, self.least);
        self.selected(segment, tcp);
        shown
    }

    /// The same, but spoiled: it does not count where it arrives. What it acknowledges selectively its receiver has all the same.
    #[cold]
    pub(super) fn answered_in_vain(&mut self, segment: &Arriving, tcp: Option<&Tcp<'_>>) {
        self.selected(segment, tcp);
    }

    #[inline]
    fn selected(&mut self, segment: &Arriving, tcp: Option<&Tcp<'_>>) {
        match tcp {
            Some(tcp) => self.selective(segment, tcp),
            None => self.sacked = [None; 4],
        }
    }

    /// Linux sends no other probe before something behind the probe is acknowledged, or a pure duplicate says that both it and the
    /// first one came (tcp_process_tlp_ack).
    #[cold]
    fn probe_answered(&mut self, segment: &Arriving, tcp: Option<&Tcp<'_>>, was: u32, end: u32) {
        let duplicate = segment.ack == end && was == end && !segment.occupies();
        let twice = tcp
            .and_then(|tcp| tcp.sack_blocks().next())
            .is_some_and(|(_, right)| up_to(right.0, segment.ack));
        if after(segment.ack, end) || (segment.ack == end && (duplicate || twice)) {
            self.probed = None;
        }
    }

    /// The highest acknowledgement that it sent and that was not spoiled on the way; 0 without any.
    #[inline]
    pub(super) fn heard(&self) -> u32 {
        self.unheard.or(self.acked).unwrap_or(0)
    }

    /// It sends something that is spoiled here, or did so before.
    #[cold]
    fn spoiled(&mut self, segment: &Arriving) {
        if segment.spoiled {
            self.unheard.get_or_insert(self.acked.unwrap_or(0));
        } else if self.acked.is_none_or(|high| !before(segment.ack, high)) {
            self.unheard = None;
        } else if segment.has(TcpFlags::ACK) {
            // It was overtaken by what is spoiled.
            let high = self.unheard.filter(|high| *high != 0);
            let high = high.filter(|high| after(*high, segment.ack));
            self.unheard = Some(high.unwrap_or(segment.ack));
        }
    }

    /// Smoothed as RFC 6298 §2 does it.
    fn sample(&mut self, rtt: Span) {
        let (new, old) = (rtt.ns().max(0), self.rtt.ns());
        self.rtt = Span::from_ns(if old == 0 { new } else { old + (new - old) / 8 });
        if self.least == Span::ZERO || rtt < self.least {
            self.least = Span::from_ns(new);
        }
    }

    /// What it sent comes back in an echo after so long: the shortest round trip is no longer. Only where one was measured: else nothing is known of
    /// how long what echoes it may have waited.
    #[cold]
    fn no_longer_than(&mut self, round: Span) {
        if round > Span::ZERO && round < self.least {
            self.least = round;
        }
    }

    /// What it acknowledges selectively. A first block below the acknowledgement tells of a duplicate (RFC 2883).
    fn selective(&mut self, segment: &Arriving, tcp: &Tcp<'_>) {
        let above = tcp
            .sack_blocks()
            .map(|(left, right)| (left.0, right.0))
            .filter(|(_, right)| after(*right, segment.ack));
        self.sacked = [None; 4];
        self.sacked
            .iter_mut()
            .zip(above)
            .for_each(|(slot, block)| *slot = Some(block));
    }

    /// Something behind this number is selectively acknowledged.
    fn sacked_behind(&self, seq: u32) -> bool {
        self.sacked
            .iter()
            .flatten()
            .any(|(_, right)| before(seq, *right))
    }

    /// All of this is selectively acknowledged.
    fn sacked_all(&self, seq: u32, end: u32) -> bool {
        let holds = |&(left, right): &(u32, u32)| up_to(left, seq) && up_to(end, right);
        self.sacked.iter().flatten().any(holds)
    }

    /// Its SYN was seen.
    pub(super) fn introduced(&mut self, tcp: &Tcp<'_>) {
        self.permitted = tcp.options().any(|o| o == TcpOption::SackPermitted);
    }

    /// This side sent a segment, again or not; `first`: of the bytes of one that was sent again nothing had been seen before.
    #[inline]
    pub(super) fn sent(
        &mut self,
        segment: &Arriving,
        came: Option<Came>,
        recovery: Option<Recovery>,
        first: bool,
        next: u32,
    ) {
        self.copied = came == Some(Came::Copied);
        if segment.spoiled || self.unheard.is_some() {
            self.spoiled(segment);
        }
        if segment.has(TcpFlags::ACK) && self.acked.is_none_or(|high| after(segment.ack, high)) {
            self.acked = Some(segment.ack);
            self.acked_at = segment.at;
        }
        if segment.occupies() {
            self.at = segment.at;
            if segment.has(TcpFlags::SYN) && !self.copied {
                self.syns = self.syns.saturating_add(1);
            }
        }
        if came.is_some() && segment.occupies() {
            let stale = self.acked.is_some_and(|high| before(segment.ack, high));
            self.resends.push(segment, true, false, stale);
        }
        if let Some(recovery) = recovery {
            self.resent(segment, came, recovery, first, next);
        }
    }

    /// New data begin only behind a hole: all before them had been sent when it began to send again.
    #[cold]
    fn skipped(&mut self, next: u32, segment: &Arriving, acked: u32) {
        let seq = segment.seq;
        if self.hole.is_none_or(|(_, end, _)| up_to(end, acked)) {
            self.hole = Some((next, seq, segment.at));
        }
        for end in [&mut self.anew, &mut self.asked].into_iter().flatten() {
            if *end == next {
                *end = seq;
            }
        }
    }

    #[cold]
    fn resent(
        &mut self,
        segment: &Arriving,
        came: Option<Came>,
        recovery: Recovery,
        first: bool,
        next: u32,
    ) {
        if matches!(recovery, Recovery::WindowProbe | Recovery::KeepAlive) {
            return;
        }
        if self.tries == 0 || self.again != segment.seq {
            self.again = segment.seq;
            self.tries = 0;
        }
        self.tries = self.tries.saturating_add(1);
        match recovery {
            Recovery::Timeout(_) => {
                self.anew.get_or_insert(next);
                self.asked = None;
            }
            Recovery::FastRetransmit | Recovery::Sack => {
                // From a timeout's recovery into another one.
                self.anew = self.anew.filter(|end| !before(segment.seq, *end));
                self.asked.get_or_insert(next);
            }
            Recovery::TailLossProbe => self.probed = Some(next),
            _ => {}
        }
        if came.is_none() {
            let stale = self.acked.is_some_and(|high| before(segment.ack, high));
            self.resends.push(segment, self.passed, first, stale);
            self.resends.lacked(self.lacking);
        }
    }
}

/// The numbers behind a verdict, before the segment is entered into the lanes.
#[inline]
pub(super) fn reasons(
    segment: &Arriving,
    verdict: Analysis,
    own: &mut Half,
    peer: &mut Half,
    why: &mut Why,
) {
    let old = own.lane.next != 0 && !segment.has(TcpFlags::RST) && !moves(segment, own);
    if old || !verdict.is_empty() {
        unusual(segment, verdict, own, peer, old, why);
    }
}

/// The same for a segment with a verdict, or one that is `old`: it does not bring something new. Most are neither.
#[cold]
fn unusual(
    segment: &Arriving,
    verdict: Analysis,
    own: &mut Half,
    peer: &mut Half,
    old: bool,
    why: &mut Why,
) {
    own.recall.passed = false;
    let resends = Analysis::RETRANSMISSION
        | Analysis::OUT_OF_ORDER
        | Analysis::KEEP_ALIVE
        | Analysis::ZERO_WINDOW_PROBE;
    if verdict.intersects(Analysis::LOST_SEGMENT) {
        why.missing = segment.seq.wrapping_sub(own.lane.next);
        own.recall.skipped(own.lane.next, segment, peer.lane.ack);
    }
    if old {
        came(segment, verdict, own, peer, why);
    }
    if verdict.intersects(resends) || (segment.occupies() && behind(segment, own)) {
        again(segment, verdict, own, peer, why);
    }
    if verdict.intersects(Analysis::SPURIOUS_RETRANSMISSION) {
        why.answered = earlier(peer.lane.ack_frame, peer.lane.ack_since, segment.at);
    } else if verdict.intersects(Analysis::DUPLICATE_ACK) {
        why.answered = earlier(own.lane.ack_frame, own.lane.ack_since, segment.at);
        if own.lane.duplicates == 3 {
            own.recall.third = segment.at;
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
const fn behind(segment: &Arriving, own: &Half) -> bool {
    let after_probe = segment.len > 1 && segment.seq == own.lane.next.wrapping_sub(1);
    own.lane.next != 0 && before(segment.seq, own.lane.next) && !after_probe
}

/// It brings something new: numbers, or without any an acknowledgement.
#[inline]
fn moves(segment: &Arriving, own: &Half) -> bool {
    if segment.occupies() {
        return !behind(segment, own);
    }
    let forward = own.recall.acked.is_none_or(|high| after(segment.ack, high));
    forward && !before(segment.seq, own.lane.next)
}

/// From the vantage to both ends and back: the whole round trip.
fn round_trip(own: &Half, peer: &Half) -> Span {
    Span::from_ns(own.recall.least.ns() + peer.recall.least.ns())
}

/// Whether it was sent again at all: it may be a copy, or have been overtaken on the way.
fn came(segment: &Arriving, verdict: Analysis, own: &mut Half, peer: &mut Half, why: &mut Why) {
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

/// Something that was, or may have been, sent before.
fn again(segment: &Arriving, verdict: Analysis, own: &mut Half, peer: &mut Half, why: &mut Why) {
    if matches!(why.came, Some(Came::Copied | Came::Late)) {
        return;
    }
    // The last byte again, when nobody has it yet, is no probe.
    let outstanding = segment.len == 1 && peer.lane.ack == segment.seq && peer.lane.window != 0;
    if verdict.intersects(Analysis::KEEP_ALIVE | Analysis::ZERO_WINDOW_PROBE) && !outstanding {
        // Linux probes a closed window without data, from one before the next number: the shape of a keep-alive.
        why.came = None;
        why.recovery = Some(if peer.lane.window == 0 {
            Recovery::WindowProbe
        } else {
            Recovery::KeepAlive
        });
        return;
    }
    why.before = own
        .lane
        .unacked
        .latest_with(segment.seq)
        .map(|sent| Earlier {
            frame: sent.frame,
            ago: segment.at.since(sent.at),
        });
    if peer.lane.ack == segment.seq && peer.lane.duplicates != MUTED {
        why.dup_acks = peer.lane.duplicates;
    }
    if let Some(at) = peer.trail.stamped_at(segment.echo) {
        peer.recall.no_longer_than(segment.at.since(at));
    }
    why.recovery = mechanism(segment, own, peer, why);
    if !own.recall.passed {
        own.recall.lacking = match why.before {
            None => own.lane.unacked.held_from(segment.seq, segment.end()),
            Some(_) => segment.end(),
        };
        own.recall.asked_for = why.dup_acks >= 3 || own.recall.sacked_behind(segment.seq);
    }
    let within = |end: u32| before(segment.seq, end);
    if matches!(why.recovery, Some(Recovery::Timeout(_)))
        && (timed_out(segment, own, peer, why) || !own.recall.anew.is_some_and(within))
    {
        // It ran out once more: all that was sent since the last time goes again too.
        own.recall.anew = None;
    }
    // Unless something was seen already that was sent after it.
    if own
        .recall
        .mended
        .is_none_or(|(_, next)| before(next, own.lane.next))
        && !own.trail.overtaken(segment.mark)
    {
        own.recall.mended = Some((segment.mark, own.lane.next));
    }
}

/// The sender has waited so long that its timer may have run out.
fn timed_out(segment: &Arriving, own: &Half, peer: &Half, why: &Why) -> bool {
    let shortest = SHORTEST_TIMEOUT.ns() + round_trip(own, peer).ns() / 2;
    idle(segment, own, peer, why).ns() >= shortest
}

/// Which mechanism of the sender.
fn mechanism(segment: &Arriving, own: &Half, peer: &Half, why: &Why) -> Option<Recovery> {
    let recall = &own.recall;
    let tries = if recall.tries > 0 && recall.again == segment.seq {
        recall.tries.saturating_add(1)
    } else {
        1
    };
    if segment.has(TcpFlags::SYN) {
        return Some(Recovery::SynRetry(tries));
    }
    if recall.passed {
        return Some(
            match (recall.asked_for, recall.permitted && peer.recall.permitted) {
                (false, _) => Recovery::Timeout(tries),
                (true, false) => Recovery::FastRetransmit,
                (true, true) => Recovery::Sack,
            },
        );
    }
    let within = |recovery: Option<u32>| recovery.is_some_and(|end| before(segment.seq, end));
    let timed_out = timed_out(segment, own, peer, why);
    if within(recall.anew) {
        return Some(if !timed_out && lost_again(segment, own, peer) {
            Recovery::Sack
        } else {
            Recovery::Timeout(tries)
        });
    }
    let idle = idle(segment, own, peer, why);
    let rtt = round_trip(own, peer).ns();
    // The timer is about the first that is not acknowledged.
    let first = !after(segment.seq, peer.recall.acked.unwrap_or(peer.lane.ack));
    // The probe asks for an acknowledgement, and so needs one that can tell of a hole.
    let selective = recall.permitted && peer.recall.permitted;
    // The third of them has reached the sender, and its answer come back.
    let third = segment.at.since(peer.recall.third).ns() - peer.recall.least.ns();
    let thrice = why.dup_acks >= 3 && third > -AT_ONCE.ns().max(peer.recall.least.ns() / 4);
    let asked = recall.sacked_behind(segment.seq) || thrice || recall.asked.is_some();
    let silent = segment.at.since(recall.at).ns();
    let tail = segment.end() == own.lane.next && selective && recall.probed.is_none() && !asked;
    // It waits for two round trips after all that it sent, and after each acknowledgement.
    let waited = silent >= rtt && idle.ns() >= rtt;
    if tail && waited && probes_in_time(segment, own, idle, rtt) && !merges(segment, own) {
        return Some(Recovery::TailLossProbe);
    }
    // Acknowledgements made it send: the third that was the same, just now; or it sends something new besides.
    // A busy host that answers late sends nothing else before.
    let late = third < LATE.ns() && silent < rtt + LATE.ns() && silent + PROMPT.ns() >= third;
    let just = third < PROMPT.ns() || late;
    // Where the sender is near, an acknowledgement and what it causes are one event.
    let least = peer.recall.least;
    let near = least.ns() < rtt / 8 || (least > Span::ZERO && least < AT_ONCE);
    let near = near && segment.at.since(peer.lane.at) < AT_ONCE;
    let repeated = why.dup_acks > 0 || recall.sacked_behind(segment.seq);
    let fast = tries == 1 && ((thrice && just) || (repeated && near));
    let busy = asked && tries == 1 && silent < PROMPT.ns();
    // Without selective ones they ask but once (RFC 6582): what waits longer after them, or comes once more, does so for the timer.
    let past = thrice && (tries > 1 || silent >= rtt + LATE.ns()) && !selective;
    if first && !fast && !busy && (timed_out || past) {
        return Some(Recovery::Timeout(tries));
    }
    if recall.sacked_behind(segment.seq) || (within(recall.asked) && selective) {
        return Some(Recovery::Sack);
    }
    if fast || thrice || within(recall.asked) {
        return Some(Recovery::FastRetransmit);
    }
    let learned = segment.at.since(peer.recall.acked_at).ns() - least.ns();
    let prompted = segment.at.since(peer.lane.at).ns() - least.ns() < PROMPT.ns();
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
    (timed_out || waited >= recall.rtt.max(PROMPT)).then_some(Recovery::Timeout(tries))
}

/// It has not waited longer than a probe does: two round trips, and where the other side may delay its acknowledgement the shortest timeout besides.
fn probes_in_time(segment: &Arriving, own: &Half, idle: Span, rtt: i64) -> bool {
    let recall = &own.recall;
    // What answers the last SYN may echo the timestamp of the first: then the sender takes all its waiting for a round trip.
    let unknown = recall.syns > 1 && segment.mark.is_stamped();
    unknown || idle.ns() <= SHORTEST_TIMEOUT.ns() + 2 * recall.rtt.ns().max(rtt) + PROBE_SLACK.ns()
}

/// It was sent again already, and something that was sent after that is selectively acknowledged: so that was lost too, and from there on it is
/// acknowledgements that ask (RFC 8985 §6.2 marks a resend as lost by what was sent after it).
fn lost_again(segment: &Arriving, own: &Half, peer: &Half) -> bool {
    let recall = &own.recall;
    let selective = recall.permitted && peer.recall.permitted;
    let Some(last) = own
        .lane
        .unacked
        .latest_with(segment.seq)
        .filter(|_| selective)
    else {
        return false;
    };
    recall.resends.holds(last.frame)
        && own
            .lane
            .unacked
            .behind(segment.end())
            .any(|sent| sent.frame > last.frame && recall.sacked_all(sent.seq, sent.end))
}

/// It holds more than what began here when it was seen first. A probe is the last segment alone, a timer's resend takes in what stands behind it
/// where there is room in it, as the lab shows of Linux.
fn merges(segment: &Arriving, own: &Half) -> bool {
    own.lane
        .unacked
        .latest_with(segment.seq)
        .is_some_and(|sent| before(sent.end, segment.end()))
}

/// How long the sender has waited: since it sent this, or since it can have learned of an acknowledgement that moved on. What
/// was lost before the vantage was sent no later than what was seen first of the bytes behind it.
fn idle(segment: &Arriving, own: &Half, peer: &Half, why: &Why) -> Span {
    let learned = segment.at.since(peer.recall.acked_at).ns() - peer.recall.least.ns();
    let sent = why.before.map_or_else(
        || segment.at.since(no_later(segment, own)),
        |before| before.ago,
    );
    if peer.lane.ack_frame == 0 {
        return sent;
    }
    Span::from_ns(learned.min(sent.ns()).max(0))
}

/// It was sent for the first time no later than then.
fn no_later(segment: &Arriving, own: &Half) -> Time {
    let behind = own
        .lane
        .unacked
        .behind(segment.end())
        .map(|sent| sent.at)
        .min();
    let seen = behind.unwrap_or(own.recall.at);
    match own.recall.hole {
        Some((from, to, at)) if up_to(from, segment.seq) && before(segment.seq, to) => seen.min(at),
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
pub(super) fn in_flight(own: &Half, peer: &Half) -> u32 {
    let flight = Seq(own.lane.next).distance_from(Seq(peer.lane.ack));
    if own.lane.next == 0 || peer.lane.ack == 0 || flight < 0 {
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
