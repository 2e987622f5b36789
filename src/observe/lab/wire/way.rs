//! The way of a frame over the wire, as a plan: its fate by the rules, and when which bytes are to be handed over.
//! No clock, socket or thread: the same frames at the same times give the same answers.
//!
//! In this order: a rule may take the frame off the wire; a hop with a small MTU may refuse or cut it; its
//! direction's link puts it behind those before it, or has no room; then it travels for the wire's delay, and
//! for longer when a rule says so. A frame that a rule holds back for another goes right behind that one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::hop::{self, Hop};
use super::link::Link;
use crate::model::{Apart, HostId, Span, Time, Verdict};
use crate::observe::lab::fates::{Fates, Judged, LONGEST_HOLD, Release};

/// The wire's plan.
#[derive(Debug)]
pub(super) struct Way {
    fates: Fates,
    link: Link,
    delay: Span,
    hop_mtu: Option<u32>,
    hop_silent: bool,
    lanes: BTreeMap<HostId, Lane>,
    /// Frames held back by a rule that swaps, by the rule's number.
    swapped: BTreeMap<u16, Vec<Leaving>>,
}

/// One direction.
#[derive(Debug, Default)]
struct Lane {
    /// The latest time at which a frame of it is due that keeps the order.
    last: Time,
    /// Frames that wait for the next one.
    behind_next: Vec<Leaving>,
}

/// A frame (or a piece or copy of one) that is to be handed over, to all of its receivers at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaving {
    /// When.
    pub due: Time,
    /// Its number on the wire.
    pub wire_no: u64,
    /// To whom; its sender when it is the hop's answer.
    pub to: Vec<HostId>,
    /// Which copy or piece, from 0.
    pub copy: u8,
    /// Its bytes as they are to arrive: shared with the frame that was taken, unless they differ.
    pub bytes: Arc<[u8]>,
}

/// What becomes of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// To be recorded.
    pub verdict: Verdict,
    /// The rule that decided.
    pub rule: Option<u16>,
    /// Receivers for whom a rule decided something else, to be recorded.
    pub apart: Vec<Apart>,
    /// How long each copy or piece of it stands in the link's queue; nothing where the link has no rate.
    pub waits: Vec<Span>,
    /// What is to be handed over now that this frame was taken, in this order where times are equal.
    pub leaving: Vec<Leaving>,
}

/// A frame as it was taken.
#[derive(Debug)]
pub(super) struct Entering {
    /// When it left its sender.
    pub at: Time,
    /// Its number on the wire.
    pub wire_no: u64,
    /// Its sender.
    pub from: HostId,
    /// To whom it goes if nothing happens.
    pub to: Vec<HostId>,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

impl Way {
    pub(super) fn new(fates: Fates, link: Link, delay: Span, hop_mtu: Option<u32>) -> Self {
        Self {
            fates,
            link,
            delay,
            hop_mtu,
            hop_silent: false,
            lanes: BTreeMap::new(),
            swapped: BTreeMap::new(),
        }
    }

    /// The same with a hop that says nothing about what it drops, or with one that does.
    pub(super) const fn with_silent_hop(mut self, silent: bool) -> Self {
        self.hop_silent = silent;
        self
    }

    /// Decides about the next frame.
    pub(super) fn take(&mut self, mut frame: Entering) -> Taken {
        let mut judged = self
            .fates
            .judge(frame.at, frame.from, &frame.to, &frame.bytes);
        let apart = std::mem::take(&mut judged.apart);
        frame
            .to
            .retain(|host| apart.iter().all(|one| one.to != *host));
        let awaited = |lane: &Lane| !lane.behind_next.is_empty();
        if judged.release == Release::BehindNext && self.lanes.get(&frame.from).is_some_and(awaited)
        {
            // It is the one that a frame before it waits for: they change places, and that is all.
            judged = Judged::passed();
        }
        let lost = judged.verdict == Verdict::Lost;
        if lost && apart.iter().all(|one| one.verdict == Verdict::Lost) {
            return Taken {
                verdict: judged.verdict,
                rule: judged.rule,
                apart,
                waits: Vec::new(),
                leaving: Vec::new(),
            };
        }
        let hop = self
            .hop_mtu
            .map_or(Hop::Fits, |mtu| hop::pass(&frame.bytes, mtu));
        if let (Hop::TooBig(reply), Some(mtu)) = (&hop, self.hop_mtu) {
            // To the hop and back from it: the wire's delay in all.
            let reply = Leaving {
                due: frame.at.plus(self.delay),
                wire_no: frame.wire_no,
                to: vec![frame.from],
                copy: 0,
                bytes: Arc::clone(reply),
            };
            return Taken {
                verdict: Verdict::TooBig { mtu },
                rule: None,
                apart: Vec::new(),
                waits: Vec::new(),
                leaving: if self.hop_silent {
                    Vec::new()
                } else {
                    vec![reply]
                },
            };
        }
        let carried = if lost {
            &Verdict::Passed
        } else {
            &judged.verdict
        };
        let (sent, waits) = self.send(&frame, carried, &hop);
        if sent.is_empty() {
            return Taken {
                verdict: Verdict::QueueFull,
                rule: None,
                apart: Vec::new(),
                waits,
                leaving: sent,
            };
        }
        let late = if apart.is_empty() {
            Vec::new()
        } else if *carried == Verdict::Passed {
            late_copies(&apart, &sent)
        } else {
            // What a rule does to the others' copies is not done to one that another rule delays: it is sent by itself.
            late_copies(&apart, &self.send(&frame, &Verdict::Passed, &hop).0)
        };
        let mut leaving = if lost {
            Vec::new()
        } else {
            self.in_order(frame.from, &judged, sent)
        };
        leaving.extend(late);
        Taken {
            leaving,
            verdict: judged.verdict,
            rule: judged.rule,
            apart,
            waits,
        }
    }

    /// The frames whose time has come to go alone, because the one that they waited for did not come.
    pub(super) fn left_alone(&mut self, now: Time) -> Vec<Leaving> {
        let mut alone = Vec::new();
        let lanes = self.lanes.values_mut().map(|lane| &mut lane.behind_next);
        for waiting in lanes.chain(self.swapped.values_mut()) {
            alone.extend(waiting.extract_if(.., |frame| goes_alone(frame) <= now));
        }
        for frame in &mut alone {
            frame.due = goes_alone(frame);
        }
        alone
    }

    /// When the next frame goes alone.
    pub(super) fn next_alone(&self) -> Option<Time> {
        self.waiting().map(goes_alone).min()
    }

    /// How many frames wait for another.
    pub(super) fn parked(&self) -> usize {
        self.waiting().count()
    }

    fn waiting(&self) -> impl Iterator<Item = &Leaving> {
        let lanes = self.lanes.values().flat_map(|lane| &lane.behind_next);
        lanes.chain(self.swapped.values().flatten())
    }

    /// Puts a frame on its link, once for each copy and piece; nothing when there is no room. Gives beside them how
    /// long each stands in the queue.
    fn send(
        &mut self,
        frame: &Entering,
        verdict: &Verdict,
        hop: &Hop,
    ) -> (Vec<Leaving>, Vec<Span>) {
        let whole;
        let pieces = match hop {
            Hop::Fragments(pieces) => &pieces[..],
            Hop::Fits | Hop::TooBig(_) => {
                whole = [changed(&frame.bytes, verdict)];
                &whole[..]
            }
        };
        let copies = match verdict {
            Verdict::Duplicated(copies) => *copies,
            _ => 1,
        };
        let later = match verdict {
            // Jitter says the same twice: in its verdict, and that order is kept.
            Verdict::Delayed(late) => *late,
            _ => Span::ZERO,
        };
        let mut leaving = Vec::with_capacity(pieces.len() * usize::from(copies));
        let mut waits = Vec::new();
        for _ in 0..copies {
            for bytes in pieces {
                let Some(put) = self.link.put(frame.at, frame.from, bytes.len()) else {
                    continue;
                };
                waits.extend(put.waits);
                leaving.push(Leaving {
                    due: put.left.plus(self.delay).plus(later),
                    wire_no: frame.wire_no,
                    to: frame.to.clone(),
                    copy: leaving.len() as u8,
                    bytes: Arc::clone(bytes),
                });
            }
        }
        (leaving, waits)
    }

    /// Keeps what must wait, and adds what waited for this.
    fn in_order(
        &mut self,
        from: HostId,
        judged: &Judged,
        mut leaving: Vec<Leaving>,
    ) -> Vec<Leaving> {
        let Judged {
            verdict, release, ..
        } = judged;
        let release = *release;
        let lane = self.lanes.entry(from).or_default();
        match release {
            Release::BehindNext => {
                lane.behind_next.append(&mut leaving);
                return Vec::new();
            }
            Release::Held { rule } => {
                self.swapped.entry(rule).or_default().append(&mut leaving);
                return Vec::new();
            }
            Release::InOrder(_) => {
                for frame in &mut leaving {
                    frame.due = frame.due.max(lane.last);
                }
            }
            Release::Normal | Release::ReleasesHeld { .. } => {}
        }
        // A frame that a rule delays may be overtaken: those behind it do not wait for it.
        let keeps_order =
            !matches!(verdict, Verdict::Delayed(_)) || matches!(release, Release::InOrder(_));
        let latest = leaving
            .iter()
            .map(|frame| frame.due)
            .max()
            .unwrap_or(lane.last);
        if keeps_order {
            lane.last = lane.last.max(latest);
        }
        let mut behind = std::mem::take(&mut lane.behind_next);
        if let Release::ReleasesHeld { rule } = release {
            behind.extend(self.swapped.remove(&rule).into_iter().flatten());
        }
        for frame in &mut behind {
            frame.due = frame.due.max(latest);
        }
        leaving.append(&mut behind);
        leaving
    }
}

/// The copies that a rule delays for one receiver each, whatever became of the others' copies.
fn late_copies(apart: &[Apart], plain: &[Leaving]) -> Vec<Leaving> {
    let late = apart.iter().filter_map(|one| match one.verdict {
        Verdict::Delayed(late) => Some((one.to, late)),
        _ => None,
    });
    late.flat_map(|(to, late)| {
        plain.iter().map(move |copy| Leaving {
            due: copy.due.plus(late),
            to: vec![to],
            ..copy.clone()
        })
    })
    .collect()
}

fn goes_alone(frame: &Leaving) -> Time {
    frame.due.plus(LONGEST_HOLD)
}

/// The bytes as they are to arrive.
fn changed(bytes: &Arc<[u8]>, verdict: &Verdict) -> Arc<[u8]> {
    let Verdict::Corrupted(flips) = verdict else {
        return Arc::clone(bytes);
    };
    let mut bytes = bytes.to_vec();
    for (offset, mask) in flips {
        if let Some(byte) = bytes.get_mut(*offset as usize) {
            *byte ^= mask;
        }
    }
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::rule::Rule;

    const DELAY: Span = Span::from_ms(20);

    fn way(rules: &[&str], rate: Option<u64>, queue: Option<u32>) -> Way {
        let hosts = ["client", "server"];
        let rules: Vec<Rule> = rules
            .iter()
            .map(|text| Rule::parse(text, &hosts).expect("a rule"))
            .collect();
        let number = |name: &str| {
            let found = hosts.iter().position(|host| *host == name);
            found.map(|number| HostId(number as u8))
        };
        let fates = Fates::new(&rules, 7, &number);
        Way::new(fates, Link::new(rate, queue), DELAY, None)
    }

    fn ms(ms: i64) -> Time {
        Time::from_ns(ms * 1_000_000)
    }

    /// Frames of the client at these milliseconds; what leaves, as (number, copy, milliseconds).
    fn carried(way: &mut Way, at: &[i64]) -> Vec<(u64, u8, i64)> {
        let mut leaving = Vec::new();
        for (number, at) in (0..).zip(at) {
            leaving.extend(way.take(frame(number, ms(*at))).leaving);
        }
        leaving.extend(way.left_alone(ms(1_000_000)));
        // A stable sort, as the queue's.
        leaving.sort_by_key(|frame| frame.due);
        leaving
            .iter()
            .map(|frame| (frame.wire_no, frame.copy, frame.due.ns() / 1_000_000))
            .collect()
    }

    /// A frame of an unknown ethertype, 1000 bytes long.
    fn frame(wire_no: u64, at: Time) -> Entering {
        Entering {
            at,
            wire_no,
            from: HostId::CLIENT,
            to: vec![HostId::SERVER],
            bytes: vec![wire_no as u8; 1_000].into(),
        }
    }

    #[test]
    fn a_frame_arrives_after_the_delay() {
        let mut way = way(&[], None, None);
        assert_eq!(carried(&mut way, &[0, 1]), [(0, 0, 20), (1, 0, 21)]);
    }

    #[test]
    fn a_lost_frame_does_not_arrive_and_a_duplicated_one_does_twice() {
        let mut way = way(&["lose frame 1", "duplicate frame 2"], None, None);
        let lost = way.take(frame(9, ms(0)));
        assert_eq!((lost.verdict, lost.rule), (Verdict::Lost, Some(0)));
        assert_eq!(lost.leaving, []);
        assert_eq!(
            carried(&mut way, &[0, 1]),
            [(0, 0, 20), (0, 1, 20), (1, 0, 21)]
        );
    }

    #[test]
    fn one_receivers_copy_is_lost_or_late_and_the_others_are_not() {
        let to = |taken: &Taken| -> Vec<(Vec<HostId>, Time)> {
            let leaving = taken.leaving.iter();
            leaving
                .map(|leaving| (leaving.to.clone(), leaving.due))
                .collect()
        };
        let others = vec![HostId::SERVER, HostId(2)];
        let group = |number| Entering {
            to: others.clone(),
            ..frame(number, ms(0))
        };
        let rules = ["lose frame 1 to server", "delay frame 2 to server by 5ms"];
        let mut way = way(&rules, None, None);
        let lost = way.take(group(0));
        assert_eq!((&lost.verdict, lost.rule), (&Verdict::Passed, None));
        assert_eq!(to(&lost), [(vec![HostId(2)], ms(20))]);
        let late = way.take(group(1));
        assert_eq!(late.apart[0].rule, 1);
        let expected = [(vec![HostId(2)], ms(20)), (vec![HostId::SERVER], ms(25))];
        assert_eq!(to(&late), expected);
        assert_eq!(to(&way.take(group(2))), [(others.clone(), ms(20))]);
    }

    #[test]
    fn a_copy_that_is_only_late_comes_where_the_others_are_lost() {
        let rules = ["delay frame 1 to server by 5ms", "lose frame 1"];
        let mut way = way(&rules, None, None);
        let taken = way.take(Entering {
            to: vec![HostId::SERVER, HostId(2)],
            ..frame(0, ms(0))
        });
        assert_eq!(taken.verdict, Verdict::Lost);
        assert_eq!(taken.leaving.len(), 1);
        assert_eq!(taken.leaving[0].to, [HostId::SERVER]);
        assert_eq!(taken.leaving[0].due, ms(25));
    }

    #[test]
    fn a_frame_that_a_rule_delays_is_overtaken() {
        let mut way = way(&["delay frame 1 by 5ms"], None, None);
        assert_eq!(carried(&mut way, &[0, 1]), [(1, 0, 21), (0, 0, 25)]);
    }

    #[test]
    fn swapped_frames_arrive_together_in_the_other_order() {
        let mut way = way(&["swap frame 1 3"], None, None);
        let order = carried(&mut way, &[0, 1, 2, 3]);
        assert_eq!(order, [(1, 0, 21), (2, 0, 22), (0, 0, 22), (3, 0, 23)]);
    }

    #[test]
    fn a_frame_whose_partner_never_comes_goes_alone() {
        let mut way = way(&["swap frame 1 3"], None, None);
        assert!(way.take(frame(0, ms(0))).leaving.is_empty());
        assert_eq!(way.parked(), 1);
        let alone = ms(20).plus(LONGEST_HOLD);
        assert_eq!(way.next_alone(), Some(alone));
        assert_eq!(way.left_alone(alone.plus(Span::from_ns(-1))), []);
        assert_eq!(way.left_alone(alone)[0].due, alone);
        assert_eq!(way.parked(), 0);
    }

    #[test]
    fn a_reordered_frame_goes_behind_the_next() {
        let mut way = way(&["reorder 100% from client"], None, None);
        // All are to be reordered: pairs change places.
        let order = carried(&mut way, &[0, 1, 2, 3]);
        assert_eq!(order, [(1, 0, 21), (0, 0, 21), (3, 0, 23), (2, 0, 23)]);
    }

    #[test]
    fn jitter_keeps_the_order() {
        let mut way = way(&["jitter 50ms seed 3"], None, None);
        let at: Vec<i64> = (0..200).collect();
        let order = carried(&mut way, &at);
        assert!(order.is_sorted_by_key(|(number, ..)| *number));
        let late = |(number, _, due): &(u64, u8, i64)| due - 20 - *number as i64;
        assert!(order.iter().all(|frame| (0..=50).contains(&late(frame))));
        assert!(order.iter().any(|frame| late(frame) > 25));
    }

    #[test]
    fn the_rate_spreads_frames_and_a_full_queue_is_a_fate() {
        // 1000 bytes take 10 ms.
        let mut way = way(&[], Some(800_000), Some(1));
        assert_eq!(way.take(frame(0, ms(0))).leaving[0].due, ms(30));
        assert_eq!(way.take(frame(1, ms(0))).leaving[0].due, ms(40));
        assert_eq!(way.take(frame(2, ms(0))).verdict, Verdict::QueueFull);
        assert_eq!(way.take(frame(3, ms(10))).leaving[0].due, ms(50));
    }

    #[test]
    fn corruption_changes_the_bytes_that_arrive_and_a_frame_that_passes_is_not_copied() {
        let bytes: Arc<[u8]> = vec![0u8; 20].into();
        let flips = Verdict::Corrupted(vec![(3, 0x10), (99, 1)]);
        let arrived = changed(&bytes, &flips);
        assert_eq!(arrived[3], 0x10);
        assert_eq!(arrived.iter().filter(|byte| **byte != 0).count(), 1);
        assert!(Arc::ptr_eq(&changed(&bytes, &Verdict::Passed), &bytes));
    }
}
