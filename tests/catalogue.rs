//! The catalogues: every key that the code uses is worded in every language, with the same arguments, once;
//! nothing is worded that no code says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sockscope::text::Lang;

/// The sections of English, which are also the keys' prefixes.
fn sections(lang: Lang) -> Vec<&'static str> {
    let mut names: Vec<&str> = lang
        .source()
        .lines()
        .filter_map(|line| line.strip_prefix("## section: "))
        .collect();
    names.sort_unstable();
    names
}

/// One entry: its section, its variables, and how often it stands there.
#[derive(Debug, Default)]
struct Entry {
    section: String,
    variables: BTreeSet<String>,
    times: u32,
}

fn entries(lang: Lang) -> BTreeMap<String, Entry> {
    let mut all: BTreeMap<String, Entry> = BTreeMap::new();
    let mut section = String::new();
    let mut key = String::new();
    for line in lang.source().lines() {
        if let Some(name) = line.strip_prefix("## section: ") {
            name.trim().clone_into(&mut section);
        }
        if let Some((name, _)) = line.split_once('=')
            && line.starts_with(|c: char| c.is_ascii_lowercase())
        {
            name.trim().clone_into(&mut key);
            let entry = all.entry(key.clone()).or_default();
            entry.times += 1;
            entry.section.clone_from(&section);
        }
        if line.starts_with('#') {
            continue;
        }
        for part in line.split('$').skip(1) {
            let name: String = part
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
                .collect();
            if let Some(entry) = all.get_mut(&key).filter(|_| !name.is_empty()) {
                entry.variables.insert(name);
            }
        }
    }
    all
}

fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
    let mut here: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("src is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    here.sort();
    for path in here {
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            into.push(path);
        }
    }
}

/// The sources below a folder of ours, each with its text.
fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        &mut files,
    );
    let text = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).expect("readable");
        (file, text)
    };
    files.into_iter().map(text).collect()
}

/// Every string literal of the sources that is spelt as a key, with the file where it stands. What tables of built-in
/// folders name are files.
fn literals() -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let all = texts("src").into_iter();
    for (file, text) in all.filter(|(file, _)| !file.ends_with("built_in.rs")) {
        for piece in text.split('"') {
            let shaped = piece.contains('-')
                && piece
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if shaped {
                found.insert(piece.to_owned(), file.clone());
            }
        }
    }
    found
}

fn is_key(word: &str) -> bool {
    word.split_once('-')
        .is_some_and(|(prefix, rest)| sections(Lang::En).contains(&prefix) && !rest.is_empty())
}

#[test]
fn each_catalogue_reads_without_a_mistake() {
    for lang in Lang::ALL {
        if let Err((_, errors)) = fluent_bundle::FluentResource::try_new(lang.source().to_owned()) {
            panic!("{}.ftl: {errors:#?}", lang.tag());
        }
        let names = sections(lang);
        assert_eq!(names, sections(Lang::En), "{}.ftl", lang.tag());
        let mut once = names.clone();
        once.dedup();
        assert_eq!(names, once, "{}.ftl has a section twice", lang.tag());
        let twice: Vec<String> = entries(lang)
            .into_iter()
            .filter(|(_, entry)| entry.times > 1)
            .map(|(key, _)| key)
            .collect();
        assert!(twice.is_empty(), "{}.ftl has twice: {twice:?}", lang.tag());
    }
}

#[test]
fn each_key_stands_in_the_section_of_its_prefix() {
    for lang in Lang::ALL {
        for (key, entry) in entries(lang) {
            assert!(
                is_key(&key) && key.starts_with(&format!("{}-", entry.section)),
                "{}.ftl: {key} stands in section {}",
                lang.tag(),
                entry.section
            );
        }
    }
}

#[test]
fn every_language_words_the_same_keys_with_the_same_arguments() {
    let en = entries(Lang::En);
    let mut wrong = String::new();
    for lang in Lang::ALL {
        let other = entries(lang);
        for key in en.keys().filter(|key| !other.contains_key(*key)) {
            let _ = writeln!(wrong, "{}.ftl lacks {key}", lang.tag());
        }
        for (key, entry) in &other {
            match en.get(key) {
                None => {
                    let _ = writeln!(wrong, "en.ftl lacks {key}");
                }
                Some(there) if there.variables != entry.variables => {
                    let _ = writeln!(
                        wrong,
                        "{key}: en has {:?}, {} has {:?}",
                        there.variables,
                        lang.tag(),
                        entry.variables
                    );
                }
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_key_that_the_code_uses_is_worded_and_every_wording_is_used() {
    let en = entries(Lang::En);
    let used = literals();
    let mut wrong = String::new();
    for (key, file) in used.iter().filter(|(key, _)| is_key(key)) {
        if !en.contains_key(key) {
            let _ = writeln!(wrong, "{} uses {key}, which is not worded", file.display());
        }
    }
    for key in en.keys().filter(|key| !used.contains_key(*key)) {
        let _ = writeln!(wrong, "{key} is worded, and no code says it");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The decoder names what is wrong with a frame, and the summary says it in words.
#[test]
fn every_fault_of_a_frame_is_worded() {
    let mut faults = BTreeSet::new();
    for (_, text) in texts("src/protocol/decode") {
        for call in [".problem(", ".cut("] {
            let arguments = text.split(call).skip(1).map(str::trim_start);
            let quoted = arguments.filter_map(|rest| rest.strip_prefix('"')?.split('"').next());
            faults.extend(quoted.map(str::to_owned));
        }
    }
    assert!(faults.len() > 15, "found: {faults:?}");
    let worded = entries(Lang::En);
    let missing = |name: &&String| !worded.contains_key(&format!("explain-fault-{name}"));
    assert_eq!(faults.iter().filter(missing).collect::<Vec<_>>(), [""; 0]);
}
