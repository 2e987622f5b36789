//! IPv4 and IPv6 with their options, extension headers and fragments.
//!
//! A layer's length is what its header claims, but never more than the frame had on the link, because what
//! reads captures elsewhere counts the same way. A total length of 0 means that the packet was captured before
//! segmentation offload wrote it: then the frame's length holds.

use std::net::IpAddr;

use etherparse::{
    EtherType, IpAuthHeaderSlice, IpNumber, Ipv4HeaderSlice, Ipv6FragmentHeaderSlice,
    Ipv6HeaderSlice, Ipv6RawExtHeaderSlice,
};

use super::packet::{Body, Fragment, Ip, Problem};
use super::{NextHeader, Walk};
use crate::model::number::count32;

/// IPv4's options that are told apart (RFC 791 §3.1).
const END: u8 = 0;
const NOP: u8 = 1;
const SECURITY: u8 = 130;
/// Option type of a jumbogram's length (RFC 2675 §2).
const JUMBO: u8 = 0xc2;

/// Reads an IP header of the version that its first nibble says.
#[inline]
pub(super) fn ip(walk: &mut Walk<'_, '_>) -> NextHeader {
    match walk.rest().first().map(|byte| byte >> 4) {
        Some(4) => ipv4(walk),
        Some(6) => ipv6(walk),
        Some(_) => {
            walk.problem("ip-version", 0, 0);
            NextHeader::Done
        }
        None => walk.cut("ip-header-cut", 20),
    }
}

/// Reads what was announced as IPv4.
#[inline]
pub(super) fn ipv4_announced(walk: &mut Walk<'_, '_>) -> NextHeader {
    match walk.rest().first().map(|byte| byte >> 4) {
        Some(4) => ipv4(walk),
        found => contradicts(walk, found, EtherType::IPV4),
    }
}

/// Reads what was announced as IPv6.
#[inline]
pub(super) fn ipv6_announced(walk: &mut Walk<'_, '_>) -> NextHeader {
    match walk.rest().first().map(|byte| byte >> 4) {
        Some(6) => ipv6(walk),
        found => contradicts(walk, found, EtherType::IPV6),
    }
}

/// The header before this one named another version of IP: a receiver drops that. As in Wireshark, IPv6 is read all the
/// same where IPv4 was announced, and nothing in the other case.
#[cold]
fn contradicts(walk: &mut Walk<'_, '_>, found: Option<u8>, announced: EtherType) -> NextHeader {
    match found {
        Some(4 | 6) => walk.problem("ip-version-differs", 0, 0),
        _ => return ip(walk),
    }
    if found == Some(6) {
        return ipv6(walk);
    }
    if let Body::Unknown = walk.packet.body {
        walk.packet.body = Body::OtherEther(announced.0);
    }
    NextHeader::Done
}

#[inline]
fn ipv4(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let Ok(header) = Ipv4HeaderSlice::from_slice(data) else {
        return ipv4_bad(walk, data);
    };
    let mut header_len = header.slice().len();
    let refused = header_len > 20 && malformed_options(walk, &data[20..header_len]);
    let total = match usize::from(header.total_len()) {
        0 => walk.claimed(),
        short if short < header_len => {
            walk.problem("ip-length-short", header_len, short);
            header_len
        }
        total => total,
    };
    let mut protocol = header.protocol();
    let offset = u32::from(header.fragments_offset().value()) * 8;
    let more = header.more_fragments();
    let fragment = (offset != 0 || more).then_some(Fragment { offset, more });
    if protocol == IpNumber::AUTHENTICATION_HEADER && fragment.is_none() {
        match IpAuthHeaderSlice::from_slice(data.get(header_len..).unwrap_or_default()) {
            Ok(auth) => {
                protocol = auth.next_header();
                header_len += auth.slice().len();
            }
            Err(_) => walk.problem("ip-extension-cut", 12, data.len() - header_len),
        }
    }
    let claims = total.saturating_sub(header_len);
    finish(
        walk,
        claims,
        Ip {
            src: IpAddr::V4(header.source_addr()),
            dst: IpAddr::V4(header.destination_addr()),
            protocol: protocol.0,
            ttl: header.ttl(),
            traffic_class: header.slice()[1],
            dont_fragment: header.dont_fragment(),
            header_len: u16::try_from(header_len).unwrap_or(u16::MAX),
            payload_len: 0,
            fragment,
            id: u32::from(header.identification()),
            offset: count32(walk.at),
            header: &data[..header_len],
            payload: &[],
        },
        !refused,
    )
}

/// Whether a receiver can't walk the options (RFC 791 §3.1): a length beyond the header, or below that of kind and length; a
/// Security option shorter than any (RFC 1108). It answers with a parameter problem (RFC 1122 §3.2.2.5), and reads no further.
#[cold]
fn malformed_options(walk: &mut Walk<'_, '_>, options: &[u8]) -> bool {
    let mut rest = options;
    loop {
        match *rest {
            [] | [END, ..] => return false,
            [NOP, ref behind @ ..] => rest = behind,
            [kind, ref behind @ ..] => {
                let len = behind.first().copied().map_or(0, usize::from);
                let least = if kind == SECURITY { 3 } else { 2 };
                if len < least || len > rest.len() {
                    let at = 20 + options.len() - rest.len();
                    walk.packet.problems.push(Problem {
                        name: "ip-options-malformed",
                        offset: count32(walk.at + at),
                        needed: count32(len),
                        had: count32(rest.len()),
                    });
                    return true;
                }
                rest = &rest[len..];
            }
        }
    }
}

/// An IPv4 header that etherparse refuses: too short a header length, or cut off. What of the fixed part is there is told.
#[cold]
fn ipv4_bad<'a>(walk: &mut Walk<'_, 'a>, data: &'a [u8]) -> NextHeader {
    let header_len = usize::from(data[0] & 0x0f) * 4;
    if header_len < 20 {
        walk.problem("ip-header-length", 20, header_len);
    } else {
        walk.problem("ip-header-cut", header_len, data.len());
    }
    let mut whole = [0; 60];
    let there = data.len().min(60);
    whole[..there].copy_from_slice(&data[..there]);
    whole[0] |= 5;
    if there >= 20
        && let Ok(header) = Ipv4HeaderSlice::from_slice(&whole)
    {
        walk.packet.ip = Some(Ip {
            src: IpAddr::V4(header.source_addr()),
            dst: IpAddr::V4(header.destination_addr()),
            protocol: header.protocol().0,
            ttl: header.ttl(),
            traffic_class: header.slice()[1],
            dont_fragment: header.dont_fragment(),
            header_len: u16::try_from(header_len).unwrap_or(u16::MAX),
            payload_len: 0,
            fragment: None,
            id: u32::from(header.identification()),
            offset: count32(walk.at),
            header: data,
            payload: &[],
        });
    }
    NextHeader::Done
}

fn ipv6(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let Ok(header) = Ipv6HeaderSlice::from_slice(data) else {
        return walk.cut("ip-header-cut", 40);
    };
    let chain = extensions(walk, data, header.next_header());
    let claims = match (usize::from(header.payload_length()), chain.jumbo) {
        (0, Some(jumbo)) => jumbo as usize + 40,
        (0, None) if header.next_header() != IpNumber::IPV6_NO_NEXT_HEADER => walk.claimed(),
        (len, _) => len + 40,
    };
    let claims = if claims < chain.len {
        walk.problem("ip-length-short", chain.len, claims);
        0
    } else {
        claims - chain.len
    };
    finish(
        walk,
        claims,
        Ip {
            src: IpAddr::V6(header.source_addr()),
            dst: IpAddr::V6(header.destination_addr()),
            protocol: chain.protocol.0,
            ttl: header.hop_limit(),
            traffic_class: header.traffic_class(),
            dont_fragment: false,
            header_len: u16::try_from(chain.len).unwrap_or(u16::MAX),
            payload_len: 0,
            fragment: chain.fragment,
            id: chain.id,
            offset: count32(walk.at),
            header: &data[..chain.len.min(data.len())],
            payload: &[],
        },
        chain.whole,
    )
}

/// What the extension headers of an IPv6 packet come to.
struct Chain {
    /// Length of the header with all of them.
    len: usize,
    /// What follows them.
    protocol: IpNumber,
    fragment: Option<Fragment>,
    id: u32,
    jumbo: Option<u32>,
    /// None was cut off.
    whole: bool,
}

/// Walks the extension headers (RFC 8200 §4) from the end of the fixed header.
#[inline]
fn extensions(walk: &mut Walk<'_, '_>, data: &[u8], first: IpNumber) -> Chain {
    let mut chain = Chain {
        len: 40,
        protocol: first,
        fragment: None,
        id: 0,
        jumbo: None,
        whole: true,
    };
    loop {
        let rest = data.get(chain.len..).unwrap_or_default();
        let (next, len) = match chain.protocol {
            IpNumber::IPV6_FRAGMENTATION_HEADER => {
                let Ok(header) = Ipv6FragmentHeaderSlice::from_slice(rest) else {
                    return chain.cut(walk, 8, rest.len());
                };
                let offset = u32::from(header.fragment_offset().value()) * 8;
                let more = header.more_fragments();
                chain.id = header.identification();
                chain.fragment = (offset != 0 || more).then_some(Fragment { offset, more });
                (header.next_header(), 8)
            }
            IpNumber::AUTHENTICATION_HEADER => {
                let Ok(header) = IpAuthHeaderSlice::from_slice(rest) else {
                    return chain.cut(walk, 12, rest.len());
                };
                (header.next_header(), header.slice().len())
            }
            other if Ipv6RawExtHeaderSlice::header_type_supported(other) => {
                let Ok(header) = Ipv6RawExtHeaderSlice::from_slice(rest) else {
                    return chain.cut(walk, 8, rest.len());
                };
                if other == IpNumber::IPV6_HEADER_HOP_BY_HOP {
                    chain.jumbo = jumbo(header.payload());
                }
                (header.next_header(), header.slice().len())
            }
            _ => return chain,
        };
        chain.len += len;
        chain.protocol = next;
        // What stands behind the header of a later fragment is data, whatever its number says.
        if chain.fragment.is_some_and(|fragment| fragment.offset != 0) {
            return chain;
        }
    }
}

impl Chain {
    fn cut(mut self, walk: &mut Walk<'_, '_>, needed: usize, had: usize) -> Self {
        walk.problem("ip-extension-cut", needed, had);
        self.whole = false;
        self
    }
}

/// The jumbo payload length among hop-by-hop options (RFC 2675 §2).
fn jumbo(mut options: &[u8]) -> Option<u32> {
    loop {
        match *options {
            [0, ref rest @ ..] => options = rest,
            [JUMBO, 4, a, b, c, d, ..] => return Some(u32::from_be_bytes([a, b, c, d])),
            [_, len, ref rest @ ..] => options = rest.get(usize::from(len)..)?,
            _ => return None,
        }
    }
}

/// Sets the payload of `ip` to the `claims` bytes behind its header, as far as the frame has them, and goes in, unless its
/// header is not to be trusted.
#[inline]
fn finish<'a>(walk: &mut Walk<'_, 'a>, claims: usize, mut ip: Ip<'a>, trusted: bool) -> NextHeader {
    let frame_end = walk.end;
    walk.at += usize::from(ip.header_len);
    if claims > frame_end.saturating_sub(walk.at) {
        walk.problem("ip-length-long", claims, frame_end.saturating_sub(walk.at));
    }
    walk.end = frame_end.min(walk.at + claims);
    ip.payload_len = count32(walk.claimed());
    ip.payload = walk.rest();
    let (fragment, protocol) = (ip.fragment.is_some(), ip.protocol);
    walk.packet.ip = Some(ip);
    if !trusted {
        walk.packet.body = Body::OtherIp(protocol);
        return NextHeader::Done;
    }
    if fragment {
        walk.packet.body = Body::Fragment;
        return NextHeader::Done;
    }
    match IpNumber(protocol) {
        IpNumber::TCP => super::transport::tcp(walk),
        IpNumber::UDP => super::transport::udp(walk),
        _ => NextHeader::Protocol(protocol.into()),
    }
}
