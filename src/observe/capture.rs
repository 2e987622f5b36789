//! Sniffers: one per vantage, a packet socket (made with socket2, as its filter is attached) with a ring.
//!
//! The run's own thread reads the rings, so a frame is copied once, from its slot into its fact. On a
//! loopback every frame passes the tap twice, going out and coming in: the outgoing copy is dropped by what
//! the kernel says of it (`PACKET_OUTGOING`), never by comparing contents, which would hide real resends.

use std::borrow::Cow;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::net::if_::if_nametoindex;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{SockFilter, Socket};

use super::source::{Merge, now};
use super::sys::packet_socket::{self, PROBE as PROBE_ETHERTYPE};
use super::sys::ring::{Ring, RingFrame, RingOptions, Unbound};
use crate::model::{Direction, Fact, Frame, Hole, HoleKind, LinkType, Span, Time, Vantage};

/// Frames taken from a ring in one go, so that one busy sniffer does not keep the others waiting.
const IN_ONE_GO: usize = 512;
/// How long a sniffer may take to become ready.
const PATIENCE: Span = Span::from_ms(2_000);

/// A ring for the machine's loopback, whose MTU is 65536 and where offload lets no larger frame appear.
const LOOPBACK_RING: RingOptions<'static> = RingOptions {
    largest: 65_536 + 18,
    bytes: 32 << 20,
    filter: &[],
    ignore_outgoing: false,
};

/// A sniffer at one vantage: a packet socket with its ring.
#[derive(Debug)]
pub struct Sniffer {
    ring: Ring,
    /// Sent the probe: a packet socket does not see what it sends itself.
    prober: Socket,
    vantage: Vantage,
    /// Its number in the merge.
    number: usize,
    /// Frames that passed it.
    frames: u64,
}

impl Sniffer {
    /// Opens a sniffer on an interface of the calling thread's namespace and proves it ready: a frame of our own
    /// ethertype, sent through the same interface, has come back with a stamp older than its receipt.
    /// `ring` is one that was made there beforehand, because making it takes its time; else one for a
    /// loopback is made now.
    ///
    /// # Errors
    /// Of the socket, the ring or the interface's name; `TimedOut` when the probe does not come back.
    pub fn open(
        vantage: Vantage,
        interface: &str,
        ring: Option<Unbound>,
        filter: &[SockFilter],
    ) -> io::Result<Self> {
        let interface = if_nametoindex(interface)?;
        let ring = match ring {
            Some(ring) => ring,
            None => Unbound::new(LOOPBACK_RING)?,
        };
        let mut sniffer = Self {
            ring: ring.filter(filter)?.bind(interface)?,
            prober: packet_socket::socket(&[])?,
            vantage,
            number: 0,
            frames: 0,
        };
        sniffer.prove_ready(interface)?;
        Ok(sniffer)
    }

    /// How many frames it has seen.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Its packet sockets, whose closing takes the kernel long.
    pub fn sockets(&self) -> [BorrowedFd<'_>; 2] {
        [self.ring.as_fd(), self.prober.as_fd()]
    }

    /// Joins a merge as one of its rings.
    pub fn join(&mut self, merge: &mut Merge) {
        self.number = merge.add_ring(self.vantage);
    }

    /// Moves what has come to the merge, and lets it know how far that reaches. True when there may be more.
    pub fn drain(&mut self, merge: &mut Merge) -> bool {
        let before = now();
        let mut last = Time::from_ns(i64::MIN);
        for _ in 0..IN_ONE_GO {
            let vantage = self.vantage;
            match self.ring.next(|frame| fact(vantage, &frame)) {
                Some(Some(fact)) => {
                    self.frames += 1;
                    last = fact.at();
                    merge.frame(self.number, fact);
                }
                Some(None) => {}
                None => {
                    merge.ring_read(self.number, before);
                    return false;
                }
            }
        }
        merge.ring_read(self.number, last);
        true
    }

    /// Frames that found the ring full since the last look, as a hole in the recording.
    ///
    /// # Errors
    /// Of getsockopt.
    pub fn hole(&self) -> io::Result<Option<Hole>> {
        let frames = self.ring.missed()?;
        Ok((frames > 0).then(|| Hole {
            at: now(),
            vantage: self.vantage,
            frames,
            kind: HoleKind::Missed,
        }))
    }

    fn prove_ready(&mut self, interface: u32) -> io::Result<()> {
        let started = now();
        let until = started.plus(PATIENCE);
        while now() < until {
            packet_socket::send(&self.prober, interface, &probe(started.ns()))?;
            let mut fds = [PollFd::new(self.ring.as_fd(), PollFlags::POLLIN)];
            poll(&mut fds, PollTimeout::from(5u8))?;
            while let Some(ready) = self.ring.next(|frame| {
                frame.bytes.get(..PROBE_LEN) == Some(&probe(started.ns())[..])
                    && started <= frame.at
                    && frame.at <= now()
            }) {
                if ready {
                    return Ok(());
                }
            }
        }
        Err(io::ErrorKind::TimedOut.into())
    }
}

impl AsFd for Sniffer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ring.as_fd()
    }
}

/// Ethernet header and eight bytes that tell one probe from another sniffer's.
const PROBE_LEN: usize = 22;

/// A probe frame, to nobody.
fn probe(nonce: i64) -> [u8; PROBE_LEN] {
    let mut frame = [0; PROBE_LEN];
    // Locally administered addresses that no interface has.
    frame[0..6].copy_from_slice(&[0x02, 0, 0, 0, 0, 0xfe]);
    frame[6..12].copy_from_slice(&[0x02, 0, 0, 0, 0, 0xff]);
    frame[12..14].copy_from_slice(&PROBE_ETHERTYPE.to_be_bytes());
    frame[14..].copy_from_slice(&nonce.to_be_bytes());
    frame
}

/// The fact that a frame in the ring is; none for a probe and for a loopback's outgoing copy.
fn fact(vantage: Vantage, frame: &RingFrame<'_>) -> Option<Fact<'static>> {
    let loopback = vantage == Vantage::Loopback;
    let ours = frame.bytes.get(12..14) == Some(&PROBE_ETHERTYPE.to_be_bytes());
    if ours || (loopback && frame.outgoing) {
        return None;
    }
    let direction = match (loopback, frame.outgoing) {
        (true, _) => Direction::Unknown,
        (false, true) => Direction::Sent,
        (false, false) => Direction::Received,
    };
    Some(Fact::Frame(Frame {
        at: frame.at,
        vantage,
        direction,
        link: LinkType::ETHERNET,
        orig_len: frame.len,
        checksum_offloaded: frame.checksum_not_ready,
        bytes: Cow::Owned(frame.bytes.to_vec()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HostId;

    fn seen(vantage: Vantage, outgoing: bool, bytes: &[u8]) -> Option<Direction> {
        let frame = RingFrame {
            at: Time::from_ns(1),
            interface: 1,
            outgoing,
            checksum_not_ready: false,
            len: bytes.len() as u32,
            bytes,
        };
        match fact(vantage, &frame) {
            Some(Fact::Frame(frame)) => Some(frame.direction),
            _ => None,
        }
    }

    #[test]
    fn a_loopback_gives_each_frame_once_and_a_host_says_which_way() {
        let host = Vantage::Host(HostId::CLIENT);
        let frame = [0; 60];
        assert_eq!(seen(host, true, &frame), Some(Direction::Sent));
        assert_eq!(seen(host, false, &frame), Some(Direction::Received));
        assert_eq!(seen(Vantage::Loopback, true, &frame), None);
        assert_eq!(
            seen(Vantage::Loopback, false, &frame),
            Some(Direction::Unknown)
        );
    }

    #[test]
    fn probes_are_no_facts() {
        assert_eq!(seen(Vantage::Host(HostId::CLIENT), true, &probe(7)), None);
        assert_eq!(seen(Vantage::Loopback, false, &probe(7)), None);
    }
}
