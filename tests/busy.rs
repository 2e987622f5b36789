//! A machine that is too busy: it is said, what it accounts for is not judged, and what is wrong fails none the less. The
//! machine is made late for certain: the whole process is stopped for a while in the middle of its run.
#![allow(
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use support::{User, folder, sockscope, text};

/// How long the process is stopped: that much and more than the wire holds a frame.
const STOPPED: Duration = Duration::from_millis(700);

/// Runs it with this folder, stops it when its client has begun to connect, lets it go on; what it printed, and how it
/// ended.
fn stopped(args: &[&str]) -> (Vec<Value>, Option<i32>) {
    let mut child = sockscope(User::Ordinary, args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let pid = Pid::from_raw(child.id().cast_signed());
    let mut objects = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let object: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if object["name"] == "connect" && object["phase"] == "begun" {
            kill(pid, Signal::SIGSTOP).expect("ours");
            std::thread::sleep(STOPPED);
            kill(pid, Signal::SIGCONT).expect("ours");
        }
        objects.push(object);
    }
    (objects, child.wait().unwrap().code())
}

#[test]
fn late_arrivals_are_marked_and_summed_up() {
    let args = [
        "tcp",
        "--message",
        "x",
        "--delay",
        "200ms",
        "--format",
        "json",
    ];
    let (objects, code) = stopped(&args);
    assert_eq!(code, Some(0));
    let late: Vec<f64> = objects
        .iter()
        .filter_map(|one| one["late_ms"].as_f64())
        .collect();
    let most = late.iter().copied().fold(0.0, f64::max);
    assert!(most > 300.0, "{late:?}");
    let summary = &objects.last().unwrap()["late"];
    assert_eq!(summary["frames"].as_u64(), Some(late.len() as u64));
    assert_eq!(summary["wire_ms"].as_f64(), Some(most));
}

#[test]
fn a_recording_says_that_it_was_late_as_the_run_did() {
    let place = folder();
    let file = place.path().join("run.pcapng");
    let file = file.to_str().unwrap();
    let run = [
        "tcp",
        "--message",
        "x",
        "--delay",
        "200ms",
        "--format",
        "json",
        "--save",
        file,
    ];
    stopped(&run);
    let said = |lang, args: &[&str]| {
        let got = sockscope(User::Ordinary, &[args, &["--lang", lang][..]].concat())
            .output()
            .unwrap();
        text(&got.stdout)
    };
    let ladder = said("en", &["explain", file]);
    assert!(ladder.contains(" late "), "{ladder}");
    assert!(
        ladder.contains("late (") && ladder.contains("this machine is busy"),
        "{ladder}"
    );
    let lines = said("zh", &["explain", file, "--format", "lines"]);
    assert!(
        lines.contains(" 迟 ") && lines.contains("本机正忙"),
        "{lines}"
    );
}

/// Writes a lesson of these expectations.
fn lesson(at: &Path, expectations: &str) {
    let toml = format!(
        "format_version = 1\nplace = \"wire\"\n[wire]\ndelay = \"200ms\"\n\
         [server]\nscript = \"\"\"\nlisten 7070 backlog 5\naccept\nrecv until eof\nquickack\nclose\n\"\"\"\n\
         [client]\nscript = \"\"\"\nconnect\nclose\n\"\"\"\n{expectations}"
    );
    fs::write(at.join("lesson.toml"), toml).unwrap();
    let text = "# x\n\n## before\nx\n\n## after\nx\n";
    fs::write(at.join("en.md"), text).unwrap();
    for file in ["lesson.toml", "en.md"] {
        fs::set_permissions(at.join(file), fs::Permissions::from_mode(0o644)).unwrap();
    }
}

/// A round trip in time, which this wire gives on a machine that is in time.
const IN_TIME: &str = "[[expect]]\nid = \"in-time\"\n\
    time = { from = \"client calls connect\", to = \"client returns connect\", is = \"<= rtt+100ms\" }\n";
/// What no machine gives.
const WRONG_COUNT: &str = "[[expect]]\nid = \"wrong\"\nof = \"any > any  FIN …\"\ncount = 0\n";
/// As little: half a round trip, which no lateness accounts for.
const WRONG_TIME: &str = "[[expect]]\nid = \"wrong\"\n\
    time = { from = \"client calls connect\", to = \"client returns connect\", is = \"<= 10ms\" }\n";

#[test]
fn what_lateness_accounts_for_is_not_judged_and_what_is_wrong_fails_none_the_less() {
    for (expectations, results, ends) in [
        (IN_TIME.to_owned(), &["too-busy"][..], 3),
        (
            format!("{IN_TIME}{WRONG_COUNT}"),
            &["too-busy", "failed"],
            1,
        ),
        (format!("{IN_TIME}{WRONG_TIME}"), &["too-busy", "failed"], 1),
    ] {
        let place = folder();
        lesson(place.path(), &expectations);
        let path = place.path().to_str().unwrap();
        let (objects, code) = stopped(&["lesson", path, "--no-ask", "--format", "json"]);
        let expectations = objects.iter().filter(|one| one["moment"] == "expectation");
        let found: Vec<_> = expectations
            .filter_map(|one| one["result"].as_str())
            .collect();
        assert_eq!((&found[..], code), (results, Some(ends)));
        let late = objects.iter().find(|one| one["result"] == "too-busy");
        assert!(late.unwrap()["late_ms"].as_f64() > Some(300.0));
    }
}
