//! The viewer in a real terminal (tmux): what stands where, in terminals of several sizes and in both languages; its keys,
//! its questions, and how the terminal is left, whatever ends it.

use std::process::Command;

use support::terminal::{Terminal, story};
use support::{User, binary, folder, have, users};

mod support;

/// The binary's command line.
fn command(flags: &str) -> String {
    format!("{} {flags} --color never", binary().display())
}

#[test]
fn a_long_story_stands_in_a_viewer_in_every_terminal() {
    if !have("tmux") {
        return;
    }
    for (columns, rows) in [(80, 24), (80, 10), (120, 40)] {
        for (lang, place) in [("en", "  space, "), ("zh", "  空格、")] {
            let name = format!("{columns}x{rows}_{lang}");
            let terminal = Terminal::of(User::Ordinary, &name, (columns, rows));
            terminal.types(&(story(&format!("--lang {lang}")) + "; echo CO''DE $?"));
            let begins = terminal.shows(place);
            insta::assert_snapshot!(format!("begins_{name}"), begins);
            terminal.key("s");
            terminal.key("s");
            terminal.key("s");
            let third = terminal.shows("▸ 20.6 ");
            insta::assert_snapshot!(format!("third_segment_{name}"), third);
            terminal.key("G");
            insta::assert_snapshot!(format!("ends_{name}"), terminal.shows("117.2 ms"));
            terminal.key("?");
            insta::assert_snapshot!(format!("help_{name}"), terminal.shows("PgDn"));
            terminal.key("x");
            terminal.key("q");
            terminal.shows("CODE 0");
            let kept = terminal.kept();
            assert_eq!(kept.matches("117.2 ms").count(), 1, "{kept}");
            assert_eq!(kept.matches("listen(5)").count(), 1, "told once:\n{kept}");
            terminal.is_clean();
        }
    }
}

#[test]
fn a_terminal_of_another_size_shows_the_same_row() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::new("resized");
    terminal.types(&(story("") + "; echo CO''DE $?"));
    terminal.shows("22/1");
    terminal.key("s");
    terminal.key("s");
    terminal.key("s");
    terminal.shows("▸ 20.6 ");
    terminal.resize(120, 40);
    terminal.shows("asks to open a connection and gives its initial sequence number");
    terminal.shows("\n41/");
    insta::assert_snapshot!("resized_120x40", terminal.shows("▸ 20.6 "));
    terminal.resize(80, 10);
    terminal.shows("\n19/");
    insta::assert_snapshot!("resized_80x10", terminal.shows("▸ 20.6 "));
    // Too narrow for a story: it is cut, and nothing wraps.
    terminal.resize(50, 12);
    terminal.shows("/ sea…");
    terminal.key("s");
    insta::assert_snapshot!("resized_50x12", terminal.shows("▸ 40.9 "));
    terminal.key("q");
    terminal.shows("CODE 0");
    terminal.is_clean();
}

#[test]
fn the_keys_find_their_way() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::new("keys");
    terminal.types(&(story("") + "; echo CO''DE $?"));
    terminal.shows("22/1");
    terminal.key("/");
    terminal.tmux(&["send-keys", "-l", "time-wait"]);
    terminal.shows("/time-wait");
    terminal.key("Enter");
    let found = terminal.shows("client 10.0.0.1  TIME-WAIT");
    assert!(found.contains('▸'), "{found}");
    terminal.key("N");
    terminal.shows("Not found: time-wait");
    terminal.key("t");
    terminal.shows("server 10.0.0.2  CLOSED");
    terminal.key("T");
    terminal.shows("server 10.0.0.2  LAST-ACK");
    terminal.key("Home");
    terminal.shows("▸   ms ");
    terminal.key("S");
    terminal.shows("There is none further on.");
    terminal.key("Space");
    terminal.shows("42/1");
    terminal.key("b");
    terminal.shows("22/1");
    terminal.key("/");
    terminal.tmux(&["send-keys", "-l", "q?g"]);
    terminal.shows("/q?g");
    terminal.key("Escape");
    terminal.shows("22/1");
    terminal.key("q");
    terminal.shows("CODE 0");
    terminal.is_clean();
}

#[test]
fn what_fits_on_a_screen_and_who_wants_none_have_no_viewer() {
    if !have("tmux") {
        return;
    }
    let roomy = Terminal::of(User::Ordinary, "roomy", (100, 150));
    roomy.types(&(story("") + "; echo CO''DE $?"));
    let screen = roomy.shows("CODE 0");
    assert!(screen.contains("listen(5)"), "{screen}");
    let terminal = Terminal::new("none");
    for (before, flags) in [
        ("", "--no-pager"),
        ("PAGER=cat ", ""),
        ("TERM=dumb ", ""),
        ("", "--format json"),
    ] {
        terminal.types(&format!("clear; {before}{}; echo CO''DE $?", story(flags)));
        terminal.shows("CODE 0");
        assert!(!terminal.is_taken());
    }
    terminal.types(&format!("clear; {} | tail -1; echo CO''DE $?", story("")));
    let screen = terminal.shows("CODE 0");
    assert!(screen.contains("in all"), "{screen}");
}

#[test]
fn whatever_ends_it_the_terminal_is_given_back() {
    if !have("tmux") {
        return;
    }
    for signal in ["TERM", "INT", "HUP"] {
        let terminal = Terminal::new(signal);
        terminal.types(&(story("") + "; echo CO''DE $?"));
        terminal.shows("22/1");
        terminal.key("Space");
        terminal.shows("42/1");
        let group = format!("-{}", terminal.foreground());
        let sent = Command::new("kill")
            .args(["-s", signal, "--", &group])
            .status();
        assert!(sent.expect("kill runs").success());
        terminal.shows("CODE 130");
        assert!(terminal.kept().contains("TIME-WAIT"), "what was told stays");
        terminal.is_clean();
    }
    let terminal = Terminal::new("ctrl-c");
    terminal.types(&(story("") + "; echo CO''DE $?"));
    terminal.shows("22/1");
    terminal.key("C-c");
    terminal.shows("CODE 130");
    terminal.is_clean();
}

#[test]
fn it_stops_and_goes_on_as_the_shell_says() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::new("jobs");
    terminal.types(&(story("") + "; echo CO''DE $?"));
    terminal.shows("22/1");
    terminal.key("Space");
    terminal.shows("42/1");
    terminal.key("C-z");
    terminal.shows("Stopped");
    terminal.is_clean();
    terminal.types("fg");
    terminal.shows("42/1");
    let group = format!("-{}", terminal.foreground());
    let sent = Command::new("kill")
        .args(["-s", "TSTP", "--", &group])
        .status();
    assert!(sent.expect("kill runs").success());
    terminal.shows("Stopped");
    terminal.is_clean();
    terminal.types("fg; echo CO''DE 7");
    terminal.shows("42/1");
    terminal.key("q");
    terminal.shows("CODE 7");
    terminal.is_clean();
}

#[test]
fn rows_come_while_a_run_goes_on() {
    if !have("tmux") {
        return;
    }
    for user in users() {
        let terminal = Terminal::of(user, &format!("live-{user:?}"), (80, 10));
        terminal.types(&(command("tcp --delay 700ms") + "; echo CO''DE $?"));
        terminal.shows("it goes on");
        assert!(terminal.is_taken());
        terminal.shows("  space, ↑ ↓ · s segment");
        terminal.key("G");
        terminal.shows("in all");
        terminal.key("q");
        terminal.shows("CODE 0");
        let kept = terminal.kept();
        assert_eq!(kept.matches("listen(5)").count(), 1, "{kept}");
        terminal.is_clean();
    }
}

#[test]
fn who_leaves_during_a_run_is_told_the_rest_outside() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::of(User::Ordinary, "left", (80, 10));
    terminal.types(&(command("tcp --delay 700ms") + "; echo CO''DE $?"));
    terminal.shows("it goes on");
    terminal.key("q");
    terminal.shows("CODE 0");
    let kept = terminal.kept();
    assert_eq!(kept.matches("listen(5)").count(), 1, "{kept}");
    assert!(kept.contains("in all"), "{kept}");
    terminal.is_clean();
}

#[test]
fn a_question_waits_until_somebody_answers() {
    if !have("tmux") {
        return;
    }
    for user in users() {
        let terminal = Terminal::of(user, &format!("asked-{user:?}"), (80, 24));
        terminal.types(&(command("lesson handshake") + "; echo CO''DE $?"));
        // What it asks before its run is left out.
        terminal.shows("question at the end");
        terminal.key("Enter");
        terminal.shows("skip) >");
        terminal.key("Enter");
        // The next one comes with the run.
        terminal.shows("SYN-SENT");
        terminal.shows("question at the end");
        // The rows that it is about are there, and one can go back.
        terminal.key("G");
        let asked = terminal.shows("number, written out, will the answer carry?");
        assert!(asked.contains("SYN x="), "{asked}");
        terminal.key("g");
        terminal.shows("3. The three-way handshake");
        terminal.key("Enter");
        terminal.shows("will the answer carry?");
        terminal.shows("Your answer (h: a hint, Enter: skip) >");
        // Keys that move elsewhere are letters here; those that are no letters still move.
        terminal.tmux(&["send-keys", "-l", "qG?"]);
        terminal.shows("> qG?");
        terminal.key("PageUp");
        let above = terminal.shows("and is not just talking?");
        assert!(above.contains("> qG?"), "{above}");
        terminal.key("Enter");
        terminal.shows("Please type a whole number");
        terminal.tmux(&["send-keys", "-l", "12345"]);
        terminal.key("Enter");
        terminal.shows("That is not right");
        terminal.key("q");
        terminal.shows("CODE 0");
        let kept = terminal.kept();
        assert!(kept.contains("> 12345"), "{kept}");
        terminal.is_clean();
    }
}

#[test]
fn what_is_typed_during_a_run_is_no_answer() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::new("early");
    terminal.types(&(command("lesson zero-window") + "; echo CO''DE $?"));
    terminal.shows("Enter: run it");
    terminal.key("Enter");
    terminal.shows("it goes on");
    terminal.tmux(&["send-keys", "b", "Enter", "b", "Enter"]);
    let asked = terminal.shows("question at the end");
    assert!(!asked.contains("> b"), "{asked}");
    terminal.key("G");
    let asked = terminal.shows("question at the end");
    assert!(!asked.contains("> b"), "{asked}");
    terminal.key("q");
    terminal.shows("CODE 0");
    assert!(!terminal.kept().contains("> b"));
    terminal.is_clean();
}

#[test]
fn what_was_typed_before_it_began_is_no_key() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::new("ahead");
    let here = folder();
    let go = here.path().join("go");
    let wait = format!("until [ -e {} ]; do sleep 0.05; done", go.display());
    terminal.types(&format!(
        "{wait}; {}; echo CO''DE $?",
        command("lesson handshake")
    ));
    terminal.tmux(&["send-keys", "q", "q", "Enter", "7", "Enter"]);
    terminal.shows("7");
    std::fs::write(&go, "").expect("ours");
    let screen = terminal.shows("question at the end");
    assert!(terminal.is_taken() && !screen.contains("> 7"), "{screen}");
    terminal.key("q");
    terminal.shows("CODE 0");
    terminal.is_clean();
}

#[test]
fn a_question_before_the_run_is_asked_before_it() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::new("before");
    terminal.types(&(command("lesson lost-syn --lang zh") + "; echo CO''DE $?"));
    let screen = terminal.shows("末尾有题");
    assert!(!screen.contains("SYN-SENT"), "{screen}");
    terminal.key("Enter");
    terminal.shows("回车：跳过） >");
    terminal.tmux(&["send-keys", "-l", "1"]);
    terminal.key("Enter");
    // The run goes on, and the reader has the keys.
    terminal.shows("运行中");
    terminal.key("g");
    terminal.shows("21. 丢失的 SYN");
    terminal.key("q");
    terminal.shows("CODE 0");
    terminal.is_clean();
}

#[test]
fn a_teacher_shows_the_answer_at_the_next_key() {
    if !have("tmux") {
        return;
    }
    for step in ["", " --step"] {
        let terminal = Terminal::new(if step.is_empty() { "teacher" } else { "steps" });
        terminal.types(
            &(command(&format!("lesson three-segment-close --teacher{step}")) + "; echo CO''DE $?"),
        );
        terminal.shows("Enter: run it");
        terminal.key("Enter");
        if !step.is_empty() {
            terminal.shows("→ next");
            terminal.key("End");
        }
        let asked = terminal.shows("Enter: the answer");
        assert!(!asked.contains("Answer of this run"), "{asked}");
        terminal.key("G");
        let asked = terminal.shows("Enter: the answer");
        assert!(!asked.contains("Answer of this run"), "{asked}");
        terminal.key("Enter");
        if !step.is_empty() {
            terminal.shows("→ next");
        }
        terminal.shows("Answer of this run:");
        terminal.key("q");
        terminal.shows("CODE 0");
        terminal.is_clean();
    }
}
