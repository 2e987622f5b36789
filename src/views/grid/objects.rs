//! A grid of runs as JSON: one object per run, then one per cell. `grid` says which it is.

use serde::Serialize;

use crate::explain::compare::grid::{
    Between, Grid, GridCell, GridSpec, Quantiles, Took, Trial, TrialEnd,
};
use crate::model::{HostId, Span};

#[derive(Serialize)]
struct JsonRun<'a> {
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
    frames: JsonSides<u32>,
    lost: JsonSides<&'a [u32]>,
}

#[derive(Serialize)]
struct JsonSides<T> {
    client: T,
    server: T,
}

#[derive(Serialize)]
struct JsonCell<'a> {
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
    failed: Vec<JsonFailures<'a>>,
    not_whole: u32,
    unread: u32,
    goodput_bit_s: Option<JsonQuantiles<u64>>,
    last_byte_ms: Option<JsonQuantiles<Option<f64>>>,
    delivered: Option<JsonQuantiles<f64>>,
}

#[derive(Serialize)]
struct JsonFailures<'a> {
    errno: &'a str,
    runs: u32,
}

#[derive(Serialize)]
struct JsonQuantiles<T> {
    low: T,
    median: T,
    high: T,
}

/// The whole grid, one object per line.
#[must_use]
pub fn objects(grid: &Grid) -> String {
    let mut text = String::new();
    for trial in &grid.trials {
        line(&mut text, &run(trial, &grid.spec));
    }
    for cell in &grid.cells {
        line(&mut text, &of_cell(cell, &grid.spec));
    }
    text
}

fn line(text: &mut String, object: &impl Serialize) {
    let object = serde_json::to_string(object);
    text.push_str(&object.expect("invariant: numbers and words have a JSON form"));
    text.push('\n');
}

fn run<'a>(trial: &'a Trial, spec: &GridSpec) -> JsonRun<'a> {
    let (ended, errno) = match &trial.ended {
        TrialEnd::Done => ("done", None),
        TrialEnd::OutOfTime => ("out-of-time", None),
        TrialEnd::Failed { errno } => ("failed", Some(errno.as_str())),
        TrialEnd::NotWhole => ("not-whole", None),
    };
    let frames = |host| trial.frames.get(&host).copied().unwrap_or(0);
    let lost = |host| trial.lost.get(&host).map_or(&[][..], Vec::as_slice);
    JsonRun {
        grid: "run",
        size: trial.which.size,
        loss_percent: percent(trial.which.loss),
        transport: trial.which.transport.name(),
        seed: trial.which.seed,
        count: spec.count,
        ended,
        errno,
        sent_bytes: trial.of,
        bytes: trial.bytes,
        delivered: share(trial.delivered()),
        last_byte_ms: trial.last_byte.map(Span::as_ms),
        goodput_bit_s: trial.goodput(),
        unread: trial.unread,
        frames: JsonSides {
            client: frames(HostId::CLIENT),
            server: frames(HostId::SERVER),
        },
        lost: JsonSides {
            client: lost(HostId::CLIENT),
            server: lost(HostId::SERVER),
        },
    }
}

fn of_cell<'a>(cell: &'a GridCell, spec: &GridSpec) -> JsonCell<'a> {
    let failed = cell
        .failed
        .iter()
        .map(|(errno, runs)| JsonFailures { errno, runs: *runs });
    JsonCell {
        grid: "cell",
        size: cell.size,
        loss_percent: percent(cell.loss),
        transport: cell.transport.name(),
        count: spec.count,
        runs: cell.runs,
        of: spec.seeds,
        out_of_time: cell.late,
        limit_ms: spec.limit.as_ms(),
        nothing_came: cell.nothing,
        failed: failed.collect(),
        not_whole: cell.not_whole,
        unread: cell.unread,
        goodput_bit_s: cell
            .goodput
            .map(|quantiles| quartiles(quantiles, |bits| bits)),
        last_byte_ms: cell.took.map(|quantiles| {
            quartiles(quantiles, |took| match took {
                Took::Time(span) => Some(span.as_ms()),
                Took::Longer | Took::Never => None,
            })
        }),
        delivered: cell.delivered.map(|quantiles| quartiles(quantiles, share)),
    }
}

fn quartiles<T: Between, U>(quantiles: Quantiles<T>, shown: impl Fn(T) -> U) -> JsonQuantiles<U> {
    JsonQuantiles {
        low: shown(quantiles.low),
        median: shown(quantiles.median),
        high: shown(quantiles.high),
    }
}

fn percent(per_million: u32) -> f64 {
    f64::from(per_million) / 10_000.0
}

fn share(per_million: u32) -> f64 {
    f64::from(per_million) / 1_000_000.0
}
