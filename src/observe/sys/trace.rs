//! Another program's system calls seen from outside: ptrace(2) and seccomp(2), a program's memory, its registers, and copies
//! of its sockets.
//!
//! - [`ptrace`]: seize, wait, resume
//! - [`seccomp`]: at which calls a program stops, for the kernel to run
//! - [`numbers`]: which number is which call
//! - [`names`]: constants as C spells them
//! - [`memory`]: what a pointer of the program points to
//! - [`registers`]: a call that the program is made to do
//! - [`sockets`]: a socket of the program, asked for its ends
//! - [`gate`]: where a program waits, just before its execve, until it is seized

#![allow(
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::cast_lossless,
    clippy::unnecessary_cast,
    reason = "registers and constants of C, whose types differ between machines, as the bits that they are"
)]

pub mod gate;
pub mod memory;
pub mod names;
pub mod numbers;
pub mod ptrace;
pub mod registers;
pub mod seccomp;
pub mod sockets;

use std::io;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

/// Whether this process may trace what it starts, tried: a child loads the filter that a program starts with, makes a socket,
/// and is seen to stop there. While this process has one thread.
///
/// # Errors
/// What the kernel refuses, of ptrace(2) or seccomp(2); `ENOSYS` where the filter stops nothing.
pub fn trial() -> io::Result<()> {
    let (gate, theirs) = gate::pair()?;
    let child = super::process::fork_single_threaded(|| {
        let gate = theirs.as_raw_fd();
        if gate::wait_at(gate) {
            match seccomp::StopFilter::first().load() {
                Ok(()) => drop(socket(
                    AddressFamily::Inet,
                    SockType::Stream,
                    SockFlag::empty(),
                    None,
                )),
                Err(errno) => gate::say_failed(gate, errno),
            }
        }
        0
    })?;
    drop(theirs);
    // Its own number for the child: both are in one PID namespace.
    let seized = gate.wait().map_or(Err(Errno::ECHILD), ptrace::seize);
    gate.open(seized.is_ok());
    let mut stopped = false;
    while let (Ok(()), Ok((thread, stop))) = (seized, ptrace::wait()) {
        stopped |= stop == ptrace::Stop::Entry(seccomp::TOLD);
        let _ = ptrace::resume(thread, ptrace::Resume::Run, 0);
    }
    // One that was seized has been waited for.
    let _ = nix::sys::wait::waitpid(child, None);
    seized?;
    match gate.failed() {
        Some(errno) => Err(io::Error::other(errno)),
        None if !stopped => Err(Errno::ENOSYS.into()),
        None => Ok(()),
    }
}
