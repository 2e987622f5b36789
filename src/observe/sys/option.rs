//! Socket options by their C names.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// An option's level and number with the level's C name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketOption {
    /// The level's C name.
    pub level_name: &'static str,
    level: i32,
    number: i32,
}

const fn socket(number: i32) -> SocketOption {
    SocketOption {
        level_name: "SOL_SOCKET",
        level: libc::SOL_SOCKET,
        number,
    }
}

const fn tcp(number: i32) -> SocketOption {
    SocketOption {
        level_name: "IPPROTO_TCP",
        level: libc::IPPROTO_TCP,
        number,
    }
}

const fn ip(number: i32) -> SocketOption {
    SocketOption {
        level_name: "IPPROTO_IP",
        level: libc::IPPROTO_IP,
        number,
    }
}

const fn ipv6(number: i32) -> SocketOption {
    SocketOption {
        level_name: "IPPROTO_IPV6",
        level: libc::IPPROTO_IPV6,
        number,
    }
}

/// The option of that name, of those that scripts may set (`script::option`).
#[must_use]
pub fn by_name(name: &str) -> Option<SocketOption> {
    Some(match name {
        "SO_BROADCAST" => socket(libc::SO_BROADCAST),
        "SO_ERROR" => socket(libc::SO_ERROR),
        "SO_KEEPALIVE" => socket(libc::SO_KEEPALIVE),
        "SO_LINGER" => socket(libc::SO_LINGER),
        "SO_MEMINFO" => socket(libc::SO_MEMINFO),
        "SO_OOBINLINE" => socket(libc::SO_OOBINLINE),
        "SO_RCVBUF" => socket(libc::SO_RCVBUF),
        "SO_RCVLOWAT" => socket(libc::SO_RCVLOWAT),
        "SO_RCVTIMEO" => socket(libc::SO_RCVTIMEO),
        "SO_REUSEADDR" => socket(libc::SO_REUSEADDR),
        "SO_REUSEPORT" => socket(libc::SO_REUSEPORT),
        "SO_SNDBUF" => socket(libc::SO_SNDBUF),
        "SO_SNDTIMEO" => socket(libc::SO_SNDTIMEO),
        "SO_TYPE" => socket(libc::SO_TYPE),
        "IP_ADD_MEMBERSHIP" => ip(libc::IP_ADD_MEMBERSHIP),
        "IP_DROP_MEMBERSHIP" => ip(libc::IP_DROP_MEMBERSHIP),
        "IP_MTU" => ip(libc::IP_MTU),
        "IP_MTU_DISCOVER" => ip(libc::IP_MTU_DISCOVER),
        "IP_MULTICAST_LOOP" => ip(libc::IP_MULTICAST_LOOP),
        "IP_MULTICAST_TTL" => ip(libc::IP_MULTICAST_TTL),
        "IP_RECVERR" => ip(libc::IP_RECVERR),
        "IP_TOS" => ip(libc::IP_TOS),
        "IP_TTL" => ip(libc::IP_TTL),
        "IPV6_DONTFRAG" => ipv6(libc::IPV6_DONTFRAG),
        "IPV6_JOIN_GROUP" => ipv6(libc::IPV6_ADD_MEMBERSHIP),
        "IPV6_LEAVE_GROUP" => ipv6(libc::IPV6_DROP_MEMBERSHIP),
        "IPV6_MULTICAST_HOPS" => ipv6(libc::IPV6_MULTICAST_HOPS),
        "IPV6_MULTICAST_LOOP" => ipv6(libc::IPV6_MULTICAST_LOOP),
        "IPV6_UNICAST_HOPS" => ipv6(libc::IPV6_UNICAST_HOPS),
        "TCP_CONGESTION" => tcp(libc::TCP_CONGESTION),
        "TCP_CORK" => tcp(libc::TCP_CORK),
        "TCP_DEFER_ACCEPT" => tcp(libc::TCP_DEFER_ACCEPT),
        "TCP_FASTOPEN" => tcp(libc::TCP_FASTOPEN),
        "TCP_FASTOPEN_CONNECT" => tcp(libc::TCP_FASTOPEN_CONNECT),
        "TCP_KEEPCNT" => tcp(libc::TCP_KEEPCNT),
        "TCP_KEEPIDLE" => tcp(libc::TCP_KEEPIDLE),
        "TCP_KEEPINTVL" => tcp(libc::TCP_KEEPINTVL),
        "TCP_MAXSEG" => tcp(libc::TCP_MAXSEG),
        "TCP_NODELAY" => tcp(libc::TCP_NODELAY),
        "TCP_QUICKACK" => tcp(libc::TCP_QUICKACK),
        "TCP_SYNCNT" => tcp(libc::TCP_SYNCNT),
        "TCP_USER_TIMEOUT" => tcp(libc::TCP_USER_TIMEOUT),
        "TCP_WINDOW_CLAMP" => tcp(libc::TCP_WINDOW_CLAMP),
        _ => return None,
    })
}

impl SocketOption {
    /// setsockopt() with these bytes as the value.
    ///
    /// # Errors
    /// Of setsockopt.
    pub fn set(self, socket: BorrowedFd<'_>, value: &[u8]) -> io::Result<()> {
        // SAFETY: the pointer and the length are those of a live slice, which the kernel only reads.
        let done = unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                self.level,
                self.number,
                value.as_ptr().cast(),
                value.len() as libc::socklen_t,
            )
        };
        if done < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }

    /// getsockopt(): the bytes of the value, at most 64.
    ///
    /// # Errors
    /// Of getsockopt.
    pub fn get(self, socket: BorrowedFd<'_>) -> io::Result<Vec<u8>> {
        let mut value = vec![0; 64];
        let mut len = value.len() as libc::socklen_t;
        // SAFETY: the kernel writes at most `len` bytes to a live buffer of that size.
        let done = unsafe {
            libc::getsockopt(
                socket.as_raw_fd(),
                self.level,
                self.number,
                value.as_mut_ptr().cast(),
                &raw mut len,
            )
        };
        if done < 0 {
            return Err(io::Error::last_os_error());
        }
        value.truncate(len as usize);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::option::OPTIONS;

    #[test]
    fn every_option_that_scripts_may_name_is_known() {
        for (name, _) in OPTIONS {
            assert!(by_name(name).is_some(), "{name}");
        }
    }
}
