use crate::model::{Host, HostId, Seq};
use crate::notation::condition::Symbol;
use crate::protocol::decode::{Checksum, Packet, TcpFlags};
use crate::protocol::follow::{Analysis, ClosedHow, Followed, Segment, Why};

use super::*;

const HOSTS: [&str; 2] = ["client", "server"];
const ISN: u32 = 0xffff_fffe;

fn hosts() -> Vec<Host> {
    (0_u8..2)
        .map(|i| Host {
            id: HostId(i),
            name: HOSTS[usize::from(i)].into(),
            interface: "eth0".into(),
            mac: None,
            ipv4: Some([10, 0, 0, i + 1].into()),
            ipv6: None,
        })
        .collect()
}

/// A segment as raw IPv4: from 10.0.0.`from`, with these flags, numbers, options and payload.
fn tcp(from: u8, flags: TcpFlags, seq: u32, ack: u32, options: &[u8], payload: &[u8]) -> Vec<u8> {
    let header = 20 + options.len();
    let total = (20 + header + payload.len()) as u16;
    let mut bytes = vec![
        0x45,
        0,
        0,
        0,
        0,
        0,
        0x40,
        0,
        64,
        6,
        0,
        0,
        10,
        0,
        0,
        from,
        10,
        0,
        0,
        3 - from,
    ];
    bytes[2..4].copy_from_slice(&total.to_be_bytes());
    bytes.extend([0x9c, 0x40, 0x1b, 0x9e]);
    bytes.extend(seq.to_be_bytes());
    bytes.extend(ack.to_be_bytes());
    bytes.extend([
        ((header / 4) << 4) as u8,
        flags.bits() as u8,
        0xfa,
        0xf0,
        0,
        0,
        0,
        0,
    ]);
    bytes.extend(options);
    bytes.extend(payload);
    bytes
}

fn udp(payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![
        0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    ];
    bytes[3] = (28 + payload.len()) as u8;
    bytes.extend([0x9c, 0x40, 0x1b, 0x9e, 0, (8 + payload.len()) as u8, 0, 0]);
    bytes.extend(payload);
    bytes
}

fn segment(packet: &Packet<'_>) -> Segment {
    let crate::protocol::decode::Body::Tcp(tcp) = &packet.body else {
        panic!("a segment")
    };
    let from_client = packet
        .ip
        .as_ref()
        .is_some_and(|ip| ip.src == std::net::Ipv4Addr::new(10, 0, 0, 1));
    let (mine, theirs) = if from_client {
        (ISN, 1000)
    } else {
        (1000, ISN)
    };
    Segment {
        flags: tcp.flags,
        seq: tcp.seq,
        ack: tcp.ack,
        rel_seq: tcp.seq.relative_to(Seq(mine)),
        rel_ack: tcp.ack.relative_to(Seq(theirs)),
        len: tcp.len,
        window: u32::from(tcp.window),
        scale: None,
        analysis: Analysis::empty(),
        dup_ack_num: 0,
        completeness: 0,
        closed: ClosedHow::Missing,
        why: Why::default(),
    }
}

fn known(symbol: &Symbol) -> Option<i64> {
    match symbol {
        Symbol::Isn(host) if host == "client" => Some(i64::from(ISN)),
        Symbol::Isn(_) => Some(1000),
        _ => None,
    }
}

/// Whether the pattern matches the bytes.
fn matches(pattern: &str, bytes: &[u8]) -> bool {
    let packet = Packet::of_ip(bytes);
    let followed = packet.body_is_tcp().then(|| segment(&packet));
    let view = FrameView::new(&hosts(), None, None, packet, followed.as_ref(), 0);
    Pattern::parse(pattern, &HOSTS)
        .unwrap_or_else(|all| panic!("{pattern}: {all:?}"))
        .matches(&view, &known)
}

impl Packet<'_> {
    fn body_is_tcp(&self) -> bool {
        matches!(self.body, crate::protocol::decode::Body::Tcp(_))
    }
}

#[test]
fn flags_are_an_exact_set_unless_the_line_is_open() {
    let syn_ack = tcp(
        2,
        TcpFlags::SYN | TcpFlags::ACK,
        1000,
        ISN.wrapping_add(1),
        &[],
        &[],
    );
    assert!(matches("server > client  SYN ACK", &syn_ack));
    assert!(matches("server > client  ACK SYN", &syn_ack));
    assert!(!matches("server > client  SYN", &syn_ack));
    assert!(matches("server > client  SYN …", &syn_ack));
    assert!(matches("any > any  ... ACK", &syn_ack));
    assert!(!matches("any > any  FIN …", &syn_ack));
    assert!(matches("any > any", &syn_ack));
    assert!(!matches("client > server", &syn_ack));
}

#[test]
fn numbers_are_relative_and_sums_with_an_isn_absolute() {
    // The client's ISN is two short of the wrap: ISN + 3 is 1.
    let data = tcp(1, TcpFlags::PSH | TcpFlags::ACK, 1, 1001, &[], b"hello");
    assert!(matches(
        "client > server  PSH ACK  seq=3 ack=1 len=5",
        &data
    ));
    assert!(matches(
        "client > server  seq=client.isn+3 ack=server.isn+1",
        &data
    ));
    assert!(matches(
        "client > server  seq>client.isn len>=5 len!=4",
        &data
    ));
    assert!(matches("client > server  len=4..6 data", &data));
    assert!(!matches("client > server  seq=client.isn+1", &data));
    assert!(!matches("client > server  len<5", &data));
    assert!(
        !matches("client > server  seq=client.fin", &data),
        "a symbol that the run lacks"
    );
}

#[test]
fn protocols_and_traits() {
    let datagram = udp(b"hi");
    assert!(matches("client > server  UDP  len=2 dport=7070", &datagram));
    assert!(!matches("client > server  TCP", &datagram));
    assert!(!matches("client > server  SYN …", &datagram));
    let syn = tcp(
        1,
        TcpFlags::SYN,
        ISN,
        0,
        &[2, 4, 5, 0xb4, 4, 2, 3, 3, 7, 0, 0, 0],
        &[],
    );
    assert!(matches(
        "client > server  SYN  mss=1460 wscale=7 sack-permitted",
        &syn
    ));
    assert!(!matches("client > server  SYN  ts", &syn));
    assert!(
        !matches("client > server  SYN  ack=0", &syn),
        "no ACK, no acknowledgement number"
    );
}

#[test]
fn a_line_that_is_written_of_a_frame_is_a_pattern_that_matches_it() {
    let frames = [
        tcp(
            1,
            TcpFlags::SYN,
            ISN,
            0,
            &[2, 4, 5, 0xb4, 4, 2, 3, 3, 7, 0, 0, 0],
            &[],
        ),
        tcp(
            2,
            TcpFlags::SYN | TcpFlags::ACK,
            1000,
            ISN.wrapping_add(1),
            &[],
            &[],
        ),
        tcp(1, TcpFlags::PSH | TcpFlags::ACK, 1, 1001, &[], b"hello"),
        tcp(1, TcpFlags::empty(), 1, 0, &[], &[]),
        udp(b"hi"),
        tcp(1, TcpFlags::SYN, ISN, 0, &rare_options(), &[]),
    ];
    let lines: Vec<String> = frames
        .iter()
        .map(|bytes| {
            let packet = Packet::of_ip(bytes);
            let followed = packet.body_is_tcp().then(|| segment(&packet));
            let line = FrameView::new(&hosts(), None, None, packet, followed.as_ref(), 0).line();
            assert!(matches(&line, bytes), "{line}");
            line
        })
        .collect();
    assert_eq!(
        lines,
        [
            "client > server  SYN  seq=0 win=64240 len=0 mss=1460 sack-permitted wscale=7",
            "server > client  SYN ACK  seq=0 ack=1 win=64240 len=0",
            "client > server  PSH ACK  seq=3 ack=1 win=64240 len=5",
            "client > server  TCP  seq=3 win=64240 len=0",
            "client > server  UDP  len=2",
            "client > server  SYN  seq=0 win=64240 len=0 fast-open mptcp md5 tcp-ao accecn",
        ]
    );
}

/// Fast Open's request, Multipath TCP's DSS, a signature, the authentication option, AccECN's first counter.
fn rare_options() -> Vec<u8> {
    let mut options = vec![34, 2, 30, 4, 0x20, 0, 19, 18];
    options.extend([7; 16]);
    options.extend([29, 6, 1, 2, 9, 9, 172, 5, 0, 0, 5, 1]);
    options
}

#[test]
fn all_mistakes_of_a_line_are_found_with_their_places() {
    let text = "cleint > server  SIN ACK  ackn=5 len=x udp";
    let all = Pattern::parse(text, &HOSTS).expect_err("mistakes");
    let seen: Vec<_> = all
        .iter()
        .map(|m| (&text[m.span.clone()], m.nearest.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            ("cleint", Some("client")),
            ("SIN", Some("SYN")),
            ("ackn", Some("ack")),
            ("x", None),
            ("udp", Some("UDP")),
        ]
    );
    assert!(Pattern::parse("SYN", &HOSTS).is_err());
    assert!(Pattern::parse("", &HOSTS).is_err());
}

#[test]
fn unfollowed_packets_are_seen_too() {
    let followed = Followed::nothing(Checksum::Unchecked);
    let bytes = udp(b"hi");
    let packet = Packet::of_ip(&bytes);
    let view = FrameView::new(&[], None, None, packet, followed.segment.as_ref(), 0);
    assert_eq!(view.line(), "10.0.0.1 > 10.0.0.2  UDP  len=2");
}
