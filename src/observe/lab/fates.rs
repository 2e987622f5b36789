//! What becomes of a frame: the wire's rules, counted and decided.
//!
//! [`Fates::decide`] is asked once for every frame, in the order in which the wire takes them, and answers with
//! a verdict and when the frame may go on. It holds no clock, socket or thread: the same frames, rules and
//! seed give the same verdicts.
//!
//! A rule with a sender counts that sender's units, one without counts those of all hosts together, in the
//! order of the wire; one with a receiver counts what goes to that host, be it to others as well. Random rules have a generator of their own per sender and draw for every frame, also
//! for those that an earlier rule took: so a draw depends on the seed and on how many frames that sender has
//! sent, not on how the directions happened to interleave.

mod corrupt;
mod transmissions;

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::model::{Apart, HostId, Span, Time, Verdict};
use crate::protocol::decode::Packet;
use crate::script::rule::{Action, Effect, Rule, Selector, UnitKind};

use transmissions::{Transmissions, Units};

/// What is decided about a frame, as it will stand in its [`Fate`](crate::model::Fate).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// What happens to the copies that no rule takes apart.
    pub verdict: Verdict,
    /// Which rule decided, as an index; none when no rule matched, and where the wire itself decided.
    pub rule: Option<u16>,
    /// Receivers for whom a rule decided something else.
    pub apart: Vec<Apart>,
}

impl Ruling {
    /// No rule matched.
    pub const PASSED: Self = Self::by_the_wire(Verdict::Passed);

    /// The wire's own decision, whatever the rules said.
    #[must_use]
    pub const fn by_the_wire(verdict: Verdict) -> Self {
        Self {
            verdict,
            rule: None,
            apart: Vec::new(),
        }
    }
}

/// When a frame may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// After the wire's own delay (and what the verdict adds); frames of its direction may overtake it
    /// only where the verdict says so.
    Normal,
    /// After the wire's own delay and this much more, but not before the frames ahead of it (jitter).
    InOrder(Span),
    /// Goes on at once, its copy so much later.
    CopyAfter(Span),
    /// Held until the next frame of its direction was put on the wire; released alone after [`LONGEST_HOLD`].
    BehindNext,
    /// Held until the frame with `ReleasesHeld` was put on the wire, or [`LONGEST_HOLD`] has passed.
    Held {
        /// By which rule: the same number stands in `ReleasesHeld`.
        rule: u16,
    },
    /// Goes on at once, and the frame held by this rule right behind it.
    ReleasesHeld {
        /// The rule that holds it: the same number stands in its `Held`.
        rule: u16,
    },
}

/// A frame is held back no longer than this for the sake of one that may never come.
pub const LONGEST_HOLD: Span = Span::from_ms(1_000);

/// The rules with what they have counted so far.
#[derive(Debug)]
pub struct Fates {
    rules: Vec<RuleCounter>,
    transmissions: Transmissions,
    begun: Option<Time>,
}

#[derive(Debug)]
struct RuleCounter {
    rule: Rule,
    /// The host it is about.
    from: Option<HostId>,
    /// The host whose copies it is about.
    to: Option<HostId>,
    /// The ordinal and the number of transmissions of each unit that was counted, by the unit's id.
    counted: BTreeMap<u64, (u32, u32)>,
    /// How many units were counted.
    count: u32,
    /// Generators by sender.
    random: BTreeMap<HostId, ChaCha8Rng>,
    seed: u64,
    matched: bool,
}

/// What a rule does to a frame.
enum RuleEffect {
    Nothing,
    Verdict(Verdict, Release),
}

impl Fates {
    /// The rules of a run. `host` finds a host by its name; a rule about a host that there is not never matches.
    #[must_use]
    pub fn new(rules: &[Rule], seed: u64, host: &dyn Fn(&str) -> Option<HostId>) -> Self {
        let named = |name: &Option<String>| {
            name.as_deref()
                .map(|name| host(name).unwrap_or(HostId(u8::MAX)))
        };
        let counting = rules.iter().enumerate().map(|(index, rule)| RuleCounter {
            from: named(&rule.from),
            to: named(&rule.to),
            rule: rule.clone(),
            counted: BTreeMap::new(),
            count: 0,
            random: BTreeMap::new(),
            seed: seed.wrapping_add(index as u64),
            matched: false,
        });
        Self {
            rules: counting.collect(),
            transmissions: Transmissions::default(),
            begun: None,
        }
    }

    /// The fate of this Ethernet frame that `from` has sent to these hosts, taken off its interface at `at`. The first
    /// rule that matches decides, for each receiver's copy.
    pub fn decide(
        &mut self,
        at: Time,
        from: HostId,
        to: &[HostId],
        frame: &[u8],
    ) -> (Ruling, Release) {
        if self.rules.is_empty() {
            return (Ruling::PASSED, Release::Normal);
        }
        let since = at.since(*self.begun.get_or_insert(at));
        let packet = Packet::of_ethernet(frame);
        let units = self.transmissions.of(&packet);
        let (mut ruling, mut release) = (Ruling::PASSED, Release::Normal);
        for (index, rule) in (0u16..).zip(&mut self.rules) {
            if rule.to.is_some_and(|host| !to.contains(&host)) {
                continue;
            }
            // Every rule counts every frame that it can be about, also one that an earlier rule took.
            let RuleEffect::Verdict(verdict, when) =
                rule.effect_of(index, since, from, &units, frame)
            else {
                continue;
            };
            let one_of_many = rule.to.filter(|_| to.len() > 1);
            let taken =
                one_of_many.is_some_and(|host| ruling.apart.iter().any(|one| one.to == host));
            if ruling.rule.is_some() || taken {
                continue;
            }
            rule.matched = true;
            match one_of_many {
                Some(host) => ruling.apart.push(Apart {
                    to: host,
                    verdict,
                    rule: index,
                }),
                None => {
                    (ruling.verdict, ruling.rule) = (verdict, Some(index));
                    release = when;
                }
            }
        }
        (ruling, release)
    }

    /// The rules that matched no frame, as indices: said at the end of a run.
    #[must_use]
    pub fn unmatched(&self) -> Vec<u16> {
        let unmatched = self
            .rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| !rule.matched);
        unmatched
            .filter_map(|(index, _)| u16::try_from(index).ok())
            .collect()
    }
}

impl RuleCounter {
    fn effect_of(
        &mut self,
        index: u16,
        since: Span,
        from: HostId,
        units: &Units,
        frame: &[u8],
    ) -> RuleEffect {
        if self.from.is_some_and(|host| host != from) {
            return RuleEffect::Nothing;
        }
        match self.rule.what {
            Effect::Chosen { action, which } => {
                if self.chooses(which, units) {
                    self.apply(action, from, frame)
                } else {
                    RuleEffect::Nothing
                }
            }
            Effect::Swap {
                kind,
                first,
                second,
            } => self.swaps(index, kind, first, second, units),
            Effect::Random {
                action,
                per_million,
                seed,
            } => {
                let draw = self.draw(from, seed, 1_000_000);
                if draw < u64::from(per_million) {
                    self.apply(action, from, frame)
                } else {
                    RuleEffect::Nothing
                }
            }
            Effect::Jitter { most, seed } => {
                let longest = u64::try_from(most.ns()).unwrap_or(0).saturating_add(1);
                let late = Span::from_ns(
                    self.draw(from, seed, longest)
                        .try_into()
                        .unwrap_or(i64::MAX),
                );
                RuleEffect::Verdict(Verdict::Delayed(late), Release::InOrder(late))
            }
            Effect::Cut { from: begin, to } => {
                if begin <= since && since < to {
                    RuleEffect::Verdict(Verdict::Lost, Release::Normal)
                } else {
                    RuleEffect::Nothing
                }
            }
        }
    }

    /// Counts the frame's units of this kind; says whether this transmission is meant.
    fn chooses(&mut self, which: Selector, units: &Units) -> bool {
        let Some(unit) = units.iter().flatten().find(|unit| unit.kind == which.kind) else {
            return false;
        };
        let (ordinal, transmissions) = if which.every {
            self.count += 1;
            (self.count, 1)
        } else {
            self.ordinal(unit.id)
        };
        (which.first..=which.last).contains(&ordinal) && transmissions <= which.times
    }

    /// The ordinal of this unit, and how often it has been sent, this time included.
    fn ordinal(&mut self, id: u64) -> (u32, u32) {
        if let Some((ordinal, transmissions)) = self.counted.get_mut(&id) {
            *transmissions = transmissions.saturating_add(1);
            return (*ordinal, *transmissions);
        }
        self.count = self.count.saturating_add(1);
        if self.counted.len() >= 65_536 {
            self.counted.pop_first();
        }
        self.counted.insert(id, (self.count, 1));
        (self.count, 1)
    }

    fn swaps(
        &mut self,
        index: u16,
        kind: UnitKind,
        first: u32,
        second: u32,
        units: &Units,
    ) -> RuleEffect {
        let Some(unit) = units.iter().flatten().find(|unit| unit.kind == kind) else {
            return RuleEffect::Nothing;
        };
        let (ordinal, transmissions) = self.ordinal(unit.id);
        if transmissions > 1 {
            RuleEffect::Nothing
        } else if ordinal == first {
            RuleEffect::Verdict(Verdict::Reordered, Release::Held { rule: index })
        } else if ordinal == second {
            RuleEffect::Verdict(Verdict::Passed, Release::ReleasesHeld { rule: index })
        } else {
            RuleEffect::Nothing
        }
    }

    fn apply(&mut self, action: Action, from: HostId, frame: &[u8]) -> RuleEffect {
        let (verdict, release) = match action {
            Action::Lose => (Verdict::Lost, Release::Normal),
            Action::Duplicate(late) => (Verdict::Duplicated(2), Release::CopyAfter(late)),
            Action::Delay(late) => (Verdict::Delayed(late), Release::Normal),
            Action::Reorder => (Verdict::Reordered, Release::BehindNext),
            Action::Corrupt => {
                let draw = self.draw(from, None, u64::MAX);
                let Some(flip) = corrupt::flip(frame, draw) else {
                    return RuleEffect::Nothing;
                };
                (Verdict::Corrupted(vec![flip]), Release::Normal)
            }
        };
        RuleEffect::Verdict(verdict, release)
    }

    /// A number below `below`, evenly distributed as far as 64 bits reach.
    fn draw(&mut self, from: HostId, seed: Option<u64>, below: u64) -> u64 {
        let seed = seed.unwrap_or(self.seed);
        let random = self.random.entry(from).or_insert_with(|| {
            let mut generator = ChaCha8Rng::seed_from_u64(seed);
            generator.set_stream(u64::from(from.0));
            generator
        });
        let wide = u128::from(random.next_u64()) * u128::from(below);
        (wide >> 64) as u64
    }
}

#[cfg(test)]
mod tests;
