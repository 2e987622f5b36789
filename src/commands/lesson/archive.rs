//! `sockscope lesson hand-in`: what a student hands in, as one archive: their answers, and the recordings they are about.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Console, Ending, Failure, Message, shown};
use crate::lesson::{ArchivedFile, HandIn, LONGEST_HAND_IN, write_archive};
use crate::model::number::signed;
use crate::session::regular_file;

/// `sockscope lesson hand-in`.
#[derive(Clone, Debug, Args)]
#[command(
    name = "hand-in",
    about = "help-lesson-archive",
    after_help = "help-lesson-archive-examples"
)]
pub struct ArchiveArgs {
    /// Hand-ins, or folders with hand-ins.
    #[arg(
        value_name = "FILE",
        required = true,
        help = "help-lesson-archive-what"
    )]
    pub what: Vec<PathBuf>,
    /// Who hands in; asked once and kept.
    #[arg(long, value_name = "NAME", help = "help-lesson-student")]
    pub student: Option<String>,
    /// The archive to write; by default it is called as the student is.
    #[arg(long, value_name = "FILE", help = "help-lesson-archive-to")]
    pub to: Option<PathBuf>,
}

/// A recording that is handed in is no larger, in bytes.
const LARGEST: u64 = 64 << 20;
/// A student's name is no longer, in characters.
const LONGEST_NAME: usize = 60;

/// Writes the archive.
pub fn run(args: &ArchiveArgs, console: &Console) -> Result<Ending, Failure> {
    let student = student(args, console)?;
    let mut files = vec![ArchivedFile {
        name: "student.txt".to_owned(),
        bytes: format!("{student}\n").into_bytes(),
    }];
    let mut count = 0;
    for path in hand_ins(&args.what)? {
        let text = regular_file::text(&path, LONGEST_HAND_IN).map_err(|e| refused(&path, &e))?;
        let Ok(hand_in) = HandIn::parse(&text) else {
            let what = Message::new("error-hand-in").text("path", shown(&path));
            return Err(Failure::usage(what));
        };
        count += 1;
        add(&mut files, &path, text.into_bytes())?;
        let beside = path.parent().unwrap_or(Path::new("."));
        for run in &hand_in.runs {
            let name = Path::new(run.recording.raw())
                .file_name()
                .unwrap_or_default();
            let recording = beside.join(name);
            let mut bytes = Vec::new();
            let file = regular_file::open(&recording).map_err(|e| refused(&recording, &e))?;
            let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
            read.map_err(|error| refused(&recording, &error))?;
            if bytes.len() as u64 > LARGEST {
                return Err(refused(&recording, &io::ErrorKind::FileTooLarge.into()));
            }
            add(&mut files, &recording, bytes)?;
        }
    }
    let to = args.to.clone().unwrap_or_else(|| named_after(&student));
    let unwritten = |error: io::Error| {
        Failure::of_io(Message::new("error-save").text("path", shown(&to)), &error)
    };
    let mut file = fs::File::create_new(&to).map_err(unwritten)?;
    file.write_all(&write_archive(&files)).map_err(unwritten)?;
    let said = Message::new("lesson-archive-written")
        .text("path", shown(&to))
        .text("student", student)
        .int("count", signed(count))
        .int("files", signed(files.len()));
    console.print(&format!("{}\n", console.say(&said)))?;
    Ok(Ending::Done)
}

/// The hand-ins among these, and those of folders.
fn hand_ins(what: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for path in what {
        if path.is_dir() {
            let entries = fs::read_dir(path).and_then(|entries| {
                entries
                    .map(|entry| Ok(entry?.path()))
                    .collect::<io::Result<Vec<_>>>()
            });
            let mut entries = entries.map_err(|error| refused(path, &error))?;
            entries.retain(|path| path.extension().is_some_and(|ext| ext == "json"));
            entries.sort();
            all.extend(entries);
        } else {
            all.push(path.clone());
        }
    }
    if all.is_empty() {
        let first = what.first().map(|path| shown(path)).unwrap_or_default();
        return Err(Failure::usage(
            Message::new("error-no-hand-ins").text("path", first),
        ));
    }
    Ok(all)
}

/// A name stands for one file in an archive.
fn add(files: &mut Vec<ArchivedFile>, path: &Path, bytes: Vec<u8>) -> Result<(), Failure> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if files.iter().any(|known| known.name == name) {
        let what = Message::new("lesson-archive-twice").text("name", shown(Path::new(&name)));
        return Err(Failure::usage(what));
    }
    files.push(ArchivedFile { name, bytes });
    Ok(())
}

/// Who hands in: named now, or once before, or asked now and kept.
fn student(args: &ArchiveArgs, console: &Console) -> Result<String, Failure> {
    let kept = crate::session::config::xdg_folder("XDG_DATA_HOME", ".local/share")
        .map(|data| data.join("sockscope").join("student"));
    let tidy = |text: &str| -> String { text.trim().chars().take(LONGEST_NAME).collect() };
    let mut name = args.student.as_deref().map(tidy);
    if name.is_none()
        && let Some(path) = &kept
        && let Ok(text) = regular_file::text(path, 1024)
    {
        return Ok(tidy(&text));
    }
    if name.is_none() && io::stdin().is_terminal() && io::stdout().is_terminal() {
        console.print(&format!(
            "{} ",
            console.catalogue.word("lesson-student-prompt")
        ))?;
        let mut line = String::new();
        if io::stdin().read_line(&mut line).is_ok() {
            name = Some(tidy(&line));
        }
    }
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Err(Failure::usage(Message::new("lesson-student-unknown"))
            .try_this(Message::new("lesson-student-unknown-try")));
    };
    // Whoever has no home is asked again the next time.
    if let Some(path) = kept
        && let Some(folder) = path.parent()
        && fs::create_dir_all(folder).is_ok()
    {
        let _ = fs::write(&path, format!("{name}\n"));
    }
    Ok(name)
}

/// A file's name from a person's: nothing in it leads anywhere.
fn named_after(student: &str) -> PathBuf {
    let safe = |c: char| {
        if c.is_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    PathBuf::from(format!(
        "{}.tar",
        student.chars().map(safe).collect::<String>()
    ))
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::of_io(Message::new("error-open").text("path", shown(path)), error)
}
