//! Which of one side's sequence numbers were seen at this vantage: what is below the highest one and was not is a hole.
//!
//! "Below the highest number" is not "sent again": what fills a hole is seen for the first time.

use crate::model::{Seq, Time};

use super::why::AckedUnseen;

/// So many holes are remembered of one side; where there are more, nothing is known below those that are.
const REMEMBERED: usize = 32;

/// Numbers that were sent, for something behind them was seen, and that were not seen themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnseenRange {
    /// The first of them.
    pub(super) from: Seq,
    /// The number after the last.
    pub(super) to: Seq,
    /// The frame that showed it: the first of what is behind it.
    pub(super) shown_by: u32,
    /// When that was seen.
    pub(super) at: Time,
}

/// How much of a range was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    /// All.
    Whole,
    /// Some.
    Part,
    /// None of it, though something behind it was.
    Nothing(UnseenRange),
    /// It begins before all that is known.
    Unknown,
}

/// What was seen of one side, up to the highest number, which stands in its [`TcpDirection`](super::direction::TcpDirection).
#[derive(Clone, Debug, Default)]
pub(super) struct SeenNumbers {
    /// From here on it is known what was seen; none before the first segment with numbers.
    start: Option<Seq>,
    /// In the order of their numbers; no two touch.
    holes: Vec<UnseenRange>,
}

impl SeenNumbers {
    /// Numbers count from here: of what lies before nothing is known.
    #[inline]
    pub(super) fn begin(&mut self, from: Seq) {
        if self.start.is_none() {
            self.start = Some(from);
        }
    }

    /// They begin anew, as they do behind a SYN ACK with another number.
    #[cold]
    pub(super) fn restart(&mut self, from: Seq) {
        self.holes.clear();
        self.start = Some(from);
    }

    /// Something was seen behind numbers that were not.
    #[cold]
    pub(super) fn skipped(&mut self, hole: UnseenRange) {
        if self.holes.len() == REMEMBERED {
            self.start = Some(self.holes.remove(0).to);
        }
        self.holes.push(hole);
    }

    /// These numbers were seen now.
    #[cold]
    pub(super) fn filled(&mut self, seq: Seq, end: Seq) {
        let mut left = Vec::new();
        for hole in self.holes.drain(..) {
            if end.up_to(hole.from) || hole.to.up_to(seq) {
                left.push(hole);
                continue;
            }
            if hole.from.before(seq) {
                left.push(UnseenRange { to: seq, ..hole });
            }
            if end.before(hole.to) {
                left.push(UnseenRange { from: end, ..hole });
            }
        }
        if left.len() > REMEMBERED {
            self.start = Some(left.remove(0).to);
        }
        self.holes = left;
    }

    /// What of these numbers was not seen, as far as it is known from where on.
    #[cold]
    pub(super) fn lacking(&self, from: Seq, end: Seq) -> Option<AckedUnseen> {
        let cut = |hole: &UnseenRange| {
            let first = if hole.from.before(from) {
                from
            } else {
                hole.from
            };
            let behind = if end.before(hole.to) { end } else { hole.to };
            first.before(behind).then_some((first, behind))
        };
        let met = self.holes.iter().filter_map(cut);
        met.fold(None, |known, (from, to)| {
            Some(AckedUnseen::and(known, from, to))
        })
    }

    /// How much of this range, below the highest number, was seen before.
    #[cold]
    pub(super) fn of(&self, seq: Seq, end: Seq) -> Coverage {
        if self.start.is_none_or(|start| seq.before(start)) {
            return Coverage::Unknown;
        }
        let meets = |hole: &&UnseenRange| hole.from.before(end) && seq.before(hole.to);
        let mut met = self.holes.iter().filter(meets);
        let Some(first) = met.next() else {
            return Coverage::Whole;
        };
        if first.from.up_to(seq) && end.up_to(first.to) {
            Coverage::Nothing(*first)
        } else {
            Coverage::Part
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hole(from: u32, to: u32) -> UnseenRange {
        UnseenRange {
            from: Seq(from),
            to: Seq(to),
            shown_by: from,
            at: Time::default(),
        }
    }

    #[test]
    fn what_fills_a_hole_is_seen_for_the_first_time() {
        let mut seen = SeenNumbers::default();
        assert_eq!(seen.of(Seq(5), Seq(9)), Coverage::Unknown);
        seen.begin(Seq(0xffff_fff0));
        seen.skipped(hole(100, 300));
        assert_eq!(seen.of(Seq(0xffff_fff1), Seq(100)), Coverage::Whole);
        assert_eq!(
            seen.of(Seq(100), Seq(200)),
            Coverage::Nothing(hole(100, 300))
        );
        assert_eq!(seen.of(Seq(90), Seq(110)), Coverage::Part);
        seen.filled(Seq(150), Seq(200));
        assert_eq!(seen.of(Seq(150), Seq(200)), Coverage::Whole);
        assert!(matches!(seen.of(Seq(100), Seq(150)), Coverage::Nothing(_)));
        assert!(matches!(seen.of(Seq(200), Seq(300)), Coverage::Nothing(_)));
        assert_eq!(seen.of(Seq(100), Seq(300)), Coverage::Part);
        assert_eq!(seen.of(Seq(0xffff_ff00), Seq(100)), Coverage::Unknown);
    }

    #[test]
    fn of_very_many_holes_the_first_are_forgotten_and_nothing_is_said_there() {
        let mut seen = SeenNumbers::default();
        seen.begin(Seq(0));
        (0..40).for_each(|n| seen.skipped(hole(n * 100 + 50, n * 100 + 100)));
        assert_eq!(seen.holes.len(), REMEMBERED);
        assert_eq!(seen.of(Seq(50), Seq(60)), Coverage::Unknown);
        assert_eq!(seen.of(Seq(50), Seq(60)), Coverage::Unknown);
        assert!(matches!(
            seen.of(Seq(3950), Seq(4000)),
            Coverage::Nothing(_)
        ));
        // One that is cut in two is one more.
        seen.filled(Seq(3960), Seq(3970));
        assert_eq!(seen.holes.len(), REMEMBERED);
    }
}
