//! A story on its way into a layout: what happens when, and what has its place whatever the arrows do.
//!
//! Columns that never change place: time · the left host's calls · its states · the wire · the right host's states · its
//! calls. Further hosts have their lines between those two, their calls and states beside them.

use std::collections::{BTreeMap, BTreeSet};

use crate::explain::spacetime::{CallBar, Flight, Spacetime, StateStretch};
use crate::model::number::count32;
use crate::model::{Endpoint, Span, Time};
use crate::text::Catalogue;
use crate::views::wording;

use super::layout::{BarPath, Diagram, FOOT, HALF, SMALL, StateBox, TOP};
use super::metrics::{fit, mono, sans};
use super::place::{Anchor, PlacedText};
use super::scale::{TimeMark, Track, per_ms};
use super::words;

/// The left host's line, where there are two.
const LEFT: f64 = 430.0;
/// From line to line.
const WIRE: f64 = 420.0;
/// From the outer lines to the edges of the picture.
const SIDE: f64 = 430.0;
/// From a line to the bars of its calls.
const BARS: f64 = 116.0;
/// Room that a call's words have: the outer ones, and those between two lines.
const CALL_ROOM: f64 = 248.0;
const INNER_CALL_ROOM: f64 = 170.0;

/// What happens at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happens {
    Sent(usize),
    Arrived(usize),
    Begun(usize),
    Returned(usize),
    State(usize),
    Milestone(usize),
}

/// A story on its way into a layout.
pub(super) struct PicturePlan<'a> {
    pub story: &'a Spacetime,
    pub catalogue: &'a Catalogue,
    pub happenings: Vec<Happens>,
    pub marks: Vec<TimeMark>,
    pub layout: Diagram,
    /// How far from its lane's line each socket's states stand.
    slots: BTreeMap<LaneSocket, u32>,
    /// Calls that wait, by lane.
    waiting: BTreeMap<usize, u32>,
    /// How long a usual flight takes, in nanoseconds; 0 where none is known.
    usual: i64,
}

/// A lane's socket: connections before listeners.
type LaneSocket = (usize, bool, Endpoint, Option<Endpoint>);

fn socket(state: &StateStretch) -> LaneSocket {
    let listens = state.remote.is_none();
    (state.lane, listens, state.local, state.remote)
}
impl<'a> PicturePlan<'a> {
    pub fn new(story: &'a Spacetime, catalogue: &'a Catalogue) -> Self {
        let count = story.lanes.len().max(2);
        let mut set = Self {
            story,
            catalogue,
            happenings: Vec::new(),
            marks: Vec::new(),
            layout: Diagram {
                width: LEFT + WIRE * f64::from(count32(count - 1)) + SIDE,
                lanes: Vec::new(),
                ..Diagram::default()
            },
            slots: slots(story),
            waiting: BTreeMap::new(),
            usual: 0,
        };
        for number in 0..count {
            let (name, address) = words::lane(story, number, catalogue);
            let x = LEFT + WIRE * f64::from(count32(number));
            set.layout.lanes.push((x, name, address));
        }
        let flown = story
            .flights
            .iter()
            .filter(|flight| !flight.seen_once)
            .filter_map(|flight| Some(flight.arrived?.since(flight.sent)));
        let begun = story.begun.unwrap_or_default();
        let all = story.ended.map_or(Span::ZERO, |ended| ended.since(begun));
        let mut flown: Vec<i64> = flown.map(Span::ns).filter(|ns| *ns > 0).collect();
        flown.sort_unstable();
        set.usual = flown.get(flown.len() / 2).copied().unwrap_or(0);
        set.layout.per_ms = per_ms(Span::from_ns(set.usual), all);
        set.happen();
        set
    }

    /// Everything in order of time.
    fn happen(&mut self) {
        let story = self.story;
        let mut all: Vec<(Time, u8, Happens)> = Vec::new();
        for (at, call) in story.calls.iter().enumerate() {
            all.push((call.call.at, 0, Happens::Begun(at)));
            if let (true, Some(returned)) = (call.waited, &call.returned) {
                all.push((returned.at, 4, Happens::Returned(at)));
            }
        }
        for (at, flight) in story.flights.iter().enumerate() {
            all.push((flight.sent, 1, Happens::Sent(at)));
            if let (Some(arrived), false) = (flight.arrived, flight.seen_once) {
                all.push((arrived, 2, Happens::Arrived(at)));
            }
        }
        for (at, stretch) in story.states.iter().enumerate() {
            all.push((stretch.from, 3, Happens::State(at)));
        }
        for (at, milestone) in story.milestones.iter().enumerate() {
            all.push((milestone.at, 5, Happens::Milestone(at)));
        }
        all.sort_by_key(|(at, order, _)| (*at, *order));
        for (at, _, happens) in all {
            self.marks.push(self.mark(at, happens));
            self.happenings.push(happens);
        }
    }

    fn mark(&self, at: Time, happens: Happens) -> TimeMark {
        let story = self.story;
        let (tracks, above, below) = match happens {
            Happens::Sent(number) => story.flights.get(number).map_or_else(
                || (Vec::new(), 0.0, 0.0),
                |flight| {
                    let mut tracks = vec![Track::Tail(flight.from), Track::Flight(number)];
                    if flight.seen_once {
                        // Level lines do not lie on each other.
                        tracks.push(Track::Tail(flight.to));
                    }
                    (tracks, 15.0, 3.0)
                },
            ),
            Happens::Arrived(number) => story.flights.get(number).map_or_else(
                || (Vec::new(), 0.0, 0.0),
                |flight| {
                    let tracks = vec![Track::Head(flight.to), Track::Flight(number)];
                    (tracks, 8.0, 2.0)
                },
            ),
            Happens::Begun(number) | Happens::Returned(number) => {
                let lane = story.calls.get(number).map_or(0, |call| call.lane);
                (vec![Track::Calls(lane)], 8.0, 8.0)
            }
            Happens::State(number) => {
                let lane = story.states.get(number).map_or(0, |state| state.lane);
                (vec![Track::States(lane)], 7.0, 7.0)
            }
            Happens::Milestone(_) => {
                let lanes = 0..self.layout.lanes.len();
                let tracks = lanes.flat_map(|lane| [Track::Tail(lane), Track::Head(lane)]);
                (tracks.collect(), 16.0, 14.0)
            }
        };
        TimeMark {
            at,
            tracks,
            above,
            below,
        }
    }

    /// The height of something that happens.
    pub fn height(&self, number: usize) -> f64 {
        let heights = &self.layout.heights.heights;
        heights.get(number).copied().unwrap_or(TOP)
    }

    /// Where a frame that nobody saw arrive would be when a usual flight ends.
    pub fn falls_to(&self, flight: &Flight, y: f64) -> f64 {
        let wanted = y + super::scale::FLIGHT;
        let usual = Span::from_ns(self.usual);
        let due = flight.sent.plus(usual);
        let after = self.marks.partition_point(|mark| mark.at < due);
        let heights = &self.layout.heights.heights;
        let there = heights.get(after).filter(|_| self.usual > 0);
        there.map_or(wanted, |height| height.clamp(wanted, wanted + 600.0))
    }

    pub fn x(&self, lane: usize) -> f64 {
        self.layout.lanes.get(lane).map_or(LEFT, |(x, ..)| *x)
    }

    /// On which side of its line a lane's words stand: -1 left, 1 right; and whether it is one between two.
    fn side(&self, lane: usize) -> (f64, bool) {
        match lane {
            0 => (-1.0, false),
            lane if lane + 1 == self.layout.lanes.len() => (1.0, false),
            _ => (1.0, true),
        }
    }

    /// What has its place whatever the arrows do: times, calls, states, milestones.
    pub fn fixed(&mut self) {
        self.waiting.clear();
        self.layout.ticks.clear();
        self.layout.bars.clear();
        self.layout.states.clear();
        self.layout.milestones.clear();
        let zero = self.story.begun.unwrap_or_default();
        let mut shown = f64::NEG_INFINITY;
        for number in 0..self.happenings.len() {
            let y = self.height(number);
            let Some(happens) = self.happenings.get(number).copied() else {
                continue;
            };
            match happens {
                Happens::Begun(call) => self.bar(call, y),
                Happens::Returned(call) => self.returned(call, y),
                Happens::State(state) => self.state(state, y),
                Happens::Milestone(milestone) => self.milestone(milestone, y),
                Happens::Sent(_) | Happens::Arrived(_) => {}
            }
            let timed = !matches!(happens, Happens::Milestone(_) | Happens::State(_));
            if let (true, Some(mark)) = (timed && y - shown >= 15.0, self.marks.get(number)) {
                let text = wording::time(mark.at.since(zero));
                let is_new = self
                    .layout
                    .ticks
                    .last()
                    .is_none_or(|(_, last)| *last != text);
                if is_new {
                    self.layout.ticks.push((y, text));
                    shown = y;
                }
            }
        }
    }

    fn bar(&mut self, number: usize, y: f64) {
        let Some(call) = self.story.calls.get(number) else {
            return;
        };
        let (side, inner) = self.side(call.lane);
        let beside = if inner { HALF + 10.0 } else { BARS };
        let others = self.waiting.get(&call.lane).copied().unwrap_or(0).min(3);
        // A call beside others that wait stands nearer to the line.
        let x = self.x(call.lane) + side * (beside - 8.0 * f64::from(others));
        if call.waited {
            *self.waiting.entry(call.lane).or_default() += 1;
        }
        let label = self.call_label(call, y);
        self.layout.bars.push(BarPath {
            number,
            x,
            top: y,
            bottom: if call.waited { f64::INFINITY } else { y },
            labels: vec![label],
        });
    }

    fn returned(&mut self, number: usize, y: f64) {
        let Some(call) = self.story.calls.get(number) else {
            return;
        };
        let label = self.result_label(call, y);
        if let Some(waiting) = self.waiting.get_mut(&call.lane) {
            *waiting = waiting.saturating_sub(1);
        }
        if let Some(bar) = self
            .layout
            .bars
            .iter_mut()
            .rev()
            .find(|bar| bar.number == number)
        {
            bar.bottom = y;
            bar.labels.extend(label);
        }
    }

    fn beside(&self, lane: usize, y: f64, text: String, whole: Option<String>) -> PlacedText {
        let (side, inner) = self.side(lane);
        let beside = if inner { HALF + 10.0 } else { BARS } + 9.0;
        PlacedText {
            width: mono(&text, SMALL),
            text,
            whole,
            x: self.x(lane) + side * beside,
            y: y + 4.0,
            anchor: if side < 0.0 {
                Anchor::End
            } else {
                Anchor::Start
            },
            angle: 0.0,
            size: SMALL,
        }
    }

    fn room(&self, lane: usize) -> f64 {
        if self.side(lane).1 {
            INNER_CALL_ROOM
        } else {
            CALL_ROOM
        }
    }

    fn call_label(&self, call: &CallBar, y: f64) -> PlacedText {
        let room = self.room(call.lane);
        let gave = |data: usize| match (&call.returned, call.waited) {
            (Some(returned), false) => format!(" {}", wording::gave(&call.call, returned, data)),
            _ => String::new(),
        };
        let whole = wording::call(&call.call, 64) + &gave(64);
        let fits = |text: &String| mono(text, SMALL) <= room;
        let text = [48, 24, 12, 6, 0]
            .into_iter()
            .map(|data| wording::call(&call.call, data) + &gave(data))
            .find(fits)
            .or_else(|| Some(wording::call_in_short(&call.call) + &gave(6)).filter(fits))
            .unwrap_or_else(|| {
                // What it gave is never cut.
                let gave = gave(6);
                let left = (room - mono(&gave, SMALL)).max(60.0);
                let made = fit(&wording::call_in_short(&call.call), left, |text| {
                    mono(text, SMALL)
                });
                made + &gave
            });
        let whole = (text != whole).then_some(whole);
        self.beside(call.lane, y, text, whole)
    }

    fn result_label(&self, call: &CallBar, y: f64) -> Option<PlacedText> {
        let returned = call.returned.as_deref()?;
        let room = self.room(call.lane);
        let took = wording::duration(returned.at.since(call.call.at));
        let fits = |text: &String| mono(text, SMALL) <= room;
        let text = [24, 12, 6, 0]
            .into_iter()
            .map(|data| format!("{} · {took}", wording::gave(&call.call, returned, data)))
            .find(fits)
            .unwrap_or_else(|| {
                fit(&wording::gave(&call.call, returned, 0), room, |text| {
                    mono(text, SMALL)
                })
            });
        Some(self.beside(call.lane, y, text, None))
    }

    fn state(&mut self, number: usize, y: f64) {
        let Some(state) = self.story.states.get(number) else {
            return;
        };
        let slot = f64::from(self.slots.get(&socket(state)).copied().unwrap_or(0));
        let (side, inner) = self.side(state.lane);
        // Between two lines the words of states stand left, those of calls right.
        let side = if inner { -1.0 } else { side };
        let x = self.x(state.lane) + side * slot * 15.0;
        let text = state.state.name().to_owned();
        let label = PlacedText {
            width: sans(&text, 10.5),
            text,
            whole: None,
            x: self.x(state.lane) + side * (HALF + 7.0 + self.outermost(state.lane) * 15.0),
            y: y + 4.0,
            anchor: if side < 0.0 {
                Anchor::End
            } else {
                Anchor::Start
            },
            angle: 0.0,
            size: 10.5,
        };
        self.layout.states.push(StateBox {
            number,
            x,
            top: y,
            bottom: f64::INFINITY,
            label: (slot < 2.5).then_some(label),
        });
    }

    /// How far from a lane's line its states stand at most.
    fn outermost(&self, lane: usize) -> f64 {
        let own = self.slots.iter().filter(|(socket, _)| socket.0 == lane);
        f64::from(own.map(|(_, slot)| *slot).max().unwrap_or(0))
    }

    fn milestone(&mut self, number: usize, y: f64) {
        let Some(milestone) = self.story.milestones.get(number) else {
            return;
        };
        let count = self.layout.lanes.len();
        let (left, right) = (self.x(0), self.x(count - 1));
        let said = wording::message(&milestone.note.message, self.catalogue);
        let width = |text: &str| sans(text, SMALL) + 20.0;
        let text = fit(&said, right - left - 24.0, width);
        let label = PlacedText {
            width: sans(&text, SMALL),
            whole: (text != said).then_some(said),
            text,
            x: f64::midpoint(left, right),
            y: y + 4.0,
            anchor: Anchor::Middle,
            angle: 0.0,
            size: SMALL,
        };
        self.layout.milestones.push((milestone.moment, label));
    }

    /// A state lasts until the same socket is in the next; a call that never returned until the end.
    pub fn finish_states(&mut self) {
        let end = self.layout.height - FOOT - 8.0;
        for at in 0..self.layout.states.len() {
            let number = self.layout.states[at].number;
            let own = self.story.states.get(number);
            let next = self.layout.states[at + 1..].iter().find(|other| {
                let other = self.story.states.get(other.number);
                own.zip(other).is_some_and(|(own, other)| {
                    (own.lane, own.local, own.remote) == (other.lane, other.local, other.remote)
                })
            });
            let bottom = next.map_or(end, |next| next.top);
            self.layout.states[at].bottom = bottom;
        }
        for bar in &mut self.layout.bars {
            bar.bottom = bar.bottom.min(end);
        }
    }
}
/// Connections stand on the line, each beside the one before, listeners beyond them.
fn slots(story: &Spacetime) -> BTreeMap<LaneSocket, u32> {
    let sockets: BTreeSet<LaneSocket> = story.states.iter().map(socket).collect();
    let mut counts: BTreeMap<usize, u32> = BTreeMap::new();
    let slot = |socket: LaneSocket| {
        let count = counts.entry(socket.0).or_default();
        let slot = *count;
        *count = (slot + 1).min(3);
        (socket, slot)
    };
    sockets.into_iter().map(slot).collect()
}
