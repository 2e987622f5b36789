//! What flakes would hide in, again and again: `scripts/soak` runs this (it is ignored otherwise).
//!
//! - here: the handshake and the closes; [`fates`]: the wire's rules; [`causes`], with [`mix`] and [`truth`]: whether `explain`
//!   finds from one vantage what the wire did; [`course`]: all lessons beside processes that compute; [`memory`]: much
//!   traffic; [`kills`]: `kill -9` at any
//!   moment
//!
//! The handshake lesson and each of the four closes, a hundred times each, as root and as an ordinary user,
//! on a quiet machine and with every core busy, four labs at a time; and the whole course, twenty times each. How a connection closed is judged here from flags and
//! acknowledgement numbers alone, not by what the program under test says about it.
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

#[path = "soak/causes.rs"]
mod causes;
#[path = "soak/course.rs"]
mod course;
#[path = "soak/fates.rs"]
mod fates;
#[path = "soak/kills.rs"]
mod kills;
#[path = "soak/memory.rs"]
mod memory;
#[path = "soak/mix.rs"]
mod mix;
mod support;
#[path = "soak/truth.rs"]
mod truth;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use serde_json::Value;
use support::{User, packets, sockscope, text, users};

/// Runs of each kind; `SOCKSCOPE_SOAK` says another number.
const RUNS: u32 = 100;
/// Labs at a time.
const AT_ONCE: usize = 4;

/// A kind of run: its name, its command line, and what is wrong with its packets.
type Kind = (
    &'static str,
    &'static [&'static str],
    fn(&[Value]) -> Result<(), String>,
);

const KINDS: [Kind; 5] = [
    (
        "lesson handshake",
        &["lesson", "check", "handshake"],
        |_| Ok(()),
    ),
    (
        "close four",
        &[
            "tcp",
            "--close",
            "four",
            "--message",
            "hello",
            "--format",
            "json",
        ],
        four,
    ),
    (
        "close three",
        &[
            "tcp",
            "--close",
            "three",
            "--message",
            "hello",
            "--format",
            "json",
        ],
        three,
    ),
    (
        "close half",
        &[
            "tcp",
            "--close",
            "half",
            "--message",
            "hello",
            "--format",
            "json",
        ],
        half,
    ),
    (
        "close reset",
        &[
            "tcp",
            "--close",
            "reset",
            "--message",
            "hello",
            "--format",
            "json",
        ],
        reset,
    ),
];

/// The whole course; it runs many labs at a time by itself, so a fifth of the runs, one after the other.
const COURSE: Kind = ("the course", &["lesson", "check", "all"], |_| Ok(()));

/// How many runs of each kind are wanted.
fn wanted() -> u32 {
    std::env::var("SOCKSCOPE_SOAK")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(RUNS)
}

#[test]
#[ignore = "takes minutes: scripts/soak"]
fn explain_names_the_true_cause() {
    causes::causes(u64::from(wanted()) * 10);
}

#[test]
#[ignore = "takes minutes: scripts/soak"]
fn no_lesson_fails_beside_busy_processes() {
    course::beside_busy_processes(wanted() * 2);
}

#[test]
#[ignore = "takes minutes: scripts/soak"]
fn much_traffic_takes_bounded_memory() {
    // Ten gigabytes, where a hundred runs are wanted of everything else.
    memory::takes_bounded_memory(u64::from(wanted()) * 100_000_000);
}

#[test]
#[ignore = "takes minutes: scripts/soak"]
fn killed_at_any_moment_nothing_is_left() {
    kills::kills(u64::from(wanted()) * 10);
}

#[test]
#[ignore = "takes minutes: scripts/soak"]
fn soak() {
    let runs = wanted();
    everywhere(|user, how| {
        let mut failures = Vec::new();
        let few = (&COURSE, runs.div_ceil(5), 1);
        for (kind, runs, at_once) in KINDS.iter().map(|kind| (kind, runs, AT_ONCE)).chain([few]) {
            let began = Instant::now();
            let failed = repeat(runs, at_once, |_| once(user, kind));
            said(kind.0, user, how, runs, failed.len(), began);
            failures.extend(failed);
        }
        failures
    });
}

#[test]
#[ignore = "takes minutes: scripts/soak"]
fn the_same_seed_and_traffic_give_the_same_fates() {
    let runs = wanted();
    let expected: Vec<fates::Fates> = fates::KINDS
        .iter()
        .map(|(name, args)| {
            fates::once(User::Ordinary, args).unwrap_or_else(|why| panic!("{name}: {why}"))
        })
        .collect();
    everywhere(|user, how| {
        let mut failures = Vec::new();
        for ((name, args), expected) in fates::KINDS.iter().zip(&expected) {
            let began = Instant::now();
            let failed = repeat(runs, AT_ONCE, |_| {
                let seen = fates::once(user, args).map_err(|why| format!("{name}: {why}"))?;
                if seen.of_client() == expected.of_client() {
                    Ok(())
                } else {
                    Err(format!(
                        "{name}: {:?}\nnot {:?}",
                        seen.of_client(),
                        expected.of_client()
                    ))
                }
            });
            said(name, user, how, runs, failed.len(), began);
            failures.extend(failed);
        }
        failures
    });
}

#[test]
#[ignore = "takes minutes: scripts/soak"]
fn what_was_lost_is_sent_again_by_tsharks_eyes() {
    if !support::have("tshark") {
        return;
    }
    let runs = wanted();
    everywhere(|user, how| {
        let began = Instant::now();
        let failed = repeat(runs, AT_ONCE, |number| {
            fates::lost_and_resent(user, 2 + number % 8)
        });
        said("lost and resent", user, how, runs, failed.len(), began);
        failed
    });
}

#[test]
#[ignore = "takes minutes: scripts/soak"]
fn rates_delay_and_rate_hold() {
    for user in users() {
        fates::rates(user);
        fates::timing(user, wanted().div_ceil(5));
    }
}

fn repeat(
    runs: u32,
    at_once: usize,
    once: impl Fn(u32) -> Result<(), String> + Sync,
) -> Vec<String> {
    let counter = AtomicU32::new(0);
    let next = || Some(counter.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < runs);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(number) = next() {
                    if let Err(why) = once(number) {
                        // At once, and whole: a soak may be stopped before its end.
                        eprintln!("FAILED: {why}");
                        failed.lock().expect("no panic holds it").push(why);
                    }
                }
            });
        }
    });
    failed.into_inner().expect("no panic held it")
}

/// Runs something on a quiet machine and on a busy one, as root and as an ordinary user; fails when anything did.
fn everywhere(each: impl Fn(User, &str) -> Vec<String>) {
    let mut failures = Vec::new();
    for busy in [false, true] {
        let load = busy.then(Load::start);
        for user in users() {
            failures.extend(each(user, if busy { "busy" } else { "quiet" }));
        }
        drop(load);
    }
    assert!(
        failures.is_empty(),
        "{} failed; the first:\n{}",
        failures.len(),
        failures[0]
    );
}

/// One line about so many runs.
fn said(name: &str, user: User, how: &str, runs: u32, failed: usize, began: Instant) {
    println!(
        "{name:<16} {:<8} {how:<5} {runs} runs, {failed} failed, {:.1} s",
        format!("{user:?}"),
        began.elapsed().as_secs_f64()
    );
}

fn once(user: User, (name, args, judge): &Kind) -> Result<(), String> {
    let got = sockscope(user, args)
        .output()
        .map_err(|error| error.to_string())?;
    let (out, err) = (text(&got.stdout), text(&got.stderr));
    let why = if got.status.success() {
        let seen = if args.contains(&"json") {
            packets(&out)
        } else {
            Vec::new()
        };
        judge(&seen)
    } else {
        Err(got.status.to_string())
    };
    why.map_err(|why| format!("{name}, {user:?}: {why}\n{out}{err}"))
}

/// Every core is kept busy while this lives.
struct Load {
    stop: std::sync::Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Load {
    fn start() -> Self {
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let threads = (0..cores)
            .map(|_| {
                let stop = stop.clone();
                std::thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        std::hint::spin_loop();
                    }
                })
            })
            .collect();
        Self { stop, threads }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// A segment: sent by the server, flags, where it ends in its sender's numbers, ack, payload.
struct Segment<'a> {
    server: bool,
    flags: Vec<&'a str>,
    end: u64,
    ack: u64,
    len: u64,
}

impl Segment<'_> {
    fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }
}

fn segments(packets: &[Value]) -> Vec<Segment<'_>> {
    packets
        .iter()
        .filter(|packet| packet["proto"] == "TCP")
        .map(|packet| {
            let flags: Vec<&str> = packet["flags"].as_str().unwrap_or("").split(' ').collect();
            let number = |name: &str| packet[name].as_u64().unwrap_or(0);
            let takes = u64::from(flags.contains(&"FIN")) + u64::from(flags.contains(&"SYN"));
            Segment {
                server: number("sport") == 7070,
                end: number("seq") + number("len") + takes,
                ack: number("ack"),
                len: number("len"),
                flags,
            }
        })
        .collect()
}

/// The client's FIN comes first; gives what the server sent once it had it, and where that FIN ends.
fn after_the_first_fin<'a>(all: &'a [Segment<'a>]) -> Result<(Vec<&'a Segment<'a>>, u64), String> {
    let fin = all
        .iter()
        .find(|segment| segment.has("FIN"))
        .ok_or("no FIN")?;
    if fin.server {
        return Err("the server closed first".to_owned());
    }
    if all.iter().any(|segment| segment.has("RST")) {
        return Err("a RST".to_owned());
    }
    let answers: Vec<&Segment> = all
        .iter()
        .filter(|segment| segment.server && segment.ack >= fin.end)
        .collect();
    let last = answers
        .iter()
        .find(|segment| segment.has("FIN"))
        .ok_or("one FIN only")?;
    let acked = all
        .iter()
        .any(|segment| !segment.server && segment.ack >= last.end);
    if !acked {
        return Err("the server's FIN is not acknowledged".to_owned());
    }
    Ok((answers, fin.end))
}

fn four(packets: &[Value]) -> Result<(), String> {
    let all = segments(packets);
    let (answers, _) = after_the_first_fin(&all)?;
    match answers.first() {
        Some(first) if !first.has("FIN") && first.len == 0 => Ok(()),
        _ => Err("the first FIN was not acknowledged alone".to_owned()),
    }
}

fn three(packets: &[Value]) -> Result<(), String> {
    let all = segments(packets);
    let (answers, _) = after_the_first_fin(&all)?;
    match answers.first() {
        Some(first) if first.has("FIN") => Ok(()),
        _ => Err("the second FIN does not carry the first one's acknowledgement".to_owned()),
    }
}

fn half(packets: &[Value]) -> Result<(), String> {
    let all = segments(packets);
    let (answers, _) = after_the_first_fin(&all)?;
    let data = answers.iter().position(|segment| segment.len > 0);
    let fin = answers.iter().position(|segment| segment.has("FIN"));
    match (data, fin) {
        (Some(data), Some(fin)) if data <= fin && !answers[0].has("FIN") => Ok(()),
        _ => Err("the server sent nothing between the FINs".to_owned()),
    }
}

fn reset(packets: &[Value]) -> Result<(), String> {
    let all = segments(packets);
    let by_client = all
        .iter()
        .any(|segment| segment.has("RST") && !segment.server);
    let no_fin = !all.iter().any(|segment| segment.has("FIN"));
    if by_client && no_fin {
        Ok(())
    } else {
        Err("not closed by the client's RST alone".to_owned())
    }
}
