//! Which cause is told of what was sent again, as one vantage sees it: small talks between a client and a server, a round trip of 20 ms apart.

use crate::model::{LinkType, Time};
use crate::protocol::decode::{TcpFlags, decode};

use super::{Analysis, Anomaly, Conversation, Followed, Recovery, Tracker, Way};

const SYN: TcpFlags = TcpFlags::SYN;
const ACK: TcpFlags = TcpFlags::ACK;
const FIN: TcpFlags = TcpFlags::FIN;

/// Who says it. The client's data begin at 1000, the server's at 5000.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Party {
    Client,
    Server,
}
use Party::{Client, Server};

/// A segment.
#[derive(Clone, Copy)]
struct SegmentSpec<'a> {
    flags: TcpFlags,
    seq: u32,
    len: u32,
    ack: u32,
    sack: &'a [(u32, u32)],
    stamps: Option<(u32, u32)>,
    id: u16,
    spoiled: bool,
}

const fn said<'a>(flags: TcpFlags, seq: u32, len: u32, ack: u32) -> SegmentSpec<'a> {
    SegmentSpec {
        flags,
        seq,
        len,
        ack,
        sack: &[],
        stamps: None,
        id: 0,
        spoiled: false,
    }
}

/// A hundred bytes from here.
const fn data<'a>(seq: u32) -> SegmentSpec<'a> {
    said(ACK, seq, 100, 5_000)
}

/// The server's acknowledgement.
const fn ack<'a>(ack: u32) -> SegmentSpec<'a> {
    said(ACK, 5_000, 0, ack)
}

impl<'a> SegmentSpec<'a> {
    const fn sack(self, sack: &'a [(u32, u32)]) -> Self {
        Self { sack, ..self }
    }

    const fn stamps(self, own: u32, echo: u32) -> Self {
        Self {
            stamps: Some((own, echo)),
            ..self
        }
    }

    const fn id(self, id: u16) -> Self {
        Self { id, ..self }
    }

    const fn spoiled(self) -> Self {
        Self {
            spoiled: true,
            ..self
        }
    }

    /// As an IPv4 packet.
    fn bytes(self, from: Party) -> Vec<u8> {
        let mut options: Vec<u8> = Vec::new();
        if self.flags.contains(SYN) {
            options.extend([4, 2, 1, 1]);
        }
        if let Some((own, echo)) = self.stamps {
            options.extend([1, 1, 8, 10]);
            options.extend(own.to_be_bytes().into_iter().chain(echo.to_be_bytes()));
        }
        if !self.sack.is_empty() {
            options.extend([1, 1, 5, 2 + 8 * self.sack.len() as u8]);
            let edges = self.sack.iter().flat_map(|(left, right)| [left, right]);
            options.extend(edges.flat_map(|edge| edge.to_be_bytes()));
        }
        let (ports, hosts) = match from {
            Client => ([40_000_u16, 7_070], [1, 2]),
            Server => ([7_070, 40_000], [2, 1]),
        };
        let addresses = [10, 0, 0, hosts[0], 10, 0, 0, hosts[1]];
        let mut tcp: Vec<u8> = ports.into_iter().flat_map(u16::to_be_bytes).collect();
        tcp.extend(
            self.seq
                .to_be_bytes()
                .into_iter()
                .chain(self.ack.to_be_bytes()),
        );
        let header = (20 + options.len()) / 4;
        tcp.extend([
            (header << 4) as u8,
            self.flags.bits() as u8,
            0xfa,
            0xf0,
            0,
            0,
            0,
            0,
        ]);
        tcp.extend(options);
        tcp.extend(std::iter::repeat_n(7, self.len as usize));
        let pseudo = [&addresses[..], &[0, 6], &(tcp.len() as u16).to_be_bytes()].concat();
        let sum = checksum(&[&pseudo[..], &tcp].concat()) ^ u16::from(self.spoiled);
        tcp[16..18].copy_from_slice(&sum.to_be_bytes());
        let mut packet = vec![0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0];
        packet[2..4].copy_from_slice(&(20 + tcp.len() as u16).to_be_bytes());
        packet[4..6].copy_from_slice(&self.id.to_be_bytes());
        packet.extend(addresses);
        packet.extend(tcp);
        packet
    }
}

fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or_default()));
    let sum: u32 = words.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !((folded & 0xffff) + (folded >> 16)) as u16
}

/// What is told of one segment.
type Findings = (Option<Recovery>, Option<Anomaly>, Vec<u32>);

const NOTHING: Findings = (None, None, Vec::new());

fn again(recovery: Recovery) -> Findings {
    (Some(recovery), None, Vec::new())
}

struct Dialogue {
    follow: Tracker,
    number: u32,
}

impl Dialogue {
    /// With a handshake that was seen beside the client, and so the server a round trip away.
    fn at_the_client() -> Self {
        let mut talk = Self::new();
        talk.say(0.0, Client, said(SYN, 999, 0, 0));
        talk.say(20.0, Server, said(SYN | ACK, 4_999, 0, 1_000));
        talk.say(20.1, Client, said(ACK, 1_000, 0, 5_000));
        talk
    }

    /// The same beside the server.
    fn at_the_server() -> Self {
        let mut talk = Self::new();
        talk.say(0.0, Client, said(SYN, 999, 0, 0));
        talk.say(0.1, Server, said(SYN | ACK, 4_999, 0, 1_000));
        talk.say(20.0, Client, said(ACK, 1_000, 0, 5_000));
        talk
    }

    fn new() -> Self {
        Self {
            follow: Tracker::new(),
            number: 0,
        }
    }

    fn followed(&mut self, ms: f64, from: Party, what: SegmentSpec<'_>) -> Followed {
        self.number += 1;
        let at = Time::from_ns(1_000_000_000 + (ms * 1e6) as i64);
        let bytes = what.bytes(from);
        let packet = decode(LinkType::RAW, &bytes, bytes.len() as u32);
        self.follow.packet(self.number, at, &packet)
    }

    fn say(&mut self, ms: f64, from: Party, what: SegmentSpec<'_>) -> Findings {
        let why = self.followed(ms, from, what).segment.expect("TCP").why;
        let needless = why.spurious.into_iter().filter(|frame| *frame != 0);
        (why.recovery, why.anomaly, needless.collect())
    }
}

#[test]
fn who_only_counts_is_told_the_same_verdicts() {
    let mut talks = [Dialogue::new(), Dialogue::new()];
    talks[1].follow = Tracker::sparing();
    let segments = [
        (0.0, Client, said(SYN, 999, 0, 0)),
        (20.0, Server, said(SYN | ACK, 4_999, 0, 1_000)),
        (20.1, Client, said(ACK, 1_000, 0, 5_000)),
        (21.0, Client, data(1_000)),
        (21.1, Client, data(1_200)),
        (41.0, Server, ack(1_100)),
        (41.1, Server, ack(1_100)),
        (300.0, Client, data(1_100)),
        (320.0, Server, ack(1_300)),
    ];
    let [whole, sparing] = talks.each_mut().map(|talk| {
        let told = segments.map(|(ms, from, what)| talk.followed(ms, from, what).segment);
        told.map(|told| told.filter(|told| !told.analysis.is_empty()))
    });
    assert_eq!(whole, sparing);
    // The hole, the duplicate acknowledgement, the resend.
    let odd = whole.iter().enumerate().filter(|(_, told)| told.is_some());
    assert_eq!(odd.map(|(at, _)| at).collect::<Vec<_>>(), [4, 6, 7]);
    let mut ordinary = Dialogue::new();
    ordinary.follow = Tracker::sparing();
    assert_eq!(
        ordinary.followed(0.0, Client, said(SYN, 999, 0, 0)).segment,
        None
    );
}

#[test]
fn what_is_sent_again_soon_is_counted_so_and_not_as_out_of_order() {
    let mut talk = Dialogue::at_the_client();
    for seq in [1_000, 1_100, 1_200] {
        talk.say(40.0, Client, data(seq));
    }
    talk.say(59.0, Client, data(1_300));
    talk.say(60.0, Server, ack(1_100).sack(&[(1_200, 1_300)]));
    let again = talk
        .followed(60.1, Client, data(1_100))
        .segment
        .expect("TCP");
    assert_eq!(again.analysis, Analysis::OUT_OF_ORDER, "as Wireshark says");
    assert_eq!(again.trouble(), Analysis::RETRANSMISSION);
    let connection = talk.follow.connection(Conversation::Tcp(0));
    let troubles = connection.expect("seen").side(Way::FromOpener).troubles;
    assert_eq!((troubles.resent, troubles.disordered), (1, 0));
}

#[test]
fn a_resend_that_its_own_resend_overtook_was_needed_and_that_one_not() {
    // The fast retransmission is kept back on the way, and the timer sends the same again.
    let mut talk = Dialogue::at_the_server();
    for (n, seq) in [1_000, 1_200, 1_300, 1_400, 1_500].into_iter().enumerate() {
        let id = if n == 0 { 1 } else { 2 + n as u16 };
        let at = 40.0 + n as f64 / 10.0;
        assert_eq!(talk.say(at, Client, data(seq).id(id)), NOTHING);
        talk.say(at + 0.01, Server, ack(1_100));
    }
    let timer = talk.say(280.0, Client, data(1_100).id(9));
    assert_eq!(timer, again(Recovery::Timeout(1)));
    let number = talk.number;
    talk.say(280.01, Server, ack(1_600));
    let late = talk.say(280.2, Client, data(1_100).id(8));
    assert!(
        matches!(late.0, Some(Recovery::Sack | Recovery::FastRetransmit)),
        "{late:?}"
    );
    assert_eq!((late.1, late.2), (None, vec![number]));
}

#[test]
fn the_block_behind_a_filled_hole_is_no_duplicate() {
    // Linux acknowledges a FIN before it forgets the block that held it (tcp_fin: tcp_send_ack; later tcp_sack_remove).
    let mut talk = Dialogue::at_the_client();
    talk.say(30.0, Client, data(1_000));
    talk.say(30.1, Client, said(ACK | FIN, 1_100, 0, 5_000));
    let probe = talk.say(90.0, Client, said(ACK | FIN, 1_100, 0, 5_000));
    assert_eq!(probe, again(Recovery::TailLossProbe));
    talk.say(110.0, Server, ack(1_000).sack(&[(1_100, 1_101)]));
    let timer = talk.say(300.0, Client, data(1_000));
    assert_eq!(timer, again(Recovery::Timeout(1)));
    let block = [(1_100, 1_101)];
    assert_eq!(talk.say(320.0, Server, ack(1_101).sack(&block)), NOTHING);
    // The same block without such a hole is one.
    let (_, _, needless) = talk.say(320.5, Server, ack(1_101).sack(&block));
    assert_eq!(needless, [6]);
}

#[test]
fn after_a_probe_the_timer_is_next_until_something_behind_it_is_acknowledged() {
    let mut talk = Dialogue::at_the_client();
    talk.say(30.0, Client, data(1_000));
    let probe = talk.say(270.0, Client, data(1_000));
    assert_eq!(probe, again(Recovery::TailLossProbe));
    talk.say(290.0, Server, ack(1_100));
    talk.say(290.1, Client, data(1_100));
    let timer = talk.say(520.0, Client, data(1_100));
    assert_eq!(timer, again(Recovery::Timeout(1)));
    talk.say(540.0, Server, ack(1_200));
    talk.say(540.1, Client, data(1_200));
    let probe = talk.say(780.0, Client, data(1_200));
    assert_eq!(probe, again(Recovery::TailLossProbe));
}

#[test]
fn a_probe_waits_for_its_turn_and_is_the_last_segment_alone() {
    // What is sent again a moment after an acknowledgement was asked for.
    let mut talk = Dialogue::at_the_client();
    talk.say(30.0, Client, data(1_000));
    talk.say(30.1, Client, data(1_100));
    talk.say(50.0, Server, ack(1_100));
    assert_eq!(talk.say(54.0, Client, data(1_100)), again(Recovery::Sack));
    // And the timer's resend takes in what stands behind it.
    let mut talk = Dialogue::at_the_client();
    talk.say(30.0, Client, data(1_000));
    talk.say(30.1, Client, said(ACK | FIN, 1_100, 0, 5_000));
    let merged = talk.say(250.0, Client, said(ACK | FIN, 1_000, 100, 5_000));
    assert_eq!(merged, again(Recovery::Timeout(1)));
}

#[test]
fn a_client_that_waited_for_its_first_syn_probes_late() {
    // The answer to the second SYN echoes the first one's timestamp: a round trip of a second, and two of them for the probe.
    let mut talk = Dialogue::new();
    talk.say(0.0, Client, said(SYN, 999, 0, 0).stamps(1, 0));
    talk.say(1_010.0, Client, said(SYN, 999, 0, 0).stamps(1_011, 0));
    talk.say(
        1_030.0,
        Server,
        said(SYN | ACK, 4_999, 0, 1_000).stamps(77, 1),
    );
    talk.say(1_030.1, Client, data(1_000).stamps(1_031, 77));
    let probe = talk.say(3_200.0, Client, data(1_000).stamps(3_201, 77));
    assert_eq!(probe, again(Recovery::TailLossProbe));
}

#[test]
fn what_is_selectively_acknowledged_too_soon_was_there_already() {
    let mut talk = Dialogue::at_the_client();
    for n in 0..5 {
        talk.say(30.0 + f64::from(n) / 10.0, Client, data(1_000 + 100 * n));
    }
    talk.say(50.0, Server, ack(1_000).sack(&[(1_100, 1_200)]));
    talk.say(
        50.1,
        Server,
        ack(1_000).sack(&[(1_300, 1_400), (1_100, 1_200)]),
    );
    talk.say(
        50.2,
        Server,
        ack(1_000).sack(&[(1_300, 1_500), (1_100, 1_200)]),
    );
    assert_eq!(talk.say(50.21, Client, data(1_000)), again(Recovery::Sack));
    assert_eq!(talk.say(50.22, Client, data(1_200)), again(Recovery::Sack));
    let second = talk.number;
    let (_, _, needless) = talk.say(51.0, Server, ack(1_000).sack(&[(1_100, 1_500)]));
    assert_eq!(needless, [second]);
}

#[test]
fn a_resend_that_was_lost_as_well_is_asked_for() {
    let mut talk = Dialogue::at_the_client();
    for n in 0..3 {
        talk.say(30.0, Client, data(1_000 + 100 * n));
    }
    assert_eq!(
        talk.say(300.0, Client, data(1_000)),
        again(Recovery::Timeout(1))
    );
    talk.say(320.0, Server, ack(1_100));
    assert_eq!(
        talk.say(320.1, Client, data(1_100)),
        again(Recovery::Timeout(1))
    );
    assert_eq!(
        talk.say(320.2, Client, data(1_200)),
        again(Recovery::Timeout(1))
    );
    talk.say(340.0, Server, ack(1_100).sack(&[(1_200, 1_300)]));
    assert_eq!(talk.say(340.1, Client, data(1_100)), again(Recovery::Sack));
}

#[test]
fn what_follows_it_tells_since_when_a_hole_is_there() {
    let mut talk = Dialogue::at_the_server();
    // All before it was sent.
    talk.say(30.0, Client, said(ACK, 1_200, 0, 5_000));
    for at in [150.0, 150.1, 150.2, 150.3] {
        talk.say(at, Server, ack(1_000));
    }
    talk.say(250.0, Client, data(1_200));
    assert_eq!(
        talk.say(290.0, Client, data(1_000)),
        again(Recovery::Timeout(1))
    );
}

#[test]
fn the_echo_says_nothing_of_a_resend_that_acknowledges_less_than_is_known() {
    for (known, needless) in [(5_100, vec![]), (5_000, vec![6])] {
        let mut talk = Dialogue::at_the_server();
        talk.say(40.0, Client, data(1_100).stamps(10, 1));
        // Numbers that its receiver sent are acknowledged, or not.
        talk.say(60.0, Client, said(ACK, 1_200, 0, known).stamps(40, 2));
        talk.say(61.0, Client, data(1_000).stamps(39, 2));
        assert_eq!(talk.say(61.1, Server, ack(1_200).stamps(3, 9)).2, needless);
    }
}

#[test]
fn an_acknowledgement_that_is_spoiled_is_not_heard() {
    // What it would have acknowledged is sent again, and the answer to that is the first that is heard.
    let mut talk = Dialogue::at_the_client();
    talk.say(30.0, Client, data(1_000).stamps(30, 1));
    talk.say(30.1, Client, data(1_100).stamps(30, 1));
    talk.say(50.1, Server, ack(1_200).stamps(2, 30).spoiled());
    talk.say(50.2, Server, ack(1_100).stamps(2, 30));
    talk.say(270.0, Client, data(1_100).stamps(270, 1));
    let resend = talk.number;
    let (_, _, needless) = talk.say(290.0, Server, ack(1_200).stamps(3, 30));
    assert_eq!(needless, [resend]);
}

#[test]
fn what_came_twice_is_a_copy_only_where_copies_are_made() {
    for copies in [false, true] {
        let mut talk = Dialogue::at_the_client();
        for n in 0..3 {
            talk.say(30.0, Client, data(1_000 + 100 * n));
        }
        let mut answered = ack(1_200);
        if copies {
            talk.say(49.0, Server, ack(1_100).id(40));
            talk.say(49.0, Server, ack(1_100).id(41));
            talk.say(49.0, Server, ack(1_100).id(41));
            answered = answered.id(42);
        }
        talk.say(50.0, Server, answered);
        talk.say(270.0, Client, data(1_200));
        let resend = talk.number;
        talk.say(290.0, Server, ack(1_300));
        let block = [(1_200, 1_300)];
        let (_, _, needless) = talk.say(290.1, Server, ack(1_300).sack(&block));
        assert_eq!(needless, if copies { vec![] } else { vec![resend] });
    }
}

#[test]
fn each_syn_has_its_own_answer() {
    // Beside the server: its timer has just sent the answer again when the SYN comes again.
    let mut talk = Dialogue::new();
    let answer = said(SYN | ACK, 4_999, 0, 1_000);
    talk.say(0.0, Client, said(SYN, 999, 0, 0).stamps(1, 0));
    talk.say(0.1, Server, answer.stamps(70, 1));
    talk.say(1_000.0, Server, answer.stamps(1_070, 1));
    talk.say(1_000.1, Client, said(SYN, 999, 0, 0).stamps(1_001, 0));
    let (_, anomaly, _) = talk.say(1_000.2, Server, answer.stamps(1_070, 1));
    assert_ne!(anomaly, Some(Anomaly::Duplicated));
    // A SYN with a newer timestamp was sent again, though something overtook it.
    talk.say(1_020.0, Client, data(1_000).stamps(1_021, 1_070));
    let (_, anomaly, _) = talk.say(1_020.1, Client, said(SYN, 999, 0, 0).stamps(1_005, 0));
    assert_eq!(anomaly, Some(Anomaly::Spurious));
}

#[test]
fn a_late_first_part_shows_that_all_of_a_merged_resend_was_needless() {
    let mut talk = Dialogue::at_the_server();
    talk.say(40.0, Client, data(1_000).id(1));
    talk.say(40.1, Client, data(1_200).id(3));
    talk.say(40.2, Server, ack(1_100).sack(&[(1_200, 1_300)]));
    // Both its parts in one.
    talk.say(62.0, Client, said(ACK, 1_100, 200, 5_000).id(4));
    let resend = talk.number;
    talk.say(62.1, Server, ack(1_300));
    let (_, anomaly, needless) = talk.say(70.0, Client, data(1_100).id(2));
    assert_eq!(
        (anomaly, needless),
        (Some(Anomaly::Reordered), vec![resend])
    );
}
