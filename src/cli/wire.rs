//! The wire, and where it is.

use clap::Args;

use super::values;
use crate::model::Span;

/// The wire between the hosts.
#[derive(Clone, Debug, Args)]
pub struct WireArgs {
    /// One-way delay, 0 to 10 s.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "20ms",
        value_parser = values::delay,
        help = "help-delay"
    )]
    pub delay: Span,
    /// MTU of the hosts' interfaces in bytes, 576–65535.
    #[arg(
        long,
        value_name = "N",
        default_value = "1500",
        value_parser = values::mtu,
        help = "help-mtu"
    )]
    pub mtu: u32,
    /// MTU in bytes of a narrower place in the middle of the wire; none: there is no such place.
    #[arg(long, value_name = "N", value_parser = values::mtu, help = "help-hop-mtu")]
    pub hop_mtu: Option<u32>,
    /// That place drops what is too big without an ICMP message.
    #[arg(long, requires = "hop_mtu", help = "help-hop-silent")]
    pub hop_silent: bool,
    /// Neighbours are learned instead of known.
    #[arg(long, help = "help-arp")]
    pub arp: bool,
    /// What it does to frames.
    #[command(flatten)]
    pub misbehave: MisbehaveArgs,
}

/// What the wire does to frames: faults, and a rate with a queue.
#[derive(Clone, Debug, Default, Args)]
pub struct MisbehaveArgs {
    /// Fault rules, in order: the first that matches decides.
    #[arg(long, value_name = "RULE", help = "help-fault")]
    pub fault: Vec<String>,
    /// Seed of random rules; none: the lesson's, else 0.
    #[arg(long, value_name = "N", value_parser = values::seed, help = "help-seed")]
    pub seed: Option<u64>,
    /// Bits per second, 1 kbit to 1 Tbit; none: as fast as the machine.
    #[arg(long, value_name = "RATE", value_parser = values::rate, help = "help-rate")]
    pub rate: Option<u64>,
    /// Packets that wait for the rate at most, 1–1,000,000; more are dropped.
    #[arg(
        long,
        value_name = "N",
        value_parser = values::queue,
        requires = "rate",
        help = "help-queue"
    )]
    pub queue: Option<u32>,
}

/// The network of an exchange, and where it is.
#[derive(Clone, Debug, Args)]
pub struct NetArgs {
    /// The wire between the hosts.
    #[command(flatten)]
    pub wire: WireArgs,
    /// IPv6 instead of IPv4.
    #[arg(short = '6', long = "ipv6", help = "help-ipv6")]
    pub ipv6: bool,
    /// The machine's own loopback instead of the lab.
    #[arg(
        long,
        value_name = "INTERFACE",
        help = "help-on",
        conflicts_with_all = ["delay", "mtu", "hop_mtu", "arp", "fault", "seed", "rate", "queue"]
    )]
    pub on: Option<String>,
}
