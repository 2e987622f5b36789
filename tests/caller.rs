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

/// Waits until the program stands in a write to this descriptor.
fn stands_in_write(what: &str, child: &mut Child, fd: u32) {
    let wanted = format!("{} {fd:#x} ", 1);
    let until = Instant::now() + Duration::from_secs(20);
    let call = format!("/proc/{}/syscall", child.id());
    loop {
        if fs::read_to_string(&call).is_ok_and(|call| call.starts_with(&wanted)) {
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

/// Every thread belongs to nobody, with nobody's groups; the capabilities are what is said.
fn assert_nobodys(what: &str, pid: u32, capabilities: u64) {
    let id = NOBODY.to_string();
    let all = threads(pid);
    assert!(!all.is_empty());
    for status in all {
        let name = &status["Name"];
        for ids in ["Uid", "Gid"] {
            assert_eq!(status[ids], [&*id; 4].join(" "), "{what}: {ids} of {name}");
        }
        assert_eq!(status["Groups"], id, "{what}: groups of {name}");
        for set in ["CapPrm", "CapEff"] {
            let got = u64::from_str_radix(&status[set], 16).unwrap();
            assert_eq!(got, capabilities, "{what}: {set} of {name}");
        }
    }
}

#[test]
fn every_verb_is_the_callers_in_every_thread() {
    if !needs_root() {
        return;
    }
    let place = folder();
    let recording = place.path().join("run.pcapng");
    let recording = recording.to_str().unwrap();
    told(User::Root, &["tcp", "--save", recording]);
    fs::set_permissions(recording, fs::Permissions::from_mode(0o644)).unwrap();
    let lesson = place.path().join("mine");
    let lesson = lesson.to_str().unwrap();
    // Only files: nothing is kept. On the machine's loopback: nothing once the sockets are open.
    let without = [
        &["explain", recording][..],
        &["compare", recording, recording],
        &["lesson"],
        &["lesson", "list"],
        &["lesson", "reset"],
        &["lesson", "new", lesson],
        &["lesson", "verify", "/proc/self/status"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["tcp", "--on", "lo", "--port", "7072"],
    ];
    // In a namespace of their own: all of it there, which is nothing outside.
    let with = [
        &["tcp"][..],
        &["udp"],
        &["compare"],
        &["compare", "--with", "nagle", "--without", "nagle"],
        &["lesson", "handshake", "--no-ask"],
        &["lesson", "next", "--no-ask"],
        &["lesson", "check", "handshake"],
        &["lab", "--client", "bash -c ': </dev/tcp/10.0.0.2/9'; true"],
        &["lab", "--bare", "--client", "true"],
    ];
    let all = without.iter().map(|args| (*args, false));
    for (args, in_its_own) in all.chain(with.iter().map(|args| (*args, true))) {
        let (_reading, writing) = full_pipe();
        let error = writing.try_clone().unwrap();
        let mut command = under_sudo(args);
        command.stdout(writing).stderr(error);
        let mut child = Ends(command.spawn().unwrap());
        drop(command);
        let what = args.join(" ");
        let fd = if args.contains(&"/proc/self/status")
            || what == format!("compare {recording} {recording}")
        {
            2
        } else {
            1
        };
        stands_in_write(&what, &mut child.0, fd);
        let pid = child.0.id();
        let is_own = user_namespace(pid) != user_namespace("self");
        assert_eq!(is_own, in_its_own, "{what}");
        // A namespace of one's own begins with all that the kernel knows.
        let last = fs::read_to_string("/proc/sys/kernel/cap_last_cap").unwrap();
        let full = (1u64 << (last.trim().parse::<u32>().unwrap() + 1)) - 1;
        assert_nobodys(&what, pid, if is_own { full } else { 0 });
    }
    // These have their labs in processes of their own.
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons/02-datagram");
    let watched = place.path().join("watched");
    fs::create_dir(&watched).unwrap();
    for file in ["lesson.toml", "en.md", "zh.md"] {
        fs::write(watched.join(file), fs::read(built_in.join(file)).unwrap()).unwrap();
    }
    let kept = (1 << 12) | (1 << 13) | (1 << 21);
    let watched = watched.to_str().unwrap();
    for args in [
        &["doctor"][..],
        &["lesson", "check", "all"],
        &["lesson", "watch", watched],
    ] {
        let (_reading, writing) = full_pipe();
        let mut child = Ends(under_sudo(args).stdout(writing).spawn().unwrap());
        let what = args.join(" ");
        stands_in_write(&what, &mut child.0, 1);
        assert_nobodys(&what, child.0.id(), kept);
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
