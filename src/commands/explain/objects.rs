//! A capture as JSON: one object per packet, in file order, as fast as they can be written.

use std::io::Read;
use std::path::Path;

use super::{Console, Selection};
use crate::failure::Failure;
use crate::files::Reader;
use crate::protocol::follow::{Conversation, Tracker};
use crate::session::capture::packets::{FollowedPacket, Walked, Walker, walk};
use crate::views::json;

/// Written at once: large enough that the system call does not count.
const BLOCK: usize = 64 << 10;

/// Writes every packet of the selection.
pub(super) fn run<R: Read + Send + 'static>(
    reader: Reader<R>,
    path: &Path,
    selection: &Selection,
    console: &Console,
) -> Result<Walked, Failure> {
    let mut follow = Tracker::new();
    let mut writer = Writer {
        only: selection.stream.map(Conversation::Tcp),
        out: Vec::with_capacity(BLOCK + 1024),
        written: false,
        failed: None,
        console,
    };
    let walked = walk(reader, &mut follow, selection.filter.as_ref(), &mut writer);
    if let Some(failure) = writer.failed {
        return Err(failure);
    }
    if !writer.written && walked.ended.is_ok() && !console.is_closed() {
        selection.found_nothing(path, &follow, console)?;
    }
    Ok(walked)
}

struct Writer<'a> {
    only: Option<Conversation>,
    out: Vec<u8>,
    /// At least one packet was.
    written: bool,
    failed: Option<Failure>,
    console: &'a Console,
}

impl Writer<'_> {
    fn write(&mut self) {
        self.failed = self.console.write(&self.out).err();
        self.out.clear();
    }
}

impl Walker for Writer<'_> {
    fn packet(&mut self, met: &FollowedPacket<'_>) -> bool {
        if self.only.is_some() && met.followed.conversation != self.only {
            return true;
        }
        self.written = true;
        json::packet(
            &mut self.out,
            met.number.into(),
            met.frame.at,
            met.packet(),
            met.followed,
        );
        self.out.extend_from_slice(b"}\n");
        if self.out.len() >= BLOCK {
            self.write();
        }
        self.failed.is_none() && !self.console.is_closed()
    }

    /// What has come so far is there to be read, however long the rest takes to come.
    fn taken(&mut self, _bytes: u64) {
        self.write();
    }
}
