//! What a story puts on standard output: the lines of its view, and in between, in their places, what programs print.
//!
//! The one place where a story is printed: a queue and a thread that writes can stand here and nowhere else.

use std::io::{self, IsTerminal as _};

use super::console::Console;
use super::overview::Overview;
use super::printed::{self, PrintQueue};
use crate::cli::{FormatChoice, ShowArgs};
use crate::explain::{Moment, MomentSink, Summary};
use crate::failure::Failure;
use crate::model::{Fact, Time};
use crate::observe::source::{Outlet, Printed};
use crate::views::html::story_rows::StoryRows;
use crate::views::{Bytes, Json, Ladder, Line, Lines, Markdown, Mermaid, Options};

/// A view that tells a story in lines.
pub type StoryView = Box<dyn MomentSink<Out = Vec<Line>>>;

/// The view that was chosen.
#[must_use]
pub fn view_of(format: FormatChoice, options: Options) -> StoryView {
    match format {
        FormatChoice::Ladder => Box::new(Ladder::new(options)),
        FormatChoice::Lines => Box::new(Lines::new(options)),
        FormatChoice::Bytes => Box::new(Bytes::new(options)),
        FormatChoice::Json => Box::new(Json::new(options)),
        FormatChoice::Markdown => Box::new(Markdown::new(options)),
        FormatChoice::Mermaid => Box::new(Mermaid::new(options)),
        FormatChoice::Rows => Box::new(StoryRows::new(&options)),
    }
}

/// Standard output, as long as one story is told there.
pub struct Screen<'s> {
    console: &'s Console,
    /// None: nothing is shown.
    view: Option<StoryView>,
    /// What is told in place of further rows, where there may be too many.
    overview: Option<Overview>,
    /// Told, and not printed yet.
    lines: Vec<Line>,
    /// How what programs print gets out …
    programs: Outlet,
    /// … and what of it waits for its place.
    printed: PrintQueue,
}

impl<'s> Screen<'s> {
    /// One with this view, on which no program prints.
    pub fn new(console: &'s Console, view: Option<StoryView>) -> Self {
        Self {
            console,
            view,
            overview: None,
            lines: Vec::new(),
            programs: Outlet::default(),
            printed: PrintQueue::default(),
        }
    }

    /// Where this goes to a terminal, so many rows at most are shown there, unless all are wanted; then an overview.
    pub fn end_on_terminal(&mut self, show: &ShowArgs) {
        self.begin(show);
        let is_long = show.format == FormatChoice::Ladder && !show.all;
        if is_long && self.view.is_some() && io::stdout().is_terminal() {
            self.overview = Some(Overview::new(self.console.options(show)));
        }
    }

    /// A viewer lays it out anew when its terminal gets another size, unless the width was chosen.
    pub(super) fn begin(&self, show: &ShowArgs) {
        if self.view.is_none() || !self.console.has_viewer() {
            return;
        }
        let options = self.console.options(show);
        let format = show.format;
        let layout = move |width| {
            let mut options = options.clone();
            options.width = width;
            view_of(format, options)
        };
        let layout = show.width.is_none().then(|| Box::new(layout) as _);
        self.console.begin_story(layout);
    }

    /// Takes the next fact.
    pub fn fact(&mut self, fact: &Fact<'_>) {
        if let Some(overview) = &mut self.overview {
            overview.fact(fact);
        }
    }

    /// Programs print meanwhile, as it is with `raw`; among the story's rows if those are shown `at_once`.
    pub fn beside_programs(&mut self, raw: bool, at_once: bool) {
        self.programs = if at_once && self.view.is_some() {
            printed::beside_story(raw)
        } else {
            printed::outlet(raw)
        };
    }

    /// How what programs print gets out.
    pub const fn outlet(&self) -> Outlet {
        self.programs
    }

    /// Takes what a program printed: it is shown below all that came before it.
    pub fn printed(&mut self, printed: Printed) {
        self.printed.push(printed);
    }

    /// Something that a program printed waits for its place.
    pub fn holds_printed(&self) -> bool {
        !self.printed.is_empty()
    }

    /// Shows the next moment; its lines are printed by [`Self::flush`].
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn moment(&mut self, moment: &Moment) -> Result<(), Failure> {
        if self.printed.has_before(moment.at) {
            self.print()?;
            self.printed.print_before(Some(moment.at));
        }
        let Some(view) = &mut self.view else {
            return Ok(());
        };
        let mut lines = match &mut self.overview {
            Some(overview) => overview.instead(moment, view.as_mut()),
            None => view.moment(moment),
        };
        let is_whole = self.overview.as_ref().is_none_or(Overview::is_whole);
        if is_whole && self.console.has_viewer() {
            self.print()?;
            return self.console.tell(moment, lines);
        }
        self.lines.append(&mut lines);
        Ok(())
    }

    /// Prints what there is. Rows that come later are not older than `held_back`; without it there are none.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn flush(&mut self, held_back: Option<Time>) -> Result<(), Failure> {
        self.print()?;
        self.printed.print_before(held_back);
        Ok(())
    }

    /// From here on nothing is shown, and no summary.
    pub fn hide(&mut self) {
        self.view = None;
    }

    /// Shows what it all came to.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn end(&mut self, summary: &Summary) -> Result<(), Failure> {
        if let Some(view) = &mut self.view {
            if let Some(overview) = &self.overview {
                self.lines.append(&mut overview.lines());
            }
            self.lines.append(&mut view.end(summary));
        }
        self.print()
    }

    fn print(&mut self) -> Result<(), Failure> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.console.print_lines(&std::mem::take(&mut self.lines))
    }
}
