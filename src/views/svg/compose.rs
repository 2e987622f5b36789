//! A layout is made in rounds: heights first, then what stands there, then the arrows' words; where those found no room, there is
//! more of it in the next round.

use std::collections::BTreeMap;

use crate::explain::spacetime::Spacetime;
use crate::text::Catalogue;

use super::flights;
use super::layout::{Diagram, FOOT, TOP};
use super::plan::PicturePlan;
use super::scale::arrange;

/// How often the heights are computed again because labels met.
const ROUNDS: usize = 6;

impl Diagram {
    /// The layout of a story, worded in this language.
    #[must_use]
    pub fn of(story: &Spacetime, catalogue: &Catalogue) -> Self {
        let mut set = PicturePlan::new(story, catalogue);
        let mut extra: BTreeMap<usize, f64> = BTreeMap::new();
        for round in 0..=ROUNDS {
            let heights = arrange(&set.marks, set.layout.per_ms, TOP, &extra);
            set.layout.heights = heights;
            set.fixed();
            let crowded = flights::place(&mut set);
            if crowded.is_empty() || round == ROUNDS {
                break;
            }
            for mark in crowded {
                *extra.entry(mark).or_default() += 15.0;
            }
        }
        let last = set.layout.heights.heights.iter().copied();
        set.layout.height = last.fold(TOP, f64::max) + 34.0 + FOOT;
        set.finish_states();
        set.layout
    }
}
