//! One run of a grid, measured from its facts.

use std::collections::BTreeMap;

use super::quantiles::Between;
use super::spec::{RunSpec, Transport};
use crate::explain::MomentSink as _;
use crate::explain::compare::transfer::Transfer;
use crate::model::number::signed;
use crate::model::{Fact, Fate, HostId, Outcome, Span, Trouble, Verdict};

/// Takes the facts of one run.
#[derive(Debug)]
pub struct Meter {
    which: RunSpec,
    count: u32,
    limit: Span,
    /// Of calls only: what the frames were is of no interest here.
    transfer: Transfer,
    frames: BTreeMap<HostId, u32>,
    lost: BTreeMap<HostId, Vec<u32>>,
    /// Frames of the client that did not arrive as they were sent.
    harmed: u32,
}

/// What one run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Which run of the grid.
    pub which: RunSpec,
    /// How it ended.
    pub ended: TrialEnd,
    /// Bytes that were to be sent.
    pub of: u64,
    /// Bytes that the receiving program got; of datagrams those of whole messages, each once.
    pub bytes: u64,
    /// Until when the program read something new, from the beginning of `connect` or of the first `sendto`; none
    /// when nothing came.
    pub last_byte: Option<Span>,
    /// The same as what counts for the comparison: longer than the limit where the run had not ended.
    pub took: Took,
    /// How long it might take.
    pub limit: Span,
    /// How many frames each host put on the wire.
    pub frames: BTreeMap<HostId, u32>,
    /// Which of them the wire took away, each host's counted from 1.
    pub lost: BTreeMap<HostId, Vec<u32>>,
    /// Datagrams that the wire delivered and that no call gave, at least: for want of room in the receive buffer.
    pub unread: u32,
}

/// How a run of a grid ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrialEnd {
    /// By itself: all had come, or nothing more could.
    Done,
    /// Its time was over before.
    OutOfTime,
    /// A call failed.
    Failed {
        /// Its errno's name, `ECONNRESET`.
        errno: String,
    },
    /// The relay missed frames: what came of it is no measurement.
    NotWhole,
}

/// Until the last byte was read; in the order of how long that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Took {
    /// It was read after this time.
    Time(Span),
    /// Longer than the run might take.
    Longer,
    /// There was no last byte: nothing came, or a call failed before it.
    Never,
}

impl Between for Took {
    /// Between a time and what has none lies nothing that can be said but that it is longer.
    fn between(self, above: Self, quarters: usize) -> Self {
        match (self, above) {
            (Self::Time(from), Self::Time(to)) => {
                let step = (to.ns() - from.ns()).saturating_mul(signed(quarters)) / 4;
                Self::Time(Span::from_ns(from.ns() + step))
            }
            _ => above,
        }
    }
}

impl Meter {
    /// A meter for this run of `count` messages, which may take `limit`.
    #[must_use]
    pub fn new(which: RunSpec, count: u32, limit: Span) -> Self {
        Self {
            which,
            count,
            limit,
            transfer: Transfer::new(),
            frames: BTreeMap::new(),
            lost: BTreeMap::new(),
            harmed: 0,
        }
    }

    /// Takes the next fact; true when everything has come, so that nothing more is to be measured.
    pub fn fact(&mut self, fact: &Fact<'_>) -> bool {
        match fact {
            Fact::Fate(fate) => self.fate(fate),
            Fact::Call(_) => self.transfer.fact(fact),
            Fact::Returned(_) => {
                self.transfer.fact(fact);
                return self.has_all();
            }
            _ => {}
        }
        false
    }

    fn fate(&mut self, fate: &Fate) {
        let number = self.frames.entry(fate.from).or_insert(0);
        *number += 1;
        let is_lost = fate.verdict.ends_it();
        if is_lost {
            self.lost.entry(fate.from).or_default().push(*number);
        }
        let harmed = is_lost || matches!(fate.verdict, Verdict::Corrupted(_));
        self.harmed += u32::from(harmed && fate.from == HostId::CLIENT);
    }

    fn of(&self) -> u64 {
        self.which.size.saturating_mul(self.count.into())
    }

    fn has_all(&self) -> bool {
        match self.which.transport {
            Transport::Tcp => self.stream() >= self.of(),
            Transport::Udp => {
                let pieces = self.transfer.received_by(HostId::SERVER).count();
                pieces >= self.count as usize && self.messages().0 >= self.count
            }
        }
    }

    /// Bytes that came out of the stream.
    fn stream(&self) -> u64 {
        let pieces = self.transfer.received_by(HostId::SERVER);
        pieces.map(|piece| piece.len).sum()
    }

    /// How many messages came whole, each counted once, and when the last new one was read.
    fn messages(&self) -> (u32, Option<Span>) {
        let all = self
            .transfer
            .messages_that_came(HostId::CLIENT, HostId::SERVER);
        let mut seen = vec![false; self.count as usize];
        let (mut count, mut last) = (0, None);
        for (number, piece) in all.into_iter().filter(|(_, piece)| !piece.cut) {
            if let Some(seen) = seen.get_mut(number - 1)
                && !*seen
            {
                *seen = true;
                count += 1;
                last = self.transfer.since_begun(piece.at);
            }
        }
        (count, last)
    }

    /// The run is over: what it came to; none when somebody broke it off.
    #[must_use]
    pub fn finish(self, outcome: &Outcome) -> Option<Trial> {
        let (messages, bytes, last_byte) = match self.which.transport {
            Transport::Tcp => (0, self.stream(), self.transfer.last_byte()),
            Transport::Udp => {
                let (messages, last) = self.messages();
                (messages, self.which.size * u64::from(messages), last)
            }
        };
        let ended = self.ended(outcome)?;
        let took = match (&ended, last_byte) {
            (TrialEnd::OutOfTime, _) => Took::Longer,
            (TrialEnd::Done, Some(last)) => Took::Time(last),
            _ => Took::Never,
        };
        let all_went = self.which.transport == Transport::Udp && ended == TrialEnd::Done;
        let missing = self
            .count
            .saturating_sub(messages)
            .saturating_sub(self.harmed);
        Some(Trial {
            which: self.which,
            of: self.of(),
            bytes,
            last_byte,
            took,
            limit: self.limit,
            unread: if all_went { missing } else { 0 },
            ended,
            frames: self.frames,
            lost: self.lost,
        })
    }

    fn ended(&self, outcome: &Outcome) -> Option<TrialEnd> {
        let troubles = &outcome.troubles;
        let of = |is: fn(&Trouble) -> bool| troubles.iter().any(is);
        let failed = troubles.iter().find_map(|trouble| match trouble {
            Trouble::CallFailed { errno, .. } => Some(errno.raw().to_owned()),
            _ => None,
        });
        Some(
            if of(|trouble| matches!(trouble, Trouble::Overrun { .. })) {
                TrialEnd::NotWhole
            } else if self.has_all() {
                TrialEnd::Done
            } else if of(|trouble| *trouble == Trouble::Interrupted) {
                return None;
            } else if let Some(errno) = failed {
                TrialEnd::Failed { errno }
            } else if of(|trouble| matches!(trouble, Trouble::Stuck { .. })) {
                TrialEnd::OutOfTime
            } else {
                TrialEnd::Done
            },
        )
    }
}

impl Trial {
    /// Bits per second that the receiving program got, from the first call to the last byte read; where the run had
    /// not ended, over all the time that it might take.
    #[must_use]
    pub fn goodput(&self) -> u64 {
        let time = match self.ended {
            TrialEnd::OutOfTime => Some(self.limit),
            _ => self.last_byte,
        };
        let ns = time.map_or(0, |time| time.ns().unsigned_abs());
        let bits = u128::from(self.bytes) * 8 * 1_000_000_000;
        u64::try_from(bits.checked_div(ns.into()).unwrap_or(0)).unwrap_or(u64::MAX)
    }

    /// What came of what was sent, in parts per million.
    #[must_use]
    pub fn delivered(&self) -> u32 {
        let share = u128::from(self.bytes) * 1_000_000;
        u32::try_from(share.checked_div(self.of.into()).unwrap_or(0)).unwrap_or(u32::MAX)
    }
}
