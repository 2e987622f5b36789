//! Very many connections in one capture: how much memory each takes, and that what was put by is what it was when a segment comes.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

mod support;

use std::fs::File;
use std::path::Path;

use nix::sys::resource::{UsageWho, getrusage};
use sockscope::files::{ReadStep, Reader};
use sockscope::model::{Frame, Time};
use sockscope::protocol::follow::{Conversation, Followed, Tracker};
use support::many::{self, Sent, WHOLE, step};
use support::{folder, told, users};

const ACK: u8 = 16;
const RST: u8 = 4;
const SYN: u8 = 2;

/// Writes a capture of these.
fn write(path: &Path, sent: impl Iterator<Item = Sent>) {
    many::write(File::create(path).unwrap(), sent).unwrap();
}

/// What `explain` says of a capture, and the most memory that any such run took so far, in KiB.
fn explained(path: &Path) -> (String, i64) {
    let path = path.to_string_lossy();
    let said = told(users()[0], &["--lang", "en", "explain", "--summary", &path]);
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    (said, usage.max_rss())
}

#[test]
fn closed_connections_and_lone_syns_take_little() {
    const COUNT: u32 = 200_000;
    let place = folder();
    let path = place.path().join("many.pcap");
    let steps = |of| (0..WHOLE.len()).map(move |at| step(of, at));
    // What reading takes however many there are: a tenth of them fills it.
    write(&path, (0..COUNT / 10).flat_map(steps));
    let (_, of_itself) = explained(&path);
    let most = |what: &str, sent: &mut dyn Iterator<Item = Sent>| {
        write(&path, sent);
        let (said, kib) = explained(&path);
        assert!(said.contains("199980 more"), "{said}");
        let bytes = (kib - of_itself) * 1024 / i64::from(COUNT - COUNT / 10);
        println!(
            "{bytes} bytes for each of {COUNT} {what}, {kib} KiB in all, {of_itself} for a tenth"
        );
        // 64 for each, some 12 in a table of endpoints; and what is kept of the last few thousand.
        assert!(
            bytes < 200,
            "{bytes} bytes for each of {COUNT} {what}, {kib} KiB in all"
        );
    };
    most("SYNs", &mut (0..COUNT).map(|of| step(of, 0)));
    most("connections", &mut (0..COUNT).flat_map(steps));
}

/// What following says of all packets of a capture; of a `chosen` one's alone, with their numbers and stamps.
fn followed(path: &Path, chosen: Option<u32>) -> (Vec<(u32, Followed)>, Tracker) {
    let mut reader = Reader::new(File::open(path).unwrap()).unwrap();
    let mut tracker = Tracker::new();
    let mut all = Vec::new();
    let mut number = 0;
    while let ReadStep::Frame = reader.step().unwrap() {
        number += 1;
        let frame: Frame<'_> = reader.frame();
        let packet = frame.packet();
        let port = packet.endpoints().map(|(from, to)| from.port.max(to.port));
        if chosen.is_none_or(|of| port == u16::try_from(1_024 + of).ok()) {
            let at: Time = frame.at;
            all.push((number, tracker.packet(number, at, &packet)));
        }
    }
    (all, tracker)
}

/// Many SYNs, of which most are put by; then the rest of those connections, in parts: each time the others are put by meanwhile.
#[test]
fn what_was_put_by_goes_on_as_if_it_had_not_been() {
    const COUNT: u32 = 6_000;
    let place = folder();
    let path = place.path().join("late.pcap");
    let syns = || (0..COUNT).map(|of| step(of, 0));
    let rest = || (0..COUNT).flat_map(|of| (1..WHOLE.len()).map(move |at| step(of, at)));
    // Behind their end: the last ACK again, data that nobody expects, and a SYN with another number.
    let late = |of: u32| {
        let strange = Sent {
            of,
            back: true,
            flags: ACK | RST,
            seq: 92,
            ack: 42,
            len: 0,
        };
        let anew = Sent {
            of,
            back: false,
            flags: SYN,
            seq: 9_000 + of,
            ack: 0,
            len: 0,
        };
        [step(of, 7), step(of, 4), strange, anew]
    };
    let sent = syns()
        .chain(syns())
        .chain(rest())
        .chain((0..COUNT).flat_map(late));
    write(&path, sent);
    let (all, tracker) = followed(&path, None);
    for of in [0, 1, 7, 100, 1_000, 1_903, 1_905, 3_000, COUNT - 1] {
        let (alone, by_itself) = followed(&path, Some(of));
        let mut streams = Vec::new();
        let mut ours = all
            .iter()
            .filter(|(number, _)| alone.iter().any(|(n, _)| n == number));
        for (number, expected) in &alone {
            let (_, found) = ours.next().unwrap();
            let Some(Conversation::Tcp(stream)) = found.conversation else {
                panic!("packet {number} has no connection");
            };
            streams.push(stream);
            // A connection that closed long ago keeps less, as it always did: only its numbers and its state.
            if *number <= 2 * COUNT + 7 * COUNT {
                assert_eq!(found.segment, expected.segment, "packet {number} of {of}");
            }
        }
        assert_eq!(streams.first(), Some(&of));
        let (first, reused) = (streams[0], *streams.last().unwrap());
        assert!(reused > first, "{streams:?}");
        for (stream, expected) in [(first, 0), (reused, 1)] {
            let found = tracker.connection(Conversation::Tcp(stream)).unwrap();
            let expected = by_itself.connection(Conversation::Tcp(expected)).unwrap();
            assert_eq!(found.opened(), expected.opened());
            assert_eq!(found.closed(), expected.closed());
            assert_eq!(found.reused(), expected.reused());
            assert_eq!(found.initial_rtt(), expected.initial_rtt());
            assert_eq!(
                (found.first(), found.last()),
                (expected.first(), expected.last())
            );
        }
    }
}
