//! Exercises as folders on disk: reading one, and beginning a new one.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::exercise::ExerciseSource;
use crate::failure::{Code, Failure};
use crate::lesson;
use crate::session::{Console, Ending, regular_file, shown};
use crate::text::Message;

/// No file of an exercise is longer …
const LARGEST: u64 = 256 * 1024;
/// … nor are there more of them.
const MOST_FILES: usize = 100;

/// `sockscope exercise new`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-exercise-new")]
pub struct ExerciseNewArgs {
    /// The folder to make.
    #[arg(value_name = "PATH", help = "help-lesson-path")]
    pub path: PathBuf,
}

/// The files of an exercise's folder.
pub fn source(path: &Path) -> Result<ExerciseSource, Failure> {
    let refused = |path: &Path, error: &io::Error| {
        Failure::of_io(Message::new("error-open").text("path", shown(path)), error)
    };
    let whole = fs::canonicalize(path).map_err(|error| refused(path, &error))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| refused(path, &error))? {
        let name = entry.map_err(|error| refused(path, &error))?.file_name();
        let name = name.to_string_lossy().into_owned();
        if ["toml", "md", "py", "c"].iter().any(|known| {
            Path::new(&name)
                .extension()
                .is_some_and(|ext| ext == *known)
        }) {
            names.push(name);
        }
    }
    names.sort();
    names.truncate(MOST_FILES);
    let mut files = Vec::new();
    for name in names {
        let file = path.join(&name);
        let text = regular_file::text(&file, LARGEST).map_err(|error| refused(&file, &error))?;
        files.push(lesson::File {
            name,
            path: file.to_string_lossy().into_owned(),
            text,
        });
    }
    let name = whole.file_name().unwrap_or_default().to_string_lossy();
    Ok(ExerciseSource::of(&name, files))
}

/// Begins a new exercise: a folder with the simplest one, which passes its check at once.
pub fn make(path: &Path, console: &Console) -> Result<Ending, Failure> {
    let refused = |error: io::Error| {
        Failure::of_io(Message::new("error-save").text("path", shown(path)), &error)
            .with_code(Code::Failed)
    };
    let Ok(template) = crate::exercise::find("hello") else {
        return Ok(Ending::Said(Code::Failed));
    };
    fs::create_dir(path).map_err(refused)?;
    for file in template.texts.files.iter().chain(&template.programs) {
        File::create_new(path.join(&file.name))
            .and_then(|mut out| out.write_all(file.text.as_bytes()))
            .map_err(refused)?;
    }
    let path = if path.components().count() > 1 {
        shown(path)
    } else {
        format!("./{}", shown(path))
    };
    let made = Message::new("exercise-made").text("path", path);
    console.print(&format!("{}\n", console.say(&made)))?;
    Ok(Ending::Done)
}
