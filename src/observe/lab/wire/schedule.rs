//! The schedule of the wire: a frame's fate by the rules, and when which of its bytes are to be handed over.
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
use crate::observe::lab::fates::{Fates, LONGEST_HOLD, Release, Ruling};

/// What the wire is like, and what it still holds.
#[derive(Debug)]
pub(super) struct Schedule {
    fates: Fates,
    link: Link,
    delay: Span,
    hop_mtu: Option<u32>,
    hop_silent: bool,
    directions: BTreeMap<HostId, ScheduleDirection>,
    /// Frames held back by a rule that swaps, by the rule's number.
    swapped: BTreeMap<u16, Vec<ScheduledFrame>>,
}

/// What one sender's frames have left to those behind them.
#[derive(Debug, Default)]
struct ScheduleDirection {
    /// The latest time at which a frame of it is due that keeps the order.
    last: Time,
    /// Frames that wait for the next one.
    behind_next: Vec<ScheduledFrame>,
}

/// A frame (or a piece or copy of one) that is to be handed over, to all of its receivers at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScheduledFrame {
    /// When it is to be handed over.
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
pub(super) struct Decision {
    /// What the rules say, or the wire's own word where it cannot carry the frame.
    pub ruling: Ruling,
    /// How long each copy or piece of it stands in the link's queue; nothing where the link has no rate.
    pub waits: Vec<Span>,
    /// What is to be handed over now that this frame was taken, in this order where times are equal.
    pub scheduled: Vec<ScheduledFrame>,
}

/// A frame as it was taken.
#[derive(Debug)]
pub(super) struct IncomingFrame {
    /// When it left its sender.
    pub at: Time,
    /// Its number on the wire.
    pub wire_no: u64,
    /// The host that sent it.
    pub from: HostId,
    /// To whom it goes if nothing happens.
    pub to: Vec<HostId>,
    /// Its bytes as they were sent, Ethernet header first.
    pub bytes: Arc<[u8]>,
}

impl Schedule {
    pub(super) fn new(fates: Fates, link: Link, delay: Span, hop_mtu: Option<u32>) -> Self {
        Self {
            fates,
            link,
            delay,
            hop_mtu,
            hop_silent: false,
            directions: BTreeMap::new(),
            swapped: BTreeMap::new(),
        }
    }

    /// The same with a hop that says nothing about what it drops, or with one that does.
    pub(super) const fn with_silent_hop(mut self, silent: bool) -> Self {
        self.hop_silent = silent;
        self
    }

    /// Decides about the next frame.
    pub(super) fn decide(&mut self, mut frame: IncomingFrame) -> Decision {
        let (mut ruling, mut release) =
            self.fates
                .decide(frame.at, frame.from, &frame.to, &frame.bytes);
        let is_apart = |host: &HostId| ruling.apart.iter().any(|one| one.to == *host);
        frame.to.retain(|host| !is_apart(host));
        let awaited = |direction: &ScheduleDirection| !direction.behind_next.is_empty();
        if release == Release::BehindNext && self.directions.get(&frame.from).is_some_and(awaited) {
            // It is the one that a frame before it waits for: they change places, and that is all.
            (ruling.verdict, ruling.rule) = (Verdict::Passed, None);
            release = Release::Normal;
        }
        let lost = ruling.verdict == Verdict::Lost;
        if lost && ruling.apart.iter().all(|one| one.verdict == Verdict::Lost) {
            return Decision {
                ruling,
                waits: Vec::new(),
                scheduled: Vec::new(),
            };
        }
        let hop = match self.hop_mtu {
            Some(mtu) => match hop::pass(&frame.bytes, mtu) {
                Hop::TooBig(reply) => return self.too_big(&frame, mtu, reply),
                hop => hop,
            },
            None => Hop::Fits,
        };
        let carried = if lost {
            &Verdict::Passed
        } else {
            &ruling.verdict
        };
        let (sent, waits) = self.send(&frame, carried, &hop);
        if sent.is_empty() {
            return Decision {
                ruling: Ruling::by_the_wire(Verdict::QueueFull),
                waits,
                scheduled: sent,
            };
        }
        let late = if ruling.apart.is_empty() {
            Vec::new()
        } else if *carried == Verdict::Passed {
            late_copies(&ruling.apart, &sent)
        } else {
            // What a rule does to the others' copies is not done to one that another rule delays: it is sent by itself.
            late_copies(&ruling.apart, &self.send(&frame, &Verdict::Passed, &hop).0)
        };
        let mut scheduled = if lost {
            Vec::new()
        } else {
            self.in_order(frame.from, &ruling.verdict, release, sent)
        };
        scheduled.extend(late);
        Decision {
            ruling,
            waits,
            scheduled,
        }
    }

    /// The hop does not carry this frame, and answers if it is one that does.
    fn too_big(&self, frame: &IncomingFrame, mtu: u32, reply: Arc<[u8]>) -> Decision {
        // To the hop and back from it: the wire's delay in all.
        let reply = ScheduledFrame {
            due: frame.at.plus(self.delay),
            wire_no: frame.wire_no,
            to: vec![frame.from],
            copy: 0,
            bytes: reply,
        };
        Decision {
            ruling: Ruling::by_the_wire(Verdict::TooBig { mtu }),
            waits: Vec::new(),
            scheduled: if self.hop_silent {
                Vec::new()
            } else {
                vec![reply]
            },
        }
    }

    /// The frames whose time has come to go alone, because the one that they waited for did not come.
    pub(super) fn left_alone(&mut self, now: Time) -> Vec<ScheduledFrame> {
        let mut alone = Vec::new();
        let directions = self
            .directions
            .values_mut()
            .map(|direction| &mut direction.behind_next);
        for waiting in directions.chain(self.swapped.values_mut()) {
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

    fn waiting(&self) -> impl Iterator<Item = &ScheduledFrame> {
        let directions = self
            .directions
            .values()
            .flat_map(|direction| &direction.behind_next);
        directions.chain(self.swapped.values().flatten())
    }

    /// Puts a frame on its link, once for each copy and piece; nothing when there is no room. Gives beside them how
    /// long each stands in the queue.
    fn send(
        &mut self,
        frame: &IncomingFrame,
        verdict: &Verdict,
        hop: &Hop,
    ) -> (Vec<ScheduledFrame>, Vec<Span>) {
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
        let mut scheduled = Vec::with_capacity(pieces.len() * usize::from(copies));
        let mut waits = Vec::new();
        for _ in 0..copies {
            for bytes in pieces {
                let Some(put) = self.link.put(frame.at, frame.from, bytes.len()) else {
                    continue;
                };
                waits.extend(put.waits);
                scheduled.push(ScheduledFrame {
                    due: put.left.plus(self.delay).plus(later),
                    wire_no: frame.wire_no,
                    to: frame.to.clone(),
                    copy: u8::try_from(scheduled.len()).unwrap_or(u8::MAX),
                    bytes: Arc::clone(bytes),
                });
            }
        }
        (scheduled, waits)
    }

    /// Keeps what must wait, and adds what waited for this.
    fn in_order(
        &mut self,
        from: HostId,
        verdict: &Verdict,
        release: Release,
        mut scheduled: Vec<ScheduledFrame>,
    ) -> Vec<ScheduledFrame> {
        let direction = self.directions.entry(from).or_default();
        match release {
            Release::BehindNext => {
                direction.behind_next.append(&mut scheduled);
                return Vec::new();
            }
            Release::Held { rule } => {
                self.swapped.entry(rule).or_default().append(&mut scheduled);
                return Vec::new();
            }
            Release::InOrder(_) => {
                for frame in &mut scheduled {
                    frame.due = frame.due.max(direction.last);
                }
            }
            Release::Normal | Release::ReleasesHeld { .. } => {}
            Release::CopyAfter(late) => {
                // The first half of them is the frame, in one or more pieces; the copy keeps nobody waiting.
                let copies = scheduled.split_off(scheduled.len() / 2);
                let mut passed = self.in_order(from, verdict, Release::Normal, scheduled);
                passed.extend(copies.into_iter().map(|copy| ScheduledFrame {
                    due: copy.due.plus(late),
                    ..copy
                }));
                return passed;
            }
        }
        // A frame that a rule delays may be overtaken: those behind it do not wait for it.
        let keeps_order =
            !matches!(verdict, Verdict::Delayed(_)) || matches!(release, Release::InOrder(_));
        let latest = scheduled
            .iter()
            .map(|frame| frame.due)
            .max()
            .unwrap_or(direction.last);
        if keeps_order {
            direction.last = direction.last.max(latest);
        }
        let mut behind = std::mem::take(&mut direction.behind_next);
        if let Release::ReleasesHeld { rule } = release {
            behind.extend(self.swapped.remove(&rule).into_iter().flatten());
        }
        for frame in &mut behind {
            frame.due = frame.due.max(latest);
        }
        scheduled.append(&mut behind);
        scheduled
    }
}

/// The copies that a rule delays for one receiver each, whatever became of the others' copies.
fn late_copies(apart: &[Apart], plain: &[ScheduledFrame]) -> Vec<ScheduledFrame> {
    let late = apart.iter().filter_map(|one| match one.verdict {
        Verdict::Delayed(late) => Some((one.to, late)),
        _ => None,
    });
    late.flat_map(|(to, late)| {
        plain.iter().map(move |copy| ScheduledFrame {
            due: copy.due.plus(late),
            to: vec![to],
            ..copy.clone()
        })
    })
    .collect()
}

fn goes_alone(frame: &ScheduledFrame) -> Time {
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
mod tests;
