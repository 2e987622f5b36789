//! A story moment by moment: what comes next is told at a key, or when its time has come, and can be hidden again.

use std::time::Duration;

use super::document::Landmark;
use super::{Goal, Heard, Viewer};
use crate::model::{Span, Time};

impl Viewer {
    /// In how long the next moment is to be told, when it plays.
    pub(super) fn due(&self, goal: Goal<'_>) -> Option<Duration> {
        let (since, from) = self.playing?;
        // The story's clock begins with its first moment.
        if from == Time::default() {
            return Some(Duration::ZERO);
        }
        let next = self.document.next_from(self.told, Landmark::Moment);
        let ((Some(next), _) | (None, Goal::Next(next, _))) =
            (next.and_then(|at| self.document.time(at)), goal)
        else {
            return None;
        };
        let wait = Span::from_ns(next.ns().saturating_sub(from.ns()).max(0));
        let due = wait.to_duration().mul_f64(self.slow);
        Some(due.saturating_sub(since.elapsed()))
    }

    pub(super) fn time_told(&self) -> Time {
        let last = self.document.previous(self.told, Landmark::Moment);
        let next = || self.document.next_from(self.told, Landmark::Moment);
        let at = last.or_else(next);
        at.and_then(|at| self.document.time(at)).unwrap_or_default()
    }

    /// Tells the next moment: one that was hidden again, or a new one.
    pub(super) fn advance(&mut self, goal: Goal<'_>) -> Heard {
        self.stale = true;
        if let Some(next) = self.document.next_from(self.told, Landmark::Moment) {
            let until = self.document.next(next, Landmark::Moment);
            self.told = until.unwrap_or(self.document.len());
            self.go_to_end();
            return Heard::Nothing;
        }
        match goal {
            Goal::Next(at, _) => {
                if let Some((_, from)) = &mut self.playing
                    && *from == Time::default()
                {
                    *from = at;
                }
                Heard::Met
            }
            _ => Heard::Nothing,
        }
    }

    /// Hides the last moment again, and all before it back to such a one; the first stays.
    pub(super) fn retreat(&mut self, what: Landmark) {
        let Some(last) = self.document.previous(self.told, Landmark::Moment) else {
            return;
        };
        let until = match what {
            Landmark::Moment => Some(last),
            what => self.document.previous(last, what).map(|at| {
                let behind = self.document.next(at, Landmark::Moment);
                behind.unwrap_or(self.told)
            }),
        };
        self.told = self.no_less(until.unwrap_or(0));
        self.go_to_end();
    }

    /// So many pieces, but no fewer than what it begins with: an introduction, or else the first moment.
    pub(super) fn no_less(&self, pieces: usize) -> usize {
        let Some(first) = self.document.next_from(0, Landmark::Moment) else {
            return self.document.len();
        };
        let least = if self.document.rows_of(first) > 0 {
            first
        } else {
            first + 1
        };
        pieces.max(least)
    }
}
