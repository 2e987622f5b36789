//! A story while it happens: facts in, lines out at once, and the file beside it.

use std::rc::Rc;

use super::Screen;
use super::keep::{Kept, Opened};
use crate::cli::{Format, Show};
use crate::explain::{Moment, Summary, Timeline};
use crate::failure::Failure;
use crate::model::Fact;
use crate::views::{Ladder, Line, Lines, Options};

/// One of the views that tell a story.
enum View {
    Ladder(Ladder),
    Lines(Lines),
}

impl View {
    fn new(format: Format, options: Options) -> Self {
        match format {
            Format::Lines => Self::Lines(Lines::new(options)),
            _ => Self::Ladder(Ladder::new(options)),
        }
    }

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        match self {
            Self::Ladder(view) => view.moment(moment),
            Self::Lines(view) => view.moment(moment),
        }
    }

    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        match self {
            Self::Ladder(view) => view.end(summary),
            Self::Lines(view) => view.end(summary),
        }
    }
}

/// Tells facts to a person, and keeps them.
pub struct Teller<'s> {
    screen: &'s Screen,
    timeline: Timeline,
    view: View,
    opened: Option<Opened>,
    kept: Option<Kept>,
    moments: Vec<Moment>,
}

impl<'s> Teller<'s> {
    /// Tells as `show` says; saves into `opened`.
    #[must_use]
    pub fn new(screen: &'s Screen, show: &Show, opened: Option<Opened>) -> Self {
        let options = Options {
            width: usize::from(show.width.unwrap_or(screen.width)),
            catalogue: Rc::clone(&screen.catalogue),
            quiet: show.quiet,
        };
        Self {
            screen,
            timeline: Timeline::new(),
            view: View::new(show.format, options),
            opened,
            kept: None,
            moments: Vec::new(),
        }
    }

    /// Takes one fact. What is kept of it is written by the next [`Self::tell`].
    pub fn fact(&mut self, fact: &Fact<'_>) -> Result<(), Failure> {
        if let Some(opened) = self.opened.take() {
            self.kept = Some(opened.begin()?);
        }
        if let Some(kept) = &mut self.kept {
            kept.push(fact);
        }
        self.timeline.fact(fact, &mut self.moments);
        Ok(())
    }

    /// There will be no facts: leaves no file behind.
    pub fn abandon(&mut self) {
        if let Some(opened) = self.opened.take() {
            opened.abandon();
        }
    }

    /// Writes and prints what there is: first the file, so that nothing is shown that is not kept.
    pub fn tell(&mut self) -> Result<(), Failure> {
        if let Some(kept) = &mut self.kept {
            kept.commit()?;
        }
        let mut text = String::new();
        for moment in self.moments.drain(..) {
            for line in self.view.moment(&moment) {
                text.push_str(&self.screen.palette.paint(&line));
                text.push('\n');
            }
        }
        if text.is_empty() {
            return Ok(());
        }
        self.screen.print(&text)
    }

    /// There are no more facts: the rest of the story, and its summary.
    pub fn finish(mut self) -> Result<Summary, Failure> {
        let summary = self.timeline.finish(&mut self.moments);
        self.tell()?;
        let mut text = String::new();
        for line in self.view.end(&summary) {
            text.push_str(&self.screen.palette.paint(&line));
            text.push('\n');
        }
        self.screen.print(&text)?;
        if let Some(kept) = self.kept {
            kept.finish()?;
        }
        Ok(summary)
    }
}
