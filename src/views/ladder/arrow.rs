//! An arrow: a frame's journey between the lifelines.

use crate::explain::{FrameKind, Transit, TransitPhase};
use crate::model::{Time, Verdict};
use crate::protocol::decode::Body;
use crate::protocol::follow::Way;

use super::columns::{LadderRow, LifelineSide};
use super::lifelines::Lifelines;
use super::tokens::{balanced, fill, tokens};
use crate::views::styled::{Line, Role, columns, fit};
use crate::views::wording;

impl Lifelines {
    /// A frame's rows: the arrow, and below it what did not fit on it.
    pub(super) fn transit(&mut self, at: Time, transit: &Transit, lines: &mut Vec<Line>) {
        let packet = transit.frame.packet();
        let mut tokens = tokens(transit, &packet, &self.hosts);
        if transit.phase == TransitPhase::Arrived && transit.sent.is_some() {
            // It was told in full where it left: what it is, and the number that says which.
            let acks = matches!(transit.kind, FrameKind::Ack | FrameKind::HandshakeAck);
            let number = if acks { "ack=" } else { "seq=" };
            let which = tokens.iter().position(|token| token.starts_with(number));
            if let Some(which) = which.filter(|which| *which > 1) {
                tokens.swap(1, which);
            }
            tokens.truncate(2);
        }
        let role = role(transit);
        let (tail, head) = self.ends(transit);
        let mut row = self.columns.row();
        row.time(&self.since(at));
        self.draw_rails(&mut row);
        if tail == head {
            self.inside_a_lane(transit, tail, &tokens, row, lines);
            return;
        }
        let late = wording::late(transit, &self.options.catalogue);
        let mut arrow = Arrow::of(transit, tail, head, self.columns.between(tail, head), &late);
        tokens.extend(arrow.travel_apart());
        self.name_sharers(transit, &mut tokens);
        let label = fill(&mut tokens, arrow.room());
        if transit.to.is_none() && transit.from.is_some() {
            self.other_way(tail, head, role, &mut row);
        }
        arrow.draw(&mut row, role, &label);
        let (behind, before) = if arrow.rightward {
            (LifelineSide::Left, LifelineSide::Right)
        } else {
            (LifelineSide::Right, LifelineSide::Left)
        };
        self.write_states(&mut row, behind, &transit.sender_states);
        self.write_states(&mut row, before, &transit.receiver_states);
        lines.push(row.line());
        self.states_apart(&transit.sender_states, lines);
        self.states_apart(&transit.receiver_states, lines);
        self.known_window(transit, (tail, head), &mut tokens);
        self.details(tokens, tail, arrow.rightward, lines);
    }

    /// From which lifeline to which.
    fn ends(&self, transit: &Transit) -> (usize, usize) {
        let last = self.columns.lanes - 1;
        let far = |lane: usize| if lane == last { 0 } else { last };
        match (transit.from, transit.to) {
            (Some(from), Some(to)) => (self.lane(from), self.lane(to)),
            // To a group: to the farther end, past the others.
            (Some(from), None) => (self.lane(from), far(self.lane(from))),
            (None, Some(to)) => (far(self.lane(to)), self.lane(to)),
            (None, None) if transit.way == Way::FromOpener => (0, last),
            (None, None) => (last, 0),
        }
    }

    /// A frame for several goes the other way as well, where there are hosts.
    fn other_way(&self, tail: usize, head: usize, role: Role, row: &mut LadderRow) {
        let end = if head > tail {
            0
        } else {
            self.columns.lanes - 1
        };
        if end != tail {
            let (from, to) = self.columns.between(tail, end);
            for at in from..to {
                row.middle(at, role, "╌");
            }
        }
    }

    /// Names of hosts that share a lifeline stand on the arrow.
    fn name_sharers(&self, transit: &Transit, tokens: &mut Vec<String>) {
        let name = |host| wording::host_name(host, &self.hosts, &self.options.catalogue);
        let shares = |host: &Option<_>| host.filter(|host| self.shares(*host));
        if let Some(from) = shares(&transit.from) {
            tokens.insert(0, format!("{}:", name(from)));
        }
        if let Some(to) = shares(&transit.to) {
            tokens.insert(0, format!("→{}:", name(to)));
        }
    }

    /// A frame between two hosts that share a lifeline, in words.
    fn inside_a_lane(
        &self,
        transit: &Transit,
        lane: usize,
        tokens: &[String],
        mut row: LadderRow,
        lines: &mut Vec<Line>,
    ) {
        let name = |host| wording::host_name(host, &self.hosts, &self.options.catalogue);
        let ends = [transit.from, transit.to].map(|host| host.map(name).unwrap_or_default());
        let mark = match transit.phase {
            TransitPhase::Lost | TransitPhase::CopyLost => "╌✗",
            TransitPhase::Left => "╌╌",
            TransitPhase::Arrived => "╌▶",
            TransitPhase::Whole | TransitPhase::Seen => "─▶",
        };
        let text = format!("{} {mark} {}: {}", ends[0], ends[1], tokens.join(" "));
        row.beside(lane, role(transit), &text);
        lines.push(row.line());
        self.states_apart(&transit.sender_states, lines);
        self.states_apart(&transit.receiver_states, lines);
    }

    /// A window that did not fit on the arrow is not worth a line when it is the one that was shown last.
    fn known_window(&mut self, transit: &Transit, ends: (usize, usize), tokens: &mut Vec<String>) {
        let Some(segment) = &transit.followed.segment else {
            return;
        };
        let before = self.windows.insert(ends, segment.window);
        if before == Some(segment.window) {
            tokens.retain(|token| !token.starts_with("win="));
        }
    }

    /// What did not fit on the arrow, below its beginning.
    fn details(
        &self,
        mut tokens: Vec<String>,
        tail: usize,
        rightward: bool,
        lines: &mut Vec<Line>,
    ) {
        let last = self.columns.lanes - 1;
        let (from, to) = self.columns.between(tail, if rightward { last } else { 0 });
        let room = balanced(&tokens, (to - from).saturating_sub(4));
        while !tokens.is_empty() {
            let text = fill(&mut tokens, room);
            let mut row = self.columns.row();
            self.draw_rails(&mut row);
            let at = if rightward {
                from + 2
            } else {
                to.saturating_sub(2 + columns(&text))
            };
            row.middle(at, Role::Faint, &text);
            lines.push(row.line());
        }
    }
}

/// Where an arrow's parts stand, in columns between the lifelines.
struct Arrow {
    rightward: bool,
    /// The lifeline where it begins.
    tail: usize,
    phase: TransitPhase,
    /// How long it was under way: `+20.1`, or nothing.
    travel: String,
    /// Columns that it is drawn over, from and up to.
    from: usize,
    to: usize,
    /// The wire delivers it more than once.
    doubled: bool,
    /// It arrives, but with other bits.
    corrupted: bool,
}

/// What crosses ends, or begins, so many columns before the other lifeline.
const OPEN_END: usize = 5;
/// An arrow that is shorter than this has no room for what it is and for how long it took.
const SHORT: usize = 26;

impl Arrow {
    /// An arrow between two lifelines, between which there are the columns from `low` up to `high`.
    /// What is said of its lateness stands behind how long it took.
    fn of(
        transit: &Transit,
        tail: usize,
        head: usize,
        (low, high): (usize, usize),
        late: &str,
    ) -> Self {
        let rightward = head > tail;
        let length = high - low;
        let travel = match (transit.phase, transit.sent, transit.arrived) {
            (TransitPhase::Whole | TransitPhase::Arrived, Some(sent), Some(arrived)) => {
                format!(" +{}{late} ", wording::time(arrived.since(sent)))
            }
            _ => String::new(),
        };
        // Open at the head, open at the tail, or reaching from end to end.
        let open = OPEN_END.min(length / 4);
        let (behind, before) = match transit.phase {
            TransitPhase::Left => (0, open),
            TransitPhase::Arrived => (open, 0),
            TransitPhase::Lost | TransitPhase::CopyLost => (0, length / 4),
            TransitPhase::Whole | TransitPhase::Seen => (0, 0),
        };
        let (from, to) = if rightward {
            (low + behind, high - before)
        } else {
            (low + before, high - behind)
        };
        let fate = transit.fate.as_deref().map(|fate| &fate.verdict);
        Self {
            doubled: matches!(fate, Some(Verdict::Duplicated(_))),
            corrupted: matches!(fate, Some(Verdict::Corrupted(_))),
            rightward,
            tail,
            phase: transit.phase,
            travel,
            from,
            to,
        }
    }

    /// Takes how long it took off an arrow that is too short for it.
    fn travel_apart(&mut self) -> Option<String> {
        let short = self.to - self.from < SHORT && !self.travel.is_empty();
        short.then(|| std::mem::take(&mut self.travel).trim().to_owned())
    }

    /// Columns for the label: the rest is ` label ─ +20.1 ─▶` and the dash before it.
    fn room(&self) -> usize {
        (self.to - self.from).saturating_sub(columns(&self.travel) + 6)
    }

    fn draw(&self, row: &mut LadderRow, role: Role, label: &str) {
        let crosses = matches!(self.phase, TransitPhase::Left | TransitPhase::Arrived);
        let dash = match (self.doubled, crosses) {
            (true, _) => "═",
            (false, true) => "╌",
            (false, false) => "─",
        };
        for at in self.from..self.to {
            row.middle(at, role, dash);
        }
        let glyph = if self.rightward { '├' } else { '┤' };
        if self.phase != TransitPhase::Arrived {
            row.rail(self.tail, role, glyph);
        }
        let tip = if self.rightward {
            self.to - 1
        } else {
            self.from
        };
        match self.phase {
            TransitPhase::Left => {}
            TransitPhase::Lost | TransitPhase::CopyLost => row.middle(tip, Role::Loss, "✗"),
            _ if self.corrupted => row.middle(tip, Role::Loss, "✗"),
            _ => row.middle(tip, role, if self.rightward { "▶" } else { "◀" }),
        }
        let label = format!(" {} ", fit(label, self.room().max(8)));
        let (label_at, travel_at) = if self.rightward {
            (
                self.from + 1,
                self.to.saturating_sub(2 + columns(&self.travel)),
            )
        } else {
            (self.to.saturating_sub(1 + columns(&label)), self.from + 2)
        };
        row.middle(label_at, role, &label);
        row.middle(travel_at, Role::Time, &self.travel);
    }
}

/// The role of a frame.
pub(in crate::views) fn role(transit: &Transit) -> Role {
    if matches!(transit.phase, TransitPhase::Lost | TransitPhase::CopyLost) {
        return Role::Loss;
    }
    match transit.kind {
        FrameKind::Syn | FrameKind::SynAck => Role::Syn,
        FrameKind::HandshakeAck | FrameKind::Ack => Role::Ack,
        FrameKind::Data | FrameKind::Datagram | FrameKind::Fragment => Role::Data,
        FrameKind::Fin => Role::Fin,
        FrameKind::Reset => Role::Reset,
        FrameKind::Icmp if quotes(transit) => Role::Reset,
        FrameKind::Icmp | FrameKind::Neighbour => Role::Helper,
        FrameKind::Other => Role::Plain,
    }
}

/// It is an ICMP error: it quotes the packet that it is about.
fn quotes(transit: &Transit) -> bool {
    let packet = transit.frame.packet();
    matches!(packet.body, Body::Icmp(icmp) if icmp.quoted.is_some())
}
