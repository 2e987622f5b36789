//! Packets from their fields, checksums right unless they are to be wrong. Written by hand, so that no decoder of ours or of
//! its library is tested against itself.

use std::net::IpAddr;

use sockscope::protocol::decode::TcpFlags;

/// A frame on Ethernet.
#[derive(Clone, Debug)]
pub struct Packet {
    pub from: [u8; 6],
    pub to: [u8; 6],
    /// The number of its VLAN.
    pub vlan: Option<u16>,
    pub src: IpAddr,
    pub dst: IpAddr,
    /// IPv4's identification.
    pub ip_id: u16,
    /// Or hop limit.
    pub ttl: u8,
    /// DSCP and ECN.
    pub traffic_class: u8,
    pub dont_fragment: bool,
    /// The transport checksum is wrong by one bit.
    pub bad_checksum: bool,
    /// Of the IP payload only this piece, in bytes.
    pub fragment: Option<(usize, usize)>,
    /// Bytes over those of the frame.
    pub patches: Vec<(u32, Vec<u8>)>,
    pub body: Body,
}

/// What it carries.
#[derive(Clone, Debug)]
pub enum Body {
    Tcp(Tcp),
    Udp {
        ports: (u16, u16),
        payload: Vec<u8>,
    },
    Icmp {
        kind: u8,
        code: u8,
        rest: [u8; 4],
        payload: Vec<u8>,
    },
    Arp {
        operation: u16,
    },
    /// The bytes behind the Ethernet addresses.
    Raw(Vec<u8>),
}

/// A segment, numbers as they stand in the header.
#[derive(Clone, Debug)]
pub struct Tcp {
    pub ports: (u16, u16),
    pub seq: u32,
    pub ack: u32,
    pub flags: TcpFlags,
    pub win: u16,
    pub urg: u16,
    /// Filled up with zeros to a multiple of four bytes.
    pub options: Vec<u8>,
    pub payload: Vec<u8>,
}

impl Packet {
    /// The frame's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut frame = [self.to, self.from].concat();
        if let Some(vlan) = self.vlan {
            frame.extend([0x81, 0]);
            frame.extend(vlan.to_be_bytes());
        }
        match &self.body {
            Body::Raw(bytes) => frame.extend(bytes),
            Body::Arp { operation } => self.arp(*operation, &mut frame),
            _ => frame.extend(self.ip()),
        }
        for (at, bytes) in &self.patches {
            for (old, new) in frame.iter_mut().skip(*at as usize).zip(bytes) {
                *old = *new;
            }
        }
        frame
    }

    /// The IP packet with the type that announces it: what an ICMP error quotes stands behind the first two bytes.
    pub fn ip(&self) -> Vec<u8> {
        let (protocol, mut transport) = self.transport();
        let whole = transport.len();
        let (from, to) = self.fragment.unwrap_or((0, whole));
        let to = to.min(whole);
        transport = transport[from.min(to)..to].to_vec();
        let more = u16::from(to < whole);
        let mut ip = Vec::new();
        match (self.src, self.dst) {
            (IpAddr::V4(src), IpAddr::V4(dst)) => {
                ip.extend([0x45, self.traffic_class]);
                ip.extend((20 + transport.len() as u16).to_be_bytes());
                ip.extend(self.ip_id.to_be_bytes());
                let whole = self.fragment.is_none() && self.dont_fragment;
                let bits = u16::from(whole) << 14 | more << 13 | (from as u16 / 8);
                ip.extend(bits.to_be_bytes());
                ip.extend([self.ttl, protocol, 0, 0]);
                ip.extend(src.octets());
                ip.extend(dst.octets());
                let sum = checksum(&ip);
                ip[10..12].copy_from_slice(&sum.to_be_bytes());
                ip.splice(0..0, [8, 0]);
            }
            (src, dst) => {
                let class = u32::from(self.traffic_class) << 20;
                ip.extend([0x86, 0xdd]);
                ip.extend((0x6000_0000 | class).to_be_bytes());
                let extension = 8 * u16::from(self.fragment.is_some());
                ip.extend((transport.len() as u16 + extension).to_be_bytes());
                ip.extend([if extension > 0 { 44 } else { protocol }, self.ttl]);
                ip.extend(octets(src));
                ip.extend(octets(dst));
                if extension > 0 {
                    // RFC 8200 §4.5.
                    ip.extend([protocol, 0]);
                    ip.extend((from as u16 | more).to_be_bytes());
                    ip.extend(u32::from(self.ip_id).to_be_bytes());
                }
            }
        }
        ip.extend(transport);
        ip
    }

    fn transport(&self) -> (u8, Vec<u8>) {
        let v6 = self.src.is_ipv6();
        let (protocol, at, mut bytes) = match &self.body {
            Body::Tcp(tcp) => (6, 16, tcp.bytes()),
            Body::Udp { ports, payload } => {
                let mut udp = ports.0.to_be_bytes().to_vec();
                udp.extend(ports.1.to_be_bytes());
                udp.extend((8 + payload.len() as u16).to_be_bytes());
                udp.extend([0, 0]);
                udp.extend(payload);
                (17, 6, udp)
            }
            Body::Icmp {
                kind,
                code,
                rest,
                payload,
            } => {
                let mut icmp = vec![*kind, *code, 0, 0];
                icmp.extend(rest);
                icmp.extend(payload);
                (if v6 { 58 } else { 1 }, 2, icmp)
            }
            Body::Arp { .. } | Body::Raw(_) => return (0, Vec::new()),
        };
        let mut summed = Vec::new();
        if protocol != 1 {
            summed.extend(octets(self.src));
            summed.extend(octets(self.dst));
            summed.extend([0, protocol]);
            summed.extend((bytes.len() as u16).to_be_bytes());
        }
        summed.extend(&bytes);
        let sum = checksum(&summed) ^ u16::from(self.bad_checksum);
        bytes[at..at + 2].copy_from_slice(&sum.to_be_bytes());
        (protocol, bytes)
    }

    fn arp(&self, operation: u16, frame: &mut Vec<u8>) {
        frame.extend([8, 6, 0, 1, 8, 0, 6, 4]);
        frame.extend(operation.to_be_bytes());
        frame.extend(self.from);
        frame.extend(octets(self.src));
        frame.extend(if operation == 1 { [0; 6] } else { self.to });
        frame.extend(octets(self.dst));
    }
}

impl Tcp {
    fn bytes(&self) -> Vec<u8> {
        let mut options = self.options.clone();
        options.resize(options.len().next_multiple_of(4), 0);
        let words = 5 + options.len() as u16 / 4;
        let mut tcp = self.ports.0.to_be_bytes().to_vec();
        tcp.extend(self.ports.1.to_be_bytes());
        tcp.extend(self.seq.to_be_bytes());
        tcp.extend(self.ack.to_be_bytes());
        tcp.extend((words << 12 | self.flags.bits()).to_be_bytes());
        tcp.extend(self.win.to_be_bytes());
        tcp.extend([0, 0]);
        tcp.extend(self.urg.to_be_bytes());
        tcp.extend(options);
        tcp.extend(&self.payload);
        tcp
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    }
}

/// The internet checksum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}
