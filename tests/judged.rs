//! A capture is judged before it is told, the causes of one packet are weighed on request, and what is printed as JSON is as its
//! schema says: by the binary, over captures of our own and over one that is written here.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

#[path = "support/schema.rs"]
mod schema;

use schema::Schema;

fn run(args: &[&str]) -> Output {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(args)
        .env_clear()
        .current_dir(captures)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

fn printed(args: &[&str]) -> String {
    let got = run(args);
    assert!(got.status.success(), "{args:?}: {got:?}");
    String::from_utf8(got.stdout).expect("UTF-8")
}

/// What is said on standard error of what is refused.
fn refused(args: &[&str]) -> String {
    let got = run(args);
    assert_eq!(got.status.code(), Some(2), "{args:?}: {got:?}");
    String::from_utf8(got.stderr).expect("UTF-8")
}

fn objects(args: &[&str]) -> Vec<Value> {
    let lines = printed(args);
    let read = |line: &str| serde_json::from_str(line).expect("an object");
    lines.lines().map(read).collect()
}

const CAPTURES: [&str; 7] = [
    "four.pcap",
    "lost-data.pcap",
    "nagle.pcapng",
    "nodelay.pcapng",
    "reset.pcap",
    "run.pcapng",
    "zero-window.pcap",
];

#[test]
fn what_is_printed_as_json_is_as_the_schema_says() {
    let ours = Schema::ours();
    let said: Value = serde_json::from_str(&printed(&["help", "json", "--schema"])).expect("JSON");
    assert_eq!(said["$defs"].as_object(), Some(ours.definitions()));
    let mut all = Vec::new();
    for capture in CAPTURES {
        all.extend(objects(&["explain", capture, "--format", "json"]));
        for number in ["1", "4", "7"] {
            all.extend(objects(&[
                "explain", capture, "--why", number, "--format", "json",
            ]));
        }
    }
    all.extend(objects(&[
        "compare",
        "nagle.pcapng",
        "nodelay.pcapng",
        "--format",
        "json",
    ]));
    assert!(all.len() > 200, "{}", all.len());
    for object in &all {
        assert_eq!(ours.faults(object), [""; 0], "{object}");
    }
    // The check itself sees what is wrong.
    let mut packet = all.remove(0);
    packet["surprise"] = 1.into();
    assert!(!ours.faults(&packet).is_empty());
    packet = serde_json::json!({"moment": "summary", "packets": -1});
    assert!(ours.faults(&packet).len() > 1);
}

#[test]
fn every_member_of_the_schema_is_explained() {
    let ours = Schema::ours();
    for lang in ["en", "zh"] {
        let help = printed(&["--lang", lang, "help", "json"]);
        let words: Vec<&str> = help
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .collect();
        for name in [
            "call",
            "packet",
            "summary",
            "expectation",
            "why",
            "evidence",
            "compared",
            "difference",
            "run",
            "cell",
        ] {
            let members = ours.definitions()[name]["properties"]
                .as_object()
                .expect("members");
            for member in members.keys() {
                assert!(words.contains(&member.as_str()), "{lang}: {name}.{member}");
            }
        }
        for judgement in ours.definitions()["judgement"]["oneOf"]
            .as_array()
            .expect("a list")
        {
            let members = judgement["properties"].as_object().expect("members");
            let name = members["judgement"]["const"].as_str().expect("a name");
            assert!(words.contains(&name), "{lang}: {name}");
            for member in members.keys() {
                assert!(words.contains(&member.as_str()), "{lang}: {name}.{member}");
            }
        }
    }
}

#[test]
fn the_causes_of_a_packet_are_weighed() {
    let again = objects(&["explain", "lost-data.pcap", "--format", "json"])
        .into_iter()
        .find(|packet| packet["why"]["recovery"].is_string())
        .expect("something is sent again");
    let number = again["number"].to_string();
    let recovery = again["why"]["recovery"].as_str().expect("a cause");
    let weighed = objects(&[
        "explain",
        "lost-data.pcap",
        "--why",
        &number,
        "--format",
        "json",
    ]);
    let [weighed] = &weighed[..] else {
        panic!("{weighed:?}")
    };
    assert_eq!(weighed["why"], again["why"]);
    let candidates = weighed["candidates"].as_array().expect("a list");
    let standing = |is: &str| {
        candidates
            .iter()
            .filter(|one| one["standing"] == is)
            .count()
    };
    assert_eq!(standing("told"), 1, "{weighed}");
    assert!(standing("excluded") >= 5, "{weighed}");
    let told = candidates
        .iter()
        .find(|one| one["standing"] == "told")
        .expect("one");
    assert!(
        told["evidence"]
            .as_object()
            .is_some_and(|all| !all.is_empty())
    );
    assert_eq!(told["name"], recovery);
    for (lang, words) in [("en", ["told", "ruled out"]), ("zh", ["采用", "排除"])] {
        let rows = printed(&[
            "--lang",
            lang,
            "explain",
            "lost-data.pcap",
            "--why",
            &number,
        ]);
        for word in words {
            assert!(rows.contains(word), "{rows}");
        }
        // One row for each: the name stands in one line with what came of it.
        assert_eq!(
            rows.matches(words[1]).count(),
            standing("excluded"),
            "{rows}"
        );
    }
}

#[test]
fn nothing_unusual_is_said_to_be_that() {
    let said = printed(&["explain", "four.pcap", "--why", "1"]);
    assert_eq!(
        said.lines()
            .filter(|line| line.contains("Nothing is unusual"))
            .count(),
        1,
        "{said}"
    );
    assert!(said.contains("a SYN"), "{said}");
    let said = refused(&["explain", "four.pcap", "--why", "9999"]);
    assert!(said.contains("no packet 9999"), "{said}");
}

#[test]
fn why_goes_with_nothing_that_asks_for_something_else() {
    for more in [
        &["--stream", "0"][..],
        &["--filter", "tcp"],
        &["--frame", "1"],
        &["--plot", "x.svg"],
        &["--chart"],
        &["--save", "x.pcapng"],
        &["--step"],
        &["--summary"],
        &["--all"],
    ] {
        let args = [&["explain", "four.pcap", "--why", "1"], more].concat();
        let said = refused(&args);
        assert!(said.contains("--why") && said.contains(more[0]), "{said}");
    }
    let said = refused(&["help", "faults", "--schema"]);
    assert!(said.contains("help json --schema"), "{said}");
}

/// A pcapng file of this one frame, seen twice, whose sniffer says that it dropped `drops` packets.
fn written(name: &str, drops: Option<u64>) -> PathBuf {
    let block = |kind: u32, body: &[u8]| {
        let total = u32::try_from(body.len() + 12).expect("short").to_le_bytes();
        [&kind.to_le_bytes()[..], &total, body, &total].concat()
    };
    let mut file = block(
        0x0a0d_0d0a,
        b"\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
    );
    // Raw IP: a SYN of 10.0.0.1:40000 to 10.0.0.2:80.
    file.extend(block(1, b"\x65\0\0\0\0\0\x04\0"));
    let syn = b"\x45\0\0\x28\0\x01\x40\0\x40\x06\x26\xcd\x0a\0\0\x01\x0a\0\0\x02\x9c\x40\0\x50\0\0\0\x01\0\0\0\0\x50\x02\xfa\xf0\x19\x2b\0\0";
    for at in [1_000_000_u32, 1_000_008] {
        let head = [0, 0, at, 40, 40].map(u32::to_le_bytes).concat();
        file.extend(block(6, &[&head[..], syn].concat()));
    }
    if let Some(drops) = drops {
        let option = |code: u16, value: u64| {
            [
                &code.to_le_bytes()[..],
                &8_u16.to_le_bytes(),
                &value.to_le_bytes(),
            ]
            .concat()
        };
        let body = [vec![0; 12], option(5, drops), option(7, 2), vec![0; 4]].concat();
        file.extend(block(5, &body));
    }
    let path = std::env::temp_dir().join(format!("sockscope-judged-{}-{name}", std::process::id()));
    let mut to = std::fs::File::create(&path).expect("written");
    to.write_all(&file).expect("written");
    path
}

#[test]
fn only_its_own_statistics_say_that_a_sniffer_dropped_packets() {
    for (drops, says) in [(None, false), (Some(5), true)] {
        let path = written(&format!("{drops:?}"), drops);
        let file = path.to_str().expect("UTF-8");
        let summary = printed(&["explain", file]);
        assert_eq!(summary.contains("it dropped 7 packets"), says, "{summary}");
        let told = objects(&["explain", file, "--format", "json"]);
        let capture = &told.last().expect("a summary")["capture"];
        let dropped = |one: &Value| one["judgement"] == "dropped" && one["packets"] == 7;
        let all = capture.as_array().expect("a list");
        assert_eq!(all.iter().any(dropped), says, "{capture}");
        std::fs::remove_file(&path).expect("ours");
    }
}

#[test]
fn a_summary_as_json_is_as_the_schema_says_and_as_the_table_counts() {
    let ours = schema::Schema::ours();
    let path = written("overview", None);
    let file = path.to_str().expect("UTF-8");
    let told = objects(&["explain", file, "--summary", "--format", "json"]);
    for object in &told {
        assert_eq!(ours.faults(object), Vec::<String>::new());
    }
    let kinds: Vec<_> = told.iter().map(|one| one["moment"].clone()).collect();
    assert_eq!(kinds, ["capture", "connection"]);
    assert_eq!(told[0]["packets"], 2);
    assert_eq!(told[0]["carried"]["TCP"], 2);
    assert_eq!(told[0]["capture"][0]["judgement"], "copies");
    assert_eq!(told[0]["outcomes"]["unanswered"], 1);
    assert_eq!(told[1]["opened"], "unanswered");
    assert_eq!(told[1]["opener"]["copies"], 1);
    let said = refused(&["explain", file, "--summary", "--format", "lines"]);
    assert!(said.contains("--format json"), "{said}");
    std::fs::remove_file(&path).expect("ours");
}

#[test]
fn a_capture_is_judged_before_its_story() {
    let path = written("story", None);
    let file = path.to_str().expect("UTF-8");
    for more in [
        &["--stream", "0"][..],
        &["--format", "lines"],
        &["--filter", "tcp"],
    ] {
        let told = printed(&[&["explain", file], more].concat());
        let judged = told.find("is in this file twice").expect("judged");
        let story = told.find("SYN").filter(|at| *at > judged);
        assert!(story.is_some() || more[0] == "--filter", "{told}");
    }
    // What comes through a pipe is told as it comes, and judged when it is over.
    let piped = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(["explain", "-", "--format", "lines"])
        .stdin(std::fs::File::open(&path).expect("there"))
        .output()
        .expect("the binary runs");
    let told = String::from_utf8(piped.stdout).expect("UTF-8");
    let (story, judged) = (told.find("SYN"), told.find("is in this file twice"));
    assert!(story.is_some() && story < judged, "{told}");
    std::fs::remove_file(&path).expect("ours");
}

#[test]
fn our_own_recordings_are_not_judged() {
    let told = objects(&["explain", "run.pcapng", "--format", "json"]);
    assert!(told.last().expect("a summary").get("capture").is_none());
}
