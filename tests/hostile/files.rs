//! A pipe, a device, a folder, a socket where a file is expected: refused at once, whatever it is.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::support::{User, folder, is_root, sockscope, text};

/// Far more than refusing takes, on a machine with much else to do.
const AT_ONCE: Duration = Duration::from_secs(20);

/// Everything that is no file, under names that end like this.
fn no_files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let named = |name: &str| folder.join(format!("{name}{end}"));
    let fifo = named("fifo");
    mkfifo(&fifo, Mode::from_bits_truncate(0o666)).unwrap();
    let _ = fs::set_permissions(&fifo, Permissions::from_mode(0o666));
    let socket = named("socket");
    // Its name stays when nobody listens any more.
    UnixListener::bind(&socket).unwrap();
    fs::set_permissions(&socket, Permissions::from_mode(0o666)).unwrap();
    let devices = ["/dev/zero", "/dev/null", "/dev/tty"];
    let devices = devices.into_iter().enumerate().map(|(n, device)| {
        let path = named(&format!("device{n}"));
        symlink(device, &path).unwrap();
        path
    });
    [fifo, socket].into_iter().chain(devices).collect()
}

/// Who runs it: an ordinary user, and root under sudo's variables.
fn commands(args: &[&str]) -> Vec<Command> {
    let mut all = vec![sockscope(User::Ordinary, args)];
    if is_root() {
        let mut sudo = sockscope(User::Root, args);
        sudo.env("SUDO_UID", "65534").env("SUDO_GID", "65534");
        all.push(sudo);
    }
    all
}

/// Its output, if it ends at once.
fn at_once(mut command: Command) -> Output {
    let what = format!("{command:?}");
    let begun = Instant::now();
    let pipes = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().expect("it runs");
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > AT_ONCE {
            child.kill().unwrap();
            panic!("{what} does not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

/// It says what is wrong, in a language.
fn refuses(args: &[&str], code: i32, why: &str) {
    for command in commands(args) {
        let what = format!("{command:?}");
        let got = at_once(command);
        let said = text(&got.stdout) + &text(&got.stderr);
        assert_eq!(got.status.code(), Some(code), "{what}: {said}");
        assert!(said.contains(why), "{what}: {said}");
    }
}

const NO_FILE: &str = "it is a pipe or a device, and a file is needed here";
const NO_FILE_ZH: &str = "它是管道或设备，而这里需要一个普通文件";

#[test]
fn a_hand_in_is_a_file() {
    let folder = folder();
    for path in no_files(folder.path(), ".json") {
        let path = path.to_str().unwrap();
        // Of a terminal that one does not have there is nothing to open.
        let (en, zh) = if path.contains("device2") {
            ("cannot be read", "无法读取")
        } else {
            (NO_FILE, NO_FILE_ZH)
        };
        refuses(&["lesson", "verify", path, "--lang", "en"], 2, en);
        refuses(&["lesson", "verify", path, "--lang", "zh"], 2, zh);
    }
    // All of them at once, as a class.
    let path = folder.path().to_str().unwrap();
    refuses(&["lesson", "verify", path, "--lang", "en"], 1, "fifo");
}

#[test]
fn a_recording_of_a_hand_in_is_a_file() {
    let folder = folder();
    let hand_in = |name: &str| {
        let path = folder.path().join("hand-in.json");
        let hand_in = serde_json::json!({
            "format_version": 1, "program": "", "lesson": "handshake", "lesson_hash": "",
            "seed": null, "began": 0, "ended": 0,
            "runs": [{ "act": "", "recording": name, "sha256": "", "answers": [] }],
        });
        fs::write(&path, hand_in.to_string()).unwrap();
        path
    };
    let subfolder = folder.path().join("folder");
    fs::create_dir(&subfolder).unwrap();
    for path in no_files(folder.path(), ".pcapng") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let why = if name.contains("device2") {
            name
        } else {
            NO_FILE
        };
        let file = hand_in(name);
        refuses(
            &["lesson", "verify", file.to_str().unwrap(), "--lang", "en"],
            1,
            why,
        );
        // Named on the command line it is the same.
        let named = [file.to_str().unwrap(), path.to_str().unwrap()];
        refuses(
            &["lesson", "verify", named[0], named[1], "--lang", "en"],
            1,
            why,
        );
    }
    let file = hand_in("folder");
    refuses(
        &["lesson", "verify", file.to_str().unwrap(), "--lang", "en"],
        1,
        "it is a folder",
    );
}

#[test]
fn the_files_of_a_lesson_are_files() {
    for (name, beside) in [("lesson.toml", "en.md"), ("en.md", "lesson.toml")] {
        let folder = folder();
        for odd in no_files(folder.path(), "") {
            let lesson = folder
                .path()
                .join(format!("lesson-{}", odd.file_name().unwrap().display()));
            fs::create_dir(&lesson).unwrap();
            fs::set_permissions(&lesson, Permissions::from_mode(0o755)).unwrap();
            fs::write(lesson.join(beside), "").unwrap();
            symlink(&odd, lesson.join(name)).unwrap();
            let path = lesson.to_str().unwrap();
            let why = if path.contains("device2") {
                "cannot be read"
            } else {
                NO_FILE
            };
            refuses(&["lesson", "check", path, "--lang", "en"], 2, why);
            refuses(&["lesson", path, "--lang", "en"], 2, why);
        }
    }
    // A lesson is a folder.
    let folder = folder();
    for odd in no_files(folder.path(), "") {
        refuses(
            &["lesson", "check", odd.to_str().unwrap(), "--lang", "en"],
            2,
            "a part of the path is not a folder",
        );
    }
}

#[test]
fn config_and_progress_are_files() {
    let folder = folder();
    let fifo = no_files(folder.path(), "").remove(0);
    for (variable, file) in [
        ("XDG_CONFIG_HOME", "config.toml"),
        ("XDG_DATA_HOME", "progress.json"),
    ] {
        let own = folder.path().join(variable);
        fs::create_dir_all(own.join("sockscope")).unwrap();
        symlink(&fifo, own.join("sockscope").join(file)).unwrap();
        let mut command = sockscope(User::Ordinary, &["lesson", "list", "--lang", "en"]);
        command.env(variable, &own);
        let got = at_once(command);
        assert_eq!(got.status.code(), Some(2), "{file}");
        assert!(text(&got.stderr).contains(NO_FILE), "{}", text(&got.stderr));
    }
}

#[test]
fn what_is_explained_or_compared_may_be_a_pipe() {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let folder = folder();
    let fifo = no_files(folder.path(), "").remove(0);
    let path = fifo.to_str().unwrap();
    let other = folder.path().join("nodelay.pcapng");
    fs::copy(captures.join("nodelay.pcapng"), &other).unwrap();
    for args in [
        &["explain", path][..],
        &["compare", path, other.to_str().unwrap()][..],
    ] {
        let (to, from) = (fifo.clone(), captures.join("nagle.pcapng"));
        let writer = thread::spawn(move || {
            let mut to = File::options().write(true).open(to).unwrap();
            io::copy(&mut File::open(from).unwrap(), &mut to).unwrap();
        });
        let got = at_once(sockscope(User::Ordinary, args));
        assert_eq!(got.status.code(), Some(0), "{}", text(&got.stderr));
        writer.join().unwrap();
    }
}
