//! The gate: where a program waits, just before its execve, until somebody who wants to see its calls has seized it.
//!
//! A socket pair. The kernel puts into each message who sent it, by the number that the process has for whoever receives
//! it, whatever PID namespace it is in (`SO_PASSCRED`, unix(7)).

use std::io::{self, IoSliceMut};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::socket::sockopt::PassCred;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, UnixCredentials, recv, recvmsg, send, setsockopt,
};

use super::super::fd_passing;

const SEIZED: u8 = b's';
const NOT_SEIZED: u8 = b'n';

/// Our side: whoever seizes.
#[derive(Debug)]
pub struct Gate(OwnedFd);

/// A gate, and the side at which the program waits.
///
/// # Errors
/// Of socketpair and setsockopt.
pub fn pair() -> io::Result<(Gate, OwnedFd)> {
    let (ours, theirs) = fd_passing::pair()?;
    setsockopt(&ours, PassCred, &true)?;
    Ok((Gate(ours), theirs))
}

impl Gate {
    /// Waits until the program waits, and gives its number; none when it never came so far.
    #[must_use]
    pub fn wait(&self) -> Option<i32> {
        let mut space = nix::cmsg_space!(UnixCredentials);
        let mut byte = [0u8; 1];
        loop {
            let mut parts = [IoSliceMut::new(&mut byte)];
            let message = recvmsg::<()>(
                self.0.as_raw_fd(),
                &mut parts,
                Some(&mut space),
                MsgFlags::empty(),
            );
            let message = match message {
                Err(Errno::EINTR) => continue,
                other => other.ok()?,
            };
            if message.bytes == 0 {
                return None;
            }
            return message.cmsgs().ok()?.find_map(|control| match control {
                ControlMessageOwned::ScmCredentials(who) => Some(who.pid()),
                _ => None,
            });
        }
    }

    /// The errno with which the program could not load its filter, if it could not. Does not wait.
    #[must_use]
    pub fn failed(&self) -> Option<String> {
        let mut errno = [0u8; 4];
        let came = recv(self.0.as_raw_fd(), &mut errno, MsgFlags::MSG_DONTWAIT);
        (came == Ok(4)).then(|| format!("{:?}", Errno::from_raw(i32::from_ne_bytes(errno))))
    }

    /// Lets it pass; it loads its filter only where it was seized.
    pub fn open(&self, seized: bool) {
        let word = if seized { SEIZED } else { NOT_SEIZED };
        let _ = send(self.0.as_raw_fd(), &[word], MsgFlags::MSG_NOSIGNAL);
    }
}

/// The program's side: waits there. True when it was seized. Allocates nothing.
pub(in crate::observe::sys) fn wait_at(gate: RawFd) -> bool {
    if send(gate, b"w", MsgFlags::MSG_NOSIGNAL).is_err() {
        return false;
    }
    let mut word = [0u8; 1];
    loop {
        match recv(gate, &mut word, MsgFlags::empty()) {
            Err(Errno::EINTR) => {}
            Ok(1) => return word[0] == SEIZED,
            _ => return false,
        }
    }
}

/// The program's side: it could not load its filter. Allocates nothing.
pub(in crate::observe::sys) fn say_failed(gate: RawFd, errno: Errno) {
    let _ = send(gate, &(errno as i32).to_ne_bytes(), MsgFlags::MSG_NOSIGNAL);
}
