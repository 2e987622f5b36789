//! How a connection ends: judged by what the acknowledgements cover, never by counting segments.
//!
//! Data sent just before a FIN get an acknowledgement of their own, which may be seen after the FIN has left:
//! a count would take it for the FIN's.

use crate::model::Seq;
use crate::protocol::decode::TcpFlags;

use super::followed::{ClosedHow, Way};
use super::incoming::IncomingSegment;

/// The ending of one connection so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CloseState {
    /// The number after each side's FIN: opener's, acceptor's.
    fins: [Option<Seq>; 2],
    /// Whose FIN was seen first.
    first: Option<Way>,
    /// The first FIN was acknowledged by a segment that was no FIN itself.
    alone: bool,
    /// After that, the other side sent data.
    went_on: bool,
    /// The second FIN acknowledged the first.
    answered: bool,
    /// Each FIN is acknowledged: opener's, acceptor's.
    covered: [bool; 2],
    /// Who gave up.
    reset: Option<Way>,
}

impl CloseState {
    /// Takes a segment of this side.
    #[inline]
    pub(super) fn segment(&mut self, way: Way, segment: &IncomingSegment) {
        let fin = segment.has(TcpFlags::FIN);
        if !fin && self.first.is_none() && !segment.has(TcpFlags::RST) {
            return;
        }
        self.closing(way, segment, fin);
    }

    fn closing(&mut self, way: Way, segment: &IncomingSegment, fin: bool) {
        if segment.has(TcpFlags::RST) && !self.complete() {
            self.reset = Some(way);
        }
        let news = fin && self.fins[way as usize].is_none();
        if news {
            self.fins[way as usize] = Some(segment.data_end().plus(1));
        }
        let peer = way.back();
        let covers = self.fins[peer as usize].is_some_and(|end| segment.acks(end));
        if self.first == Some(peer) {
            let second = self.fins[way as usize].is_some();
            if !second && covers {
                self.went_on |= self.alone && segment.len > 0;
                self.alone = true;
            }
            if news {
                self.went_on |= self.alone && segment.len > 0;
                self.answered = covers;
            }
        }
        self.covered[peer as usize] |= covers;
        if news && self.first.is_none() {
            self.first = Some(way);
        }
    }

    /// Nothing more is to come: both FINs are acknowledged, or one side gave up.
    #[inline]
    pub(super) fn complete(&self) -> bool {
        self.reset.is_some() || self.covered == [true; 2]
    }

    /// Which way it ended, so far.
    pub(super) fn how(&self) -> ClosedHow {
        let Some(first) = self.first.filter(|_| self.reset.is_none()) else {
            return if self.reset.is_some() {
                ClosedHow::Reset
            } else {
                ClosedHow::Missing
            };
        };
        if self.fins[first.back() as usize].is_none() {
            ClosedHow::HalfOpen
        } else if self.alone && self.went_on {
            ClosedHow::HalfClose
        } else if self.alone {
            ClosedHow::FourSegment
        } else if self.answered {
            ClosedHow::ThreeSegment
        } else {
            ClosedHow::Simultaneous
        }
    }

    /// The side that has to wait in TIME-WAIT (RFC 9293 §3.3.2): the one that sent the first FIN, once the other side's came.
    /// After a simultaneous close both wait; the one whose FIN was seen first is given.
    pub(super) fn waits(&self) -> Option<Way> {
        self.first
            .filter(|first| self.reset.is_none() && self.fins[first.back() as usize].is_some())
    }

    /// The side whose RST ended it.
    pub(super) fn resetter(&self) -> Option<Way> {
        self.reset
    }

    /// The numbers after each side's FIN: opener's, acceptor's.
    pub(super) const fn fins(&self) -> [Option<Seq>; 2] {
        self.fins
    }

    /// All but [`Self::fins`], in few bits.
    pub(super) fn marks(&self) -> u16 {
        let side = |way: Option<Way>| way.map_or(0, |way| way as u16 + 1);
        let [opener, acceptor] = self.covered;
        let flags = [self.alone, self.went_on, self.answered, opener, acceptor];
        let flags = flags
            .iter()
            .rev()
            .fold(0, |all, flag| all << 1 | u16::from(*flag));
        flags << 4 | side(self.first) << 2 | side(self.reset)
    }

    /// The one with these marks.
    pub(super) fn of(marks: u16, fins: [Option<Seq>; 2]) -> Self {
        const fn side(bits: u16) -> Option<Way> {
            match bits & 3 {
                1 => Some(Way::FromOpener),
                2 => Some(Way::FromAcceptor),
                _ => None,
            }
        }
        let flag = |bit: u16| marks >> (4 + bit) & 1 == 1;
        Self {
            fins,
            first: side(marks >> 2),
            alone: flag(0),
            went_on: flag(1),
            answered: flag(2),
            covered: [flag(3), flag(4)],
            reset: side(marks),
        }
    }

    /// The number of this side's FIN.
    pub(super) fn fin(&self, way: Way) -> Option<Seq> {
        self.fins[way as usize].map(|end| end.minus(1))
    }
}
