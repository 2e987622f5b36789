//! Killed with kill -9 at any moment, a lab leaves nothing: no process, no interface, no namespace.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getegid, geteuid};
use sockscope::model::{HostId, Span};
use sockscope::observe::lab::{self, Lab};
use sockscope::observe::source::{FactSource, Room, Waker, room};

use crate::programs::VICTIMS;
use crate::scenarios::plan;

/// Everything must be gone after this.
const PATIENCE: Duration = Duration::from_secs(2);

/// A lab whose client has sent more than the wire has carried yet. Waits to be killed.
pub fn victim() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let waker = Waker::new().expect("an eventfd");
    let source = FactSource::new(&waker, &Room::of(room::USUAL));
    let mut lab = Lab::set_up(&privileges, &plan(Span::from_ms(5))).expect("the lab comes up");
    lab.start_wire(Some(&source)).expect("the wire starts");
    let server = lab
        .thread(HostId::SERVER)
        .call(|| TcpListener::bind("10.0.0.2:7070").expect("a free port"))
        .expect("no panic");
    let client = lab
        .thread(HostId::CLIENT)
        .call(|| {
            let mut stream = TcpStream::connect("10.0.0.2:7070").expect("a listener");
            stream.set_nonblocking(true).expect("an option");
            // As much as the buffer takes: nobody reads.
            while stream.write(&[b'x'; 8_192]).is_ok_and(|sent| sent > 0) {}
            stream
        })
        .expect("no panic");
    println!("ready");
    loop {
        std::thread::park();
        std::hint::black_box((&server, &client));
    }
}

/// Kills victims at random moments of their setting up, and some with unsent data or programs.
pub fn killed() {
    if !geteuid().is_root() {
        // Mapped as it was, so that the victim does what an ordinary user's does.
        own_namespaces();
    }
    let runs: u64 =
        std::env::var("SOCKSCOPE_KILLS").map_or(12, |text| text.parse().expect("a number"));
    let mut longest = Duration::ZERO;
    for run in 0..runs {
        let token = nanoseconds();
        let after = (run % 3 != 0).then(|| Duration::from_micros(token / 1_000 % 60_000));
        let scenario = if run % 4 == 3 {
            "victim-programs"
        } else {
            "victim"
        };
        longest = longest.max(one(scenario, token, after, false));
    }
    eprintln!("{runs} victims, the last namespace gone after {longest:?} at most");
}

/// The same with programs, where the kernel does not end them for us.
pub fn without_pid_namespaces() {
    own_namespaces();
    fs::write("/proc/sys/user/max_pid_namespaces", "0").expect("our namespace's own");
    for run in 0..6 {
        let token = nanoseconds();
        let after = (run % 2 != 0).then(|| Duration::from_micros(token / 1_000 % 300_000));
        one("victim-programs", token, after, false);
    }
}

/// Programs end also when there is nobody any more who would see to it.
pub fn without_watcher() {
    own_namespaces();
    one("victim-programs", nanoseconds(), None, true);
    fs::write("/proc/sys/user/max_pid_namespaces", "0").expect("our namespace's own");
    one("victim-programs", nanoseconds(), None, true);
}

/// A user and a network namespace of our own, because what is looked at needs rights over one's own. We are in it who we
/// were.
fn own_namespaces() {
    let (uid, gid) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET).expect("user namespaces");
    fs::write("/proc/self/setgroups", "deny").expect("ours");
    fs::write("/proc/self/uid_map", format!("{uid} {uid} 1")).expect("ours");
    fs::write("/proc/self/gid_map", format!("{gid} {gid} 1")).expect("ours");
}

fn nanoseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_nanos() as u64
}

/// Kills one victim after that time, or when it has unsent data or all its programs; its watcher before it, if so asked. How
/// long the last of it lived on.
fn one(scenario: &str, token: u64, after: Option<Duration>, watcher_too: bool) -> Duration {
    let interfaces = interfaces();
    let own = std::env::current_exe().expect("a test knows its own path");
    let mut victim = Command::new(own)
        .args(["--scenario", scenario, &token.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("a test can run itself");
    let names = match after {
        Some(after) => {
            std::thread::sleep(after);
            name_namespaces(&victim)
        }
        None => {
            let mut line = String::new();
            let out = victim.stdout.as_mut().expect("piped");
            BufReader::new(out).read_line(&mut line).expect("a line");
            assert_eq!(line, "ready\n");
            let all = if scenario == "victim" { 2 } else { VICTIMS };
            while processes(token).len() < all {
                let ended = victim.try_wait().expect("it is ours");
                assert_eq!(ended, None, "the victim ended by itself");
                std::thread::sleep(Duration::from_millis(5));
            }
            let names = name_namespaces(&victim);
            assert!(
                names.len() >= 2,
                "the hosts' namespaces can be seen: {names:?}"
            );
            names
        }
    };
    if watcher_too {
        let pid = watcher(&victim);
        kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it is ours");
    }
    let begin = Instant::now();
    victim.kill().expect("it is ours");
    victim.wait().expect("it is ours");
    let mut left = Vec::new();
    while begin.elapsed() < PATIENCE {
        left = names
            .iter()
            .copied()
            .filter(|name| is_alive(*name))
            .collect();
        if left.is_empty() && processes(token).is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = begin.elapsed();
    let when = after.map_or("with unsent data".to_owned(), |after| {
        format!("after {after:?}")
    });
    assert!(
        left.is_empty(),
        "killed {when}: namespaces are left: {left:?}"
    );
    assert_eq!(
        processes(token),
        Vec::<i32>::new(),
        "killed {when}: processes are left"
    );
    assert_eq!(
        self::interfaces(),
        interfaces,
        "killed {when}: interfaces are left"
    );
    took
}

/// The watcher of this victim.
fn watcher(victim: &Child) -> i32 {
    let children = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    let found = children.filter_map(|entry| {
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let is_it = status.contains("sockscope-watch")
            && status.contains(&format!("PPid:\t{}\n", victim.id()));
        is_it
            .then(|| entry.file_name().to_str()?.parse().ok())
            .flatten()
    });
    found.last().expect("it runs")
}

fn interfaces() -> BTreeSet<String> {
    fs::read_to_string("/proc/thread-self/net/dev")
        .expect("/proc is mounted")
        .lines()
        .filter_map(|line| line.split_once(':').map(|(name, _)| name.trim().to_owned()))
        .collect()
}

/// Processes with this token among their arguments.
fn processes(token: u64) -> Vec<i32> {
    let token = token.to_string();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc is mounted").flatten() {
        let Ok(arguments) = fs::read(entry.path().join("cmdline")) else {
            continue;
        };
        // Alone or within a shell's command.
        if arguments
            .windows(token.len())
            .any(|part| part == token.as_bytes())
        {
            found.extend(
                entry
                    .file_name()
                    .to_str()
                    .and_then(|name| name.parse::<i32>().ok()),
            );
        }
    }
    found
}

/// Gives each namespace of a victim's threads a number in ours (RTM_NEWNSID), by which the kernel can be asked
/// later whether it still lives: nothing else shows a namespace that only a socket holds.
fn name_namespaces(victim: &Child) -> Vec<i32> {
    let own = fs::read_link("/proc/self/ns/net").expect("/proc is mounted");
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    let Ok(threads) = fs::read_dir(format!("/proc/{}/task", victim.id())) else {
        return names;
    };
    for thread in threads.flatten() {
        let path = thread.path().join("ns/net");
        let Ok(link) = fs::read_link(&path) else {
            continue;
        };
        if link == own || !seen.insert(link) {
            continue;
        }
        let Ok(namespace) = fs::File::open(&path) else {
            continue;
        };
        let name = (token() % 1_000_000_000) as i32;
        let fd = namespace.as_raw_fd();
        if ask(88, &[(3, fd), (1, name)]) == 0 {
            names.push(name);
        }
    }
    names
}

/// Names must not repeat.
fn token() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    u64::from(std::process::id()) * 1_000 + NEXT.fetch_add(1, Ordering::Relaxed)
}

fn is_alive(name: i32) -> bool {
    ask(90, &[(1, name)]) == 0
}

/// Sends RTM_NEWNSID (88) or RTM_GETNSID (90) with these attributes; 0 or an errno (rtnetlink(7),
/// include/uapi/linux/net_namespace.h: 1 is the number, 3 a descriptor).
fn ask(kind: u16, attributes: &[(u16, i32)]) -> i32 {
    let mut socket = Socket::new(NETLINK_ROUTE).expect("a netlink socket");
    socket.bind_auto().expect("an address");
    socket.connect(&SocketAddr::new(0, 0)).expect("the kernel");
    let length = 16 + 4 + 8 * attributes.len() as u32;
    let mut message = Vec::new();
    message.extend(length.to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend(5u16.to_ne_bytes());
    message.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    message.extend([0; 4]);
    for (number, value) in attributes {
        message.extend(8u16.to_ne_bytes());
        message.extend(number.to_ne_bytes());
        message.extend(value.to_ne_bytes());
    }
    socket.send(&message, 0).expect("the kernel listens");
    let mut answer = [0u8; 4096];
    let length = socket
        .recv(&mut &mut answer[..], 0)
        .expect("the kernel answers");
    let kind = u16::from_ne_bytes([answer[4], answer[5]]);
    if length >= 20 && kind == 2 {
        -i32::from_ne_bytes([answer[16], answer[17], answer[18], answer[19]])
    } else {
        0
    }
}
