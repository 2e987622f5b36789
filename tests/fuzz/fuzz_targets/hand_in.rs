//! Any text as a hand-in, with any bytes as the recording of its first run: read, and marked against the lesson that it
//! names. The input is the hand-in, a zero byte, and the recording; where the text is no hand-in, one by hand is marked.

#![no_main]

use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use sockscope::explain::Timeline;
use sockscope::files::{Limits, Reader};
use sockscope::lesson::{HandIn, Lesson, Recorded, Shelf, read};
use sockscope::text::{Catalogue, Lang};
use sockscope::views::{Options, lesson as view};

/// More facts than this only take time.
const ENOUGH: usize = 2_000;
const BY_HAND: &str = include_str!("../hand-in.json");

thread_local! {
    static CATALOGUES: [Rc<Catalogue>; 2] = Lang::ALL.map(|lang| Rc::new(Catalogue::new(lang)));
    /// All lessons, read once.
    static LESSONS: Vec<Lesson> =
        Shelf::built_in().sources().map(|source| read(source).expect("they are right")).collect();
}

fuzz_target!(|input: &[u8]| {
    let zero = input.iter().position(|byte| *byte == 0).unwrap_or(input.len());
    let (text, rest) = input.split_at(zero);
    let hand_in = str::from_utf8(text).ok().and_then(|text| HandIn::parse(text).ok());
    let hand_in = hand_in.unwrap_or_else(|| HandIn::parse(BY_HAND).expect("it is one"));
    let recorded = recorded(rest.get(1..).unwrap_or_default());
    LESSONS.with(|lessons| {
        let Some(lesson) = lessons.iter().find(|lesson| hand_in.lesson == lesson.name) else { return };
        let said = hand_in.unmarkable(lesson);
        assert_eq!(said.is_some(), hand_in.runs.len() > if lesson.draws { 1 } else { lesson.acts.len() });
        let Some(run) = hand_in.runs.first() else { return };
        let (marks, misfits) = hand_in.mark(run, lesson, &recorded, run.sha256.raw());
        let known = lesson.acts.iter().find(|act| run.act == act.name);
        assert_eq!(marks.len(), known.map_or(0, |act| act.asks.len()));
        assert!(known.is_some() || !misfits.is_empty());
        for catalogue in CATALOGUES.with(Clone::clone) {
            let options = Options { width: 80, catalogue, quiet: false, spacious: false };
            for mark in &marks {
                let given = mark.given.as_ref();
                for line in view::marked(lesson, &mark.ask, (mark.solution.as_ref(), given, view::Whose::Theirs), &options) {
                    let plain = line.plain();
                    assert!(!plain.chars().any(char::is_control), "{plain:?}");
                }
            }
        }
    });
});

/// As `lesson verify` reads it.
fn recorded(file: &[u8]) -> Recorded {
    let mut recorded = Recorded::default();
    let limits = Limits { unpacked: 64 << 20, ..Limits::SPARING };
    let Ok(mut reader) = Reader::within(file, limits) else { return recorded };
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    for _ in 0..ENOUGH {
        // What is too large is an error of the system's kind.
        let Ok(Some(fact)) = reader.next() else { break };
        timeline.fact(fact, &mut moments);
        moments.drain(..).for_each(|moment| recorded.moment(&moment));
    }
    timeline.finish(&mut moments);
    moments.iter().for_each(|moment| recorded.moment(moment));
    recorded.complete()
}
