//! A socket of a traced program, asked through a copy of its descriptor (pidfd_getfd(2)).
//!
//! A copy keeps the socket open: it is taken only while the thread that uses the socket stands at a stop, and dropped before
//! that goes on.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;

/// A copy of a descriptor.
#[derive(Debug)]
pub struct SocketCopy(socket2::Socket);

impl SocketCopy {
    /// Of that process's descriptor, by the number that its thread group has for us.
    ///
    /// # Errors
    /// `EPERM` where copying is not allowed; `EBADF`, `ESRCH`.
    pub fn of(process: i32, fd: i32) -> nix::Result<Self> {
        // SAFETY: numbers; the kernel makes a new descriptor for us.
        let pidfd = unsafe {
            let made = Errno::result(libc::syscall(libc::SYS_pidfd_open, process, 0))?;
            OwnedFd::from_raw_fd(made as i32)
        };
        // SAFETY: as above.
        let copy = unsafe {
            let made = libc::syscall(libc::SYS_pidfd_getfd, pidfd.as_raw_fd(), fd, 0);
            OwnedFd::from_raw_fd(Errno::result(made)? as i32)
        };
        Ok(Self(copy.into()))
    }

    /// Its own address; none of a family without any.
    #[must_use]
    pub fn local(&self) -> Option<std::net::SocketAddr> {
        self.0.local_addr().ok()?.as_socket()
    }

    /// Its peer's; none while it has none.
    #[must_use]
    pub fn peer(&self) -> Option<std::net::SocketAddr> {
        self.0.peer_addr().ok()?.as_socket()
    }

    /// It carries datagrams.
    #[must_use]
    pub fn is_datagram(&self) -> bool {
        self.0
            .r#type()
            .is_ok_and(|kind| kind == socket2::Type::DGRAM)
    }

    /// It listens.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.0.is_listener().unwrap_or(false)
    }

    /// Whether calls on it do not wait.
    #[must_use]
    pub fn waits(&self) -> bool {
        !self.0.nonblocking().unwrap_or(false)
    }

    /// The kernel's number of the socket (`SO_COOKIE`).
    #[must_use]
    pub fn cookie(&self) -> Option<u64> {
        let mut value = 0u64;
        let mut length = size_of::<u64>() as libc::socklen_t;
        // SAFETY: the kernel writes at most `length` bytes.
        let result = unsafe {
            libc::getsockopt(
                self.0.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_COOKIE,
                (&raw mut value).cast(),
                &raw mut length,
            )
        };
        (result == 0).then_some(value)
    }

    /// Bytes that have come and were not read (`SIOCINQ`).
    #[must_use]
    pub fn unread(&self) -> Option<u64> {
        let mut value: libc::c_int = 0;
        // SAFETY: the kernel writes one number.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), libc::FIONREAD, &raw mut value) };
        (result == 0).then_some(u64::try_from(value).unwrap_or(0))
    }
}
