//! What really happened to every segment of a recording: from the wire's fates and the sending kernels' own words,
//! never from what `explain` says.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::path::Path;

use sockscope::files::Reader;
use sockscope::model::fate::digest;
use sockscope::model::{
    Direction, Fact, HostId, Seq, Span, TcpInfo, Time, Trigger, Trouble, Vantage, Verdict,
};
use sockscope::protocol::decode::{Body, Packet, TcpFlags, TcpOption};

/// Why a segment is not just the next new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Lost, and sent again by the retransmission timer (a SYN's too).
    Timer,
    /// Lost, and sent again because acknowledgements, selective or not, showed the hole.
    Asked,
    /// Lost, and sent again as a tail-loss probe.
    Probe,
    /// Sent again though nothing of it was lost.
    Needless,
    /// Sent once, and overtaken on the way.
    Late,
    /// Sent once, and doubled on the way.
    Copied,
}

impl Cause {
    pub const ALL: [Self; 6] = [
        Self::Timer,
        Self::Asked,
        Self::Probe,
        Self::Needless,
        Self::Late,
        Self::Copied,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Timer => "timer",
            Self::Asked => "acks/sack",
            Self::Probe => "probe",
            Self::Needless => "spurious",
            Self::Late => "reordered",
            Self::Copied => "duplicated",
        }
    }
}

/// One packet of a vantage, in file order.
pub struct Row {
    pub at: Time,
    pub bytes: Vec<u8>,
    pub cause: Option<Cause>,
    /// What else may be said: sent again without need, at a sender whom no acknowledgement shows that. Then the mechanism is all
    /// that can be known.
    pub also: Option<Cause>,
    /// The kernel was asked too late for its word to be of this frame: nothing can be said.
    pub unknown: bool,
    /// It carries nothing but an acknowledgement.
    pub bare: bool,
    /// Sent again, but nothing of it or behind it was ever seen here: from here it is new.
    pub unseen: bool,
    /// It is the sender's own vantage.
    pub at_sender: bool,
}

impl Row {
    /// It was told as what it is.
    pub fn right(&self, said: Option<Cause>) -> bool {
        self.cause == said || (said.is_some() && self.also == said)
    }
}

/// A frame that was sent, and what the wire did to it.
struct Sent {
    host: HostId,
    at: Time,
    wire_no: Option<u64>,
    /// When it arrived whole.
    arrived: Option<Time>,
    /// The sender's kernel just after it had left, and when it said so.
    info: Option<(Time, TcpInfo)>,
    what: Option<Numbers>,
}

/// Something that was sent again.
#[derive(Clone, Copy)]
struct Resent {
    /// By which mechanism.
    by: Cause,
    /// The kernel's word for that came too late.
    unknown: bool,
    /// Nothing of it had been lost.
    needless: bool,
}

impl Resent {
    fn name(self) -> Cause {
        if self.needless {
            Cause::Needless
        } else {
            self.by
        }
    }
}

/// The kernel's congestion state is believed when it was asked for so soon after a frame had left, or before anything else came or went there.
const SOON: Span = Span::from_ms(3);

/// A segment's numbers.
#[derive(Clone, Copy)]
struct Numbers {
    seq: u32,
    end: u32,
    /// A first SYN acknowledges nothing: the 0 in its header is no number, and would lie behind half of all others.
    acks: bool,
    ack: u32,
    syn: bool,
    /// Its timestamp, and the one that it echoes; 0 without.
    stamp: u32,
    echo: u32,
    /// What it says has come twice.
    twice: Option<(u32, u32)>,
    /// Its selective acknowledgements.
    blocks: [Option<(u32, u32)>; 4],
}

impl Numbers {
    fn of(bytes: &[u8]) -> Option<Self> {
        let packet = Packet::of_ethernet(bytes);
        let Body::Tcp(tcp) = packet.body else {
            return None;
        };
        let syn = tcp.flags.contains(TcpFlags::SYN);
        let takes = u32::from(syn) + u32::from(tcp.flags.contains(TcpFlags::FIN));
        let (stamp, echo) = tcp
            .options()
            .find_map(|option| match option {
                TcpOption::Timestamps(own, echoed) => Some((own, echoed)),
                _ => None,
            })
            .unwrap_or_default();
        let mut blocks = tcp.sack_blocks().map(|(left, right)| (left.0, right.0));
        let all: [Option<(u32, u32)>; 4] = std::array::from_fn(|_| blocks.next());
        let [one, other, ..] = all;
        let twice = one.filter(|(left, right)| {
            let inside = |(from, to): (u32, u32)| !before(*left, from) && !before(to, *right);
            !before(tcp.ack.0, *right) || other.is_some_and(inside)
        });
        Some(Self {
            stamp,
            echo,
            twice,
            blocks: all,
            acks: tcp.flags.contains(TcpFlags::ACK),
            seq: tcp.seq.0,
            end: tcp.seq.0.wrapping_add(tcp.len + takes),
            ack: tcp.ack.0,
            syn,
        })
    }

    const fn bare(self) -> bool {
        self.seq == self.end
    }
}

/// `a` lies before `b` on the circle.
fn before(a: u32, b: u32) -> bool {
    Seq(b).distance_from(Seq(a)) > 0
}

/// All of a recording that matters here.
#[derive(Default)]
struct Recording {
    /// Frames in the order of the recording: vantage, stamp, direction, bytes.
    frames: Vec<(HostId, Time, Direction, Vec<u8>)>,
    /// By sender and digest, the numbers on the wire.
    fates: BTreeMap<(HostId, u64), VecDeque<(u64, Verdict)>>,
    /// By receiver and digest: the number on the wire, the copy.
    deliveries: BTreeMap<(HostId, u64), VecDeque<(u64, u8)>>,
    /// When each number on the wire was handed over first.
    handed: BTreeMap<u64, Time>,
    infos: BTreeMap<u64, (Time, TcpInfo)>,
    /// How late the wire handed something over at most, for want of a processor.
    late: Span,
}

fn read(path: &Path) -> Recording {
    let mut all = Recording::default();
    let mut reader = Reader::new(File::open(path).expect("saved")).expect("a recording");
    while let Some(fact) = reader.next().expect("readable") {
        match fact {
            Fact::Frame(frame) => {
                let Vantage::Host(host) = frame.vantage else {
                    continue;
                };
                let bytes = frame.bytes.into_owned();
                all.frames.push((host, frame.at, frame.direction, bytes));
            }
            Fact::Fate(fate) => {
                let of = all.fates.entry((fate.from, fate.digest)).or_default();
                of.push_back((fate.wire_no, fate.verdict));
            }
            Fact::Delivery(delivery) => {
                let of = all.deliveries.entry((delivery.to, delivery.digest));
                of.or_default().push_back((delivery.wire_no, delivery.copy));
                all.late = all.late.max(delivery.at.since(delivery.due));
                all.handed.entry(delivery.wire_no).or_insert(delivery.at);
            }
            Fact::State(state) => {
                if let (Trigger::Held(wire_no), Some(info)) = (state.trigger, state.info) {
                    all.infos.insert(wire_no, (state.at, info));
                }
            }
            Fact::Outcome(outcome) => {
                let missed = |trouble: &Trouble| matches!(trouble, Trouble::Overrun { .. });
                assert!(!outcome.troubles.iter().any(missed), "{}", path.display());
            }
            _ => {}
        }
    }
    all
}

/// The rows of one vantage, each with its cause; and how late the wire was at most.
pub fn rows(path: &Path, vantage: HostId) -> (Vec<Row>, Span) {
    let mut recording = read(path);
    let mut sent: Vec<Sent> = Vec::new();
    let mut by_wire_no: BTreeMap<u64, usize> = BTreeMap::new();
    for (host, at, direction, bytes) in &recording.frames {
        if *direction != Direction::Sent {
            continue;
        }
        let fates = recording.fates.get_mut(&(*host, digest(bytes)));
        let fate = fates.and_then(VecDeque::pop_front);
        let (wire_no, verdict) = fate.unzip();
        let spoiled = matches!(verdict, Some(Verdict::Corrupted(_)));
        let handed = wire_no.and_then(|number| recording.handed.get(&number).copied());
        if let Some(wire_no) = wire_no {
            by_wire_no.insert(wire_no, sent.len());
        }
        sent.push(Sent {
            host: *host,
            at: *at,
            wire_no,
            arrived: handed.filter(|_| !spoiled),
            info: wire_no.and_then(|number| recording.infos.get(&number).copied()),
            what: Numbers::of(bytes),
        });
    }
    let mut moments: BTreeMap<HostId, Vec<Time>> = BTreeMap::new();
    for (host, at, ..) in &recording.frames {
        moments.entry(*host).or_default().push(*at);
    }
    let causes: Vec<Option<Resent>> = (0..sent.len())
        .map(|index| resent(&sent, index, &moments[&sent[index].host]))
        .collect();
    let (mut departures, mut arrivals) = (0, Arrivals::default());
    let mut rows = Vec::new();
    for (host, at, direction, bytes) in recording.frames {
        let own = host == vantage;
        let index = if direction == Direction::Sent {
            departures += 1;
            departures - 1
        } else if own {
            let delivery = recording
                .deliveries
                .get_mut(&(host, digest(&bytes)))
                .and_then(VecDeque::pop_front);
            let (wire_no, copy) = delivery.expect("the wire delivered it");
            let index = by_wire_no[&wire_no];
            let (cause, unseen) =
                arrivals.judge(&sent[index], (wire_no, copy), causes[index].is_some());
            let cause = match (cause, causes[index]) {
                (None, Some(resent)) if !unseen => Some(resent.name()),
                (cause, _) => cause,
            };
            rows.push(Row {
                at,
                bytes,
                cause,
                also: None,
                unknown: causes[index].is_some_and(|resent| resent.unknown),
                bare: sent[index].what.is_some_and(Numbers::bare),
                unseen,
                at_sender: false,
            });
            continue;
        } else {
            continue;
        };
        if own {
            rows.push(Row {
                at,
                bytes,
                cause: causes[index].map(Resent::name),
                also: causes[index].map(|resent| resent.by),
                unknown: causes[index].is_some_and(|resent| resent.unknown),
                bare: sent[index].what.is_some_and(Numbers::bare),
                unseen: false,
                at_sender: true,
            });
        }
    }
    for at in 0..rows.len() {
        if rows[at].cause != Some(Cause::Needless) || shown(&rows, at) {
            rows[at].also = None;
        }
    }
    (rows, recording.late)
}

/// An acknowledgement shows to the sender of this row that it was needless: it tells of what came twice (RFC 2883), or echoes a
/// timestamp from before the row (RFC 3522).
fn shown(rows: &[Row], at: usize) -> bool {
    let Some(what) = Numbers::of(&rows[at].bytes) else {
        return false;
    };
    let answers = |rows: &[Row]| -> Vec<Numbers> {
        let received = rows.iter().filter(|row| !row.at_sender);
        let all = received.filter_map(|row| Numbers::of(&row.bytes));
        all.filter(|answer| answer.acks).collect()
    };
    let (earlier, later) = (answers(&rows[..at]), answers(&rows[at..]));
    // A FIN that stood behind a hole is acknowledged before its block is forgotten, as recordings of Linux show:
    // in the first acknowledgement that covers it, a block that was told while the hole was there is not what came twice.
    let stale = |(left, right): (u32, u32), ack: u32, until: usize| {
        let mut told = false;
        let mut before_it = earlier.iter().chain(&later[..until]);
        let first = before_it.all(|answer| {
            told |= before(answer.ack, left) && answer.blocks.contains(&Some((left, right)));
            before(answer.ack, right)
        });
        ack == right && first && told
    };
    let twice = |(index, answer): (usize, &Numbers)| {
        answer.twice.is_some_and(|(left, right)| {
            let holds = !before(what.seq, left) && before(what.seq, right);
            holds && !stale((left, right), answer.ack, index)
        })
    };
    let highest = earlier.iter().map(|answer| answer.ack).reduce(later_of);
    let mut stood = highest;
    let first = later.iter().find(|answer| {
        let covers = !before(answer.ack, what.end);
        if !covers {
            stood = Some(stood.map_or(answer.ack, |stood| later_of(stood, answer.ack)));
        }
        covers
    });
    let here = stood.is_none_or(|stood| !before(stood, what.seq));
    let echoes = |answer: &Numbers| answer.echo != 0 && before(answer.echo, what.stamp);
    later.iter().enumerate().any(twice) || (here && first.is_some_and(echoes))
}

fn later_of(a: u32, b: u32) -> u32 {
    if before(a, b) { b } else { a }
}

/// Why this frame was sent again, if it was. Something came or went at its sender at these moments.
fn resent(sent: &[Sent], index: usize, moments: &[Time]) -> Option<Resent> {
    let this = &sent[index];
    let what = this.what.filter(|what| !what.bare())?;
    let earlier: Vec<&Sent> = sent[..index]
        .iter()
        .filter(|other| other.host == this.host)
        .collect();
    let next = earlier
        .iter()
        .filter_map(|other| other.what)
        .map(|other| other.end)
        .reduce(later_of)?;
    if !before(what.seq, next) {
        return None;
    }
    let whole = earlier
        .iter()
        .filter(|other| other.arrived.is_some())
        .filter_map(|other| other.what);
    // The kernel's congestion state just after it had left: Loss, Recovery, or neither (include/uapi/linux/tcp.h). A SYN
    // has none, and only its timer.
    let by = match this.info.filter(|_| !what.syn) {
        Some((_, info)) if info.ca_state == 3 => Cause::Asked,
        Some((_, info)) if info.ca_state != 4 => Cause::Probe,
        _ => Cause::Timer,
    };
    let believed = |said: Time| {
        let between = |at: &Time| this.at < *at && *at < said;
        said.since(this.at) <= SOON || !moments.iter().any(between)
    };
    let unknown = !what.syn && !this.info.is_some_and(|(said, _)| believed(said));
    Some(Resent {
        by,
        unknown,
        needless: covered(what, whole.collect()),
    })
}

/// These ranges hold all of it.
fn covered(what: Numbers, mut ranges: Vec<Numbers>) -> bool {
    ranges.sort_by_key(|range| Seq(range.seq).distance_from(Seq(what.seq)));
    let mut reached = what.seq;
    for range in ranges {
        if !before(reached, range.seq) && before(reached, range.end) {
            reached = range.end;
        }
    }
    !before(reached, what.end)
}

/// What has arrived at a vantage so far.
#[derive(Default)]
struct Arrivals {
    /// The latest of the wire's numbers.
    newest: Option<u64>,
    /// Behind the highest number seen.
    next: Option<u32>,
    ack: Option<u32>,
}

impl Arrivals {
    /// What the wire did to it as far as that shows here; and whether it was sent again without that showing.
    fn judge(
        &mut self,
        sent: &Sent,
        (wire_no, copy): (u64, u8),
        resent: bool,
    ) -> (Option<Cause>, bool) {
        let Some(what) = sent.what else {
            return (None, false);
        };
        debug_assert_eq!(sent.wire_no, Some(wire_no));
        let behind = |number: u32, highest: Option<u32>| highest.is_some_and(|h| before(number, h));
        let overtaken = self.newest.is_some_and(|newest| wire_no < newest);
        let shows = if what.bare() {
            behind(what.ack, self.ack)
        } else {
            behind(what.seq, self.next)
        };
        self.newest = Some(self.newest.map_or(wire_no, |newest| newest.max(wire_no)));
        let acked = what.acks.then_some(what.ack);
        let numbers = [(&mut self.next, Some(what.end)), (&mut self.ack, acked)];
        for (slot, number) in numbers.into_iter().filter_map(|(slot, n)| Some((slot, n?))) {
            if slot.is_none_or(|highest| before(highest, number)) {
                *slot = Some(number);
            }
        }
        if copy > 0 {
            (Some(Cause::Copied), false)
        } else if resent {
            (None, !shows)
        } else if overtaken && shows {
            (Some(Cause::Late), false)
        } else {
            (None, false)
        }
    }
}
