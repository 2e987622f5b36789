//! Ending a blocking call of another thread.
//!
//! A signal with a handler that does nothing and without `SA_RESTART`: the call returns `EINTR` (signal(7)).
//! SIGURG, because by default it is ignored, and so a stray one harms nobody. The signal can arrive just before
//! its thread enters the call, so whoever interrupts repeats it until the thread has seen why.

use std::io;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::unistd::{Pid, getpid, gettid};

extern "C" fn nothing(_: libc::c_int) {}

/// Installs the handler, for the whole process.
///
/// # Errors
/// Of sigaction(2), which refuses no handler for SIGURG.
pub fn install() -> io::Result<()> {
    let action = SigAction::new(
        SigHandler::Handler(nothing),
        SaFlags::empty(),
        SigSet::empty(),
    );
    // SAFETY: the handler does nothing, so it is safe at any point of any thread.
    unsafe { sigaction(Signal::SIGURG, &action) }?;
    Ok(())
}

/// A thread of this process, by its kernel number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread(Pid);

impl Thread {
    /// The calling thread, to be interrupted later by another.
    #[must_use]
    pub fn current() -> Self {
        Self(gettid())
    }

    /// Makes a blocking call of it return `EINTR`. Does nothing when the thread is gone.
    pub fn interrupt(self) {
        // SAFETY: tgkill takes three numbers. A thread that is gone gives ESRCH; one of ours that got its
        // number since then handles the signal the same way.
        unsafe {
            libc::syscall(
                libc::SYS_tgkill,
                getpid().as_raw(),
                self.0.as_raw(),
                libc::SIGURG,
            );
        }
    }
}
