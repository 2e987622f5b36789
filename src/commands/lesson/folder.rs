//! Lessons as folders on disk: reading one, and beginning a new one.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Console, Ending, shown};
use crate::failure::{Code, Failure};
use crate::lesson::{self, LessonSource, template};
use crate::session::regular_file;
use crate::text::Message;

/// No text of a lesson is longer: whoever hands over something else by mistake gets an error, not a full memory …
const LARGEST: u64 = 1024 * 1024;
/// … nor are all of them together.
const LARGEST_ALL: u64 = 4 * LARGEST;

/// `sockscope lesson new`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-lesson-new", after_help = "help-lesson-new-examples")]
pub struct NewArgs {
    /// The folder to make.
    #[arg(value_name = "PATH", help = "help-lesson-path")]
    pub path: PathBuf,
}

/// The texts of a lesson's folder.
pub fn source(path: &Path) -> Result<LessonSource, Failure> {
    let refused = |path: &Path, error: &io::Error| {
        Failure::of_io(Message::new("error-open").text("path", shown(path)), error)
    };
    let whole = fs::canonicalize(path).map_err(|error| refused(path, &error))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| refused(path, &error))? {
        let name = entry.map_err(|error| refused(path, &error))?.file_name();
        let name = name.to_string_lossy().into_owned();
        let is_prose = Path::new(&name).extension().is_some_and(|ext| ext == "md");
        if name == "lesson.toml" || is_prose {
            names.push(name);
        }
    }
    names.sort();
    let mut files = Vec::new();
    let mut left = LARGEST_ALL;
    for name in names {
        let file = path.join(&name);
        let text = regular_file::text(&file, LARGEST.min(left));
        let text = text.map_err(|error| refused(&file, &error))?;
        left -= text.len() as u64;
        files.push(lesson::File {
            name,
            path: file.to_string_lossy().into_owned(),
            text,
        });
    }
    Ok(LessonSource {
        folder: whole
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        files,
    })
}

/// The lessons of a teacher's folder: each of its folders that has a `lesson.toml`.
pub fn all(path: &Path) -> Result<Vec<LessonSource>, Failure> {
    let refused = |error: io::Error| {
        Failure::of_io(Message::new("error-open").text("path", shown(path)), &error)
    };
    let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut folders: Vec<_> = entries
        .map_err(refused)?
        .iter()
        .map(fs::DirEntry::path)
        .collect();
    folders.retain(|folder| folder.join("lesson.toml").is_file());
    folders.sort();
    folders.iter().map(|folder| source(folder)).collect()
}

/// The teacher's own course, `course.toml` in their folder, if there is one.
pub fn course(path: &Path) -> Result<Option<lesson::Course>, Failure> {
    let file = path.join("course.toml");
    let text = match regular_file::text(&file, LARGEST) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(|error| {
            Failure::of_io(
                Message::new("error-open").text("path", shown(&file)),
                &error,
            )
        })?,
    };
    lesson::Course::parse(&text).map(Some).map_err(|error| {
        let why = error.to_string();
        let what = Message::new("lesson-mistake-course").text("path", shown(&file));
        Failure::usage(what.text("why", why))
    })
}

/// Writes the template into a new folder, or removes what it wrote.
fn fill(path: &Path, console: &Console) -> io::Result<()> {
    let mut made = Vec::new();
    for (name, text) in template(console.catalogue.lang()) {
        let place = path.join(name);
        let written = File::create_new(&place).and_then(|mut file| {
            made.push(place);
            file.write_all(text.as_bytes())
        });
        if let Err(error) = written {
            // What cannot be removed is part of a lesson, and the error says that it is not whole.
            made.iter().for_each(|place| drop(fs::remove_file(place)));
            let _ = fs::remove_dir(path);
            return Err(error);
        }
    }
    Ok(())
}

/// Begins a new lesson: a folder with a template that runs at once.
pub fn make(path: &Path, console: &Console) -> Result<Ending, Failure> {
    let refused = |error: io::Error| {
        Failure::of_io(Message::new("error-save").text("path", shown(path)), &error)
    };
    fs::create_dir(path).map_err(refused)?;
    if let Err(error) = fill(path, console) {
        return Err(refused(error).with_code(Code::Failed));
    }
    let path = if path.components().count() > 1 {
        shown(path)
    } else {
        format!("./{}", shown(path))
    };
    let made = Message::new("lesson-made").text("path", path);
    console.print(&format!("{}\n", console.say(&made)))?;
    Ok(Ending::Done)
}
