//! Kernel settings of a host's namespace: set, not hoped for, and recorded (linux-facts, "Settings that
//! results depend on"). A new namespace takes some over from the machine, so that a lesson would
//! otherwise depend on who runs it.

use std::fs;
use std::io;

use super::error::{LabError, Refusal};
use crate::model::{HostId, Setting};

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
    let own = TCP.iter().chain(QUIET_IPV6).copied();
    let wanted = wanted.iter().map(|(name, value)| (&**name, &**value));
    let mut settings: Vec<Setting> = Vec::with_capacity(TCP.len() + QUIET_IPV6.len());
    for (sysctl, value) in own.chain(wanted) {
        let value = match set(sysctl, value) {
            Ok(()) => value,
            Err(error) if error.kind() == io::ErrorKind::NotFound => "",
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
                return Err(LabError::refused(
                    "write /proc/sys",
                    Refusal::SettingsReadOnly,
                )(error));
            }
            Err(source) => {
                return Err(LabError::Sysctl {
                    host: name.to_owned(),
                    name: sysctl.into(),
                    value: value.into(),
                    source,
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
    for (name, value) in MUTE {
        match set(name, value) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(LabError::step("write", *name)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes one setting of the calling thread's namespace.
pub(super) fn set(name: &str, value: &str) -> io::Result<()> {
    // `write` would make a missing file; /proc refuses that with EACCES or EPERM instead of ENOENT.
    let file = fs::OpenOptions::new().write(true).open(path(name))?;
    io::Write::write_all(&mut &file, value.as_bytes())
}

fn path(name: &str) -> String {
    format!("/proc/sys/{}", name.replace('.', "/"))
}

/// The kernel has IPv6.
pub(super) fn has_ipv6() -> bool {
    fs::metadata("/proc/sys/net/ipv6/conf").is_ok()
}
