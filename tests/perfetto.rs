//! `--perfetto`: a trace whose wire format holds, and that Perfetto's own definitions decode to what the story told.
#![allow(
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{User, folder, have, left_out, text, told};

mod support;

/// A field of a message: its number, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Held {
    Int(u64),
    Fixed(u64),
    Bytes(Vec<u8>),
}

/// The fields of a message; fails on whatever Protocol Buffers' encoding does not have.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Held)> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (first, rest) = bytes.split_first().expect("a number ends");
            *bytes = rest;
            value |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return value;
            }
        }
        panic!("a number of more than ten bytes");
    }
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let held = match key & 7 {
            0 => Held::Int(varint(&mut bytes)),
            1 => {
                let (value, rest) = bytes.split_at(8);
                bytes = rest;
                Held::Fixed(u64::from_le_bytes(value.try_into().unwrap()))
            }
            2 => {
                let length = usize::try_from(varint(&mut bytes)).unwrap();
                let (value, rest) = bytes.split_at(length);
                bytes = rest;
                Held::Bytes(value.to_vec())
            }
            other => panic!("wire type {other}"),
        };
        assert!(key >> 3 > 0);
        out.push((key >> 3, held));
    }
    out
}

fn int(fields: &[(u64, Held)], number: u64) -> Option<u64> {
    fields.iter().find_map(|(field, held)| match held {
        Held::Int(value) | Held::Fixed(value) if *field == number => Some(*value),
        _ => None,
    })
}

fn bytes(fields: &[(u64, Held)], number: u64) -> Option<Vec<u8>> {
    fields.iter().find_map(|(field, held)| match held {
        Held::Bytes(value) if *field == number => Some(value.clone()),
        _ => None,
    })
}

fn name(fields: &[(u64, Held)], number: u64) -> String {
    let bytes = bytes(fields, number).unwrap_or_default();
    String::from_utf8(bytes).expect("UTF-8")
}

/// What a trace holds, as this test reads it.
#[derive(Debug, Default)]
struct Trace {
    /// Name and parent of each track.
    tracks: BTreeMap<u64, (String, Option<u64>)>,
    counters: BTreeSet<u64>,
    /// Type, track, name and category of each event.
    events: Vec<(u64, u64, String, String)>,
    begun: BTreeSet<u64>,
    ended: BTreeSet<u64>,
}

fn read(trace: &[u8]) -> Trace {
    let mut out = Trace::default();
    let (mut open, mut last) = (BTreeMap::<u64, u64>::new(), 0);
    for (field, held) in fields(trace) {
        let Held::Bytes(packet) = held else {
            panic!("{field} {held:?}");
        };
        assert_eq!(field, 1, "packets, and nothing else");
        let packet = fields(&packet);
        assert_eq!(int(&packet, 10), Some(1), "of one sequence");
        if let Some(track) = bytes(&packet, 60) {
            let track = fields(&track);
            let id = int(&track, 1).unwrap();
            if bytes(&track, 8).is_some() {
                out.counters.insert(id);
            }
            let parent = int(&track, 5);
            assert!(parent.is_none_or(|parent| out.tracks.contains_key(&parent)));
            let known = out.tracks.insert(id, (name(&track, 2), parent));
            assert_eq!(known, None, "a track is described once");
        }
        let Some(event) = bytes(&packet, 11) else {
            continue;
        };
        let (event, at) = (fields(&event), int(&packet, 8).unwrap());
        assert!(at >= last, "in the order of time");
        last = at;
        let (kind, track) = (int(&event, 9).unwrap(), int(&event, 11).unwrap());
        assert!(out.tracks.contains_key(&track));
        assert_eq!(kind == 4, out.counters.contains(&track));
        let depth = open.entry(track).or_default();
        match kind {
            1 => *depth += 1,
            2 => *depth = depth.checked_sub(1).expect("an end has a begin"),
            3 => {}
            4 => assert!(int(&event, 30).is_some()),
            other => panic!("type {other}"),
        }
        assert!(*depth <= 1, "slices of one track follow each other");
        out.begun.extend(int(&event, 47));
        out.ended.extend(int(&event, 48));
        out.events
            .push((kind, track, name(&event, 23), name(&event, 22)));
    }
    assert!(open.values().all(|depth| *depth == 0), "all slices end");
    assert_eq!(out.begun, out.ended, "an arrow has both its ends");
    out
}

/// Over the one before, where there is one: that is ours.
fn run(place: &Path, user: User, args: &[&str]) -> (PathBuf, Vec<u8>) {
    let file = place.join("run.perfetto-trace");
    let file_text = file.to_str().unwrap();
    told(user, &[args, &["--perfetto", file_text]].concat());
    let trace = std::fs::read(&file).unwrap();
    (file, trace)
}

#[test]
fn a_trace_has_hosts_calls_states_arrows_and_counters() {
    let place = folder();
    let args = [
        "tcp",
        "--fault",
        "lose data 1",
        "--rate",
        "2mbit",
        "--bytes",
        "20000",
    ];
    let (_, trace) = run(place.path(), User::Ordinary, &args);
    let trace = read(&trace);
    let of = |kind: u64, category: &str| {
        let events = trace.events.iter();
        events
            .filter(|event| event.0 == kind && event.3 == category)
            .map(|event| event.2.as_str())
            .collect::<Vec<_>>()
    };
    let calls = of(1, "call");
    for call in ["connect", "listen", "accept", "send", "close"] {
        assert!(calls.iter().any(|name| name.contains(call)), "{calls:?}");
    }
    let states = of(1, "state");
    for state in ["LISTEN", "ESTABLISHED", "TIME-WAIT"] {
        assert!(states.contains(&state), "{states:?}");
    }
    assert_eq!(of(3, "lost").len(), 1);
    assert!(!of(3, "milestone").is_empty());
    // Two ends of an arrow for each frame but the one that was lost.
    let frames = of(3, "frame").len();
    assert!(trace.begun.len() > 10);
    assert_eq!(frames, 2 * trace.begun.len());
    let named = |id: &u64| trace.tracks[id].0.as_str();
    let counters: Vec<&str> = trace.counters.iter().map(named).collect();
    for counter in [
        "congestion window",
        "in flight",
        "receive window",
        "queue of the wire",
    ] {
        assert!(
            counters.iter().any(|name| name.starts_with(counter)),
            "{counters:?}"
        );
    }
    let hosts = trace.tracks.values().filter(|(_, parent)| parent.is_none());
    let hosts: Vec<&str> = hosts.map(|(name, _)| name.as_str()).collect();
    for host in ["client 10.0.0.1", "server 10.0.0.2"] {
        assert!(hosts.contains(&host), "{hosts:?}");
    }
}

/// Asks for a connection that nobody waits for.
const KNOCK: &str = "bash -c '(exec 3<>/dev/tcp/10.0.0.2/9); true'";

#[test]
fn every_verb_writes_one_that_stays_whole() {
    let place = folder();
    let saved = place.path().join("run.pcapng");
    let saved = saved.to_str().unwrap();
    run(place.path(), User::Ordinary, &["udp", "--save", saved]);
    let foreign = place.path().join("foreign.pcap");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/lost-data.pcap");
    std::fs::copy(kept, &foreign).unwrap();
    let foreign = foreign.to_str().unwrap();
    for args in [
        &["udp"][..],
        &["lesson", "datagram", "--no-ask"],
        &["explain", saved],
        &["explain", foreign],
        &["lab", "--server", "true", "--client", KNOCK],
    ] {
        let (_, trace) = run(place.path(), User::Ordinary, args);
        assert!(read(&trace).tracks.len() > 1, "{args:?}");
    }
}

#[test]
fn perfettos_own_definitions_decode_it() {
    if !have("python3") {
        return;
    }
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python");
    let python = |args: &[&str]| {
        let mut command = Command::new("python3");
        command.args(args).env("PYTHONPATH", &modules);
        command.output().expect("python3 runs")
    };
    let import = "from perfetto.protos.perfetto.trace import perfetto_trace_pb2";
    if !python(&["-c", import]).status.success() {
        return left_out("traces by Perfetto's definitions: perfetto (scripts/test installs it)");
    }
    let place = folder();
    let args = ["tcp", "--message", "hi\u{1b}[31m"];
    let (file, trace) = run(place.path(), User::Ordinary, &args);
    let ours = read(&trace);
    let decode = "import sys, perfetto.protos.perfetto.trace.perfetto_trace_pb2 as p
trace = p.Trace.FromString(open(sys.argv[1], 'rb').read())
E = p.TrackEvent
def unknown(m):
    from google.protobuf.unknown_fields import UnknownFieldSet
    assert len(UnknownFieldSet(m)) == 0, m
    for field, value in m.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for one in (value if not hasattr(value, 'ListFields') else [value]): unknown(one)
unknown(trace)
events = [x for x in trace.packet if x.HasField('track_event')]
assert all(x.timestamp_clock_id == 1 for x in events)
assert [x for x in trace.packet if x.HasField('clock_snapshot')][0].clock_snapshot.primary_trace_clock == 1
of = lambda t: sum(x.track_event.type == t for x in events)
print(of(E.TYPE_SLICE_BEGIN), of(E.TYPE_SLICE_END), of(E.TYPE_INSTANT), of(E.TYPE_COUNTER),
      sum(len(x.track_event.flow_ids) for x in events),
      sum(x.HasField('track_descriptor') for x in trace.packet))
assert '\\x1b' not in str(trace) and '\\\\033' not in str(trace)
";
    let out = python(&["-c", decode, file.to_str().unwrap()]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let of = |kind| ours.events.iter().filter(|event| event.0 == kind).count();
    let expected = [
        of(1),
        of(2),
        of(3),
        of(4),
        ours.begun.len(),
        ours.tracks.len(),
    ];
    let expected = expected.map(|count| count.to_string()).join(" ");
    assert_eq!(text(&out.stdout).trim(), expected);
}
