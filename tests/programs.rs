//! Foreign programs through the binary: what they are started with, what they leave behind and how long it lives, and a
//! shell on a terminal. Each where the kernel ends them (a PID namespace) and where it does not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is a test's verdict"
)]

#[path = "programs/dropped.rs"]
mod dropped;
#[path = "programs/ending.rs"]
mod ending;
mod support;

use std::fs;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::openpty;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::{User, binary, run_by, sockscope, text, users};

/// Longer than anything here takes, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether PID namespaces may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kernel {
    Ends,
    /// Inside a user namespace in which no PID namespace may be made. Who is root stays root there.
    DoesNot,
}

fn everywhere() -> impl Iterator<Item = (User, Kernel)> {
    let both = |user| [(user, Kernel::Ends), (user, Kernel::DoesNot)];
    users().into_iter().flat_map(both)
}

/// `sockscope lab` with these arguments.
fn lab((user, kernel): (User, Kernel), args: &[&str]) -> Command {
    let mut command = if kernel == Kernel::Ends {
        sockscope(user, &[])
    } else {
        let map = if user == User::Root { "-Ur" } else { "-Uc" };
        let none = "echo 0 > /proc/sys/user/max_pid_namespaces && exec \"$@\"";
        let mut command = run_by(user, "unshare");
        command.args([map, "--keep-caps", "sh", "-c", none, "sh"]);
        command.arg(binary());
        command
    };
    command
        .arg("lab")
        .args(["--lang", "en", "--delay", "1ms"])
        .args(args);
    command
}

fn output(of: (User, Kernel), args: &[&str]) -> Output {
    lab(of, args).output().expect("the binary runs")
}

/// What the client's program says, which must end well.
fn says(of: (User, Kernel), client: &str) -> String {
    let got = output(of, &["--bare", "--client", client]);
    let said = text(&got.stderr);
    assert!(got.status.success(), "{of:?}: {}\n{said}", got.status);
    let lines = said
        .lines()
        .filter_map(|line| line.strip_prefix("client| "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// A number that no other process has among its arguments, for `sleep`.
fn token() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}.{next:03}731", 90_000 + std::process::id() % 10_000)
}

/// Processes of which this is an argument: alone, so that no shell counts that starts one.
fn sleeping(token: &str) -> Vec<i32> {
    let processes = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    let found = processes.filter_map(|entry| {
        let arguments = fs::read(entry.path().join("cmdline")).ok()?;
        let mut arguments = arguments.split(|byte| *byte == 0);
        let is_it = arguments.any(|argument| argument == token.as_bytes());
        is_it
            .then(|| entry.file_name().to_str()?.parse().ok())
            .flatten()
    });
    found.collect()
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < until, "{what}: not after {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What leaves its parent, its group, its session, its network: four that sleep.
fn strays(token: &str) -> String {
    format!(
        "sleep {token} & setsid sleep {token} & setsid unshare -n sleep {token} & \
         (setsid sh -c 'sleep {token} & exit' &)"
    )
}

const STRAYS: usize = 4;

#[test]
fn what_programs_leave_behind_ends_with_the_run() {
    for of in everywhere() {
        for end in ["exit 0", "exit 3", "kill -9 $$"] {
            let token = token();
            // It ends when all are there.
            let client = format!(
                "{}; for i in $(seq 200); do [ $(ps -e -o args | grep -c '^sleep {token}') -ge {STRAYS} ] && break; sleep 0.05; done; {end}",
                strays(&token)
            );
            let server = format!("{}; wait", strays(&token));
            let got = output(of, &["--bare", "--server", &server, "--client", &client]);
            let code = i32::from(end != "exit 0");
            let shown = format!("{of:?}, {end}: {}", text(&got.stderr));
            assert_eq!(got.status.code(), Some(code), "{shown}");
            assert_eq!(sleeping(&token), Vec::<i32>::new(), "{shown}");
        }
    }
}

#[test]
fn what_programs_leave_behind_ends_however_we_end() {
    for of in everywhere() {
        for watched in [true, false] {
            let token = token();
            let all = format!("{}; sleep {token}; exit 1", strays(&token));
            let mut command = lab(of, &["--bare", "--server", &all, "--client", &all]);
            let mut running = command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            wait_until("all are there", || {
                sleeping(&token).len() == 2 * (STRAYS + 1)
            });
            if !watched {
                let watcher = child(&running, "sockscope-watch");
                kill(Pid::from_raw(watcher), Signal::SIGKILL).expect("ours");
            }
            running.kill().expect("ours");
            running.wait().expect("ours");
            wait_until(&format!("{of:?}, watched {watched}: none is left"), || {
                sleeping(&token).is_empty()
            });
        }
    }
}

/// The process of this name that this one has started.
fn child(of: &Child, name: &str) -> i32 {
    let processes = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    let mut found = processes.filter_map(|entry| {
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let child = status.contains(&format!("PPid:\t{}\n", of.id()));
        let is_it = child && status.starts_with(&format!("Name:\t{name}\n"));
        is_it
            .then(|| entry.file_name().to_str()?.parse().ok())
            .flatten()
    });
    found.next().expect("it runs")
}

/// The kernel's rings for packets are shared memory: of us, and of nobody who is forked for a program.
#[test]
fn no_process_of_a_program_holds_the_rings() {
    let rings = |process: i32| {
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).expect("it lives");
        maps.lines().filter(|line| line.contains("socket:")).count()
    };
    for of in everywhere() {
        let token = token();
        let sleeps = format!("sleep {token}");
        let mut lab = lab(of, &["--client", &sleeps]);
        let mut lab = lab
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        wait_until("the program runs", || !sleeping(&token).is_empty());
        let (ours, inits) = (
            rings(lab.id().cast_signed()),
            rings(child(&lab, "sockscope-init")),
        );
        let _ = kill(Pid::from_raw(lab.id().cast_signed()), Signal::SIGINT);
        let _ = lab.wait();
        assert_eq!(
            (ours, inits),
            (3, 0),
            "{of:?}: of two sniffers and the wire"
        );
    }
}

#[test]
fn a_server_that_its_program_left_behind_still_serves() {
    let server = "python3 -m http.server 80 >/dev/null 2>&1 & exit 0";
    let client =
        "curl -s -o /dev/null --retry 40 --retry-delay 1 --retry-connrefused http://server:80/";
    for of in everywhere() {
        let got = output(of, &["--bare", "--server", server, "--client", client]);
        assert!(got.status.success(), "{of:?}: {}", text(&got.stderr));
    }
}

#[test]
fn a_program_that_will_not_end_is_ended() {
    let server = "trap '' TERM; while :; do sleep 0.1; done";
    for of in everywhere() {
        let got = output(of, &["--bare", "--server", server, "--client", "exit 0"]);
        assert!(got.status.success(), "{of:?}: {}", text(&got.stderr));
    }
}

#[test]
fn programs_get_three_descriptors_and_fresh_signals() {
    for of in everywhere() {
        let mut holding = Command::new("sh");
        let inner = lab(
            of,
            &[
                "--bare",
                "--client",
                "ls /proc/$$/fd; exec sed -n '/^Sig[BIC]/p' /proc/self/status",
            ],
        );
        holding.args(["-c", "exec 8</dev/null 9</dev/null; exec \"$@\"", "sh"]);
        holding.arg(inner.get_program()).args(inner.get_args());
        holding.envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let got = holding.stdin(Stdio::null()).output().expect("sh runs");
        let said = text(&got.stderr);
        let said: Vec<&str> = said
            .lines()
            .filter_map(|line| line.strip_prefix("client| "))
            .collect();
        assert_eq!(
            said.get(..3),
            Some(&["0", "1", "2"][..]),
            "{of:?}: {said:?}"
        );
        assert_eq!(said.len(), 6, "{of:?}: {said:?}");
        // But 32, which is the C library's own: posix_spawn, by which the binary was started here, leaves it ignored.
        let nothing = |line: &&str| {
            let set = line
                .split('\t')
                .nth(1)
                .map(|set| u64::from_str_radix(set, 16));
            matches!(set, Some(Ok(set)) if set & !(1 << 31) == 0)
        };
        assert!(said[3..].iter().all(nothing), "{of:?}: {said:?}");
    }
}

#[test]
fn programs_see_their_own_processes_only_and_it_is_said_where_not() {
    for of in everywhere() {
        let got = output(
            of,
            &[
                "--bare",
                "--client",
                "ps -e -o pid= | wc -l; kill -9 1; sleep 0.1; echo lives",
            ],
        );
        let said = text(&got.stderr);
        let remark = said.contains("max_pid_namespaces");
        assert_eq!(remark, of.1 == Kernel::DoesNot, "{of:?}: {said}");
        if of.1 == Kernel::Ends {
            assert!(said.contains("client| 4\n"), "{of:?}: {said}");
            assert!(
                said.contains("lives"),
                "its init cannot be killed from inside: {said}"
            );
        }
    }
}

#[test]
fn names_resolve_for_programs_and_the_machine_has_its_own_file() {
    for of in everywhere() {
        let said = says(
            of,
            "getent hosts server; cat /proc/mounts | grep -c ' /tmp ' || true",
        );
        assert!(said.contains("server"), "{of:?}: {said}");
        let own = fs::read_to_string("/etc/hosts").unwrap_or_default();
        assert!(!own.contains("10.0.0.2 server"), "{own}");
    }
}

/// A shell on a terminal of its own, as a person has one.
struct Terminal {
    ours: OwnedFd,
    shell: Child,
    seen: String,
}

impl Terminal {
    fn new(user: User) -> Self {
        let pty = openpty(None, None).expect("a pty");
        let end = |fd: &OwnedFd| Stdio::from(fd.try_clone().expect("a descriptor"));
        let mut command = run_by(user, "setsid");
        command.args(["--ctty", "bash", "--norc", "--noprofile", "-i"]);
        let shell = command
            .stdin(end(&pty.slave))
            .stdout(end(&pty.slave))
            .stderr(end(&pty.slave))
            .env("HOME", "/nonexistent")
            .env("TERM", "dumb")
            .env("ENV", "")
            .spawn()
            .expect("setsid runs");
        Self {
            ours: pty.master,
            shell,
            seen: String::new(),
        }
    }

    /// Types this, and waits until that has come since.
    fn type_until(&mut self, keys: &str, wanted: &str) {
        self.seen.clear();
        let mut file = fs::File::from(self.ours.try_clone().expect("a descriptor"));
        file.write_all(keys.as_bytes()).expect("typed");
        let until = Instant::now() + PATIENCE;
        while !self.seen.contains(wanted) {
            assert!(
                Instant::now() < until,
                "no {wanted:?} after {keys:?}, but:\n{}",
                self.seen
            );
            let mut ready = [PollFd::new(self.ours.as_fd(), PollFlags::POLLIN)];
            if poll(&mut ready, PollTimeout::from(100_u8)) == Ok(1) {
                let mut bytes = [0u8; 4096];
                let length = file.read(&mut bytes).expect("a terminal");
                self.seen.push_str(&text(&bytes[..length]));
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Its session gets a SIGHUP with it.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

#[test]
fn job_control_works_in_a_shell_of_the_lab() {
    for user in users() {
        for shell in ["/bin/bash", "/bin/dash"] {
            let mut terminal = Terminal::new(user);
            let start = format!(
                "SHELL={shell} {} lab --bare --lang en\n",
                binary().display()
            );
            terminal.type_until("echo out\"er\"=$$\n", "outer=");
            terminal.type_until(&start, "");
            terminal.type_until("echo in\"ner\"=$$\n", "inner=2\r\n");
            // It says so when it is in the foreground, at first and again: a key that came before would be lost.
            let job = "perl -e '$| = 1; $SIG{CONT} = sub { print \"back ag\", \"ain\" }; print \"he\", \"re\"; \
                       sleep 1 while 1'\n";
            terminal.type_until(job, "here");
            terminal.type_until("\x1a", "topped");
            terminal.type_until("jo\"\"bs\n", "topped");
            terminal.type_until("fg\n", "back again");
            terminal.type_until("\x03", "\n");
            terminal.type_until("echo sta\"tus\"=$?\n", "status=130");
            terminal.type_until("exit\n", "0 frames came onto the wire");
            terminal.type_until("echo out\"er\"=$$ ended=$?\n", "ended=0");
        }
    }
}

#[test]
fn the_terminal_is_taken_back_however_the_shell_ends() {
    for user in users() {
        let mut terminal = Terminal::new(user);
        terminal.type_until("stty tostop; echo out\"er\"=$$\n", "outer=");
        let start = format!(
            "SHELL=/bin/bash {} lab --bare --lang en\n",
            binary().display()
        );
        terminal.type_until(&start, "");
        terminal.type_until("stty tostop; echo in\"ner\"=$$\n", "inner=2\r\n");
        terminal.type_until("kill -9 $$\n", "status 137");
        terminal.type_until("echo en\"ded\"=$?\n", "ended=1");
        terminal.type_until("cat\n", "cat");
        terminal.type_until("fore\"gr\"ound\n", "\nfore\"gr\"ound");
        terminal.type_until("\x03", "\n");
    }
}

#[test]
fn a_shell_that_suspends_itself_suspends_us() {
    for user in users() {
        let mut terminal = Terminal::new(user);
        let start = format!(
            "SHELL=/bin/bash {} lab --bare --lang en\n",
            binary().display()
        );
        terminal.type_until("echo out\"er\"=$$\n", "outer=");
        terminal.type_until(&start, "");
        terminal.type_until("echo in\"ner\"=$$\n", "inner=2\r\n");
        for _ in 0..2 {
            terminal.type_until("suspend\n", "Stopped");
            terminal.type_until("echo jo\"bs\"=$(jobs | wc -l)\n", "jobs=1");
            terminal.type_until("fg\n", "lab --bare");
            terminal.type_until("echo in\"ner\"=$$\n", "inner=2\r\n");
        }
        terminal.type_until("exit 7\n", "status 7");
        terminal.type_until("echo en\"ded\"=$?\n", "ended=1");
        // In the background it stops when it wants to read.
        terminal.type_until(&start.replace('\n', " &\n"), "");
        let until = "until jobs | grep -q Stop; do sleep 0.05; done; echo sto\"pped\" by itself\n";
        terminal.type_until(until, "stopped by itself");
        terminal.type_until("fg\n", "lab --bare");
        terminal.type_until("echo in\"ner\"=$$\n", "inner=2\r\n");
        terminal.type_until("exit\n", "0 frames came onto the wire");
    }
}
