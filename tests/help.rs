//! The reference in `sockscope help`, and the two READMEs: whole, in both languages, and true.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use sockscope::notation::Filter;
use sockscope::script::rule::Rule;
use sockscope::text::{Catalogue, Lang};
use unicode_width::UnicodeWidthStr as _;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the binary prints; it must end well.
#[track_caller]
fn printed(args: &[&str]) -> String {
    let got = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(args)
        .env_clear()
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&got.stderr).into_owned();
    assert_eq!(got.status.code(), Some(0), "{args:?}: {said}");
    String::from_utf8(got.stdout).expect("UTF-8")
}

/// The topics, as the list has them.
fn topics() -> Vec<String> {
    let rows = printed(&["help"]);
    let rows = rows.lines().filter_map(|line| line.strip_prefix("  "));
    rows.filter_map(|row| row.split(' ').next().map(str::to_owned))
        .collect()
}

fn topic(lang: Lang, name: &str) -> String {
    printed(&["--lang", lang.tag(), "help", name])
}

#[test]
fn every_topic_is_told_in_both_languages_within_80_columns() {
    let topics = topics();
    assert!(topics.len() > 10, "{topics:?}");
    for lang in Lang::ALL {
        let list = printed(&["--lang", lang.tag(), "help"]);
        for name in &topics {
            let rows = list
                .lines()
                .filter(|row| row.starts_with(&format!("  {name} ")));
            assert_eq!(rows.count(), 1, "{name} has one line in\n{list}");
            let text = topic(lang, name);
            assert!(text.lines().count() > 4, "{name}:\n{text}");
            for line in text.lines().chain(list.lines()) {
                assert!(
                    line.width() <= 80,
                    "{name}: {} columns: {line}",
                    line.width()
                );
                assert!(
                    !line.contains("[topic-") && !line.contains("||"),
                    "{name}: {line}"
                );
            }
        }
    }
}

#[test]
fn the_manual_page_and_the_completions_of_every_shell_know_every_topic() {
    let page = printed(&["man"]);
    let shells = ["bash", "elvish", "fish", "powershell", "zsh"];
    let scripts = shells.map(|shell| printed(&["completions", shell]));
    for name in topics() {
        let escaped = name.replace('-', "\\-");
        assert!(
            page.contains(&format!("sockscope help {escaped}\n")),
            "{name}"
        );
        for script in &scripts {
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let mut words = script.split(|c| !is_word(c));
            assert!(words.any(|word| word == name), "{name} in\n{script}");
        }
    }
}

#[test]
fn help_of_a_command_is_that_commands() {
    for command in ["tcp", "compare", "lesson", "help"] {
        assert_eq!(printed(&["help", command]), printed(&[command, "--help"]));
    }
}

/// What stands in a topic as an example, by the catalogue's own word.
fn examples(lang: Lang, key: &str) -> Vec<String> {
    let text = Catalogue::new(lang).word(key);
    let lines = text.lines().filter_map(|line| line.strip_prefix("    "));
    lines.map(str::to_owned).collect()
}

#[test]
fn rules_and_filters_that_are_shown_are_read() {
    for lang in Lang::ALL {
        let rules = examples(lang, "topic-faults");
        assert!(rules.len() > 10, "{rules:?}");
        for rule in rules {
            if let Err(mistakes) = Rule::parse(&rule, &["client", "server"]) {
                panic!("{rule}: {mistakes:?}");
            }
        }
        let filters = examples(lang, "topic-filters");
        assert!(filters.len() > 3, "{filters:?}");
        for filter in filters {
            if let Err(mistake) = Filter::parse(&filter) {
                panic!("{filter}: {mistake:?}");
            }
        }
    }
}

/// The members of our objects, wherever they stand; not those of TCP_INFO and of settings, which have names of their own.
fn members(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                into.insert(name.clone());
                let foreign = name.ends_with("info") || name == "settings" || name == "fate";
                if !foreign {
                    members(value, into);
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| members(value, into)),
        _ => {}
    }
}

fn recordings() -> Vec<PathBuf> {
    let folder = root().join("tests/golden/lessons");
    let entries = std::fs::read_dir(folder).expect("the recordings are there");
    let mut all: Vec<PathBuf> = entries
        .map(|entry| entry.expect("readable").path())
        .collect();
    all.sort();
    all
}

#[test]
fn every_member_of_json_is_told() {
    let recordings = recordings();
    let mut seen = BTreeSet::new();
    let mut take = |lines: &str| {
        for line in lines.lines() {
            members(&serde_json::from_str(line).expect("JSON"), &mut seen);
        }
    };
    for path in &recordings {
        let path = path.to_str().expect("UTF-8");
        take(&printed(&["explain", path, "--format", "json"]));
    }
    let two: Vec<&str> = recordings[..2]
        .iter()
        .filter_map(|path| path.to_str())
        .collect();
    take(&printed(&["compare", two[0], two[1], "--format", "json"]));
    assert!(seen.len() > 80, "{seen:?}");
    for lang in Lang::ALL {
        let text = topic(lang, "json");
        let told: BTreeSet<&str> = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .collect();
        let untold: Vec<&String> = seen
            .iter()
            .filter(|name| !told.contains(name.as_str()))
            .collect();
        assert!(untold.is_empty(), "{}: {untold:?}", lang.tag());
    }
}

fn readme(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("it is there")
}

/// The command lines of a README, without their comments.
fn commands(readme: &str) -> Vec<String> {
    let blocks = readme.split("```sh\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split("```").next());
    let lines = blocks.flat_map(str::lines);
    lines
        .map(|line| line.split(" # ").next().unwrap_or(line).trim().to_owned())
        .collect()
}

#[test]
fn the_readmes_are_four_screens_and_say_the_same() {
    let (en, zh) = (readme("README.md"), readme("README.zh.md"));
    for (name, text) in [("README.md", &en), ("README.zh.md", &zh)] {
        assert!(
            text.lines().count() <= 200,
            "{name} has {} lines",
            text.lines().count()
        );
        for line in text.lines() {
            assert!(
                line.width() <= 120,
                "{name}: {} columns: {line}",
                line.width()
            );
        }
    }
    assert_eq!(commands(&en), commands(&zh));
    let sections = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(sections(&en), sections(&zh));
    assert!(en.contains("(README.zh.md)") && zh.contains("(README.md)"));
}

#[test]
fn every_command_of_the_readme_is_one() {
    let commands = commands(&readme("README.md"));
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        let line = command
            .replace("cargo run --release -- ", "sockscope ")
            .replace("| man -l -", "")
            .replace(
                "source <(sockscope completions bash)",
                "sockscope completions bash",
            );
        // Help comes only where everything before it was understood.
        let script = format!("sockscope() {{ \"$BINARY\" \"$@\" --help; }}; {line}");
        let got = Command::new("bash")
            .args(["-c", &script])
            .env("BINARY", env!("CARGO_BIN_EXE_sockscope"))
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output()
            .expect("bash runs");
        let said = String::from_utf8_lossy(&got.stderr).into_owned();
        assert_eq!(got.status.code(), Some(0), "{command}: {said}");
        assert!(
            String::from_utf8_lossy(&got.stdout).contains("Usage: sockscope"),
            "{command}"
        );
    }
}
