//! What one side sent again, kept to see later whether there was a need: its acknowledgement may show that the first
//! one had arrived after all.
//!
//! Three things show it: a selective acknowledgement of what came twice (RFC 2883), an acknowledgement that echoes a timestamp
//! from before the resend (RFC 3522), and one that comes much sooner than a round trip after it.

use std::collections::VecDeque;

use crate::model::{Span, Time};
use crate::protocol::decode::Tcp;

use super::lane::{Arriving, after, before, up_to};
use super::trail::Mark;

/// So many are remembered.
const REMEMBERED: usize = 64;
/// Round trips shorter than this are too close to a clock's grain to tell who was first.
const SHORT: Span = Span::from_ms(2);
/// A copy comes no later than this behind what it is a copy of.
const AT_ONCE: Span = Span::from_ms(3);

/// One of them.
#[derive(Clone, Copy, Debug)]
struct Resend {
    seq: u32,
    end: u32,
    frame: u32,
    at: Time,
    mark: Mark,
    /// When it was first acknowledged.
    covered: Option<Time>,
    /// What it was is known already: it came twice, and a selective acknowledgement of that tells of no other.
    told: bool,
}

/// Those of which it is not known yet that they were needless, and what came twice besides; the eldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Resends {
    open: VecDeque<Resend>,
    /// Where the farthest of them ends.
    reach: u32,
    /// One of them was not acknowledged yet.
    waiting: bool,
}

impl Resends {
    #[cold]
    pub(super) fn push(&mut self, segment: &Arriving, told: bool) {
        if self.open.len() >= REMEMBERED {
            self.open.pop_front();
        }
        if self.open.is_empty() || after(segment.end(), self.reach) {
            self.reach = segment.end();
        }
        self.waiting = true;
        self.open.push_back(Resend {
            seq: segment.seq,
            end: segment.end(),
            frame: segment.number,
            at: segment.at,
            mark: segment.mark,
            covered: None,
            told,
        });
    }

    /// An acknowledgement came, the last one before it was `was`; the shortest round trip from here to its sender and back is `least`. Gives the
    /// frames of the resends that it shows to have been needless.
    #[inline]
    pub(super) fn answered(
        &mut self,
        segment: &Arriving,
        tcp: &Tcp<'_>,
        was: u32,
        least: Span,
    ) -> [u32; 4] {
        // Most acknowledgements come when all that was sent again is long acknowledged, and say nothing of it.
        let acknowledges_one = self.waiting || before(was, self.reach);
        if self.open.is_empty() || (!acknowledges_one && tcp.has_ordinary_options()) {
            return [0; 4];
        }
        self.judge(segment, tcp, was, least)
    }

    #[cold]
    fn judge(&mut self, segment: &Arriving, tcp: &Tcp<'_>, was: u32, least: Span) -> [u32; 4] {
        let mut shown = [0; 4];
        let mut free = shown.iter_mut();
        if let Some(at) = twice(segment, tcp).and_then(|seq| self.holding(seq, segment.at, least))
            && let Some(resend) = self.open.remove(at)
            && !resend.told
            && let Some(slot) = free.next()
        {
            *slot = resend.frame;
        }
        self.open.retain(|resend| {
            if resend.told
                || !newly(resend, segment, was)
                || !for_the_first(resend, segment, was, least)
            {
                return true;
            }
            let Some(slot) = free.next() else { return true };
            *slot = resend.frame;
            false
        });
        self.waiting = false;
        for resend in self.open.iter_mut().filter(|r| r.covered.is_none()) {
            if up_to(resend.end, segment.ack) {
                resend.covered = Some(segment.at);
            } else {
                self.waiting = true;
            }
        }
        shown
    }

    /// The first one itself came after its resend had been seen: the frame of that.
    #[cold]
    pub(super) fn overtook(&mut self, segment: &Arriving) -> Option<u32> {
        let same = |resend: &Resend| {
            !resend.told && resend.seq == segment.seq && resend.end == segment.end()
        };
        let at = self.open.iter().position(same)?;
        self.open.remove(at).map(|resend| resend.frame)
    }

    /// The latest that holds `seq` and can have been answered by now. What was acknowledged by itself just before, a round trip
    /// after it was sent, was needed: then what came twice is a copy of it.
    fn holding(&self, seq: u32, now: Time, least: Span) -> Option<usize> {
        let trip = Span::from_ns(least.ns() / 8 * 7);
        let found = self.open.iter().rposition(|resend| {
            let holds = !before(seq, resend.seq) && before(seq, resend.end);
            holds && (resend.told || now.since(resend.at) >= trip)
        })?;
        let resend = self.open.get(found)?;
        let copied = resend
            .covered
            .is_some_and(|at| now.since(at) < AT_ONCE && at.since(resend.at) >= trip);
        (!copied).then_some(found)
    }
}

/// Where what has come twice begins: the first block, when it lies below the acknowledgement, or inside the second (RFC 2883 §4).
fn twice(segment: &Arriving, tcp: &Tcp<'_>) -> Option<u32> {
    let mut blocks = tcp.sack_blocks();
    let (left, right) = blocks.next()?;
    let below = up_to(right.0, segment.ack);
    let inside = blocks
        .next()
        .is_some_and(|(from, to)| up_to(from.0, left.0) && up_to(right.0, to.0));
    (below || inside).then_some(left.0)
}

/// This acknowledgement is the first that covers it.
fn newly(resend: &Resend, segment: &Arriving, was: u32) -> bool {
    up_to(resend.end, segment.ack) && after(resend.end, was)
}

/// It answers the first one, not the resend.
fn for_the_first(resend: &Resend, segment: &Arriving, was: u32, least: Span) -> bool {
    let soon = segment.at.since(resend.at).ns() < least.ns() / 4 && least > SHORT;
    // Only where the acknowledgements stood at this hole: else the echo may be of what came before it.
    let stood_here = !before(was, resend.seq);
    soon || (stood_here && resend.mark.echoed_before(segment.echo))
}
