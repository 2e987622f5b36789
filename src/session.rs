//! What a run and the person in front of it need, whatever the verb: a run told and kept, a capture opened, and where
//! lines, pictures and files go.
//!
//! - [`console`]: the person in front: language, colour, width, and where lines go. The only place that prints; it waits
//!   for nobody who does not read ([`printer`])
//! - [`planning`]: what was asked for on the command line as a plan
//! - [`live`]: a live run and its rights; [`interrupt`]: Ctrl-C; [`stages`]: the run's facts on their way, through a
//!   [`fact_queue`] from each thread to the next
//! - [`teller`]: a story while it happens, told to all who listen: [`screen`] prints it ([`printed`] puts in what programs
//!   print, [`overview`] ends it where it becomes too long), [`recording`] saves it, [`plot`] draws its graphs, [`pictures`]
//!   all of it, [`kept_moments`] are what of it is looked back at; on a terminal it is read in a [`viewer`], which takes an
//!   [`alternate_screen`], at once or at the reader's own [`pace`]
//! - [`findings`]: what programs did, told behind the story
//! - [`capture`]: a capture that is opened and read packet by packet
//! - [`recording_bar`]: a sign of life while a run is recorded that is told afterwards
//! - [`output`]: whatever is written into; [`recording_file`] is one, with [`packet_comments`]
//! - [`confined`]: a run of the classroom page's, which takes no more than it may
//! - [`config`], [`regular_file`], [`memory`]: the config file, files that are read whole, and how much may be kept of them
//!
//! It names no verb: verbs name it.

use std::path::Path;

use crate::failure::Code;

pub(crate) mod alternate_screen;
pub(crate) mod capture;
mod chapters;
pub(crate) mod config;
pub(crate) mod confined;
pub(crate) mod console;
pub(crate) mod fact_queue;
pub(crate) mod findings;
pub(crate) mod interrupt;
pub(crate) mod kept_moments;
pub(crate) mod live;
pub(crate) mod memory;
pub(crate) mod output;
pub(crate) mod overview;
pub(crate) mod pace;
pub(crate) mod packet_comments;
pub(crate) mod pictures;
pub(crate) mod planning;
pub(crate) mod plot;
pub(crate) mod printed;
pub(crate) mod printer;
pub(crate) mod recording;
pub(crate) mod recording_bar;
pub(crate) mod recording_file;
pub(crate) mod regular_file;
pub(crate) mod screen;
pub(crate) mod stages;
pub(crate) mod teller;
pub(crate) mod viewer;

pub use console::Console;

/// How a verb ended that was not a [`Failure`](crate::failure::Failure).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// What there was to say about it has been said; only the exit code is left.
    Said(Code),
}

/// A path as a person may see it.
#[must_use]
pub fn shown(path: &Path) -> String {
    crate::views::visible::text(&path.to_string_lossy())
}
