//! A grid of runs as JSON: one object per run, then one per cell. `grid` says which it is.

use serde::Serialize;

use crate::explain::grid::{Asked, Between, Cell, Ended, Grid, Spread, Took, Trial};
use crate::model::{HostId, Span};

#[derive(Serialize)]
struct Run<'a> {
    grid: &'static str,
    size: u64,
    loss_percent: f64,
    transport: &'static str,
    seed: u64,
    count: u32,
    ended: &'static str,
    errno: Option<&'a str>,
    sent_bytes: u64,
    bytes: u64,
    delivered: f64,
    last_byte_ms: Option<f64>,
    goodput_bit_s: u64,
    unread: u32,
    frames: Sides<u32>,
    lost: Sides<&'a [u32]>,
}

#[derive(Serialize)]
struct Sides<T> {
    client: T,
    server: T,
}

#[derive(Serialize)]
struct OfCell<'a> {
    grid: &'static str,
    size: u64,
    loss_percent: f64,
    transport: &'static str,
    count: u32,
    runs: u32,
    of: u32,
    out_of_time: u32,
    limit_ms: f64,
    nothing_came: u32,
    failed: Vec<Failed<'a>>,
    not_whole: u32,
    unread: u32,
    goodput_bit_s: Option<Quartiles<u64>>,
    last_byte_ms: Option<Quartiles<Option<f64>>>,
    delivered: Option<Quartiles<f64>>,
}

#[derive(Serialize)]
struct Failed<'a> {
    errno: &'a str,
    runs: u32,
}

#[derive(Serialize)]
struct Quartiles<T> {
    low: T,
    median: T,
    high: T,
}

/// The whole grid, one object per line.
#[must_use]
pub fn objects(grid: &Grid) -> String {
    let mut text = String::new();
    for trial in &grid.trials {
        line(&mut text, &run(trial, &grid.asked));
    }
    for cell in &grid.cells {
        line(&mut text, &of_cell(cell, &grid.asked));
    }
    text
}

fn line(text: &mut String, object: &impl Serialize) {
    let object = serde_json::to_string(object);
    text.push_str(&object.expect("invariant: numbers and words have a JSON form"));
    text.push('\n');
}

fn run<'a>(trial: &'a Trial, asked: &Asked) -> Run<'a> {
    let (ended, errno) = match &trial.ended {
        Ended::Done => ("done", None),
        Ended::OutOfTime => ("out-of-time", None),
        Ended::Failed { errno } => ("failed", Some(errno.as_str())),
        Ended::NotWhole => ("not-whole", None),
    };
    let frames = |host| trial.frames.get(&host).copied().unwrap_or(0);
    let lost = |host| trial.lost.get(&host).map_or(&[][..], Vec::as_slice);
    Run {
        grid: "run",
        size: trial.which.size,
        loss_percent: percent(trial.which.loss),
        transport: trial.which.transport.name(),
        seed: trial.which.seed,
        count: asked.count,
        ended,
        errno,
        sent_bytes: trial.of,
        bytes: trial.bytes,
        delivered: share(trial.delivered()),
        last_byte_ms: trial.last_byte.map(Span::as_ms),
        goodput_bit_s: trial.goodput(),
        unread: trial.unread,
        frames: Sides {
            client: frames(HostId::CLIENT),
            server: frames(HostId::SERVER),
        },
        lost: Sides {
            client: lost(HostId::CLIENT),
            server: lost(HostId::SERVER),
        },
    }
}

fn of_cell<'a>(cell: &'a Cell, asked: &Asked) -> OfCell<'a> {
    let failed = cell
        .failed
        .iter()
        .map(|(errno, runs)| Failed { errno, runs: *runs });
    OfCell {
        grid: "cell",
        size: cell.size,
        loss_percent: percent(cell.loss),
        transport: cell.transport.name(),
        count: asked.count,
        runs: cell.runs,
        of: asked.seeds,
        out_of_time: cell.late,
        limit_ms: asked.limit.as_ms(),
        nothing_came: cell.nothing,
        failed: failed.collect(),
        not_whole: cell.not_whole,
        unread: cell.unread,
        goodput_bit_s: cell.goodput.map(|spread| quartiles(spread, |bits| bits)),
        last_byte_ms: cell.took.map(|spread| {
            quartiles(spread, |took| match took {
                Took::Time(span) => Some(span.as_ms()),
                Took::Longer | Took::Never => None,
            })
        }),
        delivered: cell.delivered.map(|spread| quartiles(spread, share)),
    }
}

fn quartiles<T: Between, U>(spread: Spread<T>, shown: impl Fn(T) -> U) -> Quartiles<U> {
    Quartiles {
        low: shown(spread.low),
        median: shown(spread.median),
        high: shown(spread.high),
    }
}

fn percent(per_million: u32) -> f64 {
    f64::from(per_million) / 10_000.0
}

fn share(per_million: u32) -> f64 {
    f64::from(per_million) / 1_000_000.0
}
