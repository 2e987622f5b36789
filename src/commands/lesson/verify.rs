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
use crate::cli::spelling;
use crate::exercise;
use crate::explain::Timeline;
use crate::failure::io_reason;
use crate::files::{Limits, ReadError, Reader};
use crate::lesson::{
    HandIn, HandInRun, LONGEST_HAND_IN, Misfit, NoHandIn, Recorded, Remarked, read, read_archive,
};
use crate::model::Untrusted;
use crate::model::number::signed;
use crate::session::{memory, regular_file};
use crate::views::hand_ins::{self, HandInRow, MarkedQuestion};
use crate::views::lesson::Whose;
use crate::views::{Role, exercise as told, visible};

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
    /// How a folder's hand-ins are listed.
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        help = "help-lesson-table"
    )]
    pub format: TableChoice,
    #[command(flatten)]
    pub own: OwnLessonsArgs,
}

/// How a class is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableChoice {
    /// For people.
    Table,
    /// For a spreadsheet.
    Csv,
    /// For programs.
    Json,
}

spelling!(TableChoice: Table "table", Csv "csv", Json "json");

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
            return table(path, args.format, shelf, console);
        }
        // An archive, or anything else that is no text.
        Err(error) if is_tar(path) || error.kind() == io::ErrorKind::InvalidData => {
            let (unpacked, inside) = unpack(path)?;
            return match inside.as_slice() {
                [one] => {
                    let ended = single(one, None, shelf, console);
                    drop(unpacked);
                    ended
                }
                _ => table(unpacked.path(), args.format, shelf, console),
            };
        }
        text => text.map_err(|error| refused(path, &error))?,
    };
    drop(text);
    single(path, recording, shelf, console)
}

/// One hand-in, in full.
fn single(
    path: &Path,
    recording: Option<&Path>,
    shelf: &Shelf,
    console: &Console,
) -> Result<Ending, Failure> {
    let text = regular_file::text(path, LONGEST_HAND_IN).map_err(|error| refused(path, &error))?;
    let hand_in = parse(path, &text)?;
    let beside = path.parent().unwrap_or(Path::new("."));
    let verified = verify(&hand_in, beside, recording, shelf, console);
    let options = console.plain_options();
    let mut lines = Vec::new();
    if let Some(lesson) = &verified.lesson {
        for mark in &verified.marks {
            if let Some(held) = mark.held {
                lines.extend(told::marked(lesson, &mark.ask, held, &options));
                continue;
            }
            let words = (mark.solution.as_ref(), mark.given.as_ref(), Whose::Theirs);
            lines.extend(view::marked(lesson, &mark.ask, words, &options));
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

/// It is an archive by its name.
fn is_tar(path: &Path) -> bool {
    path.extension().is_some_and(|ext| ext == "tar")
}

/// Folders below each other that are looked into, at most …
const DEEPEST: usize = 8;
/// … and hand-ins in all.
const MOST: usize = 10_000;

/// The hand-ins and archives of a folder and of those in it, in the order of their names.
fn collect(folder: &Path, depth: usize, all: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    entries.sort();
    for path in entries {
        let kind = fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() && depth < DEEPEST {
            collect(&path, depth + 1, all)?;
        } else if !kind.is_dir()
            && all.len() < MOST
            && (is_tar(&path) || path.extension().is_some_and(|ext| ext == "json"))
        {
            all.push(path);
        }
    }
    Ok(())
}

/// Puts an archive's files into a folder of their own that is gone with what is returned; its hand-ins.
fn unpack(path: &Path) -> Result<(tempfile::TempDir, Vec<PathBuf>), Failure> {
    let unreadable = |error: &io::Error| refused(path, error);
    let mut bytes = Vec::new();
    let file = regular_file::open(path).map_err(|error| unreadable(&error))?;
    let most = LARGEST * 2;
    io::Read::take(file, most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > most {
        return Err(unreadable(&io::ErrorKind::FileTooLarge.into()));
    }
    let folder = tempfile::tempdir().map_err(|error| unreadable(&error))?;
    let mut inside = Vec::new();
    for file in read_archive(&bytes) {
        let place = folder.path().join(&file.name);
        // A name that is there already is not written over: the first counts.
        let Ok(mut out) = fs::File::create_new(&place) else {
            continue;
        };
        io::Write::write_all(&mut out, &file.bytes).map_err(|error| unreadable(&error))?;
        if place.extension().is_some_and(|ext| ext == "json") {
            inside.push(place);
        }
    }
    if inside.is_empty() {
        let what = Message::new("lesson-misfit-archive").text("path", shown(path));
        return Err(Failure::usage(what));
    }
    inside.sort();
    Ok((folder, inside))
}

/// A hand-in of a class that was read, with the recordings that it came with.
struct ClassEntry {
    row: HandInRow,
    recordings: BTreeSet<Untrusted>,
}

/// A class's table: a row for each hand-in of the folder and those in it, archives included.
fn table(
    folder: &Path,
    format: TableChoice,
    shelf: &Shelf,
    console: &Console,
) -> Result<Ending, Failure> {
    let mut paths = Vec::new();
    collect(folder, 0, &mut paths).map_err(|error| refused(folder, &error))?;
    if paths.is_empty() {
        let what = Message::new("error-no-hand-ins").text("path", shown(folder));
        return Err(Failure::usage(what));
    }
    let mut entries = Vec::new();
    for path in &paths {
        let below = path.strip_prefix(folder).unwrap_or(path).with_extension("");
        let name = visible::text(&below.to_string_lossy());
        if !is_tar(path) {
            entries.push(entry(name, path, shelf, console));
            continue;
        }
        match unpack(path) {
            Err(failure) => entries.push(ClassEntry {
                row: HandInRow::unreadable(name, console.say(failure.what())),
                recordings: BTreeSet::new(),
            }),
            Ok((unpacked, inside)) => {
                for hand_in in &inside {
                    let stem = hand_in.file_stem().unwrap_or_default().to_string_lossy();
                    let name = match inside.len() {
                        1 => name.clone(),
                        _ => format!("{name}/{}", visible::text(&stem)),
                    };
                    entries.push(entry(name, hand_in, shelf, console));
                }
                drop(unpacked);
            }
        }
    }
    name_equal_recordings(&mut entries, console);
    let rows: Vec<HandInRow> = entries.into_iter().map(|entry| entry.row).collect();
    match format {
        TableChoice::Table => {
            let mut lines = hand_ins::table(&rows, &console.plain_options());
            lines.push(Line::default());
            lines.push(proves_nothing(console));
            console.print_lines(&lines)?;
        }
        TableChoice::Csv => console.print(&hand_ins::csv(&rows))?,
        TableChoice::Json => console.print(&hand_ins::json(&rows))?,
    }
    Ok(ending(rows.iter().all(|row| row.misfits.is_empty())))
}

/// Two runs are never the same, bit for bit: all that have one recording are named, and none is blamed.
fn name_equal_recordings(entries: &mut [ClassEntry], console: &Console) {
    let mut owners: BTreeMap<Untrusted, Vec<usize>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        for sha256 in &entry.recordings {
            owners.entry(sha256.clone()).or_default().push(at);
        }
    }
    let names: Vec<String> = entries.iter().map(|entry| entry.row.name.clone()).collect();
    for all in owners.values().filter(|all| all.len() > 1) {
        for at in all {
            let others = all.iter().filter(|other| *other != at);
            let others: Vec<&str> = others.map(|other| names[*other].as_str()).collect();
            let same = Message::new("lesson-misfit-same").text("other", others.join(", "));
            let said = console.say(&same);
            if !entries[*at].row.misfits.contains(&said) {
                entries[*at].row.misfits.push(said);
            }
        }
    }
}

fn entry(name: String, path: &Path, shelf: &Shelf, console: &Console) -> ClassEntry {
    let beside = path.parent().unwrap_or(Path::new("."));
    let hand_in = match load(path) {
        Ok(hand_in) => hand_in,
        Err(failure) => {
            return ClassEntry {
                row: HandInRow::unreadable(name, console.say(failure.what())),
                recordings: BTreeSet::new(),
            };
        }
    };
    let verified = verify(&hand_in, beside, None, shelf, console);
    let questions = verified.marks.iter().map(|mark| MarkedQuestion {
        ask: visible::text(&mark.ask),
        given: mark.given.as_ref().map(visible::untrusted),
        right: mark.right(),
    });
    ClassEntry {
        recordings: hand_in.runs.iter().map(|run| run.sha256.clone()).collect(),
        row: HandInRow {
            name,
            lesson: visible::untrusted(&hand_in.lesson),
            right: verified.marks.iter().filter(|mark| mark.is_right()).count(),
            of: verified.marks.len(),
            began: Some(hand_in.began),
            questions: questions.collect(),
            misfits: verified.misfits.iter().map(|m| console.say(m)).collect(),
        },
    }
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
            NoHandIn::Text(_) => Message::new("error-hand-in-text"),
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
        .and_then(|source| read(source).ok())
        .or_else(|| of_exercise(hand_in.lesson.raw()));
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

/// An exercise's run and expectations: it is marked from its recording, its programs are not run.
fn of_exercise(name: &str) -> Option<Lesson> {
    name.strip_prefix(exercise::PREFIX)?;
    let source = exercise::find(name).ok()?;
    exercise::read(&source).ok().map(|exercise| exercise.lesson)
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
        Misfit::Edited(ask) => Message::new("lesson-misfit-edited").text("ask", ask.clone()),
        Misfit::Missing(ask) => Message::new("lesson-misfit-missing").text("ask", ask.clone()),
        Misfit::Runs(of) => Message::new("lesson-misfit-runs").int("of", *of as u64),
        Misfit::Twice(name) => Message::new("lesson-misfit-twice").text("name", name),
    }
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::of_io(Message::new("error-open").text("path", shown(path)), error)
}
