//! What became of the bytes of a connection: in which pieces the program handed them over, in which segments they went, in which
//! pieces the other program got them. A byte stream keeps none of those boundaries.

use crate::model::number::signed;
use crate::model::{Arg, CallName, CallResult, Endpoint, HostId};
use crate::protocol::follow::{Conversation, Way};

use super::{CallMoment, Moment, MomentSink, Transit, TransitPhase, What};

/// Pieces that are kept of each kind.
pub const MOST: usize = 2_000;

/// One direction of the first TCP connection of a story.
#[derive(Clone, Debug, Default)]
pub struct StreamWay {
    /// What send() and its kin took, in order.
    pub sends: Vec<StreamPiece>,
    /// Segments with data, as they left; what was sent again stands there again.
    pub segments: Vec<StreamPiece>,
    /// What recv() and its kin gave.
    pub receives: Vec<StreamPiece>,
}

/// A piece of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamPiece {
    /// The number of the moment that tells of it, from 1.
    pub moment: u32,
    /// Its first byte, from 0.
    pub from: u64,
    /// One past its last.
    pub to: u64,
    /// These bytes had been sent before.
    pub again: bool,
    /// The wire took it away.
    pub lost: bool,
}

/// The pieces of the first TCP connection. Calls are counted as long as their hosts have no further one.
#[derive(Clone, Debug, Default)]
pub struct ByteStreams {
    /// From the opener, from the acceptor.
    pub ways: [StreamWay; 2],
    /// Their hosts; none of a foreign file.
    pub hosts: [Option<HostId>; 2],
    /// Their endpoints.
    pub ends: Option<(Endpoint, Endpoint)>,
    /// There is more than one connection: whose calls are whose is not known.
    pub several: bool,
    moments: u32,
    /// Calls before it is known whose connection they belong to.
    early: Vec<(HostId, bool, StreamPiece)>,
}

impl ByteStreams {
    fn transit(&mut self, transit: &Transit) {
        let Some(Conversation::Tcp(stream)) = transit.followed.conversation else {
            return;
        };
        if stream > 0 {
            self.several = true;
            return;
        }
        let way = transit.followed.way;
        if let (None, Some((from, to))) = (self.ends, transit.followed.ends) {
            let forward = way == Way::FromOpener;
            self.ends = Some(if forward { (from, to) } else { (to, from) });
            self.hosts = [transit.from, transit.to];
            if !forward {
                self.hosts.reverse();
            }
            for (host, sends, piece) in std::mem::take(&mut self.early) {
                self.called(host, sends, piece);
            }
        }
        let Some(segment) = transit.followed.segment.as_ref().filter(|s| s.len > 0) else {
            return;
        };
        if transit.phase == TransitPhase::Arrived && transit.sent.is_some() || transit.copy > 0 {
            return;
        }
        // The SYN took number 0.
        let from = u64::from(segment.rel_seq.saturating_sub(1));
        let fate = transit.fate.as_deref();
        let piece = StreamPiece {
            moment: self.moments,
            from,
            to: from + u64::from(segment.len),
            again: segment.is_resend() || segment.why.before.is_some(),
            lost: transit.phase == TransitPhase::Lost
                || fate.is_some_and(|fate| fate.verdict.ends_it()),
        };
        let pieces = &mut self.ways[usize::from(way == Way::FromAcceptor)].segments;
        if pieces.len() < MOST {
            pieces.push(piece);
        }
    }

    fn call(&mut self, call: &CallMoment) {
        let Some(returned) = call.returned.as_deref() else {
            return;
        };
        let CallResult::Ok { value, out } = &returned.result else {
            return;
        };
        let sends = matches!(
            call.call.name,
            CallName::Send | CallName::Sendto | CallName::Sendmsg
        );
        let receives = matches!(
            call.call.name,
            CallName::Recv | CallName::Recvfrom | CallName::Recvmsg
        );
        // A look (MSG_PEEK) takes nothing.
        let peeks = |arg: &Arg| matches!(arg, Arg::Word(word) if word.raw().contains("MSG_PEEK"));
        let looks = call.call.args.iter().chain(out).any(peeks);
        let len = u64::try_from(*value).unwrap_or(0);
        if !(sends || receives) || looks || len == 0 {
            return;
        }
        let piece = StreamPiece {
            moment: self.moments,
            from: 0,
            to: len,
            again: false,
            lost: false,
        };
        self.called(call.call.host, sends, piece);
    }

    /// Behind what the same program sent, or received, before.
    fn called(&mut self, host: HostId, sends: bool, piece: StreamPiece) {
        if self.ends.is_none() {
            if self.early.len() < MOST {
                self.early.push((host, sends, piece));
            }
            return;
        }
        let Some(side) = self.hosts.iter().position(|known| *known == Some(host)) else {
            return;
        };
        let pieces = if sends {
            &mut self.ways[side].sends
        } else {
            &mut self.ways[1 - side].receives
        };
        let from = pieces.last().map_or(0, |last| last.to);
        if pieces.len() < MOST {
            pieces.push(StreamPiece {
                from,
                to: from + piece.to,
                ..piece
            });
        }
    }

    /// The ways that carry something, with the host that sends: 0 the opener's, 1 the acceptor's.
    pub fn used(&self) -> impl Iterator<Item = (usize, &StreamWay)> {
        let used = |way: &StreamWay| !way.segments.is_empty() || !way.sends.is_empty();
        let ways = self.ways.iter().enumerate();
        ways.filter(move |(_, way)| used(way) && !self.several)
    }
}

impl StreamWay {
    /// One past the last byte of all pieces.
    #[must_use]
    pub fn end(&self) -> u64 {
        let all = self
            .sends
            .iter()
            .chain(&self.segments)
            .chain(&self.receives);
        all.map(|piece| piece.to).max().unwrap_or(0)
    }

    /// Pieces of each kind.
    #[must_use]
    pub fn counts(&self) -> [i64; 3] {
        [&self.sends, &self.segments, &self.receives].map(|pieces| signed(pieces.len()))
    }
}

impl MomentSink for ByteStreams {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        self.moments = self.moments.saturating_add(1);
        match &moment.what {
            What::Transit(transit) => self.transit(transit),
            What::Call(call) => self.call(call),
            _ => {}
        }
    }
}
