//! Figures, not assertions: `scripts/bench` runs this (it is ignored otherwise). Each line says what was measured, and
//! what limits it.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers that the test itself has made"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use sockscope::files::Reader;
use sockscope::model::fate::digest;
use sockscope::model::{Direction, Fact, HoleKind, Setting, Verdict};
use support::many::{self, Sent, WHOLE, step};
use support::{User, folder, have, sockscope, told, users};

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
    let before = std::env::var_os("SOCKSCOPE_BEFORE").map(PathBuf::from);
    // In turns, so that what else the machine does meets both.
    let measure = |figure: &dyn Fn()| {
        if let Some(before) = &before {
            support::run_another(Some(before));
            println!("before:");
            figure();
            support::run_another(None);
            println!("now:");
        }
        figure();
    };
    measure(&help);
    measure(&many_connections);
    for user in users() {
        println!("-- {user:?}");
        for figure in [first_frame, overhead, lines, memory, wire] {
            measure(&|| figure(user));
        }
        if have("iperf3") {
            for figure in [carries, follows, timing, rate] {
                measure(&|| figure(user));
            }
        }
        if have("ping") {
            measure(&|| ping(user));
        }
    }
}

/// `explain` of captures of very many connections: how much memory each takes. MANY in the environment says how many (1,000,000).
fn many_connections() {
    let count = std::env::var("MANY")
        .ok()
        .and_then(|count| count.parse().ok());
    let count: u32 = count.unwrap_or(1_000_000);
    let whole = (0..count).flat_map(|of| (0..WHOLE.len()).map(move |at| step(of, at)));
    explained("whole connections", count, whole);
    explained("lone SYNs", count, (0..count).map(|of| step(of, 0)));
}

fn explained(what: &str, count: u32, sent: impl Iterator<Item = Sent>) {
    let mut child = sockscope(User::Ordinary, &["explain", "--summary", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("runs");
    let began = Instant::now();
    let mut input = child.stdin.take().expect("piped");
    let given = many::write(&mut input, sent);
    // All but what stands in the pipe is followed.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let kib = most_memory(&status.unwrap_or_default(), "VmHWM") as f64;
    drop(input);
    let ended = child.wait().expect("ours");
    if given.is_err() || !ended.success() {
        println!(
            "{:<44} was not read to its end: {ended}",
            format!("{count} {what}")
        );
        return;
    }
    println!(
        "{:<44} {:>8.0} MiB, {:.0} bytes each, in {:.1} s  goal 200 MiB for 1,000,000, 1 GiB for 10,000,000; limited by 64 bytes for each and a table of endpoints",
        format!("{count} {what}, explained"),
        kib / 1024.0,
        kib * 1024.0 / f64::from(count),
        began.elapsed().as_secs_f64()
    );
}

/// A figure of /proc/PID/status, in KiB.
fn most_memory(status: &str, name: &str) -> u64 {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let value = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    value.unwrap_or(0)
}

fn help() {
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        told(User::Ordinary, &["--lang", "zh", "tcp", "--help"]);
        let whole = began.elapsed().as_nanos() as i64;
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
            let value = most_memory(&text, name);
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
        added.extend(one_way(&run).iter().map(|way| way.1 - run.delay));
        late.extend(run.late);
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

/// How much the wire carries when nothing is asked of it but that: alone, and with everything that looks on.
fn carries(user: User) {
    let place = folder();
    let file = place.path().join("run.pcapng");
    let (mut bare, mut watched, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, so that what else the machine does meets both.
    for _ in 0..4 {
        bare.push(iperf(user, &["--bare"]));
        watched.push(iperf(user, &["--save", &file.to_string_lossy()]));
        let run = recording(&file);
        let share = 100.0 * run.frames.len() as f64 / (run.frames.len() as u64 + run.missed) as f64;
        shares.push(format!("{share:.0} %"));
    }
    let best = |rates: &[f64]| rates.iter().copied().fold(0.0, f64::max);
    let all = |rates: &[f64]| {
        let rates: Vec<String> = rates.iter().map(|rate| format!("{rate:.2}")).collect();
        rates.join(", ")
    };
    println!(
        "{:<44} best {:>6.2} Gbit/s of {}  goal 1.5 Gbit/s; limited by the relay's thread, in which both kernels do most of their TCP; {}",
        "TCP through the wire alone (lab --bare)",
        best(&bare),
        all(&bare),
        load()
    );
    println!(
        "{:<44} best {:>6.2} Gbit/s of {}  goal 1.5 Gbit/s; limited by the story, which has a processor for itself and falls behind: the sniffers saw {} of the frames (see below)",
        "TCP, with sniffers, states, story and saving",
        best(&watched),
        all(&watched),
        shares.join(", ")
    );
}

/// Three seconds of iperf3 without delay: Gbit/s.
fn iperf(user: User, flags: &[&str]) -> f64 {
    let mut args = vec!["lab", "--delay", "0", "--server", "iperf3 -s -1 -f k"];
    args.extend(["--client", "iperf3 -c server -t 3 -f k"]);
    args.extend(flags);
    let got = sockscope(user, &args).output().expect("it runs");
    let programs = support::text(&got.stderr);
    let last = programs.lines().rfind(|line| line.ends_with("receiver"));
    let words: Vec<&str> = last.unwrap_or_default().split_whitespace().collect();
    let rate = words.windows(2).find(|pair| pair[1] == "Kbits/sec");
    let kbits = rate.and_then(|pair| pair[0].parse::<f64>().ok());
    kbits.map_or(f64::NAN, |kbits| kbits / 1e6)
}

/// What else the machine does: its load averages, a processor counting 1.
fn load() -> String {
    let mut text = String::new();
    let read = File::open("/proc/loadavg").and_then(|mut file| file.read_to_string(&mut text));
    let one = text.split(' ').next().filter(|_| read.is_ok());
    format!("load {}", one.unwrap_or("?"))
}

/// How many frames a second the story follows without a gap, saved as well: more and more datagrams are offered.
fn follows(user: User) {
    let mut said = Vec::new();
    for offered in ["100M", "200M", "400M", "600M"] {
        let place = folder();
        let file = place.path().join("run.pcapng");
        let path = file.to_string_lossy();
        datagrams(
            user,
            &["--delay", "1ms", "--quiet", "--save", &path],
            offered,
        );
        let run = recording(&file);
        let (first, last) = (run.first, run.last);
        let rate = run.late.len() as f64 * 1e9 / (last - first).max(1) as f64;
        said.push(format!("{rate:.0} ({} missed)", run.missed));
    }
    println!(
        "{:<44} {}  limited by the telling, some 20 µs a frame, on one processor; {}",
        "frames/s that the story follows, saved",
        said.join(", "),
        load()
    );
}

/// 10,000 frames a second by the kernel's stamps at both ends: how far each is from the delay that was asked for.
fn timing(user: User) {
    let mut errors = Vec::new();
    let mut missed = 0;
    for _ in 0..3 {
        let place = folder();
        let file = place.path().join("run.pcapng");
        let path = file.to_string_lossy();
        let flags = ["--delay", "5ms", "--quiet", "--save", &path];
        // 113 Mbit/s of payload in pieces of 1400 bytes are some 10,100 a second.
        datagrams(user, &flags, "113M");
        let run = recording(&file);
        missed += run.missed;
        errors.extend(one_way(&run).iter().map(|way| way.1 - run.delay));
    }
    figure(
        "delay error at 10,000 frames/s",
        errors,
        "µs",
        "p99 1 ms",
        "the relay's turn on a processor",
    );
    println!("{:<44} {missed} missed by sniffers or wire; {}", "", load());
}

/// A rate is kept: 120 Mbit/s are 10,000 frames of 1500 bytes a second, by the receiver's kernel's stamps.
fn rate(user: User) {
    for (rate, offered, bits) in [("120mbit", "150M", 120e6), ("2mbit", "4M", 2e6)] {
        let place = folder();
        let file = place.path().join("run.pcapng");
        let path = file.to_string_lossy();
        let flags = ["--rate", rate, "--delay", "5ms", "--quiet", "--save", &path];
        datagrams(user, &flags, offered);
        let run = recording(&file);
        // The wire is full from the first to the last of them; the ends are left out.
        let mut came: Vec<(i64, u32)> = one_way(&run)
            .into_iter()
            .filter(|(.., len)| *len > 1_000)
            .map(|(at, _, len)| (at, len))
            .collect();
        came.sort_unstable();
        let middle = &came[came.len() / 10..came.len() * 9 / 10];
        let ns = middle.last().map_or(0, |last| last.0 - middle[0].0);
        let sent: u64 = middle
            .iter()
            .skip(1)
            .map(|(_, len)| u64::from(*len) * 8)
            .sum();
        let measured = sent as f64 * 1e9 / ns as f64;
        println!(
            "{:<44} {:>8.3} Mbit/s, {:+.3} %  of {} frames  goal within 2 %; limited by the timer's precision; {} missed",
            format!("--rate {rate}, by the receiver's stamps"),
            measured / 1e6,
            100.0 * (measured / bits - 1.0),
            middle.len(),
            run.missed
        );
    }
}

/// Three seconds of datagrams from client to server.
fn datagrams(user: User, flags: &[&str], rate: &str) {
    let client = format!("iperf3 -u -c server -t 3 -l 1400 -b {rate}");
    let mut args = vec!["lab", "--server", "iperf3 -s -1", "--client", &client];
    args.extend(flags);
    told(user, &args);
}

/// Frames that were seen at both ends: when each arrived, how long it was under way, its length.
fn one_way(run: &Recording) -> Vec<(i64, i64, u32)> {
    let mut left: BTreeMap<u64, std::collections::VecDeque<i64>> = BTreeMap::new();
    let mut ways = Vec::new();
    for frame in &run.frames {
        let sent = left.entry(frame.digest).or_default();
        if frame.sent {
            sent.push_back(frame.at);
        } else if let Some(then) = sent.pop_front() {
            ways.push((frame.at, frame.at - then, frame.len));
        }
    }
    ways
}

/// An echo through the wire without delay, there and back.
fn ping(user: User) {
    for (name, flags) in [
        ("ping through the wire alone", &["--bare"] as &[&str]),
        ("ping, with sniffers and story", &["--quiet"]),
    ] {
        let mut args = vec![
            "lab",
            "--delay",
            "0",
            "--client",
            "ping -c 300 -i 0.005 server",
        ];
        args.extend(flags);
        let got = sockscope(user, &args).output().expect("it runs");
        let times = support::text(&got.stderr)
            .lines()
            .filter_map(|line| {
                let ms = line.split("time=").nth(1)?.split(' ').next()?;
                Some((ms.parse::<f64>().ok()? * 1e6) as i64)
            })
            .collect();
        figure(
            name,
            times,
            "µs",
            "130 to 200 µs",
            "waking the relay twice and the program twice",
        );
    }
}

#[derive(Default)]
struct Recording {
    frames: Vec<SeenFrame>,
    late: Vec<i64>,
    /// Frames that a sniffer or the wire missed.
    missed: u64,
    delay: i64,
    first: i64,
    last: i64,
}

struct SeenFrame {
    at: i64,
    len: u32,
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
                len: frame.orig_len,
                sent: frame.direction == Direction::Sent,
                digest: digest(&frame.bytes),
            }),
            Fact::Delivery(delivery) => all.late.push(delivery.at.since(delivery.due).ns()),
            Fact::Hole(hole) => {
                if hole.kind == HoleKind::Missed {
                    all.missed += hole.frames;
                }
                continue;
            }
            Fact::Fate(fate) => {
                if let Verdict::Overrun { frames } = fate.verdict {
                    all.missed += frames;
                }
                continue;
            }
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
