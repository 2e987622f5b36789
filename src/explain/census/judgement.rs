//! What a capture shows of itself: in what it is not what passed one wire, each with the packets that show it.

use crate::model::Span;
use crate::protocol::follow::HopChanges;

/// One judgement of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Segments stand in it more than once.
    Copies(CopiesSeen),
    /// Other packets stand in it more than once: datagrams, ICMP, ARP.
    OtherCopies(OtherCopies),
    /// Of some connections one direction alone is in it.
    OneWay(OneWay),
    /// Acknowledgements stand before what they acknowledge.
    AcksFirst(AcksFirst),
    /// Its clock steps back.
    ClockBack(ClockSteps),
    /// Something was acknowledged that is not in it.
    Unseen(UnseenData),
    /// Its sniffers' own statistics say that they dropped so many packets; at least 1.
    Dropped(u64),
    /// Packets are cut.
    Cut(CutPackets),
    /// SYNs are cut within their options.
    SynCut(CutSyns),
    /// Connections were open before it began.
    Begun(BegunBefore),
    /// An interface does a part of TCP's work where it was taken.
    Offloaded(Offloaded),
    /// It comes from several interfaces: how many packets from each, in the order of their first packet.
    Interfaces(Vec<InterfaceCount>),
    /// Where on the path it was taken.
    Near(SniffedNear),
}

impl Judgement {
    /// A stable short name, for JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Copies(_) => "copies",
            Self::OtherCopies(_) => "other-copies",
            Self::OneWay(_) => "one-way",
            Self::AcksFirst(_) => "acks-first",
            Self::ClockBack(_) => "clock-back",
            Self::Unseen(_) => "unseen",
            Self::Dropped(_) => "dropped",
            Self::Cut(_) => "cut",
            Self::SynCut(_) => "syn-cut",
            Self::Begun(_) => "begun",
            Self::Offloaded(_) => "offloaded",
            Self::Interfaces(_) => "interfaces",
            Self::Near(_) => "near",
        }
    }

    /// Who reads a story of it must know that first.
    #[must_use]
    pub const fn is_caution(&self) -> bool {
        !matches!(
            self,
            Self::Offloaded(_) | Self::Interfaces(_) | Self::Near(_)
        )
    }
}

/// Copies of segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopiesSeen {
    /// How many, at least 1.
    pub copies: u64,
    /// Of how many segments, copies included.
    pub segments: u64,
    /// The first one …
    pub first: u32,
    /// … and what it is a copy of.
    pub of: u32,
    /// In what most of them differ from what they are copies of.
    pub differs: HopChanges,
    /// The longest time between a segment and its copy.
    pub longest: Span,
}

impl CopiesSeen {
    /// Each segment is there twice.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.copies * 2 == self.segments
    }
}

/// Copies of what is no TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherCopies {
    /// How many, at least 1.
    pub copies: u64,
    /// The first one …
    pub first: u32,
    /// … and what it is a copy of.
    pub of: u32,
    /// The longest time between a packet and its copy.
    pub longest: Span,
}

/// Connections of which one direction alone was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneWay {
    /// How many, at least 1.
    pub connections: u64,
    /// The number of the first.
    pub first: u32,
    /// How many numbers of the absent sides behind their SYNs the other sides acknowledged; a FIN is one of them.
    pub acknowledged: u64,
}

/// Acknowledgements that stand before what they acknowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcksFirst {
    /// How many segments stand behind their acknowledgement, at least 1.
    pub segments: u64,
    /// The first of them …
    pub first: u32,
    /// … and the packet that acknowledges it.
    pub acknowledged_in: u32,
    /// The longest time between them.
    pub longest: Span,
}

/// Steps back of a capture's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSteps {
    /// How many packets are stamped earlier than the one before, at least 1.
    pub steps: u64,
    /// The first of them.
    pub first: u32,
    /// The packet of the largest step …
    pub at: u32,
    /// … and how large it is.
    pub by: Span,
}

/// What was acknowledged and is not in the capture: whoever it was for received it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnseenData {
    /// How many holes there are, at least 1.
    pub holes: u64,
    /// How many numbers are missing in them.
    pub bytes: u64,
    /// The first: its first number and its last, relative, …
    pub from: u32,
    /// … the last …
    pub to: u32,
    /// … and the packet that acknowledges it.
    pub acknowledged_in: u32,
}

/// Packets that are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutPackets {
    /// How many, at least 1.
    pub packets: u64,
    /// The first of them.
    pub first: u32,
    /// The most bytes that are there of one.
    pub longest: u32,
}

/// SYNs of which not all options are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutSyns {
    /// How many, at least 1.
    pub syns: u64,
    /// The first of them.
    pub first: u32,
}

/// Connections that were open before the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BegunBefore {
    /// How many, at least 1.
    pub connections: u64,
    /// The number of the first.
    pub first: u32,
}

/// What an interface's offload shows in: at least one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offloaded {
    /// Segments with more than the other side's MSS: merged, or not cut yet.
    pub merged: u64,
    /// Packets whose checksum is not filled in yet.
    pub sums: u64,
}

/// Packets of one interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceCount {
    /// Its index in the file.
    pub interface: u16,
    /// How many.
    pub packets: u64,
}

/// Where handshakes were seen: next to a side there is an eighth of the round trip at most between its turn and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SniffedNear {
    /// How many handshakes were seen next to who opens.
    pub opener: u64,
    /// Next to who accepts.
    pub acceptor: u64,
    /// In between.
    pub between: u64,
    /// The connection whose handshake is the example.
    pub stream: u32,
    /// Of that one from the SYN to the SYN ACK …
    pub to_acceptor: Span,
    /// … and from there to the ACK.
    pub to_opener: Span,
}
