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
mod lifelines;
mod tokens;
mod told;

pub(super) use arrow::role;
pub(super) use tokens::tokens;
pub use told::troubles;

use std::collections::BTreeSet;

use crate::explain::{
    CallMoment, CallPhase, FrameKind, Moment, MomentSink, Note, NoteKind, StateChange, Summary,
    Transit, What,
};
use crate::model::{Arg, Call, CallResult, HostId, Setting, Time};
use crate::notation::FrameView;
use crate::text::Message;

use super::callers::Callers;
use super::options::Options;
use super::styled::{Line, Role, columns as width_of, fit, wrap};
use super::wording;
use columns::{Columns, LifelineSide};
use lifelines::Lifelines;

/// Tells moments as a ladder.
#[derive(Debug)]
pub struct Ladder {
    page: Lifelines,
    /// The conversation that the last row was about, and how many were met.
    flow: Option<u32>,
    flows: BTreeSet<u32>,
    /// The title row was told.
    titled: bool,
    callers: Callers,
}

impl Ladder {
    /// A ladder with these options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            page: Lifelines::new(options),
            flow: None,
            flows: BTreeSet::new(),
            titled: false,
            callers: Callers::default(),
        }
    }
}

impl MomentSink for Ladder {
    type Out = Vec<Line>;

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        let mut lines = Vec::new();
        self.page.zero.get_or_insert(moment.at);
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
                self.page.transit(moment.at, transit, &mut lines);
            }
            What::State(state) => {
                self.title(None, state.local.addr.is_ipv6(), &mut lines);
                self.state(moment.at, state, &mut lines);
            }
            What::Hole(hole) => {
                self.page.across(
                    &wording::hole(hole, &self.page.options.catalogue),
                    Role::Caution,
                    &mut lines,
                );
            }
            What::Program(end) => self.page.program(moment.at, end, &mut lines),
            What::Process(seen) => {
                let said = wording::process(seen, &self.page.hosts, &self.page.options.catalogue);
                if let Some((role, said)) = said {
                    self.page.said(moment.at, role, &said, &mut lines);
                }
            }
            What::End(outcome) => {
                lines.extend(troubles(outcome, &self.page.hosts, &self.page.options));
            }
        }
        self.notes(&moment.notes, &mut lines);
        if self.page.options.spacious && self.titled && !lines.is_empty() {
            lines.push(self.page.rails(Line::new()));
        }
        lines
    }

    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        super::summary::lines(&self.page.options, summary)
    }
}

impl Ladder {
    /// A remark in the middle, between two rows.
    pub(super) fn between_rows(&self, said: &Message) -> Line {
        let text = wording::message(said, &self.page.options.catalogue);
        let mut lines = Vec::new();
        self.page.across(&text, Role::Faint, &mut lines);
        lines.pop().unwrap_or_default()
    }

    fn begin(&mut self, settings: &[Setting]) {
        for setting in settings {
            if let Setting::Host(host) = setting {
                self.page.hosts.push(host.clone());
            }
        }
        self.page.columns = Columns::of(self.page.options.width, self.page.hosts.len());
    }

    /// The hosts with their addresses, before the first row.
    fn title(&mut self, first: Option<&Transit>, ipv6: bool, lines: &mut Vec<Line>) {
        if std::mem::replace(&mut self.titled, true) {
            return;
        }
        let ends = first.and_then(|transit| transit.followed.ends);
        let name = |host: HostId, end: Option<std::net::IpAddr>| {
            let known = self.page.hosts.iter().find(|known| known.id == host);
            let address = match known {
                Some(known) if ipv6 => known.ipv6.map(std::net::IpAddr::from),
                Some(known) => known
                    .ipv4
                    .map(std::net::IpAddr::from)
                    .or_else(|| known.ipv6.map(std::net::IpAddr::from)),
                None => None,
            }
            .or(end);
            let word = if self.page.hosts.is_empty() {
                String::new()
            } else {
                wording::host_name(host, &self.page.hosts, &self.page.options.catalogue)
            };
            let address = address.map(|a| a.to_string()).unwrap_or_default();
            (word, address)
        };
        if self.page.columns.lanes > 2 {
            let mut names: Vec<_> = self
                .page
                .hosts
                .iter()
                .map(|host| name(host.id, None))
                .collect();
            let sharing = names.split_off(self.page.columns.lanes - 1);
            names.push(match &sharing[..] {
                [one] => one.clone(),
                many => {
                    let said = Message::new("ladder-others").int("count", many.len() as u64);
                    let word = wording::message(&said, &self.page.options.catalogue);
                    (word, String::new())
                }
            });
            lines.extend(self.page.columns.titles(&names));
            lines.push(self.page.rails(Line::new()));
            return;
        }
        let left = name(HostId::CLIENT, ends.map(|(from, _)| from.addr));
        let right = name(HostId::SERVER, ends.map(|(_, to)| to.addr));
        lines.push(self.page.columns.title(&left, &right));
        lines.push(self.page.rails(Line::new()));
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
            Some(ends) if self.flows.len() == 1 => self.page.across(&ends, Role::Faint, lines),
            _ if self.flows.len() < 2 || !changed => {}
            ends => {
                let said = Message::new("ladder-flow").int("n", i64::from(flow) + 1);
                let text = wording::message(&said, &self.page.options.catalogue);
                let ends = ends.map(|ends| format!("  {ends}")).unwrap_or_default();
                self.page.across(&(text + &ends), Role::Title, lines);
            }
        }
    }

    /// Which conversation a datagram's pieces belong to stands in the first of them, though it is known as one only
    /// when the last has come.
    fn first_fragment(&self, transit: &Transit, lines: &mut Vec<Line>) {
        let packet = transit.frame.packet();
        let view = FrameView::new(
            &self.page.hosts,
            None,
            None,
            packet,
            None,
            transit.frame.orig_len,
        );
        if let Some((from, to)) = view.ends() {
            self.page
                .across(&format!("{from} > {to}"), Role::Faint, lines);
        }
    }

    fn call(&mut self, moment: &Moment, call: &CallMoment, lines: &mut Vec<Line>) {
        let host = call.call.host;
        let lane = self.page.lane(host);
        let failed = call
            .returned
            .as_deref()
            .is_some_and(|r| matches!(r.result, CallResult::Err(_)));
        let role = if failed { Role::CallFailed } else { Role::Call };
        let phase = call.phase;
        if phase == CallPhase::Returned {
            self.page.waiting.remove(&call.call.id);
        }
        let who = self.callers.before(&call.call);
        let mut text = self.call_text(call, &who);
        if self.page.shares(host) {
            let name = wording::host_name(host, &self.page.hosts, &self.page.options.catalogue);
            text = format!("{name}: {text}");
        }
        let glyph = if call.phase == CallPhase::Begun {
            '○'
        } else {
            '●'
        };
        let mut row = self.page.columns.row();
        row.time(&self.page.since(moment.at));
        self.page.draw_rails(&mut row);
        row.beside(lane, role, &text);
        row.rail(lane, role, glyph);
        let free = match self.page.columns.roomier(lane).0 {
            LifelineSide::Left => LifelineSide::Right,
            LifelineSide::Right => LifelineSide::Left,
        };
        self.page.write_states(&mut row, free, &call.states);
        lines.push(row.line());
        self.page.states_apart(&call.states, lines);
        if call.phase == CallPhase::Begun {
            self.page.waiting.insert(call.call.id, host);
        }
    }

    /// A call in as many columns as there are: what it gave is never cut off.
    fn call_text(&self, call: &CallMoment, who: &str) -> String {
        let (_, room) = self.page.columns.roomier(self.page.lane(call.call.host));
        let room = room.saturating_sub(1);
        let took = match call.returned.as_deref() {
            Some(returned) if call.phase == CallPhase::Returned => {
                format!("  {}", wording::duration(returned.at.since(call.call.at)))
            }
            _ => String::new(),
        };
        let text = |data: usize, took: &str| {
            let made = who.to_owned() + &wording::call(&call.call, data);
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
        let short = who.to_owned() + &wording::call_in_short(&call.call);
        let (made, tail) = (short, text(6, "").1);
        if width_of(&made) + width_of(&tail) <= room {
            return made + &tail;
        }
        let left = room.saturating_sub(width_of(&tail)).max(12);
        format!("{}){tail}", fit(&made, left - 1))
    }

    fn state(&mut self, at: Time, state: &StateChange, lines: &mut Vec<Line>) {
        let mut row = self.page.columns.row();
        row.time(&self.page.since(at));
        self.page.draw_rails(&mut row);
        let states = std::slice::from_ref(state);
        if !self.page.shares(state.host) {
            self.page
                .write_states(&mut row, LifelineSide::Right, states);
            lines.push(row.line());
        }
        self.page.states_apart(states, lines);
    }

    /// Notes below their row: the sentence as one paragraph, the others each on their own.
    fn notes(&self, notes: &[Note], lines: &mut Vec<Line>) {
        let quiet = self.page.options.quiet;
        let shown: Vec<&Note> = notes
            .iter()
            .filter(|note| !(quiet && note.kind.hidden_when_quiet()))
            .collect();
        let plain =
            |note: &&&Note| matches!(note.kind, NoteKind::What | NoteKind::Why | NoteKind::Next);
        let (sentence, rest) = shown.split_at(shown.iter().take_while(plain).count());
        let space = self.page.options.catalogue.word("ladder-space");
        self.paragraph("", sentence, &space, Role::Note, lines);
        for note in rest {
            let mark = wording::note_mark(note.kind, &self.page.options.catalogue);
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
            .map(|note| wording::message(&note.message, &self.page.options.catalogue))
            .collect();
        let width = self.page.columns.middle.saturating_sub(4);
        let mut pieces = wrap(&format!("{mark}{}", said.join(space)), width);
        let rfcs = wording::rfcs(notes);
        let last = pieces.last().map_or(0, |last| width_of(last));
        let beside = !rfcs.is_empty() && last + 2 + width_of(&rfcs) <= width;
        if !rfcs.is_empty() && !beside {
            pieces.push(String::new());
        }
        let count = pieces.len();
        for (at, piece) in pieces.into_iter().enumerate() {
            let mut row = self.page.columns.row();
            self.page.draw_rails(&mut row);
            row.middle(2, role, &piece);
            if at + 1 == count && !rfcs.is_empty() {
                let gap = if beside { 2 } else { 0 };
                row.middle(2 + width_of(&piece) + gap, Role::Faint, &fit(&rfcs, width));
            }
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
