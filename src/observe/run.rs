//! One run: up, ready, exchange, drained, down; its facts in one order.
//!
//! Five things happen here, and the calling thread does all of them but the first two itself:
//!
//! 1. the lab is set up, and every sniffer proves itself ready;
//! 2. the hosts' threads run their scripts, the wire's thread relays;
//! 3. this thread empties the sniffers' rings, merges all sources by watermark, and hands on what is decidable;
//! 4. when the scripts have ended, it waits until nothing is under way any more: not on the wire, and not in
//!    a kernel (an ACK that is delayed, a FIN that waits for its ACK). TIME-WAIT is a state to tell, not to
//!    wait out;
//! 5. the last states are told, then the outcome, and the lab is taken down.
//!
//! [`setup`] does the first, [`rest`] sees the fourth. [`fact_sink`]: where the facts go; [`loopback`]: what stands in
//! for the wire's word on a loopback.

mod error;
mod fact_sink;
mod loopback;
mod rest;
mod settings;
mod setup;
mod sniffers;

use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::capture::Sniffer;
use super::exchange::{Coordinator, ScriptHost};
use super::lab::{Counters, Lab, PendingJob, Privileges};
use super::source::{
    FactSource, GRACE, Merge, Observation, Outlet, ProgramOutput, Room, Waker, now,
};
use super::sys::interrupt;
use crate::model::setting::{Place, RunKind};
use crate::model::{EndReason, Fact, Outcome, Trigger, Trouble};
use crate::script::Plan;
use error::step;
use fact_sink::DiscardFacts;
use loopback::Loopback;
use rest::QUIET;

pub use error::RunError;
pub use fact_sink::FactSink;

/// How long scripts that are told to end may take for it.
const TIME_TO_END: Duration = Duration::from_millis(500);
/// While the wire is quiet, between two questions about connections that a timer may have ended.
const ASK_GONE: Duration = Duration::from_millis(50);
/// Between two looks at what only looking shows.
const LOOK: Duration = Duration::from_millis(5);

/// Between two looks at the rings and the queues while something happens: nothing is decidable before [`GRACE`], so
/// looking more often costs the processor's time and gains nothing.
const TICK: Duration = Duration::from_millis(1);

/// Runs a plan and hands its facts to `sink`, in the recording's order: settings first, the outcome last.
///
/// [`super::lab::enter()`] (or `enter_machine` for the machine's loopback) comes before, once per process. `stop`
/// (Ctrl-C) ends the run at once, with what is known by then. When `sink` breaks, the run ends the same way,
/// without another fact. Facts take of `room` until `sink` gives it back; while it is short, scripts wait.
///
/// # Errors
/// When the run could not be made.
pub fn run(
    privileges: &Privileges,
    plan: &Plan,
    room: &Arc<Room>,
    stop: &AtomicBool,
    sink: &mut dyn FactSink,
) -> Result<Outcome, RunError> {
    begin(privileges, plan, room, stop, sink).map(|(outcome, _)| outcome)
}

/// Runs a plan at which nobody looks ([`Plan::bare`]); what the wire carried. What programs print gets out through
/// `outlet`, at once.
///
/// # Errors
/// When the run could not be made.
pub fn run_bare(
    privileges: &Privileges,
    plan: &Plan,
    room: &Arc<Room>,
    stop: &AtomicBool,
    outlet: Outlet,
) -> Result<(Outcome, Counters), RunError> {
    begin(privileges, plan, room, stop, &mut DiscardFacts(outlet))
}

fn begin(
    privileges: &Privileges,
    plan: &Plan,
    room: &Arc<Room>,
    stop: &AtomicBool,
    sink: &mut dyn FactSink,
) -> Result<(Outcome, Counters), RunError> {
    interrupt::install().map_err(step("sigaction", "SIGURG"))?;
    let output = ProgramOutput::new(sink.outlet());
    let mut run = Run::set_up(privileges, plan, room, output)?;
    let facts = settings::facts(plan, &run.lab);
    let began = now();
    let told = facts.into_iter().try_for_each(|setting| {
        let fact = Fact::Setting { at: began, setting };
        let charge = room.charge(&fact);
        sink.fact(fact, charge)
    });
    let flow = if told.is_continue() {
        run.start_scripts(plan);
        run.watch(plan, stop, sink)
    } else {
        ControlFlow::Break(())
    };
    run.end(flow, sink)
}

/// A run that is under way.
struct Run {
    lab: Lab,
    waker: Arc<Waker>,
    room: Arc<Room>,
    merge: Merge,
    /// What the run itself has to tell.
    own: Arc<FactSource>,
    sniffers: Vec<Sniffer>,
    coordinator: Arc<Coordinator>,
    script_hosts: Vec<ScriptHost>,
    output: Arc<ProgramOutput>,
    running: Vec<PendingJob<()>>,
    loopback: Option<Loopback>,
    troubles: Vec<Trouble>,
    quiet_since: Instant,
    moved: u64,
    /// When the rings and the queues were looked at last.
    handed_on: Instant,
    /// The run is to end, by then: whatever is waited for, it is waited for no longer.
    ending: Option<Instant>,
}

impl Run {
    /// Hands on facts until the run is over.
    fn watch(
        &mut self,
        plan: &Plan,
        stop: &AtomicBool,
        sink: &mut dyn FactSink,
    ) -> ControlFlow<()> {
        let mut deadline = Instant::now() + plan.deadline.to_duration();
        let at_most = plan.programs.at_most;
        let latest = at_most.map(|most| Instant::now() + most.to_duration());
        let (mut before, mut looked, mut asked) = (Instant::now(), Instant::now(), Instant::now());
        loop {
            let more = self.hand_on(sink)?;
            let time = Instant::now();
            let starts = plan.programs.patience.is_some() && self.coordinator.is_opening();
            if self.room.is_short() || starts {
                // Scripts wait for whoever is told, or for a program that starts: that is not their time.
                deadline += time - before;
            }
            before = time;
            if self.ending.is_none() {
                if stop.load(Ordering::Relaxed) {
                    self.troubles.push(Trouble::Interrupted);
                    self.coordinator.end_because(EndReason::Interrupted);
                    self.ending = Some(time + TIME_TO_END);
                } else if (time >= deadline || latest.is_some_and(|latest| time >= latest))
                    && !self.coordinator.ended()
                {
                    self.stuck(plan);
                    self.coordinator.end_because(EndReason::OutOfTime);
                    self.ending = Some(time + TIME_TO_END);
                } else if self.coordinator.is_ending() {
                    self.ending = Some(time + TIME_TO_END);
                }
            }
            if let Some(until) = self.ending {
                // Again and again: an interruption can come just before the call that it is meant for.
                self.coordinator.end();
                if self.coordinator.ended() || time >= until {
                    return ControlFlow::Continue(());
                }
            } else if time - looked >= LOOK || self.coordinator.is_leaving() {
                looked = time;
                let quiet_for = self.quiet_for(time);
                let quiet = quiet_for >= QUIET;
                if quiet && (self.coordinator.awaits_quiet() || self.coordinator.is_leaving()) {
                    self.coordinator.quiet();
                }
                if quiet && self.coordinator.settles_for(QUIET) && self.kernels_are_at_rest() {
                    self.coordinator.settled(QUIET);
                }
                if quiet && time - asked >= ASK_GONE && plan.place == Place::Wire {
                    asked = time;
                    self.tell_gone();
                }
                if quiet && !plan.programs.wait_for_all && self.coordinator.only_servers_run() {
                    self.coordinator.dismiss();
                }
                if self.coordinator.ended() && self.is_at_rest(plan, quiet_for) {
                    return ControlFlow::Continue(());
                }
            }
            if !more {
                let busy = self.ending.is_some() || self.coordinator.is_leaving();
                self.sleep(if busy { Duration::from_millis(1) } else { LOOK });
            }
        }
    }

    /// Moves what has come to the sink, as far as it is decidable. True when there may be more at once.
    fn hand_on(&mut self, sink: &mut dyn FactSink) -> ControlFlow<(), bool> {
        self.waker.clear();
        let mut more = false;
        for sniffer in &mut self.sniffers {
            more |= sniffer.drain(&mut self.merge);
        }
        let loopback = &mut self.loopback;
        let until = self.merge.release(&mut |told| {
            if let (Some(loopback), Observation::Fact(Fact::Frame(frame), _)) =
                (loopback.as_mut(), &told)
            {
                loopback.frame(frame);
            }
            take(told, sink)
        })?;
        sink.until(until);
        sink.pause()?;
        self.handed_on = Instant::now();
        ControlFlow::Continue(more)
    }

    /// Sleeps until something is told or a frame comes, until what waits becomes decidable, or for `at_most`.
    fn sleep(&self, at_most: Duration) {
        let mut fds: Vec<PollFd> = self
            .sniffers
            .iter()
            .map(|sniffer| PollFd::new(sniffer.as_fd(), PollFlags::POLLIN))
            .collect();
        fds.push(PollFd::new(self.waker.as_fd(), PollFlags::POLLIN));
        let mut wait = at_most;
        if let Some(oldest) = self.merge.oldest() {
            let decidable = oldest.plus(GRACE).since(now()).to_duration();
            wait = wait.min(decidable + Duration::from_micros(500));
        }
        let ms = u16::try_from(wait.as_millis()).unwrap_or(u16::MAX);
        // A signal ends it early, which is as good as a frame.
        let _ = poll(&mut fds, PollTimeout::from(ms.max(1)));
        std::thread::sleep(TICK.saturating_sub(self.handed_on.elapsed()));
    }

    /// Tells of connections that their kernels have forgotten.
    fn tell_gone(&self) {
        for host in self.lab.hosts() {
            self.lab.asker(host.id).tell_gone(&self.own);
        }
    }

    fn stuck(&mut self, plan: &Plan) {
        let unfinished = self.coordinator.unfinished();
        let stuck = unfinished.into_iter().map(|(host, line)| {
            if plan.kind == RunKind::Lab {
                let within = plan.deadline;
                Trouble::OutOfTime { host, within }
            } else {
                let line = line.into();
                Trouble::Stuck { host, line }
            }
        });
        self.troubles.extend(stuck);
    }

    /// The last states, the last facts, the outcome; and everything is taken down.
    fn end(
        mut self,
        flow: ControlFlow<()>,
        sink: &mut dyn FactSink,
    ) -> Result<(Outcome, Counters), RunError> {
        // Also where the sink broke: scripts must leave before their hosts do.
        let until = self.time_to_end();
        while !self.running.is_empty() && !self.coordinator.ended() && Instant::now() < until {
            self.coordinator.end();
            self.sleep(Duration::from_millis(1));
        }
        match &mut self.loopback {
            Some(loopback) => loopback.look(),
            None => {
                for host in self.lab.hosts() {
                    self.lab.asker(host.id).tell_all(&self.own, Trigger::Looked);
                }
            }
        }
        let counters = self.lab.stop_wire()?;
        for sniffer in &self.sniffers {
            let hole = sniffer
                .hole()
                .map_err(step("getsockopt", "PACKET_STATISTICS"))?;
            if let Some(hole) = hole {
                self.own
                    .tell(|at| Fact::Hole(crate::model::Hole { at, ..hole }));
            }
        }
        let flow = match flow {
            ControlFlow::Continue(()) => self.hand_on_rest(sink),
            ControlFlow::Break(()) => flow,
        };
        self.output.end();
        let mut troubles = std::mem::take(&mut self.troubles);
        troubles.extend(self.coordinator.take_troubles());
        if counters.overrun > 0 {
            let frames = counters.overrun;
            troubles.push(Trouble::Overrun { frames });
        }
        let outcome = Outcome {
            at: now(),
            troubles,
        };
        if flow.is_continue() {
            // Whether there is more to come is of no interest after the last fact.
            let last = Fact::Outcome(outcome.clone());
            let charge = self.room.charge(&last);
            let _ = sink.fact(last, charge).is_continue().then(|| sink.pause());
        }
        drop(self.sniffers);
        drop(self.script_hosts);
        self.lab.down()?;
        Ok((outcome, counters))
    }

    /// By when what is waited for at the end has to have come.
    fn time_to_end(&self) -> Instant {
        self.ending.unwrap_or_else(|| Instant::now() + TIME_TO_END)
    }

    fn hand_on_rest(&mut self, sink: &mut dyn FactSink) -> ControlFlow<()> {
        // A program that has ended may have printed more than there was room for: that is read while things are told.
        let until = self.time_to_end();
        while self.output.is_waiting() && Instant::now() < until {
            self.hand_on(sink)?;
            self.sleep(Duration::from_millis(1));
        }
        for sniffer in &mut self.sniffers {
            while sniffer.drain(&mut self.merge) {}
        }
        self.merge.release_all(&mut |told| take(told, sink))
    }
}

fn take(told: Observation, sink: &mut dyn FactSink) -> ControlFlow<()> {
    match told {
        Observation::Fact(fact, charge) => sink.fact(fact, charge),
        Observation::Printed(printed) => {
            sink.printed(printed);
            ControlFlow::Continue(())
        }
    }
}
