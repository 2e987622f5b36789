//! What tests of the binary share: who runs it, the tools that second it, and saying what is left out.
#![allow(
    dead_code,
    clippy::print_stderr,
    reason = "each test file takes its part of this, and what is left out must be said"
)]

pub mod many;
pub mod terminal;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;
use tempfile::TempDir;

/// Nobody: an ordinary user without any group or right.
pub const NOBODY: u32 = 65_534;

/// Who runs the binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// Root, in no user namespace.
    Root,
    /// An ordinary user.
    Ordinary,
}

/// Those that this process can be; what must be left out is said.
pub fn users() -> Vec<User> {
    if is_root() {
        vec![User::Root, User::Ordinary]
    } else {
        left_out("everything as root: these tests run as an ordinary user");
        vec![User::Ordinary]
    }
}

/// This process is root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0)
}

/// Something is not tested here: loudly, and with `SOCKSCOPE_TESTS=require` (as in CI) not at all.
pub fn left_out(what: &str) {
    assert!(
        std::env::var("SOCKSCOPE_TESTS").as_deref() != Ok("require"),
        "nothing may be left out, but this would be: {what}"
    );
    // Past the test runner, which swallows what a passing test prints.
    let _ = writeln!(std::io::stderr(), "LEFT OUT: {what}");
}

/// The same of what this kernel does not have, which nobody can install: said everywhere, required nowhere.
pub fn kernel_lacks(what: &str) {
    let _ = writeln!(std::io::stderr(), "LEFT OUT: {what}");
}

/// The folder of the foreign captures, when it holds `name`; none, and said so, when it is absent. They are not in
/// this repository, so it is an error only where SOCKSCOPE_PARITY promised them.
pub fn foreign_captures(name: &str) -> Option<PathBuf> {
    let promised = std::env::var_os("SOCKSCOPE_PARITY");
    let root = promised.as_ref().map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/parity"),
        PathBuf::from,
    );
    if root.join(name).exists() {
        return Some(root);
    }
    let says = format!(
        "LEFT OUT: no captures in {} (set SOCKSCOPE_PARITY)",
        root.display()
    );
    // Past the test runner, which swallows what a passing test prints.
    let _ = writeln!(std::io::stderr(), "{says}");
    assert!(promised.is_none(), "{says}");
    None
}

/// A program that a test needs is here; if not, that is said.
pub fn have(program: &str) -> bool {
    let found = std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    });
    if !found {
        left_out(&format!("what needs {program}"));
    }
    found
}

/// A folder that everybody may write to; gone with the value.
pub fn folder() -> TempDir {
    let folder = tempfile::Builder::new()
        .prefix("sockscope-test-")
        .tempdir_in("/tmp")
        .expect("/tmp is writable");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("ours");
    folder
}

/// The binary where every user reaches it.
pub fn binary() -> &'static Path {
    static COPY: OnceLock<PathBuf> = OnceLock::new();
    COPY.get_or_init(|| {
        let built = Path::new(env!("CARGO_BIN_EXE_sockscope"));
        let folder = std::env::temp_dir().join("sockscope-test-binary");
        fs::create_dir_all(&folder).expect("made");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("ours");
        forget_copies(&folder);
        // Test processes run side by side: each has a copy of its own.
        let copy = folder.join(format!("sockscope-{}", std::process::id()));
        let _ = fs::remove_file(&copy);
        // By another process: a child that a test beside this one has just forked would inherit our descriptor, and a
        // file that somebody may write to cannot be executed (ETXTBSY).
        let copied = Command::new("cp").arg(built).arg(&copy).status();
        assert!(copied.expect("cp runs").success());
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).expect("ours");
        copy
    })
}

/// Removes the copies of test processes that have ended: a copy is 60 MB.
fn forget_copies(folder: &Path) {
    for entry in fs::read_dir(folder).expect("read").flatten() {
        let name = entry.file_name();
        let process = name
            .to_str()
            .and_then(|name| name.strip_prefix("sockscope-"));
        if process.is_some_and(|id| !Path::new("/proc").join(id).exists()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The binary that is run in place of the one that was built.
static OTHER: Mutex<Option<PathBuf>> = Mutex::new(None);

/// From now on this binary is run; with none the one that was built.
pub fn run_another(binary: Option<&Path>) {
    *OTHER.lock().unwrap_or_else(PoisonError::into_inner) = binary.map(Path::to_path_buf);
}

/// A program run by this user.
pub fn run_by(user: User, program: &str) -> Command {
    let mut command = if user == User::Ordinary && is_root() {
        let mut command = Command::new("setpriv");
        command
            .arg(format!("--reuid={NOBODY}"))
            .arg(format!("--regid={NOBODY}"))
            .args(["--clear-groups", "--", program]);
        command
    } else {
        Command::new(program)
    };
    command
        .stdin(Stdio::null())
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .env_remove("NO_COLOR")
        .env_remove("SUDO_UID")
        .env_remove("SUDO_GID")
        .env(
            "XDG_DATA_HOME",
            format!("/tmp/sockscope-test-data-{user:?}"),
        )
        .env("XDG_CONFIG_HOME", "/tmp/sockscope-test-config")
        .current_dir("/tmp");
    command
}

/// The binary run by this user.
pub fn sockscope(user: User, args: &[&str]) -> Command {
    let other = OTHER.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let binary = other.unwrap_or_else(|| binary().to_path_buf());
    let mut command = run_by(user, &binary.to_string_lossy());
    command.args(args);
    command
}

/// The binary as sudo starts it for nobody, whose home in the password database is this one.
pub fn under_sudo_at_home(home: &Path, args: &[&str]) -> Command {
    let passwd = home.join("passwd");
    let line = format!("nobody:x:{NOBODY}:{NOBODY}::{}:/bin/sh\n", home.display());
    fs::write(&passwd, format!("root:x:0:0::/root:/bin/sh\n{line}")).expect("ours");
    let mut command = run_by(User::Root, "unshare");
    let script = "mount --bind \"$1\" /etc/passwd && shift && exec \"$@\"";
    command
        .args(["--mount", "sh", "-c", script, "sh"])
        .args([&passwd, binary()])
        .args(args)
        .env("SUDO_UID", NOBODY.to_string())
        .env("SUDO_GID", NOBODY.to_string());
    command
}

/// Its output; it must end well.
pub fn told(user: User, args: &[&str]) -> String {
    let got = sockscope(user, args).output().expect("the binary runs");
    assert!(
        got.status.success(),
        "{user:?}: sockscope {}: {}\n{}{}",
        args.join(" "),
        got.status,
        text(&got.stdout),
        text(&got.stderr)
    );
    text(&got.stdout)
}

/// Output as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The objects of `--format json`.
pub fn objects(json: &str) -> Vec<Value> {
    json.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}")))
        .collect()
}

/// Those of them that are packets of the file, in its order.
pub fn packets(json: &str) -> Vec<Value> {
    let all = objects(json).into_iter();
    all.filter(|object| object["number"].is_u64()).collect()
}

/// tshark's fields of every packet of a file. It may say nothing on standard error: no warning, no cut file.
pub fn tshark(file: &Path, fields: &[&str]) -> Vec<Vec<String>> {
    let mut command = run_by(User::Ordinary, "tshark");
    command
        .arg("-r")
        .arg(file)
        .args(["-T", "fields", "-E", "separator=|"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let got = command.env("HOME", "/tmp").output().expect("tshark runs");
    assert_silent("tshark", &got);
    text(&got.stdout)
        .lines()
        .map(|line| line.split('|').map(str::to_owned).collect())
        .collect()
}

/// It ended well and had nothing to say on standard error.
pub fn assert_silent(who: &str, got: &Output) {
    assert!(
        got.status.success() && got.stderr.is_empty(),
        "{who}: {}\n{}",
        got.status,
        text(&got.stderr)
    );
}
