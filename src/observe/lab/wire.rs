//! The wire: a relay between the hosts' interfaces. It takes each frame as it leaves a host, decides its fate
//! by the rules, holds it for the wire's delay, and hands it over at its time.
//!
//! To whom a frame goes, a learning switch says: with two hosts always the other one, with more whoever has the address.
//!
//! Four things are told of each frame, in this order: its fate, when it is taken; what the sender's kernel
//! says then; its delivery, just before it is handed over; what the receiver's kernel says just after. So
//! the sequence of states is seen step by step, although no kernel announces one.

mod fact_reporter;
mod hop;
mod link;
mod queue;
mod relay;
mod schedule;
mod switch;
mod tcp_tuple;

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};

use super::error::LabError;
use super::host::PendingJob;
use crate::observe::sys::ring::Ring;

pub(super) use fact_reporter::FactReporter;
pub(super) use link::USUAL_QUEUE;
pub(super) use relay::{Relay, RelaySetup};

/// Above this many frames per second the kernel is not asked for each any more.
pub const STATE_RATE: u32 = 2_000;

/// Memory of the wire's ring. Anything that a run can have under way fits, and a relay that is kept from its
/// processor for tens of milliseconds misses nothing.
pub(super) const RING_MEMORY: usize = 16 << 20;

/// What the relay and those who look at it share.
#[derive(Debug)]
struct Shared {
    stop: AtomicBool,
    wake: EventFd,
    /// Frames (and copies of them) that were taken and not yet handed over or thrown away.
    held: AtomicU64,
    /// Grows with everything that the relay does.
    steps: AtomicU64,
    taken: AtomicU64,
    lost: AtomicU64,
    delivered: AtomicU64,
    overrun: AtomicU64,
}

impl Shared {
    /// So many frames are on the wire now.
    fn is_here(&self, frames: u64) {
        self.held.store(frames, Ordering::SeqCst);
        self.steps.fetch_add(1, Ordering::SeqCst);
    }
}

/// What the wire did in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that came from hosts, whatever became of them.
    pub taken: u64,
    /// Frames whose way ended on the wire: by a rule, a full queue, or a hop that they were too big for.
    pub lost: u64,
    /// Frames and copies handed over.
    pub delivered: u64,
    /// Frames missed because our relay was too slow: such a run is not whole.
    pub overrun: u64,
}

/// The wire as others see it.
#[derive(Debug)]
pub struct WireHandle {
    shared: Arc<Shared>,
    ring: OwnedFd,
    running: Option<PendingJob<()>>,
}

impl WireHandle {
    /// Prepares the relay, which the caller lets run in the wire's thread.
    pub(super) fn new(socket: Ring, setup: RelaySetup) -> Result<(Self, Relay), LabError> {
        let wake = EventFd::from_value_and_flags(0, EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)
            .map_err(LabError::step("eventfd", "of the wire"))?;
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            wake,
            held: AtomicU64::new(0),
            steps: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            overrun: AtomicU64::new(0),
        });
        let ring = socket
            .as_fd()
            .try_clone_to_owned()
            .map_err(LabError::step("dup", "of the wire's ring"))?;
        let relay = Relay::new(socket, setup, Arc::clone(&shared));
        let end = Self {
            shared,
            ring,
            running: None,
        };
        Ok((end, relay))
    }

    pub(super) fn is_run_by(&mut self, running: PendingJob<()>) {
        self.running = Some(running);
    }

    /// Nothing is on the wire: no frame waits for its time, and none waits to be taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // A frame that is handed over may cause its answer at once, so the two looks count only when the
        // relay did nothing in between.
        loop {
            let before = self.shared.steps.load(Ordering::SeqCst);
            let held = self.shared.held.load(Ordering::SeqCst);
            let mut fds = [PollFd::new(self.ring.as_fd(), PollFlags::POLLIN)];
            let waiting = !matches!(poll(&mut fds, PollTimeout::ZERO), Ok(0));
            if self.shared.steps.load(Ordering::SeqCst) == before {
                return held == 0 && !waiting;
            }
        }
    }

    /// What it did so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters {
            taken: self.shared.taken.load(Ordering::Relaxed),
            lost: self.shared.lost.load(Ordering::Relaxed),
            delivered: self.shared.delivered.load(Ordering::Relaxed),
            overrun: self.shared.overrun.load(Ordering::Relaxed),
        }
    }

    /// Stops the relay, whatever is still on the wire, and waits until it has told its last fact.
    ///
    /// # Errors
    /// [`LabError::ThreadGone`] when it had panicked.
    pub fn stop(&mut self) -> Result<Counters, LabError> {
        self.halt();
        if let Some(running) = self.running.take() {
            running.wait()?;
        }
        Ok(self.counters())
    }

    fn halt(&self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Fails only when the counter is at its top: then the relay is awake anyway.
        let _ = self.shared.wake.write(1);
    }
}

impl Drop for WireHandle {
    fn drop(&mut self) {
        self.halt();
    }
}
