//! What is known of one TCP connection: who, since when, how much, how it opened and how it closed.
//!
//! A capture may hold millions of them, so what is kept of each to the end is packed (`packed`). What only the judging of further segments needs
//! is in `live`, and given up some time after the close.

mod packed;

use std::net::Ipv4Addr;

use bitflags::bitflags;

use crate::model::{Endpoint, Seq, Span, Time};
use crate::protocol::decode::{SynOptions, TcpFlags};

use super::close::CloseState;
use super::direction::Scale;
use super::followed::{Analysis, ClosedHow, Way};
use super::incoming::IncomingSegment;

/// One TCP connection as one vantage saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub(super) sides: [SideRecord; 2],
    first: Time,
    last: Time,
    /// 0 while it is not known.
    rtt: Span,
    /// Of `rtt` the part from the SYN to the SYN ACK; 0 while it is not known.
    answer: Span,
    pub(super) number: u32,
    pub(super) steps: Steps,
    pub(super) completeness: u8,
    pub(super) closing: CloseState,
}

/// What is kept of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SideRecord {
    pub(super) end: Endpoint,
    scale: i8,
    mss: u16,
    isn: Seq,
    pub(super) base: Seq,
    packets: u32,
    merged: u32,
    /// The highest number that it acknowledged.
    acked: Option<Seq>,
    bytes: u64,
    troubles: Troubles,
}

bitflags! {
    /// Steps that were seen.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(super) struct Steps: u8 {
        /// The opener's SYN.
        const SYN = 1;
        /// The acceptor's SYN ACK.
        const SYN_ACK = 1 << 1;
        /// A SYN without ACK from the acceptor too.
        const SYN_BACK = 1 << 2;
        /// An ACK from the opener after that.
        const OPEN = 1 << 3;
        /// An earlier connection had the same endpoints.
        const REUSED = 1 << 4;
        /// The opener's numbers have a base.
        const BASE_OPENER = 1 << 5;
        /// The acceptor's numbers have a base.
        const BASE_ACCEPTOR = 1 << 6;
        /// It counts as closed.
        const DONE = 1 << 7;
    }
}

/// How often which trouble was seen in what one side sent. Counts stop at 65535.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Troubles {
    /// Retransmissions of every kind.
    pub resent: u16,
    /// Segments out of order.
    pub disordered: u16,
    /// Holes before a segment.
    pub lost: u16,
    /// Acknowledgements that repeat the one before.
    pub duplicates: u16,
    /// Segments that say that there is no room.
    pub zero_windows: u16,
    /// Acknowledgements of something that was not captured.
    pub unseen: u16,
    /// Segments that are there a second time, copied by the network or the capture, where Wireshark flags them: they count as nothing else.
    /// SYN ACKs that are the same to the last bit are among them.
    pub copies: u16,
}

/// How a handshake's round trip is parted where it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandshakeHalves {
    /// From the SYN to the SYN ACK: to the accepting side and back.
    pub to_acceptor: Span,
    /// From the SYN ACK to the ACK: to the opening side and back.
    pub to_opener: Span,
}

/// One side of a connection: what it sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideSummary {
    /// Its address and port.
    pub end: Endpoint,
    /// Its initial sequence number, from its SYN; none when that was not seen.
    pub isn: Option<Seq>,
    /// The number that its relative sequence numbers count from; none before the first was seen. Equal to the
    /// ISN where that is known.
    pub base: Option<Seq>,
    /// The maximum segment size that its SYN announced.
    pub mss: Option<u16>,
    /// The window scale that its SYN offered; in force only when both sides did.
    pub scale: Option<u8>,
    /// Packets that it sent.
    pub packets: u32,
    /// Payload bytes in them, resends included, copies not.
    pub bytes: u64,
    /// Segments that carry more than the other side's MSS: merged, or not cut yet, by an interface's offload.
    pub merged: u32,
    /// How many numbers of the other side it acknowledged, from that side's first; none where it acknowledged nothing.
    pub acknowledged: Option<u32>,
    /// Sequence number of its FIN.
    pub fin: Option<Seq>,
    /// What went wrong.
    pub troubles: Troubles,
}

/// How a connection opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenedHow {
    /// SYN, SYN ACK, ACK: all three were seen.
    Handshake,
    /// Both SYNs crossed (RFC 9293 §3.5, figure 8).
    Simultaneous,
    /// A SYN that nobody answered.
    Unanswered,
    /// A SYN answered by a RST.
    Refused,
    /// SYN and SYN ACK, but the last ACK was not seen.
    Unfinished,
    /// It was open before the first packet that was seen.
    NotSeen,
    /// One side's part of the handshake was seen, which acknowledges the other's; of the other side there is no packet.
    OneSide,
}

impl SideRecord {
    const fn new(end: Endpoint) -> Self {
        Self {
            end,
            scale: -1,
            mss: 0,
            isn: Seq(0),
            base: Seq(0),
            packets: 0,
            merged: 0,
            acked: None,
            bytes: 0,
            troubles: Troubles {
                resent: 0,
                disordered: 0,
                lost: 0,
                duplicates: 0,
                zero_windows: 0,
                unseen: 0,
                copies: 0,
            },
        }
    }
}

impl Troubles {
    /// Any at all. Copies are the capture's, or the network's: no trouble of the connection.
    #[must_use]
    pub fn any(&self) -> bool {
        let none = Self {
            copies: self.copies,
            ..Self::default()
        };
        *self != none
    }

    /// These and those.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            resent: self.resent.saturating_add(other.resent),
            disordered: self.disordered.saturating_add(other.disordered),
            lost: self.lost.saturating_add(other.lost),
            duplicates: self.duplicates.saturating_add(other.duplicates),
            zero_windows: self.zero_windows.saturating_add(other.zero_windows),
            unseen: self.unseen.saturating_add(other.unseen),
            copies: self.copies.saturating_add(other.copies),
        }
    }

    fn count(&mut self, verdict: Analysis) {
        let pairs = [
            (Analysis::RETRANSMISSION, &mut self.resent),
            (Analysis::OUT_OF_ORDER, &mut self.disordered),
            (Analysis::LOST_SEGMENT, &mut self.lost),
            (Analysis::DUPLICATE_ACK, &mut self.duplicates),
            (Analysis::ZERO_WINDOW, &mut self.zero_windows),
            (Analysis::ACK_LOST_SEGMENT, &mut self.unseen),
        ];
        for (flag, counter) in pairs {
            *counter = counter.saturating_add(verdict.contains(flag).into());
        }
    }
}

impl Default for Connection {
    /// Room for one.
    fn default() -> Self {
        let nowhere = Endpoint::new(Ipv4Addr::UNSPECIFIED.into(), 0);
        Self::new(0, Time::default(), nowhere, nowhere)
    }
}

impl Connection {
    pub(super) fn new(number: u32, at: Time, opener: Endpoint, acceptor: Endpoint) -> Self {
        Self {
            sides: [SideRecord::new(opener), SideRecord::new(acceptor)],
            first: at,
            last: at,
            rtt: Span::ZERO,
            answer: Span::ZERO,
            number,
            steps: Steps::empty(),
            completeness: 0,
            closing: CloseState::default(),
        }
    }

    /// Which way a packet from there goes.
    #[inline]
    pub(super) fn way(&self, from: Endpoint) -> Way {
        if self.sides[0].end == from {
            Way::FromOpener
        } else {
            Way::FromAcceptor
        }
    }

    /// Counts a judged segment in, with what went wrong ([`Segment::trouble`](super::Segment::trouble)).
    #[inline]
    pub(super) fn count(&mut self, way: Way, segment: &IncomingSegment, trouble: Analysis) {
        let room = self.sides[way.back() as usize].mss;
        let side = &mut self.sides[way as usize];
        side.packets = side.packets.saturating_add(1);
        side.bytes += u64::from(segment.len);
        if room > 0 && segment.len > u32::from(room) {
            side.merged = side.merged.saturating_add(1);
        }
        if segment.has(TcpFlags::ACK) && side.acked.is_none_or(|acked| segment.ack.after(acked)) {
            side.acked = Some(segment.ack);
        }
        if !trouble.is_empty() {
            side.troubles.count(trouble);
        }
        if segment.at > self.last {
            self.last = segment.at;
        }
        if !self.steps.contains(Steps::OPEN) {
            self.step(way, segment);
        }
    }

    /// What a segment means for how the connection ends.
    #[inline]
    pub(super) fn closes(&mut self, way: Way, segment: &IncomingSegment) {
        self.closing.segment(way, segment);
    }

    /// Counts a copy of a segment that is counted already: neither its bytes nor what it says count again.
    #[cold]
    pub(super) fn count_copy(&mut self, way: Way, at: Time, flagged: bool) {
        let side = &mut self.sides[way as usize];
        side.packets = side.packets.saturating_add(1);
        let copies = &mut side.troubles.copies;
        *copies = copies.saturating_add(flagged.into());
        self.last = self.last.max(at);
    }

    /// The steps of the handshake.
    fn step(&mut self, way: Way, segment: &IncomingSegment) {
        let step = match (way, segment.has(TcpFlags::SYN), segment.has(TcpFlags::ACK)) {
            (Way::FromOpener, true, false) => Steps::SYN,
            (Way::FromAcceptor, true, false) => Steps::SYN_BACK,
            (Way::FromAcceptor, true, true) => Steps::SYN_ACK,
            (_, false, true)
                if self.steps.intersects(Steps::SYN_ACK | Steps::SYN_BACK)
                    && way == Way::FromOpener
                    && !segment.has(TcpFlags::RST) =>
            {
                Steps::OPEN
            }
            // Both SYNs crossed: each side's SYN ACK ends its handshake.
            (Way::FromOpener, true, true) if self.steps.contains(Steps::SYN_BACK) => Steps::OPEN,
            _ => return,
        };
        self.steps |= step;
    }

    /// What a SYN says of its sender.
    pub(super) fn introduce(&mut self, way: Way, isn: Seq, offer: &SynOptions) {
        let side = &mut self.sides[way as usize];
        side.isn = isn;
        side.mss = offer.mss.unwrap_or(0);
        side.scale = offer.scale.map_or(-1, u8::cast_signed);
    }

    /// The scale that this side's SYN offered, for a direction that is made anew.
    pub(super) fn scale_of(&self, way: Way) -> Scale {
        let offered = |way: Way| self.sides[way as usize].scale;
        if !self.steps.intersects(Steps::SYN | Steps::SYN_ACK) {
            Scale::Unknown
        } else if offered(way) < 0 || offered(way.back()) < 0 {
            Scale::Off
        } else {
            Scale::Shift(offered(way).cast_unsigned())
        }
    }

    /// The MSS that this side's SYN announced.
    #[inline]
    pub(super) fn mss(&self, way: Way) -> Option<u16> {
        let mss = self.sides[way as usize].mss;
        (mss > 0).then_some(mss)
    }

    pub(super) fn set_rtt(&mut self, rtt: Span) {
        self.rtt = rtt;
    }

    pub(super) fn set_answer(&mut self, answer: Span) {
        self.answer = answer;
    }

    const fn has_base(way: Way) -> Steps {
        match way {
            Way::FromOpener => Steps::BASE_OPENER,
            Way::FromAcceptor => Steps::BASE_ACCEPTOR,
        }
    }

    /// The number that this side's count from.
    #[inline]
    pub(super) fn base(&self, way: Way) -> Option<Seq> {
        self.steps
            .contains(Self::has_base(way))
            .then_some(self.sides[way as usize].base)
    }

    #[inline]
    pub(super) fn set_base(&mut self, way: Way, base: Seq) {
        self.steps |= Self::has_base(way);
        self.sides[way as usize].base = base;
    }

    /// Packets of both sides.
    pub(super) const fn packets(&self) -> u32 {
        let [opener, acceptor] = &self.sides;
        opener.packets.saturating_add(acceptor.packets)
    }

    /// Its number, from 0 (`tcp.stream`).
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The side that sends in direction `way`.
    pub fn side(&self, way: Way) -> SideSummary {
        let kept = &self.sides[way as usize];
        let syn = match way {
            Way::FromOpener => Steps::SYN,
            Way::FromAcceptor => Steps::SYN_ACK | Steps::SYN_BACK,
        };
        let introduced = self.steps.intersects(syn);
        SideSummary {
            end: kept.end,
            isn: introduced.then_some(kept.isn),
            base: self.base(way),
            mss: self.mss(way),
            scale: u8::try_from(kept.scale).ok(),
            packets: kept.packets,
            bytes: kept.bytes,
            merged: kept.merged,
            acknowledged: kept
                .acked
                .zip(self.base(way.back()))
                .map(|(acked, base)| acked.relative_to(base)),
            fin: self.closing.fin(way),
            troubles: kept.troubles,
        }
    }

    /// When its first packet was seen.
    pub const fn first(&self) -> Time {
        self.first
    }

    /// When its last packet so far was seen.
    pub const fn last(&self) -> Time {
        self.last
    }

    /// From the SYN to the ACK that ended the handshake (`tcp.analysis.initial_rtt`): the whole round trip,
    /// wherever on the path the sniffer sits.
    pub fn initial_rtt(&self) -> Option<Span> {
        (self.rtt != Span::ZERO).then_some(self.rtt)
    }

    /// The two parts of [`Self::initial_rtt`]: the shorter is to the side that the sniffer sits next to.
    pub fn halves(&self) -> Option<HandshakeHalves> {
        let rtt = self.initial_rtt()?;
        let parted = self.answer > Span::ZERO && self.answer <= rtt;
        parted.then(|| HandshakeHalves {
            to_acceptor: self.answer,
            to_opener: Span::from_ns(rtt.ns() - self.answer.ns()),
        })
    }

    /// Its SYNs were not seen: what their options would say is not known, the window scale above all.
    pub fn scale_unknown(&self) -> bool {
        !self.steps.intersects(Steps::SYN | Steps::SYN_ACK)
    }

    /// The side of which there is no packet, though the other one's acknowledgements cover what it sent.
    pub fn absent(&self) -> Option<Way> {
        let answered = |way: Way| {
            let (silent, other) = (&self.sides[way as usize], &self.sides[way.back() as usize]);
            silent.packets == 0 && other.acked.is_some()
        };
        [Way::FromOpener, Way::FromAcceptor]
            .into_iter()
            .find(|way| answered(*way))
    }

    /// An earlier connection had the same endpoints.
    pub const fn reused(&self) -> bool {
        self.steps.contains(Steps::REUSED)
    }

    /// How it opened.
    pub fn opened(&self) -> OpenedHow {
        let steps = self.steps;
        if steps.contains(Steps::SYN | Steps::SYN_BACK) {
            OpenedHow::Simultaneous
        } else if steps.contains(Steps::SYN | Steps::SYN_ACK | Steps::OPEN) {
            OpenedHow::Handshake
        } else if steps.contains(Steps::SYN | Steps::SYN_ACK) {
            OpenedHow::Unfinished
        } else if steps.intersects(Steps::SYN | Steps::SYN_ACK) && self.absent().is_some() {
            OpenedHow::OneSide
        } else if !steps.contains(Steps::SYN) {
            OpenedHow::NotSeen
        } else if self.sides[1].packets == 0 {
            OpenedHow::Unanswered
        } else if self.closed() == ClosedHow::Reset {
            OpenedHow::Refused
        } else {
            OpenedHow::Unfinished
        }
    }

    /// How it closed, as far as it was seen.
    pub fn closed(&self) -> ClosedHow {
        self.closing.how()
    }

    /// The side that has to wait in TIME-WAIT: the one whose FIN came first, once the other's came too
    /// (both wait when the FINs crossed: then the one whose FIN was seen first is given).
    pub fn waits(&self) -> Option<Way> {
        self.closing.waits()
    }

    /// The side whose RST ended it.
    pub fn reset_by(&self) -> Option<Way> {
        self.closing.resetter()
    }
}
