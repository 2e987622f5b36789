//! Following: one packet after the other into its conversation.

use std::collections::VecDeque;
use std::net::IpAddr;

use crate::model::number::count32;
use crate::model::{Endpoint, LinkType, Time};
use crate::protocol::decode::{self, Body, Checksum, IPCOMP, Icmp, Packet};

use super::arena::Arena;
use super::connections::Connections;
use super::datagrams::Datagrams;
use super::flow_table::{FlowTable, hash};
use super::followed::{Conversation, Followed};
use super::fragments::Fragments;
use super::ftp::FtpAnnouncements;
use super::incoming::HopFields;
use super::prepared::{PacketKind, Prepared, TransportHeader};
use super::recent::{PacketMark, RecentPackets};
use super::why::{SamePacket, WeighedCause};

/// How many pairs of hosts are remembered that compress; the eldest gives way.
const PAIRS: usize = 64;

/// Between which hosts compressed packets were seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Compressed {
    pairs: VecDeque<(IpAddr, IpAddr)>,
}

impl Compressed {
    fn seen(&mut self, packet: &Packet<'_>) {
        let Some(ip) = &packet.ip else {
            return;
        };
        if self.between(ip.src, ip.dst) {
            return;
        }
        if self.pairs.len() == PAIRS {
            self.pairs.pop_front();
        }
        self.pairs.push_back((ip.src, ip.dst));
    }

    /// What such a segment's connection lacks may be in a compressed packet: of its hosts, or, where it came in a tunnel, of
    /// that tunnel's, which are no longer known.
    #[inline]
    pub(super) fn may_carry(&self, segment: &Prepared, one: IpAddr, other: IpAddr) -> bool {
        !self.pairs.is_empty() && (segment.ordinary().is_none() || self.between(one, other))
    }

    fn between(&self, one: IpAddr, other: IpAddr) -> bool {
        let is = |&pair: &(IpAddr, IpAddr)| pair == (one, other) || pair == (other, one);
        self.pairs.iter().any(is)
    }
}

/// Follows the packets of one vantage.
#[derive(Debug, Default)]
pub struct Tracker {
    pub(super) connections: Connections,
    pub(super) ftp: FtpAnnouncements,
    datagrams: Arena<Datagrams>,
    datagram_flows: FlowTable,
    fragments: Fragments,
    recent: RecentPackets,
    pub(super) compressed: Compressed,
    pub(super) sparing: bool,
    pub(super) asked: u32,
    pub(super) weighed: Vec<WeighedCause>,
}

impl Tracker {
    /// Nothing seen so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for who only counts: of segments without any verdict [`Followed::segment`] is left out, which nearly all are.
    #[must_use]
    pub fn sparing() -> Self {
        Self {
            sparing: true,
            ..Self::default()
        }
    }

    /// All candidate causes are wanted of the packet with this number, from 1.
    #[must_use]
    pub fn asking(number: u32) -> Self {
        Self {
            asked: number,
            ..Self::default()
        }
    }

    /// The candidate causes of the packet that was asked for, once it was seen; none where nothing about it is unusual.
    #[must_use]
    pub fn weighed(&self) -> &[WeighedCause] {
        &self.weighed
    }

    /// Takes the next packet of this vantage: its number (from 1, as in the file), its stamp and its fields.
    #[inline]
    pub fn packet(&mut self, number: u32, at: Time, packet: &Packet<'_>) -> Followed {
        let mut followed = Followed::default();
        self.prepared(number, at, &Prepared::of(packet), || packet, &mut followed);
        followed
    }

    /// As [`Self::packet`], when it has been prepared before: then its fields are asked for only where they are needed. What follows
    /// from it is written where it stays: of very many packets, the copies would be a part of the work.
    #[inline]
    pub fn prepared<'p>(
        &mut self,
        number: u32,
        at: Time,
        prepared: &Prepared,
        packet: impl FnOnce() -> &'p Packet<'p>,
        followed: &mut Followed,
    ) {
        *followed = Followed::nothing(prepared.checksum);
        match prepared.kind {
            PacketKind::Segment => self.tcp(number, at, prepared, packet, followed),
            PacketKind::Datagram => self.udp(number, at, prepared, followed),
            PacketKind::Other => *followed = self.other(number, at, packet(), prepared.checksum),
        }
    }

    /// A packet without ports of its own.
    #[cold]
    fn other(
        &mut self,
        number: u32,
        at: Time,
        packet: &Packet<'_>,
        checksum: Checksum,
    ) -> Followed {
        match &packet.body {
            Body::Fragment => self.fragment(number, at, packet),
            Body::OtherIp(IPCOMP) => {
                self.compressed.seen(packet);
                Followed::nothing(checksum)
            }
            Body::Icmp(icmp) if icmp.quoted.is_some() => Followed {
                same: self.same(number, at, packet),
                ..self.icmp(number, at, icmp, checksum)
            },
            _ => Followed {
                same: self.same(number, at, packet),
                ..Followed::nothing(checksum)
            },
        }
    }

    fn same(&mut self, number: u32, at: Time, packet: &Packet<'_>) -> Option<SamePacket> {
        let mark = PacketMark::of(packet)?;
        let ether = packet.ether.as_ref();
        let hop = match &packet.ip {
            Some(ip) => HopFields::of(ether, ip),
            None => HopFields::on_link(ether),
        };
        self.recent.seen(mark, hop, number, at)
    }

    /// An ICMP error: in the conversation of the packet that it quotes.
    fn icmp(&mut self, number: u32, at: Time, icmp: &Icmp<'_>, checksum: Checksum) -> Followed {
        // What is quoted was longer than its quotation.
        let whole = count32(icmp.payload.len() + 0x1_0000);
        let quoted = decode::decode(LinkType::RAW, icmp.payload, whole);
        if let Body::Tcp(_) = &quoted.body {
            return self.quoted(number, at, &quoted, checksum);
        }
        Followed {
            conversation: icmp
                .quoted
                .and_then(|(protocol, from, to)| self.find(protocol, from, to)),
            ..Followed::nothing(checksum)
        }
    }

    /// A fragment: nothing, or the whole datagram when it is the last that was missing.
    fn fragment(&mut self, number: u32, at: Time, packet: &Packet<'_>) -> Followed {
        let added = packet
            .ip
            .as_ref()
            .and_then(|ip| self.fragments.add(ip, ip.fragment?, number));
        let Some((piece, whole)) = added else {
            return Followed::nothing(Checksum::Unchecked);
        };
        let alone = |piece| Followed {
            piece: Some(Box::new(piece)),
            ..Followed::nothing(Checksum::Unchecked)
        };
        let Some(payload) = whole else {
            return alone(piece);
        };
        let datagram = decode::reassembled(packet, &payload);
        if matches!(datagram.body, Body::Fragment) {
            return alone(piece);
        }
        let mut followed = self.packet(number, at, &datagram);
        followed.fragments = piece.nth;
        followed.piece = Some(Box::new(piece));
        followed
    }

    fn udp(&mut self, number: u32, at: Time, prepared: &Prepared, followed: &mut Followed) {
        let flow = prepared.flow;
        let TransportHeader { from, to, len, .. } = prepared.header;
        let stamp = prepared.header.send_stamp;
        // Without a sum nothing is known of what it carries.
        if stamp.content() != 0 {
            let mark = PacketMark {
                flow,
                content: u64::from(stamp.content()) << 16
                    | u64::from(from.port)
                    | u64::from(from > to) << 32,
                len,
                id: stamp.id,
            };
            followed.same = self.recent.seen(mark, prepared.header.hop, number, at);
        }
        let rows = &self.datagrams;
        let is = |n| rows.get(n).is_some_and(|d| d.is_between(from, to));
        let stream = match self.datagram_flows.find(flow, is) {
            Some(stream) => stream,
            None => {
                let new = Datagrams::new(self.datagrams.len(), from, to);
                let stream = self.datagrams.push(new);
                self.datagram_flows.insert(flow, stream, |_| false);
                stream
            }
        };
        if let Some(conversation) = self.datagrams.get_mut(stream) {
            followed.way = conversation.way(from);
            let copied = followed.same.is_some_and(|same| same.copied);
            conversation.count(followed.way, if copied { 0 } else { len });
        }
        followed.conversation = Some(Conversation::Udp(stream));
        followed.ends = Some((from, to));
        followed.datagram = len;
    }

    /// The conversation between these endpoints, if there is one.
    fn find(&self, protocol: u8, one: Endpoint, other: Endpoint) -> Option<Conversation> {
        let hash = hash(one, other);
        match protocol {
            6 => self
                .connections
                .find(hash, one, other)
                .map(Conversation::Tcp),
            17 => {
                let is = |n| {
                    let d = self.datagrams.get(n);
                    d.is_some_and(|d| d.is_between(one, other))
                };
                self.datagram_flows.find(hash, is).map(Conversation::Udp)
            }
            _ => None,
        }
    }

    /// All UDP conversations, in the order of their numbers.
    pub fn conversations(&self) -> impl Iterator<Item = &Datagrams> {
        self.datagrams.iter()
    }
}
