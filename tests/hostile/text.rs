//! Text that a terminal would obey: every command over inputs full of it, and the raw bytes of what comes out.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sockscope::files::Reader;
use sockscope::files::pcapng::Recorder;
use sockscope::lesson::{Answered, HandIn, HandInRun};
use sockscope::model::setting::Setting;
use sockscope::model::{
    Arg, CallResult, Fact, HostId, LinkType, Time, Trouble, Untrusted, Vantage,
};

use crate::support::{self, NOBODY, User};

/// A colour that we never use, the clipboard (OSC 52), clearing the screen, the same by C1 controls, bidi overrides, isolates
/// and marks, a tag, a character without width, backspace, delete, a carriage return.
pub const EVIL: &str = "EVIL\u{1b}[38;5;201m\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[2J\u{9b}31m\u{9d}0;t\u{9c}\
                    \u{202e}\u{2066}\u{200f}\u{e0041}\u{200b}\u{8}\u{7f}\r!";

fn evil() -> String {
    EVIL.to_owned()
}

/// The same with bytes that are no UTF-8.
fn evil_bytes() -> OsString {
    OsString::from_vec([EVIL.as_bytes(), b"\xff\xc0\x9b"].concat())
}

/// The binary as whoever we are, in both languages, with colour and without.
fn each(args: &[&OsStr], prepare: impl Fn(&mut Command), look: impl Fn(&Output, &str)) {
    for lang in ["en", "zh"] {
        for colour in ["never", "always"] {
            let mut command = base();
            command.args(args).args(["--lang", lang, "--color", colour]);
            prepare(&mut command);
            let got = command.output().expect("the binary runs");
            let what = format!("{args:?} --lang {lang} --color {colour}");
            harmless(&got.stdout, &format!("stdout of {what}"));
            harmless(&got.stderr, &format!("stderr of {what}"));
            let code = got.status.code();
            assert!(
                matches!(code, Some(0..=2)),
                "{what}: {code:?}\n{}",
                support::text(&got.stderr)
            );
            assert!(
                !support::text(&got.stderr).contains("src/"),
                "{what} panicked: {}",
                support::text(&got.stderr)
            );
            look(&got, &what);
        }
    }
}

pub fn base() -> Command {
    let user = if support::is_root() {
        User::Root
    } else {
        User::Ordinary
    };
    support::run_by(user, &support::binary().to_string_lossy())
}

/// It is told that there is something, as far as `EVIL` goes.
fn named(got: &Output, what: &str) {
    let all = [&got.stdout[..], &got.stderr].concat();
    let all = support::text(&all);
    assert!(
        all.contains("EVIL\\u{1b}") || all.contains("EVIL\\u001b") || all.contains("EVIL?[38"),
        "{what} does not show it:\n{all}"
    );
}

fn whatever(_: &Output, _: &str) {}

/// UTF-8, in which nothing is obeyed by a terminal but line ends and the colours that are ours.
pub fn harmless(bytes: &[u8], what: &str) {
    let text =
        std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what} is no UTF-8: {error}"));
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let Some((numbers, behind)) = after.split_once('m') else {
            panic!("{what} has an escape sequence that is no colour: {after:?}");
        };
        assert!(
            numbers.split(';').all(is_colour),
            "{what} has an escape sequence that is not ours: {numbers:?} before {:?}",
            behind.chars().take(40).collect::<String>()
        );
        rest = behind;
    }
    plain.push_str(rest);
    if let Some(at) = plain.find(obeyed) {
        let around: String = plain[at..].chars().take(40).collect();
        panic!("{what} has {around:?} raw");
    }
}

/// A part of a sequence that chooses colours, of those that are ours.
pub fn is_colour(number: &str) -> bool {
    matches!(number, "" | "0" | "1" | "2" | "3" | "4")
        || matches!(
            number.parse(),
            Ok(30..=38 | 90..=97 | 5 | 27 | 28 | 130 | 160 | 163)
        )
}

/// A list of its own, not the program's.
pub fn obeyed(c: char) -> bool {
    (c.is_control() && c != '\n')
        || "\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{feff}\u{ad}\u{61c}".contains(c)
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
        || ('\u{e0000}'..='\u{e0fff}').contains(&c)
}

fn os(text: &str) -> &OsStr {
    OsStr::new(text)
}

#[test]
fn arguments() {
    let (text, bytes) = (evil(), evil_bytes());
    let (text, bytes) = (os(&text), bytes.as_os_str());
    let flag = format!("--{EVIL}");
    let in_folder = format!("./{EVIL}");
    let filter = format!("tcp.port == {EVIL}");
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/four.pcap");
    let capture = capture.as_os_str();
    for args in [
        vec![text],
        vec![os("tcp"), os(&flag)],
        vec![os("tcp"), text],
        vec![os("tcp"), os("--delay"), text],
        vec![os("tcp"), os("--close"), text],
        vec![os("tcp"), os("--fault"), text],
        vec![os("tcp"), os("--on"), text],
        vec![os("tcp"), os("--format"), text],
        vec![os("udp"), os("--bytes"), text],
        vec![os("compare"), os("--with"), text],
        vec![os("compare"), text, text],
        vec![os("explain"), text],
        vec![os("explain"), capture, os("--filter"), os(&filter)],
        vec![os("explain"), capture, os("--stream"), text],
        vec![os("lesson"), text],
        vec![os("lesson"), os(&in_folder)],
        vec![os("lesson"), os("check"), text],
        vec![os("lesson"), os("check"), os(&in_folder)],
        vec![os("lesson"), os("verify"), text],
        vec![os("lesson"), os("handshake"), os("--seed"), text],
        vec![os("lesson"), os("--lessons"), text],
        vec![os("completions"), text],
    ] {
        each(&args, |_| {}, named);
    }
    let folder = support::folder();
    let new = folder.path().join(EVIL);
    let nowhere = new.join("none").join(EVIL);
    for args in [
        vec![os("lesson"), os("new"), new.as_os_str()],
        vec![os("tcp"), os("--save"), nowhere.as_os_str()],
        vec![
            os("lesson"),
            os("handshake"),
            os("--save"),
            nowhere.as_os_str(),
        ],
        vec![os("explain"), capture, os("--save"), nowhere.as_os_str()],
        vec![os("explain"), capture, os("--plot"), nowhere.as_os_str()],
    ] {
        each(&args, |_| {}, named);
    }
    each(&[os("doctor")], |_| {}, whatever);
    for args in [
        vec![bytes],
        vec![os("tcp"), os("--delay"), bytes],
        vec![os("tcp"), os("--message"), bytes],
        vec![os("explain"), bytes],
        vec![os("compare"), bytes, bytes],
        vec![os("lesson"), bytes],
        vec![os("lesson"), os("verify"), bytes],
        vec![os("lesson"), os("--lessons"), bytes],
        vec![
            os("explain"),
            capture,
            os("--save"),
            bytes,
            os("--plot"),
            bytes,
        ],
    ] {
        each(&args, |_| {}, whatever);
    }
}

#[test]
fn the_name_by_which_it_was_called() {
    for args in [
        vec![os("--help")],
        vec![os("tcp"), os("--help")],
        vec![os("--version")],
        vec![os("man")],
        vec![os("tcp"), os("--no-such-flag")],
    ] {
        let mut command = Command::new(support::binary());
        let got = command.arg0(evil_bytes()).args(&args).output();
        let got = got.expect("the binary runs");
        harmless(&got.stdout, &format!("{args:?}"));
        harmless(&got.stderr, &format!("{args:?}"));
    }
    let got = Command::new(support::binary()).arg0(evil_bytes()).output();
    harmless(&got.expect("the binary runs").stderr, "help");
}

/// A hand-in in which every text is evil, but the lesson where it is `lesson`.
fn hand_in(lesson: &str, act: &str) -> HandIn {
    let text = || Untrusted::from(EVIL);
    HandIn {
        format_version: 1,
        program: text(),
        lesson: lesson.into(),
        lesson_hash: text(),
        seed: None,
        began: Time::from_ns(0),
        ended: Time::from_ns(1),
        runs: vec![HandInRun {
            act: act.into(),
            recording: format!("{EVIL}.pcapng").as_str().into(),
            sha256: text(),
            answers: vec![
                Answered {
                    ask: text(),
                    answer: Some(text()),
                    at: None,
                    right: Some(true),
                    hints: None,
                    seal: None,
                },
                Answered {
                    ask: "server-state".into(),
                    answer: Some(text()),
                    at: None,
                    right: Some(true),
                    hints: None,
                    seal: None,
                },
            ],
        }],
    }
}

fn write(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
    fs::write(path, bytes).expect("written");
}

/// A recording of ours in which every text is evil.
pub fn recording(to: &Path, lesson: &str) {
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/run.pcapng");
    let mut reader = Reader::new(fs::File::open(run).expect("there")).expect("a recording");
    let out = fs::File::create(to).expect("made");
    let saved = Vantage::Host(HostId::CLIENT);
    let mut recorder = Recorder::new(out, saved, EVIL, LinkType::ETHERNET).expect("written");
    let mut number = 0;
    while let Some(fact) = reader.next().expect("readable") {
        number += 1;
        let at = fact.at();
        let fact = poisoned(fact, number, lesson);
        if number == 1 {
            for setting in [
                Setting::Command(EVIL.into()),
                Setting::Rule(EVIL.into()),
                Setting::Lesson {
                    name: lesson.into(),
                    hash: EVIL.into(),
                },
                Setting::Sysctl {
                    host: HostId::CLIENT,
                    name: EVIL.into(),
                    value: EVIL.into(),
                },
                Setting::Script {
                    host: HostId::CLIENT,
                    text: EVIL.into(),
                },
            ] {
                recorder.push(&Fact::Setting { at, setting });
            }
        }
        recorder.push(&fact);
    }
    recorder.commit().expect("written");
}

fn poisoned<'a>(fact: Fact<'a>, number: usize, lesson: &str) -> Fact<'a> {
    let text = || Untrusted::from(EVIL);
    let arg = |arg: &mut Arg| {
        if let Arg::Word(word) = arg {
            word.push_str(EVIL);
        }
    };
    match fact {
        Fact::Setting { at, mut setting } => {
            match &mut setting {
                Setting::Program(it)
                | Setting::Kernel(it)
                | Setting::Command(it)
                | Setting::Script { text: it, .. }
                | Setting::Rule(it) => *it = text(),
                Setting::Host(host) => {
                    host.name = text();
                    host.interface = text();
                }
                Setting::Sysctl { name, value, .. } => (*name, *value) = (text(), text()),
                Setting::Lesson { name, .. } => *name = lesson.into(),
                _ => {}
            }
            Fact::Setting { at, setting }
        }
        Fact::Call(mut call) => {
            call.label = text();
            call.args.iter_mut().for_each(arg);
            Fact::Call(call)
        }
        Fact::Returned(mut returned) => {
            if number.is_multiple_of(3) {
                returned.result = CallResult::Err(text());
            } else if let CallResult::Ok { out, .. } = &mut returned.result {
                out.push(Arg::Word(text()));
                out.push(Arg::Data {
                    len: EVIL.len() as u64 + 3,
                    head: [EVIL.as_bytes(), b"\xff\xc0\x9b"].concat(),
                });
            }
            Fact::Returned(returned)
        }
        Fact::Frame(mut frame) => {
            // The payload, as far as there is one: a checksum that is wrong then is told, and no harm.
            let len = frame.bytes.len();
            if len > 66 {
                let end = frame.bytes.to_mut();
                for (byte, evil) in end[66..].iter_mut().zip(b"\x1b]52;\x9b\xe2\x80\xae\xff") {
                    *byte = *evil;
                }
            }
            Fact::Frame(frame)
        }
        Fact::Outcome(mut outcome) => {
            outcome.troubles = vec![
                Trouble::Stuck {
                    host: HostId::SERVER,
                    line: text(),
                },
                Trouble::CallFailed {
                    host: HostId::CLIENT,
                    line: text(),
                    errno: text(),
                },
            ];
            Fact::Outcome(outcome)
        }
        other => other,
    }
}

#[test]
fn hand_ins() {
    let folder = support::folder();
    let in_folder = |name: &OsStr| folder.path().join(name);
    let name = OsString::from(format!("{EVIL}.json"));
    let mut not_utf8 = evil_bytes();
    not_utf8.push(".json");
    let told = |lesson, act| serde_json::to_string(&hand_in(lesson, act)).expect("JSON");
    let (known, other) = (told("handshake", ""), told("handshake", EVIL));
    let unknown = told(EVIL, "");
    recording(&in_folder(os(&format!("{EVIL}.pcapng"))), "handshake");
    // What a parser of JSON says of a mistake, it says with words of the text.
    let wrong = known.replace(
        "\"format_version\":1",
        &format!("\"format_version\":{unknown}"),
    );
    let strange = format!("{{\"{EVIL}\": {{}}");
    let all = [&known, &other, &unknown, &wrong, &strange];
    for (at, text) in all.into_iter().enumerate() {
        write(in_folder(&name), text);
        write(in_folder(&not_utf8), text);
        write(in_folder(os("plain.json")), text);
        let alone = in_folder(&name);
        let look = if at < 3 { named } else { whatever };
        each(
            &[os("lesson"), os("verify"), alone.as_os_str()],
            |_| {},
            look,
        );
        let plain = in_folder(os("plain.json"));
        each(
            &[os("lesson"), os("verify"), plain.as_os_str()],
            |_| {},
            look,
        );
        each(
            &[os("lesson"), os("verify"), folder.path().as_os_str()],
            |_| {},
            named,
        );
    }
    let missing = in_folder(os("none"));
    fs::create_dir(&missing).expect("made");
    let evil_folder = missing.join(EVIL);
    fs::create_dir(&evil_folder).expect("made");
    each(
        &[os("lesson"), os("verify"), evil_folder.as_os_str()],
        |_| {},
        named,
    );
}

/// A folder of lessons with one of this name, every text of which is evil, and that can be run.
pub fn lessons(to: &Path, name: &OsStr) -> PathBuf {
    let own = to.join(name);
    fs::create_dir_all(&own).expect("made");
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons/03-handshake");
    for file in ["lesson.toml", "en.md", "zh.md"] {
        let text = fs::read_to_string(built_in.join(file)).expect("there");
        let text: Vec<String> = text
            .lines()
            .map(|line| match line {
                _ if file == "lesson.toml" || line.is_empty() => line.to_owned(),
                _ if line.starts_with("## ") || line.starts_with("```") => line.to_owned(),
                _ => {
                    let (words, marks) = line.split_at(line.find(" {#").unwrap_or(line.len()));
                    format!("{words} {EVIL}\u{1b}[H `{EVIL}` **{EVIL}**{marks}")
                }
            })
            .collect();
        write(own.join(file), text.join("\n") + "\n");
    }
    own
}

#[test]
fn lessons_of_a_stranger() {
    let folder = support::folder();
    let name = format!("07-{EVIL}");
    let own = lessons(folder.path(), os(&name));
    let with = |command: &mut Command| {
        command.arg("--lessons").arg(folder.path());
    };
    each(&[os("lesson")], with, named);
    each(&[os("lesson"), os("check"), own.as_os_str()], |_| {}, named);
    each(&[os("lesson"), os(EVIL), os("--teacher")], with, named);
    let json = [os("lesson"), os(EVIL), os("--format"), os("json")];
    each(&json, with, |got, what| {
        named(got, what);
        support::objects(&support::text(&got.stdout));
    });
    let run = [os("lesson"), own.as_os_str(), os("--no-ask")];
    each(&run, |_| {}, named);
    // Mistakes, each with its place underlined.
    let toml = fs::read_to_string(own.join("lesson.toml")).expect("there");
    for wrong in [
        toml.replace("place = \"wire\"", &format!("place = \"{EVIL}\"")),
        toml.replace("place = \"wire\"", &format!("\"{EVIL}\" = 1")),
        toml.replace("quickack", &format!("quick {EVIL}")),
        toml.replace("client > server  SYN ", &format!("client > {EVIL}  SYN ")),
        format!("{toml}\n[{EVIL}"),
        toml.replace(
            "format_version = 1",
            &format!("format_version = 9 # {EVIL}"),
        ),
        toml.replace(
            "[client]",
            &format!("[client]\nsysctl.\"{}\" = \"x\"", EVIL.escape_unicode()),
        ),
    ] {
        assert_ne!(wrong, toml);
        write(own.join("lesson.toml"), wrong);
        each(&[os("lesson"), os("check"), own.as_os_str()], |_| {}, named);
        each(&[os("lesson"), own.as_os_str()], |_| {}, named);
        each(&[os("lesson")], with, whatever);
        each(&[os("lesson"), os("check"), os(EVIL)], with, named);
    }
    write(own.join("lesson.toml"), b"\xff\x1b]52;\x9b");
    each(&[os("lesson"), os("check"), own.as_os_str()], |_| {}, named);
    each(&[os("lesson")], with, named);
}

#[test]
fn recordings() {
    let folder = support::folder();
    let file = folder.path().join(format!("{EVIL}.pcapng"));
    recording(&file, EVIL);
    for view in ["ladder", "lines", "bytes", "json"] {
        let args = [os("explain"), file.as_os_str(), os("--format"), os(view)];
        let look = if view == "bytes" { whatever } else { named };
        each(&args, |_| {}, look);
        each(
            &args,
            |_| {},
            |got, _| {
                if view == "json" {
                    support::objects(&support::text(&got.stdout));
                }
            },
        );
    }
    let explain = [os("explain"), file.as_os_str()];
    let and = |more: &[&'static str]| {
        let more = more.iter().map(|word| os(word));
        explain.iter().copied().chain(more).collect::<Vec<_>>()
    };
    each(&and(&["--summary"]), |_| {}, named);
    each(&and(&["--frame", "4"]), |_| {}, whatever);
    each(&and(&["--filter", "tcp"]), |_| {}, whatever);
    each(
        &and(&["--filter", "tcp", "--format", "json"]),
        |_| {},
        whatever,
    );
    each(&and(&["--chart"]), |_| {}, named);
    let compare = [os("compare"), file.as_os_str(), file.as_os_str()];
    each(&compare, |_| {}, named);
    let json = [&compare[..], &[os("--format"), os("json")]].concat();
    each(
        &json,
        |_| {},
        |got, what| {
            named(got, what);
            support::objects(&support::text(&got.stdout));
        },
    );
    let ladders = [&compare[..], &[os("--ladders")]].concat();
    each(&ladders, |_| {}, whatever);
}

#[test]
fn pictures_and_comments() {
    let folder = support::folder();
    let file = folder.path().join(format!("{EVIL}.pcapng"));
    recording(&file, EVIL);
    let (picture, copy) = (
        folder.path().join("run.svg"),
        folder.path().join("told.pcapng"),
    );
    let args = [
        os("explain"),
        file.as_os_str(),
        os("--plot"),
        picture.as_os_str(),
        os("--save"),
        copy.as_os_str(),
    ];
    each(
        &args,
        |_| {},
        |_, what| {
            let svg = fs::read(&picture).expect("drawn");
            harmless(&svg, &format!("the picture of {what}"));
            assert!(svg.len() > 1000, "something is drawn");
            let mut commented = 0;
            for comment in comments(&fs::read(&copy).expect("saved")) {
                harmless(&comment, &format!("a comment of {what}"));
                commented += 1;
            }
            assert!(commented > 3, "{what}: {commented} comments");
        },
    );
}

/// The comments of the packets of a pcapng file (options of code 1 of enhanced packet blocks), found by hand.
fn comments(file: &[u8]) -> Vec<Vec<u8>> {
    let u32_at =
        |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four")) as usize;
    let u16_at = |at: usize| u16::from_le_bytes(file[at..at + 2].try_into().expect("two")) as usize;
    let mut found = Vec::new();
    let mut at = 0;
    while at < file.len() {
        let (kind, len) = (u32_at(at), u32_at(at + 4));
        if kind == 6 {
            let mut option = at + 28 + u32_at(at + 20).next_multiple_of(4);
            while option + 4 < at + len - 4 {
                let (code, len) = (u16_at(option), u16_at(option + 2));
                if code == 1 {
                    found.push(file[option + 4..option + 4 + len].to_vec());
                }
                option += 4 + len.next_multiple_of(4);
            }
        }
        at += len;
    }
    found
}

#[test]
fn what_is_kept_at_home() {
    let home = support::folder();
    for (file, text) in [
        ("config.toml", format!("{} = 1\n", EVIL.escape_debug())),
        (
            "config.toml",
            format!("lessons = \"/tmp/{}\"\n", toml_escaped()),
        ),
        ("config.toml", format!("lessons = {EVIL}\n")),
        ("config.toml", format!("\"{}\" = 1\n", toml_escaped())),
        ("progress.json", format!("{{\"{EVIL}\"")),
        (
            "progress.json",
            serde_json::json!({"format_version": 1, "lessons": {EVIL: {"right": 1, "of": 2}}})
                .to_string(),
        ),
    ] {
        let place = home.path().join("sockscope");
        let _ = fs::remove_dir_all(&place);
        fs::create_dir(&place).expect("made");
        write(place.join(file), text);
        each(
            &[os("lesson")],
            |command| {
                command
                    .env("XDG_CONFIG_HOME", home.path())
                    .env("XDG_DATA_HOME", home.path());
            },
            whatever,
        );
    }
    let nowhere = home.path().join(OsStr::from_bytes(EVIL.as_bytes()));
    fs::create_dir_all(nowhere.join("sockscope/config.toml")).expect("made");
    each(
        &[os("lesson")],
        |command| {
            command.env("XDG_CONFIG_HOME", &nowhere);
        },
        named,
    );
}

fn toml_escaped() -> String {
    EVIL.chars()
        .map(|c| format!("\\U{:08x}", u32::from(c)))
        .collect()
}

#[test]
fn a_report_with_such_a_name() {
    let folder = support::folder();
    let path = |end: &str| folder.path().join(format!("{EVIL}.{end}"));
    let (save, report) = (path("pcapng"), path("json"));
    let args = [
        os("lesson"),
        os("refused"),
        os("--save"),
        save.as_os_str(),
        os("--report"),
        report.as_os_str(),
    ];
    each(&args, |_| {}, named);
}

#[test]
fn runs() {
    let folder = support::folder();
    let message = format!("{EVIL}\u{85}");
    let file = folder.path().join("run.pcapng");
    let picture = folder.path().join("run.svg");
    for view in ["ladder", "lines", "bytes", "json"] {
        let args = [
            os("tcp"),
            os("--message"),
            os(&message),
            os("--format"),
            os(view),
            os("--save"),
            file.as_os_str(),
            os("--plot"),
            picture.as_os_str(),
        ];
        each(
            &args,
            |_| {},
            |_, what| {
                for comment in comments(&fs::read(&file).expect("saved")) {
                    harmless(&comment, what);
                }
                harmless(&fs::read(&picture).expect("drawn"), what);
            },
        );
    }
    // The recording has the command line, and all of it is told again.
    each(&[os("explain"), file.as_os_str()], |_| {}, whatever);
    let udp = [os("udp"), os("--message"), os(&message)];
    each(&udp, |_| {}, whatever);
    let compare = [
        os("compare"),
        os("--message"),
        os(&message),
        os("--ladders"),
    ];
    each(&compare, |_| {}, whatever);
    // A program that does not exist, one that fails, one that stands there until it is too late.
    let lab = [os("lab"), os("--client"), os(&message)];
    let as_nobody = |command: &mut Command| {
        if support::is_root() {
            command.env("SUDO_UID", NOBODY.to_string());
            command.env("SUDO_GID", NOBODY.to_string());
        }
    };
    // (What the shell says of it is a program's output, which goes down a pipe as it is.)
    let mut command = base();
    command.args(lab);
    as_nobody(&mut command);
    let got = command.output().expect("the binary runs");
    harmless(&got.stdout, "the story of a program that is not there");
}
