//! Two files: recordings of ours as they are, of other captures the busiest connection.

use std::fs::{self, File};
use std::io::{Read, Seek as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::CompareArgs;
use super::side::{FinishedRun, Gathered, begin, drawn, end, line_by_line};
use crate::cli::FormatChoice;
use crate::failure::Failure;
use crate::files::{Limits, Reader};
use crate::model::Endpoint;
use crate::protocol::follow::{Conversation, Tracker, Way};
use crate::session::capture::packets::{FollowedPacket, walk};
use crate::session::capture::{of_read, open, refused, warnings};
use crate::session::output::Outputs;
use crate::session::pictures::Pictures;
use crate::session::{Console, Ending, memory, shown};
use crate::text::Message;
use crate::views::styled::wrap;
use crate::views::{Line, Role};

/// Reads both files and compares what they hold, line by line.
pub(super) fn run(
    files: [&Path; 2],
    args: &CompareArgs,
    console: &Console,
) -> Result<Ending, Failure> {
    if is_one(files) {
        let what = Message::new("error-same-file").text("path", shown(files[0]));
        return Err(Failure::usage(what).try_this(Message::new("error-same-file-try")));
    }
    // Both are known to be readable before anything is shown.
    let mut outputs = Outputs::new(args.grid.force, console);
    let [left, right] = files.map(|path| ComparedFile::open(path, &mut outputs));
    let inputs = [(left?, "left"), (right?, "right")];
    let pictures = Pictures::asked(&args.pictures, &mut outputs)?;
    let mut runs = Vec::new();
    for ((input, tag), name) in inputs.into_iter().zip(names(files)) {
        runs.push(input.tell((name, tag), args, pictures.as_ref(), console)?);
    }
    drawn(pictures, &mut runs, console)?;
    if let Ok(runs) = <[FinishedRun; 2]>::try_from(runs) {
        line_by_line(runs, args, console)?;
    }
    Ok(Ending::Done)
}

/// Their names without their folders, where those tell them apart.
fn names(files: [&Path; 2]) -> [String; 2] {
    let short = files.map(|path| shown(path.file_name().map_or(path, Path::new)));
    if short[0] == short[1] {
        files.map(shown)
    } else {
        short
    }
}

/// Both names mean the same file.
fn is_one(files: [&Path; 2]) -> bool {
    let [one, other] = files;
    let number = |path| fs::metadata(path).map(|meta| (meta.dev(), meta.ino()));
    one == other || matches!((number(one), number(other)), (Ok(a), Ok(b)) if a == b)
}

/// A file that begins as a capture does.
struct ComparedFile<'p> {
    path: &'p Path,
    reader: Reader<Box<dyn Read + Send>>,
    /// From its beginning, for who looks at it twice.
    again: Option<File>,
}

impl<'p> ComparedFile<'p> {
    fn open(path: &'p Path, outputs: &mut Outputs) -> Result<Self, Failure> {
        let input = open(path, true)?;
        outputs.reads(path, &input.meta)?;
        let again = input.again;
        let reader =
            Reader::within(input.bytes, Limits::SPARING).map_err(|error| of_read(path, error))?;
        Ok(Self {
            path,
            reader,
            again,
        })
    }

    fn tell(
        self,
        named: (String, &'static str),
        args: &CompareArgs,
        pictures: Option<&Pictures>,
        console: &Console,
    ) -> Result<FinishedRun, Failure> {
        if self.reader.is_recording() {
            self.whole(named, args, pictures, console)
        } else {
            self.busiest(named, args, pictures, console)
        }
    }

    /// A recording of ours, with all that it holds.
    fn whole(
        mut self,
        (name, tag): (String, &'static str),
        args: &CompareArgs,
        pictures: Option<&Pictures>,
        console: &Console,
    ) -> Result<FinishedRun, Failure> {
        let path = self.path;
        let mut gathered = Gathered::drawn(pictures, &name);
        let mut teller = begin(&name, tag, &mut gathered, args, console)?;
        let ended = loop {
            match self.reader.next() {
                Ok(Some(fact)) => teller.fact(fact),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
            teller.tell()?;
            if memory::exceeds(memory::KEPT) {
                return Err(full(path));
            }
        };
        warnings::all(&self.reader.into_warnings(), path, console);
        ended.map_err(|error| of_read(path, error))?;
        teller.finish()?;
        end(name, gathered, args, console)
    }

    /// Of anybody's capture the busiest connection.
    fn busiest(
        self,
        (name, tag): (String, &'static str),
        args: &CompareArgs,
        pictures: Option<&Pictures>,
        console: &Console,
    ) -> Result<FinishedRun, Failure> {
        let path = self.path;
        let mut follow = Tracker::new();
        let mut is_full = false;
        let walked = walk(self.reader, &mut follow, None, &mut |_: &FollowedPacket<
            '_,
        >| {
            is_full = memory::exceeds(memory::LOOKED_AT);
            !is_full
        });
        warnings::all(&walked.warnings, path, console);
        walked.ended.map_err(|error| of_read(path, error))?;
        if is_full {
            return Err(full(path));
        }
        let Some((chosen, ends)) = busiest(&follow) else {
            let what = Message::new("error-no-conversation").text("path", shown(path));
            return Err(Failure::usage(what));
        };
        let mut again = self
            .again
            .unwrap_or_else(|| unreachable!("invariant: asked for"));
        again.rewind().map_err(|error| refused(path, &error))?;
        let reader =
            Reader::within(again, Limits::SPARING).map_err(|error| of_read(path, error))?;
        if args.show.format != FormatChoice::Json {
            let options = console.options(&args.show);
            let said = console.say(&which(&name, (chosen, ends), &follow));
            let said = wrap(&said, options.width.clamp(80, 140));
            console.print_lines(
                &said
                    .into_iter()
                    .map(|text| Line::of(Role::Note, text))
                    .collect::<Vec<_>>(),
            )?;
        }
        // All its conversations are followed again.
        drop(follow);
        let mut gathered = Gathered::drawn(pictures, &name);
        let mut teller = begin(&name, tag, &mut gathered, args, console)?;
        let mut failed = None;
        let walked = walk(
            reader,
            &mut Tracker::new(),
            None,
            &mut |met: &FollowedPacket<'_>| {
                if met.followed.conversation == Some(chosen) {
                    teller.followed(met.frame, met.number, met.followed.clone());
                    failed = teller.tell().err();
                }
                if memory::exceeds(memory::LOOKED_AT) {
                    failed = Some(full(path));
                }
                failed.is_none()
            },
        );
        if let Some(failure) = failed {
            return Err(failure);
        }
        walked.ended.map_err(|error| of_read(path, error))?;
        teller.finish()?;
        end(name, gathered, args, console)
    }
}

/// Nothing of it is shown: of a part one could not say what is missing in it.
fn full(path: &Path) -> Failure {
    Failure::usage(Message::new("error-compare-full").text("path", shown(path)))
        .try_this(Message::new("error-compare-full-try"))
}

/// The TCP connection with the most packets, the first of them; where there is none, the UDP conversation.
fn busiest(follow: &Tracker) -> Option<(Conversation, [Endpoint; 2])> {
    const WAYS: [Way; 2] = [Way::FromOpener, Way::FromAcceptor];
    let packets = |of: &dyn Fn(Way) -> u32| WAYS.map(|way| u64::from(of(way))).iter().sum::<u64>();
    let first = |conversation| std::cmp::Reverse(number(conversation));
    let tcp = follow.connections().map(|connection| {
        let sides = WAYS.map(|way| connection.side(way));
        let count = packets(&|way| connection.side(way).packets);
        let conversation = Conversation::Tcp(connection.number());
        (count, conversation, sides.map(|side| side.end))
    });
    let udp = follow.conversations().map(|datagrams| {
        let count = packets(&|way| datagrams.packets(way));
        let conversation = Conversation::Udp(datagrams.number());
        (count, conversation, WAYS.map(|way| datagrams.end(way)))
    });
    let most = |(count, conversation, _): &(u64, Conversation, [Endpoint; 2])| {
        (*count, first(*conversation))
    };
    let found = tcp.max_by_key(most).or_else(|| udp.max_by_key(most));
    found.map(|(_, conversation, ends)| (conversation, ends))
}

const fn number(conversation: Conversation) -> u32 {
    match conversation {
        Conversation::Tcp(number) | Conversation::Udp(number) => number,
    }
}

/// Which one it is, for who wants to see it alone.
fn which(
    name: &str,
    (conversation, [opener, acceptor]): (Conversation, [Endpoint; 2]),
    follow: &Tracker,
) -> Message {
    let (key, count) = match conversation {
        Conversation::Tcp(_) => ("compare-busiest-tcp", follow.connections().count()),
        Conversation::Udp(_) => ("compare-busiest-udp", follow.conversations().count()),
    };
    Message::new(key)
        .text("name", name.to_owned())
        .text("opener", opener.to_string())
        .text("acceptor", acceptor.to_string())
        .int("n", number(conversation))
        .int("count", count as u64)
}
