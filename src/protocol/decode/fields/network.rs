//! IPv4, IPv6, and what they carry.

use std::net::Ipv6Addr;

use super::super::checksum::{fold, sum};
use super::super::{Checksum, protocol_name};
use super::{Dissect, Layer, Meaning, NextLayer, icmp, link, passed, tcp};
use crate::model::number::signed;

/// An IP header of the version that its first nibble says.
pub(super) fn ip(d: &mut Dissect<'_>) -> Option<NextLayer> {
    match d.ahead().first().map(|byte| byte >> 4) {
        Some(4) => ipv4(d),
        Some(6) => ipv6(d),
        Some(_) => Some(NextLayer::Done),
        None => None,
    }
}

/// What an IP header carries.
pub(super) fn by_protocol(d: &mut Dissect<'_>, protocol: u8) -> Option<NextLayer> {
    match protocol {
        1 => icmp::icmp(d),
        4 | 41 => Some(NextLayer::Ip),
        6 => tcp::tcp(d),
        17 => udp(d),
        47 => link::gre(d),
        58 => icmp::icmpv6(d),
        97 => passed::ether_ip(d),
        137 => link::mpls(d),
        _ => Some(NextLayer::Done),
    }
}

/// ECN's two bits (RFC 3168 §5).
fn ecn(d: &mut Dissect<'_>) -> Option<()> {
    let ecn = d.number("bytes-ip-ecn", 2)?;
    d.means(Meaning::new(match ecn {
        0 => "bytes-means-ecn-not",
        3 => "bytes-means-ecn-congested",
        _ => "bytes-means-ecn-capable",
    }));
    Some(())
}

fn protocol(d: &mut Dissect<'_>, name: &'static str) -> Option<u8> {
    let protocol = d.narrow(name, 8)?;
    d.follows(protocol_name(protocol));
    Some(protocol)
}

fn hops(d: &mut Dissect<'_>, name: &'static str) -> Option<()> {
    let hops: u8 = d.narrow(name, 8)?;
    d.means(Meaning::new("bytes-means-ttl").int("hops", i64::from(hops)));
    Some(())
}

pub(super) fn ipv6_address(d: &mut Dissect<'_>, name: &'static str) -> Option<()> {
    let octets: [u8; 16] = d.span(name, 16)?.try_into().ok()?;
    d.show(Ipv6Addr::from(octets).to_string());
    Some(())
}

fn ipv4(d: &mut Dissect<'_>) -> Option<NextLayer> {
    let start = d.place();
    let header = d.ahead();
    d.enter(Layer::Ipv4)?;
    d.number("bytes-ip-version", 4)?;
    let header_words: u8 = d.narrow("bytes-ip-header-length", 4)?;
    let header_len = usize::from(header_words) * 4;
    d.means(Meaning::new("bytes-means-words").int("bytes", signed(header_len)));
    d.hex("bytes-ip-dscp", 6)?;
    ecn(d)?;
    let total = usize::from(d.u16("bytes-ip-total-length")?);
    let carried = signed(total.saturating_sub(header_len));
    if total > 0 {
        let meaning = Meaning::new("bytes-means-header-and-payload");
        d.means(
            meaning
                .int("header", signed(header_len))
                .int("payload", carried),
        );
    } else {
        d.means(Meaning::new("bytes-means-before-segmentation"));
    }
    d.hex("bytes-ip-id", 16)?;
    d.flag("bytes-reserved")?;
    if d.flag("bytes-ip-df")? {
        d.means(Meaning::new("bytes-means-df"));
    }
    let more = d.flag("bytes-ip-mf")?;
    d.means(Meaning::new(if more {
        "bytes-means-mf"
    } else {
        "bytes-means-mf-not"
    }));
    let offset = d.narrow("bytes-ip-fragment-offset", 13)?;
    fragment_offset(d, offset, more);
    hops(d, "bytes-ip-ttl")?;
    let next = protocol(d, "bytes-ip-protocol")?;
    d.hex("bytes-checksum", 16)?;
    if let Some(header) = header.get(..header_len.max(20)) {
        let right = fold(sum(header)) == 0xffff;
        d.verdict(if right {
            Checksum::Right
        } else {
            Checksum::Wrong
        });
    }
    d.ipv4_address("bytes-ip-src")?;
    d.ipv4_address("bytes-ip-dst")?;
    if header_len < 20 {
        return None;
    }
    let whole = start + header_len;
    options(d, whole)?;
    if total > 0 {
        d.end = d.end.min(start + total.max(header_len));
    }
    Some(if offset == 0 && !more {
        NextLayer::Protocol(next)
    } else {
        NextLayer::Done
    })
}

fn fragment_offset(d: &mut Dissect<'_>, offset: u16, more: bool) {
    if offset > 0 || more {
        d.means(Meaning::new("bytes-means-fragment").int("bytes", i64::from(offset) * 8));
    }
}

/// IPv4's options (RFC 791 §3.1): kind, length, and a body.
fn options(d: &mut Dissect<'_>, end: usize) -> Option<()> {
    while d.place() < end {
        let kind = d.number("bytes-option-kind", 8)?;
        let name = match kind {
            0 => "EOL",
            1 => "NOP",
            7 => "RR",
            68 => "TS",
            130 => "SEC",
            131 => "LSRR",
            136 => "SID",
            137 => "SSRR",
            148 => "RA",
            _ => "",
        };
        if !name.is_empty() {
            d.show(name);
        }
        match kind {
            0 => {
                d.rest("bytes-option-padding", end.min(d.end));
                break;
            }
            1 => continue,
            _ => {}
        }
        if d.place() == end {
            break; // the header ends where the length should stand: the next byte is none of the option's
        }
        let len: u8 = d.narrow("bytes-option-length", 8)?;
        let room = end - d.place();
        d.span(
            "bytes-option-body",
            usize::from(len).saturating_sub(2).min(room),
        )?;
    }
    (d.place() == end).then_some(())
}

fn ipv6(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.enter(Layer::Ipv6)?;
    d.number("bytes-ip-version", 4)?;
    d.hex("bytes-ip-dscp", 6)?;
    ecn(d)?;
    d.hex("bytes-ip-flow-label", 20)?;
    let len = usize::from(d.u16("bytes-ip-payload-length")?);
    let mut next = protocol(d, "bytes-ip-next-header")?;
    hops(d, "bytes-ip-hop-limit")?;
    ipv6_address(d, "bytes-ip-src")?;
    ipv6_address(d, "bytes-ip-dst")?;
    let end = d.place() + len;
    if len > 0 || next == 59 {
        d.end = d.end.min(end);
    }
    loop {
        next = match next {
            44 => {
                let following = protocol(d, "bytes-ip-next-header")?;
                d.number("bytes-reserved", 8)?;
                let offset = d.number("bytes-ip-fragment-offset", 13)?;
                d.number("bytes-reserved", 2)?;
                let more = d.flag("bytes-ip-mf")?;
                d.means(Meaning::new(if more {
                    "bytes-means-mf"
                } else {
                    "bytes-means-mf-not"
                }));
                d.hex("bytes-ip-id", 32)?;
                if offset > 0 || more {
                    return Some(NextLayer::Done);
                }
                following
            }
            0 | 43 | 51 | 60 | 135 | 139 | 140 => {
                let following = protocol(d, "bytes-ip-next-header")?;
                let units: u8 = d.narrow("bytes-ip-extension-length", 8)?;
                let units = usize::from(units);
                let body = if next == 51 {
                    units * 4 + 6
                } else {
                    units * 8 + 6
                };
                d.means(Meaning::new("bytes-means-words").int("bytes", signed(body + 2)));
                d.span("bytes-ip-extension", body)?;
                following
            }
            _ => return Some(NextLayer::Protocol(next)),
        }
    }
}

fn udp(d: &mut Dissect<'_>) -> Option<NextLayer> {
    let start = d.place();
    d.enter(Layer::Udp)?;
    let sport = d.u16("bytes-port-src")?;
    let dport = d.u16("bytes-port-dst")?;
    let len = usize::from(d.u16("bytes-udp-length")?);
    if len >= 8 {
        let meaning = Meaning::new("bytes-means-header-and-payload");
        d.means(meaning.int("header", 8).int("payload", signed(len - 8)));
    }
    let checksum = d.hex("bytes-checksum", 16)?;
    if checksum == 0 {
        d.means(Meaning::new("bytes-means-checksum-none"));
    } else {
        d.transport_verdict(start);
    }
    if len >= 8 {
        d.end = d.end.min(start + len);
    }
    passed::overlay(d, sport, dport)
}
