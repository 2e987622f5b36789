//! One direction of a connection as graphs, in SVG: time–sequence as tcptrace draws it, throughput,
//! round-trip time, and the windows.
//!
//! The time–sequence graph: each segment is a vertical stroke from its first to its last byte at the time it
//! was seen; resends are red and thicker, late ones orange. Below runs the line of what was acknowledged,
//! above the line of what the receiver allowed (acknowledgement plus window); between them, in purple, what was
//! selectively acknowledged. A step of data that touches the upper line is held back by the receiver; a
//! gap that no line explains is held back by the congestion window.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "coordinates of a picture, far coarser than a float"
)]

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::explain::series::{DirectionSeries, Joined, Level, QueueSeries, SentKind, Series};
use crate::model::{Endpoint, Span, Time};
use crate::protocol::follow::Way;
use crate::text::{Catalogue, Message};

use super::axis::{self, bytes, seconds, time};

/// Width of the picture in pixels.
const WIDTH: u32 = 1200;
/// Heights of its parts: the title, the time–sequence graph, each other graph.
const TITLE: u32 = 44;
const SEQUENCE: u32 = 420;
const SMALL: u32 = 180;

pub(super) const NEW: RGBColor = RGBColor(0x1f, 0x5f, 0xa8);
const AGAIN: RGBColor = RGBColor(0xc8, 0x2c, 0x2c);
pub(super) const LATE: RGBColor = RGBColor(0xe0, 0x7b, 0x00);
const ACKED: RGBColor = RGBColor(0x2b, 0x8a, 0x3e);
const ALLOWED: RGBColor = RGBColor(0xa0, 0x82, 0x10);
const SACKED: RGBColor = RGBColor(0x7d, 0x3c, 0x98);
const LOST: RGBColor = RGBColor(0x10, 0x10, 0x10);
pub(super) const TEXT: RGBColor = RGBColor(0x30, 0x30, 0x30);
pub(super) const GRID: RGBColor = RGBColor(0xe4, 0xe4, 0xe4);

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
pub(super) type Drawn = Result<(), Box<dyn std::error::Error>>;

/// The graphs of the data that goes `way`, from and to these endpoints; `queue` is what waits on its way. Times count
/// from the connection's first segment.
///
/// # Panics
/// Never: plotters fails only where it draws, and a string takes all.
#[must_use]
pub fn svg(
    series: &Series,
    way: Way,
    (from, to): (Endpoint, Endpoint),
    queue: Option<&QueueSeries>,
    catalogue: &Catalogue,
) -> String {
    let title = Message::new("plot-title")
        .text("from", from.to_string())
        .text("to", to.to_string());
    let title = catalogue.say(&title);
    let mut text = String::new();
    let graph = PlotGraph {
        direction: series.direction(way),
        begun: series.begun.unwrap_or_default(),
        seconds: series
            .begun
            .zip(series.ended)
            .map_or(0.0, |(from, to)| seconds(from, to))
            .max(1e-6),
        catalogue,
    };
    {
        let height = TITLE + SEQUENCE + SMALL * (3 + u32::from(queue.is_some()));
        let size = (WIDTH, height);
        let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
        graph
            .draw(&root, &title, queue)
            .expect("invariant: drawing into a string does not fail");
    }
    text
}

struct PlotGraph<'a> {
    direction: &'a DirectionSeries,
    begun: Time,
    seconds: f64,
    catalogue: &'a Catalogue,
}

/// A line of a graph: its points, its colour, its name.
struct Curve {
    points: Vec<(f64, f64)>,
    colour: RGBColor,
    name: &'static str,
}

impl PlotGraph<'_> {
    fn draw(&self, root: &Area<'_>, title: &str, queue: Option<&QueueSeries>) -> Drawn {
        root.fill(&WHITE)?;
        let head = ("sans-serif", 20).into_font().color(&TEXT);
        root.draw(&Text::new(title.to_owned(), (24, 14), head))?;
        let (_, below) = root.split_vertically(TITLE);
        let (sequence, rest) = below.split_vertically(SEQUENCE);
        let (windows, rest) = rest.split_vertically(SMALL);
        self.sequence(&sequence)?;
        self.curves(&windows, "plot-windows", &self.windows(), &[])?;
        let rest = match queue {
            Some(queue) => {
                let (area, rest) = rest.split_vertically(SMALL);
                self.queue(&area, queue)?;
                rest
            }
            None => rest,
        };
        let (throughput, round_trip) = rest.split_vertically(SMALL);
        self.curves(&throughput, "plot-throughput", &[self.throughput()], &[])?;
        self.curves(&round_trip, "plot-round-trip", &[self.round_trips()], &[])?;
        root.present()?;
        Ok(())
    }

    fn at(&self, time: Time) -> f64 {
        seconds(self.begun, time)
    }

    /// The time–sequence graph.
    fn sequence(&self, area: &Area<'_>) -> Drawn {
        let top = axis::sequence_top(self.direction);
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(28)
            .y_label_area_size(84)
            .build_cartesian_2d(0.0..self.seconds * 1.02, 0.0..top)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(GRID)
            .axis_style(TEXT)
            .label_style(("sans-serif", 13).into_font().color(&TEXT))
            .y_label_formatter(&|value| bytes(*value))
            .x_label_formatter(&|value| time(*value))
            .draw()?;
        let acked = self.stairs(&self.direction.acked);
        let allowed: Vec<_> = self
            .stairs(&self.direction.allowed)
            .into_iter()
            .map(|(x, y)| (x, y.min(top)))
            .collect();
        chart.draw_series(LineSeries::new(acked, ACKED.stroke_width(1)))?;
        chart.draw_series(LineSeries::new(allowed, ALLOWED.stroke_width(1)))?;
        chart.draw_series(self.direction.sacked.iter().map(|range| {
            let x = self.at(range.at);
            PathElement::new(
                vec![(x, range.from as f64), (x, range.to as f64)],
                SACKED.stroke_width(2),
            )
        }))?;
        chart.draw_series(self.direction.sent.iter().map(|sent| {
            let x = self.at(sent.at);
            let (colour, width) = match sent.kind {
                SentKind::New => (NEW, 2),
                SentKind::Again => (AGAIN, 4),
                SentKind::Late => (LATE, 3),
            };
            PathElement::new(
                vec![(x, sent.from as f64), (x, sent.to as f64)],
                colour.stroke_width(width),
            )
        }))?;
        let lost = self.direction.lost.iter();
        let lost = lost.map(|lost| (lost.at, lost.from.midpoint(lost.to) as f64));
        let acks = self.direction.lost_acks.iter();
        let lost = lost.chain(acks.map(|ack| (ack.at, ack.value as f64)));
        let crosses = lost.map(|(at, y)| Cross::new((self.at(at), y), 5, LOST.stroke_width(2)));
        chart.draw_series(crosses)?;
        let names = [
            ("plot-data", NEW),
            ("plot-lost", LOST),
            ("plot-again", AGAIN),
            ("plot-late", LATE),
            ("plot-acked", ACKED),
            ("plot-allowed", ALLOWED),
            ("plot-sacked", SACKED),
        ];
        self.caption(area, "plot-sequence", &names)
    }

    /// What waits on the wire, and what found no room.
    fn queue(&self, area: &Area<'_>, queue: &QueueSeries) -> Drawn {
        let waiting = Curve {
            points: self.stairs(&queue.length),
            colour: NEW,
            name: "plot-waiting",
        };
        let dropped: Vec<_> = queue
            .dropped
            .iter()
            .map(|level| (self.at(level.at), level.value as f64))
            .collect();
        self.curves(area, "plot-queue", &[waiting], &dropped)
    }

    /// A graph of lines over time, with a cross at each of these points.
    fn curves(
        &self,
        area: &Area<'_>,
        title: &'static str,
        curves: &[Curve],
        crosses: &[(f64, f64)],
    ) -> Drawn {
        let top = curves
            .iter()
            .flat_map(|curve| &curve.points)
            .map(|(_, y)| *y)
            .fold(0.0, f64::max);
        let top = if top > 0.0 { top * 1.15 } else { 1.0 };
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(24)
            .y_label_area_size(84)
            .build_cartesian_2d(0.0..self.seconds * 1.02, 0.0..top)?;
        let label: fn(&f64) -> String = match title {
            "plot-round-trip" => |value| time(*value),
            "plot-queue" => |value| format!("{value:.0}"),
            "plot-throughput" => |value| format!("{}/s", bytes(*value)),
            _ => |value| bytes(*value),
        };
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(GRID)
            .axis_style(TEXT)
            .y_labels(4)
            .label_style(("sans-serif", 13).into_font().color(&TEXT))
            .y_label_formatter(&label)
            .x_label_formatter(&|value| time(*value))
            .draw()?;
        for curve in curves {
            chart.draw_series(LineSeries::new(
                curve.points.iter().copied(),
                curve.colour.stroke_width(2),
            ))?;
            if curve.points.len() < 200 {
                let dots = curve
                    .points
                    .iter()
                    .map(|point| Circle::new(*point, 2, curve.colour.filled()));
                chart.draw_series(dots)?;
            }
        }
        let drawn = curves.iter().filter(|curve| !curve.points.is_empty());
        let mut names: Vec<_> = drawn.map(|curve| (curve.name, curve.colour)).collect();
        if !crosses.is_empty() {
            let drawn = crosses.iter();
            chart.draw_series(drawn.map(|at| Cross::new(*at, 5, LOST.stroke_width(2))))?;
            names.push(("plot-dropped", LOST));
        }
        self.caption(area, title, &names)
    }

    /// A graph's title and what its colours mean, above the plotting area's top right.
    fn caption(
        &self,
        area: &Area<'_>,
        title: &'static str,
        names: &[(&'static str, RGBColor)],
    ) -> Drawn {
        let (width, _) = area.dim_in_pixel();
        let style = |colour: &RGBColor| {
            ("sans-serif", 13)
                .into_font()
                .color(colour)
                .pos(Pos::new(HPos::Left, VPos::Top))
        };
        let title = self.catalogue.say(&Message::new(title));
        area.draw(&Text::new(title, (100, 12), style(&TEXT)))?;
        let words: Vec<_> = names
            .iter()
            .map(|(name, colour)| (self.catalogue.say(&Message::new(name)), colour))
            .collect();
        let lengths = words
            .iter()
            .map(|(word, _)| 8 * unicode_width::UnicodeWidthStr::width(word.as_str()) as i32 + 26);
        let mut x = width as i32 - 16 - lengths.clone().sum::<i32>();
        for ((word, colour), length) in words.iter().zip(lengths) {
            area.draw(&Rectangle::new([(x, 16), (x + 10, 21)], colour.filled()))?;
            area.draw(&Text::new(word.clone(), (x + 14, 12), style(colour)))?;
            x += length;
        }
        Ok(())
    }

    /// Levels as a line that stays until it changes.
    fn stairs(&self, levels: &Joined<Level>) -> Vec<(f64, f64)> {
        let mut points: Vec<(f64, f64)> = Vec::with_capacity(levels.len() * 2);
        for level in levels.iter() {
            let (x, y) = (self.at(level.at), level.value as f64);
            if let Some((_, before)) = points.last().copied() {
                points.push((x, before));
            }
            points.push((x, y));
        }
        points
    }

    fn throughput(&self) -> Curve {
        // A hundred steps: fine enough to see a stall, coarse enough to average a burst.
        let step = Span::from_ns((self.seconds * 1e7) as i64);
        let points = self
            .direction
            .throughput(step)
            .iter()
            .map(|l| (self.at(l.at), l.value as f64))
            .collect();
        Curve {
            points,
            colour: NEW,
            name: "plot-data",
        }
    }

    fn round_trips(&self) -> Curve {
        let points = self
            .direction
            .round_trips
            .iter()
            .map(|l| (self.at(l.at), l.value as f64 / 1e9))
            .collect();
        Curve {
            points,
            colour: ACKED,
            name: "plot-measured",
        }
    }

    fn windows(&self) -> Vec<Curve> {
        vec![
            Curve {
                points: self.stairs(&self.direction.window),
                colour: ALLOWED,
                name: "plot-window",
            },
            Curve {
                points: self.stairs(&self.direction.in_flight),
                colour: NEW,
                name: "plot-in-flight",
            },
            Curve {
                points: self.stairs(&self.direction.congestion),
                colour: AGAIN,
                name: "plot-congestion",
            },
            Curve {
                points: self.stairs(&self.direction.threshold),
                colour: SACKED,
                name: "plot-threshold",
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_connection_is_still_a_picture() {
        let catalogue = Catalogue::new(crate::text::Lang::En);
        let end = |port| Endpoint::new([10, 0, 0, 1].into(), port);
        let picture = svg(
            &Series::default(),
            Way::FromOpener,
            (end(1), end(2)),
            None,
            &catalogue,
        );
        assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
        assert!(picture.contains("10.0.0.1:1 → 10.0.0.1:2"));
    }
}
