//! One frame as patterns see it, and the one notation in which a frame is written down.
//!
//! `client > server  SYN  seq=0 win=64240 len=0 mss=1460 sack-permitted ts wscale=7`
//!
//! What [`FrameView::line`] writes, a pattern reads, and that pattern matches the frame it was written of: the
//! `lines` view, packet comments, expectations and what was seen instead of them are one language.

use std::fmt::Write as _;

use crate::model::number::signed;
use crate::model::{Endpoint, Host, HostId, Seq};
use crate::protocol::decode::{Body, Icmp, Packet, Tcp, TcpFlags, TcpOption};
use crate::protocol::follow::{Analysis, Segment};

use super::kernel_numbers::KernelNumbers;
use super::vocabulary::{NumericField, Property, Protocol};

/// One frame, with what is known of it.
#[derive(Clone, Debug)]
pub struct FrameView<'a> {
    /// The sender's name, where one is known.
    pub from: Option<String>,
    /// The receiver's name.
    pub to: Option<String>,
    /// It is for everybody (a group address).
    pub to_group: bool,
    /// Its headers' fields.
    pub packet: Packet<'a>,
    /// What following it gave.
    pub segment: Option<&'a Segment>,
    /// Its length on the link in bytes.
    pub size: u32,
    /// It ended on the wire.
    pub lost: bool,
    /// Its transport checksum does not fit.
    pub bad_checksum: bool,
    /// What the sender's kernel reported of the connection just after the frame had left.
    pub kernel: Option<KernelNumbers>,
}

impl<'a> FrameView<'a> {
    /// A frame between these hosts; where a host is not said, its address tells.
    #[must_use]
    pub fn new(
        hosts: &[Host],
        from: Option<HostId>,
        to: Option<HostId>,
        packet: Packet<'a>,
        segment: Option<&'a Segment>,
        size: u32,
    ) -> Self {
        let name = |id: Option<HostId>| {
            id.and_then(|id| hosts.iter().find(|host| host.id == id))
                .map(|host| host.name.raw().to_owned())
        };
        let (src, dst) = addresses(&packet);
        let by_address = |addr: Option<std::net::IpAddr>| {
            let addr = addr?;
            hosts
                .iter()
                .find(|host| {
                    host.ipv4.is_some_and(|ip| addr == ip) || host.ipv6.is_some_and(|ip| addr == ip)
                })
                .map(|host| host.name.raw().to_owned())
                .or_else(|| Some(addr.to_string()))
        };
        let to_group = packet.ether.is_some_and(|ether| ether.dst[0] & 1 == 1)
            || packet.ip.as_ref().is_some_and(|ip| ip.dst.is_multicast());
        Self {
            from: name(from).or_else(|| by_address(src)),
            to: name(to).or_else(|| by_address(dst)),
            to_group,
            packet,
            segment,
            size,
            lost: false,
            bad_checksum: false,
            kernel: None,
        }
    }

    /// It is of this protocol.
    #[must_use]
    pub fn is(&self, protocol: Protocol) -> bool {
        match protocol {
            Protocol::Tcp => self.tcp().is_some(),
            Protocol::Udp => matches!(self.packet.body, Body::Udp(_)),
            Protocol::Icmp => matches!(self.packet.body, Body::Icmp(_)),
            Protocol::Arp => matches!(self.packet.body, Body::Arp(_)),
            Protocol::Ip => self.packet.ip.is_some(),
        }
    }

    /// TCP's control bits.
    #[must_use]
    pub fn flags(&self) -> Option<TcpFlags> {
        self.tcp().map(|tcp| tcp.flags)
    }

    /// This is true of it.
    #[must_use]
    pub fn has(&self, what: Property) -> bool {
        let analysis = |flags: Analysis| self.segment.is_some_and(|s| s.analysis.intersects(flags));
        let icmp = |v4: (u8, Option<u8>), v6: (u8, Option<u8>)| {
            self.icmp().is_some_and(|icmp| {
                let (kind, code) = if icmp.v6 { v6 } else { v4 };
                icmp.kind == kind && code.is_none_or(|code| icmp.code == code)
            })
        };
        let arp = |operation| matches!(self.packet.body, Body::Arp(a) if a.operation == operation);
        let fragment = self.packet.ip.as_ref().and_then(|ip| ip.fragment);
        let option = |is: fn(&TcpOption<'_>) -> bool| {
            self.tcp()
                .is_some_and(|tcp| tcp.options().any(|option| is(&option)))
        };
        match what {
            Property::Data => self.number(NumericField::Len).is_some_and(|len| len > 0),
            Property::Resend => self.segment.is_some_and(Segment::is_resend),
            Property::DupAck => analysis(Analysis::DUPLICATE_ACK),
            Property::OutOfOrder => analysis(Analysis::OUT_OF_ORDER),
            Property::KeepAlive => analysis(Analysis::KEEP_ALIVE),
            Property::ZeroWindow => analysis(Analysis::ZERO_WINDOW),
            Property::WindowUpdate => analysis(Analysis::WINDOW_UPDATE),
            Property::SackPermitted => self.tcp().is_some_and(Tcp::sack_permitted),
            Property::Sack => self
                .tcp()
                .is_some_and(|tcp| tcp.sack_blocks().next().is_some()),
            Property::DSack => self.tcp().is_some_and(|tcp| tcp.dsack().is_some()),
            Property::FastOpen => option(|option| matches!(option, TcpOption::FastOpen(_))),
            Property::Multipath => option(|option| matches!(option, TcpOption::Mptcp(..))),
            Property::Md5 => option(|option| matches!(option, TcpOption::Md5(_))),
            Property::Authenticated => option(|option| matches!(option, TcpOption::Ao(_))),
            Property::AccurateEcn => option(|option| matches!(option, TcpOption::AccurateEcn(..))),
            Property::Timestamps => self.tcp().is_some_and(|tcp| tcp.timestamps().is_some()),
            Property::DontFragment => self.packet.ip.as_ref().is_some_and(|ip| ip.dont_fragment),
            Property::Fragment => fragment.is_some(),
            Property::More => fragment.is_some_and(|f| f.more),
            Property::Request => arp(1),
            Property::Reply => arp(2),
            Property::EchoRequest => icmp((8, None), (128, None)),
            Property::EchoReply => icmp((0, None), (129, None)),
            Property::PortUnreachable => icmp((3, Some(3)), (1, Some(4))),
            Property::Lost => self.lost,
            Property::BadChecksum => self.bad_checksum,
        }
    }

    /// One of its numbers; sequence and acknowledgement numbers relative.
    #[must_use]
    pub fn number(&self, key: NumericField) -> Option<i64> {
        let tcp = self.tcp();
        let icmp = self.icmp();
        let pair = |icmp: &Icmp<'_>, at: usize| {
            i64::from(u16::from_be_bytes([icmp.rest[at], icmp.rest[at + 1]]))
        };
        match key {
            NumericField::Seq => match icmp {
                Some(icmp) => Some(pair(icmp, 2)),
                None => self.segment.map(|s| i64::from(s.rel_seq)),
            },
            NumericField::Ack => self
                .segment
                .filter(|s| s.flags.contains(TcpFlags::ACK))
                .map(|s| i64::from(s.rel_ack)),
            NumericField::Len => self.payload_len(),
            NumericField::Win => match self.segment {
                Some(segment) => Some(i64::from(segment.window)),
                None => tcp.map(|tcp| i64::from(tcp.window)),
            },
            NumericField::RawSeq => tcp.map(|tcp| i64::from(tcp.seq.0)),
            NumericField::RawWin => tcp.map(|tcp| i64::from(tcp.window)),
            NumericField::SackFrom => self.sack_edge(|(from, _)| from),
            NumericField::SackTo => self.sack_edge(|(_, to)| to),
            NumericField::Ecn => self
                .packet
                .ip
                .as_ref()
                .map(|ip| i64::from(ip.traffic_class & 3)),
            NumericField::Mss => tcp.and_then(Tcp::mss).map(i64::from),
            NumericField::Wscale => tcp.and_then(Tcp::window_scale).map(i64::from),
            NumericField::Urg => tcp.map(|tcp| i64::from(tcp.urgent)),
            NumericField::Sport => self.ports().map(|(from, _)| i64::from(from)),
            NumericField::Dport => self.ports().map(|(_, to)| i64::from(to)),
            NumericField::Ttl => self.packet.ip.as_ref().map(|ip| i64::from(ip.ttl)),
            NumericField::Size => Some(i64::from(self.size)),
            NumericField::Offset => self
                .packet
                .ip
                .as_ref()
                .and_then(|ip| ip.fragment)
                .map(|fragment| i64::from(fragment.offset)),
            NumericField::Type => icmp.map(|icmp| i64::from(icmp.kind)),
            NumericField::Code => icmp.map(|icmp| i64::from(icmp.code)),
            NumericField::Id => icmp.map(|icmp| pair(icmp, 0)),
            NumericField::Mtu => icmp.map(|icmp| {
                if icmp.v6 {
                    i64::from(u32::from_be_bytes(icmp.rest))
                } else {
                    pair(icmp, 2)
                }
            }),
            NumericField::Dup => self.segment.map(|s| i64::from(s.dup_ack_num)),
            NumericField::Cwnd
            | NumericField::Ssthresh
            | NumericField::Flight
            | NumericField::Reductions
            | NumericField::Peak
            | NumericField::Srtt
            | NumericField::Rttvar
            | NumericField::Rto => self.kernel?.number(key),
        }
    }

    /// Its sequence or acknowledgement number as it stands in the header.
    #[must_use]
    pub fn absolute(&self, key: NumericField) -> Option<u32> {
        let tcp = self.tcp()?;
        match key {
            NumericField::Seq => Some(tcp.seq.0),
            NumericField::Ack => tcp.flags.contains(TcpFlags::ACK).then_some(tcp.ack.0),
            _ => None,
        }
    }

    /// The sequence number that the receiver's numbering begins with, by the acknowledgement.
    #[must_use]
    pub fn receiver_isn(&self) -> Option<Seq> {
        self.segment
            .filter(|s| s.flags.contains(TcpFlags::ACK))
            .map(Segment::peer_isn)
    }

    /// Both ends, of a first fragment too.
    #[must_use]
    pub fn ends(&self) -> Option<(Endpoint, Endpoint)> {
        let (src, dst) = addresses(&self.packet);
        let (sport, dport) = self.ports()?;
        Some((Endpoint::new(src?, sport), Endpoint::new(dst?, dport)))
    }

    /// Ports; those of a first fragment stand at the beginning of what it carries.
    fn ports(&self) -> Option<(u16, u16)> {
        if let Some((from, to)) = self.packet.endpoints() {
            return Some((from.port, to.port));
        }
        let ip = self.packet.ip.as_ref()?;
        let first = ip.fragment.is_some_and(|f| f.offset == 0) && matches!(ip.protocol, 6 | 17);
        let [a, b, c, d] = *ip.payload.first_chunk::<4>()?;
        first.then(|| (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])))
    }

    /// An edge of the first SACK block, counted from the receiver's initial sequence number.
    fn sack_edge(&self, edge: fn((Seq, Seq)) -> Seq) -> Option<i64> {
        let first = self.tcp()?.sack_blocks().next()?;
        Some(i64::from(edge(first).relative_to(self.receiver_isn()?)))
    }

    /// The frame in the one notation.
    #[must_use]
    pub fn line(&self) -> String {
        self.written(false) + &self.analysis_words()
    }

    /// The same without what may differ from run to run though the frame is the same: of its window only whether it is
    /// closed, no number that a kernel chose for an echo, and of the analysis at one vantage, which times decide too,
    /// nothing; whether it was sent before, `again` says.
    #[must_use]
    pub fn steady_line(&self, again: bool) -> String {
        self.written(true) + if again { " resend" } else { "" }
    }

    fn written(&self, steady: bool) -> String {
        let from = self.from.as_deref().unwrap_or("any");
        let to = match &self.to {
            _ if self.to_group => "all",
            Some(name) => name,
            None => "any",
        };
        let mut line = format!("{from} > {to}  ");
        match &self.packet.body {
            Body::Tcp(tcp) => self.tcp_line(tcp, steady, &mut line),
            Body::Udp(udp) => {
                let _ = write!(line, "UDP  len={}", udp.len);
            }
            Body::Icmp(icmp) => self.icmp_line(icmp, steady, &mut line),
            Body::Arp(arp) => {
                line.push_str("ARP  ");
                line.push_str(match arp.operation {
                    1 => "request",
                    2 => "reply",
                    _ => "",
                });
            }
            Body::Fragment => self.fragment_line(&mut line),
            Body::OtherIp(_) => line.push_str("IP"),
            Body::OtherEther(_) | Body::Unknown => {
                let _ = write!(line, "size={}", self.size);
            }
        }
        if let Some(ecn) = self.number(NumericField::Ecn).filter(|ecn| *ecn > 0) {
            let _ = write!(line, " ecn={ecn}");
        }
        line.trim_end().to_owned()
    }

    fn tcp_line(&self, tcp: &Tcp<'_>, steady: bool, line: &mut String) {
        if tcp.flags.is_empty() {
            line.push_str("TCP ");
        } else {
            let _ = write!(line, "{} ", tcp.flags);
        }
        if let Some(segment) = self.segment {
            let _ = write!(line, " seq={}", segment.rel_seq);
            if tcp.flags.contains(TcpFlags::ACK) {
                let _ = write!(line, " ack={}", segment.rel_ack);
            }
            if !steady {
                let _ = write!(line, " win={}", segment.window);
            } else if self.has(Property::ZeroWindow) {
                line.push_str(" zero-window");
            }
        }
        let _ = write!(line, " len={}", tcp.len);
        if tcp.flags.contains(TcpFlags::URG) {
            let _ = write!(line, " urg={}", tcp.urgent);
        }
        for option in tcp.options() {
            match option {
                TcpOption::Mss(mss) => {
                    let _ = write!(line, " mss={mss}");
                }
                TcpOption::WindowScale(shift) => {
                    let _ = write!(line, " wscale={shift}");
                }
                TcpOption::SackPermitted => line.push_str(" sack-permitted"),
                TcpOption::Timestamps(..) => line.push_str(" ts"),
                TcpOption::Sack(_) => line.push_str(" sack"),
                TcpOption::FastOpen(_) => line.push_str(" fast-open"),
                TcpOption::Mptcp(..) => line.push_str(" mptcp"),
                TcpOption::Md5(_) => line.push_str(" md5"),
                TcpOption::Ao(_) => line.push_str(" tcp-ao"),
                TcpOption::AccurateEcn(..) => line.push_str(" accecn"),
                _ => {}
            }
        }
    }

    /// What analysis says of it.
    fn analysis_words(&self) -> String {
        let mut words = String::new();
        if self.has(Property::Resend) {
            words.push_str(" resend");
        }
        if self.has(Property::DupAck) {
            let _ = write!(words, " dup={}", self.segment.map_or(0, |s| s.dup_ack_num));
        }
        words
    }

    fn icmp_line(&self, icmp: &Icmp<'_>, steady: bool, line: &mut String) {
        line.push_str("ICMP ");
        if self.has(Property::EchoRequest) || self.has(Property::EchoReply) {
            let word = if self.has(Property::EchoRequest) {
                "echo-request"
            } else {
                "echo-reply"
            };
            let _ = write!(line, " {word}");
            if !steady {
                let _ = write!(line, " id={}", self.number(NumericField::Id).unwrap_or(0));
            }
            let _ = write!(line, " seq={}", self.number(NumericField::Seq).unwrap_or(0));
        } else if self.has(Property::PortUnreachable) {
            line.push_str(" port-unreachable");
        } else {
            let _ = write!(line, " type={} code={}", icmp.kind, icmp.code);
        }
        let _ = write!(line, " len={}", icmp.payload.len());
    }

    fn fragment_line(&self, line: &mut String) {
        let fragment = self.packet.ip.as_ref().and_then(|ip| ip.fragment);
        let offset = fragment.map_or(0, |f| f.offset);
        let _ = write!(line, "IP  fragment offset={offset}");
        if let Some(len) = self.payload_len() {
            let _ = write!(line, " len={len}");
        }
        if fragment.is_some_and(|f| f.more) {
            line.push_str(" more");
        }
    }

    fn payload_len(&self) -> Option<i64> {
        match &self.packet.body {
            Body::Tcp(tcp) => Some(i64::from(tcp.len)),
            Body::Udp(udp) => Some(i64::from(udp.len)),
            Body::Icmp(icmp) => Some(signed(icmp.payload.len())),
            Body::Fragment | Body::OtherIp(_) => {
                self.packet.ip.as_ref().map(|ip| i64::from(ip.payload_len))
            }
            _ => None,
        }
    }

    fn tcp(&self) -> Option<&Tcp<'a>> {
        match &self.packet.body {
            Body::Tcp(tcp) => Some(tcp),
            _ => None,
        }
    }

    fn icmp(&self) -> Option<&Icmp<'a>> {
        match &self.packet.body {
            Body::Icmp(icmp) => Some(icmp),
            _ => None,
        }
    }
}

fn addresses(packet: &Packet<'_>) -> (Option<std::net::IpAddr>, Option<std::net::IpAddr>) {
    match (&packet.ip, &packet.body) {
        (Some(ip), _) => (Some(ip.src), Some(ip.dst)),
        (None, Body::Arp(arp)) => (Some(arp.sender.into()), Some(arp.target.into())),
        _ => (None, None),
    }
}
