//! Link types that are seldom met, each to the first header that is known elsewhere (tcpdump.org/linktypes.html).

use etherparse::EtherType;

use super::{NextHeader, Walk, be16, encapsulation, link, wireless};
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
    match link.0 {
        6 => token_ring(walk),
        7 => arcnet(walk, 2),
        10 => fddi(walk),
        51 => encapsulation::pppoe(walk),
        105 => wireless::frame(walk, false),
        107 => frame_relay(walk),
        // IPsec's "enc": family, number of the association, flags.
        109 => packet_behind(walk, 12),
        117 => match walk.rest().first() {
            // PF's log: the length, without what fills it up to four bytes.
            Some(len) => packet_behind(walk, usize::from(*len).next_multiple_of(4)),
            None => walk.cut("link-cut", 1),
        },
        119 | 163 => wireless::monitored(walk),
        127 => wireless::radiotap(walk),
        // As BSD's, with two bytes of offset before the protocol.
        129 => arcnet(walk, 4),
        192 => wireless::per_packet(walk),
        // One byte that says which way it went.
        204 => {
            walk.at += 1;
            encapsulation::ppp(walk)
        }
        219 => NextHeader::Ethertype(0x8847),
        239 => nflog(walk),
        _ => NextHeader::Done,
    }
}

fn packet_behind(walk: &mut Walk<'_, '_>, len: usize) -> NextHeader {
    walk.at += len;
    NextHeader::Ip
}

/// LLC behind a header of `len` bytes.
fn llc_behind(walk: &mut Walk<'_, '_>, len: usize) -> NextHeader {
    walk.at += len;
    encapsulation::llc_of_the_rest(walk)
}

/// Access and frame control, addresses; a route where the source address says so, which begins with its length.
fn token_ring(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let Some(header) = data.first_chunk::<14>() else {
        return walk.cut("link-cut", 14);
    };
    if header[1] & 0xc0 != 0x40 {
        return NextHeader::Done;
    }
    let route = match data.get(14) {
        Some(route) if header[8] & 0x80 != 0 => usize::from(route & 0x1f),
        _ => 0,
    };
    llc_behind(walk, 14 + route)
}

/// Frame control and addresses; LLC in asynchronous frames.
fn fddi(walk: &mut Walk<'_, '_>) -> NextHeader {
    match walk.rest() {
        [control, ..] if control & 0xf0 == 0x50 => llc_behind(walk, 13),
        [] => walk.cut("link-cut", 13),
        _ => NextHeader::Done,
    }
}

/// RFC 2427: an address whose last byte has its lowest bit set, a control byte, the number of what follows. Cisco writes an
/// ethertype behind the address instead.
fn frame_relay(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let address = data.iter().take(4).position(|byte| byte & 1 == 1);
    let Some(mut len) = address.map(|last| last + 1) else {
        return walk.cut("link-cut", 4);
    };
    if data.get(len) != Some(&3) {
        let Some(ethertype) = be16(data, len) else {
            return walk.cut("link-cut", len + 2);
        };
        walk.at += len + 2;
        return NextHeader::Ethertype(ethertype);
    }
    len += 1;
    if data.get(len) == Some(&0) {
        len += 1;
    }
    match data.get(len..).unwrap_or_default() {
        [0xcc | 0x8e, ..] => packet_behind(walk, len + 1),
        [0x80, 0, 0, 0, high, low, ..] => {
            walk.at += len + 6;
            NextHeader::Ethertype(u16::from_be_bytes([*high, *low]))
        }
        // Bridged, with the frame's check sequence and without.
        [0x80, 0, 0x80, 0xc2, 0, kind @ (1 | 7), ..] => {
            walk.at += len + 6;
            walk.end = walk.end.saturating_sub(if *kind == 1 { 4 } else { 0 });
            link::ethernet(walk)
        }
        _ => NextHeader::Done,
    }
}

/// Addresses, perhaps an offset, the protocol at `at`; RFC 1201's have a split flag and a number behind it.
fn arcnet(walk: &mut Walk<'_, '_>, at: usize) -> NextHeader {
    let data = walk.rest();
    let Some(&protocol) = data.get(at) else {
        return walk.cut("link-cut", at + 1);
    };
    let exception = data.get(at + 1) == Some(&ARCNET_EXCEPTION);
    let flag = at + if exception { 5 } else { 1 };
    let ethertype = match protocol {
        ARCNET_IP_PLAIN => return packet_behind(walk, at + 1),
        ARCNET_IP => EtherType::IPV4,
        ARCNET_IPV6 => EtherType::IPV6,
        ARCNET_ARP => EtherType::ARP,
        _ => return NextHeader::Done,
    };
    match data.get(flag) {
        // In one piece.
        Some(0) => {
            walk.at += flag + 3;
            NextHeader::Ethertype(ethertype.0)
        }
        Some(_) => NextHeader::Done,
        None => walk.cut("link-cut", flag + 3),
    }
}

/// Family, version, group; then attributes, each with its length and kind in the writer's byte order, filled up to four bytes.
fn nflog(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let mut at = 4;
    while let Some(&[a, b, c, d]) = data.get(at..).and_then(|rest| rest.first_chunk()) {
        let len = usize::from(u16::from_le_bytes([a, b]));
        if u16::from_le_bytes([c, d]) == NFLOG_PAYLOAD {
            walk.at += at + 4;
            walk.end = walk.end.min(walk.at + len.saturating_sub(4));
            return NextHeader::Ip;
        }
        if len < 4 {
            return NextHeader::Done;
        }
        at += len.next_multiple_of(4);
    }
    walk.cut("link-cut", at + 4)
}
