//! A class: archives, folders below each other, tables for a spreadsheet, answers that were edited, sheets, and a course of
//! the teacher's own.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use support::{User, folder, sockscope, text};

mod support;

/// What is said, and how it ended, in this folder.
fn says(home: &Path, args: &[&str], answers: &str) -> (String, i32) {
    let mut command = sockscope(User::Ordinary, args);
    command
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("piped");
    // Who asks nothing does not read.
    let _ = stdin.write_all(answers.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let said = text(&output.stdout) + &text(&output.stderr);
    (said, output.status.code().unwrap_or(-1))
}

/// The lesson *three-segment-close*, whose answer is 1, with this answer, in a folder of that name.
fn hands_in(home: &Path, name: &str, answer: &str) {
    for folder in ["class".to_owned(), format!("class/{name}")] {
        let folder = home.join(folder);
        fs::create_dir_all(&folder).expect("made");
        // The program may be run as somebody else.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("set");
    }
    let (save, report) = (
        format!("class/{name}/{name}.pcapng"),
        format!("class/{name}/{name}.json"),
    );
    let args = [
        "lesson",
        "three-segment-close",
        "--quiet",
        "--save",
        &save,
        "--report",
        &report,
    ];
    let (said, code) = says(home, &args, answer);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_class_is_read_from_folders_and_archives() {
    let home = folder();
    let home = home.path();
    hands_in(home, "ada", "1\n");
    hands_in(home, "bob", "2\n");
    let (said, code) = says(
        home,
        &[
            "lesson",
            "hand-in",
            "class/bob",
            "--student",
            "Bob",
            "--to",
            "class/bob.tar",
        ],
        "",
    );
    assert!(
        code == 0 && said.contains("1 hand-in of Bob, 3 files"),
        "{said}"
    );
    fs::remove_dir_all(home.join("class/bob")).expect("removed");
    let (said, code) = says(home, &["lesson", "verify", "class", "--format", "csv"], "");
    assert_eq!(code, 0, "{said}");
    let mut lines = said.lines();
    assert_eq!(
        lines.next(),
        Some("name,lesson,right,of,began,fits,three-segment-close/answers,reasons")
    );
    assert!(
        said.contains("ada/ada,three-segment-close,1,1,")
            && said.contains("bob,three-segment-close,0,1,"),
        "{said}"
    );
    // A teacher is told of somebody else.
    let (said, code) = says(home, &["lesson", "verify", "class/bob.tar"], "");
    assert!(
        code == 0 && said.contains("The answer was 2;") && !said.contains("You said"),
        "{said}"
    );
    // Of two equal recordings neither is blamed: both are named.
    fs::create_dir(home.join("class/eve")).expect("made");
    for file in ["ada.json", "ada.pcapng"] {
        fs::copy(
            home.join("class/ada").join(file),
            home.join("class/eve").join(file),
        )
        .expect("copied");
    }
    let (said, code) = says(home, &["lesson", "verify", "class"], "");
    assert!(
        code == 1
            && said.contains("same recording as ada/ada")
            && said.contains("same recording as eve/ada"),
        "{said}"
    );
}

#[test]
fn an_answer_that_was_edited_is_found_with_its_mark() {
    let home = folder();
    let home = home.path();
    hands_in(home, "ada", "2\n");
    let path = home.join("class/ada/ada.json");
    let handed_in = fs::read_to_string(&path).expect("there");
    let edited = handed_in
        .replace("\"answer\": \"2\"", "\"answer\": \"1\"")
        .replace("\"right\": false", "\"right\": true");
    assert_ne!(edited, handed_in);
    fs::write(&path, edited).expect("written");
    let (said, code) = says(home, &["lesson", "verify", "class/ada/ada.json"], "");
    assert!(
        code == 1 && said.contains("the answer was changed after it was given"),
        "{said}"
    );
}

#[test]
fn a_student_is_named_once_and_no_name_is_an_error() {
    let home = folder();
    let home = home.path();
    hands_in(home, "ada", "1\n");
    let (said, code) = says(home, &["lesson", "hand-in", "class/ada"], "");
    assert!(code == 2 && said.contains("--student"), "{said}");
    let args = [
        "lesson",
        "hand-in",
        "class/ada",
        "--student",
        "../Ada",
        "--to",
        "one.tar",
    ];
    assert_eq!(says(home, &args, "").1, 0);
    let (said, code) = says(home, &["lesson", "hand-in", "class/ada"], "");
    assert!(code == 0 && home.join("___Ada.tar").is_file(), "{said}");
}

#[test]
fn sheets_have_room_for_answers_and_a_key_has_them() {
    let home = folder();
    let sheet = ["lesson", "handout", "three-segment-close"];
    let (said, code) = says(home.path(), &sheet, "");
    assert!(
        code == 0 && said.contains("## Questions") && said.contains("____"),
        "{said}"
    );
    let (said, code) = says(home.path(), &[&sheet[..], &["--key"]].concat(), "");
    assert!(code == 0 && said.contains("**Answer: 1**"), "{said}");
}

#[test]
fn a_teachers_course_has_its_own_order() {
    let home = folder();
    let own = home.path().join("own");
    fs::create_dir(&own).expect("made");
    let course = "format_version = 1\n[[chapter]]\ntitle = { en = \"Week 1\" }\nlessons = [\"reset\", \"handshake\"]\n";
    fs::write(own.join("course.toml"), course).expect("written");
    let (said, code) = says(home.path(), &["lesson", "list", "--lessons", "own"], "");
    let at = |word: &str| said.find(word).unwrap_or(usize::MAX);
    assert!(
        code == 0 && at("Week 1") < at(" reset ") && at(" reset ") < at(" handshake "),
        "{said}"
    );
    assert!(at(" handshake ") < at(" sockets "), "{said}");
    fs::write(own.join("course.toml"), "chapters = 1").expect("written");
    let (said, code) = says(home.path(), &["lesson", "list", "--lessons", "own"], "");
    assert!(code == 2 && said.contains("course.toml"), "{said}");
}
