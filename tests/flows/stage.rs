//! What was stated, as facts: in the times and the order in which a live run or a file would give them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;

use sockscope::model::fate::digest;
use sockscope::model::setting::{self, RunKind};
use sockscope::model::{
    Apart, Call, CallId, CallName, CallResult, Delivery, Direction, Endpoint, Fact, Fate, Frame,
    Hole, Host, HostId, LinkType, Outcome, Returned, Setting, Span, StateSeen, TcpInfo, TcpState,
    Time, Trigger, Trouble, Vantage, Verdict,
};
use sockscope::notation::Mistake;

use super::call::Written;
use super::frame::Draft;
use super::packet::Body;
use super::segment::clock;

/// When a flow begins.
const START: i64 = 1_760_000_000_000_000_000;

/// After so long the wire takes a frame that left, in nanoseconds.
const TAKEN: i64 = 20_000;
/// So long before the arrival it was due.
const DUE: i64 = 30_000;
/// So long after a frame left its sender's kernel is asked about it; after it arrived, its receiver's; after a call.
const ASKED: (i64, i64, i64) = (60_000, 70_000, 15_000);
/// The port of who connects, and of who listens.
pub(super) const PORTS: (u16, u16) = (40_112, 7070);

/// Where the sniffers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of somebody's: one sniffer, nothing but frames.
    Capture,
    /// Two hosts and a wire with this delay in nanoseconds, a sniffer at each host.
    Wire(i64),
    /// Both ends on a loopback, one sniffer.
    Loopback,
}

/// A frame that was stated.
#[derive(Clone, Debug)]
pub struct Sent {
    /// From 0, as the wire counts and (from 1) a file.
    pub number: u64,
    pub from: HostId,
    pub to: Option<HostId>,
    /// In nanoseconds from the beginning.
    pub left: i64,
    pub arrived: i64,
    /// Source and destination.
    pub ports: (u16, u16),
    pub(super) ip: Vec<u8>,
}

/// Facts in the making; times are nanoseconds from the beginning.
#[derive(Clone, Debug)]
pub struct Stage {
    pub place: Place,
    pub hosts: Vec<String>,
    /// The lines stand as in the file, whatever their times.
    pub unsorted: bool,
    /// How the captured bytes begin.
    pub link: LinkType,
    pub saved: Option<HostId>,
    pub settings: Vec<Setting>,
    pub ipv6: bool,
    pub isn: BTreeMap<HostId, u32>,
    pub labels: BTreeMap<String, Sent>,
    pub(super) facts: Vec<Fact<'static>>,
    frames: u64,
    calls: u32,
    open: Vec<(CallId, HostId, u32, CallName)>,
    /// The shift in a side's SYN, by sender and ports.
    pub(super) scales: BTreeMap<Side, u8>,
    /// What a side's clock said last: when that was there to be echoed, and what.
    pub(super) clocks: BTreeMap<Side, Vec<(i64, u32)>>,
}

/// A side of a connection: whose, its own port, the other's.
pub(super) type Side = (HostId, u16, u16);

pub const fn at(ns: i64) -> Time {
    Time::from_ns(START + ns)
}

impl Stage {
    pub fn new() -> Self {
        Self {
            place: Place::Capture,
            hosts: vec!["client".into(), "server".into()],
            unsorted: false,
            link: LinkType::ETHERNET,
            saved: None,
            settings: Vec::new(),
            ipv6: false,
            isn: BTreeMap::from([
                (HostId::CLIENT, 2_405_500_986),
                (HostId::SERVER, 2_623_112_030),
            ]),
            labels: BTreeMap::new(),
            facts: Vec::new(),
            frames: 0,
            calls: 0,
            open: Vec::new(),
            scales: BTreeMap::new(),
            clocks: BTreeMap::new(),
        }
    }

    /// The host of this name.
    pub fn host(&self, name: &str) -> Option<HostId> {
        let at = self.hosts.iter().position(|host| host == name)?;
        Some(HostId(at as u8))
    }

    pub(super) fn address(&self, host: HostId) -> IpAddr {
        match (self.place, self.ipv6) {
            (Place::Loopback, false) => [127, 0, 0, 1].into(),
            (Place::Loopback, true) => [0, 0, 0, 0, 0, 0, 0, 1].into(),
            (_, false) => [10, 0, 0, host.0 + 1].into(),
            (_, true) => [0xfd00, 0, 0, 0, 0, 0, 0, u16::from(host.0) + 1].into(),
        }
    }

    /// `server:7070`.
    pub fn endpoint(&self, text: &str) -> Option<Endpoint> {
        let (name, port) = text.rsplit_once(':')?;
        let port = port.parse().ok()?;
        match self.host(name) {
            Some(host) => Some(Endpoint::new(self.address(host), port)),
            None => Some(Endpoint::new(
                name.trim_matches(['[', ']']).parse().ok()?,
                port,
            )),
        }
    }

    /// A frame from here to there, or to everybody.
    pub fn frame(
        &mut self,
        ns: i64,
        from: HostId,
        to: Option<HostId>,
        draft: &Draft,
        span: &Range<usize>,
    ) -> Result<Sent, Box<Mistake>> {
        let packet = self.packet(ns, from, to, draft, span)?;
        let bytes = match (self.link, &packet.body) {
            (LinkType::ETHERNET, _) => packet.bytes(),
            (_, Body::Raw(raw)) => raw.clone(),
            _ => packet.ip().split_off(2),
        };
        let ports = match &packet.body {
            Body::Tcp(tcp) => tcp.ports,
            Body::Udp { ports, .. } => *ports,
            _ => Self::ports(from, to, draft),
        };
        let ip = packet.ip().split_off(2);
        let number = self.frames;
        self.frames += 1;
        let arrived = match self.place {
            Place::Wire(_) => self.cross(ns, number, from, to, &bytes, draft),
            Place::Capture => {
                let vantage = Vantage::File(draft.number("interface").unwrap_or(0) as u16);
                self.see(ns, vantage, Direction::Unknown, &bytes, draft);
                ns
            }
            Place::Loopback => {
                self.see(ns, Vantage::Loopback, Direction::Unknown, &bytes, draft);
                ns
            }
        };
        if let Body::Tcp(tcp) = &packet.body
            && !draft.ends_on_the_wire()
            && let Some(own) = clock(&tcp.options)
        {
            let side = (from, ports.0, ports.1);
            self.clocks.entry(side).or_default().push((arrived, own));
        }
        Ok(Sent {
            number,
            from,
            to,
            left: ns,
            arrived,
            ports,
            ip,
        })
    }

    /// Over the wire: its fate, its deliveries, and what both sniffers see. Gives when it arrives.
    fn cross(
        &mut self,
        ns: i64,
        number: u64,
        from: HostId,
        to: Option<HostId>,
        bytes: &[u8],
        draft: &Draft,
    ) -> i64 {
        let Place::Wire(delay) = self.place else {
            return ns;
        };
        let held = draft.number("delayed").or(draft.number("reordered"));
        let taken = draft.number("taken").unwrap_or(TAKEN);
        let arrived = ns
            + draft
                .after
                .unwrap_or(taken + delay + held.unwrap_or(0) + DUE);
        if !self.misses(from, draft) {
            self.see(ns, Vantage::Host(from), Direction::Sent, bytes, draft);
        }
        let rule = draft.number("rule").map(|rule| rule as u16);
        let lost = |host: &HostId| {
            let name = &self.hosts[usize::from(host.0)];
            draft.lost_for.contains(name)
        };
        let all: Vec<HostId> = (0..self.hosts.len() as u8).map(HostId).collect();
        let (apart, all): (Vec<HostId>, Vec<HostId>) = all.into_iter().partition(lost);
        let apart = apart.into_iter().map(|to| Apart {
            to,
            verdict: Verdict::Lost,
            rule: rule.unwrap_or(0),
        });
        self.facts.push(Fact::Fate(Fate {
            at: at(ns + taken),
            wire_no: number,
            from,
            digest: digest(bytes),
            verdict: verdict(draft),
            rule,
            apart: apart.collect(),
            waits: Vec::new(),
        }));
        if draft.ends_on_the_wire() {
            return arrived;
        }
        let to = all
            .into_iter()
            .filter(|host| to.map_or(*host != from, |to| to == *host));
        self.deliver(number, arrived, to.collect(), bytes, draft);
        arrived
    }

    /// Hands it over, each copy, and shows it to the receivers' sniffers.
    fn deliver(&mut self, number: u64, arrived: i64, to: Vec<HostId>, bytes: &[u8], draft: &Draft) {
        let mut delivered = bytes.to_vec();
        for (place, bits) in &draft.corrupted {
            if let Some(byte) = delivered.get_mut(*place as usize) {
                *byte ^= bits;
            }
        }
        for host in to {
            for copy in 0..draft.number("duplicated").unwrap_or(1).clamp(1, 255) {
                let arrived = arrived + copy * 10_000;
                self.facts.push(Fact::Delivery(Delivery {
                    at: at(arrived - 20_000),
                    wire_no: number,
                    to: host,
                    copy: copy as u8,
                    digest: digest(&delivered),
                    due: at(arrived - DUE),
                }));
                if !self.misses(host, draft) {
                    let vantage = Vantage::Host(host);
                    self.see(arrived, vantage, Direction::Received, &delivered, draft);
                }
            }
        }
    }

    /// This host's sniffer misses the frame.
    fn misses(&self, host: HostId, draft: &Draft) -> bool {
        draft.unseen.contains(&self.hosts[usize::from(host.0)])
    }

    fn see(
        &mut self,
        ns: i64,
        vantage: Vantage,
        direction: Direction,
        bytes: &[u8],
        draft: &Draft,
    ) {
        let snap = draft
            .number("snap")
            .map_or(bytes.len(), |snap| snap as usize);
        self.facts.push(Fact::Frame(Frame {
            at: at(ns),
            vantage,
            direction,
            link: self.link,
            orig_len: bytes.len() as u32,
            checksum_offloaded: draft.has("offloaded"),
            bytes: Cow::Owned(bytes[..snap.min(bytes.len())].to_vec()),
        }));
    }

    /// A call begins.
    pub fn begin(
        &mut self,
        ns: i64,
        host: HostId,
        socket: u32,
        label: &str,
        call: &Written,
    ) -> CallId {
        let id = CallId(self.calls);
        self.calls += 1;
        self.open.push((id, host, socket, call.name));
        self.facts.push(Fact::Call(Call {
            at: at(ns),
            id,
            host,
            socket,
            label: label.into(),
            name: call.name,
            args: call.args.clone(),
            kept_waiting: None,
            site: None,
        }));
        id
    }

    /// The eldest open call of this name and socket returns.
    pub fn returns(
        &mut self,
        ns: i64,
        host: HostId,
        socket: Option<u32>,
        name: CallName,
        result: CallResult,
    ) -> Option<CallId> {
        let found = self.open.iter().position(|(_, of, on, called)| {
            *of == host && *called == name && socket.is_none_or(|socket| socket == *on)
        })?;
        let (id, ..) = self.open.remove(found);
        self.facts.push(Fact::Returned(Returned {
            at: at(ns),
            id,
            result,
            kept_waiting: None,
            seen: None,
        }));
        Some(id)
    }

    /// The kernel's word about a connection: that of these ports (the host's own first), or the first.
    pub fn state(
        &mut self,
        ns: i64,
        host: HostId,
        state: TcpState,
        trigger: Trigger,
        info: Option<TcpInfo>,
        of: Option<(HostId, u16, u16)>,
    ) {
        let other = HostId(1 - host.0.min(1));
        let own = if host == HostId::CLIENT {
            PORTS
        } else {
            (PORTS.1, PORTS.0)
        };
        let (other, own, theirs) = of.unwrap_or((other, own.0, own.1));
        let listens = state == TcpState::Listen;
        self.facts.push(Fact::State(StateSeen {
            at: at(ns),
            host,
            local: Endpoint::new(self.address(host), own),
            remote: (!listens).then(|| Endpoint::new(self.address(other), theirs)),
            state,
            trigger,
            info,
        }));
    }

    /// When the kernel is asked because of a frame (of its sender, or of its receiver) or a call that ended then.
    pub fn asked(sent: &Sent, host: HostId) -> (i64, Trigger) {
        if host == sent.from {
            (sent.left + ASKED.0, Trigger::Held(sent.number))
        } else {
            (sent.arrived + ASKED.1, Trigger::Delivered(sent.number))
        }
    }

    /// The same after a call that returned then.
    pub const fn asked_after(ended: i64, id: CallId) -> (i64, Trigger) {
        (ended + ASKED.2, Trigger::Returned(id))
    }

    pub fn missed(&mut self, ns: i64, host: Option<HostId>, frames: u64) {
        let vantage = match (self.place, host) {
            (Place::Wire(_), Some(host)) => Vantage::Host(host),
            (Place::Loopback, _) => Vantage::Loopback,
            _ => Vantage::File(0),
        };
        self.facts.push(Fact::Hole(Hole {
            kind: sockscope::model::HoleKind::Missed,
            at: at(ns),
            vantage,
            frames,
        }));
    }

    pub fn ends(&mut self, ns: i64, troubles: Vec<Trouble>) {
        self.facts.push(Fact::Outcome(Outcome {
            at: at(ns),
            troubles,
        }));
    }

    /// All facts in order of time, settings first.
    pub fn facts(mut self) -> Vec<Fact<'static>> {
        let mut settings = std::mem::take(&mut self.settings);
        if self.place != Place::Capture {
            settings.splice(0..0, self.own_settings());
        }
        let settings = settings.into_iter().map(|setting| Fact::Setting {
            at: at(-1_000_000),
            setting,
        });
        let mut facts: Vec<Fact<'static>> = settings.collect();
        if !self.unsorted {
            self.facts.sort_by_key(Fact::at);
        }
        facts.append(&mut self.facts);
        facts
    }

    fn own_settings(&self) -> Vec<Setting> {
        let wire = matches!(self.place, Place::Wire(_));
        let mut own = vec![
            Setting::Kind(RunKind::Tcp),
            Setting::Place(if wire {
                setting::Place::Wire
            } else {
                setting::Place::PrivateLoopback
            }),
        ];
        for (at, name) in self.hosts.iter().enumerate() {
            let id = HostId(at as u8);
            let (ipv4, ipv6) = match self.address(id) {
                IpAddr::V4(v4) => (Some(v4), None),
                IpAddr::V6(v6) => (None, Some(v6)),
            };
            own.push(Setting::Host(Host {
                id,
                name: name.as_str().into(),
                interface: if wire { "eth0" } else { "lo" }.into(),
                mac: wire.then(|| mac(id)),
                ipv4,
                ipv6,
            }));
        }
        match self.place {
            Place::Wire(delay) => {
                let saved = self.saved.unwrap_or(HostId::CLIENT);
                own.push(Setting::SavedVantage(Vantage::Host(saved)));
                own.push(Setting::Delay(Span::from_ns(delay)));
            }
            _ => own.push(Setting::SavedVantage(Vantage::Loopback)),
        }
        own
    }
}

pub(super) const fn mac(host: HostId) -> [u8; 6] {
    [2, 0, 0, 0, 0, host.0 + 1]
}

fn verdict(draft: &Draft) -> Verdict {
    if draft.has("lost") {
        Verdict::Lost
    } else if draft.has("queue-full") {
        Verdict::QueueFull
    } else if let Some(mtu) = draft.number("too-big") {
        Verdict::TooBig { mtu: mtu as u32 }
    } else if !draft.corrupted.is_empty() {
        Verdict::Corrupted(draft.corrupted.clone())
    } else if let Some(span) = draft.number("delayed") {
        Verdict::Delayed(Span::from_ns(span))
    } else if let Some(copies) = draft.number("duplicated") {
        Verdict::Duplicated(copies as u8)
    } else if draft.number("reordered").is_some() {
        Verdict::Reordered
    } else {
        Verdict::Passed
    }
}
