//! Bytes to fields. [`decode`] never fails: a bad frame is a packet with problems.
//!
//! The only importer of etherparse. Each header is read by etherparse's slice of it (`Ipv4HeaderSlice`,
//! `TcpHeaderSlice`, …); the walk from one header to the next is our own, because etherparse's whole-packet
//! parsers stop at what this needs to see through: frames that were snapped (a length is the header's word, not
//! the number of captured bytes), TCP options cut off in the middle, tunnels, SNAP, and captures taken before
//! segmentation offload (total length 0).
//!
//! Cheap enough for every frame of a large file: nothing is allocated, TCP options are walked where
//! they stand and when somebody asks, and only the innermost IP header is kept beside a count of those around it.
//!
//! Its parts name each other in a circle, because headers do: what a tunnel carries is a packet again, or a whole frame.
//! It ends with the frame, for each header is behind the one before it.
//!
//! Absent on purpose: reassembly (that needs memory; `follow` collects fragments and hands the whole
//! to [`reassembled`]), and anything above TCP and UDP.

mod bridge;
mod checksum;
mod encapsulation;
pub mod fields;
mod gre;
mod link;
mod membership;
mod names;
mod network;
mod options;
mod overlay;
pub mod packet;
mod passed;
mod rare_link;
mod transport;
mod usual;
mod wireless;

use crate::model::number::count32;
use crate::model::{Frame, LinkType};

pub use checksum::{checksum, internet_checksum, ip_checksum, summed};
pub use membership::{GroupRecord, GroupWish, Membership, MembershipKind};
pub use names::{
    TcpFlagsError, ethertype_name, link_name, mptcp_subtype_name, protocol_name, tcp_option_name,
};
pub use options::{SackBlocks, SynOptions, TcpOptions};
pub use packet::{
    Arp, Body, Checksum, Ether, Fragment, Icmp, Ip, Packet, Problem, Problems, Tcp, TcpFlags,
    TcpOption, Udp,
};
pub use usual::{UsualPacket, UsualSegment};

/// IP payload compression, by its protocol number: what it carries is not read.
pub const IPCOMP: u8 = 108;

/// How many IP headers inside one another are followed. More is nobody's network, but somebody's attack.
const MAX_TUNNELS: u8 = 8;

/// Decodes bytes that are no [`Frame`]: of one, [`Frame::packet`] tells the same.
///
/// `bytes` is what was captured, link header first; `orig_len` its length on the link. Lengths in the
/// result are those that the headers claim, as far as `orig_len` has room for them.
#[must_use]
pub fn decode(link: LinkType, bytes: &[u8], orig_len: u32) -> Packet<'_> {
    let mut packet = Packet::default();
    let mut walk = Walk {
        bytes,
        at: 0,
        end: bytes.len().max(orig_len as usize),
        packet: &mut packet,
    };
    match link::first(&mut walk, link) {
        NextHeader::Done => {}
        next => walk.run(next),
    }
    packet
}

impl Frame<'_> {
    /// What its bytes mean. Computed anew each time: who asks often keeps it.
    #[must_use]
    pub fn packet(&self) -> Packet<'_> {
        decode(self.link, &self.bytes, self.orig_len)
    }
}

impl<'a> Packet<'a> {
    /// A whole Ethernet frame, decoded.
    #[must_use]
    pub fn of_ethernet(bytes: &'a [u8]) -> Self {
        decode(LinkType::ETHERNET, bytes, count32(bytes.len()))
    }

    /// A whole IP packet, decoded.
    #[must_use]
    pub fn of_ip(bytes: &'a [u8]) -> Self {
        decode(LinkType::RAW, bytes, count32(bytes.len()))
    }
}

/// The packet that the fragments of `last` make when put together: `last`'s addresses and link, with the
/// transport layer decoded from `payload`, the reassembled IP payload.
#[must_use]
pub fn reassembled<'a>(last: &Packet<'a>, payload: &'a [u8]) -> Packet<'a> {
    let mut packet = *last;
    packet.body = Body::Unknown;
    let Some(ip) = &mut packet.ip else {
        return packet;
    };
    ip.fragment = None;
    ip.payload = payload;
    ip.payload_len = count32(payload.len());
    let protocol = ip.protocol;
    let mut walk = Walk {
        bytes: payload,
        at: 0,
        end: payload.len(),
        packet: &mut packet,
    };
    walk.run(NextHeader::Protocol(protocol.into()));
    packet
}

/// What stands at the walk's place. The common ways (Ethernet to IP to TCP or UDP) are taken by a call, without
/// coming back here for each header.
enum NextHeader {
    /// A payload of this ethertype.
    Ethertype(u16),
    /// An IP header, its version in the first nibble.
    Ip,
    /// A payload of this IP protocol. As wide as an ethertype: so it is given back in a register.
    Protocol(u16),
    /// Nothing further in is read.
    Done,
}

/// A place in a frame, and what was read before it.
struct Walk<'p, 'a> {
    bytes: &'a [u8],
    /// Offset of the next header. May lie behind the captured bytes.
    at: usize,
    /// Where the current layer ends by the lengths that the headers claim: never behind the frame's own end,
    /// but perhaps behind the captured bytes.
    end: usize,
    packet: &'p mut Packet<'a>,
}

impl<'a> Walk<'_, 'a> {
    /// Reads header after header, from `next` on.
    #[inline]
    fn run(&mut self, mut next: NextHeader) {
        loop {
            next = match next {
                NextHeader::Ethertype(ethertype) => encapsulation::by_ethertype(self, ethertype),
                NextHeader::Ip => network::ip(self),
                NextHeader::Protocol(protocol) => {
                    transport::by_protocol(self, (protocol & 0xff) as u8)
                }
                NextHeader::Done => return,
            }
        }
    }

    /// The captured bytes from here to the end of the current layer.
    #[inline]
    fn rest(&self) -> &'a [u8] {
        let end = self.end.min(self.bytes.len());
        self.bytes.get(self.at..end).unwrap_or_default()
    }

    /// How many bytes the current layer has from here on by what the headers claim.
    #[inline]
    fn claimed(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    /// Notes a problem here.
    #[cold]
    fn problem(&mut self, name: &'static str, needed: usize, had: usize) {
        self.packet.problems.push(Problem {
            name,
            offset: count32(self.at),
            needed: count32(needed),
            had: count32(had),
        });
    }

    /// Notes that a header is not whole, and ends the walk.
    #[cold]
    fn cut(&mut self, name: &'static str, needed: usize) -> NextHeader {
        let had = self.rest().len();
        self.problem(name, needed, had);
        NextHeader::Done
    }
}

/// A big-endian 16-bit field at `at`, when it is there.
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    let field = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes([field[0], field[1]]))
}

#[cfg(test)]
mod tests;
