//! Every bit of a frame belongs to exactly one field, in order, whatever the frame is.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers that the test itself has made"
)]

use etherparse::PacketBuilder;
use proptest::prelude::*;
use sockscope::model::LinkType;
use sockscope::protocol::decode::fields::{Field, FieldValue, fields};
use sockscope::protocol::decode::{Body, Packet};

/// Link types that are decoded, and one that is not.
const LINKS: [u32; 28] = [
    0, 1, 6, 7, 9, 10, 14, 50, 51, 101, 104, 105, 107, 108, 109, 113, 117, 119, 127, 129, 163, 192,
    204, 219, 228, 239, 276, 147,
];

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[track_caller]
fn tiles(list: &[Field], len: usize) {
    let mut at = 0;
    for field in list {
        assert_eq!(
            field.start, at,
            "{field:?} does not begin where the one before ends"
        );
        assert!(field.len > 0, "{field:?} is empty");
        at += field.len;
    }
    assert_eq!(at as usize, len * 8, "something is left at the end");
}

/// The value of the first field of this name.
#[track_caller]
fn value<'a>(list: &'a [Field], name: &str) -> &'a str {
    let field = list.iter().find(|field| field.name == name);
    match field.map(|field| &field.value) {
        Some(FieldValue::Text(text)) => text,
        other => panic!("{name}: {other:?}"),
    }
}

/// A frame of real headers, some of its bytes changed, cut somewhere.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let payload = proptest::collection::vec(any::<u8>(), 0..80);
    let built =
        (payload, 0..8_u8, any::<u16>(), 0..40_usize).prop_map(|(payload, kind, port, options)| {
            let options = &[[
                2, 4, 5, 180, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7, 5, 10,
            ]; 2]
                .concat()[..options.next_multiple_of(4).min(40)];
            let ethernet = PacketBuilder::ethernet2([2; 6], [4; 6]);
            let mut out = Vec::new();
            let v4 =
                || PacketBuilder::ethernet2([2; 6], [4; 6]).ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64);
            let v6 = || PacketBuilder::ethernet2([2; 6], [4; 6]).ipv6([1; 16], [2; 16], 64);
            let written = match kind {
                0 => v4().udp(port, 53).write(&mut out, &payload),
                1 => v6().udp(port, 53).write(&mut out, &payload),
                2 => v4().icmpv4_echo_request(1, port).write(&mut out, &payload),
                3 => v6().icmpv6_echo_request(1, port).write(&mut out, &payload),
                4 => ethernet
                    .vlan(etherparse::VlanHeader::Single(
                        etherparse::SingleVlanHeader {
                            pcp: etherparse::VlanPcp::ZERO,
                            drop_eligible_indicator: false,
                            vlan_id: etherparse::VlanId::try_new(7).expect("7 fits"),
                            ether_type: etherparse::EtherType::IPV4,
                        },
                    ))
                    .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 1)
                    .tcp(port, 80, 5, 6)
                    .write(&mut out, &payload),
                5 => v6()
                    .tcp(port, 80, 5, 6)
                    .options_raw(options)
                    .expect("they fit")
                    .write(&mut out, &payload),
                6 => {
                    // An ICMP error that quotes a TCP segment.
                    let mut quoted = Vec::new();
                    PacketBuilder::ipv4([10, 0, 0, 2], [10, 0, 0, 1], 9)
                        .tcp(80, port, 1, 2)
                        .write(&mut quoted, &payload)
                        .expect("a vector takes it");
                    v4().icmpv4_raw(3, 4, [0, 0, 5, 0])
                        .write(&mut out, &quoted[..28])
                }
                _ => v4()
                    .tcp(port, 80, 5, 6)
                    .syn()
                    .options_raw(options)
                    .expect("they fit")
                    .write(&mut out, &payload),
            };
            written.expect("a vector takes it");
            out
        });
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (built, changes, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, changes, cut, whole)| {
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        },
    )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn fields_tile_any_bytes(
        link in prop::sample::select(&LINKS[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        orig_len in any::<u32>(),
    ) {
        tiles(&fields(LinkType(link), &bytes, orig_len), bytes.len());
    }

    #[test]
    fn fields_tile_frames_that_are_nearly_right(bytes in frame(), longer in 0..100_u32) {
        let list = fields(LinkType::ETHERNET, &bytes, bytes.len() as u32 + longer);
        tiles(&list, bytes.len());
    }

    #[test]
    fn fields_say_what_decode_says(bytes in frame()) {
        let list = fields(LinkType::ETHERNET, &bytes, bytes.len() as u32);
        let packet = Packet::of_ethernet(&bytes);
        match packet.body {
            Body::Tcp(tcp) if packet.problems.is_empty() => {
                prop_assert_eq!(value(&list, "bytes-port-src"), tcp.sport.to_string());
                prop_assert_eq!(value(&list, "bytes-port-dst"), tcp.dport.to_string());
                prop_assert_eq!(value(&list, "bytes-tcp-seq"), tcp.seq.0.to_string());
                prop_assert_eq!(value(&list, "bytes-tcp-window"), tcp.window.to_string());
                let payload: u32 = list.iter().filter(|f| f.name == "bytes-payload").map(|f| f.len / 8).sum();
                prop_assert_eq!(payload as usize, tcp.payload.len());
            }
            Body::Udp(udp) if packet.problems.is_empty() => {
                prop_assert_eq!(value(&list, "bytes-port-src"), udp.sport.to_string());
                let payload: u32 = list.iter().filter(|f| f.name == "bytes-payload").map(|f| f.len / 8).sum();
                prop_assert_eq!(payload as usize, udp.payload.len());
            }
            _ => {}
        }
    }
}

#[test]
fn a_syn_is_told_field_by_field() {
    let mut bytes = Vec::new();
    PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
        .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        .tcp(40112, 7070, 1000, 64240)
        .syn()
        .options_raw(&[2, 4, 5, 180, 1, 3, 3, 7])
        .expect("they fit")
        .write(&mut bytes, &[])
        .expect("a vector takes it");
    bytes.resize(64, 0);
    let told: Vec<String> = fields(LinkType::ETHERNET, &bytes, 64)
        .iter()
        .map(|field| {
            let value = match &field.value {
                FieldValue::Text(text) => text,
                FieldValue::Bytes => "…",
            };
            let meaning = field.meaning.as_ref().map_or("", |meaning| meaning.key);
            let range = field.bytes();
            format!(
                "{:>2}..{:<2} {} {} {}",
                range.start, range.end, field.name, value, meaning
            )
            .trim_end()
            .to_owned()
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// Found by fuzzing: what follows the header was taken for the length of an option that has none.
#[test]
fn an_option_without_a_length_ends_with_its_header() {
    let mut bytes = vec![
        0x46, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    ];
    bytes.extend([1, 1, 1, 25]);
    bytes.extend([7, 208, 7, 208]);
    let list = fields(LinkType(101), &bytes, 28);
    tiles(&list, bytes.len());
    assert_eq!(value(&list, "bytes-option-kind"), "NOP");
    assert_eq!(value(&list, "bytes-port-src"), "2000");
    assert!(list.iter().all(|field| field.name != "bytes-option-length"));
}
