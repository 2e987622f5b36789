//! The page that a ladder is drawn on: the lifelines, what they look like now, and what stands at them.

use std::collections::BTreeMap;

use super::columns::{Columns, LadderRow, LifelineSide};
use crate::explain::StateChange;
use crate::model::{CallId, Host, HostId, ProgramEnd, Time};
use crate::views::options::Options;
use crate::views::styled::{Line, Role, columns as width_of, fit, wrap};
use crate::views::wording;

/// The lifelines' places, and what a row has to know of those above it.
#[derive(Debug)]
pub(super) struct Lifelines {
    pub options: Options,
    pub columns: Columns,
    pub hosts: Vec<Host>,
    /// The first moment: times count from it.
    pub zero: Option<Time>,
    /// Calls that have not returned: whose lifeline is thick.
    pub waiting: BTreeMap<CallId, HostId>,
    /// The window that each direction, from lifeline to lifeline, showed last.
    pub windows: BTreeMap<(usize, usize), u32>,
}

impl Lifelines {
    /// A page with two of them, until it is known how many hosts there are.
    pub fn new(options: Options) -> Self {
        Self {
            columns: Columns::of(options.width, 2),
            options,
            hosts: Vec::new(),
            zero: None,
            waiting: BTreeMap::new(),
            windows: BTreeMap::new(),
        }
    }

    /// A line across both lifelines.
    pub fn across(&self, text: &str, role: Role, lines: &mut Vec<Line>) {
        let mut row = self.columns.row();
        self.draw_rails(&mut row);
        let text = fit(text, self.columns.middle.saturating_sub(4));
        let at = self.columns.middle.saturating_sub(width_of(&text)) / 2;
        row.middle(at, role, &text);
        lines.push(row.line());
    }

    /// A program's end, in as many lines as it takes.
    pub fn program(&self, at: Time, end: &ProgramEnd, lines: &mut Vec<Line>) {
        let said = wording::program_end(end, &self.hosts, &self.options.catalogue);
        self.said(at, Role::Milestone, &said, lines);
    }

    /// Something that was seen at this time, in as many lines as it takes.
    pub fn said(&self, at: Time, role: Role, said: &str, lines: &mut Vec<Line>) {
        let width = self.columns.middle.saturating_sub(4);
        for (number, piece) in wrap(said, width).into_iter().enumerate() {
            let mut row = self.columns.row();
            if number == 0 {
                row.time(&self.since(at));
            }
            self.draw_rails(&mut row);
            row.middle(2, role, &piece);
            lines.push(row.line());
        }
    }

    pub fn rails(&self, mut line: Line) -> Line {
        let mut row = self.columns.row();
        self.draw_rails(&mut row);
        for span in row.line().spans() {
            line.push(span.role(), span.text());
        }
        line
    }

    /// The lifelines; thick where a program waits in a call.
    pub fn draw_rails(&self, row: &mut LadderRow) {
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

    pub fn since(&self, at: Time) -> String {
        let zero = self.zero.unwrap_or(at);
        wording::time(at.since(zero))
    }

    /// Which lifeline a host has.
    pub fn lane(&self, host: HostId) -> usize {
        usize::from(host.0).min(self.columns.lanes - 1)
    }

    /// It has its lifeline together with others: its name must be said.
    pub fn shares(&self, host: HostId) -> bool {
        self.hosts.len() > self.columns.lanes && self.lane(host) + 1 == self.columns.lanes
    }

    /// States beside their lifelines; on which side, where that is not given.
    pub fn write_states(&self, row: &mut LadderRow, side: LifelineSide, states: &[StateChange]) {
        for state in states.iter().filter(|state| !self.shares(state.host)) {
            row.state(self.lane(state.host), side, Role::State, state.now.name());
        }
    }

    /// States of hosts that share a lifeline: a row each, with the host's name.
    pub fn states_apart(&self, states: &[StateChange], lines: &mut Vec<Line>) {
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
