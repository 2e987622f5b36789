//! A run that the classroom page started: it takes no more memory, time and disk than it may, and one that reads somebody's upload
//! reaches no file but that and what it writes beside it.
//!
//! The server says so by an environment variable, and the child confines itself before it reads anything: between fork and execve
//! there would be no memory to be had, and what a child gives up there it cannot be told. Nobody gains anything by setting the
//! variable: it only takes away.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, path_beneath_rules,
};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, alarm, getppid, mkfifo};

use crate::failure::Failure;
use crate::observe::caller;
use crate::text::Message;

/// The variable: seconds that the process may live (0: as long as it is wanted), who started it, then the folder to which it is
/// confined, if it is.
pub const VARIABLE: &str = "SOCKSCOPE_CONFINED";

/// What one run may have of the machine.
const MEMORY: u64 = 2 << 30;
const PROCESSOR_SECONDS: u64 = 120;
const OPEN_FILES: u64 = 512;
/// No file grows beyond this.
pub const FILE: u64 = 32 << 20;

/// The variable's value for a child that may live so long; with a folder it reaches nothing else.
#[must_use]
pub fn value(life: Option<Duration>, folder: Option<&Path>) -> std::ffi::OsString {
    let seconds = life.map_or(0, |life| life.as_secs());
    let mut value = std::ffi::OsString::from(format!("{seconds},{}", std::process::id()));
    if let Some(folder) = folder {
        value.push(":");
        value.push(folder);
    }
    value
}

/// Confines this process, where the variable asks for it.
///
/// # Errors
/// When the kernel refuses: nothing must be done then.
pub fn as_asked() -> Result<(), Failure> {
    let Some(value) = std::env::var_os(VARIABLE) else {
        return Ok(());
    };
    caller::forget_variable(VARIABLE);
    let failed = |error: io::Error| Failure::of_io(Message::new("error-confined"), &error);
    let Confinement {
        seconds,
        server,
        folder,
    } = parsed(&value).ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    limits(seconds).map_err(failed)?;
    end_with(server).map_err(failed)?;
    if let Some(folder) = folder {
        only(&folder).map_err(|error| failed(io::Error::other(error)))?;
    }
    Ok(())
}

/// What the variable says.
#[derive(Debug, PartialEq, Eq)]
struct Confinement {
    seconds: u32,
    server: i32,
    folder: Option<PathBuf>,
}

fn parsed(value: &OsStr) -> Option<Confinement> {
    let text = value.to_str()?;
    let (numbers, folder) = match text.split_once(':') {
        Some((numbers, folder)) => (numbers, Some(PathBuf::from(folder))),
        None => (text, None),
    };
    let (seconds, server) = numbers.split_once(',')?;
    Some(Confinement {
        seconds: seconds.parse().ok()?,
        server: server.parse().ok()?,
        folder,
    })
}

/// The kernel ends this process when the server is killed, which can't do it itself then.
fn end_with(server: i32) -> io::Result<()> {
    set_pdeathsig(Signal::SIGKILL)?;
    // One that is gone already sends no signal any more.
    if getppid() == Pid::from_raw(server) {
        Ok(())
    } else {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

fn limits(seconds: u32) -> io::Result<()> {
    for (resource, most) in [
        (Resource::RLIMIT_AS, MEMORY),
        (Resource::RLIMIT_CPU, PROCESSOR_SECONDS),
        (Resource::RLIMIT_NOFILE, OPEN_FILES),
        (Resource::RLIMIT_FSIZE, FILE),
        (Resource::RLIMIT_CORE, 0),
    ] {
        setrlimit(resource, most, most)?;
    }
    if seconds > 0 {
        alarm::set(seconds);
    }
    Ok(())
}

/// Nothing is read or written but what is in this folder, the zones of the clock and nothing of the network; as much of it as the
/// kernel knows (Landlock, Linux 5.13 and later).
fn only(folder: &Path) -> Result<(), landlock::RulesetError> {
    let abi = ABI::V4;
    let all = AccessFs::from_all(abi);
    let read = AccessFs::from_read(abi);
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .handle_access(AccessNet::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules([folder], all))?
        .add_rules(path_beneath_rules(
            [
                "/usr/share/zoneinfo",
                "/etc/localtime",
                "/proc/self",
                "/dev/null",
            ],
            read,
        ))?
        .restrict_self()
        .map(drop)
}

/// Asks a child to end: its story ends, its files are closed.
pub fn ask_to_end(process: u32) {
    if let Ok(process) = i32::try_from(process) {
        // One that has ended is asked nothing more.
        let _ = kill(Pid::from_raw(process), Signal::SIGTERM);
    }
}

/// A pipe with a name, for who runs it alone.
///
/// # Errors
/// Of mkfifo.
pub fn named_pipe(path: &Path) -> io::Result<()> {
    mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_says_how_long_and_where() {
        let server = std::process::id().cast_signed();
        let is = |seconds, folder: Option<&str>| {
            let folder = folder.map(PathBuf::from);
            Some(Confinement {
                seconds,
                server,
                folder,
            })
        };
        let said = value(Some(Duration::from_secs(35)), Some(Path::new("/tmp/a:b")));
        assert_eq!(parsed(&said), is(35, Some("/tmp/a:b")));
        assert_eq!(parsed(&value(None, None)), is(0, None));
        for wrong in ["soon", "35", "35,", "35:/tmp"] {
            assert_eq!(parsed(OsStr::new(wrong)), None, "{wrong}");
        }
    }
}
