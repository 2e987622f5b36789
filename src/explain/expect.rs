//! Expectations held against a run: held or not, and what was seen instead, in the notation in which the
//! expectation is written.
//!
//! Pure: evidence in, gathered from moments; results out. The whole run is looked at when it is over, since "no frame of this kind"
//! and "exactly these" are known only then.

mod delivered;
mod evidence;
mod found;
mod kernels;
mod late;
mod order;
mod reading;

use crate::model::Span;
use crate::model::number::signed;
use crate::notation::call::CallPattern;
use crate::notation::claim::{Event, StateWord};
use crate::notation::condition::Condition;
use crate::notation::{Claim, Expectation, Pattern};
use crate::protocol::follow::ClosedHow;
use crate::text::Message;

pub use evidence::Evidence;
use evidence::{FrameEvidence, MadeCall};
pub use reading::{EvidenceLine, Reading};

/// How many lines of what was seen stand in a shortfall: a screen.
const SHOWN: usize = 24;

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// The expectation's name.
    pub id: String,
    /// Each claim that did not hold; none when the expectation held.
    pub shortfalls: Vec<Shortfall>,
}

/// A claim that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// In a few words, what is not as it should be.
    pub what: Message,
    /// What was expected; each line with whether it was found.
    pub expected: Vec<(String, bool)>,
    /// What was seen, in the same notation, frames, calls and events with when that was, at most a screen of it.
    pub seen: Vec<String>,
    /// How many lines of it were left out.
    pub left_out: usize,
    /// The machine was late by so much where that accounts for it: the run says nothing about the claim.
    pub late: Option<Span>,
}

impl CheckResult {
    /// No claim of it falls short.
    #[must_use]
    pub fn held(&self) -> bool {
        self.shortfalls.is_empty()
    }

    /// It did not hold, and each claim that fell short did so because this machine was late, by so much at most: whether
    /// it holds, this run does not say.
    #[must_use]
    pub fn too_busy(&self) -> Option<Span> {
        let late: Option<Vec<Span>> = self.shortfalls.iter().map(|one| one.late).collect();
        late?.into_iter().max()
    }
}

impl Shortfall {
    fn new(what: &'static str, expected: Vec<(String, bool)>, mut seen: Vec<String>) -> Self {
        let left_out = seen.len().saturating_sub(SHOWN);
        seen.truncate(SHOWN);
        Self {
            what: Message::new(what),
            expected,
            seen,
            left_out,
            late: None,
        }
    }
}

/// Holds expectations against one run.
#[must_use]
pub fn judge(expectations: &[Expectation], evidence: &Evidence) -> Vec<CheckResult> {
    expectations
        .iter()
        .map(|expectation| evidence.check(expectation))
        .collect()
}

impl Evidence {
    fn check(&self, expectation: &Expectation) -> CheckResult {
        let short = |claim| self.claim(claim, expectation.connection).err();
        let mut shortfalls: Vec<Shortfall> = expectation.claims.iter().filter_map(short).collect();
        if !shortfalls.is_empty() {
            // What it presumes did not come about, because the machine was late: then nothing is said about it.
            let mut presumed = expectation.presumes.iter().filter_map(short);
            if let Some(late) = presumed.find_map(|shortfall| shortfall.late) {
                for shortfall in &mut shortfalls {
                    shortfall.late = shortfall.late.max(Some(late));
                }
            }
        }
        CheckResult {
            id: expectation.id.clone(),
            shortfalls,
        }
    }

    fn claim(&self, claim: &Claim, connection: Option<u32>) -> Result<(), Shortfall> {
        match claim {
            Claim::Frames { list, of, exactly } => {
                self.frames(list, of.as_ref(), *exactly, connection)
            }
            Claim::Count { of, is } => self.count(of, is, connection),
            Claim::Times { of, is } => self.times(of, is),
            Claim::No(patterns) => self.none(patterns, connection),
            Claim::States { host, list } => self.state_list(host, list, connection),
            Claim::Calls {
                host,
                list,
                of,
                exactly,
            } => self.call_list(host, list, of.as_ref(), *exactly),
            Claim::NoFinding(names) => found::none(self, names),
            Claim::Close(shape) => self.close(*shape, connection),
            Claim::Delivered { from, to } => delivered::judge(self, from, to),
            Claim::Order(events) => order::in_order(self, events),
            Claim::Lasted {
                from,
                to,
                is,
                tolerance,
            } => order::lasted(self, from, to, is, *tolerance),
        }
    }

    fn frames(
        &self,
        list: &[Pattern],
        of: Option<&Pattern>,
        exactly: bool,
        connection: Option<u32>,
    ) -> Result<(), Shortfall> {
        let looked_at: Vec<&FrameEvidence> = self
            .frames_of(connection)
            .filter(|seen| of.is_none_or(|of| self.matches(of, seen)))
            .collect();
        let found = in_sequence(list, &looked_at, exactly, |pattern, seen| {
            self.matches(pattern, seen)
        });
        let complete = found == list.len() && (!exactly || looked_at.len() == list.len());
        if complete {
            return Ok(());
        }
        let key = if exactly {
            "lesson-short-exactly"
        } else {
            "lesson-short-frames"
        };
        Err(Shortfall::new(
            key,
            marked(list, found),
            looked_at
                .iter()
                .map(|seen| self.timed_frame(seen))
                .collect(),
        ))
    }

    fn count(
        &self,
        of: &Pattern,
        is: &Condition,
        connection: Option<u32>,
    ) -> Result<(), Shortfall> {
        let found: Vec<&FrameEvidence> = self
            .frames_of(connection)
            .filter(|seen| self.matches(of, seen))
            .collect();
        let known = |symbol: &_| self.symbol(symbol, self.stream(connection));
        if is.holds(signed(found.len()), &known) == Some(true) {
            return Ok(());
        }
        let mut shortfall = Shortfall::new(
            "lesson-short-count",
            vec![(of.to_string(), false)],
            found.iter().map(|seen| self.timed_frame(seen)).collect(),
        );
        shortfall.what = shortfall
            .what
            .text("is", is.to_string())
            .int("found", signed(found.len()));
        Err(shortfall)
    }

    fn times(&self, of: &Event, is: &Condition) -> Result<(), Shortfall> {
        let found = signed(order::times(self, of).len());
        let known = |symbol: &_| self.symbol(symbol, self.stream(None));
        if is.holds(found, &known) == Some(true) {
            return Ok(());
        }
        let mut shortfall = Shortfall::new(
            "lesson-short-count",
            vec![(of.to_string(), false)],
            order::listing(self, std::slice::from_ref(of)),
        );
        shortfall.what = shortfall
            .what
            .text("is", is.to_string())
            .int("found", found);
        Err(shortfall)
    }

    fn none(&self, patterns: &[Pattern], connection: Option<u32>) -> Result<(), Shortfall> {
        let found: Vec<&FrameEvidence> = self
            .frames_of(connection)
            .filter(|seen| patterns.iter().any(|pattern| self.matches(pattern, seen)))
            .collect();
        if found.is_empty() {
            return Ok(());
        }
        let expected = patterns
            .iter()
            .map(|pattern| {
                let hit = found.iter().any(|seen| self.matches(pattern, seen));
                (pattern.to_string(), !hit)
            })
            .collect();
        Err(Shortfall::new(
            "lesson-short-none",
            expected,
            found.iter().map(|seen| self.timed_frame(seen)).collect(),
        ))
    }

    fn state_list(
        &self,
        host: &str,
        list: &[StateWord],
        connection: Option<u32>,
    ) -> Result<(), Shortfall> {
        let names = |wanted| list.contains(&StateWord::Is(wanted));
        let seen = self.states_of(host, self.stream(connection), names);
        if states_match(list, &seen) {
            return Ok(());
        }
        let expected = list.iter().map(|word| (word.to_string(), false)).collect();
        let seen = seen.iter().map(ToString::to_string).collect();
        let mut shortfall = Shortfall::new("lesson-short-states", expected, seen);
        shortfall.what = shortfall.what.text("host", host.to_owned());
        Err(shortfall)
    }

    fn call_list(
        &self,
        host: &str,
        list: &[CallPattern],
        of: Option<&CallPattern>,
        exactly: bool,
    ) -> Result<(), Shortfall> {
        let looked_at: Vec<&MadeCall> = self
            .returned_calls(host)
            .filter(|made| of.is_none_or(|of| self.call_matches(of, made)))
            .collect();
        let found = in_sequence(list, &looked_at, exactly, |pattern, made| {
            self.call_matches(pattern, made)
        });
        if found == list.len() && (!exactly || looked_at.len() == list.len()) {
            return Ok(());
        }
        let mut shortfall = Shortfall::new(
            "lesson-short-calls",
            marked(list, found),
            looked_at
                .iter()
                .map(|made| self.timed_call(&made.call, made.returned.as_deref()))
                .collect(),
        );
        shortfall.what = shortfall.what.text("host", host.to_owned());
        // As it would have been on a machine that was in time.
        let late = std::cell::Cell::new(None);
        let found = in_sequence(list, &looked_at, exactly, |pattern, made| {
            self.call_matches(pattern, made) || {
                let by = self.matches_but_for_lateness(pattern, made);
                late.set(late.get().max(by));
                by.is_some()
            }
        });
        if found == list.len() && (!exactly || looked_at.len() == list.len()) {
            shortfall.late = late.get();
        }
        Err(shortfall)
    }

    fn close(&self, shape: ClosedHow, connection: Option<u32>) -> Result<(), Shortfall> {
        let seen = self.close_of(self.stream(connection));
        if seen == Some(shape) {
            return Ok(());
        }
        Err(Shortfall::new(
            "lesson-short-close",
            vec![(shape.to_string(), false)],
            seen.iter().map(ToString::to_string).collect(),
        ))
    }
}

/// How many patterns, from the first on, have an item of their own, in the items' order. With `exactly` the
/// n-th item must be the n-th pattern's.
fn in_sequence<P, T>(
    patterns: &[P],
    items: &[&T],
    exactly: bool,
    matches: impl Fn(&P, &T) -> bool,
) -> usize {
    let mut rest = items.iter();
    patterns
        .iter()
        .take_while(|pattern| {
            if exactly {
                rest.next().is_some_and(|item| matches(pattern, item))
            } else {
                rest.any(|item| matches(pattern, item))
            }
        })
        .count()
}

fn marked<P: ToString>(patterns: &[P], found: usize) -> Vec<(String, bool)> {
    patterns
        .iter()
        .enumerate()
        .map(|(i, pattern)| (pattern.to_string(), i < found))
        .collect()
}

/// Whether a list of words describes exactly these states; `…` stands for any.
fn states_match(list: &[StateWord], seen: &[crate::model::TcpState]) -> bool {
    // How many of the states the words so far can stand for: never a search, whatever a lesson asks for.
    let mut stands_for = vec![false; seen.len() + 1];
    stands_for[0] = true;
    for word in list {
        match word {
            StateWord::Any => {
                let fewest = stands_for
                    .iter()
                    .position(|can| *can)
                    .unwrap_or(stands_for.len());
                stands_for[fewest..].fill(true);
            }
            StateWord::Is(wanted) => {
                for count in (1..stands_for.len()).rev() {
                    stands_for[count] = stands_for[count - 1] && seen[count - 1] == *wanted;
                }
                stands_for[0] = false;
            }
        }
    }
    stands_for[seen.len()]
}

#[cfg(test)]
mod tests;
