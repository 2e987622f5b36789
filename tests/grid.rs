//! A grid of real runs, as root and as an ordinary user: the same seed means the same fates over both transports, every
//! run is accounted for, and what cannot be run is refused.
#![allow(
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{User, folder, objects, run_by, sockscope, text, told, users};

/// Two sizes, whole and lossy; ten messages fit into a receive buffer together, whoever is kept from reading.
const GRID: [&str; 15] = [
    "compare", "--sizes", "100,9000", "--losses", "0,20", "--seeds", "2", "--seed", "5", "--count",
    "10", "--delay", "2ms", "--format", "json",
];

/// A grid's objects of this kind.
fn of_kind(all: &[Value], kind: &str) -> Vec<Value> {
    let own = all.iter().filter(|object| object["grid"] == kind);
    own.cloned().collect()
}

/// What a run was, without its transport.
fn place(run: &Value) -> (u64, String, u64) {
    let number = |name: &str| run[name].as_u64().expect("a number");
    (
        number("size"),
        run["loss_percent"].to_string(),
        number("seed"),
    )
}

/// The client's lost frames, as far as both runs have that many.
fn lost(run: &Value, other: &Value) -> Vec<u64> {
    let frames = |run: &Value| run["frames"]["client"].as_u64().expect("counted");
    let both = frames(run).min(frames(other));
    let lost = run["lost"]["client"].as_array().expect("listed").iter();
    lost.filter_map(Value::as_u64)
        .filter(|number| *number <= both)
        .collect()
}

#[test]
fn the_same_seed_means_the_same_fates_over_both_transports() {
    for user in users() {
        let all = objects(&told(user, &GRID));
        let runs = of_kind(&all, "run");
        assert_eq!((runs.len(), all.len()), (16, 24), "{user:?}");
        let (tcp, udp): (Vec<_>, Vec<_>) =
            runs.into_iter().partition(|run| run["transport"] == "TCP");
        let mut compared = 0;
        for tcp in &tcp {
            let udp = udp.iter().find(|udp| place(udp) == place(tcp)).unwrap();
            assert_eq!(lost(tcp, udp), lost(udp, tcp), "{user:?}\n{tcp}\n{udp}");
            compared += lost(tcp, udp).len();
        }
        // Of seven fragments each, ten messages, two seeds, a fifth.
        assert!(compared > 10, "{user:?}: hardly anything was lost");
        for run in tcp
            .iter()
            .chain(&udp)
            .filter(|run| run["loss_percent"] == 0.0)
        {
            assert_eq!(run["ended"], "done", "{user:?}: {run}");
            assert_eq!(run["bytes"], run["sent_bytes"], "{user:?}: {run}");
            assert!(
                run["lost"]["client"].as_array().unwrap().is_empty(),
                "{run}"
            );
        }
        for run in &udp {
            assert_eq!(
                (&run["ended"], &run["unread"]),
                (&"done".into(), &0.into()),
                "{run}"
            );
            // A message of 100 bytes is one frame: what was not lost came, each once.
            if run["size"] == 100 {
                let lost = run["lost"]["client"].as_array().unwrap().len() as u64;
                assert_eq!(run["bytes"], (10 - lost) * 100, "{user:?}: {run}");
            }
        }
        let again = of_kind(&objects(&told(user, &GRID)), "run");
        let again: Vec<_> = again
            .iter()
            .filter(|run| run["transport"] == "UDP")
            .collect();
        for (first, second) in udp.iter().zip(again) {
            for same in ["frames", "lost", "bytes"] {
                assert_eq!(first[same], second[same], "{user:?}: {same}");
            }
        }
    }
}

#[test]
fn each_cell_sums_up_its_runs() {
    for user in users() {
        let all = objects(&told(user, &GRID));
        let runs = of_kind(&all, "run");
        for cell in of_kind(&all, "cell") {
            let own = runs.iter().filter(|run| {
                ["size", "loss_percent", "transport"]
                    .iter()
                    .all(|name| run[name] == cell[name])
            });
            let mut goodput: Vec<u64> = own
                .map(|run| run["goodput_bit_s"].as_u64().unwrap())
                .collect();
            goodput.sort_unstable();
            assert_eq!(
                (&cell["runs"], &cell["of"]),
                (&2.into(), &2.into()),
                "{cell}"
            );
            let middle = goodput[0] + (goodput[1] - goodput[0]) / 2;
            assert_eq!(cell["goodput_bit_s"]["median"], middle, "{user:?}: {cell}");
        }
    }
}

#[test]
fn a_copy_of_a_datagram_is_not_delivered_twice() {
    for user in users() {
        let faults = ["--fault", "lose datagram 2", "--fault", "duplicate 100%"];
        let mut args = vec![
            "compare", "--sizes", "1,100", "--losses", "0", "--seeds", "1",
        ];
        args.extend(["--count", "4", "--delay", "2ms", "--format", "json"]);
        args.extend(faults);
        let runs = of_kind(&objects(&told(user, &args)), "run");
        let udp: Vec<_> = runs
            .iter()
            .filter(|run| run["transport"] == "UDP")
            .collect();
        assert_eq!(udp.len(), 2);
        for run in udp {
            assert_eq!(run["delivered"], 0.75, "{user:?}: {run}");
        }
    }
}

#[test]
fn a_run_that_does_not_end_in_time_is_shown_as_such() {
    for user in users() {
        let mut args = vec![
            "compare", "--sizes", "10", "--losses", "100", "--seeds", "2",
        ];
        args.extend(["--within", "300ms", "--delay", "1ms", "--lang", "en"]);
        let said = told(user, &args);
        assert!(
            said.contains("2 of 2 runs had not ended after 300 ms"),
            "{user:?}: {said}"
        );
        assert!(said.contains(">300 ms"), "{user:?}: {said}");
        assert!(
            said.contains("in 2 of 2 runs nothing arrived"),
            "{user:?}: {said}"
        );
    }
}

#[test]
fn what_cannot_be_run_is_one_clear_error() {
    let lines: [(&[&str], &str, &str); 9] = [
        (&["--sizes", "0"], "0 is not between 1 and", "0 不在 1 到"),
        (&["--sizes", "1,a"], "not a whole number", "不是整数"),
        (&["--sizes", "1,"], "not a whole number", "不是整数"),
        (
            &["--sizes", "1", "--losses", "101"],
            "not a percentage",
            "百分数",
        ),
        (
            &["--sizes", "1", "--losses", "1,x"],
            "not a percentage",
            "百分数",
        ),
        (
            &["--losses", "1"],
            "--sizes <LIST> is missing",
            "缺少 --sizes",
        ),
        (
            &["--sizes", "1", "--bytes", "3"],
            "cannot go together",
            "不能与",
        ),
        (
            &["--sizes", "1", "--format", "bytes"],
            "cannot go together",
            "不能与",
        ),
        (
            &["--sizes", "1,65508"],
            "65507 bytes of payload at most",
            "最多 65507",
        ),
    ];
    for (line, en, zh) in lines {
        for (lang, words) in [("en", en), ("zh", zh)] {
            let mut args = vec!["--lang", lang, "compare"];
            args.extend(line);
            let got = sockscope(User::Ordinary, &args).output().expect("runs");
            let said = text(&got.stderr);
            assert_eq!(got.status.code(), Some(2), "{line:?}: {said}");
            assert!(got.stdout.is_empty(), "{line:?}");
            assert!(said.contains(words), "{line:?}: {said}");
            assert!(said.lines().count() <= 3, "{line:?}: {said}");
        }
    }
}

#[test]
fn ctrl_c_ends_a_grid_at_once_with_what_is_known() {
    for user in users() {
        let place = folder();
        let plot = place.path().join("grid.svg");
        let path = plot.to_string_lossy();
        let mut args = vec![
            "compare", "--sizes", "1", "--losses", "0", "--seeds", "1000",
        ];
        args.extend(["--lang", "en", "--plot", &path]);
        let child = sockscope(user, &args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        // The picture's place is claimed when the runs begin: some of them, of two thousand, are made in a second.
        let begun = Instant::now();
        while !plot.exists() {
            assert!(begun.elapsed() < Duration::from_secs(20), "it never began");
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_secs(1));
        let pid = child.id().to_string();
        let stopped = Instant::now();
        run_by(User::Root, "kill")
            .args(["-INT", &pid])
            .status()
            .expect("kill runs");
        let got = child.wait_with_output().expect("ends");
        let took = stopped.elapsed();
        let said = text(&got.stdout);
        assert!(took < Duration::from_secs(2), "{user:?}: {took:?}");
        assert_eq!(got.status.code(), Some(130), "{}", text(&got.stderr));
        assert!(got.stderr.is_empty(), "{}", text(&got.stderr));
        // What is known depends on the machine; what was said and what was drawn go together.
        let drawn = std::fs::read_to_string(&plot).unwrap_or_default();
        assert_eq!(
            said.contains("of 1000 runs so far"),
            drawn.contains("</svg>"),
            "{said}"
        );
        assert_eq!(said.is_empty(), !plot.exists(), "{said}");
    }
}
