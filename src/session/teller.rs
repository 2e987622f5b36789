//! A story while it happens: facts in, and everybody who wants to know is told.
//!
//! A fact that comes here is saved, where a file is wanted ([`super::stages`]). It goes to the [`Timeline`], which decides
//! moments. These go to the [`Screen`], to the recording (for its comments), and to every further [`MomentSink`] alike. A
//! sink is lent: whoever added it asks it when the story is over.
//!
//! What something new has to touch is listed in [`crate::explain::sink`].

use super::console::Console;
use super::interrupt::Interrupt;
use super::kept_moments::KeptMoments;
use super::pace::{Pace, Pauses};
use super::recording::RunRecording;
use super::recording_file::{RecordingFile, RecordingWriter};
use super::screen::{Screen, StoryView, view_of};
use crate::cli::ShowArgs;
use crate::explain::census::Judgement;
use crate::explain::{Explained, Gaps, Moment, MomentSink, Summary, Timeline};
use crate::failure::Failure;
use crate::model::{Fact, Frame, Time};
use crate::observe::source::{Outlet, Printed};
use crate::protocol::follow::Followed;
use crate::text::Message;

/// Moments of the rest that are told together.
const AT_ONCE: usize = 256;

/// Tells facts to a person, and to who else listens.
pub struct Teller<'s> {
    console: &'s Console,
    timeline: Timeline,
    /// Decided and not told yet.
    moments: Vec<Moment>,
    /// Those that are held back until the whole run is known.
    kept: KeptMoments,
    recording: Option<RunRecording>,
    screen: Screen<'s>,
    sinks: Vec<&'s mut dyn MomentSink<Out = ()>>,
    /// Nothing is told before the whole run is known.
    held: bool,
    /// Nothing is said about what is shown.
    wordless: bool,
    /// What the capture shows of itself, for the summary.
    judgements: Vec<Judgement>,
    /// What is lacking so far.
    gaps: Gaps,
}

impl<'s> Teller<'s> {
    /// Shows what this view makes of the story; nothing without one.
    #[must_use]
    pub fn new(console: &'s Console, view: Option<StoryView>) -> Self {
        Self {
            console,
            timeline: Timeline::new(),
            moments: Vec::new(),
            kept: KeptMoments::default(),
            recording: None,
            screen: Screen::new(console, view),
            sinks: Vec::new(),
            held: false,
            wordless: false,
            judgements: Vec::new(),
            gaps: Gaps::default(),
        }
    }

    /// Saves into `opened`, if anything is to be saved.
    #[must_use]
    pub fn saving(mut self, opened: Option<RecordingFile>) -> Self {
        let options = self.console.plain_options();
        self.recording = opened.map(|opened| RunRecording::new(opened, options));
        self
    }

    /// Tells it all to this one, too.
    #[must_use]
    pub fn to(mut self, sink: &'s mut dyn MomentSink<Out = ()>) -> Self {
        self.sinks.push(sink);
        self
    }

    /// On a terminal the story ends with a summary when it becomes too long, unless all of it is wanted.
    #[must_use]
    pub fn with_an_end(mut self, show: &ShowArgs) -> Self {
        self.screen.end_on_terminal(show);
        self
    }

    /// In a viewer it is laid out anew for a terminal of another size, as these arguments say.
    #[must_use]
    pub fn laid_out_anew(self, show: &ShowArgs) -> Self {
        self.screen.begin(show);
        self
    }

    /// The reader has been told other runs before.
    #[must_use]
    pub fn after(mut self, said: &Explained) -> Self {
        self.timeline = Timeline::after(said);
        self
    }

    /// What was explained so far.
    #[must_use]
    pub fn said(&self) -> Explained {
        self.timeline.said()
    }

    /// Keeps facts as they come and tells nothing before [`Self::finish`] or [`Self::finish_pausing`].
    #[must_use]
    pub fn holding(mut self, held: bool) -> Self {
        self.held = held;
        self
    }

    /// Says nothing about what is shown: for who is to find it out.
    #[must_use]
    pub fn wordless(mut self, wordless: bool) -> Self {
        self.wordless = wordless;
        self
    }

    /// Programs print meanwhile: what they print is shown as it is with `raw`, and where it belongs if the story is told
    /// at once.
    #[must_use]
    pub fn beside_programs(mut self, raw: bool) -> Self {
        self.screen.beside_programs(raw, !self.held);
        self
    }

    /// How what programs print gets out.
    #[must_use]
    pub const fn outlet(&self) -> Outlet {
        self.screen.outlet()
    }

    /// What this run is to be saved in: whoever makes the run saves it, and gives back what was written
    /// ([`Self::saved`]).
    pub(super) fn file(&mut self) -> Option<RecordingFile> {
        self.recording.as_mut().and_then(RunRecording::file)
    }

    /// The run was saved in that.
    pub(super) fn saved(&mut self, writer: Option<RecordingWriter>) {
        if let Some(recording) = &mut self.recording {
            recording.saved(writer);
        }
    }

    /// After Ctrl-C nobody is waited for longer than `interrupt` says.
    pub(super) fn until_over(&mut self, interrupt: &Interrupt) {
        self.console.until_over(interrupt);
        if let Some(recording) = &mut self.recording {
            recording.until_over(interrupt);
        }
    }

    /// Says something beside the story.
    pub(super) fn remark(&self, message: &Message) {
        self.console.remark(message);
    }

    /// Every frame of the run was seen, and is in the file if there is one: a reader who is too slow does not change that.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.gaps.missed == 0 && self.gaps.unsaved == 0
    }

    /// Somebody reads in an open viewer: they want to be attended to.
    pub(super) fn is_read(&self) -> bool {
        self.console.is_read()
    }

    /// Does what the reader wants, while there is nothing to tell.
    pub(super) fn attend(&self) -> Result<(), Failure> {
        self.console.attend()
    }

    /// Takes one fact.
    pub fn fact(&mut self, fact: Fact<'_>) {
        if let Fact::Hole(hole) = &fact {
            self.gaps.hole(hole);
        }
        self.screen.fact(&fact);
        for sink in &mut self.sinks {
            sink.fact(&fact);
        }
        self.timeline.fact(fact, &mut self.moments);
    }

    /// Takes a packet of a file that was followed elsewhere.
    pub fn followed(&mut self, frame: &Frame<'_>, number: u32, followed: Followed) {
        self.timeline
            .followed(frame.clone(), number, followed, &mut self.moments);
    }

    /// Takes what the capture shows of itself: it stands in the summary.
    pub fn judged(&mut self, judgements: Vec<Judgement>) {
        self.judgements = judgements;
    }

    /// Takes what a program printed: it is shown by [`Self::tell`], below all that came before it.
    pub fn printed(&mut self, printed: Printed) {
        self.screen.printed(printed);
    }

    /// No later fact will be older than this: what a program printed need not wait for one.
    pub fn until(&mut self, time: Time) {
        if self.screen.holds_printed() {
            self.timeline.until(time, &mut self.moments);
        }
    }

    /// Prints what there is.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub fn tell(&mut self) -> Result<(), Failure> {
        if self.held {
            self.moments
                .drain(..)
                .for_each(|moment| self.kept.keep(moment));
            return Ok(());
        }
        for moment in self.moments.drain(..) {
            self.screen.moment(&moment)?;
            if let Some(recording) = &mut self.recording {
                recording.moment(&moment);
            }
            for sink in &mut self.sinks {
                sink.moment(&moment);
            }
        }
        self.screen.flush(self.timeline.held_back())
    }

    /// There are no more facts: the rest of the story, and its summary.
    ///
    /// # Errors
    /// When it cannot be printed, or the recording not be closed.
    pub fn finish(mut self) -> Result<(), Failure> {
        while !self.held && !self.wordless && self.timeline.last(&mut self.moments) {
            if self.moments.len() >= AT_ONCE {
                self.tell()?;
            }
        }
        let summary = self.rest();
        self.tell()?;
        self.close(&summary)
    }

    /// As [`Self::finish`], of a run that was held back: where `pauses` wants it, something is asked in between; with a
    /// `pace` it is told moment by moment, in the view that these arguments want.
    ///
    /// # Errors
    /// As [`Self::finish`], and when the terminal fails.
    pub fn finish_pausing(
        mut self,
        pauses: &mut dyn Pauses,
        pace: Option<Pace>,
        show: &ShowArgs,
    ) -> Result<(), Failure> {
        let summary = self.rest();
        let all = std::mem::take(&mut self.moments);
        let console = self.console;
        let steps = match pace {
            Some(pace) => {
                console.step_in_viewer(pace.slow)?;
                self.screen.begin(show);
                steps(&all, show, console)
            }
            None => Vec::new(),
        };
        let count = steps.iter().filter(|is_step| **is_step).count();
        let mut until = all.len();
        for (at, moment) in all.iter().enumerate() {
            if !paused(pauses, &all, at)? {
                until = at;
                break;
            }
            if steps.get(at) == Some(&true) {
                console.wait_for_next(moment.at, count)?;
            }
            if console.is_left() && pauses.stopped() {
                until = at;
                break;
            }
            self.moments.push(moment.clone());
            self.tell()?;
        }
        let whole = until == all.len() && paused(pauses, &all, until)?;
        if !whole {
            // Nobody waits for a summary of what was broken off.
            self.screen.hide();
        }
        self.close(&summary)
    }

    /// The rest of the moments, and what it all came to.
    fn rest(&mut self) -> Summary {
        let mut summary = self.timeline.finish(&mut self.moments);
        summary.judgements = std::mem::take(&mut self.judgements);
        if self.held {
            self.moments
                .drain(..)
                .for_each(|moment| self.kept.keep(moment));
            self.moments = std::mem::take(&mut self.kept).into_moments();
        }
        self.held = false;
        if self.wordless {
            for moment in &mut self.moments {
                moment.notes.clear();
            }
        }
        summary
    }

    fn close(mut self, summary: &Summary) -> Result<(), Failure> {
        self.screen.end(summary)?;
        for sink in &mut self.sinks {
            sink.end(summary);
        }
        let console = self.console;
        self.recording
            .map_or(Ok(()), |recording| recording.finish(console))
    }
}

/// Asks what is to be asked here; false when somebody broke it off.
fn paused(pauses: &mut dyn Pauses, all: &[Moment], at: usize) -> Result<bool, Failure> {
    let mut asked = false;
    while pauses.wants(all, at) {
        pauses.pause(all, at)?;
        asked = true;
    }
    Ok(!(asked && pauses.stopped()))
}

/// Which moments have rows in this view: the first row stands there without a key.
fn steps(all: &[Moment], show: &ShowArgs, console: &Console) -> Vec<bool> {
    let mut view = view_of(show.format, console.options(show));
    all.iter()
        .map(|moment| !view.moment(moment).is_empty())
        .collect()
}
