//! Settings that a run can be made with and without, by name: for runs that differ in nothing else.

/// A setting that a run can be made with and without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toggle {
    /// TCP_NODELAY on both sockets.
    Nodelay,
    /// Nagle's algorithm (RFC 9293 §3.7.4): the same, the other way round.
    Nagle,
    /// Selective acknowledgements (RFC 2018).
    Sack,
    /// Timestamps (RFC 7323 §3).
    Timestamps,
    /// Window scaling (RFC 7323 §2).
    WindowScaling,
    /// Explicit congestion notification, asked for (RFC 3168).
    Ecn,
    /// Tail-loss probes (RFC 8985 §7).
    TailLossProbe,
    /// The fault rules that were given.
    Loss,
}

impl Toggle {
    /// All of them, as they are listed.
    pub const ALL: [Self; 8] = [
        Self::Nodelay,
        Self::Nagle,
        Self::Sack,
        Self::Timestamps,
        Self::WindowScaling,
        Self::Ecn,
        Self::TailLossProbe,
        Self::Loss,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nodelay => "nodelay",
            Self::Nagle => "nagle",
            Self::Sack => "sack",
            Self::Timestamps => "timestamps",
            Self::WindowScaling => "window-scaling",
            Self::Ecn => "ecn",
            Self::TailLossProbe => "tail-loss-probe",
            Self::Loss => "loss",
        }
    }

    /// What it means for TCP_NODELAY; none where it means nothing for it.
    #[must_use]
    pub const fn nodelay(self, on: bool) -> Option<bool> {
        match self {
            Self::Nodelay => Some(on),
            Self::Nagle => Some(!on),
            _ => None,
        }
    }

    /// The kernel setting that it stands for, of both hosts: its name below /proc/sys with dots, and its value.
    #[must_use]
    pub const fn sysctl(self, on: bool) -> Option<(&'static str, &'static str)> {
        let (name, values) = match self {
            Self::Sack => ("net.ipv4.tcp_sack", ["0", "1"]),
            Self::Timestamps => ("net.ipv4.tcp_timestamps", ["0", "1"]),
            Self::WindowScaling => ("net.ipv4.tcp_window_scaling", ["0", "1"]),
            Self::Ecn => ("net.ipv4.tcp_ecn", ["0", "1"]),
            Self::TailLossProbe => ("net.ipv4.tcp_early_retrans", ["0", "3"]),
            Self::Nodelay | Self::Nagle | Self::Loss => return None,
        };
        Some((name, values[on as usize]))
    }

    /// It says something only of a wire with faults.
    #[must_use]
    pub const fn needs_faults(self) -> bool {
        matches!(self, Self::TailLossProbe | Self::Loss)
    }
}
