//! One thing observed. A recording is an ordered stream of facts.

use super::{
    Call, Delivery, Fate, Frame, Hole, HostDrop, Outcome, ProcessSeen, ProgramEnd, Returned,
    Setting, StateSeen, Time,
};

/// One thing observed. The order of a stream of facts is the recording's order: it was merged by time
/// once, when the run was live, and is never sorted again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented at its type")]
pub enum Fact<'a> {
    /// A setting; `at` is when it was recorded.
    Setting {
        at: Time,
        setting: Setting,
    },
    Frame(Frame<'a>),
    Call(Call),
    Returned(Returned),
    State(StateSeen),
    Fate(Fate),
    Delivery(Delivery),
    Hole(Hole),
    Program(ProgramEnd),
    Process(ProcessSeen),
    Dropped(HostDrop),
    Outcome(Outcome),
}

impl Fact<'_> {
    /// When it was observed.
    #[must_use]
    pub const fn at(&self) -> Time {
        match self {
            Self::Setting { at, .. } => *at,
            Self::Frame(f) => f.at,
            Self::Call(c) => c.at,
            Self::Returned(r) => r.at,
            Self::State(s) => s.at,
            Self::Fate(f) => f.at,
            Self::Delivery(d) => d.at,
            Self::Hole(h) => h.at,
            Self::Program(p) => p.at,
            Self::Process(p) => p.at,
            Self::Dropped(d) => d.at,
            Self::Outcome(o) => o.at,
        }
    }

    /// The same fact with bytes of its own.
    #[must_use]
    pub fn into_owned(self) -> Fact<'static> {
        match self {
            Self::Frame(f) => Fact::Frame(f.into_owned()),
            Self::Setting { at, setting } => Fact::Setting { at, setting },
            Self::Call(c) => Fact::Call(c),
            Self::Returned(r) => Fact::Returned(r),
            Self::State(s) => Fact::State(s),
            Self::Fate(f) => Fact::Fate(f),
            Self::Delivery(d) => Fact::Delivery(d),
            Self::Hole(h) => Fact::Hole(h),
            Self::Program(p) => Fact::Program(p),
            Self::Process(p) => Fact::Process(p),
            Self::Dropped(d) => Fact::Dropped(d),
            Self::Outcome(o) => Fact::Outcome(o),
        }
    }
}
