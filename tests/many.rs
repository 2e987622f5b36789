//! One sender and several receivers, by the binary, as root and as an ordinary user: what `compare --to-many` counts, and
//! that a run of four hosts is told again from its file as it was told live.
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::{folder, objects, sockscope, text, told, users};

/// The cells of a row of the table, by its label.
fn row(said: &str, label: &str) -> Vec<String> {
    let line = said
        .lines()
        .find(|line| line.starts_with(label))
        .unwrap_or_else(|| panic!("{label} is missing in\n{said}"));
    line[label.len()..]
        .split("  ")
        .map(|cell| cell.trim().to_owned())
        .filter(|cell| !cell.is_empty())
        .collect()
}

#[test]
fn one_datagram_reaches_three_receivers_and_tcp_takes_three_connections() {
    for user in users() {
        let said = told(
            user,
            &["--lang", "en", "compare", "--to-many", "--width", "140"],
        );
        assert_eq!(row(&said, "send calls"), ["3", "3", "9"], "{said}");
        let put = row(&said, "sent");
        assert!(put[0].starts_with("3 packets,"), "{said}");
        assert_eq!(put[0], put[1], "{said}");
        assert_eq!(
            row(&said, "the wire handed over")[..2],
            ["9", "9"],
            "{said}"
        );
        assert_eq!(
            row(&said, "returned to the sender")[..2],
            ["0", "0"],
            "{said}"
        );
        assert_eq!(row(&said, "connections"), ["none", "none", "3"], "{said}");
        assert_eq!(row(&said, "group memberships")[0], "none", "{said}");
        for receiver in ["server got", "server2 got", "server3 got"] {
            let got = row(&said, receiver);
            assert!(got[0].starts_with("all 3 messages"), "{said}");
            assert!(got[1].starts_with("all 3 messages"), "{said}");
            assert!(got[2].contains("bytes, in order"), "{said}");
        }
        assert!(!said.contains("lost on the wire"), "{said}");
    }
}

#[test]
fn a_copy_that_one_receiver_lost_is_missed_by_nobody_but_sent_again_by_tcp() {
    let fault = ["--fault", "lose data 2 to server2"];
    for user in users() {
        let args = [
            "--lang",
            "en",
            "compare",
            "--receivers",
            "4",
            "--width",
            "140",
        ];
        let said = told(user, &[&args[..], &fault[..]].concat());
        let got = row(&said, "server2 got");
        assert!(got[0].starts_with("messages 1 3 of 3"), "{said}");
        assert!(got[1].starts_with("messages 1 3 of 3"), "{said}");
        assert!(got[2].contains("bytes, in order"), "{said}");
        let others = row(&said, "server4 got");
        assert!(others[0].starts_with("all 3 messages"), "{said}");
        assert_eq!(
            row(&said, "all had it after")[..2],
            ["never", "never"],
            "{said}"
        );
        assert_eq!(row(&said, "lost on the wire"), ["1", "1", "1"], "{said}");
        assert_eq!(
            row(&said, "who noticed the loss")[..2],
            ["nobody", "nobody"],
            "{said}"
        );
        let again = row(&said, "sent again");
        assert_eq!(again[..2], ["0", "0"], "{said}");
        assert!(again[2].parse::<u32>().unwrap() >= 1, "{said}");
    }
}

#[test]
fn ipv6_has_two_ways_and_both_languages_fit_the_screen() {
    for user in users() {
        let said = told(user, &["--lang", "en", "compare", "--to-many", "-6"]);
        assert_eq!(row(&said, "connections"), ["none", "3"], "{said}");
        assert!(said.contains("IPv6 has no broadcast"), "{said}");
    }
    let user = users()[0];
    for lang in ["en", "zh"] {
        let said = told(user, &["--lang", lang, "compare", "--to-many"]);
        for line in said.lines() {
            let columns = unicode_width::UnicodeWidthStr::width(line);
            assert!(columns <= 80, "{columns}: {line}");
        }
    }
}

#[test]
fn what_there_is_not_is_underlined() {
    let user = users()[0];
    let refused = |args: &[&str]| {
        let got = sockscope(user, args).output().expect("the binary runs");
        assert_eq!(got.status.code(), Some(2), "{args:?}");
        text(&got.stderr)
    };
    let fault = |rule| refused(&["--lang", "en", "compare", "--to-many", "--fault", rule]);
    let nobody = fault("lose data 2 to server9");
    assert!(
        nobody.contains("server9") && nobody.contains("perhaps server"),
        "{nobody}"
    );
    assert!(nobody.contains("client, server, server2"), "{nobody}");
    let twice = fault("duplicate data 2 to server2");
    assert!(twice.contains("“lose” and “delay”"), "{twice}");
    let many = refused(&["--lang", "en", "compare", "--receivers", "1"]);
    assert!(many.contains('2') && many.contains('9'), "{many}");
}

const LESSON: &str = r#"
format_version = 1
[wire]
faults = ["lose datagram 2 to bob", "delay datagram 1 to carol by 7ms"]
[client]
script = """
socket udp
set SO_BROADCAST on
sendto broadcast:7070 "to all"
sendto 239.1.1.1:7070 "to the group"
sendto carol:7070 "to one"
close
"""
[server]
script = """
socket udp
bind any:7070
set IP_ADD_MEMBERSHIP 239.1.1.1
recvfrom until quiet
close
"""
[hosts.bob]
script = """
socket udp
bind any:7070
set IP_ADD_MEMBERSHIP 239.1.1.1
recvfrom until quiet
close
"""
[hosts.carol]
script = """
socket udp
bind any:7070
recvfrom until quiet
close
"""
[[expect]]
id = "once"
of = "client > all  UDP"
exactly = true
frames = ["client > all  UDP len=6", "client > all  UDP len=12"]
[[expect]]
id = "joined"
calls.server = ['recvfrom = 6 "to all"', 'recvfrom = 12 "to the group"']
[[expect]]
id = "not-joined"
calls.carol = ['recvfrom = 6 "to one"']
[[expect]]
id = "late"
calls.carol = ['recvfrom = 6 "to all"']
[[expect]]
id = "lost"
calls.bob = ['recvfrom = 6 "to all"']
"#;

fn lesson(folder: &Path) -> String {
    let place = folder.join("cast");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("lesson.toml"), LESSON).unwrap();
    let told =
        "# T\n\n## before\n\nOnce. {#once}\n\n## after\n\nOne. {#joined #not-joined #late #lost}\n";
    for lang in ["en.md", "zh.md"] {
        fs::write(place.join(lang), told).unwrap();
    }
    place.to_string_lossy().into_owned()
}

#[test]
fn four_hosts_are_told_again_from_the_file_as_they_were_live() {
    for user in users() {
        let place = folder();
        let lesson = lesson(place.path());
        told(user, &["lesson", "check", &lesson]);
        for (number, (lang, width, format)) in [
            ("en", "80", "ladder"),
            ("zh", "80", "ladder"),
            ("en", "80", "lines"),
            ("zh", "140", "ladder"),
        ]
        .into_iter()
        .enumerate()
        {
            let file = place.path().join(format!("{number}.pcapng"));
            let file = file.to_string_lossy();
            let show = ["--lang", lang, "--width", width, "--format", format];
            let live = [&["lesson", &lesson, "--no-ask", "--save", &file], &show[..]].concat();
            let live = told(user, &live);
            let again = told(user, &[&["explain", &file], &show[..]].concat());
            assert!(live.contains(again.trim_end()), "{live}\n---\n{again}");
            for line in again.lines().filter(|_| format == "ladder") {
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(columns <= width.parse().unwrap(), "{columns}: {line}");
            }
        }
    }
}

#[test]
fn each_copy_has_its_receiver_in_json_and_the_lost_one_its_rule() {
    for user in users() {
        let place = folder();
        let lesson = lesson(place.path());
        let said = told(user, &["lesson", &lesson, "--no-ask", "--format", "json"]);
        let json: String = said
            .lines()
            .filter(|line| line.starts_with('{'))
            .flat_map(|line| [line, "\n"])
            .collect();
        let moments = objects(&json);
        let of = |phase: &str| -> Vec<&Value> {
            moments
                .iter()
                .filter(|moment| moment["proto"] == "UDP" || moment["len"].is_u64())
                .filter(|moment| moment["phase"] == phase && moment["moment"] == "packet")
                .collect()
        };
        let receivers = |phase: &str| -> Vec<String> {
            of(phase)
                .iter()
                .map(|moment| moment["to"].as_str().unwrap_or_default().to_owned())
                .collect()
        };
        let mut arrived = receivers("arrived");
        arrived.retain(|name| name != "carol");
        arrived.sort();
        assert_eq!(arrived, ["bob", "server", "server"], "{said}");
        assert_eq!(receivers("copy-lost"), ["bob"], "{said}");
        assert_eq!(of("copy-lost")[0]["rule"], 0, "{said}");
    }
}
