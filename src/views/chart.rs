//! One direction of a connection as graphs, small enough for a terminal: time–sequence, windows, and the wire's queue.
//!
//! What is new is drawn in dots, everything else by a sign of its own, so that nothing is told by colour alone. The
//! same points are drawn larger and with more beside them by [`super::plot`].
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places on a canvas of characters, which clip by themselves"
)]

mod canvas;

use crate::explain::series::{DirectionSeries, Joined, Level, QueueSeries, SentKind, Series};
use crate::model::{Endpoint, Time};
use crate::protocol::follow::Way;
use crate::text::Message;

use super::axis;
use super::options::Options;
use super::styled::{Line, Role, columns};
use canvas::{BEFORE_DOTS, Canvas, Sign};

/// Columns before the picture: the axis's numbers, and the axis.
const MARGIN: usize = 10;
/// Columns that are drawn at most.
const WIDEST: usize = 160;
/// From this width on the graphs are taller too.
const LARGE: usize = 110;

const ALLOWED: Sign = Sign::new('-', Role::Faint, 0);
const ACKED: Sign = Sign::new('·', Role::Ack, 1);
const SACKED: Sign = Sign::new(':', Role::Helper, 2);
const LATE: Sign = Sign::new('o', Role::Loss, BEFORE_DOTS);
const AGAIN: Sign = Sign::new('R', Role::Loss, BEFORE_DOTS + 1);
const LOST: Sign = Sign::new('✗', Role::Loss, BEFORE_DOTS + 2);
const IN_FLIGHT: Sign = Sign::new('·', Role::Ack, 0);
const THRESHOLD: Sign = Sign::new('-', Role::Caution, 1);
const WINDOW: Sign = Sign::new('=', Role::Faint, 2);
/// Stands for dots in the words below a title.
const DOTS: char = '⣿';

/// The graphs of the data that goes `way`, from and to these endpoints; `queue` is what waits on its way.
#[must_use]
pub fn lines(
    series: &Series,
    way: Way,
    (from, to): (Endpoint, Endpoint),
    queue: Option<&QueueSeries>,
    options: &Options,
) -> Vec<Line> {
    let width = options.width.clamp(80, WIDEST);
    let title = Message::new("plot-title")
        .text("from", from.to_string())
        .text("to", to.to_string());
    let chart = Chart {
        direction: series.direction(way),
        begun: series.begun.unwrap_or_default(),
        seconds: series
            .begun
            .zip(series.ended)
            .map_or(0.0, |(from, to)| axis::seconds(from, to))
            .max(1e-6),
        width,
        options,
    };
    let large = width >= LARGE;
    let heights = match (large, queue.is_some()) {
        (true, _) => [14, 8, 4],
        (false, true) => [8, 4, 3],
        (false, false) => [9, 6, 0],
    };
    let mut lines = vec![
        Line::new(),
        Line::of(Role::Title, options.catalogue.say(&title)),
    ];
    chart.sequence(heights[0], &mut lines);
    chart.windows(heights[1], &mut lines);
    if let Some(queue) = queue {
        chart.queue(queue, heights[2], &mut lines);
    }
    chart.times(&mut lines);
    lines
}

struct Chart<'a> {
    direction: &'a DirectionSeries,
    begun: Time,
    seconds: f64,
    width: usize,
    options: &'a Options,
}

/// What a sign or the dots of a graph mean.
type LegendEntry = (char, Role, &'static str);

impl Chart<'_> {
    fn at(&self, time: Time) -> f64 {
        axis::seconds(self.begun, time) / self.seconds
    }

    fn canvas(&self, height: usize) -> Canvas {
        Canvas::new(self.width - MARGIN, height)
    }

    /// The time–sequence graph.
    fn sequence(&self, height: usize, lines: &mut Vec<Line>) {
        let direction = self.direction;
        let top = axis::sequence_top(direction);
        let y = |value: u64| value as f64 / top;
        let mut canvas = self.canvas(height);
        let mut meanings = vec![(DOTS, Role::Data, "plot-data")];
        let mut used = |sign: Sign, name, any: bool| {
            if any {
                meanings.push((sign.glyph, sign.role, name));
            }
        };
        for sent in direction.sent.iter() {
            let x = self.at(sent.at);
            let middle = y(sent.from).midpoint(y(sent.to));
            match sent.kind {
                SentKind::New => canvas.stroke(x, y(sent.from), y(sent.to), Role::Data),
                SentKind::Again => canvas.sign(x, middle, AGAIN),
                SentKind::Late => canvas.sign(x, middle, LATE),
            }
        }
        for lost in direction.lost.iter() {
            canvas.sign(self.at(lost.at), y(lost.from).midpoint(y(lost.to)), LOST);
        }
        for lost in direction.lost_acks.iter() {
            canvas.sign(self.at(lost.at), y(lost.value), LOST);
        }
        for range in direction.sacked.iter() {
            // A sign in every row that the range goes through.
            let (from, to) = (y(range.from), y(range.to));
            let steps = (height * 2) as f64;
            let (first, last) = ((from * steps) as usize, (to * steps) as usize);
            for step in first..=last {
                let y = (step as f64 / steps).clamp(from, to);
                canvas.sign(self.at(range.at), y, SACKED);
            }
        }
        self.stairs(&mut canvas, &direction.acked, top, ACKED);
        self.stairs(&mut canvas, &direction.allowed, top, ALLOWED);
        let sent = |kind| direction.sent.iter().any(|sent| sent.kind == kind);
        used(AGAIN, "plot-again", sent(SentKind::Again));
        used(LATE, "plot-late", sent(SentKind::Late));
        let lost = !direction.lost.is_empty() || !direction.lost_acks.is_empty();
        used(LOST, "plot-lost", lost);
        used(ACKED, "plot-acked", !direction.acked.is_empty());
        used(SACKED, "plot-sacked", !direction.sacked.is_empty());
        let allowed = direction
            .allowed
            .iter()
            .any(|level| level.value as f64 <= top);
        used(ALLOWED, "plot-allowed", allowed);
        self.graph(&canvas, height, ("plot-sequence", &meanings), top, lines);
    }

    /// What the sender may have under way, and what it has.
    fn windows(&self, height: usize, lines: &mut Vec<Line>) {
        let direction = self.direction;
        let most = |levels: &Joined<Level>| levels.iter().map(|l| l.value).max().unwrap_or(0);
        let inner = most(&direction.congestion)
            .max(most(&direction.in_flight))
            .max(most(&direction.threshold));
        // The receiver's window matters where it is no larger than what is sent.
        let least = direction.window.iter().map(|l| l.value).min();
        let narrow = least.is_some_and(|least| least <= inner);
        let top = (inner as f64 * 1.1).max(1.0);
        let mut canvas = self.canvas(height);
        let mut meanings: Vec<LegendEntry> = Vec::new();
        if !direction.congestion.is_empty() {
            self.line(&mut canvas, &direction.congestion, top, Role::State);
            meanings.push((DOTS, Role::State, "plot-congestion"));
        }
        for (levels, sign, name, shown) in [
            (&direction.threshold, THRESHOLD, "plot-threshold", true),
            (&direction.in_flight, IN_FLIGHT, "plot-in-flight", true),
            (&direction.window, WINDOW, "plot-window", narrow),
        ] {
            if shown && !levels.is_empty() {
                self.stairs(&mut canvas, levels, top, sign);
                meanings.push((sign.glyph, sign.role, name));
            }
        }
        self.graph(&canvas, height, ("plot-windows", &meanings), top, lines);
    }

    /// Frames that wait on the wire.
    fn queue(&self, queue: &QueueSeries, height: usize, lines: &mut Vec<Line>) {
        let most = queue.length.iter().map(|level| level.value).max();
        let most = most.max(queue.dropped.iter().map(|level| level.value).max());
        let top = most.unwrap_or(0).max(1) as f64;
        let mut canvas = self.canvas(height);
        for (column, level) in self.sampled(&queue.length, canvas.width() * 2) {
            if level > 0 {
                canvas.stroke(column, 0.0, level as f64 / top, Role::Data);
            }
        }
        let mut meanings = vec![(DOTS, Role::Data, "plot-waiting")];
        if !queue.dropped.is_empty() {
            meanings.push((LOST.glyph, LOST.role, "plot-dropped"));
        }
        for dropped in queue.dropped.iter() {
            canvas.sign(self.at(dropped.at), dropped.value as f64 / top, LOST);
        }
        let label = |value: f64| format!("{value:.0}");
        self.framed(
            &canvas,
            height,
            ("plot-queue", &meanings),
            (top, &label),
            lines,
        );
    }

    /// The highest level in each of so many columns that lie within the graph: (where, level).
    fn sampled(&self, levels: &Joined<Level>, steps: usize) -> Vec<(f64, u64)> {
        let mut points = levels.iter().map(|level| (self.at(level.at), level.value));
        let mut next = points.next();
        let mut level = None;
        let mut found = Vec::new();
        for step in 0..steps {
            let end = (step + 1) as f64 / steps as f64;
            // What was there when the column began counts, and each change in it.
            let mut highest = level;
            while let Some((at, value)) = next.filter(|(at, _)| *at <= end) {
                let _ = at;
                highest = highest.max(Some(value));
                level = Some(value);
                next = points.next();
            }
            if let Some(highest) = highest {
                found.push(((step as f64 + 0.5) / steps as f64, highest));
            }
        }
        found
    }

    /// A level as a sign in each column; where it lies above the graph it is not drawn.
    fn stairs(&self, canvas: &mut Canvas, levels: &Joined<Level>, top: f64, sign: Sign) {
        for (column, level) in self.sampled(levels, canvas.width()) {
            let y = level as f64 / top;
            if y <= 1.0 {
                canvas.sign(column, y, sign);
            }
        }
    }

    /// A level as a line of dots.
    fn line(&self, canvas: &mut Canvas, levels: &Joined<Level>, top: f64, role: Role) {
        let mut before: Option<f64> = None;
        for (column, level) in self.sampled(levels, canvas.width() * 2) {
            let y = level as f64 / top;
            canvas.stroke(column, before.unwrap_or(y), y, role);
            before = Some(y);
        }
    }

    fn graph(
        &self,
        canvas: &Canvas,
        height: usize,
        named: (&'static str, &[LegendEntry]),
        top: f64,
        lines: &mut Vec<Line>,
    ) {
        self.framed(canvas, height, named, (top, &axis::bytes), lines);
    }

    /// A graph with its title, its signs' meanings and its axis.
    fn framed(
        &self,
        canvas: &Canvas,
        height: usize,
        (title, meanings): (&'static str, &[LegendEntry]),
        (top, label): (f64, &dyn Fn(f64) -> String),
        lines: &mut Vec<Line>,
    ) {
        self.meanings(title, meanings, lines);
        for row in 0..height {
            let label = match row {
                0 => label(top),
                _ if row == height / 2 && height > 3 => {
                    label(top * (height - row) as f64 / height as f64)
                }
                _ => String::new(),
            };
            let tick = if label.is_empty() { '│' } else { '┤' };
            let mut line = Line::new();
            line.push(
                Role::Faint,
                " ".repeat((MARGIN - 1).saturating_sub(columns(&label))),
            );
            line.push(Role::Faint, label);
            line.push(Role::Frame, tick.to_string());
            for column in 0..canvas.width() {
                let (role, sign) = canvas.shown(column, row);
                line.push(role, sign.to_string());
            }
            lines.push(line);
        }
    }

    /// A graph's title and what its signs mean, on as many lines as that takes.
    fn meanings(&self, title: &'static str, meanings: &[LegendEntry], lines: &mut Vec<Line>) {
        let say = |key| self.options.catalogue.say(&Message::new(key));
        let indent = " ".repeat(MARGIN);
        let mut line = Line::of(Role::Plain, indent.clone());
        line.push(Role::Title, say(title));
        for (sign, role, name) in meanings {
            let name = say(name);
            if line.columns() + 4 + columns(&name) > self.width {
                lines.push(std::mem::replace(
                    &mut line,
                    Line::of(Role::Plain, indent.clone()),
                ));
            }
            line.push(Role::Plain, "  ");
            line.push(*role, sign.to_string());
            line.push(Role::Plain, format!(" {name}"));
        }
        lines.push(line);
    }

    /// The time axis below all of them.
    fn times(&self, lines: &mut Vec<Line>) {
        let width = self.width - MARGIN;
        let marks = [0, width / 4, width / 2, width * 3 / 4];
        let mut rule: Vec<char> = vec!['─'; width];
        let mut labels = Line::of(Role::Faint, " ".repeat(MARGIN - 1));
        for at in marks {
            rule[at] = '┬';
            labels.pad_to(MARGIN + at);
            let seconds = self.seconds * at as f64 / width as f64;
            labels.push(Role::Faint, axis::time(seconds));
        }
        let end = axis::time(self.seconds);
        labels.pad_to(self.width.saturating_sub(columns(&end)));
        labels.push(Role::Faint, end);
        let rule: String = rule.into_iter().collect();
        lines.push(Line::of(
            Role::Frame,
            format!("{}└{rule}", " ".repeat(MARGIN - 1)),
        ));
        lines.push(labels);
    }
}

#[cfg(test)]
mod tests;
