//! A report: one page that can be kept, printed and handed in. It needs no network and no script; with scripts it is better.
//!
//! [`PageStory`] gathers a story, [`page()`] makes the page of one or several. Its parts: [`figures`] (pictures), [`rows`] (the table of
//! the story), [`octets`] (bytes), [`tongues`] (every text in both languages), [`packed`] (what is compressed).
//!
//! [`classroom`] are the pages of `sockscope serve`; [`story_rows`] is what they show while a run happens.
//!
//! Every text from outside is escaped by its type: markup is made by `html!` alone, and nothing but our own style, our own script
//! and drawings that were made here goes in without.

pub mod classroom;
pub mod figures;
pub mod octets;
pub mod packed;
pub mod page;
pub mod rows;
pub mod story_rows;
pub mod tongues;

pub use page::page;

use crate::explain::series::Traced;
use crate::explain::spacetime::Spacetime;
use crate::explain::stream::ByteStreams;
use crate::explain::{Moment, MomentSink, Summary, TransitPhase, What};
use crate::protocol::follow::Conversation;
use crate::text::Lang;

use super::styled::Line;

/// So many frames are drawn in a page's diagram.
pub const DRAWN: usize = 500;
/// So many moments are kept; what comes behind them is counted.
pub const MOST: usize = 60_000;
/// So many frames are kept.
pub const MOST_FRAMES: usize = 20_000;

/// Lines that are told in both languages.
pub type Told = Vec<(Lang, Vec<Line>)>;

/// A story for a page.
#[derive(Debug)]
pub struct PageStory {
    /// What it is called beside others.
    pub name: String,
    /// What stands before it: a lesson's introduction.
    pub before: Told,
    /// What stands behind it: what a lesson says of it, with its marks.
    pub after: Told,
    chosen: Option<Conversation>,
    moments: Vec<Moment>,
    frames: usize,
    left_out: u64,
    space: Spacetime,
    streams: ByteStreams,
    traced: Traced,
    summary: Summary,
}

impl PageStory {
    /// An empty one; of a capture only this conversation, where one was chosen.
    #[must_use]
    pub fn new(name: &str, chosen: Option<Conversation>) -> Self {
        let stream = match chosen {
            Some(Conversation::Tcp(stream)) => stream,
            _ => 0,
        };
        Self {
            name: name.to_owned(),
            before: Vec::new(),
            after: Vec::new(),
            chosen,
            moments: Vec::new(),
            frames: 0,
            left_out: 0,
            space: Spacetime::of(chosen).within(DRAWN),
            streams: ByteStreams::default(),
            traced: Traced::of(stream),
            summary: Summary::default(),
        }
    }

    /// It belongs to what was chosen; what has no conversation does.
    fn is_chosen(&self, moment: &Moment) -> bool {
        match (&moment.what, self.chosen) {
            (What::Transit(transit), Some(chosen)) => transit.followed.conversation == Some(chosen),
            _ => true,
        }
    }
}

impl MomentSink for PageStory {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        self.space.moment(moment);
        self.streams.moment(moment);
        self.traced.moment(moment);
        let is_frame = matches!(&moment.what, What::Transit(transit) if transit.phase != TransitPhase::Arrived || transit.sent.is_none());
        let full = self.frames >= MOST_FRAMES || self.moments.len() >= MOST;
        if full && !matches!(moment.what, What::End(_)) {
            self.left_out += u64::from(is_frame);
            return;
        }
        self.frames += usize::from(is_frame);
        self.moments.push(moment.clone());
    }

    fn end(&mut self, summary: &Summary) {
        self.summary = summary.clone();
        self.traced.drain();
    }
}
