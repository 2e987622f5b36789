//! The relay's loop: take what came in, hand over what is due, sleep until either.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;

use super::entry::{self, Headers};
use super::link::Link;
use super::queue::{Held, Queue};
use super::way::{Entering, Leaving, Way};
use super::{STATE_RATE, Shared};
use crate::model::fate::digest;
use crate::model::{Delivery, Fact, Fate, HostId, Span, Time, Trigger, Verdict};
use crate::observe::lab::fates::Fates;
use crate::observe::lab::kernel::Asker;
use crate::observe::source::{Source, now};
use crate::observe::sys::ring::{Ring, RingFrame};
use crate::observe::sys::sender::{BATCH, send};
use crate::observe::sys::tap::PROBE;
use crate::script::Wire;

/// Frames taken in one go before what is due is looked at again.
const TAKEN_AT_ONCE: usize = 64;
/// A clock that goes back by more than this was set.
const CLOCK_SET: Span = Span::from_ms(-50);
/// A frame that waited longer than this in the ring, or comes from the future, has a stamp that cannot be
/// believed.
const LONGEST_WAIT: Span = Span::from_ms(1_000);

/// Where the wire leads, and what it is like.
#[derive(Debug)]
pub(in crate::observe::lab) struct Road {
    /// Each host's MAC address and its far end's interface index, by host number.
    pub ends: Vec<([u8; 6], u32)>,
    /// Its settings.
    pub wire: Wire,
    /// What happens to which frame.
    pub fates: Fates,
    /// Each host's kernel.
    pub askers: Vec<Asker>,
    /// Where facts are told.
    pub source: Arc<Source>,
}

/// The relay, which owns the wire's sockets and all that is on the wire.
#[derive(Debug)]
pub(in crate::observe::lab) struct Relay {
    ring: Ring,
    ends: Vec<([u8; 6], u32)>,
    askers: Vec<Asker>,
    source: Arc<Source>,
    shared: Arc<Shared>,
    way: Way,
    queue: Queue,
    questions: Questions,
    wire_no: u64,
    /// The clock at the last look.
    seen: Time,
}

impl Relay {
    pub(super) fn new(ring: Ring, road: Road, shared: Arc<Shared>) -> Self {
        let link = Link::new(road.wire.rate, road.wire.queue);
        let way = Way::new(road.fates, link, road.wire.delay, road.wire.hop_mtu)
            .with_silent_hop(road.wire.hop_silent);
        Self {
            ring,
            ends: road.ends,
            askers: road.askers,
            source: road.source,
            shared,
            way,
            queue: Queue::default(),
            questions: Questions::new(Instant::now()),
            wire_no: 0,
            seen: now(),
        }
    }

    /// Relays until it is told to stop.
    pub(in crate::observe::lab) fn run(mut self) {
        // Without it the kernel may wake us 50 µs late, to save power; it works for this thread only.
        let _ = nix::sys::prctl::set_timerslack(1);
        while !self.shared.stop.load(Ordering::SeqCst) {
            let more = self.take();
            self.hand_over();
            if !more {
                self.count_missed();
                self.sleep();
            }
        }
        self.count_missed();
    }

    /// Takes frames from the ring; true when there may be more.
    fn take(&mut self) -> bool {
        for _ in 0..TAKEN_AT_ONCE {
            let Some((from, bytes, stamp)) = self.next() else {
                return false;
            };
            if let Some(from) = from {
                self.decide(from, bytes, stamp);
            }
        }
        true
    }

    /// Copies the next frame out of the ring. Its sender is none when it is not to be carried.
    fn next(&mut self) -> Option<(Option<HostId>, Box<[u8]>, Time)> {
        let ends = &self.ends;
        let shared = &self.shared;
        let here = (self.queue.len() + self.way.parked()) as u64;
        self.ring.next(|received: RingFrame<'_>| {
            let from = ends
                .iter()
                .position(|end| end.1 == received.interface)
                .filter(|_| !is_probe(received.bytes))
                .map(|number| HostId(number as u8));
            if from.is_some() {
                // Before the slot is handed back: there is no moment in which the frame is nowhere.
                shared.is_here(here + 1);
                shared.taken.fetch_add(1, Ordering::Relaxed);
            }
            let bytes = if from.is_some() {
                received.bytes.into()
            } else {
                Box::default()
            };
            (from, bytes, received.at)
        })
    }

    /// Decides a frame's fate and puts it on its way.
    fn decide(&mut self, from: HostId, bytes: Box<[u8]>, stamp: Time) {
        let wire_no = self.wire_no;
        self.wire_no += 1;
        let headers = entry::read(&bytes);
        let digest = digest(&bytes);
        let taken = self.way.take(Entering {
            at: believable(stamp),
            wire_no,
            from,
            digest,
            bytes,
        });
        self.source.tell(|at| {
            Fact::Fate(Fate {
                at,
                wire_no,
                from,
                digest,
                verdict: taken.verdict,
                rule: taken.rule,
                waits: taken.waits,
            })
        });
        let tuple = headers.and_then(|headers| headers.tcp);
        if let Some(tuple) = tuple.filter(|tuple| self.questions.may_ask(tuple.changes_state)) {
            self.ask(
                from,
                tuple.source,
                tuple.destination,
                Trigger::Held(wire_no),
            );
        }
        for leaving in taken.leaving {
            self.put(leaving);
        }
        self.are_here(0);
    }

    /// Puts a frame into the queue, once for each of its receivers.
    fn put(&mut self, leaving: Leaving) {
        let headers = entry::read(&leaving.bytes);
        let tuple = headers.and_then(|headers| headers.tcp);
        let ask = tuple.filter(|tuple| self.questions.may_ask(tuple.changes_state));
        for to in self.receivers(&leaving, headers) {
            self.queue.put(Held {
                due: leaving.due,
                wire_no: leaving.wire_no,
                to,
                copy: leaving.copy,
                digest: leaving.digest,
                ask,
                bytes: leaving.bytes.clone(),
            });
        }
    }

    /// To whom a frame goes: to the host with that address, or like a switch that does not know it, to all others.
    fn receivers(&self, leaving: &Leaving, headers: Option<Headers>) -> Vec<HostId> {
        if leaving.back {
            return vec![leaving.from];
        }
        let known =
            headers.and_then(|headers| self.ends.iter().position(|end| end.0 == headers.to));
        (0..self.ends.len())
            .filter(|number| known.is_none_or(|known| known == *number))
            .map(|number| HostId(number as u8))
            .filter(|host| *host != leaving.from)
            .collect()
    }

    /// Hands over what is due. A frame after which the receiver's kernel is asked goes alone; others go together.
    fn hand_over(&mut self) {
        if self.way.next_alone().is_some() {
            for leaving in self.way.left_alone(now()) {
                self.put(leaving);
            }
        }
        let now = now();
        if now.since(self.seen) < CLOCK_SET {
            self.queue.clock_was_set(now.since(self.seen));
        }
        self.seen = now;
        let mut batch: Vec<Held> = Vec::new();
        while let Some(held) = self.queue.take_due(now) {
            let asks = held.ask.is_some();
            batch.push(held);
            if asks || batch.len() == BATCH {
                self.send(&batch);
                batch.clear();
            }
        }
        if !batch.is_empty() {
            self.send(&batch);
        }
    }

    fn send(&mut self, batch: &[Held]) {
        for held in batch {
            self.source.tell(|at| {
                Fact::Delivery(Delivery {
                    at,
                    wire_no: held.wire_no,
                    to: held.to,
                    copy: held.copy,
                    digest: held.digest,
                    due: held.due,
                })
            });
        }
        let frames: Vec<(u32, &[u8])> = batch
            .iter()
            .map(|held| (self.ends[usize::from(held.to.0)].1, &*held.bytes))
            .collect();
        let mut sent = 0;
        while sent < frames.len() {
            match send(self.ring.socket(), &frames[sent..]) {
                Ok(count) => sent += count.max(1),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => {
                    // The receiver's interface did not take it. That is our wire's fault, not a fate of the plan.
                    self.tell_overrun(1);
                    sent += 1;
                }
            }
        }
        let frames = frames.len() as u64;
        self.shared.delivered.fetch_add(frames, Ordering::Relaxed);
        if let Some(Held {
            ask: Some(tuple),
            to,
            wire_no,
            ..
        }) = batch.last()
        {
            let trigger = Trigger::Delivered(*wire_no);
            self.ask(*to, tuple.destination, tuple.source, trigger);
        }
        self.are_here(0);
    }

    /// Publishes how many frames are on the wire, beside those in the queue.
    fn are_here(&self, beside: u64) {
        let here = (self.queue.len() + self.way.parked()) as u64;
        self.shared.is_here(here + beside);
    }

    fn ask(
        &self,
        host: HostId,
        local: crate::model::Endpoint,
        remote: crate::model::Endpoint,
        trigger: Trigger,
    ) {
        if let Some(asker) = self.askers.get(usize::from(host.0)) {
            asker.tell(&self.source, local, remote, trigger);
        }
    }

    /// Frames that the ring could not take are gone, and the run is not whole.
    fn count_missed(&mut self) {
        match self.ring.missed() {
            Ok(0) | Err(_) => {}
            Ok(frames) => self.tell_overrun(frames),
        }
    }

    fn tell_overrun(&mut self, frames: u64) {
        self.shared.overrun.fetch_add(frames, Ordering::Relaxed);
        self.source.tell(|at| {
            Fact::Fate(Fate {
                at,
                wire_no: self.wire_no,
                from: HostId::CLIENT,
                digest: 0,
                verdict: Verdict::Overrun { frames },
                rule: None,
                waits: Vec::new(),
            })
        });
    }

    /// Sleeps until a frame comes or one is due.
    fn sleep(&self) {
        let due = self.queue.next_release();
        let next = due.into_iter().chain(self.way.next_alone()).min();
        let timeout = next.map(|at| TimeSpec::from_duration(at.since(now()).to_duration()));
        let mut fds = [
            PollFd::new(self.ring.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.shared.wake.as_fd(), PollFlags::POLLIN),
        ];
        // An interruption is as good a reason to look again as any.
        let _ = ppoll(&mut fds, timeout, None);
    }
}

/// When a frame left its sender: its stamp, unless that cannot be believed because the clock was set.
fn believable(stamp: Time) -> Time {
    let now = now();
    let age = now.since(stamp);
    if (Span::ZERO..LONGEST_WAIT).contains(&age) {
        stamp
    } else {
        now
    }
}

fn is_probe(frame: &[u8]) -> bool {
    frame.get(12..14) == Some(&PROBE.to_be_bytes()[..])
}

/// How often the kernel may be asked: about every segment that changes a state, and about the others as long
/// as there are no more than [`STATE_RATE`] a second.
#[derive(Debug)]
struct Questions {
    left: f64,
    since: Instant,
}

impl Questions {
    /// So many may be asked at once after a quiet time.
    const BURST: f64 = 200.0;

    fn new(now: Instant) -> Self {
        Self {
            left: Self::BURST,
            since: now,
        }
    }

    fn may_ask(&mut self, changes_state: bool) -> bool {
        if changes_state {
            return true;
        }
        let now = Instant::now();
        let new = now.duration_since(self.since).as_secs_f64() * f64::from(STATE_RATE);
        self.since = now;
        self.left = (self.left + new).min(Self::BURST);
        let may = self.left >= 1.0;
        if may {
            self.left -= 1.0;
        }
        may
    }
}
