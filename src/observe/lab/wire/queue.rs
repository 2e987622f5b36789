//! What is on the wire: frames with the time at which each is due, the earliest first. Frames that are due
//! at the same time leave in the order in which they were put in.
//!
//! Without rules that delay some, frames are put in in the order in which they leave: those stand in a row, and only
//! the others have to be sorted.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use crate::model::{HostId, Span, Time};

use super::tcp_tuple::TcpTuple;

/// A frame (or a copy of one) on its way to one host.
#[derive(Debug)]
pub(super) struct QueuedFrame {
    /// When it is to be handed over.
    pub due: Time,
    /// Its number on the wire.
    pub wire_no: u64,
    /// The host that it goes to.
    pub to: HostId,
    /// Which copy, from 0.
    pub copy: u8,
    /// Digest of `bytes`; 0 where nothing is told of it.
    pub digest: u64,
    /// Its connection, when the receiver's kernel is to be asked about it.
    pub ask: Option<TcpTuple>,
    /// It is a UDP datagram, and whether it was dropped is to be asked.
    pub ask_udp: bool,
    /// Its bytes, as they are to arrive.
    pub bytes: Arc<[u8]>,
}

/// Frames in order of their release.
#[derive(Debug, Default)]
pub(super) struct DeliveryQueue {
    /// Each due no earlier than the one before it.
    row: VecDeque<QueueEntry>,
    /// Due before the last of the row.
    others: BinaryHeap<QueueEntry>,
    /// Counts what was put in.
    put: u64,
}

#[derive(Debug)]
struct QueueEntry {
    /// When it is handed over: its due time, unless the clock was set since.
    release: Time,
    order: u64,
    frame: QueuedFrame,
}

impl DeliveryQueue {
    pub(super) fn put(&mut self, frame: QueuedFrame) {
        let entry = QueueEntry {
            release: frame.due,
            order: self.put,
            frame,
        };
        self.put += 1;
        let last = self.row.back().map(|last| last.release);
        if last.is_none_or(|last| last <= entry.release) {
            self.row.push_back(entry);
        } else {
            self.others.push(entry);
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.row.len() + self.others.len()
    }

    /// When the next frame is due.
    pub(super) fn next_release(&self) -> Option<Time> {
        let first = self.row.front().into_iter().chain(self.others.peek());
        first.map(|entry| entry.release).min()
    }

    /// The clock was set by this much: whatever waits, waits as long as it would have.
    pub(super) fn clock_was_set(&mut self, by: Span) {
        let shifted = |entry: QueueEntry| QueueEntry {
            release: entry.release.plus(by),
            ..entry
        };
        self.row = self.row.drain(..).map(shifted).collect();
        self.others = self.others.drain().map(shifted).collect();
    }

    /// Takes the next frame if it is due at `now`.
    pub(super) fn take_due(&mut self, now: Time) -> Option<QueuedFrame> {
        if self.next_release()? > now {
            return None;
        }
        let from_row = match (self.row.front(), self.others.peek()) {
            (Some(row), Some(other)) => row.key() < other.key(),
            (row, _) => row.is_some(),
        };
        let entry = if from_row {
            self.row.pop_front()
        } else {
            self.others.pop()
        };
        entry.map(|entry| entry.frame)
    }
}

impl QueueEntry {
    const fn key(&self) -> (Time, u64) {
        (self.release, self.order)
    }
}

impl PartialEq for QueueEntry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for QueueEntry {}

impl PartialOrd for QueueEntry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for QueueEntry {
    /// The heap gives its greatest first: that is the one that is due earliest, then put in first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.key().cmp(&self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(due: Time, wire_no: u64) -> QueuedFrame {
        QueuedFrame {
            due,
            wire_no,
            to: HostId::SERVER,
            copy: 0,
            digest: 0,
            ask: None,
            ask_udp: false,
            bytes: Arc::default(),
        }
    }

    #[test]
    fn frames_leave_by_time_then_in_the_order_of_their_coming() {
        let start = Time::from_ns(1_000);
        let later = Time::from_ns(2_000);
        let mut queue = DeliveryQueue::default();
        for (release, wire_no) in [(later, 0), (start, 1), (later, 2), (start, 3)] {
            queue.put(frame(release, wire_no));
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
        let mut queue = DeliveryQueue::default();
        queue.put(frame(Time::from_ns(1_001), 0));
        assert!(queue.take_due(start).is_none());
        assert!(queue.take_due(Time::from_ns(1_001)).is_some());
        assert_eq!(queue.next_release(), None);
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nothing_waiting() {
        let mut queue = DeliveryQueue::default();
        queue.put(frame(Time::from_ns(1_000_000), 0));
        queue.put(frame(Time::from_ns(999_900), 1));
        queue.clock_was_set(Span::from_ns(-999_000));
        assert_eq!(queue.next_release(), Some(Time::from_ns(900)));
        assert_eq!(queue.len(), 2);
        let frame = queue.take_due(Time::from_ns(900)).expect("it is due");
        assert_eq!((frame.wire_no, frame.due), (1, Time::from_ns(999_900)));
        let frame = queue.take_due(Time::from_ns(1_000)).expect("it is due");
        assert_eq!((frame.wire_no, frame.due), (0, Time::from_ns(1_000_000)));
    }
}
