//! The binary on a terminal of its own (openpty(3)).

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{Winsize, openpty};
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

use crate::support;

/// Longer than anything here takes.
pub const TOO_LONG: Duration = Duration::from_mins(1);

/// A command on a terminal of its own.
pub struct OnTerminal {
    pub child: Child,
    pub terminal: File,
    /// What it has shown, less what was taken from here.
    pub shown: Vec<u8>,
}

impl OnTerminal {
    /// With both outputs there, or with standard error alone.
    pub fn start(mut command: Command, both: bool) -> Self {
        let pair = openpty(None, None).expect("a terminal");
        let slave = |fd: &OwnedFd| Stdio::from(fd.try_clone().expect("a descriptor"));
        if both {
            command.stdout(slave(&pair.slave));
        } else {
            command.stdout(Stdio::null());
        }
        let child = command.stderr(slave(&pair.slave)).spawn();
        Self {
            child: child.expect("the binary runs"),
            terminal: File::from(pair.master),
            shown: Vec::new(),
        }
    }

    /// With its input there as well.
    pub fn whole(mut command: Command, rows: u16, columns: u16) -> Self {
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pair = openpty(Some(&size), None).expect("a terminal");
        // What is typed is not shown: all that comes is the binary's.
        let mut how = tcgetattr(&pair.slave).expect("a terminal");
        how.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&pair.slave, SetArg::TCSANOW, &how).expect("ours");
        let slave = || Stdio::from(pair.slave.try_clone().expect("a descriptor"));
        let command = command.stdin(slave()).stdout(slave()).stderr(slave());
        let child = command.env("TERM", "xterm-256color").spawn();
        Self {
            child: child.expect("the binary runs"),
            terminal: File::from(pair.master),
            shown: Vec::new(),
        }
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        self.terminal.write_all(keys.as_bytes()).expect("it reads");
    }

    /// Reads on. False when everybody has left the terminal.
    pub fn read(&mut self) -> bool {
        let (ready, goes_on) = self.wait(TOO_LONG);
        assert!(ready, "nothing more comes after {}", self.text());
        goes_on
    }

    /// Reads on, until nothing has come for so long. False when everybody has left the terminal.
    pub fn read_for(&mut self, quiet: Duration) -> bool {
        loop {
            match self.wait(quiet) {
                (false, _) => return true,
                (true, false) => return false,
                (true, true) => {}
            }
        }
    }

    /// Whether something came, and whether anybody is there.
    fn wait(&mut self, limit: Duration) -> (bool, bool) {
        let mut fds = [PollFd::new(self.terminal.as_fd(), PollFlags::POLLIN)];
        let limit = PollTimeout::try_from(limit).expect("in range");
        if poll(&mut fds, limit).expect("polled") == 0 {
            return (false, true);
        }
        let mut buffer = [0; 16 * 1024];
        // EIO: nobody has it open any more.
        let read = self.terminal.read(&mut buffer).unwrap_or(0);
        self.shown.extend_from_slice(&buffer[..read]);
        (true, read > 0)
    }

    pub fn read_until(&mut self, text: &str) {
        let until = Instant::now() + TOO_LONG;
        while !self.text().contains(text) {
            assert!(self.read(), "it ended before {text:?}: {}", self.text());
            assert!(Instant::now() < until, "no {text:?} in {}", self.text());
        }
    }

    pub fn text(&self) -> String {
        support::text(&self.shown).replace("\r\n", "\n")
    }

    /// All that was shown, and the exit code.
    pub fn finish(mut self) -> (Vec<u8>, Option<i32>) {
        while self.read() {}
        let code = self.child.wait().expect("ours").code();
        (std::mem::take(&mut self.shown), code)
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        // Of a test that failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
