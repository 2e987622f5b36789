//! The JSON view of a story: every moment is one object on one line.
//!
//! `"moment"` says what it is: `begin`, `call`, `packet`, `state`, `hole`, `program`, `end`, `summary`. A packet object has the
//! members of [`packet`]; `"number"` stands in exactly one object per packet of the saved vantage, in
//! file order. Objects without it tell the other end of a journey that takes two rows, or a frame that the saved
//! vantage never saw.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::explain::{
    CallMoment, CallPhase, Lateness, Moment, MomentSink, Note, NoteKind, StateChange, Summary,
    Transit, TransitPhase, What,
};
use crate::model::{CallResult, EndedBy, HoleKind, Host, HostId, Setting, Span, Time, Vantage};

use super::judgement::judgements;
use super::packet::{packet, seconds, unnumbered};
use crate::text::visible;
use crate::views::options::Options;
use crate::views::styled::{Line, Role};
use crate::views::wording;

/// Tells moments as JSON.
#[derive(Debug)]
pub struct Json {
    options: Options,
    hosts: Vec<Host>,
    /// Which of two stories.
    side: Option<&'static str>,
}

impl Json {
    /// A view with these options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self {
            options,
            hosts: Vec::new(),
            side: None,
        }
    }

    /// Each object says that it belongs to this one of two stories.
    #[must_use]
    pub const fn tagged(mut self, side: &'static str) -> Self {
        self.side = Some(side);
        self
    }
}

impl MomentSink for Json {
    type Out = Vec<Line>;

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        let mut out = Vec::new();
        let mut more = self.tag();
        if let Some(flow) = moment.flow {
            more.insert("flow".to_owned(), flow.into());
        }
        match &moment.what {
            What::Begin(settings) => {
                self.hosts
                    .extend(settings.iter().filter_map(|setting| match setting {
                        Setting::Host(host) => Some(host.clone()),
                        _ => None,
                    }));
                open(&mut out, "begin", moment.at);
                put(&mut more, "settings", settings.as_ref());
            }
            What::Call(call) => {
                open(&mut out, "call", moment.at);
                stamp(&mut out, "began", Some(call.call.at));
                if let Some(returned) = call.returned.as_deref() {
                    stamp(&mut out, "ended", Some(returned.at));
                }
                self.call(call, &mut more);
            }
            What::Transit(transit) => self.transit(transit, &mut out, &mut more),
            What::State(state) => {
                open(&mut out, "state", moment.at);
                more.insert(
                    "states".to_owned(),
                    self.states(std::slice::from_ref(state)),
                );
            }
            What::Hole(hole) => {
                open(&mut out, "hole", moment.at);
                put(&mut more, "vantage", &hole.vantage);
                more.insert("frames".to_owned(), hole.frames.into());
                match hole.kind {
                    HoleKind::Missed => {}
                    HoleKind::Late => {
                        more.insert("late".to_owned(), true.into());
                    }
                    HoleKind::Untold { others } => {
                        more.insert("untold".to_owned(), others.into());
                    }
                    HoleKind::Unsaved { others } => {
                        more.insert("unsaved".to_owned(), others.into());
                    }
                }
            }
            What::Program(end) => {
                open(&mut out, "program", moment.at);
                more.insert("host".to_owned(), self.host(Some(end.host)));
                match end.by {
                    EndedBy::Itself { status } => {
                        more.insert("status".to_owned(), status.into());
                    }
                    EndedBy::Run(reason) => put(&mut more, "ended_by_run", &reason),
                }
            }
            What::Process(seen) => {
                open(&mut out, "process", moment.at);
                more.insert("host".to_owned(), self.host(Some(seen.host)));
                put(&mut more, "process", &seen.process);
                put(&mut more, "program", &seen.program);
                put(&mut more, "event", &seen.event);
                let said = wording::process(seen, &self.hosts, &self.options.catalogue);
                if let Some((_, said)) = said {
                    more.insert("text".to_owned(), said.into());
                }
            }
            What::End(outcome) => {
                open(&mut out, "end", moment.at);
                put(&mut more, "troubles", &outcome.troubles);
            }
        }
        let notes = self.notes(&moment.notes);
        if !notes.is_empty() {
            more.insert("notes".to_owned(), notes.into());
        }
        vec![close(out, &more)]
    }

    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a file that is read has fewer round trips than a float has places"
        )]
        let round_trips = summary.round_trips_milli as f64 / 1_000.0;
        let lateness = summary.lateness;
        let summary_judgements = judgements(&summary.judgements, &self.options);
        let sent = &summary.sent;
        let mut summary = json!({
            "moment": "summary",
            "packets": summary.packets,
            "segments": summary.segments,
            "datagrams": summary.datagrams,
            "copies": summary.copies,
            "payload_bytes": summary.payload_bytes,
            "header_bytes": summary.header_bytes,
            "round_trips": round_trips,
            "round_trip_ms": summary.round_trip.map(Span::as_ms),
            "took_ms": summary.took.as_ms(),
        });
        let sent = sent
            .iter()
            .map(|sent| json!({"host": sent.name, "frames": sent.frames, "lost": sent.lost}));
        let sent: Vec<Value> = sent.collect();
        if let Value::Object(members) = &mut summary {
            if !sent.is_empty() {
                members.insert("sent".to_owned(), sent.into());
            }
            if lateness != Lateness::default() {
                let late = json!({
                    "frames": lateness.frames,
                    "wire_ms": lateness.wire.as_ms(),
                    "hosts_ms": lateness.hosts.as_ms(),
                });
                members.insert("late".to_owned(), late);
            }
            if !summary_judgements.is_empty() {
                members.insert("capture".to_owned(), summary_judgements.into());
            }
            members.append(&mut self.tag());
        }
        vec![Line::of(Role::Plain, summary.to_string())]
    }
}

impl Json {
    fn tag(&self) -> Map<String, Value> {
        let side = self.side.map(|side| ("side".to_owned(), side.into()));
        side.into_iter().collect()
    }

    fn call(&self, moment: &CallMoment, more: &mut Map<String, Value>) {
        let call = &moment.call;
        let phase = match moment.phase {
            CallPhase::Whole => "whole",
            CallPhase::Begun => "begun",
            CallPhase::Returned => "returned",
        };
        more.insert("phase".to_owned(), phase.into());
        more.insert("host".to_owned(), self.host(Some(call.host)));
        put(more, "id", &call.id);
        put(more, "socket", &call.socket);
        put(more, "label", &call.label);
        put(more, "name", &call.name);
        put(more, "args", &call.args);
        let after = moment
            .returned
            .as_deref()
            .and_then(|returned| returned.kept_waiting);
        for (name, kept) in [
            ("kept_waiting_before_ms", call.kept_waiting),
            ("kept_waiting_ms", after),
        ] {
            if let Some(kept) = kept {
                more.insert(name.to_owned(), kept.as_ms().into());
            }
        }
        if let Some(site) = call.site.as_deref() {
            put(more, "site", site);
        }
        if let Some(seen) = moment.returned.as_deref().and_then(|r| r.seen.as_deref()) {
            put(more, "made_fd", &seen.fd);
            if let Some(ends) = seen.ends {
                let mut told = json!({
                    "local": ends.local.to_string(),
                    "remote": ends.remote.map(|remote| remote.to_string()),
                });
                told["cookie"] = ends.cookie.to_string().into();
                more.insert("ends".to_owned(), told);
            }
        }
        let mut text = wording::call(call, 48);
        if let Some(returned) = moment.returned.as_deref() {
            match &returned.result {
                CallResult::Ok { value, out } => {
                    put(more, "value", value);
                    put(more, "out", out);
                }
                CallResult::Err(errno) => {
                    more.insert("value".to_owned(), (-1).into());
                    more.insert("errno".to_owned(), json!(errno));
                }
            }
            text = format!("{text} {}", wording::gave(call, returned, 48));
        }
        more.insert("text".to_owned(), text.into());
        if !moment.states.is_empty() {
            more.insert("states".to_owned(), self.states(&moment.states));
        }
    }

    fn transit(&self, transit: &Transit, out: &mut Vec<u8>, more: &mut Map<String, Value>) {
        let frame = &transit.frame;
        let fields = frame.packet();
        let followed = &transit.followed;
        if let Some(number) = transit.number {
            packet(out, number.into(), frame.at, &fields, followed);
        } else {
            out.push(b'{');
            unnumbered(out, frame.at, &fields, followed);
        }
        out.extend_from_slice(b",\"moment\":\"packet\"");
        if let Vantage::File(interface) = frame.vantage {
            more.insert("interface".to_owned(), interface.into());
        }
        let phase = match transit.phase {
            TransitPhase::Whole => "whole",
            TransitPhase::Left => "left",
            TransitPhase::Arrived => "arrived",
            TransitPhase::Lost => "lost",
            TransitPhase::CopyLost => "copy-lost",
            TransitPhase::Seen => "seen",
        };
        more.insert("phase".to_owned(), phase.into());
        more.insert("from".to_owned(), self.host(transit.from));
        more.insert("to".to_owned(), self.host(transit.to));
        stamp(out, "sent", transit.sent);
        stamp(out, "arrived", transit.arrived);
        if let Some(late) = transit.late {
            more.insert("late_ms".to_owned(), late.as_ms().into());
        }
        if transit.copy > 0 {
            more.insert("copy".to_owned(), transit.copy.into());
        }
        if let Some(fate) = transit.fate.as_deref() {
            put(more, "fate", &fate.verdict);
            put(more, "rule", &fate.rule);
        }
        for (name, states) in [
            ("sender_states", &transit.sender_states),
            ("receiver_states", &transit.receiver_states),
        ] {
            if !states.is_empty() {
                more.insert(name.to_owned(), self.states(states));
            }
        }
        for (name, sample) in [
            ("sender_info", &transit.sender_info),
            ("receiver_info", &transit.receiver_info),
        ] {
            if let Some(sample) = sample {
                let mut info = json!(sample.info);
                info["time_ns"] = sample.at.ns().into();
                more.insert(name.to_owned(), info);
            }
        }
        if let Some(drop) = transit.receiver_drop.as_deref() {
            let mut dropped = json!(drop);
            dropped["certain"] = drop.is_certain().into();
            dropped["host"] = self.host(Some(drop.host));
            dropped["socket"] = drop.socket.to_string().into();
            more.insert("receiver_drop".to_owned(), dropped);
        }
    }

    fn states(&self, states: &[StateChange]) -> Value {
        let states = states.iter().map(|state| {
            json!({
                "host": self.host(Some(state.host)),
                "time_ns": state.at.ns(),
                "local": state.local.to_string(),
                "remote": state.remote.map(|remote| remote.to_string()),
                "before": state.before,
                "state": state.now,
                "info": state.info,
            })
        });
        Value::Array(states.collect())
    }

    fn notes(&self, notes: &[Note]) -> Vec<Value> {
        notes
            .iter()
            .filter(|note| !(self.options.quiet && note.kind.hidden_when_quiet()))
            .map(|note| {
                let kind = match note.kind {
                    NoteKind::What => "what",
                    NoteKind::Why => "why",
                    NoteKind::Next => "next",
                    NoteKind::Linux => "linux",
                    NoteKind::Milestone => "milestone",
                    NoteKind::Caution => "caution",
                };
                json!({
                    "kind": kind,
                    "key": note.message.key,
                    "text": wording::message(&note.message, &self.options.catalogue),
                    "rfc": note.rfc.map(|rfc| rfc.to_string()),
                })
            })
            .collect()
    }

    /// A host's name as scripts call it, in every language.
    fn host(&self, host: Option<HostId>) -> Value {
        let Some(host) = host else { return Value::Null };
        match self.hosts.iter().find(|known| known.id == host) {
            Some(known) => json!(known.name),
            None => host.0.into(),
        }
    }
}

fn open(out: &mut Vec<u8>, moment: &str, at: Time) {
    out.extend_from_slice(b"{\"moment\":\"");
    out.extend_from_slice(moment.as_bytes());
    out.extend_from_slice(b"\",\"time\":");
    seconds(out, at);
}

/// Adds the other members and the closing brace.
fn close(mut out: Vec<u8>, more: &Map<String, Value>) -> Line {
    let rest = visible::json(&Value::Object(more.clone()).to_string());
    match rest.strip_prefix('{') {
        Some("}") | None => out.push(b'}'),
        Some(rest) => {
            out.push(b',');
            out.extend_from_slice(rest.as_bytes());
        }
    }
    Line::of(Role::Plain, String::from_utf8_lossy(&out))
}

fn put(more: &mut Map<String, Value>, name: &str, value: &(impl Serialize + ?Sized)) {
    // Our own types: plain numbers, texts and lists, which always serialise.
    let value = serde_json::to_value(value).unwrap_or(Value::Null);
    more.insert(name.to_owned(), value);
}

/// `,"sent":1700000000.000000000`, or `null`.
fn stamp(out: &mut Vec<u8>, name: &str, at: Option<Time>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    match at {
        Some(at) => seconds(out, at),
        None => out.extend_from_slice(b"null"),
    }
}
