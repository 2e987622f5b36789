//! A grid's sums from plain values.

use std::collections::BTreeMap;

use super::*;
use crate::model::{
    Arg, Call, CallId, CallName, CallResult, Fact, Fate, HostId, Outcome, Returned, Span, Time,
    Trouble, Verdict,
};

const LIMIT: Span = Span::from_ms(10_000);

fn which(transport: Transport, seed: u64) -> RunSpec {
    RunSpec {
        size: 3,
        loss: 50_000,
        transport,
        seed,
    }
}

fn trial(transport: Transport, seed: u64, ended: TrialEnd, bytes: u64, ms: Option<i64>) -> Trial {
    let last_byte = ms.map(Span::from_ms);
    let took = match (&ended, last_byte) {
        (TrialEnd::OutOfTime, _) => Took::Longer,
        (TrialEnd::Done, Some(last)) => Took::Time(last),
        _ => Took::Never,
    };
    Trial {
        which: which(transport, seed),
        ended,
        of: 12,
        bytes,
        last_byte,
        took,
        limit: LIMIT,
        frames: BTreeMap::new(),
        lost: BTreeMap::new(),
        unread: 0,
    }
}

#[test]
fn quartiles_stand_where_they_should() {
    let quantiles = |values: &[u64]| {
        let quantiles = Quantiles::of(values.iter().copied())?;
        Some((quantiles.low, quantiles.median, quantiles.high))
    };
    assert_eq!(quantiles(&[]), None);
    assert_eq!(quantiles(&[7]), Some((7, 7, 7)));
    assert_eq!(quantiles(&[20, 10]), Some((12, 15, 17)));
    assert_eq!(quantiles(&[4, 3, 2, 1]), Some((1, 2, 3)));
    assert_eq!(quantiles(&[9, 8, 7, 6, 5, 4, 3, 2, 1]), Some((3, 5, 7)));
    let most = [u64::MAX, 0];
    assert_eq!(
        quantiles(&most).map(|(_, median, _)| median),
        Some(u64::MAX / 2)
    );
}

#[test]
fn what_did_not_end_counts_as_longer_and_what_never_came_as_longest() {
    let ms = |ms| Took::Time(Span::from_ms(ms));
    let all = [Took::Never, ms(900), Took::Longer, ms(60), ms(100)];
    let quantiles = Quantiles::of(all.into_iter()).expect("there are some");
    assert_eq!(
        (quantiles.low, quantiles.median, quantiles.high),
        (ms(100), ms(900), Took::Longer)
    );
    // Halfway between a time and what had not ended: longer, whatever it would have been.
    let quantiles = Quantiles::of([ms(60), Took::Longer].into_iter()).expect("there are some");
    assert_eq!(quantiles.low, Took::Longer);
}

#[test]
fn a_cell_counts_every_run_and_says_what_became_of_each() {
    let spec = GridSpec {
        sizes: vec![3],
        losses: vec![50_000],
        first_seed: 0,
        seeds: 5,
        count: 4,
        limit: LIMIT,
    };
    let failed = || TrialEnd::Failed {
        errno: "ETIMEDOUT".to_owned(),
    };
    let grid = Grid::of(
        spec,
        vec![
            trial(Transport::Tcp, 3, TrialEnd::OutOfTime, 6, Some(4_000)),
            trial(Transport::Tcp, 0, TrialEnd::Done, 12, Some(100)),
            trial(Transport::Tcp, 1, failed(), 0, None),
            trial(Transport::Tcp, 2, TrialEnd::NotWhole, 12, Some(1)),
            trial(Transport::Udp, 0, TrialEnd::Done, 0, None),
        ],
    );
    assert_eq!(grid.trials[2].which.seed, 2, "in the order of the seeds");
    let [tcp, udp] = &grid.cells[..] else {
        panic!("{:?}", grid.cells);
    };
    assert_eq!(
        (tcp.runs, tcp.late, tcp.nothing, tcp.not_whole),
        (3, 1, 0, 1)
    );
    assert_eq!(tcp.failed, [("ETIMEDOUT".to_owned(), 1)]);
    // 96 bits in 100 ms; 48 bits in 10 s; nothing.
    let goodput = tcp.goodput.expect("measured");
    assert_eq!((goodput.low, goodput.median, goodput.high), (2, 4, 482));
    assert_eq!(tcp.took.expect("measured").median, Took::Longer);
    assert_eq!(tcp.delivered.expect("measured").median, 500_000);
    assert_eq!((udp.runs, udp.nothing), (1, 1));
    assert_eq!(udp.took.expect("measured").median, Took::Never);
    assert_eq!(udp.goodput.expect("measured").median, 0);
}

#[test]
fn every_run_is_made_once_and_each_seed_has_all_kinds() {
    let spec = GridSpec {
        sizes: vec![1, 100],
        losses: vec![0, 10_000, 50_000],
        first_seed: 7,
        seeds: 4,
        count: 1,
        limit: LIMIT,
    };
    let mut runs = spec.runs();
    assert_eq!(runs.len(), 2 * 3 * 2 * 4);
    assert!(runs[..12].iter().all(|which| which.seed == 7));
    assert_eq!((runs[0].loss, runs[0].size), (50_000, 100));
    runs.sort_unstable();
    runs.dedup();
    assert_eq!(runs.len(), 48);
}

/// A call that sends or gives some data and returns at this time.
fn moved(meter: &mut Meter, id: u32, name: CallName, at: i64, data: &[u8]) -> bool {
    let sends = matches!(name, CallName::Send | CallName::Sendto);
    let host = if sends {
        HostId::CLIENT
    } else {
        HostId::SERVER
    };
    let data_arg = Arg::Data {
        len: data.len() as u64,
        head: data.to_vec(),
    };
    let (args, out) = if sends {
        (vec![data_arg], Vec::new())
    } else {
        (Vec::new(), vec![data_arg])
    };
    let id = CallId(id);
    let time = |at| Time::from_ns(at * 1_000_000);
    let begun = Fact::Call(Call {
        at: time(at),
        id,
        host,
        socket: 1,
        label: "".into(),
        name,
        args,
        kept_waiting: None,
        site: None,
    });
    assert!(!meter.fact(&begun));
    meter.fact(&Fact::Returned(Returned {
        at: time(at),
        id,
        result: CallResult::Ok {
            value: data.len() as i64,
            out,
        },
        kept_waiting: None,
        seen: None,
    }))
}

fn fate(from: HostId, verdict: Verdict) -> Fact<'static> {
    Fact::Fate(Fate {
        at: Time::from_ns(0),
        wire_no: 0,
        from,
        digest: 0,
        verdict,
        rule: None,
        waits: Vec::new(),
        apart: Vec::new(),
    })
}

fn outcome(troubles: Vec<Trouble>) -> Outcome {
    Outcome {
        at: Time::from_ns(0),
        troubles,
    }
}

#[test]
fn a_copy_of_a_datagram_is_no_message_more() {
    let mut meter = Meter::new(which(Transport::Udp, 0), 3, LIMIT);
    for (id, text) in [(1, b"aaa"), (2, b"bbb"), (3, b"ccc")] {
        moved(&mut meter, id, CallName::Sendto, 0, text);
    }
    for verdict in [Verdict::Passed, Verdict::Lost, Verdict::Duplicated(2)] {
        meter.fact(&fate(HostId::CLIENT, verdict));
    }
    assert!(!moved(&mut meter, 4, CallName::Recvfrom, 20, b"aaa"));
    assert!(!moved(&mut meter, 5, CallName::Recvfrom, 21, b"ccc"));
    assert!(!moved(&mut meter, 6, CallName::Recvfrom, 22, b"ccc"));
    let trial = meter.finish(&outcome(Vec::new())).expect("not broken off");
    assert_eq!((trial.bytes, trial.of, trial.unread), (6, 9, 0));
    assert_eq!(trial.last_byte, Some(Span::from_ms(21)));
    assert_eq!(trial.delivered(), 666_666);
    assert_eq!(trial.frames[&HostId::CLIENT], 3);
    assert_eq!(trial.lost[&HostId::CLIENT], [2]);
}

#[test]
fn a_datagram_that_the_wire_delivered_and_nobody_read_is_told() {
    let mut meter = Meter::new(which(Transport::Udp, 0), 2, LIMIT);
    for (id, text) in [(1, b"aaa"), (2, b"bbb")] {
        moved(&mut meter, id, CallName::Sendto, 0, text);
        meter.fact(&fate(HostId::CLIENT, Verdict::Passed));
    }
    moved(&mut meter, 3, CallName::Recvfrom, 20, b"aaa");
    let trial = meter.finish(&outcome(Vec::new())).expect("not broken off");
    assert_eq!(trial.unread, 1);
}

#[test]
fn a_stream_is_done_with_its_last_byte_and_what_was_broken_off_is_no_trial() {
    let run = |last: &[u8], troubles| {
        let mut meter = Meter::new(which(Transport::Tcp, 0), 2, LIMIT);
        moved(&mut meter, 1, CallName::Connect, 10, b"");
        moved(&mut meter, 2, CallName::Send, 50, b"aaabbb");
        assert!(!moved(&mut meter, 3, CallName::Recv, 70, b"aaab"));
        let done = moved(&mut meter, 4, CallName::Recv, 110, last);
        (done, meter.finish(&outcome(troubles)))
    };
    let stuck = || Trouble::Stuck {
        host: HostId::SERVER,
        line: "".into(),
    };
    let (done, trial) = run(b"bb", Vec::new());
    assert!(done);
    assert_eq!(trial.expect("whole").took, Took::Time(Span::from_ms(100)));
    let (done, trial) = run(b"b", vec![stuck()]);
    let trial = trial.expect("out of time");
    assert!(!done && trial.ended == TrialEnd::OutOfTime && trial.took == Took::Longer);
    // 40 bits in 10 s.
    assert_eq!((trial.goodput(), trial.bytes), (4, 5));
    assert_eq!(run(b"b", vec![Trouble::Interrupted]).1, None);
    let overrun = Trouble::Overrun { frames: 1 };
    let (_, trial) = run(b"bb", vec![overrun]);
    assert_eq!(trial.expect("said").ended, TrialEnd::NotWhole);
}
