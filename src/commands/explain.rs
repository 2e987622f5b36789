//! `sockscope explain`: a file, told.

mod excerpt;
mod summary;
mod why;

use std::cell::Cell;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::{FormatChoice, PaceArgs, PictureArgs, ShowArgs, values};
use crate::explain::findings::Findings;
use crate::failure::flags::of_filter;
use crate::failure::{Code, Failure};
use crate::files::CommentError;
use crate::files::Reader;
use crate::notation::Filter;
use crate::protocol::follow::{Conversation, Tracker};
use crate::session::capture::packets::Walked;
use crate::session::capture::{CaptureInput, of_read, open, refused, warnings};
use crate::session::output::{Output, Outputs};
use crate::session::pace::{NoPauses, Pace};
use crate::session::pictures::{self, Pictures};
use crate::session::plot::{self, Plot};
use crate::session::screen::view_of;
use crate::session::teller::Teller;
use crate::session::{Console, Ending, findings, packet_comments, shown};
use crate::text::Message;
use crate::views::Comments;

/// `sockscope explain`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-explain", after_help = "help-explain-examples")]
pub struct ExplainArgs {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", help = "help-file")]
    pub file: PathBuf,
    #[command(flatten)]
    pub show: ShowArgs,
    /// A copy with our sentences as packet comments.
    #[arg(short, long, value_name = "FILE", help = "help-explain-save")]
    pub save: Option<PathBuf>,
    /// A TCP connection as graphs.
    #[arg(long, value_name = "FILE", help = "help-plot")]
    pub plot: Option<PathBuf>,
    /// The same in the terminal.
    #[arg(long, help = "help-chart")]
    pub chart: bool,
    #[command(flatten)]
    pub pictures: PictureArgs,
    /// What is there is overwritten, even if it is nothing that is written here.
    #[arg(long, help = "help-force")]
    pub force: bool,
    /// The number of a TCP connection, from 0: only that one.
    #[arg(long, value_name = "N", value_parser = values::stream, help = "help-stream")]
    pub stream: Option<u32>,
    /// The number of a packet, from 1: its bytes.
    #[arg(long, value_name = "N", value_parser = values::frame, conflicts_with_all = ["stream", "filter", "plot", "chart", "save", "step", "slow", "svg", "svg_states", "html", "perfetto", "cast"], help = "help-frame")]
    pub frame: Option<u32>,
    /// The number of a packet, from 1: the causes that were weighed of it.
    #[arg(long, value_name = "N", value_parser = values::frame, conflicts_with_all = ["stream", "filter", "frame", "plot", "chart", "save", "step", "slow", "summary", "all", "svg", "svg_states", "html", "perfetto", "cast"], help = "help-why")]
    pub why: Option<u32>,
    /// A program's mistake is the exit code.
    #[arg(long, conflicts_with_all = ["stream", "frame", "filter", "summary", "why"], help = "help-check")]
    pub check: bool,
    /// Only the packets that pass (pcap-filter(7)).
    #[arg(long, value_name = "FILTER", conflicts_with_all = ["plot", "chart", "save", "step", "slow", "svg", "svg_states", "html", "perfetto", "cast"], help = "help-filter")]
    pub filter: Option<String>,
    #[command(flatten)]
    pub pace: PaceArgs,
    /// The summary, of a recording of ours too.
    #[arg(long, conflicts_with_all = ["stream", "frame", "step", "slow"], help = "help-summary")]
    pub summary: bool,
}

/// What of a capture is wanted.
struct Selection {
    stream: Option<u32>,
    filter: Option<Filter>,
    all: bool,
}

impl Selection {
    /// Nothing of the file is in it: an error when the connection that was asked for is not there, else a word.
    fn found_nothing(
        &self,
        path: &Path,
        follow: &Tracker,
        console: &Console,
    ) -> Result<(), Failure> {
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
            console.remark(&message);
        }
        Ok(())
    }
}

/// A recording of ours is told as it was told live; anybody's capture gets a summary, unless a part of it is asked for.
pub fn run(args: &ExplainArgs, console: &Console) -> Result<Ending, Failure> {
    let path = args.file.as_path();
    let selection = Selection {
        stream: args.stream,
        filter: args.filter.as_deref().map(filter).transpose()?,
        all: args.show.all,
    };
    let mut outputs = Outputs::new(args.force, console);
    let CaptureInput { bytes, again, meta } = open(path, args.save.is_some())?;
    outputs.reads(path, &meta)?;
    let reader = Reader::new(bytes).map_err(|error| of_read(path, error))?;
    let foreign = !reader.is_recording();
    let pace = Pace::of(&args.pace)?;
    let mistaken = Cell::new(false);
    if foreign && pace.is_some() {
        return Err(Failure::usage(
            Message::new("error-pace-foreign").text("path", shown(path)),
        ));
    }
    console.read_in_viewer(&args.show);
    let summary_format = matches!(args.show.format, FormatChoice::Ladder | FormatChoice::Json);
    if args.summary && !summary_format {
        return Err(Failure::usage(Message::new("error-summary-format")));
    }
    let whole = selection.filter.is_none() && selection.stream.is_none() && args.frame.is_none();
    let to = To::open(args, &meta, &mut outputs)?;
    let told = if to.is_wanted() {
        story(reader, (again, to), args, (pace, &mistaken), console)
    } else if let Some(number) = args.frame {
        excerpt::frame(reader, path, number, &args.show, console)
    } else if let Some(number) = args.why {
        why::run(reader, path, number, &args.show, console)
    } else if args.summary
        || (foreign && selection.stream.is_none() && args.show.format == FormatChoice::Ladder)
    {
        summary::run(reader, path, &selection, &args.show, console)
    } else if !foreign && whole {
        story(
            reader,
            (None, To::default()),
            args,
            (pace, &mistaken),
            console,
        )
    } else {
        let again = again.or_else(|| rereadable(path, &meta));
        excerpt::run(reader, (path, again), &selection, &args.show, console)
    }?;
    warnings::all(&told.warnings, path, console);
    told.ended.map_err(|error| of_read(path, error))?;
    if console.is_stopped() {
        return Ok(Ending::Said(Code::Interrupted));
    }
    if mistaken.into_inner() {
        return Ok(Ending::Said(Code::Failed));
    }
    Ok(Ending::Done)
}

/// The file once more from its beginning: a pipe is told as it comes, and judged when it is over.
fn rereadable(path: &Path, meta: &Metadata) -> Option<File> {
    let file = meta.is_file() && path.as_os_str() != "-";
    file.then(|| File::open(path).ok()).flatten()
}

fn filter(text: &str) -> Result<Filter, Failure> {
    Filter::parse(text).map_err(|mistake| of_filter(text, &mistake))
}

/// All facts as a timeline; with it the graphs and the copy with comments.
fn story<R: Read>(
    mut reader: Reader<R>,
    (again, mut to): (Option<File>, To),
    args: &ExplainArgs,
    (pace, mistaken): (Option<Pace>, &Cell<bool>),
    console: &Console,
) -> Result<Walked, Failure> {
    let path = args.file.as_path();
    let show = &args.show;
    // The classroom page shows anybody's packets, and draws them too.
    let is_shown = reader.is_recording() || show.format == FormatChoice::Rows;
    let view = (is_shown && !to_stdout(args)).then(|| view_of(show.format, console.options(show)));
    let chosen = args.stream.map(Conversation::Tcp);
    let named = |pictures: &Pictures| pictures.chapter(&shown(path), chosen);
    let mut chapter = to.pictures.as_ref().map(named);
    let mut comments = to
        .copy
        .is_some()
        .then(|| Comments::new(console.plain_options()));
    let mut found = Findings::default();
    let shown = view.is_some();
    let mut teller = Teller::new(console, view)
        .to(&mut to.plot)
        .to(&mut comments)
        .to(&mut chapter)
        .to(&mut found)
        .with_an_end(show)
        .holding(pace.is_some());
    let ended = loop {
        match reader.next() {
            Ok(Some(fact)) => teller.fact(fact),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
        teller.tell()?;
        if console.is_closed() || console.is_stopped() {
            break Ok(());
        }
    };
    if ended.is_ok() && !console.is_closed() && !console.is_stopped() {
        teller.finish_pausing(&mut NoPauses(console), pace, show)?;
        let undrawn = plot::draw(to.plot, show, console)?.or(pictures::write(
            to.pictures,
            chapter.as_slice(),
            console,
        ));
        if shown {
            findings::tell(&found, show, console)?;
        }
        if let (Some(copy), Some(comments), Some(again), false) =
            (to.copy, comments, again, console.is_stopped())
        {
            save(&comments, (path, again), copy)?;
        }
        if let Some(failure) = undrawn {
            return Err(failure);
        }
    }
    mistaken.set(args.check && found.has_mistake());
    let dropped = reader.dropped();
    let warnings = reader.into_warnings();
    Ok(Walked {
        ended,
        warnings,
        dropped,
    })
}

/// The copy is what is printed, and nothing else.
fn to_stdout(args: &ExplainArgs) -> bool {
    args.save.as_deref().is_some_and(|to| to.as_os_str() == "-")
}

/// What is written beside what is told.
#[derive(Default)]
struct To {
    plot: Option<Plot>,
    pictures: Option<Pictures>,
    copy: Option<CopyTo>,
}

/// Where the copy goes.
enum CopyTo {
    Stdout,
    Into(Box<Output>),
}

impl To {
    fn is_wanted(&self) -> bool {
        self.plot.is_some() || self.pictures.is_some() || self.copy.is_some()
    }

    /// All of it is open before anything is told.
    fn open(args: &ExplainArgs, from: &Metadata, outputs: &mut Outputs) -> Result<Self, Failure> {
        if args.chart && to_stdout(args) {
            return Err(crate::session::plot::elsewhere());
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
        let pictures = Pictures::asked(&args.pictures, outputs)?;
        Ok(Self {
            plot,
            pictures,
            copy,
        })
    }
}

/// The same packets with comments.
fn save(comments: &Comments, from: (&Path, File), to: CopyTo) -> Result<(), Failure> {
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
            packet_comments::write(comments, from, io::stdout().lock()),
            &crate::session::console::unprinted,
        ),
        CopyTo::Into(mut output) => {
            let copied = copy(comments, from, &mut output);
            written(copied, &|error| output.broken(error))
        }
    }
}

fn copy(comments: &Comments, from: File, to: &mut Output) -> Result<(), CommentError> {
    let mut copy = to.replacement().map_err(CommentError::Write)?;
    packet_comments::write(comments, from, &mut copy)?;
    copy.finish().map_err(CommentError::Write)
}
