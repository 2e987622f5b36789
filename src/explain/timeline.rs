//! The timeline: one fact in, the moments that became decidable out.

use crate::model::{Fact, Time};

use super::{Moment, Summary};

/// Computes a story from facts, one at a time, with bounded look-back.
#[derive(Debug, Default)]
pub struct Timeline {
    summary: Summary,
}

impl Timeline {
    /// A timeline to which nothing has been told yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next fact; moments that became decidable by it are pushed to `out`.
    pub fn fact(&mut self, fact: &Fact<'_>, out: &mut Vec<Moment>) {
        let _ = (fact, out);
    }

    /// A promise that no later fact will be older than `time`: lets a live run tell what it can no longer
    /// change without waiting for the next fact. It never changes what is told, only when.
    pub fn until(&mut self, time: Time, out: &mut Vec<Moment>) {
        let _ = (time, out);
    }

    /// There are no more facts: the rest of the moments, and what it all came to.
    pub fn finish(&mut self, out: &mut Vec<Moment>) -> Summary {
        let _ = out;
        self.summary.clone()
    }
}
