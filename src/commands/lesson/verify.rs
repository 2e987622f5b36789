//! `sockscope lesson verify`: hand-ins, marked again from their recordings.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{Code, Ending, Failure, Lesson, Line, Message, Screen, Shelf, Teller, shown, view};
use crate::explain::Moment;
use crate::files::Reader;
use crate::lesson::{HAND_IN_VERSION, HandIn, Misfit, Remarked, Run, read};
use crate::model::Untrusted;
use crate::views::class::{self, HandedIn};
use crate::views::{Role, visible};

/// No hand-in is longer.
const LARGEST: u64 = 1024 * 1024;

/// What came of one hand-in.
struct Verified {
    lesson: Option<Lesson>,
    marks: Vec<Remarked>,
    misfits: Vec<Message>,
}

/// One hand-in in full, or a folder of them as a table.
pub fn run(
    path: &Path,
    recording: Option<&Path>,
    shelf: &Shelf,
    screen: &Screen,
) -> Result<Ending, Failure> {
    if path.is_dir() {
        return table(path, shelf, screen);
    }
    let hand_in = load(path)?;
    let beside = path.parent().unwrap_or(Path::new("."));
    let verified = verify(&hand_in, beside, recording, shelf, screen);
    let options = screen.plain_options();
    let mut lines = Vec::new();
    if let Some(lesson) = &verified.lesson {
        for mark in &verified.marks {
            let (solution, given) = (mark.solution.as_ref(), mark.given.as_ref());
            lines.extend(view::marked(lesson, &mark.ask, solution, given, &options));
        }
    }
    for misfit in &verified.misfits {
        lines.push(Line::of(Role::Bad, format!("✗ {}", screen.say(misfit))));
    }
    let right = verified.marks.iter().filter(|mark| mark.is_right()).count();
    let sum = Message::new("lesson-verify-sum")
        .int("right", right as i64)
        .int("of", verified.marks.len() as i64);
    lines.push(Line::default());
    lines.push(Line::of(Role::Plain, screen.say(&sum)));
    if verified.misfits.is_empty() {
        let fits = screen.say(&Message::new("lesson-verify-fits"));
        lines.push(Line::of(Role::Good, format!("✓ {fits}")));
    }
    lines.push(proves_nothing(screen));
    screen.print_lines(&lines)?;
    Ok(ending(verified.misfits.is_empty()))
}

/// What was checked is that things fit together; who made them nobody can tell from that.
fn proves_nothing(screen: &Screen) -> Line {
    let text = screen.say(&Message::new("lesson-verify-no-proof"));
    Line::of(Role::Faint, text)
}

const fn ending(fits: bool) -> Ending {
    if fits {
        Ending::Done
    } else {
        Ending::Said(Code::Failed)
    }
}

/// A class's table: a row for each hand-in of the folder.
fn table(folder: &Path, shelf: &Shelf, screen: &Screen) -> Result<Ending, Failure> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(|error| refused(folder, &error))?;
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "json"));
    paths.sort();
    if paths.is_empty() {
        let what = Message::new("error-no-hand-ins").text("path", shown(folder));
        return Err(Failure::usage(what));
    }
    let mut rows = Vec::new();
    // Which hand-in came with this recording first: two runs are never the same, bit for bit.
    let mut recordings: BTreeMap<Untrusted, String> = BTreeMap::new();
    for path in &paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = visible::text(&name);
        let row = match load(path) {
            Err(failure) => HandedIn::unreadable(name, screen.say(failure.what())),
            Ok(hand_in) => {
                let mut verified = verify(&hand_in, folder, None, shelf, screen);
                for run in &hand_in.runs {
                    let owner = recordings.entry(run.sha256.clone()).or_insert(name.clone());
                    if *owner != name {
                        let same = Message::new("lesson-misfit-same").text("other", owner.clone());
                        verified.misfits.push(same);
                    }
                }
                verified.misfits.dedup();
                HandedIn {
                    name,
                    lesson: visible::untrusted(&hand_in.lesson),
                    right: verified.marks.iter().filter(|mark| mark.is_right()).count(),
                    of: verified.marks.len(),
                    began: Some(hand_in.began),
                    misfits: verified.misfits.iter().map(|m| screen.say(m)).collect(),
                }
            }
        };
        rows.push(row);
    }
    let mut lines = class::table(&rows, &screen.plain_options());
    lines.push(Line::default());
    lines.push(proves_nothing(screen));
    screen.print_lines(&lines)?;
    Ok(ending(rows.iter().all(|row| row.misfits.is_empty())))
}

fn load(path: &Path) -> Result<HandIn, Failure> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST).read_to_string(&mut text))
        .map_err(|error| refused(path, &error))?;
    match serde_json::from_str::<HandIn>(&text) {
        Ok(hand_in) if hand_in.format_version <= HAND_IN_VERSION => Ok(hand_in),
        Ok(_) => Err(no_hand_in(path).why(Message::new("error-hand-in-newer"))),
        Err(error) => {
            Err(no_hand_in(path).why(Message::new("error-plain").text("text", error.to_string())))
        }
    }
}

fn no_hand_in(path: &Path) -> Failure {
    Failure::usage(Message::new("error-hand-in").text("path", shown(path)))
}

/// Marks all runs of a hand-in. Its recordings stand beside `recording`, else in the folder `beside`.
fn verify(
    hand_in: &HandIn,
    beside: &Path,
    recording: Option<&Path>,
    shelf: &Shelf,
    screen: &Screen,
) -> Verified {
    let mut verified = Verified {
        lesson: None,
        marks: Vec::new(),
        misfits: Vec::new(),
    };
    let lesson = shelf
        .find(hand_in.lesson.raw())
        .ok()
        .and_then(|source| read(source).ok());
    let Some(lesson) = lesson else {
        let unknown = Message::new("lesson-misfit-lesson").text("name", &hand_in.lesson);
        verified.misfits.push(unknown);
        return verified;
    };
    for (at, run) in hand_in.runs.iter().enumerate() {
        let path = recording_of(run, at, beside, recording);
        match recorded(&path, screen) {
            Ok((moments, sha256)) => {
                let (marks, misfits) = hand_in.mark(run, &lesson, &moments, &sha256);
                verified.marks.extend(marks);
                verified.misfits.extend(misfits.iter().map(message));
            }
            Err(why) => {
                let missing = Message::new("lesson-misfit-recording")
                    .text("path", shown(&path))
                    .text("why", why);
                verified.misfits.push(missing);
            }
        }
    }
    verified.misfits.dedup();
    verified.lesson = Some(lesson);
    verified
}

/// The first recording is the one that was named; those of further acts stand beside it under their own names.
fn recording_of(run: &Run, at: usize, beside: &Path, recording: Option<&Path>) -> PathBuf {
    // A hand-in comes from somebody else: only the name counts, not where it would lead.
    let name = Path::new(run.recording.raw())
        .file_name()
        .unwrap_or_default();
    match recording {
        Some(path) if at == 0 => path.to_owned(),
        Some(path) => path.with_file_name(name),
        None => beside.join(name),
    }
}

/// The moments of a recording, and its hash.
fn recorded(path: &Path, screen: &Screen) -> Result<(Vec<Moment>, String), String> {
    let of_io = |error: io::Error| error.to_string();
    let sha256 = hash(path).map_err(of_io)?;
    let file = File::open(path).map_err(of_io)?;
    let mut reader = Reader::new(file).map_err(|error| error.to_string())?;
    let mut teller = Teller::silent(screen);
    while let Some(fact) = reader.next().map_err(|error| error.to_string())? {
        let took = teller.fact(&fact).and_then(|()| teller.tell());
        took.map_err(|failure| screen.say(failure.what()))?;
    }
    let told = teller.finish();
    let told = told.map_err(|failure| screen.say(failure.what()))?;
    Ok((told.moments, sha256))
}

/// SHA-256 of a file, in hex.
pub fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut sha = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let came = file.read(&mut buffer)?;
        if came == 0 {
            break;
        }
        sha.update(&buffer[..came]);
    }
    Ok(sha
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn message(misfit: &Misfit) -> Message {
    match misfit {
        Misfit::Edition => Message::new("lesson-misfit-edition"),
        Misfit::Act(name) => Message::new("lesson-misfit-act").text("name", name),
        Misfit::Changed(name) => Message::new("lesson-misfit-changed").text("name", name),
        Misfit::Other(name) => Message::new("lesson-misfit-other").text("name", name),
        Misfit::Times(name) => Message::new("lesson-misfit-times").text("name", name),
        Misfit::Marked(ask) => Message::new("lesson-misfit-marked").text("ask", ask.clone()),
        Misfit::Missing(ask) => Message::new("lesson-misfit-missing").text("ask", ask.clone()),
    }
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::of_io(Message::new("error-open").text("path", shown(path)), error)
}
