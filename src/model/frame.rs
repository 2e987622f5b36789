//! A frame as one sniffer saw it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{HostId, Time};

/// Where a sniffer sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vantage {
    /// A host's interface to the wire.
    Host(HostId),
    /// A loopback interface: both ends are behind it.
    Loopback,
    /// A capture file's interface, by its index in the file (0 for pcap).
    File(u16),
}

/// Which way a frame went, as seen from the vantage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Left the host at whose interface the sniffer sits.
    Sent,
    /// Arrived at that host.
    Received,
    /// Not said (most capture files).
    #[default]
    Unknown,
}

/// A link type as capture files number it (LINKTYPE_ values of tcpdump.org/linktypes.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkType(pub u32);

impl LinkType {
    /// BSD loopback, 4-byte family in the writer's byte order.
    pub const NULL: Self = Self(0);
    /// Ethernet II and 802.3.
    pub const ETHERNET: Self = Self(1);
    /// Raw IP, version by first nibble.
    pub const RAW: Self = Self(101);
    /// OpenBSD loopback, 4-byte family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux cooked capture v1.
    pub const LINUX_SLL: Self = Self(113);
    /// Raw IPv4.
    pub const IPV4: Self = Self(228);
    /// Raw IPv6.
    pub const IPV6: Self = Self(229);
    /// Linux cooked capture v2.
    pub const LINUX_SLL2: Self = Self(276);
}

/// One frame, seen once, at one vantage. A frame that crosses the lab's wire is seen twice: at the
/// sender's vantage when it leaves and at the receiver's when it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// When the kernel (or whoever wrote the file) stamped it.
    pub at: Time,
    /// Which sniffer saw it.
    pub vantage: Vantage,
    /// Which way it went there.
    pub direction: Direction,
    /// How `bytes` begin.
    pub link: LinkType,
    /// Its length on the link; larger than `bytes.len()` when the capture cut it (snapped).
    pub orig_len: u32,
    /// The kernel said that the checksum was left to the hardware (`TP_STATUS_CSUMNOTREADY`).
    pub checksum_offloaded: bool,
    /// The captured bytes, link header first.
    pub bytes: Cow<'a, [u8]>,
}

impl Frame<'_> {
    /// The same frame with bytes of its own.
    #[must_use]
    pub fn into_owned(self) -> Frame<'static> {
        Frame {
            bytes: Cow::Owned(self.bytes.into_owned()),
            at: self.at,
            vantage: self.vantage,
            direction: self.direction,
            link: self.link,
            orig_len: self.orig_len,
            checksum_offloaded: self.checksum_offloaded,
        }
    }
}

/// A place where the recording is not what passed a sniffer: never loss on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    /// When it was noticed.
    pub at: Time,
    /// The sniffer whose frames they are.
    pub vantage: Vantage,
    /// How many frames.
    pub frames: u64,
    /// What is wrong with them.
    #[serde(default, skip_serializing_if = "HoleKind::is_missed")]
    pub kind: HoleKind,
}

/// What is wrong at a [`Hole`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoleKind {
    /// The frames are not there: the sniffer's ring was full.
    #[default]
    Missed,
    /// The frames are there, just before this, but too late: younger facts had been recorded.
    Late,
    /// Whoever is told could not keep up: the frames, and so many other facts of that time, are not told here. What is
    /// saved has them. The story begins afresh behind it.
    Untold {
        /// Facts that are no frames of this vantage.
        others: u64,
    },
    /// Where it is saved could not keep up: the same, and what is saved has them neither.
    Unsaved {
        /// Facts that are no frames of this vantage.
        others: u64,
    },
}

impl HoleKind {
    /// The kind that is not written: recordings from before there were two have no other.
    const fn is_missed(&self) -> bool {
        matches!(self, Self::Missed)
    }

    /// More is missing than frames: nothing behind it can be explained by what stands before it.
    #[must_use]
    pub const fn breaks_off(&self) -> bool {
        matches!(self, Self::Untold { .. } | Self::Unsaved { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_frames_are_written_as_before_there_was_another_kind() {
        let hole = |kind| Hole {
            at: Time::from_ns(7),
            vantage: Vantage::Loopback,
            frames: 2,
            kind,
        };
        let before = r#"{"at":7,"vantage":"loopback","frames":2}"#;
        let written = |kind| serde_json::to_string(&hole(kind)).expect("JSON");
        assert_eq!(written(HoleKind::Missed), before);
        assert_eq!(
            written(HoleKind::Late),
            before.replace('}', r#","kind":"late"}"#)
        );
        let read: Hole = serde_json::from_str(before).expect("a hole");
        assert_eq!(read, hole(HoleKind::Missed));
    }
}
