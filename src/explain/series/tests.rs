use super::*;
use crate::model::Seq;
use crate::protocol::follow::{ClosedHow, Why};

fn tcp(options: &[u8]) -> Tcp<'_> {
    Tcp {
        sport: 1,
        dport: 2,
        seq: Seq(0),
        ack: Seq(0),
        flags: TcpFlags::ACK,
        window: 0,
        checksum: 0,
        urgent: 0,
        header_len: 20,
        options,
        len: 0,
        payload: &[],
    }
}

fn segment(flags: TcpFlags, rel_seq: u32, rel_ack: u32, len: u32, window: u32) -> Segment {
    Segment {
        flags,
        seq: Seq(rel_seq),
        ack: Seq(rel_ack),
        rel_seq,
        rel_ack,
        len,
        window,
        scale: None,
        analysis: Analysis::empty(),
        dup_ack_num: 0,
        completeness: 0,
        closed: ClosedHow::Missing,
        why: Why::default(),
    }
}

fn ms(ms: i64) -> Time {
    Time::from_ns(ms * 1_000_000)
}

#[test]
fn a_round_trip_is_timed_by_the_last_segment_that_an_acknowledgement_covers() {
    let mut series = Series::default();
    for (at, seq) in [(0, 1), (1, 101)] {
        series.segment(
            ms(at),
            &tcp(&[]),
            &segment(TcpFlags::ACK, seq, 1, 100, 5000),
            Way::FromOpener,
        );
    }
    series.segment(
        ms(41),
        &tcp(&[]),
        &segment(TcpFlags::ACK, 1, 201, 0, 4000),
        Way::FromAcceptor,
    );
    let direction = series.direction(Way::FromOpener);
    let times: Vec<u64> = direction
        .round_trips
        .iter()
        .map(|level| level.value)
        .collect();
    assert_eq!(times, [40_000_000]);
    assert_eq!(
        direction
            .allowed
            .iter()
            .map(|level| level.value)
            .collect::<Vec<_>>(),
        [4201]
    );
    assert_eq!(
        direction.in_flight.iter().map(|level| level.value).last(),
        Some(0)
    );
    assert_eq!(series.busier(), Way::FromOpener);
}

#[test]
fn what_was_resent_gives_no_round_trip() {
    let mut series = Series::default();
    series.segment(
        ms(0),
        &tcp(&[]),
        &segment(TcpFlags::ACK, 1, 1, 100, 5000),
        Way::FromOpener,
    );
    let mut again = segment(TcpFlags::ACK, 1, 1, 100, 5000);
    again.analysis = Analysis::RETRANSMISSION;
    series.segment(ms(200), &tcp(&[]), &again, Way::FromOpener);
    series.segment(
        ms(240),
        &tcp(&[]),
        &segment(TcpFlags::ACK, 1, 101, 0, 4000),
        Way::FromAcceptor,
    );
    let direction = series.direction(Way::FromOpener);
    assert!(direction.round_trips.is_empty());
    assert_eq!(
        direction
            .sent
            .iter()
            .map(|sent| sent.kind)
            .collect::<Vec<_>>(),
        [SentKind::New, SentKind::Again]
    );
}

#[test]
fn sack_blocks_stand_where_they_belong() {
    let mut series = Series::default();
    series.segment(
        ms(0),
        &tcp(&[]),
        &segment(TcpFlags::ACK, 1, 1, 4000, 5000),
        Way::FromOpener,
    );
    let mut options = vec![1, 1, 5, 10];
    options.extend_from_slice(&2001u32.to_be_bytes());
    options.extend_from_slice(&3001u32.to_be_bytes());
    series.segment(
        ms(40),
        &tcp(&options),
        &segment(TcpFlags::ACK, 1, 1001, 0, 5000),
        Way::FromAcceptor,
    );
    let ranges: Vec<_> = series
        .direction(Way::FromOpener)
        .sacked
        .iter()
        .map(|range| (range.from, range.to))
        .collect();
    assert_eq!(ranges, [(2001, 3001)]);
}

#[test]
fn a_stream_longer_than_the_circle_goes_on_counting() {
    let mut series = Series::default();
    let step = 1u32 << 30;
    for n in 0..6u32 {
        series.segment(
            ms(i64::from(n)),
            &tcp(&[]),
            &segment(TcpFlags::ACK, step.wrapping_mul(n), 1, step, 0),
            Way::FromOpener,
        );
    }
    let last = series
        .direction(Way::FromOpener)
        .sent
        .iter()
        .last()
        .map(|sent| sent.to);
    assert_eq!(last, Some(6 * u64::from(step)));
}

#[test]
fn a_long_transfer_stays_bounded_and_loses_no_resend() {
    let mut direction = DirectionSeries::default();
    for n in 0..1_000_000u64 {
        let kind = if n == 500_000 {
            SentKind::Again
        } else {
            SentKind::New
        };
        direction.sent.push(SentRange {
            at: ms(n as i64),
            from: n * 10,
            to: n * 10 + 10,
            kind,
            control: false,
        });
    }
    assert!(direction.sent.len() <= MOST);
    assert_eq!(
        direction
            .sent
            .iter()
            .filter(|sent| sent.kind == SentKind::Again)
            .count(),
        1
    );
    assert_eq!(
        direction
            .sent
            .iter()
            .map(|sent| sent.to - sent.from)
            .sum::<u64>(),
        10_000_000
    );
}

#[test]
fn throughput_counts_new_bytes_per_step() {
    let mut series = Series::default();
    for (at, seq) in [(0, 1), (5, 1001), (15, 2001)] {
        series.segment(
            ms(at),
            &tcp(&[]),
            &segment(TcpFlags::ACK, seq, 1, 1000, 5000),
            Way::FromOpener,
        );
    }
    let levels: Vec<u64> = series
        .direction(Way::FromOpener)
        .throughput(Span::from_ms(10))
        .iter()
        .map(|l| l.value)
        .collect();
    assert_eq!(levels, [200_000, 100_000]);
}

#[test]
fn what_the_wire_took_stands_beside_what_was_sent() {
    let mut series = Series::default();
    let lost = segment(TcpFlags::ACK, 1, 1, 100, 5000);
    series.segment(ms(0), &tcp(&[]), &lost, Way::FromOpener);
    series.lost(ms(0), &lost, Way::FromOpener);
    // An acknowledgement of it that did not come through.
    let ack = segment(TcpFlags::ACK, 1, 101, 0, 5000);
    series.lost(ms(40), &ack, Way::FromAcceptor);
    let direction = series.direction(Way::FromOpener);
    let ranges: Vec<_> = direction
        .lost
        .iter()
        .map(|lost| (lost.from, lost.to))
        .collect();
    assert_eq!(ranges, [(1, 101)]);
    let acks: Vec<_> = direction
        .lost_acks
        .iter()
        .map(|level| level.value)
        .collect();
    assert_eq!(acks, [101]);
    assert!(series.direction(Way::FromAcceptor).lost.is_empty());
}

#[test]
fn samples_stand_in_the_order_of_their_times() {
    let mut series = Series::default();
    let info = |cwnd| TcpInfo {
        cwnd,
        ssthresh: 7,
        snd_mss: 1000,
        ..TcpInfo::default()
    };
    for (at, cwnd) in [(10, 10), (30, 5), (20, 12)] {
        series.sample(ms(at), Way::FromOpener, &info(cwnd));
    }
    let direction = series.direction(Way::FromOpener);
    let levels: Vec<_> = direction
        .congestion
        .iter()
        .map(|level| level.value)
        .collect();
    assert_eq!(levels, [10_000, 12_000, 5_000]);
    assert_eq!(direction.threshold.len(), 3);
}
