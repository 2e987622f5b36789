//! A capture's packets, one by one: decoded, followed, filtered.

use std::io::Read;

use crate::files::{ReadError, Reader};
use crate::model::{Fact, Frame};
use crate::protocol::decode::{Packet, decode};
use crate::protocol::follow::{Follow, Followed};

/// One packet with all that is known of it.
pub(super) struct Met<'a> {
    /// Its number in the file, from 1.
    pub(super) number: u32,
    pub(super) frame: &'a Frame<'a>,
    pub(super) packet: &'a Packet<'a>,
    pub(super) followed: &'a Followed,
}

/// Goes through the rest of a capture. All packets are followed, so that numbers are those of the whole file;
/// `each` gets them in file order and says whether to go on.
pub(super) fn walk<R: Read>(
    reader: &mut Reader<R>,
    follow: &mut Follow,
    mut each: impl FnMut(&Follow, &Met<'_>, u64) -> bool,
) -> Result<(), ReadError> {
    let mut number = 0;
    let mut taken = 0;
    loop {
        if number % 1024 == 0 {
            taken = reader.taken();
        }
        let Some(fact) = reader.next()? else {
            return Ok(());
        };
        let Fact::Frame(frame) = &fact else { continue };
        number += 1;
        let packet = decode(frame.link, &frame.bytes, frame.orig_len);
        let followed = follow.packet(number, frame.at, &packet);
        let met = Met {
            number,
            frame,
            packet: &packet,
            followed: &followed,
        };
        if !each(follow, &met, taken) {
            return Ok(());
        }
    }
}
