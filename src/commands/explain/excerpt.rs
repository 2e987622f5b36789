//! A part of a capture, told as a run is told: one connection, or what a filter lets through. And one packet's bytes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{Console, Selection, shown};
use crate::cli::{FormatChoice, ShowArgs};
use crate::explain::census::{Judge, Judgement};
use crate::failure::Failure;
use crate::files::Reader;
use crate::protocol::follow::{Connection, Conversation, Tracker};
use crate::session::capture::of_read;
use crate::session::capture::packets::{FollowedPacket, Walked, walk};
use crate::session::screen::view_of;
use crate::session::teller::Teller;
use crate::text::Message;
use crate::views::census::judgements as judgement_lines;
use crate::views::{Line, bytes};

/// This connection is asked for.
fn of_interest(connection: &Connection, selection: &Selection) -> bool {
    let asked = selection.stream;
    asked.is_none_or(|number| number == connection.number())
}

/// What is to be known of a capture before a story of it is told: it is read once for that.
fn first(
    again: File,
    path: &Path,
    selection: &Selection,
    show: &ShowArgs,
    console: &Console,
) -> Result<(), Failure> {
    let reader = Reader::new(again).map_err(|error| of_read(path, error))?;
    let only = selection.stream.map(Conversation::Tcp);
    let mut judge = Judge::default();
    let mut follow = match selection.filter {
        Some(_) => Tracker::new(),
        None => Tracker::sparing(),
    };
    let mut look = |met: &FollowedPacket<'_>| {
        if only.is_none() || met.followed.conversation == only {
            judge.packet(met.number, met.frame, met.followed, || met.packet());
        }
        true
    };
    let walked = walk(reader, &mut follow, selection.filter.as_ref(), &mut look);
    let told = |connection: &Connection| of_interest(connection, selection);
    let mut judgements = judge.judgements(&follow, told, walked.dropped);
    judgements.retain(Judgement::is_caution);
    let mut lines = judgement_lines(&console.options(show), &judgements);
    if !lines.is_empty() {
        lines.push(Line::new());
    }
    console.print_lines(&lines)
}

/// Tells every packet of the selection.
pub(super) fn run<R: Read + Send + 'static>(
    reader: Reader<R>,
    (path, again): (&Path, Option<File>),
    selection: &Selection,
    show: &ShowArgs,
    console: &Console,
) -> Result<Walked, Failure> {
    let foreign = !reader.is_recording();
    let again = again.filter(|_| foreign && show.format != FormatChoice::Json);
    let before = again.is_some();
    if let Some(again) = again {
        first(again, path, selection, show, console)?;
    }
    let mut follow = Tracker::new();
    let view = view_of(show.format, console.options(show));
    let mut teller = Teller::new(console, Some(view)).laid_out_anew(show);
    let only = selection.stream.map(Conversation::Tcp);
    let mut judge = Judge::default();
    let mut failed = None;
    let mut told = false;
    let mut tell = |met: &FollowedPacket<'_>| {
        if only.is_some() && met.followed.conversation != only {
            return true;
        }
        told = true;
        judge.packet(met.number, met.frame, met.followed, || met.packet());
        teller.followed(met.frame, met.number, met.followed.clone());
        failed = teller.tell().err();
        failed.is_none() && !console.is_closed() && !console.is_stopped()
    };
    let walked = walk(reader, &mut follow, selection.filter.as_ref(), &mut tell);
    if let Some(failure) = failed {
        return Err(failure);
    }
    if !told && walked.ended.is_ok() {
        selection.found_nothing(path, &follow, console)?;
    }
    if foreign && !before {
        let told = |connection: &Connection| of_interest(connection, selection);
        teller.judged(judge.judgements(&follow, told, walked.dropped));
    }
    teller.finish()?;
    Ok(walked)
}

/// Shows every byte of packet `number`.
pub(super) fn frame<R: Read + Send + 'static>(
    reader: Reader<R>,
    path: &Path,
    number: u32,
    show: &ShowArgs,
    console: &Console,
) -> Result<Walked, Failure> {
    let mut lines = None;
    let mut last = 0;
    let mut look = |met: &FollowedPacket<'_>| {
        last = met.number;
        if met.number == number {
            lines = Some(bytes::frame(met.frame, &console.options(show)));
        }
        lines.is_none()
    };
    let walked = walk(reader, &mut Tracker::new(), None, &mut look);
    match lines {
        Some(lines) => console.print_lines(&lines)?,
        None if walked.ended.is_ok() => {
            return Err(no_such_packet(path, number, last));
        }
        None => {}
    }
    Ok(walked)
}

/// The file ends before this packet, with the one of number `last`.
pub(super) fn no_such_packet(path: &Path, number: u32, last: u32) -> Failure {
    let what = Message::new("explain-no-frame")
        .text("path", shown(path))
        .int("n", number);
    Failure::usage(what).why(Message::new("explain-no-frame-why").int("count", last))
}
