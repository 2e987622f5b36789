//! A story while it happens: facts in, lines out at once, and the file beside it.

use super::Console;
use super::packet_comments::Sentences;
use super::plot::Plot;
use super::printed::{self, PrintQueue};
use super::recording_file::{RecordingFile, RecordingWriter};
use super::stepper::{Pauses, Played, Stepper};
use crate::cli::{FormatChoice, ShowArgs};
use crate::explain::compare::comparable::ComparableStory;
use crate::explain::compare::losses::{Loss, Losses};
use crate::explain::compare::transfer::Transfer;
use crate::explain::{Explained, Moment, Summary, Timeline};
use crate::failure::Failure;
use crate::model::{Fact, Frame, Time};
use crate::observe::source::{Outlet, Printed};
use crate::protocol::follow::Followed;
use crate::views::{Bytes, Comments, Json, Ladder, Line, Lines, Options};

/// One of the views that tell a story.
enum View {
    Ladder(Ladder),
    Lines(Lines),
    Bytes(Bytes),
    Json(Json),
}

impl View {
    fn new(format: FormatChoice, options: Options) -> Self {
        match format {
            FormatChoice::Ladder => Self::Ladder(Ladder::new(options)),
            FormatChoice::Lines => Self::Lines(Lines::new(options)),
            FormatChoice::Bytes => Self::Bytes(Bytes::new(options)),
            FormatChoice::Json => Self::Json(Json::new(options)),
        }
    }

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        match self {
            Self::Ladder(view) => view.moment(moment),
            Self::Lines(view) => view.moment(moment),
            Self::Bytes(view) => view.moment(moment),
            Self::Json(view) => view.moment(moment),
        }
    }

    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        match self {
            Self::Ladder(view) => view.end(summary),
            Self::Lines(view) => view.end(summary),
            Self::Bytes(view) => view.end(summary),
            Self::Json(view) => view.end(summary),
        }
    }
}

/// Moments of the rest that are told together.
const AT_ONCE: usize = 256;

/// Tells facts to a person, and keeps them.
pub struct Teller<'s> {
    console: &'s Console,
    timeline: Timeline,
    /// None: nothing is shown.
    view: Option<View>,
    /// As what and how it is shown.
    show: Option<ShowArgs>,
    opened: Option<RecordingFile>,
    kept: Option<RecordingWriter>,
    moments: Vec<Moment>,
    /// All that were told, where somebody wants to look back.
    told: Option<Vec<Moment>>,
    /// What it comes to, where runs are compared …
    transfer: Option<Transfer>,
    /// … what the wire took away …
    losses: Losses,
    /// … and what there is to be laid beside another.
    story: Option<ComparableStory>,
    /// Sentences for the packets of a file.
    comments: Option<(Comments, Sentences)>,
    /// Graphs of a connection.
    plot: Option<Plot>,
    /// Nothing is told before the whole run is known.
    held: bool,
    /// Nothing is said about what is shown.
    wordless: bool,
    /// What stands before the story where it is played.
    intro: Vec<Line>,
    /// How what programs print gets out …
    programs: Outlet,
    /// … and what of it waits for its place.
    printed: PrintQueue,
}

/// What is left when a story is over.
#[derive(Debug, Default)]
pub struct TellerResult {
    /// All moments, when they were to be remembered.
    pub moments: Vec<Moment>,
    /// What the run transfers, when that was to be kept.
    pub transfer: Transfer,
    /// What the wire took away, when that was to be kept.
    pub losses: Vec<Loss>,
    /// The story, when it was to be kept.
    pub story: ComparableStory,
    /// Comments for the packets, when they were to be worded.
    pub sentences: Sentences,
    /// Why there are no graphs, when there were to be.
    pub undrawn: Option<Failure>,
}

impl<'s> Teller<'s> {
    /// Tells as `show` says; saves into `opened`.
    #[must_use]
    pub fn new(console: &'s Console, show: &ShowArgs, opened: Option<RecordingFile>) -> Self {
        let teller = Self {
            console,
            timeline: Timeline::new(),
            view: Some(View::new(show.format, console.options(show))),
            show: Some(show.clone()),
            opened: None,
            kept: None,
            moments: Vec::new(),
            told: None,
            transfer: None,
            losses: Losses::new(),
            story: None,
            comments: None,
            plot: None,
            held: false,
            wordless: false,
            intro: Vec::new(),
            programs: Outlet::default(),
            printed: PrintQueue::default(),
        };
        match opened {
            Some(opened) => Self {
                opened: Some(opened),
                ..teller.commenting()
            },
            None => teller,
        }
    }

    /// Shows nothing, remembers all.
    #[must_use]
    pub fn silent(console: &'s Console) -> Self {
        Self {
            console,
            timeline: Timeline::new(),
            view: None,
            show: None,
            opened: None,
            kept: None,
            moments: Vec::new(),
            told: Some(Vec::new()),
            transfer: None,
            losses: Losses::new(),
            story: None,
            comments: None,
            plot: None,
            held: false,
            wordless: false,
            intro: Vec::new(),
            programs: Outlet::default(),
            printed: PrintQueue::default(),
        }
    }

    /// Remembers all moments, for who looks at the whole run when it is over.
    #[must_use]
    pub fn remembering(mut self) -> Self {
        self.told = Some(Vec::new());
        self
    }

    /// Words comments for the packets of a file.
    #[must_use]
    pub fn commenting(mut self) -> Self {
        let options = self.console.plain_options();
        self.comments = Some((Comments::new(options), Sentences::default()));
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

    /// Draws graphs, if any.
    #[must_use]
    pub fn plotting(mut self, plot: Option<Plot>) -> Self {
        self.plot = plot;
        self
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

    /// Where the story is played, this stands before it.
    #[must_use]
    pub fn introduced(mut self, intro: Vec<Line>) -> Self {
        self.intro = intro;
        self
    }

    /// Programs print meanwhile: what they print is shown as it is with `raw`, and where it belongs if the story is told
    /// at once.
    #[must_use]
    pub fn beside_programs(mut self, raw: bool) -> Self {
        self.programs = if self.held || self.view.is_none() {
            printed::outlet(raw)
        } else {
            printed::beside_story(raw)
        };
        self
    }

    /// How what programs print gets out.
    #[must_use]
    pub const fn outlet(&self) -> Outlet {
        self.programs
    }

    /// Keeps what the run transfers, and what was lost in it.
    #[must_use]
    pub fn accounting(mut self) -> Self {
        self.transfer = Some(Transfer::new());
        self
    }

    /// Keeps the story, to be laid beside another.
    #[must_use]
    pub fn recounting(mut self) -> Self {
        self.story = Some(ComparableStory::new());
        self
    }

    /// In JSON, each object says which of two stories it belongs to.
    #[must_use]
    pub fn tagged(mut self, side: &'static str) -> Self {
        if let Some(View::Json(view)) = self.view.take_if(|view| matches!(view, View::Json(_))) {
            self.view = Some(View::Json(view.tagged(side)));
        }
        self
    }

    /// Takes one fact. What is kept of it is written by the next [`Self::tell`].
    pub fn fact(&mut self, fact: Fact<'_>) -> Result<(), Failure> {
        if let Some(opened) = self.opened.take() {
            self.kept = Some(opened.begin()?);
        }
        if let Some(kept) = &mut self.kept {
            kept.push(&fact);
        }
        if let Some(transfer) = &mut self.transfer {
            transfer.fact(&fact);
        }
        self.timeline.fact(fact, &mut self.moments);
        Ok(())
    }

    /// Takes what a program printed: it is shown by [`Self::tell`], below all that came before it.
    pub fn printed(&mut self, printed: Printed) {
        self.printed.push(printed);
    }

    /// No later fact will be older than this: what a program printed need not wait for one.
    pub fn until(&mut self, time: Time) {
        if !self.printed.is_empty() {
            self.timeline.until(time, &mut self.moments);
        }
    }

    /// Takes a packet of a file that was followed elsewhere.
    pub fn followed(&mut self, frame: &Frame<'_>, number: u32, followed: Followed) {
        self.timeline
            .followed(frame.clone(), number, followed, &mut self.moments);
    }

    /// Shows nothing.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.view = None;
        self
    }

    /// Writes and prints what there is: first the file, so that nothing is shown that is not kept.
    pub fn tell(&mut self) -> Result<(), Failure> {
        if let Some(kept) = &mut self.kept {
            kept.commit()?;
        }
        if self.held {
            return Ok(());
        }
        let mut lines = Vec::new();
        for moment in &self.moments {
            if self.printed.has_before(moment.at) {
                self.console.print_lines(&std::mem::take(&mut lines))?;
                self.printed.print_before(Some(moment.at));
            }
            if let Some(view) = &mut self.view {
                lines.append(&mut view.moment(moment));
            }
            if let Some((comments, sentences)) = &mut self.comments
                && let Some((number, text)) = comments.moment(moment)
            {
                sentences.add(number, text);
            }
            if let Some(plot) = &mut self.plot {
                plot.moment(moment);
            }
            if let Some(transfer) = &mut self.transfer {
                transfer.moment(moment);
                self.losses.moment(moment);
            }
            if let Some(story) = &mut self.story {
                story.moment(moment);
            }
        }
        match &mut self.told {
            Some(told) => told.append(&mut self.moments),
            None => self.moments.clear(),
        }
        if !lines.is_empty() {
            self.console.print_lines(&lines)?;
        }
        self.printed.print_before(self.timeline.held_back());
        Ok(())
    }

    /// There are no more facts: the rest of the story, and its summary.
    pub fn finish(mut self) -> Result<TellerResult, Failure> {
        while !self.held && !self.wordless && self.timeline.last(&mut self.moments) {
            if self.moments.len() >= AT_ONCE {
                self.tell()?;
            }
        }
        let summary = self.rest();
        self.tell()?;
        self.close(&summary)
    }

    /// The rest of the moments, and what it all came to.
    fn rest(&mut self) -> Summary {
        let summary = self.timeline.finish(&mut self.moments);
        self.held = false;
        if self.wordless {
            for moment in &mut self.moments {
                moment.notes.clear();
            }
        }
        summary
    }

    /// As [`Self::finish`], of a run that was held back: where `pauses` wants it, something is asked in between;
    /// with a pace it is first played in a terminal of its own, and then stands there to be read.
    pub fn finish_pausing(
        mut self,
        pauses: &mut dyn Pauses,
        pace: Option<Stepper>,
    ) -> Result<TellerResult, Failure> {
        let summary = self.rest();
        let all = std::mem::take(&mut self.moments);
        let mut until = all.len();
        if let (Some(pace), Some(show)) = (pace, &self.show) {
            let render = |width| self.blocks(&all, show, width);
            if let Played::Interrupted(told) =
                pace.play(&all, &self.intro, &render, pauses, self.console)?
            {
                until = told;
            }
        }
        for (at, moment) in all[..until].iter().enumerate() {
            if !self.paused(pauses, &all, at)? {
                until = at;
                break;
            }
            self.moments.push(moment.clone());
            self.tell()?;
        }
        let whole = until == all.len() && self.paused(pauses, &all, until)?;
        if !whole {
            // Nobody waits for a summary of what was broken off.
            self.view = None;
        }
        self.close(&summary)
    }

    /// Asks what is to be asked here; false when somebody broke it off.
    fn paused(&self, pauses: &mut dyn Pauses, all: &[Moment], at: usize) -> Result<bool, Failure> {
        let mut asked = false;
        while pauses.wants(all, at) {
            pauses.pause(all, at)?;
            asked = true;
        }
        Ok(!(asked && pauses.stopped()))
    }

    /// Each moment's lines in a terminal of this width.
    fn blocks(&self, all: &[Moment], show: &ShowArgs, width: u16) -> Vec<Vec<Line>> {
        let mut options = self.console.options(show);
        if show.width.is_none() {
            options.width = usize::from(width).max(80);
        }
        let mut view = View::new(show.format, options);
        all.iter().map(|moment| view.moment(moment)).collect()
    }

    fn close(mut self, summary: &Summary) -> Result<TellerResult, Failure> {
        if let Some(view) = &mut self.view {
            self.console.print_lines(&view.end(summary))?;
        }
        let sentences = self.comments.take().map(|(_, sentences)| sentences);
        if let Some(kept) = self.kept {
            kept.finish(sentences.as_ref())?;
        }
        let mut undrawn = None;
        if let Some(plot) = self.plot {
            let options = match &self.show {
                Some(show) => self.console.options(show),
                None => self.console.plain_options(),
            };
            match plot.finish(&options) {
                Ok(lines) => self.console.print_lines(&lines)?,
                Err(failure) => undrawn = Some(failure),
            }
        }
        Ok(TellerResult {
            moments: self.told.unwrap_or_default(),
            transfer: self.transfer.unwrap_or_default(),
            losses: self.losses.found(),
            story: self.story.unwrap_or_default().finished(),
            sentences: sentences.unwrap_or_default(),
            undrawn,
        })
    }
}
