//! The processor that a lab's hosts share with its wire.
//!
//! A frame that is sent goes through the backlog of the processor that sends it (`enqueue_to_backlog`, net/core/dev.c), and
//! each processor works off its own. A host that answers a segment where the relay hands it over, and goes on in a
//! call of its program elsewhere, so sends from two of them, and once in some thousand closes a FIN was seen to
//! overtake the acknowledgement sent before it. A wire keeps the order; where everything is sent from one
//! processor, so does ours.

use nix::sched::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
use nix::unistd::{Pid, gettid};

/// A processor, by the kernel's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Processor(usize);

impl Processor {
    /// One that the process may use, if the kernel says which, and not the one where the caller is as long as there is
    /// another.
    pub(super) fn for_a_lab() -> Option<Self> {
        let here = sched_getcpu().ok()?;
        let allowed = sched_getaffinity(Pid::from_raw(0)).ok()?;
        let may = |number: &usize| allowed.is_set(*number).unwrap_or(false);
        let next = (here + 1..CpuSet::count()).chain(0..=here).find(may);
        next.map(Self)
    }

    /// Keeps the calling thread on it, and the threads that it starts. Where the kernel refuses, the thread stays free:
    /// then order is only likely.
    pub(super) fn stay(self) {
        let mut only = CpuSet::new();
        let thread = Pid::from_raw(0);
        let _ = only
            .set(self.0)
            .and_then(|()| sched_setaffinity(thread, &only));
    }

    /// Keeps the calling thread off it, as long as there is another one: whoever sets a lab up tells its story, and is not
    /// to be in the lab's way.
    pub(super) fn leave(self) -> Option<KeptOff> {
        let (thread, before) = (gettid(), sched_getaffinity(Pid::from_raw(0)).ok()?);
        let mut others = before;
        others.unset(self.0).ok()?;
        // No other one: an error, and nothing has changed.
        sched_setaffinity(thread, &others).ok()?;
        Some(KeptOff { thread, before })
    }
}

/// Keeps the calling thread to where that one may be.
pub(super) fn stay_beside(other: Pid) -> Option<KeptOff> {
    let (thread, before) = (gettid(), sched_getaffinity(Pid::from_raw(0)).ok()?);
    sched_setaffinity(thread, &sched_getaffinity(other).ok()?).ok()?;
    Some(KeptOff { thread, before })
}

/// A thread that keeps off a lab's processor. As soon as this is dropped it may be where it might before.
#[derive(Debug)]
pub(super) struct KeptOff {
    thread: Pid,
    before: CpuSet,
}

impl Drop for KeptOff {
    fn drop(&mut self) {
        // A thread that is gone needs nothing.
        let _ = sched_setaffinity(self.thread, &self.before);
    }
}
