//! What IP carries: TCP, UDP, ICMP; or another packet.

use std::net::IpAddr;

use etherparse::{Icmpv4Slice, Icmpv6Slice, IpNumber, TcpHeaderSlice, UdpHeaderSlice};

use super::options::{TcpOptions, ordinary};
use super::packet::{Body, Icmp, Packet, Tcp, TcpFlags, TcpOption, Udp};
use super::{MAX_TUNNELS, NextHeader, Walk, be16, gre, link, network, overlay};
use crate::model::number::count32;
use crate::model::{Endpoint, Seq};

/// RFC 3378 and RFC 4023, by their protocol numbers.
const ETHER_IP: IpNumber = IpNumber(97);
const MPLS_IN_IP: IpNumber = IpNumber(137);

/// Goes on behind an IP header.
#[inline]
pub(super) fn by_protocol(walk: &mut Walk<'_, '_>, protocol: u8) -> NextHeader {
    match IpNumber(protocol) {
        IpNumber::TCP => tcp(walk),
        IpNumber::UDP => udp(walk),
        IpNumber::ICMP => icmp(walk, false),
        IpNumber::IPV6_ICMP => icmp(walk, true),
        IpNumber::IPV4 => tunnel(walk, protocol, network::ipv4_announced),
        IpNumber::IPV6 => tunnel(walk, protocol, network::ipv6_announced),
        IpNumber::GRE => tunnel(walk, protocol, gre::gre),
        ETHER_IP => tunnel(walk, protocol, ether_ip),
        MPLS_IN_IP => tunnel(walk, protocol, |_| NextHeader::Ethertype(0x8847)),
        _ => other(walk, protocol),
    }
}

/// A frame in IP (RFC 3378): version 3, twelve reserved bits.
fn ether_ip(walk: &mut Walk<'_, '_>) -> NextHeader {
    match walk.rest().first() {
        Some(version) if version >> 4 == 3 => {
            walk.at += 2;
            link::ethernet(walk)
        }
        _ => NextHeader::Done,
    }
}

fn other(walk: &mut Walk<'_, '_>, protocol: u8) -> NextHeader {
    walk.packet.body = Body::OtherIp(protocol);
    NextHeader::Done
}

/// Another packet inside this one. The body stays this protocol's number unless something is read in there.
fn tunnel(
    walk: &mut Walk<'_, '_>,
    protocol: u8,
    enter: fn(&mut Walk<'_, '_>) -> NextHeader,
) -> NextHeader {
    walk.packet.body = Body::OtherIp(protocol);
    if walk.packet.tunnels >= MAX_TUNNELS {
        walk.problem("tunnels-too-deep", 0, 0);
        return NextHeader::Done;
    }
    walk.packet.tunnels += 1;
    enter(walk)
}

#[inline]
pub(super) fn tcp(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let claimed = walk.claimed();
    let Ok(header) = TcpHeaderSlice::from_slice(data) else {
        return tcp_bad(walk, data);
    };
    let header_len = header.slice().len();
    let options = &data[20..header_len];
    if !ordinary(options)
        && let Some((needed, had)) = malformed(options)
    {
        walk.problem("tcp-options-malformed", needed, had);
    }
    walk.packet.body = Body::Tcp(Tcp {
        header_len: u8::try_from(header_len).unwrap_or(u8::MAX),
        options,
        len: count32(claimed - header_len),
        payload: &data[header_len..],
        ..fixed(&header)
    });
    NextHeader::Done
}

/// The fields of the fixed part; the rest is empty.
#[inline]
fn fixed<'a>(header: &TcpHeaderSlice<'_>) -> Tcp<'a> {
    let bytes = header.slice();
    Tcp {
        sport: header.source_port(),
        dport: header.destination_port(),
        seq: Seq(header.sequence_number()),
        ack: Seq(header.acknowledgment_number()),
        flags: TcpFlags::from_bits_retain(u16::from_be_bytes([bytes[12], bytes[13]]) & 0xfff),
        window: header.window_size(),
        checksum: header.checksum(),
        urgent: header.urgent_pointer(),
        header_len: 0,
        options: &[],
        len: 0,
        payload: &[],
    }
}

/// A TCP header that is not whole, or claims an impossible length. What of the fixed part is there is told, from
/// the window on backwards (without it nothing can be followed); what is missing behind that is 0.
#[cold]
fn tcp_bad<'a>(walk: &mut Walk<'_, 'a>, data: &'a [u8]) -> NextHeader {
    if data.len() < 16 {
        return walk.cut("tcp-header-cut", 20);
    }
    let header_len = usize::from(data[12] >> 4) * 4;
    let claimed = walk.claimed();
    if header_len < 20 {
        walk.problem("tcp-header-length", 20, header_len);
    } else if header_len > claimed {
        walk.problem("tcp-header-long", header_len, claimed);
    } else {
        walk.problem("tcp-header-cut", header_len, data.len());
    }
    let mut plain = [0; 20];
    let there = data.len().min(20);
    plain[..there].copy_from_slice(&data[..there]);
    plain[12] = 0x50 | (plain[12] & 0x0f);
    if let Ok(header) = TcpHeaderSlice::from_slice(&plain) {
        let end = header_len.clamp(there, data.len());
        walk.packet.body = Body::Tcp(Tcp {
            header_len: u8::try_from(header_len).unwrap_or(u8::MAX),
            options: &data[there..end],
            len: count32(claimed.saturating_sub(header_len.max(20))),
            ..fixed(&header)
        });
    }
    NextHeader::Done
}

/// An option whose length does not fit: what it claims and what there was.
fn malformed(options: &[u8]) -> Option<(usize, usize)> {
    TcpOptions::new(options).find_map(|option| match option {
        TcpOption::Malformed(_, claims) => Some((usize::from(claims), options.len())),
        _ => None,
    })
}

#[inline]
pub(super) fn udp(walk: &mut Walk<'_, '_>) -> NextHeader {
    let data = walk.rest();
    let claimed = walk.claimed();
    let Ok(header) = UdpHeaderSlice::from_slice(data) else {
        return walk.cut("udp-header-cut", 8);
    };
    // 0: a jumbogram's (RFC 2675 §4), or captured before the hardware cut it into datagrams.
    let length = match usize::from(header.length()) {
        0 => claimed,
        length => length,
    };
    if length < 8 || length > claimed {
        walk.problem("udp-length", length, claimed);
    }
    let end = length.clamp(8, data.len());
    walk.packet.body = Body::Udp(Udp {
        sport: header.source_port(),
        dport: header.destination_port(),
        checksum: header.checksum(),
        len: count32(length.saturating_sub(8)),
        payload: &data[8..end],
    });
    let (sport, dport) = (header.source_port(), header.destination_port());
    walk.at += 8;
    overlay::inside(walk, sport, dport, length.saturating_sub(8))
}

fn icmp(walk: &mut Walk<'_, '_>, v6: bool) -> NextHeader {
    let data = walk.rest();
    let read = if v6 {
        Icmpv6Slice::from_slice(data)
            .map(|i| (i.type_u8(), i.code_u8(), i.checksum(), i.bytes5to8()))
    } else {
        Icmpv4Slice::from_slice(data)
            .map(|i| (i.type_u8(), i.code_u8(), i.checksum(), i.bytes5to8()))
    };
    let (kind, code, checksum, rest) = match read {
        Ok(fields) => fields,
        Err(why) => return walk.cut("icmp-cut", why.required_len),
    };
    let payload = &data[8..];
    let is_error = if v6 {
        matches!(kind, 1..=4)
    } else {
        matches!(kind, 3 | 4 | 5 | 11 | 12)
    };
    walk.packet.body = Body::Icmp(Icmp {
        v6,
        kind,
        code,
        checksum,
        rest,
        payload,
        quoted: if is_error { quoted(payload) } else { None },
    });
    NextHeader::Done
}

/// The flow of the packet that an ICMP error quotes: its IP header and at least the eight bytes after it
/// (RFC 792, RFC 4443 §2.4), which hold the ports of TCP, UDP and SCTP. Without ports they are 0.
fn quoted(payload: &[u8]) -> Option<(u8, Endpoint, Endpoint)> {
    let mut packet = Packet::default();
    let mut inner = Walk {
        bytes: payload,
        at: 0,
        // The quoted packet was longer than its quotation.
        end: payload.len() + 0x1_0000,
        packet: &mut packet,
    };
    let _ = network::ip(&mut inner);
    let ip = packet.ip?;
    let ports = matches!(
        IpNumber(ip.protocol),
        IpNumber::TCP | IpNumber::UDP | IpNumber::SCTP
    ) && ip.fragment.is_none_or(|fragment| fragment.offset == 0);
    let port = |at| be16(ip.payload, at).filter(|_| ports).unwrap_or_default();
    let end = |addr: IpAddr, at| Endpoint::new(addr, port(at));
    Some((ip.protocol, end(ip.src, 0), end(ip.dst, 2)))
}
