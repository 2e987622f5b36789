//! The wire misbehaves as its rules say: each kind of rule once, on six datagrams sent in a row, its fates
//! and deliveries read from the recording. Every frame is passed, lost or copied, and none is anything else.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use sockscope::model::{CallResult, Direction, Fact, HostId, Span, Vantage, Verdict};
use sockscope::observe::lab::{self, Privileges};
use sockscope::observe::run::run;
use sockscope::observe::source::{Room, room};
use sockscope::protocol::decode::Body;
use sockscope::script::rule::Rule;
use sockscope::script::{Plan, parse_steps};

/// What became of six datagrams.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    /// The client's frames: verdict and rule, in the order of the wire.
    fates: Vec<(Verdict, Option<u16>)>,
    /// The numbers of the datagrams as they arrived at the server's interface.
    arrived: Vec<u32>,
    /// What the server's program got.
    received: Vec<u32>,
    /// ICMP errors that came back to the client.
    errors: usize,
}

fn plan(rules: &[&str], bytes: usize) -> Plan {
    let mut plan = crate::scenarios::plan(Span::from_ms(5));
    let client: Vec<String> = (1..=6)
        .map(|number| format!("sendto :7070 \"{}\"", number.to_string().repeat(bytes)))
        .collect();
    let server = "socket udp\nbind :7070\nrecvfrom until quiet buffer 2000".to_owned();
    for (host, text) in plan.hosts.iter_mut().zip([client.join("\n"), server]) {
        host.steps = parse_steps(&text).expect("steps");
        host.text = text;
    }
    plan.wire.rules = rules
        .iter()
        .map(|rule| Rule::parse(rule, &["client", "server"]).expect(rule))
        .collect();
    plan.wire.seed = 1;
    plan
}

fn observe(privileges: &Privileges, plan: &Plan) -> Seen {
    let mut seen = Seen::default();
    let mut carried: BTreeMap<u64, u32> = BTreeMap::new();
    let mut fates: BTreeMap<u64, Verdict> = BTreeMap::new();
    let digit = |byte: Option<&u8>| byte.map_or(0, |byte| u32::from(byte.wrapping_sub(b'0')));
    let outcome = run(
        privileges,
        plan,
        &Room::of(room::USUAL),
        &AtomicBool::new(false),
        &mut |fact: Fact<'_>| {
            match fact {
                Fact::Fate(fate) => {
                    fates.insert(fate.wire_no, fate.verdict.clone());
                    if fate.from == HostId::CLIENT {
                        seen.fates.push((fate.verdict, fate.rule));
                    }
                }
                Fact::Delivery(delivery) => *carried.entry(delivery.wire_no).or_default() += 1,
                Fact::Frame(frame) if frame.direction == Direction::Received => {
                    let packet = frame.packet();
                    match packet.body {
                        Body::Udp(udp) if frame.vantage == Vantage::Host(HostId::SERVER) => {
                            // The last byte: a corrupted one differs in any.
                            let middle = udp.payload.get(udp.payload.len() / 2);
                            seen.arrived.push(digit(middle));
                        }
                        Body::Icmp(_) if frame.vantage == Vantage::Host(HostId::CLIENT) => {
                            seen.errors += 1;
                        }
                        _ => {}
                    }
                }
                Fact::Returned(returned) => {
                    if let CallResult::Ok { out, .. } = &returned.result
                        && let Some(sockscope::model::Arg::Data { head, .. }) = out
                            .iter()
                            .find(|arg| matches!(arg, sockscope::model::Arg::Data { .. }))
                    {
                        seen.received.push(digit(head.first()));
                    }
                }
                _ => {}
            }
            ControlFlow::Continue(())
        },
    )
    .expect("it can be run");
    assert_eq!(outcome.troubles, [], "{plan:?}");
    for (wire_no, verdict) in fates {
        let copies = match verdict {
            Verdict::Lost | Verdict::QueueFull => 0,
            Verdict::Duplicated(copies) => u32::from(copies),
            Verdict::Overrun { .. } => panic!("the relay was too slow"),
            // Of what is too big it is the hop's answer.
            _ => 1,
        };
        assert_eq!(
            carried.get(&wire_no).copied().unwrap_or(0),
            copies,
            "{verdict:?}"
        );
    }
    seen
}

pub fn faults() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let order: [(&str, &[u32]); 9] = [
        ("lose datagram 3 from client", &[1, 2, 4, 5, 6]),
        ("lose datagram 2-4", &[1, 5, 6]),
        ("duplicate datagram 2", &[1, 2, 2, 3, 4, 5, 6]),
        ("swap datagram 4 5", &[1, 2, 3, 5, 4, 6]),
        ("delay datagram 2 by 50ms", &[1, 3, 4, 5, 6, 2]),
        ("reorder 100% from client", &[2, 1, 4, 3, 6, 5]),
        ("jitter 10ms seed 3", &[1, 2, 3, 4, 5, 6]),
        ("cut from 0s to 5s", &[]),
        ("lose fin", &[1, 2, 3, 4, 5, 6]),
    ];
    for (rule, expected) in order {
        let seen = observe(&privileges, &plan(&[rule], 10));
        assert_eq!(seen.arrived, expected, "{rule}");
        assert_eq!(seen.received, expected, "{rule}");
        assert_eq!(seen.fates.len(), 6, "{rule}");
    }
    // The receiver's kernel drops what is corrupted: it arrives, and nobody gets it.
    let seen = observe(&privileges, &plan(&["corrupt datagram 1"], 10));
    assert!(matches!(seen.fates[0], (Verdict::Corrupted(_), Some(0))));
    assert_eq!(
        (seen.arrived.len(), &seen.received[..]),
        (6, &[2, 3, 4, 5, 6][..])
    );
    // The same seed and traffic give the same fates; another seed others.
    let random = |seed| {
        let rule = format!("lose 50% seed {seed}");
        observe(&privileges, &plan(&[&rule], 10)).fates
    };
    assert_eq!(random(7), random(7));
    assert!((1..=5).any(|seed| random(seed) != random(7)));
}

pub fn link() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    // 142 bytes take 14 ms: one is sent, two wait.
    let mut slow = plan(&[], 100);
    slow.wire.rate = Some(80_000);
    slow.wire.queue = Some(2);
    let seen = observe(&privileges, &slow);
    assert_eq!(seen.arrived, [1, 2, 3]);
    assert!(
        seen.fates[3..]
            .iter()
            .all(|fate| fate.0 == Verdict::QueueFull),
        "{seen:?}"
    );
    // A hop that takes 600 bytes: the kernel learns it from the first datagram's error and then fragments.
    let mut narrow = plan(&[], 1_000);
    narrow.wire.hop_mtu = Some(600);
    let seen = observe(&privileges, &narrow);
    assert_eq!(seen.fates[0].0, Verdict::TooBig { mtu: 600 });
    assert!(seen.errors >= 1, "{seen:?}");
}
