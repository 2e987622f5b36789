//! What stands between a link and the TCP segment inside: one small frame for each header, written from its specification.

use super::super::*;
use super::tcp_frame;
use crate::model::number::count32;

/// An Ethernet frame with a segment of 3 bytes.
fn frame() -> Vec<u8> {
    tcp_frame(TcpFlags::PSH | TcpFlags::ACK, &[], b"abc")
}

/// The same without its Ethernet header.
fn packet() -> Vec<u8> {
    frame()[14..].to_vec()
}

/// An IPv4 header of this protocol before a payload.
fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x45, 0];
    bytes.extend((20 + payload.len() as u16).to_be_bytes());
    bytes.extend([0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 8, 10, 0, 0, 9]);
    bytes.extend(payload);
    bytes
}

/// A datagram to this port.
fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x13, 0x88];
    bytes.extend(port.to_be_bytes());
    bytes.extend((8 + payload.len() as u16).to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    ipv4(17, &bytes)
}

fn ethernet(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    [&[2; 12], &ethertype.to_be_bytes()[..], payload].concat()
}

/// How many bytes the segment inside has; none where no segment was reached.
fn segment(link: LinkType, bytes: &[u8]) -> Option<u32> {
    let packet = decode(link, bytes, bytes.len() as u32);
    match packet.body {
        Body::Tcp(tcp) => Some(tcp.len),
        _ => None,
    }
}

#[track_caller]
fn carries(link: u32, before: &[u8], inside: &[u8]) {
    let bytes = [before, inside].concat();
    let packet = decode(LinkType(link), &bytes, bytes.len() as u32);
    assert!(packet.problems.is_empty(), "{:?}", packet.problems);
    match packet.body {
        Body::Tcp(tcp) => assert_eq!(tcp.payload, b"abc"),
        other => panic!("{other:?}"),
    }
    // The view of its fields goes the same way.
    let list = fields::fields(LinkType(link), &bytes, count32(bytes.len()));
    let port = list.iter().rfind(|field| field.name == "bytes-port-src");
    let port = port.map(|field| (field.layer, &field.value));
    let wanted = fields::FieldValue::Text("40112".to_owned());
    assert_eq!(port, Some((fields::Layer::Tcp, &wanted)), "{list:#?}");
    let payload = list.iter().filter(|field| field.name == "bytes-payload");
    assert_eq!(payload.map(|field| field.len).sum::<u32>(), 24, "{list:#?}");
    let bits: u32 = list.iter().map(|field| field.len).sum();
    assert_eq!(bits as usize, bytes.len() * 8, "{list:#?}");
}

/// Ethernet, this ethertype, this header, then what is inside.
#[track_caller]
fn tagged(ethertype: u16, header: &[u8], inside: &[u8]) {
    carries(1, &ethernet(ethertype, header), inside);
}

/// IPv4 of this protocol, this header, then what is inside.
#[track_caller]
fn tunnelled(protocol: u8, header: &[u8], inside: &[u8]) {
    carries(101, &[], &ipv4(protocol, &[header, inside].concat()));
}

#[track_caller]
fn in_udp(port: u16, header: &[u8], inside: &[u8]) {
    carries(101, &[], &udp(port, &[header, inside].concat()));
}

#[test]
fn bridges_put_their_tags_before_the_frame_or_its_ethertype() {
    // 802.1BR E-Tag, VN-Tag, Cisco MetaData, HSR: an ethertype behind six, four, six and four bytes.
    tagged(0x893f, &[0, 1, 0, 2, 0, 0, 8, 0], &packet());
    tagged(0x8926, &[0, 0, 0, 0, 8, 0], &packet());
    tagged(0x8909, &[1, 1, 0, 1, 0x12, 0x34, 8, 0], &packet());
    tagged(0x892f, &[0, 0x2f, 0, 1, 8, 0], &packet());
    // 802.1ah, alone and behind its backbone tag; TRILL with an option word: whole frames.
    tagged(0x88e7, &[0, 0, 0, 1], &frame());
    tagged(0x88a8, &[0, 9, 0x88, 0xe7, 0, 0, 0, 1], &frame());
    tagged(0x22f3, &[0, 0x44, 0, 1, 0, 2, 9, 9, 9, 9], &frame());
    // NSH with two words of metadata, before a packet and before a frame.
    let nsh = |next| [0x0f, 0xc4, 2, next, 0, 0, 1, 255, 1, 1, 1, 1, 2, 2, 2, 2];
    tagged(0x894f, &nsh(1), &packet());
    tagged(0x894f, &nsh(3), &frame());
}

#[test]
fn macsec_is_read_where_it_does_not_encrypt() {
    let icv = [9; 16];
    let inside = [&packet()[..], &icv].concat();
    tagged(0x88e5, &[0, 0, 0, 0, 0, 1, 8, 0], &inside);
    let with_channel = [0x20, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 0, 1, 8, 0];
    tagged(0x88e5, &with_channel, &inside);
    for hidden in [0x0c, 0x08, 0x04, 0x80] {
        let bytes = [
            &ethernet(0x88e5, &[hidden, 0, 0, 0, 0, 1, 8, 0])[..],
            &inside,
        ]
        .concat();
        assert_eq!(segment(LinkType::ETHERNET, &bytes), None, "{hidden}");
    }
}

#[test]
fn a_mirrored_frame_is_read_behind_each_kind_of_erspan() {
    // Type I has no header of its own and no sequence number; type II eight bytes; type III twelve, and eight more when it says so.
    tunnelled(47, &[0, 0, 0x88, 0xbe], &frame());
    let gre = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1];
    let second = [0x10, 1, 0, 1, 0, 0, 0, 1];
    tunnelled(47, &[&gre[..], &second].concat(), &frame());
    let gre = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1];
    let third = [0x20, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    tunnelled(47, &[&gre[..], &third].concat(), &frame());
    let mut longer = third;
    longer[11] = 1;
    tunnelled(47, &[&gre[..], &longer, &[7; 8]].concat(), &frame());
    // Type III says what it mirrors: 2 is an IP packet.
    let mut packets = third;
    packets[10] = 2 << 2;
    tunnelled(47, &[&gre[..], &packets].concat(), &packet());
}

#[test]
fn frames_and_packets_go_in_gre_and_in_ip_itself() {
    // EoIP: GRE's version 1, the length instead of the key's first half.
    let eoip = [0x20, 1, 0x64, 0, 0, frame().len() as u8, 1, 0];
    tunnelled(47, &eoip, &frame());
    // WCCP, with and without its redirect header.
    tunnelled(47, &[0, 0, 0x88, 0x3e], &packet());
    tunnelled(47, &[0, 0, 0x88, 0x3e, 0, 0, 0, 0], &packet());
    // EtherIP (RFC 3378), MPLS in IP (RFC 4023).
    tunnelled(97, &[0x30, 0], &frame());
    tunnelled(137, &[0, 1, 1, 64], &packet());
}

#[test]
fn reserved_bits_of_vxlan_are_ignored() {
    in_udp(4789, &[0x08, 0, 0, 0, 0, 0, 1, 0], &frame());
    // All that are reserved (RFC 7348), and the group policy's flag, id and marks.
    in_udp(4789, &[0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0xff], &frame());
    in_udp(4789, &[0x88, 0x48, 0x12, 0x34, 0, 0, 1, 0], &frame());
    // Without the flag of a valid network number it is none.
    let none = udp(4789, &[&[0x80, 0, 0, 0, 0, 0, 1, 0][..], &frame()].concat());
    assert_eq!(segment(LinkType::RAW, &none), None);
    // The generic extension says what it carries: IPv4, or a frame.
    in_udp(4790, &[0x0c, 0, 0, 1, 0, 0, 1, 0], &packet());
    in_udp(4790, &[0x0c, 0, 0, 3, 0, 0, 1, 0], &frame());
    in_udp(4790, &[0x08, 0, 0, 0, 0, 0, 1, 0], &frame());
}

#[test]
fn tunnels_in_udp_are_read_by_their_ports() {
    // Geneve with a word of options and its reserved bits set, before a frame and before NSH.
    in_udp(
        6081,
        &[1, 0x3f, 0x65, 0x58, 0, 0, 1, 0xff, 1, 2, 3, 4],
        &frame(),
    );
    in_udp(6635, &[0, 1, 1, 64], &packet());
    // Teredo (RFC 4380): authentication and origin may stand before the IPv6 packet.
    let inner = &packet()[20..];
    let mut six = vec![0x60, 0, 0, 0, 0, inner.len() as u8, 6, 64];
    six.extend([1; 32]);
    six.extend(inner);
    in_udp(3544, &[], &six);
    let authentication = [0, 1, 2, 1, 7, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let origin = [0, 0, 1, 1, 2, 2, 2, 2];
    in_udp(3544, &[&authentication[..], &origin].concat(), &six);
}

#[test]
fn l2tp_of_version_2_carries_ppp() {
    // RFC 2661: the least header; all of length, sequence numbers and offset; reserved bits set.
    in_udp(1701, &[0, 2, 0, 1, 0, 1, 0, 0x21], &packet());
    let len = 18 + packet().len() as u8;
    let all = [0x4a, 2, 0, len, 0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 9, 9, 0, 0x21];
    in_udp(1701, &all, &packet());
    in_udp(1701, &[0x34, 0xf2, 0, 1, 0, 1, 0xff, 3, 0, 0x21], &packet());
    // What else its PPP carries (LCP), its control messages and other versions are datagrams.
    for other in [
        [0, 2, 0, 1, 0, 1, 0xc0, 0x21],
        [0xc8, 2, 0, 12, 0, 1, 0, 0],
        [0, 3, 0, 0, 0, 0, 0, 1],
    ] {
        let bytes = udp(1701, &[&other[..], &packet()].concat());
        let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
        assert!(
            matches!(packet.body, Body::Udp(_)) && packet.tunnels == 0,
            "{packet:?}"
        );
    }
}

#[test]
fn the_outer_length_bounds_what_is_inside() {
    // Each claims three bytes less than there are: the IP packet inside keeps its header, and loses its payload.
    let bytes = ethernet(0x8864, &[0x11, 0, 0, 1, 0, 42, 0, 0x21]);
    let mut pppoe = [&bytes[..], &packet()].concat();
    let inside = |link, bytes: &[u8]| {
        let packet = decode(link, bytes, bytes.len() as u32);
        let problem = packet.problems.iter().next().map(|problem| problem.name);
        (segment(link, bytes), problem)
    };
    let short = (Some(0), Some("ip-length-long"));
    assert_eq!(inside(LinkType::ETHERNET, &pppoe), short);
    // A length that the frame has no room for is named, and bounds nothing.
    pppoe[19] = 99;
    assert_eq!(
        inside(LinkType::ETHERNET, &pppoe),
        (Some(3), Some("pppoe-length"))
    );
    for (port, header) in [
        (4789, &[8, 0, 0, 0, 0, 0, 1, 0][..]),
        (6081, &[0, 0, 0x65, 0x58, 0, 0, 1, 0]),
    ] {
        let mut bytes = udp(port, &[header, &frame()].concat());
        bytes[25] -= 3;
        assert_eq!(inside(LinkType::RAW, &bytes), short, "{port}");
    }
    // UDP in UDP: the inner datagram ends with the outer one.
    let mut bytes = udp(
        4789,
        &[
            &[8, 0, 0, 0, 0, 0, 1, 0][..],
            &ethernet(0x800, &udp(9, b"abc")),
        ]
        .concat(),
    );
    bytes[25] -= 3;
    let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
    match packet.body {
        Body::Udp(udp) => assert_eq!(udp.payload, b"", "{udp:?}"),
        other => panic!("{other:?}"),
    }
    let l2tp = [0x40, 2, 0, 50 - 3, 0, 1, 0, 1, 0, 0x21];
    let mut bytes = udp(1701, &[&l2tp[..], &self::packet()].concat());
    bytes[31] = 53 - 3;
    assert_eq!(inside(LinkType::RAW, &bytes), short);
    let eoip = [0x20, 1, 0x64, 0, 0, frame().len() as u8 - 3, 1, 0];
    let bytes = ipv4(47, &[&eoip[..], &frame()].concat());
    assert_eq!(inside(LinkType::RAW, &bytes), short);
}

#[test]
fn an_ip_version_that_contradicts_the_ethertype_is_a_problem() {
    let problems = |bytes: &[u8]| {
        let packet = decode(LinkType::ETHERNET, bytes, bytes.len() as u32);
        let names: Vec<_> = packet.problems.iter().map(|p| p.name).collect();
        (segment(LinkType::ETHERNET, bytes), names)
    };
    let bytes = ethernet(0x86dd, &packet());
    assert_eq!(problems(&bytes), (None, vec!["ip-version-differs"]));
    let inner = &packet()[20..];
    let mut six = vec![0x60, 0, 0, 0, 0, inner.len() as u8, 6, 64];
    six.extend([1; 32]);
    six.extend(inner);
    let bytes = ethernet(0x0800, &six);
    assert_eq!(problems(&bytes), (Some(3), vec!["ip-version-differs"]));
    let bytes = ethernet(0x0800, &[0x55; 40]);
    assert_eq!(problems(&bytes), (None, vec!["ip-version"]));
}

#[test]
fn a_packet_with_malformed_ip_options_is_not_read_on() {
    let with = |options: &[u8]| {
        let mut bytes = packet();
        bytes[0] += options.len() as u8 / 4;
        bytes[3] += options.len() as u8;
        bytes.splice(20..20, options.iter().copied());
        let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
        let problem = packet.problems.iter().next();
        (
            segment(LinkType::RAW, &bytes),
            problem.map(|p| (p.name, p.offset)),
        )
    };
    // Router alert; a record route that ends the header; NOPs and an end with anything behind it.
    assert_eq!(with(&[148, 4, 0, 0]), (Some(3), None));
    assert_eq!(with(&[7, 7, 4, 0, 0, 0, 0, 0]), (Some(3), None));
    assert_eq!(with(&[1, 1, 0, 200]), (Some(3), None));
    // A length beyond the header, too short for itself, missing; a Security option shorter than any.
    let malformed = |at| (None, Some(("ip-options-malformed", at)));
    assert_eq!(with(&[148, 5, 0, 0]), malformed(20));
    assert_eq!(with(&[1, 148, 1, 0]), malformed(21));
    assert_eq!(with(&[1, 1, 1, 148]), malformed(23));
    assert_eq!(with(&[130, 2, 0, 0]), malformed(20));
}

/// An 802.11 data header with these bytes of frame control, then LLC and SNAP.
fn wireless(control: [u8; 2], more: &[u8]) -> Vec<u8> {
    let mut bytes = control.to_vec();
    bytes.extend([0; 20]);
    bytes.extend([0x10, 0]);
    bytes.extend(more);
    bytes.extend([0xaa, 0xaa, 3, 0, 0, 0, 8, 0]);
    bytes.extend(packet());
    bytes
}

#[test]
fn data_frames_of_wireless_networks_are_read() {
    let data = wireless([0x08, 1], &[]);
    carries(105, &[], &data);
    // QoS; four addresses; both with an HT control field.
    carries(105, &[], &wireless([0x88, 2], &[0, 0]));
    carries(105, &[], &wireless([0x08, 3], &[0; 6]));
    carries(105, &[], &wireless([0x88, 0x83], &[0; 12]));
    // Encrypted, a fragment, null data, management, an aggregate, another version: nothing to read.
    for hidden in [
        wireless([0x08, 0x41], &[]),
        wireless([0x08, 5], &[]),
        wireless([0x48, 1], &[]),
        wireless([0x80, 0], &[]),
        wireless([0x88, 2], &[0x80, 0]),
        wireless([0x09, 1], &[]),
    ] {
        assert_eq!(segment(LinkType(105), &hidden), None, "{hidden:?}");
    }
    let mut fragment = data.clone();
    fragment[22] = 1;
    assert_eq!(segment(LinkType(105), &fragment), None);
    // Radiotap: eight bytes; a second word of what is there, the clock, and flags that say there is a check sequence behind.
    carries(127, &[0, 0, 8, 0, 0, 0, 0, 0], &data);
    let flags = [
        0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0x10,
    ];
    carries(127, &flags, &[&data[..], &[9; 4]].concat());
    // The header is padded to a multiple of four.
    let mut padded = wireless([0x88, 2], &[0, 0, 0xee, 0xee]);
    carries(127, &[0, 0, 9, 0, 2, 0, 0, 0, 0x20], &padded);
    padded[0] = 0x08;
    padded.drain(24..28);
    carries(127, &[0, 0, 9, 0, 2, 0, 0, 0, 0x20], &padded);
    // PPI before either link; AVS and Prism headers.
    carries(192, &[0, 0, 8, 0, 105, 0, 0, 0], &data);
    carries(192, &[0, 0, 8, 0, 1, 0, 0, 0], &frame());
    carries(163, &[0x80, 0x21, 0x10, 1, 0, 0, 0, 8], &data);
    carries(119, &[0x80, 0x21, 0x10, 1, 0, 0, 0, 8], &data);
    let mut prism = [0; 144];
    prism[0] = 0x44;
    prism[4] = 144;
    carries(119, &prism, &data);
}

#[test]
fn more_link_types_lead_to_ip() {
    let snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];
    let fddi = [&[0x50][..], &[2; 12], &snap].concat();
    carries(10, &fddi, &packet());
    // Token Ring, with six bytes of route where the source address says so.
    let ring = [&[0x10, 0x40][..], &[2; 12], &snap].concat();
    carries(6, &ring, &packet());
    let mut source = [2; 6];
    source[0] = 0x82;
    let route = [6, 0x30, 0, 1, 0, 2];
    let ring = [&[0x10, 0x40][..], &[2; 6], &source, &route, &snap].concat();
    carries(6, &ring, &packet());
    // Frame Relay: IPv4 by its number, SNAP behind a pad, Cisco's ethertype.
    carries(107, &[0x18, 0x41, 3, 0xcc], &packet());
    carries(107, &[0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0], &packet());
    carries(107, &[0x18, 0x41, 8, 0], &packet());
    // NFLOG: a prefix of five bytes, filled up to four, before the packet.
    let mut nflog = vec![2, 0, 0, 0, 9, 0, 10, 0, b'x', b'y', b'z', b'z', 0, 0, 0, 0];
    nflog.extend([4 + packet().len() as u8, 0, 9, 0]);
    carries(239, &nflog, &packet());
    let mut filter = [0; 48];
    filter[0] = 45;
    carries(117, &filter, &packet());
    carries(109, &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &packet());
    carries(51, &[0x11, 0, 0, 1, 0, 45, 0, 0x21], &packet());
    carries(204, &[1, 0xff, 3, 0, 0x21], &packet());
    carries(219, &[0, 1, 1, 64], &packet());
    // ARCNET of BSD and of Linux: whole packets, and behind an exception header.
    carries(7, &[1, 2, 212, 0, 0, 1], &packet());
    carries(7, &[1, 2, 212, 0xff, 0, 0xff, 0, 0, 0, 1], &packet());
    carries(129, &[1, 2, 0, 0, 212, 0, 0, 1], &packet());
}

#[test]
fn what_is_compressed_is_named_and_not_read() {
    let bytes = ipv4(108, &[4, 0, 0, 2, 1, 2, 3]);
    let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
    assert!(matches!(packet.body, Body::OtherIp(108)), "{packet:?}");
    assert!(packet.problems.is_empty());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// Nothing in any of these headers makes decoding fail, however they are cut and stacked.
    #[test]
    fn any_stack_of_headers_is_a_packet(
        links in 0..LINKS.len(),
        headers in proptest::collection::vec((0..HEADERS.len(), proptest::prelude::any::<[u8; 3]>()), 0..12),
        keep in 0..400_usize,
    ) {
        let mut bytes = vec![2; 12];
        for (header, noise) in headers {
            let begins = bytes.len();
            bytes.extend(HEADERS[header]);
            let at = begins + usize::from(noise[0]) % HEADERS[header].len();
            if noise[1] < 100 {
                bytes[at] = noise[2];
            }
        }
        bytes.truncate(keep);
        let packet = decode(LinkType(LINKS[links]), &bytes, bytes.len() as u32);
        let _ = checksum(&packet);
        let list = fields::fields(LinkType(LINKS[links]), &bytes, bytes.len() as u32);
        proptest::prop_assert_eq!(list.iter().map(|field| field.len).sum::<u32>() as usize, bytes.len() * 8);
    }
}

/// Link types to begin a stack with.
const LINKS: [u32; 19] = [
    1, 1, 1, 1, 6, 7, 10, 51, 101, 105, 107, 109, 117, 119, 127, 129, 163, 192, 239,
];

/// Headers with the number of a following one at their end, so that stacks of them are met.
const HEADERS: [&[u8]; 16] = [
    &[0x88, 0xe7, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
    &[0x89, 0x3f, 0, 1, 0, 2, 0, 0],
    &[
        0x89, 0x4f, 0x0f, 0xc2, 2, 3, 0, 0, 1, 255, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
    ],
    &[
        0x22, 0xf3, 0, 4, 0, 1, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
    ],
    &[0x88, 0xe5, 0, 0, 0, 0, 0, 1],
    &[0x88, 0x64, 0x11, 0, 0, 1, 0, 200, 0, 0x21],
    &[
        0x08, 0, 0x45, 0, 1, 0, 0, 0, 0, 0, 64, 47, 0, 0, 10, 0, 0, 8, 10, 0, 0, 9,
    ],
    &[
        0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2,
        2, 2,
    ],
    &[0, 0, 0x65, 0x58, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
    &[
        0x08, 0, 0x45, 0, 1, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 8, 10, 0, 0, 9,
    ],
    &[
        1, 1, 0x12, 0xb5, 0, 220, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
    ],
    &[
        1, 1, 0x06, 0xa5, 0, 200, 0, 0, 0x4a, 2, 0, 180, 0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 9, 9, 0,
        0x21,
    ],
    &[
        0x45, 0, 1, 0, 0, 0, 0, 0, 64, 97, 0, 0, 10, 0, 0, 8, 10, 0, 0, 9, 0x30, 0, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2,
    ],
    &[
        0x60, 0, 0, 0, 0, 200, 41, 64, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
    ],
    &[0xaa, 0xaa, 3, 0, 0, 0],
    &[
        0, 0, 12, 0, 2, 0, 0, 0, 0x30, 0, 0, 0, 0x88, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,
    ],
];
