//! Following: one packet after the other into its conversation.

use std::collections::VecDeque;

use crate::model::{Endpoint, LinkType, Time};
use crate::protocol::decode::{self, Body, Checksum, Icmp, Packet, Udp};

use super::announced::Announced;
use super::connection::{Connection, Live};
use super::datagrams::Datagrams;
use super::followed::{Conversation, Followed};
use super::fragments::Fragments;
use super::rows::Rows;
use super::segment;
use super::table::{Table, hash};

/// How many connections that have closed keep what further segments are judged by. Late segments and reused ports
/// come soon after the close; an older connection keeps only what its summary needs.
pub(super) const KEPT_OPEN: usize = 4096;

/// Follows the packets of one vantage.
#[derive(Debug, Default)]
pub struct Follow {
    pub(super) connections: Rows<Connection>,
    pub(super) flows: Table,
    pub(super) lives: Rows<Live>,
    pub(super) free: Vec<u32>,
    pub(super) closed: VecDeque<u32>,
    pub(super) announced: Announced,
    datagrams: Rows<Datagrams>,
    datagram_flows: Table,
    fragments: Fragments,
}

/// What can be told of a packet by itself: anywhere, by who has the time for it.
#[derive(Clone, Copy, Debug)]
pub struct Prepared {
    /// The verdict on its checksum ([`decode::checksum`]).
    pub(super) checksum: Checksum,
    /// The hash of its flow, by which its conversation is looked up.
    pub(super) flow: u64,
}

impl Prepared {
    /// Sums a packet, and hashes its flow.
    #[must_use]
    pub fn of(packet: &Packet<'_>) -> Self {
        let ends = match packet.body {
            Body::Tcp(_) => segment::ends(packet),
            Body::Udp(_) => packet.endpoints(),
            _ => None,
        };
        Self {
            checksum: decode::checksum(packet),
            flow: ends.map_or(0, |(from, to)| hash(from, to)),
        }
    }
}

impl Follow {
    /// Nothing seen so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next packet of this vantage: its number (from 1, as in the file), its stamp and its fields.
    #[inline]
    pub fn packet(&mut self, number: u32, at: Time, packet: &Packet<'_>) -> Followed {
        self.prepared(number, at, packet, Prepared::of(packet))
    }

    /// As [`Self::packet`], when it has been prepared before.
    #[inline]
    pub fn prepared(
        &mut self,
        number: u32,
        at: Time,
        packet: &Packet<'_>,
        prepared: Prepared,
    ) -> Followed {
        let checksum = prepared.checksum;
        match &packet.body {
            Body::Tcp(tcp) => self.tcp(number, at, packet, tcp, prepared),
            Body::Udp(udp) => self.udp(at, packet, udp, prepared),
            Body::Fragment => self.fragment(number, at, packet),
            Body::Icmp(icmp) if icmp.quoted.is_some() => self.icmp(number, at, icmp, checksum),
            _ => Followed::nothing(checksum),
        }
    }

    /// An ICMP error: in the conversation of the packet that it quotes.
    fn icmp(&mut self, number: u32, at: Time, icmp: &Icmp<'_>, checksum: Checksum) -> Followed {
        // What is quoted was longer than its quotation.
        let whole = icmp.payload.len() as u32 + 0x1_0000;
        let quoted = decode::decode(LinkType::RAW, icmp.payload, whole);
        if let Body::Tcp(tcp) = &quoted.body {
            return self.quoted(number, at, &quoted, tcp, checksum);
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
        let whole = packet
            .ip
            .as_ref()
            .and_then(|ip| self.fragments.add(ip, ip.fragment?));
        let Some((payload, frames)) = whole else {
            return Followed::nothing(Checksum::Unchecked);
        };
        let datagram = decode::reassembled(packet, &payload);
        if matches!(datagram.body, Body::Fragment) {
            return Followed::nothing(Checksum::Unchecked);
        }
        let mut followed = self.packet(number, at, &datagram);
        followed.fragments = frames;
        followed
    }

    fn udp(&mut self, at: Time, packet: &Packet<'_>, udp: &Udp<'_>, known: Prepared) -> Followed {
        let Some((from, to)) = packet.endpoints() else {
            return Followed::nothing(known.checksum);
        };
        let hash = known.flow;
        let rows = &self.datagrams;
        let is = |n| rows.get(n).is_some_and(|d| d.is_between(from, to));
        let stream = match self.datagram_flows.find(hash, is) {
            Some(stream) => stream,
            None => {
                let new = Datagrams::new(self.datagrams.len(), at, from, to);
                let stream = self.datagrams.push(new);
                self.datagram_flows.insert(hash, stream, |_| false);
                stream
            }
        };
        let mut followed = Followed::nothing(known.checksum);
        if let Some(conversation) = self.datagrams.get_mut(stream) {
            followed.way = conversation.way(from);
            conversation.count(followed.way, at, udp.len);
        }
        followed.conversation = Some(Conversation::Udp(stream));
        followed.ends = Some((from, to));
        followed.datagram = udp.len;
        followed
    }

    /// The conversation between these endpoints, if there is one.
    fn find(&self, protocol: u8, one: Endpoint, other: Endpoint) -> Option<Conversation> {
        let hash = hash(one, other);
        match protocol {
            6 => {
                let is = |n| {
                    let c = self.connections.get(n);
                    c.is_some_and(|c| c.is_between(one, other))
                };
                self.flows.find(hash, is).map(Conversation::Tcp)
            }
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

    /// What is known of a TCP connection so far.
    #[must_use]
    pub fn connection(&self, conversation: Conversation) -> Option<&Connection> {
        match conversation {
            Conversation::Tcp(number) => self.connections.get(number),
            Conversation::Udp(_) => None,
        }
    }

    /// What is known of a UDP conversation so far.
    #[must_use]
    pub fn datagrams(&self, conversation: Conversation) -> Option<&Datagrams> {
        match conversation {
            Conversation::Udp(number) => self.datagrams.get(number),
            Conversation::Tcp(_) => None,
        }
    }

    /// All TCP connections, in the order of their numbers.
    pub fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter()
    }

    /// All UDP conversations, in the order of their numbers.
    pub fn conversations(&self) -> impl Iterator<Item = &Datagrams> {
        self.datagrams.iter()
    }
}
