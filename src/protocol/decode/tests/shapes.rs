//! Links, encapsulations, extension headers, fragments, quotations: one small frame each.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::*;
use super::tcp_frame;
use crate::model::Endpoint;

/// An IPv4 packet with a TCP segment of 3 bytes: what every link type here carries.
fn ipv4() -> Vec<u8> {
    tcp_frame(TcpFlags::PSH | TcpFlags::ACK, &[], b"abc")[14..].to_vec()
}

fn ipv6(next_header: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x60, 0, 0, 0];
    bytes.extend((payload.len() as u16).to_be_bytes());
    bytes.extend([next_header, 64]);
    bytes.extend([1; 16]);
    bytes.extend([2; 16]);
    bytes.extend(payload);
    bytes
}

/// A UDP datagram from 1000 to 2000 with 4 bytes and no checksum.
const UDP: [u8; 12] = [3, 232, 7, 208, 0, 12, 0, 0, 9, 9, 9, 9];

#[track_caller]
fn carries_abc(link: LinkType, before: &[u8]) {
    let bytes = [before, &ipv4()].concat();
    let packet = decode(link, &bytes, bytes.len() as u32);
    assert!(packet.problems.is_empty(), "{:?}", packet.problems);
    match packet.body {
        Body::Tcp(tcp) => assert_eq!(tcp.payload, b"abc"),
        other => panic!("{other:?}"),
    }
    assert_eq!(packet.ip.map(|ip| ip.offset as usize), Some(before.len()));
}

#[test]
fn each_link_type_leads_to_ip() {
    carries_abc(LinkType::RAW, &[]);
    carries_abc(LinkType::IPV4, &[]);
    carries_abc(LinkType::NULL, &[2, 0, 0, 0]);
    carries_abc(LinkType::NULL, &[0, 0, 0, 2]);
    carries_abc(LinkType::LOOP, &[0, 0, 0, 2]);
    let mut cooked = [0; 16];
    cooked[14] = 8;
    carries_abc(LinkType::LINUX_SLL, &cooked);
    let mut cooked2 = [0; 20];
    cooked2[0] = 8;
    carries_abc(LinkType::LINUX_SLL2, &cooked2);
    carries_abc(LinkType(9), &[0xff, 3, 0, 0x21]);
    carries_abc(LinkType(9), &[0x21]);
    carries_abc(LinkType(104), &[0x0f, 0, 8, 0]);
}

#[test]
fn each_encapsulation_leads_to_ip() {
    let ethernet = |rest: &[u8]| [&[2; 12], rest].concat();
    carries_abc(LinkType::ETHERNET, &ethernet(&[0x81, 0, 0x60, 5, 8, 0]));
    carries_abc(
        LinkType::ETHERNET,
        &ethernet(&[0x88, 0xa8, 0, 9, 0x81, 0, 0, 5, 8, 0]),
    );
    carries_abc(
        LinkType::ETHERNET,
        &ethernet(&[0, 70, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]),
    );
    carries_abc(LinkType::ETHERNET, &ethernet(&[0, 70, 6, 6, 3]));
    carries_abc(
        LinkType::ETHERNET,
        &ethernet(&[0x88, 0x47, 0, 1, 0, 9, 0, 1, 1, 9]),
    );
    carries_abc(
        LinkType::ETHERNET,
        &ethernet(&[0x88, 0x64, 0x11, 0, 0, 1, 0, 45, 0, 0x21]),
    );
}

#[test]
fn vlan_ids_are_kept_from_the_outside_in() {
    let bytes = [
        &[2; 12][..],
        &[0x88, 0xa8, 0, 9, 0x81, 0, 0x20, 5, 8, 0],
        &ipv4(),
    ]
    .concat();
    let ether = decode(LinkType::ETHERNET, &bytes, 0)
        .ether
        .expect("it is Ethernet");
    assert_eq!((ether.vlans, ether.ethertype), ([9, 5], 0x0800));
}

#[test]
fn tunnels_are_counted_and_the_innermost_packet_is_kept() {
    let inner = ipv4();
    let bytes = ipv6(4, &inner);
    let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
    assert_eq!(
        (packet.tunnels, packet.ip.map(|ip| ip.offset)),
        (1, Some(40))
    );
    assert!(matches!(packet.body, Body::Tcp(tcp) if tcp.len == 3));
    assert_eq!(checksum(&packet), Checksum::Right);

    let gre = [&[0x20, 0, 8, 0, 0, 0, 0, 7][..], &inner].concat();
    let bytes = ipv6(47, &gre);
    let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
    assert!(matches!(packet.body, Body::Tcp(tcp) if tcp.len == 3));

    let mut deep = inner;
    for _ in 0..20 {
        deep = ipv6(4, &deep);
        deep[6] = if deep[40] >> 4 == 4 { 4 } else { 41 };
    }
    let packet = decode(LinkType::RAW, &deep, deep.len() as u32);
    assert_eq!(packet.tunnels, MAX_TUNNELS);
    assert!(packet.problems.iter().any(|p| p.name == "tunnels-too-deep"));
}

#[test]
fn extension_headers_are_passed_and_a_fragment_waits() {
    // Hop-by-hop (one unit), destination options (two), then UDP.
    let chain = [
        &[60, 0, 1, 4, 0, 0, 0, 0][..],
        &[17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &UDP,
    ]
    .concat();
    let bytes = ipv6(0, &chain);
    let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
    assert_eq!(
        packet.ip.map(|ip| (ip.protocol, ip.header_len)),
        Some((17, 64))
    );
    assert!(matches!(packet.body, Body::Udp(udp) if udp.payload == [9; 4]));
    // UDP over IPv6 must have a checksum.
    assert_eq!(checksum(&packet), Checksum::Wrong);

    let fragment = [&[17, 0, 0, 1, 0, 0, 0, 42][..], &UDP].concat();
    let bytes = ipv6(44, &fragment);
    let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
    assert!(matches!(packet.body, Body::Fragment));
    let ip = packet.ip.expect("it is IPv6");
    assert_eq!(
        (ip.id, ip.fragment),
        (
            42,
            Some(Fragment {
                offset: 0,
                more: true
            })
        )
    );
    let whole = [&UDP[..], &[1; 100]].concat();
    let together = reassembled(&packet, &whole);
    assert!(matches!(together.body, Body::Udp(udp) if udp.dport == 2000));
    assert_eq!(together.ip.map(|ip| ip.fragment), Some(None));
}

#[test]
fn an_icmp_error_names_the_flow_that_it_is_about() {
    let quoted = &ipv4()[..28];
    let icmp = [&[3, 3, 0, 0, 0, 0, 0, 0][..], quoted].concat();
    let mut bytes = vec![
        0x45, 0, 0, 0, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1,
    ];
    bytes[3] = 20 + icmp.len() as u8;
    bytes.extend(icmp);
    let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
    let Body::Icmp(icmp) = packet.body else {
        panic!("{packet:?}")
    };
    assert_eq!((icmp.v6, icmp.kind, icmp.code), (false, 3, 3));
    let end = |last, port| Endpoint::new(Ipv4Addr::new(10, 0, 0, last).into(), port);
    assert_eq!(icmp.quoted, Some((6, end(1, 40112), end(2, 7070))));
}

#[test]
fn arp_is_read() {
    let mut bytes = [&[0xff; 6][..], &[2; 6], &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1]].concat();
    bytes.extend([2, 2, 2, 2, 2, 2, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2]);
    let packet = decode(LinkType::ETHERNET, &bytes, 42);
    match packet.body {
        Body::Arp(arp) => assert_eq!(
            (arp.operation, arp.sender, arp.target),
            (1, Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2))
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_length_of_zero_means_the_rest_of_the_frame() {
    // As captured before segmentation offload: IPv4 total length 0, IPv6 payload length 0.
    let mut bytes = ipv4();
    bytes[2..4].fill(0);
    assert!(matches!(decode(LinkType::RAW, &bytes, 43).body, Body::Tcp(tcp) if tcp.len == 3));
    let mut bytes = ipv6(17, &UDP);
    bytes[4..6].fill(0);
    assert!(matches!(decode(LinkType::RAW, &bytes, 52).body, Body::Udp(udp) if udp.len == 4));
}

#[test]
fn a_routing_header_puts_the_last_stop_into_the_checksum() {
    let last = Ipv6Addr::from([7; 16]);
    let mut udp = UDP;
    let pseudo = fold_words(&[&[1; 16], &[7; 16], &[0, 12, 0, 17], &udp]);
    udp[6..8].copy_from_slice(&(!pseudo).to_be_bytes());
    // Type 2, one segment left (RFC 6275 §6.4).
    let routing = [&[17, 2, 2, 1, 0, 0, 0, 0][..], &last.octets(), &udp].concat();
    let mut bytes = ipv6(43, &routing);
    assert_eq!(
        checksum(&decode(LinkType::RAW, &bytes, 200)),
        Checksum::Right
    );
    // No segment left: the header's own destination counts.
    bytes[43] = 0;
    assert_eq!(
        checksum(&decode(LinkType::RAW, &bytes, 200)),
        Checksum::Wrong
    );
}

/// The sum as RFC 1071 §1 writes it down, 16 bits at a time: what the fast one must equal.
fn fold_words(parts: &[&[u8]]) -> u16 {
    let bytes = parts.concat();
    let total: u64 = bytes
        .chunks(2)
        .map(|pair| u64::from(pair[0]) << 8 | u64::from(pair.get(1).copied().unwrap_or(0)))
        .sum();
    (0..4).fold(total, |sum, _| (sum & 0xffff) + (sum >> 16)) as u16
}

#[test]
fn the_fast_sum_is_the_plain_sum() {
    let bytes: Vec<u8> = (0..2000_u32).map(|i| ((i * i) >> 3) as u8).collect();
    for len in 0..300 {
        for start in [0, 1, 2, 3, 700] {
            let part = &bytes[start..start + len];
            assert_eq!(
                checksum::fold(checksum::sum(part)),
                fold_words(&[part]),
                "{start} {len}"
            );
        }
    }
    assert_eq!(checksum::fold(checksum::sum(&vec![0xff; 70_000])), 0xffff);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// No bytes on any link make decoding fail, and what it gives lies within the frame.
    #[test]
    fn any_bytes_are_a_packet(
        link in proptest::prelude::any::<u32>(),
        known in 0..28_usize,
        guess in proptest::prelude::any::<bool>(),
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
        orig_len in proptest::prelude::any::<u32>(),
    ) {
        let link = if guess { link } else { [
            0, 1, 6, 7, 9, 10, 12, 50, 51, 101, 104, 105, 107, 108, 109, 113, 117, 119, 127, 129, 163, 192, 204, 219, 228, 229, 239, 276,
        ][known] };
        let packet = decode(LinkType(link), &bytes, orig_len);
        let _ = checksum(&packet);
        if let Some(ip) = &packet.ip {
            let _ = ip_checksum(ip);
            proptest::prop_assert!(ip.payload.len() <= ip.payload_len as usize);
        }
        if let Body::Tcp(tcp) = packet.body {
            proptest::prop_assert!(tcp.options().count() <= 40);
            proptest::prop_assert!(tcp.payload.len() <= tcp.len as usize);
        }
    }
}
