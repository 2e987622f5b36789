//! Segments that were sent and not yet acknowledged: what a resend is compared with.
//!
//! Kept in the order of sending. While that is also the order of their numbers, as it is until something is
//! sent again, an acknowledgement takes them off the front; else all are looked through.

use std::collections::VecDeque;

use crate::model::{Seq, Time};

use super::incoming::SendStamp;

/// No more than this many per direction, as in Wireshark 4.0 (its `TCP_MAX_UNACKED_SEGMENTS`): what a one-sided capture would pile up.
const LIMIT: usize = 10_000;

/// In the order of sending, numbers go back only where something was sent again: so often everything is looked through.
const ROUNDS: usize = 3;

/// One segment on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnackedSegment {
    /// Its first number; moved on when part of it is acknowledged.
    pub(super) seq: Seq,
    /// The number after its last.
    pub(super) end: Seq,
    pub(super) frame: u32,
    pub(super) at: Time,
    pub(super) send_stamp: SendStamp,
    /// Its checksum was wrong: it did not count where it arrived.
    pub(super) spoiled: bool,
}

/// What an acknowledgement took off.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Acked {
    /// The segment that ended exactly where the acknowledgement points, the eldest of them.
    pub(super) exact: Option<(u32, Time)>,
}

/// The segments of one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Unacked {
    sent: VecDeque<UnackedSegment>,
    /// Each begins where or after the one before it ended.
    sorted: bool,
}

impl Unacked {
    /// Adds one, unless there are too many. Says whether it was added.
    #[inline]
    pub(super) fn push(&mut self, segment: UnackedSegment) -> bool {
        if self.sent.len() >= LIMIT {
            return false;
        }
        self.sorted = match self.sent.back() {
            None => true,
            Some(last) => self.sorted && !segment.seq.before(last.end),
        };
        self.sent.push_back(segment);
        true
    }

    /// Takes off what `ack` covers and cuts what it covers in part.
    #[inline]
    pub(super) fn acknowledge(&mut self, ack: Seq) -> Acked {
        let mut taken = Acked::default();
        if self.sorted {
            while let Some(first) = self.sent.front_mut() {
                if first.end.after(ack) {
                    if ack.after(first.seq) {
                        first.seq = ack;
                    }
                    break;
                }
                if first.end == ack {
                    taken.exact = Some((first.frame, first.at));
                }
                self.sent.pop_front();
            }
        } else {
            self.sent.retain_mut(|segment| {
                if segment.end == ack && taken.exact.is_none() {
                    taken.exact = Some((segment.frame, segment.at));
                }
                if !segment.end.after(ack) {
                    return false;
                }
                if ack.after(segment.seq) {
                    segment.seq = ack;
                }
                true
            });
        }
        if self.sent.is_empty() {
            // A burst's room is given back: there may be very many connections.
            if self.sent.capacity() > 32 {
                self.sent = VecDeque::new();
            }
            self.sorted = true;
        }
        taken
    }

    /// Gives back the room that is not needed.
    pub(super) fn shrink(&mut self) {
        self.sent.shrink_to_fit();
    }

    /// Those that begin at `seq` or behind it.
    pub(super) fn behind(&self, seq: Seq) -> impl Iterator<Item = &UnackedSegment> {
        let behind = move |sent: &&UnackedSegment| !sent.seq.before(seq);
        self.sent.iter().filter(behind)
    }

    /// Every number from `seq` to before `end` was seen, and whole, as far as that shows at little cost.
    pub(super) fn hold(&self, seq: Seq, end: Seq) -> bool {
        let mut reached = seq;
        for _ in 0..ROUNDS {
            for sent in self.sent.iter().filter(|sent| !sent.spoiled) {
                if sent.seq.up_to(reached) && sent.end.after(reached) {
                    reached = sent.end;
                }
            }
        }
        !reached.before(end)
    }

    /// Every number from here to before `end` was seen, as far as that shows at little cost; not before `seq`.
    #[cold]
    pub(super) fn held_from(&self, seq: Seq, end: Seq) -> Seq {
        let mut reached = end;
        for sent in self.sent.iter().rev().filter(|sent| !sent.spoiled) {
            if sent.seq.before(reached) && !sent.end.before(reached) {
                reached = sent.seq;
            }
        }
        if reached.before(seq) { seq } else { reached }
    }

    /// The latest before now that holds the number `seq`.
    pub(super) fn latest_with(&self, seq: Seq) -> Option<&UnackedSegment> {
        self.sent
            .iter()
            .rev()
            .find(|s| !seq.before(s.seq) && seq.before(s.end))
    }
}
