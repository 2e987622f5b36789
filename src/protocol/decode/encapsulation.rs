//! What stands between the link header and IP: VLAN tags, LLC and SNAP, MPLS, PPP and PPPoE.

use etherparse::{ArpPacketSlice, EtherType, SingleVlanHeaderSlice};

use super::bridge::other;
use super::packet::{Arp, Body};
use super::{NextHeader, Walk, bridge, network};

const MPLS: EtherType = EtherType(0x8847);
const MPLS_MULTICAST: EtherType = EtherType(0x8848);
const PPPOE_SESSION: EtherType = EtherType(0x8864);
/// "Transparent Ethernet bridging", a whole frame inside GRE (RFC 1701, IANA's ethertype list).
const BRIDGED: EtherType = EtherType(0x6558);

/// Goes on behind a header that named an ethertype.
#[inline]
pub(super) fn by_ethertype(walk: &mut Walk<'_, '_>, ethertype: u16) -> NextHeader {
    match EtherType(ethertype) {
        EtherType::IPV4 => network::ipv4_announced(walk),
        EtherType::IPV6 => network::ipv6_announced(walk),
        EtherType::ARP => arp(walk),
        EtherType::VLAN_TAGGED_FRAME
        | EtherType::PROVIDER_BRIDGING
        | EtherType::VLAN_DOUBLE_TAGGED_FRAME => vlan(walk),
        MPLS | MPLS_MULTICAST => mpls(walk),
        PPPOE_SESSION => pppoe(walk),
        BRIDGED => super::link::ethernet(walk),
        // 802.3 gives a length here; so do "cooked" captures with 4 (LLC) or 1 (802.3 raw).
        EtherType(0..0x600) => llc(walk, ethertype),
        _ => bridge::by_ethertype(walk, ethertype),
    }
}

/// An 802.1Q or 802.1ad tag. The ids of the two outermost are kept.
fn vlan(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Ok(tag) = SingleVlanHeaderSlice::from_slice(walk.rest()) else {
        return walk.cut("vlan-cut", 4);
    };
    let EtherType(ethertype) = tag.ether_type();
    if let Some(ether) = &mut walk.packet.ether {
        ether.ethertype = ethertype;
        if let Some(free) = ether.vlans.iter_mut().find(|id| **id == 0) {
            *free = tag.vlan_identifier().value();
        }
    }
    walk.at += 4;
    NextHeader::Ethertype(ethertype)
}

/// LLC behind a header that does not say its length as 802.3's does.
pub(super) fn llc_of_the_rest(walk: &mut Walk<'_, '_>) -> NextHeader {
    let length = u16::try_from(walk.claimed()).unwrap_or(u16::MAX);
    llc(walk, length.min(0x5ff))
}

/// IEEE 802.2: SNAP with an ethertype (RFC 1042), or IP by its own service access point.
fn llc(walk: &mut Walk<'_, '_>, length: u16) -> NextHeader {
    match *walk.rest() {
        [0xaa, 0xaa, 0x03, 0, 0, 0 | 0xf8, high, low, ..] => {
            walk.at += 8;
            let ethertype = u16::from_be_bytes([high, low]);
            if let Some(ether) = &mut walk.packet.ether {
                ether.ethertype = ethertype;
            }
            if ethertype < 0x600 {
                return other(walk, ethertype);
            }
            NextHeader::Ethertype(ethertype)
        }
        [0x06, 0x06, 0x03, ..] => {
            walk.at += 3;
            NextHeader::Ip
        }
        _ => other(walk, length),
    }
}

/// MPLS labels (RFC 3032 §2.1) to the bottom of the stack. What lies below is not named: an IP version nibble
/// tells IP, a zero nibble is a pseudowire's control word (RFC 4385) before an Ethernet frame.
fn mpls(walk: &mut Walk<'_, '_>) -> NextHeader {
    loop {
        let Some(label) = walk.rest().first_chunk::<4>() else {
            return walk.cut("mpls-cut", 4);
        };
        walk.at += 4;
        if label[2] & 1 == 1 {
            break;
        }
    }
    match walk.rest().first().map(|byte| byte >> 4) {
        Some(4 | 6) => NextHeader::Ip,
        Some(0) => {
            walk.at += 4;
            super::link::ethernet(walk)
        }
        _ => other(walk, MPLS.0),
    }
}

/// A session's header (RFC 2516 §4): version and type, code, session, the length of the PPP that follows.
pub(super) fn pppoe(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Some(&[_, _, _, _, high, low]) = walk.rest().first_chunk::<6>() else {
        return walk.cut("ppp-cut", 6);
    };
    let len = usize::from(u16::from_be_bytes([high, low]));
    let room = walk.claimed() - 6;
    if len > room {
        walk.problem("pppoe-length", len, room);
    }
    walk.at += 6;
    walk.end = walk.end.min(walk.at + len);
    ppp(walk)
}

pub(super) fn ppp(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Some((len, protocol)) = ppp_protocol(walk.rest()) else {
        return walk.cut("ppp-cut", 2);
    };
    walk.at += len;
    match protocol {
        0x0021 | 0x0800 => network::ipv4_announced(walk),
        0x0057 | 0x86dd => network::ipv6_announced(walk),
        0x0281 => mpls(walk),
        _ => NextHeader::Done,
    }
}

/// PPP's protocol field (RFC 1661 §2) and where its payload begins, with HDLC's address and control bytes before it or not; an
/// odd first byte is the whole field (compressed).
#[inline]
pub(super) fn ppp_protocol(data: &[u8]) -> Option<(usize, u16)> {
    let (begins, field) = match data {
        [0xff | 0x0f, 0x03 | 0x00, field @ ..] => (2, field),
        field => (0, field),
    };
    match *field {
        [byte, ..] if byte & 1 == 1 => Some((begins + 1, u16::from(byte))),
        [high, low, ..] => Some((begins + 2, u16::from_be_bytes([high, low]))),
        _ => None,
    }
}

/// ARP for IPv4 over Ethernet (RFC 826); other kinds stay an ethertype.
fn arp(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Ok(arp) = ArpPacketSlice::from_slice(walk.rest()) else {
        walk.packet.body = Body::OtherEther(EtherType::ARP.0);
        return walk.cut("arp-cut", 28);
    };
    let fields = (
        <[u8; 6]>::try_from(arp.sender_hw_addr()),
        <[u8; 4]>::try_from(arp.sender_protocol_addr()),
        <[u8; 6]>::try_from(arp.target_hw_addr()),
        <[u8; 4]>::try_from(arp.target_protocol_addr()),
    );
    walk.packet.body = match fields {
        (Ok(sender_mac), Ok(sender), Ok(target_mac), Ok(target)) => Body::Arp(Arp {
            operation: arp.operation().0,
            sender_mac,
            sender: sender.into(),
            target_mac,
            target: target.into(),
        }),
        _ => Body::OtherEther(EtherType::ARP.0),
    };
    NextHeader::Done
}
