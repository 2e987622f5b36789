//! The shelf: which lessons there are, and finding one by number or short name.

use crate::notation::nearest;

use super::built_in::{BUILT_IN, COURSE};
use super::course::Course;
use super::source::{File, LessonSource};

/// What no lesson may be called: behind `sockscope lesson` these words mean something else. (A test compares them with
/// the command line.)
pub const TAKEN_NAMES: [&str; 11] = [
    "all", "check", "forget", "hand-in", "handout", "help", "list", "new", "next", "verify",
    "watch",
];

/// Lessons that can be asked for: those of the user first, then the built-in ones.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    sources: Vec<LessonSource>,
    course: Course,
}

/// There is no such lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFound {
    /// What was asked for.
    pub asked: String,
    /// The short name that is most like it.
    pub nearest: Option<String>,
}

impl Shelf {
    /// The built-in lessons.
    #[must_use]
    pub fn built_in() -> Self {
        Self::of(Vec::new(), None)
    }

    /// The lessons of a user's folder, and the built-in ones behind them: a lesson of the user's stands in for
    /// the built-in one of the same short name. A course of the user's own stands in for the built-in order.
    #[must_use]
    pub fn of(mut sources: Vec<LessonSource>, course: Option<Course>) -> Self {
        for (folder, files) in BUILT_IN {
            let source = LessonSource {
                folder: (*folder).to_owned(),
                files: files
                    .iter()
                    .map(|(name, text)| File {
                        name: (*name).to_owned(),
                        path: format!("lessons/{folder}/{name}"),
                        text: (*text).to_owned(),
                    })
                    .collect(),
            };
            let name = source.number_and_name().1;
            if !sources
                .iter()
                .any(|known| known.number_and_name().1 == name)
            {
                sources.push(source);
            }
        }
        // A mistake in our own course is found by a test; without one there is the order of the numbers.
        let course = course.unwrap_or_else(|| Course::parse(COURSE).unwrap_or_default());
        sources.sort_by_key(|source| {
            let (number, name) = source.number_and_name();
            let place = course.place(name).unwrap_or(usize::MAX);
            (place, number.unwrap_or(u32::MAX))
        });
        Self { sources, course }
    }

    /// The course: its chapters, and what is known of each lesson.
    #[must_use]
    pub const fn course(&self) -> &Course {
        &self.course
    }

    /// All, in the order of the course; what it does not name comes last, in the order of the numbers.
    pub fn sources(&self) -> impl Iterator<Item = &LessonSource> {
        self.sources.iter()
    }

    /// The lesson of this number or short name (`3`, `03`, `handshake`, `03-handshake`).
    ///
    /// # Errors
    /// [`NotFound`] when no lesson is called that, with the name that comes nearest.
    pub fn find(&self, asked: &str) -> Result<&LessonSource, NotFound> {
        let number: Option<u32> = asked.parse().ok();
        let found = self.sources.iter().find(|source| {
            let (own, name) = source.number_and_name();
            name == asked || source.folder == asked || (number.is_some() && number == own)
        });
        found.ok_or_else(|| NotFound {
            asked: asked.to_owned(),
            nearest: nearest(asked, self.sources.iter().map(|s| s.number_and_name().1))
                .map(str::to_owned),
        })
    }

    /// The lesson that comes after this one.
    #[must_use]
    pub fn after(&self, folder: &str) -> Option<&LessonSource> {
        let at = self
            .sources
            .iter()
            .position(|source| source.folder == folder)?;
        self.sources.get(at + 1)
    }
}
