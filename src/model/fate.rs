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
    /// [`digest`] of the frame's bytes as they entered: joins it with what the sniffers saw.
    pub digest: u64,
    /// What was decided.
    pub verdict: Verdict,
    /// The rule that decided it, as an index into the run's rule settings; none for the wire's own delay.
    pub rule: Option<u16>,
    /// How long it waits in the queue of its direction before its first bit leaves, once for each copy or piece;
    /// nothing where the wire has no rate, or did not carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<Span>,
    /// Of a frame that goes to several hosts: those for whom a rule decided something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Apart>,
}

/// What was decided about one receiver's copy of a frame that goes to several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// The host that the copy was for.
    pub to: HostId,
    /// What was decided: [`Verdict::Lost`] or [`Verdict::Delayed`].
    pub verdict: Verdict,
    /// By which rule, as an index into the run's rule settings.
    pub rule: u16,
}

impl Fate {
    /// What was decided about the copy that goes to this host, and by which rule.
    #[must_use]
    pub fn toward(&self, host: HostId) -> (&Verdict, Option<u16>) {
        self.apart
            .iter()
            .find(|apart| apart.to == host)
            .map_or((&self.verdict, self.rule), |apart| {
                (&apart.verdict, Some(apart.rule))
            })
    }
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

impl Verdict {
    /// The frame's way ends on the wire.
    #[must_use]
    pub const fn ends_it(&self) -> bool {
        matches!(self, Self::Lost | Self::QueueFull | Self::TooBig { .. })
    }
}

/// The wire handed a frame to its receiver. Stamped just before the hand-over, so that it stands before the arrival.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Just before the hand-over.
    pub at: Time,
    /// The frame's number on the wire ([`Fate::wire_no`]).
    pub wire_no: u64,
    /// The host that it was handed to.
    pub to: HostId,
    /// Which copy, from 0.
    pub copy: u8,
    /// Digest of the bytes as delivered; differs from the fate's when they were corrupted.
    pub digest: u64,
    /// When it should have been handed over: the wire's own error is `at − due`.
    pub due: Time,
}

/// The digest that joins a frame on the wire with what the sniffers saw: 64 bits over the bytes and their number,
/// eight bytes a step, because it is computed three times for every frame. Bytes that differ in one word
/// only always have different digests.
#[must_use]
pub fn digest(bytes: &[u8]) -> u64 {
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(ODD);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(bytes.len() as u64, |hash, word| {
        mix(hash, u64::from_le_bytes(*word))
    });
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(hash, u64::from_le_bytes(last))
}

/// An odd number whose bits look random (2⁶⁴ by the golden ratio), so that multiplying by it loses nothing.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn every_bit_and_the_length_count() {
        let frame = [7; 61];
        let whole = digest(&frame);
        for bit in 0..8 * frame.len() {
            let mut flipped = frame;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(digest(&flipped), whole, "bit {bit}");
        }
        assert_ne!(digest(&[0; 3]), digest(&[0; 4]));
        assert_ne!(digest(&[]), digest(&[0]));
    }
}
