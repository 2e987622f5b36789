//! What programs in the lab print, on a terminal (openpty(3)) and beside one: below the segment that carried it, and
//! obeyed by nobody who does not want it.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::openpty;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{self, User};

/// Longer than anything here takes.
const TOO_LONG: Duration = Duration::from_mins(1);

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

/// A command on a terminal of its own.
struct OnTerminal {
    child: Child,
    terminal: File,
    shown: Vec<u8>,
}

impl OnTerminal {
    /// With both outputs there, or with standard error alone.
    fn start(mut command: Command, both: bool) -> Self {
        let pair = openpty(None, None).expect("a terminal");
        let slave = |fd: &OwnedFd| Stdio::from(fd.try_clone().expect("a descriptor"));
        if both {
            command.stdout(slave(&pair.slave));
        } else {
            command.stdout(Stdio::null());
        }
        let child = command.stderr(slave(&pair.slave)).spawn();
        Self {
            child: child.expect("the binary runs"),
            terminal: File::from(pair.master),
            shown: Vec::new(),
        }
    }

    /// Reads on. False when everybody has left the terminal.
    fn read(&mut self) -> bool {
        let mut fds = [PollFd::new(self.terminal.as_fd(), PollFlags::POLLIN)];
        let limit = PollTimeout::try_from(TOO_LONG).expect("in range");
        let ready = poll(&mut fds, limit).expect("polled");
        assert!(ready > 0, "nothing more comes after {}", self.text());
        let mut buffer = [0; 16 * 1024];
        // EIO: nobody has it open any more.
        let read = self.terminal.read(&mut buffer).unwrap_or(0);
        self.shown.extend_from_slice(&buffer[..read]);
        read > 0
    }

    fn read_until(&mut self, text: &str) {
        let until = Instant::now() + TOO_LONG;
        while !self.text().contains(text) {
            assert!(self.read(), "it ended before {text:?}: {}", self.text());
            assert!(Instant::now() < until, "no {text:?} in {}", self.text());
        }
    }

    fn text(&self) -> String {
        support::text(&self.shown).replace("\r\n", "\n")
    }

    /// All that was shown, and the exit code.
    fn finish(mut self) -> (Vec<u8>, Option<i32>) {
        while self.read() {}
        let code = self.child.wait().expect("ours").code();
        (std::mem::take(&mut self.shown), code)
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        // Of a test that failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
            let command = lab(user, &[&view[..], &args].concat());
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

#[test]
fn what_was_printed_before_ctrl_c_is_shown() {
    let mut terminal = OnTerminal::start(
        lab(
            support::users()[0],
            &[
                "--client",
                "echo ready; seq 1 200; echo last; exec sleep 60",
            ],
        ),
        true,
    );
    terminal.read_until("client| ready\n");
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
