//! What a question asks of a run: the number of a frame, its flags, how many there are, when something happens.

use crate::model::{Span, Time};
use crate::protocol::decode::TcpFlags;
use crate::script::expect::{Claim, Event, Expectation};
use crate::script::number::Sum;
use crate::script::pattern::{Key, Pattern};

use super::{Evidence, Seen, order};

/// Something read off one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// What was read.
    pub is: T,
    /// Where.
    pub at: Place,
}

/// A frame to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// How long after the run's beginning it left, as a ladder says it.
    pub after: Span,
    /// The frame, in the notation of patterns.
    pub line: String,
}

impl Evidence {
    /// A number of the first frame of this kind, relative as patterns have it.
    #[must_use]
    pub fn number_of(&self, key: Key, pattern: &Pattern) -> Option<Read<i64>> {
        let seen = self.first(pattern)?;
        let is = self.sight(seen).number(key)?;
        Some(Read {
            is,
            at: self.place(seen),
        })
    }

    /// The TCP flags of the first frame of this kind.
    #[must_use]
    pub fn flags_of(&self, pattern: &Pattern) -> Option<Read<TcpFlags>> {
        let seen = self.first(pattern)?;
        let is = self.sight(seen).flags()?;
        Some(Read {
            is,
            at: self.place(seen),
        })
    }

    /// How many frames of this kind there are, and the first of them.
    #[must_use]
    pub fn count_of(&self, pattern: &Pattern) -> (i64, Option<Place>) {
        let found = self.frames_of(None).filter(|s| self.matches(pattern, s));
        (found.count() as i64, self.place_of_frame(pattern))
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

    /// The first frame of what an expectation says; none where it speaks of none.
    #[must_use]
    pub fn place_of(&self, expectation: &Expectation) -> Option<Place> {
        expectation.claims.iter().find_map(|claim| match claim {
            Claim::Frames { list, .. } => self.place_of_frame(list.first()?),
            Claim::Count { of, .. } => self.place_of_frame(of),
            Claim::Order(events) => events.iter().find_map(|event| self.place_of_event(event)),
            Claim::Lasted { from, .. } => self.place_of_event(from),
            _ => None,
        })
    }

    /// The frame that an event is about; none where it is about none.
    #[must_use]
    pub fn place_of_event(&self, event: &Event) -> Option<Place> {
        match event {
            Event::Sent(pattern) | Event::Arrived(pattern) => self.place_of_frame(pattern),
            Event::Nth(_, _) | Event::Calls(..) | Event::Returns(..) | Event::Is(..) => None,
        }
    }

    fn place_of_frame(&self, pattern: &Pattern) -> Option<Place> {
        self.first(pattern).map(|seen| self.place(seen))
    }

    fn place(&self, seen: &Seen) -> Place {
        let left = seen.sent.or(seen.arrived).unwrap_or_default();
        Place {
            after: left.since(self.began()),
            line: self.line(seen),
        }
    }

    fn first(&self, pattern: &Pattern) -> Option<&Seen> {
        self.frames_of(None)
            .find(|seen| self.matches(pattern, seen))
    }
}
