//! A run's facts on their way to whoever is told, each stage on a thread of its own, one way:
//!
//! ```text
//! run ══► recorder ══► the calling thread: story and view ──► printer
//! ```
//!
//! The run never waits for anybody, so that its sniffers' rings stay empty. The recorder waits for the disk alone: a reader
//! who is slow leaves a gap in what is told, and the file whole. What is told has been saved before.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::fact_queue::{ClosesQueue, EndsQueue, FactQueue};
use super::interrupt::{self, Interrupt};
use super::recording_file::{RecordingFile, RecordingWriter};
use super::teller::Teller;
use crate::failure::Failure;
use crate::model::setting::Place;
use crate::model::{Fact, HoleKind, Outcome, Time};
use crate::observe::lab::Follower;
use crate::observe::run::{FactSink, RunError};
use crate::observe::source::{Charge, Observation, Outlet, Printed, Room};
use crate::text::Message;

/// Facts that are handed on together, at most.
const AT_ONCE: usize = 1024;

/// How long telling pauses while saving is behind, before it looks again.
const LET_SAVE: Duration = Duration::from_millis(2);

/// What all stages go by.
#[derive(Clone, Copy)]
pub(super) struct Bounds<'s> {
    /// Room for the facts that are under way.
    pub(super) room: &'s Arc<Room>,
    /// How long anything may still take.
    pub(super) interrupt: &'s Interrupt,
}

/// Makes a run in this place, by `observe`: its facts are saved if `teller` has a file for them, and told to it.
pub(super) fn run(
    observe: impl FnOnce(&mut dyn FactSink) -> Result<Outcome, RunError> + Send,
    place: Place,
    teller: &mut Teller<'_>,
    bounds: Bounds<'_>,
) -> Result<Outcome, Failure> {
    let room = bounds.room;
    let untold = FactQueue::new(room, room.most() / 4 * 3, |others| HoleKind::Untold {
        others,
    });
    let unsaved = FactQueue::new(room, room.most(), |others| HoleKind::Unsaved { others });
    let file = teller.file();
    let outlet = teller.outlet();
    let follower = Follower::new(place == Place::MachineLoopback);
    thread::scope(|scope| {
        let first = if file.is_some() { &unsaved } else { &untold };
        let made = scope.spawn(|| {
            follower.lead();
            observe(&mut Feed::new(first, outlet))
        });
        let recorder = file.map(|file| {
            let save = || record(file, &unsaved, &untold, bounds.interrupt, &follower);
            scope.spawn(save)
        });
        let told = tell((&unsaved, &untold), teller, bounds, &follower);
        let made = joined(made.join());
        let saved = recorder.map(|recorder| joined(recorder.join())).transpose();
        told?;
        teller.saved(saved?.flatten());
        Ok(made?)
    })
}

/// Goes on with a panic where somebody sees it.
fn joined<T>(ended: thread::Result<T>) -> T {
    ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Puts a run's facts into the first queue.
struct Feed<'q> {
    to: &'q FactQueue,
    batch: Vec<Observation>,
    until: Time,
    outlet: Outlet,
    _ends: EndsQueue<'q>,
}

impl<'q> Feed<'q> {
    fn new(to: &'q FactQueue, outlet: Outlet) -> Self {
        Self {
            to,
            batch: Vec::new(),
            until: Time::default(),
            outlet,
            _ends: EndsQueue(to),
        }
    }
}

impl FactSink for Feed<'_> {
    fn fact(&mut self, fact: Fact<'static>, charge: Charge) -> ControlFlow<()> {
        self.batch.push(Observation::Fact(fact, charge));
        if self.batch.len() >= AT_ONCE {
            return self.to.put(&mut self.batch, self.until);
        }
        ControlFlow::Continue(())
    }

    fn printed(&mut self, printed: Printed) {
        self.batch.push(Observation::Printed(printed));
    }

    fn outlet(&self) -> Outlet {
        self.outlet
    }

    fn until(&mut self, time: Time) {
        self.until = time;
    }

    fn pause(&mut self) -> ControlFlow<()> {
        self.to.put(&mut self.batch, self.until)
    }
}

/// Saves all facts and hands them on.
fn record(
    file: RecordingFile,
    from: &FactQueue,
    to: &FactQueue,
    interrupt: &Interrupt,
    follower: &Follower,
) -> Result<Option<RecordingWriter>, Failure> {
    let (_closes, _ends) = (ClosesQueue(from), EndsQueue(to));
    let mut batch = Vec::new();
    let Some(mut until) = from.take(&mut batch) else {
        return Ok(None);
    };
    let _following = follower.follow().map_err(RunError::from)?;
    let mut writer = file.begin()?;
    loop {
        batch.retain(|observed| is_in_time(observed, interrupt));
        for observed in &batch {
            if let Observation::Fact(fact, _) = observed {
                writer.push(fact);
            }
        }
        writer.commit()?;
        if to.put(&mut batch, until).is_break() {
            break;
        }
        match from.take(&mut batch) {
            Some(later) => until = later,
            None => break,
        }
    }
    Ok(Some(writer))
}

/// Tells all facts, whenever saving leaves time for it.
fn tell(
    (unsaved, from): (&FactQueue, &FactQueue),
    teller: &mut Teller<'_>,
    bounds: Bounds<'_>,
    follower: &Follower,
) -> Result<(), Failure> {
    let _closes = ClosesQueue(from);
    let Bounds { room, interrupt } = bounds;
    let mut batch = Vec::new();
    let (mut following, mut said) = (None, false);
    while let Some(until) = take(from, &mut batch, teller)? {
        // Where there are few processors, telling takes from saving what it needs.
        while unsaved.is_behind() && !interrupt.is_asked() {
            thread::sleep(LET_SAVE);
        }
        if following.is_none() {
            following = Some(follower.follow().map_err(RunError::from)?);
        }
        for observed in batch.drain(..) {
            if !is_in_time(&observed, interrupt) {
                continue;
            }
            match observed {
                Observation::Fact(fact, _charge) => teller.fact(fact),
                Observation::Printed(printed) => teller.printed(printed),
            }
        }
        teller.until(until);
        teller.tell()?;
        if !said && room.has_waited() {
            said = true;
            teller.remark(&Message::new("live-waited"));
        }
    }
    Ok(())
}

/// Takes what comes next; somebody who reads meanwhile is attended to.
fn take(
    from: &FactQueue,
    batch: &mut Vec<Observation>,
    teller: &Teller<'_>,
) -> Result<Option<Time>, Failure> {
    if !teller.is_read() {
        return Ok(from.take(batch));
    }
    let mut attended = teller.attend();
    let mut idle = || {
        if attended.is_ok() {
            attended = teller.attend();
        }
    };
    let taken = from.take_idling(batch, Some(&mut idle));
    attended.map(|()| taken)
}

/// After Ctrl-C nobody waits for what has piled up: the story and the file end there, with the outcome.
fn is_in_time(observed: &Observation, interrupt: &Interrupt) -> bool {
    let ends = matches!(observed, Observation::Fact(Fact::Outcome(_), _));
    ends || matches!(observed, Observation::Printed(_)) || !interrupt.is_over(interrupt::TELLING)
}
