//! What is on the wire: frames with the time at which each is due, the earliest first. Frames that are due
//! at the same time leave in the order in which they were put in.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::model::{HostId, Span, Time};

use super::entry::TcpTuple;

/// A frame (or a copy of one) on its way to one host.
#[derive(Debug)]
pub(super) struct Held {
    /// When it is to be handed over.
    pub due: Time,
    /// Its number on the wire.
    pub wire_no: u64,
    /// To whom.
    pub to: HostId,
    /// Which copy, from 0.
    pub copy: u8,
    /// Digest of `bytes`.
    pub digest: u64,
    /// Its connection, when the receiver's kernel is to be asked about it.
    pub ask: Option<TcpTuple>,
    /// Its bytes, as they are to arrive.
    pub bytes: Box<[u8]>,
}

/// Frames in order of their release.
#[derive(Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Entry>,
    /// Counts what was put in.
    put: u64,
}

#[derive(Debug)]
struct Entry {
    /// When it is handed over: its due time, unless the clock was set since.
    release: Time,
    order: u64,
    held: Held,
}

impl Queue {
    pub(super) fn put(&mut self, held: Held) {
        self.heap.push(Entry {
            release: held.due,
            order: self.put,
            held,
        });
        self.put += 1;
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    /// When the next frame is due.
    pub(super) fn next_release(&self) -> Option<Time> {
        self.heap.peek().map(|entry| entry.release)
    }

    /// The clock was set by this much: whatever waits, waits as long as it would have.
    pub(super) fn clock_was_set(&mut self, by: Span) {
        let entries = std::mem::take(&mut self.heap).into_iter();
        self.heap = entries
            .map(|entry| Entry {
                release: entry.release.plus(by),
                ..entry
            })
            .collect();
    }

    /// Takes the next frame if it is due at `now`.
    pub(super) fn take_due(&mut self, now: Time) -> Option<Held> {
        if self.next_release()? > now {
            return None;
        }
        self.heap.pop().map(|entry| entry.held)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    /// The heap gives its greatest first: that is the one that is due earliest, then put in first.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |entry: &Self| (entry.release, entry.order);
        key(other).cmp(&key(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(due: Time, wire_no: u64) -> Held {
        Held {
            due,
            wire_no,
            to: HostId::SERVER,
            copy: 0,
            digest: 0,
            ask: None,
            bytes: Box::default(),
        }
    }

    #[test]
    fn frames_leave_by_time_then_in_the_order_of_their_coming() {
        let start = Time::from_ns(1_000);
        let later = Time::from_ns(2_000);
        let mut queue = Queue::default();
        for (release, wire_no) in [(later, 0), (start, 1), (later, 2), (start, 3)] {
            queue.put(held(release, wire_no));
        }
        let mut order = Vec::new();
        while let Some(frame) = queue.take_due(later) {
            order.push(frame.wire_no);
        }
        assert_eq!(order, [1, 3, 0, 2]);
    }

    #[test]
    fn nothing_leaves_before_its_time() {
        let start = Time::from_ns(1_000);
        let mut queue = Queue::default();
        queue.put(held(Time::from_ns(1_001), 0));
        assert!(queue.take_due(start).is_none());
        assert!(queue.take_due(Time::from_ns(1_001)).is_some());
        assert_eq!(queue.next_release(), None);
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nothing_waiting() {
        let mut queue = Queue::default();
        queue.put(held(Time::from_ns(1_000_000), 0));
        queue.clock_was_set(Span::from_ns(-999_000));
        assert_eq!(queue.next_release(), Some(Time::from_ns(1_000)));
        let frame = queue.take_due(Time::from_ns(1_000)).expect("it is due");
        assert_eq!(frame.due, Time::from_ns(1_000_000));
    }
}
