//! The member `why` of a packet: the claims about it, and the packets that they rest on.

use crate::explain::weighing::{CandidateCause, CauseStanding};
use crate::model::Span;
use crate::protocol::follow::{
    Anomaly, CauseClaim, Held, Idle, Overtaken, Recovery, Repeats, SamePacket, Sighting, Why,
};

use super::int;

/// There is more to it than its flags say.
pub(super) fn says_something(why: &Why) -> bool {
    let claimed = why.anomaly.is_some() || why.recovery.is_some() || why.sighting.is_some();
    claimed || why.merged > 0 || why.spurious[0] != 0
}

/// `,"why":{…}`; members that do not apply are left out.
pub(super) fn object(out: &mut Vec<u8>, why: &Why) {
    out.extend_from_slice(b",\"why\":");
    let mut members = Members::open(out);
    if let Some(recovery) = why.recovery {
        members.text("recovery", recovery.name());
    }
    if let Some(anomaly) = why.anomaly {
        members.text("came", anomaly.name());
    }
    if why.recovery.is_some() || why.anomaly.is_some() {
        members.object("evidence", |evidence| {
            if let Some(recovery) = why.recovery {
                of_recovery(recovery, evidence);
            }
            if let Some(anomaly) = why.anomaly {
                of_anomaly(anomaly, evidence);
            }
        });
    }
    if let Some(sighting) = why.sighting {
        members.text("seen", seen(sighting));
        if let Sighting::First { behind } = sighting {
            members.number("behind", behind.frame);
        }
    }
    if let Some(before) = why.before {
        members.number("before", before.frame);
        members.number("before_us", us(before.ago));
    }
    if let Some(answered) = why.answered {
        members.number("answered", answered.frame);
    }
    match why.repeats {
        Some(Repeats::Old(frame)) => members.number("answers_old", frame),
        Some(Repeats::Beyond(frame)) => members.number("beyond", frame),
        None => {}
    }
    for (name, number) in [
        ("dup_acks", why.dup_acks),
        (
            "missing",
            why.unseen.map_or(why.missing, |unseen| unseen.count),
        ),
        ("merged", why.merged.into()),
        (
            "tries",
            why.recovery.map_or(0, |recovery| recovery.tries().into()),
        ),
    ] {
        if number > 0 {
            members.number(name, number);
        }
    }
    members.frames("needless", &why.spurious);
    members.close();
}

/// The same of a packet that is no TCP segment, and is there a second time.
pub(super) fn of_same(out: &mut Vec<u8>, same: SamePacket) {
    let SamePacket { of, hop, copied } = same;
    out.extend_from_slice(b",\"why\":");
    let mut members = Members::open(out);
    let anomaly = if copied {
        Anomaly::Duplicated { of, hop }
    } else {
        Anomaly::Twin { of }
    };
    members.text("came", anomaly.name());
    members.object("evidence", |evidence| of_anomaly(anomaly, evidence));
    members.close();
}

/// `,"candidates":[{…},…]`: each with its name, what came of it, and its evidence or the objection to it.
pub(super) fn candidates(out: &mut Vec<u8>, candidates: &[CandidateCause]) {
    out.extend_from_slice(b",\"candidates\":[");
    for (at, cause) in candidates.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let mut members = Members::open(out);
        members.text("name", cause.name);
        let (standing, claim) = match cause.standing {
            CauseStanding::Told(claim) => ("told", Ok(claim)),
            CauseStanding::Behind(claim) => ("behind", Ok(claim)),
            CauseStanding::Excluded(objection) => ("excluded", Err(objection)),
        };
        members.text("standing", standing);
        match claim {
            Ok(claim) => members.object("evidence", |evidence| match claim {
                CauseClaim::Recovery(recovery) => of_recovery(recovery, evidence),
                CauseClaim::Anomaly(anomaly) => of_anomaly(anomaly, evidence),
            }),
            Err(objection) => members.text("objection", objection.name()),
        }
        members.close();
    }
    out.push(b']');
}

const fn seen(sighting: Sighting) -> &'static str {
    match sighting {
        Sighting::Whole => "whole",
        Sighting::Part => "part",
        Sighting::First { .. } => "first",
    }
}

/// Microseconds.
const fn us(span: Span) -> i64 {
    span.ns() / 1_000
}

fn of_recovery(recovery: Recovery, out: &mut Members<'_>) {
    match recovery {
        Recovery::Timeout { silence, .. }
        | Recovery::SynRetry { silence, .. }
        | Recovery::TailLossProbe { silence } => {
            out.number("silence_since", silence.frame);
            out.number("silence_us", us(silence.ago));
        }
        Recovery::AfterTimeout { timer, .. } => out.number("timer", timer),
        Recovery::FastRetransmit(asked) => {
            out.number("duplicates_of", asked.of);
            out.number("duplicates", asked.count);
        }
        Recovery::Sack(block) | Recovery::SackWithin(block) => {
            out.number("sack", block.frame);
            out.number("left_abs", block.left.0);
            out.number("right_abs", block.right.0);
        }
        Recovery::Prompted { by } => out.number("prompted_by", by.frame),
        Recovery::PartialAck { ack } => out.number("partial_ack", ack.frame),
        Recovery::WindowProbe { closed } => out.number("closed", closed),
        Recovery::KeepAlive(Idle::Acknowledged(frame)) => out.number("acknowledged", frame),
        Recovery::KeepAlive(Idle::Empty(frame)) => out.number("idle_since", frame),
    }
}

fn of_anomaly(anomaly: Anomaly, out: &mut Members<'_>) {
    match anomaly {
        Anomaly::Duplicated { of, hop } => {
            out.number("copy_of", of.frame);
            out.number("copy_us", us(of.ago));
            if !hop.is_empty() {
                let names: Vec<_> = hop.names().collect();
                out.text("differs", &names.join(" "));
            }
        }
        Anomaly::Twin { of } => {
            out.number("copy_of", of.frame);
            out.number("copy_us", us(of.ago));
        }
        Anomaly::Reordered(Overtaken::Stamp(frame)) => out.number("sent_before", frame),
        Anomaly::Reordered(Overtaken::Acknowledgement(frame)) => {
            out.number("acknowledges_less_than", frame);
        }
        Anomaly::Reordered(Overtaken::TooSoon(behind)) => {
            out.number("overtaken_by", behind.frame);
            out.number("overtaken_us", us(behind.ago));
        }
        Anomaly::Reordered(Overtaken::Resend(frame)) => out.number("resent_in", frame),
        Anomaly::OtherNumbers { apart } => out.number("numbers_apart", apart),
        Anomaly::Spurious(Held::Acknowledged(frame)) => out.number("acknowledged_in", frame),
        Anomaly::Spurious(Held::Selectively(frame)) => out.number("sacked_in", frame),
        Anomaly::Spurious(Held::Seen(frame)) => out.number("arrived_in", frame),
        Anomaly::Spurious(Held::SynAnswered(frame)) => out.number("answers_syn", frame),
    }
}

/// The members of an object that is being written.
struct Members<'o> {
    out: &'o mut Vec<u8>,
    any: bool,
}

impl<'o> Members<'o> {
    fn open(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, any: false }
    }

    fn close(self) {
        self.out.push(b'}');
    }

    fn name(&mut self, name: &str) {
        self.out
            .extend_from_slice(if self.any { b",\"" } else { b"\"" });
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.any = true;
    }

    fn number(&mut self, name: &str, number: impl itoa::Integer) {
        self.name(name);
        int(self.out, number);
    }

    /// Of our own names only: nothing is escaped.
    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
    }

    fn object(&mut self, name: &str, fill: impl FnOnce(&mut Members<'_>)) {
        self.name(name);
        let mut members = Members::open(self.out);
        fill(&mut members);
        members.close();
    }

    /// Frames that are there, as an array; nothing where there is none.
    fn frames(&mut self, name: &str, frames: &[u32]) {
        let mut there = frames.iter().filter(|frame| **frame != 0).peekable();
        if there.peek().is_none() {
            return;
        }
        self.name(name);
        for (at, frame) in there.enumerate() {
            self.out.push(if at == 0 { b'[' } else { b',' });
            int(self.out, *frame);
        }
        self.out.push(b']');
    }
}
