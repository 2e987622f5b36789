//! Following a TCP segment: into its connection, judged, and written down.
//!
//! The order matters and is Wireshark's: first which connection, then whether ports are used again, then the
//! verdicts by what was known before, and only then what this segment itself says (its scale, its round trip).

use crate::model::{Endpoint, Seq, Time};
use crate::protocol::decode::{Body, Checksum, Ip, Packet, SynOptions, Tcp, TcpFlags};

use super::analysis;
use super::completeness::{SYN, grown};
use super::connection::{Connection, Steps};
use super::connections::WarmConnection;
use super::direction::{Scale, TcpDirection};
use super::flow_table::hash;
use super::followed::{Analysis, ClosedHow, Conversation, Followed, Segment, Way};
use super::incoming::IncomingSegment;
use super::live::LiveState;
use super::lone_syn::LoneSyn;
use super::prepared::{Prepared, TransportHeader, measured};
use super::recovery;
use super::tracker::Tracker;
use super::why::{Anomaly, Earlier, Why};

const SYN_ACK: TcpFlags = TcpFlags::SYN.union(TcpFlags::ACK);

impl Tracker {
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
        let mut segment = header.incoming(number, at, prepared.checksum == Checksum::Wrong);
        let lacking = special.map_or(0, |(_, tcp)| 20_u32.saturating_sub(tcp.header_len.into()));
        // As it claims: all but that little is payload.
        segment.len += lacking;
        segment.spoiled |= special.is_some_and(|(ip, tcp)| lacking > 0 || !measured(ip, tcp));
        segment.compressed = self.compressed.may_carry(prepared, from.addr, to.addr);
        let known = self.connections.len();
        let stream = self.stream(&mut segment, from, to, prepared.flow);
        let (stream, reuse) = self.reuse(stream, &segment, from, to);
        let Some(WarmConnection { connection, live }) = self.connections.of(stream, replay) else {
            return;
        };
        let way = connection.way(from);
        segment.multipath = live.multipath;
        segment.asked = number == self.asked && number != 0;
        let told = &mut followed.segment;
        match special {
            Some((ip, tcp)) if !measured(ip, tcp) => {
                connection.count(way, &segment, Analysis::empty());
                if let Some(shift) = tcp.window_scale() {
                    live.halves[way as usize].direction.scale = Scale::Shift(shift.min(14));
                }
                *told = Some(unmeasured(connection, live, way, &segment));
            }
            _ => {
                let tcp = special.map(|(_, tcp)| tcp);
                if stream >= known {
                    live.lone = tcp.and_then(|tcp| lone(&segment, tcp, reuse));
                }
                let sparing = self.sparing;
                follow((connection, live), way, &segment, tcp, reuse, sparing, told);
            }
        }
        if let Some(told) = told {
            told.closed = connection.closed();
            if lacking > 0 {
                told.analysis = Analysis::empty();
            }
        }
        if segment.asked {
            self.weighed = std::mem::take(&mut live.halves[way as usize].weighed);
        }
        if connection.closing.complete() && !connection.steps.contains(Steps::DONE) {
            connection.steps |= Steps::DONE;
            self.connections.retire(stream);
        }
        if let Some((_, tcp)) = special {
            self.ftp.read(from, to, tcp.payload);
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
        let Some(header) = TransportHeader::alone(packet) else {
            return nothing;
        };
        let (from, to) = (header.from, header.to);
        let mut segment = header.incoming(number, at, false);
        segment.len = 0;
        let stream = self.stream(&mut segment, from, to, hash(from, to));
        let (stream, reuse) = self.reuse(stream, &segment, from, to);
        let Some(WarmConnection { connection, live }) = self.connections.of(stream, replay) else {
            return nothing;
        };
        live.lone = None;
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
    fn stream(
        &mut self,
        segment: &mut IncomingSegment,
        from: Endpoint,
        to: Endpoint,
        flow: u64,
    ) -> u32 {
        match self.connections.find(flow, from, to) {
            Some(stream) => stream,
            None => {
                segment.begins = !self.ftp.take(from, to);
                self.open(segment, from, to)
            }
        }
    }

    /// A new connection. Who sends a SYN opens it; whom a SYN ACK answers has opened it; else who is seen first.
    fn open(&mut self, segment: &IncomingSegment, from: Endpoint, to: Endpoint) -> u32 {
        let (opener, acceptor) = if segment.flags.contains(SYN_ACK) {
            (to, from)
        } else {
            (from, to)
        };
        let new = |number| Connection::new(number, segment.at, opener, acceptor);
        self.connections.open([opener, acceptor], new)
    }

    /// A SYN between endpoints that are known: of a new connection when its number is a new one, else the same
    /// SYN again. A SYN ACK with a new number stays in its connection, whose numbers count from there now.
    #[inline]
    fn reuse(
        &mut self,
        stream: u32,
        segment: &IncomingSegment,
        from: Endpoint,
        to: Endpoint,
    ) -> (u32, Analysis) {
        if segment.begins || !segment.has(TcpFlags::SYN) {
            return (stream, Analysis::empty());
        }
        let Some(WarmConnection { connection, live }) = self.connections.of(stream, replay) else {
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
            let direction = &mut live.halves[way as usize].direction;
            direction.next = direction.frontier;
            return (stream, Analysis::empty());
        }
        let stream = self.open(segment, from, to);
        if let Some(WarmConnection { connection, .. }) = self.connections.of(stream, replay) {
            again(connection);
        }
        (stream, Analysis::REUSED_PORTS)
    }

    /// What is known of a TCP connection so far.
    #[must_use]
    pub fn connection(&self, conversation: Conversation) -> Option<Connection> {
        match conversation {
            Conversation::Tcp(number) => self.connections.get(number, replay),
            Conversation::Udp(_) => None,
        }
    }

    /// All TCP connections, in the order of their numbers.
    pub fn connections(&self) -> impl Iterator<Item = Connection> {
        (0..self.connections.len()).filter_map(|number| self.connections.get(number, replay))
    }
}

/// A connection between endpoints that an earlier one had.
fn again(connection: &mut Connection) {
    connection.steps |= Steps::REUSED;
    connection.completeness = SYN;
}

/// A SYN with which a connection begins, to be followed anew. One with an acknowledgement would have to be followed with all its options.
#[cold]
fn lone(segment: &IncomingSegment, tcp: &Tcp<'_>, reuse: Analysis) -> Option<LoneSyn> {
    let alone = segment.has(TcpFlags::SYN) && !segment.has(TcpFlags::ACK) && !segment.asked;
    alone.then(|| LoneSyn {
        segment: *segment,
        offer: SynOptions::of(tcp),
        reused: !reuse.is_empty(),
    })
}

/// Follows such a SYN into a connection that is as it was before it.
fn replay(lone: &LoneSyn, warm: &mut WarmConnection) {
    let WarmConnection { connection, live } = warm;
    let mut reuse = Analysis::empty();
    if lone.reused {
        again(connection);
        reuse = Analysis::REUSED_PORTS;
    }
    let (segment, way) = (&lone.segment, Way::FromOpener);
    follow(
        (connection, live),
        way,
        segment,
        None,
        reuse,
        true,
        &mut None,
    );
    learn(connection, live, way, segment, &lone.offer);
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
    (connection, live): (&mut Connection, &mut LiveState),
    way: Way,
    segment: &IncomingSegment,
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
    let unseen_from = peer.direction.frontier;
    let verdict = reuse
        | analysis::judge(
            segment,
            &mut own.direction,
            &mut peer.direction,
            connection.initial_rtt(),
        );
    let verdict = if segment.compressed {
        verdict - Analysis::LOST_SEGMENT - Analysis::ACK_LOST_SEGMENT
    } else {
        verdict
    };
    let told = (!sparing || !verdict.is_empty())
        .then(|| told.insert(tell(connection, way, segment, &own.direction, verdict)));
    let ends_another = segment.has(TcpFlags::RST) && recovery::ends_another(segment, own, peer);
    let mut aside = Why::default();
    let (why, told) = match told {
        Some(told) => (&mut told.why, true),
        None => (&mut aside, false),
    };
    recovery::reasons(segment, verdict, own, peer, why);
    let elsewhere = why.anomaly.is_some_and(Anomaly::counts_elsewhere);
    if verdict.contains(Analysis::ACK_LOST_SEGMENT) && !elsewhere {
        why.unseen = recovery::acknowledges_unseen(segment, unseen_from, own, peer);
    }
    // Acknowledgements that come late do not move it back.
    let was = own.sender_state.heard();
    let taken = analysis::enter(segment, verdict, &mut own.direction, &mut peer.direction);
    if segment.has(TcpFlags::ACK) && !elsewhere {
        why.acks = taken.exact.map(|(frame, at)| Earlier {
            frame,
            ago: segment.at.since(at),
        });
        // A copy, and what comes late, say nothing of now.
        let fresh = !matches!(
            why.anomaly,
            Some(Anomaly::Duplicated { .. } | Anomaly::Reordered(_))
        );
        let rtt = why.acks.map(|acks| acks.ago).filter(|_| fresh);
        if segment.spoiled {
            peer.sender_state.answered_in_vain(segment, tcp);
        } else {
            let shown = peer.sender_state.answered(segment, tcp, was, rtt);
            if shown[0] != 0 {
                why.spurious = shown;
            }
        }
    }
    if told {
        why.in_flight = recovery::in_flight(own, peer);
        why.merged = recovery::merged(segment.len, connection.mss(way.back()), segment.options);
    }
    if !elsewhere {
        own.sender_state.sent(segment, why, own.direction.next);
    }
    own.send_order.enter(segment);
    connection.completeness = grown(connection.completeness, segment);
    if why.anomaly.is_some_and(Anomaly::is_second) {
        connection.count_copy(way, segment.at, !verdict.is_empty());
    } else {
        connection.count(way, segment, why.trouble(verdict));
        if !ends_another && !elsewhere {
            connection.closes(way, segment);
        }
    }
    round_trip(connection, live, way, segment);
    if let Some(tcp) = tcp {
        learn(connection, live, way, segment, &SynOptions::of(tcp));
    }
}

/// A judged segment in the light of its connection, before it is entered there; the reasons are still to be found.
#[inline]
fn tell(
    connection: &Connection,
    way: Way,
    segment: &IncomingSegment,
    own: &TcpDirection,
    verdict: Analysis,
) -> Segment {
    let acknowledges = segment.has(TcpFlags::ACK);
    let scale = match own.scale {
        Scale::Shift(shift) if !segment.has(TcpFlags::SYN) => Some(shift),
        Scale::Shift(_) | Scale::Off | Scale::Unknown => None,
    };
    let rel = |number: Seq, way| number.relative_to(connection.base(way).unwrap_or_default());
    Segment {
        flags: segment.flags,
        seq: segment.seq,
        ack: if acknowledges { segment.ack } else { Seq(0) },
        rel_seq: rel(segment.seq, way),
        rel_ack: if acknowledges {
            rel(segment.ack, way.back())
        } else {
            segment.ack.0
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
        // Known when it is entered.
        closed: ClosedHow::Missing,
        why: Why::default(),
    }
}

/// A segment whose length is not known, because its header claims to be longer than it is, or because it is only quoted:
/// nothing can be judged, and nothing is built on its numbers.
#[cold]
fn unmeasured(
    connection: &mut Connection,
    live: &mut LiveState,
    way: Way,
    segment: &IncomingSegment,
) -> Segment {
    let completeness = connection.completeness;
    connection.completeness = grown(completeness, segment);
    round_trip(connection, live, way, segment);
    Segment {
        flags: segment.flags,
        seq: segment.seq,
        ack: segment.ack,
        rel_seq: segment.seq.0,
        rel_ack: segment.ack.0,
        len: 0,
        window: segment.window,
        scale: None,
        analysis: Analysis::empty(),
        dup_ack_num: 0,
        completeness,
        closed: connection.closed(),
        why: Why::default(),
    }
}

/// Where relative numbers count from: a SYN's own number; without it, one before the first that is seen, so
/// that the first byte is 1. An acknowledgement tells the other side's.
#[inline]
fn bases(connection: &mut Connection, way: Way, segment: &IncomingSegment) {
    if connection.base(way).is_none() {
        let phantom = u32::from(!segment.has(TcpFlags::SYN));
        connection.set_base(way, segment.seq.minus(phantom));
    }
    if segment.has(TcpFlags::ACK) && connection.base(way.back()).is_none() {
        connection.set_base(way.back(), segment.ack.minus(1));
    }
}

/// What a segment's options tell for those after it.
#[cold]
fn learn(
    connection: &mut Connection,
    live: &mut LiveState,
    way: Way,
    segment: &IncomingSegment,
    offer: &SynOptions,
) {
    live.multipath |= offer.multipath;
    if segment.has(TcpFlags::SYN) {
        connection.introduce(way, segment.seq, offer);
        live.halves[way as usize].sender_state.permitted = offer.sack_permitted;
        live.scales(way, segment.has(TcpFlags::ACK), offer.scale);
    }
}

/// From the latest SYN to the first ACK of anybody after it.
#[inline]
fn round_trip(
    connection: &mut Connection,
    live: &mut LiveState,
    way: Way,
    segment: &IncomingSegment,
) {
    let direction = &mut live.halves[way as usize].direction;
    if segment.has(TcpFlags::SYN) {
        direction.first_ack_due = true;
        if !segment.has(TcpFlags::ACK) {
            live.syn_at = Some(segment.at);
        } else if let Some(syn) = live.syn_at
            && syn.ns() != 0
            && connection.initial_rtt().is_none()
        {
            connection.set_answer(segment.at.since(syn));
        }
    } else if segment.has(TcpFlags::ACK) {
        direction.first_ack_due = false;
        // A SYN stamped 0 is one without a stamp, as in captures that were written by hand.
        if let Some(syn) = live.syn_at
            && syn.ns() != 0
            && connection.initial_rtt().is_none()
        {
            connection.set_rtt(segment.at.since(syn));
        }
    }
}
