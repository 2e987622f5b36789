//! Each kind of claim, held and not, against a run made by hand.

use std::borrow::Cow;
use std::rc::Rc;

use crate::explain::{
    CallMoment, CallPhase, FrameKind, Moment, StateChange, Transit, TransitPhase, What,
};
use crate::model::{
    Arg, Call, CallId, CallName, CallResult, Direction, Endpoint, Frame, Host, HostId, LinkType,
    Returned, Setting, Span, TcpState, Time, Vantage,
};
use crate::notation::claim::Event;
use crate::notation::condition::NumberKind;
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Tracker, Way};

use super::*;

const HOSTS: [&str; 2] = ["client", "server"];
const C: u32 = 0xffff_fff0;
const S: u32 = 5000;

/// A run in the making: milliseconds are absolute, the wire takes 20 of them.
struct TestRun {
    moments: Vec<Moment>,
    follow: Tracker,
    number: u32,
    calls: u32,
}

fn at(ms: i64) -> Time {
    Time::from_ns(ms * 1_000_000)
}

fn moment(ms: i64, what: What) -> Moment {
    Moment {
        at: at(ms),
        what,
        flow: None,
        notes: Vec::new(),
    }
}

impl TestRun {
    fn new() -> Self {
        let mut settings: Vec<Setting> = (0_u8..2)
            .map(|i| {
                Setting::Host(Host {
                    id: HostId(i),
                    name: HOSTS[usize::from(i)].into(),
                    interface: "eth0".into(),
                    mac: None,
                    ipv4: Some([10, 0, 0, i + 1].into()),
                    ipv6: None,
                })
            })
            .collect();
        settings.push(Setting::Delay(Span::from_ms(20)));
        Self {
            moments: vec![moment(0, What::Begin(Rc::new(settings)))],
            follow: Tracker::new(),
            number: 0,
            calls: 0,
        }
    }

    fn segment(&mut self, ms: i64, from: u8, flags: TcpFlags, seq: u32, ack: u32, data: &str) {
        self.segment_of(40_000, ms, from, flags, (seq, ack), data);
    }

    fn segment_of(
        &mut self,
        client_port: u16,
        ms: i64,
        from: u8,
        flags: TcpFlags,
        (seq, ack): (u32, u32),
        data: &str,
    ) {
        let ports = if from == 0 {
            [client_port, 7070]
        } else {
            [7070, client_port]
        };
        let options: &[u8] = if flags.contains(TcpFlags::SYN) {
            &[2, 4, 5, 0xb4]
        } else {
            &[]
        };
        let header = 20 + options.len();
        let total = (20 + header + data.len()) as u16;
        let mut bytes = vec![0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0];
        bytes[2..4].copy_from_slice(&total.to_be_bytes());
        bytes.extend([10, 0, 0, from + 1, 10, 0, 0, 2 - from]);
        bytes.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
        bytes.extend(seq.to_be_bytes());
        bytes.extend(ack.to_be_bytes());
        bytes.extend([
            ((header / 4) << 4) as u8,
            flags.bits() as u8,
            0xfa,
            0xf0,
            0,
            0,
            0,
            0,
        ]);
        bytes.extend(options);
        bytes.extend(data.as_bytes());
        self.number += 1;
        let frame = Frame {
            at: at(ms),
            vantage: Vantage::Host(HostId::CLIENT),
            direction: Direction::Sent,
            link: LinkType::RAW,
            orig_len: bytes.len() as u32,
            checksum_offloaded: false,
            bytes: Cow::Owned(bytes),
        };
        let packet = frame.packet();
        let followed = self.follow.packet(self.number, frame.at, &packet);
        let transit = Transit {
            number: Some(self.number),
            phase: TransitPhase::Whole,
            kind: FrameKind::Other,
            way: Way::FromOpener,
            from: Some(HostId(from)),
            to: Some(HostId(1 - from)),
            sent: Some(at(ms)),
            arrived: Some(at(ms + 20)),
            copy: 0,
            late: None,
            fate: None,
            frame: Rc::new(frame),
            followed: Rc::new(followed),
            sender_states: Vec::new(),
            receiver_states: Vec::new(),
            sender_info: None,
            receiver_info: None,
            receiver_drop: None,
        };
        self.moments.push(moment(ms, What::Transit(transit)));
    }

    fn call(&mut self, ms: i64, took: i64, host: u8, name: CallName, result: CallResult) {
        self.calls += 1;
        let id = CallId(self.calls);
        let call = Rc::new(Call {
            at: at(ms),
            id,
            host: HostId(host),
            socket: 1,
            label: "".into(),
            name,
            args: Vec::new(),
            kept_waiting: None,
            site: None,
        });
        let returned = Rc::new(Returned {
            at: at(ms + took),
            id,
            result,
            kept_waiting: None,
            seen: None,
        });
        for phase in [CallPhase::Begun, CallPhase::Returned] {
            let made = CallMoment {
                call: Rc::clone(&call),
                returned: (phase == CallPhase::Returned).then(|| Rc::clone(&returned)),
                phase,
                states: Vec::new(),
            };
            self.moments.push(moment(ms, What::Call(made)));
        }
    }

    fn state(&mut self, ms: i64, host: u8, now: TcpState) {
        let end = |host: u8, port| Endpoint::new([10, 0, 0, host + 1].into(), port);
        let ports = if host == 0 {
            [40_000, 7070]
        } else {
            [7070, 40_000]
        };
        let change = StateChange {
            at: at(ms),
            host: HostId(host),
            local: end(host, ports[0]),
            remote: (now != TcpState::Listen).then(|| end(1 - host, ports[1])),
            before: None,
            now,
            info: None,
        };
        self.moments.push(moment(ms, What::State(change)));
    }
}

fn data(text: &str) -> CallResult {
    CallResult::Ok {
        value: text.len() as i64,
        out: vec![Arg::Data {
            len: text.len() as u64,
            head: text.as_bytes().to_vec(),
        }],
    }
}

fn ok(value: i64) -> CallResult {
    CallResult::Ok {
        value,
        out: Vec::new(),
    }
}

/// A handshake, "hello" one way, and the client's FIN, acknowledged.
fn hello() -> TestRun {
    let mut run = TestRun::new();
    let ack = TcpFlags::ACK;
    run.state(0, 1, TcpState::Listen);
    run.call(1, 41, 0, CallName::Connect, ok(0));
    run.segment(1, 0, TcpFlags::SYN, C, 0, "");
    run.state(1, 0, TcpState::SynSent);
    run.state(21, 1, TcpState::SynReceived);
    run.segment(21, 1, TcpFlags::SYN | ack, S, C.wrapping_add(1), "");
    run.segment(41, 0, ack, C.wrapping_add(1), S + 1, "");
    run.state(41, 0, TcpState::Established);
    run.state(61, 1, TcpState::Established);
    run.call(43, 0, 0, CallName::Send, data("hello"));
    run.segment(
        43,
        0,
        TcpFlags::PSH | ack,
        C.wrapping_add(1),
        S + 1,
        "hello",
    );
    run.segment(63, 1, ack, S + 1, C.wrapping_add(6), "");
    run.call(50, 14, 1, CallName::Recv, data("hello"));
    run.segment(90, 0, TcpFlags::FIN | ack, C.wrapping_add(6), S + 1, "");
    run.state(90, 0, TcpState::FinWait1);
    run.segment(110, 1, ack, S + 1, C.wrapping_add(7), "");
    run.state(130, 0, TcpState::FinWait2);
    run.call(110, 2, 1, CallName::Recv, ok(0));
    run
}

fn patterns(all: &[&str]) -> Vec<Pattern> {
    all.iter()
        .map(|text| Pattern::parse(text, &HOSTS).expect("a pattern"))
        .collect()
}

fn event(text: &str) -> Event {
    Event::parse(text, &HOSTS).expect("an event")
}

/// Whether the claim held, and what was said where it did not.
fn judged(run: &TestRun, claim: Claim) -> Option<Shortfall> {
    let expectation = Expectation {
        id: "x".to_owned(),
        connection: None,
        claims: vec![claim],
        presumes: Vec::new(),
    };
    let mut results = judge(&[expectation], &Evidence::of(&run.moments));
    results.remove(0).shortfalls.pop()
}

fn frames(list: &[&str], of: Option<&str>, exactly: bool) -> Claim {
    Claim::Frames {
        list: patterns(list),
        of: of.map(|of| patterns(&[of]).remove(0)),
        exactly,
    }
}

#[test]
fn frames_come_in_order_among_others() {
    let run = hello();
    let held = frames(
        &[
            "client > server  SYN  seq=client.isn",
            "server > client  SYN ACK  ack=client.isn+1",
            "client > server  FIN ACK  seq=client.fin",
            "server > client  ACK  ack=client.fin+1",
        ],
        None,
        false,
    );
    assert_eq!(judged(&run, held), None);
    let wrong = frames(
        &["server > client  SYN ACK", "client > server  SYN"],
        None,
        false,
    );
    let short = judged(&run, wrong).expect("the wrong order");
    assert_eq!(
        short.expected,
        [
            ("server > client SYN ACK".to_owned(), true),
            ("client > server SYN".to_owned(), false)
        ]
    );
    assert_eq!(short.seen.len(), 7);
    assert_eq!(
        short.seen[3],
        "    42.0 ms  client > server  PSH ACK  seq=1 ack=1 win=64240 len=5"
    );
}

#[test]
fn frames_of_a_kind_can_be_exactly_these() {
    let run = hello();
    let all = ["client > server  PSH ACK", "client > server  FIN ACK"];
    assert!(judged(&run, frames(&all, Some("client > server  ACK …"), true)).is_some());
    let rest = [&["client > server  ACK"], &all[..]].concat();
    assert_eq!(
        judged(&run, frames(&rest, Some("client > server  ACK …"), true)),
        None
    );
    assert!(
        judged(
            &run,
            frames(&all[..1], Some("client > server  len>0"), true)
        )
        .is_none()
    );
}

#[test]
fn counting_and_absence() {
    let run = hello();
    let count = |of: &str, is: &str| Claim::Count {
        of: patterns(&[of]).remove(0),
        is: Condition::parse(is, NumberKind::Plain, &HOSTS).expect("a condition"),
    };
    assert_eq!(judged(&run, count("any > any  SYN …", "2")), None);
    assert_eq!(judged(&run, count("any > any  TCP len=0", ">= 6")), None);
    let short = judged(&run, count("any > any  FIN …", "2")).expect("one FIN only");
    assert_eq!(
        short.seen,
        ["    89.0 ms  client > server  FIN ACK  seq=6 ack=1 win=64240 len=0"]
    );
    assert_eq!(
        judged(&run, Claim::No(patterns(&["any > any  RST …"]))),
        None
    );
    let short = judged(
        &run,
        Claim::No(patterns(&["any > any  RST …", "any > any  FIN …"])),
    );
    let marks: Vec<bool> = short
        .expect("a FIN")
        .expected
        .iter()
        .map(|(_, ok)| *ok)
        .collect();
    assert_eq!(marks, [true, false]);
}

#[test]
fn states_are_a_whole_list_unless_it_has_gaps() {
    let run = hello();
    let states = |host: &str, list: &[&str]| Claim::States {
        host: host.to_owned(),
        list: list
            .iter()
            .map(|word| StateWord::parse(word).expect("a state"))
            .collect(),
    };
    for (host, list) in [
        (
            "client",
            &["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2"][..],
        ),
        ("client", &["…", "FIN-WAIT-1", "…"]),
        ("server", &["SYN-RECEIVED", "ESTABLISHED"]),
        ("server", &["LISTEN", "SYN-RECEIVED", "ESTABLISHED"]),
    ] {
        assert_eq!(judged(&run, states(host, list)), None, "{host} {list:?}");
    }
    let short = judged(&run, states("server", &["ESTABLISHED"])).expect("one is missing");
    assert_eq!(short.seen, ["SYN-RECEIVED", "ESTABLISHED"]);
}

#[test]
fn a_list_of_many_gaps_takes_no_longer_than_its_length() {
    // A search would try every way to share the states among the gaps: more than there are atoms.
    let gaps = std::iter::repeat_n(StateWord::Any, 200);
    let list: Vec<_> = gaps.chain([StateWord::Is(TcpState::Listen)]).collect();
    let seen = [TcpState::Established; 200];
    assert!(!states_match(&list, &seen));
    assert!(states_match(&list[..200], &seen));
    assert!(states_match(
        &list,
        &[&seen[..], &[TcpState::Listen]].concat()
    ));
    assert!(!states_match(&[], &seen));
}

#[test]
fn calls_with_what_they_gave() {
    let run = hello();
    let calls = |host: &str, list: &[&str], exactly| Claim::Calls {
        host: host.to_owned(),
        list: list
            .iter()
            .map(|text| CallPattern::parse(text, &HOSTS).expect("a call"))
            .collect(),
        of: None,
        exactly,
    };
    assert_eq!(
        judged(
            &run,
            calls("client", &["connect = 0 took>=rtt", "send = 5"], true)
        ),
        None
    );
    assert_eq!(
        judged(
            &run,
            calls("server", &["recv = \"hello\"", "recv = 0"], true)
        ),
        None
    );
    let short = judged(&run, calls("server", &["recv = 0", "recv = 5"], false));
    assert_eq!(
        short.expect("the wrong order").seen,
        [
            "    63.0 ms  recv() = 5 \"hello\"",
            "   111.0 ms  recv() = 0"
        ]
    );
}

#[test]
fn events_in_order_and_the_time_between_them() {
    let run = hello();
    let order = |list: &[&str]| Claim::Order(list.iter().map(|text| event(text)).collect());
    let held = order(&[
        "client calls connect",
        "arrived client > server  SYN",
        "server is SYN-RECEIVED",
        "arrived server > client  SYN ACK",
        "client returns connect = 0",
        "server is ESTABLISHED",
    ]);
    assert_eq!(judged(&run, held), None);
    let short = judged(
        &run,
        order(&["server is ESTABLISHED", "client is ESTABLISHED"]),
    );
    assert!(short.expect("the client is first").seen[1].ends_with("client is SYN-SENT"));
    let lasted = |is: &str, tolerance| Claim::Lasted {
        from: event("client calls connect"),
        to: event("client returns connect"),
        is: Condition::parse(is, NumberKind::Time, &HOSTS).expect("a condition"),
        tolerance,
    };
    assert_eq!(judged(&run, lasted(">= rtt", 0)), None);
    assert_eq!(judged(&run, lasted("rtt", 2_000_000)), None);
    assert!(judged(&run, lasted("rtt", 0)).is_some(), "41 ms are no 40");
    assert!(judged(&run, lasted("> 2*rtt", 0)).is_some());
}

#[test]
fn what_was_sent_came_out() {
    let delivered = Claim::Delivered {
        from: "client".to_owned(),
        to: "server".to_owned(),
    };
    assert_eq!(judged(&hello(), delivered.clone()), None);
    let mut other = hello();
    other.call(111, 1, 1, CallName::Recv, data("more"));
    assert!(
        judged(&other, delivered.clone()).is_some(),
        "more came out than went in"
    );
    let mut run = TestRun::new();
    run.call(43, 0, 0, CallName::Send, data("hello"));
    run.segment(43, 0, TcpFlags::PSH | TcpFlags::ACK, C, S, "hello");
    run.call(50, 14, 1, CallName::Recv, data("hellO"));
    assert!(judged(&run, delivered).is_some(), "another byte");
}

#[test]
fn a_close_that_has_only_one_side_is_half_open() {
    assert_eq!(judged(&hello(), Claim::Close(ClosedHow::HalfOpen)), None);
    let short = judged(&hello(), Claim::Close(ClosedHow::FourSegment)).expect("not four");
    assert_eq!(short.seen, ["half-open"]);
}

#[test]
fn numbers_are_those_of_the_frames_own_connection() {
    let mut run = hello();
    run.segment_of(40_002, 200, 0, TcpFlags::SYN, (77, 0), "");
    run.segment_of(40_002, 220, 1, TcpFlags::SYN | TcpFlags::ACK, (99, 78), "");
    let opened = frames(
        &[
            "server > client  SYN ACK  ack=client.isn+1",
            "server > client  SYN ACK  ack=client.isn+1",
        ],
        None,
        false,
    );
    assert_eq!(judged(&run, opened.clone()), None);
    let second = Expectation {
        id: "x".to_owned(),
        connection: Some(2),
        claims: vec![
            opened,
            frames(&["client > server  SYN  seq=client.isn"], None, false),
        ],
        presumes: Vec::new(),
    };
    let results = judge(&[second], &Evidence::of(&run.moments));
    assert_eq!(
        results[0].shortfalls.len(),
        1,
        "the second connection has one SYN ACK"
    );
}

#[test]
fn nothing_is_proved_by_an_empty_run() {
    let result = judged(
        &TestRun::new(),
        frames(&["client > server SYN"], None, false),
    );
    assert_eq!(result.expect("no SYN").seen, Vec::<String>::new());
    assert!(judged(&TestRun::new(), Claim::Close(ClosedHow::Missing)).is_some());
}

/// A request that is answered after one round trip, in a run whose machine was late as `late` says: (when it ended, for
/// how long) on the wire and of the client.
fn late_run(answered: i64, wire: Option<i64>, client: Option<(i64, i64)>) -> TestRun {
    let mut run = TestRun::new();
    let syn = TcpFlags::SYN;
    run.segment(0, 0, syn, 99, 0, "");
    run.segment(20, 1, syn | TcpFlags::ACK, 499, 100, "");
    run.segment(40, 0, TcpFlags::ACK | TcpFlags::PSH, 100, 500, "quest");
    run.segment(
        answered - 20,
        1,
        TcpFlags::ACK | TcpFlags::PSH,
        500,
        105,
        "reply",
    );
    if let (
        Some(late),
        Some(Moment {
            what: What::Transit(last),
            ..
        }),
    ) = (wire, run.moments.last_mut())
    {
        last.late = Some(Span::from_ms(late));
    }
    run.call(40, answered - 40, 0, CallName::Recv, ok(5));
    if let (
        Some((_, kept)),
        Some(Moment {
            what: What::Call(last),
            ..
        }),
    ) = (client, run.moments.last_mut())
        && let Some(returned) = &last.returned
    {
        let kept_waiting = Some(Span::from_ms(kept));
        last.returned = Some(Rc::new(Returned {
            kept_waiting,
            ..(**returned).clone()
        }));
    }
    run
}

fn lasts(from: &str, to: &str, is: &str) -> Claim {
    Claim::Lasted {
        from: event(from),
        to: event(to),
        is: Condition::parse(is, NumberKind::Time, &HOSTS).expect("a condition"),
        tolerance: 0,
    }
}

const ANSWERED: [&str; 2] = [
    "sent client > server  len=5",
    "arrived server > client  len=5",
];

#[test]
fn what_took_too_long_is_not_judged_where_lateness_accounts_for_it_and_fails_else() {
    let at_most = |is| lasts(ANSWERED[0], ANSWERED[1], is);
    let late = |run: &TestRun, is| judged(run, at_most(is)).map(|short| short.late);
    assert_eq!(late(&late_run(80, None, None), "<= 40ms"), None);
    assert_eq!(late(&late_run(110, None, None), "<= 40ms"), Some(None));
    let busy = late_run(110, Some(30), None);
    assert_eq!(late(&busy, "<= 40ms"), Some(Some(Span::from_ms(30))));
    assert_eq!(
        late(&busy, "<= 20ms"),
        Some(None),
        "a wrong claim fails on a busy machine too"
    );
}

#[test]
fn a_call_that_took_too_long_is_judged_by_what_kept_its_own_thread() {
    let took = |is: &str| Claim::Calls {
        host: "client".to_owned(),
        list: vec![CallPattern::parse(&format!("recv = 5 took {is}"), &HOSTS).expect("a call")],
        of: None,
        exactly: false,
    };
    let late = |run: &TestRun, is| judged(run, took(is)).map(|short| short.late);
    assert_eq!(late(&late_run(110, None, None), "< 50ms"), Some(None));
    let busy = late_run(110, None, Some((110, 30)));
    assert_eq!(late(&busy, "< 50ms"), Some(Some(Span::from_ms(30))));
    assert_eq!(late(&busy, "< 35ms"), Some(None));
}

#[test]
fn an_order_is_not_judged_where_what_was_to_be_first_was_late() {
    let order = || Claim::Order(vec![event("client returns recv = 5"), event(ANSWERED[1])]);
    let late = |run: &TestRun| judged(run, order()).map(|short| short.late);
    // The answer arrives when recv returns, or before; never behind it where the program has it from the wire.
    let mut run = late_run(90, None, Some((90, 10)));
    run.segment(60, 1, TcpFlags::ACK | TcpFlags::PSH, 505, 105, "later");
    let first = Claim::Order(vec![
        event("client returns recv = 5"),
        event("sent server > client  len=5 #2"),
    ]);
    assert_eq!(
        judged(&run, first.clone()).map(|short| short.late),
        Some(None),
        "30 ms too late"
    );
    let mut run = late_run(90, None, Some((90, 40)));
    run.segment(60, 1, TcpFlags::ACK | TcpFlags::PSH, 505, 105, "later");
    assert_eq!(
        judged(&run, first).map(|short| short.late),
        Some(Some(Span::from_ms(40)))
    );
    assert_eq!(late(&late_run(110, None, None)), None);
}

#[test]
fn what_is_presumed_of_the_machine_decides_only_where_lateness_kept_it_from_coming_about() {
    let expectation = |is| Expectation {
        id: "x".to_owned(),
        connection: None,
        claims: vec![frames(&["client > server  RST"], None, false)],
        presumes: vec![lasts(ANSWERED[0], ANSWERED[1], is)],
    };
    let judged = |run: &TestRun, is| {
        let results = judge(&[expectation(is)], &Evidence::of(&run.moments));
        (results[0].held(), results[0].too_busy())
    };
    let busy = late_run(110, Some(30), None);
    assert_eq!(judged(&busy, "<= 40ms"), (false, Some(Span::from_ms(30))));
    assert_eq!(judged(&busy, "<= 80ms"), (false, None), "it came about");
    assert_eq!(
        judged(&busy, "<= 10ms"),
        (false, None),
        "it could not come about"
    );
}
