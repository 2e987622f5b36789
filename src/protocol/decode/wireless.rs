//! IEEE 802.11 data frames, bare or behind a header that says how they were received.
//!
//! Read where there is something to be read: not encrypted, not a fragment, not an aggregate of several frames.

use super::passed::{Carried, Passed, Read};

/// Radiotap's bits of what is there, and of its flags (radiotap.org).
const CLOCK: u32 = 1;
const FLAGS: u32 = 1 << 1;
const MORE_WORDS: u32 = 1 << 31;
const CHECK_SEQUENCE: u8 = 0x10;
const PADDED: u8 = 0x20;

/// The second byte of frame control.
const BOTH_WAYS: u8 = 0x03;
const MORE_FRAGMENTS: u8 = 0x04;
const PROTECTED: u8 = 0x40;
const ORDER: u8 = 0x80;
/// The upper bits of the first: with a body or without, with quality of service.
const WITHOUT_BODY: u8 = 0x40;
const QUALITY: u8 = 0x80;
/// Quality of service: an aggregate.
const AGGREGATE: u8 = 0x80;

/// Link type 127: version 0, length, which fields there are.
pub(super) fn radiotap(data: &[u8]) -> Read {
    let &[version, _, low, high, ..] = data.first_chunk::<8>().ok_or(8_usize)?;
    let len = usize::from(u16::from_le_bytes([low, high]));
    if version != 0 || len < 8 {
        return Ok(Passed::NOTHING);
    }
    let flags = radiotap_flags(data.get(..len).ok_or(len)?).unwrap_or(0);
    let padded = flags & PADDED != 0;
    Ok(Passed {
        trailer: if flags & CHECK_SEQUENCE != 0 { 4 } else { 0 },
        ..Passed::new(len, Carried::Wireless { padded })
    })
}

/// The flags field, when it is there: only the clock can stand before it, at a multiple of eight.
fn radiotap_flags(header: &[u8]) -> Option<u8> {
    let mut words = header.get(4..)?.chunks_exact(4);
    let mut at = 4_usize;
    let mut first = None;
    loop {
        let word = u32::from_le_bytes(words.next()?.try_into().ok()?);
        first.get_or_insert(word);
        at += 4;
        if word & MORE_WORDS == 0 {
            break;
        }
    }
    let first = first?;
    if first & CLOCK != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    let flags = header.get(at).copied();
    flags.filter(|_| first & FLAGS != 0)
}

/// Link type 192: version, flags, length, and the link type of what follows.
pub(super) fn per_packet(data: &[u8]) -> Read {
    let &[_, _, low, high, link @ ..] = data.first_chunk::<8>().ok_or(8_usize)?;
    let len = usize::from(u16::from_le_bytes([low, high])).max(8);
    let carries = match u32::from_le_bytes(link) {
        1 => Carried::Frame,
        105 => Carried::Wireless { padded: false },
        _ => Carried::Nothing,
    };
    Ok(Passed::new(len, carries))
}

/// Link types 119 and 163: AVS, which begins with its magic number; else Prism, in the byte order of who wrote it.
pub(super) fn monitored(data: &[u8]) -> Read {
    let &[a, b, c, _, length @ ..] = data.first_chunk::<8>().ok_or(8_usize)?;
    let (little, big) = (u32::from_le_bytes(length), u32::from_be_bytes(length));
    let len = match [a, b, c] {
        [0x80, 0x21, 0x10] => big,
        _ => little.min(big),
    };
    Ok(Passed::new(
        len as usize,
        Carried::Wireless { padded: false },
    ))
}

/// Link type 105, and what the others lead to; `padded` where the header is filled up to a multiple of four bytes.
pub(super) fn frame(data: &[u8], padded: bool) -> Read {
    let header = data.first_chunk::<24>().ok_or(24_usize)?;
    let [control, flags, ..] = *header;
    // Version 0, type 2.
    let data_frame = control & 0x0f == 0x08 && control & WITHOUT_BODY == 0;
    let fragment = flags & MORE_FRAGMENTS != 0 || header[22] & 0x0f != 0;
    if !data_frame || fragment || flags & PROTECTED != 0 {
        return Ok(Passed::NOTHING);
    }
    let mut len: usize = 24;
    if flags & BOTH_WAYS == BOTH_WAYS {
        len += 6;
    }
    if control & QUALITY != 0 {
        if data.get(len).ok_or(len + 2)? & AGGREGATE != 0 {
            return Ok(Passed::NOTHING);
        }
        len += if flags & ORDER == 0 { 2 } else { 6 };
    }
    if padded {
        len = len.next_multiple_of(4);
    }
    Ok(Passed::new(len, Carried::Llc))
}
