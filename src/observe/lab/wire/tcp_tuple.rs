//! What of a frame the relay itself must know: which TCP connection it belongs to, so that kernels are asked about it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::model::Endpoint;

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const TCP: u8 = 6;
const UDP: u8 = 17;
/// IPv6's fragment header.
const FRAGMENT: u8 = 44;
/// SYN, FIN or RST: segments that change a state.
const STATE_BITS: u8 = 0b111;

/// A TCP segment's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TcpTuple {
    /// The endpoint that sent it.
    pub source: Endpoint,
    /// The endpoint that it goes to.
    pub destination: Endpoint,
    /// It has SYN, FIN or RST set.
    pub changes_state: bool,
}

/// The TCP segment in an Ethernet frame; none when there is none, or only a later piece of one.
pub(super) fn of_frame(frame: &[u8]) -> Option<TcpTuple> {
    let packet = frame.get(14..)?;
    match u16_at(frame, 12)? {
        IPV4 => tcp_over_ipv4(packet),
        IPV6 => tcp_over_ipv6(packet),
        _ => None,
    }
}

/// There is a UDP datagram in it, or a piece of one.
pub(super) fn is_udp(frame: &[u8]) -> bool {
    let (protocol, fragment) = (frame.get(23), frame.get(20));
    match u16_at(frame, 12) {
        Some(IPV4) => protocol == Some(&UDP),
        Some(IPV6) => matches!(fragment, Some(&UDP | &FRAGMENT)),
        _ => false,
    }
}

fn tcp_over_ipv4(packet: &[u8]) -> Option<TcpTuple> {
    let fragment_offset = u16_at(packet, 6)? & 0x1fff;
    if *packet.get(9)? != TCP || fragment_offset != 0 {
        return None;
    }
    let header = usize::from(packet[0] & 0x0f) * 4;
    let address = |at: usize| {
        let bytes: [u8; 4] = packet.get(at..at + 4)?.try_into().ok()?;
        Some(IpAddr::V4(Ipv4Addr::from(bytes)))
    };
    tuple(address(12)?, address(16)?, packet.get(header..)?)
}

fn tcp_over_ipv6(packet: &[u8]) -> Option<TcpTuple> {
    // The hosts send TCP without extension headers.
    if *packet.get(6)? != TCP {
        return None;
    }
    let address = |at: usize| {
        let bytes: [u8; 16] = packet.get(at..at + 16)?.try_into().ok()?;
        Some(IpAddr::V6(Ipv6Addr::from(bytes)))
    };
    tuple(address(8)?, address(24)?, packet.get(40..)?)
}

fn tuple(source: IpAddr, destination: IpAddr, segment: &[u8]) -> Option<TcpTuple> {
    Some(TcpTuple {
        source: Endpoint::new(source, u16_at(segment, 0)?),
        destination: Endpoint::new(destination, u16_at(segment, 2)?),
        changes_state: segment.get(13)? & STATE_BITS != 0,
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}
