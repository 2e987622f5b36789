//! A story that is too long for a terminal ends there with a summary; whoever wants all of it has it.

use std::process::Command;

use crate::support::{User, sockscope, text, told};
use crate::terminal::OnTerminal;

/// Some 4,000 rows.
const LONG: [&str; 11] = [
    "tcp",
    "--bytes",
    "4000",
    "--chunk",
    "1",
    "--nodelay",
    "--delay",
    "1ms",
    "--quiet",
    "--lang",
    "en",
];

fn on_terminal(args: &[&str]) -> String {
    let command: Command = sockscope(User::Ordinary, args);
    let (shown, code) = OnTerminal::start(command, true).finish();
    let shown = text(&shown);
    assert_eq!(code, Some(0), "{shown}");
    shown
}

#[test]
fn a_story_on_a_terminal_has_an_end() {
    let said = [
        "too long for a terminal",
        "are not shown above",
        "What passed the sniffer",
    ];
    let shown = on_terminal(&LONG);
    let rows = shown.lines().count();
    assert!((2_000..2_100).contains(&rows), "{rows} rows");
    for word in said {
        assert!(
            shown.contains(word),
            "no {word:?} in {}",
            &shown[shown.len() - 2_000..]
        );
    }
    let all = on_terminal(&[&LONG[..], &["--all"]].concat());
    let piped = told(User::Ordinary, &LONG);
    for (how, story) in [("--all", all), ("a pipe", piped)] {
        assert!(
            story.lines().count() > 2_200,
            "{how}: {}",
            story.lines().count()
        );
        assert!(!said.iter().any(|word| story.contains(word)), "{how}");
    }
}
