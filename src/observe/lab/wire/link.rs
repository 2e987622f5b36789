//! A link of limited rate: frames of one direction are put on it one after the other, and those that
//! wait stand in a queue that drops what finds it full (droptail). Propagation comes after.
//!
//! A frame's size is what a capture says, Ethernet header first and without preamble, checksum and gap, so
//! that rate and time can be checked against the recording.

use std::collections::{BTreeMap, VecDeque};

use crate::model::{HostId, Span, Time};

/// Frames that may wait when a rate is set and no queue.
pub(in crate::observe::lab) const USUAL_QUEUE: u32 = 100;

/// The link, in all directions.
#[derive(Debug)]
pub(super) struct Link {
    /// Bits per second; none: no limit.
    rate: Option<u64>,
    queue: usize,
    directions: BTreeMap<HostId, LinkDirection>,
}

#[derive(Debug, Default)]
struct LinkDirection {
    /// When the last frame's last bit has left.
    free: Time,
    /// When each waiting frame's first bit leaves, the earliest first.
    waiting: VecDeque<Time>,
}

/// A frame on its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LinkTiming {
    /// How long it stands in the queue; none where the link has no rate.
    pub waits: Option<Span>,
    /// When its last bit leaves.
    pub left: Time,
}

impl Link {
    pub(super) fn new(rate: Option<u64>, queue: Option<u32>) -> Self {
        Self {
            rate: rate.filter(|rate| *rate > 0),
            queue: queue.unwrap_or(USUAL_QUEUE) as usize,
            directions: BTreeMap::new(),
        }
    }

    /// A frame of `bytes` comes to the link at `at`; none when the queue is full.
    pub(super) fn put(&mut self, at: Time, from: HostId, bytes: usize) -> Option<LinkTiming> {
        let Some(rate) = self.rate else {
            return Some(LinkTiming {
                waits: None,
                left: at,
            });
        };
        let direction = self.directions.entry(from).or_default();
        while direction.waiting.front().is_some_and(|begin| *begin <= at) {
            direction.waiting.pop_front();
        }
        let begin = at.max(direction.free);
        if begin > at {
            if direction.waiting.len() >= self.queue {
                return None;
            }
            direction.waiting.push_back(begin);
        }
        let ns = u128::from(bytes as u64) * 8_000_000_000 / u128::from(rate);
        direction.free = begin.plus(Span::from_ns(i64::try_from(ns).unwrap_or(i64::MAX)));
        Some(LinkTiming {
            waits: Some(begin.since(at)),
            left: direction.free,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MBIT: u64 = 1_000_000;

    fn at(us: i64) -> Time {
        Time::from_ns(us * 1_000)
    }

    #[test]
    fn frames_of_one_direction_leave_one_after_the_other_at_the_rate() {
        let mut link = Link::new(Some(8 * MBIT), None);
        // One byte a microsecond.
        let mut put = |us, from, bytes| {
            let put = link.put(at(us), from, bytes)?;
            Some((put.waits?.ns() / 1_000, put.left))
        };
        assert_eq!(put(0, HostId::CLIENT, 1_000), Some((0, at(1_000))));
        assert_eq!(put(10, HostId::CLIENT, 500), Some((990, at(1_500))));
        assert_eq!(put(20, HostId::SERVER, 100), Some((0, at(120))));
        assert_eq!(put(5_000, HostId::CLIENT, 100), Some((0, at(5_100))));
    }

    #[test]
    fn a_full_queue_drops_what_comes_last() {
        let mut link = Link::new(Some(8 * MBIT), Some(2));
        let put = |link: &mut Link, us| link.put(at(us), HostId::CLIENT, 1_000).is_some();
        // One is being sent, two wait.
        assert!(put(&mut link, 0) && put(&mut link, 1) && put(&mut link, 2));
        assert!(!put(&mut link, 3));
        assert!(!put(&mut link, 999));
        // The first has left, and so one waits less.
        assert!(put(&mut link, 1_000));
        assert!(!put(&mut link, 1_001));
    }

    #[test]
    fn without_a_rate_nothing_waits() {
        let mut link = Link::new(None, Some(0));
        let put = link.put(at(7), HostId::CLIENT, 65_535);
        assert_eq!(
            put,
            Some(LinkTiming {
                waits: None,
                left: at(7)
            })
        );
    }
}
