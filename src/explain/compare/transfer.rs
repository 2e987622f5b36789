//! What one run transferred: what was sent, what each receiving call gave, and what that cost on the wire.
//!
//! Built from facts, and from moments what hangs on following, so that a live run and its recording give the same. Two of
//! them beside each other are a comparison (`views::compare`).

use std::collections::BTreeMap;

use crate::explain::{Moment, MomentSink, Transit, What};
use crate::model::number::count32;
use crate::model::{
    Arg, Call, CallId, CallName, CallResult, Direction, Endpoint, Fact, Frame, Host, HostId,
    Returned, Setting, Span, StateSeen, TcpState, Time, Vantage, Verdict,
};
use crate::protocol::decode::{Body, Packet};

/// The options by which a socket joins a group.
const JOINS: [&str; 2] = ["IP_ADD_MEMBERSHIP", "IPV6_JOIN_GROUP"];

/// What a run came to.
#[derive(Debug, Default)]
pub struct Transfer {
    /// The hosts, by number.
    pub hosts: Vec<Host>,
    /// The wire's one-way delay; none where there is no wire.
    pub delay: Option<Span>,
    /// What the packets of the saved vantage came to.
    pub wire: WireTotals,
    /// What the client's interface sent.
    pub transmitted: Transmitted,
    /// Frames that the wire handed to the other hosts, each copy counted.
    pub handed: u32,
    /// Frames that the wire handed to the client.
    pub came_back: u32,
    /// Groups that sockets have joined.
    pub memberships: usize,
    /// What the programs handed over.
    pub sent: Vec<CallData>,
    /// What the receiving calls gave; an end of file is none.
    pub received: Vec<CallData>,
    /// Frames, and single copies of them, that the wire took away.
    pub lost: u32,
    /// Each connection's last state at each host, by host and its two endpoints.
    pub states: BTreeMap<(HostId, Endpoint, Endpoint), TcpState>,
    /// From when to when each host's kernel spoke of a connection.
    pub kept: BTreeMap<HostId, (Time, Time)>,
    /// When the first call that concerns the other side began: `connect`, `sendto` or `send`.
    begun: Option<Time>,
    /// Calls were seen: what the programs did is known.
    pub called: bool,
    calls: BTreeMap<CallId, Call>,
}

/// Packets and bytes of the saved vantage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WireTotals {
    /// Frames that carry a segment or a datagram, or a fragment of one.
    pub packets: u32,
    /// Those among them that carry payload.
    pub with_data: u32,
    /// Their bytes in all, link header included (without preamble and checksum trailer).
    pub bytes: u64,
    /// Payload bytes among them, resends included.
    pub payload: u64,
    /// Segments that were sent again.
    pub resent: u32,
    /// Other frames: ARP, ICMP.
    pub others: u32,
}

/// What an interface sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transmitted {
    /// How many frames.
    pub frames: u32,
    /// Their bytes, link header included.
    pub bytes: u64,
}

/// What one call sent or received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallData {
    /// When the call returned.
    pub at: Time,
    /// The host whose program called.
    pub host: HostId,
    /// The function of the C library that was called.
    pub name: CallName,
    /// How many bytes.
    pub len: u64,
    /// The first of them.
    pub head: Vec<u8>,
    /// The kernel said that the datagram was longer than the buffer (`MSG_TRUNC`).
    pub cut: bool,
}

/// Whether the pieces that came out are the pieces that went in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundaries {
    /// Nothing was sent or nothing arrived.
    Nothing,
    /// As many pieces, of the same lengths, in the same order.
    Same,
    /// All bytes, in other pieces.
    Different,
    /// Bytes are missing.
    Incomplete,
}

impl MomentSink for Transfer {
    type Out = ();

    fn fact(&mut self, fact: &Fact<'_>) {
        match fact {
            Fact::Setting { setting, .. } => self.setting(setting),
            Fact::Frame(frame) => self.frame(frame),
            Fact::Call(call) => self.call(call),
            Fact::Returned(returned) => self.returned(returned),
            Fact::State(state) => self.state(state),
            Fact::Delivery(delivery) if delivery.to == HostId::CLIENT => self.came_back += 1,
            Fact::Delivery(_) => self.handed += 1,
            Fact::Fate(fate) => {
                let whole = matches!(fate.verdict, Verdict::Lost | Verdict::QueueFull);
                let copies = fate.apart.iter().filter(|one| one.verdict == Verdict::Lost);
                self.lost += u32::from(whole) + count32(copies.count());
            }
            _ => {}
        }
    }

    /// Counts its frame, where that is a packet of the saved vantage.
    fn moment(&mut self, moment: &Moment) {
        if let What::Transit(transit) = &moment.what
            && transit.number.is_some()
        {
            self.packet(transit);
        }
    }
}

impl Transfer {
    /// Of a run of which nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of headers, from the link to the transport.
    #[must_use]
    pub const fn headers(&self) -> u64 {
        self.wire.bytes.saturating_sub(self.wire.payload)
    }

    /// What this host sent, in order.
    pub fn sent_by(&self, host: HostId) -> impl Iterator<Item = &CallData> {
        self.sent.iter().filter(move |piece| piece.host == host)
    }

    /// What this host received, in order.
    pub fn received_by(&self, host: HostId) -> impl Iterator<Item = &CallData> {
        self.received.iter().filter(move |piece| piece.host == host)
    }

    /// From the beginning of `connect` (or of the first `sendto`) to this time; none before anything began.
    #[must_use]
    pub fn since_begun(&self, at: Time) -> Option<Span> {
        Some(at.since(self.begun?))
    }

    /// From the beginning of `connect` (or of the first `sendto`) to the first byte in the server's program.
    #[must_use]
    pub fn first_byte(&self) -> Option<Span> {
        let piece = self
            .received_by(HostId::SERVER)
            .find(|piece| piece.len > 0)?;
        Some(piece.at.since(self.begun?))
    }

    /// From there to the last byte in the server's program.
    #[must_use]
    pub fn last_byte(&self) -> Option<Span> {
        let piece = self
            .received_by(HostId::SERVER)
            .filter(|piece| piece.len > 0)
            .last()?;
        Some(piece.at.since(self.begun?))
    }

    /// A time in round trips of the wire's own delay, in tenths, rounded down: what is over is the machine's.
    #[must_use]
    pub fn round_trips(&self, span: Span) -> Option<u64> {
        let round_trip = self.delay?.ns().saturating_mul(2);
        (round_trip > 0)
            .then(|| u64::try_from(span.ns().saturating_mul(10) / round_trip).unwrap_or(0))
    }

    /// Whether what `from` sent came out at `to` in the same pieces.
    #[must_use]
    pub fn boundaries(&self, from: HostId, to: HostId) -> Boundaries {
        let sent: Vec<u64> = self.sent_by(from).map(|piece| piece.len).collect();
        let received: Vec<u64> = self.received_by(to).map(|piece| piece.len).collect();
        if sent.is_empty() || received.is_empty() {
            Boundaries::Nothing
        } else if sent == received {
            Boundaries::Same
        } else if received.iter().sum::<u64>() < sent.iter().sum() {
            Boundaries::Incomplete
        } else {
            Boundaries::Different
        }
    }

    /// Which of the messages that `from` sent came out at `to`, in the order in which they came: each one's number
    /// from 1, and what came. A message is known by its beginning and length: it is the first such that has not come
    /// yet, else one that comes again; a shorter one may be what a small buffer left of it.
    #[must_use]
    pub fn messages_that_came(&self, from: HostId, to: HostId) -> Vec<(usize, &CallData)> {
        let sent: Vec<&CallData> = self.sent_by(from).collect();
        let mut came = vec![false; sent.len()];
        let mut known = Vec::new();
        for piece in self.received_by(to) {
            let begins = |at: &usize| {
                let head = sent[*at].head.len().min(piece.head.len());
                sent[*at].head[..head] == piece.head[..head]
            };
            let whole = |at: &usize| begins(at) && (piece.cut || sent[*at].len == piece.len);
            let part = |at: &usize| begins(at) && piece.len < sent[*at].len;
            let new = |at: &usize| !came[*at];
            let all = || 0..sent.len();
            let found = all()
                .find(|at| new(at) && whole(at))
                .or_else(|| all().find(whole))
                .or_else(|| all().find(|at| new(at) && part(at)))
                .or_else(|| all().find(part));
            if let Some(at) = found {
                came[at] = true;
                known.push((at + 1, piece));
            }
        }
        known
    }

    fn setting(&mut self, setting: &Setting) {
        match setting {
            Setting::Host(host) => self.hosts.push(host.clone()),
            Setting::Delay(delay) => self.delay = Some(*delay),
            _ => {}
        }
    }

    /// Takes a frame: what the client's interface sent.
    fn frame(&mut self, frame: &Frame<'_>) {
        let by_client = frame.vantage == Vantage::Host(HostId::CLIENT);
        if by_client && frame.direction == Direction::Sent {
            self.transmitted.frames += 1;
            self.transmitted.bytes += u64::from(frame.orig_len);
        }
    }

    /// A packet of the saved vantage.
    fn packet(&mut self, transit: &Transit) {
        let packet = transit.frame.packet();
        let payload = match packet.body {
            Body::Tcp(tcp) => u64::from(tcp.len),
            Body::Udp(udp) => first_fragment(&packet)
                .map_or_else(|| u64::from(udp.len), |held| held.saturating_sub(8)),
            Body::Fragment => first_fragment(&packet).unwrap_or(0),
            _ => {
                self.wire.others += 1;
                return;
            }
        };
        self.wire.packets += 1;
        self.wire.with_data += u32::from(payload > 0);
        self.wire.bytes += u64::from(transit.frame.orig_len);
        self.wire.payload += payload;
        let left = transit.frame.direction == Direction::Sent;
        let segment = transit.followed.segment.as_ref();
        let resent = segment.is_some_and(|segment| {
            if left {
                segment.left_again()
            } else {
                segment.is_resend()
            }
        });
        self.wire.resent += u32::from(resent);
    }

    fn call(&mut self, call: &Call) {
        let reaches_out = call.name == CallName::Connect || call.name.sends();
        if reaches_out && self.begun.is_none() {
            self.begun = Some(call.at);
        }
        self.called = true;
        self.calls.insert(call.id, call.clone());
    }

    fn returned(&mut self, returned: &Returned) {
        let Some(call) = self.calls.remove(&returned.id) else {
            return;
        };
        let CallResult::Ok { value, out } = &returned.result else {
            return;
        };
        let len = u64::try_from(*value).unwrap_or(0);
        let word = |wanted: &str, args: &[Arg]| {
            args.iter().any(
                |arg| matches!(arg, Arg::Word(word) if word.raw().split('|').any(|part| part == wanted)),
            )
        };
        let head = |args: &[Arg]| {
            let data = args.iter().find_map(|arg| match arg {
                Arg::Data { head, .. } => Some(head.clone()),
                _ => None,
            });
            data.unwrap_or_default()
        };
        let piece = |head| CallData {
            at: returned.at,
            host: call.host,
            name: call.name,
            len,
            head,
            cut: word("MSG_TRUNC", out),
        };
        match call.name {
            name if name.sends() => {
                self.sent.push(piece(head(&call.args)));
            }
            // recv on a stream: 0 is the end of file, which is no piece.
            CallName::Recv | CallName::Read | CallName::Readv
                if len == 0 || word("MSG_PEEK", &call.args) => {}
            name if name.receives() => {
                self.received.push(piece(head(out)));
            }
            CallName::Setsockopt if JOINS.iter().any(|join| word(join, &call.args)) => {
                self.memberships += 1;
            }
            _ => {}
        }
    }

    fn state(&mut self, seen: &StateSeen) {
        if let Some(remote) = seen.remote {
            self.states
                .insert((seen.host, seen.local, remote), seen.state);
            let (_, last) = self.kept.entry(seen.host).or_insert((seen.at, seen.at));
            *last = (*last).max(seen.at);
        }
    }
}

/// The IP payload bytes that a fragment holds; none for what is no fragment.
fn first_fragment(packet: &Packet<'_>) -> Option<u64> {
    let ip = packet.ip.as_ref()?;
    ip.fragment.map(|_| u64::from(ip.payload_len))
}

#[cfg(test)]
mod tests;
