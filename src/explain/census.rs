//! What a capture holds, at a glance: its packets by link and protocol, what is wrong with them, and its
//! connections with their outcome, the oddest first.
//!
//! Cheap for every packet of a large file: a few counters. What is known of connections stands in [`Tracker`]; when
//! the capture is over, [`Census::rows`] looks through them once and keeps no more than are to be shown.

pub mod judge;
pub mod judgement;
pub mod ranking;

use std::collections::BTreeMap;

use crate::model::{Frame, LinkType, Time};
use crate::protocol::decode::{Body, Checksum, Packet, Problem};
use crate::protocol::follow::{
    Analysis, Connection, Conversation, Datagrams, Followed, Ordinary, Tracker,
};

pub use judge::Judge;
pub use judgement::Judgement;
pub use ranking::{ConnectionOutcome, OutcomeCounts, outcome};

/// Counts of a capture.
#[derive(Clone, Debug)]
pub struct Census {
    /// How many packets the capture has.
    pub packets: u64,
    /// Their bytes on the link, whether captured or not.
    pub bytes: u64,
    /// Packets of which not all bytes were captured.
    pub cut: u64,
    /// The earliest and the latest stamp.
    pub span: Option<(Time, Time)>,
    /// Packets by link type, in the order of their first appearance.
    pub links: Vec<(LinkType, u64)>,
    /// Packets by what they carry.
    pub kinds: Kinds,
    /// Packets inside tunnels.
    pub tunnelled: u64,
    /// IP datagrams that were put together from fragments.
    pub reassembled: u64,
    /// Checksums by verdict.
    pub checksums: Checksums,
    /// Segments by what went wrong ([`Segment::trouble`](crate::protocol::follow::Segment::trouble)), in the order of [`Analysis`]'s bits.
    pub flags: [u64; 15],
    /// What is wrong with packets: how many, the first of them, and its place in there.
    pub problems: BTreeMap<&'static str, (u64, u32, Problem)>,
    /// What it shows of itself.
    judge: Judge,
    /// With a filter: of which conversations it let a packet through.
    chosen: Option<Chosen>,
}

/// Conversations of a filter.
#[derive(Clone, Debug, Default)]
struct Chosen {
    tcp: NumberSet,
    udp: NumberSet,
}

/// A set of numbers that begin at 0: a bit for each.
#[derive(Clone, Debug, Default)]
struct NumberSet(Vec<u64>);

impl NumberSet {
    fn insert(&mut self, number: u32) {
        let (word, bit) = (number as usize / 64, number % 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << bit;
    }

    fn contains(&self, number: u32) -> bool {
        let word = self.0.get(number as usize / 64);
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// Packets by what they carry.
#[derive(Clone, Debug)]
pub struct Kinds {
    /// TCP segments.
    pub tcp: u64,
    /// UDP datagrams.
    pub udp: u64,
    /// ICMP messages.
    pub icmp: u64,
    /// ICMPv6 messages.
    pub icmp6: u64,
    /// ARP messages.
    pub arp: u64,
    /// Packets that are fragments of IP packets.
    pub fragments: u64,
    /// Other IP protocols by number.
    pub other_ip: [u64; 256],
    /// Packets of other ethertypes, by number.
    pub other_ether: BTreeMap<u16, u64>,
    /// What could not be read.
    pub unknown: u64,
}

/// Checksums by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checksums {
    /// Packets whose checksum fits.
    pub right: u64,
    /// Left to the interface.
    pub offloaded: u64,
    /// Packets whose checksum does not fit.
    pub wrong: u64,
    /// Packets whose checksum was not computed: cut, a fragment, or without one.
    pub unchecked: u64,
}

impl Census {
    /// Of a capture; with `filtered`, only packets that pass a filter will be counted.
    #[must_use]
    pub fn new(filtered: bool) -> Self {
        Self {
            packets: 0,
            bytes: 0,
            cut: 0,
            span: None,
            links: Vec::new(),
            kinds: Kinds {
                tcp: 0,
                udp: 0,
                icmp: 0,
                icmp6: 0,
                arp: 0,
                fragments: 0,
                other_ip: [0; 256],
                other_ether: BTreeMap::new(),
                unknown: 0,
            },
            tunnelled: 0,
            reassembled: 0,
            checksums: Checksums::default(),
            flags: [0; 15],
            problems: BTreeMap::new(),
            judge: Judge::default(),
            chosen: filtered.then(Chosen::default),
        }
    }

    /// Counts a packet. Its fields are asked for unless it is `ordinary`.
    #[inline]
    pub fn packet<'p>(
        &mut self,
        number: u32,
        frame: &Frame<'_>,
        followed: &Followed,
        ordinary: Option<Ordinary>,
        packet: impl Fn() -> &'p Packet<'p>,
    ) {
        self.packets += 1;
        self.judge.packet(number, frame, followed, &packet);
        self.bytes += u64::from(frame.orig_len);
        self.cut += u64::from(frame.orig_len as usize > frame.bytes.len());
        self.time(frame.at);
        self.link(frame.link);
        match ordinary {
            Some(Ordinary::Segment) => self.kinds.tcp += 1,
            Some(Ordinary::Datagram) => self.kinds.udp += 1,
            None => self.fields(number, packet(), followed),
        }
        let verdict = match followed.checksum {
            Checksum::Right => &mut self.checksums.right,
            Checksum::Offloaded => &mut self.checksums.offloaded,
            Checksum::Wrong => &mut self.checksums.wrong,
            Checksum::Unchecked => &mut self.checksums.unchecked,
        };
        *verdict += 1;
        if let Some(segment) = &followed.segment
            && !segment.analysis.is_empty()
        {
            self.trouble(segment.trouble());
        }
        if self.chosen.is_some() {
            self.choose(followed);
        }
    }

    fn fields(&mut self, number: u32, packet: &Packet<'_>, followed: &Followed) {
        self.tunnelled += u64::from(packet.tunnels > 0);
        self.kind(packet, followed);
        if !packet.problems.is_empty() {
            self.problem(number, packet);
        }
    }

    #[inline]
    fn time(&mut self, at: Time) {
        self.span = Some(match self.span {
            None => (at, at),
            Some((first, last)) => (first.min(at), last.max(at)),
        });
    }

    #[inline]
    fn link(&mut self, link: LinkType) {
        match self.links.iter_mut().find(|(known, _)| *known == link) {
            Some((_, count)) => *count += 1,
            None => self.links.push((link, 1)),
        }
    }

    fn kind(&mut self, packet: &Packet<'_>, followed: &Followed) {
        let kinds = &mut self.kinds;
        let counter = match packet.body {
            Body::Tcp(_) => &mut kinds.tcp,
            Body::Udp(_) => &mut kinds.udp,
            Body::Icmp(icmp) if icmp.v6 => &mut kinds.icmp6,
            Body::Icmp(_) => &mut kinds.icmp,
            Body::Arp(_) => &mut kinds.arp,
            Body::Fragment => {
                self.reassembled += u64::from(followed.fragments > 0);
                &mut kinds.fragments
            }
            Body::OtherIp(number) => &mut kinds.other_ip[usize::from(number)],
            Body::OtherEther(number) => kinds.other_ether.entry(number).or_default(),
            Body::Unknown => &mut kinds.unknown,
        };
        *counter += 1;
    }

    #[cold]
    fn trouble(&mut self, mut flags: Analysis) {
        while let Some(flag) = flags.iter().next() {
            if let Some(count) = self.flags.get_mut(flag.bits().trailing_zeros() as usize) {
                *count += 1;
            }
            flags.remove(flag);
        }
    }

    #[cold]
    fn problem(&mut self, number: u32, packet: &Packet<'_>) {
        for problem in packet.problems.iter() {
            self.problems
                .entry(problem.name)
                .or_insert((0, number, *problem))
                .0 += 1;
        }
    }

    fn choose(&mut self, followed: &Followed) {
        let (Some(chosen), Some(conversation)) = (&mut self.chosen, followed.conversation) else {
            return;
        };
        match conversation {
            Conversation::Tcp(number) => chosen.tcp.insert(number),
            Conversation::Udp(number) => chosen.udp.insert(number),
        }
    }

    /// What the capture shows of itself, where its sniffers say that they dropped so many packets.
    #[must_use]
    pub fn judgements(&self, follow: &Tracker, dropped: Option<u64>) -> Vec<Judgement> {
        self.judge.judgements(follow, |c| self.tells_of(c), dropped)
    }

    /// This connection is told of: no filter, or one that let a packet of it through.
    fn tells_of(&self, connection: &Connection) -> bool {
        let chosen = self.chosen.as_ref();
        chosen.is_none_or(|chosen| chosen.tcp.contains(connection.number()))
    }

    /// The UDP conversations that are told of, as [`Self::rows`] of TCP.
    pub fn conversations<'f>(&self, follow: &'f Tracker) -> impl Iterator<Item = &'f Datagrams> {
        let chosen = self.chosen.as_ref();
        follow
            .conversations()
            .filter(move |udp| chosen.is_none_or(|chosen| chosen.udp.contains(udp.number())))
    }

    /// How many segments bear this flag.
    #[must_use]
    pub fn flagged(&self, flag: Analysis) -> u64 {
        self.flags
            .get(flag.bits().trailing_zeros() as usize)
            .copied()
            .unwrap_or(0)
    }

    /// The connections: the numbers of the oddest `most`, the oddest first, and the outcomes of all.
    #[must_use]
    pub fn rows(&self, follow: &Tracker, most: usize) -> (Vec<u32>, OutcomeCounts) {
        let mut outcomes = OutcomeCounts::default();
        let mut oddest = ranking::Oddest::new(most);
        for connection in follow.connections().filter(|c| self.tells_of(c)) {
            let outcome = outcome(&connection);
            outcomes.count(&outcome);
            oddest.add(connection.number(), ranking::oddness(&connection));
        }
        (oddest.into_numbers(), outcomes)
    }
}
