//! `--plot` and `--chart`: an SVG file, and the graphs of one connection of a story, in it and in the terminal.

use std::path::Path;

use super::console::Console;
use super::output::{Content, Output, Outputs};
use crate::cli::{FormatChoice, KeepArgs, ShowArgs};
use crate::explain::series::Series;
use crate::explain::{Moment, MomentSink, Sample, StateChange, Transit, TransitPhase, What};
use crate::failure::Failure;
use crate::model::{Endpoint, HostId, Verdict};
use crate::protocol::decode::Body;
use crate::protocol::follow::{Conversation, Way};
use crate::script::Plan;
use crate::text::Message;
use crate::views::plot::svg;
use crate::views::{Line, Options, chart};

impl KeepArgs {
    /// The graphs of the first connection, when they are asked for of a run that may have one.
    ///
    /// # Errors
    /// Graphs are asked for of a run that cannot speak TCP; the file of the picture may not be written to.
    pub fn plot(
        &self,
        plan: &Plan,
        show: &ShowArgs,
        outputs: &mut Outputs,
    ) -> Result<Option<Plot>, Failure> {
        if (self.plot.is_some() || self.chart) && !plan.may_speak_tcp() {
            return Err(Failure::usage(Message::new("error-plot-udp"))
                .why(Message::new("error-plot-udp-why"))
                .try_this(Message::new("error-plot-udp-try")));
        }
        Plot::asked(self.plot.as_deref(), self.chart, 0, show, outputs)
    }
}

/// Collects the points of one TCP connection.
#[derive(Debug)]
pub struct Plot {
    /// The SVG file, if one was asked for.
    picture: Option<Output>,
    /// They are drawn in the terminal, below the story.
    chart: bool,
    /// The connection's number at the saved vantage, from 0.
    stream: u32,
    /// The connection's number in the story, once it is known.
    flow: Option<u32>,
    series: Series,
    /// The opener's endpoint and the acceptor's.
    ends: Option<(Endpoint, Endpoint)>,
    /// The opener's host and the acceptor's.
    hosts: [Option<HostId>; 2],
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
            stream,
            flow: None,
            series: Series::default(),
            ends: None,
            hosts: [None; 2],
        }))
    }

    /// Every frame takes its place on the wire, whosever it is.
    fn queue(&mut self, transit: &Transit) {
        let (Some(fate), Some(at)) = (transit.fate.as_deref(), transit.sent) else {
            return;
        };
        if transit.phase == TransitPhase::Arrived {
            return;
        }
        if fate.verdict == Verdict::QueueFull {
            self.series.queues.entry(fate.from).or_default().full(at);
        } else if !fate.waits.is_empty() {
            let queue = self.series.queues.entry(fate.from).or_default();
            queue.came(at, &fate.waits);
        }
    }

    fn transit(&mut self, flow: Option<u32>, transit: &Transit) {
        let followed = &transit.followed;
        if transit.number.is_some() && followed.conversation == Some(Conversation::Tcp(self.stream))
        {
            self.meet(flow, transit);
            self.segment(transit);
        }
        if self.flow.is_none() || flow != self.flow {
            return;
        }
        let back = match transit.way {
            Way::FromOpener => Way::FromAcceptor,
            Way::FromAcceptor => Way::FromOpener,
        };
        self.sample(transit.sender_info.as_deref(), transit.way);
        self.sample(transit.receiver_info.as_deref(), back);
        let taken = transit.phase != TransitPhase::Arrived && is_taken(transit);
        if let (true, Some(at), Some(segment)) = (taken, transit.sent, &followed.segment) {
            self.series.lost(at, segment, transit.way);
        }
    }

    /// The first segment: whose connection it is.
    fn meet(&mut self, flow: Option<u32>, transit: &Transit) {
        if let (None, Some((from, to))) = (self.ends, transit.followed.ends) {
            let forward = transit.followed.way == Way::FromOpener;
            self.flow = flow;
            self.ends = Some(if forward { (from, to) } else { (to, from) });
            self.hosts = [transit.from, transit.to];
            if !forward {
                self.hosts.reverse();
            }
        }
    }

    fn segment(&mut self, transit: &Transit) {
        let (frame, followed) = (&transit.frame, &transit.followed);
        let packet = frame.packet();
        if let (Body::Tcp(tcp), Some(segment)) = (&packet.body, &followed.segment) {
            self.series.segment(frame.at, tcp, segment, followed.way);
        }
    }

    fn sample(&mut self, sample: Option<&Sample>, way: Way) {
        if let Some(Sample { at, info }) = sample {
            self.series.sample(*at, way, info);
        }
    }

    fn state(&mut self, state: &StateChange) {
        let (Some(info), Some((opener, acceptor))) = (&state.info, self.ends) else {
            return;
        };
        let remote = state.remote;
        if state.local == opener && remote == Some(acceptor) {
            self.series.sample(state.at, Way::FromOpener, info);
        } else if state.local == acceptor && remote == Some(opener) {
            self.series.sample(state.at, Way::FromAcceptor, info);
        }
    }

    /// Draws the direction that carries more data; gives what the terminal shows of it.
    ///
    /// # Errors
    /// When there was no such connection, or the file cannot be written to its end.
    fn finish(mut self, options: &Options) -> Result<Vec<Line>, Failure> {
        let Some((opener, acceptor)) = self.ends else {
            let what = Message::new("error-no-stream").int("stream", self.stream);
            return Err(Failure::usage(what));
        };
        for queue in self.series.queues.values_mut() {
            queue.drain();
        }
        let way = self.series.busier();
        let ends = match way {
            Way::FromOpener => (opener, acceptor),
            Way::FromAcceptor => (acceptor, opener),
        };
        let host = self.hosts[usize::from(way == Way::FromAcceptor)];
        let queue = host.and_then(|host| self.series.queues.get(&host));
        if let Some(picture) = self.picture {
            let drawn = svg(&self.series, way, ends, queue, &options.catalogue);
            picture.put(drawn.as_bytes())?;
        }
        if !self.chart {
            return Ok(Vec::new());
        }
        Ok(chart::lines(&self.series, way, ends, queue, options))
    }
}

impl MomentSink for Plot {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        match &moment.what {
            What::Transit(transit) => {
                self.queue(transit);
                self.transit(moment.flow, transit);
                for state in transit.sender_states.iter().chain(&transit.receiver_states) {
                    self.state(state);
                }
            }
            What::Call(call) => call.states.iter().for_each(|state| self.state(state)),
            What::State(state) => self.state(state),
            _ => {}
        }
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

/// The wire took it away, or spoilt it so that its receiver drops it.
fn is_taken(transit: &Transit) -> bool {
    let fate = transit.fate.as_deref();
    fate.is_some_and(|fate| {
        matches!(
            fate.verdict,
            Verdict::Lost | Verdict::QueueFull | Verdict::TooBig { .. } | Verdict::Corrupted(_)
        )
    })
}

/// Standard output is no place for a chart.
pub fn elsewhere() -> Failure {
    Failure::usage(Message::new("error-chart-json")).try_this(Message::new("error-chart-json-try"))
}
