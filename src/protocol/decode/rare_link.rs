//! Link types that are seldom met, each to the first header that is known elsewhere (tcpdump.org/linktypes.html).

use etherparse::EtherType;

use super::passed::{Carried, Passed, Read};
use super::{NextHeader, Walk, be16, wireless};
use crate::model::LinkType;

/// Protocols of ARCNET: IPv4 in the two ways (RFC 1201, RFC 1051), IPv6, ARP.
const ARCNET_IP: u8 = 212;
const ARCNET_IP_PLAIN: u8 = 240;
const ARCNET_IPV6: u8 = 196;
const ARCNET_ARP: u8 = 213;
/// In the place of ARCNET's split flag: four bytes more, and then the flag.
const ARCNET_EXCEPTION: u8 = 0xff;

/// NFLOG's attribute that holds the packet (include/uapi/linux/netfilter/nfnetlink_log.h).
const NFLOG_PAYLOAD: u16 = 9;

/// Reads the link header of a frame of such a type.
#[cold]
pub(super) fn first(walk: &mut Walk<'_, '_>, link: LinkType) -> NextHeader {
    match header(link, walk.rest()) {
        Some(read) => walk.pass(read, "link-cut"),
        None => NextHeader::Done,
    }
}

/// The header of a frame of such a type; none where that is not known.
pub(super) fn header(link: LinkType, data: &[u8]) -> Option<Read> {
    Some(match link.0 {
        6 => token_ring(data),
        7 => arcnet(data, 2),
        10 => fddi(data),
        51 => Ok(Passed::new(0, Carried::Session)),
        105 => wireless::frame(data, false),
        107 => frame_relay(data),
        // IPsec's "enc": family, number of the association, flags.
        109 => Ok(Passed::new(12, Carried::Ip)),
        // PF's log: the length, without what fills it up to four bytes.
        117 => data.first().ok_or(1).map(|len| {
            let len = usize::from(*len).next_multiple_of(4);
            Passed::new(len, Carried::Ip)
        }),
        119 | 163 => wireless::monitored(data),
        127 => wireless::radiotap(data),
        // As BSD's, with two bytes of offset before the protocol.
        129 => arcnet(data, 4),
        192 => wireless::per_packet(data),
        // One byte that says which way it went.
        204 => Ok(Passed::new(1, Carried::Ppp)),
        219 => Ok(Passed::new(0, Carried::Ethertype(0x8847))),
        239 => nflog(data),
        _ => return None,
    })
}

/// Access and frame control, addresses; a route where the source address says so, which begins with its length.
fn token_ring(data: &[u8]) -> Read {
    let header = data.first_chunk::<14>().ok_or(14_usize)?;
    let route = match data.get(14) {
        _ if header[1] & 0xc0 != 0x40 => return Ok(Passed::NOTHING),
        Some(route) if header[8] & 0x80 != 0 => usize::from(route & 0x1f),
        _ => 0,
    };
    Ok(Passed::new(14 + route, Carried::Llc))
}

/// Frame control and addresses; LLC in asynchronous frames.
fn fddi(data: &[u8]) -> Read {
    let control = data.first().ok_or(13_usize)?;
    Ok(match control & 0xf0 {
        0x50 => Passed::new(13, Carried::Llc),
        _ => Passed::NOTHING,
    })
}

/// RFC 2427: an address whose last byte has its lowest bit set, a control byte, the number of what follows. Cisco writes an
/// ethertype behind the address instead.
fn frame_relay(data: &[u8]) -> Read {
    let address = data.iter().take(4).position(|byte| byte & 1 == 1);
    let mut len = address.ok_or(4_usize)? + 1;
    if data.get(len) != Some(&3) {
        let ethertype = be16(data, len).ok_or(len + 2)?;
        return Ok(Passed::new(len + 2, Carried::Ethertype(ethertype)));
    }
    len += 1;
    if data.get(len) == Some(&0) {
        len += 1;
    }
    Ok(match data.get(len..).unwrap_or_default() {
        [0xcc | 0x8e, ..] => Passed::new(len + 1, Carried::Ip),
        [0x80, 0, 0, 0, high, low, ..] => {
            let ethertype = u16::from_be_bytes([*high, *low]);
            Passed::new(len + 6, Carried::Ethertype(ethertype))
        }
        // Bridged, with the frame's check sequence and without.
        [0x80, 0, 0x80, 0xc2, 0, kind @ (1 | 7), ..] => Passed {
            trailer: if *kind == 1 { 4 } else { 0 },
            ..Passed::new(len + 6, Carried::Frame)
        },
        _ => Passed::NOTHING,
    })
}

/// Addresses, perhaps an offset, the protocol at `at`; RFC 1201's have a split flag and a number behind it.
fn arcnet(data: &[u8], at: usize) -> Read {
    let protocol = *data.get(at).ok_or(at + 1)?;
    let exception = data.get(at + 1) == Some(&ARCNET_EXCEPTION);
    let flag = at + if exception { 5 } else { 1 };
    let ethertype = match protocol {
        ARCNET_IP_PLAIN => return Ok(Passed::new(at + 1, Carried::Ip)),
        ARCNET_IP => EtherType::IPV4,
        ARCNET_IPV6 => EtherType::IPV6,
        ARCNET_ARP => EtherType::ARP,
        _ => return Ok(Passed::NOTHING),
    };
    Ok(match data.get(flag).ok_or(flag + 3)? {
        // In one piece.
        0 => Passed::new(flag + 3, Carried::Ethertype(ethertype.0)),
        _ => Passed::NOTHING,
    })
}

/// Family, version, group; then attributes, each with its length and kind in the writer's byte order, filled up to four bytes.
fn nflog(data: &[u8]) -> Read {
    let mut at = 4;
    while let Some(&[a, b, c, d]) = data.get(at..).and_then(|rest| rest.first_chunk()) {
        let len = usize::from(u16::from_le_bytes([a, b]));
        if u16::from_le_bytes([c, d]) == NFLOG_PAYLOAD {
            return Ok(Passed {
                bound: Some(at + len.max(4)),
                ..Passed::new(at + 4, Carried::Ip)
            });
        }
        if len < 4 {
            return Ok(Passed::NOTHING);
        }
        at += len.next_multiple_of(4);
    }
    Err(at + 4)
}
