//! The last packets that are no TCP segments: which of them is there a second time.
//!
//! Nobody sends a datagram again under the same identification: UDP has nothing that would (RFC 1122 §3.2.1.5 says so), and what a program sends
//! twice is two datagrams. Where there is no identification, as in IPv6, only time and place are left.

use std::net::IpAddr;

use crate::model::fate::digest;
use crate::model::{Span, Time};
use crate::protocol::decode::{Body, Packet};
use crate::protocol::timing::{SHORTEST_TIMEOUT, TOO_SOON_FOR_A_RESEND};

use super::incoming::HopFields;
use super::why::{Earlier, HopChanges, SamePacket};

/// So many packets back a copy is known.
const REMEMBERED: usize = 16;

/// What a packet is known by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PacketMark {
    /// Of its addresses and ports, or of what it has instead.
    pub(super) flow: u64,
    /// Of what it carries.
    pub(super) content: u64,
    /// Its length.
    pub(super) len: u32,
    /// IPv4's identification; 0 where there is none.
    pub(super) id: u16,
}

impl PacketMark {
    /// Of an ICMP, ARP or other IP packet; none where it can't be told from others.
    #[cold]
    pub(super) fn of(packet: &Packet<'_>) -> Option<Self> {
        match (&packet.ip, &packet.body) {
            // Pieces are put together, and what is compressed is not read.
            (_, Body::Fragment | Body::Tcp(_) | Body::Udp(_) | Body::Unknown) => None,
            (Some(ip), _) if ip.payload.len() == ip.payload_len as usize => Some(Self {
                flow: flow(ip.src, ip.dst, ip.protocol),
                content: digest(ip.payload),
                len: ip.payload_len,
                id: (ip.id & 0xffff) as u16,
            }),
            (None, Body::Arp(arp)) => Some(Self {
                flow: flow(arp.sender.into(), arp.target.into(), 0),
                content: digest(&[&arp.sender_mac[..], &arp.operation.to_be_bytes()].concat()),
                len: 28,
                id: 0,
            }),
            _ => None,
        }
    }
}

/// Different for different addresses and protocols, but for a chance that does not matter where length, content and time must fit too.
fn flow(src: IpAddr, dst: IpAddr, protocol: u8) -> u64 {
    let octets = |address: IpAddr| match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    };
    digest(&[&octets(src)[..], &octets(dst), &[protocol]].concat())
}

#[derive(Clone, Copy, Debug, Default)]
struct RecentPacket {
    mark: PacketMark,
    hop: HopFields,
    /// 0 where none is kept.
    frame: u32,
    at: Time,
}

/// They, in a ring.
#[derive(Clone, Debug, Default)]
pub(super) struct RecentPackets {
    last: [RecentPacket; REMEMBERED],
    /// Their flows alone: mostly none is the same, and all stand together.
    flows: [u64; REMEMBERED],
    at: usize,
}

impl RecentPackets {
    /// Keeps a packet. Gives the one that it is the same as.
    #[inline]
    pub(super) fn seen(
        &mut self,
        mark: PacketMark,
        hop: HopFields,
        frame: u32,
        at: Time,
    ) -> Option<SamePacket> {
        let is = |one: &RecentPacket| one.frame != 0 && one.mark == mark;
        let known = self.flows.contains(&mark.flow) && self.last.iter().any(is);
        let same = known.then(|| self.same(mark, hop, at)).flatten();
        self.flows[self.at % REMEMBERED] = mark.flow;
        self.last[self.at % REMEMBERED] = RecentPacket {
            mark,
            hop,
            frame,
            at,
        };
        self.at = (self.at + 1) % REMEMBERED;
        same
    }

    #[cold]
    fn same(&self, mark: PacketMark, hop: HopFields, at: Time) -> Option<SamePacket> {
        let kept = self.last.iter().filter(|one| one.frame != 0);
        let same = kept.clone().filter(|one| one.mark == mark);
        let same = same.max_by_key(|one| one.at)?;
        let ago = at.since(same.at);
        if ago < Span::ZERO {
            return None;
        }
        // A number that its sender gives to all that it sends says nothing.
        let stands = |one: &RecentPacket| {
            one.mark.flow == mark.flow && one.mark.id == mark.id && one.mark.content != mark.content
        };
        let numbered = mark.id != 0 && ago < SHORTEST_TIMEOUT && !kept.clone().any(stands);
        let soon = ago < TOO_SOON_FOR_A_RESEND;
        let hop = hop.changes(same.hop);
        let copied = numbered || (soon && hop.intersects(HopChanges::TTL | HopChanges::VLAN));
        (copied || soon).then_some(SamePacket {
            of: Earlier {
                frame: same.frame,
                ago,
            },
            hop,
            copied,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: u16, content: u64) -> PacketMark {
        PacketMark {
            flow: 1,
            content,
            len: 33,
            id,
        }
    }

    fn told(marks: &[(PacketMark, i64)]) -> Option<bool> {
        let mut recent = RecentPackets::default();
        let seen = (1..).zip(marks).map(|(frame, &(mark, us))| {
            recent.seen(mark, HopFields::NONE, frame, Time::from_ns(us * 1_000))
        });
        seen.last().flatten().map(|same| same.copied)
    }

    #[test]
    fn a_datagram_with_the_same_number_is_a_copy_and_without_one_nobody_knows() {
        assert_eq!(told(&[(mark(7, 1), 0), (mark(7, 1), 8)]), Some(true));
        assert_eq!(told(&[(mark(7, 1), 0), (mark(8, 1), 8)]), None);
        assert_eq!(told(&[(mark(7, 1), 0), (mark(7, 2), 8)]), None);
        assert_eq!(told(&[(mark(0, 1), 0), (mark(0, 1), 8)]), Some(false));
        assert_eq!(told(&[(mark(0, 1), 0), (mark(0, 1), 5_000_000)]), None);
        assert_eq!(told(&[(mark(7, 1), 0), (mark(7, 1), 5_000_000)]), None);
    }

    #[test]
    fn a_number_that_stands_still_says_nothing() {
        let all = [(mark(7, 2), 0), (mark(7, 1), 3_000), (mark(7, 1), 8_000)];
        assert_eq!(told(&all), None);
    }
}
