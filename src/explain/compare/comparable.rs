//! A story as entries that can be laid beside those of another: each call and each frame once, with what it is and
//! without what differs from run to run although the same thing happened (initial sequence numbers, the ports that
//! the kernel chose, windows, times).

use std::collections::BTreeMap;

use crate::model::{
    Arg, Call, CallId, CallName, CallResult, Endpoint, Host, HostId, Returned, Setting, Span, Time,
    Verdict,
};
use crate::notation::FrameView;
use crate::notation::vocabulary::{NumericField, Property};
use crate::protocol::follow::{Segment, Way};

use crate::explain::{
    CallMoment, CallPhase, Moment, MomentSink, Summary, Transit, TransitPhase, What,
};

/// So many entries of a story are kept …
const MOST: usize = 10_000;
/// … if what is compared of them is no longer than this, in bytes; the rest is counted.
const LONGEST: usize = 4 << 20;

/// The ports that the kernel chooses from, as every host of the lab has it (`net.ipv4.ip_local_port_range`).
const CHOSEN_BY_KERNEL: std::ops::RangeInclusive<u16> = 32_768..=60_999;

/// A run or a connection of a file, as entries in the order of their times.
#[derive(Debug, Default)]
pub struct ComparableStory {
    /// The hosts, by number; none where nobody said who there is.
    pub hosts: Vec<Host>,
    /// The wire's one-way delay; none where there is no wire.
    pub delay: Option<Span>,
    /// The entries, in the order of their times.
    pub entries: Vec<StoryEntry>,
    /// So many more there were.
    pub left_out: u64,
    zero: Option<Time>,
    /// What is compared of all entries, in bytes.
    len: usize,
    /// Entries that have become too long when their calls returned.
    outgrown: Vec<usize>,
    open: BTreeMap<CallId, OpenCall>,
}

/// A call that has not returned.
#[derive(Debug)]
enum OpenCall {
    /// Its entry is this one.
    Told(usize),
    /// It has none before it returns.
    Waiting(Call),
}

/// One call, or one frame's journey.
#[derive(Clone, Debug)]
pub struct StoryEntry {
    /// When, from the beginning of the story: a frame when it left; a call that waits for the other side when it
    /// returned, another when it began.
    pub at: Span,
    /// Whose it is: within one lane the order says something, between two it may be chance.
    pub lane: StoryLane,
    /// The call or the frame.
    pub what: EntryKind,
}

/// What keeps its order by itself: one host's calls, and the frames of one conversation that one host sends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StoryLane {
    /// A host's calls.
    Calls(HostId),
    /// The frames that the host of this name sends in the conversation of this number.
    Frames(String, Option<u32>),
}

/// What an entry tells.
#[derive(Clone, Debug)]
pub enum EntryKind {
    /// A call, with what it gave if it returned.
    Call(Call, Option<Returned>),
    /// A frame that left, or that was seen.
    Frame(ComparableFrame),
}

/// A frame, as far as it is the same in every run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparableFrame {
    /// Which one it is: direction, flags, numbers, length.
    pub(super) which: String,
    /// In the one notation, without what differs from run to run ([`FrameView::steady_line`]).
    pub line: String,
    /// What the wire did to it, if it was more than to carry it, sooner or later.
    pub fate: Option<Verdict>,
}

impl ComparableStory {
    /// An empty story.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// It holds a call: whoever recorded it saw the programs.
    #[must_use]
    pub fn has_calls(&self) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| matches!(entry.what, EntryKind::Call(..)))
    }

    fn setting(&mut self, setting: &Setting) {
        match setting {
            Setting::Host(host) => self.hosts.push(host.clone()),
            Setting::Delay(delay) => self.delay = Some(*delay),
            _ => {}
        }
    }

    fn call(&mut self, zero: Time, moment: &CallMoment) {
        let call = moment.call.as_ref();
        let returned = moment.returned.as_deref().cloned();
        match (moment.phase, waits(call.name)) {
            (CallPhase::Begun, true) => {
                self.open.insert(call.id, OpenCall::Waiting(call.clone()));
            }
            (CallPhase::Begun, false) => {
                let place = self.entries.len();
                if self.push(entry(zero, call.at, call.clone(), None)) {
                    self.open.insert(call.id, OpenCall::Told(place));
                }
            }
            (CallPhase::Returned, false) => {
                if let Some(OpenCall::Told(place)) = self.open.remove(&call.id) {
                    self.gave(place, returned);
                }
            }
            (CallPhase::Returned, true) | (CallPhase::Whole, _) => {
                self.open.remove(&call.id);
                let end = returned.as_ref().map(|returned| returned.at);
                let at = end.filter(|_| waits(call.name)).unwrap_or(call.at);
                self.push(entry(zero, at, call.clone(), returned));
            }
        }
    }

    fn transit(&mut self, zero: Time, moment: &Moment, transit: &Transit) {
        // An arrival whose departure was told, and a further copy, are the same frame.
        if transit.copy > 0 || (transit.phase == TransitPhase::Arrived && transit.sent.is_some()) {
            return;
        }
        let packet = transit.frame.packet();
        let segment = transit.followed.segment.as_ref();
        let mut view = FrameView::new(
            &self.hosts,
            transit.from,
            transit.to,
            packet,
            segment,
            transit.frame.orig_len,
        );
        if transit.from.is_none() && transit.followed.conversation.is_some() {
            (view.from, view.to) = names(transit.way);
        }
        let lane = StoryLane::Frames(view.from.clone().unwrap_or_default(), moment.flow);
        let again = match transit.sent {
            Some(_) => segment.is_some_and(Segment::left_again),
            // Nobody saw it leave: analysis has to say.
            None => view.has(Property::Resend),
        };
        let at = transit.sent.or(transit.arrived).unwrap_or(moment.at);
        self.push(StoryEntry {
            at: at.since(zero),
            lane,
            what: EntryKind::Frame(pictured(&view, segment, transit, again)),
        });
    }

    /// A call that has its place returned.
    fn gave(&mut self, place: usize, returned: Option<Returned>) {
        let Some(EntryKind::Call(_, gave)) =
            self.entries.get_mut(place).map(|entry| &mut entry.what)
        else {
            return;
        };
        self.len += format!("{returned:?}").len();
        if self.len <= LONGEST {
            *gave = returned;
        } else {
            self.outgrown.push(place);
        }
    }

    /// False when there are too many.
    fn push(&mut self, entry: StoryEntry) -> bool {
        let room = self.entries.len() < MOST && self.len <= LONGEST;
        if room {
            self.len += entry.what.whole().len();
            self.entries.push(entry);
        } else {
            self.left_out += 1;
        }
        room
    }

    /// What a program asked for by number is the same in every run.
    fn ports_asked_for(&self) -> Vec<u16> {
        let calls = self.entries.iter().filter_map(|entry| match &entry.what {
            EntryKind::Call(call, _) => Some(call),
            EntryKind::Frame(_) => None,
        });
        let asking = calls.filter(|call| matches!(call.name, CallName::Bind | CallName::Connect));
        let mut ports: Vec<u16> = asking
            .flat_map(|call| &call.args)
            .filter_map(|arg| match arg {
                Arg::Endpoint(endpoint) => Some(endpoint.port),
                _ => None,
            })
            .collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }
}

impl MomentSink for ComparableStory {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        let zero = *self.zero.get_or_insert(moment.at);
        match &moment.what {
            What::Begin(settings) => settings.iter().for_each(|setting| self.setting(setting)),
            What::Call(call) => self.call(zero, call),
            What::Transit(transit) => self.transit(zero, moment, transit),
            What::State(_) | What::Hole(_) | What::Program(_) | What::Process(_) | What::End(_) => {
            }
        }
    }

    /// Calls that never returned get their entries, and ports that the kernel chose lose their numbers.
    fn end(&mut self, _: &Summary) {
        for open in std::mem::take(&mut self.open).into_values() {
            if let (OpenCall::Waiting(call), Some(zero)) = (open, self.zero) {
                self.push(entry(zero, call.at, call, None));
            }
        }
        self.left_out += self.outgrown.len() as u64;
        self.outgrown.sort_unstable();
        for place in std::mem::take(&mut self.outgrown).into_iter().rev() {
            self.entries.remove(place);
        }
        let asked = self.ports_asked_for();
        for entry in &mut self.entries {
            if let EntryKind::Call(call, returned) = &mut entry.what {
                call.args.iter_mut().for_each(|arg| hide_port(arg, &asked));
                if let Some(Returned {
                    result: CallResult::Ok { out, .. },
                    ..
                }) = returned
                {
                    out.iter_mut().for_each(|arg| hide_port(arg, &asked));
                }
            }
        }
    }
}

impl EntryKind {
    /// What it is, for finding it in another story: the call and its arguments, the frame's direction, flags, numbers
    /// and length.
    pub(super) fn which(&self) -> String {
        match self {
            Self::Call(call, _) => format!("{} {:?} {:?}", call.label.raw(), call.name, call.args),
            Self::Frame(frame) => frame.which.clone(),
        }
    }

    /// All that is compared of it: also what the call gave; the frame's options and its fate.
    pub(super) fn whole(&self) -> String {
        match self {
            Self::Call(_, returned) => {
                let gave = returned.as_ref().map(|returned| &returned.result);
                format!("{} {gave:?}", self.which())
            }
            Self::Frame(frame) => format!("{} {:?}", frame.line, frame.fate),
        }
    }
}

/// It returns when the other side has done something: that is when it matters.
const fn waits(name: CallName) -> bool {
    use CallName::{Accept, Connect, EpollWait, Poll, Recv, Recvfrom, Recvmsg, Select};
    matches!(
        name,
        Accept | Connect | Recv | Recvfrom | Recvmsg | Poll | Select | EpollWait
    )
}

fn entry(zero: Time, at: Time, call: Call, returned: Option<Returned>) -> StoryEntry {
    StoryEntry {
        at: at.since(zero),
        lane: StoryLane::Calls(call.host),
        what: EntryKind::Call(call, returned),
    }
}

/// Who is who where no recording says it: the side that opened is the client.
fn names(way: Way) -> (Option<String>, Option<String>) {
    let (client, server) = (Some("client".to_owned()), Some("server".to_owned()));
    match way {
        Way::FromOpener => (client, server),
        Way::FromAcceptor => (server, client),
    }
}

fn pictured(
    view: &FrameView<'_>,
    segment: Option<&Segment>,
    transit: &Transit,
    again: bool,
) -> ComparableFrame {
    let line = view.steady_line(again);
    let which = match (segment, view.flags()) {
        (Some(segment), Some(flags)) => format!(
            "{:?} {:?} {flags} {} {:?} {} {again}",
            view.from,
            view.to,
            segment.rel_seq,
            view.number(NumericField::Ack),
            segment.len,
        ),
        _ => line.clone(),
    };
    let fate = transit.fate.as_ref().map(|fate| fate.verdict.clone());
    ComparableFrame {
        which,
        line,
        fate: fate.filter(|verdict| {
            !matches!(
                verdict,
                Verdict::Passed | Verdict::Delayed(_) | Verdict::Overrun { .. }
            )
        }),
    }
}

fn hide_port(arg: &mut Arg, asked: &[u16]) {
    let Arg::Endpoint(endpoint) = arg else { return };
    if CHOSEN_BY_KERNEL.contains(&endpoint.port) && !asked.contains(&endpoint.port) {
        let unnumbered = Endpoint::new(endpoint.addr, 0).to_string();
        *arg = Arg::Word((unnumbered.trim_end_matches('0').to_owned() + "*").into());
    }
}
