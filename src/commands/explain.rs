//! `sockscope explain`: a file, told.

mod excerpt;
mod objects;
pub(super) mod packets;
mod summary;
pub(super) mod warn;

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek as _};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use packets::Walked;

use super::annotate::Sentences;
use super::keep::shown;
use super::output::{Output, Outputs};
use super::pace::{NoPauses, Pace};
use super::plot::Plot;
use super::tell::Teller;
use super::{Ending, Screen};
use crate::cli::{Explain, Format};
use crate::failure::flags::of_filter;
use crate::failure::{Code, Failure};
use crate::files::pcapng::CommentError;
use crate::files::{ReadError, Reader};
use crate::protocol::follow::{Conversation, Follow};
use crate::script::Filter;
use crate::text::Message;

/// What of a capture is wanted.
struct Part {
    stream: Option<u32>,
    filter: Option<Filter>,
    all: bool,
}

impl Part {
    /// Nothing of the file is in it: an error when the connection that was asked for is not there, else a word.
    fn found_nothing(&self, path: &Path, follow: &Follow, screen: &Screen) -> Result<(), Failure> {
        let missing = |stream: &u32| follow.connection(Conversation::Tcp(*stream)).is_none();
        if let Some(stream) = self.stream.filter(missing) {
            let what = Message::new("explain-no-stream")
                .text("path", shown(path))
                .int("n", stream);
            let count = follow.connections().count() as u64;
            let why = Message::new("explain-no-stream-why").int("count", count);
            return Err(Failure::usage(what).why(why));
        }
        if self.filter.is_some() {
            let message = Message::new("explain-none-passes").text("path", shown(path));
            screen.remark(&message);
        }
        Ok(())
    }
}

/// A recording of ours is told as it was told live; anybody's capture gets a summary, unless a part of it is asked for.
pub fn run(args: &Explain, screen: &Screen) -> Result<Ending, Failure> {
    let path = args.file.as_path();
    let part = Part {
        stream: args.stream,
        filter: args.filter.as_deref().map(filter).transpose()?,
        all: args.all,
    };
    let mut outputs = Outputs::new(args.force, screen);
    let Input { bytes, again, meta } = open(path, args.save.is_some())?;
    outputs.reads(path, &meta)?;
    let reader = Reader::new(bytes).map_err(|error| of_read(path, error))?;
    let foreign = !reader.is_recording();
    let pace = Pace::of(&args.pace)?;
    let stop = AtomicBool::new(false);
    if foreign && pace.is_some() {
        return Err(Failure::usage(
            Message::new("error-pace-foreign").text("path", shown(path)),
        ));
    }
    let whole = part.filter.is_none() && part.stream.is_none() && args.frame.is_none();
    let told = if args.plot.is_some() || args.chart || args.save.is_some() {
        let to = To::open(args, &meta, &mut outputs)?;
        story(reader, (again, to), args, (pace, &stop), screen)
    } else if let Some(number) = args.frame {
        excerpt::frame(reader, path, number, &args.show, screen)
    } else if args.summary
        || (args.all && whole && args.show.format == Format::Ladder)
        || (foreign && part.stream.is_none() && args.show.format == Format::Ladder)
    {
        summary::run(reader, path, &part, &args.show, screen)
    } else if !foreign && whole {
        story(reader, (None, To::default()), args, (pace, &stop), screen)
    } else if args.show.format == Format::Json {
        objects::run(reader, path, &part, screen)
    } else {
        excerpt::run(reader, path, &part, &args.show, screen)
    }?;
    warn::all(&told.warnings, path, screen);
    told.ended.map_err(|error| of_read(path, error))?;
    if stop.into_inner() {
        return Ok(Ending::Said(Code::Interrupted));
    }
    Ok(Ending::Done)
}

fn filter(text: &str) -> Result<Filter, Failure> {
    Filter::parse(text).map_err(|mistake| of_filter(text, &mistake))
}

/// All facts as a timeline; with it the graphs and the copy with comments.
fn story<R: Read>(
    mut reader: Reader<R>,
    (again, to): (Option<File>, To),
    args: &Explain,
    (pace, stop): (Option<Pace>, &AtomicBool),
    screen: &Screen,
) -> Result<Walked, Failure> {
    let path = args.file.as_path();
    let mut teller = Teller::new(screen, &args.show, None)
        .plotting(to.plot)
        .holding(pace.is_some());
    if args.save.is_some() {
        teller = teller.commenting();
    }
    if !reader.is_recording() || to_stdout(args) {
        teller = teller.hidden();
    }
    let ended = loop {
        match reader.next() {
            Ok(Some(fact)) => teller.fact(&fact)?,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
        teller.tell()?;
        if screen.is_closed() {
            break Ok(());
        }
    };
    if ended.is_ok() && !screen.is_closed() {
        let told = teller.finish_pausing(&mut NoPauses(stop), pace)?;
        if let (Some(copy), Some(again), false) = (to.copy, again, stop.load(Ordering::Relaxed)) {
            save(&told.sentences, (path, again), copy)?;
        }
        if let Some(failure) = told.undrawn {
            return Err(failure);
        }
    }
    let warnings = reader.into_warnings();
    Ok(Walked { ended, warnings })
}

/// The copy is what is printed, and nothing else.
fn to_stdout(args: &Explain) -> bool {
    args.save.as_deref().is_some_and(|to| to.as_os_str() == "-")
}

/// What is written beside what is told.
#[derive(Default)]
struct To {
    plot: Option<Plot>,
    copy: Option<CopyTo>,
}

/// Where the copy goes.
enum CopyTo {
    Stdout,
    Into(Box<Output>),
}

impl To {
    /// All of it is open before anything is told.
    fn open(args: &Explain, from: &Metadata, outputs: &mut Outputs) -> Result<Self, Failure> {
        if args.chart && to_stdout(args) {
            return Err(super::plot::elsewhere());
        }
        let stream = args.stream.unwrap_or(0);
        let picture = args.plot.as_deref();
        let plot = Plot::asked(picture, args.chart, stream, &args.show, outputs)?;
        let copy = match &args.save {
            None => None,
            Some(_) if to_stdout(args) => Some(CopyTo::Stdout),
            Some(path) => {
                let output = outputs.open_copy(path, from)?;
                Some(CopyTo::Into(Box::new(output)))
            }
        };
        Ok(Self { plot, copy })
    }
}

/// The same packets with our sentences as comments.
fn save(sentences: &Sentences, from: (&Path, File), to: CopyTo) -> Result<(), Failure> {
    let (path, mut from) = from;
    from.rewind().map_err(|error| refused(path, &error))?;
    let written = |written, unwritten: &dyn Fn(&io::Error) -> Failure| match written {
        Err(CommentError::Read(error)) => Err(of_read(path, error)),
        Err(CommentError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(CommentError::Write(error)) => Err(unwritten(&error)),
        Ok(()) => Ok(()),
    };
    match to {
        CopyTo::Stdout => written(
            sentences.write(from, io::stdout().lock()),
            &super::screen::unprinted,
        ),
        CopyTo::Into(mut output) => {
            let copied = copy(sentences, from, &mut output);
            written(copied, &|error| output.broken(error))
        }
    }
}

fn copy(sentences: &Sentences, from: File, to: &mut Output) -> Result<(), CommentError> {
    let mut copy = to.replacement().map_err(CommentError::Write)?;
    sentences.write(from, &mut copy)?;
    copy.finish().map_err(CommentError::Write)
}

/// What is read.
pub(super) struct Input {
    pub(super) bytes: Box<dyn Read + Send>,
    /// The same from the beginning, for who reads it twice.
    pub(super) again: Option<File>,
    /// Of what was opened.
    pub(super) meta: Metadata,
}

/// The input; with `twice`, also the same input for reading it from the beginning again.
pub(super) fn open(path: &Path, twice: bool) -> Result<Input, Failure> {
    let of_io = |error: io::Error| refused(path, &error);
    let (bytes, meta): (Box<dyn Read + Send>, _) = if path.as_os_str() == "-" {
        let stdin = io::stdin().as_fd().try_clone_to_owned().map(File::from);
        let meta = stdin.and_then(|file| file.metadata()).map_err(of_io)?;
        (Box::new(io::stdin()), meta)
    } else {
        let file = File::open(path).map_err(of_io)?;
        let meta = file.metadata().map_err(of_io)?;
        if meta.is_dir() {
            return Err(of_io(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if twice && meta.is_file() {
            let again = Some(File::open(path).map_err(of_io)?);
            let bytes = Box::new(file);
            return Ok(Input { bytes, again, meta });
        }
        (Box::new(file), meta)
    };
    if !twice {
        let again = None;
        return Ok(Input { bytes, again, meta });
    }
    // A pipe can be read only once: what comes is put aside in a file that nobody sees.
    let aside = aside(bytes).map_err(of_io)?;
    let again = Some(aside.try_clone().map_err(of_io)?);
    let bytes = Box::new(aside);
    Ok(Input { bytes, again, meta })
}

fn aside(mut input: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut input, &mut file)?;
    file.rewind()?;
    Ok(file)
}

pub(super) fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::of_io(Message::new("error-open").text("path", shown(path)), error)
}

pub(super) fn of_read(path: &Path, error: ReadError) -> Failure {
    let path = shown(path);
    match error {
        ReadError::Io { source, .. } => {
            Failure::of_io(Message::new("error-open").text("path", path), &source)
        }
        ReadError::Empty => Failure::usage(Message::new("error-not-capture").text("path", path))
            .why(Message::new("error-empty-file")),
        ReadError::Unknown { .. } => {
            Failure::usage(Message::new("error-not-capture").text("path", path))
                .why(Message::new("error-unknown-format"))
                .try_this(Message::new("error-unknown-format-try"))
        }
        ReadError::Compressed { why } => {
            Failure::usage(Message::new("error-not-capture").text("path", path))
                .why(Message::new("error-plain").text("text", why))
        }
    }
}
