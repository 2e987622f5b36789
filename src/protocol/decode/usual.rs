//! The frames that nearly all of a large capture are, read in one go: Ethernet with a VLAN tag or none, IP without options or extension
//! headers, and in it a whole TCP segment or UDP datagram that needs no second look.
//!
//! For who counts millions of packets: what this gives is what [`Packet`](super::Packet) would say of them (a test holds both against each other),
//! without laying out all the rest. Whatever is in any way special is left to [`decode`](super::decode()).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use etherparse::{EtherType, IpNumber};

use super::checksum::{addresses, judged};
use super::options::ordinary;
use super::overlay;
use super::packet::{Checksum, TcpFlags};
use crate::model::{Endpoint, Frame, LinkType, Seq};

/// A whole segment or datagram between two endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsualPacket {
    /// Source.
    pub from: Endpoint,
    /// Destination.
    pub to: Endpoint,
    /// TTL or hop limit.
    pub ttl: u8,
    /// DSCP and ECN bits.
    pub traffic_class: u8,
    /// IPv4's identification; 0 for IPv6.
    pub id: u16,
    /// Its VLAN's id; 0 without a tag.
    pub vlan: u16,
    /// The last two bytes of the source's MAC address, then of the destination's.
    pub stations: [u8; 4],
    /// The verdict on its checksum.
    pub checksum: Checksum,
    /// The sum of all of its transport layer but for the checksum field.
    pub content: u16,
    /// Bytes of payload.
    pub len: u32,
    /// What a segment's header says; none of a datagram.
    pub segment: Option<UsualSegment>,
}

/// What the header of a segment says that is no SYN, and has no options but timestamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsualSegment {
    /// Sequence number.
    pub seq: Seq,
    /// Acknowledgement number; meaningless without ACK.
    pub ack: Seq,
    /// Control bits: no SYN.
    pub flags: TcpFlags,
    /// Window field as it stands.
    pub window: u16,
    /// TSval and TSecr, where it has the option.
    pub timestamps: Option<(u32, u32)>,
}

/// An IP header's fields, and what it carries.
struct IpFields<'a> {
    src: IpAddr,
    dst: IpAddr,
    ttl: u8,
    traffic_class: u8,
    id: u16,
    protocol: IpNumber,
    payload: &'a [u8],
}

impl UsualPacket {
    /// Reads a frame; none where it is not of this kind.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what it gives is large, and taken apart at once for every packet of large files"
    )]
    #[must_use]
    pub fn of(frame: &Frame<'_>) -> Option<Self> {
        let bytes = &*frame.bytes;
        if frame.link != LinkType::ETHERNET || frame.orig_len as usize != bytes.len() {
            return None;
        }
        let (ether, mut rest) = bytes.split_first_chunk::<14>()?;
        let mut ethertype = EtherType(be16(ether, 12));
        let mut vlan = 0;
        if ethertype == EtherType::VLAN_TAGGED_FRAME {
            let (tag, inside) = rest.split_first_chunk::<4>()?;
            vlan = be16(tag, 0) & 0xfff;
            ethertype = EtherType(be16(tag, 2));
            rest = inside;
        }
        let ip = match ethertype {
            EtherType::IPV4 => ipv4(rest)?,
            EtherType::IPV6 => ipv6(rest)?,
            _ => return None,
        };
        let mut packet = Self {
            from: Endpoint::new(ip.src, 0),
            to: Endpoint::new(ip.dst, 0),
            ttl: ip.ttl,
            traffic_class: ip.traffic_class,
            id: ip.id,
            vlan,
            stations: [ether[10], ether[11], ether[4], ether[5]],
            checksum: Checksum::Unchecked,
            content: 0,
            len: 0,
            segment: None,
        };
        let known = match ip.protocol {
            IpNumber::TCP => packet.segment(&ip),
            IpNumber::UDP => packet.datagram(&ip),
            _ => None,
        };
        known.map(|()| packet)
    }

    #[inline]
    fn segment(&mut self, ip: &IpFields<'_>) -> Option<()> {
        let header = ip.payload.first_chunk::<20>()?;
        let header_len = usize::from(header[12] >> 4) * 4;
        let options = ip.payload.get(20..header_len)?;
        let flags = TcpFlags::from_bits_retain(be16(header, 12) & 0xfff);
        if flags.contains(TcpFlags::SYN) || !ordinary(options) {
            return None;
        }
        self.from.port = be16(header, 0);
        self.to.port = be16(header, 2);
        let timestamps = options.last_chunk::<8>();
        let timestamps = timestamps.map(|both| (be32(both, 0), be32(both, 4)));
        self.len = u32::try_from(ip.payload.len() - header_len).ok()?;
        self.sum(ip, ip.payload, be16(header, 16));
        self.segment = Some(UsualSegment {
            seq: Seq(be32(header, 4)),
            ack: Seq(be32(header, 8)),
            flags,
            window: be16(header, 14),
            timestamps,
        });
        Some(())
    }

    #[inline]
    fn datagram(&mut self, ip: &IpFields<'_>) -> Option<()> {
        let header = ip.payload.first_chunk::<8>()?;
        let (sport, dport) = (be16(header, 0), be16(header, 2));
        let (len, field) = (be16(header, 4), be16(header, 6));
        let covered = ip.payload.get(..usize::from(len))?;
        self.len = u32::from(len.checked_sub(8)?);
        if overlay::port(sport, dport).is_some() {
            return None;
        }
        (self.from.port, self.to.port) = (sport, dport);
        if field != 0 || ip.src.is_ipv6() {
            self.sum(ip, covered, field);
        }
        Some(())
    }

    #[inline]
    fn sum(&mut self, ip: &IpFields<'_>, covered: &[u8], field: u16) {
        let addresses = addresses(ip.src, ip.dst);
        (self.checksum, self.content) = judged(addresses, ip.protocol, covered, field, || false);
    }
}

/// An IPv4 packet that is no fragment, whole, its header without options (RFC 791 §3.1).
#[inline]
fn ipv4(bytes: &[u8]) -> Option<IpFields<'_>> {
    let header = bytes.first_chunk::<20>()?;
    let total = be16(header, 2);
    let fragment = be16(header, 6) & 0x3fff;
    if header[0] != 0x45 || fragment != 0 {
        return None;
    }
    let address = |at| IpAddr::V4(Ipv4Addr::from_bits(be32(header, at)));
    Some(IpFields {
        src: address(12),
        dst: address(16),
        ttl: header[8],
        traffic_class: header[1],
        id: be16(header, 4),
        protocol: IpNumber(header[9]),
        payload: bytes.get(20..usize::from(total))?,
    })
}

/// An IPv6 packet without extension headers, whole (RFC 8200 §3). A length of 0 is none.
#[inline]
fn ipv6(bytes: &[u8]) -> Option<IpFields<'_>> {
    let (header, behind) = bytes.split_first_chunk::<40>()?;
    let len = be16(header, 4);
    if header[0] >> 4 != 6 || len == 0 {
        return None;
    }
    let [_, _, _, _, _, _, protocol, ttl, addresses @ ..] = header;
    let (src, dst) = addresses.split_first_chunk::<16>()?;
    Some(IpFields {
        src: IpAddr::V6(Ipv6Addr::from(*src)),
        dst: IpAddr::V6(Ipv6Addr::from(*dst.first_chunk::<16>()?)),
        ttl: *ttl,
        traffic_class: header[0] << 4 | header[1] >> 4,
        id: 0,
        protocol: IpNumber(*protocol),
        payload: behind.get(..usize::from(len))?,
    })
}

#[inline]
const fn be16<const N: usize>(bytes: &[u8; N], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

#[inline]
const fn be32<const N: usize>(bytes: &[u8; N], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
