//! Link headers and what may stand between them and IP.

use super::super::{ethertype_name, gre, names};
use super::{Dissect, Layer, Meaning, NextLayer, passed};
use crate::model::LinkType;

/// The link header, by the capture's link type.
pub(super) fn first(d: &mut Dissect<'_>, link: LinkType) -> Option<NextLayer> {
    match link {
        LinkType::ETHERNET => ethernet(d),
        LinkType::RAW | LinkType::IPV4 | LinkType::IPV6 | LinkType(12 | 14) => Some(NextLayer::Ip),
        LinkType::LINUX_SLL => cooked(d),
        LinkType::LINUX_SLL2 => cooked2(d),
        LinkType::NULL | LinkType::LOOP => loopback(d),
        LinkType(9 | 50) => ppp(d),
        LinkType(104) => hdlc(d),
        _ => passed::rare_link(d, link),
    }
}

pub(super) fn ethernet(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.enter(Layer::Ethernet)?;
    d.mac("bytes-eth-dst")?;
    d.mac("bytes-eth-src")?;
    let length = d.ahead().first().is_some_and(|byte| *byte < 6);
    if length {
        return Some(NextLayer::Ethertype(d.u16("bytes-eth-length")?));
    }
    ethertype(d, "bytes-eth-type")
}

fn ethertype(d: &mut Dissect<'_>, name: &'static str) -> Option<NextLayer> {
    let ethertype = d.hex16(name)?;
    d.follows(ethertype_name(ethertype));
    Some(NextLayer::Ethertype(ethertype))
}

/// What a header with an ethertype carries.
pub(super) fn by_ethertype(d: &mut Dissect<'_>, number: u16) -> Option<NextLayer> {
    match number {
        0x0800 | 0x86dd => Some(NextLayer::Ip),
        0x0806 => arp(d),
        0x8100 | 0x88a8 | 0x9100 => {
            d.enter(Layer::Vlan)?;
            d.number("bytes-vlan-priority", 3)?;
            d.flag("bytes-vlan-drop")?;
            d.number("bytes-vlan-id", 12)?;
            ethertype(d, "bytes-vlan-type")
        }
        0x8847 | 0x8848 => mpls(d),
        0x8864 => pppoe(d),
        0x6558 => ethernet(d),
        0..0x600 => llc(d),
        _ => passed::bridge(d, number),
    }
}

pub(super) fn llc(d: &mut Dissect<'_>) -> Option<NextLayer> {
    let snap = matches!(*d.ahead(), [0xaa, 0xaa, 3, 0, 0, 0 | 0xf8, ..]);
    let ip = d.ahead().starts_with(&[6, 6, 3]);
    if !snap && !ip {
        return Some(NextLayer::Done);
    }
    d.enter(Layer::Llc)?;
    d.hex("bytes-llc-dsap", 8)?;
    d.hex("bytes-llc-ssap", 8)?;
    d.hex("bytes-llc-control", 8)?;
    if ip {
        return Some(NextLayer::Ip);
    }
    d.hex("bytes-llc-organisation", 24)?;
    match ethertype(d, "bytes-eth-type")? {
        NextLayer::Ethertype(0..0x600) => Some(NextLayer::Done),
        next => Some(next),
    }
}

fn cooked(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.enter(Layer::Cooked)?;
    let way = d.u16("bytes-sll-packet-type")?;
    packet_type(d, way);
    d.u16("bytes-sll-hardware")?;
    d.u16("bytes-sll-address-length")?;
    d.span("bytes-sll-address", 8)?;
    ethertype(d, "bytes-sll-protocol")
}

fn cooked2(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.enter(Layer::Cooked)?;
    let protocol = d.hex16("bytes-sll-protocol")?;
    d.follows(ethertype_name(protocol));
    d.number("bytes-reserved", 16)?;
    d.number("bytes-sll-interface", 32)?;
    d.u16("bytes-sll-hardware")?;
    let way = d.narrow("bytes-sll-packet-type", 8)?;
    packet_type(d, way);
    d.number("bytes-sll-address-length", 8)?;
    d.span("bytes-sll-address", 8)?;
    Some(NextLayer::Ethertype(protocol))
}

/// Which way a cooked packet went (include/uapi/linux/if_packet.h).
fn packet_type(d: &mut Dissect<'_>, way: u16) {
    d.means(Meaning::new(match way {
        0 => "bytes-means-sll-to-us",
        1 => "bytes-means-sll-broadcast",
        2 => "bytes-means-sll-multicast",
        3 => "bytes-means-sll-to-others",
        4 => "bytes-means-sll-from-us",
        _ => return,
    }));
}

fn loopback(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.enter(Layer::Loopback)?;
    let raw: u32 = d.narrow("bytes-null-family", 32)?;
    let family = raw.min(raw.swap_bytes());
    d.show(family.to_string());
    match family {
        2 => d.follows(Some("IPv4")),
        10 | 24 | 28 | 30 => d.follows(Some("IPv6")),
        _ => return Some(NextLayer::Done),
    }
    Some(NextLayer::Ip)
}

fn hdlc(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.enter(Layer::Ppp)?;
    d.hex("bytes-ppp-address", 8)?;
    d.hex("bytes-ppp-control", 8)?;
    ethertype(d, "bytes-ppp-protocol")
}

/// A PPPoE session's header, whose length bounds what follows.
pub(super) fn pppoe(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.enter(Layer::Ppp)?;
    d.hex("bytes-ppp-version", 8)?;
    d.hex("bytes-ppp-code", 8)?;
    d.hex("bytes-ppp-session", 16)?;
    let len = usize::from(d.u16("bytes-ppp-length")?);
    d.end = d.end.min(d.place() + len);
    ppp(d)
}

pub(super) fn ppp(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.enter(Layer::Ppp)?;
    if let [0xff | 0x0f, 0x03 | 0x00, ..] = d.ahead() {
        d.hex("bytes-ppp-address", 8)?;
        d.hex("bytes-ppp-control", 8)?;
    }
    let short = d.ahead().first().is_some_and(|byte| byte & 1 == 1);
    let protocol = d.hex("bytes-ppp-protocol", if short { 8 } else { 16 })?;
    match protocol {
        0x0021 | 0x0800 => d.follows(Some("IPv4")),
        0x0057 | 0x86dd => d.follows(Some("IPv6")),
        0x0281 => {
            d.follows(Some("MPLS"));
            return mpls(d);
        }
        _ => return Some(NextLayer::Done),
    }
    Some(NextLayer::Ip)
}

pub(super) fn mpls(d: &mut Dissect<'_>) -> Option<NextLayer> {
    loop {
        d.enter(Layer::Mpls)?;
        d.number("bytes-mpls-label", 20)?;
        d.number("bytes-mpls-class", 3)?;
        let bottom = d.flag("bytes-mpls-bottom")?;
        d.number("bytes-mpls-ttl", 8)?;
        if bottom {
            break;
        }
    }
    match d.ahead().first().map(|byte| byte >> 4) {
        Some(4 | 6) => Some(NextLayer::Ip),
        Some(0) => {
            d.span("bytes-mpls-control", 4)?;
            ethernet(d)
        }
        _ => Some(NextLayer::Done),
    }
}

/// GRE, inside IP.
pub(super) fn gre(d: &mut Dissect<'_>) -> Option<NextLayer> {
    let key = d.ahead().get(4..6);
    let key = key.map(|half| u16::from_be_bytes([half[0], half[1]]));
    d.enter(Layer::Gre)?;
    let flags: u16 = d.hex("bytes-gre-flags", 16)?.try_into().ok()?;
    let protocol: u16 = d.hex("bytes-gre-protocol", 16)?.try_into().ok()?;
    d.follows(ethertype_name(protocol));
    if gre::header_len(flags, protocol).is_none() {
        return Some(NextLayer::Done);
    }
    let version = flags & 7;
    if version == 0 && flags & gre::CHECKSUM != 0 {
        d.hex("bytes-checksum", 16)?;
        d.number("bytes-reserved", 16)?;
    }
    if flags & gre::KEY != 0 {
        d.hex("bytes-gre-key", 32)?;
    }
    if flags & gre::SEQUENCE != 0 {
        d.number("bytes-gre-seq", 32)?;
    }
    if version == 1 && flags & gre::ACK != 0 {
        d.number("bytes-gre-ack", 32)?;
    }
    passed::gre(d, flags, protocol, key.filter(|_| flags & gre::KEY != 0))
}

fn arp(d: &mut Dissect<'_>) -> Option<NextLayer> {
    if d.ahead().get(4..6) != Some(&[6, 4]) {
        return Some(NextLayer::Done);
    }
    d.enter(Layer::Arp)?;
    d.u16("bytes-arp-hardware")?;
    let protocol = d.hex16("bytes-arp-protocol")?;
    if let Some(name) = names::ethertype_name(protocol) {
        d.means(Meaning::new("bytes-means-arp-protocol").text("name", name));
    }
    d.number("bytes-arp-hardware-length", 8)?;
    d.number("bytes-arp-protocol-length", 8)?;
    match d.u16("bytes-arp-operation")? {
        1 => d.means(Meaning::new("bytes-means-arp-request")),
        2 => d.means(Meaning::new("bytes-means-arp-reply")),
        _ => {}
    }
    d.mac("bytes-arp-sender-mac")?;
    d.ipv4_address("bytes-arp-sender")?;
    if d.mac("bytes-arp-target-mac")? == [0; 6] {
        d.means(Meaning::new("bytes-means-arp-unknown"));
    }
    d.ipv4_address("bytes-arp-target")?;
    // An Ethernet frame is filled up to 60 bytes behind the message's 28.
    d.end = d.place();
    Some(NextLayer::Done)
}
