//! What programs did, in words: findings, the worst first, each with its evidence and its cure; or that nothing was found,
//! and what was looked for.

use std::rc::Rc;

use serde_json::{Value, json};

use super::options::Options;
use super::styled::{Line, Role, wrap};
use super::{lines, wording};
use crate::explain::findings::{ConnectionEnd, Finding, FindingKind, Findings, Grade, Proof};
use crate::model::{Call, HostId, Span, Time, Untrusted};
use crate::text::{Catalogue, Message, visible};

/// Columns of the evidence's times.
const INDENT: usize = 10;
/// Ends of connections of which it is said in text where the time went.
const MOST_ENDS: usize = 6;
/// So much time is worth a word.
const TOLD: Span = Span::from_us(100);

/// As text; nothing where no program's calls were seen.
#[must_use]
pub fn text(findings: &Findings, options: &Options) -> Vec<Line> {
    if !findings.has_looked() {
        return Vec::new();
    }
    let catalogue = &options.catalogue;
    let width = options.width.clamp(80, 140);
    let mut out = vec![
        Line::new(),
        Line::of(Role::Title, catalogue.word("finding-title")),
    ];
    let found = findings.found();
    if found.is_empty() {
        let names: Vec<String> = FindingKind::ALL
            .iter()
            .map(|kind| catalogue.word(kind.keys()[1]))
            .collect();
        let said = Message::new(if findings.is_partly_blind() {
            "finding-nothing-blind"
        } else {
            "finding-nothing"
        });
        let said = said.text("names", names.join(&catalogue.word("finding-comma")));
        paragraph(
            &wording::message(&said, catalogue),
            2,
            Role::Milestone,
            width,
            &mut out,
        );
    }
    for finding in found {
        let head = Message::new(grade_key(finding.grade))
            .text("name", catalogue.word(finding.kind.keys()[1]))
            .text("who", {
                let host = wording::host_name(finding.host, findings.hosts(), catalogue);
                who(host, &finding.program)
            });
        let role = match finding.grade {
            Grade::Mistake => Role::CallFailed,
            Grade::Waste => Role::Caution,
            Grade::Hint => Role::Note,
        };
        paragraph(
            &wording::message(&head, catalogue),
            2,
            role,
            width,
            &mut out,
        );
        paragraph(
            &wording::message(&finding.said, catalogue),
            4,
            Role::Plain,
            width,
            &mut out,
        );
        for proof in &finding.proofs {
            out.push(evidence(proof, findings, catalogue));
        }
        waits_for(finding, findings, catalogue, &mut out);
        let cure = catalogue.word(finding.kind.keys()[3]);
        paragraph(&cure, 4, Role::Note, width, &mut out);
        let lesson = Message::new("finding-lesson").text("name", finding.kind.lesson());
        paragraph(
            &wording::message(&lesson, catalogue),
            4,
            Role::Faint,
            width,
            &mut out,
        );
    }
    time_spent(findings, catalogue, width, &mut out);
    out
}

/// Who waits for whom, as a drawing, where both do.
fn waits_for(finding: &Finding, findings: &Findings, catalogue: &Catalogue, out: &mut Vec<Line>) {
    let stands = |proof: &Proof| match proof {
        Proof::Call(call, None) if call.name.receives() => Some(Rc::clone(call)),
        _ => None,
    };
    let standing: Vec<Rc<Call>> = finding.proofs.iter().filter_map(stands).collect();
    let [one, other] = standing.as_slice() else {
        return;
    };
    if one.host == other.host {
        return;
    }
    let name = |host| wording::host_name(host, findings.hosts(), catalogue);
    for (from, to) in [(one, other), (other, one)] {
        let said = Message::new("finding-waits-for")
            .text("one", name(from.host))
            .text("call", wording::call(from, 24))
            .text("other", name(to.host));
        let mut line = Line::of(Role::Plain, " ".repeat(4));
        line.push(Role::CallFailed, wording::message(&said, catalogue));
        out.push(line);
    }
}

/// Where the time of the first connections went.
fn time_spent(findings: &Findings, catalogue: &Catalogue, width: usize, out: &mut Vec<Line>) {
    let ends = findings.connection_ends();
    if ends.is_empty() {
        return;
    }
    out.push(Line::new());
    out.push(Line::of(Role::Title, catalogue.word("finding-time-title")));
    let said = |message: Message| wording::message(&message, catalogue);
    for end in ends.iter().take(MOST_ENDS) {
        let host = wording::host_name(end.host, findings.hosts(), catalogue);
        let head = Message::new("finding-time-end")
            .int("connection", end.flow + 1)
            .text("who", who(host, &end.program))
            .text("time", wording::duration(end.lasted()));
        paragraph(&said(head), 2, Role::Plain, width, out);
        paragraph(&went(end, catalogue), 4, Role::Milestone, width, out);
        let moved = Message::new("finding-time-moved")
            .int("calls", end.calls)
            .int("sends", end.sends)
            .int("sent", end.sent)
            .int("receives", end.receives)
            .int("read", end.read);
        paragraph(&said(moved), 4, Role::Faint, width, out);
    }
    if let Some(more @ 1..) = ends.len().checked_sub(MOST_ENDS) {
        let more = Message::new("finding-time-more").int("count", more);
        paragraph(&said(more), 2, Role::Faint, width, out);
    }
}

/// The parts of an end's time that were a tenth of a millisecond at least.
fn went(end: &ConnectionEnd, catalogue: &Catalogue) -> String {
    let (Some(waits), Some(working)) = (end.waits(), end.working()) else {
        return catalogue.word("finding-time-shared");
    };
    let parts = [
        ("finding-time-working", working),
        ("finding-time-other", waits.other_program),
        ("finding-time-way", waits.on_the_way),
        ("finding-time-sending", waits.sending),
        ("finding-time-elsewhere", waits.elsewhere),
    ];
    let told = parts.into_iter().filter(|(_, span)| *span >= TOLD);
    let told: Vec<String> = told
        .map(|(key, span)| {
            let said = Message::new(key).text("time", wording::duration(span));
            wording::message(&said, catalogue)
        })
        .collect();
    told.join(&catalogue.word("finding-comma"))
}

/// As one object; nothing where no program's calls were seen.
#[must_use]
pub fn object(findings: &Findings, options: &Options) -> Vec<Line> {
    if !findings.has_looked() {
        return Vec::new();
    }
    let catalogue = &options.catalogue;
    let found: Vec<Value> = findings
        .found()
        .into_iter()
        .map(|finding| {
            let proofs = finding.proofs.iter().map(|proof| {
                json!({
                    "time_ns": proof.at().ns(),
                    "call": match proof { Proof::Call(call, _) => json!(call.id), _ => Value::Null },
                    "packet": match proof {
                        Proof::Segment(_, transit) => json!(transit.number),
                        _ => Value::Null,
                    },
                    "text": proof_text(proof, findings, catalogue),
                })
            });
            json!({
                "kind": finding.kind.keys()[0],
                "grade": grade_name(finding.grade),
                "host": host_name(finding.host, findings),
                "program": visible::untrusted(&finding.program),
                "text": wording::message(&finding.said, catalogue),
                "evidence": proofs.collect::<Vec<_>>(),
                "cure": catalogue.word(finding.kind.keys()[3]),
                "lesson": finding.kind.lesson(),
            })
        })
        .collect();
    let looked: Vec<&str> = FindingKind::ALL.iter().map(|kind| kind.keys()[0]).collect();
    let connections = findings.connection_ends().into_iter().map(|end| {
        let waits = end.waits();
        json!({
            "flow": end.flow,
            "host": host_name(end.host, findings),
            "program": visible::untrusted(&end.program),
            "lasted_ns": end.lasted().ns(),
            "working_ns": end.working().map(Span::ns),
            "other_program_ns": waits.map(|waits| waits.other_program.ns()),
            "on_the_way_ns": waits.map(|waits| waits.on_the_way.ns()),
            "sending_ns": waits.map(|waits| waits.sending.ns()),
            "elsewhere_ns": waits.map(|waits| waits.elsewhere.ns()),
            "calls": end.calls,
            "sends": end.sends,
            "sent": end.sent,
            "receives": end.receives,
            "read": end.read,
        })
    });
    let object = json!({
        "moment": "findings",
        "found": found,
        "connections": connections.collect::<Vec<_>>(),
        "looked_for": looked,
        "partly_blind": findings.is_partly_blind(),
    });
    vec![Line::of(Role::Plain, visible::json(&object.to_string()))]
}

const fn grade_name(grade: Grade) -> &'static str {
    match grade {
        Grade::Mistake => "mistake",
        Grade::Waste => "waste",
        Grade::Hint => "hint",
    }
}

const fn grade_key(grade: Grade) -> &'static str {
    match grade {
        Grade::Mistake => "finding-mistake",
        Grade::Waste => "finding-waste",
        Grade::Hint => "finding-hint",
    }
}

fn host_name(host: HostId, findings: &Findings) -> Value {
    let host = findings.hosts().iter().find(|named| named.id == host);
    host.map_or(Value::Null, |host| json!(visible::untrusted(&host.name)))
}

/// The host and its program.
fn who(host: String, program: &Untrusted) -> String {
    let program = visible::untrusted(program);
    if program.is_empty() {
        host
    } else {
        format!("{host}, {program}")
    }
}

fn paragraph(text: &str, indent: usize, role: Role, width: usize, out: &mut Vec<Line>) {
    for piece in wrap(text, width.saturating_sub(indent + 2)) {
        let mut line = Line::of(Role::Plain, " ".repeat(indent));
        line.push(role, piece);
        out.push(line);
    }
}

/// A piece of evidence with its time.
fn evidence(proof: &Proof, findings: &Findings, catalogue: &Catalogue) -> Line {
    let zero: Time = findings.zero().unwrap_or(proof.at());
    let time = wording::time(proof.at().since(zero));
    let mut line = Line::of(Role::Time, format!("{time:>INDENT$}  "));
    let role = match proof {
        Proof::Call(..) => Role::Call,
        Proof::Segment(_, transit) => super::ladder::role(transit),
        Proof::State(..) => Role::State,
    };
    line.push(role, proof_text(proof, findings, catalogue));
    line
}

fn proof_text(proof: &Proof, findings: &Findings, catalogue: &Catalogue) -> String {
    match proof {
        Proof::Call(call, returned) => {
            let host = wording::host_name(call.host, findings.hosts(), catalogue);
            let gave = returned.as_deref().map_or_else(
                || "…".to_owned(),
                |returned| wording::gave(call, returned, 24),
            );
            format!("{host}  {} {gave}", wording::call(call, 24))
        }
        Proof::Segment(_, transit) => lines::frame(transit, findings.hosts()),
        Proof::State(entered, until) => {
            let key = until.map_or("finding-state", |_| "finding-state-for");
            let lasted = until.map_or(0, |until| until.since(entered.at()).ns() / 1_000_000);
            let said = Message::new(key).text("state", entered.state().name());
            wording::message(&said.int("ms", lasted), catalogue)
        }
    }
}
