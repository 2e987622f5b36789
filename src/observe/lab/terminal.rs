//! The terminal, lent to a shell in a host: job control works in it as everywhere (tcsetpgrp(3)).
//!
//! The shell is a process group of its own and the terminal's foreground; keys (Ctrl-C, Ctrl-Z) are its alone. When it
//! has ended, or has stopped itself (`suspend`), the terminal is ours again, and only then can whoever started us have it.

use std::io::{self, IsTerminal};

use nix::sys::signal::Signal;
use nix::unistd::{getpgrp, tcgetpgrp, tcsetpgrp};

use crate::observe::sys::process;
use crate::observe::sys::spawn::TerminalGroup;

/// The terminal that is standard input. Dropped, it is ours again.
#[derive(Debug)]
pub(super) struct Terminal {
    lent: bool,
}

impl Terminal {
    /// Where standard input is a terminal. It is lent only where it is ours to lend: in the background the shell must do as
    /// any program does that wants to read there.
    ///
    /// From now on SIGTTOU is ignored: in the background we still write the story, and take the terminal back, for which the
    /// kernel would stop us (and the wire with us) where the terminal says so.
    ///
    /// # Errors
    /// Of sigaction.
    pub(super) fn lend() -> io::Result<Option<Self>> {
        if !io::stdin().is_terminal() {
            return Ok(None);
        }
        process::ignore(&[Signal::SIGTTOU])?;
        Ok(Some(Self { lent: is_ours() }))
    }

    /// Which of its groups whoever has it is.
    pub(super) const fn group(&self) -> TerminalGroup {
        if self.lent {
            TerminalGroup::Foreground
        } else {
            TerminalGroup::Background
        }
    }

    /// Lends it again, when it is ours. True when it is.
    pub(super) fn lend_again(&mut self) -> bool {
        self.lent = is_ours();
        self.lent
    }

    /// Takes it back, when it was lent.
    pub(super) fn take_back(&mut self) {
        if std::mem::take(&mut self.lent) {
            // Refused when the terminal is gone; then there is nothing to take back.
            let _ = tcsetpgrp(io::stdin(), getpgrp());
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// Our group is the terminal's foreground.
fn is_ours() -> bool {
    tcgetpgrp(io::stdin()) == Ok(getpgrp())
}
