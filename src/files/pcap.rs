//! pcap: a header of 24 bytes, then records of a header and a frame (draft-ietf-opsawg-pcap).
//!
//! All of its shapes: micro- and nanoseconds, either byte order, and the "modified" one of old Linux kernels, whose
//! record headers are eight bytes longer.

use std::io::Read;

use super::error::{ReadStop, WarningKind};
use super::input::{Fault, Input};
use super::record::FrameAt;
use crate::model::{LinkType, Time};

const MICROS: u32 = 0xa1b2_c3d4;
const NANOS: u32 = 0xa1b2_3c4d;
/// Alexey Kuznetzov's patch: interface index, protocol and packet type behind each record header.
const MODIFIED: u32 = 0xa1b2_cd34;

pub(super) const HEADER: usize = 24;

/// Longest record that is believed, as Wireshark has it (WTAP_MAX_PACKET_SIZE_STANDARD). For USB and D-Bus …
pub(super) const LONGEST: u32 = 256 << 10;
/// … which carry whole transfers, as much as a block may hold: Wireshark believes 128 MiB.
const LONGEST_TRANSFER: u32 = (16 << 20) - (4 << 10);

/// The longest frame that is believed on a link.
pub(super) const fn longest(link: LinkType) -> u32 {
    match link.0 {
        // DBUS, USBPCAP, EBHSCR.
        231 | 249 | 279 => LONGEST_TRANSFER,
        _ => LONGEST,
    }
}

/// Before version 2.3 the two lengths of a record stood the other way round; in 2.3 some writers had it so.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lengths {
    AsNow,
    EitherWay,
    OtherWay,
}

/// How to read one file's records.
pub(super) struct Pcap {
    swapped: bool,
    lengths: Lengths,
    /// Nanoseconds in a unit of the stamp's fraction.
    fraction: i64,
    record: usize,
    pub(super) link: LinkType,
    /// The longest record that is believed.
    longest: u32,
}

impl Pcap {
    /// The file whose first bytes these are (at least [`HEADER`]), when they are a pcap file's.
    pub(super) fn recognise(head: &[u8]) -> Option<Self> {
        let magic = *head.first_chunk::<4>()?;
        let (swapped, magic) = [
            (false, u32::from_le_bytes(magic)),
            (true, u32::from_be_bytes(magic)),
        ]
        .into_iter()
        .find(|(_, magic)| matches!(*magic, MICROS | NANOS | MODIFIED))?;
        let mut pcap = Self {
            swapped,
            lengths: Lengths::AsNow,
            fraction: if magic == NANOS { 1 } else { 1_000 },
            record: if magic == MODIFIED { 24 } else { 16 },
            link: LinkType::NULL,
            longest: LONGEST,
        };
        // Major version in the first two bytes, minor in the next two, whichever way round.
        let version = pcap.u32(head.get(4..8)?);
        let (major, minor) = if swapped {
            (version >> 16, version & 0xffff)
        } else {
            (version & 0xffff, version >> 16)
        };
        pcap.lengths = match (major, minor) {
            (2, 0..3) => Lengths::OtherWay,
            (2, 3) => Lengths::EitherWay,
            _ => Lengths::AsNow,
        };
        // The upper bits say how many FCS bytes frames end with; the frame's own headers bound what is read.
        pcap.link = LinkType(pcap.u32(head.get(20..HEADER)?) & 0x03ff_ffff);
        pcap.longest = longest(pcap.link);
        Some(pcap)
    }

    #[inline]
    fn u32(&self, bytes: &[u8]) -> u32 {
        let value = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        if self.swapped {
            value.swap_bytes()
        } else {
            value
        }
    }

    /// The fields of a record header.
    #[inline]
    fn words(&self, bytes: &[u8; 16]) -> [u32; 4] {
        let words = [0, 4, 8, 12].map(|at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        });
        if self.swapped {
            words.map(u32::swap_bytes)
        } else {
            words
        }
    }

    /// The next record: its frame is written where it is wanted, field by field, because this is done for every
    /// packet of large files and a frame that is handed on as a value is copied at each hand. False at the end.
    #[inline]
    pub(super) fn next<R: Read>(
        &self,
        input: &mut Input<R>,
        frame: &mut FrameAt,
    ) -> Result<bool, ReadStop> {
        if !input.fill(self.record)? {
            return ended(input).map(|_| false);
        }
        let Some(&head) = input.bytes().first_chunk::<16>() else {
            return ended(input).map(|_| false);
        };
        let [seconds, fraction, mut captured, mut orig_len] = self.words(&head);
        if self.lengths == Lengths::OtherWay
            || (self.lengths == Lengths::EitherWay && captured > orig_len)
        {
            (captured, orig_len) = (orig_len, captured);
        }
        if captured > self.longest {
            return Err(ReadStop::Warn(WarningKind::PacketTooLong { len: captured }));
        }
        let len = captured as usize;
        if !input.fill(self.record + len)? {
            return Err(ReadStop::Warn(WarningKind::CutOff));
        }
        let place = input.consume(self.record + len);
        frame.at =
            Time::from_ns(i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * self.fraction);
        frame.link = self.link;
        frame.orig_len = orig_len;
        frame.place = place + self.record;
        frame.len = len;
        Ok(true)
    }
}

/// The input has no further record: its end, or something is left over.
pub(super) fn ended<R: Read>(input: &Input<R>) -> Result<Option<FrameAt>, ReadStop> {
    if input.bytes().is_empty() {
        Ok(None)
    } else {
        Err(ReadStop::Warn(WarningKind::CutOff))
    }
}

impl From<Fault> for ReadStop {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Io(error) => Self::Io(error),
            Fault::Compressed(error) => Self::Warn(WarningKind::Compressed(error.to_string())),
            Fault::Dry => Self::Dry,
        }
    }
}
