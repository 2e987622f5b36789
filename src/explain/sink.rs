//! Who listens to a story: the one trait of all that take moments, and the places that something new touches.
//!
//! The views that tell a story (`Out` is what they show), comments for packets, graphs, transfers, losses and
//! comparable stories (`Out` is nothing: they are asked when the story is over). Whoever tells a story tells it to
//! all of them alike (`session::teller`). A sink is given everything in order, and never sees the one beside it.
//!
//! # Something new: the places to touch
//!
//! The compiler names those with a `match` to complete; a test fails where one of the others is forgotten.
//!
//! **A fact**
//! 1. `model/fact.rs`: the variant, its doc with unit and source; its time in `at`, its copy in `into_owned`
//! 2. `files/stored_fact.rs`: how it is written down and read back; old files stay readable
//! 3. `observe/`: who sees it, and makes it with the kernel's stamp
//! 4. `explain/timeline.rs`, `Timeline::fact`: the row that it makes, or the row that it adds to
//! 5. if it makes a moment of its own: `explain/moment.rs`, and each `match` over [`What`](super::What)
//!
//! **A claim** (what a lesson expects)
//! 1. `notation/claim.rs`: the variant
//! 2. `lesson/expectation.rs`: how it is written in a lesson's file
//! 3. `explain/expect.rs`: when it holds, and what is shown where it does not
//! 4. `lesson/claims.rs`: the words of the narration that it proves; `explain/expect/reading.rs`: where it can be seen
//!
//! **A note**
//! 1. `explain/narrate/`: where it is said, with [`Note`](super::Note), its kind and its section of an RFC
//! 2. `text/en.ftl`, `text/zh.ftl`: its words
//!
//! Views show it without knowing it.
//!
//! **A view of a story**
//! 1. `views/NAME.rs`: a type with this trait
//! 2. for lines on standard output: `cli::FormatChoice`, and one line in `session::screen::view_of`
//! 3. for a file (a page, a picture): `Out = ()`, its content when it is asked at the end; the verbs that offer it add it
//!    with `Teller::to` and write it by `session::output`

use super::{Moment, Summary};
use crate::model::Fact;

/// Takes a story: the facts as they come, the moments as they become decidable, the summary behind the last of them.
pub trait MomentSink {
    /// What it gives for a moment: lines to be shown; nothing where it only gathers.
    type Out: Default;

    /// Takes the next fact. The moments that it decides come later, some of them much later.
    fn fact(&mut self, _fact: &Fact<'_>) {}

    /// Takes the next moment.
    fn moment(&mut self, moment: &Moment) -> Self::Out;

    /// There are no more moments.
    fn end(&mut self, _summary: &Summary) -> Self::Out {
        Self::Out::default()
    }
}

/// Remembers all of them.
impl MomentSink for Vec<Moment> {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        self.push(moment.clone());
    }
}

/// Somebody who may not be there.
impl<S: MomentSink> MomentSink for Option<S> {
    type Out = S::Out;

    fn fact(&mut self, fact: &Fact<'_>) {
        if let Some(sink) = self {
            sink.fact(fact);
        }
    }

    fn moment(&mut self, moment: &Moment) -> S::Out {
        self.as_mut()
            .map_or_else(S::Out::default, |sink| sink.moment(moment))
    }

    fn end(&mut self, summary: &Summary) -> S::Out {
        self.as_mut()
            .map_or_else(S::Out::default, |sink| sink.end(summary))
    }
}
