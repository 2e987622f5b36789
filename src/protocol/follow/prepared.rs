//! What can be told of a packet by itself, before its conversation is known: by whoever has the time for it.
//!
//! Of an ordinary segment or datagram it is all that following needs, in a few cache lines. So in a long capture one thread can
//! read fields and add up checksums while another follows, which reads a packet's fields again only where there is more to it.

use crate::model::{Endpoint, Time};
use crate::protocol::decode::{self, Body, Checksum, Packet, Tcp, TcpFlags};

use super::announced;
use super::lane::Arriving;
use super::table::hash;
use super::trail::Mark;

/// One packet, prepared for following.
#[derive(Clone, Copy, Debug)]
pub struct Prepared {
    /// The verdict on its checksum ([`decode::checksum`]).
    pub(super) checksum: Checksum,
    /// The hash of its flow, by which its conversation is looked up.
    pub(super) flow: u64,
    pub(super) outline: Outline,
    odd: bool,
}

/// What it is, with what following needs of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outline {
    Segment(Header),
    /// A datagram between these endpoints, with so many bytes of payload.
    Datagram(Endpoint, Endpoint, u32),
    Other,
}

/// Of a TCP segment what stands in its header, and its length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// The endpoints that it travels between.
    pub(super) from: Endpoint,
    pub(super) to: Endpoint,
    seq: u32,
    ack: u32,
    len: u32,
    window: u16,
    flags: TcpFlags,
    mark: Mark,
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
        prepared.fill(packet);
        prepared
    }

    /// The same where it will stay: of very many, the copies would be a part of the work.
    #[inline]
    pub fn fill(&mut self, packet: &Packet<'_>) {
        self.checksum = decode::checksum(packet);
        self.odd = packet.tunnels > 0 || !packet.problems.is_empty();
        let Some((from, to)) = ends(packet) else {
            self.outline = Outline::Other;
            return;
        };
        self.flow = hash(from, to);
        self.outline = match &packet.body {
            Body::Tcp(tcp) => Outline::Segment(Header::of(packet, tcp, from, to)),
            Body::Udp(udp) => Outline::Datagram(from, to, udp.len),
            _ => Outline::Other,
        };
    }

    /// A segment or datagram, in no tunnel, and nothing wrong with its bytes: its fields say nothing more to who counts packets.
    #[inline]
    #[must_use]
    pub const fn ordinary(&self) -> Option<Ordinary> {
        match self.outline {
            _ if self.odd => None,
            Outline::Segment(_) => Some(Ordinary::Segment),
            Outline::Datagram(..) => Some(Ordinary::Datagram),
            Outline::Other => None,
        }
    }
}

impl Default for Prepared {
    fn default() -> Self {
        Self {
            checksum: Checksum::Unchecked,
            flow: 0,
            outline: Outline::Other,
            odd: true,
        }
    }
}

impl Header {
    /// Of a segment that stands alone.
    pub(super) fn alone(packet: &Packet<'_>, tcp: &Tcp<'_>) -> Option<Self> {
        let (from, to) = ends(packet)?;
        Some(Self::of(packet, tcp, from, to))
    }

    /// Of this segment between these endpoints.
    #[inline]
    fn of(packet: &Packet<'_>, tcp: &Tcp<'_>, from: Endpoint, to: Endpoint) -> Self {
        let (stamp, echo) = tcp.timestamps().unzip();
        let id = packet.ip.as_ref().map_or(0, |ip| ip.id as u16);
        Self {
            from,
            to,
            seq: tcp.seq.0,
            ack: tcp.ack.0,
            len: tcp.len,
            window: tcp.window,
            flags: tcp.flags,
            mark: Mark::new(id, tcp.checksum, stamp),
            echo: echo.unwrap_or(0),
            options: tcp.options.len() as u8,
            special: tcp.flags.contains(TcpFlags::SYN)
                || !tcp.has_ordinary_options()
                || announced::may_announce(from, to, tcp.payload)
                || tcp.header_len < 20
                || !measured(packet, tcp),
        }
    }

    /// The segment with this number in its capture, seen then.
    #[inline]
    pub(super) const fn arriving(&self, number: u32, at: Time, spoiled: bool) -> Arriving {
        Arriving {
            number,
            at,
            flags: self.flags,
            seq: self.seq,
            ack: self.ack,
            len: self.len,
            window: self.window as u32,
            multipath: 0,
            mark: self.mark,
            echo: self.echo,
            options: self.options,
            begins: false,
            spoiled,
        }
    }
}

/// Its length is known: its header is not longer than what IP says that it carries.
#[inline]
pub(super) fn measured(packet: &Packet<'_>, tcp: &Tcp<'_>) -> bool {
    let carried = packet.ip.as_ref().map_or(0, |ip| ip.payload_len);
    u32::from(tcp.header_len) <= carried
}

/// The endpoints that a packet travels between; a segment behind a source route has its last address (RFC 791 §3.1).
#[inline]
fn ends(packet: &Packet<'_>) -> Option<(Endpoint, Endpoint)> {
    let (from, to) = packet.endpoints()?;
    let ip = packet.ip.as_ref()?;
    if ip.header.len() > 20
        && ip.dst.is_ipv4()
        && matches!(packet.body, Body::Tcp(_))
        && let Some(address) = source_route(&ip.header[20..])
    {
        return Some((from, Endpoint::new(address.into(), to.port)));
    }
    Some((from, to))
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
