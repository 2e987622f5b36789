//! What each sniffer saw, followed: one [`Tracker`] per vantage, the saved vantage's packet numbers, and which
//! conversations of two vantages are the same.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::model::{Endpoint, Frame, Hole, HoleKind, HostId, Setting, Vantage};
use crate::protocol::follow::{Conversation, Followed, Tracker};

/// One frame, seen and followed at one vantage.
#[derive(Clone, Debug)]
pub(super) struct SeenFrame {
    /// The frame with bytes of its own.
    pub frame: Rc<Frame<'static>>,
    /// What following it there gave.
    pub followed: Rc<Followed>,
    /// Its number in the saved file, when this is the saved vantage.
    pub number: Option<u32>,
    /// Its conversation, numbered over all vantages.
    pub flow: Option<u32>,
}

/// All vantages of a run or a file.
#[derive(Debug, Default)]
pub(super) struct Vantages {
    saved: Option<CapturePoint>,
    at: BTreeMap<CapturePoint, FollowedPoint>,
    flows: Flows,
}

/// A vantage as far as following goes: the interfaces of one capture file are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum CapturePoint {
    Host(HostId),
    Loopback,
    File,
}

impl From<Vantage> for CapturePoint {
    fn from(vantage: Vantage) -> Self {
        match vantage {
            Vantage::Host(host) => Self::Host(host),
            Vantage::Loopback => Self::Loopback,
            Vantage::File(_) => Self::File,
        }
    }
}

#[derive(Debug, Default)]
struct FollowedPoint {
    follow: Tracker,
    packets: u32,
}

impl Vantages {
    /// Learns from a setting which vantage's frames are the file's packets.
    pub fn setting(&mut self, setting: &Setting) {
        if let Setting::SavedVantage(vantage) = setting {
            self.saved = Some((*vantage).into());
        }
    }

    /// Behind a hole nothing is followed any more that was before; packets and conversations are numbered on. Packets that
    /// are saved and not told have had their numbers.
    pub fn continue_numbers(&mut self, before: Self, hole: &Hole) {
        self.flows.next = before.flows.next;
        for (place, point) in before.at {
            self.at.entry(place).or_default().packets = point.packets;
        }
        if matches!(hole.kind, HoleKind::Untold { .. }) {
            let frames = u32::try_from(hole.frames).unwrap_or(u32::MAX);
            let point = self.at.entry(hole.vantage.into()).or_default();
            point.packets = point.packets.saturating_add(frames);
        }
    }

    /// Follows one frame at its vantage.
    pub fn see(&mut self, frame: Frame<'_>) -> SeenFrame {
        let place = CapturePoint::from(frame.vantage);
        let saved = self.saved(place);
        let seen = self.at.entry(place).or_default();
        seen.packets = seen.packets.saturating_add(1);
        let followed = seen.follow.packet(seen.packets, frame.at, &frame.packet());
        let flow = followed
            .conversation
            .zip(followed.ends)
            .map(|(conversation, ends)| self.flows.of(place, conversation, ends));
        SeenFrame {
            frame: Rc::new(frame.into_owned()),
            followed: Rc::new(followed),
            number: saved.then_some(seen.packets),
            flow,
        }
    }

    /// A frame of a file that was followed elsewhere.
    pub fn followed(&mut self, frame: Frame<'_>, number: u32, followed: Followed) -> SeenFrame {
        let flow = followed
            .conversation
            .zip(followed.ends)
            .map(|(conversation, ends)| self.flows.of(CapturePoint::File, conversation, ends));
        SeenFrame {
            frame: Rc::new(frame.into_owned()),
            followed: Rc::new(followed),
            number: Some(number),
            flow,
        }
    }

    /// Whether this is the saved vantage. A file or a loopback has only one; without a word about it the
    /// client's is the saved one.
    fn saved(&self, place: CapturePoint) -> bool {
        match self.saved {
            Some(saved) => saved == place,
            None => {
                place != CapturePoint::Host(HostId::SERVER)
                    && !matches!(place, CapturePoint::Host(h) if h > HostId::SERVER)
            }
        }
    }
}

/// Conversations over all vantages: the n-th one between two endpoints is the same at each vantage.
#[derive(Debug, Default)]
struct Flows {
    next: u32,
    known: BTreeMap<(CapturePoint, Conversation), u32>,
    between: BTreeMap<EndpointPair, Vec<u32>>,
    seen: BTreeMap<(CapturePoint, EndpointPair), usize>,
}

/// Protocol (true: TCP) and both endpoints, the smaller first.
type EndpointPair = (bool, Endpoint, Endpoint);

impl Flows {
    fn of(
        &mut self,
        place: CapturePoint,
        conversation: Conversation,
        ends: (Endpoint, Endpoint),
    ) -> u32 {
        if let Some(flow) = self.known.get(&(place, conversation)) {
            return *flow;
        }
        let tcp = matches!(conversation, Conversation::Tcp(_));
        let pair = (tcp, ends.0.min(ends.1), ends.0.max(ends.1));
        let nth = self.seen.entry((place, pair)).or_default();
        let flows = self.between.entry(pair).or_default();
        let flow = flows.get(*nth).copied().unwrap_or_else(|| {
            let flow = self.next;
            self.next += 1;
            flows.push(flow);
            flow
        });
        *nth += 1;
        self.known.insert((place, conversation), flow);
        flow
    }
}
