//! Chinese as Chinese textbooks write it: one term for one concept. The glossary stands in `lessons/README.md`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All that is written in Chinese, by file.
fn chinese() -> Vec<(PathBuf, String)> {
    let mut paths = vec![
        root().join("src/text/zh.ftl"),
        root().join("README.zh.md"),
        root().join("src/lesson/template/zh.md"),
        root().join("src/lesson/template/lesson.zh.toml"),
    ];
    for folder in ["lessons", "lessons/exercises"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("readable") {
            let text = entry.expect("readable").path().join("zh.md");
            if text.is_file() {
                paths.push(text);
            }
        }
    }
    paths.sort();
    let text = |path: PathBuf| {
        let text = read(&path);
        (path, text)
    };
    paths.into_iter().map(text).collect()
}

/// The words of the glossary's last column.
fn forbidden() -> Vec<String> {
    let readme = read(&root().join("lessons/README.md"));
    let table = readme
        .split("### Chinese terms")
        .nth(1)
        .expect("the glossary");
    let table = table.split("\n## ").next().expect("its end");
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let words = rows.filter_map(|row| row.trim_matches(['|', ' ']).rsplit_once(" | "));
    let words = words.flat_map(|(_, not)| not.split(", ").map(str::to_owned));
    let words: Vec<String> = words.filter(|word| word != "not").collect();
    assert!(words.len() > 30, "the glossary was not found: {words:?}");
    words
}

/// Another name, mentioned as such: 又称快速重传.
fn is_mentioned(before: &str) -> bool {
    let before = before.trim_end_matches(['“', '（', ' ']);
    ["又称", "也称", "也叫", "称", "即"]
        .iter()
        .any(|word| before.ends_with(word))
}

/// Each place where a text has one of the words.
fn found(text: &str, words: &[String]) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for word in words {
        for (at, _) in text.match_indices(word.as_str()) {
            if !is_mentioned(&text[..at]) {
                all.push((text[..at].lines().count().max(1), word.clone()));
            }
        }
    }
    all
}

#[test]
fn each_concept_has_one_chinese_term() {
    let words = forbidden();
    let mut wrong = String::new();
    for (path, text) in chinese() {
        for (line, word) in found(&text, &words) {
            writeln!(wrong, "{}:{line}: {word}", path.display()).expect("a string");
        }
    }
    assert!(
        wrong.is_empty(),
        "lessons/README.md has other words:\n{wrong}"
    );
}

#[test]
fn a_forbidden_word_is_found_and_a_mentioned_name_is_not() {
    let words = vec!["快速重传".to_owned()];
    assert_eq!(found("a\n这是快速重传", &words).len(), 1);
    assert!(found("快重传（又称快速重传）", &words).is_empty());
}

#[test]
fn units_and_errnos_are_written_one_way() {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let mut wrong = String::new();
    for (path, text) in chinese() {
        for (at, line) in text.lines().enumerate() {
            let glued = line.match_indices("ms").any(|(place, _)| {
                line[..place].ends_with([' ', '}']) && line[place + 2..].starts_with(is_han)
            });
            let by_errno = line.match_indices("以 ").any(|(place, word)| {
                line[place + word.len()..]
                    .trim_start_matches('`')
                    .starts_with('E')
                    && line[place..].contains("失败")
            });
            if glued || by_errno {
                writeln!(wrong, "{}:{}: {line}", path.display(), at + 1).expect("a string");
            }
            let mut chars = line.chars().peekable();
            while let Some(c) = chars.next() {
                let next = chars.peek().copied().unwrap_or(' ');
                let halved =
                    is_han(c) && matches!(next, '(' | ';' | '!') || (c == ')' && is_han(next));
                if halved && !line.contains('`') {
                    writeln!(wrong, "{}:{}: {c}{next}", path.display(), at + 1).expect("a string");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
