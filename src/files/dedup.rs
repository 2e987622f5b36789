//! The frames that left the saved vantage a moment ago, so that their arrival elsewhere need not repeat their bytes.
//!
//! Writer and reader keep the same frames by the same rule: what the writer can find, the reader has.

use std::collections::VecDeque;

use crate::model::fate::digest;
use crate::model::number::count32;

/// How many frames are kept …
const FRAMES: usize = 4096;
/// … and how many bytes of them.
const BYTES: usize = 4 << 20;
/// With more differing bytes than this, or than a quarter of them, a frame counts as another one.
const DIFFERING: usize = 16;
/// How many frames of the same length are compared byte by byte for a corrupted one.
const COMPARED: usize = 64;

struct RecentFrame {
    packet: u32,
    digest: u64,
    matched: bool,
    bytes: Vec<u8>,
}

/// Frames of the recent past.
#[derive(Default)]
pub(super) struct RecentFrames {
    kept: VecDeque<RecentFrame>,
    bytes: usize,
    /// How many at the front are matched: not looked at again before all others.
    settled: usize,
}

/// A frame that was found: its packet number, and where its bytes differ (offset, value there).
pub(super) type Found = (u32, Vec<(u32, u8)>);

impl RecentFrames {
    /// Keeps the frame of packet `packet`.
    pub(super) fn push(&mut self, packet: u32, bytes: &[u8]) {
        let mut reused = Vec::new();
        while self.kept.len() >= FRAMES
            || (self.bytes + bytes.len() > BYTES && !self.kept.is_empty())
        {
            let Some(oldest) = self.kept.pop_front() else {
                break;
            };
            self.settled = self.settled.saturating_sub(1);
            self.bytes -= oldest.bytes.len();
            reused = oldest.bytes;
        }
        reused.clear();
        reused.extend_from_slice(bytes);
        self.bytes += bytes.len();
        self.kept.push_back(RecentFrame {
            packet,
            digest: digest(bytes),
            matched: false,
            bytes: reused,
        });
    }

    /// The bytes of packet `packet`, when they are still kept.
    pub(super) fn get(&self, packet: u32) -> Option<&[u8]> {
        let at = self
            .kept
            .binary_search_by_key(&packet, |kept| kept.packet)
            .ok()?;
        Some(&self.kept[at].bytes)
    }

    /// The frame that these bytes are a sighting of: the oldest equal one that was not found before, else one that was
    /// (a second copy), else one of the same length that differs in a few bytes (corrupted on the way).
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<Found> {
        let wanted = digest(bytes);
        let equal = |kept: &RecentFrame| kept.digest == wanted && kept.bytes == bytes;
        let fresh = (self.settled..self.kept.len())
            .find(|at| !self.kept[*at].matched && equal(&self.kept[*at]));
        if let Some(at) = fresh {
            self.kept[at].matched = true;
            while self.kept.get(self.settled).is_some_and(|kept| kept.matched) {
                self.settled += 1;
            }
            return Some((self.kept[at].packet, Vec::new()));
        }
        if let Some(again) = self
            .kept
            .iter()
            .rev()
            .find(|kept| kept.matched && equal(kept))
        {
            return Some((again.packet, Vec::new()));
        }
        self.kept
            .iter()
            .rev()
            .filter(|kept| !kept.matched && kept.bytes.len() == bytes.len())
            .take(COMPARED)
            .find_map(|kept| Some((kept.packet, differing(&kept.bytes, bytes)?)))
    }
}

/// Where two of the same length differ, unless in too many places.
fn differing(before: &[u8], now: &[u8]) -> Option<Vec<(u32, u8)>> {
    let mut list = Vec::new();
    for (at, (_, byte)) in before
        .iter()
        .zip(now)
        .enumerate()
        .filter(|(_, (a, b))| a != b)
    {
        if list.len() == DIFFERING.min(now.len() / 4) {
            return None;
        }
        list.push((count32(at), *byte));
    }
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sighting_takes_the_oldest_equal_frame_then_a_copy_then_a_corrupted_one() {
        let mut recent = RecentFrames::default();
        recent.push(1, b"ack");
        recent.push(3, b"ack");
        recent.push(4, b"data");
        assert_eq!(recent.find(b"ack"), Some((1, vec![])));
        assert_eq!(recent.find(b"ack"), Some((3, vec![])));
        assert_eq!(recent.find(b"ack"), Some((3, vec![])), "a duplicate");
        assert_eq!(recent.find(b"dada"), Some((4, vec![(2, b'd')])));
        assert_eq!(recent.find(b"other"), None);
        assert_eq!(recent.get(4), Some(&b"data"[..]));
        assert_eq!(recent.get(2), None);
    }

    #[test]
    fn it_is_bounded_by_frames_and_by_bytes() {
        let mut recent = RecentFrames::default();
        for packet in 0..10_000 {
            recent.push(packet, &packet.to_le_bytes());
        }
        assert_eq!(recent.kept.len(), FRAMES);
        assert_eq!(recent.get(10_000 - FRAMES as u32 - 1), None);
        assert!(recent.get(10_000 - FRAMES as u32).is_some());
        for packet in 10_000..10_100 {
            recent.push(packet, &vec![0; 60_000]);
        }
        assert!(recent.bytes <= BYTES);
    }
}
