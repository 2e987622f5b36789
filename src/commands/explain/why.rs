//! The candidate causes of one packet.

use std::io::Read;
use std::path::Path;

use super::excerpt::no_such_packet;
use crate::cli::{FormatChoice, ShowArgs};
use crate::explain::weighing::Weighing;
use crate::failure::Failure;
use crate::files::Reader;
use crate::protocol::follow::Tracker;
use crate::session::Console;
use crate::session::capture::packets::{FollowedPacket, Walked, walk};
use crate::views::{json, weighing};

/// Weighs the causes of packet `number`: as rows, or as an object.
pub(super) fn run<R: Read + Send + 'static>(
    reader: Reader<R>,
    path: &Path,
    number: u32,
    show: &ShowArgs,
    console: &Console,
) -> Result<Walked, Failure> {
    let mut follow = Tracker::asking(number);
    let mut found = None;
    let mut last = 0;
    let mut look = |met: &FollowedPacket<'_>| {
        last = met.number;
        if met.number == number {
            found = Some((met.frame.clone().into_owned(), met.followed.clone()));
        }
        found.is_none()
    };
    let walked = walk(reader, &mut follow, None, &mut look);
    match found {
        Some((frame, followed)) => {
            let weighed = Weighing::of(number, frame, followed, follow.weighed());
            let lines = match show.format {
                FormatChoice::Json => vec![json::weighing(&weighed)],
                _ => weighing::lines(&weighed, &console.options(show)),
            };
            console.print_lines(&lines)?;
        }
        None if walked.ended.is_ok() => return Err(no_such_packet(path, number, last)),
        None => {}
    }
    Ok(walked)
}
