//! What this machine allows: every need of a lab tried for real, in a process that is gone afterwards.

use std::fs;
use std::io::{self, Read, Write};
use std::net::UdpSocket;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::wait::waitpid;

use super::enter::{RightsOrigin, enter_net_namespace, enter_rights};
use super::error::{LabError, Refusal};
use super::kernel::Kernel;
use super::wire::RING_MEMORY;
use super::{links, settings};
use crate::model::{Host, HostId};
use crate::observe::source::now;
use crate::observe::sys::init::try_pid_namespace;
use crate::observe::sys::ring::{Ring, RingOptions};
use crate::observe::sys::{capability, process, trace};

/// Something that a lab, or `--on lo`, needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The kernel: its version is told.
    Kernel,
    /// A container or WSL is told of.
    Place,
    /// Root's rights, or a user namespace.
    Rights,
    /// PID namespaces, for the end of programs.
    PidNamespace,
    /// ptrace and seccomp, for programs' calls.
    Tracing,
    /// Network namespaces, one for each host.
    NetNamespace,
    /// Settings below /proc/sys/net that can be written.
    Settings,
    /// Packet sockets with rings.
    Ring,
    /// veth pairs.
    Veth,
    /// sock_diag.
    SockDiag,
    /// SOCK_DESTROY.
    Destroy,
    /// IPv6.
    Ipv6,
    /// Stamps of frames that agree with the clock.
    Stamps,
    /// Packet sockets on the machine's own loopback.
    Loopback,
}

/// How a need is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeedStatus {
    /// It is met.
    Yes,
    /// It is not, and no lab can be set up (for [`Need::Loopback`]: no `--on lo`).
    Refused(Refusal),
    /// Not quite: the keys of what is lacking and of the cure; a lab works all the same.
    Nearly(&'static str, &'static str),
    /// Not tried, because something before it is refused.
    NotTried,
}

/// One need and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The need that was looked into.
    pub need: Need,
    /// What was found, in the words of the system: a version, a value, an errno; the same in every language.
    pub found: String,
    /// How it is met.
    pub status: NeedStatus,
}

impl Need {
    /// The catalogue's key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Kernel => "doctor-need-kernel",
            Self::Place => "doctor-need-place",
            Self::Rights => "doctor-need-rights",
            Self::PidNamespace => "doctor-need-pid-namespace",
            Self::Tracing => "doctor-need-tracing",
            Self::NetNamespace => "doctor-need-net-namespace",
            Self::Settings => "doctor-need-settings",
            Self::Ring => "doctor-need-ring",
            Self::Veth => "doctor-need-veth",
            Self::SockDiag => "doctor-need-sock-diag",
            Self::Destroy => "doctor-need-destroy",
            Self::Ipv6 => "doctor-need-ipv6",
            Self::Stamps => "doctor-need-stamps",
            Self::Loopback => "doctor-need-loopback",
        }
    }
}

impl Check {
    /// No lab can be set up because of this.
    #[must_use]
    pub const fn stops_the_lab(&self) -> bool {
        matches!(self.status, NeedStatus::Refused(_)) && !matches!(self.need, Need::Loopback)
    }

    /// The catalogue's keys of what is lacking and of its cure; none when nothing is.
    #[must_use]
    pub const fn keys(&self) -> Option<(&'static str, &'static str)> {
        match self.status {
            NeedStatus::Yes | NeedStatus::NotTried => None,
            NeedStatus::Refused(refusal) => Some(refusal.keys()),
            NeedStatus::Nearly(lack, cure) => Some((lack, cure)),
        }
    }
}

/// Looks at everything. Like [`super::enter()`]: while this process has one thread.
///
/// # Errors
/// When not even a process can be forked for it.
pub fn examine() -> Result<Vec<Check>, LabError> {
    let mut checks = vec![kernel(), place()];
    checks.extend(try_a_lab().map_err(LabError::step("fork", "to try a lab"))?);
    checks.push(loopback());
    if !checks.iter().any(Check::stops_the_lab) {
        // Where everything works, it does not matter in what.
        checks[1].status = NeedStatus::Yes;
    }
    Ok(checks)
}

fn kernel() -> Check {
    let found = nix::sys::utsname::uname().map_or_else(
        |errno| errno.to_string(),
        |name| {
            format!(
                "{} {} {}",
                name.sysname().to_string_lossy(),
                name.release().to_string_lossy(),
                name.machine().to_string_lossy()
            )
        },
    );
    Check {
        need: Need::Kernel,
        found,
        status: NeedStatus::Yes,
    }
}

fn place() -> Check {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let container = ["/.dockerenv", "/run/.containerenv"]
        .into_iter()
        .find(|path| fs::metadata(path).is_ok());
    let (found, status) = if release.to_lowercase().contains("microsoft") {
        (
            release.trim().to_owned(),
            NeedStatus::Nearly("doctor-wsl", "doctor-wsl-cure"),
        )
    } else if let Some(sign) = container {
        let status = NeedStatus::Nearly("doctor-container", "doctor-container-cure");
        (sign.to_owned(), status)
    } else {
        ("Linux".to_owned(), NeedStatus::Yes)
    };
    Check {
        need: Need::Place,
        found,
        status,
    }
}

fn loopback() -> Check {
    let rights = capability::get().is_ok_and(|sets| sets.has(&[capability::NET_RAW]));
    Check {
        need: Need::Loopback,
        found: format!("uid {}", nix::unistd::geteuid()),
        status: if rights {
            NeedStatus::Yes
        } else {
            NeedStatus::Refused(Refusal::NotRoot)
        },
    }
}

/// What is tried, in this order, each step in the world that the ones before it made.
const STEPS: [(Need, fn() -> StepResult); 11] = [
    (Need::Rights, rights),
    (Need::PidNamespace, pid_namespace),
    (Need::Tracing, tracing),
    (Need::NetNamespace, net_namespace),
    (Need::Settings, kernel_settings),
    (Need::Ring, ring),
    (Need::Veth, veth),
    (Need::SockDiag, sock_diag),
    (Need::Destroy, destroy),
    (Need::Ipv6, ipv6),
    (Need::Stamps, stamps),
];

/// Runs the steps in a child and reads what it reports: a line per step.
fn try_a_lab() -> io::Result<Vec<Check>> {
    let (reading, writing) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let mut report = fs::File::from(writing);
    let child = process::fork_single_threaded(|| {
        for (_, step) in STEPS {
            let (line, goes_on) = match step() {
                Ok((found, status)) => (format!("{}\t{found}\n", code(status)), true),
                Err(error) => {
                    let status = error
                        .refusal()
                        .map_or(NeedStatus::NotTried, NeedStatus::Refused);
                    (format!("{}\t{}\n", code(status), error), false)
                }
            };
            if report.write_all(line.as_bytes()).is_err() || !goes_on {
                break;
            }
        }
        0
    })?;
    drop(report);
    let mut text = String::new();
    fs::File::from(reading).read_to_string(&mut text)?;
    // Its status says no more than its report.
    let _ = waitpid(child, None);
    let mut lines = text.lines();
    Ok(STEPS
        .iter()
        .map(|(need, _)| {
            let (status, found) = lines
                .next()
                .and_then(|line| line.split_once('\t'))
                .map_or((NeedStatus::NotTried, ""), |(status, found)| {
                    (read(status), found)
                });
            Check {
                need: *need,
                found: found.to_owned(),
                status,
            }
        })
        .collect())
}

/// What is lacking without stopping a lab, with its cure.
const NEARLY: [(&str, &str); 7] = [
    ("doctor-no-destroy", "doctor-no-destroy-cure"),
    ("doctor-no-ipv6", "doctor-no-ipv6-cure"),
    ("doctor-late-stamps", "doctor-late-stamps-cure"),
    ("doctor-as-root", "doctor-as-root-cure"),
    ("doctor-kept", "doctor-kept-cure"),
    ("doctor-no-pidns", "doctor-no-pidns-cure"),
    ("doctor-no-tracing", "doctor-no-tracing-cure"),
];

/// Not quite met, by the key of what is lacking.
fn nearly(lacking: &str) -> NeedStatus {
    let found = NEARLY.into_iter().find(|(lack, _)| *lack == lacking);
    let (lack, cure) = found.expect("invariant: each key that is used stands in the table");
    NeedStatus::Nearly(lack, cure)
}

fn code(status: NeedStatus) -> String {
    match status {
        NeedStatus::Yes => "yes".to_owned(),
        NeedStatus::Refused(refusal) => refusal.keys().0.to_owned(),
        NeedStatus::Nearly(lack, _) => lack.to_owned(),
        NeedStatus::NotTried => "not-tried".to_owned(),
    }
}

fn read(code: &str) -> NeedStatus {
    let nearly = NEARLY.into_iter().find(|(lack, _)| *lack == code);
    let refusal = Refusal::ALL
        .into_iter()
        .find(|refusal| refusal.keys().0 == code);
    match (code, nearly, refusal) {
        ("yes", ..) => NeedStatus::Yes,
        (_, Some((lack, cure)), _) => NeedStatus::Nearly(lack, cure),
        (_, _, Some(refusal)) => NeedStatus::Refused(refusal),
        _ => NeedStatus::NotTried,
    }
}

/// What was found, and how the need is met.
type StepResult = Result<(String, NeedStatus), LabError>;

fn rights() -> StepResult {
    let found = match enter_rights()? {
        RightsOrigin::UserNamespace => {
            let most = fs::read_to_string("/proc/sys/user/max_user_namespaces").unwrap_or_default();
            format!("user.max_user_namespaces = {}", most.trim())
        }
        RightsOrigin::Root | RightsOrigin::Machine => {
            return Ok(("root".to_owned(), nearly("doctor-as-root")));
        }
        RightsOrigin::KeptCapabilities => {
            let found = format!("uid {}", nix::unistd::geteuid());
            return Ok((found, nearly("doctor-kept")));
        }
    };
    Ok((found, NeedStatus::Yes))
}

#[expect(clippy::unnecessary_wraps, reason = "the others may fail")]
fn pid_namespace() -> StepResult {
    Ok(match try_pid_namespace() {
        Ok(()) => ("CLONE_NEWPID".to_owned(), NeedStatus::Yes),
        Err(error) => (error.to_string(), nearly("doctor-no-pidns")),
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the others may fail")]
fn tracing() -> StepResult {
    Ok(match trace::trial() {
        Ok(()) => ("ptrace, seccomp".to_owned(), NeedStatus::Yes),
        Err(error) => (error.to_string(), nearly("doctor-no-tracing")),
    })
}

fn net_namespace() -> StepResult {
    enter_net_namespace()?;
    let name = fs::read_link("/proc/thread-self/ns/net")
        .map_err(LabError::step("readlink", "/proc/thread-self/ns/net"))?;
    Ok((name.to_string_lossy().into_owned(), NeedStatus::Yes))
}

fn kernel_settings() -> StepResult {
    let set = settings::set_up_host(HostId::CLIENT, "client", &[])?;
    Ok((format!("{}", set.len()), NeedStatus::Yes))
}

fn ring() -> StepResult {
    open_ring(0)?;
    Ok((format!("{} MiB", RING_MEMORY >> 20), NeedStatus::Yes))
}

fn open_ring(interface: u32) -> Result<Ring, LabError> {
    let options = RingOptions {
        largest: 2_048,
        bytes: RING_MEMORY,
        filter: &[],
        ignore_outgoing: false,
    };
    Ring::open(interface, options).map_err(super::setup::ring_refused)
}

fn veth() -> StepResult {
    let path = "/proc/thread-self/ns/net";
    let own = fs::File::open(path).map_err(LabError::step("open", path))?;
    links::make_a_pair(own.as_fd())?;
    Ok(("veth".to_owned(), NeedStatus::Yes))
}

fn sock_diag() -> StepResult {
    let refused = LabError::refused("socket(NETLINK_SOCK_DIAG)", Refusal::NoSockDiag);
    Kernel::open()
        .and_then(|mut kernel| kernel.look())
        .map_err(refused)?;
    Ok(("sock_diag".to_owned(), NeedStatus::Yes))
}

#[expect(clippy::unnecessary_wraps, reason = "the others may fail")]
fn destroy() -> StepResult {
    let can = Kernel::open().is_ok_and(|mut kernel| kernel.can_destroy());
    Ok(if can {
        ("SOCK_DESTROY".to_owned(), NeedStatus::Yes)
    } else {
        (Errno::EOPNOTSUPP.to_string(), nearly("doctor-no-destroy"))
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the others may fail")]
fn ipv6() -> StepResult {
    let path = "/proc/sys/net/ipv6";
    Ok(if settings::has_ipv6() {
        (path.to_owned(), NeedStatus::Yes)
    } else {
        (path.to_owned(), nearly("doctor-no-ipv6"))
    })
}

/// Sends a datagram over lo and compares its stamp with the clock before and after.
fn stamps() -> StepResult {
    let host = Host {
        id: HostId::CLIENT,
        name: "client".into(),
        interface: "lo".into(),
        mac: None,
        ipv4: None,
        ipv6: None,
    };
    links::set_up(&host, &[], false)?;
    let mut ring = open_ring(1)?;
    let before = now();
    let sent = UdpSocket::bind("127.0.0.1:0").and_then(|socket| {
        let own = socket.local_addr()?;
        socket.send_to(b"sockscope", own)
    });
    sent.map_err(LabError::step("sendto", "127.0.0.1"))?;
    let stamp = ring.next(|frame| frame.at);
    let after = now();
    let late = nearly("doctor-late-stamps");
    Ok(match stamp {
        Some(at) if before <= at && at <= after => (
            format!("{:.3} ms", at.since(before).as_ms()),
            NeedStatus::Yes,
        ),
        Some(at) => (format!("{:.3} ms", at.since(before).as_ms()), late),
        None => ("-".to_owned(), late),
    })
}
