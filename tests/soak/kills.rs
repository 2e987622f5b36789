//! `kill -9` at random moments of every command: afterwards nothing is left, and every file that was saved can be read.
//!
//! No list shows a namespace that only a socket holds. So all of it runs in a user namespace of its own, where nobody may have
//! more than [`ROOM`] network namespaces, so that leaks make later runs fail. And after each kill nobody may have more than
//! one, and one is made: that fails where a single one is left.
//!
//! That user namespace has two users, root and an ordinary one. Commands are run by the ordinary one, and by root with sudo's
//! variables, who is to be taken for the ordinary one. `--on lo` is run on the loopback of one network namespace that
//! belongs there: by root, with sudo's variables too, and by the ordinary one whose binary has the capability for it.
//!
//! The test starts itself again inside; [`ROLE`] in the environment says what it is there, [`ONLY`] which runs are killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::mix::Dice;
use crate::support::{self, NOBODY, User, text};

/// Network namespaces that one user may have: 8, which is more than a run of the commands below needs, the one that was
/// made after the run before, which the kernel may be about to free, and [`OURS`].
const ROOM: u32 = 9 + OURS;
/// The network namespace of root's in which all of it runs.
const OURS: u32 = 1;
/// All of a run is gone after this, on a machine that is busy with other things as well.
const PATIENCE: Duration = Duration::from_secs(10);
/// A run that is not killed ends within this.
const WHOLE: Duration = Duration::from_mins(1);
/// Half of the kills come within this of the start, while everything is being set up.
const EARLY: Duration = Duration::from_millis(100);
/// So many failures tell enough.
const ENOUGH: usize = 8;

/// What this process is: absent, the one that makes the user namespace; [`INSIDE`] or [`MEASURE`] within it.
const ROLE: &str = "SOCKSCOPE_SOAK_ROLE";
const INSIDE: &str = "inside";
const MEASURE: &str = "measure";
/// A part of the names of the runs that are killed; all, where it is absent.
const ONLY: &str = "SOCKSCOPE_SOAK_ONLY";
/// In the environment of everything that a run starts.
const TOKEN: &str = "SOCKSCOPE_SOAK_TOKEN";

/// Commands as they are typed, in a folder of their own; [`PROGRAMS`] stand for themselves.
const COMMANDS: [&str; 15] = [
    "tcp --message hello --save run.pcapng",
    "tcp --bytes 60000 --echo --plot run.svg --save run.pcapng",
    "udp --bytes 4000 --save run.pcapng --vantage server",
    "compare --message one --message two",
    "compare --sizes 100 --losses 0 --seeds 1 --count 2 --plot run.svg",
    "compare --with nagle --message a --message b",
    "lesson handshake --no-ask --save run.pcapng --plot run.svg",
    "lesson ecn --report run.json --save run.pcapng",
    "lesson check handshake",
    "lab --delay 1ms --save run.pcapng --client SOON --server FORKS",
    "lab --trace no --save run.pcapng --client SOON --server FORKS",
    "lab --save run.pcapng --html run.html --client ASKS --server ECHOES",
    "lab --bare --client LEAVES --server STAYS",
    "explain big.pcap --save run.pcapng --plot run.svg",
    "doctor",
];
/// The same on the loopback; `PORT` is another each time, for the kernel keeps what a kill left half closed for minutes.
const ON_LOOPBACK: [&str; 3] = [
    "tcp --on lo --port PORT --message hello --save run.pcapng",
    "tcp -6 --on lo --port PORT --bytes 60000 --echo --plot run.svg --save run.pcapng",
    "udp --on lo --port PORT --bytes 4000 --save run.pcapng",
];
/// Programs that fork, leave their group and session, make a namespace, and don't listen; and two with threads that talk to each
/// other, with a call every millisecond or so.
const PROGRAMS: [(&str, &str); 6] = [
    ("SOON", "sleep 0.5"),
    (
        "FORKS",
        "(sleep 97 & setsid sleep 97 & exec setsid unshare -rn sleep 97 &) ; sleep 97",
    ),
    ("LEAVES", "setsid sh -c 'sleep 97 & sleep 97' & sleep 0.4"),
    (
        "STAYS",
        "setsid unshare -n sleep 97 & trap '' TERM HUP INT; sleep 97",
    ),
    (
        "ASKS",
        "exec python3 -c \"import socket, threading
def one():
    s = socket.create_connection(('server', 7070))
    for n in range(50): s.sendall(b'x' * 900); s.recv(900)
    s.close()
all = [threading.Thread(target=one) for n in range(4)]
[each.start() for each in all]\"",
    ),
    (
        "ECHOES",
        "exec python3 -c \"import socket, threading
s = socket.create_server(('', 7070))
def one(c):
    while got := c.recv(900): c.sendall(got)
    c.close()
while True: threading.Thread(target=one, args=(s.accept()[0],)).start()\"",
    ),
];
const BIG: &str = "big.pcap";

/// Who runs a command.
#[derive(Clone, Copy, PartialEq)]
enum Caller {
    /// The ordinary user.
    User,
    /// Root with sudo's variables.
    Sudo,
    /// Root whom nobody called.
    Root,
    /// The ordinary user; the binary's file has the capability to sniff.
    Capable,
}

impl Caller {
    /// Everywhere but on the loopback.
    const IN_LABS: [Self; 2] = [Self::User, Self::Sudo];
    const ON_LOOPBACK: [Self; 3] = [Self::Sudo, Self::Root, Self::Capable];

    const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Sudo => "sudo",
            Self::Root => "root",
            Self::Capable => "user with the file's capability",
        }
    }

    /// The binary, run by it.
    fn command(self, capable: &Path) -> Command {
        match self {
            Self::User => support::sockscope(User::Ordinary, &[]),
            Self::Capable => support::run_by(User::Ordinary, &capable.to_string_lossy()),
            Self::Root => support::sockscope(User::Root, &[]),
            Self::Sudo => {
                let nobody = NOBODY.to_string();
                let mut command = support::sockscope(User::Root, &[]);
                command.envs([
                    ("SUDO_UID", nobody.as_str()),
                    ("SUDO_GID", nobody.as_str()),
                    ("SUDO_USER", "nobody"),
                ]);
                command
            }
        }
    }
}

/// So many kills; none when the test starts itself inside for another purpose.
pub fn kills(wanted: u64) {
    match std::env::var(ROLE).as_deref() {
        Ok(INSIDE) => inside(wanted),
        Ok(MEASURE) => measure(),
        _ if support::is_root() => outside(),
        _ => support::left_out(
            "kill -9 at random moments: only root can give a user namespace two users",
        ),
    }
}

/// This test again, in this role.
fn again(command: &mut Command, role: &str) {
    command
        .args(["--exact", "killed_at_any_moment_nothing_is_left"])
        .args(["--ignored", "--nocapture"])
        .env(ROLE, role);
}

/// Runs it in a user namespace with two users.
fn outside() {
    let own = std::env::current_exe().expect("a test knows its own path");
    // The maps are written by who stays outside; programs started before that have no rights, those started afterwards have.
    let mut command = Command::new("unshare");
    command
        .args([
            "--user",
            "--",
            "sh",
            "-c",
            "echo ready; read go; exec \"$@\"",
            "sh",
        ])
        .arg(own)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    again(&mut command, INSIDE);
    let mut child = command.spawn().expect("unshare runs");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("a line").expect("text");
    assert_eq!(first, "ready");
    for map in ["uid_map", "gid_map"] {
        let users = format!("0 0 1\n{NOBODY} {NOBODY} 1\n");
        fs::write(format!("/proc/{}/{map}", child.id()), users).expect("root writes maps");
    }
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(b"go\n").expect("it reads");
    for line in lines {
        println!("{}", line.expect("text"));
    }
    let status = child.wait().expect("it is ours");
    assert!(status.success(), "see above");
}

/// What came of the kills of one command by one caller.
#[derive(Default)]
struct Count {
    kills: u32,
    /// Before which another process of the run was killed.
    others: u32,
    /// Had ended by itself before.
    ended: u32,
    /// Saved files that were told.
    told: u32,
}

/// A command, and how long it takes when it is left alone.
struct Run<'a> {
    caller: Caller,
    line: &'static str,
    /// A copy of the binary with the capability to sniff.
    capable: &'a Path,
    takes: Duration,
}

fn inside(wanted: u64) {
    allow(ROOM);
    a_loopback_of_ours();
    let seed = std::env::var("SOCKSCOPE_SEED").map_or_else(
        |_| {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .expect("after 1970")
                .as_secs()
        },
        |text| text.parse().expect("SOCKSCOPE_SEED is a number"),
    );
    println!(
        "kills: {wanted}, seed {seed} (SOCKSCOPE_SEED), room for {ROOM} network namespaces of each user"
    );
    let folder = support::folder();
    large_capture(folder.path());
    let interfaces = interfaces();
    let mut failures = Vec::new();
    let aside = support::folder();
    let capable = aside.path().join("sockscope");
    capable_copy(&capable);
    let mut runs = every_run(&capable);
    for run in &mut runs {
        match left_alone(run, folder.path()) {
            Ok(takes) => run.takes = takes,
            Err(why) => fail(&mut failures, format!("{}, not killed: {why}", run.name())),
        }
    }
    let mut dice = Dice(seed);
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for number in 0..wanted {
        if failures.len() >= ENOUGH {
            println!("stopped after {number} kills: enough has failed");
            break;
        }
        let run = &runs[number as usize % runs.len()];
        let within = if dice.one_in(2) {
            EARLY
        } else {
            run.takes.mul_f32(1.1)
        };
        let after = Duration::from_micros(dice.below(within.as_micros().max(1) as u64));
        let count = counts.entry(run.name()).or_default();
        if let Err(why) = killed(run, after, &mut dice, folder.path(), count) {
            fail(
                &mut failures,
                format!("kill {number}, {}, after {after:?}: {why}", run.name()),
            );
        }
    }
    let mut all = Count::default();
    for (name, count) in &counts {
        println!(
            "{:4} kills, {:3} too late, {:3} files told: {name}",
            count.kills, count.ended, count.told
        );
        all.kills += count.kills;
        all.others += count.others;
        all.ended += count.ended;
        all.told += count.told;
    }
    if self::interfaces() != interfaces {
        fail(
            &mut failures,
            format!("interfaces are left: {:?}", self::interfaces()),
        );
    }
    println!(
        "kills: {} of {wanted}, {} of them after another process of the run, {} too late, {} saved files told, {} failed",
        all.kills,
        all.others,
        all.ended,
        all.told,
        failures.len()
    );
    assert!(
        failures.is_empty(),
        "{} failed; the first:\n{}",
        failures.len(),
        failures[0]
    );
}

/// Each command by each who may run it, as far as [`ONLY`] wants it.
fn every_run(capable: &Path) -> Vec<Run<'_>> {
    let in_labs = Caller::IN_LABS
        .into_iter()
        .flat_map(|caller| COMMANDS.map(|line| (caller, line)));
    let on_loopback = Caller::ON_LOOPBACK
        .into_iter()
        .flat_map(|caller| ON_LOOPBACK.map(|line| (caller, line)));
    let only = std::env::var(ONLY).unwrap_or_default();
    let runs = in_labs.chain(on_loopback).map(|(caller, line)| Run {
        caller,
        line,
        capable,
        takes: Duration::ZERO,
    });
    let runs: Vec<_> = runs.filter(|run| run.name().contains(&only)).collect();
    assert!(!runs.is_empty(), "{ONLY}={only}: no run has such a name");
    runs
}

/// A network namespace that belongs to where we are, with its loopback up.
fn a_loopback_of_ours() {
    unshare(CloneFlags::CLONE_NEWNET).expect("root of it may");
    let up = Command::new("ip")
        .args(["link", "set", "lo", "up"])
        .status();
    assert!(up.expect("ip runs").success());
}

fn capable_copy(to: &Path) {
    for (program, args) in [
        ("cp", vec![support::binary().as_os_str(), to.as_os_str()]),
        ("chmod", vec!["755".as_ref(), to.as_os_str()]),
        ("setcap", vec!["cap_net_raw=ep".as_ref(), to.as_os_str()]),
    ] {
        let status = Command::new(program).args(args).status();
        assert!(status.is_ok_and(|status| status.success()), "{program}");
    }
}

/// At once: a soak may be stopped before its end.
fn fail(failures: &mut Vec<String>, why: String) {
    println!("FAILED: {why}");
    failures.push(why);
}

impl Run<'_> {
    fn name(&self) -> String {
        format!("{}: {}", self.caller.name(), self.line)
    }

    /// Ready to start; all that comes of it has this token in its environment.
    fn command(&self, folder: &Path, token: &str) -> Command {
        let port = next_port().to_string();
        let words = self.line.split(' ').map(|word| {
            let program = PROGRAMS.iter().find(|program| program.0 == word);
            match program {
                Some(program) => program.1,
                None if word == "PORT" => &port,
                None => word,
            }
        });
        let mut command = self.caller.command(self.capable);
        command.args(words).current_dir(folder).env(TOKEN, token);
        command
    }
}

/// Runs it to its end, and what is wrong after that. What it can't do here at all would make its kills worth nothing.
fn left_alone(run: &Run<'_>, folder: &Path) -> Result<Duration, String> {
    let token = token();
    let errors = folder.join("errors");
    let began = Instant::now();
    let mut child = run
        .command(folder, &token)
        .stdout(Stdio::null())
        .stderr(File::create(&errors).expect("ours"))
        .spawn()
        .expect("the binary runs");
    let status = loop {
        if let Some(status) = child.try_wait().expect("it is ours") {
            break Ok(status);
        } else if began.elapsed() > WHOLE {
            stop(&mut child);
            break Err(format!("it does not end within {WHOLE:?}"));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let took = began.elapsed();
    let said = fs::read(&errors).map_or(String::new(), |bytes| text(&bytes));
    let _ = fs::remove_file(&errors);
    // What `doctor` finds missing in a namespace is for its own tests.
    let ended = status.and_then(|status| match status.code() {
        Some(0) => Ok(()),
        Some(1) if run.line == "doctor" => Ok(()),
        _ => Err(format!("{status}\n{said}")),
    });
    let mut count = Count::default();
    let gone = gone(&token);
    let files = saved(folder, &mut count);
    ended.and(gone).and(files).map(|()| took)
}

/// Kills it after that time (of a lab, half of the times, its watcher or a program first), and what is wrong then.
fn killed(
    run: &Run<'_>,
    after: Duration,
    dice: &mut Dice,
    folder: &Path,
    count: &mut Count,
) -> Result<(), String> {
    let token = token();
    let mut child = run
        .command(folder, &token)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    std::thread::sleep(after);
    // Not where there are connections: those that nobody took down are the kernel's for minutes.
    if run.line.starts_with("lab") && !run.line.contains("ASKS") && dice.one_in(2) {
        let mut others = processes(&token);
        others.remove(&(child.id() as i32));
        let index = dice.below(others.len().max(1) as u64) as usize;
        if let Some(pid) = others.keys().nth(index) {
            let _ = kill(Pid::from_raw(*pid), Signal::SIGKILL);
            count.others += 1;
        }
    }
    let status = stop(&mut child);
    count.kills += 1;
    count.ended += u32::from(status.signal().is_none());
    let gone = gone(&token);
    let files = saved(folder, count);
    gone.and(files)
}

fn stop(child: &mut Child) -> std::process::ExitStatus {
    child.kill().expect("it is ours");
    child.wait().expect("it is ours")
}

/// No process and no namespace of a run is left, or what is; processes are ended then, so that the next run is judged by itself.
fn gone(token: &str) -> Result<(), String> {
    let began = Instant::now();
    let mut left = processes(token);
    while !left.is_empty() && began.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
        left = processes(token);
    }
    let processes = if left.is_empty() {
        Ok(())
    } else {
        Err(format!("processes are left: {left:?}"))
    };
    let namespaces = nobody_has_namespaces().and_then(|()| no_sockets());
    for pid in left.keys() {
        let _ = kill(Pid::from_raw(*pid), Signal::SIGKILL);
    }
    match (processes, namespaces) {
        (Err(one), Err(other)) => Err(format!("{one}\n{other}")),
        (one, other) => one.and(other),
    }
}

/// Processes with this token, and their command lines.
fn processes(token: &str) -> BTreeMap<i32, String> {
    let token = format!("{TOKEN}={token}");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir("/proc").expect("/proc is mounted").flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let Ok(environment) = fs::read(entry.path().join("environ")) else {
            continue;
        };
        if environment
            .split(|byte| *byte == 0)
            .any(|part| part == token.as_bytes())
        {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            found.insert(pid, text(&line).replace('\0', " ").trim().to_owned());
        }
    }
    found
}

fn interfaces() -> BTreeSet<String> {
    let table = fs::read_to_string("/proc/thread-self/net/dev").expect("/proc is mounted");
    table
        .lines()
        .filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned()))
        .collect()
}

/// No user has a network namespace, or who has.
fn nobody_has_namespaces() -> Result<(), String> {
    let all = [("user", User::Ordinary, 1), ("root", User::Root, 1 + OURS)];
    let all = all.into_iter().try_for_each(|(name, user, room)| {
        allow(room);
        has_none(name, user)
    });
    allow(ROOM);
    all
}

/// Nobody listens on our loopback, and nobody sniffs there. (What is half closed is the kernel's.)
fn no_sockets() -> Result<(), String> {
    /// In hexadecimal, as the kernel prints it.
    const LISTENS: &str = "0A";
    for table in ["tcp", "tcp6", "udp", "udp6", "packet"] {
        let text = fs::read_to_string(format!("/proc/thread-self/net/{table}"));
        let text = text.expect("/proc is mounted");
        let is_left = |line: &&str| {
            !table.starts_with("tcp") || line.split_whitespace().nth(3) == Some(LISTENS)
        };
        if let Some(line) = text.lines().skip(1).find(is_left) {
            return Err(format!("a socket is left, {table}: {line}"));
        }
    }
    Ok(())
}

fn has_none(name: &str, user: User) -> Result<(), String> {
    let own = std::env::current_exe().expect("a test knows its own path");
    let mut command = if user == User::Root {
        Command::new(&own)
    } else {
        // What is made in a user namespace below counts for who made that one.
        let mut command = support::run_by(user, "unshare");
        command.args(["--user", "--map-root-user", "--"]).arg(&own);
        command
    };
    again(&mut command, MEASURE);
    let got = command.output().expect("it runs");
    if got.status.success() {
        return Ok(());
    }
    let said = text(&got.stdout) + &text(&got.stderr);
    let why = said.lines().find(|line| line.contains("namespaces"));
    Err(format!("of the {name}: {}", why.unwrap_or(&said)))
}

/// Makes a network namespace where there is room for one. The kernel frees those of a run some time after their last use, so
/// it tries for a while.
fn measure() {
    let began = Instant::now();
    let free = loop {
        if unshare(CloneFlags::CLONE_NEWNET).is_ok() {
            break true;
        } else if began.elapsed() > PATIENCE {
            break false;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(
        free,
        "network namespaces are left: not one more can be made where one may be"
    );
}

/// So many network namespaces may each user have from now on.
fn allow(namespaces: u32) {
    fs::write("/proc/sys/user/max_net_namespaces", namespaces.to_string()).expect("root of it may");
}

/// Every file that was saved is whole up to where it was cut; they are taken away.
fn saved(folder: &Path, count: &mut Count) -> Result<(), String> {
    let mut wrong = Ok(());
    for entry in fs::read_dir(folder).expect("ours").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == BIG {
            continue;
        }
        let bytes = entry.metadata().map_or(0, |meta| meta.len());
        let ending = path.extension().and_then(|ending| ending.to_str());
        if bytes > 0 && ending == Some("pcapng") {
            count.told += 1;
            wrong = wrong.and(told(&name, folder));
        } else if bytes > 0
            && let Some(kind @ ("svg" | "html")) = ending
        {
            // A picture takes its place when it is whole.
            let picture = text(&fs::read(&path).expect("ours"));
            if !picture.trim_end().ends_with(&format!("</{kind}>")) {
                wrong = wrong.and(Err(format!("{name} is not whole")));
            }
        }
        fs::remove_file(&path).expect("root of it may");
    }
    wrong
}

/// A recording can be told by who saved it, with one warning at most.
fn told(name: &str, folder: &Path) -> Result<(), String> {
    let mut command =
        support::sockscope(User::Ordinary, &["explain", name, "--quiet", "--summary"]);
    let got = command
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let said = text(&got.stderr);
    let cut = said.contains("the file ends in the middle of this") && said.lines().count() == 1;
    if got.status.success() && (said.is_empty() || cut) {
        return Ok(());
    }
    Err(format!("explain {name}: {}\n{said}", got.status))
}

/// A capture that takes a while to explain: a small one, again and again.
fn large_capture(folder: &Path) {
    let small =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/lost-data.pcap"))
            .expect("there");
    let (header, packets) = small.split_at(24);
    let mut big = header.to_vec();
    for _ in 0..3_000 {
        big.extend(packets);
    }
    fs::write(folder.join(BIG), big).expect("ours");
}

/// Below those that the kernel gives out, each in its turn.
fn next_port() -> u16 {
    use std::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(0);
    8_000 + NEXT.fetch_add(1, Ordering::Relaxed) % 20_000
}

/// No two runs have the same.
fn token() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!(
        "{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
