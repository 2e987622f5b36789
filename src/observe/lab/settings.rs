//! Kernel settings of a host's namespace, as far as results depend on them: set, not hoped for, and recorded. A new
//! namespace takes some over from the machine, so that a lesson would otherwise depend on where it is run.

use std::fs;
use std::io::{self, Write as _};
use std::marker::PhantomData;
use std::os::fd::{AsFd as _, OwnedFd};

use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::stat::Mode;

use super::error::{LabError, Refusal, Unwritten};
use super::first_namespace::has_left_first;
use crate::model::{HostId, Setting};
use crate::script::sysctl;

/// Names below /proc/sys with dots, and their values. The sizes of tcp_rmem make the SYN's window 64240 and
/// slow start 10, 20, 40; congestion control is the one that is always built in.
const TCP: &[(&str, &str)] = &[
    ("net.ipv4.tcp_rmem", "4096 131072 6291456"),
    ("net.ipv4.tcp_wmem", "4096 16384 4194304"),
    ("net.ipv4.tcp_congestion_control", "reno"),
    ("net.ipv4.tcp_ecn", "2"),
    ("net.ipv4.tcp_sack", "1"),
    ("net.ipv4.tcp_dsack", "1"),
    ("net.ipv4.tcp_timestamps", "1"),
    ("net.ipv4.tcp_window_scaling", "1"),
    ("net.ipv4.tcp_fastopen", "1"),
    ("net.ipv4.tcp_syncookies", "1"),
    ("net.ipv4.tcp_syn_linear_timeouts", "4"),
    ("net.ipv4.tcp_syn_retries", "6"),
    ("net.ipv4.tcp_synack_retries", "5"),
    ("net.ipv4.tcp_retries1", "3"),
    ("net.ipv4.tcp_retries2", "15"),
    ("net.ipv4.tcp_orphan_retries", "0"),
    ("net.ipv4.tcp_fin_timeout", "60"),
    ("net.ipv4.tcp_tw_reuse", "2"),
    ("net.ipv4.tcp_invalid_ratelimit", "500"),
    ("net.ipv4.tcp_early_retrans", "3"),
    ("net.ipv4.tcp_recovery", "1"),
    ("net.ipv4.tcp_frto", "2"),
    ("net.ipv4.tcp_reordering", "3"),
    ("net.ipv4.tcp_slow_start_after_idle", "1"),
    ("net.ipv4.tcp_moderate_rcvbuf", "1"),
    ("net.ipv4.tcp_autocorking", "1"),
    ("net.ipv4.tcp_abort_on_overflow", "0"),
    ("net.ipv4.tcp_mtu_probing", "0"),
    ("net.ipv4.tcp_no_metrics_save", "1"),
    ("net.ipv4.ip_local_port_range", "32768 60999"),
    ("net.ipv4.ip_no_pmtu_disc", "0"),
    ("net.ipv4.icmp_ratelimit", "1000"),
    ("net.ipv4.icmp_echo_ignore_broadcasts", "1"),
];

/// What keeps IPv6 from talking by itself. For interfaces that are made later; lo is there already.
const QUIET_IPV6: &[(&str, &str)] = &[
    ("net.ipv6.conf.default.disable_ipv6", "0"),
    ("net.ipv6.conf.lo.disable_ipv6", "0"),
    ("net.ipv6.conf.default.accept_dad", "0"),
    ("net.ipv6.conf.default.dad_transmits", "0"),
    ("net.ipv6.conf.default.router_solicitations", "0"),
    ("net.ipv6.conf.default.accept_ra", "0"),
    ("net.ipv6.conf.default.autoconf", "0"),
    ("net.ipv6.conf.default.addr_gen_mode", "1"),
];

/// Where sockets cannot be destroyed: an orphan gives up after one more timeout.
pub(super) const ORPHANS: (&str, &str) = ("net.ipv4.tcp_orphan_retries", "1");

/// The wire's own namespace has no use for IPv6, and its ends must send nothing by themselves.
const MUTE: &[(&str, &str)] = &[("net.ipv6.conf.default.disable_ipv6", "1")];

/// Sets up the calling thread's namespace for a host. Every setting is returned as a fact, with an empty
/// value where this kernel does not have it.
///
/// # Errors
/// When the kernel does not accept a value, of ours or of `wanted`.
pub(super) fn set_up_host(
    host: HostId,
    name: &str,
    wanted: &[(String, String)],
) -> Result<Vec<Setting>, LabError> {
    let tree = SysctlTree::of_this_thread()?;
    let own = TCP.iter().chain(QUIET_IPV6).copied();
    let wanted = wanted.iter().map(|(name, value)| (&**name, &**value));
    let mut settings: Vec<Setting> = Vec::with_capacity(TCP.len() + QUIET_IPV6.len());
    for (sysctl, value) in own.chain(wanted) {
        let value = match tree.set(sysctl, value) {
            Ok(()) => value,
            Err(Unwritten::Refused(error)) if error.kind() == io::ErrorKind::NotFound => "",
            Err(Unwritten::Refused(error)) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
                return Err(LabError::refused(
                    "write /proc/sys",
                    Refusal::SettingsReadOnly,
                )(error));
            }
            Err(why) => {
                return Err(LabError::Sysctl {
                    host: name.to_owned(),
                    name: sysctl.into(),
                    value: value.into(),
                    why,
                });
            }
        };
        let setting = Setting::Sysctl {
            host,
            name: sysctl.into(),
            value: value.into(),
        };
        // The plan's word stands in the place of ours, not beside it.
        let same =
            |known: &Setting| matches!(known, Setting::Sysctl { name, .. } if name == sysctl);
        match settings.iter_mut().find(|known| same(known)) {
            Some(known) => *known = setting,
            None => settings.push(setting),
        }
    }
    Ok(settings)
}

/// Sets up the calling thread's namespace for the wire's ends.
///
/// # Errors
/// When the kernel does not accept a value.
pub(super) fn set_up_wire() -> Result<(), LabError> {
    let tree = SysctlTree::of_this_thread()?;
    for (name, value) in MUTE {
        match tree.set(name, value) {
            Ok(()) => {}
            Err(Unwritten::Refused(error)) if error.kind() == io::ErrorKind::NotFound => {}
            Err(why) => {
                return Err(LabError::Sysctl {
                    host: "wire".to_owned(),
                    name: (*name).to_owned(),
                    value: (*value).to_owned(),
                    why,
                });
            }
        }
    }
    Ok(())
}

/// The settings of the calling thread's network namespace: the only way in which anything below /proc/sys is written.
/// It stays on that thread: to another the same files are those of its own namespace.
#[derive(Debug)]
pub(super) struct SysctlTree(OwnedFd, PhantomData<*const ()>);

impl SysctlTree {
    /// # Errors
    /// [`LabError::AtHome`] in the namespace that the process began in; of open.
    pub(super) fn of_this_thread() -> Result<Self, LabError> {
        if !has_left_first()? {
            return Err(LabError::AtHome);
        }
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        open(TREE, flags, Mode::empty())
            .map(|tree| Self(tree, PhantomData))
            .map_err(LabError::step("open", TREE))
    }

    /// Writes one setting, when it is on the list and may have that value.
    ///
    /// # Errors
    /// Why it was not written.
    pub(super) fn set(&self, name: &str, value: &str) -> Result<(), Unwritten> {
        sysctl::check(name, value).map_err(Unwritten::Forbidden)?;
        if name == CONGESTION_CONTROL {
            let allowed = congestion_controls("tcp_allowed_congestion_control");
            if !allowed.iter().any(|known| known == value) {
                return Err(Unwritten::NotThere(allowed));
            }
        }
        let below = name.strip_prefix("net.").unwrap_or(name);
        let mut file = self.open_to_write(&below.replace('.', "/"))?;
        file.write_all(value.as_bytes())?;
        Ok(())
    }

    /// Opens a file that lies here in truth: over no link, no mount and no `..`.
    fn open_to_write(&self, path: &str) -> io::Result<fs::File> {
        let resolve = ResolveFlag::RESOLVE_BENEATH
            | ResolveFlag::RESOLVE_NO_SYMLINKS
            | ResolveFlag::RESOLVE_NO_XDEV;
        let how = OpenHow::new()
            .flags(OFlag::O_WRONLY | OFlag::O_CLOEXEC)
            .resolve(resolve);
        Ok(openat2(self.0.as_fd(), path, how)?.into())
    }
}

const TREE: &str = "/proc/sys/net";

const CONGESTION_CONTROL: &str = "net.ipv4.tcp_congestion_control";

/// A list of congestion controls below /proc/sys/net/ipv4; empty where it cannot be read. Whoever asks for one that
/// no list has makes a kernel load a module, when root asks; and whoever makes one a host's usual one that
/// is not allowed allowed it on the whole machine, before Linux 5.12.
fn congestion_controls(list: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("{TREE}/ipv4/{list}")).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}

/// The kernel has this congestion control and need not load it.
pub fn has_congestion_control(name: &[u8]) -> bool {
    congestion_controls("tcp_available_congestion_control")
        .iter()
        .any(|known| known.as_bytes() == name)
}

/// The kernel has IPv6.
pub(super) fn has_ipv6() -> bool {
    fs::metadata("/proc/sys/net/ipv6/conf").is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::lab::first_namespace::remember_first;

    #[test]
    fn what_every_host_is_given_is_on_the_list() {
        for (name, value) in TCP.iter().chain(QUIET_IPV6).chain(MUTE) {
            assert_eq!(sysctl::check(name, value), Ok(()), "{name} = {value}");
        }
        assert_eq!(
            sysctl::check(ORPHANS.0, ORPHANS.1),
            Ok(()),
            "of the watcher"
        );
    }

    /// As on `--on lo`: this process has entered no namespace.
    #[test]
    fn nothing_is_written_in_the_namespace_that_the_process_began_in() {
        assert!(matches!(
            SysctlTree::of_this_thread(),
            Err(LabError::AtHome)
        ));
        remember_first().expect("a namespace");
        assert!(matches!(
            SysctlTree::of_this_thread(),
            Err(LabError::AtHome)
        ));
    }
}
