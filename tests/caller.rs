//! Whose rights the program has: under sudo and its kin those of who called, from its first act on, whatever it does.
//!
//! The tests stop each verb at its first line of output, by a pipe that takes nothing, and look at every thread of it.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a panic is a test's verdict"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, unshare};
use support::{NOBODY, User, binary, folder, have, is_root, left_out, sockscope, text, told};

/// As sudo starts it for this user.
fn under_sudo(args: &[&str]) -> Command {
    let mut command = sockscope(User::Root, args);
    command
        .env("SUDO_UID", NOBODY.to_string())
        .env("SUDO_GID", NOBODY.to_string())
        .env("SUDO_USER", "nobody")
        .env("SUDO_COMMAND", "sockscope");
    command
}

fn needs_root() -> bool {
    if !is_root() {
        left_out("what sudo's caller may do: needs root");
    }
    is_root()
}

/// A copy of the binary, made by another process: see `support::binary`.
fn copied(to: &Path) {
    let done = Command::new("cp").arg(binary()).arg(to).status();
    assert!(done.unwrap().success());
}

/// A pipe that takes nothing more: its reading end, and the end to write to.
fn full_pipe() -> (OwnedFd, OwnedFd) {
    let (reading, writing) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC).unwrap();
    let blocking = nix::fcntl::OFlag::empty();
    let set = |flags| nix::fcntl::fcntl(&writing, nix::fcntl::FcntlArg::F_SETFL(flags)).unwrap();
    set(nix::fcntl::OFlag::O_NONBLOCK);
    while nix::unistd::write(&writing, &[b'.'; 4_096]).is_ok() {}
    while nix::unistd::write(&writing, b".").is_ok() {}
    set(blocking);
    (reading, writing)
}

/// Ends a child with everything that it started.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until one of the program's threads stands in a write to this descriptor.
fn stands_in_write(what: &str, child: &mut Child, fd: u32) {
    let wanted = format!("{} {fd:#x} ", 1);
    let until = Instant::now() + Duration::from_secs(20);
    let threads = format!("/proc/{}/task", child.id());
    let stands = |thread: std::io::Result<fs::DirEntry>| {
        let call = thread.map(|thread| fs::read_to_string(thread.path().join("syscall")));
        call.is_ok_and(|call| call.is_ok_and(|call| call.starts_with(&wanted)))
    };
    loop {
        if fs::read_dir(&threads).is_ok_and(|mut threads| threads.any(stands)) {
            return;
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "{what}: it has ended already"
        );
        assert!(Instant::now() < until, "{what}: it never wrote");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What is said of one thread in its status.
type Status = BTreeMap<String, String>;

/// Every thread of a process.
fn threads(pid: u32) -> Vec<Status> {
    let mut all = Vec::new();
    for thread in fs::read_dir(format!("/proc/{pid}/task")).unwrap() {
        // One that has just ended says nothing.
        let Ok(status) = fs::read_to_string(thread.unwrap().path().join("status")) else {
            continue;
        };
        let parts = status.lines().filter_map(|line| line.split_once(':'));
        all.push(
            parts
                .map(|(name, value)| {
                    (
                        name.to_owned(),
                        value.split_whitespace().collect::<Vec<_>>().join(" "),
                    )
                })
                .collect(),
        );
    }
    all
}

fn user_namespace(pid: impl std::fmt::Display) -> std::path::PathBuf {
    fs::read_link(format!("/proc/{pid}/ns/user")).unwrap()
}

/// Where a verb does its work, and so what it may have.
#[derive(Clone, Copy, PartialEq)]
enum Work {
    /// In files alone, or on the machine's loopback when the sockets are open.
    Files,
    /// In a user namespace of its own: there it has all, and outside nothing.
    OwnNamespace,
    /// In copies of itself, which need what was kept to make theirs.
    Copies,
}

/// SYS_ADMIN, NET_ADMIN, NET_RAW (capabilities(7)).
const KEPT: u64 = (1 << 21) | (1 << 12) | (1 << 13);

/// All that the kernel knows, with which a user namespace begins.
fn all_capabilities() -> u64 {
    let last = fs::read_to_string("/proc/sys/kernel/cap_last_cap").unwrap();
    (1u64 << (last.trim().parse::<u32>().unwrap() + 1)) - 1
}

/// In the environment of a verb, and so of every process that comes of it.
const TOKEN: &str = "SOCKSCOPE_TEST_TOKEN";

/// Processes with this token.
fn processes(token: &str) -> Vec<u32> {
    let line = format!("{TOKEN}={token}");
    let numbers = fs::read_dir("/proc").unwrap().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|pid| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|variable| variable == line.as_bytes())
        })
        .collect()
}

/// Every thread of the verb, and of every process that came of it, belongs to nobody, with nobody's groups; capabilities of
/// the machine's user namespace are those that may be there. How many processes were looked at.
fn assert_nobodys(what: &str, main: u32, token: &str, work: Work) -> usize {
    let id = NOBODY.to_string();
    let all = processes(token);
    assert!(all.contains(&main), "{what}: not among {all:?}");
    for pid in &all {
        // One that has just ended is nobody's.
        let Ok(namespace) = fs::read_link(format!("/proc/{pid}/ns/user")) else {
            continue;
        };
        let is_own = namespace != user_namespace("self");
        if *pid == main {
            assert_eq!(is_own, work == Work::OwnNamespace, "{what}");
        }
        for status in threads(*pid) {
            // No memory is left of it: it is ending.
            if status["State"].starts_with(['Z', 'X']) {
                continue;
            }
            let name = format!("{what}: {} of {pid}", status["Name"]);
            for ids in ["Uid", "Gid"] {
                assert_eq!(status[ids], [&*id; 4].join(" "), "{name}: {ids}");
            }
            assert_eq!(status["Groups"], id, "{name}: groups");
            let set = |set: &str| u64::from_str_radix(&status[set], 16).unwrap();
            let sets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(set);
            let all = all_capabilities();
            let [_, permitted, effective, bounding, _] = sets;
            let is_right = match work {
                // All of its own namespace, or, in a thread that needs none, nothing.
                _ if is_own && *pid == main => {
                    sets == [0, all, all, all, 0] || sets == [0, 0, 0, all, 0]
                }
                // What a lab starts has what it likes there.
                _ if is_own => true,
                Work::Copies if *pid == main => {
                    (permitted, effective, bounding) == (KEPT, KEPT, 0)
                        && sets.iter().all(|set| set & !KEPT == 0)
                }
                Work::Copies => bounding == 0 && sets.iter().all(|set| set & !KEPT == 0),
                Work::Files | Work::OwnNamespace => sets == [0; 5],
            };
            assert!(is_right, "{name}: Inh, Prm, Eff, Bnd, Amb: {sets:x?}");
        }
    }
    all.len()
}

/// No verb was forgotten: each that there is begins one of these lines, and help and the version too.
fn assert_every_verb(lines: &[Vec<&str>]) {
    let is_there = |verb: &[&str]| lines.iter().any(|line| line.starts_with(verb));
    let command = sockscope::commands::definition();
    for verb in command.get_subcommands() {
        let name = verb.get_name();
        assert!(is_there(&[name]), "{name} is not looked at");
        for below in verb.get_subcommands() {
            let below = below.get_name();
            assert!(is_there(&[name, below]), "{name} {below} is not looked at");
        }
    }
    assert!(is_there(&["--help"]) && is_there(&["--version"]));
}

#[test]
fn every_verb_is_the_callers_in_every_thread() {
    if !needs_root() {
        return;
    }
    let place = folder();
    let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let recording = &*path("run.pcapng");
    told(User::Root, &["tcp", "--save", recording]);
    fs::set_permissions(recording, fs::Permissions::from_mode(0o644)).unwrap();
    let mine = &*path("mine");
    let own_exercise = &*path("own-exercise");
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons/02-datagram");
    let watched = &*path("watched");
    fs::create_dir(watched).unwrap();
    for file in ["lesson.toml", "en.md", "zh.md"] {
        let text = fs::read(built_in.join(file)).unwrap();
        fs::write(Path::new(watched).join(file), text).unwrap();
    }
    let program = "bash -c ': </dev/tcp/10.0.0.2/9'; true";
    let verbs = [
        (Work::Files, vec!["explain", recording]),
        (Work::Files, vec!["compare", recording, recording]),
        (Work::Files, vec!["lesson"]),
        (Work::Files, vec!["lesson", "list"]),
        (Work::Files, vec!["lesson", "forget"]),
        (Work::Files, vec!["lesson", "new", mine]),
        (Work::Files, vec!["lesson", "verify", "/proc/self/status"]),
        (Work::Files, vec!["lesson", "hand-in", "/proc/self/status"]),
        (Work::Files, vec!["lesson", "handout", "handshake"]),
        (
            Work::Files,
            vec!["endpoint", "server", "--control", "/proc/self/status"],
        ),
        (Work::Files, vec!["exercise"]),
        (Work::Files, vec!["exercise", "list"]),
        (Work::Files, vec!["exercise", "hello"]),
        (Work::Files, vec!["exercise", "new", own_exercise]),
        (Work::Files, vec!["completions", "bash"]),
        (Work::Files, vec!["man"]),
        (Work::Files, vec!["help", "json"]),
        (Work::Files, vec!["--help"]),
        (Work::Files, vec!["--version"]),
        (Work::Files, vec!["tcp", "--on", "lo", "--port", "7072"]),
        (Work::Files, vec!["udp", "--on", "lo", "--port", "7072"]),
        (Work::OwnNamespace, vec!["tcp"]),
        (Work::OwnNamespace, vec!["udp"]),
        (Work::OwnNamespace, vec!["compare"]),
        (
            Work::OwnNamespace,
            vec!["compare", "--with", "nagle", "--without", "nagle"],
        ),
        (
            Work::OwnNamespace,
            vec!["compare", "--sizes", "1", "--losses", "0", "--count", "1"],
        ),
        (Work::OwnNamespace, vec!["compare", "--to-many"]),
        (Work::OwnNamespace, vec!["lesson", "handshake", "--no-ask"]),
        (Work::OwnNamespace, vec!["lesson", "next", "--no-ask"]),
        (Work::OwnNamespace, vec!["lesson", "check", "handshake"]),
        (
            Work::OwnNamespace,
            vec!["lesson", "handout", "handshake", "--key"],
        ),
        (Work::OwnNamespace, vec!["lab", "--client", program]),
        (
            Work::OwnNamespace,
            vec!["lab", "--bare", "--client", "true"],
        ),
        (
            Work::OwnNamespace,
            vec!["exercise", "time-out", "--", "bash", "-c", "exit"],
        ),
        (Work::OwnNamespace, vec!["exercise", "check", "hello"]),
        (Work::Copies, vec!["exercise", "check", "all"]),
        (Work::Copies, vec!["doctor"]),
        (Work::Copies, vec!["serve", "--port", "0"]),
        (Work::Copies, vec!["lesson", "check", "all"]),
        (Work::Copies, vec!["lesson", "watch", watched]),
    ];
    assert_every_verb(&verbs.each_ref().map(|(_, args)| args.clone()));
    for (number, (work, args)) in verbs.iter().enumerate() {
        let (_reading, writing) = full_pipe();
        let error = writing.try_clone().unwrap();
        let what = args.join(" ");
        let token = format!("{}-{number}", std::process::id());
        let mut command = under_sudo(args);
        command.stdout(writing).env(TOKEN, &token);
        // Copies that are refused something say so on standard error, and are waited for.
        if *work != Work::Copies {
            command.stderr(error);
        }
        let mut child = Ends(command.spawn().unwrap());
        drop(command);
        let says_errors = args.contains(&"/proc/self/status")
            || what == format!("compare {recording} {recording}");
        stands_in_write(&what, &mut child.0, if says_errors { 2 } else { 1 });
        let looked_at = assert_nobodys(&what, child.0.id(), &token, *work);
        // The lab's watcher at least.
        let least = if *work == Work::OwnNamespace { 2 } else { 1 };
        assert!(looked_at >= least, "{what}: {looked_at} processes");
    }
}

#[test]
fn who_called_is_sure_or_nothing_is_done() {
    if !needs_root() {
        return;
    }
    let unsure: [&[(&str, &str)]; 9] = [
        &[("SUDO_UID", "65534")],
        &[("SUDO_GID", "65534")],
        &[("SUDO_UID", ""), ("SUDO_GID", "65534")],
        &[("SUDO_UID", "4294967295"), ("SUDO_GID", "65534")],
        &[("SUDO_UID", "65534"), ("SUDO_GID", "many\u{1b}[31m")],
        &[
            ("SUDO_UID", "65534"),
            ("SUDO_GID", "65534"),
            ("DOAS_USER", "root"),
        ],
        &[("DOAS_USER", "nobody-of-that-name")],
        &[("PKEXEC_UID", "4000000000")],
        &[("PKEXEC_UID", "-1")],
    ];
    for variables in unsure {
        for args in [&["man"][..], &["lab", "--client", "id"], &["--help"]] {
            let mut command = sockscope(User::Root, args);
            let got = command.envs(variables.iter().copied()).output().unwrap();
            assert_eq!(got.status.code(), Some(2), "{variables:?} {args:?}");
            assert!(
                got.stdout.is_empty(),
                "{variables:?}: {}",
                text(&got.stdout)
            );
            assert!(
                text(&got.stderr).starts_with("error: "),
                "{}",
                text(&got.stderr)
            );
            assert!(!got.stderr.contains(&0x1b), "{}", text(&got.stderr));
        }
    }
    for variables in [
        &[("DOAS_USER", "nobody")][..],
        &[("PKEXEC_UID", "65534")],
        &[
            ("SUDO_UID", "65534"),
            ("SUDO_GID", "65534"),
            ("DOAS_USER", "nobody"),
        ],
    ] {
        let mut command = sockscope(User::Root, &["lab", "--client", "id -u"]);
        let got = command.envs(variables.iter().copied()).output().unwrap();
        assert!(got.status.success(), "{}", text(&got.stderr));
        assert!(
            text(&got.stderr).contains("client| 65534"),
            "{}",
            text(&got.stderr)
        );
    }
}

#[test]
fn a_setuid_binary_refuses() {
    if !needs_root() {
        return;
    }
    let place = folder();
    for mode in [0o4755, 0o2755] {
        let copy = place.path().join(format!("set-{mode:o}"));
        copied(&copy);
        fs::set_permissions(&copy, fs::Permissions::from_mode(mode)).unwrap();
        let got = support::run_by(User::Ordinary, copy.to_str().unwrap())
            .arg("man")
            .output()
            .unwrap();
        assert_eq!(got.status.code(), Some(2), "{}", text(&got.stderr));
        assert!(got.stdout.is_empty());
        assert!(
            text(&got.stderr).contains("setuid"),
            "{}",
            text(&got.stderr)
        );
    }
}

#[test]
fn capabilities_of_the_file_are_kept_by_who_needs_them_only() {
    if !needs_root() || !have("setcap") {
        return;
    }
    let place = folder();
    let copy = place.path().join("sockscope");
    copied(&copy);
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    let set = Command::new("setcap")
        .arg("cap_dac_override,cap_chown,cap_setuid,cap_sys_admin,cap_net_admin,cap_net_raw=ep")
        .arg(&copy)
        .status()
        .unwrap();
    assert!(set.success());
    for (args, in_its_own) in [
        (&["man"][..], false),
        (&["tcp", "--on", "lo", "--port", "7073"], false),
        (&["tcp"], true),
    ] {
        let (_reading, writing) = full_pipe();
        let mut command = support::run_by(User::Ordinary, copy.to_str().unwrap());
        let mut child = Ends(command.args(args).stdout(writing).spawn().unwrap());
        stands_in_write("", &mut child.0, 1);
        // setpriv has become the program.
        let pid = child.0.id();
        assert_eq!(user_namespace(pid) != user_namespace("self"), in_its_own);
        if !in_its_own {
            for status in threads(pid) {
                assert_eq!(status["CapPrm"], "0000000000000000", "{args:?}");
            }
        }
    }
    let secret = place.path().join("secret");
    fs::write(&secret, "root's").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let got = support::run_by(User::Ordinary, copy.to_str().unwrap())
        .arg("explain")
        .arg(&secret)
        .output()
        .unwrap();
    assert_eq!(got.status.code(), Some(2), "{}", text(&got.stdout));
    assert!(
        text(&got.stderr).contains("this user may not"),
        "{}",
        text(&got.stderr)
    );
}

#[test]
fn files_are_read_and_written_with_the_callers_rights() {
    if !needs_root() {
        return;
    }
    let place = folder();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    // Root's own file, to which a link of the caller's leads.
    let victim = at("victim");
    fs::write(&victim, "root's").unwrap();
    fs::set_permissions(&victim, fs::Permissions::from_mode(0o600)).unwrap();
    let closed = at("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    let (link, dangling) = (at("link"), at("dangling"));
    symlink(&victim, &link).unwrap();
    symlink(format!("{closed}/made"), &dangling).unwrap();
    let new = format!("{closed}/new");
    for path in [&victim, &link, &dangling, &new] {
        for args in [
            &["tcp", "--save", path][..],
            &["tcp", "--plot", path],
            &["tcp", "--on", "lo", "--port", "7074", "--save", path],
            &[
                "lesson",
                "handshake",
                "--save",
                &at("ok.pcapng"),
                "--report",
                path,
            ],
            &["compare", "--sizes", "1", "--plot", path],
        ] {
            let got = under_sudo(args).output().unwrap();
            assert_eq!(
                got.status.code(),
                Some(2),
                "{args:?}: {}",
                text(&got.stderr)
            );
        }
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), "root's");
    let meta = fs::metadata(&victim).unwrap();
    assert_eq!((meta.uid(), meta.mode() & 0o777), (0, 0o600));
    assert_eq!(fs::read_dir(&closed).unwrap().count(), 0);
    for path in [&victim, &link] {
        for args in [
            &["explain", path][..],
            &["lesson", "verify", path],
            &["compare", path, "/dev/null"],
        ] {
            let got = under_sudo(args).output().unwrap();
            assert_eq!(got.status.code(), Some(2), "{args:?}");
            assert!(
                text(&got.stderr).contains("this user may not"),
                "{}",
                text(&got.stderr)
            );
        }
    }
    // What may be written is the caller's.
    let (saved, plot) = (at("run.pcapng"), at("run.svg"));
    let got = under_sudo(&["tcp", "--save", &saved, "--plot", &plot])
        .output()
        .unwrap();
    assert!(got.status.success(), "{}", text(&got.stderr));
    for path in [&saved, &plot] {
        let meta = fs::metadata(path).unwrap();
        assert_eq!((meta.uid(), meta.gid()), (NOBODY, NOBODY), "{path}");
    }
    // So is what is kept in the home that the password database knows, whatever the environment says.
    let elsewhere = at("elsewhere");
    let got = support::under_sudo_at_home(place.path(), &["lesson", "datagram", "--no-ask"])
        .env("XDG_DATA_HOME", &elsewhere)
        .env("HOME", &elsewhere)
        .output()
        .unwrap();
    assert!(got.status.success(), "{}", text(&got.stderr));
    let progress = place.path().join(".local/share/sockscope/progress.json");
    assert_eq!(fs::metadata(progress).unwrap().uid(), NOBODY);
    assert!(!Path::new(&elsewhere).exists());
}

#[test]
fn programs_have_the_callers_environment() {
    if !needs_root() {
        return;
    }
    let got = under_sudo(&["lab", "--client", "env; id -u; id -G"])
        .envs([
            ("HOME", "/root"),
            ("TMPDIR", "/root/tmp"),
            ("SHELL", "/root/sh"),
            ("XDG_DATA_HOME", "/root/data"),
            ("EXTRA", "stays"),
        ])
        .output()
        .unwrap();
    let said = text(&got.stderr);
    let nobody = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(NOBODY))
        .unwrap()
        .unwrap();
    for line in [
        format!("client| HOME={}", nobody.dir.display()),
        format!("client| SHELL={}", nobody.shell.display()),
        "client| USER=nobody".to_owned(),
        "client| EXTRA=stays".to_owned(),
        format!("client| {NOBODY}"),
    ] {
        assert!(said.lines().any(|said| said == line), "{line}: {said}");
    }
    for name in ["SUDO_", "XDG_", "TMPDIR", "DOAS_", "PKEXEC_"] {
        assert!(!said.contains(&format!("client| {name}")), "{name}: {said}");
    }
}

/// A program that takes a socket of another namespace from whom this path leads to, and tries to switch that
/// namespace's loopback on.
const MEDDLER: &str = r#"
import array, fcntl, socket, struct, sys
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
_, control, _, _ = line.recvmsg(1, socket.CMSG_SPACE(4))
outside = array.array("i", control[0][2])[0]
UP, SIOCSIFFLAGS = 1, 0x8914
try:
    fcntl.ioctl(outside, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", UP))
    print("changed it")
except OSError as error:
    print("refused:", error.strerror)
print(open("/proc/self/status").read())
"#;

/// Runs a lab whose program meddles; what it said.
fn meddle(place: &Path, start: impl FnOnce(&str) -> Output + Send) -> String {
    let script = place.join("meddle.py");
    fs::write(&script, MEDDLER).unwrap();
    let path = place.join("line");
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
    let program = format!("python3 {} {}", script.display(), path.display());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // A network of our own, for whoever can to change.
            unshare(CloneFlags::CLONE_NEWNET).unwrap();
            let outside = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
            let (line, _) = listener.accept().unwrap();
            sockscope::observe::sys::fd_passing::send(line.as_fd(), b"x", Some(outside.as_fd()))
                .unwrap();
        });
        let got = start(&program);
        assert!(got.status.success(), "{}", text(&got.stderr));
        text(&got.stderr)
    })
}

#[test]
fn programs_under_sudo_change_nothing_outside_the_lab() {
    if !needs_root() || !have("python3") {
        return;
    }
    let place = folder();
    let said = meddle(place.path(), |program| {
        under_sudo(&["lab", "--client", program]).output().unwrap()
    });
    assert!(said.contains("refused: "), "{said}");
    assert!(!said.contains("changed it"), "{said}");
    assert!(
        said.contains("client| CapEff:"),
        "in the lab it has them: {said}"
    );
}

/// Runs a program as root of a user namespace in which no further one can be made, under sudo's variables.
fn without_user_namespaces(args: &[&str]) -> Command {
    let mut command = under_sudo(args);
    let (ready, go) = (nix::unistd::pipe().unwrap(), nix::unistd::pipe().unwrap());
    let mapper = std::thread::spawn({
        let (reading, writing) = (ready.0, go.1);
        move || {
            let mut pid = [0u8; 4];
            fs::File::from(reading).read_exact(&mut pid).unwrap();
            let pid = i32::from_ne_bytes(pid);
            for map in ["uid_map", "gid_map"] {
                fs::write(format!("/proc/{pid}/{map}"), "0 0 1\n65534 65534 1\n").unwrap();
            }
            fs::File::from(writing).write_all(b"x").unwrap();
        }
    });
    drop(mapper);
    let (said, wait) = (ready.1, go.0);
    // SAFETY: system calls alone, on descriptors and paths that are at hand.
    #[expect(
        unsafe_code,
        reason = "what is tried has to be so before the program begins"
    )]
    unsafe {
        command.pre_exec(move || {
            unshare(CloneFlags::CLONE_NEWUSER)?;
            nix::unistd::write(&said, &nix::unistd::getpid().as_raw().to_ne_bytes())?;
            nix::unistd::read(&wait, &mut [0u8; 1])?;
            let most = nix::fcntl::open(
                c"/proc/sys/user/max_user_namespaces",
                nix::fcntl::OFlag::O_WRONLY,
                nix::sys::stat::Mode::empty(),
            )?;
            nix::unistd::write(&most, b"0")?;
            Ok(())
        });
    }
    command
}

#[test]
fn without_user_namespaces_the_lab_has_what_was_kept_and_programs_have_nothing() {
    if !needs_root() || !have("python3") {
        return;
    }
    let got = without_user_namespaces(&["tcp", "--quiet"])
        .output()
        .unwrap();
    assert!(got.status.success(), "{}", text(&got.stderr));
    let place = folder();
    let said = meddle(place.path(), |program| {
        without_user_namespaces(&["lab", "--client", program])
            .output()
            .unwrap()
    });
    assert!(said.contains("refused: "), "{said}");
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert!(
            said.contains(&format!("client| {set}:\t0000000000000000")),
            "{set}: {said}"
        );
    }
    assert!(
        said.contains(&format!("client| Uid:\t{NOBODY}\t{NOBODY}")),
        "{said}"
    );
    assert!(said.contains("no user namespaces"), "it is said: {said}");
    let doctor = without_user_namespaces(&["doctor"]).output().unwrap();
    assert!(doctor.status.success(), "{}", text(&doctor.stdout));
    assert!(
        text(&doctor.stdout).contains("no user namespaces"),
        "{}",
        text(&doctor.stdout)
    );
    // The copies of itself that it starts have what it has.
    let mut check = without_user_namespaces(&["lesson", "check", "all"]);
    let mut check = Ends(check.stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    let out = BufReader::new(check.0.stdout.take().unwrap()).read_line(&mut line);
    assert!(out.unwrap() > 0 && line.starts_with("✓ "), "{line}");
}
