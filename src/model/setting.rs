//! The settings of a run, recorded because its results depend on them.

use serde::{Deserialize, Serialize};

use super::{Host, HostId, Span, Untrusted, Vantage};

/// One setting of a run. Settings stand before the first frame of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// The program that recorded it, `sockscope 0.1.0`.
    Program(Untrusted),
    /// The kernel, as uname -r says.
    Kernel(Untrusted),
    /// The command or lesson in words of the command line: `tcp --close four`.
    Command(Untrusted),
    /// What kind of run: decides how its story is framed.
    Kind(RunKind),
    /// Where it ran.
    Place(Place),
    /// One of the hosts; they come in order of their ids.
    Host(Host),
    /// Which vantage's frames are the file's packets.
    SavedVantage(Vantage),
    /// One-way delay of the wire.
    Delay(Span),
    /// MTU of the hosts' interfaces in bytes.
    Mtu(u32),
    /// Rate of the wire in bits per second.
    Rate(u64),
    /// How many frames may wait where the wire has a rate; one more is thrown away.
    Queue(u32),
    /// MTU of a hop in the middle of the wire, in bytes.
    HopMtu(u32),
    /// That hop drops what is too big without a word: no ICMP.
    HopSilent,
    /// Neighbours were learned by ARP or ND in this run instead of being seeded.
    LearnNeighbours(bool),
    /// A kernel setting that was set in a host.
    Sysctl {
        /// In which host.
        host: HostId,
        /// Its name, `net.ipv4.tcp_sack`.
        name: Untrusted,
        /// As it was written to /proc/sys.
        value: Untrusted,
    },
    /// A host's script, as text.
    Script {
        /// The host that has it.
        host: HostId,
        /// One step a line, as the lesson or the flags gave it.
        text: Untrusted,
    },
    /// A fault rule of the wire, in order: the first has index 0.
    Rule(Untrusted),
    /// Seed of the wire's random choices.
    Seed(u64),
    /// The lesson's short name and the hash of its files.
    Lesson {
        /// The lesson's short name.
        name: Untrusted,
        /// The hash of its files.
        hash: Untrusted,
    },
    /// Above this many frames per second the kernel was asked only for every n-th.
    StateSampling(u32),
}

/// What kind of run a recording is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// A TCP exchange.
    Tcp,
    /// A UDP exchange.
    Udp,
    /// A lesson's script.
    Lesson,
    /// Foreign programs in the lab.
    Lab,
}

/// Where a run took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Hosts of the lab, joined by the wire.
    Wire,
    /// The loopback of a private namespace.
    PrivateLoopback,
    /// The machine's own loopback (`--on lo`).
    MachineLoopback,
}
