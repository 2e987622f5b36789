//! GRE (RFC 2784, RFC 2890) and what goes in it: packets, PPP (PPTP), mirrored frames (ERSPAN), MikroTik's EoIP, WCCP.

use super::passed::{Carried, Passed, Read};
use super::{NextHeader, Walk, be16};

/// PPP in GRE's version 1 (RFC 2637).
const PPP: u16 = 0x880b;
/// MikroTik's Ethernet over IP, in GRE's version 1: the key's first half is a length.
const EOIP: u16 = 0x6400;
/// Cisco's redirected packets, with a header of their own or without.
const WCCP: u16 = 0x883e;
/// A mirrored frame, of types I and II.
pub(super) const ERSPAN: u16 = 0x88be;
/// A mirrored frame or packet, of type III.
pub(super) const ERSPAN_3: u16 = 0x22eb;

pub(super) const CHECKSUM: u16 = 0x8000;
const ROUTING: u16 = 0x4000;
pub(super) const KEY: u16 = 0x2000;
pub(super) const SEQUENCE: u16 = 0x1000;
/// Version 1: an acknowledgement number.
pub(super) const ACK: u16 = 0x0080;

/// Flags say which of checksum, key and sequence number are there.
#[cold]
pub(super) fn gre(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let (Some(flags), Some(ethertype)) = (be16(data, 0), be16(data, 2)) else {
        return walk.cut("gre-cut", 4);
    };
    let Some(len) = header_len(flags, ethertype) else {
        return NextHeader::Done;
    };
    walk.at += len;
    let key = be16(data, 4).filter(|_| flags & KEY != 0);
    let read = inside(flags, ethertype, key, walk.rest());
    walk.pass(read, "gre-cut")
}

/// The length of the header with these flags; none where it is not known.
pub(super) const fn header_len(flags: u16, ethertype: u16) -> Option<usize> {
    let present = match (flags & 7, ethertype) {
        (0, _) if flags & ROUTING == 0 => flags & (CHECKSUM | KEY | SEQUENCE),
        (1, PPP | EOIP) => flags & (KEY | SEQUENCE | ACK),
        _ => return None,
    };
    Some(4 + 4 * present.count_ones() as usize)
}

/// What stands behind the header before what is carried. `key` is the first half of its key.
pub(super) fn inside(flags: u16, ethertype: u16, key: Option<u16>, data: &[u8]) -> Read {
    match (flags & 7, ethertype) {
        (1, PPP) => Ok(Passed::new(0, Carried::Ppp)),
        // Nothing in it keeps the tunnel alive.
        (1, _) => Ok(match key.unwrap_or(0) {
            0 => Passed::NOTHING,
            len => Passed {
                bound: Some(usize::from(len)),
                ..Passed::new(0, Carried::Frame)
            },
        }),
        (_, ERSPAN) => erspan(data, flags & SEQUENCE != 0),
        (_, ERSPAN_3) => erspan_3(data),
        // Four bytes of redirection stand before the packet, unless that begins at once.
        (_, WCCP) => {
            let at_once = data.first().is_none_or(|byte| byte >> 4 == 4);
            Ok(Passed::new(if at_once { 0 } else { 4 }, Carried::Ip))
        }
        _ => Ok(Passed::new(0, Carried::Ethertype(ethertype))),
    }
}

/// Type I has no header; type II one of eight bytes, and numbers its frames in GRE's header.
fn erspan(data: &[u8], numbered: bool) -> Read {
    match data {
        _ if !numbered => Ok(Passed::new(0, Carried::Frame)),
        [version, ..] if version >> 4 != 1 => Ok(Passed::NOTHING),
        data if data.len() < 8 => Err(8),
        _ => Ok(Passed::new(8, Carried::Frame)),
    }
}

/// Type III: twelve bytes, of which the last two say what is mirrored and whether eight more follow.
fn erspan_3(data: &[u8]) -> Read {
    let header = data.first_chunk::<12>().ok_or(12_usize)?;
    let carries = match header[10] >> 2 & 0x1f {
        _ if header[0] >> 4 != 2 => return Ok(Passed::NOTHING),
        0 => Carried::Frame,
        2 => Carried::Ip,
        _ => Carried::Nothing,
    };
    let len = if header[11] & 1 == 1 { 20 } else { 12 };
    Ok(Passed::new(len, carries))
}
