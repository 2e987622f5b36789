//! The runs of a grid, several at once: labs know nothing of each other, and a run mostly waits for its wire.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use super::plans::Plans;
use crate::explain::compare::grid::{GridSpec, Meter, RunSpec, Trial};
use crate::failure::Failure;
use crate::model::Fact;
use crate::session::live::Session;

/// Labs at once for each processor, where their buffers are small and where they are not. More would be over sooner,
/// and would measure each other: a run keeps a processor busy for some 20 ms, most of them at its beginning.
const LITTLE_AT_ONCE: usize = 3;
const LARGE_AT_ONCE: usize = 1;
/// Labs at once in all, for the memory of their buffers: 12 MiB each, or 48.
const MOST_LITTLE: usize = 24;
const MOST_LARGE: usize = 6;

/// Makes these runs until somebody breaks it off or one cannot be made; `each` hears of every one that is over.
pub(super) fn play(
    session: &Session,
    runs: &[RunSpec],
    plans: &Plans,
    spec: &GridSpec,
    each: &mut dyn FnMut(),
) -> (Vec<Trial>, Option<Failure>) {
    let next = AtomicUsize::new(0);
    let (says, heard) = channel();
    let mut trials = Vec::new();
    let mut failed = None;
    thread::scope(|scope| {
        for _ in 0..at_once(plans).min(runs.len()) {
            let says = says.clone();
            let next = &next;
            scope.spawn(move || {
                while !session.stopped()
                    && let Some(which) = runs.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    // Somebody listens until all threads have ended.
                    let _ = says.send(one(session, *which, plans, spec));
                }
            });
        }
        drop(says);
        for said in heard {
            match said {
                Ok(trial) => trials.extend(trial),
                Err(failure) => {
                    session.stop_flag().store(true, Ordering::Relaxed);
                    failed.get_or_insert(failure);
                }
            }
            each();
        }
    });
    (trials, failed)
}

fn at_once(plans: &Plans) -> usize {
    let cores = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    if plans.are_little() {
        (cores * LITTLE_AT_ONCE).min(MOST_LITTLE)
    } else {
        (cores * LARGE_AT_ONCE).min(MOST_LARGE)
    }
}

/// One run; none when it was broken off.
fn one(
    session: &Session,
    which: RunSpec,
    plans: &Plans,
    spec: &GridSpec,
) -> Result<Option<Trial>, Failure> {
    let Some(plan) = plans.of(which) else {
        return Ok(None);
    };
    let mut meter = Meter::new(which, spec.count, spec.limit);
    let outcome = session.observe(&plan, &mut |fact: Fact<'_>| {
        if meter.fact(&fact) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })?;
    Ok(meter.finish(&outcome))
}
