//! The relay's loop: take what came in, hand over what is due, sleep until either.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;

use super::entry;
use super::queue::{Held, Queue};
use super::rules::Rules;
use super::{STATE_RATE, Shared};
use crate::model::fate::digest;
use crate::model::{Delivery, Fact, Fate, HostId, Span, Time, Trigger, Verdict};
use crate::observe::lab::kernel::Asker;
use crate::observe::source::{Source, now};
use crate::observe::sys::ring::{Ring, RingFrame};
use crate::observe::sys::sender::{BATCH, send};
use crate::observe::sys::tap::PROBE;

/// Frames taken in one go before what is due is looked at again.
const TAKEN_AT_ONCE: usize = 64;
/// A frame that waited longer than this in the ring, or comes from the future, has a stamp that cannot be
/// believed (the clock was set): its way begins now.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Where the wire leads, and what it is like.
#[derive(Debug)]
pub(in crate::observe::lab) struct Road {
    /// Each host's MAC address and its far end's interface index, by host number.
    pub ends: Vec<([u8; 6], u32)>,
    /// One-way delay.
    pub delay: Span,
    /// Each host's kernel.
    pub askers: Vec<Asker>,
    /// Where facts are told.
    pub source: Arc<Source>,
}

/// The relay, which owns the wire's sockets and all that is on the wire.
#[derive(Debug)]
pub(in crate::observe::lab) struct Relay {
    ring: Ring,
    road: Road,
    shared: Arc<Shared>,
    rules: Rules,
    queue: Queue,
    questions: Questions,
    wire_no: u64,
}

impl Relay {
    pub(super) fn new(ring: Ring, road: Road, shared: Arc<Shared>) -> Self {
        Self {
            ring,
            road,
            shared,
            rules: Rules,
            queue: Queue::default(),
            questions: Questions::new(Instant::now()),
            wire_no: 0,
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
        let ends = &self.road.ends;
        let shared = &self.shared;
        self.ring.next(|received: RingFrame<'_>| {
            let from = ends
                .iter()
                .position(|end| end.1 == received.interface)
                .filter(|_| !is_probe(received.bytes))
                .map(|number| HostId(number as u8));
            if from.is_some() {
                // Before the slot is handed back: there is no moment in which the frame is nowhere.
                shared.held.fetch_add(1, Ordering::SeqCst);
                shared.taken.fetch_add(1, Ordering::Relaxed);
            }
            shared.steps.fetch_add(1, Ordering::SeqCst);
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
        let digest = digest(&bytes);
        let decision = self.rules.decide(&bytes);
        let at = self.road.source.tell(|at| {
            Fact::Fate(Fate {
                at,
                wire_no,
                from,
                digest,
                verdict: decision.verdict.clone(),
                rule: decision.rule,
            })
        });
        let headers = entry::read(&bytes);
        let tuple = headers.and_then(|headers| headers.tcp);
        let ask = tuple.filter(|tuple| self.questions.may_ask(tuple.changes_state));
        if let Some(tuple) = ask {
            self.ask(
                from,
                tuple.source,
                tuple.destination,
                Trigger::Held(wire_no),
            );
        }

        let waited = at.since(stamp).to_duration();
        let waited = if waited > LONGEST_WAIT {
            Duration::ZERO
        } else {
            waited
        };
        let delay = self.road.delay.ns().saturating_add(decision.later.ns());
        let due = at.plus(Span::from_ns(
            delay.saturating_sub(waited.as_nanos() as i64),
        ));
        let left = due.since(now()).to_duration();
        let release = Instant::now() + left;
        let to = headers.map_or(Target::All, |headers| self.target(headers.to));
        let receivers = (0..self.road.ends.len() as u8)
            .map(HostId)
            .filter(|host| *host != from && to.is(*host));
        for to in receivers {
            for copy in 0..decision.copies {
                self.shared.held.fetch_add(1, Ordering::SeqCst);
                self.queue.put(Held {
                    release,
                    due,
                    wire_no,
                    to,
                    copy,
                    digest,
                    ask,
                    bytes: bytes.clone(),
                });
            }
        }
        self.let_go(1);
    }

    /// Hands over what is due. A frame after which the receiver's kernel is asked goes alone; others go together.
    fn hand_over(&mut self) {
        let now = Instant::now();
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
            self.road.source.tell(|at| {
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
            .map(|held| {
                let end = self.road.ends[usize::from(held.to.0)];
                (end.1, &*held.bytes)
            })
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
        self.shared
            .delivered
            .fetch_add(frames.len() as u64, Ordering::Relaxed);
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
        self.let_go(batch.len() as u64);
    }

    fn ask(
        &self,
        host: HostId,
        local: crate::model::Endpoint,
        remote: crate::model::Endpoint,
        trigger: Trigger,
    ) {
        if let Some(asker) = self.road.askers.get(usize::from(host.0)) {
            asker.tell(&self.road.source, local, remote, trigger);
        }
    }

    fn let_go(&self, frames: u64) {
        self.shared.steps.fetch_add(1, Ordering::SeqCst);
        self.shared.held.fetch_sub(frames, Ordering::SeqCst);
    }

    /// Where frames to that address go: to its host, or like a switch that does not know it, to all.
    fn target(&self, mac: [u8; 6]) -> Target {
        self.road
            .ends
            .iter()
            .position(|end| end.0 == mac)
            .map_or(Target::All, |number| Target::One(HostId(number as u8)))
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
        self.road.source.tell(|at| {
            Fact::Fate(Fate {
                at,
                wire_no: self.wire_no,
                from: HostId::CLIENT,
                digest: 0,
                verdict: Verdict::Overrun { frames },
                rule: None,
            })
        });
    }

    /// Sleeps until a frame comes or one is due.
    fn sleep(&self) {
        let timeout = self.queue.next_release().map(|release| {
            TimeSpec::from_duration(release.saturating_duration_since(Instant::now()))
        });
        let mut fds = [
            PollFd::new(self.ring.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.shared.wake.as_fd(), PollFlags::POLLIN),
        ];
        // An interruption is as good a reason to look again as any.
        let _ = ppoll(&mut fds, timeout, None);
    }
}

enum Target {
    All,
    One(HostId),
}

impl Target {
    fn is(&self, host: HostId) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => *one == host,
        }
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
