//! Socket options that scripts may name, by their C names.

/// How an option's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// `on` or `off`, or 1 or 0.
    Flag,
    /// A number, handed over as a C int.
    Number,
    /// A time (`200ms`), handed over as a struct timeval.
    Timeout,
    /// `on SECONDS` or `off`: struct linger.
    Linger,
    /// A word: a congestion control's name.
    Name,
    /// A host's name or an address: a multicast group to join.
    Group,
    /// The kernel's memory of the socket, which can be read only.
    Memory,
}

/// Every option with the kind of its value, by name. Levels and numbers are `observe::exchange`'s business.
pub const OPTIONS: [(&str, OptionKind); 43] = {
    use OptionKind::{Flag, Group, Linger, Memory, Name, Number, Timeout};
    [
        ("SO_BROADCAST", Flag),
        ("SO_ERROR", Number),
        ("SO_KEEPALIVE", Flag),
        ("SO_LINGER", Linger),
        ("SO_MEMINFO", Memory),
        ("SO_OOBINLINE", Flag),
        ("SO_RCVBUF", Number),
        ("SO_RCVLOWAT", Number),
        ("SO_RCVTIMEO", Timeout),
        ("SO_REUSEADDR", Flag),
        ("SO_REUSEPORT", Flag),
        ("SO_SNDBUF", Number),
        ("SO_SNDTIMEO", Timeout),
        ("SO_TYPE", Number),
        ("IP_ADD_MEMBERSHIP", Group),
        ("IP_DROP_MEMBERSHIP", Group),
        ("IP_MTU", Number),
        ("IP_MTU_DISCOVER", Number),
        ("IP_MULTICAST_LOOP", Flag),
        ("IP_MULTICAST_TTL", Number),
        ("IP_RECVERR", Flag),
        ("IP_TOS", Number),
        ("IP_TTL", Number),
        ("IPV6_DONTFRAG", Flag),
        ("IPV6_JOIN_GROUP", Group),
        ("IPV6_LEAVE_GROUP", Group),
        ("IPV6_MULTICAST_HOPS", Number),
        ("IPV6_MULTICAST_LOOP", Flag),
        ("IPV6_UNICAST_HOPS", Number),
        ("TCP_CONGESTION", Name),
        ("TCP_CORK", Flag),
        ("TCP_DEFER_ACCEPT", Number),
        ("TCP_FASTOPEN", Number),
        ("TCP_FASTOPEN_CONNECT", Flag),
        ("TCP_KEEPCNT", Number),
        ("TCP_KEEPIDLE", Number),
        ("TCP_KEEPINTVL", Number),
        ("TCP_MAXSEG", Number),
        ("TCP_NODELAY", Flag),
        ("TCP_QUICKACK", Flag),
        ("TCP_SYNCNT", Number),
        ("TCP_USER_TIMEOUT", Number),
        ("TCP_WINDOW_CLAMP", Number),
    ]
};

/// The kind of an option's value; none for a name that is not known.
#[must_use]
pub fn option_kind(name: &str) -> Option<OptionKind> {
    OPTIONS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, kind)| *kind)
}

/// The errnos that a step may be expected to fail with.
pub const ERRNOS: [&str; 26] = [
    "EACCES",
    "EADDRINUSE",
    "EADDRNOTAVAIL",
    "EAGAIN",
    "EALREADY",
    "EBADF",
    "ECONNABORTED",
    "ECONNREFUSED",
    "ECONNRESET",
    "EDESTADDRREQ",
    "EHOSTUNREACH",
    "EINPROGRESS",
    "EINTR",
    "EINVAL",
    "EISCONN",
    "EMSGSIZE",
    "ENETUNREACH",
    "ENOBUFS",
    "ENOPROTOOPT",
    "ENOTCONN",
    "ENOTSOCK",
    "EOPNOTSUPP",
    "EPERM",
    "EPIPE",
    "EPROTO",
    "ETIMEDOUT",
];
