use etherparse::PacketBuilder;

use super::*;
use crate::protocol::decode::{Checksum, checksum};

const HOSTS: [&str; 2] = ["client", "server"];

fn host(name: &str) -> Option<HostId> {
    HOSTS
        .iter()
        .position(|host| *host == name)
        .map(|at| HostId(at as u8))
}

fn fates(rules: &[&str], seed: u64) -> Fates {
    let rules: Vec<Rule> = rules
        .iter()
        .map(|text| Rule::parse(text, &HOSTS).expect(text))
        .collect();
    Fates::new(&rules, seed, &host)
}

/// A segment from the client (port 1000) or the server (port 2000); flags as letters S, A, F, R.
fn segment(from: HostId, flags: &str, seq: u32, data: &[u8]) -> Vec<u8> {
    let (a, b, sport, dport) = if from == HostId::CLIENT {
        (1, 2, 1000, 2000)
    } else {
        (2, 1, 2000, 1000)
    };
    let mut tcp = PacketBuilder::ethernet2([2; 6], [4; 6])
        .ipv4([10, 0, 0, a], [10, 0, 0, b], 64)
        .tcp(sport, dport, seq, 1000);
    for flag in flags.chars() {
        tcp = match flag {
            'S' => tcp.syn(),
            'A' => tcp.ack(77),
            'F' => tcp.fin(),
            _ => tcp.rst(),
        };
    }
    let mut bytes = Vec::new();
    tcp.write(&mut bytes, data).expect("a frame");
    bytes
}

fn datagram(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let builder = PacketBuilder::ethernet2([2; 6], [4; 6])
        .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        .udp(1000, 2000);
    builder.write(&mut bytes, data).expect("a frame");
    bytes
}

fn verdict(fates: &mut Fates, from: HostId, frame: &[u8]) -> Verdict {
    let to = if from == HostId::CLIENT { S } else { C };
    fates.decide(Time::from_ns(0), from, &[to], frame).0.verdict
}

const C: HostId = HostId::CLIENT;
const S: HostId = HostId::SERVER;

#[test]
fn a_rule_with_a_receiver_meets_its_copy_alone_and_counts_what_goes_there() {
    let mut fates = fates(&["lose datagram 2 to server", "lose datagram 2"], 0);
    let mut decide = |to: &[HostId]| fates.decide(Time::from_ns(0), C, to, &datagram(b"x")).0;
    let others = [S, HostId(2)];
    assert_eq!(decide(&others), Ruling::PASSED);
    // The second of all is the second to the server as well: its copy is the first rule's, the others the second's.
    let second = decide(&others);
    assert_eq!((second.verdict, second.rule), (Verdict::Lost, Some(1)));
    assert_eq!(
        second.apart,
        [Apart {
            to: S,
            verdict: Verdict::Lost,
            rule: 0
        }]
    );
    assert_eq!(decide(&[S]), Ruling::PASSED);
}

#[test]
fn what_goes_to_somebody_else_is_not_counted_and_what_goes_to_one_alone_has_one_verdict() {
    let mut fates = fates(&["lose datagram 2 to server"], 0);
    let mut decide = |to: &[HostId]| fates.decide(Time::from_ns(0), C, to, &datagram(b"x")).0;
    decide(&[S]);
    assert_eq!(decide(&[HostId(2)]), Ruling::PASSED);
    let second = decide(&[S]);
    assert_eq!((second.verdict, second.rule), (Verdict::Lost, Some(0)));
    assert!(second.apart.is_empty());
}

#[test]
fn the_first_rule_that_matches_decides_for_each_copy() {
    let rules = [
        "delay datagram 1 to server by 5ms",
        "lose datagram 1 to server",
        "lose datagram 2",
        "lose datagram 2 to server",
    ];
    let mut fates = fates(&rules, 0);
    let mut decide = || {
        fates
            .decide(Time::from_ns(0), C, &[S, HostId(2)], &datagram(b"x"))
            .0
    };
    let first = decide();
    assert_eq!(first.verdict, Verdict::Passed);
    assert_eq!(first.apart.len(), 1);
    assert_eq!(first.apart[0].verdict, Verdict::Delayed(Span::from_ms(5)));
    let second = decide();
    assert_eq!((second.rule, second.apart), (Some(2), Vec::new()));
    assert_eq!(fates.unmatched(), [1, 3]);
}

#[test]
fn a_resend_of_data_3_is_not_data_4() {
    let mut fates = fates(&["lose data 3 from client", "lose data 4 from client"], 0);
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "S", 100, b"")),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "A", 101, b"one")),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "A", 104, b"two")),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "A", 107, b"three")),
        Verdict::Lost
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "A", 107, b"three")),
        Verdict::Passed,
        "its resend"
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "A", 109, b"ree")),
        Verdict::Passed,
        "a resend of its end"
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "A", 112, b"four")),
        Verdict::Lost
    );
    assert!(fates.unmatched().is_empty());
}

#[test]
fn every_counts_resends_and_times_meets_them() {
    let mut every = fates(&["lose every data 2"], 0);
    let data = segment(C, "A", 101, b"one");
    assert_eq!(verdict(&mut every, C, &data), Verdict::Passed);
    assert_eq!(verdict(&mut every, C, &data), Verdict::Lost);
    assert_eq!(verdict(&mut every, C, &data), Verdict::Passed);
    let mut twice = fates(&["lose data 1 2 times"], 0);
    assert_eq!(
        [0; 3].map(|_| verdict(&mut twice, C, &data)),
        [Verdict::Lost, Verdict::Lost, Verdict::Passed]
    );
}

#[test]
fn a_resent_syn_is_the_same_syn_and_the_next_connection_s_is_not() {
    let mut fates = fates(&["lose syn 2"], 0);
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "S", 100, b"")),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "S", 100, b"")),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "S", 900, b"")),
        Verdict::Lost
    );
}

#[test]
fn senders_and_kinds_are_told_apart() {
    let mut fates = fates(&["lose ack 1 from server", "lose synack", "lose fin"], 0);
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "A", 1, b"")),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&mut fates, S, &segment(S, "SA", 1, b"")),
        Verdict::Lost
    );
    assert_eq!(
        verdict(&mut fates, S, &segment(S, "A", 2, b"")),
        Verdict::Lost
    );
    assert_eq!(
        verdict(&mut fates, S, &segment(S, "A", 2, b"x")),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "FA", 1, b"")),
        Verdict::Lost
    );
}

#[test]
fn data_is_the_third_unit_of_both_transports() {
    let mut fates = fates(&["lose data 3"], 0);
    for _ in 0..2 {
        assert_eq!(verdict(&mut fates, C, &datagram(b"x")), Verdict::Passed);
    }
    assert_eq!(verdict(&mut fates, C, &datagram(b"x")), Verdict::Lost);
}

#[test]
fn the_first_matching_rule_wins_and_later_ones_go_on_counting() {
    let mut fates = fates(&["lose data 1", "delay data 2 by 300ms"], 0);
    assert_eq!(verdict(&mut fates, C, &datagram(b"1")), Verdict::Lost);
    let (second, _) = fates.decide(Time::from_ns(0), C, &[S], &datagram(b"2"));
    assert_eq!(
        (second.verdict, second.rule),
        (Verdict::Delayed(Span::from_ms(300)), Some(1))
    );
}

#[test]
fn two_that_swap_hold_and_release() {
    let mut fates = fates(&["swap datagram 2 3"], 0);
    let mut release = |data: &[u8]| fates.decide(Time::from_ns(0), C, &[S], &datagram(data)).1;
    assert_eq!(release(b"1"), Release::Normal);
    assert_eq!(release(b"2"), Release::Held { rule: 0 });
    assert_eq!(release(b"3"), Release::ReleasesHeld { rule: 0 });
}

#[test]
fn a_cut_loses_by_time_since_the_first_frame() {
    let mut fates = fates(&["cut from 1s to 4s"], 0);
    let at = |s: i64| Time::from_ns(50_000_000_000 + s * 1_000_000_000);
    let mut verdict = |s| fates.decide(at(s), C, &[S], &datagram(b"x")).0.verdict;
    assert_eq!(
        [verdict(0), verdict(1), verdict(3), verdict(4)],
        [
            Verdict::Passed,
            Verdict::Lost,
            Verdict::Lost,
            Verdict::Passed
        ]
    );
}

#[test]
fn random_rates_are_seeded_and_do_not_depend_on_how_directions_interleave() {
    let lost = |seed, also_server: bool| -> Vec<bool> {
        let mut fates = fates(&["lose 10%"], seed);
        (0..10_000)
            .map(|_| {
                if also_server {
                    verdict(&mut fates, S, &datagram(b"y"));
                }
                verdict(&mut fates, C, &datagram(b"x")) == Verdict::Lost
            })
            .collect()
    };
    let first = lost(7, false);
    assert_eq!(first, lost(7, true));
    assert_ne!(first, lost(8, false));
    // 10,000 draws at 10 %: 1000 expected, standard deviation 30; five of them either way.
    let count = first.iter().filter(|lost| **lost).count();
    assert!((850..=1150).contains(&count), "{count}");
}

#[test]
fn a_corrupted_frame_differs_in_one_bit_that_its_checksum_covers() {
    for frame in [
        segment(C, "A", 1, b"hello"),
        segment(C, "S", 1, b""),
        datagram(b"hello"),
        datagram(b""),
    ] {
        let mut fates = fates(&["corrupt frame 1"], 3);
        let Verdict::Corrupted(flips) = verdict(&mut fates, C, &frame) else {
            panic!("not corrupted")
        };
        let mut bytes = frame.clone();
        for (offset, mask) in &flips {
            bytes[*offset as usize] ^= mask;
        }
        assert_eq!(flips.len(), 1);
        let sum = |bytes: &[u8]| checksum(&Packet::of_ethernet(bytes));
        assert_eq!(sum(&frame), Checksum::Right);
        assert_ne!(sum(&bytes), Checksum::Right);
        assert_eq!(
            Packet::of_ethernet(&bytes).endpoints(),
            Packet::of_ethernet(&frame).endpoints()
        );
    }
}

#[test]
fn a_rule_that_never_matched_is_known() {
    let mut fates = fates(&["lose data 1", "lose fin"], 0);
    verdict(&mut fates, C, &datagram(b"x"));
    assert_eq!(fates.unmatched(), [1]);
}

#[test]
fn sequence_numbers_that_wrap_are_still_resends() {
    let mut fates = fates(&["lose data 3"], 0);
    let near = u32::MAX - 2;
    verdict(&mut fates, C, &segment(C, "S", near, b""));
    verdict(&mut fates, C, &segment(C, "A", near + 1, b"ab"));
    verdict(&mut fates, C, &segment(C, "A", 0, b"cd"));
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "A", near + 1, b"ab")),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&mut fates, C, &segment(C, "A", 2, b"ef")),
        Verdict::Lost
    );
}

#[test]
fn a_resend_is_counted_as_one_whatever_is_sent_again() {
    let mut fates = fates(&["lose resend 2"], 0);
    let mut sent = |flags, seq, data: &[u8]| {
        verdict(
            &mut fates,
            HostId::CLIENT,
            &segment(HostId::CLIENT, flags, seq, data),
        )
    };
    assert_eq!(sent("S", 100, b""), Verdict::Passed);
    assert_eq!(sent("S", 100, b""), Verdict::Passed, "the first resend");
    assert_eq!(sent("A", 101, b"one"), Verdict::Passed);
    assert_eq!(sent("A", 104, b"two"), Verdict::Passed);
    assert_eq!(sent("A", 107, b""), Verdict::Passed, "an ACK is no resend");
    assert_eq!(sent("A", 101, b"one"), Verdict::Lost, "the second");
    assert_eq!(sent("A", 101, b"one"), Verdict::Passed, "the third");
}
