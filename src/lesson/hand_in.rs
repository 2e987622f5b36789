//! A hand-in: what a learner answered, and to which recording. It is marked again from the recording alone, and
//! what does not fit together is found. That shows that answers and recording belong together, not who made them.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::explain::expect::Evidence;
use crate::explain::{Moment, What};
use crate::model::setting::Setting;
use crate::model::{Time, Untrusted};

use super::Lesson;
use super::act::Act;
use super::mark::{Mark, Solution};

/// The newest format that this program reads. Since 2 each answer has a seal and a count of hints.
pub const HAND_IN_VERSION: u32 = 2;

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
    /// Every run that was made, in order.
    pub runs: Vec<HandInRun>,
}

/// No hand-in's text is longer, in bytes.
pub const LONGEST_HAND_IN: u64 = 1024 * 1024;
/// No name in it is longer, in bytes: of a lesson, an act, a question, a file, nor is a hash.
const LONGEST_NAME: usize = 255;

/// Why a text is no hand-in.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum NoHandIn {
    #[error("{0}")]
    Text(#[from] serde_json::Error),
    #[error("it was written by a newer version of this program")]
    Newer,
    #[error("a name in it is too long")]
    Name,
}

/// One run of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandInRun {
    /// The act; empty where the lesson has but one.
    pub act: Untrusted,
    /// Name of the recording's file.
    pub recording: Untrusted,
    /// SHA-256 of that file, in hex.
    pub sha256: Untrusted,
    /// The run's questions with what was answered, in order.
    pub answers: Vec<Answered>,
}

/// A question and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The question's name ([`Ask::id`](super::Ask::id)).
    pub ask: Untrusted,
    /// What was answered; none for nothing.
    pub answer: Option<Untrusted>,
    /// When, in nanoseconds since 1970-01-01T00:00:00Z.
    pub at: Option<Time>,
    /// Whether it was right; none where it was not answered, or the run had no answer.
    pub right: Option<bool>,
    /// How many hints were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hints: Option<u32>,
    /// [`seal`] of the answer when it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Untrusted>,
}

/// SHA-256, in hex, of an answer with its time and of what the recording says. It finds an answer that was changed
/// afterwards with an editor; it is no secret, so it proves nothing against somebody who computes it anew.
#[must_use]
pub fn seal(lesson_hash: &str, ask: &str, answer: &str, at: Time, right: &str) -> String {
    let mut sha = Sha256::new();
    for part in [lesson_hash, ask, answer, &at.ns().to_string(), right] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    sha.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
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
    /// An answer is not what was given when it was sealed.
    Edited(String),
    /// It has more runs than the lesson, which has so many.
    Runs(usize),
    /// This recording is that of two runs.
    Twice(Untrusted),
}

/// An answer, marked from the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remarked {
    /// The question's name ([`Ask::id`](super::Ask::id)).
    pub ask: String,
    /// What was answered.
    pub given: Option<Untrusted>,
    /// What is right; none where the run does not say.
    pub solution: Option<Solution>,
    /// Of an exercise's expectation, whether it held; none where this machine was too busy to say.
    pub held: Option<bool>,
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
        let Some(solution) = &self.solution else {
            return self.held;
        };
        Some(solution.mark(self.given.as_ref()?) == Mark::Right)
    }
}

impl HandIn {
    /// Reads one from its text.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, NoHandIn> {
        let hand_in: Self = serde_json::from_str(text)?;
        if hand_in.format_version > HAND_IN_VERSION {
            return Err(NoHandIn::Newer);
        }
        let runs = hand_in.runs.iter();
        let of_runs = runs.flat_map(|run| {
            let asked = run.answers.iter().map(|answered| &answered.ask);
            asked.chain([&run.act, &run.recording, &run.sha256])
        });
        let names = [&hand_in.lesson, &hand_in.lesson_hash, &hand_in.program];
        if of_runs
            .chain(names)
            .any(|name| name.raw().len() > LONGEST_NAME)
        {
            return Err(NoHandIn::Name);
        }
        Ok(hand_in)
    }

    /// What keeps it from being marked at all: that is looked for before any recording is read. Each run of a lesson has
    /// a recording of its own.
    #[must_use]
    pub fn unmarkable(&self, lesson: &Lesson) -> Option<Misfit> {
        // Of a lesson that draws, one act is run.
        let most = if lesson.draws { 1 } else { lesson.acts.len() };
        (self.runs.len() > most).then_some(Misfit::Runs(most))
    }

    /// Marks a run of it again from its recording, and says what does not fit.
    #[must_use]
    pub fn mark(
        &self,
        run: &HandInRun,
        lesson: &Lesson,
        recorded: &Recorded,
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
        if !recorded.is_of(self) {
            misfits.push(Misfit::Other(name()));
        }
        let times = recorded.times;
        if times.is_none_or(|(first, last)| first < self.began || last > self.ended) {
            misfits.push(Misfit::Times(name()));
        }
        let Some(act) = lesson.acts.iter().find(|act| run.act == act.name) else {
            misfits.push(Misfit::Act(run.act.clone()));
            return (Vec::new(), misfits);
        };
        let marks = remark(run, act, &recorded.evidence, &mut misfits);
        if self.format_version > 1 {
            self.unsealed(run, &marks, &mut misfits);
        }
        (marks, misfits)
    }

    /// Answers whose seal is not that of what stands there.
    fn unsealed(&self, run: &HandInRun, marks: &[Remarked], misfits: &mut Vec<Misfit>) {
        for answered in &run.answers {
            let mark = marks.iter().find(|mark| answered.ask == mark.ask);
            let right = mark.and_then(|mark| Some(mark.solution.as_ref()?.shown()));
            let (Some(answer), Some(right)) = (&answered.answer, right) else {
                continue;
            };
            let fits = answered.at.is_some_and(|at| {
                let now = seal(
                    self.lesson_hash.raw(),
                    answered.ask.raw(),
                    answer.raw(),
                    at,
                    &right,
                );
                answered.seal.as_ref().is_some_and(|seal| *seal == now)
            });
            if !fits {
                misfits.push(Misfit::Edited(answered.ask.raw().to_owned()));
            }
        }
    }
}

/// A recording, as far as it takes part in marking. Its moments are looked at one by one and not kept.
#[derive(Debug, Default)]
pub struct Recorded {
    evidence: Evidence,
    /// When its first moment happened, and its last.
    times: Option<(Time, Time)>,
    /// Which lessons it says that it is of, by name and hash.
    of: Vec<(Untrusted, Untrusted)>,
}

impl Recorded {
    /// Takes the next moment.
    pub fn moment(&mut self, moment: &Moment) {
        let (first, _) = self.times.unwrap_or((moment.at, moment.at));
        self.times = Some((first, moment.at));
        if let What::Begin(settings) = &moment.what {
            let lessons = settings.iter().filter_map(|setting| match setting {
                Setting::Lesson { name, hash } => Some((name.clone(), hash.clone())),
                _ => None,
            });
            self.of.extend(lessons);
        }
        self.evidence.moment(moment);
    }

    /// There will be no more moments.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.evidence = self.evidence.complete();
        self
    }

    /// It is of this edition of this lesson.
    fn is_of(&self, hand_in: &HandIn) -> bool {
        let is = |(name, hash): &(Untrusted, Untrusted)| {
            *name == hand_in.lesson && *hash == hand_in.lesson_hash
        };
        self.of.iter().any(is)
    }
}

fn remark(
    run: &HandInRun,
    act: &Act,
    evidence: &Evidence,
    misfits: &mut Vec<Misfit>,
) -> Vec<Remarked> {
    let mut all = Vec::new();
    for ask in &act.asks {
        let answered = run.answers.iter().find(|answered| answered.ask == ask.id);
        let remarked = Remarked {
            ask: ask.id.clone(),
            given: answered.and_then(|answered| answered.answer.clone()),
            solution: ask.solve(act, evidence),
            held: None,
        };
        compare(answered, &remarked, misfits);
        all.push(remarked);
    }
    if act.is_exercise() {
        for result in act.judge(evidence) {
            let answered = run
                .answers
                .iter()
                .find(|answered| answered.ask == result.id);
            let remarked = Remarked {
                held: result.too_busy().is_none().then(|| result.held()),
                ask: result.id,
                given: None,
                solution: None,
            };
            compare(answered, &remarked, misfits);
            all.push(remarked);
        }
    }
    all
}

/// What a hand-in says of a mark, beside what the recording says.
fn compare(answered: Option<&Answered>, remarked: &Remarked, misfits: &mut Vec<Misfit>) {
    match answered {
        None => misfits.push(Misfit::Missing(remarked.ask.clone())),
        Some(answered) if answered.right != remarked.right() => {
            misfits.push(Misfit::Marked(remarked.ask.clone()));
        }
        Some(_) => {}
    }
}
