//! Who listens to a story: the one trait of all that take moments, and the places that something new touches.
//!
//! The views that tell a story (`Out` is what they show), comments for packets, graphs, transfers, losses and
//! comparable stories (`Out` is nothing: they are asked when the story is over). Whoever tells a story tells it to
//! all of them alike (`session::teller`). A sink is given everything in order, and never sees the one beside it.
//!
//! # Something new: the places to touch
//!
//! The compiler names each `match` that has to be completed, and `tests/catalogue` what is not worded. Of what is
//! marked with `!` nothing reminds.
//!
//! **A fact**
//! 1. `model/fact.rs`: the variant, with its unit and source; its time in `at`, its copy in `into_owned`
//! 2. `files/stored_fact.rs`: how it is written and read back; files without it stay readable
//! 3. `observe/`: who sees it, with the kernel's stamp (!)
//! 4. `explain/timeline.rs`, `Timeline::fact`: the row that it makes, or adds to
//! 5. if it makes a moment of its own: `explain/moment.rs`, each `match` over [`What`](super::What), and the members of
//!    its object where JSON is described for users (!)
//!
//! **A claim** (what a lesson expects)
//! 1. `notation/claim.rs`: the variant
//! 2. `lesson/expectation.rs`: how a lesson's file says it (!)
//! 3. `explain/expect.rs`: when it holds, what is shown where it does not; `expect/reading.rs`: where it can be seen (!)
//! 4. `lesson/claims.rs`: which words of the narration it proves
//! 5. `lesson/template/`, `lessons/README.md`: for who writes lessons (!)
//!
//! **A note**
//! 1. `explain/narrate/`: where it is said, as a [`Note`](super::Note) with its kind and its section of an RFC
//! 2. `text/en.ftl`, `text/zh.ftl`: its words
//!
//! Every view shows it without knowing it.
//!
//! **A view of a story**
//! 1. `views/NAME.rs`: a type with this trait
//! 2. for lines on standard output: `cli::FormatChoice` with its spelling (!), and an arm in `session::screen::view_of`
//! 3. for a file (a page, a picture): `Out = ()`, and its content when the story is over; the verbs that offer it lend it to
//!    the teller by `Teller::to`, and write it by `session::output`

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
