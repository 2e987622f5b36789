//! What one side sent again, and what the other side's acknowledgements say about it: the state by which causes are told.

use crate::model::{Seq, Span, Time};
use crate::protocol::decode::{Tcp, TcpFlags};

use super::direction::UNKNOWN;
use super::incoming::{IncomingSegment, SendStamp};
use super::spurious::Retransmissions;
use super::why::{Anomaly, Recovery, SackBlock, SpuriousFrames, Why};

/// What one side resent, and what the other side's acknowledgements say about it.
#[derive(Clone, Debug, Default)]
pub(super) struct SenderState {
    /// Both this side's SYN permitted selective acknowledgements.
    pub(super) permitted: bool,
    /// What of this side's the last acknowledgement covers selectively, beyond a hole.
    pub(super) sacked: [Option<(Seq, Seq)>; 4],
    /// The frame of that acknowledgement.
    sacked_in: u32,
    /// Of all that was covered selectively and is not acknowledged yet, the block that begins last.
    highest: Option<SackBlock>,
    /// The frame that was last known to be sent again; 0 without any.
    pub(super) resent_in: u32,
    /// Where the bytes begin that were resent last, and how often since they were first sent.
    pub(super) again: Seq,
    pub(super) tries: u8,
    /// A timer ran out, which makes everything that had been sent before be sent anew.
    pub(super) anew: Option<TimerRecovery>,
    /// The send stamp of something that was sent again, and up to which number all had been sent before that.
    pub(super) mended: Option<(SendStamp, Seq)>,
    /// Acknowledgements showed a hole: what is sent again before this number belongs to the same recovery (RFC 6582, RFC 6675).
    pub(super) asked: Option<Seq>,
    /// A probe of the tail is out: the only one until this number is acknowledged.
    pub(super) probed: Option<Seq>,
    /// The round trip, smoothed, that acknowledgements of this side's data showed.
    pub(super) rtt: Span,
    /// The shortest of them: from the vantage to the other side and back.
    pub(super) least: Span,
    /// When it last sent something that takes numbers.
    pub(super) at: Time,
    /// The frame of that, and the number after its last.
    pub(super) last_numbered: Option<(u32, Seq)>,
    /// When it said the third time what it waits for.
    pub(super) third: Time,
    /// The highest acknowledgement that it sent, and when it moved there.
    pub(super) acked: Option<Seq>,
    pub(super) acked_at: Time,
    pub(super) acked_in: u32,
    /// What that was before all that was spoiled last; 0 without any.
    pub(super) unheard: Option<Seq>,
    /// How many SYNs it sent, as far as they are no copies.
    pub(super) syns: u8,
    /// The last of them.
    pub(super) syn: Option<(u32, Time)>,
    /// Its last segment was a copy.
    pub(super) copied: bool,
    /// Its last segment was sent again, and came behind what was sent again after it.
    pub(super) passed: bool,
    /// The acknowledgements that had asked for what was sent again last.
    pub(super) asked_for: Option<Recovery>,
    /// What is behind this had been seen of it.
    pub(super) lacking: Seq,
    /// The first hole that nothing has filled: where it begins and ends, and since when it is known that all in it was sent.
    pub(super) hole: Option<(Seq, Seq, Time)>,
    /// The number after the byte of its last window probe, which does not count as sent before it is taken.
    pub(super) probe_byte: Option<Seq>,
    /// What was sent again.
    pub(super) retransmissions: Retransmissions,
}

/// No round trip is taken for longer: stamps of a file may lie any time apart.
const LONGEST_ROUND_TRIP: Span = Span::from_ms(24 * 3_600_000);

/// What a timer that ran out began.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimerRecovery {
    /// The frame that it sent, and the first number in that.
    pub(super) frame: u32,
    pub(super) seq: Seq,
    /// The number after the highest that had been sent by then.
    pub(super) end: Seq,
}

impl SenderState {
    /// The other side sent this acknowledgement, with `tcp` where its options say more than the time; the highest one before was `was`.
    /// Gives the frames that it shows to have been sent again without need.
    #[inline]
    pub(super) fn answered(
        &mut self,
        segment: &IncomingSegment,
        tcp: Option<&Tcp<'_>>,
        was: Seq,
        rtt: Option<Span>,
    ) -> SpuriousFrames {
        // Not while something is sent again: nobody knows which of the two is acknowledged (RFC 6298 §3).
        if let Some(rtt) = rtt.filter(|_| self.tries == 0) {
            self.sample(rtt);
        }
        if self.tries > 0 && segment.ack.after(self.again) {
            self.tries = 0;
        }
        if self.anew.is_some_and(|timer| timer.end.up_to(segment.ack)) {
            self.anew = None;
        }
        if self.asked.is_some_and(|end| end.up_to(segment.ack)) {
            self.asked = None;
        }
        if self
            .highest
            .is_some_and(|block| block.right.up_to(segment.ack))
        {
            self.highest = None;
        }
        if let Some(end) = self.probed {
            self.probe_answered(segment, tcp, was, end);
        }
        let shown = self
            .retransmissions
            .answered(segment, tcp, was, &self.sacked, self.least);
        self.selected(segment, tcp);
        shown
    }

    /// The same, but spoiled: it does not count where it arrives. What it acknowledges selectively its receiver has all the same.
    #[cold]
    pub(super) fn answered_in_vain(&mut self, segment: &IncomingSegment, tcp: Option<&Tcp<'_>>) {
        self.selected(segment, tcp);
    }

    #[inline]
    fn selected(&mut self, segment: &IncomingSegment, tcp: Option<&Tcp<'_>>) {
        match tcp {
            Some(tcp) => self.selective(segment, tcp),
            None => self.sacked = [None; 4],
        }
    }

    /// Linux sends no other probe before something behind the probe is acknowledged, or a pure duplicate says that both it and the
    /// first one came (tcp_process_tlp_ack).
    #[cold]
    fn probe_answered(
        &mut self,
        segment: &IncomingSegment,
        tcp: Option<&Tcp<'_>>,
        was: Seq,
        end: Seq,
    ) {
        let duplicate = segment.ack == end && was == end && !segment.occupies();
        let twice = tcp
            .and_then(|tcp| tcp.sack_blocks().next())
            .is_some_and(|(_, right)| right.up_to(segment.ack));
        if segment.ack.after(end) || (segment.ack == end && (duplicate || twice)) {
            self.probed = None;
        }
    }

    /// The highest acknowledgement that it sent and that was not spoiled on the way; 0 without any.
    #[inline]
    pub(super) fn heard(&self) -> Seq {
        self.unheard.or(self.acked).unwrap_or(UNKNOWN)
    }

    /// It sends something that is spoiled here, or did so before.
    #[cold]
    fn spoiled(&mut self, segment: &IncomingSegment) {
        if segment.spoiled {
            self.unheard.get_or_insert(self.acked.unwrap_or(UNKNOWN));
        } else if self.acked.is_none_or(|high| !segment.ack.before(high)) {
            self.unheard = None;
        } else if segment.has(TcpFlags::ACK) {
            // It was overtaken by what is spoiled.
            let high = self.unheard.filter(|high| *high != UNKNOWN);
            let high = high.filter(|high| high.after(segment.ack));
            self.unheard = Some(high.unwrap_or(segment.ack));
        }
    }

    /// Smoothed as RFC 6298 §2 does it.
    fn sample(&mut self, rtt: Span) {
        let (new, old) = (
            rtt.clamp(Span::ZERO, LONGEST_ROUND_TRIP).ns(),
            self.rtt.ns(),
        );
        self.rtt = Span::from_ns(if old == 0 { new } else { old + (new - old) / 8 });
        if self.least == Span::ZERO || rtt < self.least {
            self.least = Span::from_ns(new);
        }
    }

    /// What it sent comes back in an echo after so long: the shortest round trip is no longer. Only where one was measured: else nothing is known of
    /// how long what echoes it may have waited.
    #[cold]
    pub(super) fn no_longer_than(&mut self, round: Span) {
        if round > Span::ZERO && round < self.least {
            self.least = round;
        }
    }

    /// What it acknowledges selectively. A first block below the acknowledgement tells of a duplicate (RFC 2883).
    fn selective(&mut self, segment: &IncomingSegment, tcp: &Tcp<'_>) {
        let above = tcp
            .sack_blocks()
            .filter(|(_, right)| right.after(segment.ack));
        self.sacked = [None; 4];
        self.sacked
            .iter_mut()
            .zip(above)
            .for_each(|(slot, block)| *slot = Some(block));
        self.sacked_in = segment.number;
        for &(left, right) in self.sacked.iter().flatten() {
            let frame = segment.number;
            if self.highest.is_none_or(|block| block.left.up_to(left)) {
                self.highest = Some(SackBlock { frame, left, right });
            }
        }
    }

    /// A selective acknowledgement of something behind this number, which so shows a hole before it.
    pub(super) fn sacked_above(&self, end: Seq) -> Option<SackBlock> {
        self.highest.filter(|block| end.up_to(block.left))
    }

    /// Something behind this number is selectively acknowledged.
    pub(super) fn sacked_behind(&self, seq: Seq) -> bool {
        self.sacked
            .iter()
            .flatten()
            .any(|(_, right)| seq.before(*right))
    }

    /// A selective acknowledgement of what stands behind a part of this segment, which so shows a hole before that.
    pub(super) fn sacked_within(&self, segment: &IncomingSegment) -> Option<SackBlock> {
        self.highest
            .filter(|block| segment.seq.before(block.left) && block.left.before(segment.end()))
    }

    /// The block that acknowledges all of this selectively.
    pub(super) fn sacked_all(&self, seq: Seq, end: Seq) -> Option<SackBlock> {
        let holds = |&&(left, right): &&(Seq, Seq)| left.up_to(seq) && end.up_to(right);
        let frame = self.sacked_in;
        let block = |&(left, right): &(Seq, Seq)| SackBlock { frame, left, right };
        self.sacked.iter().flatten().find(holds).map(block)
    }

    /// This side sent a segment, again or not.
    #[inline]
    pub(super) fn sent(&mut self, segment: &IncomingSegment, why: &Why, next: Seq) {
        // Of the bytes of one that was sent again nothing had been seen before.
        let first = why.before.is_none();
        let (anomaly, recovery) = (why.anomaly, why.recovery);
        self.copied = matches!(anomaly, Some(Anomaly::Duplicated { .. }));
        if segment.spoiled || self.unheard.is_some() {
            self.spoiled(segment);
        }
        if segment.has(TcpFlags::ACK) && self.acked.is_none_or(|high| segment.ack.after(high)) {
            self.acked = Some(segment.ack);
            self.acked_at = segment.at;
            self.acked_in = segment.number;
        }
        if segment.occupies() {
            self.at = segment.at;
            self.last_numbered = Some((segment.number, segment.end()));
            if segment.has(TcpFlags::SYN) && !self.copied {
                self.syns = self.syns.saturating_add(1);
                self.syn = Some((segment.number, segment.at));
            }
        }
        if anomaly.is_some() && segment.occupies() {
            let stale = self.acked.is_some_and(|high| segment.ack.before(high));
            self.retransmissions.push(segment, true, false, stale);
        }
        if let Some(recovery) = recovery {
            self.resent(segment, anomaly, recovery, first, next);
        }
    }

    /// New data begin only behind a hole: all before them had been sent when it began to send again.
    #[cold]
    pub(super) fn skipped(&mut self, next: Seq, segment: &IncomingSegment, acked: Seq) {
        let seq = segment.seq;
        if self.hole.is_none_or(|(_, end, _)| end.up_to(acked)) {
            self.hole = Some((next, seq, segment.at));
        }
        let timer = self.anew.as_mut().map(|timer| &mut timer.end);
        for end in [timer, self.asked.as_mut()].into_iter().flatten() {
            if *end == next {
                *end = seq;
            }
        }
    }

    #[cold]
    fn resent(
        &mut self,
        segment: &IncomingSegment,
        anomaly: Option<Anomaly>,
        recovery: Recovery,
        first: bool,
        next: Seq,
    ) {
        if matches!(
            recovery,
            Recovery::WindowProbe { .. } | Recovery::KeepAlive(_)
        ) {
            return;
        }
        if self.tries == 0 || self.again != segment.seq {
            self.again = segment.seq;
            self.tries = 0;
        }
        self.tries = self.tries.saturating_add(1);
        self.resent_in = segment.number;
        match recovery {
            Recovery::Timeout { .. } | Recovery::AfterTimeout { .. } => {
                self.anew.get_or_insert(TimerRecovery {
                    frame: segment.number,
                    seq: segment.seq,
                    end: next,
                });
                self.asked = None;
            }
            Recovery::FastRetransmit(_)
            | Recovery::Sack(_)
            | Recovery::SackWithin(_)
            | Recovery::PartialAck { .. } => {
                // From a timeout's recovery into another one.
                self.anew = self.anew.filter(|timer| timer.end.up_to(segment.seq));
                self.asked.get_or_insert(next);
            }
            Recovery::TailLossProbe { .. } => self.probed = Some(next),
            _ => {}
        }
        if anomaly.is_none() {
            let stale = self.acked.is_some_and(|high| segment.ack.before(high));
            self.retransmissions
                .push(segment, self.passed, first, stale);
            self.retransmissions.lacked(self.lacking);
        }
    }
}
