//! A real terminal (tmux) with a shell in it, for what only a terminal shows.

use std::process::Stdio;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::{User, binary, run_by, text};

/// A terminal of its own, with a shell in it.
pub struct Terminal {
    server: String,
    user: User,
}

impl Terminal {
    /// Of an ordinary user, with 80 columns and 24 rows.
    pub fn new(name: &str) -> Self {
        Self::of(User::Ordinary, name, (80, 24))
    }

    /// Of this user, with so many columns and rows.
    pub fn of(user: User, name: &str, (columns, rows): (u16, u16)) -> Self {
        let server = format!("sockscope-test-{}-{name}", std::process::id());
        let terminal = Self { server, user };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        terminal.tmux(&[
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            &columns,
            "-y",
            &rows,
            "sh",
        ]);
        terminal.types("PS1='READY '; clear");
        terminal.shows("READY");
        terminal
    }

    /// What tmux says to these arguments.
    pub fn tmux(&self, args: &[&str]) -> String {
        let mut command = run_by(self.user, "tmux");
        // It starts what it runs with the user's shell, and nobody's is `nologin`.
        command
            .env("SHELL", "/bin/sh")
            .env("TERM", "xterm-256color");
        command.args(["-u", "-L", &self.server]).args(args);
        let output = command.output().expect("tmux runs");
        assert!(
            output.status.success(),
            "tmux {args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// Presses a key, by tmux' name for it.
    pub fn key(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    /// Types a line, and Enter.
    pub fn types(&self, line: &str) {
        self.tmux(&["send-keys", "-l", line]);
        self.key("Enter");
    }

    /// What stands on the screen.
    pub fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// The screen as soon as this stands on it and it is drawn to its end: tmux takes what is written piece by piece, and shows
    /// the beginning of a line in its new form before the rest. While pieces come, no two looks are the same.
    pub fn shows(&self, wanted: &str) -> String {
        let begun = Instant::now();
        let mut before = String::new();
        loop {
            let screen = self.screen();
            if screen.contains(wanted) && screen == before {
                return screen;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no {wanted} in\n{screen}"
            );
            before = screen;
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The process group in front, which has the number of its first process.
    pub fn foreground(&self) -> String {
        let shell = self.tmux(&["display-message", "-p", "#{pane_pid}"]);
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", shell.trim()));
        let stat = stat.expect("the shell runs");
        // Behind the name in brackets: state, parent, group, session, terminal, group in front (proc(5)).
        let (_, behind) = stat.rsplit_once(") ").expect("a name in brackets");
        let group = behind.split(' ').nth(5).expect("many fields");
        group.to_owned()
    }

    /// The terminal is as a shell wants it: echo, whole lines, its own screen, a cursor.
    pub fn is_clean(&self) {
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

    /// A program has taken the terminal.
    pub fn is_taken(&self) -> bool {
        self.tmux(&["display-message", "-p", "#{alternate_on}"])
            .trim()
            == "1"
    }

    /// All that the normal screen has kept, also what has left it above.
    pub fn kept(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-S", "-"])
    }

    /// It has so many columns and rows now.
    pub fn resize(&self, columns: u16, rows: u16) {
        let (columns, rows) = (columns.to_string(), rows.to_string());
        self.tmux(&["resize-window", "-x", &columns, "-y", &rows]);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let mut command = run_by(self.user, "tmux");
        command.args(["-L", &self.server, "kill-server"]);
        let _ = command.stderr(Stdio::null()).status();
    }
}

/// A recording of ours, told step by step. Who runs it need not be able to read this folder; the tests run side by side,
/// and what one of them reads no other may write.
pub fn story(flags: &str) -> String {
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
