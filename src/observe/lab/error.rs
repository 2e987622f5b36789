//! What can keep a lab from being set up. Refusals have one name each, used by `doctor` and by the command
//! that failed; their wording and cure stand in the catalogue under that name.

use std::io;

use crate::script::sysctl::Forbidden;

/// Something that a lab needs is refused here, for a known reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// AppArmor restricts user namespaces (Ubuntu 23.10 and later).
    AppArmor,
    /// `unshare` is denied and nothing else explains it: a seccomp filter, as Docker's default one.
    Seccomp,
    /// `user.max_user_namespaces` is 0, or as many exist already.
    MaxUserNamespaces,
    /// `kernel.unprivileged_userns_clone` is 0 (older Debian kernels).
    UsernsClone,
    /// The kernel has no user namespaces.
    NoUserNamespaces,
    /// The ids could not be mapped, and it was not AppArmor.
    IdMap,
    /// Root, but in a container that withholds capabilities.
    RootWithoutCapabilities,
    /// `user.max_net_namespaces` is 0, or as many exist already.
    MaxNetNamespaces,
    /// The kernel has no network namespaces, or their making is denied although we may make them.
    NoNetNamespaces,
    /// No packet sockets (a kernel without AF_PACKET, as WSL 1).
    NoPacketSockets,
    /// No memory-mapped ring for packets.
    NoRing,
    /// The kernel has no veth.
    NoVeth,
    /// The kernel does not answer about sockets (NETLINK_SOCK_DIAG).
    NoSockDiag,
    /// /proc/sys is mounted read-only (containers).
    SettingsReadOnly,
    /// The machine's own loopback needs root.
    NotRoot,
}

impl Refusal {
    /// All of them, in the order in which `doctor` would meet them.
    pub const ALL: [Self; 15] = [
        Self::AppArmor,
        Self::Seccomp,
        Self::MaxUserNamespaces,
        Self::UsernsClone,
        Self::NoUserNamespaces,
        Self::IdMap,
        Self::RootWithoutCapabilities,
        Self::MaxNetNamespaces,
        Self::NoNetNamespaces,
        Self::NoPacketSockets,
        Self::NoRing,
        Self::NoVeth,
        Self::NoSockDiag,
        Self::SettingsReadOnly,
        Self::NotRoot,
    ];

    /// The catalogue's keys: why it is refused, and what to try.
    #[must_use]
    pub const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::AppArmor => ("doctor-apparmor", "doctor-apparmor-cure"),
            Self::Seccomp => ("doctor-seccomp", "doctor-seccomp-cure"),
            Self::MaxUserNamespaces => ("doctor-max-userns", "doctor-max-userns-cure"),
            Self::UsernsClone => ("doctor-userns-clone", "doctor-userns-clone-cure"),
            Self::NoUserNamespaces => ("doctor-no-userns", "doctor-no-userns-cure"),
            Self::IdMap => ("doctor-id-map", "doctor-id-map-cure"),
            Self::RootWithoutCapabilities => ("doctor-root-caps", "doctor-root-caps-cure"),
            Self::MaxNetNamespaces => ("doctor-max-netns", "doctor-max-netns-cure"),
            Self::NoNetNamespaces => ("doctor-no-netns", "doctor-no-netns-cure"),
            Self::NoPacketSockets => ("doctor-no-packet", "doctor-no-packet-cure"),
            Self::NoRing => ("doctor-no-ring", "doctor-no-ring-cure"),
            Self::NoVeth => ("doctor-no-veth", "doctor-no-veth-cure"),
            Self::NoSockDiag => ("doctor-no-sock-diag", "doctor-no-sock-diag-cure"),
            Self::SettingsReadOnly => (
                "doctor-settings-read-only",
                "doctor-settings-read-only-cure",
            ),
            Self::NotRoot => ("doctor-not-root", "doctor-not-root-cure"),
        }
    }
}

/// Why a kernel setting was not written.
#[derive(Debug)]
pub enum Unwritten {
    /// It is none that a host may have, or may not have that value.
    Forbidden(Forbidden),
    /// This kernel does not have, or does not let everybody use, that congestion control; it has these.
    NotThere(Vec<String>),
    /// The kernel did not take it.
    Refused(io::Error),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Refused(error)
    }
}

/// Why a lab could not be set up or went wrong.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// Refused for a known reason.
    #[error("{operation}: {refusal:?}: {source}")]
    Refused {
        /// What was tried, as the C API or a shell spells it.
        operation: &'static str,
        /// Why it cannot be.
        refusal: Refusal,
        /// What the kernel said.
        source: io::Error,
    },
    /// A step failed that works wherever the others do.
    #[error("{operation} {object}: {source}")]
    Step {
        /// What was tried: a system call or a step of ours.
        operation: &'static str,
        /// The interface, file or socket that it was tried on.
        object: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// A kernel setting was not written.
    #[error("{host}: {name} = {value}: {why:?}")]
    Sysctl {
        /// Name of the host that was to have it.
        host: String,
        /// Its name, as sysctl(8) writes it.
        name: String,
        /// The value that was refused.
        value: String,
        /// Why it was not written.
        why: Unwritten,
    },
    /// Settings were to be written in the network namespace that this process began in: our own fault.
    #[error("no setting of this machine is written")]
    AtHome,
    /// IPv6 is asked for and this kernel has none.
    #[error("this kernel has no IPv6")]
    NoIpv6,
    /// A host's or the wire's thread ended before its time: our own fault.
    #[error("the thread of {0} has ended")]
    ThreadGone(String),
}

impl LabError {
    /// The known reason, when it is one.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(*refusal),
            _ => None,
        }
    }

    /// For `map_err`: a step on an object that failed.
    pub(crate) fn step<E: Into<io::Error>>(
        operation: &'static str,
        object: impl Into<String>,
    ) -> impl FnOnce(E) -> Self {
        let object = object.into();
        move |source| Self::Step {
            operation,
            object,
            source: source.into(),
        }
    }

    /// For `map_err`: a refusal.
    pub(crate) fn refused<E: Into<io::Error>>(
        operation: &'static str,
        refusal: Refusal,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::Refused {
            operation,
            refusal,
            source: source.into(),
        }
    }
}
