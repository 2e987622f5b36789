mod nested;
mod shapes;

use std::net::Ipv4Addr;

use super::*;

use crate::model::{Endpoint, Seq};

/// A SYN over Ethernet and IPv4, with MSS, SACK permitted, timestamps, NOP and window scale; checksums right.
pub(super) fn syn() -> Vec<u8> {
    tcp_frame(
        TcpFlags::SYN,
        &[
            2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7,
        ],
        b"",
    )
}

/// A segment from 10.0.0.1:40112 to 10.0.0.2:7070, seq 1000, ack 2000.
pub(super) fn tcp_frame(flags: TcpFlags, options: &[u8], payload: &[u8]) -> Vec<u8> {
    let builder = etherparse::PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
        .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        .tcp(40112, 7070, 1000, 64240)
        .options_raw(options)
        .expect("the options fit");
    let builder = if flags.contains(TcpFlags::SYN) {
        builder.syn()
    } else {
        builder
    };
    let builder = if flags.contains(TcpFlags::ACK) {
        builder.ack(2000)
    } else {
        builder
    };
    let builder = if flags.contains(TcpFlags::PSH) {
        builder.psh()
    } else {
        builder
    };
    let builder = if flags.contains(TcpFlags::FIN) {
        builder.fin()
    } else {
        builder
    };
    let mut frame = Vec::new();
    builder
        .write(&mut frame, payload)
        .expect("a vector takes it");
    frame
}

fn ethernet(bytes: &[u8]) -> Packet<'_> {
    decode(LinkType::ETHERNET, bytes, bytes.len() as u32)
}

#[test]
fn a_syn_is_read_with_its_options() {
    let bytes = syn();
    let packet = ethernet(&bytes);
    assert!(packet.problems.is_empty(), "{:?}", packet.problems);
    let Body::Tcp(tcp) = packet.body else {
        panic!("{packet:?}")
    };
    assert_eq!(
        packet.endpoints(),
        Some((
            Endpoint::new(Ipv4Addr::new(10, 0, 0, 1).into(), 40112),
            Endpoint::new(Ipv4Addr::new(10, 0, 0, 2).into(), 7070)
        ))
    );
    assert_eq!((tcp.seq, tcp.flags, tcp.len), (Seq(1000), TcpFlags::SYN, 0));
    assert_eq!((tcp.mss(), tcp.window_scale()), (Some(1460), Some(7)));
    assert_eq!(tcp.timestamps(), Some((9, 0)));
    assert!(tcp.sack_permitted());
    assert_eq!(checksum(&packet), Checksum::Right);
    assert_eq!(packet.ip.map(|ip| ip_checksum(&ip)), Some(Checksum::Right));
}

#[test]
fn checksums_have_three_verdicts() {
    for len in [0, 1, 2, 3, 31, 32, 33, 63, 1460] {
        let payload: Vec<u8> = (0..len).map(|i| (i * 7) as u8).collect();
        let mut bytes = tcp_frame(TcpFlags::PSH | TcpFlags::ACK, &[], &payload);
        assert_eq!(checksum(&ethernet(&bytes)), Checksum::Right, "{len}");
        bytes[50] ^= 1;
        assert_eq!(checksum(&ethernet(&bytes)), Checksum::Wrong, "{len}");
        // 10.0.0.1 + 10.0.0.2 + protocol 6 + length: what Linux leaves for the interface to finish.
        let pseudo = 0x0a00 + 1 + 0x0a00 + 2 + 6 + 20 + len as u16;
        bytes[50..52].copy_from_slice(&pseudo.to_be_bytes());
        assert_eq!(checksum(&ethernet(&bytes)), Checksum::Offloaded, "{len}");
        assert_eq!(
            checksum(&decode(
                LinkType::ETHERNET,
                &bytes[..53],
                bytes.len() as u32
            )),
            Checksum::Unchecked,
            "{len}"
        );
    }
}

#[test]
fn a_snapped_frame_has_the_lengths_that_its_headers_claim() {
    let bytes = tcp_frame(TcpFlags::ACK, &[], &[7; 1000]);
    let packet = decode(LinkType::ETHERNET, &bytes[..60], bytes.len() as u32);
    let Body::Tcp(tcp) = packet.body else {
        panic!("{packet:?}")
    };
    assert_eq!((tcp.len, tcp.payload.len()), (1000, 6));
    assert!(packet.problems.is_empty());
}

#[test]
fn options_cut_in_the_middle_leave_the_fixed_header() {
    let bytes = syn();
    let packet = decode(LinkType::ETHERNET, &bytes[..57], bytes.len() as u32);
    let Body::Tcp(tcp) = packet.body else {
        panic!("{packet:?}")
    };
    assert_eq!((tcp.seq, tcp.header_len, tcp.len), (Seq(1000), 40, 0));
    assert_eq!(tcp.mss(), None);
    let problem = packet.problems.iter().next().expect("it is cut");
    assert_eq!(
        (problem.name, problem.offset, problem.needed, problem.had),
        ("tcp-header-cut", 34, 40, 23)
    );
}

#[test]
fn padding_of_a_short_frame_is_no_payload() {
    let mut bytes = tcp_frame(TcpFlags::ACK, &[], b"");
    bytes.resize(60, 0);
    let packet = ethernet(&bytes);
    assert!(matches!(packet.body, Body::Tcp(tcp) if tcp.len == 0 && tcp.payload.is_empty()));
    assert_eq!(checksum(&packet), Checksum::Right);
}

#[test]
fn flags_are_words_in_one_order() {
    let show = |flags: TcpFlags| flags.to_string();
    assert_eq!(show(TcpFlags::SYN | TcpFlags::ACK), "SYN ACK");
    assert_eq!(
        show(TcpFlags::ACK | TcpFlags::PSH | TcpFlags::FIN),
        "FIN PSH ACK"
    );
    assert_eq!(
        show(TcpFlags::SYN | TcpFlags::CWR | TcpFlags::ECE),
        "SYN ECE CWR"
    );
    assert_eq!(show(TcpFlags::empty()), "none");
    for bits in 0..0x200 {
        let flags = TcpFlags::from_bits_truncate(bits);
        assert_eq!(show(flags).parse(), Ok(flags));
    }
    assert!("SIN".parse::<TcpFlags>().is_err());
}

#[test]
fn a_first_block_below_the_acknowledgement_or_inside_the_second_has_come_twice() {
    let dsack = |ack: u32, blocks: &[(u32, u32)]| {
        let mut options = vec![1, 1, 5, 2 + 8 * blocks.len() as u8];
        for (left, right) in blocks {
            options.extend(left.to_be_bytes());
            options.extend(right.to_be_bytes());
        }
        let mut frame = tcp_frame(TcpFlags::ACK, &options, b"");
        // The acknowledgement stands eight bytes into the TCP header, behind those of Ethernet and IPv4.
        frame[42..46].copy_from_slice(&ack.to_be_bytes());
        let Body::Tcp(tcp) = ethernet(&frame).body else {
            panic!("a segment");
        };
        tcp.dsack().map(|(left, right)| (left.0, right.0))
    };
    assert_eq!(dsack(100, &[]), None);
    assert_eq!(dsack(100, &[(120, 140)]), None);
    assert_eq!(dsack(100, &[(80, 100)]), Some((80, 100)));
    assert_eq!(dsack(100, &[(90, 110)]), None);
    assert_eq!(dsack(100, &[(120, 140), (120, 160)]), Some((120, 140)));
    assert_eq!(dsack(100, &[(120, 180), (120, 160)]), None);
    // Numbers go around.
    assert_eq!(dsack(4, &[(u32::MAX - 9, 2)]), Some((u32::MAX - 9, 2)));
}
