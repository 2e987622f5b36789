//! `compare`, line by line: two files, and two runs with and without a setting in the real lab, as root and as an
//! ordinary user: what must differ does, what must not does not.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{User, folder, objects, run_by, text, told, users};

/// Compares files of tests/captures, in an environment that decides nothing.
fn compared(files: [&str; 2], more: &[&str]) -> String {
    let mut command = run_by(User::Root, env!("CARGO_BIN_EXE_sockscope"));
    command.arg("compare").args(files).args(more);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures"));
    let got = command.output().expect("the binary runs");
    assert!(got.status.success() && got.stderr.is_empty(), "{got:?}");
    text(&got.stdout)
}

/// Two objects' worth of the story's lines, and the counts.
struct Lines {
    rows: Vec<Value>,
    counts: Value,
    moments: Vec<Value>,
}

impl Lines {
    fn of(json: &str) -> Self {
        let (mut rows, mut moments, mut counts) = (Vec::new(), Vec::new(), Value::Null);
        for object in objects(json) {
            match object["moment"].as_str() {
                Some("difference") => rows.push(object),
                Some("compared") => counts = object,
                _ => moments.push(object),
            }
        }
        assert!(counts.is_object(), "{json}");
        Self {
            rows,
            counts,
            moments,
        }
    }

    fn run(user: User, args: &[&str]) -> Self {
        let mut all = vec!["compare", "--format", "json"];
        all.extend(args);
        Self::of(&told(user, &all))
    }

    /// The marks of the lines whose text on one side has all these words.
    fn marks(&self, words: &[&str]) -> Vec<&str> {
        let has = |side: &Value| {
            let text = side["text"].as_str().unwrap_or_default();
            words.iter().all(|word| text.contains(word))
        };
        let rows = self.rows.iter();
        rows.filter(|row| has(&row["left"]) || has(&row["right"]))
            .map(|row| row["mark"].as_str().unwrap())
            .collect()
    }

    /// The packets of one side that were told where they left.
    fn packets(&self, side: &str) -> Vec<&Value> {
        let moments = self.moments.iter();
        moments
            .filter(|object| object["side"] == side && object["number"].is_u64())
            .collect()
    }
}

#[test]
fn two_recordings_are_compared_line_by_line() {
    for (lang, width) in [("en", "80"), ("zh", "80"), ("en", "140")] {
        let files = ["nagle.pcapng", "nodelay.pcapng"];
        let said = compared(files, &["--lang", lang, "--width", width]);
        insta::assert_snapshot!(format!("recordings_{lang}_{width}"), said);
    }
}

#[test]
fn of_other_captures_the_busiest_connections_are_compared() {
    let foreign = compared(["four.pcap", "lost-data.pcap"], &["--lang", "en"]);
    insta::assert_snapshot!("captures_en_80", foreign);
    // What one of the two does not know cannot differ.
    let mixed = compared(["nagle.pcapng", "four.pcap"], &["--lang", "en"]);
    insta::assert_snapshot!("recording_and_capture_en_80", mixed);
}

#[test]
fn json_tags_both_stories_and_gives_the_difference() {
    let lines = Lines::of(&compared(
        ["nagle.pcapng", "nodelay.pcapng"],
        &["--format", "json"],
    ));
    for side in ["left", "right"] {
        assert!(lines.packets(side).len() > 9, "{side}");
    }
    assert!(
        lines
            .moments
            .iter()
            .all(|object| object["side"].is_string())
    );
    assert_eq!(lines.counts["left"], "nagle.pcapng");
    let of = |mark: &str| lines.rows.iter().filter(|row| row["mark"] == mark).count();
    for (name, mark) in [
        ("same", "same"),
        ("unlike", "unlike"),
        ("left_only", "left"),
        ("right_only", "right"),
    ] {
        assert_eq!(lines.counts[name], of(mark), "{name}");
    }
    for row in &lines.rows {
        assert_eq!(row["left"].is_null(), row["mark"] == "right", "{row}");
        assert_eq!(row["right"].is_null(), row["mark"] == "left", "{row}");
    }
}

#[test]
fn a_pipe_is_as_good_as_a_file() {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    for file in ["nodelay.pcapng", "four.pcap"] {
        let by_name = compared(["nagle.pcapng", file], &["--lang", "en"]);
        let mut command = run_by(User::Root, env!("CARGO_BIN_EXE_sockscope"));
        command.args(["compare", "nagle.pcapng", "-", "--lang", "en"]);
        command.current_dir(&captures);
        command.stdin(std::fs::File::open(captures.join(file)).unwrap());
        let piped = text(&command.output().unwrap().stdout);
        let named = |said: &str| said.split('\n').filter(|l| l.contains(" ms")).count();
        assert_eq!(named(&piped), named(&by_name), "{piped}");
        assert_eq!(
            piped.lines().last().is_some(),
            by_name.lines().last().is_some()
        );
    }
}

#[test]
fn the_same_exchange_again_differs_in_no_line() {
    for user in users() {
        let place = folder();
        let files = ["one.pcapng", "two.pcapng"].map(|name| place.path().join(name));
        let names = files.each_ref().map(|file| file.to_str().unwrap());
        for name in names {
            told(user, &["tcp", "--message", "hello", "--save", name]);
        }
        let lines = Lines::run(user, &names);
        for kind in ["unlike", "left_only", "right_only"] {
            assert_eq!(lines.counts[kind], 0, "{user:?}: {:#?}", lines.rows);
        }
        assert!(lines.counts["same"].as_u64() > Some(20), "{}", lines.counts);
        let said = told(user, &["--lang", "en", "compare", names[0], names[1]]);
        assert!(said.contains("No line differs"), "{said}");
    }
}

#[test]
fn nagles_algorithm_holds_the_second_small_write_until_the_first_is_acknowledged() {
    // Over 100 ms one way, so that a busy machine cannot spread the writes over more than one round trip.
    let what = [
        "--message",
        "a",
        "--message",
        "b",
        "--message",
        "c",
        "--delay",
        "100ms",
    ];
    for (name, left, right) in [("nagle", "left", "right"), ("nodelay", "right", "left")] {
        for user in users() {
            let mut args = vec!["--with", name, "--without", name];
            args.extend(what);
            let lines = Lines::run(user, &args);
            assert_eq!(
                lines.counts["left"],
                if left == "left" {
                    "with nagle"
                } else {
                    "with nodelay"
                }
            );
            // With it, the two are one segment; without it, each is its own.
            assert_eq!(
                lines.marks(&["seq=2 ", "len=2"]),
                [left],
                "{user:?}: {:#?}",
                lines.rows
            );
            assert_eq!(
                lines.marks(&["seq=2 ", "len=1"]),
                [right],
                "{user:?}: {:#?}",
                lines.rows
            );
            assert_eq!(
                lines.marks(&["seq=3 ", "len=1"]),
                [right],
                "{user:?}: {:#?}",
                lines.rows
            );
            assert_eq!(lines.marks(&["TCP_NODELAY"]), [right, right]);
            // It waited for the acknowledgement of the first.
            let packets = lines.packets(left);
            let of = |flags: &str, member: &str, number: u64| {
                let found = packets.iter().find(|packet| {
                    packet["flags"].as_str().is_some_and(|f| f.contains(flags))
                        && packet[member] == number
                        && packet["from"] == if flags == "PSH" { "client" } else { "server" }
                });
                *found.unwrap_or_else(|| panic!("{flags} {member}={number}: {packets:#?}"))
            };
            let (ack, held) = (of("ACK", "ack", 2), of("PSH", "seq", 2));
            let at = |packet: &Value, member: &str| packet[member].as_f64().unwrap();
            assert!(at(ack, "arrived") <= at(held, "sent"), "{ack} {held}");
            // What Nagle's algorithm has nothing to do with is the same.
            for words in [
                &["SYN"][..],
                &["send(\"a\""],
                &["send(\"b\""],
                &["send(\"c\""],
                &["FIN"],
                &["shutdown("],
                &["close()"],
            ] {
                let marks = lines.marks(words);
                assert!(
                    !marks.is_empty() && marks.iter().all(|mark| *mark == "same"),
                    "{user:?}: {words:?}: {:#?}",
                    lines.rows
                );
            }
        }
    }
}

#[test]
fn with_sack_the_acknowledgements_say_what_came_behind_the_gap() {
    let args = [
        "--without",
        "sack",
        "--with",
        "sack",
        "--bytes",
        "8000",
        "--chunk",
        "1000",
        "--fault",
        "lose data 3 from client",
    ];
    for user in users() {
        let lines = Lines::run(user, &args);
        assert_eq!(lines.counts["left"], "without sack");
        let of = |side: &str, word: &str| {
            let texts = lines
                .rows
                .iter()
                .filter_map(|row| row[side]["text"].as_str());
            texts
                .filter(|text| text.split(' ').any(|part| part == word))
                .count()
        };
        assert_eq!(
            (of("left", "sack-permitted"), of("right", "sack-permitted")),
            (0, 2)
        );
        assert_eq!(of("left", "sack"), 0, "{user:?}: {:#?}", lines.rows);
        assert!(of("right", "sack") > 0, "{user:?}: {:#?}", lines.rows);
        let syns = lines.marks(&["SYN"]);
        assert_eq!(syns, ["unlike", "unlike"], "{user:?}: {:#?}", lines.rows);
        // The same segment is lost in both, and sent again in both.
        let lost = lines
            .rows
            .iter()
            .filter(|row| row["left"]["fate"] == "lost");
        let lost: Vec<&Value> = lost.collect();
        assert_eq!(lost.len(), 1, "{:#?}", lines.rows);
        assert_eq!(
            (&lost[0]["mark"], &lost[0]["right"]["fate"]),
            (&"same".into(), &"lost".into())
        );
        assert_eq!(
            lines.marks(&["seq=2001 ", "resend"]).len(),
            1,
            "{:#?}",
            lines.rows
        );
        assert!(lines.marks(&["send("]).iter().all(|mark| *mark == "same"));
    }
}

#[test]
fn without_the_given_faults_nothing_is_lost_and_nothing_sent_again() {
    let args = [
        "--with",
        "loss",
        "--without",
        "loss",
        "--bytes",
        "8000",
        "--chunk",
        "1000",
        "--fault",
        "lose data 3 from client",
    ];
    for user in users() {
        let lines = Lines::run(user, &args);
        let lost: Vec<&Value> = lines
            .rows
            .iter()
            .filter(|row| row["left"]["fate"] == "lost")
            .collect();
        assert_eq!(lost.len(), 1, "{user:?}: {:#?}", lines.rows);
        assert_eq!(lost[0]["mark"], "unlike");
        assert!(lost[0]["right"]["fate"].is_null());
        assert_eq!(lines.marks(&["seq=2001 ", "resend"]), ["left"]);
        let none = |side: &str| {
            let texts = lines
                .rows
                .iter()
                .filter_map(|row| row[side]["text"].as_str());
            texts
                .filter(|text| text.contains("resend") || text.contains("dup="))
                .count()
        };
        assert!(none("left") > 0);
        assert_eq!(none("right"), 0, "{user:?}: {:#?}", lines.rows);
    }
}

#[test]
fn of_the_syn_a_setting_changes_its_own_word_only() {
    let words = [
        ("timestamps", &["ts"][..]),
        ("window-scaling", &["wscale="]),
        ("ecn", &["ECE", "CWR"]),
        ("sack", &["sack-permitted"]),
    ];
    for (name, words) in words {
        for user in users() {
            let lines = Lines::run(user, &["--with", name, "--message", "x"]);
            let syn = |side: &str| -> Vec<String> {
                let mut texts = lines
                    .rows
                    .iter()
                    .filter_map(|row| row[side]["text"].as_str());
                let syn = texts.find(|text| text.starts_with("client > server  SYN "));
                let syn = syn.unwrap_or_else(|| panic!("{user:?}: {name}: {:#?}", lines.rows));
                syn.split_whitespace().map(str::to_owned).collect()
            };
            let (with, without) = (syn("left"), syn("right"));
            let only: Vec<&String> = with.iter().filter(|word| !without.contains(word)).collect();
            assert_eq!(only.len(), words.len(), "{user:?}: {with:?} {without:?}");
            for (word, expected) in only.iter().zip(words) {
                assert!(word.starts_with(expected), "{user:?}: {with:?} {without:?}");
            }
            assert_eq!(
                with.len() - only.len(),
                without.len(),
                "{user:?}: {with:?} {without:?}"
            );
        }
    }
}

#[test]
fn a_tail_loss_probe_sends_the_last_segment_first() {
    // The last two are lost. A probe sends the last one again, and its selective acknowledgement shows that the other
    // is missing; the timer begins with the first that is missing.
    let args = [
        "--with",
        "tail-loss-probe",
        "--message",
        "one",
        "--message",
        "two",
        "--message",
        "six",
        "--fault",
        "lose data 2 from client",
        "--fault",
        "lose data 3 from client",
    ];
    for user in users() {
        let lines = Lines::run(user, &args);
        let first_again = |side: &str| {
            let texts = lines.rows.iter().filter_map(|row| row[side].as_object());
            let again =
                texts.filter(|it| it["text"].as_str().is_some_and(|t| t.ends_with(" resend")));
            let first = again.min_by(|a, b| {
                a["ms"]
                    .as_f64()
                    .unwrap()
                    .total_cmp(&b["ms"].as_f64().unwrap())
            });
            first.map_or_else(String::new, |it| it["text"].as_str().unwrap().to_owned())
        };
        assert!(
            first_again("left").contains("seq=7 "),
            "{user:?}: {:#?}",
            lines.rows
        );
        assert!(
            first_again("right").contains("seq=4 "),
            "{user:?}: {:#?}",
            lines.rows
        );
    }
}
