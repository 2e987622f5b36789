//! The whole course beside processes that compute: what held, what a busy machine kept from being judged, what failed.

use std::collections::BTreeMap;
use std::process::{Child, Command};
use std::time::Instant;

use super::support::{User, sockscope, text};

/// Processes that want a processor all the time.
const BUSY: usize = 8;

/// One that computes until this is dropped.
struct BusyProcess(Child);

impl BusyProcess {
    fn start() -> Self {
        let spins = Command::new("sh")
            .args(["-c", "while :; do :; done"])
            .spawn();
        Self(spins.expect("sh runs"))
    }
}

impl Drop for BusyProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Checks the course so many times, prints what came of it, and panics where a lesson failed.
pub fn beside_busy_processes(runs: u32) {
    let _busy: Vec<BusyProcess> = (0..BUSY).map(|_| BusyProcess::start()).collect();
    let began = Instant::now();
    // By mark, how often; by lesson, how often it was not judged.
    let (mut marks, mut undecided) = (BTreeMap::new(), BTreeMap::new());
    let mut failures = Vec::new();
    for _ in 0..runs {
        let got = sockscope(User::Ordinary, &["lesson", "check", "all"])
            .output()
            .expect("the binary runs");
        let (said, complained) = (text(&got.stdout), text(&got.stderr));
        for line in said
            .lines()
            .filter(|line| line.contains(" expectations held, "))
        {
            let mut words = line.split_whitespace();
            let (mark, lesson) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            *marks.entry(mark.to_owned()).or_insert(0_u32) += 1;
            if mark == "?" {
                *undecided.entry(lesson.to_owned()).or_insert(0_u32) += 1;
            }
        }
        if !matches!(got.status.code(), Some(0 | 3)) {
            eprintln!("FAILED: {}\n{said}{complained}", got.status);
            failures.push(said);
        }
    }
    let of = |mark: &str| marks.get(mark).copied().unwrap_or(0);
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!(
        "the course beside {BUSY} busy processes on {processors} processors: {runs} runs, {} ✓, {} ?, {} ✗ ({:.2} % not judged), {:.1} s",
        of("✓"),
        of("?"),
        of("✗"),
        f64::from(of("?")) * 100.0 / f64::from(of("✓") + of("?") + of("✗")),
        began.elapsed().as_secs_f64()
    );
    for (lesson, times) in undecided {
        println!("    not judged: {lesson} {times}");
    }
    assert!(
        failures.is_empty(),
        "{} of {runs} runs failed",
        failures.len()
    );
}
