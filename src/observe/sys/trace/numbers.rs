//! Which number is which call here (include/uapi/asm-generic/unistd.h, arch/x86/entry/syscalls/syscall_64.tbl).

use crate::model::CallName;

/// At each of these every thread stops, whatever its arguments.
pub(super) const ALWAYS: &[(libc::c_long, CallName)] = &[
    (libc::SYS_socket, CallName::Socket),
    (libc::SYS_bind, CallName::Bind),
    (libc::SYS_listen, CallName::Listen),
    (libc::SYS_accept, CallName::Accept),
    (libc::SYS_accept4, CallName::Accept4),
    (libc::SYS_connect, CallName::Connect),
    (libc::SYS_sendto, CallName::Sendto),
    (libc::SYS_sendmsg, CallName::Sendmsg),
    (libc::SYS_sendmmsg, CallName::Sendmmsg),
    (libc::SYS_recvfrom, CallName::Recvfrom),
    (libc::SYS_recvmsg, CallName::Recvmsg),
    (libc::SYS_recvmmsg, CallName::Recvmmsg),
    (libc::SYS_shutdown, CallName::Shutdown),
    (libc::SYS_setsockopt, CallName::Setsockopt),
    (libc::SYS_getsockopt, CallName::Getsockopt),
    (libc::SYS_getsockname, CallName::Getsockname),
    (libc::SYS_getpeername, CallName::Getpeername),
    (libc::SYS_close, CallName::Close),
    (libc::SYS_close_range, CallName::CloseRange),
    (libc::SYS_dup, CallName::Dup),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_dup2, CallName::Dup2),
    (libc::SYS_dup3, CallName::Dup3),
    (libc::SYS_sendfile, CallName::Sendfile),
    (libc::SYS_splice, CallName::Splice),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_poll, CallName::Poll),
    (libc::SYS_ppoll, CallName::Ppoll),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_select, CallName::Select),
    (libc::SYS_pselect6, CallName::Pselect),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_epoll_wait, CallName::EpollWait),
    (libc::SYS_epoll_pwait, CallName::EpollPwait),
    (libc::SYS_epoll_pwait2, CallName::EpollPwait2),
];

/// At each of these a thread stops where the descriptor is a socket.
pub(super) const BY_DESCRIPTOR: &[(libc::c_long, CallName)] = &[
    (libc::SYS_read, CallName::Read),
    (libc::SYS_write, CallName::Write),
    (libc::SYS_readv, CallName::Readv),
    (libc::SYS_writev, CallName::Writev),
];

/// The call with this number, where it is one that is told. Two more, `fcntl` and `ioctl`, are told of with some arguments
/// only.
#[must_use]
pub fn name(number: u64) -> Option<CallName> {
    let number = libc::c_long::try_from(number).ok()?;
    if number == libc::SYS_fcntl {
        return Some(CallName::Fcntl);
    }
    if number == libc::SYS_ioctl {
        return Some(CallName::Ioctl);
    }
    ALWAYS
        .iter()
        .chain(BY_DESCRIPTOR)
        .find(|(known, _)| *known == number)
        .map(|(_, name)| *name)
}

/// The kernel's own call that goes on with a wait that a signal interrupted (restart_syscall(2)).
#[must_use]
pub fn restarts(number: u64) -> bool {
    libc::c_long::try_from(number) == Ok(libc::SYS_restart_syscall)
}

/// A value that is no errno: the call was interrupted, and is done again or gives EINTR (include/linux/errno.h).
#[must_use]
pub const fn is_interrupted(value: i64) -> bool {
    value >= -516 && value <= -512
}

/// What a thread that is made shares with its maker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// It is a thread of the same process.
    pub process: bool,
    /// The same descriptors.
    pub descriptors: bool,
    /// The same memory.
    pub memory: bool,
}

/// What comes of a call that makes a thread or a process; `read` gives a word of the caller's memory.
#[must_use]
pub fn shares(number: u64, args: [u64; 6], read: impl Fn(u64) -> Option<u64>) -> Shares {
    let number = libc::c_long::try_from(number).unwrap_or(-1);
    #[cfg(target_arch = "x86_64")]
    let vfork = number == libc::SYS_vfork;
    #[cfg(not(target_arch = "x86_64"))]
    let vfork = false;
    let flags = if number == libc::SYS_clone {
        args[0]
    } else if number == libc::SYS_clone3 {
        read(args[0]).unwrap_or(0)
    } else if vfork {
        libc::CLONE_VM as u64
    } else {
        0
    };
    let has = |flag: libc::c_int| flags & u64::from(flag.cast_unsigned()) != 0;
    Shares {
        process: has(libc::CLONE_THREAD),
        descriptors: has(libc::CLONE_FILES),
        memory: has(libc::CLONE_VM),
    }
}

/// `mmap` of one page for ourselves: number and arguments.
#[must_use]
pub fn map_a_page() -> (i64, [u64; 6]) {
    let protection = (libc::PROT_READ | libc::PROT_WRITE) as u64;
    let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
    let no_file = u64::MAX;
    (
        libc::SYS_mmap,
        [0, PAGE as u64, protection, flags, no_file, 0],
    )
}

/// Bytes of that page.
pub const PAGE: usize = 4096;

/// `seccomp` that loads the filter described at this address, for all threads of the process.
#[must_use]
pub fn load_filter(description: u64) -> (i64, [u64; 6]) {
    let all_threads = libc::SECCOMP_FILTER_FLAG_TSYNC;
    let set = u64::from(libc::SECCOMP_SET_MODE_FILTER);
    (libc::SYS_seccomp, [set, all_threads, description, 0, 0, 0])
}
