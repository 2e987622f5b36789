//! What one vantage alone tells of a fault: each cause once, where the lab knows it. (A thousand mixed ones: `scripts/soak`.)

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use sockscope::model::{Fact, HostId, Span, Vantage};
use sockscope::observe::lab::{self, Privileges};
use sockscope::observe::run::run;
use sockscope::observe::source::{Room, room};
use sockscope::protocol::follow::{Anomaly, Recovery, Tracker, Why};
use sockscope::script::parse_steps;
use sockscope::script::rule::Rule;

/// The client sends so much under this rule; what is odd in the frames of one vantage.
fn odd(
    privileges: &Privileges,
    (rule, bytes, sack): (&str, u32, &str),
    vantage: HostId,
) -> Vec<Why> {
    let mut plan = crate::scenarios::plan(Span::from_ms(20));
    let client = format!(
        "socket tcp\nset TCP_MAXSEG 1012\nconnect :7070\nsend {bytes} bytes\nwait 600ms\nclose"
    );
    let server = "listen 7070 backlog 5\naccept\nrecv until eof\nclose".to_owned();
    for (host, text) in plan.hosts.iter_mut().zip([client, server]) {
        host.steps = parse_steps(&text).expect("steps");
        host.text = text;
        host.sysctls = vec![("net.ipv4.tcp_sack".to_owned(), sack.to_owned())];
    }
    plan.wire.rules = vec![Rule::parse(rule, &["client", "server"]).expect(rule)];
    let (mut follow, mut number, mut odd) = (Tracker::default(), 0, Vec::new());
    let outcome = run(
        privileges,
        &plan,
        &Room::of(room::USUAL),
        &AtomicBool::new(false),
        &mut |fact: Fact<'_>| {
            if let Fact::Frame(frame) = fact
                && frame.vantage == Vantage::Host(vantage)
            {
                number += 1;
                let packet = frame.packet();
                let why = follow.packet(number, frame.at, &packet).segment;
                odd.extend(why.map(|segment| segment.why).filter(|why| {
                    why.recovery.is_some() || why.anomaly.is_some() || why.spurious[0] != 0
                }));
            }
            ControlFlow::Continue(())
        },
    )
    .expect("it can be run");
    assert_eq!(outcome.troubles, [], "{rule}");
    odd
}

/// What made its sender send it again, and how else it comes to be there.
fn names(why: &Why) -> (Option<&'static str>, Option<&'static str>) {
    (
        why.recovery.map(Recovery::name),
        why.anomaly.map(Anomaly::name),
    )
}

pub fn causes() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let both = [HostId::CLIENT, HostId::SERVER];
    // A hole is asked for: by what was acknowledged selectively, or by three that are the same.
    for (sack, mechanism) in [("1", "sack"), ("0", "fast-retransmit")] {
        for vantage in both {
            let rule = "lose data 3 from client";
            let seen = odd(&privileges, (rule, 8_000, sack), vantage);
            let told: Vec<_> = seen.iter().map(names).collect();
            assert_eq!(
                told,
                [(Some(mechanism), None)],
                "sack {sack}, {vantage:?}: {seen:?}"
            );
        }
    }
    // What the wire did, only its receiver can see. Its sender sees what that made the receiver say, which is nothing unusual.
    for (rule, came) in [
        ("duplicate data 3 from client", "copied"),
        ("swap data 4 5 from client", "late"),
    ] {
        let seen = odd(&privileges, (rule, 8_000, "1"), HostId::SERVER);
        let told: Vec<_> = seen.iter().map(names).collect();
        assert_eq!(told, [(None, Some(came))], "{rule}: {seen:?}");
        let seen = odd(&privileges, (rule, 8_000, "1"), HostId::CLIENT);
        assert!(seen.is_empty(), "{rule}: {seen:?}");
    }
    // Nothing was lost but an acknowledgement: the receiver sees that at once, the sender by what it is told.
    let lost = ("lose ack 1 from server", 500, "1");
    let seen = odd(&privileges, lost, HostId::SERVER);
    assert_eq!(names(&seen[0]).1, Some("needless"), "{seen:?}");
    let seen = odd(&privileges, lost, HostId::CLIENT);
    assert!(
        seen[0].recovery.is_some() && seen[0].anomaly.is_none(),
        "{seen:?}"
    );
    let shown = seen.iter().filter(|why| why.spurious[0] != 0).count();
    assert_eq!(shown, 1, "{seen:?}");
}
