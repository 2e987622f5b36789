//! Link headers: how a frame begins, by the link type that the capture states.
//!
//! Numbers and layouts: tcpdump.org/linktypes.html. A link type that is not known here leaves the packet
//! without a body; it is listed and counted, never refused.

use etherparse::{EtherType, Ethernet2HeaderSlice};

use super::packet::Ether;
use super::{NextHeader, Walk, be16, network, rare_link};
use crate::model::LinkType;

/// Length of a Linux "cooked" header, version 1: packet type, ARPHRD, address length, address, protocol.
const SLL_LEN: usize = 16;
/// Version 2: protocol first, then interface index, ARPHRD, packet type, address.
const SLL2_LEN: usize = 20;

/// Reads the link header of a frame.
#[inline]
pub(super) fn first(walk: &mut Walk<'_, '_>, link: LinkType) -> NextHeader {
    match link {
        LinkType::ETHERNET => ethernet(walk),
        // 12 and 14 are what some systems write for raw IP (their DLT_RAW).
        LinkType::RAW | LinkType::IPV4 | LinkType::IPV6 | LinkType(12 | 14) => NextHeader::Ip,
        LinkType::LINUX_SLL => cooked(walk, SLL_LEN, 14),
        LinkType::LINUX_SLL2 => cooked(walk, SLL2_LEN, 0),
        LinkType::NULL | LinkType::LOOP => loopback(walk),
        // PPP, bare or in HDLC-like framing (50); Cisco HDLC (104) has an ethertype where PPP has its protocol.
        LinkType(9 | 50) => super::encapsulation::ppp(walk),
        LinkType(104) => cooked(walk, 4, 2),
        _ => rare_link::first(walk, link),
    }
}

/// Ethernet II or 802.3; also for an Ethernet frame inside a tunnel.
#[inline]
pub(super) fn ethernet(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Ok(header) = Ethernet2HeaderSlice::from_slice(walk.rest()) else {
        return walk.cut("ethernet-cut", 14);
    };
    let EtherType(ethertype) = header.ether_type();
    walk.packet.ether = Some(Ether {
        src: header.source(),
        dst: header.destination(),
        ethertype,
        vlans: [0, 0],
    });
    walk.at += header.slice().len();
    match header.ether_type() {
        EtherType::IPV4 => network::ipv4_announced(walk),
        EtherType::IPV6 => network::ipv6_announced(walk),
        _ => NextHeader::Ethertype(ethertype),
    }
}

/// Headers of a fixed length with an ethertype in it.
fn cooked(walk: &mut Walk<'_, '_>, len: usize, protocol_at: usize) -> NextHeader {
    let data = walk.rest();
    let (Some(protocol), true) = (be16(data, protocol_at), data.len() >= len) else {
        return walk.cut("link-cut", len);
    };
    walk.at += len;
    NextHeader::Ethertype(protocol)
}

/// NULL and LOOP: four bytes of address family, in the byte order of the machine that wrote the file (NULL)
/// or of the network (LOOP). Families are small numbers, so that either order can be told from the bytes; the
/// IP version nibble behind them says the rest (AF_INET6 differs by system: 10, 24, 28, 30).
fn loopback(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Some(family) = walk.rest().first_chunk::<4>() else {
        return walk.cut("link-cut", 4);
    };
    let family = match u32::from_le_bytes(*family) {
        small @ 0..=0xffff => small,
        _ => u32::from_be_bytes(*family),
    };
    walk.at += 4;
    match family {
        2 | 10 | 24 | 28 | 30 => NextHeader::Ip,
        _ => NextHeader::Done,
    }
}
