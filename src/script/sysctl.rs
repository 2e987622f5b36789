//! Kernel settings that a host may be given: the only list of them. A lesson is somebody else's text and may be run by
//! root, so nothing that is not on the list is written, whoever asks.
//!
//! It holds numbers of which every network namespace has its own, and nothing else. Left out on purpose:
//! `tcp_allowed_congestion_control` (one list for the machine, which a host could write until Linux 5.12), `*_early_demux`
//! (until Linux 6.0 it switched the machine's), sizes of tables of namespaces to come, `log_martians` (writes into the
//! machine's log), settings that are a key, a list or a group of users, and everything of an interface of its own: settings
//! are made before it is there.

use std::fmt;

/// What the value of a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// One whole number from the first to the second.
    Number(i64, i64),
    /// Three whole numbers of bytes, each from 1 to this: the least, the usual, the most.
    Sizes(i64),
    /// Two ports, from 1 on; the first is not above the second.
    Ports,
    /// A congestion control's name. That the kernel has it already is for whoever writes it to see: at another name root's
    /// kernel loads a module.
    Congestion,
}

/// Why a setting may not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// It is not on the list.
    Name,
    /// It is, and takes something else.
    Value(Values),
}

/// Where a `*` stands in a name of the list, one of these may stand: all interfaces, those to come, and the one that
/// every host has from its beginning.
pub const PLACES: [&str; 3] = ["all", "default", "lo"];

/// The most bytes of a buffer, or of what is kept of fragments.
const MEMORY: i64 = 64 << 20;

const SWITCH: Values = Values::Number(0, 1);

/// The list: names below /proc/sys with dots, in their order, and what each takes.
pub const SYSCTLS: &[(&str, Values)] = {
    use Values::{Congestion, Number, Ports, Sizes};
    &[
        ("net.ipv4.conf.*.accept_local", SWITCH),
        ("net.ipv4.conf.*.accept_redirects", SWITCH),
        ("net.ipv4.conf.*.accept_source_route", SWITCH),
        ("net.ipv4.conf.*.arp_accept", Number(0, 2)),
        ("net.ipv4.conf.*.arp_announce", Number(0, 2)),
        ("net.ipv4.conf.*.arp_filter", SWITCH),
        ("net.ipv4.conf.*.arp_ignore", Number(0, 8)),
        ("net.ipv4.conf.*.arp_notify", SWITCH),
        ("net.ipv4.conf.*.drop_gratuitous_arp", SWITCH),
        ("net.ipv4.conf.*.forwarding", SWITCH),
        ("net.ipv4.conf.*.rp_filter", Number(0, 2)),
        ("net.ipv4.conf.*.secure_redirects", SWITCH),
        ("net.ipv4.conf.*.send_redirects", SWITCH),
        ("net.ipv4.icmp_echo_ignore_all", SWITCH),
        ("net.ipv4.icmp_echo_ignore_broadcasts", SWITCH),
        ("net.ipv4.icmp_errors_use_inbound_ifaddr", SWITCH),
        ("net.ipv4.icmp_ignore_bogus_error_responses", SWITCH),
        ("net.ipv4.icmp_ratelimit", Number(0, 1_000_000)),
        ("net.ipv4.icmp_ratemask", Number(0, 0x7fff_ffff)),
        ("net.ipv4.ip_autobind_reuse", SWITCH),
        ("net.ipv4.ip_default_ttl", Number(1, 255)),
        ("net.ipv4.ip_forward", SWITCH),
        ("net.ipv4.ip_local_port_range", Ports),
        ("net.ipv4.ip_no_pmtu_disc", Number(0, 3)),
        ("net.ipv4.ip_nonlocal_bind", SWITCH),
        ("net.ipv4.ip_unprivileged_port_start", Number(0, 65_535)),
        ("net.ipv4.ipfrag_high_thresh", Number(0, MEMORY)),
        ("net.ipv4.ipfrag_low_thresh", Number(0, MEMORY)),
        ("net.ipv4.ipfrag_max_dist", Number(0, 65_536)),
        ("net.ipv4.ipfrag_time", Number(0, 3_600)),
        ("net.ipv4.route.min_adv_mss", Number(0, 65_535)),
        ("net.ipv4.route.min_pmtu", Number(68, 65_535)),
        ("net.ipv4.route.mtu_expires", Number(1, 86_400)),
        ("net.ipv4.tcp_abort_on_overflow", SWITCH),
        ("net.ipv4.tcp_adv_win_scale", Number(-31, 31)),
        ("net.ipv4.tcp_app_win", Number(0, 31)),
        ("net.ipv4.tcp_autocorking", SWITCH),
        ("net.ipv4.tcp_backlog_ack_defer", SWITCH),
        ("net.ipv4.tcp_base_mss", Number(48, 65_535)),
        ("net.ipv4.tcp_challenge_ack_limit", Number(0, 0x7fff_ffff)),
        ("net.ipv4.tcp_comp_sack_delay_ns", Number(0, 1_000_000_000)),
        ("net.ipv4.tcp_comp_sack_nr", Number(0, 255)),
        ("net.ipv4.tcp_comp_sack_slack_ns", Number(0, 1_000_000_000)),
        ("net.ipv4.tcp_congestion_control", Congestion),
        ("net.ipv4.tcp_dsack", SWITCH),
        ("net.ipv4.tcp_early_retrans", Number(0, 4)),
        ("net.ipv4.tcp_ecn", Number(0, 5)),
        ("net.ipv4.tcp_ecn_fallback", SWITCH),
        ("net.ipv4.tcp_ecn_option", Number(0, 2)),
        ("net.ipv4.tcp_fastopen", Number(0, 0x607)),
        (
            "net.ipv4.tcp_fastopen_blackhole_timeout_sec",
            Number(0, 86_400),
        ),
        ("net.ipv4.tcp_fin_timeout", Number(1, 3_600)),
        ("net.ipv4.tcp_frto", Number(0, 2)),
        ("net.ipv4.tcp_invalid_ratelimit", Number(0, 60_000)),
        ("net.ipv4.tcp_keepalive_intvl", Number(1, 32_767)),
        ("net.ipv4.tcp_keepalive_probes", Number(1, 127)),
        ("net.ipv4.tcp_keepalive_time", Number(1, 32_767)),
        ("net.ipv4.tcp_limit_output_bytes", Number(1, MEMORY)),
        ("net.ipv4.tcp_max_reordering", Number(1, 1_000)),
        ("net.ipv4.tcp_max_syn_backlog", Number(1, 65_536)),
        ("net.ipv4.tcp_max_tw_buckets", Number(0, 262_144)),
        ("net.ipv4.tcp_min_rtt_wlen", Number(0, 86_400)),
        ("net.ipv4.tcp_min_snd_mss", Number(48, 65_535)),
        ("net.ipv4.tcp_min_tso_segs", Number(1, 255)),
        ("net.ipv4.tcp_moderate_rcvbuf", SWITCH),
        ("net.ipv4.tcp_mtu_probe_floor", Number(48, 65_535)),
        ("net.ipv4.tcp_mtu_probing", Number(0, 2)),
        ("net.ipv4.tcp_no_metrics_save", SWITCH),
        ("net.ipv4.tcp_no_ssthresh_metrics_save", SWITCH),
        ("net.ipv4.tcp_notsent_lowat", Number(0, 0xffff_ffff)),
        ("net.ipv4.tcp_orphan_retries", Number(0, 255)),
        ("net.ipv4.tcp_pacing_ca_ratio", Number(0, 1_000)),
        ("net.ipv4.tcp_pacing_ss_ratio", Number(0, 1_000)),
        ("net.ipv4.tcp_pingpong_thresh", Number(1, 255)),
        ("net.ipv4.tcp_probe_interval", Number(1, 86_400)),
        ("net.ipv4.tcp_probe_threshold", Number(1, 65_535)),
        ("net.ipv4.tcp_recovery", Number(0, 7)),
        ("net.ipv4.tcp_reflect_tos", SWITCH),
        ("net.ipv4.tcp_reordering", Number(1, 300)),
        ("net.ipv4.tcp_retrans_collapse", SWITCH),
        ("net.ipv4.tcp_retries1", Number(0, 255)),
        ("net.ipv4.tcp_retries2", Number(0, 255)),
        ("net.ipv4.tcp_rfc1337", SWITCH),
        ("net.ipv4.tcp_rmem", Sizes(MEMORY)),
        ("net.ipv4.tcp_rto_max_ms", Number(1_000, 120_000)),
        ("net.ipv4.tcp_rto_min_us", Number(1, 120_000_000)),
        ("net.ipv4.tcp_sack", SWITCH),
        ("net.ipv4.tcp_shrink_window", SWITCH),
        ("net.ipv4.tcp_slow_start_after_idle", SWITCH),
        ("net.ipv4.tcp_stdurg", SWITCH),
        ("net.ipv4.tcp_syn_linear_timeouts", Number(0, 127)),
        ("net.ipv4.tcp_syn_retries", Number(1, 127)),
        ("net.ipv4.tcp_synack_retries", Number(0, 255)),
        ("net.ipv4.tcp_syncookies", Number(0, 2)),
        ("net.ipv4.tcp_thin_linear_timeouts", SWITCH),
        ("net.ipv4.tcp_timestamps", Number(0, 2)),
        ("net.ipv4.tcp_tso_win_divisor", Number(0, 255)),
        ("net.ipv4.tcp_tw_reuse", Number(0, 2)),
        ("net.ipv4.tcp_tw_reuse_delay", Number(1, 60_000)),
        ("net.ipv4.tcp_window_scaling", SWITCH),
        ("net.ipv4.tcp_wmem", Sizes(MEMORY)),
        ("net.ipv4.tcp_workaround_signed_windows", SWITCH),
        ("net.ipv4.udp_rmem_min", Number(1, MEMORY)),
        ("net.ipv4.udp_wmem_min", Number(1, MEMORY)),
        ("net.ipv6.auto_flowlabels", Number(0, 3)),
        ("net.ipv6.bindv6only", SWITCH),
        ("net.ipv6.conf.*.accept_dad", Number(0, 2)),
        ("net.ipv6.conf.*.accept_ra", Number(0, 2)),
        ("net.ipv6.conf.*.accept_redirects", SWITCH),
        ("net.ipv6.conf.*.addr_gen_mode", Number(0, 3)),
        ("net.ipv6.conf.*.autoconf", SWITCH),
        ("net.ipv6.conf.*.dad_transmits", Number(0, 10)),
        ("net.ipv6.conf.*.disable_ipv6", SWITCH),
        ("net.ipv6.conf.*.forwarding", SWITCH),
        ("net.ipv6.conf.*.hop_limit", Number(1, 255)),
        ("net.ipv6.conf.*.mtu", Number(1_280, 65_535)),
        ("net.ipv6.conf.*.router_solicitations", Number(-1, 10)),
        ("net.ipv6.conf.*.use_tempaddr", Number(-1, 2)),
        ("net.ipv6.flowlabel_consistency", SWITCH),
        ("net.ipv6.flowlabel_reflect", Number(0, 7)),
        ("net.ipv6.icmp.echo_ignore_all", SWITCH),
        ("net.ipv6.icmp.ratelimit", Number(0, 1_000_000)),
        ("net.ipv6.ip6frag_high_thresh", Number(0, MEMORY)),
        ("net.ipv6.ip6frag_low_thresh", Number(0, MEMORY)),
        ("net.ipv6.ip6frag_time", Number(0, 3_600)),
        ("net.ipv6.ip_nonlocal_bind", SWITCH),
        ("net.ipv6.route.min_adv_mss", Number(0, 65_535)),
        ("net.ipv6.route.mtu_expires", Number(1, 86_400)),
    ]
};

/// Whether a host may have this setting with this value.
///
/// # Errors
/// What is forbidden about it.
pub fn check(name: &str, value: &str) -> Result<(), Forbidden> {
    let (_, values) = SYSCTLS
        .iter()
        .find(|(pattern, _)| is(pattern, name))
        .ok_or(Forbidden::Name)?;
    if values.allow(value) {
        Ok(())
    } else {
        Err(Forbidden::Value(*values))
    }
}

/// The name fits an entry of the list.
fn is(pattern: &str, name: &str) -> bool {
    let Some((before, behind)) = pattern.split_once('*') else {
        return pattern == name;
    };
    name.strip_prefix(before)
        .and_then(|rest| rest.strip_suffix(behind))
        .is_some_and(|place| PLACES.contains(&place))
}

impl Values {
    fn allow(self, value: &str) -> bool {
        // Bytes of one kind that the kernel splits and reads as we do: no newline, no other base, no sign of `+`.
        let numbers = |most: i64| -> Option<Vec<i64>> {
            let numbers: Option<Vec<i64>> = value.split(' ').map(number).collect();
            numbers.filter(|all| all.iter().all(|number| (1..=most).contains(number)))
        };
        match self {
            Self::Number(least, most) => {
                number(value).is_some_and(|number| (least..=most).contains(&number))
            }
            Self::Sizes(most) => numbers(most).is_some_and(|all| all.len() == 3),
            Self::Ports => {
                matches!(numbers(65_535).as_deref(), Some([first, last]) if first <= last)
            }
            Self::Congestion => is_congestion_control(value),
        }
    }
}

/// TCP_CA_NAME_MAX (include/net/tcp.h) with its NUL is 16.
fn is_congestion_control(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    (1..16).contains(&name.len()) && name.bytes().all(letter)
}

/// A whole number in the only spelling that means the same to us and to the kernel, to which `010` is 8.
fn number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

impl fmt::Display for Values {
    /// As a table says it, without words of a language: `0…1`, `3 × 1…67108864`, `2 × 1…65535`, `reno, cubic, …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(least, most) => write!(f, "{least}…{most}"),
            Self::Sizes(most) => write!(f, "3 × 1…{most}"),
            Self::Ports => write!(f, "2 × 1…65535"),
            Self::Congestion => write!(f, "reno, cubic, …"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Toggle;

    #[test]
    fn only_settings_of_a_network_namespace_are_on_the_list() {
        let segment = |part: &str| {
            let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b);
            part == "*" || (!part.is_empty() && part.bytes().all(letter))
        };
        for (name, _) in SYSCTLS {
            assert!(name.starts_with("net.ipv4.") || name.starts_with("net.ipv6."));
            assert!(name.split('.').all(segment), "{name}");
        }
        assert!(SYSCTLS.is_sorted_by(|(a, _), (b, _)| a < b), "and once");
    }

    #[test]
    fn what_flags_set_is_on_the_list() {
        let switched = Toggle::ALL
            .into_iter()
            .flat_map(|switch| [switch.sysctl(false), switch.sysctl(true)]);
        for (name, value) in switched.flatten() {
            assert_eq!(check(name, value), Ok(()), "{name} = {value}");
        }
    }

    #[test]
    fn another_name_is_refused_however_it_is_spelt() {
        for name in [
            "",
            "kernel.core_pattern",
            "net.core.somaxconn",
            "net.ipv4.tcp_mem",
            "net.ipv4.tcp_early_demux",
            "net.ipv4.tcp_allowed_congestion_control",
            "net.ipv4.route.flush",
            "net.ipv4.../../kernel/core_pattern",
            "net.ipv4.conf.../../../kernel.rp_filter",
            "net.ipv4.conf.*.rp_filter",
            "net.ipv4.conf.eth0.rp_filter",
            "net.ipv4.conf.all.lo.rp_filter",
            "net/ipv4/tcp_sack",
            "net.ipv4.tcp_sack\n",
            "net.ipv4.tcp_sack\0",
            "NET.IPV4.TCP_SACK",
        ] {
            assert_eq!(check(name, "1"), Err(Forbidden::Name), "{name:?}");
        }
    }

    #[test]
    fn a_value_is_what_its_setting_takes() {
        let sizes = "net.ipv4.tcp_rmem";
        let ports = "net.ipv4.ip_local_port_range";
        let congestion = "net.ipv4.tcp_congestion_control";
        for (name, good) in [
            ("net.ipv4.tcp_sack", "0"),
            ("net.ipv4.conf.default.rp_filter", "2"),
            ("net.ipv6.conf.all.use_tempaddr", "-1"),
            (sizes, "4096 131072 67108864"),
            (ports, "32768 60999"),
            (congestion, "reno"),
        ] {
            assert_eq!(check(name, good), Ok(()), "{name} = {good}");
        }
        for (name, bad) in [
            ("net.ipv4.tcp_sack", ""),
            ("net.ipv4.tcp_sack", "2"),
            ("net.ipv4.tcp_sack", "1\n"),
            ("net.ipv4.tcp_sack", " 1"),
            ("net.ipv4.tcp_sack", "+1"),
            ("net.ipv4.tcp_retries2", "010"),
            ("net.ipv4.tcp_retries2", "0x10"),
            ("net.ipv4.tcp_retries2", "99999999999999999999"),
            (sizes, "4096 131072"),
            (sizes, "4096 131072 67108865"),
            (sizes, "0 131072 6291456"),
            (sizes, "4096\t131072\n6291456"),
            (ports, "60999 32768"),
            (ports, "1 65536"),
            (congestion, ""),
            (congestion, "reno\ncubic"),
            (congestion, "../reno"),
            (congestion, "a_name_of_16_bytes"),
        ] {
            let refused = check(name, bad);
            assert!(
                matches!(refused, Err(Forbidden::Value(_))),
                "{name} = {bad:?}"
            );
        }
    }
}
