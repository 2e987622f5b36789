//! `--plot` and `--chart`: an SVG file, and the graphs of one connection of a story, in it and in the terminal.

use std::path::Path;

use super::console::Console;
use super::output::{Content, Output, Outputs};
use crate::cli::{FormatChoice, KeepArgs, ShowArgs};
use crate::explain::series::Traced;
use crate::explain::{Moment, MomentSink};
use crate::failure::Failure;
use crate::protocol::follow::Way;
use crate::script::Plan;
use crate::text::Message;
use crate::views::plot::svg;
use crate::views::{Line, Options, chart};

impl KeepArgs {
    /// The graphs of the first connection, when they are asked for of a run that may have one, or belong below its story.
    ///
    /// # Errors
    /// Graphs are asked for of a run that cannot speak TCP; the file of the picture may not be written to.
    pub fn plot(
        &self,
        plan: &Plan,
        below: bool,
        show: &ShowArgs,
        outputs: &mut Outputs,
    ) -> Result<Option<Plot>, Failure> {
        if (self.plot.is_some() || self.chart) && !plan.may_speak_tcp() {
            return Err(Failure::usage(Message::new("error-plot-udp"))
                .why(Message::new("error-plot-udp-why"))
                .try_this(Message::new("error-plot-udp-try")));
        }
        Plot::asked(self.plot.as_deref(), self.chart || below, 0, show, outputs)
    }
}

/// Collects the points of one TCP connection.
#[derive(Debug)]
pub struct Plot {
    /// The SVG file, if one was asked for.
    picture: Option<Output>,
    /// They are drawn in the terminal, below the story.
    chart: bool,
    traced: Traced,
}

impl Plot {
    /// The graphs of this connection (from 0), when any are asked for. Finds out at once whether the file can be
    /// written; it stays as it is until there is something to draw.
    pub fn asked(
        path: Option<&Path>,
        chart: bool,
        stream: u32,
        show: &ShowArgs,
        outputs: &mut Outputs,
    ) -> Result<Option<Self>, Failure> {
        if chart && show.format == FormatChoice::Json {
            return Err(elsewhere());
        }
        let picture = path
            .map(|path| outputs.open(path, Content::Picture))
            .transpose()?;
        Ok((picture.is_some() || chart).then(|| Self {
            picture,
            chart,
            traced: Traced::of(stream),
        }))
    }

    /// Draws the direction that carries more data; gives what the terminal shows of it.
    ///
    /// # Errors
    /// When there was no such connection, or the file cannot be written to its end.
    fn finish(mut self, options: &Options) -> Result<Vec<Line>, Failure> {
        let traced = &mut self.traced;
        let Some((opener, acceptor)) = traced.ends else {
            let what = Message::new("error-no-stream").int("stream", traced.stream());
            return Err(Failure::usage(what));
        };
        traced.drain();
        let way = traced.series.busier();
        let ends = match way {
            Way::FromOpener => (opener, acceptor),
            Way::FromAcceptor => (acceptor, opener),
        };
        let (series, queue) = (&traced.series, traced.queue(way));
        if let Some(picture) = self.picture {
            let drawn = svg(series, way, ends, queue, &options.catalogue);
            picture.put(drawn.as_bytes())?;
        }
        if !self.chart {
            return Ok(Vec::new());
        }
        Ok(chart::lines(series, way, ends, queue, options))
    }
}

impl MomentSink for Plot {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        self.traced.moment(moment);
    }
}

/// Draws the graphs that were asked for, below the story; gives why they could not be drawn.
///
/// # Errors
/// When standard output cannot be written.
pub fn draw(
    plot: Option<Plot>,
    show: &ShowArgs,
    console: &Console,
) -> Result<Option<Failure>, Failure> {
    let Some(plot) = plot else { return Ok(None) };
    match plot.finish(&console.options(show)) {
        Ok(lines) => console.print_lines(&lines).map(|()| None),
        Err(failure) => Ok(Some(failure)),
    }
}

/// Standard output is no place for a chart.
pub fn elsewhere() -> Failure {
    Failure::usage(Message::new("error-chart-json")).try_this(Message::new("error-chart-json-try"))
}
