//! Why a segment that is not just the next new one is where it was seen: claims, and the packets that each rests on.
//!
//! A claim is a conclusion from named evidence, and can't be built without it. Where the capture decides nothing, neither
//! [`Why::recovery`] nor [`Why::anomaly`] is there, and [`Why::sighting`] still says what is certain.

use bitflags::bitflags;

use crate::model::{Seq, Span};

/// Frames that one segment shows something of, from the first; 0 where there is none. A timer's resends can be many.
pub type SpuriousFrames = [u32; 16];

/// The reasons of a segment's verdicts, as numbers. What does not apply is none or 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// Where the bytes (or the SYN, or the FIN) that are sent again were last seen before.
    pub before: Option<Earlier>,
    /// Of a segment that begins below the highest number: whether it had been seen before, where that is known.
    pub sighting: Option<Sighting>,
    /// With SPURIOUS_RETRANSMISSION: where these bytes were acknowledged already. With DUPLICATE_ACK: the
    /// acknowledgement that is repeated.
    pub answered: Option<Earlier>,
    /// With DUPLICATE_ACK: what made its sender say the same again, where that shows.
    pub repeats: Option<Repeats>,
    /// The segment that this one acknowledges exactly, and so how long its round trip took from here.
    pub acks: Option<Earlier>,
    /// How many duplicates of the acknowledgement that asks for these bytes were seen before this segment.
    pub dup_acks: u32,
    /// With LOST_SEGMENT: how many bytes before this segment were not seen.
    pub missing: u32,
    /// With ACK_LOST_SEGMENT: the acknowledged numbers that were not seen.
    pub unseen: Option<AckedUnseen>,
    /// What made the sender send again, where the capture shows it.
    pub recovery: Option<Recovery>,
    /// What else is odd about how it comes to be here, where the capture shows it.
    pub anomaly: Option<Anomaly>,
    /// Frames of which this segment shows that nothing in them had been lost: what they sent again was there already.
    /// 0 where there is none.
    pub spurious: SpuriousFrames,
    /// How many segments of an MSS were merged into this one by an interface's offload, when the payload is
    /// larger than the MSS; otherwise 0.
    pub merged: u16,
    /// Bytes in flight after this segment: sent and not yet acknowledged.
    pub in_flight: u32,
}

/// An earlier frame, and how long ago that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Earlier {
    /// Its number.
    pub frame: u32,
    /// How long before.
    pub ago: Span,
}

/// A packet that is the same as one before it, but for what hops change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SamePacket {
    /// That one.
    pub of: Earlier,
    /// In what they differ all the same.
    pub hop: HopChanges,
    /// Its sender sent it once. Otherwise it may as well have been sent a second time just the same.
    pub copied: bool,
}

/// Numbers that one side must have sent, and that were not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AckedUnseen {
    /// The first of them.
    pub from: Seq,
    /// The number after the last of the first range.
    pub to: Seq,
    /// How many they are in all ranges.
    pub count: u32,
}

impl AckedUnseen {
    /// These and those before them.
    pub(super) fn and(known: Option<Self>, from: Seq, to: Seq) -> Self {
        let count = to.relative_to(from);
        match known {
            Some(known) => Self {
                count: known.count.saturating_add(count),
                ..known
            },
            None => Self { from, to, count },
        }
    }
}

/// Whether the numbers of a segment that begins below the highest one had been seen before, at this vantage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sighting {
    /// All of them.
    Whole,
    /// Some of them.
    Part,
    /// None; the frame that was seen first of what stands behind them.
    First {
        /// That frame.
        behind: Earlier,
    },
}

/// What made a side acknowledge the same once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repeats {
    /// This frame of the other side came last, and all in it had been acknowledged: what is old is answered with what is expected.
    Old(u32),
    /// Something behind the number that it waits for was seen, in this frame last.
    Beyond(u32),
}

/// How a segment that is not the next new one comes to be where it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anomaly {
    /// The same packet a second time, made by the network or by the capture: its sender sent it once.
    Duplicated {
        /// The one that it is a copy of.
        of: Earlier,
        /// In what they differ all the same.
        hop: HopChanges,
    },
    /// The same to the last bit: a copy, or sent a second time just the same, as a SYN that came twice is answered twice, or as a host may keep a
    /// packet's identification where a timer sends it again. Nothing in it says which.
    Twin {
        /// The one that it is the same as.
        of: Earlier,
    },
    /// Sent earlier than something that was seen before it, and overtaken on the way.
    Reordered(Overtaken),
    /// Sent again though the receiver had all of it.
    Spurious(Held),
    /// Its numbers lie farther from those before it than any window is wide (2^30, RFC 7323 §2.3): they count from another beginning, as on the
    /// other side of something that changes them.
    OtherNumbers {
        /// How far.
        apart: u32,
    },
}

/// What shows that a segment was overtaken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Overtaken {
    /// Its sender's own count of packets, or clock, says that it was sent before this frame, which was seen already.
    Stamp(u32),
    /// It acknowledges less than this frame of its sender did, which was seen already: acknowledgements never go back.
    Acknowledgement(u32),
    /// None of it had been seen, and the first of what is behind it came so short a time ago that nothing can have asked for a resend.
    TooSoon(Earlier),
    /// Just this had been seen, sent again, in this frame: the first one comes behind it.
    Resend(u32),
}

/// What shows that a receiver had a segment already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// It had acknowledged all of it in this frame.
    Acknowledged(u32),
    /// It had acknowledged all of it selectively in this frame.
    Selectively(u32),
    /// All of it had been seen here, next to the receiver, in this frame last.
    Seen(u32),
    /// It is a second answer to a SYN that came twice, in this frame the second time.
    SynAnswered(u32),
}

bitflags! {
    /// In what a packet and its copy may differ: what hops on the way and places of a capture change.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct HopChanges: u8 {
        /// TTL or hop limit: they were seen on two sides of a router.
        const TTL = 1;
        /// DSCP or ECN.
        const TRAFFIC_CLASS = 1 << 1;
        /// VLAN tags.
        const VLAN = 1 << 2;
        /// MAC addresses, or one has none.
        const STATIONS = 1 << 3;
        /// A SYN's MSS, which something on the way lowered.
        const MSS = 1 << 4;
    }
}

impl HopChanges {
    /// The names of what differs, for JSON and as the ends of catalogue keys.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        const NAMES: [(HopChanges, &str); 5] = [
            (HopChanges::TTL, "ttl"),
            (HopChanges::TRAFFIC_CLASS, "traffic-class"),
            (HopChanges::VLAN, "vlan"),
            (HopChanges::STATIONS, "mac"),
            (HopChanges::MSS, "mss"),
        ];
        NAMES
            .into_iter()
            .filter(move |(change, _)| self.contains(*change))
            .map(|(_, name)| name)
    }
}

impl Anomaly {
    /// It is there a second time: whether it was copied or, of a SYN ACK, given twice, it says nothing that the first did not.
    #[must_use]
    pub const fn is_second(self) -> bool {
        matches!(self, Self::Duplicated { .. } | Self::Twin { .. })
    }

    /// Its numbers are none of its connection's, as that was followed so far.
    #[must_use]
    pub const fn counts_elsewhere(self) -> bool {
        matches!(self, Self::OtherNumbers { .. })
    }

    /// A stable short name, for JSON and as the end of a catalogue key.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Duplicated { .. } => "copied",
            Self::Twin { .. } => "twin",
            Self::Reordered(Overtaken::Resend(_)) => "late-original",
            Self::Reordered(_) => "late",
            Self::Spurious(_) => "needless",
            Self::OtherNumbers { .. } => "other-numbers",
        }
    }
}

/// Which mechanism a resend belongs to, where one vantage shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recovery {
    /// The retransmission timer ran out (RFC 6298 §5).
    Timeout {
        /// Which try of these bytes this is, from 1. Each waits longer.
        tries: u8,
        /// The last that its sender sent of these bytes, or heard of them: its timer ran from then at the latest.
        silence: Earlier,
    },
    /// The timer had run out: what had been sent before it goes again, too (RFC 5681 §3.1).
    AfterTimeout {
        /// Which try of these bytes this is, from 1.
        tries: u8,
        /// The frame that the timer sent.
        timer: u32,
    },
    /// A SYN (or SYN ACK) again, since nothing answered it (RFC 9293 §3.8.1).
    SynRetry {
        /// Which try, from 1.
        tries: u8,
        /// The last one.
        silence: Earlier,
    },
    /// Duplicate acknowledgements asked for it (RFC 5681 §3.2).
    FastRetransmit(DuplicateAcks),
    /// A selective acknowledgement of what is behind it showed the hole (RFC 6675, RFC 8985).
    Sack(SackBlock),
    /// A selective acknowledgement of a part of it showed the hole before that; what goes again takes in what stands behind the hole.
    SackWithin(SackBlock),
    /// Once a loss was noticed, an acknowledgement covered a part of what was under way (RFC 6582, RFC 6675 §5).
    PartialAck {
        /// That acknowledgement.
        ack: Earlier,
    },
    /// What had just come made its kernel send, and the FIN that was not acknowledged yet went with it: BSD's do so, no timer ran out.
    Prompted {
        /// What had come.
        by: Earlier,
    },
    /// The last segment again after about two round trips of silence, to provoke an acknowledgement (RFC 8985 §7).
    TailLossProbe {
        /// The last that its sender sent, or heard.
        silence: Earlier,
    },
    /// One byte, or none, to ask for the window anew after it was zero (RFC 9293 §3.8.6.1).
    WindowProbe {
        /// The frame with the closed window.
        closed: u32,
    },
    /// A probe of an idle connection (RFC 9293 §3.8.4).
    KeepAlive(Idle),
}

/// Duplicate acknowledgements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DuplicateAcks {
    /// How many were seen.
    pub count: u32,
    /// The frame that they repeat.
    pub of: u32,
}

/// A block of a selective acknowledgement, of numbers as they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SackBlock {
    /// The frame in which it was seen last.
    pub frame: u32,
    /// Its first number.
    pub left: Seq,
    /// The number after its last.
    pub right: Seq,
}

/// What shows that a probe is one of an idle connection, and no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Idle {
    /// Its byte had been acknowledged in this frame.
    Acknowledged(u32),
    /// It has no byte: it stands one before the next number, in this frame of its sender last.
    Empty(u32),
}

impl Recovery {
    /// A stable short name, for JSON and as the end of a catalogue key.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timeout { .. } | Self::AfterTimeout { .. } => "timeout",
            Self::SynRetry { .. } => "syn-retry",
            Self::FastRetransmit(_) => "fast-retransmit",
            Self::Sack(_) => "sack",
            Self::SackWithin(_) => "sack-within",
            Self::PartialAck { .. } => "partial-ack",
            Self::Prompted { .. } => "prompted",
            Self::TailLossProbe { .. } => "tail-loss-probe",
            Self::WindowProbe { .. } => "window-probe",
            Self::KeepAlive(_) => "keep-alive",
        }
    }

    /// Which try it is, from 1, where tries are counted; otherwise 0.
    #[must_use]
    pub const fn tries(self) -> u8 {
        match self {
            Self::Timeout { tries, .. }
            | Self::AfterTimeout { tries, .. }
            | Self::SynRetry { tries, .. } => tries,
            _ => 0,
        }
    }
}

/// One candidate cause of one segment: what speaks for it, or what rules it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeighedCause {
    /// Its name, as the end of a catalogue key.
    pub name: &'static str,
    /// The claim with its evidence, or the objection.
    pub claim: Result<CauseClaim, Objection>,
}

/// What may be claimed of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseClaim {
    /// What made its sender send it again.
    Recovery(Recovery),
    /// How else it comes to be here.
    Anomaly(Anomaly),
}

/// What rules a candidate cause out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Objection {
    /// The last packets of its side hold none that is the same.
    NoTwin,
    /// No stamp, no acknowledgement and no time says that it was sent before what was seen already.
    NotOvertaken,
    /// No acknowledgement covers it, and it was not seen next to its receiver.
    NotHeld,
    /// It is decided already by what happened on the way.
    OnTheWay,
    /// It has not the flags for this.
    OtherKind,
    /// Nothing of it had been seen before, and nothing shows that it had been sent.
    NothingShowsALoss,
    /// What it would have waited for had not gone by.
    TooSoon,
    /// It came later than this would have sent it.
    TooLate,
    /// Nothing of the kind had been going on.
    NotBegun,
    /// It is not the segment that this would send.
    AnotherSegment,
    /// No selective acknowledgement covers anything behind it.
    NothingSacked,
    /// No acknowledgement was repeated.
    NothingRepeated,
    /// An acknowledgement made its sender send just then.
    Prompted,
}

impl Objection {
    /// A stable short name, as the end of a catalogue key.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoTwin => "no-twin",
            Self::NotOvertaken => "not-overtaken",
            Self::NotHeld => "not-held",
            Self::OnTheWay => "on-the-way",
            Self::OtherKind => "other-kind",
            Self::NothingShowsALoss => "nothing-shows-a-loss",
            Self::TooSoon => "too-soon",
            Self::TooLate => "too-late",
            Self::NotBegun => "not-begun",
            Self::AnotherSegment => "another-segment",
            Self::NothingSacked => "nothing-sacked",
            Self::NothingRepeated => "nothing-repeated",
            Self::Prompted => "prompted",
        }
    }
}
