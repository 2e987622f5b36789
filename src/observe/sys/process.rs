//! Processes: fork, descriptors, signals' dispositions (fork(2), clone(2), pidfd_open(2), close_range(2), setresuid(2)).

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{ForkResult, Gid, Pid, Uid};

/// Forks while this process has one thread only; `child` runs in the new process, which then exits with
/// the status that it returns.
///
/// # Errors
/// `EAGAIN`, `ENOMEM`; and `EDEADLK` of our own when a second thread is alive.
pub fn fork_single_threaded(child: impl FnOnce() -> i32) -> io::Result<Pid> {
    if thread_count()? != 1 {
        return Err(io::Error::from_raw_os_error(libc::EDEADLK));
    }
    // SAFETY: the process has one thread, so the child finds every lock free and may do anything.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            // A panic in the child must not unwind into the parent's code.
            let status = std::panic::catch_unwind(std::panic::AssertUnwindSafe(child));
            leave(status.unwrap_or(101))
        }
    }
}

/// How many threads this process has, by `/proc/self/stat`'s link count of `task`.
///
/// # Errors
/// When /proc is not mounted.
pub fn thread_count() -> io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/task")?.count())
}

/// Forks by a bare `clone` with these flags (CLONE_NEW…): the new process, as a pidfd; none in it.
///
/// # Safety
/// The calling process may have many threads, any of which may hold a lock, of the allocator too: the new process may
/// make system calls only, must not allocate, and never returns to the caller's caller.
pub(super) unsafe fn clone(flags: libc::c_int) -> io::Result<Option<OwnedFd>> {
    let flags = flags | libc::CLONE_PIDFD | libc::SIGCHLD;
    let mut pidfd: libc::c_int = -1;
    // SAFETY: without CLONE_VM the new process has a stack of its own; the kernel writes the pidfd (close-on-exec).
    let pid = Errno::result(unsafe { bare_clone(flags, &raw mut pidfd) })?;
    // SAFETY: the kernel has just made this descriptor for us; nobody else knows it.
    Ok((pid != 0).then(|| unsafe { OwnedFd::from_raw_fd(pidfd) }))
}

/// Forks once more in a process that [`clone`] made. None in the new one.
///
/// # Safety
/// As of [`clone`].
pub(super) unsafe fn fork_again() -> nix::Result<Option<Pid>> {
    // SAFETY: as above; no pidfd is asked for.
    let pid = Errno::result(unsafe { bare_clone(libc::SIGCHLD, std::ptr::null_mut()) })?;
    Ok((pid != 0).then(|| Pid::from_raw(pid as libc::pid_t)))
}

/// `clone` with no stack and no thread's state. On s390 its first two arguments are the other way round.
unsafe fn bare_clone(flags: libc::c_int, pidfd: *mut libc::c_int) -> libc::c_long {
    let (flags, none) = (libc::c_long::from(flags), 0 as libc::c_long);
    let (first, second) = if cfg!(target_arch = "s390x") {
        (none, flags)
    } else {
        (flags, none)
    };
    // SAFETY: the caller's promise.
    unsafe { libc::syscall(libc::SYS_clone, first, second, pidfd, none, none) }
}

/// Ends this process at once: nothing of its exit handlers is ours to run after a fork.
pub(super) fn leave(status: i32) -> ! {
    // SAFETY: ends the process.
    unsafe { libc::_exit(status) }
}

/// Waits until the process has ended, for so long at most; then kills it, and waits as long again. A process that was
/// not asked to end is so given its time, and one that cannot be killed is left.
pub fn end(process: BorrowedFd<'_>, patience: Duration) {
    if !has_ended_within(process, patience) {
        // SAFETY: numbers, and no siginfo.
        unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                process.as_raw_fd(),
                libc::SIGKILL,
                std::ptr::null::<libc::siginfo_t>(),
                0,
            );
        }
        has_ended_within(process, patience);
    }
}

fn has_ended_within(process: BorrowedFd<'_>, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(process, PollFlags::POLLIN)], timeout) {
            // Once more with what is left of the time.
            Err(Errno::EINTR) => {}
            other => return other == Ok(1),
        }
    }
}

/// Takes the status of a child that has ended, so that nothing of it is left. Does not wait for it.
pub fn reap_child(child: BorrowedFd<'_>) {
    use nix::sys::wait::{Id, WaitPidFlag, waitid};
    let _ = waitid(
        Id::PIDFd(child),
        WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG,
    );
}

/// Closes every descriptor above standard error but these two.
///
/// # Errors
/// `ENOSYS` from a kernel without close_range(2) (before 5.9).
pub fn close_all_but(keep: [RawFd; 2]) -> nix::Result<()> {
    let (low, high) = (keep[0].min(keep[1]), keep[0].max(keep[1]));
    for (from, to) in [(3, low - 1), (low + 1, high - 1), (high + 1, RawFd::MAX)] {
        if from <= to {
            close_from_to(from, to)?;
        }
    }
    Ok(())
}

/// Closes the descriptors from this one to that one. For a process, just forked, that uses none of them any more.
pub(super) fn close_from_to(from: RawFd, to: RawFd) -> nix::Result<()> {
    let (from, to) = (libc::c_long::from(from), libc::c_long::from(to));
    // SAFETY: the callers are such processes.
    Errno::result(unsafe { libc::syscall(libc::SYS_close_range, from, to, 0) }).map(drop)
}

/// Becomes that user for good, in every thread: groups, gid and uid, real, effective and saved. From root's ids it takes
/// every thread's capabilities along.
///
/// # Errors
/// `EPERM` without SETUID and SETGID; `EINVAL` for an id that the user namespace does not map. Some of the ids may be set
/// already.
pub fn become_user(uid: Uid, gid: Gid) -> io::Result<()> {
    nix::unistd::setgroups(&[gid])?;
    nix::unistd::setresgid(gid, gid, gid)?;
    nix::unistd::setresuid(uid, uid, uid)?;
    Ok(())
}

/// Makes this process (and what it executes) ignore these signals.
///
/// # Errors
/// `EINVAL` for SIGKILL and SIGSTOP, which cannot be ignored.
pub fn ignore(signals: &[nix::sys::signal::Signal]) -> io::Result<()> {
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, sigaction};
    let action = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    for signal in signals {
        // SAFETY: SIG_IGN runs no code of ours.
        unsafe { sigaction(*signal, &action) }?;
    }
    Ok(())
}
