//! What the wire did to a frame, and by which rule.

use serde::{Deserialize, Serialize};

use super::{HostId, Span, Time};

/// The wire's decision about one frame, recorded when the frame entered the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// When the wire took it.
    pub at: Time,
    /// The frame's number on the wire: 0, 1, 2, … in the order in which the wire took them.
    pub wire_no: u64,
    /// Who sent it.
    pub from: HostId,
    /// Digest of the frame's bytes as they entered (FNV-1a, 64 bits): joins it with what the sniffers saw.
    pub digest: u64,
    /// What was decided.
    pub verdict: Verdict,
    /// The rule that decided it, as an index into the run's rule settings; none for the wire's own delay.
    pub rule: Option<u16>,
    /// How long it waits in the queue of its direction before its first bit leaves, once for each copy or piece;
    /// nothing where the wire has no rate, or did not carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<Span>,
}

/// What the wire decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Carried, after the wire's own delay.
    Passed,
    /// Carried, this much later than the wire's own delay.
    Delayed(Span),
    /// Taken off the wire.
    Lost,
    /// Carried this often in all (2: one copy more).
    Duplicated(u8),
    /// Held back until later frames of the same direction had passed.
    Reordered,
    /// Carried with these bits flipped: (offset in the frame, mask).
    Corrupted(Vec<(u32, u8)>),
    /// The wire's queue was full (droptail).
    QueueFull,
    /// Larger than the hop's MTU; an ICMP error went back (or none, when the hop is silent).
    TooBig {
        /// The MTU of the hop in bytes.
        mtu: u32,
    },
    /// Our relay missed frames: the run is not whole. `at` is when it was noticed.
    Overrun {
        /// How many frames.
        frames: u64,
    },
}

/// The wire handed a frame to its receiver. Stamped just before the hand-over, so that it stands before the arrival.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// When.
    pub at: Time,
    /// Which frame ([`Fate::wire_no`]).
    pub wire_no: u64,
    /// To whom.
    pub to: HostId,
    /// Which copy, from 0.
    pub copy: u8,
    /// Digest of the bytes as delivered; differs from the fate's when they were corrupted.
    pub digest: u64,
    /// When it should have been handed over: the wire's own error is `at − due`.
    pub due: Time,
}

/// The digest that joins a frame on the wire with what the sniffers saw: FNV-1a over the bytes, 64 bits.
#[must_use]
pub fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
