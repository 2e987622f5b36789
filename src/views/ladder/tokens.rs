//! What is said on an arrow, word by word, and how the words are shared out among lines.

use crate::explain::{FrameKind, Transit};
use crate::model::Host;
use crate::notation::FrameView;
use crate::protocol::decode::{
    Arp, Body, Icmp, Packet, Tcp, TcpFlags, TcpOption, mptcp_subtype_name,
};
use crate::protocol::follow::{Segment, Way};

use crate::views::styled::columns;

/// What is said on the arrow, the most important first.
pub(in crate::views) fn tokens(
    transit: &Transit,
    packet: &Packet<'_>,
    hosts: &[Host],
) -> Vec<String> {
    match (&packet.body, &transit.followed.segment) {
        (Body::Tcp(tcp), Some(segment)) => {
            let marked = packet
                .ip
                .map(|ip| ip.traffic_class & 3)
                .filter(|ecn| *ecn > 0);
            let ecn = marked.map(|ecn| format!("ecn={ecn}"));
            segment_tokens(transit, tcp, segment, ecn)
        }
        (Body::Arp(arp), _) => arp_tokens(arp),
        (Body::Icmp(icmp), _) if icmp.v6 && NEIGHBOUR.contains(&icmp.kind) => {
            neighbour_tokens(icmp)
        }
        _ => {
            let view = FrameView::new(
                hosts,
                transit.from,
                transit.to,
                *packet,
                None,
                transit.frame.orig_len,
            );
            let line = view.line();
            let said = line
                .split_once("  ")
                .map_or(line.as_str(), |(_, rest)| rest);
            said.split_whitespace().map(str::to_owned).collect()
        }
    }
}

/// Neighbour solicitation and advertisement (RFC 4861 §4.3, §4.4).
const NEIGHBOUR: std::ops::RangeInclusive<u8> = 135..=136;

/// `ARP request who-has 10.0.0.2`, `ARP reply 10.0.0.2 is-at 02:…`.
fn arp_tokens(arp: &Arp) -> Vec<String> {
    let mac = |mac: [u8; 6]| mac.map(|byte| format!("{byte:02x}")).join(":");
    match arp.operation {
        1 => vec![
            "ARP request".to_owned(),
            format!("who-has {}", arp.target),
            format!("tell {}", arp.sender),
        ],
        2 => vec![
            "ARP reply".to_owned(),
            format!("{} is-at {}", arp.sender, mac(arp.sender_mac)),
        ],
        other => vec![format!("ARP operation={other}")],
    }
}

/// `ICMP type=135 solicitation fd00::2`.
fn neighbour_tokens(icmp: &Icmp<'_>) -> Vec<String> {
    let word = if icmp.kind == 135 {
        "neighbour-solicitation"
    } else {
        "neighbour-advertisement"
    };
    let target = icmp
        .payload
        .first_chunk::<16>()
        .map(|bytes| std::net::Ipv6Addr::from(*bytes).to_string());
    let mut tokens = vec!["ICMP".to_owned(), word.to_owned()];
    tokens.extend(target);
    tokens.push(format!("type={}", icmp.kind));
    tokens
}

/// Flags, numbers, length, the mark in the IP header, window, options. In the handshake the numbers are the
/// absolute ones, x and y; after it they are relative to those.
fn segment_tokens(
    transit: &Transit,
    tcp: &Tcp<'_>,
    segment: &Segment,
    ecn: Option<String>,
) -> Vec<String> {
    let mut tokens = vec![segment.flags.to_string()];
    let acks = segment.flags.contains(TcpFlags::ACK);
    let (own, other) = match transit.way {
        Way::FromOpener => ('x', 'y'),
        Way::FromAcceptor => ('y', 'x'),
    };
    match transit.kind {
        FrameKind::Syn | FrameKind::SynAck => {
            tokens.push(format!("{own}={}", segment.seq.0));
            if acks {
                tokens.push(format!("ack={other}+{}", segment.rel_ack));
            }
        }
        FrameKind::HandshakeAck => {
            tokens.push(format!("seq={own}+{}", segment.rel_seq));
            tokens.push(format!("ack={other}+{}", segment.rel_ack));
        }
        _ => {
            tokens.push(format!("seq={}", segment.rel_seq));
            if acks {
                tokens.push(format!("ack={}", segment.rel_ack));
            }
        }
    }
    if segment.len > 0 {
        tokens.push(format!("len={}", segment.len));
    }
    if segment.flags.contains(TcpFlags::URG) {
        tokens.push(format!("urg={}", tcp.urgent));
    }
    tokens.extend(ecn);
    tokens.push(format!("win={}", segment.window));
    let syn = segment.flags.contains(TcpFlags::SYN);
    let base = segment.peer_isn();
    for option in tcp.options() {
        match option {
            TcpOption::Mss(mss) => tokens.push(format!("mss={mss}")),
            TcpOption::WindowScale(shift) => tokens.push(format!("wscale={shift}")),
            TcpOption::SackPermitted => tokens.push("sack-permitted".to_owned()),
            TcpOption::Timestamps(..) if syn => tokens.push("ts".to_owned()),
            TcpOption::Sack(_) => tokens.extend(tcp.sack_blocks().map(|(left, right)| {
                format!(
                    "sack={}-{}",
                    left.relative_to(base),
                    right.relative_to(base)
                )
            })),
            TcpOption::FastOpen([]) => tokens.push("tfo=request".to_owned()),
            TcpOption::FastOpen(_) => tokens.push("tfo=cookie".to_owned()),
            TcpOption::Mptcp(subtype, _) => tokens.push(match mptcp_subtype_name(subtype) {
                Some(name) => format!("mptcp={name}"),
                None => format!("mptcp={subtype}"),
            }),
            TcpOption::Md5(_) => tokens.push("md5".to_owned()),
            TcpOption::Ao(body) => {
                let keys = body.first_chunk().copied().unwrap_or([0; 2]);
                tokens.push(format!("tcp-ao={}/{}", keys[0], keys[1]));
            }
            TcpOption::AccurateEcn(reversed, counters) => {
                tokens.push(accurate_ecn(reversed, counters));
            }
            TcpOption::Malformed(kind, _) => tokens.push(format!("opt{kind}=malformed")),
            _ => {}
        }
    }
    tokens
}

/// AccECN's counters with what each counts bytes of, in the option's order.
fn accurate_ecn(reversed: bool, counters: &[u8]) -> String {
    let mut names = ["ect0", "ce", "ect1"];
    if reversed {
        names.reverse();
    }
    let told = counters.chunks_exact(3).zip(names).map(|(bytes, name)| {
        let count = bytes
            .iter()
            .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        format!("{name}:{count}")
    });
    match told.collect::<Vec<_>>() {
        told if told.is_empty() => "accecn".to_owned(),
        told => format!("accecn={}", told.join(",")),
    }
}

/// The smallest width in which the tokens take no more lines than in `room`: so that the last is not alone.
pub(super) fn balanced(tokens: &[String], room: usize) -> usize {
    let lines = |room: usize| {
        let mut rest = tokens.to_vec();
        let mut lines = 0;
        while !rest.is_empty() {
            fill(&mut rest, room);
            lines += 1;
        }
        lines
    };
    let wanted = lines(room);
    (1..=room)
        .find(|width| lines(*width) <= wanted && tokens.iter().all(|t| columns(t) <= *width))
        .unwrap_or(room)
}

/// As many tokens as fit, joined by blanks; they are taken off the list. At least one is taken.
pub(super) fn fill(tokens: &mut Vec<String>, room: usize) -> String {
    let mut text = String::new();
    let mut taken = 0;
    for token in tokens.iter() {
        let blank = usize::from(!text.is_empty());
        if taken > 0 && columns(&text) + blank + columns(token) > room {
            break;
        }
        if blank == 1 {
            text.push(' ');
        }
        text.push_str(token);
        taken += 1;
    }
    tokens.drain(..taken);
    text
}
