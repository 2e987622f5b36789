//! Expectations on what a program did wrong: none of these was found, each with the evidence where one was.

use crate::explain::findings::{Finding, Proof};

use super::{Evidence, Shortfall};

/// None of these findings. Where nothing was looked at, or a part of it was not seen, that is not known: the claim
/// falls short.
pub(super) fn none(evidence: &Evidence, names: &[String]) -> Result<(), Shortfall> {
    let findings = &evidence.findings;
    let all = findings.found();
    let found: Vec<&&Finding> = all
        .iter()
        .filter(|finding| names.iter().any(|name| name == finding.kind.keys()[0]))
        .collect();
    let seen_whole = findings.has_looked() && !findings.is_partly_blind();
    if found.is_empty() && seen_whole {
        return Ok(());
    }
    let expected = names.iter().map(|name| {
        let hit = found.iter().any(|one| one.kind.keys()[0] == name);
        (format!("no {name}"), !hit && seen_whole)
    });
    let key = if found.is_empty() {
        "lesson-short-unseen"
    } else {
        "lesson-short-findings"
    };
    let seen = found.iter().flat_map(|one| lines(evidence, one));
    Err(Shortfall::new(key, expected.collect(), seen.collect()))
}

/// What a finding rests on, one line each.
fn lines<'a>(evidence: &'a Evidence, found: &'a Finding) -> impl Iterator<Item = String> + 'a {
    found.proofs.iter().map(move |proof| match proof {
        Proof::Call(made, returned) => evidence.timed_call(made, returned.as_deref()),
        Proof::Segment(_, transit) => {
            let same = evidence.frames.iter().find(|frame| {
                frame.sent == transit.sent && frame.frame.bytes == transit.frame.bytes
            });
            same.map_or_else(String::new, |frame| evidence.timed_frame(frame))
        }
        Proof::State(entered, _) => {
            let host = evidence.hosts().iter().find(|host| host.id == found.host);
            let host = host.map_or("", |host| host.name.raw());
            evidence.timed(
                Some(entered.at()),
                &format!("{host} is {}", entered.state()),
            )
        }
    })
}
