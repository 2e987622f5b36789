//! The lab on this machine's kernel. Not a threaded test process (`harness = false`): each scenario runs in a
//! process of its own, which has one thread when it enters the lab; once as we are and, when we are
//! root, once as an ordinary user.
//!
//! `cargo test --test lab` runs all; `cargo test --test lab -- NAME` those whose name contains NAME.
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

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

#[path = "lab/causes.rs"]
mod causes;
#[path = "lab/faults.rs"]
mod faults;
#[path = "lab/killed.rs"]
mod killed;
#[path = "lab/many.rs"]
mod many;
#[path = "lab/programs.rs"]
mod programs;
#[path = "lab/refused.rs"]
mod refused;
#[path = "lab/runs.rs"]
mod runs;
#[path = "lab/scenarios.rs"]
mod scenarios;
#[path = "lab/settings.rs"]
mod settings;

/// The user `nobody` and its group.
const ORDINARY: u32 = 65_534;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name, ..] = &arguments[..]
        && flag == "--scenario"
    {
        sockscope::observe::caller::become_who_called().expect("it is sure who called");
        return scenarios::run(name);
    }
    if arguments.iter().any(|argument| argument == "--list") {
        scenarios::NAMES
            .iter()
            .for_each(|name| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let chosen =
        |name: &&&str| wanted.is_empty() || wanted.iter().any(|part| name.contains(&**part));
    let root = nix::unistd::geteuid().is_root();
    let (mut passed, mut failed) = (0, Vec::new());
    for name in scenarios::NAMES.iter().filter(chosen) {
        let mut users = vec![Who::AsWeAre];
        if root {
            users.push(Who::Ordinary);
        }
        if root && *name == "programs" {
            users.push(Who::Sudo);
        }
        for who in users {
            let shown = format!("{name}{}", who.suffix());
            print!("test {shown} ... ");
            if scenario(name, who) {
                println!("ok");
                passed += 1;
            } else {
                println!("FAILED");
                failed.push(shown);
            }
        }
    }
    let verdict = if failed.is_empty() { "ok" } else { "FAILED" };
    failed.iter().for_each(|name| println!("failed: {name}"));
    println!(
        "\ntest result: {verdict}. {passed} passed; {} failed; 0 ignored; 0 measured; 0 filtered out",
        failed.len()
    );
    ExitCode::from(u8::from(!failed.is_empty()))
}

/// Who runs a scenario.
#[derive(Clone, Copy, PartialEq)]
enum Who {
    AsWeAre,
    /// An ordinary user.
    Ordinary,
    /// Root, as sudo makes one out of an ordinary user.
    Sudo,
}

impl Who {
    const fn suffix(self) -> &'static str {
        match self {
            Self::AsWeAre => "",
            Self::Ordinary => " as an ordinary user",
            Self::Sudo => " under sudo",
        }
    }
}

/// Runs one scenario in a process of its own.
fn scenario(name: &str, who: Who) -> bool {
    let own = std::env::current_exe().expect("a test knows its own path");
    let (program, _kept) = if who == Who::AsWeAre {
        (own, None)
    } else {
        reachable(&own)
    };
    let mut command = Command::new(program);
    command.args(["--scenario", name]).stdin(Stdio::null());
    match who {
        Who::AsWeAre => {}
        Who::Ordinary => {
            use std::os::unix::process::CommandExt;
            // As root, changing the uid also leaves root's other groups.
            command.gid(ORDINARY).uid(ORDINARY);
        }
        Who::Sudo => {
            let id = ORDINARY.to_string();
            command.envs([("SUDO_UID", &id), ("SUDO_GID", &id)]);
        }
    }
    command.status().expect("a test can run itself").success()
}

/// A copy of this program that any user can reach, for as long as the directory is kept.
fn reachable(own: &Path) -> (PathBuf, Option<tempfile::TempDir>) {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(directory.path(), open.clone()).expect("its owner may");
    let copy = directory.path().join("lab");
    std::fs::copy(own, &copy).expect("room for a copy");
    std::fs::set_permissions(&copy, open).expect("its owner may");
    (copy, Some(directory))
}
