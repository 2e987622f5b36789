//! A recording gives back exactly the facts that it was made of, whatever they were.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers that the test itself has made"
)]

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use pcap_parser::traits::PcapReaderIterator;
use proptest::prelude::*;
use sockscope::files::pcapng::Recorder;
use sockscope::files::{Reader, WarningKind};
use sockscope::model::setting::{Place, RunKind};
use sockscope::model::{
    Apart, Arg, Call, CallId, CallName, CallResult, Delivery, Direction, Endpoint, Fact, Fate,
    Frame, Hole, HoleKind, Host, HostId, LinkType, Outcome, Returned, Setting, Span, StateSeen,
    TcpInfo, TcpState, Time, Trigger, Trouble, Untrusted, Vantage, Verdict,
};

const CLIENT: Vantage = Vantage::Host(HostId::CLIENT);
const SERVER: Vantage = Vantage::Host(HostId::SERVER);

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 96,
        // Findings are kept as tests of their own; no folder of seeds beside the sources.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn save(facts: &[Fact<'static>]) -> Vec<u8> {
    let mut recorder =
        Recorder::new(Vec::new(), CLIENT, "eth0", LinkType::ETHERNET).expect("a vector takes all");
    for fact in facts {
        recorder.push(fact);
    }
    recorder.finish().expect("a vector takes all")
}

fn read(file: &[u8]) -> (Vec<Fact<'static>>, Vec<WarningKind>) {
    let mut reader = Reader::new(file).expect("it is a capture");
    let mut facts = Vec::new();
    while let Some(fact) = reader.next().expect("memory does not fail") {
        facts.push(fact.into_owned());
    }
    let warnings = reader.into_warnings();
    (facts, warnings.into_iter().map(|w| w.kind).collect())
}

fn time() -> impl Strategy<Value = Time> {
    any::<i64>().prop_map(Time::from_ns)
}

fn span() -> impl Strategy<Value = Span> {
    any::<i64>().prop_map(Span::from_ns)
}

fn host() -> impl Strategy<Value = HostId> {
    (0..3_u8).prop_map(HostId)
}

fn vantage() -> impl Strategy<Value = Vantage> {
    prop_oneof![
        4 => Just(CLIENT),
        4 => Just(SERVER),
        1 => Just(Vantage::Loopback),
        1 => any::<u16>().prop_map(Vantage::File),
    ]
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    let address = prop_oneof![
        any::<[u8; 4]>().prop_map(|b| IpAddr::V4(Ipv4Addr::from(b))),
        any::<[u8; 16]>().prop_map(|b| IpAddr::V6(Ipv6Addr::from(b))),
    ];
    (address, any::<u16>()).prop_map(|(addr, port)| Endpoint::new(addr, port))
}

/// Few different contents, so that equal frames and frames that differ in one byte are met often.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => (0..4_u8, 0..4_usize, 0..3_u8).prop_map(|(fill, len, odd)| {
            let mut bytes = vec![fill; 60 + len];
            bytes[20] = odd;
            bytes
        }),
        1 => proptest::collection::vec(any::<u8>(), 0..200),
        1 => Just(vec![7; 70_000]),
    ]
}

fn frame() -> impl Strategy<Value = Fact<'static>> {
    let direction = prop_oneof![
        Just(Direction::Sent),
        Just(Direction::Received),
        Just(Direction::Unknown)
    ];
    let link = prop_oneof![6 => Just(1), 1 => Just(113), 1 => 0..0x1_0000_u32].prop_map(LinkType);
    (
        time(),
        vantage(),
        direction,
        link,
        any::<u32>(),
        any::<bool>(),
        bytes(),
    )
        .prop_map(
            |(at, vantage, direction, link, orig_len, checksum_offloaded, bytes)| {
                Fact::Frame(Frame {
                    at,
                    vantage,
                    direction,
                    link,
                    orig_len,
                    checksum_offloaded,
                    bytes: Cow::Owned(bytes),
                })
            },
        )
}

fn text() -> impl Strategy<Value = Untrusted> {
    ".*".prop_map(Untrusted::from)
}

fn arg() -> impl Strategy<Value = Arg> {
    prop_oneof![
        text().prop_map(Arg::Word),
        any::<i64>().prop_map(Arg::Int),
        endpoint().prop_map(Arg::Endpoint),
        (any::<u64>(), proptest::collection::vec(any::<u8>(), 0..64))
            .prop_map(|(len, head)| Arg::Data { len, head }),
    ]
}

fn call() -> impl Strategy<Value = Fact<'static>> {
    let args = proptest::collection::vec(arg(), 0..4).boxed();
    let begun = (
        time(),
        any::<u32>(),
        host(),
        any::<u32>(),
        text(),
        args.clone(),
    )
        .prop_map(|(at, id, host, socket, label, args)| {
            Fact::Call(Call {
                at,
                id: CallId(id),
                host,
                socket,
                label,
                name: CallName::EpollCreate1,
                args,
                kept_waiting: None,
                site: None,
            })
        });
    let result = prop_oneof![
        (any::<i64>(), args).prop_map(|(value, out)| CallResult::Ok { value, out }),
        "[A-Z]{1,10}".prop_map(|name| CallResult::Err(name.into())),
    ];
    let returned = (time(), any::<u32>(), result).prop_map(|(at, id, result)| {
        Fact::Returned(Returned {
            at,
            id: CallId(id),
            result,
            kept_waiting: None,
            seen: None,
        })
    });
    prop_oneof![begun, returned]
}

fn state() -> impl Strategy<Value = Fact<'static>> {
    let trigger = prop_oneof![
        any::<u64>().prop_map(Trigger::Held),
        any::<u64>().prop_map(Trigger::Delivered),
        any::<u32>().prop_map(|id| Trigger::Returned(CallId(id))),
        Just(Trigger::Looked),
    ];
    let info = (any::<u32>(), span(), any::<u64>()).prop_map(|(cwnd, srtt, pacing_rate)| TcpInfo {
        cwnd,
        srtt,
        pacing_rate,
        ..TcpInfo::default()
    });
    (
        time(),
        host(),
        endpoint(),
        proptest::option::of(endpoint()),
        proptest::sample::select(TcpState::ALL.to_vec()),
        trigger,
        proptest::option::of(info),
    )
        .prop_map(|(at, host, local, remote, state, trigger, info)| {
            Fact::State(StateSeen {
                at,
                host,
                local,
                remote,
                state,
                trigger,
                info,
            })
        })
}

fn fate() -> impl Strategy<Value = Fact<'static>> {
    let verdict = prop_oneof![
        Just(Verdict::Passed),
        span().prop_map(Verdict::Delayed),
        Just(Verdict::Lost),
        any::<u8>().prop_map(Verdict::Duplicated),
        Just(Verdict::Reordered),
        proptest::collection::vec(any::<(u32, u8)>(), 0..3).prop_map(Verdict::Corrupted),
        Just(Verdict::QueueFull),
        any::<u32>().prop_map(|mtu| Verdict::TooBig { mtu }),
        any::<u64>().prop_map(|frames| Verdict::Overrun { frames }),
    ];
    let copy = prop_oneof![Just(Verdict::Lost), span().prop_map(Verdict::Delayed)];
    let apart =
        (host(), copy, any::<u16>()).prop_map(|(to, verdict, rule)| Apart { to, verdict, rule });
    let decided = (
        time(),
        any::<u64>(),
        host(),
        any::<u64>(),
        verdict,
        any::<Option<u16>>(),
        prop::collection::vec(any::<i64>().prop_map(Span::from_ns), 0..3),
        proptest::collection::vec(apart, 0..3),
    )
        .prop_map(|(at, wire_no, from, digest, verdict, rule, waits, apart)| {
            Fact::Fate(Fate {
                at,
                wire_no,
                from,
                digest,
                verdict,
                rule,
                waits,
                apart,
            })
        });
    let delivered = (
        time(),
        any::<u64>(),
        host(),
        any::<u8>(),
        any::<u64>(),
        time(),
    )
        .prop_map(|(at, wire_no, to, copy, digest, due)| {
            Fact::Delivery(Delivery {
                at,
                wire_no,
                to,
                copy,
                digest,
                due,
            })
        });
    prop_oneof![decided, delivered]
}

fn setting() -> impl Strategy<Value = Fact<'static>> {
    let setting = prop_oneof![
        text().prop_map(Setting::Program),
        Just(Setting::Kind(RunKind::Lesson)),
        Just(Setting::Place(Place::PrivateLoopback)),
        (host(), text(), any::<Option<[u8; 6]>>()).prop_map(|(id, name, mac)| Setting::Host(
            Host {
                id,
                name,
                interface: "eth0".into(),
                mac,
                ipv4: Some(Ipv4Addr::new(10, 0, 0, 1)),
                ipv6: None,
            }
        )),
        vantage().prop_map(Setting::SavedVantage),
        span().prop_map(Setting::Delay),
        (host(), text()).prop_map(|(host, text)| Setting::Script { host, text }),
        any::<u64>().prop_map(Setting::Seed),
    ];
    (time(), setting).prop_map(|(at, setting)| Fact::Setting { at, setting })
}

fn fact() -> impl Strategy<Value = Fact<'static>> {
    let outcome = (time(), host(), text()).prop_map(|(at, host, line)| {
        Fact::Outcome(Outcome {
            at,
            troubles: vec![
                Trouble::Interrupted,
                Trouble::Stuck {
                    host,
                    line: line.clone(),
                },
            ],
        })
    });
    let kind = prop_oneof![Just(HoleKind::Missed), Just(HoleKind::Late)];
    let hole = (time(), vantage(), any::<u64>(), kind).prop_map(|(at, vantage, frames, kind)| {
        Fact::Hole(Hole {
            at,
            vantage,
            frames,
            kind,
        })
    });
    prop_oneof![
        12 => frame(),
        2 => call(),
        2 => state(),
        2 => fate(),
        1 => setting(),
        1 => outcome,
        1 => hole,
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_facts_come_back_as_they_were(facts in proptest::collection::vec(fact(), 0..60)) {
        let (back, warnings) = read(&save(&facts));
        prop_assert_eq!(warnings, vec![]);
        prop_assert_eq!(back, facts);
    }

    #[test]
    fn cut_anywhere_it_gives_what_was_whole(
        facts in proptest::collection::vec(fact(), 0..12),
        at in any::<proptest::sample::Index>(),
    ) {
        let file = save(&facts);
        // The head is written in one call before anything else.
        let begun = save(&[]).len();
        let cut = begun + at.index(file.len() - begun + 1);
        let (back, warnings) = read(&file[..cut]);
        prop_assert!(facts.starts_with(&back));
        prop_assert!(warnings.is_empty() || warnings == [WarningKind::CutOff]);
        prop_assert!(cut < file.len() || (warnings.is_empty() && back.len() == facts.len()));
    }

    /// A second opinion on what we write: the pcap-parser crate sees the saved vantage's frames and nothing else.
    #[test]
    fn others_read_the_saved_vantage(facts in proptest::collection::vec(fact(), 0..40)) {
        let file = save(&facts);
        let mut reader = pcap_parser::PcapNGReader::new(1 << 20, &file[..]).expect("it is pcapng");
        let mut packets = Vec::new();
        loop {
            match reader.next() {
                Ok((offset, block)) => {
                    if let pcap_parser::PcapBlockOwned::NG(pcap_parser::Block::EnhancedPacket(p)) = block {
                        packets.push(p.data[..p.caplen as usize].to_vec());
                    }
                    reader.consume(offset);
                }
                Err(pcap_parser::PcapError::Eof) => break,
                Err(pcap_parser::PcapError::Incomplete(_)) => { reader.refill().expect("memory does not fail"); }
                Err(error) => panic!("{error}"),
            }
        }
        let saved: Vec<Vec<u8>> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::Frame(frame) if frame.vantage == CLIENT => Some(frame.bytes.to_vec()),
                _ => None,
            })
            .collect();
        prop_assert_eq!(packets, saved);
    }
}

fn sighting(at: i64, vantage: Vantage, direction: Direction, bytes: &[u8]) -> Fact<'static> {
    Fact::Frame(Frame {
        at: Time::from_ns(at),
        vantage,
        direction,
        link: LinkType::ETHERNET,
        orig_len: bytes.len() as u32,
        checksum_offloaded: false,
        bytes: Cow::Owned(bytes.to_vec()),
    })
}

#[test]
fn a_frame_that_arrives_as_it_left_is_stored_once() {
    let payload = [5; 1400];
    let mut facts = vec![sighting(1, CLIENT, Direction::Sent, &payload)];
    let alone = save(&facts).len();
    facts.push(sighting(2, SERVER, Direction::Received, &payload));
    let mut corrupted = payload;
    corrupted[700] ^= 4;
    facts.push(sighting(3, CLIENT, Direction::Sent, &payload));
    facts.push(sighting(4, SERVER, Direction::Received, &corrupted));
    let file = save(&facts);
    assert!(file.len() < 2 * alone + 400, "{} bytes", file.len());
    assert_eq!(read(&file), (facts, vec![]));
}

/// Counts calls, so that "one write per commit" is more than a hope.
#[derive(Default)]
struct Calls {
    lens: Vec<usize>,
}

impl std::io::Write for &mut Calls {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.lens.push(bytes.len());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn each_commit_is_one_write_of_whole_blocks() {
    let mut calls = Calls::default();
    let mut recorder =
        Recorder::new(&mut calls, CLIENT, "eth0", LinkType::ETHERNET).expect("it takes all");
    for at in 0..5 {
        recorder
            .write(&sighting(at, CLIENT, Direction::Sent, b"abc"))
            .expect("it takes all");
    }
    recorder.push(&sighting(5, CLIENT, Direction::Sent, b"abc"));
    let number = recorder.push(&sighting(6, CLIENT, Direction::Sent, b"abc"));
    assert_eq!(number, Some(7));
    recorder.finish().expect("it takes all");
    assert_eq!(calls.lens.len(), 1 + 5 + 1);
    assert!(calls.lens.iter().all(|len| len % 4 == 0));
}

/// Takes so many bytes, a few at a time, and no more: a disk that becomes full.
struct Full {
    taken: std::rc::Rc<std::cell::RefCell<Vec<u8>>>,
    room: usize,
}

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut taken = self.taken.borrow_mut();
        let more = bytes.len().min(7).min(self.room - taken.len());
        if more == 0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        taken.extend(&bytes[..more]);
        Ok(more)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn wherever_the_disk_becomes_full_the_length_is_that_of_whole_blocks() {
    let frames: Vec<_> = (0..3)
        .map(|at| sighting(at, CLIENT, Direction::Sent, &[at as u8; 61]))
        .collect();
    let whole = save(&frames);
    let head = save(&[]).len();
    let mut lengths = Vec::new();
    for room in head..whole.len() {
        let taken = std::rc::Rc::default();
        let out = Full {
            taken: std::rc::Rc::clone(&taken),
            room,
        };
        let mut recorder =
            Recorder::new(out, CLIENT, "eth0", LinkType::ETHERNET).expect("its head has room");
        for fact in &frames {
            recorder.push(fact);
        }
        recorder.commit().expect_err("the disk is full");
        let length = recorder.length() as usize;
        assert!(length <= room);
        let (facts, warnings) = read(&taken.borrow()[..length]);
        assert!(warnings.is_empty(), "{room}: {warnings:?}");
        lengths.push((length, facts.len()));
    }
    lengths.dedup();
    let counts: Vec<_> = lengths.iter().map(|(_, facts)| *facts).collect();
    assert_eq!(counts, [0, 1, 2], "one block after the other: {lengths:?}");
}
