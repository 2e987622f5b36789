//! The right to make network namespaces: root's, or an ordinary user's through a user namespace.
//!
//! Whoever called by sudo is an ordinary user here ([`crate::observe::caller`]) with a few capabilities left. With them a
//! user namespace can be made where others may not; inside they are gone, like everything that root lent. Only where
//! there are no user namespaces at all, the lab itself is made with them.
//!
//! The kernel refuses a new user namespace (`EINVAL`) once the process has a second thread, and a process
//! forked later than a thread could not safely run our code: so `enter` comes before everything
//! that starts threads.

use std::fs;
use std::io;
use std::sync::Arc;

use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{Gid, Uid, getegid, geteuid, getppid};

use super::error::{LabError, Refusal};
use super::first_namespace::remember_first;
use super::watcher::Watcher;
use crate::observe::sys::{capability, process};

/// How this process came to its rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightsOrigin {
    /// It had them: root, and nobody called.
    Root,
    /// In a user namespace of its own.
    UserNamespace,
    /// An ordinary user's process with the capabilities of a lab (lent by sudo or by the program's file), where the
    /// kernel makes no user namespace. Programs start without them.
    KeptCapabilities,
    /// The machine's own namespace is used (`--on lo`); nothing was entered.
    Machine,
}

/// The right to set up labs, and the watcher that takes them down when we die.
#[derive(Debug)]
pub struct Privileges {
    origin: RightsOrigin,
    pub(super) watcher: Option<Arc<Watcher>>,
}

impl Privileges {
    /// How this process came to its rights.
    #[must_use]
    pub const fn origin(&self) -> RightsOrigin {
        self.origin
    }
}

/// Gains the right to make namespaces and starts the watcher. Once per process, before any thread.
///
/// # Errors
/// [`LabError::Refused`] with the reason; see [`Refusal`].
pub fn enter() -> Result<Privileges, LabError> {
    let origin = enter_rights()?;
    let watcher = Watcher::start().map_err(LabError::step("fork", "the watcher"))?;
    Ok(Privileges {
        origin,
        watcher: Some(Arc::new(watcher)),
    })
}

/// The right alone, without a watcher.
///
/// # Errors
/// As [`enter`].
pub(super) fn enter_rights() -> Result<RightsOrigin, LabError> {
    let needed = [
        capability::SYS_ADMIN,
        capability::NET_ADMIN,
        capability::NET_RAW,
    ];
    let capabilities = capability::get().map_err(LabError::step("capget", "of this process"))?;
    let has_them = capabilities.has(&needed);
    if has_them && geteuid().is_root() {
        return Ok(RightsOrigin::Root);
    }
    if has_them && !makes_user_namespaces()? {
        return Ok(RightsOrigin::KeptCapabilities);
    }
    enter_user_namespace(geteuid(), getegid())?;
    Ok(RightsOrigin::UserNamespace)
}

/// Whether a user namespace can be entered, found out by a process that is gone afterwards: a step that failed in the
/// middle of it would cost the capabilities.
fn makes_user_namespaces() -> Result<bool, LabError> {
    let child = process::fork_single_threaded(|| {
        i32::from(enter_user_namespace(geteuid(), getegid()).is_err())
    })
    .map_err(LabError::step("fork", "to try a user namespace"))?;
    let ended = waitpid(child, None).map_err(LabError::step("waitpid", "of that"))?;
    Ok(ended == WaitStatus::Exited(child, 0))
}

/// The right to look at the machine's own loopback: root's only.
///
/// # Errors
/// [`Refusal::NotRoot`].
pub fn enter_machine() -> Result<Privileges, LabError> {
    let capabilities = capability::get().map_err(LabError::step("capget", "of this process"))?;
    if !capabilities.has(&[capability::NET_RAW]) {
        return Err(LabError::refused("socket(AF_PACKET)", Refusal::NotRoot)(
            Errno::EPERM,
        ));
    }
    Ok(Privileges {
        origin: RightsOrigin::Machine,
        watcher: None,
    })
}

/// `unshare(CLONE_NEWUSER)`, own ids mapped to themselves. Mapped to root, a foreign program that gives up
/// root by itself (tcpdump) would fail.
fn enter_user_namespace(uid: Uid, gid: Gid) -> Result<(), LabError> {
    let operation = "unshare(CLONE_NEWUSER)";
    let (parent, dies_with_it) = (getppid(), prctl::get_pdeathsig().ok().flatten());
    unshare(CloneFlags::CLONE_NEWUSER).map_err(|errno| match why_no_user_namespace(errno) {
        Some(refusal) => LabError::refused(operation, refusal)(errno),
        None => LabError::step(operation, "with more than one thread")(errno),
    })?;
    // With new capabilities the kernel forgets it (prctl(2)).
    if let Some(signal) = dies_with_it {
        let is_there = |()| {
            if getppid() == parent {
                Ok(())
            } else {
                Err(Errno::ESRCH)
            }
        };
        prctl::set_pdeathsig(signal)
            .and_then(is_there)
            .map_err(LabError::step("prctl", "to end with its parent"))?;
    }
    let maps = [
        ("/proc/self/setgroups", "deny".to_owned()),
        ("/proc/self/uid_map", format!("{uid} {uid} 1")),
        ("/proc/self/gid_map", format!("{gid} {gid} 1")),
    ];
    for (path, text) in maps {
        // A kernel before 3.19 has no `setgroups`; then nothing is to be denied.
        match fs::write(path, text) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let refusal = if apparmor_restricts() {
                    Refusal::AppArmor
                } else {
                    Refusal::IdMap
                };
                return Err(LabError::refused("write /proc/self/uid_map", refusal)(
                    error,
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// None: it is our own fault.
fn why_no_user_namespace(errno: Errno) -> Option<Refusal> {
    let number = |path: &str| {
        let text = fs::read_to_string(path).ok()?;
        text.trim().parse::<u64>().ok()
    };
    let has_them = fs::metadata("/proc/self/ns/user").is_ok();
    Some(match errno {
        Errno::ENOSPC | Errno::EUSERS => Refusal::MaxUserNamespaces,
        Errno::EINVAL if has_them => return None,
        Errno::EINVAL | Errno::ENOSYS if !has_them => Refusal::NoUserNamespaces,
        _ if number("/proc/sys/kernel/unprivileged_userns_clone") == Some(0) => {
            Refusal::UsernsClone
        }
        _ if apparmor_restricts() => Refusal::AppArmor,
        _ if geteuid().is_root() => Refusal::RootWithoutCapabilities,
        _ => Refusal::Seccomp,
    })
}

/// `kernel.apparmor_restrict_unprivileged_userns` is set.
pub(super) fn apparmor_restricts() -> bool {
    fs::read_to_string("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
        .is_ok_and(|text| text.trim() != "0")
}

/// `unshare(CLONE_NEWNET)` of the calling thread.
///
/// # Errors
/// The refusal that the errno and this machine's settings stand for.
pub(super) fn enter_net_namespace() -> Result<(), LabError> {
    remember_first()?;
    unshare(CloneFlags::CLONE_NEWNET).map_err(|errno| {
        let refusal = match errno {
            Errno::ENOSPC | Errno::EUSERS => Refusal::MaxNetNamespaces,
            Errno::EPERM if !geteuid().is_root() && apparmor_restricts() => Refusal::AppArmor,
            Errno::EPERM => Refusal::Seccomp,
            _ => Refusal::NoNetNamespaces,
        };
        LabError::refused("unshare(CLONE_NEWNET)", refusal)(errno)
    })
}

/// After the sockets and files of a run on the machine's own loopback are open: this process is without capabilities
/// for good, and root becomes nobody (65534). Every other thread has to give up its own.
///
/// # Errors
/// Of setgroups, setresgid, setresuid, capset.
pub(super) fn drop_privileges() -> Result<(), LabError> {
    if geteuid().is_root() {
        let (uid, gid) = (Uid::from_raw(65_534), Gid::from_raw(65_534));
        process::become_user(uid, gid).map_err(LabError::step("setresuid", uid.to_string()))?;
    }
    capability::drop_all().map_err(LabError::step("capset", "of this thread"))
}
