//! Frames matched over the vantages: departure at the sender, fate and delivery on the wire, arrival at the receiver.
//!
//! Joined by the digest of the bytes, first in first out per sender: two frames with the same bytes (a resend, an
//! ARP request again) are told apart by their order, which the wire keeps for what enters it. Whatever piece is
//! missing (a sniffer's hole, a cut file, a recording of one vantage), the others still make a journey.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::model::fate::digest;
use crate::model::{Delivery, Fate, Host, HostDrop, HostId, Span, Time, Verdict};

use super::by_digest::ByDigest;
use super::vantages::SeenFrame;
use crate::explain::{FrameKind, Sample, StateChange};

/// Journeys that are remembered at the same time. More in flight than this, and the oldest are let go: what
/// arrives of them then is an arrival without a departure.
const REMEMBERED: usize = 8192;

/// A journey's number.
pub(super) type JourneyId = u64;

/// One frame's way.
#[derive(Debug, Default)]
pub(super) struct Journey {
    /// Who sent it.
    pub from: Option<HostId>,
    /// Who is to get it: none for a group.
    pub to: Option<HostId>,
    /// Position of its departure among the facts.
    pub left: Option<u64>,
    /// When it left the sender's interface.
    pub sent: Option<Time>,
    /// What the sender's sniffer saw.
    pub departure: Option<SeenFrame>,
    /// What the wire did.
    pub fate: Option<Rc<Fate>>,
    /// Its arrival, when its row is whole.
    pub arrival: Option<Arrival>,
    /// It has arrived, at least once.
    pub arrived: bool,
    /// Something happened at the receiver's side while it was under way: departure and arrival are rows of their own.
    pub split: bool,
    /// The kernel's word of the sender about it has come.
    pub sender_asked: bool,
    /// The TCP_INFO that came with it.
    pub sender_info: Option<Sample>,
    /// What that changed.
    pub sender_states: Vec<StateChange>,
    /// The kernel's word of the receiver, where it came before the arrival was told.
    pub receiver_early: Vec<(HostId, Option<StateChange>, Option<Sample>)>,
    /// What it is, once that was told.
    pub kind: Option<FrameKind>,
    /// Its number on the wire.
    wire_no: Option<u64>,
    digest: u64,
}

/// One arrival of a frame.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    /// When the receiver's sniffer saw it.
    pub at: Time,
    /// The host at which it arrived.
    pub host: HostId,
    /// 0, or more for a copy that the wire made.
    pub copy: u8,
    /// By how much it was late ([`Transit::late`](crate::explain::Transit::late)).
    pub late: Option<Span>,
    /// What the receiver's sniffer saw.
    pub seen_frame: SeenFrame,
    /// The kernel's word about it has come.
    pub asked: bool,
    /// The TCP_INFO that came with it.
    pub info: Option<Sample>,
    /// State changes that the receiver's kernel reported with it.
    pub states: Vec<StateChange>,
    /// What the receiver's kernel dropped then.
    pub dropped: Option<HostDrop>,
}

impl Journey {
    /// It ended on the wire.
    pub fn lost(&self) -> bool {
        self.fate
            .as_deref()
            .is_some_and(|fate| fate.verdict.ends_it())
    }

    /// Any sight of it: the sender's, else the receiver's.
    pub fn seen_frame(&self) -> Option<&SeenFrame> {
        self.departure
            .as_ref()
            .or_else(|| self.arrival.as_ref().map(|arrival| &arrival.seen_frame))
    }

    /// It carries a TCP segment: the kernels are asked about it.
    pub fn is_tcp(&self) -> bool {
        self.seen_frame()
            .is_some_and(|seen_frame| seen_frame.followed.segment.is_some())
    }
}

/// A frame that the wire handed over and whose arrival was not seen yet.
#[derive(Debug)]
struct Handed {
    journey: JourneyId,
    copy: u8,
    /// When the wire meant to do so.
    due: Time,
}

/// All journeys that are not finished.
#[derive(Debug)]
pub(super) struct Journeys {
    all: Latest,
    /// Sent, its fate not known yet.
    unfated: ByDigest<JourneyId>,
    /// Fate known, its departure not seen (yet).
    unsent: ByDigest<JourneyId>,
    by_wire: BTreeMap<u64, JourneyId>,
    /// Handed over to this host, its arrival not seen yet.
    handed: ByDigest<Handed>,
    /// Under way, by digest.
    flying: BTreeMap<u64, VecDeque<JourneyId>>,
    /// Under way to this host, and still one row, by where that row stands.
    toward: BTreeMap<HostId, BTreeMap<u64, JourneyId>>,
}

impl Default for Journeys {
    fn default() -> Self {
        Self {
            all: Latest::default(),
            unfated: ByDigest::new(REMEMBERED),
            unsent: ByDigest::new(REMEMBERED),
            by_wire: BTreeMap::new(),
            handed: ByDigest::new(REMEMBERED),
            flying: BTreeMap::new(),
            toward: BTreeMap::new(),
        }
    }
}

/// Which journey an arrival belongs to.
pub(super) struct Matched {
    /// The journey that it ends.
    pub id: JourneyId,
    /// 0, or more for a copy that the wire made.
    pub copy: u8,
    /// When the wire meant to hand it over, where that is known.
    pub due: Option<Time>,
    /// It can be told in one row with its departure.
    pub whole: bool,
}

impl Journeys {
    /// The journey of this number.
    pub fn get(&self, id: JourneyId) -> Option<&Journey> {
        self.all.get(id)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, id: JourneyId) -> Option<&mut Journey> {
        self.all.get_mut(id)
    }

    /// The journey that the wire gave this number.
    pub fn on_wire(&self, wire_no: u64) -> Option<JourneyId> {
        self.by_wire.get(&wire_no).copied()
    }

    /// A frame left `host`.
    pub fn sent(
        &mut self,
        pos: u64,
        host: HostId,
        seen_frame: SeenFrame,
        hosts: &[Host],
    ) -> JourneyId {
        let digest = digest(&seen_frame.frame.bytes);
        let all = &self.all;
        // A journey whose fate came before its departure.
        let fated = self.unsent.take(host, digest, |id| {
            all.get(*id).is_some_and(|journey| !journey.arrived)
        });
        let id = fated.unwrap_or_else(|| self.make());
        if fated.is_none() {
            self.unfated.put(host, digest, id);
        }
        let to = receiver(&seen_frame, host, hosts);
        let Some(journey) = self.all.get_mut(id) else {
            return id;
        };
        journey.from = Some(host);
        journey.to = to;
        journey.left = Some(pos);
        journey.sent = Some(seen_frame.frame.at);
        journey.digest = digest;
        journey.departure = Some(seen_frame);
        // Nobody in particular gets it: who does are rows of their own.
        journey.split |= to.is_none() || journey.arrived;
        let (flies, whole) = (!journey.arrived && !journey.lost(), !journey.split);
        if flies {
            push_bounded(self.flying.entry(digest).or_default(), id);
            if let Some(to) = to.filter(|_| whole) {
                self.toward.entry(to).or_default().insert(pos, id);
            }
        }
        id
    }

    /// The wire decided. Gives the journey when its departure was seen.
    pub fn fated(&mut self, fate: &Fate) -> Option<JourneyId> {
        if matches!(fate.verdict, Verdict::Overrun { .. }) {
            return None;
        }
        let all = &self.all;
        let known = |id: &JourneyId| all.get(*id).is_some();
        let found = self.unfated.take(fate.from, fate.digest, known);
        let id = found.unwrap_or_else(|| {
            let id = self.make();
            self.unsent.put(fate.from, fate.digest, id);
            id
        });
        self.by_wire.insert(fate.wire_no, id);
        let journey = self.all.get_mut(id)?;
        journey.from = Some(fate.from);
        journey.wire_no = Some(fate.wire_no);
        journey.digest = fate.digest;
        journey.fate = Some(Rc::new(fate.clone()));
        if journey.lost() {
            self.landed(id);
        }
        Some(id)
    }

    /// The wire handed a frame over.
    pub fn delivered(&mut self, delivery: &Delivery) {
        let id = self.on_wire(delivery.wire_no).unwrap_or_else(|| {
            let id = self.make();
            self.by_wire.insert(delivery.wire_no, id);
            if let Some(journey) = self.all.get_mut(id) {
                journey.wire_no = Some(delivery.wire_no);
            }
            id
        });
        // To the one who sent it: an answer of a hop on the wire to what it could not carry, a frame of its own.
        let answer = self
            .all
            .get(id)
            .is_some_and(|j| j.from == Some(delivery.to));
        let id = if answer { self.make() } else { id };
        // Its arrival came first, by the bytes alone.
        let came = self.all.get(id).is_some_and(|j| j.arrived);
        if came && delivery.copy == 0 && self.all.get(id).is_some_and(|j| j.to == Some(delivery.to))
        {
            return;
        }
        let handed = Handed {
            journey: id,
            copy: delivery.copy,
            due: delivery.due,
        };
        self.handed.put(delivery.to, delivery.digest, handed);
    }

    /// A frame arrived at `host`: whose was it? A new journey where nobody knows.
    pub fn arrived(&mut self, host: HostId, seen_frame: &SeenFrame) -> Matched {
        let digest = digest(&seen_frame.frame.bytes);
        let (id, copy, due) = self
            .handed
            .take(host, digest, |_| true)
            .map(|handed| (handed.journey, handed.copy, Some(handed.due)))
            .or_else(|| self.flying_to(host, digest).map(|id| (id, 0, None)))
            .unwrap_or_else(|| (self.make(), 0, None));
        let mut whole = false;
        let mut first = None;
        if let Some(journey) = self.all.get_mut(id) {
            whole = !journey.split && !journey.arrived && copy == 0 && journey.left.is_some();
            journey.arrived = true;
            if journey.left.is_none() {
                journey.split = true;
            }
            first = journey.left;
        }
        self.landed(id);
        // Rows after this one's departure whose frames are still under way to this host were overtaken only if
        // they left before it; those that left later come later anyway.
        if let Some(left) = first.filter(|_| whole) {
            self.split_those_toward(host, left);
        }
        Matched {
            id,
            copy,
            due,
            whole,
        }
    }

    /// Something happened at `host` that stands on a row of its own: what is under way to it crosses that row.
    pub fn happened_at(&mut self, host: HostId) {
        self.split_those_toward(host, u64::MAX);
    }

    /// Makes this one cross, whatever happens.
    pub fn give_up(&mut self, id: JourneyId) {
        if let Some(journey) = self.all.get_mut(id) {
            journey.split = true;
            if let Some(to) = journey.to
                && let (Some(row), Some(rows)) = (journey.left, self.toward.get_mut(&to))
            {
                rows.remove(&row);
            }
        }
    }

    /// Those that left before this row.
    fn split_those_toward(&mut self, host: HostId, before: u64) {
        let Some(rows) = self.toward.get_mut(&host) else {
            return;
        };
        while let Some(first) = rows.first_entry().filter(|first| *first.key() < before) {
            if let Some(journey) = self.all.get_mut(first.remove()) {
                journey.split = true;
            }
        }
    }

    /// It is under way no more.
    fn landed(&mut self, id: JourneyId) {
        let Some(journey) = self.all.get(id) else {
            return;
        };
        if let Some(list) = self.flying.get_mut(&journey.digest) {
            list.retain(|other| *other != id);
            if list.is_empty() {
                self.flying.remove(&journey.digest);
            }
        }
        let rows = journey.to.and_then(|to| self.toward.get_mut(&to));
        if let (Some(row), Some(rows)) = (journey.left, rows) {
            rows.remove(&row);
        }
    }

    fn flying_to(&self, host: HostId, digest: u64) -> Option<JourneyId> {
        self.flying.get(&digest)?.iter().copied().find(|id| {
            self.all.get(*id).is_some_and(|j| {
                j.from != Some(host) && j.to.is_none_or(|to| to == host) && !j.arrived
            })
        })
    }

    fn make(&mut self) -> JourneyId {
        if self.all.journeys.len() >= REMEMBERED {
            let oldest = self.all.first;
            self.landed(oldest);
            if let Some(wire_no) = self.all.let_go().and_then(|journey| journey.wire_no) {
                self.by_wire.remove(&wire_no);
            }
        }
        self.all.add(Journey::default())
    }
}

/// The latest journeys, numbered without a gap.
#[derive(Debug, Default)]
struct Latest {
    /// The number of the first.
    first: JourneyId,
    journeys: VecDeque<Journey>,
}

impl Latest {
    fn add(&mut self, journey: Journey) -> JourneyId {
        self.journeys.push_back(journey);
        self.first + self.journeys.len() as u64 - 1
    }

    fn let_go(&mut self) -> Option<Journey> {
        let oldest = self.journeys.pop_front()?;
        self.first += 1;
        Some(oldest)
    }

    fn index(&self, id: JourneyId) -> Option<usize> {
        usize::try_from(id.checked_sub(self.first)?).ok()
    }

    fn get(&self, id: JourneyId) -> Option<&Journey> {
        self.journeys.get(self.index(id)?)
    }

    fn get_mut(&mut self, id: JourneyId) -> Option<&mut Journey> {
        let index = self.index(id)?;
        self.journeys.get_mut(index)
    }
}

fn push_bounded(queue: &mut VecDeque<JourneyId>, id: JourneyId) {
    if queue.len() >= REMEMBERED {
        queue.pop_front();
    }
    queue.push_back(id);
}

/// Who is to get a frame: the host of its destination MAC address, else of its IP address; with two hosts the
/// other one, unless it is for a group.
fn receiver(seen_frame: &SeenFrame, from: HostId, hosts: &[Host]) -> Option<HostId> {
    let packet = seen_frame.frame.packet();
    if let Some(ether) = packet.ether {
        let by_mac = hosts.iter().find(|host| host.mac == Some(ether.dst));
        if let Some(host) = by_mac.filter(|host| host.id != from) {
            return Some(host.id);
        }
    }
    match hosts {
        // Nobody said who there is: a run has a client and a server.
        [] => Some(if from == HostId::CLIENT {
            HostId::SERVER
        } else {
            HostId::CLIENT
        }),
        [one, two] => Some(if one.id == from { two.id } else { one.id }),
        _ => None,
    }
}
