//! The course as a learner and a teacher use it: questions answered through a pipe, progress, hand-ins and their
//! marking, lessons of one's own, checks at every save.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use sockscope::lesson::Shelf;
use support::{User, folder, sockscope, text, users};

mod support;

/// A lesson with a question of every kind, whose answers are known beforehand.
const LESSON: &str = r#"
format_version = 1
[server]
script = """
listen 7070 backlog 5
accept
recv until eof
quickack
close
"""
[client]
script = """
connect
send "hello"
wait 60ms
close
"""
[[expect]]
id = "opened"
frames = ["client > server  SYN"]
[[ask]]
id = "length"
before = "client > server  PSH ACK  len=5"
number = "len"
of = "client > server  TCP len>0"
[[ask]]
id = "flags"
flags = "client > server  FIN …"
[[ask]]
id = "first"
order = ["server returns accept", "client returns connect"]
[[ask]]
id = "which"
end = true
choice = ["opened"]
"#;

const NARRATION: &str = "# Mine\n\n## before\n\nx\n\n## after\n\nx\n\n## ask length\n\nHow long?\n\n## hint length\n\nRead its length.\n\n## ask flags\n\n\
    Which flags?\n\n## ask first\n\nIn which order?\n\n- accept\n- connect\n\n## ask which\n\nWhich?\n\n- this\n";

/// A learner with a home of their own, and a shelf with one lesson on it.
struct Learner {
    user: User,
    home: tempfile::TempDir,
}

impl Learner {
    fn new(user: User) -> Self {
        let home = folder();
        let lesson = home.path().join("shelf/50-mine");
        fs::create_dir_all(&lesson).expect("made");
        fs::write(lesson.join("lesson.toml"), LESSON).expect("written");
        for lang in ["en.md", "zh.md"] {
            fs::write(lesson.join(lang), NARRATION).expect("written");
        }
        Self { user, home }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = sockscope(self.user, args);
        command
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .current_dir(self.home.path());
        command
    }

    /// What is said, and how it ended.
    fn says(&self, args: &[&str]) -> (String, i32) {
        ended(&self.command(args).output().expect("it runs"))
    }

    /// The same, with answers on standard input.
    fn answers(&self, args: &[&str], answers: &str) -> (String, i32) {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("it runs");
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(answers.as_bytes()).expect("written");
        drop(stdin);
        ended(&child.wait_with_output().expect("it ends"))
    }

    /// The lesson with these answers, handed in as `NAME.json` with `NAME.pcapng`.
    fn hands_in(&self, name: &str, answers: &str) -> String {
        let (save, report) = (format!("{name}.pcapng"), format!("{name}.json"));
        let args = [
            "lesson",
            "mine",
            "--lessons",
            "shelf",
            "--save",
            &save,
            "--report",
            &report,
        ];
        let (said, code) = self.answers(&args, answers);
        assert_eq!(code, 0, "{said}");
        said
    }

    fn verifies(&self, args: &[&str]) -> (String, i32) {
        self.says(&[&["lesson", "verify", "--lessons", "shelf"], args].concat())
    }
}

fn ended(output: &Output) -> (String, i32) {
    let said = text(&output.stdout) + &text(&output.stderr);
    (said, output.status.code().unwrap_or(-1))
}

#[test]
fn answers_are_marked_from_the_learners_own_run() {
    for user in users() {
        let learner = Learner::new(user);
        let said = learner.hands_in("right", "fin ack\nb a\n5\na\n");
        assert!(
            !said.contains('✗') && said.matches("Right:").count() == 4,
            "{said}"
        );
        let said = learner.hands_in("wrong", "fin\na b\n6\na\n");
        assert_eq!(said.matches("✗").count(), 3, "{said}");
        // Right after an answer only whether it is right; what is right comes with the marks at the end.
        assert_eq!(
            said.matches("That is not right. Keep watching.").count(),
            3,
            "{said}"
        );
        assert_eq!(said.matches("That is right.").count(), 1, "{said}");
        let marks = said.find("Your answers").expect("the marks");
        assert!(!said[..marks].contains("in this run it was"), "{said}");
        assert!(said.contains("You said 6; in this run it was 5."), "{said}");
        assert!(said.contains(" ms: client > server  PSH ACK"), "{said}");
        // What is no answer is asked again; a hint is no answer.
        let said = learner.hands_in(
            "malformed",
            "5\nh\nFIN ACK\nb\nb b a\nb a\nfive\nh\n5\nz\na\n",
        );
        assert_eq!(said.matches("Right:").count(), 4, "{said}");
        assert_eq!(said.matches("Please type").count(), 5, "{said}");
        assert!(
            said.contains("Hint: look for the first frame like this"),
            "{said}"
        );
        // The lesson's own hint comes before the one that fits every question of a kind.
        assert!(said.contains("Read its length."), "{said}");
        // An empty line leaves a question out.
        let said = learner.hands_in("skipped", "fin ack\n\n5\n\n");
        assert_eq!(said.matches("Right:").count(), 2, "{said}");
        assert_eq!(said.matches("Not answered").count(), 2, "{said}");
        // The end of the answers is no error: the rest of the story is told.
        let said = learner.hands_in("none", "fin ack\n");
        assert!(
            said.contains("Standard input has ended") && said.contains("Not answered"),
            "{said}"
        );
    }
}

#[test]
fn a_hand_in_is_marked_again_and_what_does_not_fit_is_found() {
    for user in users() {
        let learner = Learner::new(user);
        learner.hands_in("ada", "fin ack\nb a\n5\na\n");
        learner.hands_in("bob", "fin ack\nb a\n6\na\n");
        assert!(
            matches!(learner.verifies(&["ada.json"]), (said, 0) if said.contains("4 of 4 right"))
        );
        let (said, code) = learner.verifies(&["bob.json", "bob.pcapng"]);
        assert!(
            code == 0 && said.contains("3 of 4 right") && said.contains("✗ How long?"),
            "{said}"
        );
        let path = |name: &str| learner.home.path().join(name);
        let changes = [
            (
                "mark",
                "\"right\": false",
                "\"right\": true",
                "“length”: the hand-in's mark",
            ),
            (
                "answer",
                "\"answer\": \"6\"",
                "\"answer\": \"5\"",
                "“length”: the hand-in's mark",
            ),
            (
                "question",
                "\"ask\": \"length\"",
                "\"ask\": \"other\"",
                "“length” is missing",
            ),
            (
                "lesson",
                "\"lesson\": \"mine\"",
                "\"lesson\": \"handshake\"",
                "another edition",
            ),
            (
                "times",
                "\"began\": 1",
                "\"began\": 2",
                "not recorded between the times",
            ),
        ];
        let handed_in = fs::read_to_string(path("bob.json")).expect("handed in");
        for (name, from, to, finds) in changes {
            assert!(handed_in.contains(from), "{name}");
            fs::write(path("changed.json"), handed_in.replace(from, to)).expect("written");
            let (said, code) = learner.verifies(&["changed.json"]);
            assert!(code == 1 && said.contains(finds), "{name}: {said}");
        }
        // Somebody else's recording.
        let (said, code) = learner.verifies(&["bob.json", "ada.pcapng"]);
        assert!(code == 1 && said.contains("its hash differs"), "{said}");
        // A byte of the recording.
        let mut recording = fs::read(path("bob.pcapng")).expect("recorded");
        let last = recording.len() - 1;
        recording[last] ^= 1;
        fs::write(path("changed.pcapng"), recording).expect("written");
        let (said, code) = learner.verifies(&["bob.json", "changed.pcapng"]);
        assert!(code == 1 && said.contains("its hash differs"), "{said}");
        // No recording, and no hand-in.
        assert!(
            matches!(learner.verifies(&["bob.json", "nowhere"]), (said, 1) if said.contains("there is no such file"))
        );
        fs::write(path("none.json"), "{}").expect("written");
        assert!(
            matches!(learner.verifies(&["none.json"]), (said, 2) if said.contains("is not a hand-in"))
        );
    }
}

#[test]
fn a_class_is_a_table() {
    let learner = Learner::new(User::Ordinary);
    learner.hands_in("ada", "fin ack\nb a\n5\na\n");
    learner.hands_in("bob", "fin\n");
    // What the learner has done is kept in a folder below, and is no hand-in.
    fs::remove_dir_all(learner.home.path().join("data")).expect("it was made");
    let (said, code) = learner.verifies(&["."]);
    assert!(
        code == 0 && said.contains("ada   mine    4/4") && said.contains("bob   mine    0/4"),
        "{said}"
    );
    fs::copy(
        learner.home.path().join("ada.json"),
        learner.home.path().join("eve.json"),
    )
    .expect("copied");
    let (said, code) = learner.verifies(&["."]);
    assert!(
        code == 1 && said.contains("✗ eve") && said.contains("the same recording as ada"),
        "{said}"
    );
}

#[test]
fn progress_is_kept_shown_and_forgotten() {
    for user in users() {
        let learner = Learner::new(user);
        let list = || learner.says(&["lesson", "--lessons", "shelf"]).0;
        let all = Shelf::built_in().sources().count() + 1;
        let done = |count: u32| format!("{count} of {all} done");
        assert!(!list().contains('✓'));
        learner.hands_in("once", "fin\nb a\n");
        assert!(
            list().contains("✓ 50  mine") && list().contains("1/4"),
            "{}",
            list()
        );
        // The best counts; answers that were shown do not.
        learner.hands_in("twice", "fin ack\nb a\n5\na\n");
        learner.hands_in("thrice", "\n");
        assert!(
            list().contains("★ 50  mine") && list().contains(&done(1)),
            "{}",
            list()
        );
        let (said, code) = learner.says(&["lesson", "next", "--quiet", "--lessons", "shelf"]);
        assert!(code == 0 && said.starts_with("0. Sockets"), "{said}");
        assert!(list().contains(&done(2)), "{}", list());
        let kept = learner.home.path().join("data/sockscope/progress.json");
        fs::remove_file(&kept).expect("it is there");
        fs::write(&kept, "{").expect("written");
        let (said, code) = learner.says(&["lesson", "list"]);
        assert!(
            code == 2 && said.contains("sockscope lesson forget"),
            "{said}"
        );
        assert_eq!(learner.says(&["lesson", "forget"]).1, 0);
        assert!(!kept.exists() && !list().contains('✓'));
    }
}

#[test]
fn a_lesson_called_like_a_folder_is_told_and_keeps_the_progress() {
    let learner = Learner::new(User::Ordinary);
    for folder in ["reset", "forget"] {
        fs::create_dir(learner.home.path().join(folder)).expect("made");
    }
    learner.hands_in("once", "fin\nb a\n");
    // The lesson *reset*, not a folder of that name, and not a command that forgets.
    let (said, code) = learner.says(&["lesson", "reset", "--quiet", "--no-ask"]);
    assert!(code == 0 && said.starts_with("18. "), "{said}");
    let list = || learner.says(&["lesson", "--lessons", "shelf"]).0;
    assert!(list().contains("✓ 50  mine"), "{}", list());
    // Only what has a lesson inside is a path without a stroke.
    let (said, code) = learner.says(&["lesson", "shelf", "--quiet"]);
    assert!(code == 2 && said.contains("no lesson 'shelf'"), "{said}");
}

#[test]
fn options_may_stand_before_the_sub_command() {
    let learner = Learner::new(User::Ordinary);
    let (said, code) = learner.says(&["lesson", "--lang", "zh", "--lessons", "shelf", "list"]);
    assert!(
        code == 0 && said.contains("50  mine") && said.contains("三次握手"),
        "{said}"
    );
    let (said, code) = learner.says(&["lesson", "handshake", "extra"]);
    assert!(code == 2 && said.contains("extra"), "{said}");
    let (said, code) = learner.says(&["lesson", "--no-ask", "list"]);
    assert!(code == 2 && said.contains("--no-ask"), "{said}");
}

#[test]
fn a_teachers_lessons_come_first_and_may_be_configured() {
    let learner = Learner::new(User::Ordinary);
    let has = |args: &[&str]| learner.says(args).0.contains("50  mine");
    assert!(!has(&["lesson"]) && has(&["lesson", "list", "--lessons", "shelf"]));
    let (said, code) = learner.says(&["lesson", "check", "mine", "--lessons", "shelf"]);
    assert!(
        code == 0 && said.contains("1 of 1 expectations held"),
        "{said}"
    );
    let config = learner.home.path().join("config/sockscope/config.toml");
    fs::create_dir_all(config.parent().expect("a folder")).expect("made");
    let shelf = learner.home.path().join("shelf");
    fs::write(
        &config,
        format!("lessons = {:?}\n", shelf.to_string_lossy()),
    )
    .expect("written");
    assert!(has(&["lesson"]));
    fs::write(&config, "lesons = 1\n").expect("written");
    let (said, code) = learner.says(&["lesson"]);
    assert!(
        code == 2 && said.contains("config.toml has a mistake"),
        "{said}"
    );
    let (said, code) = learner.says(&["lesson", "--lessons", "nowhere"]);
    assert!(code == 2 && said.contains("nowhere"), "{said}");
}

#[test]
fn a_watched_lesson_is_checked_at_every_save() {
    let learner = Learner::new(User::Ordinary);
    let mut child = learner
        .command(&["lesson", "watch", "shelf/50-mine"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut next = |wanted: &str| {
        let begun = Instant::now();
        loop {
            let line = lines.next().expect("it goes on").expect("UTF-8");
            if line.contains(wanted) {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "no line with {wanted}"
            );
        }
    };
    next("1 of 1 expectations held");
    next("Waiting for the next save");
    save(
        &learner.home.path().join("shelf/50-mine/lesson.toml"),
        &LESSON.replace("SYN\"]", "RST\"]"),
    );
    next("0 of 1 expectations held");
    next("Waiting for the next save");
    child.kill().expect("it was running");
    child.wait().expect("it ends");
}

/// As editors do: beside it first, then in its place.
fn save(path: &Path, text: &str) {
    let beside = path.with_extension("new");
    fs::write(&beside, text).expect("written");
    fs::rename(&beside, path).expect("in its place");
}
