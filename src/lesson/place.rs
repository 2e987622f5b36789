//! Where a question stands in its run's story, and whether that is the right place: the story above must have told what
//! it is about, and must not have told its answer.

use crate::explain::expect::Evidence;
use crate::explain::{Moment, What};
use crate::model::Time;
use crate::notation::claim::Event;
use crate::notation::vocabulary::NumericField;
use crate::text::{Catalogue, Message};

use super::act::Act;
use super::ask::{Answer, Ask, Of, When};
use super::mark::Right;

impl Ask {
    /// Before how many told moments it is asked: 0 to all of them.
    #[must_use]
    pub fn place(&self, moments: &[Moment], evidence: &Evidence) -> usize {
        match &self.when {
            When::Start => 0,
            When::End => moments.len(),
            When::Before(event) => told_by(event, moments, evidence).unwrap_or(0),
        }
    }

    /// What is wrong with its place in this run, worded by the catalogue; nothing as a rule.
    #[must_use]
    pub fn misplaced(
        &self,
        act: &Act,
        moments: &[Moment],
        evidence: &Evidence,
        catalogue: &Catalogue,
    ) -> Option<Message> {
        let at = self.place(moments, evidence);
        let told = &moments[..at.min(moments.len())];
        if let Some(about) = &self.about
            && told_by(about, moments, evidence).is_none_or(|place| place >= at)
        {
            return Some(Message::new("lesson-ask-too-early").text("ask", self.id.clone()));
        }
        let Answer::Number(Of::Frame(key, _)) = &self.answer else {
            return None;
        };
        let Right::Number(right) = self.solve(act, evidence)?.right else {
            return None;
        };
        let (name, _) = NumericField::ALL.iter().find(|(_, known)| known == key)?;
        let said = format!("{name}={right}");
        let tells = |note: &crate::explain::Note| holds(&catalogue.say(&note.message), &said);
        // An earlier connection's numbers are no answer.
        let flow = moments.get(at).and_then(|moment| moment.flow);
        let same = |moment: &&Moment| flow.is_none() || moment.flow == flow;
        let mut notes = told.iter().filter(same).flat_map(|moment| &moment.notes);
        notes.any(tells).then(|| {
            Message::new("lesson-ask-told")
                .text("ask", self.id.clone())
                .text("answer", said.clone())
        })
    }
}

/// A text has these words, and no longer number.
fn holds(text: &str, said: &str) -> bool {
    text.match_indices(said).any(|(at, _)| {
        let behind = &text[at + said.len()..];
        !behind.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The moment that tells an event. A row with both ends of a journey tells its arrival too; one that merely reaches
/// beyond the event tells nothing of it.
fn told_by(event: &Event, moments: &[Moment], evidence: &Evidence) -> Option<usize> {
    let time = evidence.time_of(event)?;
    let tells = |moment: &Moment| moment.at >= time || end(moment) == Some(time);
    Some(moments.iter().position(tells).unwrap_or(moments.len()))
}

/// When what a moment tells ended.
fn end(moment: &Moment) -> Option<Time> {
    match &moment.what {
        What::Transit(transit) => transit.arrived,
        What::Call(call) => call.returned.as_ref().map(|returned| returned.at),
        _ => None,
    }
}
