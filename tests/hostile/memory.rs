//! Hand-ins and captures that eat memory: small files that unpack to a lot, and facts of which much is kept.
//!
//! `lesson verify` and `compare` of files take at most 128 MiB, whatever they are given.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sockscope::files::pcapng::Recorder;
use sockscope::model::{
    Arg, Call, CallId, CallName, CallResult, Direction, Fact, Frame, HostId, LinkType, Returned,
    Setting, Span, Time, Vantage,
};

use crate::support::{User, binary, folder, have, is_root, run_by, text};

/// What neither command may exceed.
const MOST: u64 = 128 << 20;

/// A recording under `name`, packed; `made` puts its facts into it.
type Packed = Recorder<zstd::Encoder<'static, File>>;

fn packed(folder: &Path, name: &str, made: impl FnOnce(&mut Packed)) -> PathBuf {
    let path = folder.join(name);
    let file = zstd::Encoder::new(File::create(&path).unwrap(), 1).unwrap();
    let saved = Vantage::Host(HostId::CLIENT);
    let mut recorder = Recorder::new(file, saved, "eth0", LinkType::ETHERNET).unwrap();
    made(&mut recorder);
    recorder.finish().unwrap().finish().unwrap();
    path
}

fn put(recorder: &mut Packed, fact: &Fact<'_>) {
    recorder.write(fact).unwrap();
}

fn at(n: u32) -> Time {
    Time::from_ns(1_000_000_000 + i64::from(n) * 1_000)
}

fn frame(n: u32, bytes: &[u8]) -> Fact<'_> {
    Fact::Frame(Frame {
        at: at(n),
        vantage: Vantage::Host(HostId::CLIENT),
        direction: Direction::Sent,
        link: LinkType::ETHERNET,
        orig_len: bytes.len() as u32,
        checksum_offloaded: false,
        bytes: bytes.into(),
    })
}

/// A TCP segment over Ethernet: flags, ports, sequence number, so many bytes of payload.
fn segment(flags: u8, ports: [u16; 2], seq: u32, len: usize) -> Vec<u8> {
    let mut bytes = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
    let total = (40 + len) as u16;
    bytes.extend([0x45, 0]);
    bytes.extend(total.to_be_bytes());
    bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    for port in ports {
        bytes.extend(port.to_be_bytes());
    }
    bytes.extend(seq.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 0x50, flags, 16, 0, 0, 0, 0, 0]);
    bytes.resize(bytes.len() + len, b'x');
    bytes
}

fn call(n: u32, args: Vec<Arg>) -> Fact<'static> {
    Fact::Call(Call {
        at: at(n),
        id: CallId(n),
        host: HostId::CLIENT,
        socket: 1,
        label: String::new().into(),
        name: CallName::Send,
        args,
        kept_waiting: None,
        site: None,
    })
}

fn returned(n: u32, value: i64) -> Fact<'static> {
    Fact::Returned(Returned {
        at: at(n),
        id: CallId(n),
        result: CallResult::Ok {
            value,
            out: Vec::new(),
        },
        kept_waiting: None,
        seen: None,
    })
}

/// Lone SYNs, each a connection of its own.
fn lone_syns(recorder: &mut Packed, count: u32) {
    for n in 0..count {
        let ports = [(n % 60_000) as u16 + 1, (n / 60_000) as u16 + 1];
        put(recorder, &frame(n, &segment(2, ports, 1, 0)));
    }
}

/// What was made to eat memory, each in another way.
fn bombs(folder: &Path) -> Vec<PathBuf> {
    let made = |name: &str, made: &dyn Fn(&mut Packed)| packed(folder, name, made);
    vec![
        made("connections.zst", &|to| lone_syns(to, 60_000)),
        // What is computed in the end comes on top of what is nearly too much.
        made("fewer-connections.zst", &|to| lone_syns(to, 14_000)),
        made("packets.zst", &|to| {
            for n in 0..50_000 {
                put(to, &frame(n, &segment(16, [1, 2], n * 1400, 1400)));
            }
        }),
        made("far-apart.zst", &|to| {
            for n in 0..2_000 {
                put(to, &frame(n, &segment(16, [1, 2], n << 20, 1)));
            }
        }),
        made("huge-packets.zst", &|to| {
            let huge = vec![0; (16 << 20) - 4096];
            for n in 0..20 {
                let Fact::Frame(frame) = frame(n, &huge) else {
                    unreachable!()
                };
                // USBPcap, whose packets are whole transfers.
                let link = LinkType(249);
                put(to, &Fact::Frame(Frame { link, ..frame }));
            }
        }),
        made("calls.zst", &|to| {
            (0..200_000).for_each(|n| put(to, &call(n, Vec::new())));
        }),
        made("pieces.zst", &|to| {
            for n in 0..100_000 {
                let head = vec![b'x'; 64];
                put(to, &call(n, vec![Arg::Data { len: 64, head }]));
                put(to, &returned(n, 64));
            }
        }),
        made("long-strings.zst", &|to| {
            for n in 0..400 {
                put(to, &call(n, vec![Arg::Word("x".repeat(200_000).into())]));
                put(to, &returned(n, 1));
            }
        }),
        made("arguments.zst", &|to| {
            for n in 0..300 {
                put(to, &call(n, vec![Arg::Int(0); 20_000]));
                put(to, &returned(n, 1));
            }
        }),
        made("settings.zst", &|to| {
            let delay = Setting::Delay(Span::from_ms(1));
            for n in 0..400_000 {
                let (at, setting) = (at(n), delay.clone());
                put(to, &Fact::Setting { at, setting });
            }
        }),
        made("one-long-setting.zst", &|to| {
            let (at, setting) = (at(0), Setting::Command("x".repeat(60 << 20).into()));
            put(to, &Fact::Setting { at, setting });
        }),
        zeros(folder),
    ]
}

/// A recording, and a gigabyte of zeros in blocks that are skipped.
fn zeros(folder: &Path) -> PathBuf {
    let path = packed(folder, "skipped.zst", |to| lone_syns(to, 1));
    let mut block = vec![0; 1 << 20];
    let length = (1_u32 << 20).to_le_bytes();
    block[..4].copy_from_slice(&0x7777_u32.to_le_bytes());
    block[4..8].copy_from_slice(&length);
    let end = block.len() - 4;
    block[end..].copy_from_slice(&length);
    let file = File::options().append(true).open(&path).unwrap();
    let mut file = zstd::Encoder::new(file, 1).unwrap();
    (0..1024).for_each(|_| file.write_all(&block).unwrap());
    file.finish().unwrap();
    path
}

/// Runs the binary, and tells how much memory it took at most, in bytes.
fn measured(user: User, folder: &Path, args: &[&str]) -> (Output, u64) {
    let figure = folder.join("peak");
    let _ = fs::remove_file(&figure);
    let mut command = run_by(user, "time");
    command.args(["-q", "-f", "%M", "-o"]).arg(&figure);
    command.arg(binary()).args(args);
    let got = ended(&mut command);
    let kib: u64 = fs::read_to_string(&figure).unwrap().trim().parse().unwrap();
    (got, kib << 10)
}

/// Under sudo where this is root.
fn ended(command: &mut Command) -> Output {
    command.output().expect("it runs")
}

/// A hand-in of the handshake lesson with one run for each of these recordings.
fn hand_in(folder: &Path, recordings: &[&Path]) -> PathBuf {
    let runs: Vec<Value> = recordings
        .iter()
        .map(|recording| {
            let hash = Sha256::digest(fs::read(recording).unwrap_or_default());
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({
                "act": "",
                "recording": recording.file_name().unwrap().to_str(),
                "sha256": hash,
                "answers": [{ "ask": "proof", "answer": "1", "at": 1, "right": true }],
            })
        })
        .collect();
    let hand_in = json!({
        "format_version": 1, "program": "sockscope 0.1.0", "lesson": "handshake",
        "lesson_hash": "0", "seed": null, "began": 0, "ended": 4_000_000_000_000_000_000_i64,
        "runs": runs,
    });
    let path = folder.join("hand-in.json");
    fs::write(&path, hand_in.to_string()).unwrap();
    path
}

fn verified(user: User, folder: &Path, path: &Path) -> (String, u64) {
    let args = ["lesson", "verify", path.to_str().unwrap(), "--lang", "en"];
    let (got, peak) = measured(user, folder, &args);
    let said = text(&got.stdout) + &text(&got.stderr);
    assert_eq!(got.status.code(), Some(1), "{said}");
    (said, peak)
}

#[test]
fn no_hand_in_takes_more_memory_than_it_may() {
    if !have("time") {
        return;
    }
    let folder = folder();
    for bomb in bombs(folder.path()) {
        let path = hand_in(folder.path(), &[&bomb]);
        let (said, peak) = verified(User::Ordinary, folder.path(), &path);
        assert!(peak < MOST, "{}: {} MiB", bomb.display(), peak >> 20);
        // Refused with the reason; or marked, and then all of it was hashed.
        let name = bomb.file_name().unwrap().to_str().unwrap();
        let refused = said.contains("it is larger than 64 MiB when unpacked")
            || said.contains("it holds more than can be marked");
        assert!(
            refused || !said.contains("its hash differs"),
            "{name}: {said}"
        );
        let large = [
            "connections.zst",
            "huge-packets.zst",
            "packets.zst",
            "skipped.zst",
        ];
        assert!(refused || !large.contains(&name), "{name}: {said}");
    }
}

#[test]
fn no_two_files_that_are_compared_take_more_memory_than_they_may() {
    if !have("time") {
        return;
    }
    let folder = folder();
    let ordinary = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/run.pcapng");
    let beside = folder.path().join("run.pcapng");
    fs::copy(ordinary, &beside).unwrap();
    let mut all = bombs(folder.path());
    // Anybody's captures, with many connections.
    all.push(foreign(folder.path(), 60_000));
    let pieces = folder.path().join("pieces.zst");
    for (bomb, other, format) in all
        .iter()
        .map(|bomb| (bomb, &beside, "ladder"))
        .chain([(&beside, &pieces, "json"), (&pieces, &all[1], "ladder")])
    {
        let files = [bomb.to_str().unwrap(), other.to_str().unwrap()];
        let args = [
            "compare", files[0], files[1], "--lang", "en", "--format", format,
        ];
        let (got, peak) = measured(User::Ordinary, folder.path(), &args);
        let said = text(&got.stderr);
        assert!(peak < MOST, "{}: {} MiB", bomb.display(), peak >> 20);
        let told = got.status.code() == Some(0) || said.contains("is too large to be compared");
        assert!(told, "{}: {}\n{said}", bomb.display(), got.status);
    }
}

/// A capture of lone SYNs.
fn foreign(folder: &Path, count: u32) -> PathBuf {
    let path = folder.join("foreign.pcap.zst");
    let mut file = zstd::Encoder::new(File::create(&path).unwrap(), 1).unwrap();
    let head = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1];
    head.iter()
        .for_each(|word| file.write_all(&word.to_le_bytes()).unwrap());
    for n in 0..count {
        let ports = [(n % 60_000) as u16 + 1, (n / 60_000) as u16 + 1];
        let bytes = segment(2, ports, 1, 0);
        let len = bytes.len() as u32;
        for word in [1, n, len, len] {
            file.write_all(&word.to_le_bytes()).unwrap();
        }
        file.write_all(&bytes).unwrap();
    }
    file.finish().unwrap();
    path
}

#[test]
fn under_sudo_it_is_the_same() {
    if !have("time") || !is_root() {
        return;
    }
    let folder = folder();
    let bomb = packed(folder.path(), "connections.zst", |to| lone_syns(to, 60_000));
    let path = hand_in(folder.path(), &[&bomb]);
    let figure = folder.path().join("peak");
    let mut command = run_by(User::Root, "time");
    command.env("SUDO_UID", "65534").env("SUDO_GID", "65534");
    command
        .args(["-q", "-f", "%M", "-o"])
        .arg(&figure)
        .arg(binary());
    command
        .args(["lesson", "verify", "--lang", "zh"])
        .arg(&path);
    let got = ended(&mut command);
    assert!(
        text(&got.stdout).contains("内容多得无法批改"),
        "{}",
        text(&got.stdout)
    );
    let kib: u64 = fs::read_to_string(&figure).unwrap().trim().parse().unwrap();
    assert!(kib << 10 < MOST, "{kib} KiB");
}

#[test]
fn a_hand_in_with_more_runs_than_its_lesson_is_refused_before_any_is_read() {
    let folder = folder();
    // If it were opened, that would be told.
    let absent = folder.path().join("absent.pcapng");
    let path = hand_in(folder.path(), &[&absent, &absent]);
    let (said, _) = verified(User::Ordinary, folder.path(), &path);
    assert!(
        said.contains("it has more runs than the lesson, which has 1"),
        "{said}"
    );
    assert!(!said.contains("absent.pcapng"), "{said}");
}

#[test]
fn a_recording_is_read_once() {
    let folder = folder();
    let recording = packed(folder.path(), "one.zst", |to| lone_syns(to, 1));
    let path = hand_in(folder.path(), &[&recording, &recording]);
    // A lesson of two acts.
    let said = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        said.replace("\"handshake\"", "\"stream-or-datagram\""),
    )
    .unwrap();
    let (said, _) = verified(User::Ordinary, folder.path(), &path);
    assert!(
        said.contains("one.zst is the recording of two runs"),
        "{said}"
    );
}

#[test]
fn what_is_too_long_or_too_deep_is_no_hand_in() {
    let folder = folder();
    let recording = packed(folder.path(), "one.zst", |to| lone_syns(to, 1));
    let path = hand_in(folder.path(), &[&recording]);
    let good = fs::read_to_string(&path).unwrap();
    let long = good.replace("handshake", &"x".repeat(300));
    let large = good.replace("\"1\"", &format!("\"{}\"", "x".repeat(2 << 20)));
    let deep = format!("{{\"x\":{}", "[".repeat(100_000));
    for (bad, why) in [
        (long, "A name in it is longer than any lesson's"),
        (large, "it is larger than allowed here"),
        (deep, "is not a hand-in"),
    ] {
        fs::write(&path, bad).unwrap();
        let args = ["lesson", "verify", path.to_str().unwrap(), "--lang", "en"];
        let (got, peak) = measured(User::Ordinary, folder.path(), &args);
        let said = text(&got.stderr);
        assert_eq!(got.status.code(), Some(2), "{said}");
        assert!(said.contains(why), "{said}");
        assert!(peak < 64 << 20);
    }
}

#[test]
fn a_window_that_takes_much_memory_is_refused_where_little_was_promised() {
    let folder = folder();
    let path = folder.path().join("window.pcapng.zst");
    let ordinary = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/run.pcapng");
    let beside = folder.path().join("run.pcapng");
    fs::copy(&ordinary, &beside).unwrap();
    let mut file = zstd::Encoder::new(File::create(&path).unwrap(), 1).unwrap();
    file.window_log(27).unwrap();
    file.write_all(&fs::read(ordinary).unwrap()).unwrap();
    file.finish().unwrap();
    let [path, beside] = [&path, &beside].map(|path| path.to_str().unwrap());
    let (got, _) = measured(
        User::Ordinary,
        folder.path(),
        &["compare", path, beside, "--lang", "en"],
    );
    assert_eq!(got.status.code(), Some(2));
    assert!(
        text(&got.stderr).contains("too much memory"),
        "{}",
        text(&got.stderr)
    );
    // Whoever has such an archive can look into it as before.
    let (got, _) = measured(User::Ordinary, folder.path(), &["explain", path]);
    assert_eq!(got.status.code(), Some(0), "{}", text(&got.stderr));
}
