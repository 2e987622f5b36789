//! The binary as a person meets it: help, bad input, exit codes, the whole of what is said, in both languages.
//! Nothing here needs a lab; what does is in tests/live.rs.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clap_complete::Shell;

/// The binary in an environment that decides nothing.
fn sockscope(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command
        .args(args)
        .env_clear()
        .env("LANG", "C.UTF-8")
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null());
    command
}

fn output(args: &[&str]) -> Output {
    sockscope(args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What a command line says, with its exit code, as a snapshot shows it.
fn transcript(lang: &str, line: &[&str]) -> String {
    let mut args = vec!["--lang", lang];
    args.extend(line);
    let got = output(&args);
    let mut shown = format!("$ sockscope {}\n", line.join(" "));
    for part in [&got.stdout, &got.stderr] {
        shown.push_str(&text(part));
    }
    let _ = writeln!(shown, "→ {}\n", got.status.code().unwrap_or(-1));
    shown
}

fn transcripts(lines: &[&[&str]]) -> String {
    let mut shown = String::new();
    for lang in ["en", "zh"] {
        for line in lines {
            shown.push_str(&transcript(lang, line));
        }
    }
    shown
}

#[test]
fn help_of_every_command() {
    let verbs: [&[&str]; 18] = [
        &["--help"],
        &["tcp", "--help"],
        &["udp", "-h"],
        &["compare", "--help"],
        &["lesson", "--help"],
        &["lesson", "list", "--help"],
        &["lesson", "check", "--help"],
        &["lesson", "new", "--help"],
        &["lesson", "forget", "--help"],
        &["lesson", "watch", "--help"],
        &["lesson", "verify", "--help"],
        &["explain", "--help"],
        &["lab", "--help"],
        &["doctor", "--help"],
        &["completions", "--help"],
        &["man", "--help"],
        &["help", "--help"],
        &["help"],
    ];
    insta::assert_snapshot!(transcripts(&verbs));
}

#[test]
fn bad_usage_is_one_clear_error_and_exit_code_2() {
    let lines: [&[&str]; 37] = [
        &["tcp", "--prt", "1"],
        &["tpc"],
        &["lessn"],
        &["help", "jsno"],
        &["tcp", "--port", "0"],
        &["tcp", "--port", "70000"],
        &["tcp", "--port", "http"],
        &["tcp", "--port"],
        &["tcp", "--port", "1", "--port", "2"],
        &["tcp", "--close", "fou"],
        &["tcp", "--delay", "20"],
        &["tcp", "--delay", "11s"],
        &["tcp", "--mtu", "100"],
        &["tcp", "--mss", "40"],
        &["tcp", "--bytes", "0"],
        &["tcp", "--chunk", "10"],
        &["tcp", "--message", "x", "--bytes", "1"],
        &["tcp", "--echo", "--reply", "x"],
        &["tcp", "--width", "20"],
        &["udp", "--reply", "x"],
        &["explain"],
        &["completions", "tcsh"],
        &["tcp", "extra"],
        &["compare", "--with", "sakc"],
        &["compare", "--without", "everything"],
        &["compare", "--with", "sack", "--without", "nodelay"],
        &["compare", "--with", "loss"],
        &["compare", "one.pcapng"],
        &["compare", "one.pcapng", "one.pcapng"],
        &["compare", "one.pcapng", "other.pcapng"],
        &["compare", "one.pcapng", "other.pcapng", "--message", "x"],
        &["compare", "one.pcapng", "other.pcapng", "--losses", "5"],
        &["compare", "one.pcapng", "other.pcapng", "--seeds", "3"],
        &["compare", "one.pcapng", "other.pcapng", "--count", "3"],
        &["compare", "one.pcapng", "other.pcapng", "--within", "1s"],
        &["compare", "--message", "x", "--losses", "5"],
        &["compare", "--with", "sack", "--plot", "grid.svg"],
    ];
    for lang in ["en", "zh"] {
        for line in lines {
            let mut args = vec!["--lang", lang];
            args.extend(line);
            let got = output(&args);
            assert_eq!(got.status.code(), Some(2), "{line:?}");
            assert!(got.stdout.is_empty(), "{line:?} wrote to standard output");
        }
    }
    insta::assert_snapshot!(transcripts(&lines));
}

#[test]
fn a_language_that_there_is_no_catalogue_for_is_refused() {
    let got = output(&["--lang", "fr", "doctor"]);
    assert_eq!(got.status.code(), Some(2));
    insta::assert_snapshot!(text(&got.stderr));
}

#[test]
fn without_a_command_help_goes_to_standard_error() {
    let got = output(&[]);
    assert_eq!(got.status.code(), Some(2));
    assert!(got.stdout.is_empty());
    assert_eq!(got.stderr, output(&["--help"]).stdout);
}

#[test]
fn the_version_is_the_packages() {
    let got = output(&["--version"]);
    let expected = format!("sockscope {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(text(&got.stdout), expected);
    assert_eq!(got.status.code(), Some(0));
}

#[test]
fn the_locale_chooses_the_language_and_lang_overrides_it() {
    let chinese = output(&["--lang", "zh", "--help"]).stdout;
    let english = output(&["--lang", "en", "--help"]).stdout;
    assert_ne!(chinese, english);
    let help = |name: &str, value: &str| {
        let mut command = sockscope(&["--help"]);
        command.env(name, value).output().expect("runs").stdout
    };
    assert_eq!(help("LANG", "zh_CN.UTF-8"), chinese);
    assert_eq!(help("LC_ALL", "zh_TW.UTF-8"), chinese);
    assert_eq!(help("LC_MESSAGES", "zh_CN"), chinese);
    assert_eq!(help("LANG", "de_DE.UTF-8"), english);
    let both = sockscope(&["--lang=en", "--help"])
        .env("LC_ALL", "zh_CN.UTF-8")
        .output()
        .expect("runs");
    assert_eq!(both.stdout, english);
}

#[test]
fn colour_only_where_it_is_wanted() {
    let coloured = |args: &[&str]| output(args).stdout.contains(&0x1b);
    assert!(!coloured(&["--help"]), "a pipe gets no colour");
    assert!(!coloured(&["--color", "never", "--help"]));
    assert!(coloured(&["--color", "always", "--help"]));
    let plain = output(&["--help"]).stdout;
    let painted = text(&output(&["--color=always", "--help"]).stdout);
    assert_eq!(without_escapes(&painted), text(&plain));
}

fn without_escapes(painted: &str) -> String {
    let mut plain = String::new();
    let mut rest = painted;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[test]
fn every_shell_has_completions_and_the_manual_page_formats() {
    for shell in [
        Shell::Bash,
        Shell::Elvish,
        Shell::Fish,
        Shell::PowerShell,
        Shell::Zsh,
    ] {
        let got = output(&["completions", &shell.to_string()]);
        assert_eq!(got.status.code(), Some(0), "{shell}");
        let script = text(&got.stdout);
        for word in ["lesson", "compare", "--recv-buffer"] {
            let fish = word.trim_start_matches("--");
            assert!(
                script.contains(word) || script.contains(fish),
                "{shell}: {word}"
            );
        }
        assert!(!script.contains("[help-"), "{shell}");
    }
    let bash = output(&["completions", "bash"]).stdout;
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("completions.bash");
    std::fs::write(&file, bash).expect("written");
    let read = Command::new("bash")
        .arg("-n")
        .arg(&file)
        .status()
        .expect("bash runs");
    assert!(read.success(), "bash does not read its completions");

    for lang in ["en", "zh"] {
        let page = text(&output(&["--lang", lang, "man"]).stdout);
        assert!(page.contains(".SH sockscope lesson check"), "{page}");
        assert!(!page.contains("[help-"));
        for line in page.lines().filter(|line| line.starts_with('.')) {
            let request = line.split([' ', '\n']).next().unwrap_or(line);
            let known = [
                ".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi", ".ie", ".el", ".RS", ".RE", ".br",
            ];
            assert!(
                known.contains(&request),
                "roff would read {line} as a request"
            );
        }
    }
}

#[test]
fn a_broken_pipe_is_no_error() {
    let mut child = sockscope(&["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    drop(child.stdout.take());
    let got = child.wait_with_output().expect("ends");
    assert_eq!(text(&got.stderr), "");
    assert_eq!(got.status.code(), Some(0));
}

#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    let got = sockscope(&["--help"]).stdout(full).output().expect("runs");
    assert_eq!(got.status.code(), Some(1));
    insta::assert_snapshot!(text(&got.stderr));
}

#[test]
fn arguments_that_would_upset_a_terminal_are_made_visible() {
    let got = output(&["tcp", "--port", "\u{1b}]0;x\u{7}"]);
    assert!(
        !got.stderr.contains(&0x1b) && !got.stderr.contains(&7),
        "{}",
        text(&got.stderr)
    );
}
