//! Two stories laid beside each other: which entries are in both, which in one of them only.
//!
//! Each lane (a host's calls, the frames that it sends) is matched by itself with Myers' algorithm: first what is the
//! same altogether, then, in the gaps, what is the same thing with another outcome (a call that gave something else, a
//! segment with another option or fate). Times do not take part: which of two hosts came first within a round trip is
//! often chance. Where what is in both stories comes much later in one of them, that is said beside it.

use std::collections::BTreeMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::model::Span;
use crate::model::number::count32;

use super::comparable::{ComparableStory, EntryKind, StoryEntry, StoryLane};

/// On a busy machine the same thing comes this much earlier or later, at least.
const JITTER: Span = Span::from_ms(10);

/// Two stories, line by line.
#[derive(Debug, Default)]
pub struct Difference {
    /// The lines, in the order of the first story, what only the other has in between.
    pub rows: Vec<DifferenceRow>,
    /// So many entries of either story were too many to be compared.
    pub left_out: [u64; 2],
    /// Only one of the two knows of calls: they were left out.
    pub without_calls: bool,
    /// Of the same thing in both, this much later is worth saying; none where their times cannot be compared.
    pub jitter: Option<Span>,
}

/// One line of two stories side by side.
#[derive(Clone, Debug)]
pub struct DifferenceRow {
    /// What it says about the two.
    pub kind: RowKind,
    /// In the first story.
    pub left: Option<StoryEntry>,
    /// In the second.
    pub right: Option<StoryEntry>,
    /// From here on the second story is this much later than it was before (earlier, if negative).
    pub later: Option<Span>,
}

/// What a line says about the two stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// In both stories, and the same.
    Same,
    /// In both, with a difference.
    Unlike,
    /// In the first only.
    Left,
    /// In the second only.
    Right,
}

/// How many lines of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In both stories, and the same.
    pub same: u64,
    /// In both, with a difference.
    pub unlike: u64,
    /// In the first only.
    pub left: u64,
    /// In the second only.
    pub right: u64,
    /// In both, with or without a difference, much earlier or later.
    pub later: u64,
}

impl Difference {
    /// Compares two finished stories.
    #[must_use]
    pub fn of(mut left: ComparableStory, mut right: ComparableStory) -> Self {
        let without_calls = left.has_calls() != right.has_calls();
        if without_calls {
            for story in [&mut left, &mut right] {
                let frames = |entry: &StoryEntry| matches!(entry.what, EntryKind::Frame(_));
                story.entries.retain(frames);
            }
        }
        let matches = matches(&left.entries, &right.entries);
        let order = in_order(&matches, &right.entries);
        let jitter = (left.delay == right.delay)
            .then_some(left.delay)
            .flatten()
            .map(|delay| JITTER.max(Span::from_ns(delay.ns() / 2)));
        let mut rows: Vec<DifferenceRow> = order
            .into_iter()
            .map(|place| match place {
                RowSource::Left(at) => DifferenceRow {
                    kind: match matches.of_left[at] {
                        None => RowKind::Left,
                        Some((_, true)) => RowKind::Same,
                        Some((_, false)) => RowKind::Unlike,
                    },
                    left: Some(left.entries[at].clone()),
                    right: matches.of_left[at].map(|(other, _)| right.entries[other].clone()),
                    later: None,
                },
                RowSource::Right(at) => DifferenceRow {
                    kind: RowKind::Right,
                    left: None,
                    right: Some(right.entries[at].clone()),
                    later: None,
                },
            })
            .collect();
        if let Some(jitter) = jitter {
            tell_later(&mut rows, jitter);
        }
        Self {
            rows,
            left_out: [left.left_out, right.left_out],
            without_calls,
            jitter,
        }
    }

    /// How many lines of each kind there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            *match row.kind {
                RowKind::Same => &mut counts.same,
                RowKind::Unlike => &mut counts.unlike,
                RowKind::Left => &mut counts.left,
                RowKind::Right => &mut counts.right,
            } += 1;
            counts.later += u64::from(row.later.is_some());
        }
        counts
    }
}

/// Which entry of the other story each one is, and whether it is the same altogether.
struct Matches {
    of_left: Vec<Option<(usize, bool)>>,
    of_right: Vec<Option<usize>>,
}

/// Positions of both stories' entries.
type PerStory<T> = [T; 2];

fn matches(left: &[StoryEntry], right: &[StoryEntry]) -> Matches {
    let mut lanes: BTreeMap<&StoryLane, PerStory<Vec<usize>>> = BTreeMap::new();
    for (side, entries) in [left, right].into_iter().enumerate() {
        for (at, entry) in entries.iter().enumerate() {
            lanes.entry(&entry.lane).or_default()[side].push(at);
        }
    }
    let mut found = Matches {
        of_left: vec![None; left.len()],
        of_right: vec![None; right.len()],
    };
    for [of_left, of_right] in lanes.into_values() {
        let texts = |text: fn(&EntryKind) -> String| {
            let left = of_left.iter().map(|at| text(&left[*at].what));
            let right = of_right.iter().map(|at| text(&right[*at].what));
            numbered([left.collect(), right.collect()])
        };
        let mut pair = |gap: PerStory<Range<usize>>, same: bool| {
            for (l, r) in of_left[gap[0].clone()]
                .iter()
                .zip(&of_right[gap[1].clone()])
            {
                found.of_left[*l] = Some((*r, same));
                found.of_right[*r] = Some(*l);
            }
        };
        let all = [0..of_left.len(), 0..of_right.len()];
        let [whole, which] = [texts(EntryKind::whole), texts(EntryKind::which)];
        for gap in align(&whole, &all, &mut |equal| pair(equal, true)) {
            align(&which, &gap, &mut |equal| pair(equal, false));
        }
    }
    found
}

/// Texts as numbers, the same for the same text: they are compared often.
fn numbered(texts: PerStory<Vec<String>>) -> PerStory<Vec<u32>> {
    let mut known: BTreeMap<String, u32> = BTreeMap::new();
    texts.map(|texts| {
        let number = |text| {
            let next = count32(known.len());
            *known.entry(text).or_insert(next)
        };
        texts.into_iter().map(number).collect()
    })
}

/// Hands over what is equal within a part of both sequences, and gives the gaps between.
fn align(
    all: &PerStory<Vec<u32>>,
    part: &PerStory<Range<usize>>,
    equal: &mut dyn FnMut(PerStory<Range<usize>>),
) -> Vec<PerStory<Range<usize>>> {
    let [left, right] = [0, 1].map(|side| &all[side][part[side].clone()]);
    let begin = [part[0].start, part[1].start];
    let placed = |at: PerStory<usize>, len: usize| {
        [0, 1].map(|side: usize| begin[side] + at[side]..begin[side] + at[side] + len)
    };
    let mut gaps = Vec::new();
    let mut done = begin;
    for op in capture_diff_slices(Algorithm::Myers, left, right) {
        let DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = op
        else {
            continue;
        };
        let here = placed([old_index, new_index], len);
        gaps.push([done[0]..here[0].start, done[1]..here[1].start]);
        done = [here[0].end, here[1].end];
        equal(here);
    }
    gaps.push([done[0]..part[0].end, done[1]..part[1].end]);
    gaps.retain(|[left, right]| !left.is_empty() && !right.is_empty());
    gaps
}

/// Where a line comes from.
#[derive(Clone, Copy)]
enum RowSource {
    /// The first story; the second as well if it is in both.
    Left(usize),
    /// The second only.
    Right(usize),
}

/// The first story's order, with what only the second has where its own order puts it: behind what came before it
/// there, as long as its lane keeps its order.
fn in_order(matches: &Matches, right: &[StoryEntry]) -> Vec<RowSource> {
    let limits = limits(matches, right);
    let mut behind: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for at in (0..right.len()).filter(|at| matches.of_right[*at].is_none()) {
        let (first, end) = limits[at];
        let mut before = matches.of_right[..at].iter().rev().flatten().copied();
        let anchor = before.find(|place| *place < end).max(first);
        behind.entry(anchor).or_default().push(at);
    }
    let mut order: Vec<RowSource> = Vec::new();
    let mut waiting = behind.remove(&None).unwrap_or_default();
    for (at, found) in matches.of_left.iter().enumerate() {
        // What only the first has comes before what only the second has.
        if found.is_some() {
            order.extend(waiting.drain(..).map(RowSource::Right));
        }
        order.push(RowSource::Left(at));
        waiting.extend(behind.remove(&Some(at)).unwrap_or_default());
    }
    order.extend(waiting.into_iter().map(RowSource::Right));
    order
}

/// For each entry of the second story: where in the first those of its lane stand that come before and after it and
/// are in both.
fn limits(matches: &Matches, right: &[StoryEntry]) -> Vec<(Option<usize>, usize)> {
    let mut limits = vec![(None, usize::MAX); right.len()];
    let mut before: BTreeMap<&StoryLane, usize> = BTreeMap::new();
    for (at, entry) in right.iter().enumerate() {
        limits[at].0 = before.get(&entry.lane).copied();
        before.extend(matches.of_right[at].map(|place| (&entry.lane, place)));
    }
    let mut after: BTreeMap<&StoryLane, usize> = BTreeMap::new();
    for (at, entry) in right.iter().enumerate().rev() {
        limits[at].1 = after.get(&entry.lane).copied().unwrap_or(usize::MAX);
        after.extend(matches.of_right[at].map(|place| (&entry.lane, place)));
    }
    limits
}

/// Says where the second story falls behind the first, or catches up: once, and not again of the lanes that follow.
fn tell_later(rows: &mut [DifferenceRow], jitter: Span) {
    let differ = |one: i64, other: i64| (one - other).abs() > jitter.ns();
    let mut behind: BTreeMap<StoryLane, i64> = BTreeMap::new();
    for row in rows.iter() {
        if let (Some(left), Some(_)) = (&row.left, &row.right) {
            behind.insert(left.lane.clone(), 0);
        }
    }
    for row in rows {
        let (Some(left), Some(right)) = (&row.left, &row.right) else {
            continue;
        };
        let now = right.at.ns() - left.at.ns();
        let before = behind.get(&left.lane).copied().unwrap_or(0);
        if differ(now, before) {
            let is_new = behind.values().all(|known| differ(now, *known));
            row.later = is_new.then(|| Span::from_ns(now - before));
            behind.insert(left.lane.clone(), now);
        }
    }
}

#[cfg(test)]
mod tests;
