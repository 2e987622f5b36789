//! The relay's loop: take what came in, hand over what is due, sleep until either.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;

use super::Shared;
use super::fact_reporter::FactReporter;
use super::link::Link;
use super::queue::{DeliveryQueue, QueuedFrame};
use super::schedule::{IncomingFrame, Schedule, ScheduledFrame};
use super::switch::Switch;
use super::tcp_tuple;
use crate::model::fate::digest;
use crate::model::{Fate, HostId, Span, Time, Trigger, Verdict};
use crate::observe::lab::fates::{Fates, Ruling};
use crate::observe::source::now;
use crate::observe::sys::packet_socket::PROBE;
use crate::observe::sys::ring::{Ring, RingFrame};
use crate::observe::sys::sender::{BATCH, send};
use crate::observe::sys::time_slice;
use crate::script::WirePlan;

/// Frames taken in one go before what is due is looked at again.
const TAKEN_AT_ONCE: usize = 64;
/// The processor's time that the relay wants at once. It works in short bursts, and a thread that asks for little is
/// let in earlier, in front of those that compute for long.
const SLICE: Span = Span::from_us(100);
/// So shortly before a frame is due the relay does not sleep any more: to be woken by a timer takes about as long.
const AWAKE_BEFORE: Duration = Duration::from_micros(100);
/// A clock that goes back by more than this was set.
const CLOCK_SET: Span = Span::from_ms(-50);
/// A frame that waited longer than this in the ring, or comes from the future, has a stamp that cannot be
/// believed.
const LONGEST_WAIT: Span = Span::from_ms(1_000);

/// What a relay is made from: where the wire leads, and what it is like.
#[derive(Debug)]
pub(in crate::observe::lab) struct RelaySetup {
    /// Each host's MAC address and its far end's interface index, by host number.
    pub ends: Vec<([u8; 6], u32)>,
    /// Delay, rate, queue and hop, as planned.
    pub wire: WirePlan,
    /// What happens to which frame.
    pub fates: Fates,
    /// Who tells of it; none: nothing is told.
    pub reporter: Option<FactReporter>,
}

/// The relay, which owns the wire's sockets and all that is on the wire.
#[derive(Debug)]
pub(in crate::observe::lab) struct Relay {
    ring: Ring,
    /// Each host's far end's interface index, by host number.
    ends: Vec<u32>,
    switch: Switch,
    reporter: Option<FactReporter>,
    shared: Arc<Shared>,
    schedule: Schedule,
    queue: DeliveryQueue,
    /// Frames that are being handed over; kept for its memory.
    batch: Vec<QueuedFrame>,
    wire_no: u64,
    /// The clock at the last look.
    seen: Time,
}

impl Relay {
    pub(super) fn new(ring: Ring, setup: RelaySetup, shared: Arc<Shared>) -> Self {
        let switch = switch(&setup);
        let link = Link::new(setup.wire.rate, setup.wire.queue);
        let schedule = Schedule::new(setup.fates, link, setup.wire.delay, setup.wire.hop_mtu)
            .with_silent_hop(setup.wire.hop_silent);
        Self {
            ring,
            switch,
            ends: setup.ends.into_iter().map(|(_, index)| index).collect(),
            reporter: setup.reporter,
            shared,
            schedule,
            queue: DeliveryQueue::default(),
            batch: Vec::with_capacity(BATCH),
            wire_no: 0,
            seen: now(),
        }
    }

    /// Relays until it is told to stop.
    pub(in crate::observe::lab) fn run(mut self) {
        // Without it the kernel may wake us 50 µs late, to save power; it works for this thread only.
        let _ = nix::sys::prctl::set_timerslack(1);
        // A kernel that knows no slices (before 6.12) has only its usual ones.
        let _ = time_slice::ask_for(SLICE);
        while !self.shared.stop.load(Ordering::SeqCst) {
            let more = self.take();
            self.hand_over();
            if !more {
                self.rest();
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
    fn next(&mut self) -> Option<(Option<HostId>, Arc<[u8]>, Time)> {
        let ends = &self.ends;
        let shared = &self.shared;
        let here = (self.queue.len() + self.schedule.parked()) as u64;
        self.ring.next(|received: RingFrame<'_>| {
            let from = ends
                .iter()
                .position(|end| *end == received.interface)
                .filter(|_| !is_probe(received.bytes))
                .and_then(|number| u8::try_from(number).ok())
                .map(HostId);
            if from.is_some() {
                // Before the slot is handed back: there is no moment in which the frame is nowhere.
                shared.is_here(here + 1);
                shared.taken.fetch_add(1, Ordering::Relaxed);
            }
            let bytes = if from.is_some() {
                Arc::from(received.bytes)
            } else {
                Arc::default()
            };
            (from, bytes, received.at)
        })
    }

    /// Decides a frame's fate and queues what is to be handed over.
    fn decide(&mut self, from: HostId, bytes: Arc<[u8]>, stamp: Time) {
        let wire_no = self.wire_no;
        self.wire_no += 1;
        let to = self.switch.forward(from, &bytes);
        let decision = self.schedule.decide(IncomingFrame {
            at: believable(stamp),
            wire_no,
            from,
            to,
            bytes: Arc::clone(&bytes),
        });
        if decision.ruling.verdict.ends_it() {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
        let mut entered = None;
        if let Some(reporter) = &mut self.reporter {
            let digest = digest(&bytes);
            let Ruling {
                verdict,
                rule,
                apart,
            } = decision.ruling;
            reporter.fate(|at| Fate {
                at,
                wire_no,
                from,
                digest,
                verdict,
                rule,
                waits: decision.waits,
                apart,
            });
            if let Some(tuple) = tcp_tuple::of_frame(&bytes)
                && reporter.may_ask(&tuple)
            {
                let trigger = Trigger::Held(wire_no);
                reporter.ask(from, tuple.source, tuple.destination, trigger);
            }
            entered = Some((bytes, digest));
        }
        for scheduled in decision.scheduled {
            self.put(scheduled, entered.as_ref());
        }
        self.are_here(0);
    }

    /// Puts a frame into the queue, once for each of its receivers. `entered`: a frame whose digest is known.
    fn put(&mut self, scheduled: ScheduledFrame, entered: Option<&(Arc<[u8]>, u64)>) {
        let tuple = tcp_tuple::of_frame(&scheduled.bytes);
        let (mut ask, mut ask_udp, mut told) = (None, false, 0);
        if let Some(reporter) = &mut self.reporter {
            ask = tuple.filter(|tuple| reporter.may_ask(tuple));
            ask_udp = tcp_tuple::is_udp(&scheduled.bytes) && reporter.may_ask_udp();
            told = match entered {
                Some((bytes, digest)) if Arc::ptr_eq(bytes, &scheduled.bytes) => *digest,
                _ => digest(&scheduled.bytes),
            };
        }
        for to in scheduled.to {
            self.queue.put(QueuedFrame {
                due: scheduled.due,
                wire_no: scheduled.wire_no,
                to,
                copy: scheduled.copy,
                digest: told,
                ask,
                ask_udp,
                bytes: Arc::clone(&scheduled.bytes),
            });
        }
    }

    /// Hands over what is due. A frame after which the receiver's kernel is asked goes alone; others go together.
    fn hand_over(&mut self) {
        if self.schedule.next_alone().is_some() {
            for scheduled in self.schedule.left_alone(now()) {
                self.put(scheduled, None);
            }
        }
        let now = now();
        if now.since(self.seen) < CLOCK_SET {
            self.queue.clock_was_set(now.since(self.seen));
        }
        self.seen = now;
        while let Some(frame) = self.queue.take_due(now) {
            let asks = frame.ask.is_some() || frame.ask_udp;
            self.batch.push(frame);
            if asks || self.batch.len() == BATCH {
                self.send();
            }
        }
        if !self.batch.is_empty() {
            self.send();
        }
    }

    /// Hands over the batch.
    fn send(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if let Some(reporter) = &self.reporter {
            reporter.deliveries(&batch);
        }
        let frames: Vec<(u32, &[u8])> = batch
            .iter()
            .map(|frame| (self.ends[usize::from(frame.to.0)], &*frame.bytes))
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
        if let (Some(reporter), Some(frame)) = (&mut self.reporter, batch.last()) {
            let unasked = |frame: &&QueuedFrame| frame.ask.is_none() && !frame.ask_udp;
            batch
                .iter()
                .filter(unasked)
                .for_each(|frame| reporter.passed_unasked(frame.to));
            let trigger = Trigger::Delivered(frame.wire_no);
            let connection = frame.ask.map(|tuple| (tuple.destination, tuple.source));
            if connection.is_some() || frame.ask_udp {
                reporter.ask_drops(frame.to, connection, trigger);
            }
            if let Some((local, remote)) = connection {
                reporter.ask(frame.to, local, remote, trigger);
            }
        }
        self.batch = batch;
        self.batch.clear();
        self.are_here(0);
    }

    /// Publishes how many frames are on the wire, beside those in the queue.
    fn are_here(&self, beside: u64) {
        let here = (self.queue.len() + self.schedule.parked()) as u64;
        self.shared.is_here(here + beside);
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
        if let Some(reporter) = &self.reporter {
            reporter.fate(|at| Fate {
                at,
                wire_no: self.wire_no,
                from: HostId::CLIENT,
                digest: 0,
                verdict: Verdict::Overrun { frames },
                rule: None,
                waits: Vec::new(),
                apart: Vec::new(),
            });
        }
    }

    /// Sleeps until a frame comes or one will be due in a moment; not at all when it will.
    fn rest(&mut self) {
        let due = self.queue.next_release();
        let next = due.into_iter().chain(self.schedule.next_alone()).min();
        let left = next.map(|at| at.since(now()).to_duration());
        let asleep = left.map(|left| left.saturating_sub(AWAKE_BEFORE));
        if asleep.is_some_and(|asleep| asleep.is_zero()) {
            std::hint::spin_loop();
            return;
        }
        self.count_missed();
        let timeout = asleep.map(TimeSpec::from_duration);
        let mut fds = [
            PollFd::new(self.ring.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.shared.wake.as_fd(), PollFlags::POLLIN),
        ];
        // An interruption is as good a reason to look again as any.
        let _ = ppoll(&mut fds, timeout, None);
    }
}

/// The switch between the hosts. Where neighbours are known from the beginning, so are their ports, as if every host had
/// said hello when its interface came up; where they are learned, the switch learns with them.
fn switch(setup: &RelaySetup) -> Switch {
    let mut switch = Switch::new(u8::try_from(setup.ends.len()).unwrap_or(u8::MAX));
    if !setup.wire.learn_neighbours {
        for (number, (address, _)) in (0u8..).zip(&setup.ends) {
            switch.learn(*address, HostId(number));
        }
    }
    switch
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
