//! One TCP connection of a story, traced: its series, its ends, its hosts.

use crate::explain::{Moment, MomentSink, Sample, StateChange, Transit, TransitPhase, What};
use crate::model::{Endpoint, HostId, Verdict};
use crate::protocol::decode::Body;
use crate::protocol::follow::{Conversation, Way};

use super::{QueueSeries, Series};

/// Collects the points of one TCP connection.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The connection's number at the saved vantage, from 0.
    stream: u32,
    /// The connection's number in the story, once it is known.
    flow: Option<u32>,
    /// Its points, and the wire's queues.
    pub series: Series,
    /// The opener's endpoint and the acceptor's; none when there was no such connection.
    pub ends: Option<(Endpoint, Endpoint)>,
    /// The opener's host and the acceptor's.
    hosts: [Option<HostId>; 2],
}

impl Traced {
    /// This connection of the saved vantage, from 0.
    #[must_use]
    pub fn of(stream: u32) -> Self {
        Self {
            stream,
            flow: None,
            series: Series::default(),
            ends: None,
            hosts: [None; 2],
        }
    }

    /// Its number, from 0.
    #[must_use]
    pub const fn stream(&self) -> u32 {
        self.stream
    }

    /// What waits on the wire on this way, drained: call it when the story is over.
    #[must_use]
    pub fn queue(&self, way: Way) -> Option<&QueueSeries> {
        let host = self.hosts[usize::from(way == Way::FromAcceptor)];
        host.and_then(|host| self.series.queues.get(&host))
    }

    /// The story is over.
    pub fn drain(&mut self) {
        for queue in self.series.queues.values_mut() {
            queue.drain();
        }
    }

    /// Every frame takes its place on the wire, whosever it is.
    fn queued(&mut self, transit: &Transit) {
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
}

impl MomentSink for Traced {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        match &moment.what {
            What::Transit(transit) => {
                self.queued(transit);
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
