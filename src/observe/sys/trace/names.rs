//! Constants as C spells them; a number where there is no name.

/// The names of these bits, joined; what has none as one number.
fn bits(value: i32, known: &[(i32, &str)]) -> Option<String> {
    let mut rest = value;
    let mut names = Vec::new();
    for (bit, name) in known {
        if *bit != 0 && rest & bit == *bit {
            names.push((*name).to_owned());
            rest &= !bit;
        }
    }
    if rest != 0 {
        names.push(format!("{rest:#x}"));
    }
    (!names.is_empty()).then(|| names.join("|"))
}

macro_rules! named {
    ($($name:ident),* $(,)?) => { &[$((libc::$name as i32, stringify!($name))),*] };
}

fn word(value: i32, known: &[(i32, &str)]) -> Option<String> {
    let found = known.iter().find(|(number, _)| *number == value);
    found.map(|(_, name)| (*name).to_owned())
}

/// `AF_INET`, `AF_INET6`: of those two families sockets are told. None of any other.
#[must_use]
pub fn told_family(family: u64) -> Option<&'static str> {
    match i32::try_from(family).ok()? {
        libc::AF_INET => Some("AF_INET"),
        libc::AF_INET6 => Some("AF_INET6"),
        _ => None,
    }
}

/// `SOCK_STREAM|SOCK_CLOEXEC`.
#[must_use]
pub fn socket_type(value: i32) -> String {
    let kind = value & 0xf;
    let name = word(
        kind,
        named![SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET],
    );
    let name = name.unwrap_or_else(|| kind.to_string());
    match accept_flags(value & !0xf) {
        Some(flags) => format!("{name}|{flags}"),
        None => name,
    }
}

/// Those of accept4(2).
#[must_use]
pub fn accept_flags(value: i32) -> Option<String> {
    bits(value, named![SOCK_NONBLOCK, SOCK_CLOEXEC])
}

/// `IPPROTO_TCP`; none where it has no name.
#[must_use]
pub fn protocol(value: i32) -> Option<String> {
    word(
        value,
        named![
            IPPROTO_TCP,
            IPPROTO_UDP,
            IPPROTO_ICMP,
            IPPROTO_ICMPV6,
            IPPROTO_RAW
        ],
    )
}

/// Flags of send and recv; none where there are none.
#[must_use]
pub fn message_flags(value: i32) -> Option<String> {
    bits(
        value,
        named![
            MSG_OOB,
            MSG_PEEK,
            MSG_DONTROUTE,
            MSG_CTRUNC,
            MSG_TRUNC,
            MSG_DONTWAIT,
            MSG_EOR,
            MSG_WAITALL,
            MSG_CONFIRM,
            MSG_ERRQUEUE,
            MSG_NOSIGNAL,
            MSG_MORE,
            MSG_WAITFORONE,
            MSG_ZEROCOPY,
            MSG_FASTOPEN,
            MSG_CMSG_CLOEXEC,
        ],
    )
}

/// A datagram was longer than its buffer.
#[must_use]
pub const fn says_truncated(flags: i32) -> bool {
    flags & libc::MSG_TRUNC != 0
}

/// How shutdown(2) shuts.
#[must_use]
pub fn how(value: i32) -> Option<String> {
    word(value, named![SHUT_RD, SHUT_WR, SHUT_RDWR])
}

/// The level of an option.
#[must_use]
pub fn level(value: i32) -> Option<String> {
    word(
        value,
        named![
            SOL_SOCKET,
            IPPROTO_TCP,
            IPPROTO_IP,
            IPPROTO_IPV6,
            IPPROTO_UDP
        ],
    )
}

/// An option of that level.
#[must_use]
pub fn option(level: i32, value: i32) -> Option<String> {
    let known: &[(i32, &str)] = match level {
        libc::SOL_SOCKET => named![
            SO_REUSEADDR,
            SO_REUSEPORT,
            SO_TYPE,
            SO_ERROR,
            SO_DONTROUTE,
            SO_BROADCAST,
            SO_SNDBUF,
            SO_RCVBUF,
            SO_KEEPALIVE,
            SO_OOBINLINE,
            SO_PRIORITY,
            SO_LINGER,
            SO_RCVLOWAT,
            SO_SNDLOWAT,
            SO_RCVTIMEO,
            SO_SNDTIMEO,
            SO_BINDTODEVICE,
            SO_TIMESTAMP,
            SO_ACCEPTCONN,
            SO_PROTOCOL,
            SO_DOMAIN,
            SO_SNDBUFFORCE,
            SO_RCVBUFFORCE,
            SO_BUSY_POLL,
            SO_INCOMING_CPU,
        ],
        libc::IPPROTO_TCP => named![
            TCP_NODELAY,
            TCP_MAXSEG,
            TCP_CORK,
            TCP_KEEPIDLE,
            TCP_KEEPINTVL,
            TCP_KEEPCNT,
            TCP_SYNCNT,
            TCP_LINGER2,
            TCP_DEFER_ACCEPT,
            TCP_WINDOW_CLAMP,
            TCP_INFO,
            TCP_QUICKACK,
            TCP_CONGESTION,
            TCP_USER_TIMEOUT,
            TCP_FASTOPEN,
            TCP_FASTOPEN_CONNECT,
            TCP_NOTSENT_LOWAT,
            TCP_ULP,
        ],
        libc::IPPROTO_IP => named![
            IP_TOS,
            IP_TTL,
            IP_PKTINFO,
            IP_MTU_DISCOVER,
            IP_RECVERR,
            IP_RECVTOS,
            IP_FREEBIND,
            IP_TRANSPARENT,
            IP_BIND_ADDRESS_NO_PORT,
            IP_MULTICAST_IF,
            IP_MULTICAST_TTL,
            IP_MULTICAST_LOOP,
            IP_ADD_MEMBERSHIP,
            IP_DROP_MEMBERSHIP,
        ],
        libc::IPPROTO_IPV6 => named![
            IPV6_V6ONLY,
            IPV6_UNICAST_HOPS,
            IPV6_MULTICAST_HOPS,
            IPV6_MULTICAST_LOOP,
            IPV6_RECVPKTINFO,
            IPV6_RECVERR,
            IPV6_TCLASS,
        ],
        _ => &[],
    };
    word(value, known)
}

/// The option is a `struct linger`, a `struct timeval`, a text, or (most of them) a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionShape {
    /// An `int`.
    Int,
    /// `{on, seconds}`.
    Linger,
    /// `{seconds, microseconds}`.
    Time,
    /// A text.
    Text,
    /// Something larger, which is not told.
    Memory,
}

/// How an option's value is laid out.
#[must_use]
pub const fn option_shape(level: i32, value: i32) -> OptionShape {
    match (level, value) {
        (libc::SOL_SOCKET, libc::SO_LINGER) => OptionShape::Linger,
        (libc::SOL_SOCKET, libc::SO_RCVTIMEO | libc::SO_SNDTIMEO) => OptionShape::Time,
        (libc::SOL_SOCKET, libc::SO_BINDTODEVICE)
        | (libc::IPPROTO_TCP, libc::TCP_CONGESTION | libc::TCP_ULP) => OptionShape::Text,
        (libc::IPPROTO_TCP, libc::TCP_INFO)
        | (libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP | libc::IP_DROP_MEMBERSHIP) => {
            OptionShape::Memory
        }
        _ => OptionShape::Int,
    }
}

/// What poll(2) is asked for, and what it says.
#[must_use]
pub fn poll_events(value: i16) -> String {
    let known = named![
        POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL, POLLRDHUP, POLLRDNORM, POLLRDBAND,
        POLLWRNORM, POLLWRBAND
    ];
    bits(i32::from(value), known).unwrap_or_else(|| "0".to_owned())
}

/// What epoll_wait(2) says.
#[must_use]
pub fn epoll_events(value: u32) -> String {
    let known = named![EPOLLIN, EPOLLPRI, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLRDHUP];
    let lower = i32::from_ne_bytes((value & 0x3fff_ffff).to_ne_bytes());
    bits(lower, known).unwrap_or_else(|| "0".to_owned())
}

/// What `fcntl` is to do, where that is told.
#[must_use]
pub fn fcntl_command(value: i32) -> Option<&'static str> {
    match value {
        libc::F_DUPFD => Some("F_DUPFD"),
        libc::F_DUPFD_CLOEXEC => Some("F_DUPFD_CLOEXEC"),
        libc::F_SETFL => Some("F_SETFL"),
        _ => None,
    }
}

/// `O_NONBLOCK` among a file's flags; the only one of them that a socket heeds.
#[must_use]
pub const fn does_not_wait(flags: i32) -> bool {
    flags & libc::O_NONBLOCK != 0
}

/// What `ioctl` is to do, where that is told.
#[must_use]
pub fn ioctl_command(value: u64) -> Option<&'static str> {
    match value {
        v if v == libc::FIONBIO as u64 => Some("FIONBIO"),
        v if v == libc::FIONREAD as u64 => Some("FIONREAD"),
        _ => None,
    }
}

/// `close_range(2)` only marks descriptors.
#[must_use]
pub const fn marks_only(flags: u64) -> bool {
    flags & libc::CLOSE_RANGE_CLOEXEC as u64 != 0
}

/// The descriptors that came with a message, in its control part (cmsg(3)).
#[must_use]
pub fn passed_descriptors(control: &[u8]) -> Vec<i32> {
    let mut found = Vec::new();
    let mut rest = control;
    // struct cmsghdr: size_t length, int level, int type.
    while let (Some(length), Some(kind)) = (rest.first_chunk::<8>(), rest.get(8..16)) {
        let length = usize::try_from(u64::from_ne_bytes(*length)).unwrap_or(usize::MAX);
        let Some(data) = rest.get(16..length) else {
            break;
        };
        let rights = [
            libc::SOL_SOCKET.to_ne_bytes(),
            libc::SCM_RIGHTS.to_ne_bytes(),
        ]
        .concat();
        if kind == rights {
            let fds = data.chunks_exact(4).filter_map(|fd| fd.first_chunk::<4>());
            found.extend(fds.map(|fd| i32::from_ne_bytes(*fd)));
        }
        rest = rest.get(length.next_multiple_of(8)..).unwrap_or_default();
    }
    found
}
