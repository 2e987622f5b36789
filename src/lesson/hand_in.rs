//! A hand-in: what a learner answered, and to which recording. It is marked again from the recording alone, and
//! what does not fit together is found. That shows that answers and recording belong together, not who made them.

use serde::{Deserialize, Serialize};

use crate::explain::expect::Evidence;
use crate::explain::{Moment, What};
use crate::model::setting::Setting;
use crate::model::{Time, Untrusted};

use super::act::Act;
use super::mark::{Mark, Solution};
use super::read::Lesson;

/// The newest format that this program reads.
pub const HAND_IN_VERSION: u32 = 1;

/// What a learner hands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandIn {
    /// Always [`HAND_IN_VERSION`].
    pub format_version: u32,
    /// The program, `sockscope 0.1.0`.
    pub program: Untrusted,
    /// The lesson's short name.
    pub lesson: Untrusted,
    /// Hash of its files.
    pub lesson_hash: Untrusted,
    /// The seed, where one was given or drawn.
    pub seed: Option<u64>,
    /// When the lesson began and ended, in nanoseconds since 1970-01-01T00:00:00Z.
    pub began: Time,
    /// See `began`.
    pub ended: Time,
    /// Its runs.
    pub runs: Vec<Run>,
}

/// One run of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The act; empty where the lesson has but one.
    pub act: Untrusted,
    /// Name of the recording's file.
    pub recording: Untrusted,
    /// SHA-256 of that file, in hex.
    pub sha256: Untrusted,
    /// What was asked.
    pub answers: Vec<Answered>,
}

/// A question and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The question.
    pub ask: Untrusted,
    /// What was answered; none for nothing.
    pub answer: Option<Untrusted>,
    /// When, in nanoseconds since 1970-01-01T00:00:00Z.
    pub at: Option<Time>,
    /// Whether it was right; none where it was not answered, or the run had no answer.
    pub right: Option<bool>,
}

/// What does not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The lesson's files are not those of the hand-in.
    Edition,
    /// The lesson has no such act.
    Act(Untrusted),
    /// The recording is not the one that was handed in: its hash differs.
    Changed(Untrusted),
    /// The recording is of something else: another lesson, another edition of it, or no lesson at all.
    Other(Untrusted),
    /// The run was not between the hand-in's times.
    Times(Untrusted),
    /// An answer's mark is not what this recording says.
    Marked(String),
    /// A question of the lesson is not in the hand-in.
    Missing(String),
}

/// An answer, marked from the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remarked {
    /// The question.
    pub ask: String,
    /// What was answered.
    pub given: Option<Untrusted>,
    /// What is right; none where the run does not say.
    pub solution: Option<Solution>,
}

impl Remarked {
    /// It was answered, and rightly.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.right() == Some(true)
    }

    /// As the hand-in says it.
    #[must_use]
    pub fn right(&self) -> Option<bool> {
        let solution = self.solution.as_ref()?;
        Some(solution.mark(self.given.as_ref()?) == Mark::Right)
    }
}

impl HandIn {
    /// Marks a run of it again from its recording, and says what does not fit.
    #[must_use]
    pub fn mark(
        &self,
        run: &Run,
        lesson: &Lesson,
        moments: &[Moment],
        sha256: &str,
    ) -> (Vec<Remarked>, Vec<Misfit>) {
        let mut misfits = Vec::new();
        let name = || run.recording.clone();
        if self.lesson_hash != lesson.hash {
            misfits.push(Misfit::Edition);
        }
        if run.sha256 != sha256 {
            misfits.push(Misfit::Changed(name()));
        }
        if !self.is_of(moments) {
            misfits.push(Misfit::Other(name()));
        }
        let times = moments.first().zip(moments.last());
        if times.is_none_or(|(first, last)| first.at < self.began || last.at > self.ended) {
            misfits.push(Misfit::Times(name()));
        }
        let Some(act) = lesson.acts.iter().find(|act| run.act == act.name) else {
            misfits.push(Misfit::Act(run.act.clone()));
            return (Vec::new(), misfits);
        };
        (remark(run, act, moments, &mut misfits), misfits)
    }

    /// The recording is of this edition of this lesson.
    fn is_of(&self, moments: &[Moment]) -> bool {
        let settings = moments.iter().find_map(|moment| match &moment.what {
            What::Begin(settings) => Some(settings),
            _ => None,
        });
        settings
            .into_iter()
            .flat_map(|all| all.iter())
            .any(|setting| {
                matches!(setting, Setting::Lesson { name, hash }
                if self.lesson == *name && self.lesson_hash == *hash)
            })
    }
}

fn remark(run: &Run, act: &Act, moments: &[Moment], misfits: &mut Vec<Misfit>) -> Vec<Remarked> {
    let evidence = Evidence::of(moments);
    let mut all = Vec::new();
    for ask in &act.asks {
        let answered = run.answers.iter().find(|answered| answered.ask == ask.id);
        let remarked = Remarked {
            ask: ask.id.clone(),
            given: answered.and_then(|answered| answered.answer.clone()),
            solution: ask.solve(act, moments, &evidence),
        };
        match answered {
            None => misfits.push(Misfit::Missing(ask.id.clone())),
            Some(answered) if answered.right != remarked.right() => {
                misfits.push(Misfit::Marked(ask.id.clone()));
            }
            Some(_) => {}
        }
        all.push(remarked);
    }
    all
}
