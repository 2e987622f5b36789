//! A capture's packets, one by one: decoded, followed, and filtered.

use std::io::Read;

use crate::files::{ReadError, Reader, Step};
use crate::model::{Fact, Frame, Setting};
use crate::protocol::decode::{Packet, decode};
use crate::protocol::follow::{Follow, Followed};
use crate::script::Filter;

/// One packet with all that is known of it.
pub(super) struct Met<'a> {
    /// Its number in the file, from 1.
    pub(super) number: u32,
    pub(super) frame: &'a Frame<'a>,
    pub(super) packet: &'a Packet<'a>,
    pub(super) followed: &'a Followed,
    /// How much of the file has been read.
    pub(super) taken: u64,
}

/// Goes through the rest of a capture. All packets are followed, so that numbers are those of the whole file;
/// `each` gets those that pass the filter, in file order, and says whether to go on. Of a recording only the saved vantage's
/// frames are packets of the file.
pub(super) fn walk<R: Read>(
    reader: &mut Reader<R>,
    follow: &mut Follow,
    filter: Option<&Filter>,
    mut each: impl FnMut(&Met<'_>) -> bool,
) -> Result<(), ReadError> {
    let mut saved = None;
    let mut number = 0;
    let mut taken = 0;
    loop {
        if number % 4096 == 0 {
            taken = reader.taken();
        }
        match reader.step()? {
            Step::Frame => {}
            Step::Fact(fact) => {
                if let Fact::Setting {
                    setting: Setting::SavedVantage(vantage),
                    ..
                } = *fact
                {
                    saved = Some(vantage);
                }
                continue;
            }
            Step::End => return Ok(()),
        }
        let frame = reader.frame();
        if saved.is_some_and(|saved| saved != frame.vantage) {
            continue;
        }
        number += 1;
        let packet = decode(frame.link, &frame.bytes, frame.orig_len);
        let followed = follow.packet(number, frame.at, &packet);
        if filter.is_some_and(|filter| !filter.passes(frame.orig_len, &packet, &followed)) {
            continue;
        }
        let met = Met {
            number,
            frame: &frame,
            packet: &packet,
            followed: &followed,
            taken,
        };
        if !each(&met) {
            return Ok(());
        }
    }
}
