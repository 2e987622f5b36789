//! Lessons as data: the format, its checker, the shelf of built-in lessons, narration, questions.
//!
//! A lesson is a folder `NN-name/`: `lesson.toml` says what is to be run and what must be true of the run,
//! `en.md` and `zh.md` tell it. Nobody writes Rust for a lesson. From a folder to a verdict:
//!
//! ```text
//! Source ──read──► Lesson ──Act::plan──► (observe: a run) ──moments──► Act::judge ──► verdicts
//!   files           │ acts, narration
//!                   └─check── every claim of the prose has an expectation that proves it
//! ```
//!
//! No file is opened here: [`LessonSource`] holds texts, which `commands` read from a folder and [`Shelf`] holds
//! for the built-in lessons. All mistakes of all files of a lesson are found together ([`Faults`]).

mod act;
mod archive;
mod ask;
mod built_in;
mod check;
mod claims;
mod course;
mod expectation;
mod hand_in;
mod mark;
mod narration;
mod place;
mod prose;
mod read;
mod report;
mod shelf;
mod source;
mod table;
mod template;

use std::collections::BTreeMap;

use crate::model::Untrusted;
use crate::text::Lang;

pub use act::Act;
pub use archive::{ArchivedFile, is_archive, read_archive, write_archive};
pub use ask::{Answer, Ask, Of, When};
pub use check::check;
pub use course::{Chapter, Course, CourseError};
pub use hand_in::{
    Answered, HAND_IN_VERSION, HandIn, HandInRun, LONGEST_HAND_IN, Misfit, NoHandIn, Recorded,
    Remarked, seal,
};
pub use mark::{Mark, Right, Solution, letter};
pub use narration::{Inline, Narration, Paragraph, Part, PartKind, Reference, Shape};
pub use read::read;
pub(crate) use read::read_with;
pub use report::{message, report};
pub use shelf::{NotFound, Shelf, TAKEN_NAMES};
pub use source::{Faults, File, LessonSource};
pub(crate) use table::TomlTable;
pub use template::template;

/// The newest format that this program reads: `format_version` in `lesson.toml`.
pub const FORMAT_VERSION: i64 = 1;

/// How a lesson's story is shown, unless the reader wants it otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shows {
    /// The graphs of its connection stand below it.
    pub chart: bool,
    /// What repeats itself in the ladder is counted.
    pub folded: bool,
}

/// A lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Its number, when its folder has one.
    pub number: Option<u32>,
    /// Its short name.
    pub name: Untrusted,
    /// Hash of its files.
    pub hash: String,
    /// What is run, one after the other; of a lesson that draws, one of them.
    pub acts: Vec<Act>,
    /// One act is drawn, and which one is not said before.
    pub draws: bool,
    /// How its story is shown.
    pub shows: Shows,
    /// What is told, in each language that the folder has.
    pub narrations: BTreeMap<&'static str, Narration>,
}

impl Lesson {
    /// The narration in this language, else in another one.
    #[must_use]
    pub fn narration(&self, lang: Lang) -> Option<&Narration> {
        self.narrations
            .get(lang.tag())
            .or_else(|| self.narrations.values().next())
    }

    /// Its title in this language, else in another one, else its short name.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &Untrusted {
        self.narration(lang).map_or(&self.name, |n| &n.title)
    }
}

#[cfg(test)]
mod tests;
