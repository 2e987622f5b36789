//! A stage for made-up runs: facts as a live run would give them, from a few words per event.
#![allow(
    dead_code,
    clippy::too_many_arguments,
    reason = "several tests share this stage, and each uses a part of it"
)]

use std::borrow::Cow;

use etherparse::{PacketBuilder, TcpOptionElement};
use sockscope::model::fate::digest;
use sockscope::model::setting::{Place, RunKind};
use sockscope::model::{
    Arg, Call, CallId, CallName, CallResult, Delivery, Direction, Endpoint, Fact, Fate, Frame,
    Host, HostId, LinkType, Outcome, Returned, Setting, Span, StateSeen, TcpInfo, TcpState, Time,
    Trigger, Vantage, Verdict,
};

pub const C: HostId = HostId::CLIENT;
pub const S: HostId = HostId::SERVER;
pub const X: u32 = 2_405_500_986;
pub const Y: u32 = 2_623_112_030;
const START: i64 = 1_760_000_000_000_000_000;

/// Facts in the making; times are microseconds from the beginning.
pub struct Stage {
    facts: Vec<Fact<'static>>,
    delay: i64,
    wire_no: u64,
    calls: u32,
    pub port: u16,
}

/// A segment: flags as letters, relative numbers, payload.
pub struct Seg<'a> {
    pub flags: &'a str,
    pub seq: u32,
    pub ack: u32,
    pub data: &'a [u8],
    pub win: u16,
    /// Selectively acknowledged: one range, from, up to.
    pub sack: Option<(u32, u32)>,
}

pub fn at(us: i64) -> Time {
    Time::from_ns(START + us * 1000)
}

pub fn end(host: HostId, port: u16) -> Endpoint {
    Endpoint::new([10, 0, 0, host.0 + 1].into(), port)
}

impl Stage {
    /// Two hosts and a wire with this delay in microseconds.
    pub fn new(delay: i64) -> Self {
        let mut stage = Self {
            facts: Vec::new(),
            delay,
            wire_no: 0,
            calls: 0,
            port: 40112,
        };
        let host = |id: HostId, name: &str| {
            Setting::Host(Host {
                id,
                name: name.into(),
                interface: "eth0".into(),
                mac: Some([2, 0, 0, 0, 0, id.0 + 1]),
                ipv4: Some([10, 0, 0, id.0 + 1].into()),
                ipv6: None,
            })
        };
        for setting in [
            Setting::Kind(RunKind::Tcp),
            Setting::Place(Place::Wire),
            host(C, "client"),
            host(S, "server"),
            Setting::SavedVantage(Vantage::Host(C)),
            Setting::Delay(Span::from_us(delay)),
        ] {
            stage.facts.push(Fact::Setting {
                at: at(-1000),
                setting,
            });
        }
        stage
    }

    /// A call that begins and returns.
    pub fn call(
        &mut self,
        began: i64,
        ended: i64,
        host: HostId,
        socket: u32,
        name: CallName,
        args: Vec<Arg>,
        value: i64,
        out: Vec<Arg>,
    ) {
        let id = self.begin(began, host, socket, name, args);
        self.ret(ended, id, CallResult::Ok { value, out });
    }

    pub fn begin(
        &mut self,
        us: i64,
        host: HostId,
        socket: u32,
        name: CallName,
        args: Vec<Arg>,
    ) -> CallId {
        let id = CallId(self.calls);
        self.calls += 1;
        self.facts.push(Fact::Call(Call {
            at: at(us),
            id,
            host,
            socket,
            label: "".into(),
            name,
            args,
        }));
        id
    }

    pub fn ret(&mut self, us: i64, id: CallId, result: CallResult) {
        self.facts.push(Fact::Returned(Returned {
            at: at(us),
            id,
            result,
        }));
    }

    pub fn state(&mut self, us: i64, host: HostId, state: TcpState, trigger: Trigger) {
        let (local, remote) = match (host, state) {
            (_, TcpState::Listen) => (end(S, 7070), None),
            (C, _) => (end(C, self.port), Some(end(S, 7070))),
            _ => (end(S, 7070), Some(end(C, self.port))),
        };
        self.facts.push(Fact::State(StateSeen {
            at: at(us),
            host,
            local,
            remote,
            state,
            trigger,
            info: None,
        }));
    }

    /// A segment; the kernels' words about it follow when given. Gives its number on the wire.
    pub fn tcp(
        &mut self,
        us: i64,
        from: HostId,
        seg: &Seg<'_>,
        held: Option<TcpState>,
        got: Option<TcpState>,
    ) -> u64 {
        let bytes = self.segment(from, seg);
        let to = other(from);
        let no = self.wire_no;
        self.frame(us, from, bytes, Verdict::Passed);
        if let Some(state) = held {
            self.state(us + 60, from, state, Trigger::Held(no));
        }
        if let Some(state) = got {
            self.state(us + self.delay + 120, to, state, Trigger::Delivered(no));
        }
        no
    }

    /// The kernel's word about an open connection, with its TCP_INFO.
    pub fn info(&mut self, us: i64, host: HostId, trigger: Trigger, info: TcpInfo) {
        self.state(us, host, TcpState::Established, trigger);
        if let Some(Fact::State(seen)) = self.facts.last_mut() {
            seen.info = Some(info);
        }
    }

    pub fn lost(&mut self, us: i64, from: HostId, seg: &Seg<'_>) {
        let bytes = self.segment(from, seg);
        self.frame(us, from, bytes, Verdict::Lost);
    }

    pub fn udp(&mut self, us: i64, from: HostId, data: &[u8]) {
        let (src, dst) = (host_mac(from), host_mac(other(from)));
        let (sport, dport) = if from == C {
            (self.port, 7070)
        } else {
            (7070, self.port)
        };
        let builder = PacketBuilder::ethernet2(src, dst)
            .ipv4([10, 0, 0, from.0 + 1], [10, 0, 0, other(from).0 + 1], 64)
            .udp(sport, dport);
        let mut bytes = Vec::new();
        builder.write(&mut bytes, data).expect("a frame");
        self.frame(us, from, bytes, Verdict::Passed);
    }

    fn segment(&self, from: HostId, seg: &Seg<'_>) -> Vec<u8> {
        let (sport, dport) = if from == C {
            (self.port, 7070)
        } else {
            (7070, self.port)
        };
        let (isn, other_isn) = if from == C { (X, Y) } else { (Y, X) };
        let mut tcp = PacketBuilder::ethernet2(host_mac(from), host_mac(other(from)))
            .ipv4([10, 0, 0, from.0 + 1], [10, 0, 0, other(from).0 + 1], 64)
            .tcp(sport, dport, isn.wrapping_add(seg.seq), seg.win);
        for flag in seg.flags.chars() {
            tcp = match flag {
                'S' => tcp.syn(),
                'A' => tcp.ack(other_isn.wrapping_add(seg.ack)),
                'F' => tcp.fin(),
                'R' => tcp.rst(),
                _ => tcp.psh(),
            };
        }
        // What is sent again is not the same packet again: a kernel's clock has gone on.
        let clock = self.wire_no as u32 + 1;
        let options = if seg.flags.contains('S') {
            vec![
                TcpOptionElement::MaximumSegmentSize(1460),
                TcpOptionElement::SelectiveAcknowledgementPermitted,
                TcpOptionElement::Timestamp(clock, 0),
                TcpOptionElement::WindowScale(8),
            ]
        } else {
            let mut options = vec![TcpOptionElement::Timestamp(clock, 1)];
            if let Some((from, to)) = seg.sack {
                let range = (other_isn.wrapping_add(from), other_isn.wrapping_add(to));
                options.push(TcpOptionElement::SelectiveAcknowledgement(range, [None; 3]));
            }
            options
        };
        let tcp = tcp.options(&options).expect("options fit");
        let mut bytes = Vec::new();
        tcp.write(&mut bytes, seg.data).expect("a frame");
        bytes
    }

    fn frame(&mut self, us: i64, from: HostId, bytes: Vec<u8>, verdict: Verdict) {
        let (no, to) = (self.wire_no, other(from));
        self.wire_no += 1;
        let hash = digest(&bytes);
        let seen = |us: i64, host: HostId, direction| {
            Fact::Frame(Frame {
                at: at(us),
                vantage: Vantage::Host(host),
                direction,
                link: LinkType::ETHERNET,
                orig_len: bytes.len() as u32,
                checksum_offloaded: false,
                bytes: Cow::Owned(bytes.clone()),
            })
        };
        self.facts.push(seen(us, from, Direction::Sent));
        let lost = verdict == Verdict::Lost;
        self.facts.push(Fact::Fate(Fate {
            at: at(us + 20),
            wire_no: no,
            from,
            digest: hash,
            verdict,
            rule: None,
            apart: Vec::new(),
            waits: Vec::new(),
        }));
        if lost {
            return;
        }
        let due = us + 20 + self.delay;
        self.facts.push(Fact::Delivery(Delivery {
            at: at(due + 10),
            wire_no: no,
            to,
            copy: 0,
            digest: hash,
            due: at(due),
        }));
        self.facts.push(seen(due + 30, to, Direction::Received));
    }

    pub fn outcome(&mut self, us: i64) {
        self.facts.push(Fact::Outcome(Outcome {
            at: at(us),
            troubles: Vec::new(),
        }));
    }

    /// The facts in order of time.
    pub fn facts(&self) -> Vec<Fact<'static>> {
        let mut facts = self.facts.clone();
        facts.sort_by_key(Fact::at);
        facts
    }
}

fn other(host: HostId) -> HostId {
    if host == C { S } else { C }
}

fn host_mac(host: HostId) -> [u8; 6] {
    [2, 0, 0, 0, 0, host.0 + 1]
}

pub fn seg<'a>(flags: &'a str, seq: u32, ack: u32, data: &'a [u8]) -> Seg<'a> {
    let win = if flags.contains('S') { 64240 } else { 251 };
    Seg {
        flags,
        seq,
        ack,
        data,
        win,
        sack: None,
    }
}

/// An acknowledgement that reports a range.
pub fn sack<'a>(ack: u32, from: u32, to: u32) -> Seg<'a> {
    Seg {
        sack: Some((from, to)),
        ..seg("A", 1, ack, b"")
    }
}

pub fn word(text: &str) -> Arg {
    Arg::Word(text.into())
}

pub fn data(text: &[u8]) -> Arg {
    Arg::Data {
        len: text.len() as u64,
        head: text[..text.len().min(64)].to_vec(),
    }
}
