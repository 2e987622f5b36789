//! A frame's words to its fields: numbers from relative to absolute, windows by their scales, clocks as kernels have them.

use std::net::IpAddr;
use std::ops::Range;

use sockscope::model::HostId;
use sockscope::notation::Mistake;
use sockscope::notation::vocabulary::Protocol;
use sockscope::protocol::decode::TcpFlags;

use super::frame::{Draft, ICMP, Stamps};
use super::packet::{Body, Packet, Tcp};
use super::stage::{PORTS, Side, Stage, mac};

impl Stage {
    pub(super) fn ports(from: HostId, to: Option<HostId>, draft: &Draft) -> (u16, u16) {
        let opens = to.is_none_or(|to| from < to);
        let (src, dst) = if opens { PORTS } else { (PORTS.1, PORTS.0) };
        let or = |name, other| draft.number(name).map_or(other, |port| port as u16);
        (or("sport", src), or("dport", dst))
    }

    pub(super) fn packet(
        &mut self,
        ns: i64,
        from: HostId,
        to: Option<HostId>,
        draft: &Draft,
        span: &Range<usize>,
    ) -> Result<Packet, Box<Mistake>> {
        let ports = Self::ports(from, to, draft);
        let group = |broadcast: IpAddr| to.map_or(broadcast, |to| self.address(to));
        let dst = match draft.protocol {
            // Who is asked for, which is not who the frame is for.
            Some(Protocol::Arp) if to.is_none() => self.address(HostId(1 - from.0.min(1))),
            _ => group([10, 0, 0, 255].into()),
        };
        let number = |name| draft.number(name).unwrap_or(0);
        let body = match (&draft.raw, draft.protocol) {
            (Some(raw), _) => Body::Raw(raw.clone()),
            (None, Some(Protocol::Udp)) => Body::Udp {
                ports,
                payload: payload(draft),
            },
            (None, Some(Protocol::Icmp)) => self.icmp(draft, span)?,
            (None, Some(Protocol::Arp)) => Body::Arp {
                operation: if draft.has("reply") { 2 } else { 1 },
            },
            (None, _) => Body::Tcp(self.segment(ns, (from, ports.0, ports.1), to, draft, span)?),
        };
        Ok(Packet {
            from: mac(from),
            to: to.map_or([0xff; 6], mac),
            vlan: draft.number("vlan").map(|vlan| vlan as u16),
            src: self.address(from),
            dst,
            ip_id: number("ip-id") as u16,
            ttl: draft.number("ttl").unwrap_or(64) as u8,
            traffic_class: (number("dscp") << 2 | number("ecn")) as u8,
            dont_fragment: !draft.has("no-df"),
            bad_checksum: draft.has("bad-checksum"),
            fragment: draft
                .fragment
                .map(|(from, to)| (from as usize, to as usize)),
            patches: draft.patches.clone(),
            body,
        })
    }

    fn segment(
        &mut self,
        ns: i64,
        side: Side,
        to: Option<HostId>,
        draft: &Draft,
        span: &Range<usize>,
    ) -> Result<Tcp, Box<Mistake>> {
        let missing = |name| Mistake::new(span.clone(), "flow-missing").with("name", name);
        let isn = |host: HostId| self.isn.get(&host).copied().unwrap_or(0);
        let peer_isn = to.map_or(0, isn);
        let place = |raw, relative, isn: u32| {
            let relative = draft.number(relative).map(|n| isn.wrapping_add(n as u32));
            draft.number(raw).map(|n| n as u32).or(relative)
        };
        let seq = place("rawseq", "seq", isn(side.0)).ok_or_else(|| missing("seq"))?;
        let acks = draft.flags.contains(TcpFlags::ACK);
        if !acks && draft.numbers.contains_key("ack") {
            return Err(Box::new(Mistake::new(span.clone(), "flow-ack")));
        }
        let ack = match place("rawack", "ack", peer_isn) {
            Some(ack) => ack,
            None if acks => return Err(Box::new(missing("ack"))),
            None => 0,
        };
        let back = (to.unwrap_or(side.0), side.2, side.1);
        let stamps = match draft.stamps {
            Stamps::None => None,
            Stamps::These(own, echo) => Some((own, echo)),
            Stamps::Usual => {
                let mut heard = self.clocks.get(&back).into_iter().flatten().rev();
                let echo = heard.find(|(there, _)| *there <= ns);
                let own = (ns / 1_000_000) as u32 + 1;
                Some((own, echo.map_or(0, |(_, own)| *own)))
            }
        };
        let win = self.window(side, back, draft, span)?;
        if draft.flags.contains(TcpFlags::SYN) {
            match draft.number("wscale") {
                Some(shift) => self.scales.insert(side, shift as u8),
                None => self.scales.remove(&side),
            };
        }
        Ok(Tcp {
            ports: (side.1, side.2),
            seq,
            ack,
            flags: draft.flags,
            win,
            urg: draft.number("urg").unwrap_or(0) as u16,
            options: options(draft, stamps, peer_isn),
            payload: payload(draft),
        })
    }

    /// The window as it stands in the header.
    fn window(
        &self,
        side: Side,
        back: Side,
        draft: &Draft,
        span: &Range<usize>,
    ) -> Result<u16, Box<Mistake>> {
        if let Some(raw) = draft.number("rawwin") {
            return Ok(raw as u16);
        }
        let win = draft.number("win").unwrap_or(64_240);
        let shift = match (self.scales.get(&side), self.scales.get(&back)) {
            (Some(shift), Some(_)) if !draft.flags.contains(TcpFlags::SYN) => *shift,
            _ => 0,
        };
        let wrong = || {
            Mistake::new(span.clone(), "flow-window")
                .with("found", win.to_string())
                .with("unit", (1_u64 << shift).to_string())
        };
        let raw = win >> shift;
        let exact = raw << shift == win || draft.number("win").is_none();
        let raw = u16::try_from(raw).ok().filter(|_| exact);
        raw.ok_or_else(|| Box::new(wrong()))
    }

    fn icmp(&self, draft: &Draft, span: &Range<usize>) -> Result<Body, Box<Mistake>> {
        let said = ICMP.iter().find(|(word, ..)| draft.has(word));
        let said = said.map_or((0, 0), |(_, v4, v6)| if self.ipv6 { *v6 } else { *v4 });
        let or = |name, other: u8| draft.number(name).map_or(other, |n| n as u8);
        let pair = |name| (draft.number(name).unwrap_or(0) as u16).to_be_bytes();
        let (first, second) = if draft.numbers.contains_key("mtu") {
            ([0; 2], pair("mtu"))
        } else {
            (pair("id"), pair("seq"))
        };
        let quoted = match &draft.quotes {
            None => payload(draft),
            Some(label) => {
                let sent = self.labels.get(label).ok_or_else(|| {
                    Mistake::new(span.clone(), "flow-label").with("found", label.as_str())
                })?;
                // As Linux quotes: the error fits into 576 bytes.
                sent.ip[..sent.ip.len().min(548)].to_vec()
            }
        };
        Ok(Body::Icmp {
            kind: or("type", said.0),
            code: or("code", said.1),
            rest: [first[0], first[1], second[0], second[1]],
            payload: quoted,
        })
    }
}

fn payload(draft: &Draft) -> Vec<u8> {
    let fill = draft.number("fill").unwrap_or(i64::from(b'x')) as u8;
    let len = draft.number("len").unwrap_or(0) as usize;
    draft.payload.clone().unwrap_or_else(|| vec![fill; len])
}

fn options(draft: &Draft, stamps: Option<(u32, u32)>, peer_isn: u32) -> Vec<u8> {
    let mut options = Vec::new();
    if let Some(mss) = draft.number("mss") {
        options.extend([2, 4]);
        options.extend((mss as u16).to_be_bytes());
    }
    if draft.has("sack-permitted") {
        options.extend([4, 2]);
    }
    if let Some((own, echo)) = stamps {
        options.extend([8, 10]);
        options.extend(own.to_be_bytes());
        options.extend(echo.to_be_bytes());
    }
    if let Some(shift) = draft.number("wscale") {
        options.extend([3, 3, shift as u8]);
    }
    if !draft.sack.is_empty() {
        options.extend([5, 2 + 8 * draft.sack.len() as u8]);
        for edge in draft.sack.iter().flat_map(|(from, to)| [from, to]) {
            options.extend(peer_isn.wrapping_add(*edge).to_be_bytes());
        }
    }
    options.extend(&draft.options);
    options
}

/// The sender's clock among options that [`options`] wrote.
pub(super) fn clock(options: &[u8]) -> Option<u32> {
    let mut rest = options;
    while let [kind, length, ..] = *rest {
        if kind == 8 {
            return Some(u32::from_be_bytes(*rest.get(2..)?.first_chunk()?));
        }
        rest = rest.get(usize::from(length)..)?;
    }
    None
}
