//! `--svg` and its kin: what is written of a whole story when it is over, each into a file of its own.
//!
//! A [`DrawnStory`] is one run or one capture, and a [`MomentSink`] as any other. A verb that tells several stories (two that are
//! compared, the acts of a lesson) makes a chapter of each, and all of them are in each file.

use super::chapters::{ToldStory, TracedStory};
use super::console::Console;
use super::output::{Content, Output, Outputs};
use crate::cli::{KeepArgs, PictureArgs};
use crate::explain::spacetime::Spacetime;
use crate::explain::{Moment, MomentSink, Summary};
use crate::failure::Failure;
use crate::protocol::follow::Conversation;
use crate::script::Plan;
use crate::text::{Lang, Message};
use crate::views::cast::{self, CastStory};
use crate::views::html::tongues::Tongues;
use crate::views::html::{self, PageStory, Told};
use crate::views::palette::Palette;
use crate::views::perfetto::{self, TraceStory};
use crate::views::svg::{self, machine};
use crate::views::{Line, Options};

/// The files that were asked for, open and still as they were.
#[derive(Debug)]
pub struct Pictures {
    diagram: Option<Output>,
    states: Option<Output>,
    page: Option<Output>,
    trace: Option<Output>,
    cast: Option<Output>,
    /// What stands before all stories of a page.
    front: Told,
}

/// One story of them.
#[derive(Debug)]
pub struct DrawnStory {
    /// What it is called beside others.
    name: String,
    story: Spacetime,
    /// For a page.
    page: Option<PageStory>,
    trace: Option<TracedStory>,
    cast: Option<ToldStory>,
}

impl DrawnStory {
    fn traced(&self) -> Option<TraceStory<'_>> {
        let trace = self.trace.as_ref()?;
        Some(TraceStory {
            name: &self.name,
            space: &self.story,
            traced: trace.traced(),
            findings: trace.findings(),
        })
    }

    fn told(&self) -> Option<CastStory<'_>> {
        let told = self.cast.as_ref()?;
        Some(CastStory {
            name: &self.name,
            moments: told.moments(),
            summary: told.summary(),
        })
    }

    /// Told before it and behind it, in each language: a lesson's narration.
    pub fn narrate(&mut self, tell: impl Fn(&Options) -> [Vec<Line>; 2]) {
        let Some(page) = &mut self.page else { return };
        for options in Tongues::new(Lang::default()).options() {
            let [before, after] = tell(&options);
            let lang = options.catalogue.lang();
            page.before.push((lang, before));
            page.after.push((lang, after));
        }
    }
}

impl KeepArgs {
    /// The pictures that are asked for of a run.
    ///
    /// # Errors
    /// States are asked for of a run that cannot speak TCP; a file may not be written to.
    pub fn pictures(
        &self,
        plan: &Plan,
        outputs: &mut Outputs,
    ) -> Result<Option<Pictures>, Failure> {
        if self.pictures.svg_states.is_some() && !plan.may_speak_tcp() {
            return Err(Failure::usage(Message::new("error-states-udp"))
                .try_this(Message::new("error-states-udp-try")));
        }
        Pictures::asked(&self.pictures, outputs)
    }
}

impl Pictures {
    /// Opens what was asked for; nothing when nothing was.
    ///
    /// # Errors
    /// When a file cannot be written, or is to be two things at once.
    pub fn asked(args: &PictureArgs, outputs: &mut Outputs) -> Result<Option<Self>, Failure> {
        let mut open = |path: &Option<std::path::PathBuf>, content| {
            path.as_deref()
                .map(|path| outputs.open(path, content))
                .transpose()
        };
        let pictures = Self {
            diagram: open(&args.svg, Content::Diagram)?,
            states: open(&args.svg_states, Content::States)?,
            page: open(&args.html, Content::Page)?,
            trace: open(&args.perfetto, Content::Trace)?,
            cast: open(&args.cast, Content::Cast)?,
            front: Vec::new(),
        };
        let all = [
            &pictures.diagram,
            &pictures.states,
            &pictures.page,
            &pictures.trace,
            &pictures.cast,
        ];
        let any = all.iter().any(|output| output.is_some());
        Ok(any.then_some(pictures))
    }

    /// Told before all stories, in each language.
    pub fn front(&mut self, tell: impl Fn(&Options) -> Vec<Line>) {
        let tongues = Tongues::new(Lang::default());
        let told = tongues
            .options()
            .map(|options| (options.catalogue.lang(), tell(&options)));
        self.front = told.collect();
    }

    /// A new story for them; of a capture only this conversation, where one was chosen.
    #[must_use]
    pub fn chapter(&self, name: &str, chosen: Option<Conversation>) -> DrawnStory {
        DrawnStory {
            name: name.to_owned(),
            story: Spacetime::of(chosen),
            page: self.page.as_ref().map(|_| PageStory::new(name, chosen)),
            trace: self.trace.as_ref().map(|_| TracedStory::of(chosen)),
            cast: self.cast.as_ref().map(|_| ToldStory::of(chosen)),
        }
    }

    /// Writes all of them; without any story they stay as they were.
    ///
    /// # Errors
    /// When there is nothing to be drawn, or a file cannot be written to its end.
    pub fn finish(self, chapters: &[DrawnStory], console: &Console) -> Result<(), Failure> {
        if chapters.iter().all(|chapter| chapter.story.is_empty()) {
            return Err(Failure::usage(Message::new("error-nothing-drawn")));
        }
        let stories: Vec<(String, &Spacetime)> = chapters
            .iter()
            .map(|chapter| (chapter.name.clone(), &chapter.story))
            .collect();
        if let Some(output) = self.diagram {
            output.put(svg::spacetime(&stories, &console.catalogue).as_bytes())?;
        }
        if let Some(output) = self.states {
            output.put(machine::svg(&stories, &console.catalogue).as_bytes())?;
        }
        if let Some(output) = self.page {
            let pages: Vec<&PageStory> = chapters.iter().filter_map(|c| c.page.as_ref()).collect();
            let page = html::page(&pages, &self.front, console.catalogue.lang());
            output.put(page.as_bytes())?;
        }
        if let Some(output) = self.trace {
            let traced: Vec<_> = chapters.iter().filter_map(DrawnStory::traced).collect();
            output.put(&perfetto::trace(&traced, &console.catalogue))?;
            let left_out = chapters.iter().map(|chapter| chapter.story.left_out).sum();
            remark("trace-cut", left_out, console);
        }
        if let Some(output) = self.cast {
            let told: Vec<_> = chapters.iter().filter_map(DrawnStory::told).collect();
            let title = svg::title(&stories, &console.catalogue);
            // Who plays it decides about colours, not who wrote it.
            let colours = Palette::new(true);
            let cast = cast::cast(&told, &title, &console.plain_options(), colours);
            let _ = Palette::new(console.has_colour());
            output.put(cast.as_bytes())?;
            let told = chapters.iter().filter_map(|chapter| chapter.cast.as_ref());
            remark(
                "trace-cast-cut",
                told.map(ToldStory::left_out).sum(),
                console,
            );
        }
        Ok(())
    }
}

/// Says that a file does not hold all.
fn remark(key: &'static str, left_out: u64, console: &Console) {
    if left_out > 0 {
        console.remark(&Message::new(key).int("n", left_out));
    }
}

/// Writes what was asked for; gives why it could not be written. For who has more to say before that is said.
#[must_use]
pub fn write(
    pictures: Option<Pictures>,
    chapters: &[DrawnStory],
    console: &Console,
) -> Option<Failure> {
    pictures?.finish(chapters, console).err()
}

impl MomentSink for DrawnStory {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        self.story.moment(moment);
        self.page.moment(moment);
        self.trace.moment(moment);
        self.cast.moment(moment);
    }

    fn end(&mut self, summary: &Summary) {
        self.page.end(summary);
        self.trace.end(summary);
        self.cast.end(summary);
    }
}
