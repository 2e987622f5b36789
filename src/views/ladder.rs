//! The ladder: a lifeline for each host (see [`columns`] for many hosts), time downwards, cause beside effect.
//!
//! ```text
//!      ms       client 10.0.0.1                              server 10.0.0.2
//!                      │                                             │
//!     0.0              │                               listen(5) = 0 ● LISTEN
//!     0.1              ○ connect(10.0.0.2:7070) …                    │
//!     0.1     SYN-SENT ├─ SYN x=2405500986 win=64240 ──── +20.1 ────▶│ SYN-RECEIVED
//!                      ┃  mss=1460 sack-permitted ts wscale=10       │
//! ```
//!
//! Left and right of the lifelines stand the kernels' states, between them what was called and what went over the
//! wire. A lifeline is thick while a call of its host has not returned: the program is waiting there. An arrow
//! ends where its frame ended: at the other lifeline, on the wire (`✗`), or at a row further down, where rows cross
//! (`╌`). Nothing is told by colour alone.

mod arrow;
mod columns;
mod told;

pub(super) use arrow::role;
pub use told::troubles;

use std::collections::BTreeMap;

use crate::explain::{
    CallMoment, CallPhase, FrameKind, Moment, MomentSink, Note, NoteKind, StateChange, Summary,
    Transit, What,
};
use crate::model::{Arg, Call, CallId, CallResult, Host, HostId, Setting, Time};
use crate::notation::FrameView;
use crate::text::Message;

use super::styled::{columns as width_of, fit, wrap};
use super::wording;
use super::{Line, Options, Role};
use columns::Columns;

/// Tells moments as a ladder.
#[derive(Debug)]
pub struct Ladder {
    options: Options,
    columns: Columns,
    hosts: Vec<Host>,
    zero: Option<Time>,
    /// Calls that have not returned: whose lifeline is thick.
    waiting: BTreeMap<CallId, HostId>,
    /// The conversation that the last row was about, and how many were met.
    flow: Option<u32>,
    flows: std::collections::BTreeSet<u32>,
    /// The window that each direction, from lifeline to lifeline, showed last.
    windows: BTreeMap<(usize, usize), u32>,
    /// The title row was told.
    titled: bool,
}

/// A side of a lifeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LifelineSide {
    Left,
    Right,
}

impl Ladder {
    /// A ladder with these options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            columns: Columns::of(options.width, 2),
            options,
            hosts: Vec::new(),
            zero: None,
            waiting: BTreeMap::new(),
            flow: None,
            flows: std::collections::BTreeSet::new(),
            windows: BTreeMap::new(),
            titled: false,
        }
    }
}

impl MomentSink for Ladder {
    type Out = Vec<Line>;

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        let mut lines = Vec::new();
        self.zero.get_or_insert(moment.at);
        match &moment.what {
            What::Begin(settings) => self.begin(settings),
            What::Call(call) => {
                self.title(None, uses_ipv6(&call.call), &mut lines);
                self.meet(moment, None, &mut lines);
                self.call(moment, call, &mut lines);
            }
            What::Transit(transit) => {
                let ends = transit.followed.ends;
                let ipv6 = ends.is_some_and(|(from, _)| from.addr.is_ipv6());
                self.title(Some(transit), ipv6, &mut lines);
                self.meet(moment, Some(transit), &mut lines);
                self.transit(moment.at, transit, &mut lines);
            }
            What::State(state) => {
                self.title(None, state.local.addr.is_ipv6(), &mut lines);
                self.state(moment.at, state, &mut lines);
            }
            What::Hole(hole) => {
                let said = Message::new("ladder-hole").int("frames", hole.frames);
                self.across(
                    &wording::message(&said, &self.options.catalogue),
                    Role::Caution,
                    &mut lines,
                );
            }
            What::End(outcome) => lines.extend(troubles(outcome, &self.hosts, &self.options)),
        }
        self.notes(&moment.notes, &mut lines);
        if self.options.spacious && self.titled && !lines.is_empty() {
            lines.push(self.rails(Line::new()));
        }
        lines
    }

    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        super::summary::lines(&self.options, summary)
    }
}

impl Ladder {
    fn begin(&mut self, settings: &[Setting]) {
        for setting in settings {
            if let Setting::Host(host) = setting {
                self.hosts.push(host.clone());
            }
        }
        self.columns = Columns::of(self.options.width, self.hosts.len());
    }

    /// The hosts with their addresses, before the first row.
    fn title(&mut self, first: Option<&Transit>, ipv6: bool, lines: &mut Vec<Line>) {
        if std::mem::replace(&mut self.titled, true) {
            return;
        }
        let ends = first.and_then(|transit| transit.followed.ends);
        let name = |host: HostId, end: Option<std::net::IpAddr>| {
            let known = self.hosts.iter().find(|known| known.id == host);
            let address = match known {
                Some(known) if ipv6 => known.ipv6.map(std::net::IpAddr::from),
                Some(known) => known
                    .ipv4
                    .map(std::net::IpAddr::from)
                    .or_else(|| known.ipv6.map(std::net::IpAddr::from)),
                None => None,
            }
            .or(end);
            let word = if self.hosts.is_empty() {
                String::new()
            } else {
                wording::host_name(host, &self.hosts, &self.options.catalogue)
            };
            let address = address.map(|a| a.to_string()).unwrap_or_default();
            (word, address)
        };
        if self.columns.lanes > 2 {
            let mut names: Vec<_> = self.hosts.iter().map(|host| name(host.id, None)).collect();
            let sharing = names.split_off(self.columns.lanes - 1);
            names.push(match &sharing[..] {
                [one] => one.clone(),
                many => {
                    let said = Message::new("ladder-others").int("count", many.len() as u64);
                    let word = wording::message(&said, &self.options.catalogue);
                    (word, String::new())
                }
            });
            lines.extend(self.columns.titles(&names));
            lines.push(self.rails(Line::new()));
            return;
        }
        let left = name(HostId::CLIENT, ends.map(|(from, _)| from.addr));
        let right = name(HostId::SERVER, ends.map(|(_, to)| to.addr));
        lines.push(self.columns.title(&left, &right));
        lines.push(self.rails(Line::new()));
    }

    /// A row of another conversation than the last: says which, once there are several.
    fn meet(&mut self, moment: &Moment, transit: Option<&Transit>, lines: &mut Vec<Line>) {
        let fragment = transit.filter(|transit| transit.kind == FrameKind::Fragment);
        if let Some(first) = fragment.filter(|_| self.flows.is_empty()) {
            self.first_fragment(first, lines);
        }
        let Some(flow) = moment.flow else { return };
        let new = self.flows.insert(flow);
        let changed = self.flow.replace(flow) != Some(flow);
        let ends = transit
            .filter(|_| new && fragment.is_none())
            .and_then(|transit| transit.followed.ends)
            .map(|(from, to)| format!("{from} > {to}"));
        match ends {
            // The first one needs no number, but its ports are worth seeing.
            Some(ends) if self.flows.len() == 1 => self.across(&ends, Role::Faint, lines),
            _ if self.flows.len() < 2 || !changed => {}
            ends => {
                let said = Message::new("ladder-flow").int("n", i64::from(flow) + 1);
                let text = wording::message(&said, &self.options.catalogue);
                let ends = ends.map(|ends| format!("  {ends}")).unwrap_or_default();
                self.across(&(text + &ends), Role::Title, lines);
            }
        }
    }

    /// Which conversation a datagram's pieces belong to stands in the first of them, though it is known as one only
    /// when the last has come.
    fn first_fragment(&self, transit: &Transit, lines: &mut Vec<Line>) {
        let packet = transit.frame.packet();
        let view = FrameView::new(
            &self.hosts,
            None,
            None,
            packet,
            None,
            transit.frame.orig_len,
        );
        if let Some((from, to)) = view.ends() {
            self.across(&format!("{from} > {to}"), Role::Faint, lines);
        }
    }

    fn call(&mut self, moment: &Moment, call: &CallMoment, lines: &mut Vec<Line>) {
        let host = call.call.host;
        let lane = self.lane(host);
        let failed = call
            .returned
            .as_deref()
            .is_some_and(|r| matches!(r.result, CallResult::Err(_)));
        let role = if failed { Role::CallFailed } else { Role::Call };
        let phase = call.phase;
        if phase == CallPhase::Returned {
            self.waiting.remove(&call.call.id);
        }
        let mut text = self.call_text(call);
        if self.shares(host) {
            let name = wording::host_name(host, &self.hosts, &self.options.catalogue);
            text = format!("{name}: {text}");
        }
        let glyph = if call.phase == CallPhase::Begun {
            '○'
        } else {
            '●'
        };
        let mut row = self.columns.row();
        row.time(&self.since(moment.at));
        self.draw_rails(&mut row);
        row.beside(lane, role, &text);
        row.rail(lane, role, glyph);
        let free = match self.columns.roomier(lane).0 {
            LifelineSide::Left => LifelineSide::Right,
            LifelineSide::Right => LifelineSide::Left,
        };
        self.write_states(&mut row, free, &call.states);
        lines.push(row.line());
        self.states_apart(&call.states, lines);
        if call.phase == CallPhase::Begun {
            self.waiting.insert(call.call.id, host);
        }
    }

    /// A call in as many columns as there are: what it gave is never cut off.
    fn call_text(&self, call: &CallMoment) -> String {
        let (_, room) = self.columns.roomier(self.lane(call.call.host));
        let room = room.saturating_sub(1);
        let took = match call.returned.as_deref() {
            Some(returned) if call.phase == CallPhase::Returned => {
                format!("  {}", wording::duration(returned.at.since(call.call.at)))
            }
            _ => String::new(),
        };
        let text = |data: usize, took: &str| {
            let made = wording::call(&call.call, data);
            let tail = match call.returned.as_deref() {
                None => " …".to_owned(),
                Some(returned) => format!(" {}{took}", wording::gave(&call.call, returned, data)),
            };
            (made, tail)
        };
        // First the data gets shorter, then the duration goes, then what an option belongs to, then the
        // arguments are cut.
        for (data, took) in [
            (48, &*took),
            (24, &took),
            (12, &took),
            (24, ""),
            (12, ""),
            (6, ""),
            (0, ""),
        ] {
            let (made, tail) = text(data, took);
            if width_of(&made) + width_of(&tail) <= room {
                return made + &tail;
            }
        }
        let (made, tail) = (wording::call_in_short(&call.call), text(6, "").1);
        if width_of(&made) + width_of(&tail) <= room {
            return made + &tail;
        }
        let left = room.saturating_sub(width_of(&tail)).max(12);
        format!("{}){tail}", fit(&made, left - 1))
    }

    fn state(&mut self, at: Time, state: &StateChange, lines: &mut Vec<Line>) {
        let mut row = self.columns.row();
        row.time(&self.since(at));
        self.draw_rails(&mut row);
        let states = std::slice::from_ref(state);
        if !self.shares(state.host) {
            self.write_states(&mut row, LifelineSide::Right, states);
            lines.push(row.line());
        }
        self.states_apart(states, lines);
    }

    /// Notes below their row: the sentence as one paragraph, the others each on their own.
    fn notes(&self, notes: &[Note], lines: &mut Vec<Line>) {
        let quiet = self.options.quiet;
        let shown: Vec<&Note> = notes
            .iter()
            .filter(|note| !(quiet && note.kind.hidden_when_quiet()))
            .collect();
        let plain =
            |note: &&&Note| matches!(note.kind, NoteKind::What | NoteKind::Why | NoteKind::Next);
        let (sentence, rest) = shown.split_at(shown.iter().take_while(plain).count());
        let space = self.options.catalogue.word("ladder-space");
        self.paragraph("", sentence, &space, Role::Note, lines);
        for note in rest {
            let mark = wording::note_mark(note.kind, &self.options.catalogue);
            let role = wording::note_role(note.kind);
            self.paragraph(&mark, std::slice::from_ref(note), &space, role, lines);
        }
    }

    /// A paragraph between the lifelines, the RFC sections behind it.
    fn paragraph(
        &self,
        mark: &str,
        notes: &[&Note],
        space: &str,
        role: Role,
        lines: &mut Vec<Line>,
    ) {
        if notes.is_empty() {
            return;
        }
        let said: Vec<String> = notes
            .iter()
            .map(|note| wording::message(&note.message, &self.options.catalogue))
            .collect();
        let width = self.columns.middle.saturating_sub(4);
        let mut pieces = wrap(&format!("{mark}{}", said.join(space)), width);
        let rfcs = wording::rfcs(notes);
        let last = pieces.last().map_or(0, |last| width_of(last));
        let beside = !rfcs.is_empty() && last + 2 + width_of(&rfcs) <= width;
        if !rfcs.is_empty() && !beside {
            pieces.push(String::new());
        }
        let count = pieces.len();
        for (at, piece) in pieces.into_iter().enumerate() {
            let mut row = self.columns.row();
            self.draw_rails(&mut row);
            row.middle(2, role, &piece);
            if at + 1 == count && !rfcs.is_empty() {
                let gap = if beside { 2 } else { 0 };
                row.middle(2 + width_of(&piece) + gap, Role::Faint, &fit(&rfcs, width));
            }
            lines.push(row.line());
        }
    }

    /// A line across both lifelines.
    fn across(&self, text: &str, role: Role, lines: &mut Vec<Line>) {
        let mut row = self.columns.row();
        self.draw_rails(&mut row);
        let text = fit(text, self.columns.middle.saturating_sub(4));
        let at = self.columns.middle.saturating_sub(width_of(&text)) / 2;
        row.middle(at, role, &text);
        lines.push(row.line());
    }

    fn rails(&self, mut line: Line) -> Line {
        let mut row = self.columns.row();
        self.draw_rails(&mut row);
        for span in row.line().spans() {
            line.push(span.role(), span.text());
        }
        line
    }

    /// The lifelines; thick where a program waits in a call.
    fn draw_rails(&self, row: &mut columns::LadderRow) {
        for lane in 0..self.columns.lanes {
            let waits = self.waiting.values().any(|host| self.lane(*host) == lane);
            let (role, glyph) = if waits {
                (Role::Call, '┃')
            } else {
                (Role::Frame, '│')
            };
            row.rail(lane, role, glyph);
        }
    }

    fn since(&self, at: Time) -> String {
        let zero = self.zero.unwrap_or(at);
        wording::time(at.since(zero))
    }

    /// Which lifeline a host has.
    fn lane(&self, host: HostId) -> usize {
        usize::from(host.0).min(self.columns.lanes - 1)
    }

    /// It has its lifeline together with others: its name must be said.
    fn shares(&self, host: HostId) -> bool {
        self.hosts.len() > self.columns.lanes && self.lane(host) + 1 == self.columns.lanes
    }

    /// States beside their lifelines; on which side, where that is not given.
    fn write_states(
        &self,
        row: &mut columns::LadderRow,
        side: LifelineSide,
        states: &[StateChange],
    ) {
        for state in states.iter().filter(|state| !self.shares(state.host)) {
            row.state(self.lane(state.host), side, Role::State, state.now.name());
        }
    }

    /// States of hosts that share a lifeline: a row each, with the host's name.
    fn states_apart(&self, states: &[StateChange], lines: &mut Vec<Line>) {
        for state in states.iter().filter(|state| self.shares(state.host)) {
            let name = wording::host_name(state.host, &self.hosts, &self.options.catalogue);
            let mut row = self.columns.row();
            self.draw_rails(&mut row);
            let text = format!("{name}: {}", state.now.name());
            row.beside(self.lane(state.host), Role::State, &text);
            lines.push(row.line());
        }
    }
}

/// A call that speaks of IPv6: in its address, or in the family of the socket that it makes.
fn uses_ipv6(call: &Call) -> bool {
    call.args.iter().any(|arg| match arg {
        Arg::Endpoint(endpoint) => endpoint.addr.is_ipv6(),
        Arg::Word(word) => word == "AF_INET6",
        _ => false,
    })
}
