//! A filter of packets in the words of pcap-filter(7), as far as hosts, ports, protocols and TCP flags go.
//!
//! ```text
//! host 10.0.0.1 and not port 22
//! tcp dst port 80 or 443
//! net 192.168.0.0/16 and (udp or icmp)
//! tcp[tcpflags] & (tcp-syn|tcp-fin) != 0
//! ```
//!
//! Left out on purpose: names that would have to be looked up, and bytes at any offset other than TCP's flags.
//! What is asked is asked of the innermost packet, and of a datagram as a whole once its fragments are together.

mod parse;

use std::net::IpAddr;

use crate::protocol::decode::{Body, Packet};
use crate::protocol::follow::Followed;

use super::Mistake;

/// A filter: which packets are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All of these hold.
    All(Vec<Self>),
    /// One of these holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// A host's address: a `/32` or `/128`; a net.
    Net(DirQualifier, IpAddr, u8),
    /// A port, or a range of them, of a protocol or of any that has ports.
    Port(Option<u8>, DirQualifier, u16, u16),
    /// An IP protocol by number.
    Protocol(u8),
    /// IPv4 (4), IPv6 (6).
    Version(u8),
    /// ARP.
    Arp,
    /// A VLAN tag, of this number or any.
    Vlan(Option<u16>),
    /// At least this long on the link.
    Longer(u32),
    /// At most this long.
    Shorter(u32),
    /// TCP flags under a mask: equal to the value, or not.
    Flags {
        /// Which are looked at.
        mask: u8,
        /// What they are compared with.
        value: u8,
        /// They are to be equal.
        equal: bool,
    },
}

/// Whose address or port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirQualifier {
    /// The sender's.
    Source,
    /// The receiver's.
    Destination,
    /// Either's.
    Either,
    /// The sender's and the receiver's.
    Both,
}

impl DirQualifier {
    fn of<T>(self, source: T, destination: T, is: impl Fn(T) -> bool) -> bool {
        match self {
            Self::Source => is(source),
            Self::Destination => is(destination),
            Self::Either => is(source) || is(destination),
            Self::Both => is(source) && is(destination),
        }
    }
}

impl Filter {
    /// Reads a filter; an empty one lets everything through.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        parse::filter(text)
    }

    /// Lets this packet through: of this length on the link, with these fields, followed.
    #[must_use]
    pub fn passes(&self, len: u32, packet: &Packet<'_>, followed: &Followed) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.passes(len, packet, followed)),
            Self::Any(parts) => parts.iter().any(|part| part.passes(len, packet, followed)),
            Self::Not(part) => !part.passes(len, packet, followed),
            Self::Net(side, net, bits) => addresses(packet)
                .is_some_and(|(from, to)| side.of(from, to, |addr| within(addr, *net, *bits))),
            Self::Port(protocol, side, low, high) => {
                let protocol = protocol.is_none_or(|number| carries(packet, number));
                let ends = followed.ends.or_else(|| packet.endpoints());
                protocol
                    && ends.is_some_and(|(from, to)| {
                        side.of(from.port, to.port, |port| (*low..=*high).contains(&port))
                    })
            }
            Self::Protocol(number) => carries(packet, *number),
            Self::Version(version) => packet
                .ip
                .as_ref()
                .is_some_and(|ip| ip.src.is_ipv4() == (*version == 4)),
            Self::Arp => matches!(packet.body, Body::Arp(_)),
            Self::Vlan(id) => packet.ether.is_some_and(|ether| match id {
                Some(id) => ether.vlans.contains(id),
                None => ether.vlans[0] != 0,
            }),
            Self::Longer(least) => len >= *least,
            Self::Shorter(most) => len <= *most,
            Self::Flags { mask, value, equal } => followed.segment.as_ref().is_some_and(|seg| {
                let flags = seg.flags.bits().to_le_bytes()[0];
                (flags & mask == *value) == *equal
            }),
        }
    }
}

fn addresses(packet: &Packet<'_>) -> Option<(IpAddr, IpAddr)> {
    match (&packet.ip, &packet.body) {
        (Some(ip), _) => Some((ip.src, ip.dst)),
        (None, Body::Arp(arp)) => Some((arp.sender.into(), arp.target.into())),
        _ => None,
    }
}

fn carries(packet: &Packet<'_>, number: u8) -> bool {
    packet.ip.as_ref().is_some_and(|ip| ip.protocol == number)
}

/// The address begins with the net's first bits.
fn within(addr: IpAddr, net: IpAddr, bits: u8) -> bool {
    match (addr, net) {
        (IpAddr::V4(addr), IpAddr::V4(net)) => {
            let apart = u32::from(addr) ^ u32::from(net);
            apart.leading_zeros() >= u32::from(bits)
        }
        (IpAddr::V6(addr), IpAddr::V6(net)) => {
            let apart = u128::from(addr) ^ u128::from(net);
            apart.leading_zeros() >= u32::from(bits)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
