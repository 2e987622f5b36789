//! `--cast`: a terminal recording in asciinema's format, version 2, with the story's own times and nothing that moves a
//! terminal but colours.
#![allow(
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

use std::process::{Command, Stdio};

use serde_json::Value;
use support::{User, folder, have, text, told};

mod support;

/// Its head and its events.
fn read(cast: &str) -> (Value, Vec<(f64, String, String)>) {
    let mut lines = cast.lines();
    let head: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    let event = |line| {
        let event: (f64, String, String) = serde_json::from_str(line).unwrap();
        event
    };
    (head, lines.map(event).collect())
}

/// The text without colours; fails on any other control character than line ends.
fn plain(data: &str) -> String {
    let mut out = String::new();
    let mut rest = data;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        let end = after.find('m').expect("a colour ends");
        let colour = &after[..end];
        assert!(
            colour.starts_with('[') && colour[1..].chars().all(|c| c.is_ascii_digit() || c == ';'),
            "{colour:?}"
        );
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    let odd = out.chars().find(|c| c.is_control() && !"\r\n".contains(*c));
    assert_eq!(odd, None);
    out
}

#[test]
fn a_cast_tells_what_the_terminal_told_at_its_own_times() {
    let place = folder();
    let file = place.path().join("run.cast");
    let file_text = file.to_str().unwrap();
    let args = [
        "tcp",
        "--message",
        "hi\u{1b}[2J",
        "--delay",
        "50ms",
        "--cast",
        file_text,
    ];
    // The second is written over the first, which is ours.
    told(User::Ordinary, &args);
    let story = told(User::Ordinary, &args);
    let cast = std::fs::read_to_string(&file).unwrap();
    let (head, events) = read(&cast);
    assert_eq!(head["version"], 2);
    assert!(head["width"].as_u64().unwrap() >= 80 && head["height"].as_u64().unwrap() >= 24);
    assert!(head["timestamp"].as_u64().unwrap() > 1_600_000_000);
    assert!(events[0].0 < 1e-9);
    assert!(
        events.windows(2).all(|two| two[0].0 <= two[1].0),
        "in the order of time"
    );
    // Three flights of 50 ms at least, and no time that the story does not have: TIME-WAIT is not waited for.
    let last = events.last().unwrap().0;
    assert!((0.15..30.0).contains(&last), "{last}");
    let said: String = events
        .iter()
        .filter(|event| event.1 == "o")
        .map(|event| plain(&event.2))
        .collect();
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&said), words(&story));
    assert!(
        events
            .iter()
            .all(|event| ["o", "m"].contains(&event.1.as_str()))
    );
    let marks: Vec<&String> = events
        .iter()
        .filter(|event| event.1 == "m")
        .map(|event| &event.2)
        .collect();
    assert!(marks.len() >= 2, "{marks:?}");
    for mark in marks {
        assert_eq!(&plain(mark), mark);
        assert!(words(&story).join(" ").contains(words(mark)[0].as_str()));
    }
}

#[test]
fn asciinema_plays_it() {
    if !have("asciinema") || !have("script") {
        return;
    }
    let place = folder();
    let file = place.path().join("run.cast");
    let file_text = file.to_str().unwrap();
    told(
        User::Ordinary,
        &["lesson", "datagram", "--no-ask", "--cast", file_text],
    );
    // It wants a terminal; script(1) lends it one, whose line ends are its own.
    let play = format!("asciinema play --speed 1000 --idle-time-limit 0.1 {file_text}");
    let mut command = Command::new("script");
    command
        .args(["-qec", &play, "/dev/null"])
        .env("HOME", place.path());
    let out = command.stdin(Stdio::null()).output().expect("script runs");
    assert!(
        out.status.success(),
        "{}{}",
        text(&out.stdout),
        text(&out.stderr)
    );
    let (_, events) = read(&std::fs::read_to_string(&file).unwrap());
    let told: String = events
        .into_iter()
        .filter(|event| event.1 == "o")
        .map(|event| event.2)
        .collect();
    let without_returns = |text: &str| text.replace('\r', "");
    let shown = without_returns(&text(&out.stdout));
    assert!(shown.contains(&without_returns(&told)), "{shown}");
}
