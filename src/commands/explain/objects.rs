//! A capture as JSON: one object per packet, in file order, as fast as they can be written.

use std::io::Read;

use super::packets::walk;
use super::{Ending, Screen};
use crate::failure::Failure;
use crate::files::Reader;
use crate::protocol::follow::Follow;
use crate::views::json;

/// Written at once: large enough that the system call does not count.
const BLOCK: usize = 64 << 10;

/// Writes every packet that `keep` lets through.
pub(super) fn run<R: Read>(
    reader: &mut Reader<R>,
    screen: &Screen,
) -> Result<Result<Ending, crate::files::ReadError>, Failure> {
    let mut follow = Follow::new();
    let mut out = Vec::with_capacity(BLOCK + 1024);
    let mut failed = None;
    let walked = walk(reader, &mut follow, |_, met, _| {
        json::packet(
            &mut out,
            met.number.into(),
            met.frame.at,
            met.packet,
            met.followed,
        );
        out.extend_from_slice(b"}\n");
        if out.len() >= BLOCK {
            failed = screen.write(&out).err();
            out.clear();
        }
        failed.is_none() && !screen.is_closed()
    });
    if let Some(failure) = failed {
        return Err(failure);
    }
    screen.write(&out)?;
    Ok(walked.map(|()| Ending::Done))
}
