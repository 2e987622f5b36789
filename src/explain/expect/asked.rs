//! What a question asks of a run: the number of a frame, its flags, how many there are, when something happens.

use crate::model::Time;
use crate::protocol::decode::TcpFlags;
use crate::script::expect::Event;
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
    /// Its packet's number; none for a frame that the saved vantage did not see.
    pub packet: Option<u32>,
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
        let first = self.first(pattern).map(|seen| self.place(seen));
        (found.count() as i64, first)
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

    fn place(&self, seen: &Seen) -> Place {
        Place {
            packet: seen.number,
            line: self.line(seen),
        }
    }

    fn first(&self, pattern: &Pattern) -> Option<&Seen> {
        self.frames_of(None)
            .find(|seen| self.matches(pattern, seen))
    }
}
