//! What a learner has done, kept in `$XDG_DATA_HOME/sockscope/progress.json` (the XDG Base Directory
//! Specification; without the variable in `~/.local/share`).

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Console, Ending, shown};
use crate::failure::Failure;
use crate::session::regular_file;
use crate::text::Message;

/// It is not longer: some ten thousand lessons.
const LARGEST: u64 = 1024 * 1024;
/// The newest format that this program reads.
const VERSION: u32 = 1;

/// All that was done.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    lessons: BTreeMap<String, Done>,
}

/// A lesson that was told to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Questions answered rightly, in the best run.
    pub right: u32,
    /// Questions that it has.
    pub of: u32,
}

impl Done {
    /// The best of two runs; one in which nothing was asked takes nothing away.
    fn best(self, run: Self) -> Self {
        if run.of == 0 {
            return self;
        }
        Self {
            right: self.right.max(run.right).min(run.of),
            of: run.of,
        }
    }
}

/// The file's contents.
#[derive(Serialize, Deserialize)]
struct ProgressFile {
    format_version: u32,
    lessons: BTreeMap<String, Done>,
}

impl Progress {
    /// What is kept; nothing where nothing was kept yet.
    pub fn load() -> Result<Self, Failure> {
        let Some(path) = path() else {
            return Ok(Self::default());
        };
        let text = match regular_file::text(&path, LARGEST) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(of_io("error-open", &path, &error)),
        };
        match serde_json::from_str::<ProgressFile>(&text) {
            Ok(kept) if kept.format_version <= VERSION => Ok(Self {
                lessons: kept.lessons,
            }),
            _ => {
                let what = Message::new("error-progress").text("path", shown(&path));
                Err(Failure::usage(what).try_this(Message::new("error-progress-try")))
            }
        }
    }

    /// What was done of this lesson.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Done> {
        self.lessons.get(name).copied()
    }

    /// How many lessons were done.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lessons.len()
    }

    /// Keeps that a lesson was told to its end, with the best of its marks.
    pub fn add(name: &str, done: Done) -> Result<(), Failure> {
        let mut all = Self::load()?;
        let known = all.lessons.entry(name.to_owned()).or_default();
        *known = known.best(done);
        let Some(path) = path() else {
            return Ok(());
        };
        all.write(&path)
            .map_err(|error| of_io("error-save", &path, &error))
    }

    /// As a whole: whoever is interrupted loses nothing. A link stays a link.
    fn write(self, path: &Path) -> io::Result<()> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let kept = ProgressFile {
            format_version: VERSION,
            lessons: self.lessons,
        };
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(serde_json::to_string_pretty(&kept)?.as_bytes())?;
        file.persist(path)?;
        Ok(())
    }
}

/// `sockscope lesson forget`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-lesson-forget")]
pub struct ForgetArgs {}

/// Forgets what was done: the file is removed. A person is asked first; a script knows what it does.
pub fn forget(console: &Console) -> Result<Ending, Failure> {
    let Some(path) = path() else {
        return Ok(Ending::Done);
    };
    if io::stdin().is_terminal() && io::stdout().is_terminal() && path.exists() {
        let question = Message::new("lesson-forget-prompt").text("path", shown(&path));
        console.print(&format!("{} ", console.say(&question)))?;
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        if !read.is_ok_and(|_| is_yes(&line)) {
            return Ok(Ending::Done);
        }
    }
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(of_io("error-save", &path, &error));
        }
        _ => {}
    }
    let text = console.say(&Message::new("lesson-forgotten").text("path", shown(&path)));
    console.print(&format!("{text}\n"))?;
    Ok(Ending::Done)
}

/// What a person typed means yes, in one of our languages.
pub fn is_yes(line: &str) -> bool {
    let line = line.trim();
    ["y", "Y", "是", "好"]
        .iter()
        .any(|yes| line.starts_with(yes))
}

/// Where it is kept; none where there is no home.
fn path() -> Option<PathBuf> {
    let data = crate::session::config::xdg_folder("XDG_DATA_HOME", ".local/share")?;
    Some(data.join("sockscope").join("progress.json"))
}

fn of_io(key: &'static str, path: &Path, error: &io::Error) -> Failure {
    Failure::of_io(Message::new(key).text("path", shown(path)), error)
}
