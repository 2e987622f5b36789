//! Facts as they stand in blocks of our own: JSON with a frame's bytes behind it.
//!
//! JSON, because a recording is also something to look into years later with whatever is at hand; frames'
//! bytes are not in it, because they would be four times as long.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::{
    Call, Delivery, Direction, Fact, Fate, Frame, Hole, HostDrop, LinkType, Outcome, ProcessSeen,
    ProgramEnd, Returned, Setting, StateSeen, Time, Vantage,
};

/// What one block of ours holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StoredFact<'a> {
    /// The first block behind the section header: this is a recording, and its packets are of this vantage.
    Recording {
        saved: Vantage,
    },
    Setting {
        at: Time,
        setting: Cow<'a, Setting>,
    },
    Call(Cow<'a, Call>),
    Returned(Cow<'a, Returned>),
    State(Cow<'a, StateSeen>),
    Fate(Cow<'a, Fate>),
    Delivery(Cow<'a, Delivery>),
    Hole(Hole),
    Program(ProgramEnd),
    Process(Cow<'a, ProcessSeen>),
    Dropped(HostDrop),
    Outcome(Cow<'a, Outcome>),
    /// A frame that is no packet of the file.
    Frame(StoredFrame),
}

/// A frame seen elsewhere than at the saved vantage.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredFrame {
    pub(super) at: Time,
    pub(super) vantage: Vantage,
    pub(super) direction: Direction,
    pub(super) link: LinkType,
    pub(super) orig_len: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) checksum_offloaded: bool,
    /// Its bytes are those of this packet of the file, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) packet: Option<u32>,
    /// … but for these (offset, value) …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) differs: Vec<(u32, u8)>,
    /// … or this many bytes behind the JSON.
    #[serde(default)]
    pub(super) len: u32,
}

impl StoredFrame {
    /// The head of a frame; where its bytes are is filled in by the recorder.
    pub(super) fn of(frame: &Frame<'_>) -> Self {
        Self {
            at: frame.at,
            vantage: frame.vantage,
            direction: frame.direction,
            link: frame.link,
            orig_len: frame.orig_len,
            checksum_offloaded: frame.checksum_offloaded,
            packet: None,
            differs: Vec::new(),
            len: 0,
        }
    }

    /// The frame, from its bytes as the saved packet has them (or as they stand behind the JSON).
    pub(super) fn with(self, bytes: &[u8]) -> Fact<'static> {
        let mut bytes = bytes.to_vec();
        for (at, value) in self.differs {
            if let Some(byte) = bytes.get_mut(at as usize) {
                *byte = value;
            }
        }
        Fact::Frame(Frame {
            at: self.at,
            vantage: self.vantage,
            direction: self.direction,
            link: self.link,
            orig_len: self.orig_len,
            checksum_offloaded: self.checksum_offloaded,
            bytes: Cow::Owned(bytes),
        })
    }
}

impl<'a> StoredFact<'a> {
    /// How a fact that is no frame is stored.
    pub(super) fn of(fact: &'a Fact<'_>) -> Self {
        match fact {
            Fact::Setting { at, setting } => Self::Setting {
                at: *at,
                setting: Cow::Borrowed(setting),
            },
            Fact::Call(call) => Self::Call(Cow::Borrowed(call)),
            Fact::Returned(returned) => Self::Returned(Cow::Borrowed(returned)),
            Fact::State(state) => Self::State(Cow::Borrowed(state)),
            Fact::Fate(fate) => Self::Fate(Cow::Borrowed(fate)),
            Fact::Delivery(delivery) => Self::Delivery(Cow::Borrowed(delivery)),
            Fact::Hole(hole) => Self::Hole(*hole),
            Fact::Program(end) => Self::Program(*end),
            Fact::Process(seen) => Self::Process(Cow::Borrowed(seen)),
            Fact::Dropped(drop) => Self::Dropped(*drop),
            Fact::Outcome(outcome) => Self::Outcome(Cow::Borrowed(outcome)),
            Fact::Frame(frame) => Self::Frame(StoredFrame::of(frame)),
        }
    }

    /// The fact; none for what is no fact by itself (the head, a frame without its bytes).
    pub(super) fn into_fact(self) -> Option<Fact<'static>> {
        Some(match self {
            Self::Setting { at, setting } => Fact::Setting {
                at,
                setting: setting.into_owned(),
            },
            Self::Call(call) => Fact::Call(call.into_owned()),
            Self::Returned(returned) => Fact::Returned(returned.into_owned()),
            Self::State(state) => Fact::State(state.into_owned()),
            Self::Fate(fate) => Fact::Fate(fate.into_owned()),
            Self::Delivery(delivery) => Fact::Delivery(delivery.into_owned()),
            Self::Hole(hole) => Fact::Hole(hole),
            Self::Program(end) => Fact::Program(end),
            Self::Process(seen) => Fact::Process(seen.into_owned()),
            Self::Dropped(drop) => Fact::Dropped(drop),
            Self::Outcome(outcome) => Fact::Outcome(outcome.into_owned()),
            Self::Recording { .. } | Self::Frame(_) => return None,
        })
    }
}
