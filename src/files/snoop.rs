//! snoop, the capture format of Solaris (RFC 1761): big-endian, a header of 16 bytes, padded records.

use std::io::Read;

use super::error::{ReadStop, WarningKind};
use super::input::Input;
use super::pcap::{ended, longest};
use super::record::FrameAt;
use crate::model::{Direction, LinkType, Time, Vantage};

const MAGIC: &[u8; 8] = b"snoop\0\0\0";
pub(super) const HEADER: usize = 16;
const RECORD: usize = 24;
/// More padding than this is no padding.
const PADDING: usize = 4096;

/// A snoop file.
pub(super) struct Snoop {
    pub(super) link: LinkType,
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

impl Snoop {
    /// The file whose first bytes these are, when they are a snoop file's.
    pub(super) fn recognise(head: &[u8]) -> Option<Self> {
        let head = head.get(..HEADER)?;
        if !head.starts_with(MAGIC) || be32(head, 8) != 2 {
            return None;
        }
        // RFC 1761's datalink types: 0 is IEEE 802.3 and 4 is Ethernet; others keep a number that nothing decodes.
        let link = match be32(head, 12) {
            0 | 4 => LinkType::ETHERNET,
            other => LinkType(other | 0x1000_0000),
        };
        Some(Self { link })
    }

    /// The next record.
    pub(super) fn next<R: Read>(&self, input: &mut Input<R>) -> Result<Option<FrameAt>, ReadStop> {
        if !input.fill(RECORD)? {
            return ended(input);
        }
        let head = input.bytes();
        let (orig_len, captured, record) = (be32(head, 0), be32(head, 4), be32(head, 8));
        let (seconds, micros) = (be32(head, 16), be32(head, 20));
        let len = captured as usize;
        let record = record as usize;
        if captured > longest(self.link) || record < RECORD + len || record > RECORD + len + PADDING
        {
            return Err(ReadStop::Warn(WarningKind::PacketTooLong { len: captured }));
        }
        // Padding that is missing at the end of a file takes nothing away from the frame.
        let taken = if input.fill(record)? {
            record
        } else {
            RECORD + len
        };
        if !input.fill(taken)? {
            return Err(ReadStop::Warn(WarningKind::CutOff));
        }
        let place = input.consume(taken);
        Ok(Some(FrameAt {
            at: Time::from_ns(i64::from(seconds) * 1_000_000_000 + i64::from(micros) * 1_000),
            vantage: Vantage::File(0),
            direction: Direction::Unknown,
            link: self.link,
            orig_len,
            checksum_offloaded: false,
            place: place + RECORD,
            len,
        }))
    }
}
