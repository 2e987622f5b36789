//! Files that are written into, as root and as an ordinary user: nothing is lost that was there, no file is two things
//! at once, and nobody is waited for.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers that the test itself has made"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use support::{
    User, binary, folder, have, is_root, left_out, run_by, sockscope, text, told, users,
};
use tempfile::TempDir;

mod support;

/// A folder with what is already there: `run.pcapng`, `run.svg`, `udp.pcapng`, `notes.txt`, `empty`, `pipe`.
struct Place {
    user: User,
    folder: TempDir,
}

impl Place {
    fn new(user: User) -> Self {
        let place = Self {
            user,
            folder: folder(),
        };
        let [run, svg, udp] = ["run.pcapng", "run.svg", "udp.pcapng"].map(|name| place.text(name));
        told(
            user,
            &["tcp", "--message", "hi", "--save", &run, "--plot", &svg],
        );
        told(user, &["udp", "--message", "hi", "--save", &udp]);
        place.write("notes.txt", "mine\n");
        place.write("empty", "");
        let pipe = run_by(user, "mkfifo").arg(place.path("pipe")).status();
        assert!(pipe.unwrap().success());
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    /// Written by whoever runs the binary.
    fn write(&self, name: &str, text: &str) {
        let script = format!("printf %s '{text}' > '{name}'");
        let mut shell = run_by(self.user, "sh");
        let written = shell.args(["-c", &script]).current_dir(self.folder.path());
        assert!(written.status().unwrap().success());
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = sockscope(self.user, args);
        command
            .current_dir(self.folder.path())
            .env("XDG_DATA_HOME", self.path("data"));
        command
    }

    /// Says nothing on standard output, one error, 2; and leaves everything as it was. Gives the error.
    fn refuses(&self, args: &[&str]) -> String {
        let before = self.all();
        let mut command = self.command(args);
        let got = ended(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
        self.refused(&got, args, &before)
    }

    fn refused(&self, got: &Output, args: &[&str], before: &BTreeMap<String, Entry>) -> String {
        let said = text(&got.stderr);
        let who = format!("{:?} {args:?}: {said}{}", self.user, text(&got.stdout));
        assert_eq!(got.status.code(), Some(2), "{who}");
        assert!(got.stdout.is_empty(), "it ran: {who}");
        assert_eq!(said.matches("error: ").count(), 1, "{who}");
        assert!(self.all() == *before, "something was changed: {who}");
        said
    }

    /// Each name with its file's number, permissions, time and contents.
    fn all(&self) -> BTreeMap<String, Entry> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        entries
            .map(|entry| {
                let entry = entry.unwrap();
                let meta = fs::symlink_metadata(entry.path()).unwrap();
                let bytes = meta.is_file().then(|| fs::read(entry.path()).unwrap());
                (
                    entry.file_name().to_string_lossy().into_owned(),
                    (meta.ino(), meta.mode(), meta.mtime_nsec(), bytes),
                )
            })
            .collect()
    }
}

type Entry = (u64, u32, i64, Option<Vec<u8>>);

/// It ends within seconds, or is ended.
fn ended(command: &mut Command) -> Output {
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(30) {
            child.kill().unwrap();
            panic!("it waits for somebody: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn one_file_is_not_two_things() {
    for user in users() {
        let place = Place::new(user);
        symlink("run.svg", place.path("link.svg")).unwrap();
        fs::hard_link(place.path("run.svg"), place.path("hard.svg")).unwrap();
        let twice: &[&[&str]] = &[
            &["tcp", "--save", "new", "--plot", "new"],
            &["udp", "--save", "new", "--save", "run.svg"],
            &["tcp", "--svg", "new", "--html", "new"],
            &["tcp", "--perfetto", "new", "--cast", "new"],
            &["udp", "--save", "new", "--perfetto", "./new"],
            &["compare", "--svg", "new", "--svg-states", "./new"],
            &["tcp", "--save", "new", "--plot", "./new"],
            &["tcp", "--force", "--save", "run.svg", "--plot", "link.svg"],
            &["tcp", "--force", "--save", "hard.svg", "--plot", "run.svg"],
            &[
                "lab", "--client", "true", "--force", "--save", "run.svg", "--plot", "run.svg",
            ],
            &["explain", "run.pcapng", "--force", "--plot", "run.pcapng"],
            &["explain", "run.pcapng", "--save", "new", "--plot", "new"],
            &[
                "explain",
                "run.pcapng",
                "--force",
                "--save",
                "run.pcapng",
                "--plot",
                "run.pcapng",
            ],
            &["lesson", "handshake", "--save", "new", "--report", "new"],
            &[
                "lesson",
                "handshake",
                "--save",
                "new",
                "--report",
                "r",
                "--plot",
                "r",
            ],
            // Each further act has its own file.
            &[
                "lesson",
                "refused",
                "--save",
                "new.pcapng",
                "--report",
                "new-udp.pcapng",
            ],
        ];
        for args in twice {
            let said = place.refuses(args);
            let clap = args[0] == "udp";
            assert!(clap || said.contains(" are one file"), "{args:?}: {said}");
        }
        // Two recordings are compared, and nothing is drawn of them.
        place.refuses(&[
            "compare",
            "run.pcapng",
            "udp.pcapng",
            "--plot",
            "run.pcapng",
        ]);

        let stdin = |args: &[&str]| {
            let before = place.all();
            let run = fs::File::open(place.path("run.pcapng")).unwrap();
            let got = place.command(args).stdin(run).output().unwrap();
            place.refused(&got, args, &before)
        };
        assert!(stdin(&["explain", "-", "--force", "--plot", "run.pcapng"]).contains("one file"));
    }
}

#[test]
fn what_is_printed_goes_into_no_file_of_the_same_run() {
    for user in users() {
        let place = Place::new(user);
        place.write("out.txt", "");
        for (args, into) in [
            (&["tcp", "--save", "out.txt"][..], "out.txt"),
            (&["tcp", "--plot", "/dev/stdout"], "out.txt"),
            (&["explain", "run.pcapng", "--format", "json"], "run.pcapng"),
            (&["compare", "udp.pcapng", "run.pcapng"], "run.pcapng"),
        ] {
            let before = place.path(into).metadata().map_or(0, |meta| meta.len());
            let mut out = fs::OpenOptions::new();
            let out = out
                .append(true)
                .create(true)
                .open(place.path(into))
                .unwrap();
            let got = place.command(args).stdout(out).output().unwrap();
            let said = text(&got.stderr);
            assert_eq!(got.status.code(), Some(2), "{args:?}: {said}");
            assert!(said.contains("standard output"), "{args:?}: {said}");
            let after = place.path(into).metadata().unwrap().len();
            assert_eq!(after, before, "{args:?}");
        }
    }
}

#[test]
fn dev_null_takes_everything_and_a_copy_may_be_of_itself() {
    for user in users() {
        let place = Place::new(user);
        told(user, &["tcp", "--save", "/dev/null", "--plot", "/dev/null"]);
        let got = place
            .command(&["lesson", "refused", "--no-ask", "--save", "/dev/null"])
            .output()
            .unwrap();
        assert!(got.status.success(), "{}", text(&got.stderr));
        let beside: Vec<_> = fs::read_dir("/dev")
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("null"))
            .collect();
        assert_eq!(beside, ["null"], "other acts made files there");
        assert!(
            fs::metadata("/dev/null")
                .unwrap()
                .file_type()
                .is_char_device()
        );

        let run = place.text("run.pcapng");
        let story = told(user, &["explain", &run]);
        let before = place.path("run.pcapng").metadata().unwrap().ino();
        assert_eq!(told(user, &["explain", &run, "--save", &run]), story);
        assert_eq!(told(user, &["explain", &run]), story);
        let after = place.path("run.pcapng").metadata().unwrap().ino();
        assert_ne!(before, after, "replaced as a whole");
    }
}

#[test]
fn a_pipe_that_nobody_reads_is_not_waited_for() {
    for user in users() {
        let place = Place::new(user);
        for args in [
            &["tcp", "--save", "pipe"][..],
            &["tcp", "--plot", "pipe"],
            &["udp", "--save", "pipe"],
            &["lab", "--client", "true", "--save", "pipe"],
            &["lesson", "handshake", "--no-ask", "--save", "pipe"],
            &["lesson", "handshake", "--save", "new", "--report", "pipe"],
            &["explain", "run.pcapng", "--save", "pipe"],
            &["explain", "run.pcapng", "--plot", "pipe"],
            &[
                "compare", "--sizes", "1", "--losses", "0", "--seeds", "1", "--plot", "pipe",
            ],
        ] {
            let said = place.refuses(args);
            assert!(said.contains("pipe that nobody reads"), "{args:?}: {said}");
        }
    }
}

#[test]
fn a_pipe_that_is_read_gets_all_of_it() {
    for user in users() {
        let place = Place::new(user);
        let read = || {
            let pipe = place.path("pipe");
            // Also opened for writing, the pipe has a reader before the binary runs, and no end before this is closed.
            let mut both = fs::OpenOptions::new();
            let both = both.read(true).write(true).open(&pipe).unwrap();
            let reader = std::thread::spawn(move || fs::read(pipe).unwrap());
            (both, reader)
        };
        for args in [
            &["tcp", "--bytes", "300000", "--quiet", "--save", "pipe"][..],
            &["lesson", "handshake", "--no-ask", "--save", "pipe"],
            &["explain", "run.pcapng", "--save", "pipe"],
        ] {
            let (both, reader) = read();
            let got = ended(place.command(args).stdout(Stdio::null()));
            drop(both);
            assert_eq!(got.status.code(), Some(0), "{args:?}");
            fs::write(place.path("got"), reader.join().unwrap()).unwrap();
            told(user, &["explain", &place.text("got")]);
        }
        let (both, reader) = read();
        told(user, &["tcp", "--plot", &place.text("pipe")]);
        drop(both);
        assert!(text(&reader.join().unwrap()).contains("</svg>"));
        assert!(place.path("pipe").metadata().unwrap().file_type().is_fifo());

        // What it cannot take is said before.
        let (both, reader) = read();
        let said = place.refuses(&["lesson", "refused", "--no-ask", "--save", "pipe"]);
        assert!(said.contains("one for each act"), "{said}");
        let said = place.refuses(&["lesson", "handshake", "--save", "pipe", "--report", "new"]);
        assert!(said.contains("can be read again"), "{said}");
        drop(both);
        assert!(reader.join().unwrap().is_empty());
    }
}

#[test]
fn what_is_no_output_is_refused() {
    for user in users() {
        let place = Place::new(user);
        let _socket = std::os::unix::net::UnixListener::bind(place.path("socket")).unwrap();
        for what in ["socket", "."] {
            for option in ["--save", "--plot"] {
                place.refuses(&["tcp", "--force", option, what]);
                place.refuses(&["explain", "run.pcapng", "--force", option, what]);
            }
        }
        if is_root() {
            let made = Command::new("mknod")
                .args(["-m", "666", "block", "b", "7", "250"])
                .current_dir(place.folder.path())
                .status();
            assert!(made.unwrap().success());
            place.refuses(&["tcp", "--force", "--save", "block"]);
            place.refuses(&["explain", "run.pcapng", "--force", "--plot", "block"]);
            // The kernel makes that device when it is opened: it was not.
            assert!(!Path::new("/sys/block/loop250").exists());
        }
    }
}

#[test]
fn a_terminal_gets_no_packets() {
    for user in users() {
        let place = Place::new(user);
        let pair = nix::pty::openpty(None, None).unwrap();
        let slave = || Stdio::from(pair.slave.try_clone().unwrap());
        if is_root() && user == User::Ordinary {
            // It is opened anew, by its path.
            let nobody = nix::unistd::Uid::from_raw(support::NOBODY);
            nix::unistd::fchown(&pair.slave, Some(nobody), None).unwrap();
        }
        for args in [
            &["tcp", "--save", "/dev/stdin"][..],
            &["udp", "--save", "/proc/self/fd/0"],
            &["tcp", "--plot", "/dev/stdin"],
            &["explain", "run.pcapng", "--save", "/dev/stdin"],
            &[
                "lesson",
                "refused",
                "--save",
                "/dev/stdin",
                "--report",
                "hand-in",
            ],
            // A new one, of which nobody has the other end.
            &["tcp", "--save", "/dev/ptmx"],
        ] {
            let before = place.all();
            let mut command = place.command(args);
            command.stdin(slave());
            let got = ended(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
            let said = place.refused(&got, args, &before);
            assert!(said.contains("it is a terminal"), "{said}");
        }
    }
}

#[test]
fn what_is_not_ours_is_overwritten_only_by_force() {
    for user in users() {
        let place = Place::new(user);
        let hand_in = |more: &[&str]| {
            let args = [
                "lesson",
                "endpoints",
                "--save",
                "run.pcapng",
                "--report",
                "r.json",
            ];
            place.command(&[&args[..], more].concat()).output().unwrap()
        };
        assert!(hand_in(&[]).status.success());
        let all = [
            (&["udp", "--save"][..], ["run.svg", "notes.txt", "r.json"]),
            (&["tcp", "--plot"], ["run.pcapng", "notes.txt", "r.json"]),
            (&["udp", "--perfetto"], ["run.svg", "notes.txt", "r.json"]),
            (&["udp", "--cast"], ["run.svg", "notes.txt", "r.json"]),
            (
                &["explain", "udp.pcapng", "--save"],
                ["run.svg", "notes.txt", "r.json"],
            ),
            (
                &["explain", "run.pcapng", "--plot"],
                ["udp.pcapng", "notes.txt", "r.json"],
            ),
            (
                &["lesson", "endpoints", "--save", "run.pcapng", "--report"],
                ["run.svg", "notes.txt", "udp.pcapng"],
            ),
            (
                &[
                    "compare", "--sizes", "1", "--losses", "0", "--seeds", "1", "--plot",
                ],
                ["run.pcapng", "notes.txt", "r.json"],
            ),
        ];
        for (command, foreign) in all {
            for name in foreign {
                let said = place.refuses(&[command, &[name]].concat());
                assert!(said.contains("is not overwritten"), "{said}");
                assert!(said.contains("--force"), "{said}");
            }
            for (name, more) in [
                ("notes.txt", &["--force"][..]),
                ("notes.txt", &[]),
                ("empty", &[]),
            ] {
                let got = place.command(&[command, &[name], more].concat()).output();
                let got = got.unwrap();
                let said = text(&got.stderr);
                assert_eq!(
                    got.status.code(),
                    Some(0),
                    "{command:?} {name} {more:?}: {said}"
                );
                assert!(place.bytes(name).len() > 100, "{command:?} {name}");
            }
            place.write("notes.txt", "mine\n");
            place.write("empty", "");
        }
        // A lesson's second act finds something of somebody else's.
        place.write("act-udp.pcapng", "mine\n");
        place.refuses(&["lesson", "refused", "--no-ask", "--save", "act.pcapng"]);
    }
}

#[test]
fn where_there_is_nothing_to_draw_nothing_is_lost() {
    for user in users() {
        let place = Place::new(user);
        for args in [
            &["udp", "--plot", "run.svg"][..],
            &["udp", "--plot", "new.svg", "--save", "new.pcapng"],
            &["udp", "--chart"],
            &["lesson", "datagram", "--no-ask", "--plot", "run.svg"],
            &["lesson", "datagram", "--no-ask", "--chart"],
        ] {
            let said = place.refuses(args);
            assert!(said.contains("TCP connection"), "{said}");
            assert!(said.contains("try: "), "{said}");
        }
        place.refuses(&["compare", "--plot", "run.svg"]);
        place.refuses(&["lab", "--bare", "--chart"]);
        // Only the end shows that there was none: the story is told, and the picture stays.
        let before = place.bytes("run.svg");
        for args in [
            &["lab", "--client", "true", "--save", "lab.pcapng", "--plot"][..],
            &["explain", "udp.pcapng", "--plot"],
            &["explain", "run.pcapng", "--stream", "7", "--plot"],
        ] {
            for name in ["run.svg", "new.svg"] {
                let got = place.command(&[args, &[name]].concat()).output().unwrap();
                let said = text(&got.stderr);
                assert_eq!(got.status.code(), Some(2), "{args:?}: {said}");
                assert_eq!(said.matches("error: ").count(), 1, "{said}");
            }
            assert_eq!(place.bytes("run.svg"), before, "{args:?}");
            assert!(!place.path("new.svg").exists(), "{args:?}");
        }
        told(user, &["explain", &place.text("lab.pcapng")]);
        // The first act with a connection is drawn.
        let args = [
            "lesson",
            "stream-or-datagram",
            "--no-ask",
            "--plot",
            "new.svg",
        ];
        let got = place.command(&args).output().unwrap();
        assert!(got.status.success(), "{}", text(&got.stderr));
        assert!(text(&place.bytes("new.svg")).contains("</svg>"));
    }
}

#[test]
fn a_link_stays_a_link() {
    for user in users() {
        let place = Place::new(user);
        symlink("run.svg", place.path("link.svg")).unwrap();
        symlink("more/../later.svg", place.path("to-later")).unwrap();
        symlink("to-later", place.path("later")).unwrap();
        fs::create_dir(place.path("more")).unwrap();
        let before = place.bytes("run.svg");
        for (link, leads) in [("link.svg", "run.svg"), ("later", "later.svg")] {
            let args = ["tcp", "--bytes", "3000", "--plot", link];
            let got = place.command(&args).output().unwrap();
            assert!(got.status.success(), "{}", text(&got.stderr));
            assert!(fs::symlink_metadata(place.path(link)).unwrap().is_symlink());
            assert!(text(&place.bytes(leads)).contains("</svg>"));
            assert_ne!(place.bytes(leads), before);
        }
        symlink("round", place.path("round")).unwrap();
        place.refuses(&["tcp", "--save", "round"]);
        // What a run that fails made behind a link goes, and the link stays.
        symlink("nothing.svg", place.path("to-nothing")).unwrap();
        place.refuses(&[
            "explain",
            "udp.pcapng",
            "--quiet",
            "--save",
            "round",
            "--plot",
            "to-nothing",
        ]);
        // A learner's progress, too.
        fs::create_dir_all(place.path("data/sockscope")).unwrap();
        fs::set_permissions(
            place.path("data/sockscope"),
            fs::Permissions::from_mode(0o777),
        )
        .unwrap();
        let kept = place.path("data/sockscope/progress.json");
        symlink("../../progress.json", &kept).unwrap();
        place.write("progress.json", "{\"format_version\": 1, \"lessons\": {}}");
        let got = place.command(&["lesson", "endpoints", "--no-ask"]).output();
        assert!(got.unwrap().status.success());
        assert!(fs::symlink_metadata(&kept).unwrap().is_symlink());
        assert!(text(&place.bytes("progress.json")).contains("endpoints"));
    }
}

#[test]
fn a_file_whose_folder_may_not_be_written_to_is_written_all_the_same() {
    for user in users() {
        let place = Place::new(user);
        let (svg, run) = (place.path("run.svg"), place.path("run.pcapng"));
        let story = told(user, &["explain", &place.text("run.pcapng")]);
        let inode = |path: &Path| path.metadata().unwrap().ino();
        let before = (inode(&svg), inode(&run));
        fs::set_permissions(place.folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
        if user == User::Root {
            // Root may everything; who was root before `--on lo` may not.
            let fill = "x".repeat(1 << 20);
            fs::write(&svg, format!("<svg>{fill}</svg>")).unwrap();
            let args = ["tcp", "--on", "lo", "--port", "7073", "--plot", "run.svg"];
            let got = place.command(&args).output().unwrap();
            assert!(got.status.success(), "{}", text(&got.stderr));
            assert_eq!(inode(&svg), before.0);
        } else {
            let args = [
                "explain",
                "run.pcapng",
                "--save",
                "run.pcapng",
                "--plot",
                "run.svg",
            ];
            let got = place.command(&args).output().unwrap();
            assert!(got.status.success(), "{}", text(&got.stderr));
            assert_eq!((inode(&svg), inode(&run)), before);
            assert_eq!(told(user, &["explain", &place.text("run.pcapng")]), story);
            let said = place.refuses(&["tcp", "--save", "new.pcapng"]);
            assert!(said.contains("may not"), "{said}");
        }
        let drawn = text(&place.bytes("run.svg"));
        assert!(
            drawn.ends_with("</svg>\n") && !drawn.contains("xxxx"),
            "{user:?}"
        );
        fs::set_permissions(place.folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    }
}

#[test]
fn a_file_of_somebody_else_stays_theirs() {
    if !is_root() {
        return support::left_out("files of others: needs root");
    }
    let place = Place::new(User::Ordinary);
    let args = [
        "explain",
        "run.pcapng",
        "--plot",
        "run.svg",
        "--save",
        "udp.pcapng",
    ];
    let mut command = sockscope(User::Root, &args);
    let got = command.current_dir(place.folder.path()).output().unwrap();
    assert!(got.status.success(), "{}", text(&got.stderr));
    for name in ["run.svg", "udp.pcapng"] {
        let meta = place.path(name).metadata().unwrap();
        assert_eq!(
            (meta.uid(), meta.gid()),
            (support::NOBODY, support::NOBODY),
            "{name}"
        );
    }
}

#[test]
fn a_device_that_takes_nothing_is_a_full_disk() {
    for user in users() {
        let place = Place::new(user);
        for args in [
            &["tcp", "--save", "/dev/full"][..],
            &["tcp", "--plot", "/dev/full"],
            &["lesson", "endpoints", "--no-ask", "--save", "/dev/full"],
            &["explain", "run.pcapng", "--save", "/dev/full"],
            &["explain", "run.pcapng", "--plot", "/dev/full"],
        ] {
            let got = place.command(args).output().unwrap();
            let said = text(&got.stderr);
            assert_eq!(got.status.code(), Some(1), "{args:?}: {said}");
            assert_eq!(said.matches("error: ").count(), 1, "{args:?}: {said}");
            assert!(said.contains("the disk is full"), "{args:?}: {said}");
        }
    }
}

/// A shell in which `/mnt` is a file system of that size, seen by nobody else, and `$1` the binary run by `user`.
fn on_a_small_disk(user: User, kib: u32, script: &str) -> Output {
    let by = if user == User::Ordinary && is_root() {
        "setpriv --reuid=65534 --regid=65534 --clear-groups --"
    } else {
        ""
    };
    let script = format!(
        "mount -t tmpfs -o size={kib}k,mode=777 tmpfs /mnt && cd /mnt || exit 99\nscope() {{ {by} {} \"$@\"; }}\n{script}",
        binary().display()
    );
    let alone: &[&str] = if is_root() { &["-m"] } else { &["-rm"] };
    let mut shell = Command::new("unshare");
    shell
        .args(alone)
        .args(["sh", "-c", &script])
        .env("LC_ALL", "C.UTF-8")
        .env_remove("SUDO_UID")
        .env_remove("SUDO_GID");
    shell.output().unwrap()
}

#[test]
fn on_a_full_disk_the_recording_ends_with_a_whole_block() {
    for user in users() {
        let got = on_a_small_disk(
            user,
            256,
            "scope tcp --bytes 2000000 --quiet --save run.pcapng > /dev/null; echo \"ended $?\"
             scope explain run.pcapng --quiet > /dev/null; echo \"told $?\"
             ls -A",
        );
        let (said, wrong) = (text(&got.stdout), text(&got.stderr));
        let who = format!("{user:?}: {said}{wrong}");
        assert_eq!(said, "ended 1\ntold 0\nrun.pcapng\n", "{who}");
        assert_eq!(wrong.matches("error: ").count(), 1, "{who}");
        assert!(wrong.contains("could not be written to its end"), "{who}");
        assert!(wrong.contains("the disk is full"), "{who}");
        assert_eq!(
            wrong.lines().count(),
            2,
            "a warning of what was cut off: {who}"
        );
    }
}

#[test]
fn on_a_full_disk_what_was_there_is_still_there() {
    for user in users() {
        let got = on_a_small_disk(
            user,
            512,
            "scope tcp --save run.pcapng --plot run.svg --quiet > /dev/null || exit 98
             chmod 666 run.svg run.pcapng; sha256sum run.svg run.pcapng > sums
             head -c 10000000 /dev/zero > filler 2> /dev/null
             scope explain run.pcapng --plot run.svg > /dev/null; echo \"drawn $?\"
             scope explain run.pcapng --save run.pcapng > /dev/null; echo \"saved $?\"
             scope explain run.pcapng --plot new.svg > /dev/null; echo \"new $?\"
             sha256sum --status -c sums; echo \"same $?\"
             chmod 555 .
             scope explain run.pcapng --plot run.svg > /dev/null; echo \"in place $?\"
             ls -A",
        );
        let (said, wrong) = (text(&got.stdout), text(&got.stderr));
        // In place there is room: the new picture takes that of the old one. Root may write beside it all the same.
        let in_place = i32::from(user == User::Root || !is_root());
        assert_eq!(
            said,
            format!(
                "drawn 1\nsaved 1\nnew 1\nsame 0\nin place {in_place}\nfiller\nrun.pcapng\nrun.svg\nsums\n"
            ),
            "{user:?}: {said}{wrong}"
        );
        let full = wrong.matches("the disk is full").count();
        assert_eq!(full, 3 + in_place as usize, "{wrong}");
    }
}

/// The same where a folder may have 1 MiB, by a quota: btrfs's, which every kernel that has it has; none where it or what
/// makes it is missing. What is full there can't even be shortened.
fn under_a_quota(user: User, script: &str) -> Option<Output> {
    if !is_root() || !have("mkfs.btrfs") {
        left_out("a quota that is used up: needs root and mkfs.btrfs (package btrfs-progs)");
        return None;
    }
    let place = folder();
    let by = if user == User::Ordinary {
        "setpriv --reuid=65534 --regid=65534 --clear-groups --"
    } else {
        ""
    };
    let script = format!(
        "truncate -s 128M disk && mkfs.btrfs -q disk > /dev/null 2>&1 && mount -o loop disk /mnt || exit 99
         btrfs -q quota enable /mnt && btrfs -q subvolume create /mnt/few && btrfs -q qgroup limit 1M /mnt/few || exit 98
         chmod 777 /mnt/few; cd /mnt/few
         scope() {{ {by} {} \"$@\"; }}\n{script}",
        binary().display()
    );
    let got = Command::new("unshare")
        .args(["-m", "sh", "-c", &script])
        .current_dir(place.path())
        .env("LC_ALL", "C.UTF-8")
        .env_remove("SUDO_UID")
        .env_remove("SUDO_GID")
        .output()
        .unwrap();
    if got.status.code() == Some(99) {
        left_out("a quota that is used up: no btrfs can be mounted here");
        return None;
    }
    Some(got)
}

#[test]
fn where_a_quota_is_used_up_it_is_told_and_the_recording_can_be_read() {
    for user in users() {
        let Some(got) = under_a_quota(
            user,
            "scope tcp --save old.pcapng --plot run.svg --quiet > /dev/null || exit 97
             sha256sum run.svg > sums
             scope tcp --bytes 4000000 --quiet --save run.pcapng > /dev/null; echo \"ended $?\"
             scope explain old.pcapng --plot run.svg > /dev/null; echo \"drawn $?\"
             scope explain run.pcapng --quiet > /dev/null; echo \"told $?\"
             sha256sum --status -c sums; echo \"same $?\"; ls -A | grep '^[.]'",
        ) else {
            return;
        };
        let (said, wrong) = (text(&got.stdout), text(&got.stderr));
        let who = format!("{user:?}: {said}{wrong}");
        assert_eq!(said, "ended 1\ndrawn 1\ntold 0\nsame 0\n", "{who}");
        assert_eq!(wrong.matches("the quota is used up").count(), 2, "{who}");
        assert_eq!(wrong.matches("error: ").count(), 2, "{who}");
    }
}

#[test]
fn a_limit_of_the_size_of_files_is_told() {
    /// The shell counts blocks of 512 bytes (POSIX `ulimit -f`).
    const LIMIT: usize = 64 * 512;
    for user in users() {
        let place = Place::new(user);
        let limited = |args: &[&str]| {
            let script = format!("ulimit -f 64; exec {} \"$@\"", binary().display());
            let mut shell = run_by(user, "sh");
            shell.args(["-c", &script, "sh"]).args(args);
            shell.current_dir(place.folder.path()).output().unwrap()
        };
        // What a picture of a short run takes differs with the run: this one is always several times the limit.
        let (run, svg) = (place.text("run.pcapng"), place.text("run.svg"));
        let long = ["tcp", "--bytes", "100000", "--force", "--save", &run];
        told(user, &[&long[..], &["--plot", &svg]].concat());
        let svg = place.bytes("run.svg");
        assert!(svg.len() > LIMIT, "it is larger than the limit");
        for (args, is_told) in [
            (
                &["tcp", "--bytes", "300000", "--save", "big.pcapng"][..],
                false,
            ),
            (&["explain", "run.pcapng", "--plot", "run.svg"], true),
            (&["explain", "run.pcapng", "--plot", "new.svg"], true),
        ] {
            let got = limited(args);
            let said = text(&got.stderr);
            assert_eq!(
                got.status.code(),
                Some(1),
                "{args:?} {}: {said}",
                got.status
            );
            assert_eq!(said.matches("error: ").count(), 1, "{said}");
            assert!(said.contains("larger than allowed"), "{said}");
            assert!(!is_told || !got.stdout.is_empty(), "{args:?}");
        }
        assert_eq!(place.bytes("run.svg"), svg);
        assert!(!place.path("new.svg").exists());
        let left = place.all().into_keys().filter(|name| name.starts_with('.'));
        assert_eq!(left.count(), 0, "of what was made beside");
        let big = place
            .command(&["explain", "big.pcapng", "--quiet"])
            .output()
            .unwrap();
        support::assert_silent("explain", &big);
        let size = place.path("big.pcapng").metadata().unwrap().len();
        assert!((1000..=LIMIT as u64).contains(&size), "{size}");

        // A program in the lab ends at the limit as it does outside.
        let program = "grep SigIgn /proc/self/status";
        let got = place
            .command(&["lab", "--client", program])
            .output()
            .unwrap();
        let said = text(&got.stderr) + &text(&got.stdout);
        let mask = said
            .split("SigIgn:")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        let mask = u64::from_str_radix(mask.unwrap(), 16).unwrap();
        assert_eq!(mask & (1 << 24), 0, "SIGXFSZ is ignored: {mask:x}");
    }
}

#[test]
fn a_new_lesson_is_made_whole_or_not_at_all() {
    for user in users() {
        let got = on_a_small_disk(
            user,
            16,
            "head -c 8000 /dev/zero > filler; scope lesson new mine; echo \"ended $?\"; ls -A",
        );
        let (said, wrong) = (text(&got.stdout), text(&got.stderr));
        assert_eq!(said, "ended 1\nfiller\n", "{user:?}: {said}{wrong}");
        assert!(wrong.contains("the disk is full"), "{wrong}");
    }
}

#[test]
fn a_copy_is_as_private_as_the_capture() {
    for user in users() {
        let place = Place::new(user);
        fs::set_permissions(place.path("run.pcapng"), fs::Permissions::from_mode(0o600)).unwrap();
        told(
            user,
            &[
                "explain",
                &place.text("run.pcapng"),
                "--save",
                &place.text("new.pcapng"),
            ],
        );
        let mode = place.path("new.pcapng").metadata().unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_before_anything_runs() {
    for user in users() {
        let place = Place::new(user);
        let said = place.refuses(&["udp", "--svg-states", "new.svg"]);
        assert!(
            said.contains("--svg-states draws the states of TCP"),
            "{said}"
        );
        // A page is not written over somebody's notes, nor over a picture.
        for name in ["notes.txt", "run.svg"] {
            let said = place.refuses(&["explain", "run.pcapng", "--html", name]);
            assert!(said.contains("--force"), "{said}");
        }
        place.refuses(&[
            "explain",
            "run.pcapng",
            "--frame",
            "1",
            "--html",
            "new.html",
        ]);
        place.refuses(&["compare", "--sizes", "1", "--svg", "new.svg"]);
    }
}
