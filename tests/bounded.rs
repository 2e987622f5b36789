//! Bounded, whoever reads and whatever runs: memory, and the time that Ctrl-C takes. Real runs in the real lab; memory is
//! what the kernel says of the process.
#![allow(
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

mod support;

use std::fs;
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::{User, folder, have, left_out, objects, sockscope, text, told};

/// What a live command may take beside its rings, in KiB (`proc_pid_status(5)`).
const MOST: u64 = 256 << 10;
/// Far more than the second in which Ctrl-C has to be over, and far less than what is under way takes to be told.
const SOON: Duration = Duration::from_secs(5);

/// More calls than can be told while anybody waits.
const TEN_MILLION: [&str; 8] = [
    "tcp", "--bytes", "10000000", "--chunk", "1", "--delay", "1ms", "--format",
];

/// A run whose output somebody reads, or does not.
struct Run {
    child: Child,
    /// The most of its own memory that it was seen to have, in KiB.
    most: u64,
    read: Vec<u8>,
}

impl Run {
    fn start(args: &[&str]) -> Self {
        let child = sockscope(User::Ordinary, args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self {
            child: child.expect("the binary runs"),
            most: 0,
            read: Vec::new(),
        }
    }

    /// Goes on for so long while so many bytes are read in a second.
    fn go_on(&mut self, time: Duration, bytes_per_second: usize) {
        let began = Instant::now();
        let mut buffer = vec![0; bytes_per_second / 10];
        while began.elapsed() < time && self.is_running() {
            if !buffer.is_empty() {
                let stdout = self.child.stdout.as_mut().expect("piped");
                let read = stdout.read(&mut buffer).expect("readable");
                self.read.extend(&buffer[..read]);
            }
            std::thread::sleep(Duration::from_millis(100));
            self.most = self.most.max(own_memory(self.child.id()).unwrap_or(0));
        }
    }

    fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("ours").is_none()
    }

    /// Ctrl-C, once; nobody reads. How long it took, and what it said on standard error.
    fn interrupt(&mut self) -> (Duration, String) {
        assert!(self.is_running(), "it ended by itself");
        let pid = Pid::from_raw(self.child.id().cast_signed());
        let began = Instant::now();
        kill(pid, Signal::SIGINT).expect("ours");
        while self.is_running() && began.elapsed() < 4 * SOON {
            std::thread::sleep(Duration::from_millis(5));
        }
        let took = began.elapsed();
        assert!(took < SOON, "it took {took:?}");
        assert_eq!(self.child.wait().expect("ours").code(), Some(130));
        let mut said = String::new();
        let stderr = self.child.stderr.as_mut().expect("piped");
        stderr.read_to_string(&mut said).expect("text");
        (took, said)
    }

    /// All that it printed, and how it ended.
    fn finish(mut self) -> (String, Option<i32>) {
        let stdout = self.child.stdout.as_mut().expect("piped");
        stdout.read_to_end(&mut self.read).expect("readable");
        let code = self.child.wait().expect("ours").code();
        (text(&self.read), code)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Of a test that failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Anonymous memory of a process, in KiB: all but the rings and the program's file.
fn own_memory(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.and_then(|number| number.parse().ok()).unwrap_or(0))
}

/// What was saved of a run can be opened and told.
fn opens(file: &Path) -> Vec<serde_json::Value> {
    objects(&told(
        User::Ordinary,
        &["explain", file.to_str().unwrap(), "--format", "json"],
    ))
}

#[test]
fn ten_million_calls_for_a_slow_reader_take_bounded_memory_and_the_first_ctrl_c_ends_them() {
    let place = folder();
    let file = place.path().join("run.pcapng");
    let path = file.to_str().unwrap();
    let mut run = Run::start(&[&TEN_MILLION[..], &["json", "--save", path]].concat());
    run.go_on(Duration::from_secs(8), 10_000);
    assert!(run.most < MOST, "{} KiB", run.most);
    let (_, said) = run.interrupt();
    assert!(said.contains("the exchange had to wait"), "{said}");
    assert!(opens(&file).len() > 1_000, "the file has what was done");
}

#[test]
fn ten_million_calls_told_as_fast_as_they_can_take_bounded_memory() {
    let mut run = Run::start(&[&TEN_MILLION[..], &["lines", "--quiet"]].concat());
    run.go_on(Duration::from_secs(8), 100_000_000);
    assert!(run.most < MOST, "{} KiB", run.most);
    run.interrupt();
}

#[test]
fn the_first_ctrl_c_ends_a_run_whose_reader_does_not_read() {
    let mut run = Run::start(&[&TEN_MILLION[..], &["ladder"]].concat());
    // By then the pipe is full.
    run.go_on(Duration::from_secs(2), 0);
    run.interrupt();
}

/// Reads all that one client has to say.
const SERVER: &str = r#"python3 -c '
import socket
served, _ = socket.create_server(("10.0.0.2", 7070)).accept()
while served.recv(1 << 20): pass'"#;
/// Has 30 MB to say.
const CLIENT: &str = r#"python3 -c '
import socket, time
for _ in range(400):
    try: to = socket.create_connection(("10.0.0.2", 7070)); break
    except OSError: time.sleep(.05)
to.sendall(bytes(30_000_000))'"#;

#[test]
fn what_programs_do_while_nobody_reads_is_a_gap_in_the_story_and_whole_in_the_file() {
    if !have("python3") {
        return left_out("no python3");
    }
    let place = folder();
    let file = place.path().join("run.pcapng");
    let mut run = Run::start(&[
        "lab",
        "--server",
        SERVER,
        "--client",
        CLIENT,
        "--rate",
        "60mbit",
        "--format",
        "json",
        "--save",
        file.to_str().unwrap(),
    ]);
    run.go_on(Duration::from_secs(8), 0);
    let most = run.most;
    let (story, code) = run.finish();
    assert!(most < MOST, "{most} KiB");
    assert_eq!(code, Some(0));
    let story = objects(&story);
    let saved = opens(&file);
    let is_gap = |moment: &&serde_json::Value| !moment["untold"].is_null();
    let gaps: Vec<_> = story.iter().filter(is_gap).collect();
    assert!(!gaps.is_empty(), "all of it fitted");
    let missing =
        |told: &[serde_json::Value]| told.iter().all(|moment| moment["unsaved"].is_null());
    assert!(missing(&saved), "the file has all of it");
    // What is told behind the gap has the numbers that it has in the file.
    let number_and_time = |moment: &serde_json::Value| {
        let number = moment["number"].as_u64()?;
        Some((
            number,
            moment["time"].to_string(),
            moment["seq"].to_string(),
        ))
    };
    let saved: Vec<_> = saved.iter().filter_map(number_and_time).collect();
    let told: Vec<_> = story.iter().filter_map(number_and_time).collect();
    let untold: u64 = gaps.iter().filter_map(|gap| gap["frames"].as_u64()).sum();
    assert_eq!(told.len() as u64 + untold, saved.len() as u64);
    let last = told.last().unwrap();
    assert_eq!(Some(last), saved.iter().find(|packet| packet.0 == last.0));
    // Behind the summary stands what the programs did.
    let ends = story.iter().rev().take(2);
    let ends: Vec<_> = ends.map(|moment| &moment["moment"]).collect();
    assert_eq!(ends, ["findings", "summary"]);
}

#[test]
fn a_save_that_is_being_closed_is_left_without_sentences_when_ctrl_c_comes() {
    let place = folder();
    let file = place.path().join("run.pcapng");
    let path = file.to_str().unwrap();
    let args = [
        "tcp", "--bytes", "10000000", "--delay", "1ms", "--format", "lines", "--quiet", "--save",
    ];
    let mut run = Run::start(&[&args[..], &[path]].concat());
    let stdout = run.child.stdout.take().expect("piped");
    // All that it prints is read, so that nothing but the closing is left at the end.
    let reader =
        std::thread::spawn(move || io::copy(&mut io::BufReader::new(stdout), &mut io::sink()));
    // The copy with the sentences stands beside the file.
    while fs::read_dir(place.path()).unwrap().count() < 2 {
        assert!(run.is_running(), "it was closed before anybody saw it");
        std::thread::sleep(Duration::from_millis(1));
    }
    let before = fs::metadata(&file).unwrap().len();
    let (_, said) = run.interrupt();
    reader.join().unwrap().unwrap();
    // On a quick machine there was time for them.
    let has_sentences = fs::metadata(&file).unwrap().len() > before;
    assert_ne!(
        has_sentences,
        said.contains("without the sentences"),
        "{said}"
    );
    assert_eq!(
        fs::read_dir(place.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    assert!(opens(&file).len() > 10_000, "the file is whole");
}

/// What a terminal shows of a command, which is on a terminal of its own, and its most memory in KiB: until `until` stands
/// there.
fn on_a_terminal(args: &[&str], until: &str) -> (Child, OwnedFd, u64) {
    let size = Winsize {
        ws_row: 40,
        ws_col: 100,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pty = openpty(Some(&size), None).expect("a pty");
    let end = |fd: &OwnedFd| Stdio::from(fd.try_clone().expect("a descriptor"));
    let mut child = sockscope(User::Ordinary, args)
        .stdin(end(&pty.slave))
        .stdout(end(&pty.slave))
        .stderr(end(&pty.slave))
        .env("TERM", "xterm")
        .spawn()
        .expect("the binary runs");
    let mut ours = fs::File::from(pty.master.try_clone().expect("a descriptor"));
    let (mut seen, mut most) = (String::new(), 0);
    let mut bytes = vec![0; 65_536];
    while !seen.contains(until) {
        let mut ready = [PollFd::new(ours.as_fd(), PollFlags::POLLIN)];
        if poll(&mut ready, PollTimeout::from(100_u8)) == Ok(1) {
            let length = ours.read(&mut bytes).expect("a terminal");
            seen.push_str(&text(&bytes[..length]));
        }
        most = most.max(own_memory(child.id()).unwrap_or(0));
        assert!(child.try_wait().unwrap().is_none(), "it ended: {seen}");
    }
    (child, pty.master, most)
}

#[test]
fn a_long_run_that_is_held_back_to_be_stepped_through_takes_bounded_memory() {
    let args = [
        "tcp", "--bytes", "150000", "--chunk", "1", "--delay", "1ms", "--step", "--lang", "en",
    ];
    let (mut child, _terminal, most) = on_a_terminal(&args, "1/");
    let _ = child.kill();
    let _ = child.wait();
    assert!(most < MOST, "{most} KiB");
}

#[test]
fn whoever_is_ended_from_outside_gives_the_terminal_back() {
    let place = folder();
    let file = place.path().join("run.pcapng");
    let path = file.to_str().unwrap();
    told(
        User::Ordinary,
        &["tcp", "--message", "x", "--save", path, "--quiet"],
    );
    let (mut child, terminal, _) = on_a_terminal(&["explain", path, "--step"], "\x1b[?1049h");
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM).expect("ours");
    let mut ours = fs::File::from(terminal);
    let (mut seen, mut bytes) = (String::new(), [0; 4096]);
    while !seen.contains("\x1b[?1049l") {
        let length = ours.read(&mut bytes).unwrap_or(0);
        assert!(
            length > 0,
            "it is gone, and the screen still taken: {seen:?}"
        );
        seen.push_str(&text(&bytes[..length]));
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
