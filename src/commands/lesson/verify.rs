//! `sockscope lesson verify`: hand-ins, marked again from their recordings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest as _, Sha256};

use super::{
    Code, Console, Ending, Failure, Lesson, Line, Message, OwnLessonsArgs, Shelf, shown, view,
};
use crate::explain::Timeline;
use crate::failure::io_reason;
use crate::files::{Limits, ReadError, Reader};
use crate::lesson::{
    HandIn, HandInRun, LONGEST_HAND_IN, Misfit, NoHandIn, Recorded, Remarked, read,
};
use crate::model::Untrusted;
use crate::model::number::signed;
use crate::session::{memory, regular_file};
use crate::views::hand_ins::{self, HandInRow};
use crate::views::{Role, visible};

/// `sockscope lesson verify`.
#[derive(Clone, Debug, Args)]
#[command(
    about = "help-lesson-verify",
    after_help = "help-lesson-verify-examples"
)]
pub struct VerifyArgs {
    /// A hand-in, or a folder of them.
    #[arg(value_name = "FILE", help = "help-lesson-hand-in")]
    pub path: PathBuf,
    /// The recording of its first run; none: the file of that name beside it.
    #[arg(value_name = "RECORDING", help = "help-lesson-recording")]
    pub recording: Option<PathBuf>,
    #[command(flatten)]
    pub own: OwnLessonsArgs,
}

/// No recording of a hand-in is larger, neither as it is nor unpacked: the runs of the longest lesson take a
/// hundredth of it.
const LARGEST: u64 = 64 << 20;

/// What came of one hand-in.
struct Verified {
    lesson: Option<Lesson>,
    marks: Vec<Remarked>,
    misfits: Vec<Message>,
}

/// One hand-in in full, or a folder of them as a table.
pub fn run(args: &VerifyArgs, console: &Console) -> Result<Ending, Failure> {
    let (path, recording) = (args.path.as_path(), args.recording.as_deref());
    let shelf = &super::shelf(&args.own, console)?;
    let text = match regular_file::text(path, LONGEST_HAND_IN) {
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
            return table(path, shelf, console);
        }
        text => text.map_err(|error| refused(path, &error))?,
    };
    let hand_in = parse(path, &text)?;
    let beside = path.parent().unwrap_or(Path::new("."));
    let verified = verify(&hand_in, beside, recording, shelf, console);
    let options = console.plain_options();
    let mut lines = Vec::new();
    if let Some(lesson) = &verified.lesson {
        for mark in &verified.marks {
            let (solution, given) = (mark.solution.as_ref(), mark.given.as_ref());
            lines.extend(view::marked(lesson, &mark.ask, solution, given, &options));
        }
    }
    for misfit in &verified.misfits {
        lines.push(Line::of(Role::Bad, format!("✗ {}", console.say(misfit))));
    }
    let right = verified.marks.iter().filter(|mark| mark.is_right()).count();
    let sum = Message::new("lesson-verify-sum")
        .int("right", signed(right))
        .int("of", signed(verified.marks.len()));
    lines.push(Line::default());
    lines.push(Line::of(Role::Plain, console.say(&sum)));
    if verified.misfits.is_empty() {
        let fits = console.say(&Message::new("lesson-verify-fits"));
        lines.push(Line::of(Role::Good, format!("✓ {fits}")));
    }
    lines.push(proves_nothing(console));
    console.print_lines(&lines)?;
    Ok(ending(verified.misfits.is_empty()))
}

/// What was checked is that things fit together; who made them nobody can tell from that.
fn proves_nothing(console: &Console) -> Line {
    let text = console.say(&Message::new("lesson-verify-no-proof"));
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
fn table(folder: &Path, shelf: &Shelf, console: &Console) -> Result<Ending, Failure> {
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
            Err(failure) => HandInRow::unreadable(name, console.say(failure.what())),
            Ok(hand_in) => {
                let mut verified = verify(&hand_in, folder, None, shelf, console);
                for run in &hand_in.runs {
                    let owner = recordings.entry(run.sha256.clone()).or_insert(name.clone());
                    if *owner != name {
                        let same = Message::new("lesson-misfit-same").text("other", owner.clone());
                        verified.misfits.push(same);
                    }
                }
                verified.misfits.dedup();
                HandInRow {
                    name,
                    lesson: visible::untrusted(&hand_in.lesson),
                    right: verified.marks.iter().filter(|mark| mark.is_right()).count(),
                    of: verified.marks.len(),
                    began: Some(hand_in.began),
                    misfits: verified.misfits.iter().map(|m| console.say(m)).collect(),
                }
            }
        };
        rows.push(row);
    }
    let mut lines = hand_ins::table(&rows, &console.plain_options());
    lines.push(Line::default());
    lines.push(proves_nothing(console));
    console.print_lines(&lines)?;
    Ok(ending(rows.iter().all(|row| row.misfits.is_empty())))
}

fn load(path: &Path) -> Result<HandIn, Failure> {
    let text = regular_file::text(path, LONGEST_HAND_IN);
    parse(path, &text.map_err(|error| refused(path, &error))?)
}

fn parse(path: &Path, text: &str) -> Result<HandIn, Failure> {
    HandIn::parse(text).map_err(|error| {
        let why = match error {
            NoHandIn::Newer => Message::new("error-hand-in-newer"),
            NoHandIn::Name => Message::new("error-hand-in-long"),
            NoHandIn::Text(error) => Message::new("error-plain").text("text", error.to_string()),
        };
        Failure::usage(Message::new("error-hand-in").text("path", shown(path))).why(why)
    })
}

/// Marks all runs of a hand-in. Its recordings stand beside `recording`, else in the folder `beside`.
fn verify(
    hand_in: &HandIn,
    beside: &Path,
    recording: Option<&Path>,
    shelf: &Shelf,
    console: &Console,
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
    if let Some(misfit) = hand_in.unmarkable(&lesson) {
        verified.misfits.push(message(&misfit));
        verified.lesson = Some(lesson);
        return verified;
    }
    let mut paths = BTreeSet::new();
    for (at, run) in hand_in.runs.iter().enumerate() {
        let path = recording_of(run, at, beside, recording);
        if !paths.insert(path.clone()) {
            let misfit = Misfit::Twice(run.recording.clone());
            verified.misfits.push(message(&misfit));
            continue;
        }
        match recorded(&path) {
            Ok((recorded, sha256)) => {
                let (marks, misfits) = hand_in.mark(run, &lesson, &recorded, &sha256);
                verified.marks.extend(marks);
                verified.misfits.extend(misfits.iter().map(message));
            }
            Err(why) => {
                let missing = Message::new("lesson-misfit-recording")
                    .text("path", shown(&path))
                    .text("why", console.say(&why));
                verified.misfits.push(missing);
            }
        }
    }
    verified.misfits.dedup();
    verified.lesson = Some(lesson);
    verified
}

/// The first recording is the one that was named; those of further acts stand beside it under their own names.
fn recording_of(run: &HandInRun, at: usize, beside: &Path, recording: Option<&Path>) -> PathBuf {
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

/// What marking needs of a recording, and its hash: read once, so that what is hashed is what is marked.
fn recorded(path: &Path) -> Result<(Recorded, String), Message> {
    let of_io = |error: io::Error| {
        reason(ReadError::Io {
            packets: 0,
            offset: 0,
            source: error,
        })
    };
    let file = regular_file::open(path).map_err(of_io)?;
    let mut file = Hashed::new(file, LARGEST);
    let limits = Limits {
        unpacked: LARGEST,
        ..Limits::SPARING
    };
    let mut reader = Reader::within(&mut file, limits).map_err(reason)?;
    let mut recorded = Recorded::default();
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    let mut take = |moments: &mut Vec<_>| {
        moments
            .drain(..)
            .for_each(|moment| recorded.moment(&moment));
        if memory::exceeds(memory::KEPT) {
            return Err(Message::new("lesson-misfit-full"));
        }
        Ok(())
    };
    while let Some(fact) = reader.next().map_err(reason)? {
        timeline.fact(fact, &mut moments);
        take(&mut moments)?;
    }
    while timeline.last(&mut moments) {
        take(&mut moments)?;
    }
    drop((reader, timeline));
    let sha256 = file.whole().map_err(of_io)?;
    Ok((recorded.complete(), sha256))
}

fn reason(error: ReadError) -> Message {
    match error {
        ReadError::Io { source, .. } if source.kind() == io::ErrorKind::FileTooLarge => {
            Message::new("lesson-misfit-large")
        }
        ReadError::Io { source, .. } => io_reason(&source),
        ReadError::Empty => Message::new("error-empty-file"),
        ReadError::Unknown { .. } => Message::new("error-unknown-format"),
        ReadError::Compressed { why } => Message::new("error-plain").text("text", why),
    }
}

/// Hashes what is read through it.
struct Hashed<R> {
    inner: R,
    sha: Sha256,
    /// Bytes that it may still have.
    left: u64,
}

impl<R: Read> Hashed<R> {
    fn new(inner: R, most: u64) -> Self {
        Self {
            inner,
            sha: Sha256::new(),
            left: most,
        }
    }

    /// Reads the rest: the SHA-256 of all of it, in hex.
    fn whole(mut self) -> io::Result<String> {
        io::copy(&mut self, &mut io::sink())?;
        let hash = self.sha.finalize();
        Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let came = self.inner.read(buffer)?;
        let left = self.left.checked_sub(came as u64);
        self.left = left.ok_or(io::ErrorKind::FileTooLarge)?;
        self.sha.update(&buffer[..came]);
        Ok(came)
    }
}

/// SHA-256 of a file, in hex.
pub fn hash(path: &Path) -> io::Result<String> {
    Hashed::new(regular_file::open(path)?, u64::MAX).whole()
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
        Misfit::Runs(of) => Message::new("lesson-misfit-runs").int("of", *of as u64),
        Misfit::Twice(name) => Message::new("lesson-misfit-twice").text("name", name),
    }
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::of_io(Message::new("error-open").text("path", shown(path)), error)
}
