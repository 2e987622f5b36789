//! Lines of standard input, from a person or from a pipe.

use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::Session;

/// No line is longer.
const LONGEST: usize = 1024;

/// What a person typed while the run was recorded was meant for nothing that is asked now. (A pipe's lines are answers,
/// and stay.)
pub fn throw_away_typed_ahead() {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        // Where that fails, it is as if it had not been tried: an answer can be given again.
        let _ = nix::sys::termios::tcflush(stdin.as_fd(), nix::sys::termios::FlushArg::TCIFLUSH);
    }
}

/// A line of standard input; none at its end, or when Ctrl-C was pressed. Byte by byte, so that what follows
/// stays there for who reads next.
pub fn read_line(session: &Session) -> Option<String> {
    let stdin = io::stdin();
    let mut line = Vec::new();
    loop {
        // Unlike a read, poll is not begun again after a signal (signal(7)).
        let mut waiting = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
        let polled = poll(&mut waiting, PollTimeout::from(200_u16));
        if session.stopped() {
            return None;
        }
        match polled {
            Ok(0) | Err(nix::errno::Errno::EINTR) => continue,
            Ok(_) => {}
            Err(_) => return None,
        }
        let mut byte = [0];
        match nix::unistd::read(stdin.as_fd(), &mut byte) {
            Ok(0) if line.is_empty() => return None,
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) if line.len() < LONGEST => line.push(byte[0]),
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(_) => return None,
        }
    }
    Some(String::from_utf8_lossy(&line).into_owned())
}
