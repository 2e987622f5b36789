//! What programs did, in words: findings, the worst first, each with its evidence and its cure; or that nothing was found,
//! and what was looked for.

use serde_json::{Value, json};

use super::options::Options;
use super::styled::{Line, Role, wrap};
use super::{lines, wording};
use crate::explain::findings::{Finding, FindingKind, Findings, Grade, Proof};
use crate::model::Time;
use crate::text::{Catalogue, Message, visible};

/// Columns of the evidence's times.
const INDENT: usize = 10;

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
            .text("who", who(finding, findings, catalogue));
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
    out
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
                "host": host_name(finding, findings),
                "program": visible::untrusted(&finding.program),
                "text": wording::message(&finding.said, catalogue),
                "evidence": proofs.collect::<Vec<_>>(),
                "cure": catalogue.word(finding.kind.keys()[3]),
                "lesson": finding.kind.lesson(),
            })
        })
        .collect();
    let looked: Vec<&str> = FindingKind::ALL.iter().map(|kind| kind.keys()[0]).collect();
    let object = json!({
        "moment": "findings",
        "found": found,
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

fn host_name(finding: &Finding, findings: &Findings) -> Value {
    let host = findings.hosts().iter().find(|host| host.id == finding.host);
    host.map_or(Value::Null, |host| json!(visible::untrusted(&host.name)))
}

/// The host and its program.
fn who(finding: &Finding, findings: &Findings, catalogue: &Catalogue) -> String {
    let host = wording::host_name(finding.host, findings.hosts(), catalogue);
    let program = visible::untrusted(&finding.program);
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
