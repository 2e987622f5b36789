//! The built-in exercises: all of the folder are in the binary as they stand there, in both languages; their solutions
//! hold every expectation, and each expectation is failed by a wrong program; and what a learner sees of one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sockscope::exercise::{self, ExerciseSource, LANGUAGES, TAKEN, skeleton};
use sockscope::lesson::report;
use sockscope::text::{Catalogue, Lang};

#[path = "support/schema.rs"]
mod schema;

use schema::Schema;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons/exercises")
}

fn sockscope(home: &Path, args: &[&str]) -> Output {
    let said = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(args)
        .env("XDG_DATA_HOME", home)
        .stdin(Stdio::null())
        .output();
    said.expect("it starts")
}

fn text_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_binary_has_what_stands_in_the_folder() {
    let mut on_disk = BTreeSet::new();
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let path = entry.expect("readable").path();
        for file in fs::read_dir(&path).expect("readable") {
            let file = file.expect("readable").path();
            let name = |path: &Path| {
                path.file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned()
            };
            let text = fs::read_to_string(&file).expect("UTF-8");
            on_disk.insert((name(&path), name(&file), text));
        }
    }
    let mut built_in = BTreeSet::new();
    for source in exercise::built_in() {
        for file in source.texts.files.iter().chain(&source.programs) {
            built_in.insert((
                source.name().to_owned(),
                file.name.clone(),
                file.text.clone(),
            ));
        }
    }
    let names = |all: &BTreeSet<(String, String, String)>| -> Vec<String> {
        all.iter()
            .map(|(folder, file, _)| format!("{folder}/{file}"))
            .collect()
    };
    assert_eq!(names(&built_in), names(&on_disk));
    assert_eq!(built_in, on_disk);
}

#[test]
fn each_has_two_solutions_and_a_wrong_program_for_each_expectation() {
    for source in exercise::built_in() {
        let name = source.name().to_owned();
        let exercise =
            exercise::read(&source).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        assert!(!TAKEN.contains(&name.as_str()), "{name}");
        let kinds: BTreeSet<bool> = exercise.solutions.iter().map(|one| one.compiled).collect();
        assert_eq!(kinds.len(), 2, "{name}: a solution in Python and one in C");
        let wanted: BTreeSet<&str> = exercise.lesson.acts[0]
            .expectations
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        let failed: BTreeSet<&str> = exercise.wrong.iter().map(|(_, id)| id.as_str()).collect();
        assert_eq!(failed, wanted, "{name}");
        let of_folder = source.programs.len();
        assert_eq!(
            of_folder,
            exercise.solutions.len() + exercise.wrong.len(),
            "{name}"
        );
        for lang in Lang::ALL {
            let narration = exercise
                .lesson
                .narrations
                .get(lang.tag())
                .expect("both languages");
            let proved: BTreeSet<&str> = narration
                .parts
                .iter()
                .flat_map(|part| &part.paragraphs)
                .flat_map(|paragraph| &paragraph.proofs)
                .map(|proof| proof.id.as_str())
                .collect();
            assert_eq!(proved, wanted, "{name}, {}", lang.tag());
        }
        for language in LANGUAGES {
            let text = skeleton(language, exercise.serves()).expect("a language");
            assert!(text.contains("7070"), "{language}");
        }
    }
}

/// All programs of all exercises, side by side.
#[test]
fn right_programs_hold_everything_and_wrong_ones_fail_what_they_are_there_for() {
    let home = tempfile::tempdir().expect("a folder");
    let said = sockscope(home.path(), &["exercise", "check", "all"]);
    assert!(said.status.success(), "{}", text_of(&said));
    let lines = text_of(&said)
        .lines()
        .filter(|line| line.starts_with('✓'))
        .count();
    let programs: usize = exercise::built_in()
        .iter()
        .map(|source| source.programs.len())
        .sum();
    assert_eq!(lines, programs, "{}", text_of(&said));
}

#[test]
fn a_run_is_marked_kept_and_handed_in() {
    let home = tempfile::tempdir().expect("a folder");
    let at = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let program = |name: &str| {
        folder()
            .join("hello")
            .join(name)
            .to_string_lossy()
            .into_owned()
    };
    let (save, report) = (at("run.pcapng"), at("run.json"));
    let right = program("solution.py");
    let said = sockscope(
        home.path(),
        &[
            "exercise", "hello", "--save", &save, "--report", &report, "--", "python3", &right,
        ],
    );
    assert!(said.status.success(), "{}", text_of(&said));
    let listed = text_of(&sockscope(home.path(), &["exercise"]));
    assert!(
        listed
            .lines()
            .any(|line| line.contains('✓') && line.contains("hello")),
        "{listed}"
    );
    let verified = sockscope(home.path(), &["lesson", "verify", &report]);
    assert!(verified.status.success(), "{}", text_of(&verified));
    assert!(
        text_of(&verified).contains("✓ The client receives hello and a line feed."),
        "{}",
        text_of(&verified)
    );
    assert!(
        text_of(&verified).contains("2 of 2"),
        "{}",
        text_of(&verified)
    );

    let wrong = program("wrong-answer.py");
    let said = sockscope(
        home.path(),
        &[
            "exercise", "hello", "--format", "json", "--", "python3", &wrong,
        ],
    );
    assert_eq!(said.status.code(), Some(1), "{}", text_of(&said));
    let ours = Schema::ours();
    let lines = String::from_utf8_lossy(&said.stdout).into_owned();
    let objects: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    for object in &objects {
        assert_eq!(ours.faults(object), [""; 0], "{object}");
    }
    let of = |id: &str| {
        let found = objects.iter().find(|value| value["id"] == id);
        found.expect("it was looked at").clone()
    };
    assert_eq!(of("closed")["result"], "held");
    let answered = of("answered");
    assert_eq!(answered["result"], "failed");
    // What to look at, and when it was.
    assert_eq!(answered["expected"][0]["found"], false);
    let seen = answered["seen"].as_array().expect("a list");
    let line = seen.last().and_then(Value::as_str).expect("a line");
    assert!(line.contains(" ms  close() = 0"), "{answered}");

    // A hand-in says what it likes: the recording decides.
    let forged = fs::read_to_string(&report).expect("written").replacen(
        "\"right\": true",
        "\"right\": false",
        1,
    );
    fs::write(&report, forged).expect("writable");
    let verified = sockscope(home.path(), &["lesson", "verify", &report]);
    assert_eq!(verified.status.code(), Some(1), "{}", text_of(&verified));
}

/// Who prints for ever is not read for ever, and is told so.
#[test]
fn what_a_program_prints_is_limited() {
    let home = tempfile::tempdir().expect("a folder");
    let said = sockscope(home.path(), &["exercise", "hello", "--", "yes"]);
    assert_eq!(said.status.code(), Some(1));
    assert!(said.stderr.len() < 4 << 20, "{}", said.stderr.len());
    let story = String::from_utf8_lossy(&said.stdout);
    assert!(story.contains("printed more than 262144 bytes"), "{story}");
}

/// Skeletons are programs: they compile as they are, where there is a compiler.
#[test]
fn skeletons_compile() {
    let home = tempfile::tempdir().expect("a folder");
    let at = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let out = at("out");
    let check = at("check.py");
    fs::write(
        &check,
        "import ast, sys; ast.parse(open(sys.argv[1]).read())",
    )
    .expect("writable");
    for serves in [true, false] {
        let java = if serves { "Server.java" } else { "Client.java" };
        let compilers: [(&str, &str, Vec<&str>); 5] = [
            ("c", "a.c", vec!["cc", "-Wall", "-Werror", "-o", &out]),
            ("python", "a.py", vec!["python3", &check]),
            ("rust", "a.rs", vec!["rustc", "-o", &out]),
            ("java", java, vec!["javac"]),
            ("go", "a.go", vec!["go", "build", "-o", &out]),
        ];
        assert_eq!(compilers.each_ref().map(|one| one.0), LANGUAGES);
        for (language, file, words) in compilers {
            let text = skeleton(language, serves).expect("a language");
            fs::write(at(file), text).expect("writable");
            let compiled = Command::new(words[0])
                .args(&words[1..])
                .arg(file)
                .current_dir(home.path())
                .env("GOCACHE", at("cache"))
                .stdin(Stdio::null())
                .output();
            match compiled {
                Ok(compiled) => {
                    assert!(compiled.status.success(), "{file}: {}", text_of(&compiled));
                }
                Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{words:?}"),
            }
        }
    }
}

/// The reference names every key that only an exercise has.
#[test]
fn the_reference_names_every_key() {
    let readme = fs::read_to_string(folder().join("../README.md")).expect("there");
    let (_, part) = readme.split_once("## exercise.toml").expect("the section");
    let mut source = exercise::find("hello").expect("built in");
    let toml = &mut source.texts.files[0];
    assert_eq!(toml.name, "exercise.toml");
    let known = |source: &ExerciseSource| {
        let faults = exercise::read(source).expect_err("zzz is no key");
        let said = report(&faults, &Catalogue::new(Lang::En), 2000, false);
        let (_, known) = said.split_once("known are ").expect(&said);
        let known = known.lines().next().expect("a line");
        let known = known.split(", ").map(|key| key.trim().to_owned());
        known.collect::<BTreeSet<String>>()
    };
    toml.text = format!("zzz = 1\n{}", toml.text);
    let all = known(&source);
    let lesson = fs::read_to_string(folder().join("../03-handshake/lesson.toml")).expect("there");
    assert!(
        all.contains("role") && !lesson.contains("role ="),
        "{all:?}"
    );
    for key in all {
        let is_there = |part: &str| {
            [format!("`{key}`"), format!("[{key}]"), format!("{key} =")]
                .iter()
                .any(|form| part.contains(form))
                || part.contains(&format!("[{key}."))
        };
        assert!(is_there(part) || is_there(&readme), "{key}");
    }
}

/// What an exercise's file says never becomes a command.
#[test]
fn a_file_can_name_no_command() {
    let home = tempfile::tempdir().expect("a folder");
    let mine = home.path().join("mine");
    let path = mine.to_string_lossy().into_owned();
    let made = sockscope(home.path(), &["exercise", "new", &path]);
    assert!(made.status.success(), "{}", text_of(&made));
    let toml = mine.join("exercise.toml");
    let good = fs::read_to_string(&toml).expect("written");
    for more in ["program = \"touch x\"\n", "command = \"touch x\"\n"] {
        fs::write(&toml, format!("{more}{good}")).expect("writable");
        let said = sockscope(home.path(), &["exercise", "check", &path]);
        assert_eq!(said.status.code(), Some(2), "{}", text_of(&said));
    }
    let odd = good.replace("wrong-answer.py", "../x.py");
    fs::write(&toml, odd).expect("writable");
    let said = sockscope(home.path(), &["exercise", "check", &path]);
    assert_eq!(said.status.code(), Some(2), "{}", text_of(&said));
}
