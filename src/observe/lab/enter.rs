//! The right to make network namespaces: root's, or an ordinary user's through a user namespace.
//!
//! The kernel refuses a new user namespace (`EINVAL`) once the process has a second thread, and a process
//! forked later than a thread could not safely run our code: so `enter` comes before everything
//! that starts threads.

use std::fs;
use std::io;
use std::sync::Arc;

use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid, getegid, geteuid};

use super::error::{LabError, Refusal};
use super::watcher::Watcher;
use crate::observe::sys::{capability, process};

/// How this process came to its rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It had them: root, or sudo.
    Root,
    /// In a user namespace of its own.
    UserNamespace,
    /// Lent by sudo where there are no user namespaces: the caller, with what a lab needs kept; programs have nothing of it.
    KeptCapabilities,
    /// The machine's own namespace is used (`--on lo`); nothing was entered.
    Machine,
}

/// The right to set up labs, and the watcher that takes them down when we die.
#[derive(Debug)]
pub struct Privileges {
    standing: Standing,
    caller: (Uid, Gid),
    pub(super) watcher: Option<Arc<Watcher>>,
}

impl Privileges {
    /// How this process came to its rights.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// Who called us: under sudo the user and group behind it, else our own ids.
    #[must_use]
    pub const fn caller(&self) -> (Uid, Gid) {
        self.caller
    }
}

/// Gains the right to make namespaces and starts the watcher. Once per process, before any thread.
///
/// # Errors
/// [`LabError::Refused`] with the reason; see [`Refusal`].
pub fn enter() -> Result<Privileges, LabError> {
    let caller = caller();
    let standing = enter_rights()?;
    let watcher = Watcher::start().map_err(LabError::step("fork", "the watcher"))?;
    Ok(Privileges {
        standing,
        caller,
        watcher: Some(Arc::new(watcher)),
    })
}

/// The right alone, without a watcher.
///
/// # Errors
/// As [`enter`].
pub(super) fn enter_rights() -> Result<Standing, LabError> {
    let needed = [
        capability::SYS_ADMIN,
        capability::NET_ADMIN,
        capability::NET_RAW,
    ];
    let capabilities = capability::get().map_err(LabError::step("capget", "of this process"))?;
    if capabilities.has(&needed) {
        return Ok(Standing::Root);
    }
    enter_user_namespace(geteuid(), getegid())?;
    Ok(Standing::UserNamespace)
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
        standing: Standing::Machine,
        caller: caller(),
        watcher: None,
    })
}

/// The user and group who called: `SUDO_UID` and `SUDO_GID` when root was lent by sudo.
fn caller() -> (Uid, Gid) {
    let id = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    match (geteuid().is_root(), id("SUDO_UID"), id("SUDO_GID")) {
        (true, Some(uid), Some(gid)) => (Uid::from_raw(uid), Gid::from_raw(gid)),
        _ => (geteuid(), getegid()),
    }
}

/// `unshare(CLONE_NEWUSER)`, own ids mapped to themselves. Mapped to root, a foreign program that gives up
/// root by itself (tcpdump) would fail.
fn enter_user_namespace(uid: Uid, gid: Gid) -> Result<(), LabError> {
    let operation = "unshare(CLONE_NEWUSER)";
    unshare(CloneFlags::CLONE_NEWUSER).map_err(|errno| match why_no_user_namespace(errno) {
        Some(refusal) => LabError::refused(operation, refusal)(errno),
        None => LabError::step(operation, "with more than one thread")(errno),
    })?;
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

/// After the sockets and files of a run on the machine's own loopback are open: becomes the caller for good
/// (under plain root: nobody, 65534), without capabilities.
///
/// # Errors
/// Of setgroups, setresgid, setresuid, capset.
pub fn drop_privileges(privileges: &Privileges) -> Result<(), LabError> {
    let (uid, gid) = privileges.caller;
    let (uid, gid) = if uid.is_root() {
        (Uid::from_raw(65_534), Gid::from_raw(65_534))
    } else {
        (uid, gid)
    };
    process::become_user(uid, gid).map_err(LabError::step("setresuid", uid.to_string()))
}
