//! Following a TCP segment: into its connection, judged, and written down.
//!
//! The order matters and is Wireshark's: first which connection, then whether ports are used again, then the
//! verdicts by what was known before, and only then what this segment itself says (its scale, its round trip).

use crate::model::{Endpoint, Seq, Time};
use crate::protocol::decode::{Body, Checksum, Ip, Packet, Tcp, TcpFlags};

use super::analysis;
use super::arriving::Arriving;
use super::connection::{Connection, Seen};
use super::followed::{Analysis, Came, Conversation, Earlier, Followed, Segment, Way, Why};
use super::lane::{Lane, Scale};
use super::memory::Live;
use super::offer::Offer;
use super::prepared::{Header, Prepared, measured};
use super::recovery;
use super::table::hash;
use super::track::Follow;

/// Bits of a connection's completeness.
mod complete {
    pub(super) const SYN: u8 = 1;
    pub(super) const SYN_ACK: u8 = 2;
    pub(super) const ACK: u8 = 4;
    pub(super) const DATA: u8 = 8;
    pub(super) const FIN: u8 = 16;
    pub(super) const RST: u8 = 32;
}

const SYN_ACK: TcpFlags = TcpFlags::SYN.union(TcpFlags::ACK);

impl Follow {
    /// A TCP segment; its packet is asked for where there is more to it than was prepared.
    #[inline]
    pub(super) fn tcp<'p>(
        &mut self,
        number: u32,
        at: Time,
        prepared: &Prepared,
        packet: impl FnOnce() -> &'p Packet<'p>,
        followed: &mut Followed,
    ) {
        let header = &prepared.header;
        let (from, to) = (header.from, header.to);
        let special = header.special.then(packet).and_then(headers);
        let mut segment = header.arriving(number, at, prepared.checksum == Checksum::Wrong);
        let lacking = special.map_or(0, |(_, tcp)| 20_u32.saturating_sub(tcp.header_len.into()));
        // As it claims: all but that little is payload.
        segment.len += lacking;
        let stream = self.stream(&mut segment, from, to, prepared.flow);
        let (stream, reuse) = self.reuse(stream, &segment, from, to);
        let Some((connection, live)) = self.memory.of(stream, &mut self.connections) else {
            return;
        };
        let way = connection.way(from);
        segment.multipath = live.multipath;
        let told = &mut followed.segment;
        match special {
            Some((ip, tcp)) if !measured(ip, tcp) => {
                connection.count(way, &segment, Analysis::empty());
                if let Some(shift) = tcp.window_scale() {
                    live.halves[way as usize].lane.scale = Scale::Shift(shift.min(14));
                }
                *told = Some(unmeasured(connection, live, way, &segment));
            }
            _ => {
                let tcp = special.map(|(_, tcp)| tcp);
                let sparing = self.sparing;
                follow((connection, live), way, &segment, tcp, reuse, sparing, told);
            }
        }
        if lacking > 0
            && let Some(told) = told
        {
            told.analysis = Analysis::empty();
        }
        if connection.closing.complete() && !connection.seen.contains(Seen::DONE) {
            connection.seen |= Seen::DONE;
            self.memory.retire(stream, &mut self.connections);
        }
        if let Some((_, tcp)) = special {
            self.announced.read(from, to, tcp.payload);
        }
        followed.conversation = Some(Conversation::Tcp(stream));
        followed.way = way;
        followed.ends = Some((from, to));
    }

    /// A segment quoted in an ICMP error: in its connection, but not one of its packets. Like Wireshark, it may open a connection
    /// that was not seen before, and raises completeness.
    pub(super) fn quoted(
        &mut self,
        number: u32,
        at: Time,
        packet: &Packet<'_>,
        checksum: Checksum,
    ) -> Followed {
        let nothing = Followed::nothing(checksum);
        let Some(header) = Header::alone(packet) else {
            return nothing;
        };
        let (from, to) = (header.from, header.to);
        let mut segment = header.arriving(number, at, false);
        segment.len = 0;
        let stream = self.stream(&mut segment, from, to, hash(from, to));
        let (stream, reuse) = self.reuse(stream, &segment, from, to);
        let Some((connection, live)) = self.memory.of(stream, &mut self.connections) else {
            return nothing;
        };
        let way = connection.way(from);
        Followed {
            conversation: Some(Conversation::Tcp(stream)),
            way,
            quoted: Some(Box::new(Segment {
                analysis: reuse,
                ..unmeasured(connection, live, way, &segment)
            })),
            ..nothing
        }
    }

    /// The latest connection between these endpoints, or a new one.
    #[inline]
    fn stream(&mut self, segment: &mut Arriving, from: Endpoint, to: Endpoint, flow: u64) -> u32 {
        let rows = &self.connections;
        let is = |n| rows.get(n).is_some_and(|c| c.is_between(from, to));
        match self.flows.find(flow, is) {
            Some(stream) => stream,
            None => {
                segment.begins = !self.announced.take(from, to);
                self.open(segment, from, to)
            }
        }
    }

    /// A new connection. Who sends a SYN opens it; whom a SYN ACK answers has opened it; else who is seen first.
    fn open(&mut self, segment: &Arriving, from: Endpoint, to: Endpoint) -> u32 {
        let (opener, acceptor) = if segment.flags.contains(SYN_ACK) {
            (to, from)
        } else {
            (from, to)
        };
        let new = Connection::new(self.connections.len(), segment.at, opener, acceptor);
        let stream = self.connections.push(new);
        let rows = &self.connections;
        let is = |n| rows.get(n).is_some_and(|c| c.is_between(from, to));
        self.flows.insert(hash(from, to), stream, is);
        stream
    }

    /// A SYN between endpoints that are known: of a new connection when its number is a new one, else the same
    /// SYN again. A SYN ACK with a new number stays in its connection, whose numbers count from there now.
    #[inline]
    fn reuse(
        &mut self,
        stream: u32,
        segment: &Arriving,
        from: Endpoint,
        to: Endpoint,
    ) -> (u32, Analysis) {
        if segment.begins || !segment.has(TcpFlags::SYN) {
            return (stream, Analysis::empty());
        }
        let Some((connection, live)) = self.memory.of(stream, &mut self.connections) else {
            return (stream, Analysis::empty());
        };
        let way = connection.way(from);
        let Some(base) = connection.base(way) else {
            return (stream, Analysis::empty());
        };
        if segment.has(TcpFlags::ACK) {
            if base == segment.seq {
                return (stream, Analysis::empty());
            }
            connection.set_base(way, segment.seq);
            return (stream, Analysis::REUSED_PORTS);
        }
        if base == segment.seq {
            let lane = &mut live.halves[way as usize].lane;
            lane.next = lane.frontier;
            return (stream, Analysis::empty());
        }
        let stream = self.open(segment, from, to);
        if let Some(connection) = self.connections.get_mut(stream) {
            connection.seen |= Seen::REUSED;
            connection.completeness = complete::SYN;
        }
        (stream, Analysis::REUSED_PORTS)
    }
}

/// A segment's headers.
#[cold]
fn headers<'p>(packet: &'p Packet<'p>) -> Option<(&'p Ip<'p>, &'p Tcp<'p>)> {
    match (&packet.ip, &packet.body) {
        (Some(ip), Body::Tcp(tcp)) => Some((ip, tcp)),
        _ => None,
    }
}

/// Judges a segment and writes it into its connection. `tcp` is there where its options say more than the time. What is told is written where
/// it will stay, because it is much; when `sparing`, only of a segment with a verdict.
#[inline]
fn follow(
    (connection, live): (&mut Connection, &mut Live),
    way: Way,
    segment: &Arriving,
    tcp: Option<&Tcp<'_>>,
    reuse: Analysis,
    sparing: bool,
    told: &mut Option<Segment>,
) {
    bases(connection, way, segment);
    let [opener, acceptor] = &mut live.halves;
    let (own, peer) = match way {
        Way::FromOpener => (opener, acceptor),
        Way::FromAcceptor => (acceptor, opener),
    };
    let unseen_from = peer.lane.frontier;
    let verdict = reuse
        | analysis::judge(
            segment,
            &mut own.lane,
            &mut peer.lane,
            connection.initial_rtt(),
        );
    let told = (!sparing || !verdict.is_empty())
        .then(|| told.insert(tell(connection, way, segment, &own.lane, verdict)));
    let mut aside = Why::default();
    let (why, told) = match told {
        Some(told) => (&mut told.why, true),
        None => (&mut aside, false),
    };
    recovery::reasons(segment, verdict, own, peer, why);
    if verdict.contains(Analysis::ACK_LOST_SEGMENT) {
        why.missing = segment.ack.wrapping_sub(unseen_from);
    }
    // Acknowledgements that come late do not move it back.
    let was = own.recall.heard();
    let taken = analysis::enter(segment, verdict, &mut own.lane, &mut peer.lane);
    if segment.has(TcpFlags::ACK) {
        why.acks = taken.exact.map(|(frame, at)| Earlier {
            frame,
            ago: segment.at.since(at),
        });
        // A copy, and what comes late, say nothing of now.
        let fresh = !matches!(why.came, Some(Came::Copied | Came::Late));
        let rtt = why.acks.map(|acks| acks.ago).filter(|_| fresh);
        if segment.spoiled {
            peer.recall.answered_in_vain(segment, tcp);
        } else {
            let shown = peer.recall.answered(segment, tcp, was, rtt);
            if shown[0] != 0 {
                why.needless = shown;
            }
        }
    }
    if told {
        why.in_flight = recovery::in_flight(own, peer);
        why.merged = recovery::merged(segment.len, connection.mss(way.back()), segment.options);
    }
    own.recall.sent(
        segment,
        why.came,
        why.recovery,
        why.before.is_none(),
        own.lane.next,
    );
    own.trail.enter(segment);
    connection.completeness = grown(connection.completeness, segment);
    connection.count(way, segment, why.trouble(verdict));
    round_trip(connection, live, way, segment);
    if let Some(tcp) = tcp {
        learn(connection, live, way, segment, tcp);
    }
}

/// A judged segment in the light of its connection, before it is entered there; the reasons are still to be found.
#[inline]
fn tell(
    connection: &Connection,
    way: Way,
    segment: &Arriving,
    own: &Lane,
    verdict: Analysis,
) -> Segment {
    let acknowledges = segment.has(TcpFlags::ACK);
    let scale = match own.scale {
        Scale::Shift(shift) if !segment.has(TcpFlags::SYN) => Some(shift),
        Scale::Shift(_) | Scale::Off | Scale::Unknown => None,
    };
    let rel = |number: u32, way| Seq(number).relative_to(Seq(connection.base(way).unwrap_or(0)));
    Segment {
        flags: segment.flags,
        seq: Seq(segment.seq),
        ack: Seq(if acknowledges { segment.ack } else { 0 }),
        rel_seq: rel(segment.seq, way),
        rel_ack: if acknowledges {
            rel(segment.ack, way.back())
        } else {
            segment.ack
        },
        len: segment.len,
        window: segment.window << scale.unwrap_or(0),
        scale,
        analysis: verdict,
        dup_ack_num: if verdict.contains(Analysis::DUPLICATE_ACK) {
            own.duplicates
        } else {
            0
        },
        completeness: connection.completeness,
        why: Why::default(),
    }
}

/// A segment whose length is not known, because its header claims to be longer than it is, or because it is only quoted:
/// nothing can be judged, and nothing is built on its numbers.
#[cold]
fn unmeasured(
    connection: &mut Connection,
    live: &mut Live,
    way: Way,
    segment: &Arriving,
) -> Segment {
    let completeness = connection.completeness;
    connection.completeness = grown(completeness, segment);
    round_trip(connection, live, way, segment);
    Segment {
        flags: segment.flags,
        seq: Seq(segment.seq),
        ack: Seq(segment.ack),
        rel_seq: segment.seq,
        rel_ack: segment.ack,
        len: 0,
        window: segment.window,
        scale: None,
        analysis: Analysis::empty(),
        dup_ack_num: 0,
        completeness,
        why: Why::default(),
    }
}

/// Where relative numbers count from: a SYN's own number; without it, one before the first that is seen, so
/// that the first byte is 1. An acknowledgement tells the other side's.
#[inline]
fn bases(connection: &mut Connection, way: Way, segment: &Arriving) {
    if connection.base(way).is_none() {
        let phantom = u32::from(!segment.has(TcpFlags::SYN));
        connection.set_base(way, segment.seq.wrapping_sub(phantom));
    }
    if segment.has(TcpFlags::ACK) && connection.base(way.back()).is_none() {
        connection.set_base(way.back(), segment.ack.wrapping_sub(1));
    }
}

/// What a segment's options tell for those after it.
#[cold]
fn learn(
    connection: &mut Connection,
    live: &mut Live,
    way: Way,
    segment: &Arriving,
    tcp: &Tcp<'_>,
) {
    let offer = Offer::of(tcp);
    live.multipath |= offer.multipath;
    if segment.has(TcpFlags::SYN) {
        connection.introduce(way, segment.seq, &offer);
        live.halves[way as usize].recall.permitted = offer.sack_permitted;
        scales(live, way, segment, offer.scale);
    }
}

/// From the latest SYN to the first ACK of anybody after it.
#[inline]
fn round_trip(connection: &mut Connection, live: &mut Live, way: Way, segment: &Arriving) {
    let lane = &mut live.halves[way as usize].lane;
    if segment.has(TcpFlags::SYN) {
        lane.first_ack_due = true;
        if !segment.has(TcpFlags::ACK) {
            live.syn_at = Some(segment.at);
        }
    } else if segment.has(TcpFlags::ACK) {
        lane.first_ack_due = false;
        // A SYN stamped 0 is one without a stamp, as in captures that were written by hand.
        if let Some(syn) = live.syn_at
            && syn.ns() != 0
            && connection.initial_rtt().is_none()
        {
            connection.set_rtt(segment.at.since(syn));
        }
    }
}

/// Window scaling is in use when both SYNs offer it (RFC 7323 §2.2).
fn scales(live: &mut Live, way: Way, segment: &Arriving, offered: Option<u8>) {
    let [opener, acceptor] = &mut live.halves;
    let (own, peer) = match way {
        Way::FromOpener => (opener, acceptor),
        Way::FromAcceptor => (acceptor, opener),
    };
    if let Some(shift) = offered {
        own.lane.scale = Scale::Shift(shift);
    }
    if own.lane.scale == Scale::Unknown {
        own.lane.scale = Scale::Off;
        peer.lane.scale = Scale::Off;
    } else if segment.has(TcpFlags::ACK) && peer.lane.scale == Scale::Off {
        own.lane.scale = Scale::Off;
    }
}

/// Completeness after this segment. Only a SYN that begins a connection counts as its SYN.
#[inline]
fn grown(before: u8, segment: &Arriving) -> u8 {
    let mut now = before;
    let syn_ack = segment.flags & SYN_ACK;
    if segment.begins {
        if syn_ack == TcpFlags::SYN {
            now |= complete::SYN;
            if segment.len > 0 {
                now |= complete::DATA;
            }
        }
        return now;
    }
    if syn_ack == SYN_ACK {
        now |= complete::SYN_ACK;
    } else if syn_ack == TcpFlags::ACK {
        now |= if segment.len > 0 {
            complete::DATA
        } else {
            complete::ACK
        };
    }
    if segment.flags.contains(TcpFlags::FIN.union(TcpFlags::ACK)) {
        now |= complete::FIN;
    }
    if segment.has(TcpFlags::RST) {
        now |= complete::RST;
    }
    now
}
