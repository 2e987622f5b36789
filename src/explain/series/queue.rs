//! What waits for one direction of the wire, over time: from how long the wire said that each frame stood there.

use std::collections::VecDeque;

use crate::model::{Span, Time};

use super::{Joined, Level};

/// One direction's queue. The frame whose bits are being sent is in it no more.
#[derive(Clone, Debug, Default)]
pub struct QueueSeries {
    /// How many frames wait, after each one that comes or goes.
    pub length: Joined<Level>,
    /// Frames that found it full, and how many waited then.
    pub dropped: Joined<Level>,
    /// When those that wait go, the earliest first.
    leaves: VecDeque<Time>,
}

impl QueueSeries {
    /// A frame came that waits so long, once for each copy or piece of it.
    pub fn came(&mut self, at: Time, waits: &[Span]) {
        self.until(at);
        for wait in waits.iter().filter(|wait| wait.ns() > 0) {
            self.leaves.push_back(at.plus(*wait));
            self.now(at);
        }
        if self.length.is_empty() {
            self.now(at);
        }
    }

    /// A frame came and found no room.
    pub fn full(&mut self, at: Time) {
        self.until(at);
        let value = self.leaves.len() as u64;
        self.dropped.push(Level { at, value });
    }

    /// Nothing more comes: the rest goes.
    pub fn drain(&mut self) {
        if let Some(last) = self.leaves.back().copied() {
            self.until(last);
        }
    }

    fn until(&mut self, at: Time) {
        while let Some(left) = self.leaves.front().copied().filter(|left| *left <= at) {
            self.leaves.pop_front();
            self.now(left);
        }
    }

    fn now(&mut self, at: Time) {
        let value = self.leaves.len() as u64;
        self.length.push(Level { at, value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_grows_as_frames_come_and_shrinks_as_they_go() {
        let at = |ms: i64| Time::from_ns(ms * 1_000_000);
        let mut queue = QueueSeries::default();
        // The link takes 10 ms for each: the first goes at once.
        queue.came(at(0), &[Span::ZERO]);
        queue.came(at(1), &[Span::from_ms(9)]);
        queue.came(at(2), &[Span::from_ms(18)]);
        queue.full(at(3));
        queue.came(at(12), &[Span::from_ms(18), Span::from_ms(28)]);
        queue.drain();
        let levels = |levels: &Joined<Level>| -> Vec<(i64, u64)> {
            let ms = |level: &Level| (level.at.ns() / 1_000_000, level.value);
            levels.iter().map(ms).collect()
        };
        assert_eq!(
            levels(&queue.length),
            [
                (0, 0),
                (1, 1),
                (2, 2),
                (10, 1),
                (12, 2),
                (12, 3),
                (20, 2),
                (30, 1),
                (40, 0)
            ]
        );
        assert_eq!(levels(&queue.dropped), [(3, 2)]);
    }
}
