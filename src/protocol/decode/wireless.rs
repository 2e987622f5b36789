//! IEEE 802.11 data frames, bare or behind a header that says how they were received.
//!
//! Read where there is something to be read: not encrypted, not a fragment, not an aggregate of several frames.

use super::{NextHeader, Walk, encapsulation, link};

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
#[cold]
pub(super) fn radiotap(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let Some(&[version, _, low, high, ..]) = data.first_chunk::<8>() else {
        return walk.cut("link-cut", 8);
    };
    let len = usize::from(u16::from_le_bytes([low, high]));
    if version != 0 || len < 8 {
        return NextHeader::Done;
    }
    let Some(header) = data.get(..len) else {
        return walk.cut("link-cut", len);
    };
    let flags = radiotap_flags(header).unwrap_or(0);
    walk.at += len;
    if flags & CHECK_SEQUENCE != 0 {
        walk.end = walk.end.saturating_sub(4);
    }
    frame(walk, flags & PADDED != 0)
}

/// The flags field, when it is there: only the clock can stand before it, at a multiple of eight.
pub(super) fn radiotap_flags(header: &[u8]) -> Option<u8> {
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
    (first & FLAGS != 0)
        .then(|| header.get(at).copied())
        .flatten()
}

/// Link type 192: version, flags, length, and the link type of what follows.
#[cold]
pub(super) fn per_packet(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Some(&[_, _, low, high, link, zero @ ..]) = walk.rest().first_chunk::<8>() else {
        return walk.cut("link-cut", 8);
    };
    walk.at += usize::from(u16::from_le_bytes([low, high])).max(8);
    match link {
        _ if zero != [0; 3] => NextHeader::Done,
        1 => link::ethernet(walk),
        105 => frame(walk, false),
        _ => NextHeader::Done,
    }
}

/// Link types 119 and 163: AVS, which begins with its magic number; else Prism, in the byte order of who wrote it.
#[cold]
pub(super) fn monitored(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Some(&[a, b, c, _, length @ ..]) = walk.rest().first_chunk::<8>() else {
        return walk.cut("link-cut", 8);
    };
    let (little, big) = (u32::from_le_bytes(length), u32::from_be_bytes(length));
    let len = match [a, b, c] {
        [0x80, 0x21, 0x10] => big,
        _ => little.min(big),
    };
    walk.at = walk.at.saturating_add(len as usize);
    frame(walk, false)
}

/// Link type 105, and what the others lead to; `padded` where the header is filled up to a multiple of four bytes.
#[cold]
pub(super) fn frame(walk: &mut Walk<'_, '_>, padded: bool) -> NextHeader {
    let data = walk.rest();
    let Some(header) = data.first_chunk::<24>() else {
        return walk.cut("link-cut", 24);
    };
    let [control, flags, ..] = *header;
    // Version 0, type 2.
    let data_frame = control & 0x0f == 0x08 && control & WITHOUT_BODY == 0;
    let fragment = flags & MORE_FRAGMENTS != 0 || header[22] & 0x0f != 0;
    if !data_frame || fragment || flags & PROTECTED != 0 {
        return NextHeader::Done;
    }
    let mut len = 24;
    if flags & BOTH_WAYS == BOTH_WAYS {
        len += 6;
    }
    if control & QUALITY != 0 {
        let Some(quality) = data.get(len) else {
            return walk.cut("link-cut", len + 2);
        };
        if quality & AGGREGATE != 0 {
            return NextHeader::Done;
        }
        len += if flags & ORDER == 0 { 2 } else { 6 };
    }
    walk.at += if padded { len.next_multiple_of(4) } else { len };
    encapsulation::llc_of_the_rest(walk)
}
