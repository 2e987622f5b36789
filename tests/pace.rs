//! A story told step by step, in a real terminal (tmux): its screens, its keys, and how the terminal is left.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::have;
use support::terminal::{Terminal, story};

mod support;

#[test]
fn a_story_is_told_step_by_step() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::new("step");
    terminal.types(&(story("--step") + "; echo CO''DE $?"));
    insta::assert_snapshot!("step_begins", terminal.shows("1/29 "));
    terminal.key("Right");
    terminal.key("Space");
    terminal.shows("3/29 ");
    terminal.key("s");
    insta::assert_snapshot!("step_to_a_segment", terminal.shows("7/29 "));
    terminal.key("t");
    insta::assert_snapshot!("step_to_a_state", terminal.shows("9/29 "));
    terminal.key("Left");
    terminal.shows("8/29 ");
    terminal.key("S");
    terminal.shows("7/29 ");
    terminal.key("S");
    terminal.shows("1/29 ");
    terminal.key("End");
    insta::assert_snapshot!("step_ends", terminal.shows("29/29 "));
    terminal.key("T");
    terminal.shows("27/29 ");
    terminal.key("Home");
    terminal.shows("1/29 ");
    // In a terminal of another size it is laid out anew.
    terminal.key("s");
    terminal.shows("7/29 ");
    terminal.tmux(&["resize-window", "-x", "110", "-y", "30"]);
    terminal.shows("connection and gives its initial sequence");
    insta::assert_snapshot!("step_resized", terminal.screen());
    // What was left out is told when somebody has seen enough, and the terminal is the shell's again.
    terminal.key("q");
    let screen = terminal.shows("CODE 0");
    assert!(screen.contains("TIME-WAIT"), "{screen}");
    terminal.is_clean();
}

#[test]
fn a_story_is_played_slowly_and_stopped() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::new("slow");
    // The whole run took 120 ms: at 0.1x it is over before anybody looks, at 10000x only its beginning comes.
    terminal.types(&(story("--slow 0.1x") + "; echo CO''DE $?"));
    terminal.shows("29/29 ");
    terminal.key("q");
    terminal.shows("CODE 0");
    terminal.types(&(story("--slow 10000x --lang zh") + "; echo CODE $?"));
    terminal.shows("播放中");
    terminal.key("Space");
    insta::assert_snapshot!("slow_zh", terminal.shows("p 播放"));
    terminal.key("s");
    terminal.shows("7/29 ");
    terminal.key("C-c");
    let screen = terminal.shows("CODE 130");
    assert!(
        screen.contains("SYN-SENT") && !screen.contains("FIN"),
        "{screen}"
    );
    terminal.is_clean();
}

#[test]
fn a_terminal_that_goes_away_ends_it() {
    if !have("tmux") {
        return;
    }
    for flags in ["--step", "--slow 10000x"] {
        let terminal = Terminal::new("gone");
        terminal.types(&story(flags));
        terminal.shows("1/29 ");
        let status = format!("/proc/{}/status", terminal.foreground());
        let runs = || {
            std::fs::read_to_string(&status)
                .is_ok_and(|said| said.contains("sockscope") && !said.contains("State:\tZ"))
        };
        assert!(runs());
        drop(terminal);
        let begun = Instant::now();
        while runs() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "{flags}: it goes on"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn keys_need_a_terminal() {
    for flags in ["--step", "--slow 2x"] {
        let output = Command::new("sh")
            .args(["-c", &story(flags)])
            .stdin(Stdio::null())
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        assert!(support::text(&output.stderr).contains("need a terminal"));
    }
}
