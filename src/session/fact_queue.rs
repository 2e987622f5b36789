//! What was observed, on its way from one thread to the next: in order, and bounded.
//!
//! Whoever puts something in never waits. What does not fit is left out and counted, and a hole stands in its place as
//! soon as there is room again.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::{Fact, Hole, HoleKind, HostId, Setting, Time, Vantage};
use crate::observe::source::{Observation, Room};

/// Observations that are taken at once, at most.
const AT_ONCE: usize = 1024;

/// How long whoever waits leaves other things undone.
const IDLE: Duration = Duration::from_millis(50);

/// What a hole in this queue is: so many other facts are missing.
pub type KindOfHole = fn(u64) -> HoleKind;

/// A queue between two threads.
#[derive(Debug)]
pub struct FactQueue {
    state: Mutex<QueueState>,
    changed: Condvar,
    room: Arc<Room>,
    /// Bytes that may wait here.
    most: usize,
    kind: KindOfHole,
}

#[derive(Debug)]
struct QueueState {
    waiting: VecDeque<Observation>,
    /// What they take of the room.
    bytes: usize,
    /// Nothing older will be put in.
    until: Time,
    /// The frames of this vantage are the saved file's packets.
    saved: Vantage,
    gap: Option<Gap>,
    /// Nothing will be put in any more.
    ended: bool,
    /// Nothing will be taken any more.
    closed: bool,
}

/// What was left out since something was put in last.
#[derive(Debug, Default)]
struct Gap {
    /// When the last of it was observed.
    at: Time,
    frames: u64,
    others: u64,
}

impl FactQueue {
    /// A queue in which so many bytes may wait, and no more than there is room for.
    #[must_use]
    pub fn new(room: &Arc<Room>, most: usize, kind: KindOfHole) -> Self {
        Self {
            state: Mutex::new(QueueState {
                waiting: VecDeque::new(),
                bytes: 0,
                until: Time::default(),
                saved: Vantage::Host(HostId::CLIENT),
                gap: None,
                ended: false,
                closed: false,
            }),
            changed: Condvar::new(),
            room: Arc::clone(room),
            most,
            kind,
        }
    }

    /// Puts all of it in, as far as there is room; nothing older than `until` will come. Breaks when nobody takes it any
    /// more.
    pub fn put(&self, batch: &mut Vec<Observation>, until: Time) -> ControlFlow<()> {
        let mut state = self.lock();
        if state.closed {
            batch.clear();
            return ControlFlow::Break(());
        }
        for observed in batch.drain(..) {
            self.enter(&mut state, observed);
        }
        state.until = state.until.max(until);
        drop(state);
        self.changed.notify_one();
        ControlFlow::Continue(())
    }

    fn enter(&self, state: &mut QueueState, observed: Observation) {
        let Observation::Fact(fact, charge) = &observed else {
            return state.waiting.push_back(observed);
        };
        if let Fact::Setting {
            setting: Setting::SavedVantage(saved),
            ..
        } = fact
        {
            state.saved = *saved;
        }
        // Once something is missing, more may be: few gaps tell more than many.
        let most = if state.gap.is_some() {
            self.most / 4
        } else {
            self.most
        };
        let fits = state.bytes <= most && !self.room.is_gone();
        if !fits && !matches!(fact, Fact::Setting { .. } | Fact::Outcome(_)) {
            let saved = matches!(fact, Fact::Frame(frame) if frame.vantage == state.saved);
            let gap = state.gap.get_or_insert_default();
            gap.at = fact.at();
            gap.frames += u64::from(saved);
            gap.others += u64::from(!saved);
            return;
        }
        let bytes = charge.bytes();
        if let Some(gap) = state.gap.take() {
            let hole = Fact::Hole(Hole {
                at: gap.at,
                vantage: state.saved,
                frames: gap.frames,
                kind: (self.kind)(gap.others),
            });
            let charge = self.room.charge(&hole);
            state.bytes += charge.bytes();
            state.waiting.push_back(Observation::Fact(hole, charge));
        }
        state.bytes += bytes;
        state.waiting.push_back(observed);
    }

    /// Waits for something new and takes what comes next behind `into`: nothing older than the returned time will come.
    /// None when there is nothing any more.
    pub fn take(&self, into: &mut Vec<Observation>) -> Option<Time> {
        self.take_idling(into, None)
    }

    /// The same; while it waits it does something else now and then.
    pub fn take_idling(
        &self,
        into: &mut Vec<Observation>,
        mut idle: Option<&mut dyn FnMut()>,
    ) -> Option<Time> {
        let mut state = self.lock();
        let known = state.until;
        while state.waiting.is_empty() && !state.ended && state.until == known {
            let Some(idle) = &mut idle else {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let waited = self.changed.wait_timeout(state, IDLE);
            let (unchanged, out) = waited.unwrap_or_else(PoisonError::into_inner);
            state = unchanged;
            if out.timed_out() {
                drop(state);
                idle();
                state = self.lock();
            }
        }
        if state.waiting.is_empty() && state.ended {
            return None;
        }
        let count = state.waiting.len().min(AT_ONCE);
        let before = into.len();
        into.extend(state.waiting.drain(..count));
        let taken = into[before..].iter().map(|observed| match observed {
            Observation::Fact(_, charge) => charge.bytes(),
            Observation::Printed(_) => 0,
        });
        state.bytes -= taken.sum::<usize>();
        if state.waiting.is_empty() {
            // What a burst needed is not kept for ever.
            state.waiting.shrink_to(4 * AT_ONCE);
        }
        let next = state.waiting.front().map(Observation::at);
        Some(next.map_or(state.until, |next| next.min(state.until)))
    }

    /// More waits here than a burst leaves.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.lock().bytes > self.most / 16
    }

    /// Nothing will be put in any more.
    pub fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_one();
    }

    /// Nothing will be taken any more.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting = VecDeque::new();
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        // A thread that panicked while it held it leaves a queue that is whole but for its last fact.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// EndsQueue a queue when whoever puts something in is gone, in whatever way.
pub struct EndsQueue<'q>(pub &'q FactQueue);

impl Drop for EndsQueue<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// ClosesQueue a queue when whoever takes from it is gone, in whatever way.
pub struct ClosesQueue<'q>(pub &'q FactQueue);

impl Drop for ClosesQueue<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::model::{Direction, Frame, LinkType, Outcome};

    fn frame(ms: i64) -> Fact<'static> {
        Fact::Frame(Frame {
            at: Time::from_ns(ms * 1_000_000),
            vantage: Vantage::Host(HostId::CLIENT),
            direction: Direction::Sent,
            link: LinkType::ETHERNET,
            orig_len: 1_000,
            checksum_offloaded: false,
            bytes: Cow::Owned(vec![0; 1_000]),
        })
    }

    fn outcome(ms: i64) -> Fact<'static> {
        Fact::Outcome(Outcome {
            at: Time::from_ns(ms * 1_000_000),
            troubles: Vec::new(),
        })
    }

    fn put(queue: &FactQueue, room: &Arc<Room>, fact: Fact<'static>) {
        let charge = room.charge(&fact);
        let put = queue.put(&mut vec![Observation::Fact(fact, charge)], Time::default());
        assert!(put.is_continue());
    }

    fn taken(queue: &FactQueue) -> Vec<Fact<'static>> {
        let mut batch = Vec::new();
        while queue.take(&mut batch).is_some() {}
        let facts = batch.into_iter().map(|observed| match observed {
            Observation::Fact(fact, _) => fact,
            Observation::Printed(_) => panic!("nothing was printed"),
        });
        facts.collect()
    }

    #[test]
    fn what_does_not_fit_is_counted_and_a_hole_stands_in_its_place() {
        let room = Room::of(1 << 20);
        let size = room.charge(&frame(0)).bytes();
        let queue = FactQueue::new(&room, 3 * size, |others| HoleKind::Untold { others });
        for ms in 0..10 {
            put(&queue, &room, frame(ms));
        }
        put(&queue, &room, outcome(10));
        queue.end();
        let hole = Fact::Hole(Hole {
            at: Time::from_ns(9_000_000),
            vantage: Vantage::Host(HostId::CLIENT),
            frames: 6,
            kind: HoleKind::Untold { others: 0 },
        });
        let mut expected: Vec<_> = (0..4).map(frame).collect();
        expected.extend([hole, outcome(10)]);
        assert_eq!(taken(&queue), expected, "the outcome always fits");
    }

    #[test]
    fn where_all_room_is_gone_nothing_fits_anywhere() {
        let room = Room::of(1_000);
        let queue = FactQueue::new(&room, 1 << 20, |others| HoleKind::Unsaved { others });
        let elsewhere = room.charge(&frame(0));
        put(&queue, &room, frame(1));
        drop(elsewhere);
        put(&queue, &room, outcome(2));
        queue.end();
        let facts = taken(&queue);
        assert!(
            matches!(&facts[..], [Fact::Hole(hole), _] if hole.frames == 1),
            "{facts:?}"
        );
    }

    #[test]
    fn nobody_puts_into_a_queue_that_was_closed() {
        let room = Room::of(1 << 20);
        let queue = FactQueue::new(&room, 1 << 20, |others| HoleKind::Untold { others });
        queue.close();
        assert!(queue.put(&mut Vec::new(), Time::default()).is_break());
    }
}
