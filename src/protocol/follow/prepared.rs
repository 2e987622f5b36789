//! What can be told of a packet by itself, before its conversation is known: by whoever has the time for it.
//!
//! Of an ordinary segment or datagram it is all that following needs, in a few cache lines. So in a long capture one thread can
//! read fields and add up checksums while another follows, which reads a packet's fields again only where there is more to it.

use std::net::{IpAddr, Ipv4Addr};

use crate::model::{Endpoint, Frame, Seq, Time};
use crate::protocol::decode::{
    self, Body, Checksum, Ip, Packet, Tcp, TcpFlags, UsualPacket, UsualSegment,
};

use super::flow_table::hash;
use super::ftp;
use super::incoming::{HopFields, IncomingSegment, SendStamp};

/// One packet, prepared for following.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The verdict on its checksum ([`decode::checksum`]).
    pub(super) checksum: Checksum,
    pub(super) kind: PacketKind,
    odd: bool,
    /// The hash of its flow, by which its conversation is looked up.
    pub(super) flow: u64,
    pub(super) header: TransportHeader,
}

/// What it is, and so what of its header is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PacketKind {
    /// A TCP segment: all is filled in.
    Segment,
    /// A UDP datagram: endpoints, length, stamp and hop are.
    Datagram,
    /// Another packet: nothing is.
    Other,
}

/// Of a TCP segment what stands in its header, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TransportHeader {
    /// The endpoints that it travels between.
    pub(super) from: Endpoint,
    pub(super) to: Endpoint,
    seq: Seq,
    ack: Seq,
    /// Bytes of payload.
    pub(super) len: u32,
    window: u16,
    flags: TcpFlags,
    pub(super) send_stamp: SendStamp,
    pub(super) hop: HopFields,
    echo: u32,
    options: u8,
    /// There is more to it than stands here: a SYN, other options than the timestamps, a header that lies about its length, or
    /// a payload that is read.
    pub(super) special: bool,
}

/// What an ordinary packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordinary {
    /// A TCP segment.
    Segment,
    /// A UDP datagram.
    Datagram,
}

impl Prepared {
    /// Sums a packet, hashes its flow, and notes what following needs of it.
    #[inline]
    #[must_use]
    pub fn of(packet: &Packet<'_>) -> Self {
        let mut prepared = Self::default();
        prepared.packet(packet);
        prepared
    }

    /// The same of a frame, where it will stay: of very many, copies would be a part of the work. Its fields are asked for where it is not a
    /// usual one.
    #[inline]
    pub fn fill<'p>(&mut self, frame: &Frame<'_>, packet: impl FnOnce() -> &'p Packet<'p>) {
        match UsualPacket::of(frame) {
            Some(usual) => self.usual(&usual),
            None => self.packet(packet()),
        }
    }

    #[inline]
    fn usual(&mut self, packet: &UsualPacket) {
        self.checksum = packet.checksum;
        self.odd = false;
        self.kind = self.header.usual(packet);
        self.flow = hash(packet.from, packet.to);
    }

    fn packet(&mut self, packet: &Packet<'_>) {
        let (checksum, content) = decode::summed(packet);
        self.checksum = checksum;
        self.odd = packet.tunnels > 0 || !packet.problems.is_empty();
        self.kind = self.header.fill(packet, content);
        if self.kind != PacketKind::Other {
            self.flow = hash(self.header.from, self.header.to);
        }
    }

    /// A segment or datagram, in no tunnel, and nothing wrong with its bytes: its fields say nothing more to who counts packets.
    #[inline]
    #[must_use]
    pub const fn ordinary(&self) -> Option<Ordinary> {
        match self.kind {
            _ if self.odd => None,
            PacketKind::Segment => Some(Ordinary::Segment),
            PacketKind::Datagram => Some(Ordinary::Datagram),
            PacketKind::Other => None,
        }
    }
}

impl Default for Prepared {
    fn default() -> Self {
        Self {
            checksum: Checksum::Unchecked,
            kind: PacketKind::Other,
            odd: true,
            flow: 0,
            header: TransportHeader::NONE,
        }
    }
}

impl TransportHeader {
    const NOWHERE: Endpoint = Endpoint::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    const NONE: Self = Self {
        from: Self::NOWHERE,
        to: Self::NOWHERE,
        seq: Seq(0),
        ack: Seq(0),
        len: 0,
        window: 0,
        flags: TcpFlags::empty(),
        send_stamp: SendStamp::new(0, 0, None),
        hop: HopFields::NONE,
        echo: 0,
        options: 0,
        special: false,
    };

    /// Of a segment that stands alone; none where this packet is no segment between endpoints.
    pub(super) fn alone(packet: &Packet<'_>) -> Option<Self> {
        let mut header = Self::NONE;
        (header.fill(packet, 0) == PacketKind::Segment).then_some(header)
    }

    /// The same of a usual packet.
    #[inline]
    fn usual(&mut self, packet: &UsualPacket) -> PacketKind {
        let timestamps = packet.segment.and_then(|segment| segment.timestamps);
        let (timestamp, echo) = timestamps.unzip();
        (self.from, self.to, self.len) = (packet.from, packet.to, packet.len);
        self.send_stamp = SendStamp::new(packet.id, packet.content, timestamp);
        self.hop = HopFields::usual(packet);
        let Some(segment) = &packet.segment else {
            return PacketKind::Datagram;
        };
        let UsualSegment {
            seq, ack, flags, ..
        } = *segment;
        (self.seq, self.ack, self.flags, self.window) = (seq, ack, flags, segment.window);
        self.echo = echo.unwrap_or(0);
        self.options = if echo.is_some() { 12 } else { 0 };
        self.special = ftp::may_announce(&self.from, &self.to, packet.len > 0);
        PacketKind::Segment
    }

    /// Fills in what this packet has of it.
    #[inline]
    fn fill(&mut self, packet: &Packet<'_>, content: u16) -> PacketKind {
        match (&packet.ip, &packet.body) {
            (Some(ip), Body::Tcp(tcp)) => {
                self.from = Endpoint::new(ip.src, tcp.sport);
                self.to = Endpoint::new(destination(ip), tcp.dport);
                self.segment(ip, tcp, content);
                self.hop = HopFields::of(packet.ether.as_ref(), ip);
                if tcp.flags.contains(TcpFlags::SYN) {
                    self.syn(tcp);
                }
                PacketKind::Segment
            }
            (Some(ip), Body::Udp(udp)) => {
                self.from = Endpoint::new(ip.src, udp.sport);
                self.to = Endpoint::new(ip.dst, udp.dport);
                self.len = udp.len;
                self.send_stamp = SendStamp::new((ip.id & 0xffff) as u16, content, None);
                self.hop = HopFields::of(packet.ether.as_ref(), ip);
                PacketKind::Datagram
            }
            _ => PacketKind::Other,
        }
    }

    #[inline]
    fn segment(&mut self, ip: &Ip<'_>, tcp: &Tcp<'_>, content: u16) {
        let (timestamp, echo) = tcp.timestamps().unzip();
        self.seq = tcp.seq;
        self.ack = tcp.ack;
        self.len = tcp.len;
        self.window = tcp.window;
        self.flags = tcp.flags;
        self.send_stamp = SendStamp::new((ip.id & 0xffff) as u16, content, timestamp);
        self.echo = echo.unwrap_or(0);
        self.options = u8::try_from(tcp.options.len()).unwrap_or(u8::MAX);
        self.special = tcp.flags.contains(TcpFlags::SYN)
            || !tcp.has_ordinary_options()
            || ftp::may_announce(&self.from, &self.to, !tcp.payload.is_empty())
            || tcp.header_len < 20
            || !measured(ip, tcp);
    }

    /// A SYN's MSS is what something on the way may have lowered: no part of what it has in common with its copy.
    #[cold]
    fn syn(&mut self, tcp: &Tcp<'_>) {
        if let Some(mss) = tcp.mss() {
            self.hop.mss = mss;
            self.send_stamp = self.send_stamp.without(mss);
        }
    }

    /// The segment with this number in its capture, seen then.
    #[inline]
    pub(super) const fn incoming(&self, number: u32, at: Time, spoiled: bool) -> IncomingSegment {
        IncomingSegment {
            number,
            at,
            flags: self.flags,
            seq: self.seq,
            ack: self.ack,
            len: self.len,
            window: self.window as u32,
            multipath: 0,
            send_stamp: self.send_stamp,
            hop: self.hop,
            echo: self.echo,
            options: self.options,
            begins: false,
            spoiled,
            compressed: false,
            asked: false,
        }
    }
}

/// A segment's length is known: its header is not longer than what IP says that it carries.
#[inline]
pub(super) fn measured(ip: &Ip<'_>, tcp: &Tcp<'_>) -> bool {
    u32::from(tcp.header_len) <= ip.payload_len
}

/// Where a segment travels to: behind a source route that is its last address (RFC 791 §3.1).
#[inline]
fn destination(ip: &Ip<'_>) -> IpAddr {
    if ip.header.len() > 20
        && ip.dst.is_ipv4()
        && let Some(address) = source_route(&ip.header[20..])
    {
        return address.into();
    }
    ip.dst
}

/// The last address of a loose or strict source route that is not used up.
#[cold]
fn source_route(mut options: &[u8]) -> Option<[u8; 4]> {
    const LOOSE: u8 = 131;
    const STRICT: u8 = 137;
    loop {
        match *options {
            [0, ..] | [] | [_] => return None,
            [1, ref rest @ ..] => options = rest,
            [kind, len, ref body @ ..] => {
                let body_len = usize::from(len).checked_sub(2)?;
                let this = body.get(..body_len)?;
                if matches!(kind, LOOSE | STRICT) {
                    let used_up = this.first().is_none_or(|&pointer| pointer > len);
                    return this.last_chunk().filter(|_| !used_up).copied();
                }
                options = &body[body_len..];
            }
        }
    }
}
