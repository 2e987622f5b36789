//! What decoding gives: one packet's fields, borrowed from the frame's bytes.

use std::net::IpAddr;

use bitflags::bitflags;

use crate::model::{Endpoint, Seq};

/// One decoded frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Packet<'a> {
    /// The Ethernet header; none on other link types.
    pub ether: Option<Ether>,
    /// The innermost IP header that was reached.
    pub ip: Option<Ip<'a>>,
    /// How many IP headers (tunnels) stand around `ip`.
    pub tunnels: u8,
    /// What the innermost layer carries.
    pub body: Body<'a>,
    /// What is wrong with it.
    pub problems: Problems,
}

/// An Ethernet header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ether {
    /// Source MAC address.
    pub src: [u8; 6],
    /// Destination MAC address.
    pub dst: [u8; 6],
    /// Ethertype of the payload, after any VLAN tags.
    pub ethertype: u16,
    /// VLAN ids, outermost first; 0 where there is none.
    pub vlans: [u16; 2],
}

/// An IPv4 or IPv6 header with what of its extension headers matters here.
#[derive(Clone, Copy, Debug)]
pub struct Ip<'a> {
    /// Source address.
    pub src: IpAddr,
    /// Destination address.
    pub dst: IpAddr,
    /// Protocol number of `payload` (for IPv6 after the extension headers).
    pub protocol: u8,
    /// TTL or hop limit.
    pub ttl: u8,
    /// DSCP and ECN bits: the whole traffic-class byte.
    pub traffic_class: u8,
    /// IPv4's don't-fragment bit (always false for IPv6).
    pub dont_fragment: bool,
    /// Header length in bytes, options or extension headers included.
    pub header_len: u16,
    /// Length of the payload that the header claims, in bytes (what a snapped frame lacks is counted), as far as the
    /// frame had room for it on the link.
    pub payload_len: u32,
    /// Present when this is a fragment (offset > 0 or more-fragments set).
    pub fragment: Option<Fragment>,
    /// The identification field (IPv4, or IPv6's fragment header; 0 where there is none).
    pub id: u32,
    /// Offset of the header in the frame.
    pub offset: u32,
    /// The captured part of the header, options or extension headers included.
    pub header: &'a [u8],
    /// The captured part of the payload, no more of it than `payload_len`.
    pub payload: &'a [u8],
}

/// Where a fragment belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Offset in the datagram, in bytes.
    pub offset: u32,
    /// More fragments follow.
    pub more: bool,
}

/// What an IP packet or a frame carries.
#[derive(Clone, Copy, Debug, Default)]
pub enum Body<'a> {
    /// A TCP segment.
    Tcp(Tcp<'a>),
    /// A UDP datagram.
    Udp(Udp<'a>),
    /// An ICMP or ICMPv6 message.
    Icmp(Icmp<'a>),
    /// An ARP message.
    Arp(Arp),
    /// A fragment whose transport header is elsewhere, or that waits for its siblings.
    Fragment,
    /// Another IP protocol, by number.
    OtherIp(u8),
    /// Another ethertype, by number.
    OtherEther(u16),
    /// A link type that is not decoded, or nothing readable.
    #[default]
    Unknown,
}

bitflags! {
    /// TCP's control bits, as in header bytes 12 (low nibble) and 13 (RFC 9293 §3.1; AE: RFC 9768). Reserved bits
    /// that a sender set are kept in [`TcpFlags::bits`] and have no word.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
    pub struct TcpFlags: u16 {
        /// No more data from the sender.
        const FIN = 0x001;
        /// Synchronize sequence numbers.
        const SYN = 0x002;
        /// Reset the connection.
        const RST = 0x004;
        /// Push: hand the data to the program without waiting for more.
        const PSH = 0x008;
        /// The acknowledgement field is significant.
        const ACK = 0x010;
        /// The urgent pointer is significant.
        const URG = 0x020;
        /// ECN echo.
        const ECE = 0x040;
        /// Congestion window reduced.
        const CWR = 0x080;
        /// Accurate ECN (formerly NS).
        const AE = 0x100;
    }
}

/// A TCP segment.
#[derive(Clone, Copy, Debug)]
pub struct Tcp<'a> {
    /// Source port.
    pub sport: u16,
    /// Destination port.
    pub dport: u16,
    /// Sequence number.
    pub seq: Seq,
    /// Acknowledgement number; meaningless without ACK.
    pub ack: Seq,
    /// Control bits.
    pub flags: TcpFlags,
    /// Window field as it stands, unscaled.
    pub window: u16,
    /// Checksum field.
    pub checksum: u16,
    /// Urgent pointer field.
    pub urgent: u16,
    /// Header length in bytes (data offset × 4).
    pub header_len: u8,
    /// The captured option bytes.
    pub options: &'a [u8],
    /// Payload length in bytes by the lengths that the headers claim.
    pub len: u32,
    /// The captured part of the payload.
    pub payload: &'a [u8],
}

/// One TCP option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpOption<'a> {
    /// End of options (kind 0).
    End,
    /// Padding (kind 1).
    Nop,
    /// Maximum segment size in bytes (kind 2; RFC 9293 §3.7.1).
    Mss(u16),
    /// Window scale: shift count (kind 3; RFC 7323 §2).
    WindowScale(u8),
    /// SACK permitted (kind 4; RFC 2018 §2).
    SackPermitted,
    /// SACK blocks: pairs of 32-bit left and right edges, as they stand (kind 5; RFC 2018 §3).
    Sack(&'a [u8]),
    /// Timestamps: TSval, TSecr (kind 8; RFC 7323 §3).
    Timestamps(u32, u32),
    /// Fast Open cookie, empty in a request (kind 34; RFC 7413 §4.1.1).
    FastOpen(&'a [u8]),
    /// Multipath TCP: subtype and the whole body (kind 30; RFC 8684).
    Mptcp(u8, &'a [u8]),
    /// MD5 signature (kind 19; RFC 2385).
    Md5(&'a [u8]),
    /// Authentication option (kind 29; RFC 5925).
    Ao(&'a [u8]),
    /// Accurate ECN's counters of bytes that came with ECT(0), CE, ECT(1), of 24 bits each, as many as there are: in this
    /// order (kind 172), or the other way around (true, kind 174; RFC 9768).
    AccurateEcn(bool, &'a [u8]),
    /// User timeout (kind 28; RFC 5482 §2): true when in minutes, false when in seconds; value.
    UserTimeout(bool, u16),
    /// Any other kind with its body.
    Other(u8, &'a [u8]),
    /// An option whose length does not fit: kind and claimed length. Nothing follows it.
    Malformed(u8, u8),
}

/// A UDP datagram.
#[derive(Clone, Copy, Debug)]
pub struct Udp<'a> {
    /// Source port.
    pub sport: u16,
    /// Destination port.
    pub dport: u16,
    /// Checksum field; 0 on IPv4 means "none" (RFC 768).
    pub checksum: u16,
    /// Payload length in bytes by the length field.
    pub len: u32,
    /// The captured part of the payload.
    pub payload: &'a [u8],
}

/// An ICMP or ICMPv6 message.
#[derive(Clone, Copy, Debug)]
pub struct Icmp<'a> {
    /// True for ICMPv6.
    pub v6: bool,
    /// Message type, as the protocol's registry numbers it.
    pub kind: u8,
    /// Code within the type.
    pub code: u8,
    /// Checksum field.
    pub checksum: u16,
    /// The four bytes after the checksum: id and sequence of an echo, MTU of a "too big".
    pub rest: [u8; 4],
    /// The captured bytes after those.
    pub payload: &'a [u8],
    /// For an error message: the flow of the quoted packet, as its sender sent it (protocol, from, to).
    pub quoted: Option<(u8, Endpoint, Endpoint)>,
}

/// An ARP message for IPv4 over Ethernet (RFC 826).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arp {
    /// 1 request, 2 reply.
    pub operation: u16,
    /// Sender's hardware address.
    pub sender_mac: [u8; 6],
    /// Sender's protocol address.
    pub sender: std::net::Ipv4Addr,
    /// Target's hardware address.
    pub target_mac: [u8; 6],
    /// Target's protocol address.
    pub target: std::net::Ipv4Addr,
}

/// A checksum's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// It is the sum of what it covers.
    Right,
    /// The pseudo-header's sum only: left to the interface's offload, filled in later by it.
    Offloaded,
    /// It does not fit: the receiver will drop this.
    Wrong,
    /// Not computed: the frame is cut, a fragment, or (UDP over IPv4) has none.
    Unchecked,
}

/// One thing that is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind: a stable short name for JSON (`ip-header-cut`, `tcp-options-malformed`, …); its wording is the catalogue's.
    pub name: &'static str,
    /// Where, in bytes from the frame's beginning.
    pub offset: u32,
    /// Bytes that were needed, where too few of them is the problem.
    pub needed: u32,
    /// Bytes that there were, where too few of them is the problem.
    pub had: u32,
}

/// Up to two problems: after the outermost ones nothing further in is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Problems {
    list: [Option<Problem>; 2],
}

impl Problems {
    /// Adds one; a third is left out.
    pub fn push(&mut self, problem: Problem) {
        if let Some(free) = self.list.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(problem);
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter().flatten()
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list[0].is_none()
    }
}

impl Packet<'_> {
    /// The transport endpoints (source, destination), for TCP and UDP.
    #[must_use]
    pub fn endpoints(&self) -> Option<(Endpoint, Endpoint)> {
        let ip = self.ip.as_ref()?;
        let (sport, dport) = match self.body {
            Body::Tcp(ref t) => (t.sport, t.dport),
            Body::Udp(ref u) => (u.sport, u.dport),
            _ => return None,
        };
        Some((Endpoint::new(ip.src, sport), Endpoint::new(ip.dst, dport)))
    }
}
