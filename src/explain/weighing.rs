//! All candidate causes of one packet, and which of them is told.

use crate::model::Frame;
use crate::protocol::follow::{CauseClaim, Followed, Objection, WeighedCause, Why};

/// One packet, and what came of weighing its causes.
#[derive(Clone, Debug)]
pub struct Weighing {
    /// Its number in the file, from 1.
    pub number: u32,
    /// The packet.
    pub frame: Frame<'static>,
    /// What following gave for it.
    pub followed: Followed,
    /// The candidates, in the order of the table that they come from.
    pub candidates: Vec<CandidateCause>,
}

/// One candidate cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CandidateCause {
    /// Its name, as [`WeighedCause::name`].
    pub name: &'static str,
    /// What came of it.
    pub standing: CauseStanding,
}

/// What came of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseStanding {
    /// It is what is told, by this evidence.
    Told(CauseClaim),
    /// This speaks for it, but what stands before it is more certain.
    Behind(CauseClaim),
    /// This rules it out.
    Excluded(Objection),
}

impl Weighing {
    /// What was weighed of a packet, in the light of what is told of it.
    #[must_use]
    pub fn of(
        number: u32,
        frame: Frame<'static>,
        followed: Followed,
        weighed: &[WeighedCause],
    ) -> Self {
        let why = followed.segment.as_ref().map(|segment| segment.why);
        let candidates = why.map_or_else(Vec::new, |why| candidates(&why, weighed));
        Self {
            number,
            frame,
            followed,
            candidates,
        }
    }
}

fn candidates(why: &Why, weighed: &[WeighedCause]) -> Vec<CandidateCause> {
    let mut untold: Vec<CauseClaim> = [
        why.anomaly.map(CauseClaim::Anomaly),
        why.recovery.map(CauseClaim::Recovery),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut all = Vec::new();
    for cause in weighed {
        let standing = match cause.claim {
            Err(objection) => CauseStanding::Excluded(objection),
            // Two of the table may come to the same: the first of them is told.
            Ok(claim) => match untold.iter().position(|told| *told == claim) {
                Some(at) => CauseStanding::Told(untold.remove(at)),
                None => CauseStanding::Behind(claim),
            },
        };
        let name = cause.name;
        all.push(CandidateCause { name, standing });
    }
    // A probe is told by its place, before anything is weighed.
    let rest = untold.into_iter().map(|claim| CandidateCause {
        name: name(claim),
        standing: CauseStanding::Told(claim),
    });
    let mut told: Vec<_> = rest.collect();
    told.append(&mut all);
    told
}

const fn name(claim: CauseClaim) -> &'static str {
    match claim {
        CauseClaim::Recovery(recovery) => recovery.name(),
        CauseClaim::Anomaly(anomaly) => anomaly.name(),
    }
}
