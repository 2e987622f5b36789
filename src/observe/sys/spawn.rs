//! A program started in the calling thread's network namespace, with a file system that differs in one file:
//! /etc/hosts names the hosts of the lab (unshare(2), mount(2), capabilities(7)).

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::stat::Mode;

use super::capability;

/// Whom the program runs as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum As {
    /// As us, with what capabilities we have (an ordinary user in its own user namespace).
    UsWithCapabilities,
    /// As us, as it comes (root).
    Us,
    /// As us, with none of the capabilities that we keep.
    UsWithoutCapabilities,
}

/// Starts it. `hosts` becomes the text of /etc/hosts, for the program only; where there is no such file, names
/// do not resolve.
///
/// # Errors
/// Of fork, unshare, mount, setuid or exec.
pub fn spawn(mut command: Command, hosts: Vec<u8>, who: As) -> io::Result<Child> {
    let prepare = move || {
        // It ends with the thread that started it, and so with us.
        nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
        name_hosts(&hosts)?;
        match &who {
            As::UsWithCapabilities => capability::make_ambient(),
            As::Us => Ok(()),
            As::UsWithoutCapabilities => capability::drop_all(),
        }?;
        // Changing the user has cleared it.
        nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
        Ok(())
    };
    // SAFETY: between fork and exec of a process with several threads only async-signal-safe things may be done:
    // `prepare` makes system calls, on paths that are constants, and allocates nothing.
    unsafe { command.pre_exec(prepare) };
    command.spawn()
}

/// Puts a file of ours over /etc/hosts, in a mount namespace of our own. The file is on a tmpfs that is
/// mounted for a moment only, so nothing is left on any disk, however we end.
fn name_hosts(hosts: &[u8]) -> nix::Result<()> {
    const HOSTS: &CStr = c"/etc/hosts";
    const PLACE: &CStr = c"/tmp";
    const FILE: &CStr = c"/tmp/hosts";
    let none = None::<&CStr>;
    unshare(CloneFlags::CLONE_NEWNS)?;
    // What is mounted here must not appear outside.
    mount(none, c"/", none, MsFlags::MS_REC | MsFlags::MS_SLAVE, none)?;
    mount(
        Some(c"tmpfs"),
        PLACE,
        Some(c"tmpfs"),
        MsFlags::empty(),
        none,
    )?;
    let named = write_file(FILE, hosts)
        .and_then(|()| mount(Some(FILE), HOSTS, none, MsFlags::MS_BIND, none));
    umount2(PLACE, MntFlags::MNT_DETACH)?;
    match named {
        Err(Errno::ENOENT) => Ok(()),
        other => other,
    }
}

fn write_file(path: &CStr, text: &[u8]) -> nix::Result<()> {
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_CLOEXEC;
    let file = open(path, flags, Mode::from_bits_truncate(0o644))?;
    let mut rest = text;
    while !rest.is_empty() {
        let written = nix::unistd::write(&file, rest)?;
        rest = &rest[written..];
    }
    Ok(())
}

/// A descriptor of a child that becomes readable when it has ended (pidfd_open(2)).
///
/// # Errors
/// `ENOSYS` before Linux 5.3.
pub fn descriptor(child: &Child) -> io::Result<OwnedFd> {
    // SAFETY: a system call on two numbers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, child.id(), 0) };
    let fd = i32::try_from(fd).unwrap_or(-1);
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor for us; nobody else knows it. It is close-on-exec.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    debug_assert!(fd.as_raw_fd() >= 0, "an open descriptor");
    Ok(fd)
}
