//! A live run, told and kept.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::console::Console;
use super::output::Outputs;
use super::recording_file::RecordingFile;
use super::screen::view_of;
use super::stepper::{NoPauses, Stepper};
use super::teller::{Playing, Teller};
use super::{Ending, plot, printed};
use crate::cli::{self, KeepArgs, ShowArgs};
use crate::failure::{Code, Failure};
use crate::model::setting::Place;
use crate::model::{Fact, Outcome, Time, Trouble};
use crate::observe::lab::{self, Privileges, RightsOrigin};
use crate::observe::run::{self as observe, FactSink, RunError};
use crate::observe::source::{Outlet, Printed};
use crate::script::Plan;
use crate::text::Message;
use crate::views::bare_run::{self, BareRun};
use crate::views::visible;

/// Runs a plan: opens the file to save, enters the lab, tells the story.
pub fn run(
    plan: &Plan,
    show: &ShowArgs,
    keep: &KeepArgs,
    pace: &cli::PaceArgs,
    raw_output: bool,
    console: &Console,
) -> Result<Ending, Failure> {
    let pace = Stepper::of(pace)?;
    let mut outputs = Outputs::new(keep.force, console);
    let mut plot = keep.plot(plan, show, &mut outputs)?;
    let opened = keep
        .save
        .as_deref()
        .map(|path| RecordingFile::new(path, plan, &mut outputs))
        .transpose()?;
    let session = Session::enter(plan.place)?;
    session.say_what_programs_lack(plan, console);
    let view = view_of(show.format, console.options(show));
    let mut teller = Teller::new(console, Some(view))
        .saving(opened)
        .to(&mut plot)
        .holding(pace.is_some())
        .beside_programs(raw_output);
    let outcome = session.run(plan, &mut teller)?;
    let playing = pace.map(|stepper| Playing {
        stepper,
        show,
        intro: Vec::new(),
    });
    teller.finish_pausing(&mut NoPauses(session.stop_flag()), playing)?;
    let undrawn = plot::draw(plot, show, console)?;
    if let Some(port) = port_in_use(&outcome, plan) {
        let what = Message::new("error-port-in-use").text("line", port);
        return Err(Failure::usage(what).try_this(Message::new("error-port-in-use-try")));
    }
    if session.stopped() {
        return Ok(Ending::Said(Code::Interrupted));
    }
    match undrawn {
        Some(failure) => Err(failure),
        None => Ok(ending(&outcome)),
    }
}

/// Runs a plan at which nobody looks, and says what the wire carried.
pub fn run_bare(
    plan: &Plan,
    show: &ShowArgs,
    raw_output: bool,
    console: &Console,
) -> Result<Ending, Failure> {
    let session = Session::enter(plan.place)?;
    session.say_what_programs_lack(plan, console);
    let outlet = printed::outlet(raw_output);
    let (outcome, counters) = observe::run_bare(&session.privileges, plan, &session.stop, outlet)?;
    let carried = BareRun {
        taken: counters.taken,
        delivered: counters.delivered,
        lost: counters.lost,
    };
    console.print_lines(&bare_run::lines(carried, &outcome, &console.options(show)))?;
    Ok(ending(&outcome))
}

/// On the machine's own loopback a port may be somebody else's: that is bad input, not a run that failed. The
/// script's line that met it.
fn port_in_use(outcome: &Outcome, plan: &Plan) -> Option<String> {
    outcome.troubles.iter().find_map(|trouble| match trouble {
        Trouble::CallFailed { line, errno, .. }
            if errno == "EADDRINUSE" && plan.place == Place::MachineLoopback =>
        {
            Some(visible::untrusted(line))
        }
        _ => None,
    })
}

/// The rights to run, and Ctrl-C. Made once per process, before anything starts a thread.
pub struct Session {
    privileges: Privileges,
    stop: Arc<AtomicBool>,
}

impl Session {
    /// Takes the rights that runs in this place need, and the signals that end one.
    ///
    /// # Errors
    /// When the rights cannot be had, with what to do about it.
    pub fn enter(place: Place) -> Result<Self, Failure> {
        let privileges = match place {
            Place::MachineLoopback => lab::enter_machine()?,
            Place::Wire | Place::PrivateLoopback => lab::enter()?,
        };
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let seen = Arc::clone(&stop);
            // The second one does not wait for a run that would not end.
            signal_hook::flag::register_conditional_shutdown(
                signal,
                Code::Interrupted.number().into(),
                Arc::clone(&seen),
            )
            .and_then(|_| signal_hook::flag::register(signal, seen))
            .map_err(|error| Failure::of_io(Message::new("error-signals"), &error))?;
        }
        Ok(Self { privileges, stop })
    }

    /// Says so when programs start with fewer rights than they have elsewhere, and when the kernel does not end what they
    /// start.
    fn say_what_programs_lack(&self, plan: &Plan, console: &Console) {
        if plan.hosts.iter().all(|host| host.program.is_none()) {
            return;
        }
        let kept = self.privileges.origin() == RightsOrigin::KeptCapabilities;
        let lacks = [
            kept.then_some("doctor-kept"),
            (!lab::kernel_ends_programs()).then_some("doctor-no-pidns"),
        ];
        for key in lacks.into_iter().flatten() {
            console.complain(&format!("{}\n", console.catalogue.word(key)));
        }
    }

    /// Somebody pressed Ctrl-C, or the process was asked to end.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// What Ctrl-C sets, for who sees it as a key.
    #[must_use]
    pub fn stop_flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// Runs a plan and hands its facts to `sink`. Several may run at once, each on a thread of its own.
    pub fn observe(&self, plan: &Plan, sink: &mut dyn FactSink) -> Result<Outcome, RunError> {
        observe::run(&self.privileges, plan, &self.stop, sink)
    }

    /// Runs a plan and hands its facts to `teller`.
    pub fn run(&self, plan: &Plan, teller: &mut Teller<'_>) -> Result<Outcome, Failure> {
        let mut telling = TellerSink {
            teller,
            stop: &self.stop,
            patience: Patience::default(),
            failed: None,
        };
        let made = self.observe(plan, &mut telling);
        match (made, telling.failed) {
            (_, Some(failure)) => Err(failure),
            (Err(error), None) => Err(error.into()),
            (Ok(outcome), None) => Ok(outcome),
        }
    }
}

/// Facts on their way to whoever tells them, until that fails.
struct TellerSink<'t, 's> {
    teller: &'t mut Teller<'s>,
    stop: &'t AtomicBool,
    patience: Patience,
    failed: Option<Failure>,
}

impl TellerSink<'_, '_> {
    fn went(&mut self, result: Result<(), Failure>) -> ControlFlow<()> {
        match result {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                self.failed = Some(failure);
                ControlFlow::Break(())
            }
        }
    }
}

impl FactSink for TellerSink<'_, '_> {
    fn fact(&mut self, fact: Fact<'_>) -> ControlFlow<()> {
        let ends = matches!(fact, Fact::Outcome(_));
        let stopped = self.stop.load(Ordering::Relaxed);
        if !ends && self.patience.is_over(stopped, Instant::now) {
            return ControlFlow::Continue(());
        }
        let result = self.teller.fact(fact);
        self.went(result)
    }

    fn printed(&mut self, printed: Printed) {
        self.teller.printed(printed);
    }

    fn outlet(&self) -> Outlet {
        self.teller.outlet()
    }

    fn until(&mut self, time: Time) {
        self.teller.until(time);
    }

    fn pause(&mut self) -> ControlFlow<()> {
        let result = self.teller.tell();
        self.went(result)
    }
}

/// A busy exchange makes facts faster than they are told. After Ctrl-C nobody waits for what has piled up: the story
/// and the file end here, with the outcome.
#[derive(Debug, Default)]
struct Patience {
    until: Option<Instant>,
}

/// How long after Ctrl-C things are still told: enough for what led up to it, wherever telling keeps up.
const PATIENCE: Duration = Duration::from_millis(300);

impl Patience {
    /// Nothing but the end is to be told any more. Once so, always so: what is left out is the rest, not a part.
    fn is_over(&mut self, stopped: bool, now: impl FnOnce() -> Instant) -> bool {
        if !stopped {
            return false;
        }
        let now = now();
        now >= *self.until.get_or_insert(now + PATIENCE)
    }
}

/// How a run ended, as an exit code; its story has said why.
#[must_use]
pub fn ending(outcome: &Outcome) -> Ending {
    if outcome.troubles.is_empty() {
        Ending::Done
    } else if outcome.troubles.contains(&Trouble::Interrupted) {
        Ending::Said(Code::Interrupted)
    } else {
        Ending::Said(Code::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_ctrl_c_the_rest_is_left_out_and_only_the_rest() {
        let zero = Instant::now();
        let mut patience = Patience::default();
        let mut is_over =
            |stopped, ms| patience.is_over(stopped, || zero + Duration::from_millis(ms));
        assert!(!is_over(false, 0));
        assert!(!is_over(false, 60_000), "nobody stops a long run");
        assert!(!is_over(true, 60_000), "what led up to it is told");
        assert!(!is_over(true, 60_299));
        assert!(is_over(true, 60_300));
        assert!(is_over(true, 90_000), "and never again");
    }
}
