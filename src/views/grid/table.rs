//! The table of a grid: for each size and loss, TCP above UDP; the median, and behind it the quartiles.

use crate::explain::compare::grid::{Grid, GridCell, Transport};
use crate::model::Span;
use crate::text::Message;

use crate::views::axis;
use crate::views::options::Options;
use crate::views::styled::{Line, Role, wrap};
use crate::views::table::{Cell, Column, Table};

use super::figures::{delivered, goodput, percent, seconds, title, took};

/// Where the columns of a row begin and end.
const LOSS_ENDS: usize = 8;
const NAME: usize = 11;
const GOODPUT_ENDS: usize = 26;
const TOOK_ENDS: usize = 48;
const DELIVERED_ENDS: usize = 69;
/// Between a median and its quartiles.
const GAP: usize = 2;

/// The table, and what its figures mean.
#[must_use]
pub fn lines(grid: &Grid, options: &Options) -> Vec<Line> {
    let mut lines = paragraph(Role::Title, &title(grid), options);
    lines.push(Line::new());
    lines.push(head(options));
    for &size in &grid.spec.sizes {
        let heading = Message::new("grid-size").int("size", size);
        lines.push(Line::of(Role::Title, options.catalogue.say(&heading)));
        for cell in grid.of_size(size) {
            lines.push(row(cell, grid.spec.limit));
            for remark in remarks(cell, grid) {
                lines.extend(remark_lines(&remark, options));
            }
        }
    }
    if !options.quiet {
        lines.push(Line::new());
        for key in ["grid-what-goodput", "grid-what-loss"] {
            lines.extend(paragraph(Role::Note, &Message::new(key), options));
        }
    }
    lines
}

fn paragraph(role: Role, message: &Message, options: &Options) -> Vec<Line> {
    wrap(
        &options.catalogue.say(message),
        options.width.clamp(80, 100),
    )
    .into_iter()
    .map(|text| Line::of(role, text))
    .collect()
}

fn head(options: &Options) -> Line {
    // Each begins where the widest median does.
    let heads = [
        ("grid-goodput", GOODPUT_ENDS - 11),
        ("grid-took", TOOK_ENDS - 8),
        ("grid-delivered", DELIVERED_ENDS - 7),
    ];
    Table::new(heads.map(|(_, begins)| Column::at(begins)))
        .line(&heads.map(|(key, _)| Cell::whole(Role::Note, options.catalogue.word(key))))
}

fn row(cell: &GridCell, limit: Span) -> Line {
    let loss = match cell.transport {
        Transport::Tcp => Cell::whole(Role::Plain, percent(cell.loss)),
        Transport::Udp => Cell::empty(),
    };
    let mut columns = vec![Column::right(LOSS_ENDS), Column::at(NAME)];
    let mut cells = vec![loss, Cell::whole(Role::Host, cell.transport.name())];
    let (goodput, took, delivered) = (
        cell.goodput.map(|quantiles| goodput(&quantiles)),
        cell.took.map(|quantiles| took(&quantiles, limit)),
        cell.delivered.map(|quantiles| delivered(&quantiles)),
    );
    for (shown, ends) in [
        (goodput, GOODPUT_ENDS),
        (took, TOOK_ENDS),
        (delivered, DELIVERED_ENDS),
    ] {
        let (median, quartiles) = shown.unwrap_or_else(|| ("–".to_owned(), String::new()));
        columns.extend([Column::right(ends), Column::at(ends + GAP)]);
        cells.extend([
            Cell::whole(Role::Data, median),
            Cell::whole(Role::Faint, quartiles),
        ]);
    }
    Table::new(columns).line(&cells)
}

/// What the figures of this cell do not say: runs that did not end, failed, are missing.
fn remarks(cell: &GridCell, grid: &Grid) -> Vec<Message> {
    let of = |key, count| {
        Message::new(key)
            .int("count", count)
            .int("of", grid.spec.seeds)
    };
    let mut remarks = Vec::new();
    if cell.runs + cell.not_whole < grid.spec.seeds {
        remarks.push(of("grid-runs", cell.runs + cell.not_whole));
    }
    if cell.late > 0 {
        let limit = axis::time(seconds(grid.spec.limit));
        remarks.push(of("grid-late", cell.late).text("limit", limit));
    }
    if cell.nothing > 0 {
        remarks.push(of("grid-nothing", cell.nothing));
    }
    for (errno, count) in &cell.failed {
        remarks.push(of("grid-failed", *count).text("errno", errno.clone()));
    }
    if cell.not_whole > 0 {
        remarks.push(of("grid-not-whole", cell.not_whole));
    }
    if cell.unread > 0 {
        remarks.push(Message::new("grid-unread").int("count", cell.unread));
    }
    remarks
}

fn remark_lines(remark: &Message, options: &Options) -> Vec<Line> {
    let indent = GOODPUT_ENDS - 11;
    let width = options.width.clamp(80, 100) - indent;
    Table::new([Column::within(indent, width)])
        .row(&[Cell::wrapped(Role::Caution, options.catalogue.say(remark))])
}
