//! What one side sent again, kept to see later whether there was a need: its acknowledgement may show that the first
//! one had arrived after all.
//!
//! Three things show it: a selective acknowledgement of what came twice (RFC 2883), an acknowledgement that echoes a timestamp
//! from before the resend (RFC 3522), and one that comes much sooner than a round trip after it.

use std::collections::VecDeque;

use crate::model::{Seq, Span, Time};
use crate::protocol::decode::Tcp;
use crate::protocol::timing::{COPY_FOLLOWS_WITHIN, GRAIN_OF_CLOCKS};

use super::direction::UNKNOWN;
use super::incoming::{IncomingSegment, SendStamp};
use super::send_order::SendOrder;
use super::why::SpuriousFrames;

/// So many are remembered.
const REMEMBERED: usize = 64;
/// One of them.
#[derive(Clone, Copy, Debug)]
struct Retransmission {
    seq: Seq,
    end: Seq,
    frame: u32,
    at: Time,
    send_stamp: SendStamp,
    /// When it was first acknowledged.
    covered: Option<Time>,
    /// What it was is known already: a selective acknowledgement of what came twice, when it is this, tells of no other.
    told: bool,
    /// What is behind this had been seen before.
    lacking: Seq,
    /// Of the bytes in it nothing had been seen before.
    first: bool,
    /// It acknowledges less than what had come before it.
    stale: bool,
    /// The echo of its timestamp shows that it filled the hole.
    filled: bool,
}

/// Those of which it is not known yet that they were needless, and what else came or will come twice; the eldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Retransmissions {
    open: VecDeque<Retransmission>,
    /// Where the farthest of them ends.
    reach: Seq,
    /// One of them was not acknowledged yet.
    waiting: bool,
    /// Something came twice that was not sent twice: the network makes copies.
    pub(super) copies: bool,
}

impl Retransmissions {
    #[cold]
    pub(super) fn push(&mut self, segment: &IncomingSegment, told: bool, first: bool, stale: bool) {
        if self.open.len() >= REMEMBERED {
            self.open.pop_front();
        }
        if self.open.is_empty() || segment.end().after(self.reach) {
            self.reach = segment.end();
        }
        self.waiting = true;
        self.open.push_back(Retransmission {
            seq: segment.seq,
            end: segment.end(),
            frame: segment.number,
            at: segment.at,
            send_stamp: segment.send_stamp,
            lacking: segment.end(),
            covered: None,
            told,
            first,
            stale,
            filled: false,
        });
    }

    /// An acknowledgement came, the last one before it was `was`; the shortest round trip from here to its sender and back is `least`. Gives the
    /// frames of the resends that it shows to have been needless.
    #[inline]
    pub(super) fn answered(
        &mut self,
        segment: &IncomingSegment,
        tcp: Option<&Tcp<'_>>,
        was: Seq,
        sacked: &[Option<(Seq, Seq)>],
        least: Span,
    ) -> SpuriousFrames {
        // Most acknowledgements come when all that was sent again is long acknowledged, and say nothing of it.
        let acknowledges_one = self.waiting || was.before(self.reach);
        if self.open.is_empty() || (!acknowledges_one && tcp.is_none()) {
            return SpuriousFrames::default();
        }
        self.judge(segment, tcp, was, sacked, least)
    }

    #[cold]
    fn judge(
        &mut self,
        segment: &IncomingSegment,
        tcp: Option<&Tcp<'_>>,
        was: Seq,
        sacked: &[Option<(Seq, Seq)>],
        least: Span,
    ) -> SpuriousFrames {
        let mut shown = SpuriousFrames::default();
        let mut free = shown.iter_mut();
        let twice = tcp.and_then(Tcp::dsack);
        let twice = twice.filter(|block| !sacked.contains(&Some(*block)));
        if let Some(at) = twice.and_then(|block| self.holding(block, segment.at, least))
            && let Some(resend) = self.open.remove(at)
            && !resend.told
            && let Some(slot) = free.next()
        {
            *slot = resend.frame;
        }
        self.waiting = false;
        for resend in &mut self.open {
            if !resend.told
                && newly(resend, segment, was)
                && for_the_first(resend, segment, was, least)
                && let Some(slot) = free.next()
            {
                *slot = resend.frame;
                resend.told = true;
            }
            resend.filled |= newly(resend, segment, was) && filled(resend, segment, was);
            if resend.covered.is_some() {
                continue;
            }
            let selectively = twice.is_none() && tcp.is_some_and(|tcp| selected(resend, tcp));
            if selectively
                && !resend.told
                && too_soon(resend, segment, least)
                && let Some(slot) = free.next()
            {
                *slot = resend.frame;
                resend.told = true;
            }
            if selectively || resend.end.up_to(segment.ack) {
                resend.covered = Some(segment.at);
            } else {
                self.waiting = true;
            }
        }
        shown
    }

    /// What is behind this number was seen before the latest of them.
    #[cold]
    pub(super) fn lacked(&mut self, lacking: Seq) {
        if let Some(last) = self.open.back_mut()
            && last.seq.before(lacking)
        {
            last.lacking = lacking;
        }
    }

    /// The first one itself, or all of it that had not been seen, came after its resends had been seen: the frames of those.
    #[cold]
    pub(super) fn overtook(&mut self, segment: &IncomingSegment) -> SpuriousFrames {
        let mut shown = SpuriousFrames::default();
        let mut free = shown.iter_mut();
        self.open.retain(|resend| {
            let within = segment.seq.up_to(resend.seq) && resend.lacking.up_to(segment.end());
            if resend.told || !within {
                return true;
            }
            let Some(slot) = free.next() else { return true };
            *slot = resend.frame;
            false
        });
        shown
    }

    /// These bytes were seen just once, sent again, less than a round trip ago: no sender sends them a third time so soon. The frame of that.
    pub(super) fn awaits(&self, segment: &IncomingSegment, rtt: Span) -> Option<u32> {
        let mut same = self.of(segment);
        let once = |resend: &&Retransmission| {
            resend.first && !resend.told && segment.at.since(resend.at) < rtt
        };
        let first = same.next().filter(once)?;
        same.next().is_none().then_some(first.frame)
    }

    /// The frame in which these bytes, maybe with others, were sent again last.
    pub(super) fn latest_with(&self, segment: &IncomingSegment) -> Option<u32> {
        let (seq, end) = (segment.seq, segment.end());
        let holds = |resend: &&Retransmission| resend.seq.up_to(seq) && end.up_to(resend.end);
        self.open
            .iter()
            .rev()
            .find(holds)
            .map(|resend| resend.frame)
    }

    fn of(&self, segment: &IncomingSegment) -> impl Iterator<Item = &Retransmission> {
        let (seq, end) = (segment.seq, segment.end());
        let same = move |resend: &&Retransmission| resend.seq == seq && resend.end == end;
        self.open.iter().filter(same)
    }

    /// This frame is one of them.
    pub(super) fn holds(&self, frame: u32) -> bool {
        self.open.iter().any(|resend| resend.frame == frame)
    }

    /// Two answers to a SYN came: the frame of the latest of those that were sent again. When that is known to have been
    /// needless, this is its own answer, and shows no other to have been so.
    #[cold]
    pub(super) fn answered_twice(&mut self) -> Option<u32> {
        let latest = self.open.pop_back()?;
        (!latest.told).then_some(latest.frame)
    }

    /// What was sent again came behind what was sent again after it: the frames of those, which were needless.
    #[cold]
    pub(super) fn passed(
        &mut self,
        segment: &IncomingSegment,
        send_order: &SendOrder,
    ) -> SpuriousFrames {
        let mut shown = SpuriousFrames::default();
        let mut free = shown.iter_mut();
        for resend in &mut self.open {
            let holds = resend.seq.up_to(segment.seq) && segment.end().up_to(resend.end);
            if holds
                && !resend.told
                && send_order.sent_before(segment.send_stamp, resend.send_stamp) == Some(true)
                && let Some(slot) = free.next()
            {
                *slot = resend.frame;
                resend.told = true;
            }
        }
        shown
    }

    /// The latest that begins in what came twice and can have been answered by now. Where the network makes copies, one that was needed may have been
    /// copied: it filled the hole, or was acknowledged a round trip after it was sent; just before this, and was the only one.
    fn holding(&mut self, (left, right): (Seq, Seq), now: Time, least: Span) -> Option<usize> {
        let trip = Span::from_ns(least.ns() / 8 * 7);
        let holds = |resend: &Retransmission| left.up_to(resend.seq) && resend.seq.before(right);
        let found = self
            .open
            .iter()
            .rposition(|resend| holds(resend) && (resend.told || now.since(resend.at) >= trip));
        let Some(found) = found else {
            self.copies |= !self.open.iter().any(holds);
            return None;
        };
        let resend = self.open.get(found)?;
        let same = |other: &Retransmission| other.seq == resend.seq && other.end == resend.end;
        let only = !self.open.iter().take(found).any(same);
        let needed = |at: Time| resend.filled || at.since(resend.at) >= trip;
        let just = |at: Time| now.since(at) < COPY_FOLLOWS_WITHIN && needed(at);
        let copied = self.copies && only && resend.covered.is_some_and(just);
        (!copied).then_some(found)
    }
}

/// This acknowledgement is the first that covers it; 0 stands for none before it.
fn newly(resend: &Retransmission, segment: &IncomingSegment, was: Seq) -> bool {
    resend.end.up_to(segment.ack) && (was == UNKNOWN || resend.end.after(was))
}

/// It answers the first one, not the resend.
fn for_the_first(
    resend: &Retransmission,
    segment: &IncomingSegment,
    was: Seq,
    least: Span,
) -> bool {
    // Where the acknowledgements stood at this hole, their echo is of what filled it (RFC 7323 §4.3); else it may be of what came before.
    let stood_here = was == UNKNOWN || !was.before(resend.seq);
    // Linux takes no stamp from what acknowledges less than it knows already, as the lab shows.
    if stood_here && resend.send_stamp.is_stamped() && segment.echo != 0 && !resend.stale {
        return resend.send_stamp.echoed_before(segment.echo);
    }
    too_soon(resend, segment, least)
}

/// The acknowledgements stood at this hole, and the echo is of the resend or what was sent after it: it filled the hole, nothing that was sent before
/// (RFC 7323 §4.3).
fn filled(resend: &Retransmission, segment: &IncomingSegment, was: Seq) -> bool {
    let stood_here = was != UNKNOWN && !was.before(resend.seq);
    stood_here
        && resend.send_stamp.is_stamped()
        && segment.echo != 0
        && !resend.send_stamp.echoed_before(segment.echo)
}

/// Sooner than the shortest round trip nothing answers the resend (RFC 8985 §6.2); but of what was measured all may have waited.
fn too_soon(resend: &Retransmission, segment: &IncomingSegment, least: Span) -> bool {
    segment.at.since(resend.at).ns() < least.ns() / 4 && least > GRAIN_OF_CLOCKS
}

/// All of it is selectively acknowledged.
fn selected(resend: &Retransmission, tcp: &Tcp<'_>) -> bool {
    tcp.sack_blocks()
        .any(|(left, right)| left.up_to(resend.seq) && resend.end.up_to(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::decode::TcpFlags;

    fn segment(number: u32, seq: u32, len: u32, ms: i64) -> IncomingSegment {
        IncomingSegment {
            number,
            at: Time::from_ns(1 + ms * 1_000_000),
            flags: TcpFlags::ACK,
            seq: Seq(seq),
            ack: Seq(1),
            len,
            window: 1,
            multipath: 0,
            send_stamp: SendStamp::default(),
            hop: crate::protocol::follow::incoming::HopFields::NONE,
            echo: 0,
            options: 0,
            begins: false,
            spoiled: false,
            compressed: false,
            asked: false,
        }
    }

    #[test]
    fn what_comes_late_shows_all_its_resends_to_have_been_needless() {
        let mut retransmissions = Retransmissions::default();
        retransmissions.push(&segment(7, 100, 90, 0), false, true, false);
        retransmissions.push(&segment(8, 190, 10, 0), false, true, false);
        retransmissions.push(&segment(9, 200, 100, 0), false, true, false);
        assert_eq!(
            retransmissions.overtook(&segment(12, 100, 100, 5))[..3],
            [7, 8, 0]
        );
        assert_eq!(
            retransmissions.overtook(&segment(13, 100, 100, 5)),
            SpuriousFrames::default()
        );
    }

    #[test]
    fn within_a_round_trip_of_its_only_resend_the_first_one_comes_late() {
        let mut retransmissions = Retransmissions::default();
        let rtt = Span::from_ms(20);
        retransmissions.push(&segment(7, 100, 100, 0), false, true, false);
        let awaits = |all: &Retransmissions, seq, ms| all.awaits(&segment(9, seq, 100, ms), rtt);
        assert_eq!(awaits(&retransmissions, 100, 10), Some(7));
        assert_eq!(awaits(&retransmissions, 100, 20), None);
        // It was seen before that, so this is a third one.
        retransmissions.push(&segment(8, 300, 100, 0), false, false, false);
        assert_eq!(awaits(&retransmissions, 300, 10), None);
    }
}
