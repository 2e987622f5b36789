//! A story as a trace for the Perfetto UI (<https://ui.perfetto.dev>): native `TrackEvent`s, written by hand.
//!
//! A track per host; below it one per program with its calls as slices, one per connection with its states as slices and its
//! frames as instants that arrows join, and the counters: congestion window, bytes in flight, receive window, the wire's queue.

mod wire;

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::explain::findings::Findings;
use crate::explain::series::{Joined, Level, Traced};
use crate::explain::spacetime::{CallBar, Flight, Spacetime};
use crate::model::{Endpoint, TcpState, Time};
use crate::protocol::follow::Way;
use crate::text::{Catalogue, Message, visible};

use super::{ladder, wording};
use wire::{EventType, Proto, event};

/// One story of a trace.
#[derive(Clone, Copy, Debug)]
pub struct TraceStory<'a> {
    /// What it is called beside others.
    pub name: &'a str,
    /// Its frames, calls and states.
    pub space: &'a Spacetime,
    /// The points of its TCP connections; the first has the wire's queues.
    pub traced: &'a [Traced],
    /// What its programs did wrong.
    pub findings: &'a Findings,
}

/// The trace of these stories.
#[must_use]
pub fn trace(stories: &[TraceStory<'_>], catalogue: &Catalogue) -> Vec<u8> {
    let begun = stories.iter().filter_map(|story| story.space.begun).min();
    let mut out = wire::first();
    out.extend(wire::clocks(stamp(begun.unwrap_or_default())));
    let mut writer = Writer {
        catalogue,
        out,
        events: Vec::new(),
        tracks: 1,
        arrows: 0,
    };
    for story in stories {
        writer.story(story, stories.len() > 1);
    }
    // A reader takes events of one time in the order of the file: a slice's end stands before the next one's begin.
    writer.events.sort_by_key(|(at, _)| *at);
    let Writer {
        mut out, events, ..
    } = writer;
    for (at, event) in events {
        out.extend(wire::at(at, &event));
    }
    out
}

/// These bytes begin as a trace that was made here does.
#[must_use]
pub fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(&wire::first())
}

/// What is on a host's track of one conversation: its own end and the other one.
type OwnEnd = (usize, Option<(Endpoint, Option<Endpoint>)>);

struct Writer<'a> {
    catalogue: &'a Catalogue,
    out: Vec<u8>,
    events: Vec<(u64, Proto)>,
    tracks: u64,
    arrows: u64,
}

impl Writer<'_> {
    fn track(&mut self, parent: Option<u64>, name: &str, unit: Option<&str>) -> u64 {
        self.tracks += 1;
        let name = visible::text(name);
        self.out
            .extend(wire::track(self.tracks, parent, &name, unit));
        self.tracks
    }

    fn put(&mut self, at: Time, event: Proto) {
        self.events.push((stamp(at), event));
    }

    fn slice(&mut self, track: u64, from: Time, until: Time, begin: impl FnOnce(Proto) -> Proto) {
        self.put(from, begin(event(EventType::Begin, track)));
        self.put(until.max(from), event(EventType::End, track));
    }

    fn story(&mut self, story: &TraceStory<'_>, several: bool) {
        let root = several.then(|| self.track(None, story.name, None));
        let hosts = self.hosts(story.space, root);
        self.calls(story.space, &hosts);
        self.conversations(story.space, &hosts);
        self.counters(story, root, &hosts);
        if !story.space.milestones.is_empty() {
            let track = self.track(root, &self.catalogue.word("trace-milestones"), None);
            for milestone in &story.space.milestones {
                let said = wording::note(&milestone.note, self.catalogue);
                let instant = event(EventType::Instant, track);
                self.put(
                    milestone.at,
                    instant.named("milestone", &visible::text(&said)),
                );
            }
        }
        let found = story.findings.found();
        if !found.is_empty() {
            let track = self.track(root, &self.catalogue.word("trace-findings"), None);
            for finding in found {
                let at = finding
                    .proofs
                    .first()
                    .map(crate::explain::findings::Proof::at);
                let said = wording::message(&finding.said, self.catalogue);
                let name = self.catalogue.word(finding.kind.keys()[1]);
                let instant = event(EventType::Instant, track)
                    .named("finding", &visible::text(&name))
                    .note("program", &visible::untrusted(&finding.program))
                    .note("seen", &visible::text(&said));
                self.put(at.or(story.space.begun).unwrap_or_default(), instant);
            }
        }
    }

    /// A track for each lane.
    fn hosts(&mut self, space: &Spacetime, root: Option<u64>) -> Vec<u64> {
        let names: Vec<String> = space
            .lanes
            .iter()
            .map(|lane| {
                let address = lane.address.map_or_else(String::new, |a| a.to_string());
                lane.host.map_or(address.clone(), |host| {
                    let name = wording::host_name(host, &space.hosts, self.catalogue);
                    format!("{name} {address}")
                })
            })
            .collect();
        names
            .iter()
            .map(|name| self.track(root, name, None))
            .collect()
    }

    /// Calls of one thread follow each other or lie within each other; those of a host's script that do not have a track
    /// each, of the same name.
    fn calls(&mut self, space: &Spacetime, hosts: &[u64]) {
        let mut free: BTreeMap<(usize, u32), Vec<(u64, Time)>> = BTreeMap::new();
        for bar in &space.calls {
            let site = bar.call.site.as_deref();
            let key = (bar.lane, site.map_or(0, |site| site.thread));
            let name = site.map_or_else(
                || self.catalogue.word("trace-calls"),
                |site| format!("{} {}", visible::untrusted(&site.program), site.thread),
            );
            let until = bar.returned.as_deref().map(|returned| returned.at);
            let until = until
                .or(space.ended)
                .unwrap_or(bar.call.at)
                .max(bar.call.at);
            let tracks = free.entry(key).or_default();
            let at = tracks.iter().position(|(_, busy)| *busy <= bar.call.at);
            let at = at.unwrap_or_else(|| {
                let track = self.track(hosts.get(bar.lane).copied(), &name, None);
                tracks.push((track, until));
                tracks.len() - 1
            });
            let Some((track, busy)) = tracks.get_mut(at) else {
                continue;
            };
            *busy = until;
            let track = *track;
            self.slice(track, bar.call.at, until, |begin| described(begin, bar));
        }
    }

    /// States as slices, and frames in and beside them.
    fn conversations(&mut self, space: &Spacetime, hosts: &[u64]) {
        let mut tracks: BTreeMap<OwnEnd, u64> = BTreeMap::new();
        let mut ended: BTreeMap<u64, Time> = BTreeMap::new();
        let mut place = |writer: &mut Self, (lane, ends): OwnEnd| {
            *tracks.entry((lane, ends)).or_insert_with(|| {
                let name = match ends {
                    Some((local, Some(remote))) => format!("{local} – {remote}"),
                    Some((local, None)) => local.to_string(),
                    None => writer.catalogue.word("trace-others"),
                };
                writer.track(hosts.get(lane).copied(), &name, None)
            })
        };
        for stretch in &space.states {
            let track = place(self, (stretch.lane, Some((stretch.local, stretch.remote))));
            let before = ended.get(&track).copied().unwrap_or(stretch.from);
            let from = stretch.from.max(before);
            let until = stretch.until.or(space.ended).unwrap_or(from).max(from);
            ended.insert(track, until);
            if stretch.state != TcpState::Closed {
                let name = stretch.state.name();
                self.slice(track, from, until, |begin| begin.named("state", name));
            }
        }
        for flight in &space.flights {
            let ends = flight.transit.followed.ends;
            let forth = ends.map(|(from, to)| (from, Some(to)));
            let back = ends.map(|(from, to)| (to, Some(from)));
            let left = place(self, (flight.from, forth));
            self.arrows += 1;
            let arrow = self.arrows;
            let mut sent = frame(left, flight, space);
            match flight.arrived {
                Some(arrived) if !flight.seen_once => {
                    sent = sent.flow(arrow);
                    let came = place(self, (flight.to, back));
                    self.put(arrived, frame(came, flight, space).ends_flow(arrow));
                }
                _ => {}
            }
            self.put(flight.sent, sent);
        }
    }

    fn counters(&mut self, story: &TraceStory<'_>, root: Option<u64>, hosts: &[u64]) {
        for traced in story.traced {
            let Some((opener, acceptor)) = traced.ends else {
                continue;
            };
            for way in [Way::FromOpener, Way::FromAcceptor] {
                let (own, other) = match way {
                    Way::FromOpener => (opener, acceptor),
                    Way::FromAcceptor => (acceptor, opener),
                };
                let lane = |addr| lane_of(story.space, addr).and_then(|lane| hosts.get(lane));
                let series = traced.series.direction(way);
                let ends = format!("{own} → {other}");
                let parent = lane(own.addr).copied().or(root);
                self.counter(parent, "trace-congestion", &ends, &series.congestion);
                self.counter(parent, "trace-in-flight", &ends, &series.in_flight);
                let parent = lane(other.addr).copied().or(root);
                self.counter(parent, "trace-window", &ends, &series.window);
            }
        }
        let queues = story.traced.first().map(|traced| &traced.series.queues);
        for (host, queue) in queues.into_iter().flatten() {
            let lane = |lane: &crate::explain::spacetime::Lane| lane.host == Some(*host);
            let at = story.space.lanes.iter().position(lane);
            let parent = at.and_then(|at| hosts.get(at)).copied().or(root);
            self.counter(parent, "trace-queue", "", &queue.length);
        }
    }

    fn counter(
        &mut self,
        parent: Option<u64>,
        key: &'static str,
        ends: &str,
        levels: &Joined<Level>,
    ) {
        if levels.is_empty() {
            return;
        }
        let unit = if key == "trace-queue" {
            "frames"
        } else {
            "bytes"
        };
        let name = self.catalogue.say(&Message::new(key).text("ends", ends));
        let track = self.track(parent, name.trim(), Some(unit));
        for level in levels.iter() {
            self.put(
                level.at,
                event(EventType::Counter, track).value(level.value),
            );
        }
    }
}

/// A stamp before 1970, which only a damaged file has, is its beginning.
fn stamp(at: Time) -> u64 {
    u64::try_from(at.ns()).unwrap_or(0)
}

fn described(begin: Proto, bar: &CallBar) -> Proto {
    let name = visible::text(&wording::call_in_short(&bar.call));
    let mut begin = begin
        .named("call", &name)
        .note("call", &visible::text(&wording::call(&bar.call, 64)));
    if let Some(returned) = bar.returned.as_deref() {
        let gave = wording::gave(&bar.call, returned, 64);
        begin = begin.note("gave", &visible::text(&gave));
    }
    begin
}

fn frame(track: u64, flight: &Flight, space: &Spacetime) -> Proto {
    let packet = flight.transit.frame.packet();
    let said = visible::text(&ladder::tokens(&flight.transit, &packet, &space.hosts).join(" "));
    let category = if flight.lost { "lost" } else { "frame" };
    let name = if flight.lost {
        format!("✗ {said}")
    } else {
        said
    };
    event(EventType::Instant, track).named(category, &name)
}

/// The lane of an address.
fn lane_of(space: &Spacetime, address: IpAddr) -> Option<usize> {
    let host = space.hosts.iter().find(|host| {
        host.ipv4.map(IpAddr::from) == Some(address) || host.ipv6.map(IpAddr::from) == Some(address)
    });
    space.lanes.iter().position(|lane| {
        lane.address == Some(address) || (host.is_some() && lane.host == host.map(|host| host.id))
    })
}
