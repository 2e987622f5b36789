//! ICMP and ICMPv6: types in use by name, the packet that an error quotes, neighbour discovery's options.

use super::{Dissect, Layer, Meaning, NextLayer, network};

pub(super) fn icmp(d: &mut Dissect<'_>) -> Option<NextLayer> {
    let start = d.place();
    d.enter(Layer::Icmp)?;
    let kind = d.number("bytes-icmp-type", 8)?;
    if let Some(key) = match kind {
        0 => Some("bytes-means-icmp-echo-reply"),
        3 => Some("bytes-means-icmp-unreachable"),
        5 => Some("bytes-means-icmp-redirect"),
        8 => Some("bytes-means-icmp-echo-request"),
        11 => Some("bytes-means-icmp-time-exceeded"),
        12 => Some("bytes-means-icmp-parameter"),
        _ => None,
    } {
        d.means(Meaning::new(key));
    }
    let code = d.number("bytes-icmp-code", 8)?;
    if let Some(key) = match (kind, code) {
        (3, 0) => Some("bytes-means-icmp-net"),
        (3, 1) => Some("bytes-means-icmp-host"),
        (3, 2) => Some("bytes-means-icmp-protocol"),
        (3, 3) => Some("bytes-means-icmp-port"),
        (3, 4) => Some("bytes-means-icmp-too-big"),
        (3, 13) => Some("bytes-means-icmp-prohibited"),
        (11, 0) => Some("bytes-means-icmp-hops"),
        (11, 1) => Some("bytes-means-icmp-reassembly"),
        _ => None,
    } {
        d.means(Meaning::new(key));
    }
    d.hex("bytes-checksum", 16)?;
    d.transport_verdict(start);
    match kind {
        0 | 8 => echo(d),
        3 if code == 4 => {
            d.number("bytes-reserved", 16)?;
            d.u16("bytes-icmp-mtu")?;
            Some(quote(d))
        }
        5 => {
            d.ipv4_address("bytes-icmp-gateway")?;
            Some(quote(d))
        }
        3 | 4 | 11 | 12 => {
            d.span("bytes-icmp-unused", 4)?;
            Some(quote(d))
        }
        _ => {
            d.span("bytes-icmp-rest", 4)?;
            Some(NextLayer::Done)
        }
    }
}

pub(super) fn icmpv6(d: &mut Dissect<'_>) -> Option<NextLayer> {
    let start = d.place();
    d.enter(Layer::Icmpv6)?;
    let kind = d.number("bytes-icmp-type", 8)?;
    if let Some(key) = match kind {
        1 => Some("bytes-means-icmp-unreachable"),
        2 => Some("bytes-means-icmp-too-big"),
        3 => Some("bytes-means-icmp-time-exceeded"),
        4 => Some("bytes-means-icmp-parameter"),
        128 => Some("bytes-means-icmp-echo-request"),
        129 => Some("bytes-means-icmp-echo-reply"),
        133 => Some("bytes-means-icmp-router-solicitation"),
        134 => Some("bytes-means-icmp-router-advertisement"),
        135 => Some("bytes-means-icmp-neighbour-solicitation"),
        136 => Some("bytes-means-icmp-neighbour-advertisement"),
        137 => Some("bytes-means-icmp-redirect"),
        _ => None,
    } {
        d.means(Meaning::new(key));
    }
    let code = d.number("bytes-icmp-code", 8)?;
    if let Some(key) = match (kind, code) {
        (1, 0) => Some("bytes-means-icmp-net"),
        (1, 1) => Some("bytes-means-icmp-prohibited"),
        (1, 3) => Some("bytes-means-icmp-host"),
        (1, 4) => Some("bytes-means-icmp-port"),
        (3, 0) => Some("bytes-means-icmp-hops"),
        (3, 1) => Some("bytes-means-icmp-reassembly"),
        _ => None,
    } {
        d.means(Meaning::new(key));
    }
    d.hex("bytes-checksum", 16)?;
    d.transport_verdict(start);
    match kind {
        128 | 129 => echo(d),
        2 => {
            d.number("bytes-icmp-mtu", 32)?;
            Some(quote(d))
        }
        1 | 3 | 4 => {
            d.span("bytes-icmp-unused", 4)?;
            Some(quote(d))
        }
        135 | 136 => neighbour(d),
        133 => {
            d.span("bytes-reserved", 4)?;
            neighbour_options(d)
        }
        134 => {
            d.number("bytes-icmp-hop-limit", 8)?;
            d.hex("bytes-icmp-flags", 8)?;
            d.u16("bytes-icmp-lifetime")?;
            d.number("bytes-icmp-reachable", 32)?;
            d.number("bytes-icmp-retransmit", 32)?;
            neighbour_options(d)
        }
        _ => {
            d.span("bytes-icmp-rest", 4)?;
            Some(NextLayer::Done)
        }
    }
}

fn echo(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.u16("bytes-icmp-id")?;
    d.u16("bytes-icmp-seq")?;
    Some(NextLayer::Done)
}

/// The packet that an error is about follows; what it claims does not bound what is here.
fn quote(d: &mut Dissect<'_>) -> NextLayer {
    if d.quoted {
        return NextLayer::Done;
    }
    d.quoted = true;
    NextLayer::Ip
}

/// A neighbour solicitation or advertisement (RFC 4861 §4.3, §4.4).
fn neighbour(d: &mut Dissect<'_>) -> Option<NextLayer> {
    d.flag("bytes-icmp-router")?;
    d.flag("bytes-icmp-solicited")?;
    d.flag("bytes-icmp-override")?;
    d.number("bytes-reserved", 29)?;
    network::ipv6_address(d, "bytes-icmp-target")?;
    neighbour_options(d)
}

/// Options of neighbour discovery (RFC 4861 §4.6): type, length in units of eight bytes, body.
fn neighbour_options(d: &mut Dissect<'_>) -> Option<NextLayer> {
    while !d.ahead().is_empty() {
        let kind = d.number("bytes-option-kind", 8)?;
        let units: u8 = d.narrow("bytes-option-length", 8)?;
        let len = u16::from(units) * 8;
        d.means(Meaning::new("bytes-means-words").int("bytes", i64::from(len)));
        match (kind, units) {
            (1, 1) => {
                d.mac("bytes-icmp-source-mac")?;
            }
            (2, 1) => {
                d.mac("bytes-icmp-target-mac")?;
            }
            (_, 0) => return None,
            _ => {
                d.span("bytes-option-body", usize::from(len) - 2)?;
            }
        }
    }
    Some(NextLayer::Done)
}
