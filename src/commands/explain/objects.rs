//! A capture as JSON: one object per packet, in file order, as fast as they can be written.

use std::io::Read;

use super::packets::walk;
use super::{Part, Screen};
use crate::failure::Failure;
use crate::files::{ReadError, Reader};
use crate::protocol::follow::{Conversation, Follow};
use crate::views::json;

/// Written at once: large enough that the system call does not count.
const BLOCK: usize = 64 << 10;

/// Writes every packet of the part.
pub(super) fn run<R: Read>(
    reader: &mut Reader<R>,
    part: &Part,
    screen: &Screen,
) -> Result<Result<(), ReadError>, Failure> {
    let mut follow = Follow::new();
    let mut out = Vec::with_capacity(BLOCK + 1024);
    let mut failed = None;
    let only = part.stream.map(Conversation::Tcp);
    let walked = walk(reader, &mut follow, part.filter.as_ref(), |met| {
        if only.is_some() && met.followed.conversation != only {
            return true;
        }
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
    Ok(walked)
}
