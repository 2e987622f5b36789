//! The built-in lessons: all of the folder are on the shelf as they stand there, each passes the static check,
//! in both languages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sockscope::lesson::{Course, File, LessonSource, Shelf, TAKEN_NAMES, check, read, report};
use sockscope::notation::vocabulary::{NumericField, Property, Protocol};
use sockscope::protocol::decode::TcpFlags;
use sockscope::protocol::follow::ClosedHow;
use sockscope::script::sysctl::SYSCTLS;
use sockscope::script::{VERBS, parse_steps};
use sockscope::text::{Catalogue, Lang};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons")
}

/// The lessons' folders with their files, as they stand on the disk.
fn on_disk() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).expect("lessons/ is there") {
        let path = entry.expect("readable").path();
        // The exercises have a folder of their own there.
        if !path.is_dir() || path.ends_with("exercises") {
            continue;
        }
        let mut files = BTreeMap::new();
        for file in std::fs::read_dir(&path).expect("readable") {
            let file = file.expect("readable").path();
            let name = file
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            files.insert(name, std::fs::read_to_string(&file).expect("UTF-8"));
        }
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        all.insert(name, files);
    }
    all
}

#[test]
fn the_shelf_holds_the_folder() {
    let shelf: BTreeMap<String, BTreeMap<String, String>> = Shelf::built_in()
        .sources()
        .map(|source| {
            let files = source
                .files
                .iter()
                .map(|file| (file.name.clone(), file.text.clone()))
                .collect();
            (source.folder.clone(), files)
        })
        .collect();
    let disk = on_disk();
    assert_eq!(
        shelf.keys().collect::<Vec<_>>(),
        disk.keys().collect::<Vec<_>>(),
        "add the lesson to the table in src/lesson/built_in.rs"
    );
    assert!(shelf == disk, "a file differs, or is one too many");
}

#[test]
fn the_course_names_every_lesson_once_and_nothing_else() {
    let text = std::fs::read_to_string(folder().join("course.toml")).expect("readable");
    let course = Course::parse(&text).expect("a course");
    let mut named: Vec<&str> = course.names().map(String::as_str).collect();
    let shelf = Shelf::built_in();
    let mut known: Vec<&str> = shelf.sources().map(|s| s.number_and_name().1).collect();
    for (place, name) in named.iter().enumerate() {
        let late = course
            .after(name)
            .iter()
            .find(|before| course.place(before).is_none_or(|before| before >= place));
        assert!(late.is_none(), "{name} comes before {late:?}");
        for lang in Lang::ALL {
            assert!(
                course
                    .chapters()
                    .iter()
                    .all(|chapter| !chapter.title(lang).is_empty())
            );
        }
    }
    named.sort_unstable();
    known.sort_unstable();
    assert_eq!(named, known, "lessons/course.toml");
    assert!(Course::parse("format_version = 2").is_err());
    let twice = "format_version = 1\n[[chapter]]\ntitle = { en = \"x\" }\nlessons = [\"a\", \"a\"]";
    assert!(Course::parse(twice).is_err());
}

#[test]
fn no_lesson_is_called_like_a_sub_command() {
    let definition = sockscope::commands::definition();
    let lesson = definition.find_subcommand("lesson").expect("there is one");
    for sub in lesson.get_subcommands() {
        assert!(TAKEN_NAMES.contains(&sub.get_name()), "{}", sub.get_name());
    }
    let mut source = Shelf::built_in().find("handshake").expect("there").clone();
    source.folder = "90-forget".to_owned();
    let faults = check(&source, &Shelf::built_in()).expect_err("it is taken");
    let said = report(&faults, &Catalogue::new(Lang::En), 80, false);
    assert!(said.contains("cannot be called “forget”"), "{said}");
}

#[test]
fn every_lesson_passes_the_static_check() {
    let shelf = Shelf::built_in();
    let catalogue = Catalogue::new(Lang::En);
    let mut wrong = String::new();
    for source in shelf.sources() {
        match check(source, &shelf) {
            Ok(lesson) => {
                for lang in Lang::ALL {
                    if !lesson.narrations.contains_key(lang.tag()) {
                        writeln!(wrong, "{} lacks {}.md", source.folder, lang.tag())
                            .expect("a string");
                    }
                }
            }
            Err(faults) => wrong.push_str(&report(&faults, &catalogue, 100, false)),
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A lesson of these expectations, around them what every lesson needs.
fn lesson_of(expectations: &str) -> LessonSource {
    let file = |name: &str, text: String| File {
        name: name.to_owned(),
        path: format!("README/{name}"),
        text,
    };
    let asks = expectations
        .split("[[ask]]")
        .skip(1)
        .filter_map(|ask| Some((ask.split('"').nth(1)?, options_of(ask))))
        .fold(String::new(), |all, (id, options)| {
            all + &format!("\n## ask {id}\nx\n\n{}", "- x\n".repeat(options))
        });
    LessonSource {
        folder: "readme".to_owned(),
        files: vec![
            file("lesson.toml", format!("format_version = 1\n{expectations}")),
            file(
                "en.md",
                format!("# x\n\n## before\nx\n\n## after\nx\n{asks}"),
            ),
        ],
    }
}

/// How many options a question offers: each has its words in the narration.
fn options_of(ask: &str) -> usize {
    let fields: toml::Table = format!("[[ask]]{ask}").parse().expect("it is TOML");
    let ask = &fields["ask"][0];
    ["choice", "order"]
        .iter()
        .filter_map(|kind| ask.get(kind)?.as_array())
        .map(Vec::len)
        .sum()
}

fn readme() -> String {
    std::fs::read_to_string(folder().join("README.md")).expect("lessons/README.md is there")
}

/// The fenced blocks of the reference whose first line is this.
fn blocks(readme: &str, kind: &str) -> Vec<String> {
    readme
        .split(&format!("```{kind}\n"))
        .skip(1)
        .filter_map(|rest| rest.split("```").next().map(str::to_owned))
        .collect()
}

#[test]
fn the_references_examples_are_read() {
    let readme = readme();
    let all = [
        blocks(&readme, "toml example"),
        blocks(&readme, "toml expect"),
    ]
    .concat();
    assert_eq!(all.len(), 4);
    for block in all {
        if let Err(faults) = check(&lesson_of(&block), &Shelf::built_in()) {
            panic!(
                "{block}\n{}",
                report(&faults, &Catalogue::new(Lang::En), 100, false)
            );
        }
    }
}

#[test]
fn the_reference_lists_every_verb_with_an_example() {
    let readme = readme();
    let mut wanted = String::new();
    for verb in VERBS {
        let form = verb.form.replace('|', "\\|");
        let example = verb.example.lines().next().unwrap_or("");
        let example = if verb.verb == "end" { "end" } else { example };
        writeln!(wanted, "| `{}` | `{form}` | `{example}` |", verb.verb).expect("a string");
        parse_steps(verb.example).unwrap_or_else(|all| panic!("{}: {all:?}", verb.example));
    }
    assert!(
        readme.contains(&wanted),
        "the table of verbs should be:\n{wanted}"
    );
}

#[test]
fn the_reference_lists_every_kernel_setting() {
    let readme = readme();
    let mut wanted = "| setting | takes |\n|---|---|\n".to_owned();
    for (name, values) in SYSCTLS {
        writeln!(wanted, "| `{name}` | {values} |").expect("a string");
    }
    assert!(
        readme.contains(&format!("\n{wanted}\n")),
        "the table of settings should be:\n{wanted}"
    );
}

#[test]
fn the_reference_lists_every_word_of_a_pattern() {
    let readme = readme();
    let words = TcpFlags::all()
        .words()
        .chain(Protocol::ALL.iter().map(|(word, _)| *word))
        .chain(Property::ALL.iter().map(|(word, _)| *word))
        .chain(NumericField::ALL.iter().map(|(word, _)| *word))
        .chain(ClosedHow::ALL.iter().map(|(word, _)| *word));
    let missing: Vec<&str> = words
        .filter(|word| !readme.contains(&format!("`{word}`")))
        .collect();
    assert!(missing.is_empty(), "not in lessons/README.md: {missing:?}");
}

#[test]
fn every_statement_of_the_article_has_a_lesson() {
    let readme = readme();
    let (_, table) = readme
        .split_once("| the article's statement | lesson |\n|---|---|\n")
        .expect("the table");
    let shelf = Shelf::built_in();
    let mut rows = 0;
    for row in table.lines().take_while(|line| line.starts_with('|')) {
        rows += 1;
        let names = row.rsplit('|').nth(1).expect("two columns");
        for name in names.split(',') {
            assert!(shelf.find(name.trim()).is_ok(), "no lesson {name}: {row}");
        }
    }
    assert!(rows >= 20, "{rows} rows");
}

#[test]
fn every_lesson_asks_something() {
    let shelf = Shelf::built_in();
    let silent: Vec<&str> = shelf
        .sources()
        .filter(|source| {
            let lesson = read(source).expect("it is read");
            lesson.acts.iter().all(|act| act.asks.is_empty())
        })
        .map(|source| source.folder.as_str())
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// Who is stuck gets a hint about this question, and not a general one.
#[test]
fn every_question_has_a_hint_of_its_own_in_each_language() {
    let shelf = Shelf::built_in();
    let mut missing = Vec::new();
    for source in shelf.sources() {
        let lesson = read(source).expect("it is read");
        let questions = lesson.acts.iter().flat_map(|act| &act.asks);
        for (question, lang) in questions.flat_map(|ask| Lang::ALL.map(|lang| (&ask.id, lang))) {
            let text = &on_disk()[&source.folder][&format!("{}.md", lang.tag())];
            let title = format!("## hint {question}");
            if !text.lines().any(|line| line == title) {
                missing.push(format!("{}, {}: {question}", source.folder, lang.tag()));
            }
        }
    }
    assert_eq!(missing, [""; 0]);
}

/// The keys that a table of a lesson may have, by the code's own word: the mistake about one that it does not know.
fn known_keys(table: &str) -> Vec<String> {
    let source = lesson_of(&format!("{table}\nzzz = 1\n"));
    let faults = check(&source, &Shelf::built_in()).expect_err("zzz is no key");
    let said = report(&faults, &Catalogue::new(Lang::En), 2000, false);
    let (_, known) = said.split_once("known are ").expect(&said);
    let known = known.lines().next().expect("a line");
    known.split(", ").map(|key| key.trim().to_owned()).collect()
}

#[test]
fn the_reference_names_every_key() {
    let readme = readme();
    // What stands where: a section's text, and the table whose keys must be named in it.
    let places = [
        ("## lesson.toml", "### [wire]", ""),
        ("### [wire]", "### Hosts", "[wire]"),
        ("### Hosts", "### [[expect]]", "[client]"),
        ("### [[expect]]", "### Frame patterns", "[[expect]]"),
        ("### [[ask]]", "### [[act]]", "[[ask]]"),
        ("### [[act]]", "## en.md", "[[act]]\nname = \"x\""),
    ];
    let mut missing = Vec::new();
    for (from, to, table) in places {
        let (_, part) = readme.split_once(from).expect(from);
        let (part, _) = part.split_once(to).expect(to);
        let keys = known_keys(table);
        assert!(keys.len() > 1, "{table}: {keys:?}");
        for key in keys {
            // As a key of a table, of an example, or in the name of a table.
            let forms = [
                format!("`{key}`"),
                format!("{key} ="),
                format!("{key}."),
                format!("[{key}]"),
                format!("[{key}."),
                format!(".{key}]"),
                format!("{key}]"),
            ];
            if !forms.iter().any(|form| part.contains(form)) {
                missing.push(format!("{table} {key}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
