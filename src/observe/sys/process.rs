//! Processes: fork, descriptors, signals' dispositions (fork(2), close_range(2), setresuid(2)).

use std::io;
use std::os::fd::RawFd;

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
            // SAFETY: leaves without running the parent's exit handlers.
            unsafe { libc::_exit(status.unwrap_or(101)) }
        }
    }
}

/// How many threads this process has, by `/proc/self/stat`'s link count of `task`.
pub fn thread_count() -> io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/task")?.count())
}

/// Closes every descriptor above standard error but these two.
pub fn close_all_but(keep: [RawFd; 2]) {
    let (low, high) = (keep[0].min(keep[1]), keep[0].max(keep[1]));
    for (from, to) in [(3, low - 1), (low + 1, high - 1), (high + 1, RawFd::MAX)] {
        if from <= to {
            // SAFETY: only for a process that uses none of these descriptors any more, which the one
            // caller (the watcher, just forked) is.
            unsafe {
                libc::syscall(
                    libc::SYS_close_range,
                    libc::c_long::from(from),
                    libc::c_long::from(to),
                    0,
                );
            }
        }
    }
}

/// Becomes that user for good, in every thread: groups, gid and uid, real, effective and saved. From root's ids it takes
/// every thread's capabilities along.
pub fn become_user(uid: Uid, gid: Gid) -> io::Result<()> {
    nix::unistd::setgroups(&[gid])?;
    nix::unistd::setresgid(gid, gid, gid)?;
    nix::unistd::setresuid(uid, uid, uid)?;
    Ok(())
}

/// Makes this process (and what it executes) ignore these signals.
pub fn ignore(signals: &[nix::sys::signal::Signal]) -> io::Result<()> {
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, sigaction};
    let action = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    for signal in signals {
        // SAFETY: SIG_IGN runs no code of ours.
        unsafe { sigaction(*signal, &action) }?;
    }
    Ok(())
}
