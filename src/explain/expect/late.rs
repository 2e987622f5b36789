//! Whether the machine's own lateness accounts for a claim about time that did not hold.
//!
//! Two things show it: a frame that arrived later than the wire meant to hand it over, and a thread of a host that could
//! have run and had no processor. Each is a stretch of time in which the run stood still where it was not meant to. What
//! took too long by no more than the stretches in it would have held on a machine that was in time; so would what was too
//! short because it began late, or came behind what it was to come before. Lateness elsewhere in the run says nothing.

use crate::model::{Span, Time};

/// What is so little off can come from what nothing measures: an interrupt, a virtual processor that was taken away.
const UNMEASURED: Span = Span::from_ms(1);

/// When the machine was late in a run.
#[derive(Clone, Debug, Default)]
pub(super) struct LateTimes {
    /// Each from and to; apart and in order once [`LateTimes::join`] was called.
    stretches: Vec<(Time, Time)>,
}

impl LateTimes {
    /// Something came at `at` that should have come so much earlier.
    pub(super) fn add(&mut self, at: Time, late: Option<Span>) {
        let stretch = late.map(|late| (at.plus(Span::from_ns(-late.ns())), at));
        self.stretches.extend(stretch);
    }

    /// Makes one of those that overlap.
    pub(super) fn join(&mut self) {
        self.stretches.sort_unstable();
        self.stretches.dedup_by(|next, before| {
            let overlaps = next.0 <= before.1;
            if overlaps {
                before.1 = before.1.max(next.1);
            }
            overlaps
        });
    }

    /// How much of the time from one to the other they take.
    pub(super) fn within(&self, from: Time, to: Time) -> Span {
        let parts = self.stretches.iter().map(|(began, ended)| {
            let part = (*ended).min(to).since((*began).max(from));
            part.ns().max(0)
        });
        Span::from_ns(parts.sum())
    }

    /// The lateness between the two, if it accounts for what is off by so much.
    pub(super) fn accounts_for(&self, off: Span, from: Time, to: Time) -> Option<Span> {
        let late = self.within(from, to);
        let enough = late > Span::ZERO && late.ns().saturating_add(UNMEASURED.ns()) >= off.ns();
        enough.then_some(late)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Time {
        Time::from_ns(ms * 1_000_000)
    }

    fn late(stretches: &[(i64, i64)]) -> LateTimes {
        let mut late = LateTimes::default();
        for (from, to) in stretches {
            late.add(at(*to), Some(Span::from_ms(to - from)));
        }
        late.join();
        late
    }

    #[test]
    fn what_overlaps_counts_once_and_only_what_is_in_between_counts() {
        let late = late(&[(50, 60), (10, 30), (20, 40), (55, 58)]);
        let accounts = |off, from, to| late.accounts_for(Span::from_ms(off), at(from), at(to));
        assert_eq!(accounts(41, 0, 100), Some(Span::from_ms(40)));
        assert_eq!(accounts(42, 0, 100), None);
        assert_eq!(accounts(5, 35, 50), Some(Span::from_ms(5)));
        assert_eq!(
            accounts(0, 40, 50),
            None,
            "without lateness nothing is excused"
        );
    }
}
