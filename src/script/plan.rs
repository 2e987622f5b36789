//! A plan: everything that a run is told.

use crate::model::setting::{Place, RunKind};
use crate::model::{HostId, Span};

use super::SocketKind;
use super::rule::Rule;
use super::step::{Step, Verb, sent};

/// What one run is to do. Built from flags or from a lesson, executed by `observe::run`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What kind of run.
    pub kind: RunKind,
    /// The command line or lesson that it came from, recorded.
    pub command: String,
    /// Lesson's short name and hash, recorded.
    pub lesson: Option<(String, String)>,
    /// Where it takes place.
    pub place: Place,
    /// Exchange over IPv6 instead of IPv4.
    pub ipv6: bool,
    /// The wire's settings.
    pub wire: WirePlan,
    /// The hosts: client first, then server, then others.
    pub hosts: Vec<HostPlan>,
    /// Whose frames are the saved packets.
    pub saved: HostId,
    /// Nobody looks: no sniffer, no question to a kernel, nothing told of a frame. The wire has the machine for itself.
    pub bare: bool,
    /// What concerns foreign programs only.
    pub programs: ProgramsPlan,
    /// The whole run may take this long before a script counts as stuck; a program is ended then.
    pub deadline: Span,
}

/// How foreign programs find each other, and when a run of them is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgramsPlan {
    /// The hosts' names stand for their IPv4 addresses only.
    pub ipv4_only: bool,
    /// Their calls are seen, from outside.
    pub traced: bool,
    /// A server's program may take this long until its port is open, before the run's time begins: an interpreter or a
    /// virtual machine starts first. None: a lab's own short patience, within the run's time.
    pub patience: Option<Span>,
    /// The run ends after this long by the clock, also where it had to wait for whoever is told of it, which is no time of
    /// its own elsewhere. None: no such limit.
    pub at_most: Option<Span>,
    /// What a program may print, on each of its outputs, in bytes; what comes after that is not read. None: no limit.
    pub output: Option<u64>,
    /// The run goes on until all have ended; else a server's is ended when nobody is left to serve.
    pub wait_for_all: bool,
}

impl Plan {
    /// Its scripts send so little over the wire that a small buffer holds the whole run. Not known of foreign
    /// programs, and not so on a loopback, where each frame takes 64 KiB of a buffer.
    #[must_use]
    pub fn is_little(&self) -> bool {
        let programs = self.hosts.iter().any(|host| host.program.is_some());
        let sent = self
            .hosts
            .iter()
            .try_fold((0u64, 0u64), |(bytes, calls), host| {
                let more = sent(&host.steps)?;
                Some((bytes.saturating_add(more.0), calls.saturating_add(more.1)))
            });
        self.place == Place::Wire
            && !programs
            && sent.is_some_and(|(bytes, calls)| bytes <= LITTLE_BYTES && calls <= LITTLE_CALLS)
    }

    /// There may be a TCP connection in it.
    #[must_use]
    pub fn may_speak_tcp(&self) -> bool {
        self.hosts.iter().any(HostPlan::may_speak_tcp)
    }
}

impl HostPlan {
    /// Its script may make a TCP connection; not known of a foreign program, nor of frames made by hand.
    fn may_speak_tcp(&self) -> bool {
        let others = |label: &str| {
            self.steps.iter().any(|step| {
                step.label == label
                    && matches!(step.verb, Verb::Socket(SocketKind::Udp | SocketKind::Icmp))
            })
        };
        let speaks = |step: &Step| match step.verb {
            Verb::Listen { .. }
            | Verb::Socket(SocketKind::Tcp | SocketKind::RawTcp | SocketKind::Packet) => true,
            Verb::Connect(_) => !others(&step.label),
            _ => false,
        };
        self.program.is_some() || self.steps.iter().any(speaks)
    }
}

/// The least that a link must carry for IPv6, in bytes (RFC 8200 §5).
pub const LEAST_MTU_IPV6: u32 = 1280;

/// The most that such a plan sends, in bytes and in calls.
const LITTLE_BYTES: u64 = 512 << 10;
const LITTLE_CALLS: u64 = 500;

/// One host of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPlan {
    /// `client`, `server`, or another name.
    pub name: String,
    /// Its script as text (recorded as a setting) …
    pub text: String,
    /// … and parsed. Empty for a host without a script.
    pub steps: Vec<Step>,
    /// A foreign program instead of a script: the shell command, or an empty string for a shell.
    pub program: Option<String>,
    /// Kernel settings on top of the lab's own: (name below /proc/sys with dots, value).
    pub sysctls: Vec<(String, String)>,
}

/// On a wire that loses nothing, a resend would only say that this machine has no time to spare, and would
/// tell something untrue about the network. So the timers that lead to one wait longer there: RFC 6298 §2.4 asks
/// for a second, Linux takes a fifth of that.
const PATIENCE: [(&str, &str); 2] = [
    ("net.ipv4.tcp_rto_min_us", "1000000"),
    ("net.ipv4.tcp_early_retrans", "0"),
];

impl HostPlan {
    /// Lets its kernel wait longer before it sends again, unless the plan has set those timers itself. For a wire
    /// that [`WirePlan::loses_nothing`].
    pub fn wait_before_resending(&mut self) {
        for (name, value) in PATIENCE {
            if !self.sysctls.iter().any(|(known, _)| known == name) {
                self.sysctls.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

/// What the wire between the hosts is like, and what it does to frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WirePlan {
    /// One-way delay.
    pub delay: Span,
    /// MTU of the hosts' interfaces in bytes (576–65535; 1280 at least with IPv6).
    pub mtu: u32,
    /// Learn neighbours by ARP/ND instead of seeding them.
    pub learn_neighbours: bool,
    /// Rate in bits per second; none: as fast as the machine.
    pub rate: Option<u64>,
    /// Queue limit in packets (droptail), with a rate.
    pub queue: Option<u32>,
    /// MTU of a hop in the middle of the wire, smaller than the hosts' (68–65535; 1280 at least with IPv6); none:
    /// no such hop.
    pub hop_mtu: Option<u32>,
    /// The hop drops what is too big without a word, as a path does whose ICMP is filtered.
    pub hop_silent: bool,
    /// Fault rules, in order: the first that matches a frame decides.
    pub rules: Vec<Rule>,
    /// Seed of random rules.
    pub seed: u64,
}

impl WirePlan {
    /// Every frame that enters it comes out, whole and in order.
    #[must_use]
    pub const fn loses_nothing(&self) -> bool {
        self.rules.is_empty() && self.queue.is_none() && self.hop_mtu.is_none()
    }
}

impl Default for WirePlan {
    /// 20 ms one way, MTU 1500, neighbours seeded, no faults.
    fn default() -> Self {
        Self {
            delay: Span::from_ms(20),
            mtu: 1500,
            learn_neighbours: false,
            rate: None,
            queue: None,
            hop_mtu: None,
            hop_silent: false,
            rules: Vec::new(),
            seed: 0,
        }
    }
}
