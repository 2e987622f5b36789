//! A live run, told and kept.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::console::Console;
use super::interrupt::Interrupt;
use super::kept_moments::KeptMoments;
use super::output::Outputs;
use super::pace::{NoPauses, Pace};
use super::pictures;
use super::recording_file::RecordingFile;
use super::screen::view_of;
use super::stages::{self, Bounds};
use super::teller::Teller;
use super::{Ending, findings, plot, printed};
use crate::cli::{self, KeepArgs, ShowArgs};
use crate::explain::findings::Findings;
use crate::failure::{Code, Failure};
use crate::model::setting::Place;
use crate::model::{Outcome, Trouble};
use crate::observe::lab::{self, Counters, Privileges, RightsOrigin};
use crate::observe::run::{self as observe, FactSink, RunError};
use crate::observe::source::{Outlet, Room, room};
use crate::script::Plan;
use crate::text::Message;
use crate::views::bare_run::{self, BareRun};
use crate::views::visible;

/// What concerns foreign programs, as it is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProgramsShow {
    /// What they print is shown as it is.
    pub raw_output: bool,
    /// A mistake of theirs is the exit code.
    pub check: bool,
}

/// Runs a plan: opens the file to save, enters the lab, tells the story.
pub fn run(
    plan: &Plan,
    show: &ShowArgs,
    keep: &KeepArgs,
    pace: &cli::PaceArgs,
    programs: ProgramsShow,
    console: &Console,
) -> Result<Ending, Failure> {
    run_keeping(plan, show, keep, pace, programs, &mut None, console)
}

/// The same; the story's moments are kept, too, where somebody wants them.
pub fn run_keeping(
    plan: &Plan,
    show: &ShowArgs,
    keep: &KeepArgs,
    pace: &cli::PaceArgs,
    programs: ProgramsShow,
    kept: &mut Option<KeptMoments>,
    console: &Console,
) -> Result<Ending, Failure> {
    let pace = Pace::of(pace)?;
    let mut found = Findings::default();
    let mut outputs = Outputs::new(keep.force, console);
    let mut plot = keep.plot(plan, false, show, &mut outputs)?;
    let pictures = keep.pictures(plan, &mut outputs)?;
    let mut chapter = pictures.as_ref().map(|pictures| pictures.chapter("", None));
    let opened = keep
        .save
        .as_deref()
        .map(|path| RecordingFile::new(path, plan, &mut outputs))
        .transpose()?;
    let session = Session::enter(plan.place)?;
    session.say_what_programs_lack(plan, console);
    if plan.hosts.iter().all(|host| host.program.is_none()) {
        console.read_in_viewer(show);
    }
    let view = view_of(show.format, console.options(show));
    let mut teller = Teller::new(console, Some(view))
        .saving(opened)
        .to(&mut plot)
        .to(&mut chapter)
        .to(&mut found)
        .to(kept)
        .with_an_end(show)
        .holding(pace.is_some())
        .beside_programs(programs.raw_output);
    let outcome = session.run(plan, &mut teller)?;
    let whole = teller.is_whole();
    teller.finish_pausing(&mut NoPauses(console), pace, show)?;
    let undrawn =
        plot::draw(plot, show, console)?.or(pictures::write(pictures, chapter.as_slice(), console));
    findings::tell(&found, show, console)?;
    if let Some(port) = port_in_use(&outcome, plan) {
        let what = Message::new("error-port-in-use").text("line", port);
        return Err(Failure::usage(what).try_this(Message::new("error-port-in-use-try")));
    }
    if session.stopped() {
        return Ok(Ending::Said(Code::Interrupted));
    }
    match undrawn {
        Some(failure) => Err(failure),
        None if !whole && ending(&outcome) == Ending::Done => Ok(Ending::Said(Code::Failed)),
        None if programs.check && found.has_mistake() => Ok(Ending::Said(Code::Failed)),
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
    let (outcome, counters) = session.run_bare(plan, outlet)?;
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

/// The rights to run, Ctrl-C, and the room for all facts that are under way. Made once per process, before anything else
/// starts a thread.
pub struct Session {
    privileges: Privileges,
    interrupt: Interrupt,
    room: Arc<Room>,
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
        Ok(Self {
            privileges,
            interrupt: Interrupt::install()?,
            room: Room::of(room::USUAL),
        })
    }

    /// From here on Ctrl-C and whoever asks this process to end are heard by the console, too.
    pub fn lead(&self, console: &Console) {
        console.until_over(&self.interrupt);
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
        self.interrupt.is_asked()
    }

    /// What Ctrl-C sets, for who ends all that is under way.
    #[must_use]
    pub fn stop_flag(&self) -> &AtomicBool {
        self.interrupt.flag()
    }

    /// Runs a plan and hands its facts to `sink`. Several may run at once, each on a thread of its own.
    pub fn observe(&self, plan: &Plan, sink: &mut dyn FactSink) -> Result<Outcome, RunError> {
        let stop = self.interrupt.flag();
        observe::run(&self.privileges, plan, &self.room, stop, sink)
    }

    fn run_bare(&self, plan: &Plan, outlet: Outlet) -> Result<(Outcome, Counters), RunError> {
        let stop = self.interrupt.flag();
        observe::run_bare(&self.privileges, plan, &self.room, stop, outlet)
    }

    /// Runs a plan and hands its facts to `teller`.
    pub fn run(&self, plan: &Plan, teller: &mut Teller<'_>) -> Result<Outcome, Failure> {
        teller.until_over(&self.interrupt);
        let bounds = Bounds {
            room: &self.room,
            interrupt: &self.interrupt,
        };
        let observe = |sink: &mut dyn FactSink| self.observe(plan, sink);
        stages::run(observe, plan.place, teller, bounds)
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
