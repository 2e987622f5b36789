//! Frames for several hosts; the rest of the timeline is tested by whole stories (`tests/flows`).

use std::borrow::Cow;

use etherparse::PacketBuilder;

use super::*;
use crate::explain::TransitPhase;
use crate::model::Verdict;
use crate::model::fate::digest;
use crate::model::{Apart, Delivery, Hole, HoleKind, LinkType, Span};

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

/// Numbers of the packets that are told when the same segment is seen twice, with a hole of this kind in between; and whether the
/// second is told as sent again.
fn around(kind: HoleKind) -> (Vec<Option<u32>>, bool) {
    let mut bytes = Vec::new();
    PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
        .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        .tcp(40_000, 7070, 1, 1_000)
        .ack(1)
        .write(&mut bytes, b"data")
        .expect("a frame");
    let hole = Hole {
        at: ms(1),
        vantage: Vantage::Host(HostId::CLIENT),
        frames: 5,
        kind,
    };
    let facts = [
        host(0),
        host(1),
        frame(ms(0), HostId::CLIENT, Direction::Sent, &bytes),
        Fact::Hole(hole),
        frame(ms(400), HostId::CLIENT, Direction::Sent, &bytes),
    ];
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    for fact in facts {
        timeline.fact(fact, &mut moments);
    }
    timeline.finish(&mut moments);
    let begun = |moment: &&Moment| matches!(moment.what, What::Begin(_));
    assert_eq!(moments.iter().filter(begun).count(), 1, "it begins once");
    let transits = moments.iter().filter_map(|moment| match &moment.what {
        What::Transit(transit) => Some(transit),
        _ => None,
    });
    let transits: Vec<_> = transits.collect();
    let again = |transit: &crate::explain::Transit| {
        let segment = transit.followed.segment.as_ref();
        segment.is_some_and(|segment| !segment.trouble().is_empty())
    };
    let numbers = transits.iter().map(|transit| transit.number).collect();
    (numbers, transits.iter().any(|transit| again(transit)))
}

#[test]
fn behind_what_was_not_told_the_story_begins_afresh_with_the_numbers_of_the_file() {
    assert_eq!(around(HoleKind::Missed), (vec![Some(1), Some(2)], true));
    let untold = HoleKind::Untold { others: 3 };
    assert_eq!(around(untold), (vec![Some(1), Some(7)], false));
    let unsaved = HoleKind::Unsaved { others: 3 };
    assert_eq!(around(unsaved), (vec![Some(1), Some(2)], false));
}
