//! A story told step by step, in a real terminal (tmux): its screens, its keys, and how the terminal is left.

use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use support::{User, binary, have, run_by};

mod support;

/// A terminal of its own, with a shell in it.
struct Terminal {
    server: String,
}

impl Terminal {
    fn new(name: &str) -> Self {
        let server = format!("sockscope-test-{}-{name}", std::process::id());
        let terminal = Self { server };
        terminal.tmux(&[
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "80",
            "-y",
            "24",
            "sh",
        ]);
        terminal.types("PS1='READY '; clear");
        terminal.shows("READY");
        terminal
    }

    fn tmux(&self, args: &[&str]) -> String {
        let mut command = run_by(User::Ordinary, "tmux");
        // It starts what it runs with the user's shell, and nobody's is `nologin`.
        command
            .env("SHELL", "/bin/sh")
            .env("TERM", "xterm-256color");
        command.args(["-u", "-L", &self.server]).args(args);
        let output = command.output().expect("tmux runs");
        assert!(
            output.status.success(),
            "tmux {args:?}: {}",
            support::text(&output.stderr)
        );
        support::text(&output.stdout)
    }

    fn key(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    fn types(&self, line: &str) {
        self.tmux(&["send-keys", "-l", line]);
        self.key("Enter");
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// The screen as soon as this stands on it.
    fn shows(&self, wanted: &str) -> String {
        let begun = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(wanted) {
                return screen;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no {wanted} in\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The process group in front, which has the number of its first process.
    fn foreground(&self) -> String {
        let shell = self.tmux(&["display-message", "-p", "#{pane_pid}"]);
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", shell.trim()));
        let stat = stat.expect("the shell runs");
        // Behind the name in brackets: state, parent, group, session, terminal, group in front (proc(5)).
        let (_, behind) = stat.rsplit_once(") ").expect("a name in brackets");
        let group = behind.split(' ').nth(5).expect("many fields");
        group.to_owned()
    }

    /// The terminal is as a shell wants it: echo, whole lines, its own screen, a cursor.
    fn is_clean(&self) {
        self.types(
            "clear; stty -a | tr ' ;' '\\n\\n' | grep -x -e -echo -e -icanon -e -isig; echo DO''NE",
        );
        let screen = self.shows("DONE");
        let left: Vec<&str> = screen
            .lines()
            .filter(|line| line.starts_with('-'))
            .collect();
        assert!(left.is_empty(), "{screen}");
        let flags = self.tmux(&["display-message", "-p", "#{alternate_on} #{cursor_flag}"]);
        assert_eq!(flags.trim(), "0 1");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let mut command = run_by(User::Ordinary, "tmux");
        command.args(["-L", &self.server, "kill-server"]);
        let _ = command.stderr(Stdio::null()).status();
    }
}

/// A recording of ours, told step by step. Who runs it need not be able to read this folder; the tests run side by side,
/// and what one of them reads no other may write.
fn story(flags: &str) -> String {
    static COPY: OnceLock<String> = OnceLock::new();
    let copy = COPY.get_or_init(|| {
        let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures/run.pcapng");
        let copy = format!("/tmp/sockscope-test-run-{}.pcapng", std::process::id());
        std::fs::copy(recording, &copy).expect("copied");
        copy
    });
    format!(
        "{} explain {copy} --color never {flags}",
        binary().display()
    )
}

#[test]
fn a_story_is_told_step_by_step() {
    if !have("tmux") {
        return;
    }
    let terminal = Terminal::new("step");
    terminal.types(&story("--step"));
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
    terminal.shows("a connection and names its first");
    insta::assert_snapshot!("step_resized", terminal.screen());
    // What was left out is told when somebody has seen enough, and the terminal is the shell's again.
    terminal.key("q");
    let screen = terminal.shows(" in all");
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
    terminal.types(&story("--slow 0.1x"));
    terminal.shows("29/29 ");
    terminal.key("q");
    terminal.shows(" in all");
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
