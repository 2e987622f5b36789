//! The candidate causes of one packet: each with what speaks for it, or what rules it out.

mod evidence;

pub(super) use evidence::hop_names;

use crate::explain::weighing::{CandidateCause, CauseStanding, Weighing};
use crate::notation::FrameView;
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Repeats, Segment, Sighting};
use crate::text::{Catalogue, Message, visible};

use super::options::Options;
use super::styled::{Line, Role, columns, wrap};
use super::table::{Cell, Column, Table};

/// Blanks between two columns.
const GAP: usize = 2;

/// The packet, what is certain of it, and a row for each candidate.
#[must_use]
pub fn lines(weighing: &Weighing, options: &Options) -> Vec<Line> {
    let catalogue = &options.catalogue;
    let width = options.width.max(80);
    let title = Message::new("why-packet")
        .int("n", weighing.number)
        .text("line", line(weighing));
    let mut lines: Vec<Line> = wrap(&catalogue.say(&title), width)
        .into_iter()
        .map(|piece| Line::of(Role::Title, piece))
        .collect();
    for message in certain(weighing) {
        for piece in wrap(&catalogue.say(&message), width - 2) {
            lines.push(Line::of(Role::Plain, format!("  {piece}")));
        }
    }
    lines.extend(rows(&weighing.candidates, catalogue, width));
    lines
}

/// The packet in the one notation.
fn line(weighing: &Weighing) -> String {
    let frame = &weighing.frame;
    let segment = weighing.followed.segment.as_ref();
    let view = FrameView::new(&[], None, None, frame.packet(), segment, frame.orig_len);
    visible::text(&view.line())
}

/// What needs no weighing.
fn certain(weighing: &Weighing) -> Vec<Message> {
    let Some(segment) = &weighing.followed.segment else {
        return vec![Message::new("why-no-segment")];
    };
    let why = &segment.why;
    let mut said = Vec::new();
    match why.sighting {
        Some(Sighting::Whole) => said.push(Message::new("why-seen-whole")),
        Some(Sighting::Part) => said.push(Message::new("why-seen-part")),
        Some(Sighting::First { behind }) => {
            said.push(Message::new("why-seen-first").int("frame", behind.frame));
        }
        None => {}
    }
    match why.repeats {
        Some(Repeats::Old(frame)) => said.push(Message::new("why-repeats-old").int("frame", frame)),
        Some(Repeats::Beyond(frame)) => {
            said.push(Message::new("why-repeats-beyond").int("frame", frame));
        }
        None => {}
    }
    if !segment.analysis.is_empty() {
        let names: Vec<&str> = segment.analysis.names().collect();
        said.push(Message::new("why-flagged").text("names", names.join(", ")));
    } else if weighing.candidates.is_empty() && said.is_empty() {
        said.push(Message::new(ordinary(segment)).int("len", segment.len));
    }
    let told = |cause: &CandidateCause| matches!(cause.standing, CauseStanding::Told(_));
    if !weighing.candidates.is_empty() && !weighing.candidates.iter().any(told) {
        said.push(Message::new("why-none-told"));
    }
    said
}

/// The key of what a segment with nothing unusual is.
const fn ordinary(segment: &Segment) -> &'static str {
    if segment.flags.contains(TcpFlags::RST) {
        "why-ordinary-rst"
    } else if segment.flags.contains(TcpFlags::SYN) {
        "why-ordinary-syn"
    } else if segment.flags.contains(TcpFlags::FIN) {
        "why-ordinary-fin"
    } else if segment.len > 0 {
        "why-ordinary-data"
    } else {
        "why-ordinary-ack"
    }
}

/// A row for each candidate: what came of it, its name, and the reason.
fn rows(candidates: &[CandidateCause], catalogue: &Catalogue, width: usize) -> Vec<Line> {
    let cells: Vec<[(Role, String); 3]> = candidates
        .iter()
        .map(|cause| cells(cause, catalogue))
        .collect();
    let widest = |at: usize| {
        cells
            .iter()
            .map(|row| columns(&row[at].1))
            .max()
            .unwrap_or(0)
    };
    let name = 2 + widest(0) + GAP;
    let reason = name + widest(1) + GAP;
    let table = Table::new([
        Column::at(2),
        Column::at(name),
        Column::within(reason, width.saturating_sub(reason).max(24)),
    ]);
    let row = |[mark, name, reason]: &[(Role, String); 3]| {
        table.row(&[
            Cell::whole(mark.0, mark.1.as_str()),
            Cell::whole(name.0, name.1.as_str()),
            Cell::wrapped(reason.0, reason.1.as_str()),
        ])
    };
    cells.iter().flat_map(row).collect()
}

fn cells(cause: &CandidateCause, catalogue: &Catalogue) -> [(Role, String); 3] {
    let (key, role, reason) = match cause.standing {
        CauseStanding::Told(claim) => ("why-told", Role::Good, evidence::claim(claim)),
        CauseStanding::Behind(claim) => ("why-behind", Role::Plain, evidence::claim(claim)),
        CauseStanding::Excluded(objection) => {
            let reason = Message::new(evidence::objection(objection));
            ("why-excluded", Role::Faint, reason)
        }
    };
    [
        (role, catalogue.word(key)),
        (role, catalogue.word(evidence::name(cause.name))),
        (role, catalogue.say(&reason)),
    ]
}
