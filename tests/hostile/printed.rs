//! What programs in the lab print, on a terminal (openpty(3)) and beside one: below the segment that carried it, and
//! obeyed by nobody who does not want it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{self, User};
use crate::terminal::{OnTerminal, TOO_LONG};

/// Words that the server says one after the other, each when the last was answered.
const WORDS: usize = 8;

/// Behind each word: colour, C1, bidi, no UTF-8.
const EVIL: &[u8] = b" \x1b[31m\xc2\x9b2J\xe2\x80\xae\xff.";

const SERVER: &str = "
import socket
s = socket.socket(); s.bind(('server', 7070)); s.listen()
c, _ = s.accept()
for i in range(WORDS):
    c.sendall(b'word-%d' % i + EVIL + b'\\n')
    c.recv(1)
";

const CLIENT: &str = "
import socket, sys
s = socket.create_connection(('10.0.0.2', 7070))
while True:
    word = s.recv(100)
    if not word: break
    sys.stdout.buffer.write(b'got ' + word)
    sys.stdout.buffer.flush()
    s.sendall(b'.')
";

/// The two as commands for `lab`.
fn programs(folder: &Path) -> [String; 2] {
    let evil = format!("bytes({EVIL:?})");
    let program = |name: &str, text: &str| {
        let path = folder.join(name);
        let text = text
            .replace("WORDS", &WORDS.to_string())
            .replace("EVIL", &evil);
        fs::write(&path, text).expect("written");
        format!("exec python3 {}", path.display())
    };
    [program("server.py", SERVER), program("client.py", CLIENT)]
}

fn lab(user: User, more: &[&str]) -> Command {
    let mut args = vec!["lab", "--color", "never", "--width", "100"];
    args.extend(more);
    support::sockscope(user, &args)
}

#[test]
fn a_line_stands_below_the_segment_that_carried_it_and_in_no_recording() {
    for user in support::users() {
        for round in 0..3 {
            let folder = support::folder();
            let [server, client] = programs(folder.path());
            let saved = folder.path().join("run.pcapng");
            let saved = saved.to_str().expect("UTF-8");
            let view = ["--format", "lines", "--quiet"];
            let args = ["--server", &server, "--client", &client, "--save", saved];
            // On a busy machine too, a line is read before its answer is answered.
            let slow = ["--delay", "50ms"];
            let command = lab(user, &[&view[..], &args, &slow].concat());
            let (shown, code) = OnTerminal::start(command, true).finish();
            let text = support::text(&shown).replace("\r\n", "\n");
            assert_eq!(code, Some(0), "{user:?}, {round}: {text}");
            let lines: Vec<&str> = text.lines().collect();
            let place = |what: &[&str]| {
                let is = |line: &&str| what.iter().all(|part| line.contains(part));
                let found = lines.iter().position(is);
                found.unwrap_or_else(|| panic!("{user:?}: no {what:?} in:\n{text}"))
            };
            let len = "word-0\n".len() + EVIL.len();
            let segment = |word: usize| {
                let (seq, len) = (format!(" seq={} ", 1 + word * len), format!(" len={len} "));
                place(&["server > client  PSH ACK", &seq, &len])
            };
            for word in 0..WORDS {
                let printed = place(&[&format!("client| got word-{word} ")]);
                assert!(printed > segment(word), "{user:?}: word {word} in:\n{text}");
                if word + 1 < WORDS {
                    let next = segment(word + 1);
                    assert!(printed < next, "{user:?}: word {word} in:\n{text}");
                }
            }
            let told = lines.iter().filter(|line| !line.starts_with("client| "));
            let told: Vec<&str> = told.copied().collect();
            let again = [&["explain", saved, "--width", "100"], &view[..]].concat();
            assert_eq!(told.join("\n") + "\n", support::told(user, &again));
        }
    }
}

#[test]
fn nothing_in_it_is_obeyed_unless_that_is_wanted_or_nobody_looks() {
    let visible = "client| got word-0 \\u{1b}[31m\\u{9b}2J\\u{202e}\\xff.";
    let raw = [b"client| got word-0", EVIL].concat();
    let has = |shown: &[u8], what: &[u8]| shown.windows(what.len()).any(|here| here == what);
    let folder = support::folder();
    let [server, client] = programs(folder.path());
    let programs = ["--server", &server, "--client", &client];
    let user = support::users()[0];
    for bare in [&[][..], &["--bare"]] {
        for both in [true, false] {
            let args = [&programs[..], bare].concat();
            let (shown, _) = OnTerminal::start(lab(user, &args), both).finish();
            assert!(has(&shown, visible.as_bytes()), "{}", support::text(&shown));
            let evil = [&b"\x1b"[..], b"\xc2\x9b", b"\xe2\x80\xae", b"\xff"];
            assert!(!evil.iter().any(|evil| has(&shown, evil)), "{args:?}");
            let args = [&args[..], &["--raw-output"]].concat();
            let (shown, _) = OnTerminal::start(lab(user, &args), both).finish();
            assert!(has(&shown, &raw), "{}", support::text(&shown));
        }
        let got = lab(user, &[&programs[..], bare].concat()).output();
        let got = got.expect("the binary runs");
        assert!(has(&got.stderr, &raw), "{}", support::text(&got.stderr));
        assert!(!has(&got.stdout, b"client| "));
    }
}

#[test]
fn a_question_without_a_line_end_is_shown_while_it_waits_for_its_answer() {
    for more in [&[][..], &["--bare"]] {
        let client = "printf 'one\\ttwo\\r\\nname> '; read name; echo \"$name it is\"";
        let mut command = lab(support::users()[0], &[&["--client", client], more].concat());
        command.stdin(Stdio::piped());
        let mut terminal = OnTerminal::start(command, true);
        terminal.read_until("client| name> \n");
        let mut answers = terminal.child.stdin.take().expect("piped");
        answers.write_all(b"ada\n").expect("it reads");
        terminal.read_until("client| ada it is\n");
        assert!(
            terminal.text().contains("client| one     two\n"),
            "{}",
            terminal.text()
        );
        assert_eq!(terminal.finish().1, Some(0));
    }
}

/// Writes without a line end, then sends, within what a line may take to get its end.
const MUTTERS: &str = "
import socket, sys, time
s = socket.create_connection(('10.0.0.2', 7070))
for i in range(3):
    sys.stdout.write('piece-%d' % i)
    sys.stdout.flush()
    time.sleep(0.08)
    s.sendall(b'x' * (20 + i))
    s.recv(1)
    time.sleep(0.3)
";

/// Answers each segment.
const ANSWERS: &str = "
import socket
s = socket.socket(); s.bind(('server', 7070)); s.listen()
c, _ = s.accept()
while c.recv(100):
    c.sendall(b'.')
";

#[test]
fn a_piece_without_a_line_end_stands_where_it_was_read() {
    for user in support::users() {
        let folder = support::folder();
        let program = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            format!("exec python3 {}", path.display())
        };
        let (server, client) = (program("s.py", ANSWERS), program("c.py", MUTTERS));
        let view = ["--format", "lines", "--quiet"];
        let args = ["--server", &server, "--client", &client];
        let command = lab(user, &[&view[..], &args].concat());
        let (shown, code) = OnTerminal::start(command, true).finish();
        let text = support::text(&shown).replace("\r\n", "\n");
        assert_eq!(code, Some(0), "{user:?}: {text}");
        let place = |what: &str| {
            let found = text.lines().position(|line| line.contains(what));
            found.unwrap_or_else(|| panic!("{user:?}: no {what:?} in:\n{text}"))
        };
        for i in 0..3_usize {
            let piece = place(&format!("client| piece-{i}"));
            let segment = place(&format!(" len={} ", 20 + i));
            assert!(piece < segment, "{user:?}: piece {i} in:\n{text}");
            let before = i
                .checked_sub(1)
                .map(|i| place(&format!(" len={} ", 20 + i)));
            assert!(
                before.is_none_or(|before| before < piece),
                "{user:?}: {text}"
            );
        }
    }
}

#[test]
fn what_was_printed_before_ctrl_c_is_shown() {
    let folder = support::folder();
    let done = folder.path().join("done");
    let client = format!(
        "seq 1 200; echo last; : > {}; exec sleep 60",
        done.display()
    );
    let terminal = OnTerminal::start(lab(support::users()[0], &["--client", &client]), true);
    let until = Instant::now() + TOO_LONG;
    while !done.exists() {
        assert!(Instant::now() < until, "it never printed");
        std::thread::sleep(Duration::from_millis(1));
    }
    let pid = Pid::from_raw(terminal.child.id().cast_signed());
    kill(pid, Signal::SIGINT).expect("it runs");
    let (shown, code) = terminal.finish();
    assert_eq!(code, Some(130));
    assert!(support::text(&shown).contains("client| last\r\n"));
}

/// The most memory that the process has had, in KiB (proc(5)).
fn peak(pid: u32) -> Option<usize> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn much_is_shown_whole_and_takes_no_more_memory_than_little() {
    let peak_of = |count: usize| {
        let client = format!("seq 1 {count}; echo the end; read wait");
        let mut command = lab(support::users()[0], &["--client", &client]);
        command.stdin(Stdio::piped());
        let mut terminal = OnTerminal::start(command, true);
        let mut next = 1;
        let mut rest = String::new();
        while next <= count {
            assert!(terminal.read(), "it ended at {next}");
            rest.push_str(&support::text(&std::mem::take(&mut terminal.shown)));
            while let Some((line, behind)) = rest.split_once("\r\n") {
                if let Some(number) = line.strip_prefix("client| ") {
                    assert_eq!(number, next.to_string());
                    next += 1;
                }
                rest = behind.to_owned();
                if next > count {
                    break;
                }
            }
        }
        let peak = peak(terminal.child.id()).expect("it waits");
        drop(terminal.child.stdin.take());
        assert_eq!(
            terminal.finish().1,
            Some(1),
            "read meets the end of its input"
        );
        peak
    };
    let (little, much) = (peak_of(10), peak_of(1_000_000));
    assert!(
        much < little + 3 * 1024,
        "{little} KiB for 10 lines, {much} KiB for a million"
    );
}
