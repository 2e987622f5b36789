//! Numbers that are not in the capture though something shows that they were sent.

use std::collections::VecDeque;

use crate::explain::census::judgement::UnseenData;
use crate::model::Time;
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Segment, Way};

/// So many holes may still be filled or acknowledged; the eldest beyond that stay as they are.
const OPEN: usize = 1024;

/// An acknowledgement that goes back by more was not overtaken.
const TOO_FAR_BACK: u32 = 1 << 20;
/// The widest window (RFC 7323 §2.2).
const WIDEST: u32 = 1 << 30;
/// Bits of a connection's completeness: a SYN or a SYN ACK was seen.
const SYNS: u8 = 3;

/// One side of a connection.
type Sender = (u32, Way);

/// Numbers of one side that were not seen, relative.
#[derive(Clone, Copy, Debug)]
struct UnseenNumbers {
    of: Sender,
    from: u32,
    to: u32,
    /// How many of them were not seen later.
    left: u32,
    acknowledged: Option<AcknowledgedIn>,
}

/// Which packet acknowledged a hole, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct AcknowledgedIn {
    pub(super) frame: u32,
    pub(super) at: Time,
}

/// The holes of a capture.
#[derive(Clone, Debug, Default)]
pub(super) struct Holes {
    open: VecDeque<UnseenNumbers>,
    /// Those that are out of `open`, with the first of all.
    settled: Option<UnseenData>,
}

/// How many numbers this segment shows to be missing: before it, or acknowledged by it.
fn missing(segment: &Segment) -> u32 {
    let acknowledged = segment.why.unseen.map(|unseen| unseen.count);
    acknowledged.unwrap_or(segment.why.missing)
}

impl Holes {
    /// Numbers before this segment were skipped.
    pub(super) fn skipped(&mut self, of: Sender, segment: &Segment) {
        self.add(of, segment.rel_seq, segment, None);
    }

    /// This segment acknowledges numbers that were not seen: those of holes, or such as nothing had shown yet.
    pub(super) fn acknowledged(&mut self, of: Sender, segment: &Segment, frame: u32, at: Time) {
        // What a RST acknowledges, nobody needs to have received; and no window is larger than that.
        if segment.flags.intersects(TcpFlags::RST | TcpFlags::SYN) || missing(segment) > WIDEST {
            return;
        }
        let mut any = false;
        for hole in self.open.iter_mut().filter(|hole| hole.of == of) {
            if hole.acknowledged.is_none()
                && hole.to.wrapping_sub(segment.rel_ack).cast_signed() <= 0
            {
                hole.acknowledged = Some(AcknowledgedIn { frame, at });
                any = true;
            }
        }
        if any {
            return;
        }
        let acknowledged = AcknowledgedIn { frame, at };
        self.add(of, segment.rel_ack, segment, Some(acknowledged));
    }

    /// This segment acknowledges less than a hole as wide as no reordering is: what had acknowledged that was not of this connection's
    /// numbers, as where a firewall between two sniffers changes them.
    pub(super) fn contradicted(&mut self, of: Sender, segment: &Segment) {
        self.open.retain(|hole| {
            let goes_back = segment.rel_ack.wrapping_sub(hole.from).cast_signed() <= 0;
            !(goes_back && hole.of == of && hole.acknowledged.is_some() && hole.left > TOO_FAR_BACK)
        });
    }

    /// This segment brings numbers for the first time: the packet that had acknowledged them already, if they fill a hole.
    pub(super) fn filled(&mut self, of: Sender, segment: &Segment) -> Option<AcknowledgedIn> {
        let end = segment.rel_seq.wrapping_add(segment.len);
        let within = |hole: &UnseenNumbers| {
            hole.of == of
                && segment.rel_seq.wrapping_sub(hole.to).cast_signed() < 0
                && end.wrapping_sub(hole.from).cast_signed() > 0
        };
        let at = self.open.iter().rposition(within)?;
        let hole = &mut self.open[at];
        hole.left = hole.left.saturating_sub(segment.len);
        let acknowledged = hole.acknowledged;
        if hole.left == 0 {
            self.open.remove(at);
        }
        acknowledged
    }

    /// The numbers that this segment shows to be missing before that one.
    fn add(
        &mut self,
        of: Sender,
        to: u32,
        segment: &Segment,
        acknowledged: Option<AcknowledgedIn>,
    ) {
        // Below the first number that was seen is what went before the capture; and a keep-alive stands one below the next number.
        let from = to.wrapping_sub(missing(segment));
        let (from, to) = (from.cast_signed().max(1), to.cast_signed());
        let probed = segment.completeness & SYNS == 0 && to.saturating_sub(from) == 1 && from <= 2;
        if to <= from || probed {
            return;
        }
        let hole = UnseenNumbers {
            of,
            from: from.cast_unsigned(),
            to: to.cast_unsigned(),
            left: (to - from).cast_unsigned(),
            acknowledged,
        };
        if self.open.len() >= OPEN
            && let Some(eldest) = self.open.pop_front()
        {
            count(&mut self.settled, &eldest);
        }
        self.open.push_back(hole);
    }

    /// What was acknowledged and never seen, where the FIN of a side has this relative number.
    pub(super) fn unseen(&self, fin: impl Fn(u32, Way) -> Option<u32>) -> Option<UnseenData> {
        let mut all = self.settled;
        for hole in &self.open {
            let mut hole = *hole;
            // It stands behind its acknowledgement: without data it has no verdict.
            if fin(hole.of.0, hole.of.1) == Some(hole.to.wrapping_sub(1)) {
                hole.left = hole.left.saturating_sub(1);
                hole.to = hole.to.wrapping_sub(1);
            }
            if hole.left > 0 {
                count(&mut all, &hole);
            }
        }
        all
    }
}

/// Counts a hole that was acknowledged.
fn count(all: &mut Option<UnseenData>, hole: &UnseenNumbers) {
    let Some(acknowledged) = hole.acknowledged else {
        return;
    };
    let all = all.get_or_insert(UnseenData {
        holes: 0,
        bytes: 0,
        from: hole.from,
        to: hole.to.wrapping_sub(1),
        acknowledged_in: acknowledged.frame,
    });
    all.holes += 1;
    all.bytes += u64::from(hole.left);
}
