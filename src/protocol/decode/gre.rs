//! GRE (RFC 2784, RFC 2890) and what goes in it: packets, PPP (PPTP), mirrored frames (ERSPAN), MikroTik's EoIP, WCCP.

use super::{NextHeader, Walk, be16, encapsulation, link};

/// PPP in GRE's version 1 (RFC 2637).
const PPP: u16 = 0x880b;
/// MikroTik's Ethernet over IP, in GRE's version 1: the key's first half is a length.
const EOIP: u16 = 0x6400;
/// Cisco's redirected packets, with a header of their own or without.
const WCCP: u16 = 0x883e;
/// A mirrored frame, of types I and II.
const ERSPAN: u16 = 0x88be;
/// A mirrored frame or packet, of type III.
const ERSPAN_3: u16 = 0x22eb;

const CHECKSUM: u16 = 0x8000;
const ROUTING: u16 = 0x4000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
/// Version 1: an acknowledgement number.
const ACK: u16 = 0x0080;

/// Flags say which of checksum, key and sequence number are there.
pub(super) fn gre(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let (Some(flags), Some(ethertype)) = (be16(data, 0), be16(data, 2)) else {
        return walk.cut("gre-cut", 4);
    };
    let bit = |mask: u16| if flags & mask == 0 { 0 } else { 4 };
    match (flags & 7, ethertype) {
        (0, _) if flags & ROUTING == 0 => {
            walk.at += 4 + bit(CHECKSUM) + bit(KEY) + bit(SEQUENCE);
            match ethertype {
                ERSPAN => erspan(walk, flags & SEQUENCE != 0),
                ERSPAN_3 => erspan_3(walk),
                WCCP => wccp(walk),
                _ => NextHeader::Ethertype(ethertype),
            }
        }
        (1, PPP) => {
            walk.at += 4 + bit(KEY) + bit(SEQUENCE) + bit(ACK);
            encapsulation::ppp(walk)
        }
        (1, EOIP) => {
            let Some(len) = be16(data, 4).map(usize::from) else {
                return walk.cut("gre-cut", 8);
            };
            walk.at += 8;
            walk.end = walk.end.min(walk.at + len);
            // Nothing in it keeps the tunnel alive.
            match len {
                0 => NextHeader::Done,
                _ => link::ethernet(walk),
            }
        }
        _ => NextHeader::Done,
    }
}

/// Type I has no header; type II one of eight bytes, and numbers its frames in GRE's header.
fn erspan(walk: &mut Walk<'_, '_>, numbered: bool) -> NextHeader {
    if numbered {
        match walk.rest() {
            [version, ..] if version >> 4 != 1 => return NextHeader::Done,
            data if data.len() < 8 => return walk.cut("gre-cut", 8),
            _ => walk.at += 8,
        }
    }
    link::ethernet(walk)
}

/// Type III: twelve bytes, of which the last two say what is mirrored and whether eight more follow.
fn erspan_3(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Some(&header) = walk.rest().first_chunk::<12>() else {
        return walk.cut("gre-cut", 12);
    };
    if header[0] >> 4 != 2 {
        return NextHeader::Done;
    }
    walk.at += if header[11] & 1 == 1 { 20 } else { 12 };
    match header[10] >> 2 & 0x1f {
        0 => link::ethernet(walk),
        2 => NextHeader::Ip,
        _ => NextHeader::Done,
    }
}

/// Four bytes of redirection stand before the packet, unless that begins at once.
fn wccp(walk: &mut Walk<'_, '_>) -> NextHeader {
    if walk.rest().first().is_some_and(|byte| byte >> 4 != 4) {
        walk.at += 4;
    }
    NextHeader::Ip
}
