//! Text that a terminal would obey, where the story takes the whole terminal (`--step`, `--slow`) and where a folder is
//! watched: the raw bytes that reach the terminal, to the last key.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support;
use crate::terminal::{OnTerminal, TOO_LONG};
use crate::text::{EVIL, base, is_colour, lessons, obeyed, recording};

/// UTF-8, in which nothing is obeyed but what the viewer needs: its screen, its cursor, its colours, ends of lines, and
/// that a screen is drawn at once.
fn tame(bytes: &[u8], what: &str) {
    let text = std::str::from_utf8(bytes)
        .unwrap_or_else(|error| panic!("{what} is no UTF-8: {error}: {}", support::text(bytes)));
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        let around: String = after.chars().take(40).collect();
        let sequence = after.strip_prefix('[').unwrap_or_else(|| {
            panic!("{what} has an escape sequence that is not ours: {around:?}")
        });
        let end = sequence
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or_else(|| panic!("{what} has an open sequence: {around:?}"));
        let (numbers, end) = sequence.split_at(end);
        let (end, behind) = end.split_at(1);
        let is_place = numbers
            .split(';')
            .all(|number| number.parse::<u16>().is_ok());
        let is_ours = match end {
            "m" => numbers
                .split(';')
                .all(|number| is_colour(number) || number == "7"),
            "H" => is_place,
            "K" => numbers.is_empty(),
            "h" | "l" => matches!(numbers, "?1049" | "?25" | "?2026"),
            _ => false,
        };
        assert!(
            is_ours,
            "{what} has a sequence that is not ours: {around:?}"
        );
        rest = behind;
    }
    plain.push_str(rest);
    let plain = plain.replace("\r\n", "\n");
    if let Some(at) = plain.find(obeyed) {
        let around: String = plain[at..].chars().take(40).collect();
        panic!("{what} has {around:?} raw");
    }
}

/// All that it shows until it ends.
struct Shown {
    text: String,
    /// It was told that there is something.
    is_named: bool,
}

fn looked_at(terminal: OnTerminal, what: &str) -> Shown {
    let (bytes, code) = terminal.finish();
    tame(&bytes, what);
    let text = support::text(&bytes);
    // None: by the signal.
    assert!(
        matches!(code, Some(0..=1 | 130) | None),
        "{what}: {code:?} {text}"
    );
    assert!(!text.contains("src/"), "{what} panicked: {text}");
    Shown {
        is_named: text.contains("EVIL\\u{1b}"),
        text,
    }
}

/// More than any of these stories has moments, questions and rounds between them.
const ROUNDS: u32 = 100;

/// Steps forwards to its end, answers what it asks, and leaves.
fn to_its_end(terminal: &mut OnTerminal, what: &str) {
    let until = Instant::now() + TOO_LONG;
    for round in 0_u32.. {
        assert!(
            Instant::now() < until,
            "{what} never ends: {}",
            terminal.text()
        );
        // Enter begins an answer. A line is deleted (^U) before it is one; none is one too.
        let key = match round % 8 {
            _ if round > ROUNDS => "\u{15}\rq",
            3 => "\r\u{15}x\r",
            7 => "\r\u{15}\r",
            _ => "j",
        };
        if terminal.terminal.write_all(key.as_bytes()).is_err() || !terminal.read_for(QUIET) {
            return;
        }
    }
}

/// So long nothing is shown when it waits for a key.
const QUIET: Duration = Duration::from_millis(20);

fn command(args: &[&OsStr], lang: &str) -> Command {
    let mut command = base();
    command
        .args(args)
        .args(["--lang", lang, "--color", "always"]);
    command
}

fn os(text: &str) -> &OsStr {
    OsStr::new(text)
}

/// Commands whose story is full of it.
fn stories(folder: &Path) -> Vec<Vec<std::ffi::OsString>> {
    let file = folder.join(format!("{EVIL}.pcapng"));
    recording(&file, EVIL);
    let lesson = lessons(folder, os(&format!("07-{EVIL}")));
    vec![
        vec!["explain".into(), file.into()],
        vec!["tcp".into(), "--message".into(), EVIL.into()],
        vec!["lesson".into(), lesson.clone().into(), "--no-ask".into()],
        vec!["lesson".into(), lesson.into()],
    ]
}

#[test]
fn step_by_step() {
    let folder = support::folder();
    let mut named = 0;
    for story in stories(folder.path()) {
        for lang in ["en", "zh"] {
            let mut args: Vec<&OsStr> = story.iter().map(|arg| &**arg).collect();
            args.push(os("--step"));
            let what = format!("{args:?} --lang {lang}");
            let mut terminal = OnTerminal::whole(command(&args, lang), 40, 400);
            terminal.read_until("\u{1b}[?1049h");
            // To the end, back, there once more by itself; then step by step, and an answer to whatever is asked.
            for keys in ["G", "g", "kkjj", "sS", "tT", "p", " "] {
                terminal.press(keys);
            }
            to_its_end(&mut terminal, &what);
            named += usize::from(looked_at(terminal, &what).is_named);
        }
    }
    assert_eq!(
        named, 6,
        "each has it but one, where only the length is told"
    );
}

#[test]
fn slowly() {
    let folder = support::folder();
    for story in stories(folder.path()) {
        let mut args: Vec<&OsStr> = story.iter().map(|arg| &**arg).collect();
        args.extend([os("--slow"), os("0.01")]);
        let what = format!("{args:?}");
        let mut terminal = OnTerminal::whole(command(&args, "en"), 40, 400);
        terminal.read_until("\u{1b}[?1049h");
        to_its_end(&mut terminal, &what);
        let is_told = looked_at(terminal, &what).is_named;
        assert!(is_told || args[0] == "tcp", "{what}");
    }
}

#[test]
fn watched() {
    let folder = support::folder();
    let own = lessons(folder.path(), os(&format!("07-{EVIL}")));
    let toml = fs::read_to_string(own.join("lesson.toml")).expect("there");
    for lang in ["en", "zh"] {
        fs::write(own.join("lesson.toml"), &toml).expect("written");
        let args = [os("lesson"), os("watch"), own.as_os_str()];
        let mut terminal = OnTerminal::whole(command(&args, lang), 40, 400);
        let waiting = if lang == "en" {
            "Ctrl-C ends"
        } else {
            "Ctrl-C"
        };
        // It has looked once more, after each save: one save may be two changes, so how often it looks in all is not known.
        let looks = |terminal: &mut OnTerminal, path: &Path, text: &[u8]| {
            let looked = |terminal: &OnTerminal| terminal.text().matches(waiting).count();
            while looked(terminal) == 0 {
                assert!(terminal.read(), "it ended: {}", terminal.text());
            }
            let before = looked(terminal);
            fs::write(path, text).expect("written");
            while looked(terminal) == before {
                assert!(terminal.read(), "it ended: {}", terminal.text());
            }
        };
        for wrong in [
            toml.replace("place = \"wire\"", &format!("place = \"{EVIL}\"")),
            toml.replace("client > server  SYN ", &format!("client > {EVIL}  SYN ")),
            format!("{toml}\n[{EVIL}"),
            "\u{1b}]52;c;ZXZpbA==\u{7}".to_owned(),
            String::new(),
        ] {
            looks(&mut terminal, &own.join("lesson.toml"), wrong.as_bytes());
        }
        let title = b"# \x1b[31mEVIL\xff\xc2\x9b\n";
        looks(&mut terminal, &own.join("en.md"), title);
        kill(
            Pid::from_raw(terminal.child.id().cast_signed()),
            Signal::SIGINT,
        )
        .expect("ours");
        let shown = looked_at(terminal, &format!("lesson watch, {lang}"));
        assert!(shown.is_named, "{}", shown.text);
        let title = fs::read(folder.path().join(format!("07-{EVIL}/zh.md")));
        fs::write(own.join("en.md"), title.expect("there")).expect("written");
    }
}
