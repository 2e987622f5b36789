//! A capture is judged: one look at each packet, then one at each connection, in bounded memory.

mod holes;

use crate::model::{Frame, Span, Time, Vantage};
use crate::protocol::decode::{Body, Checksum, Packet, TcpFlags};
use crate::protocol::follow::{
    Analysis, Anomaly, Connection, Conversation, Followed, HopChanges, Segment, Sighting, Tracker,
};

use super::judgement::{
    AcksFirst, BegunBefore, ClockSteps, CopiesSeen, CutPackets, CutSyns, InterfaceCount, Judgement,
    Offloaded, OneWay, OtherCopies, SniffedNear,
};
use holes::Holes;

/// So many interfaces are counted one by one; packets of further ones with the last.
const INTERFACES: usize = 64;
/// A round trip below this has no halves that tell of a path: what takes the time are the hosts.
const A_PATH: Span = Span::from_ms(1);

/// Judges a capture.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    before: Option<Time>,
    clock: Option<ClockSteps>,
    cut: Option<CutPackets>,
    syns_cut: Option<CutSyns>,
    interfaces: Vec<InterfaceCount>,
    segments: u64,
    copies: Option<CopiesSeen>,
    /// SYN ACKs that are the same to the last bit: copies, where all else is there twice.
    twins: u64,
    other_copies: Option<OtherCopies>,
    /// Copies by what they differ in.
    differ: [u64; 32],
    sums: u64,
    acks_first: Option<AcksFirst>,
    holes: Holes,
}

impl Judge {
    /// Looks at a packet.
    #[inline]
    pub fn packet<'p>(
        &mut self,
        number: u32,
        frame: &Frame<'_>,
        followed: &Followed,
        packet: impl FnOnce() -> &'p Packet<'p>,
    ) {
        if self.before.is_some_and(|before| frame.at < before) {
            self.step_back(number, frame.at);
        }
        self.before = Some(frame.at);
        self.interface(frame.vantage);
        if matches!(followed.conversation, Some(Conversation::Tcp(_))) {
            self.segments += u64::from(followed.quoted.is_none());
        }
        self.sums += u64::from(followed.checksum == Checksum::Offloaded);
        if frame.bytes.len() < frame.orig_len as usize {
            self.cut(number, frame.bytes.len(), packet());
        }
        if let Some(same) = followed.same.filter(|same| same.copied) {
            let copies = self.other_copies.get_or_insert(OtherCopies {
                copies: 0,
                first: number,
                of: same.of.frame,
                longest: Span::ZERO,
            });
            copies.copies += 1;
            copies.longest = copies.longest.max(same.of.ago);
        }
        if let Some(segment) = &followed.segment
            && !segment.analysis.is_empty()
        {
            self.segment(number, frame.at, followed, segment);
        }
    }

    #[cold]
    fn step_back(&mut self, number: u32, at: Time) {
        let by = self.before.map_or(Span::ZERO, |before| before.since(at));
        let clock = self.clock.get_or_insert(ClockSteps {
            steps: 0,
            first: number,
            at: number,
            by,
        });
        clock.steps += 1;
        if by > clock.by {
            (clock.at, clock.by) = (number, by);
        }
    }

    #[inline]
    fn interface(&mut self, vantage: Vantage) {
        let Vantage::File(interface) = vantage else {
            return;
        };
        let full = self.interfaces.len() >= INTERFACES;
        let known = self
            .interfaces
            .iter()
            .position(|c| c.interface == interface);
        let last = full.then_some(INTERFACES - 1);
        match known.or(last).and_then(|at| self.interfaces.get_mut(at)) {
            Some(count) => count.packets += 1,
            None => self.interfaces.push(InterfaceCount {
                interface,
                packets: 1,
            }),
        }
    }

    fn cut(&mut self, number: u32, len: usize, packet: &Packet<'_>) {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        let cut = self.cut.get_or_insert(CutPackets {
            packets: 0,
            first: number,
            longest: 0,
        });
        cut.packets += 1;
        cut.longest = cut.longest.max(len);
        if let Body::Tcp(tcp) = &packet.body
            && tcp.flags.contains(TcpFlags::SYN)
            && packet
                .problems
                .iter()
                .any(|problem| problem.name == "tcp-header-cut")
        {
            let syns = self.syns_cut.get_or_insert(CutSyns {
                syns: 0,
                first: number,
            });
            syns.syns += 1;
        }
    }

    /// A segment with a verdict.
    fn segment(&mut self, number: u32, at: Time, followed: &Followed, segment: &Segment) {
        if let Some(Anomaly::Twin { .. }) = segment.why.anomaly {
            self.twins += 1;
            return;
        }
        if let Some(Anomaly::Duplicated { of, hop }) = segment.why.anomaly {
            let copies = self.copies.get_or_insert(CopiesSeen {
                copies: 0,
                segments: 0,
                first: number,
                of: of.frame,
                differs: HopChanges::empty(),
                longest: Span::ZERO,
            });
            copies.copies += 1;
            copies.longest = copies.longest.max(of.ago);
            if let Some(count) = self.differ.get_mut(usize::from(hop.bits())) {
                *count += 1;
            }
            return;
        }
        let Some(Conversation::Tcp(stream)) = followed.conversation else {
            return;
        };
        let way = followed.way;
        if segment.why.missing > 0 && segment.analysis.contains(Analysis::LOST_SEGMENT) {
            self.holes.skipped((stream, way), segment);
        }
        if segment.why.unseen.is_some() {
            self.holes
                .acknowledged((stream, way.back()), segment, number, at);
        }
        if segment.flags.contains(TcpFlags::ACK) && !segment.flags.contains(TcpFlags::RST) {
            self.holes.contradicted((stream, way.back()), segment);
        }
        let first = matches!(segment.why.sighting, None | Some(Sighting::First { .. }));
        if segment.len > 0
            && first
            && let Some(acked) = self.holes.filled((stream, way), segment)
            && segment.why.anomaly.is_none()
        {
            self.behind_its_ack(number, at.since(acked.at), acked.frame);
        }
    }

    fn behind_its_ack(&mut self, number: u32, after: Span, acknowledged_in: u32) {
        let all = self.acks_first.get_or_insert(AcksFirst {
            segments: 0,
            first: number,
            acknowledged_in,
            longest: Span::ZERO,
        });
        all.segments += 1;
        all.longest = all.longest.max(after);
    }

    /// What it comes to, with what is known of the connections that are told of, and what the sniffers say that they dropped.
    #[must_use]
    pub fn judgements(
        &self,
        follow: &Tracker,
        tells_of: impl Fn(&Connection) -> bool,
        dropped: Option<u64>,
    ) -> Vec<Judgement> {
        let known = ConnectionsSeen::of(
            follow
                .connections()
                .filter(|connection| tells_of(connection)),
        );
        let fin = |stream, way| {
            let side = follow.connection(Conversation::Tcp(stream))?.side(way);
            Some(side.fin?.relative_to(side.base?))
        };
        let merged = known.merged;
        let offloaded = Offloaded {
            merged,
            sums: self.sums,
        };
        let several = self.interfaces.len() > 1;
        [
            self.copies().map(Judgement::Copies),
            self.other_copies.map(Judgement::OtherCopies),
            self.clock.map(Judgement::ClockBack),
            self.acks_first.map(Judgement::AcksFirst),
            known.one_way.map(Judgement::OneWay),
            dropped.filter(|count| *count > 0).map(Judgement::Dropped),
            self.holes.unseen(fin).map(Judgement::Unseen),
            self.cut.map(Judgement::Cut),
            self.syns_cut.map(Judgement::SynCut),
            known.begun.map(Judgement::Begun),
            (merged > 0 || self.sums > 0).then_some(Judgement::Offloaded(offloaded)),
            several.then(|| Judgement::Interfaces(self.interfaces.clone())),
            known.near.map(Judgement::Near),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn copies(&self) -> Option<CopiesSeen> {
        let most = (0_u8..).zip(self.differ).max_by_key(|(_, count)| *count);
        let differs = most.map_or(HopChanges::empty(), |(bits, _)| {
            HopChanges::from_bits_truncate(bits)
        });
        self.copies.map(|copies| {
            let with_twins = copies.copies + self.twins;
            let all = with_twins * 2 == self.segments;
            CopiesSeen {
                copies: if all { with_twins } else { copies.copies },
                segments: self.segments,
                differs,
                ..copies
            }
        })
    }
}

/// What connections say of their capture.
#[derive(Default)]
struct ConnectionsSeen {
    one_way: Option<OneWay>,
    begun: Option<BegunBefore>,
    near: Option<SniffedNear>,
    merged: u64,
}

impl ConnectionsSeen {
    fn of(connections: impl Iterator<Item = Connection>) -> Self {
        let mut known = Self::default();
        for connection in connections {
            known.connection(&connection);
        }
        known
    }

    fn connection(&mut self, connection: &Connection) {
        use crate::protocol::follow::Way::{FromAcceptor, FromOpener};
        let number = connection.number();
        if let Some(absent) = connection.absent()
            && let Some(acknowledged) = connection.side(absent.back()).acknowledged
            && let Some(acknowledged) = acknowledged.checked_sub(1).filter(|n| *n > 0)
        {
            let all = self.one_way.get_or_insert(OneWay {
                connections: 0,
                first: number,
                acknowledged: 0,
            });
            all.connections += 1;
            all.acknowledged += u64::from(acknowledged);
        }
        if connection.scale_unknown() {
            let all = self.begun.get_or_insert(BegunBefore {
                connections: 0,
                first: number,
            });
            all.connections += 1;
        }
        self.near(connection);
        for way in [FromOpener, FromAcceptor] {
            self.merged += u64::from(connection.side(way).merged);
        }
    }

    fn near(&mut self, connection: &Connection) {
        let Some(halves) = connection.halves() else {
            return;
        };
        let (there, back) = (halves.to_acceptor.ns(), halves.to_opener.ns());
        let whole = there.saturating_add(back);
        if whole < A_PATH.ns() {
            return;
        }
        let near = self.near.get_or_insert(SniffedNear {
            opener: 0,
            acceptor: 0,
            between: 0,
            stream: connection.number(),
            to_acceptor: halves.to_acceptor,
            to_opener: halves.to_opener,
        });
        if back <= whole / 8 {
            near.opener += 1;
        } else if there <= whole / 8 {
            near.acceptor += 1;
        } else {
            near.between += 1;
        }
    }
}
