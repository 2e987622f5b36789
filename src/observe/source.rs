//! Sources of facts, and their merge by watermark into the one order of a recording.
//!
//! Every part of a run that observes something (a host's calls, the wire, a sniffer) is a source. Two kinds:
//!
//! - [`FactSource`]: our own threads. A fact's stamp is taken under the queue's lock, and the merge reads the
//!   clock under that same lock when it empties the queue. So "nothing older than this will come from
//!   here" is exact: whatever is told later gets a later stamp, or was announced by a [`Hold`].
//! - the kernel's rings: frames are stamped by the kernel and become visible to us a moment later. A ring
//!   that was found empty at T vouches for T minus [`GRACE`]. A frame that comes later still is
//!   released at once, and behind it a [`Hole`] that says so.
//!
//! [`Merge`] releases what is not younger than the lowest watermark of all, by (time, source). What it
//! released is never sorted again; the order depends on stamps only, not on which thread ran when.
//!
//! What programs print may go the same way ([`printed`]), so that it can be shown where it belongs.
//!
//! Every fact takes its room from the moment at which it is told or read ([`room`]).

use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use nix::sys::eventfd::{EfdFlags, EventFd};

use crate::model::{Fact, Hole, HoleKind, Span, Time, Vantage};

pub mod printed;
pub mod room;

pub use printed::{Outlet, Printed, ProgramOutput};
pub use room::{Charge, Room};

/// How long after its stamp a frame may become visible in a ring. The kernel stamps and publishes a frame
/// in one softirq, microseconds apart; the rest is for a virtual CPU that was taken away in between.
pub const GRACE: Span = Span::from_ms(3);

/// Now, on the clock of all stamps (CLOCK_REALTIME).
#[must_use]
pub fn now() -> Time {
    let ns = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
        });
    Time::from_ns(ns)
}

/// Wakes the merge when a queue that was empty got a fact.
#[derive(Debug)]
pub struct Waker(EventFd);

impl Waker {
    /// A waker to share among the sources of a run.
    ///
    /// # Errors
    /// Of eventfd(2): no descriptor is left.
    pub fn new() -> std::io::Result<Arc<Self>> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        Ok(Arc::new(Self(EventFd::from_value_and_flags(0, flags)?)))
    }

    /// Makes the descriptor readable.
    pub fn wake(&self) {
        // Fails only when the counter is at its top: then it is readable anyway.
        let _ = self.0.write(1);
    }

    /// Makes it unreadable again, before the queues are looked at.
    pub fn clear(&self) {
        // Fails only when nobody woke us.
        let _ = self.0.read();
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// What a source tells.
#[derive(Debug)]
pub enum Observation {
    /// A fact of the recording, with the room that it takes.
    Fact(Fact<'static>, Charge),
    /// What a program printed.
    Printed(Printed),
}

impl Observation {
    /// When it was observed.
    #[must_use]
    pub fn at(&self) -> Time {
        match self {
            Self::Fact(fact, _) => fact.at(),
            Self::Printed(printed) => printed.at,
        }
    }
}

/// A source of facts that our own threads tell.
#[derive(Debug)]
pub struct FactSource {
    queue: Mutex<SourceQueue>,
    waker: Arc<Waker>,
    room: Arc<Room>,
}

#[derive(Debug, Default)]
struct SourceQueue {
    /// The stamp given last: the next is not before it, even when the clock was set back.
    last: Time,
    told: VecDeque<Observation>,
    /// The stamps of every [`Hold`].
    held: Vec<Time>,
}

/// A source has observed something that it has not told yet.
#[derive(Debug)]
pub struct Hold {
    source: Arc<FactSource>,
    at: Time,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut queue = self.source.lock();
        if let Some(found) = queue.held.iter().position(|at| *at == self.at) {
            queue.held.swap_remove(found);
        }
        drop(queue);
        self.source.waker.wake();
    }
}

impl FactSource {
    /// A source that wakes `waker`, whose facts take of this room.
    #[must_use]
    pub fn new(waker: &Arc<Waker>, room: &Arc<Room>) -> Arc<Self> {
        Arc::new(Self {
            queue: Mutex::default(),
            waker: Arc::clone(waker),
            room: Arc::clone(room),
        })
    }

    /// The room that its facts take.
    #[must_use]
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// Tells a fact: `make` gets the stamp and must put it into the fact. Returns the stamp.
    ///
    /// For something that is about to be done (a call's begin, a frame's delivery) tell first, then do.
    pub fn tell(&self, make: impl FnOnce(Time) -> Fact<'static>) -> Time {
        self.push(|at| self.charged(make(at)))
    }

    /// Something has just been observed that is told later: until then nothing younger is released.
    #[must_use]
    pub fn hold(self: &Arc<Self>) -> Hold {
        let mut queue = self.lock();
        let at = queue.stamp();
        queue.held.push(at);
        drop(queue);
        Hold {
            source: Arc::clone(self),
            at,
        }
    }

    /// Tells what the program in the host of this name printed: whole lines, which were read when this was held.
    pub fn print(read: &Hold, output: &Arc<ProgramOutput>, host: &Arc<str>, lines: Vec<u8>) {
        let reservation = output.reserve(lines.len());
        read.source.push(|_| {
            Observation::Printed(Printed {
                at: read.at,
                host: Arc::clone(host),
                lines,
                reservation,
            })
        });
    }

    fn charged(&self, fact: Fact<'static>) -> Observation {
        let charge = self.room.charge(&fact);
        Observation::Fact(fact, charge)
    }

    fn push(&self, make: impl FnOnce(Time) -> Observation) -> Time {
        let mut queue = self.lock();
        let at = queue.stamp();
        let was_empty = queue.told.is_empty();
        queue.told.push_back(make(at));
        drop(queue);
        if was_empty {
            self.waker.wake();
        }
        at
    }

    /// Tells a fact about each of these, all with the same stamp.
    pub fn tell_each<T>(&self, of: &[T], make: impl Fn(&T, Time) -> Fact<'static>) {
        let mut queue = self.lock();
        let at = queue.stamp();
        let was_empty = queue.told.is_empty();
        let facts = of.iter().map(|of| self.charged(make(of, at)));
        queue.told.extend(facts);
        drop(queue);
        if was_empty {
            self.waker.wake();
        }
    }

    /// Moves what was told behind `into`; nothing older than the returned time will come.
    fn take(&self, into: &mut VecDeque<Observation>) -> Time {
        let mut queue = self.lock();
        let now = queue.stamp();
        for told in queue.told.drain(..) {
            insert(into, told);
        }
        queue.held.iter().copied().fold(now, Time::min)
    }

    fn lock(&self) -> MutexGuard<'_, SourceQueue> {
        // A thread that panicked while it told something leaves the queue whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SourceQueue {
    fn stamp(&mut self) -> Time {
        self.last = self.last.max(now());
        self.last
    }
}

/// Puts it behind all that is not younger.
fn insert(waiting: &mut VecDeque<Observation>, told: Observation) {
    let younger = waiting
        .iter()
        .rev()
        .take_while(|last| last.at() > told.at());
    let at = waiting.len() - younger.count();
    waiting.insert(at, told);
}

/// Merges sources into one order.
#[derive(Debug)]
pub struct Merge {
    /// What frames take of it.
    room: Arc<Room>,
    /// Each with what waits of it.
    sources: Vec<(Arc<FactSource>, VecDeque<Observation>)>,
    /// By the number that [`Merge::add_ring`] gave.
    rings: Vec<RingQueue>,
    released: Time,
}

/// What is known of a ring.
#[derive(Debug)]
struct RingQueue {
    vantage: Vantage,
    watermark: Time,
    /// By time, then order of coming. Stamps of two processors may cross, so not every frame goes to the end.
    waiting: VecDeque<Observation>,
    /// Frames among those that wait which are older than what was released.
    late: u64,
}

impl Merge {
    /// A merge without sources; frames take of this room.
    #[must_use]
    pub fn new(room: &Arc<Room>) -> Self {
        Self {
            room: Arc::clone(room),
            sources: Vec::new(),
            rings: Vec::new(),
            released: Time::default(),
        }
    }

    /// Adds a source of our own.
    pub fn add(&mut self, source: Arc<FactSource>) {
        self.sources.push((source, VecDeque::new()));
    }

    /// Adds the ring of a vantage's sniffer; until its first [`Merge::ring_read`] nothing is released.
    pub fn add_ring(&mut self, vantage: Vantage) -> usize {
        self.rings.push(RingQueue {
            vantage,
            watermark: Time::from_ns(i64::MIN),
            waiting: VecDeque::new(),
            late: 0,
        });
        self.rings.len() - 1
    }

    /// A frame from a ring.
    pub fn frame(&mut self, ring: usize, fact: Fact<'static>) {
        let charge = self.room.charge(&fact);
        let queue = &mut self.rings[ring];
        if fact.at() < self.released {
            queue.late += 1;
        }
        insert(&mut queue.waiting, Observation::Fact(fact, charge));
    }

    /// The ring was found empty at `at`, a time read before it was looked at; or it holds more still, and the last frame
    /// that was taken is from `at`.
    pub fn ring_read(&mut self, ring: usize, at: Time) {
        let watermark = at.plus(Span::from_ns(-GRACE.ns()));
        let queue = &mut self.rings[ring];
        queue.watermark = queue.watermark.max(watermark);
    }

    /// Takes what our own sources told, and releases in order all that has become decidable. Stops early when `sink` says
    /// so; else nothing older than the returned time will come.
    pub fn release<B>(
        &mut self,
        sink: &mut impl FnMut(Observation) -> std::ops::ControlFlow<B>,
    ) -> std::ops::ControlFlow<B, Time> {
        let until = self.collect();
        self.release_until(until, sink)?;
        std::ops::ControlFlow::Continue(until)
    }

    /// Releases everything that there is, in order: at the end, when no source will tell any more.
    pub fn release_all<B>(
        &mut self,
        sink: &mut impl FnMut(Observation) -> std::ops::ControlFlow<B>,
    ) -> std::ops::ControlFlow<B> {
        self.collect();
        self.release_until(Time::from_ns(i64::MAX), sink)
    }

    /// When the oldest waiting fact was observed.
    #[must_use]
    pub fn oldest(&self) -> Option<Time> {
        self.queues()
            .filter_map(|queue| queue.front())
            .map(Observation::at)
            .min()
    }

    fn collect(&mut self) -> Time {
        let mut until = self.rings.iter().map(|ring| ring.watermark).min();
        for (source, waiting) in &mut self.sources {
            let watermark = source.take(waiting);
            until = Some(until.map_or(watermark, |lowest| lowest.min(watermark)));
        }
        until.unwrap_or(Time::from_ns(i64::MAX))
    }

    /// What waits, source by source: our own, then the rings. At equal times this is the order.
    fn queues(&self) -> impl Iterator<Item = &VecDeque<Observation>> {
        let own = self.sources.iter().map(|(_, waiting)| waiting);
        own.chain(self.rings.iter().map(|ring| &ring.waiting))
    }

    fn queue_mut(&mut self, number: usize) -> &mut VecDeque<Observation> {
        let own = self.sources.len();
        match self.sources.get_mut(number) {
            Some((_, waiting)) => waiting,
            None => &mut self.rings[number - own].waiting,
        }
    }

    fn release_until<B>(
        &mut self,
        until: Time,
        sink: &mut impl FnMut(Observation) -> std::ops::ControlFlow<B>,
    ) -> std::ops::ControlFlow<B> {
        loop {
            let first = self
                .queues()
                .enumerate()
                .filter_map(|(number, queue)| Some((queue.front()?.at(), number)))
                .min();
            let Some((at, number)) = first.filter(|(at, _)| *at <= until) else {
                break;
            };
            self.released = self.released.max(at);
            if let Some(told) = self.queue_mut(number).pop_front() {
                sink(told)?;
            }
        }
        // What was late is out by now: whatever is older than what was released can be told at once.
        for ring in self.rings.iter_mut().filter(|ring| ring.late > 0) {
            let hole = Fact::Hole(Hole {
                at: self.released,
                vantage: ring.vantage,
                frames: std::mem::take(&mut ring.late),
                kind: HoleKind::Late,
            });
            let charge = self.room.charge(&hole);
            sink(Observation::Fact(hole, charge))?;
        }
        std::ops::ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests;
