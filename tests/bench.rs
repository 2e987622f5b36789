//! Figures, not assertions: `scripts/bench` runs this (it is ignored otherwise). Each line says what was measured, and
//! what limits it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use sockscope::files::Reader;
use sockscope::model::fate::digest;
use sockscope::model::{Direction, Fact, Setting};
use support::{User, folder, sockscope, told, users};

fn now_ns() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    since.as_nanos() as i64
}

/// One figure: median, p99 and worst of some nanoseconds, in a unit.
fn figure(name: &str, mut ns: Vec<i64>, unit: &str, goal: &str, limit: &str) {
    ns.sort_unstable();
    let per_unit = match unit {
        "µs" => 1e3,
        _ => 1e6,
    };
    let at = |share: f64| {
        let index = ((ns.len() - 1) as f64 * share).round() as usize;
        ns.get(index).map_or(f64::NAN, |ns| *ns as f64 / per_unit)
    };
    if ns.is_empty() {
        println!("{name:<44} nothing was measured");
        return;
    }
    println!(
        "{name:<44} median {:>8.2} {unit}  p99 {:>8.2} {unit}  worst {:>8.2} {unit}  of {:>5}  goal {goal}; limited by {limit}",
        at(0.5),
        at(0.99),
        at(1.0),
        ns.len()
    );
}

#[test]
#[ignore = "figures: scripts/bench"]
fn bench() {
    help();
    for user in users() {
        println!("-- {user:?}");
        first_frame(user);
        overhead(user);
        lines(user);
        memory(user);
        wire(user);
    }
}

fn help() {
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        told(User::Ordinary, &["--version"]);
        let base = began.elapsed().as_nanos() as i64;
        let began = Instant::now();
        told(User::Ordinary, &["--lang", "zh", "tcp", "--help"]);
        let whole = began.elapsed().as_nanos() as i64;
        let _ = base;
        times.push(whole);
    }
    figure(
        "--help, process start included",
        times,
        "ms",
        "5 ms",
        "fork, setpriv and exec of this test",
    );
}

fn first_frame(user: User) {
    let mut times = Vec::new();
    for _ in 0..40 {
        let place = folder();
        let file = place.path().join("run.pcapng");
        let began = now_ns();
        told(user, &["tcp", "--quiet", "--save", &file.to_string_lossy()]);
        let first = recording(&file).frames.first().map(|frame| frame.at);
        times.extend(first.map(|at| at - began));
    }
    figure(
        "start to the first frame on the wire",
        times,
        "ms",
        "median 10 ms",
        "the kernel's making of namespaces, veth pairs and packet rings",
    );
}

/// What a run takes beside what its script waits for: from its first fact that is no setting to its last frame or call.
fn overhead(user: User) {
    for lesson in ["handshake", "four-way-close", "data"] {
        let mut times = Vec::new();
        for _ in 0..20 {
            let place = folder();
            let file = place.path().join("run.pcapng");
            let began = Instant::now();
            told(user, &["lesson", lesson, "--save", &file.to_string_lossy()]);
            let whole = began.elapsed().as_nanos() as i64;
            let run = recording(&file);
            times.push(whole - (run.last - run.first));
        }
        figure(
            &format!("lesson {lesson} beyond its own waits"),
            times,
            "ms",
            "50 ms",
            "set-up, the wait for quiet at the end, taking namespaces down",
        );
    }
}

/// From an arrival's stamp at the saved vantage (it is decidable then) to its line at the reader.
fn lines(user: User) {
    let mut times = Vec::new();
    for _ in 0..5 {
        let mut child = sockscope(
            user,
            &[
                "tcp", "--bytes", "400000", "--chunk", "1000", "--format", "json", "--quiet",
            ],
        )
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
        let out = child.stdout.take().expect("piped");
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let read = now_ns();
            let object: serde_json::Value = serde_json::from_str(&line).expect("JSON");
            if object["number"].is_u64() && object["sport"] == 7070 {
                times.extend(stamp(&object["time"]).map(|at| read - at));
            }
        }
        child.wait().expect("ends");
    }
    figure(
        "from decidable to the line at its reader",
        times,
        "ms",
        "p99 100 ms",
        "the 3 ms that a ring may lag behind its stamps",
    );
}

/// Seconds with nine decimals, exactly.
fn stamp(time: &serde_json::Value) -> Option<i64> {
    let text = time.to_string();
    let (seconds, fraction) = text.split_once('.')?;
    let fraction = format!("{fraction:0<9}");
    Some(seconds.parse::<i64>().ok()? * 1_000_000_000 + fraction.get(..9)?.parse::<i64>().ok()?)
}

fn memory(user: User) {
    let mut child = sockscope(user, &["tcp", "--bytes", "5000000", "--quiet"])
        .stdout(Stdio::null())
        .spawn()
        .expect("runs");
    let status = format!("/proc/{}/status", child.id());
    let mut most: BTreeMap<&str, u64> = BTreeMap::new();
    while child.try_wait().expect("ours").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        for name in ["VmHWM", "RssAnon", "RssFile", "RssShmem"] {
            let value = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
                .unwrap_or(0);
            let slot = most.entry(name).or_default();
            *slot = (*slot).max(value);
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let mib = |name: &str| most.get(name).map_or(0.0, |kib| *kib as f64 / 1024.0);
    println!(
        "peak memory, 5 MB exchange                   {:.1} MiB of its own (anonymous), {:.1} MiB of program text, {:.1} MiB in all; goal 30 MiB beside the rings",
        mib("RssAnon"),
        mib("RssFile"),
        mib("VmHWM")
    );
}

/// The wire's own doing: what it adds to the delay that was asked for, and how far a hand-over is from its due time.
fn wire(user: User) {
    let mut added = Vec::new();
    let mut late = Vec::new();
    for _ in 0..20 {
        let place = folder();
        let file = place.path().join("run.pcapng");
        told(
            user,
            &[
                "tcp",
                "--bytes",
                "60000",
                "--quiet",
                "--save",
                &file.to_string_lossy(),
            ],
        );
        let run = recording(&file);
        late.extend(run.late);
        let mut left: BTreeMap<u64, Vec<i64>> = BTreeMap::new();
        for frame in &run.frames {
            let sent = left.entry(frame.digest).or_default();
            if frame.sent {
                sent.push(frame.at);
            } else if !sent.is_empty() {
                added.push(frame.at - sent.remove(0) - run.delay);
            }
        }
    }
    figure(
        "the wire's added one-way time",
        added,
        "µs",
        "median 100 µs, p99 1 ms",
        "waking the relay, two passes through veth",
    );
    figure(
        "the wire's delay error",
        late,
        "µs",
        "p99 1 ms",
        "the timer's and the scheduler's latency",
    );
}

#[derive(Default)]
struct Recording {
    frames: Vec<SeenFrame>,
    late: Vec<i64>,
    delay: i64,
    first: i64,
    last: i64,
}

struct SeenFrame {
    at: i64,
    sent: bool,
    digest: u64,
}

fn recording(path: &Path) -> Recording {
    let file = File::open(path).expect("saved");
    let mut reader = Reader::new(file).expect("a recording");
    let mut all = Recording::default();
    while let Some(fact) = reader.next().expect("readable") {
        let at = fact.at().ns();
        match fact {
            Fact::Setting {
                setting: Setting::Delay(span),
                ..
            } => {
                all.delay = span.ns();
                continue;
            }
            Fact::Frame(frame) => all.frames.push(SeenFrame {
                at,
                sent: frame.direction == Direction::Sent,
                digest: digest(&frame.bytes),
            }),
            Fact::Delivery(delivery) => all.late.push(delivery.at.since(delivery.due).ns()),
            Fact::Call(_) | Fact::Returned(_) => {}
            _ => continue,
        }
        if all.first == 0 {
            all.first = at;
        }
        all.last = all.last.max(at);
    }
    all
}
