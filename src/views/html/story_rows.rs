//! A story as rows for a page that is open while it happens: one JSON object per row, the row's markup in it, and behind the last the
//! diagram. Who shows the page only hands them on (`serve`): the story is made where the run is.

use maud::Markup;
use serde_json::json;

use super::rows::{RowContext, row};
use super::tongues::Tongues;
use super::{DRAWN, figures, tongues};
use crate::explain::spacetime::Spacetime;
use crate::explain::{Moment, MomentSink, Summary};
use crate::model::Time;
use crate::text::Lang;
use crate::views::options::Options;
use crate::views::styled::{Line, Role};
use crate::views::summary;

/// So many rows are handed on; what comes behind them is counted, and stands in the report.
pub const MOST_ROWS: u64 = 1_000;

/// What stands before the number of a moment in the anchors of rows and picture.
pub const ANCHOR: &str = "m0-";

/// The rows of one story.
#[derive(Debug)]
pub struct StoryRows {
    tongues: Tongues,
    space: Spacetime,
    begun: Option<Time>,
    number: usize,
    shown: u64,
    left_out: u64,
}

impl StoryRows {
    /// Rows in both languages, whichever the reader has.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        Self {
            tongues: Tongues::new(options.catalogue.lang()),
            space: Spacetime::of(None).within(DRAWN),
            begun: None,
            number: 0,
            shown: 0,
            left_out: 0,
        }
    }

    fn told(&self, moment: &Moment) -> Option<Markup> {
        let context = RowContext {
            tongues: &self.tongues,
            hosts: &self.space.hosts,
            zero: self.begun.unwrap_or(moment.at),
            anchor: ANCHOR,
            open: true,
        };
        row(self.number, moment, context)
    }
}

impl MomentSink for StoryRows {
    type Out = Vec<Line>;

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        self.number += 1;
        self.begun.get_or_insert(moment.at);
        self.space.moment(moment);
        let Some(told) = self.told(moment) else {
            return Vec::new();
        };
        if self.shown >= MOST_ROWS {
            self.left_out += 1;
            return Vec::new();
        }
        self.shown += 1;
        let since = moment.at.since(self.begun.unwrap_or(moment.at)).as_ms();
        let object = json!({"n": self.number, "ms": since, "html": told.into_string()});
        vec![Line::of(Role::Plain, object.to_string())]
    }

    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        let said: String = self
            .tongues
            .options()
            .map(|options| {
                let lang: Lang = options.catalogue.lang();
                tongues::lines(&summary::lines(&options, summary), lang).into_string()
            })
            .collect();
        let diagram = if self.space.is_empty() {
            String::new()
        } else {
            figures::diagram(&self.space, ANCHOR, &self.tongues).into_string()
        };
        let object = json!({"diagram": diagram, "summary": said, "left_out": self.left_out});
        vec![Line::of(Role::Plain, object.to_string())]
    }
}
