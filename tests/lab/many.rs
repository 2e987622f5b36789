//! Four hosts on one wire: who sees a frame at its interface, whose program gets it, and how often its sender sent it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use sockscope::model::{
    CallName, CallResult, Direction, Fact, Fate, HostId, Span, Vantage, Verdict,
};
use sockscope::observe::lab::{self, Privileges};
use sockscope::observe::run::run;
use sockscope::observe::source::{Room, room};
use sockscope::protocol::decode::{Body, TcpFlags};
use sockscope::script::rule::Rule;
use sockscope::script::{HostPlan, Plan, parse_steps};

const HOSTS: [&str; 4] = ["client", "server", "bob", "carol"];

/// What a run of four hosts showed, by host number.
#[derive(Debug, Default)]
struct Seen {
    /// Frames that each host's interface sent, of each kind.
    sent: BTreeMap<(u8, &'static str), u32>,
    /// Frames that reached each host's interface, of each kind.
    arrived: BTreeMap<(u8, &'static str), u32>,
    /// What each program's receiving calls gave.
    got: BTreeMap<u8, Vec<i64>>,
    /// The fates of the client's frames.
    fates: Vec<Fate>,
    /// Hand-overs of each frame, by host.
    handed: BTreeMap<u64, Vec<u8>>,
}

impl Seen {
    fn arrived(&self, kind: &'static str) -> [u32; 4] {
        [0, 1, 2, 3].map(|host| self.arrived.get(&(host, kind)).copied().unwrap_or(0))
    }

    fn sent(&self, kind: &'static str) -> [u32; 4] {
        [0, 1, 2, 3].map(|host| self.sent.get(&(host, kind)).copied().unwrap_or(0))
    }

    fn got(&self) -> [usize; 4] {
        [0, 1, 2, 3].map(|host| self.got.get(&host).map_or(0, Vec::len))
    }
}

fn plan(scripts: [&str; 4]) -> Plan {
    let mut plan = crate::scenarios::plan(Span::from_ms(5));
    plan.hosts = HOSTS
        .into_iter()
        .zip(scripts)
        .map(|(name, text)| HostPlan {
            name: name.to_owned(),
            steps: parse_steps(text).expect(text),
            text: text.to_owned(),
            program: None,
            sysctls: Vec::new(),
        })
        .collect();
    plan
}

fn kind(body: &Body<'_>) -> &'static str {
    match body {
        Body::Udp(_) => "datagram",
        Body::Tcp(tcp) if tcp.flags.contains(TcpFlags::SYN) => "syn",
        Body::Tcp(_) => "segment",
        Body::Arp(arp) if arp.operation == 1 => "arp-request",
        Body::Arp(_) => "arp-reply",
        _ => "other",
    }
}

fn observe(privileges: &Privileges, plan: &Plan) -> Seen {
    let mut seen = Seen::default();
    let mut receiving = BTreeMap::new();
    let outcome = run(
        privileges,
        plan,
        &Room::of(room::USUAL),
        &AtomicBool::new(false),
        &mut |fact: Fact<'_>| {
            match fact {
                Fact::Frame(frame) => {
                    let packet = frame.packet();
                    let Vantage::Host(host) = frame.vantage else {
                        panic!("{frame:?}")
                    };
                    let counted = match frame.direction {
                        Direction::Received => &mut seen.arrived,
                        _ => &mut seen.sent,
                    };
                    *counted.entry((host.0, kind(&packet.body))).or_default() += 1;
                }
                Fact::Fate(fate) if fate.from == HostId::CLIENT => seen.fates.push(fate),
                Fact::Delivery(delivery) => {
                    let to = seen.handed.entry(delivery.wire_no).or_default();
                    to.push(delivery.to.0);
                }
                Fact::Call(call) if matches!(call.name, CallName::Recvfrom | CallName::Recv) => {
                    receiving.insert(call.id, call.host);
                }
                Fact::Returned(returned) => {
                    if let (Some(host), CallResult::Ok { value, .. }) =
                        (receiving.remove(&returned.id), returned.result)
                    {
                        seen.got.entry(host.0).or_default().push(value);
                    }
                }
                _ => {}
            }
            ControlFlow::Continue(())
        },
    )
    .expect("it can be run");
    assert_eq!(outcome.troubles, [], "{plan:?}");
    // Nothing that the scripts did not ask for: no membership report, no neighbour's chatter.
    assert!(
        !seen.sent.keys().any(|(_, kind)| *kind == "other"),
        "{seen:?}"
    );
    seen
}

const RECEIVES: &str = "socket udp\nbind any:7070\nrecvfrom until quiet\nclose";
const JOINED: &str =
    "socket udp\nbind any:7070\nset IP_ADD_MEMBERSHIP 239.1.1.1\nrecvfrom until quiet\nclose";

pub fn many() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    broadcast(&privileges);
    multicast(&privileges);
    unicast(&privileges);
    learned(&privileges);
    one_copy_lost(&privileges);
    connections(&privileges);
    over_ipv6(&privileges);
}

/// One datagram, one frame from the sender, three receivers.
fn broadcast(privileges: &Privileges) {
    let client = "socket udp\nset SO_BROADCAST on\nsendto broadcast:7070 \"all\"\nclose";
    let seen = observe(privileges, &plan([client, RECEIVES, RECEIVES, RECEIVES]));
    assert_eq!(seen.sent("datagram"), [1, 0, 0, 0]);
    assert_eq!(seen.arrived("datagram"), [0, 1, 1, 1]);
    assert_eq!(seen.got(), [0, 1, 1, 1]);
    assert_eq!(seen.fates.len(), 1);
    assert_eq!(seen.handed[&seen.fates[0].wire_no], [1, 2, 3]);
}

/// Who did not join gets the frame, and its program does not.
fn multicast(privileges: &Privileges) {
    let client = "socket udp\nsendto 239.1.1.1:7070 \"group\"\nclose";
    let seen = observe(privileges, &plan([client, JOINED, JOINED, RECEIVES]));
    assert_eq!(seen.sent("datagram"), [1, 0, 0, 0]);
    assert_eq!(seen.arrived("datagram"), [0, 1, 1, 1]);
    assert_eq!(seen.got(), [0, 1, 1, 0]);
}

/// The switch knows where a host is, and sends it alone what is for it.
fn unicast(privileges: &Privileges) {
    let client = "socket udp\nsendto bob:7070 \"one\"\nsendto bob:7070 \"two\"\nclose";
    let seen = observe(privileges, &plan([client, RECEIVES, RECEIVES, RECEIVES]));
    assert_eq!(seen.arrived("datagram"), [0, 0, 2, 0]);
    assert_eq!(seen.got(), [0, 0, 2, 0]);
}

/// It learns from whoever speaks: the question goes to all, the answer and all that follows to one.
fn learned(privileges: &Privileges) {
    let client = "socket udp\nsendto bob:7070 \"one\"\nclose";
    let mut plan = plan([client, RECEIVES, RECEIVES, RECEIVES]);
    plan.wire.learn_neighbours = true;
    let seen = observe(privileges, &plan);
    assert_eq!(seen.arrived("arp-request"), [0, 1, 1, 1]);
    assert_eq!(seen.arrived("arp-reply"), [1, 0, 0, 0]);
    assert_eq!(seen.arrived("datagram"), [0, 0, 1, 0]);
}

/// A rule for one receiver takes its copy alone; of a frame for that host alone it takes the frame.
fn one_copy_lost(privileges: &Privileges) {
    let client = "socket udp\nset SO_BROADCAST on\nsendto broadcast:7070 \"a\"\n\
                  sendto broadcast:7070 \"b\"\nsendto bob:7070 \"c\"\nclose";
    let mut plan = plan([client, RECEIVES, RECEIVES, RECEIVES]);
    plan.wire.rules = vec![Rule::parse("lose datagram 2-3 to bob", &["bob"]).expect("a rule")];
    let seen = observe(privileges, &plan);
    assert_eq!(seen.arrived("datagram"), [0, 2, 1, 2]);
    assert_eq!(seen.got(), [0, 2, 1, 2]);
    let verdicts: Vec<_> = seen
        .fates
        .iter()
        .map(|fate| (&fate.verdict, fate.toward(HostId(2))))
        .collect();
    assert_eq!(
        verdicts,
        [
            (&Verdict::Passed, (&Verdict::Passed, None)),
            (&Verdict::Passed, (&Verdict::Lost, Some(0))),
            (&Verdict::Lost, (&Verdict::Lost, Some(0))),
        ]
    );
    assert_eq!(seen.handed[&seen.fates[1].wire_no], [1, 3]);
}

/// TCP has two ends: three receivers are three connections, and nobody sees another's segments.
fn connections(privileges: &Privileges) {
    let to = |name: &str| {
        let steps = [
            "connect NAME:7070",
            "send \"hello\"",
            "shutdown write",
            "recv until eof",
            "close",
        ];
        let steps = steps.map(|step| format!("{name}: {}\n", step.replace("NAME", name)));
        steps.concat()
    };
    let client: String = HOSTS[1..].iter().map(|name| to(name)).collect();
    let server = "listen 7070\naccept\nrecv until eof\nquickack\nclose";
    let seen = observe(privileges, &plan([&client, server, server, server]));
    assert_eq!(seen.sent("syn"), [3, 1, 1, 1]);
    assert_eq!(seen.arrived("syn"), [3, 1, 1, 1]);
    let (sent, arrived) = (seen.sent("segment"), seen.arrived("segment"));
    assert_eq!(sent[0], arrived[1] + arrived[2] + arrived[3]);
    assert_eq!(arrived[0], sent[1] + sent[2] + sent[3]);
}

/// Groups of IPv6, which has no broadcast.
fn over_ipv6(privileges: &Privileges) {
    let joined =
        "socket udp\nbind any:7070\nset IPV6_JOIN_GROUP ff15::7070\nrecvfrom until quiet\nclose";
    let client = "socket udp\nsendto [ff15::7070]:7070 \"group\"\nclose";
    let mut plan = plan([client, joined, joined, RECEIVES]);
    plan.ipv6 = true;
    let seen = observe(privileges, &plan);
    assert_eq!(seen.sent("datagram"), [1, 0, 0, 0]);
    assert_eq!(seen.arrived("datagram"), [0, 1, 1, 1]);
    assert_eq!(seen.got(), [0, 1, 1, 0]);
}
