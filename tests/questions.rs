//! Where a question stands in its story: `lesson check` finds one that is asked too early or too late.

use std::fs;
use std::path::Path;

use support::{User, folder, sockscope, text};

mod support;

/// What `lesson check` says of a built-in lesson with this in its `lesson.toml` replaced.
fn checked(lesson: &str, from: &str, to: &str) -> (String, i32) {
    let home = folder();
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons");
    let copy = home.path().join(lesson);
    fs::create_dir(&copy).expect("made");
    for file in ["lesson.toml", "en.md", "zh.md"] {
        let words = fs::read_to_string(built_in.join(lesson).join(file)).expect("readable");
        assert!(file != "lesson.toml" || words.contains(from), "{from}");
        let words = if file == "lesson.toml" {
            words.replace(from, to)
        } else {
            words
        };
        fs::write(copy.join(file), words).expect("written");
    }
    let args = ["lesson", "check", &format!("./{lesson}")];
    let mut command = sockscope(User::Ordinary, &args);
    let output = command.current_dir(home.path()).output().expect("it runs");
    let said = text(&output.stdout) + &text(&output.stderr);
    (said, output.status.code().unwrap_or(-1))
}

#[test]
fn a_question_whose_answer_stands_above_it_is_found() {
    let before = "before = \"client > server  PSH ACK  len=5\"";
    let (said, code) = checked(
        "06-sequence-numbers",
        before,
        "before = \"server > client  ACK  ack=client.isn+6\"",
    );
    assert!(
        code == 1 && said.contains("“next-ack” is asked after its answer (ack=6) was told"),
        "{said}"
    );
    let (said, code) = checked("06-sequence-numbers", before, before);
    assert!(code == 0 && !said.contains('✗'), "{said}");
}

#[test]
fn a_question_whose_subject_was_not_told_yet_is_found() {
    let (said, code) = checked(
        "06-sequence-numbers",
        "before = \"client > server  PSH ACK  len=5\"",
        "about = \"server > client  FIN …\"\nbefore = \"client > server  PSH ACK  len=5\"",
    );
    assert!(
        code == 1 && said.contains("asked before what it is about was told"),
        "{said}"
    );
}
