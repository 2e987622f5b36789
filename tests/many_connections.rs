//! Very many connections in one capture: how much memory each takes, and that what was put by is what it was when a segment comes.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

mod support;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use nix::sys::resource::{UsageWho, getrusage};
use sockscope::files::{ReadStep, Reader};
use sockscope::model::{Frame, Time};
use sockscope::protocol::follow::{Conversation, Followed, Tracker};
use support::{folder, told, users};

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

/// A SYN's options: MSS 1460, SACK permitted, timestamps, window scale 7.
const OPTIONS: [u8; 20] = [
    2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7,
];

/// One segment of connection `of`.
#[derive(Clone, Copy)]
struct Sent {
    of: u32,
    back: bool,
    flags: u8,
    seq: u32,
    ack: u32,
    len: u8,
}

impl Sent {
    fn frame(self) -> Vec<u8> {
        let opener = (
            (0x0a00_0000 + self.of / 50_000).to_be_bytes(),
            1_024 + self.of % 50_000,
        );
        let acceptor = (0x0a80_0001_u32.to_be_bytes(), 443_u32);
        let (from, to) = if self.back {
            (acceptor, opener)
        } else {
            (opener, acceptor)
        };
        let options: &[u8] = if self.flags & SYN != 0 { &OPTIONS } else { &[] };
        let isn = |back| {
            self.of
                .wrapping_mul(if back { 40_503 } else { 2_654_435_761 })
        };
        let transport = 20 + options.len() + usize::from(self.len);
        let mut bytes = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
        let total = u16::try_from(20 + transport).unwrap();
        bytes.extend(total.to_be_bytes());
        bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        bytes.extend(from.0);
        bytes.extend(to.0);
        for port in [from.1, to.1] {
            bytes.extend(u16::try_from(port).unwrap().to_be_bytes());
        }
        bytes.extend(isn(self.back).wrapping_add(self.seq).to_be_bytes());
        let ack = isn(!self.back).wrapping_add(self.ack);
        let ack = if self.flags & ACK != 0 { ack } else { 0 };
        bytes.extend(ack.to_be_bytes());
        let header = u8::try_from((20 + options.len()) << 2).unwrap();
        bytes.extend([header, self.flags, 0xfa, 0xf0, 0, 0, 0, 0]);
        bytes.extend(options);
        bytes.resize(14 + 20 + transport, b'x');
        bytes
    }
}

/// From SYN to the last ACK.
const WHOLE: [(bool, u8, u32, u32, u8); 8] = [
    (false, SYN, 0, 0, 0),
    (true, SYN | ACK, 0, 1, 0),
    (false, ACK, 1, 1, 0),
    (false, ACK, 1, 1, 40),
    (true, ACK, 1, 41, 90),
    (false, FIN | ACK, 41, 91, 0),
    (true, FIN | ACK, 91, 42, 0),
    (false, ACK, 42, 92, 0),
];

fn step(of: u32, at: usize) -> Sent {
    let (back, flags, seq, ack, len) = WHOLE[at];
    Sent {
        of,
        back,
        flags,
        seq,
        ack,
        len,
    }
}

/// Writes a capture of these, a microsecond apart.
fn write(path: &Path, sent: impl Iterator<Item = Sent>) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    for word in [0xa1b2_c3d4_u32, 4 << 16 | 2, 0, 0, 1 << 18, 1] {
        file.write_all(&word.to_le_bytes()).unwrap();
    }
    for (micros, sent) in (0_u32..).zip(sent) {
        let bytes = sent.frame();
        let len = u32::try_from(bytes.len()).unwrap();
        for word in [
            1_700_000_000 + micros / 1_000_000,
            micros % 1_000_000,
            len,
            len,
        ] {
            file.write_all(&word.to_le_bytes()).unwrap();
        }
        file.write_all(&bytes).unwrap();
    }
    file.flush().unwrap();
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
    write(&path, (0..WHOLE.len()).map(|at| step(0, at)));
    let (_, of_itself) = explained(&path);
    let most = |what: &str, sent: &mut dyn Iterator<Item = Sent>| {
        write(&path, sent);
        let (said, kib) = explained(&path);
        assert!(said.contains("199980 more"), "{said}");
        let bytes = (kib - of_itself) * 1024 / i64::from(COUNT);
        println!("{bytes} bytes for each of {COUNT} {what}, {kib} KiB in all, {of_itself} for one");
        // 64 for each, some 12 in a table of endpoints; and what is kept of the last few thousand.
        assert!(
            bytes < 200,
            "{bytes} bytes for each of {COUNT} {what}, {kib} KiB in all"
        );
    };
    most("SYNs", &mut (0..COUNT).map(|of| step(of, 0)));
    let steps = |of| (0..WHOLE.len()).map(move |at| step(of, at));
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
