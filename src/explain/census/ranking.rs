//! What became of a connection, and how odd that is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::protocol::follow::{ClosedHow, Connection, OpenedHow, Troubles, Way};

/// What became of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionOutcome {
    /// How it opened.
    pub opened: OpenedHow,
    /// How it closed.
    pub closed: ClosedHow,
    /// What went wrong, both directions together.
    pub troubles: Troubles,
}

/// What became of one connection.
#[must_use]
pub fn outcome(connection: &Connection) -> ConnectionOutcome {
    let [one, other] =
        [Way::FromOpener, Way::FromAcceptor].map(|way| connection.side(way).troubles);
    ConnectionOutcome {
        opened: connection.opened(),
        closed: connection.closed(),
        troubles: one.plus(other),
    }
}

/// How many connections had which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCounts {
    /// Connections of any kind.
    pub all: u64,
    /// Opened by a whole handshake, or by a simultaneous one.
    pub opened: u64,
    /// Open before the capture began.
    pub running: u64,
    /// A SYN that nobody answered.
    pub unanswered: u64,
    /// A SYN answered by a RST.
    pub refused: u64,
    /// Half a handshake.
    pub unfinished: u64,
    /// Of one side alone, the other's packets are not in the capture.
    pub one_sided: u64,
    /// Closed by FINs of both sides.
    pub closed: u64,
    /// Ended by a RST after it was open.
    pub reset: u64,
    /// Still open at the capture's end, as far as it shows.
    pub open: u64,
    /// With any trouble on the way.
    pub troubled: u64,
}

impl OutcomeCounts {
    pub(super) fn count(&mut self, outcome: &ConnectionOutcome) {
        self.all += 1;
        let never = match outcome.opened {
            OpenedHow::Handshake | OpenedHow::Simultaneous => {
                self.opened += 1;
                false
            }
            OpenedHow::NotSeen => {
                self.running += 1;
                false
            }
            OpenedHow::Unanswered => {
                self.unanswered += 1;
                true
            }
            OpenedHow::Refused => {
                self.refused += 1;
                true
            }
            OpenedHow::Unfinished => {
                self.unfinished += 1;
                false
            }
            OpenedHow::OneSide => {
                self.one_sided += 1;
                false
            }
        };
        self.troubled += u64::from(outcome.troubles.any());
        match outcome.closed {
            _ if never => {}
            ClosedHow::Reset => self.reset += 1,
            ClosedHow::Missing | ClosedHow::HalfOpen => self.open += 1,
            _ => self.closed += 1,
        }
    }
}

/// How odd a connection is: what a learner, or somebody who looks for a fault, should see first. 0 for a
/// handshake, data, and a close in three or four segments.
#[must_use]
pub fn oddness(connection: &Connection) -> u32 {
    let opening = match connection.opened() {
        OpenedHow::Handshake => 0,
        OpenedHow::NotSeen => 5,
        OpenedHow::Simultaneous => 150,
        OpenedHow::Unfinished => 90,
        OpenedHow::OneSide => 70,
        OpenedHow::Refused => 100,
        OpenedHow::Unanswered => 80,
    };
    let closing = match connection.closed() {
        ClosedHow::FourSegment | ClosedHow::ThreeSegment => 0,
        ClosedHow::Missing => 10,
        ClosedHow::HalfOpen => 30,
        ClosedHow::HalfClose => 40,
        ClosedHow::Reset => 60,
        ClosedHow::Simultaneous => 120,
    };
    let troubles = outcome(connection).troubles;
    // Each kind weighs once, its amount a little: a hundred resends are not a hundred times odder than one.
    let kinds = [
        (troubles.resent, 30),
        (troubles.zero_windows, 50),
        (troubles.disordered, 20),
        (troubles.lost, 20),
        (troubles.unseen, 20),
        (troubles.duplicates, 5),
    ];
    let trouble: u32 = kinds
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, weight)| weight + (u16::BITS - count.leading_zeros()))
        .sum();
    opening + closing + trouble + u32::from(connection.reused()) * 10
}

/// The few oddest of many, without keeping the rest.
#[derive(Debug)]
pub(super) struct Oddest {
    most: usize,
    /// The least odd is at the top.
    heap: BinaryHeap<Reverse<(u32, Reverse<u32>)>>,
}

impl Oddest {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            heap: BinaryHeap::new(),
        }
    }

    /// Considers one: of equally odd ones the earlier stays.
    pub(super) fn add(&mut self, number: u32, oddness: u32) {
        self.heap.push(Reverse((oddness, Reverse(number))));
        if self.heap.len() > self.most {
            self.heap.pop();
        }
    }

    /// The oddest first.
    pub(super) fn into_numbers(self) -> Vec<u32> {
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|Reverse((_, Reverse(number)))| number)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oddest_come_first_and_of_equals_the_earlier() {
        let mut oddest = Oddest::new(3);
        for (number, oddness) in [(0, 5), (1, 9), (2, 5), (3, 0), (4, 9), (5, 5)] {
            oddest.add(number, oddness);
        }
        assert_eq!(oddest.into_numbers(), [1, 4, 0]);
    }
}
