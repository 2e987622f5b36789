//! Frames for several hosts; the rest of the timeline is tested by whole stories (`tests/flows`).

use std::borrow::Cow;

use etherparse::PacketBuilder;

use super::*;
use crate::explain::TransitPhase;
use crate::model::Verdict;
use crate::model::fate::digest;
use crate::model::{Apart, Delivery, LinkType, Span};

const BOB: HostId = HostId(2);

fn ms(ms: i64) -> Time {
    Time::from_ns(ms * 1_000_000)
}

fn host(number: u8) -> Fact<'static> {
    let host = Host {
        id: HostId(number),
        name: format!("host{number}").into(),
        interface: "eth0".into(),
        mac: Some([2, 0, 0, 0, 0, number + 1]),
        ipv4: Some([10, 0, 0, number + 1].into()),
        ipv6: None,
    };
    Fact::Setting {
        at: ms(0),
        setting: Setting::Host(host),
    }
}

fn broadcast() -> Vec<u8> {
    let mut bytes = Vec::new();
    PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [0xff; 6])
        .ipv4([10, 0, 0, 1], [255; 4], 64)
        .udp(40_000, 7070)
        .write(&mut bytes, b"all")
        .expect("a frame");
    bytes
}

fn frame(at: Time, host: HostId, direction: Direction, bytes: &[u8]) -> Fact<'static> {
    Fact::Frame(Frame {
        at,
        vantage: Vantage::Host(host),
        direction,
        link: LinkType::ETHERNET,
        orig_len: bytes.len() as u32,
        checksum_offloaded: false,
        bytes: Cow::Owned(bytes.to_vec()),
    })
}

/// A datagram to two others, of whom bob's copy is lost; the wire took it so late.
fn phases(taken: i64) -> Vec<(TransitPhase, Option<HostId>)> {
    let bytes = broadcast();
    let digest = digest(&bytes);
    let facts = [
        host(0),
        host(1),
        host(2),
        frame(ms(0), HostId::CLIENT, Direction::Sent, &bytes),
        Fact::Fate(Fate {
            at: ms(taken),
            wire_no: 0,
            from: HostId::CLIENT,
            digest,
            verdict: Verdict::Passed,
            rule: None,
            waits: Vec::new(),
            apart: vec![Apart {
                to: BOB,
                verdict: Verdict::Lost,
                rule: 0,
            }],
        }),
        Fact::Delivery(Delivery {
            at: ms(taken + 20),
            wire_no: 0,
            to: HostId::SERVER,
            copy: 0,
            digest,
            due: ms(taken + 20),
        }),
        frame(ms(taken + 20), HostId::SERVER, Direction::Received, &bytes),
    ];
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    for fact in &facts {
        timeline.fact(fact.clone(), &mut moments);
        timeline.until(fact.at().plus(Span::from_ns(1)), &mut moments);
    }
    timeline.finish(&mut moments);
    let told = moments.iter().filter_map(|moment| match &moment.what {
        What::Transit(transit) => Some((transit.phase, transit.to)),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_lost_copy_is_told_where_its_frame_left_however_late_the_wire_took_it() {
    let expected = [
        (TransitPhase::Left, None),
        (TransitPhase::CopyLost, Some(BOB)),
        (TransitPhase::Arrived, Some(HostId::SERVER)),
    ];
    assert_eq!(phases(0), expected);
    assert_eq!(phases(300), expected);
}
