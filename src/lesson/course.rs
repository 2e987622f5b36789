//! A course: chapters of lessons in an order, what should come before what, and how long each takes. The built-in one is
//! `lessons/course.toml`; a teacher's own stands in their folder of lessons under the same name.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::text::Lang;

/// The newest format that this program reads.
const VERSION: u32 = 1;

/// A course.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Always 1.
    format_version: u32,
    /// Its chapters, in order.
    #[serde(default, rename = "chapter")]
    chapters: Vec<Chapter>,
    /// By a lesson's short name: those that should be known before.
    #[serde(default)]
    after: BTreeMap<String, Vec<String>>,
    /// By a lesson's short name: how long its runs take, in whole seconds.
    #[serde(default)]
    seconds: BTreeMap<String, u32>,
}

/// A chapter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Its title by language (`en`, `zh`).
    title: BTreeMap<String, String>,
    /// The short names of its lessons, in order.
    pub lessons: Vec<String>,
}

/// Why a text is no course.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum CourseError {
    #[error("{}", .0.message())]
    Text(#[from] toml::de::Error),
    #[error("format_version {0}")]
    Newer(u32),
    #[error("{0} × 2")]
    Twice(String),
}

impl Course {
    /// Reads one.
    ///
    /// # Errors
    /// When it is none, is of a newer format, or names a lesson twice.
    pub fn parse(text: &str) -> Result<Self, CourseError> {
        let course: Self = toml::from_str(text)?;
        if course.format_version > VERSION {
            return Err(CourseError::Newer(course.format_version));
        }
        let mut names: Vec<&String> = course.names().collect();
        names.sort();
        if let Some(two) = names.windows(2).find(|two| two[0] == two[1]) {
            return Err(CourseError::Twice(two[0].clone()));
        }
        Ok(course)
    }

    /// Its chapters, in order.
    #[must_use]
    pub fn chapters(&self) -> &[Chapter] {
        &self.chapters
    }

    /// Which place a lesson has in it, from 0; none where it is not of the course.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.names().position(|known| known == name)
    }

    /// The lessons that should be known before this one.
    #[must_use]
    pub fn after(&self, name: &str) -> &[String] {
        self.after.get(name).map_or(&[], Vec::as_slice)
    }

    /// How long a lesson's runs take, in whole seconds; none where it is not known, or less than one.
    #[must_use]
    pub fn seconds(&self, name: &str) -> Option<u32> {
        self.seconds.get(name).copied()
    }

    /// Every lesson that it names, in order.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.chapters.iter().flat_map(|chapter| &chapter.lessons)
    }
}

impl Chapter {
    /// Its title in this language, else in any; empty where it has none.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        let own = self.title.get(lang.tag());
        own.or_else(|| self.title.values().next())
            .map_or("", String::as_str)
    }
}
