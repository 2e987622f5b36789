//! A lesson from its texts.

use std::collections::BTreeMap;

use crate::notation::Mistake;
use crate::text::Lang;

use super::act::{self, Act, Common};
use super::source::{Faults, File, LessonSource};
use super::table::{Book, TomlTable};
use super::{FORMAT_VERSION, Lesson, Shows, narration, prose};

/// Reads a lesson, or finds all mistakes that keep it from being run. (What only `lesson check` minds is
/// [`super::check()`]'s.)
///
/// # Errors
/// All mistakes of all its files, each with its place, as far as one does not hide another.
pub fn read(source: &LessonSource) -> Result<Lesson, Faults> {
    read_with(source, "lesson.toml", |_| ()).map(|(lesson, ())| lesson)
}

/// The same of another file than `lesson.toml`, which has `more` keys.
pub(crate) fn read_with<T: Default>(
    source: &LessonSource,
    main: &str,
    more: impl FnOnce(&TomlTable<'_, '_>) -> T,
) -> Result<(Lesson, T), Faults> {
    let mut faults = Faults::default();
    let (number, name) = source.number_and_name();
    let hash = source.hash();
    let mut keys = T::default();
    let (acts, draws, shows) = if let Some(file) = source.file(main) {
        read_acts(file, (name, &hash), &mut faults, |table| keys = more(table))
    } else {
        let file = source.missing(main);
        faults.add(&file, vec![no_file(&file)]);
        (Vec::new(), false, Shows::default())
    };
    let mut narrations = BTreeMap::new();
    for lang in Lang::ALL {
        if let Some(file) = source.file(&format!("{}.md", lang.tag())) {
            let (narration, mistakes) = narration::read(&file.text);
            faults.add(file, mistakes);
            narrations.insert(lang.tag(), narration);
        }
    }
    if narrations.is_empty() {
        let file = source.missing("en.md");
        faults.add(&file, vec![no_file(&file)]);
    }
    if faults.is_empty() {
        let lesson = Lesson {
            number,
            name: name.into(),
            hash,
            acts,
            draws,
            shows,
            narrations,
        };
        Ok((lesson, keys))
    } else {
        // The narration may be wrong as well: everything is said at once.
        let lesson = Lesson {
            number,
            name: name.into(),
            hash,
            acts,
            draws,
            shows,
            narrations,
        };
        if !lesson.acts.is_empty() && main == "lesson.toml" {
            faults.append(prose::narrations(source, &lesson));
        }
        Err(faults)
    }
}

fn no_file(file: &File) -> Mistake {
    Mistake::new(0..0, "lesson-mistake-no-file").with("file", file.path.clone())
}

fn read_acts(
    file: &File,
    (name, hash): (&str, &str),
    faults: &mut Faults,
    more: impl FnOnce(&TomlTable<'_, '_>),
) -> (Vec<Act>, bool, Shows) {
    let (book, root) = Book::open(&file.text);
    let table = book.table(root.get_ref(), root.span());
    version(&table);
    more(&table);
    let lesson = (name.to_owned(), hash.to_owned());
    let mut acts = Vec::new();
    let subs = table.subs("act");
    let draws = table.boolean("draw").unwrap_or(false);
    let shows = Shows {
        chart: table.boolean("chart").unwrap_or(false),
        folded: table.boolean("fold").unwrap_or(false),
    };
    if draws && subs.len() < 2 {
        book.wrong(Mistake::new(
            table.place("draw"),
            "lesson-mistake-draws-nothing",
        ));
    }
    let drawn: Vec<String> = if draws {
        subs.iter()
            .filter_map(|sub| sub.text("name"))
            .map(|name| name.text)
            .collect()
    } else {
        Vec::new()
    };
    if subs.is_empty() {
        let common = Common {
            lesson,
            outer: None,
            drawn,
        };
        let mut act = act::read(&table, String::new(), &common);
        act.written.clone_from(&file.text);
        acts.push(act);
    } else {
        let common = Common {
            lesson,
            outer: Some(&table),
            drawn,
        };
        for sub in &subs {
            let name = sub
                .needed_text("name")
                .map(|text| text.text)
                .unwrap_or_default();
            if acts.iter().any(|act: &Act| act.name == name) {
                book.wrong(
                    Mistake::new(sub.place("name"), "lesson-mistake-twice").with("id", &name),
                );
            }
            let mut act = act::read(sub, name, &common);
            act.written.clone_from(&file.text);
            sub.close();
            acts.push(act);
        }
    }
    for act in &acts {
        if act.expectations.is_empty() && !table.has("expect") && subs.is_empty() {
            book.wrong(Mistake::new(0..0, "lesson-mistake-no-expect"));
        }
    }
    table.close();
    drop(subs);
    drop(table);
    let mut mistakes = book.into_mistakes();
    // A table that TOML could not read to its end would seem to lack keys: first things first.
    if mistakes.iter().any(|m| m.key == "lesson-mistake-toml") {
        mistakes.retain(|m| m.key == "lesson-mistake-toml");
        acts.clear();
    }
    faults.add(file, mistakes);
    (acts, draws, shows)
}

fn version(table: &TomlTable<'_, '_>) {
    if !table.has("format_version") {
        table.missing("format_version");
        return;
    }
    if let Some(version) = table.integer::<i64>("format_version", 1..=i64::MAX)
        && version > FORMAT_VERSION
    {
        table.book().wrong(
            Mistake::new(table.place("format_version"), "lesson-mistake-version")
                .with("found", version.to_string())
                .with("newest", FORMAT_VERSION.to_string()),
        );
    }
}
