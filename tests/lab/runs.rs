//! Whole runs: scripts played in a lab, and what was observed of them.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sockscope::model::setting::Place;
use sockscope::model::{
    Arg, CallName, CallResult, Direction, Fact, HoleKind, HostId, Outcome, Span, Time, Trouble,
    Vantage,
};
use sockscope::observe::lab::{self, Privileges};
use sockscope::observe::run::run;
use sockscope::observe::source::{Room, room};
use sockscope::protocol::decode::Body;
use sockscope::script::{CloseStyle, Plan, TcpRunFlags, UdpRunFlags, parse_steps};

const CLIENT: usize = 0;
const SERVER: usize = 1;

/// What a run gave.
#[derive(Debug, Default)]
struct Seen {
    /// Frames at the client (on a loopback, all): `C SYN`, `S SYN ACK`, `C 5 PSH ACK`.
    frames: Vec<String>,
    /// The states of both hosts' connections, repetitions left out.
    states: [Vec<String>; 2],
    /// The calls of both hosts with their results: `connect 0`, `recv ECONNRESET`, `accept …` for one that never returned.
    calls: [Vec<String>; 2],
    /// Times of all facts after the settings.
    times: Vec<Time>,
    holes: usize,
}

fn plan(client: &str, server: &str) -> Plan {
    let mut plan = crate::scenarios::plan(Span::from_ms(20));
    for (host, text) in plan.hosts.iter_mut().zip([client, server]) {
        text.clone_into(&mut host.text);
        host.steps = parse_steps(text).expect(text);
    }
    plan
}

fn observe(privileges: &Privileges, plan: &Plan) -> (Seen, Outcome) {
    observe_until(privileges, plan, &AtomicBool::new(false))
}

fn observe_until(privileges: &Privileges, plan: &Plan, stop: &AtomicBool) -> (Seen, Outcome) {
    let mut seen = Seen::default();
    let mut open = std::collections::BTreeMap::new();
    let outcome = run(
        privileges,
        plan,
        &Room::of(room::USUAL),
        stop,
        &mut |fact: Fact<'_>| {
            if !matches!(fact, Fact::Setting { .. }) {
                seen.times.push(fact.at());
            }
            match &fact {
                Fact::Frame(frame) if frame.vantage != Vantage::Host(HostId::SERVER) => {
                    let packet = frame.packet();
                    let from = match (frame.direction, packet.endpoints()) {
                        (Direction::Sent, _) => "C",
                        (Direction::Received, _) => "S",
                        (_, Some((from, _))) if from.port == 7070 => "S",
                        _ => "C",
                    };
                    let what = match packet.body {
                        Body::Tcp(segment) => {
                            let flags: Vec<&str> =
                                segment.flags.iter_names().map(|(name, _)| name).collect();
                            let len = (segment.len > 0).then(|| format!("{} ", segment.len));
                            len.unwrap_or_default() + &flags.join(" ")
                        }
                        Body::Udp(datagram) => format!("{} UDP", datagram.len),
                        Body::Icmp(message) => format!("ICMP {}", message.kind),
                        Body::Arp(message) => format!("ARP {}", message.operation),
                        other => format!("{other:?}"),
                    };
                    seen.frames.push(format!("{from} {what}"));
                }
                Fact::State(state) if state.remote.is_some() => {
                    let states = &mut seen.states[usize::from(state.host.0)];
                    if states.last().map(String::as_str) != Some(state.state.name()) {
                        states.push(state.state.name().to_owned());
                    }
                }
                Fact::Call(call) => {
                    let calls = &mut seen.calls[usize::from(call.host.0)];
                    open.insert(call.id, (call.host, calls.len()));
                    calls.push(format!("{} …", name(call.name)));
                }
                Fact::Returned(returned) => {
                    let (host, at) = open.remove(&returned.id).expect("it began before");
                    let result = match &returned.result {
                        CallResult::Ok { value, out } => {
                            let truncated = out.contains(&Arg::Word("MSG_TRUNC".into()));
                            format!("{value}{}", if truncated { " MSG_TRUNC" } else { "" })
                        }
                        CallResult::Err(errno) => errno.raw().to_owned(),
                    };
                    let call = &mut seen.calls[usize::from(host.0)][at];
                    *call = call.replace('…', &result);
                }
                Fact::Hole(hole) if hole.kind == HoleKind::Missed => seen.holes += 1,
                _ => {}
            }
            ControlFlow::Continue(())
        },
    );
    assert_eq!(seen.holes, 0);
    (seen, outcome.expect("the run was made"))
}

fn name(call: CallName) -> String {
    format!("{call:?}").to_lowercase()
}

fn well(outcome: &Outcome) {
    assert_eq!(outcome.troubles, []);
}

const FRONT: [&str; 4] = ["C SYN", "S SYN ACK", "C ACK", "C 5 PSH ACK"];

const PASSIVE: [&str; 3] = ["CLOSE-WAIT", "LAST-ACK", "CLOSED"];

/// A close, its frames after the data, and the states after ESTABLISHED on both sides.
type Case = (
    CloseStyle,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

/// Each close has its segments and its states, over IPv4 and IPv6.
pub fn closes() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let opened = [["SYN-SENT", "ESTABLISHED"], ["SYN-RECEIVED", "ESTABLISHED"]];
    let cases: [Case; 4] = [
        (
            CloseStyle::Four,
            &["C FIN ACK", "S ACK", "S ACK", "S FIN ACK", "C ACK"],
            &["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"],
            &PASSIVE,
        ),
        (
            CloseStyle::Three,
            &["C FIN ACK", "S ACK", "S FIN ACK", "C ACK"],
            &["FIN-WAIT-1", "TIME-WAIT"],
            &PASSIVE,
        ),
        (
            CloseStyle::Half,
            &[
                "C FIN ACK",
                "S ACK",
                "S ACK",
                "S 4 PSH ACK",
                "C ACK",
                "S FIN ACK",
                "C ACK",
            ],
            &["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"],
            &PASSIVE,
        ),
        // The data's ACK was under way when the RST left; the client's kernel knows nothing of the connection by then.
        (
            CloseStyle::Reset,
            &["C RST ACK", "S ACK", "C RST"],
            &["CLOSED"],
            &["CLOSED"],
        ),
    ];
    for ipv6 in [false, true] {
        for (close, frames, client, server) in cases {
            let flags = TcpRunFlags {
                messages: vec!["hello".to_owned()],
                close,
                ..TcpRunFlags::default()
            };
            let [at_client, at_server] = flags.scripts().expect("scripts");
            // What `half` sends late must be of one length whatever the address.
            let at_server = at_server.replace("{my.ip}: after your FIN", "late");
            let mut plan = plan(&at_client, &at_server);
            plan.ipv6 = ipv6;
            let (seen, outcome) = observe(&privileges, &plan);
            well(&outcome);
            assert_eq!(seen.frames, [&FRONT, frames].concat(), "{close:?} {ipv6}");
            let states = |host: usize, then: &[&'static str]| [&opened[host], then].concat();
            assert_eq!(
                seen.states[CLIENT],
                states(CLIENT, client),
                "{close:?} {ipv6}"
            );
            assert_eq!(
                seen.states[SERVER],
                states(SERVER, server),
                "{close:?} {ipv6}"
            );
            assert!(seen.times.is_sorted(), "{close:?} {ipv6}");
        }
    }
}

/// The first segment is the SYN, unless neighbours are to be learned.
pub fn neighbours() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    for (ipv6, question, answer) in [
        (false, "C ARP 1", "S ARP 2"),
        (true, "C ICMP 135", "S ICMP 136"),
    ] {
        let mut plan = plan(
            "connect\nclose",
            "listen 7070\naccept\nrecv until eof\nclose",
        );
        plan.ipv6 = ipv6;
        let (seen, outcome) = observe(&privileges, &plan);
        well(&outcome);
        assert_eq!(seen.frames[0], "C SYN");
        plan.wire.learn_neighbours = true;
        let (seen, outcome) = observe(&privileges, &plan);
        well(&outcome);
        assert_eq!(seen.frames[..3], [question, answer, "C SYN"]);
    }
}

/// A UDP server ends when nothing more can come, however late that is; and what was cut is said.
pub fn datagrams() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let flags = UdpRunFlags {
        messages: vec!["one".to_owned(), String::new(), "x".repeat(2_000)],
        ..UdpRunFlags::default()
    };
    let [client, server] = flags.scripts(false).expect("scripts");
    let (seen, outcome) = observe(&privileges, &plan(&client, &server));
    well(&outcome);
    // Fragments of 1480 and 528 bytes: the second has no ports.
    assert_eq!(seen.frames[..2], ["C 3 UDP", "C 0 UDP"]);
    assert_eq!(
        seen.calls[SERVER],
        [
            "socket 3",
            "bind 0",
            "recvfrom 3",
            "recvfrom 0",
            "recvfrom 1024",
            "recvfrom EINTR",
            "close 0"
        ]
    );
    let (seen, outcome) = observe(
        &privileges,
        &plan(
            "sendto :7070 \"ten bytes!\"\nwait 100ms\nsendto :7070 \"late\"",
            "socket udp\nbind :7070\nrecvmsg buffer 4\nreply \"got it\"\nrecvfrom until quiet",
        ),
    );
    well(&outcome);
    assert_eq!(seen.frames[..2], ["C 10 UDP", "S 6 UDP"]);
    assert_eq!(
        seen.calls[SERVER][2..],
        [
            "recvmsg 4 MSG_TRUNC",
            "sendto 6",
            "recvfrom 4",
            "recvfrom EINTR"
        ]
    );
}

/// An ICMP echo by hand, over IPv4 and IPv6.
pub fn ping() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    // Over IPv4 a raw socket gives the IP header as well, over IPv6 it does not (raw(7), RFC 3542 §3).
    for (ipv6, request, reply, came) in [
        (false, "C ICMP 8", "S ICMP 0", "recvfrom 35"),
        (true, "C ICMP 128", "S ICMP 129", "recvfrom 15"),
    ] {
        let mut plan = plan("ping server \"by hand\"", "");
        plan.ipv6 = ipv6;
        let (seen, outcome) = observe(&privileges, &plan);
        well(&outcome);
        assert_eq!(seen.frames, [request, reply]);
        assert_eq!(
            seen.calls[CLIENT],
            ["socket 3", "sendto 15", came, "close 0"]
        );
    }
}

/// What is expected to fail fails so; what is not is the run's trouble, and the other side gets on.
pub fn failures() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let (seen, outcome) = observe(
        &privileges,
        &plan(
            "connect server:9 fails ECONNREFUSED\nclose\nsend \"x\" fails EBADF\nconnect\nnonblocking on\nrecv fails EAGAIN\n\
             poll in 1s\nrecv\nset SO_RCVTIMEO 50ms\nnonblocking off\nrecv fails EAGAIN\nget TCP_MAXSEG",
            "listen 7070\naccept\nwait 50ms\nsend \"now\"\nawait never",
        ),
    );
    // `await never` is stuck, at the deadline.
    assert!(
        matches!(&outcome.troubles[..], [Trouble::Stuck { host: HostId::SERVER, line }] if line == "await never"),
        "{:?}",
        outcome.troubles
    );
    assert_eq!(
        seen.calls[CLIENT],
        [
            "socket 3",
            "connect ECONNREFUSED",
            "close 0",
            "socket 4",
            "connect 0",
            "fcntl 0",
            "recv EAGAIN",
            "poll 1",
            "recv 3",
            "setsockopt 0",
            "fcntl 0",
            "recv EAGAIN",
            "getsockopt 0"
        ]
    );
    let (seen, outcome) = observe(
        &privileges,
        &plan(
            "connect fails ETIMEDOUT",
            "listen 7070\naccept\nrecv until eof\nbind :80 fails EACCES",
        ),
    );
    let lines: Vec<String> = outcome
        .troubles
        .iter()
        .map(|trouble| match trouble {
            Trouble::CallFailed { line, errno, .. } => format!("{}: {}", line.raw(), errno.raw()),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        lines,
        [
            "connect fails ETIMEDOUT: 0",
            "bind :80 fails EACCES: EINVAL"
        ]
    );
    // The client's program ended, so its kernel closed the connection and the server saw EOF.
    assert!(seen.calls[SERVER].contains(&"recv 0".to_owned()));
}

/// Whatever a script is stuck in ends at the deadline, and at Ctrl-C at once.
pub fn endings() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let stuck = [
        ("connect\nrecv", "listen 7070\naccept\nrecv"),
        (
            "connect\nspawn\nrecv\nend\njoin",
            "listen 7070\naccept\naccept",
        ),
        (
            "connect\nsend 100_000_000 bytes",
            "listen 7070\naccept\nwait 100s",
        ),
        ("await that", "socket udp\nbind :7070\nrecvfrom"),
        ("connect\npoll in", "listen 7070\naccept\nrecv exactly 10"),
    ];
    for (client, server) in stuck {
        let mut plan = plan(client, server);
        plan.deadline = Span::from_ms(300);
        let began = Instant::now();
        let (seen, outcome) = observe(&privileges, &plan);
        assert!(began.elapsed() < Duration::from_secs(5), "{client}");
        let stuck = |trouble: &Trouble| matches!(trouble, Trouble::Stuck { .. });
        assert!(outcome.troubles.iter().all(stuck), "{:?}", outcome.troubles);
        assert_eq!(outcome.troubles.len(), 2, "{client}");
        let last = seen.calls[CLIENT].last().map_or("", String::as_str);
        // A send that was interrupted says how much the kernel had taken by then; others never returned.
        let taken = last.strip_prefix("send ").and_then(|n| n.parse().ok());
        let said = taken.map_or_else(
            || seen.calls.concat().iter().any(|call| call.ends_with('…')),
            |taken: u64| taken > 0 && taken < 100_000_000,
        );
        assert!(said, "{client}: {:?}", seen.calls);
    }
    // Ctrl-C: the story so far, and no waiting.
    let stop = AtomicBool::new(false);
    let endless = plan("connect\nrecv", "listen 7070\naccept\nrecv");
    let ended = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(150));
            stop.store(true, Ordering::SeqCst);
        });
        observe_until(&privileges, &endless, &stop).1
    });
    assert_eq!(ended.troubles, [Trouble::Interrupted]);
    // A sink that breaks ends the run too, and gets nothing more.
    let mut after = 0;
    let outcome = run(
        &privileges,
        &endless,
        &Room::of(room::USUAL),
        &AtomicBool::new(false),
        &mut |fact: Fact<'_>| {
            after += 1;
            if matches!(fact, Fact::Frame(_)) {
                after = 0;
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        },
    );
    assert_eq!(after, 0);
    outcome.expect("the run was made");
}

/// Both ways at once, replies, echo: every byte arrives, on the wire and on a private loopback.
pub fn data() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let base = || TcpRunFlags {
        messages: vec!["我是: {my.ip}".to_owned()],
        bytes: 100_000,
        ..TcpRunFlags::default()
    };
    let kinds = [
        TcpRunFlags {
            duplex: true,
            ..base()
        },
        TcpRunFlags {
            echo: true,
            chunk: Some(1_000),
            ..base()
        },
        TcpRunFlags {
            reply: Some("to {peer.ip}:{peer.port}".to_owned()),
            recv_buffer: 4_096,
            mss: Some(600),
            nodelay: true,
            rcvbuf: Some(20_000),
            sndbuf: Some(20_000),
            ..base()
        },
    ];
    for place in [Place::Wire, Place::PrivateLoopback] {
        for flags in &kinds {
            let [client, server] = flags.scripts().expect("scripts");
            let mut plan = plan(&client, &server);
            plan.place = place;
            plan.wire.delay = Span::from_ms(2);
            let (seen, outcome) = observe(&privileges, &plan);
            well(&outcome);
            let got: u64 = seen.calls[SERVER]
                .iter()
                .filter_map(|call| call.strip_prefix("recv ")?.parse::<u64>().ok())
                .sum();
            let message = if place == Place::Wire { 16 } else { 17 };
            assert_eq!(got, 100_000 + message, "{flags:?}");
            assert!(seen.times.is_sorted());
        }
    }
}

/// What a program leaves open stays open to the end of the run, and the last states are told.
pub fn left_open() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let (seen, outcome) = observe(
        &privileges,
        &plan(
            "connect\nsend \"hello\"\nshutdown both\nclose",
            "listen 7070 backlog 5\naccept\nrecv\nlisten backlog 5",
        ),
    );
    well(&outcome);
    let last = |host: usize| seen.states[host].last().map(String::as_str);
    assert_eq!(
        (last(CLIENT), last(SERVER)),
        (Some("FIN-WAIT-2"), Some("CLOSE-WAIT"))
    );
    let (seen, outcome) = observe(
        &privileges,
        &plan(
            "connect\nsend \"hello\"\nrecv until eof fails ECONNRESET",
            "listen 7070\naccept\nwait 100ms\nexit",
        ),
    );
    // It ended with unread data: a RST (RFC 9293 §3.6.1).
    well(&outcome);
    assert_eq!(seen.frames.last().map(String::as_str), Some("S RST ACK"));
}
