//! What holds for every story, whatever facts it is made of.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers that the test itself has made"
)]

#[path = "flows/mod.rs"]
mod flow;

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;
use std::rc::Rc;

use proptest::prelude::*;
use sockscope::explain::{CallPhase, Moment, MomentSink as _, Timeline, TransitPhase, What};
use sockscope::model::{Fact, HostId, Span, TcpState, Time, Vantage};
use sockscope::text::{Catalogue, Lang};
use sockscope::views::{Bytes, Json, Ladder, Lines, Options};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Act {
    Segment(bool, &'static str, u32, u32, u8),
    Lost(bool, u32),
    Datagram(bool, u8),
    Call(bool, &'static str, i64),
    State(bool, usize, u8),
}

const CALLS: [&str; 7] = [
    "connect",
    "accept",
    "send",
    "recv",
    "shutdown",
    "close",
    "setsockopt",
];

fn act() -> impl Strategy<Value = Act> {
    let flags = prop::sample::select(vec![
        "SYN",
        "SYN ACK",
        "ACK",
        "PSH ACK",
        "FIN ACK",
        "RST ACK",
        "RST",
        "FIN",
        "SYN FIN PSH ACK",
    ]);
    prop_oneof![
        6 => (any::<bool>(), flags, 0..5_u32, 0..5_u32, 0..4_u8)
            .prop_map(|(c, f, s, a, n)| Act::Segment(c, f, s, a, n)),
        1 => (any::<bool>(), 0..3_u32).prop_map(|(c, s)| Act::Lost(c, s)),
        1 => (any::<bool>(), 0..4_u8).prop_map(|(c, n)| Act::Datagram(c, n)),
        4 => (any::<bool>(), 0..7_usize, 0..60_000_i64)
            .prop_map(|(c, n, t)| Act::Call(c, CALLS[n], t)),
        2 => (any::<bool>(), 0..11_usize, 0..40_u8).prop_map(|(c, s, n)| Act::State(c, s, n)),
    ]
}

/// A run as a flow: what fails is shown as one.
#[derive(Clone)]
struct Written(String);

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.0)
    }
}

impl Written {
    fn facts(&self) -> Vec<Fact<'static>> {
        flow::facts(&self.0, "made up")
    }
}

fn ms(us: i64) -> String {
    format!("{}.{:03}", us / 1_000, us % 1_000)
}

fn ends(client: bool) -> &'static str {
    if client {
        "client > server"
    } else {
        "server > client"
    }
}

/// Acts at increasing times on a wire with this delay.
fn written(delay: i64, acts: &[(i64, Act)]) -> Written {
    let mut text = format!("wire {}\n", ms(delay));
    let mut us = 0;
    for (clock, (after, act)) in (1..).zip(acts) {
        us += after;
        let at = ms(us);
        let host = |client: bool| if client { "client" } else { "server" };
        // What is sent again is not the same packet again: a kernel's clock has gone on.
        let line = match act {
            Act::Segment(c, flags, seq, ack, n) => {
                let ack = if flags.contains("ACK") {
                    format!("ack={ack}")
                } else {
                    String::new()
                };
                let ends = ends(*c);
                format!("{at} {ends} {flags} seq={seq} {ack} len={n} ts={clock}/1")
            }
            Act::Lost(c, seq) => {
                format!(
                    "{at} {} PSH ACK seq={seq} ack=1 \"lost\" ts={clock}/1 lost",
                    ends(*c)
                )
            }
            Act::Datagram(c, n) => format!("{at} {} UDP len={n}", ends(*c)),
            Act::Call(c, name, takes) => {
                let call = format!("{} calls {name}(server:7070, \"xyz\")", host(*c));
                if *takes < 50_000 {
                    format!("{at}..{} {call} = 1", ms(us + takes))
                } else {
                    format!("{at} {call}")
                }
            }
            Act::State(c, state, no) => {
                let asked = match no % 3 {
                    0 => format!("left={no}"),
                    1 => format!("arrived={no}"),
                    _ => String::new(),
                };
                format!("{at} {} is {} {asked}", host(*c), TcpState::ALL[*state])
            }
        };
        let _ = writeln!(text, "{line}");
    }
    Written(text)
}

fn told(facts: &[Fact<'_>], mut until: impl FnMut(usize) -> Option<Time>) -> Vec<Moment> {
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    for (at, fact) in facts.iter().enumerate() {
        if let Some(time) = until(at) {
            timeline.until(time, &mut moments);
        }
        timeline.fact(fact.clone(), &mut moments);
    }
    timeline.finish(&mut moments);
    moments
}

fn numbers(moments: &[Moment]) -> Vec<u32> {
    moments
        .iter()
        .filter_map(|moment| match &moment.what {
            What::Transit(transit) => transit.number,
            _ => None,
        })
        .collect()
}

fn packets_of_the_client(facts: &[Fact<'_>]) -> u32 {
    let own = |fact: &&Fact<'_>| matches!(fact, Fact::Frame(f) if f.vantage == Vantage::Host(HostId::CLIENT));
    facts.iter().filter(own).count() as u32
}

/// What a host's column shows, top to bottom, as times.
fn columns(moments: &[Moment]) -> BTreeMap<HostId, Vec<Time>> {
    let mut columns: BTreeMap<HostId, Vec<Time>> = BTreeMap::new();
    for moment in moments {
        let mut at = |host: Option<HostId>, time: Option<Time>| {
            if let (Some(host), Some(time)) = (host, time) {
                columns.entry(host).or_default().push(time);
            }
        };
        match &moment.what {
            What::Call(call) if call.phase == CallPhase::Returned => {
                at(Some(call.call.host), call.returned.as_ref().map(|r| r.at));
            }
            What::Call(call) => at(Some(call.call.host), Some(call.call.at)),
            What::Transit(transit) => {
                if transit.phase != TransitPhase::Arrived {
                    at(transit.from, transit.sent);
                }
                at(transit.to, transit.arrived);
            }
            What::State(state) => at(Some(state.host), Some(state.at)),
            _ => {}
        }
    }
    columns
}

fn show(moments: &[Moment]) {
    for lang in Lang::ALL {
        let options = Options {
            width: 80,
            catalogue: Rc::new(Catalogue::new(lang)),
            quiet: false,
            spacious: false,
        };
        let (mut ladder, mut lines) = (Ladder::new(options.clone()), Lines::new(options.clone()));
        let (mut bytes, mut json) = (Bytes::new(options.clone()), Json::new(options));
        for moment in moments {
            for line in ladder.moment(moment) {
                assert!(line.columns() <= 80, "{}", line.plain());
                assert!(!line.plain().contains("[note-"), "{}", line.plain());
            }
            lines.moment(moment);
            bytes.moment(moment);
            for line in json.moment(moment) {
                serde_json::from_str::<serde_json::Value>(&line.plain()).expect("JSON");
            }
        }
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn runs() -> impl Strategy<Value = Written> {
    let acts = prop::collection::vec((0..9_000_i64, act()), 0..60);
    (0..30_000_i64, acts).prop_map(|(delay, acts)| written(delay, &acts))
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn packets_are_numbered_in_file_order_and_every_column_is_in_its_own_order(
        run in runs(),
    ) {
        let facts = run.facts();
        let moments = told(&facts, |_| None);
        let wanted: Vec<u32> = (1..=packets_of_the_client(&facts)).collect();
        prop_assert_eq!(numbers(&moments), wanted);
        for (host, times) in columns(&moments) {
            prop_assert!(times.is_sorted(), "{:?}: {:?}", host, times);
        }
        prop_assert!(moments.iter().map(|moment| moment.at).is_sorted());
    }

    #[test]
    fn knowing_earlier_that_nothing_older_comes_changes_nothing_but_when_it_is_told(
        run in runs(),
        early in prop::collection::vec(0..1_000_u32, 1..50),
    ) {
        let facts = run.facts();
        let plain = told(&facts, |_| None);
        let hurried = told(&facts, |at| {
            let share = i64::from(early[at % early.len()]);
            let before = facts.get(at.checked_sub(1)?)?.at();
            let gap = facts[at].at().since(before).ns();
            Some(before.plus(Span::from_ns(gap / 1000 * share)))
        });
        prop_assert_eq!(format!("{plain:#?}"), format!("{hurried:#?}"));
    }

    #[test]
    fn whatever_is_missing_or_out_of_order_makes_no_view_fail(
        run in runs(),
        swaps in prop::collection::vec((0..400_usize, 0..400_usize), 0..30),
        gone in prop::collection::vec(0..400_usize, 0..60),
    ) {
        let mut facts = run.facts();
        for (a, b) in swaps {
            if a < facts.len() && b < facts.len() {
                facts.swap(a, b);
            }
        }
        for at in gone {
            if at < facts.len() {
                facts.remove(at);
            }
        }
        let moments = told(&facts, |_| None);
        let mut seen = numbers(&moments);
        let wanted: Vec<u32> = (1..=packets_of_the_client(&facts)).collect();
        prop_assert_eq!(&seen, &wanted);
        seen.dedup();
        prop_assert_eq!(seen, wanted);
        show(&moments);
    }
}

/// A bulk transfer with 2000 segments under way at the same time: what is held back is no older than a frame's way
/// and the time that a kernel is given for its word.
#[test]
fn the_look_back_is_bounded() {
    let mut text = "wire 20\n".to_owned();
    for n in 0..5_000 {
        let (us, seq, clock) = (n * 10, 1 + n * 4, n * 2 + 1);
        let line = format!("client > server ACK seq={seq} ack=1 \"data\" ts={clock}/1");
        let _ = writeln!(text, "{} {line}", ms(us));
        let line = format!("server > client ACK seq=1 ack={seq} ts={}/1", clock + 1);
        let _ = writeln!(text, "{} {line}", ms(us + 5));
    }
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    let mut last = None;
    for fact in &Written(text).facts() {
        timeline.fact(fact.clone(), &mut moments);
        last = moments.last().map(|moment| moment.at).or(last);
        moments.clear();
        let behind = last.map_or(0, |last| fact.at().since(last).ns());
        assert!(behind < 50_000_000, "{behind} ns behind");
    }
    timeline.finish(&mut moments);
}
