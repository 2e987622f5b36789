//! What a question asks of a run: the number of a frame, its flags, how many there are, when something happens.

use crate::model::number::signed;
use crate::model::{Span, Time};
use crate::notation::claim::Event;
use crate::notation::condition::Sum;
use crate::notation::vocabulary::NumericField;
use crate::notation::{Claim, Expectation, Pattern, call};
use crate::protocol::decode::TcpFlags;

use super::{Evidence, FrameEvidence, order};

/// Something read off one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<T> {
    /// What was read.
    pub is: T,
    /// The frame that it was read off.
    pub at: EvidenceLine,
}

/// A frame or call to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceLine {
    /// How long after the run's beginning the frame left, or the call began or returned.
    pub after: Span,
    /// The frame or call, in the notation of patterns.
    pub line: String,
}

impl Evidence {
    /// A number of the first frame of this kind, relative as patterns have it.
    #[must_use]
    pub fn number_of(&self, key: NumericField, pattern: &Pattern) -> Option<Reading<i64>> {
        let seen = self.first(pattern)?;
        let is = self.view(seen).number(key)?;
        Some(Reading {
            is,
            at: self.place(seen),
        })
    }

    /// The TCP flags of the first frame of this kind.
    #[must_use]
    pub fn flags_of(&self, pattern: &Pattern) -> Option<Reading<TcpFlags>> {
        let seen = self.first(pattern)?;
        let is = self.view(seen).flags()?;
        Some(Reading {
            is,
            at: self.place(seen),
        })
    }

    /// How many frames of this kind there are, and the first of them.
    #[must_use]
    pub fn count_of(&self, pattern: &Pattern) -> (i64, Option<EvidenceLine>) {
        let found = self.frames_of(None).filter(|s| self.matches(pattern, s));
        (signed(found.count()), self.place_of_frame(pattern))
    }

    /// What a sum comes to in the run's first connection.
    #[must_use]
    pub fn sum_of(&self, sum: &Sum) -> Option<i64> {
        sum.value(&|symbol| self.symbol(symbol, self.stream(None)))
    }

    /// When this happens first.
    #[must_use]
    pub fn time_of(&self, event: &Event) -> Option<Time> {
        order::times(self, event).into_iter().next()
    }

    /// Where it can be read that an expectation held: its first call, else the frame in which its frames end, the end
    /// of a time, the first event of an order; none where it speaks of none of them.
    #[must_use]
    pub fn place_of(&self, expectation: &Expectation) -> Option<EvidenceLine> {
        let claims = &expectation.claims;
        let call = claims.iter().find_map(|claim| match claim {
            Claim::Calls { host, list, .. } => {
                self.place_of_event(&Event::Returns(host.clone(), list.first()?.clone()))
            }
            _ => None,
        });
        call.or_else(|| {
            claims.iter().find_map(|claim| match claim {
                Claim::Frames { list, .. } => self.place_of_frame(list.last()?),
                Claim::Count { of, .. } => self.place_of_frame(of),
                Claim::Order(events) => events.iter().find_map(|event| self.place_of_event(event)),
                Claim::Lasted { from, to, .. } => {
                    let start = self.time_of(from)?;
                    let ends = order::times(self, to).into_iter();
                    self.place_at(to, ends.into_iter().find(|end| *end > start)?)
                }
                _ => None,
            })
        })
    }

    /// The frame or call that an event is about; none where it is about a state.
    #[must_use]
    pub fn place_of_event(&self, event: &Event) -> Option<EvidenceLine> {
        self.place_at(event, self.time_of(event)?)
    }

    /// What happened at this time, of an event that happened then.
    fn place_at(&self, event: &Event, at: Time) -> Option<EvidenceLine> {
        match event {
            Event::Sent(pattern) | Event::Arrived(pattern) => {
                let then = |seen: &&FrameEvidence| [seen.sent, seen.arrived].contains(&Some(at));
                let mut frames = self.frames_of(None).filter(then);
                let seen = frames.find(|seen| self.matches(pattern, seen))?;
                Some(self.place(seen))
            }
            Event::Nth(_, event) => self.place_at(event, at),
            Event::Calls(..) | Event::Returns(..) => Some(EvidenceLine {
                after: at.since(self.began()),
                line: self.line_of_call(event, at)?,
            }),
            Event::Is(..) => None,
        }
    }

    /// The call that began or returned at this time, as it was made.
    fn line_of_call(&self, event: &Event, at: Time) -> Option<String> {
        let (Event::Calls(name, _) | Event::Returns(name, _)) = event else {
            return None;
        };
        let mut calls = self
            .calls
            .iter()
            .filter(|made| Some(made.call.host) == self.host(name));
        let made = calls.find(|made| {
            let returned = made.returned.as_ref().map(|returned| returned.at);
            made.call.at == at || returned == Some(at)
        })?;
        let line = call::line(&made.call, made.returned.as_deref(), self.hosts());
        Some(format!("{name}: {line}"))
    }

    fn place_of_frame(&self, pattern: &Pattern) -> Option<EvidenceLine> {
        self.first(pattern).map(|seen| self.place(seen))
    }

    fn place(&self, seen: &FrameEvidence) -> EvidenceLine {
        let left = seen.sent.or(seen.arrived).unwrap_or_default();
        EvidenceLine {
            after: left.since(self.began()),
            line: self.line(seen),
        }
    }

    fn first(&self, pattern: &Pattern) -> Option<&FrameEvidence> {
        self.frames_of(None)
            .find(|seen| self.matches(pattern, seen))
    }
}
