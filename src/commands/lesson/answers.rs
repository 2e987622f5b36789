//! What was asked in a lesson and what was answered, act by act.

use super::{Act, CheckResult};
use crate::lesson::{Answered, Ask};
use crate::model::number::count32;

/// What was asked so far and what was answered, act by act.
#[derive(Debug, Default)]
pub struct Answers {
    all: Vec<(String, Answered)>,
}

impl Answers {
    /// Adds those of an act.
    pub fn add(&mut self, act: &Act, answered: impl Iterator<Item = Answered>) {
        let of_act = answered.map(|one| (act.name.clone(), one));
        self.all.extend(of_act);
    }

    /// Adds what became of an exercise's expectations.
    pub fn add_results(&mut self, act: &Act, results: &[CheckResult]) {
        let answered = results.iter().map(|result| Answered {
            ask: result.id.as_str().into(),
            answer: None,
            at: None,
            right: result.too_busy().is_none().then(|| result.held()),
            hints: None,
            seal: None,
        });
        self.add(act, answered);
    }

    /// How many were right.
    #[must_use]
    pub fn right(&self) -> u32 {
        self.count(|answered| answered.right == Some(true))
    }

    /// How many questions there were.
    #[must_use]
    pub fn of(&self) -> u32 {
        self.count(|_| true)
    }

    /// One was wrong.
    #[must_use]
    pub fn any_wrong(&self) -> bool {
        self.count(|answered| answered.right == Some(false)) > 0
    }

    fn count(&self, which: impl Fn(&Answered) -> bool) -> u32 {
        count32(self.all.iter().filter(|(_, one)| which(one)).count())
    }

    /// Those of an act; questions that nobody was asked have no answer.
    #[must_use]
    pub fn of_act(&self, act: &Act) -> Vec<Answered> {
        let given = |ask: &Ask| {
            let all = self.all.iter();
            all.filter(|(name, _)| *name == act.name)
                .find(|(_, answered)| answered.ask == ask.id)
                .map(|(_, answered)| answered.clone())
        };
        let none = |ask: &Ask| Answered {
            ask: ask.id.as_str().into(),
            answer: None,
            at: None,
            right: None,
            hints: None,
            seal: None,
        };
        if act.is_exercise() {
            let of_act = self.all.iter().filter(|(name, _)| *name == act.name);
            return of_act.map(|(_, answered)| answered.clone()).collect();
        }
        let asks = act.asks.iter();
        asks.map(|ask| given(ask).unwrap_or_else(|| none(ask)))
            .collect()
    }
}
