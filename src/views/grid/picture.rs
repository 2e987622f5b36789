//! A grid of runs as an SVG: a row of graphs for each size (goodput, completion time, delivered share against
//! loss), each with a line of medians over a band from the lower to the upper quartile. A triangle stands at the time limit
//! where half of the runs or more took longer.
#![allow(
    clippy::cast_precision_loss,
    reason = "coordinates of a picture, far coarser than a float"
)]

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::explain::compare::grid::{Grid, GridCell, Quantiles, Took, Transport};
use crate::model::number::count32;
use crate::text::{Catalogue, Message};
use crate::views::axis::{short, time};
use crate::views::plot::{Area, Drawn, GRID, LATE, NEW, TEXT};

use super::figures::{bit_unit, seconds, title};

/// Width of the picture, height of its head and of one row, in pixels.
const WIDTH: u32 = 1200;
const HEAD: u32 = 72;
const ROW: u32 = 240;

/// One graph of a row.
struct GridGraph {
    /// The key of its name.
    name: &'static str,
    /// The quartiles of a cell as heights; a height that is none lies nowhere.
    heights: fn(&GridCell, f64) -> Option<[Height; 3]>,
    /// How a height is written.
    label: fn(f64) -> String,
    /// The least value at which its axis ends.
    least: f64,
}

/// Where a quartile lies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Height {
    At(f64),
    /// Above the graph, which ends at this limit.
    Beyond(f64),
    Nowhere,
}

impl Height {
    fn value(self) -> Option<f64> {
        match self {
            Self::At(value) | Self::Beyond(value) => Some(value),
            Self::Nowhere => None,
        }
    }
}

const GRAPHS: [GridGraph; 3] = [
    GridGraph {
        name: "grid-goodput",
        heights: |cell, _| Some(heights(cell.goodput?, |bits| Height::At(bits as f64))),
        label: bits,
        least: 0.0,
    },
    GridGraph {
        name: "grid-took",
        heights: |cell, limit| {
            Some(heights(cell.took?, |took| match took {
                Took::Time(span) => Height::At(seconds(span)),
                Took::Longer => Height::Beyond(limit),
                Took::Never => Height::Nowhere,
            }))
        },
        label: time,
        least: 0.0,
    },
    GridGraph {
        name: "grid-delivered",
        heights: |cell, _| {
            Some(heights(cell.delivered?, |share| {
                Height::At(f64::from(share) / 10_000.0)
            }))
        },
        label: |share| format!("{} %", short(share)),
        least: 100.0,
    },
];

fn heights<T: Copy>(quantiles: Quantiles<T>, height: impl Fn(T) -> Height) -> [Height; 3] {
    [quantiles.low, quantiles.median, quantiles.high].map(height)
}

const fn colour(transport: Transport) -> RGBColor {
    match transport {
        Transport::Tcp => NEW,
        Transport::Udp => LATE,
    }
}

/// The graphs of a grid.
///
/// # Panics
/// Never: plotters fails only where it draws, and a string takes all.
#[must_use]
pub fn svg(grid: &Grid, catalogue: &Catalogue) -> String {
    let rows = count32(grid.spec.sizes.len());
    let mut text = String::new();
    {
        let root =
            SVGBackend::with_string(&mut text, (WIDTH, HEAD + ROW * rows)).into_drawing_area();
        Picture { grid, catalogue }
            .draw(&root)
            .expect("invariant: drawing into a string does not fail");
    }
    text
}

struct Picture<'a> {
    grid: &'a Grid,
    catalogue: &'a Catalogue,
}

impl Picture<'_> {
    fn draw(&self, root: &Area<'_>) -> Drawn {
        root.fill(&WHITE)?;
        let (head, body) = root.split_vertically(HEAD);
        self.head(&head)?;
        let rows = body.split_evenly((self.grid.spec.sizes.len(), GRAPHS.len()));
        for (number, area) in rows.iter().enumerate() {
            let size = self.grid.spec.sizes[number / GRAPHS.len()];
            self.graph(area, size, &GRAPHS[number % GRAPHS.len()])?;
        }
        root.present()?;
        Ok(())
    }

    /// What the picture shows, and what its colours and signs mean.
    fn head(&self, area: &Area<'_>) -> Drawn {
        let font = |size: u32, colour: &RGBColor| {
            ("sans-serif", size)
                .into_font()
                .color(colour)
                .pos(Pos::new(HPos::Left, VPos::Top))
        };
        let title = self.catalogue.say(&title(self.grid));
        area.draw(&Text::new(title, (24, 14), font(19, &TEXT)))?;
        let mut x = 24;
        for transport in Transport::BOTH {
            let colour = colour(transport);
            area.draw(&Rectangle::new([(x, 50), (x + 14, 56)], colour.filled()))?;
            let name = transport.name();
            area.draw(&Text::new(name, (x + 20, 45), font(14, &colour)))?;
            x += 80;
        }
        let limit = Message::new("grid-longer").text("limit", time(seconds(self.grid.spec.limit)));
        let limit = self.catalogue.say(&limit);
        area.draw(&TriangleMarker::new((x + 7, 53), 6, TEXT.filled()))?;
        area.draw(&Text::new(limit, (x + 20, 45), font(14, &TEXT)))?;
        let across = self.catalogue.say(&Message::new("grid-across"));
        area.draw(&Text::new(across, (792, 45), font(14, &TEXT)))?;
        Ok(())
    }

    fn graph(&self, area: &Area<'_>, size: u64, graph: &GridGraph) -> Drawn {
        let limit = seconds(self.grid.spec.limit);
        let top = self
            .grid
            .of_size(size)
            .filter_map(|cell| (graph.heights)(cell, limit))
            .flatten()
            .filter_map(Height::value)
            .fold(graph.least, f64::max);
        let top = if top > 0.0 { top * 1.12 } else { 1.0 };
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .margin_top(30)
            .x_label_area_size(26)
            .y_label_area_size(84)
            .build_cartesian_2d(self.losses(), 0.0..top)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(GRID)
            .axis_style(TEXT)
            .x_labels(6)
            .y_labels(4)
            .label_style(("sans-serif", 13).into_font().color(&TEXT))
            .y_label_formatter(&|value| (graph.label)(*value))
            .x_label_formatter(&|value| format!("{} %", short(*value)))
            .draw()?;
        for transport in Transport::BOTH {
            let points: Vec<_> = self
                .grid
                .of_size(size)
                .filter(|cell| cell.transport == transport)
                .map(|cell| {
                    (
                        f64::from(cell.loss) / 10_000.0,
                        (graph.heights)(cell, limit),
                    )
                })
                .collect();
            let colour = colour(transport);
            for run in unbroken(&points, |[low, _, high]| {
                Some((low.value()?, high.value()?))
            }) {
                let up = run.iter().map(|(x, (low, _))| (*x, *low));
                let down = run.iter().rev().map(|(x, (_, high))| (*x, *high));
                let band: Vec<(f64, f64)> = up.chain(down).collect();
                chart.draw_series([Polygon::new(band, colour.mix(0.16).filled())])?;
            }
            for run in unbroken(&points, |[_, median, _]| median.value()) {
                chart.draw_series(LineSeries::new(run, colour.stroke_width(2)))?;
            }
            let medians = points
                .iter()
                .filter_map(|(x, heights)| Some((*x, heights.as_ref()?[1])));
            for (x, median) in medians {
                match median {
                    Height::At(y) => {
                        chart.draw_series([Circle::new((x, y), 3, colour.filled())])?;
                    }
                    Height::Beyond(y) => {
                        chart.draw_series([TriangleMarker::new((x, y), 6, colour.filled())])?;
                    }
                    Height::Nowhere => {}
                }
            }
        }
        self.caption(area, size, graph.name)
    }

    /// A graph's name, with the size of its row.
    fn caption(&self, area: &Area<'_>, size: u64, name: &'static str) -> Drawn {
        let size = self
            .catalogue
            .say(&Message::new("grid-size").int("size", size));
        let caption = Message::new("grid-caption")
            .text("size", size)
            .text("what", self.catalogue.say(&Message::new(name)));
        let style = ("sans-serif", 14)
            .into_font()
            .color(&TEXT)
            .pos(Pos::new(HPos::Left, VPos::Top));
        area.draw(&Text::new(self.catalogue.say(&caption), (92, 10), style))?;
        Ok(())
    }

    /// The axis of loss in percent, with some room for a point at its ends.
    fn losses(&self) -> std::ops::Range<f64> {
        let losses = self.grid.spec.losses.iter();
        let percent = losses.map(|loss| f64::from(*loss) / 10_000.0);
        let most = percent.clone().fold(0.0, f64::max);
        let least = percent.fold(most, f64::min);
        let room = if most > least {
            (most - least) * 0.04
        } else {
            0.5
        };
        least - room..most + room
    }
}

/// The stretches of points that lie somewhere, each in one piece.
fn unbroken<T: Copy, H>(
    points: &[(f64, Option<H>)],
    lies: impl Fn(&H) -> Option<T>,
) -> Vec<Vec<(f64, T)>> {
    let mut runs = vec![Vec::new()];
    for (x, heights) in points {
        match (heights.as_ref().and_then(&lies), runs.last_mut()) {
            (Some(y), Some(run)) => run.push((*x, y)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Bits per second with a unit: `1.5 kbit/s`.
fn bits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let (unit, name) = bit_unit(value);
    format!("{} {name}", short(value / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_where_nothing_lies() {
        let points = [(0.0, Some(1)), (1.0, Some(2)), (2.0, None), (3.0, Some(4))];
        let runs = unbroken(&points, |height| Some(*height));
        assert_eq!(runs, [vec![(0.0, 1), (1.0, 2)], vec![(3.0, 4)]]);
    }
}
