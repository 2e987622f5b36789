//! Any texts as a lesson: read, checked, and its mistakes or its narration told in both languages. The input is `lesson.toml`, `en.md` and
//! `zh.md`, one behind the other, with a zero byte between them.

#![no_main]

use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use sockscope::lesson::{File, Shelf, LessonSource, check, report};
use sockscope::text::{Catalogue, Lang};
use sockscope::views::{Options, lesson as view};

thread_local! {
    /// Read once: that takes longer than reading a lesson.
    static CATALOGUES: [Rc<Catalogue>; 2] = Lang::ALL.map(|lang| Rc::new(Catalogue::new(lang)));
    static SHELF: Shelf = Shelf::built_in();
}

fuzz_target!(|input: &[u8]| {
    let Ok(input) = str::from_utf8(input) else { return };
    let files = ["lesson.toml", "en.md", "zh.md"].into_iter().zip(input.split('\0'));
    let source = LessonSource {
        folder: "03-fuzz".to_owned(),
        files: files
            .map(|(name, text)| File {
                name: name.to_owned(),
                path: format!("03-fuzz/{name}"),
                text: text.to_owned(),
            })
            .collect(),
    };
    let checked = SHELF.with(|shelf| check(&source, shelf));
    for catalogue in CATALOGUES.with(Clone::clone) {
        match &checked {
            Err(faults) => {
                let told = report(faults, &catalogue, 80, false);
                assert!(!told.is_empty());
                let steers = |c: char| c.is_control() && c != '\n';
                assert!(!told.chars().any(steers), "{told:?}");
            }
            Ok(lesson) => {
                let options = Options { width: 80, catalogue, quiet: false, spacious: false };
                let mut lines = Vec::new();
                for (at, act) in lesson.acts.iter().enumerate() {
                    assert!(!act.plan.hosts.is_empty());
                    lines.extend(view::before(lesson, at, &options));
                    lines.extend(view::after(lesson, at, &[], &options));
                    for ask in &act.asks {
                        lines.extend(view::question(lesson, &ask.id, &options));
                        lines.extend(view::hint(lesson, &ask.id, &options));
                    }
                }
                for line in lines {
                    let plain = line.plain();
                    assert!(!plain.chars().any(char::is_control), "{plain:?}");
                }
            }
        }
    }
});
