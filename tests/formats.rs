//! The sets of captures by others: every shape is read whole, and nothing in the bad ones stops or swells the reader.
//!
//! The sets are not part of the project. Where they are absent this says so, and fails where tests must be complete.

#![expect(
    clippy::print_stderr,
    reason = "a test says what it read and what it had to leave out"
)]

mod support;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sockscope::files::{ReadError, Reader, Warning};
use sockscope::model::Fact;
use sockscope::protocol::decode::{checksum, fields};
use support::{folder, foreign_captures};

/// What reading a file whole gave.
struct Read {
    frames: u64,
    customs: u64,
    warnings: Vec<Warning>,
    error: Option<ReadError>,
}

/// Reads a file, and takes every frame of it apart in every way.
fn read(path: &Path) -> Read {
    let mut reader = match Reader::new(File::open(path).expect("it is listed")) {
        Ok(reader) => reader,
        Err(error) => {
            return Read {
                frames: 0,
                customs: 0,
                warnings: Vec::new(),
                error: Some(error),
            };
        }
    };
    let mut error = None;
    loop {
        match reader.next() {
            Ok(Some(Fact::Frame(frame))) => {
                let packet = frame.packet();
                let _ = checksum(&packet);
                let list = fields::fields(frame.link, &frame.bytes, frame.orig_len);
                let bits: u32 = list.iter().map(|field| field.len).sum();
                assert_eq!(bits as usize, frame.bytes.len() * 8, "{}", path.display());
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(why) => {
                error = Some(why);
                break;
            }
        }
    }
    Read {
        frames: reader.packets(),
        customs: reader.custom_blocks(),
        warnings: reader.into_warnings(),
        error,
    }
}

#[test]
fn every_shape_is_read_with_as_many_frames_as_tshark_reads() {
    let Some(root) = foreign_captures("formats") else {
        return;
    };
    let table = fs::read_to_string(root.join("formats.outcome.tsv")).expect("the table is there");
    let mut wrong = Vec::new();
    let mut files = 0;
    for line in table.lines().skip(1) {
        let mut cells = line.split('\t');
        let name = cells.next().expect("a name");
        let frames: u64 = cells.next().and_then(|n| n.parse().ok()).expect("a count");
        let says = cells.nth(2).unwrap_or_default();
        files += 1;
        let ours = read(&root.join("formats").join(name));
        // A link type that tshark refuses is listed and counted here; custom blocks are no packets here.
        let refused = says.contains("network type");
        if ours.frames + ours.customs != frames && !refused {
            wrong.push(format!("{name}: {} frames, tshark {frames}", ours.frames));
        }
        let cut = says.contains("cut short");
        if cut && ours.warnings.len() != 1 && ours.error.is_none() {
            wrong.push(format!("{name}: cut, but warnings are {:?}", ours.warnings));
        }
        if says == "rc=0" && !ours.warnings.is_empty() && !name.contains("trunc-final-hdr0") {
            wrong.push(format!(
                "{name}: whole, but warnings are {:?}",
                ours.warnings
            ));
        }
    }
    eprintln!("{files} files of every shape");
    assert!(files > 0 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_bad_file_ends_soon_with_a_warning_or_an_error() {
    let Some(root) = foreign_captures("bad") else {
        return;
    };
    let mut names: Vec<PathBuf> = fs::read_dir(root.join("bad"))
        .expect("the set is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    names.sort();
    let (mut frames, mut stopped, mut refused) = (0, 0, 0);
    for path in &names {
        let begun = Instant::now();
        let ours = read(path);
        let took = begun.elapsed();
        assert!(
            took < Duration::from_secs(10),
            "{} took {took:?}",
            path.display()
        );
        assert!(
            ours.warnings.len() <= 2,
            "{}: {:?}",
            path.display(),
            ours.warnings
        );
        frames += ours.frames;
        stopped += u32::from(!ours.warnings.is_empty());
        refused += u32::from(ours.error.is_some());
    }
    eprintln!(
        "{} bad files: {frames} frames, {stopped} with a warning, {refused} refused",
        names.len()
    );
    assert!(!names.is_empty());
}

/// What a learner can ask of a file.
const WAYS: [&[&str]; 8] = [
    &["--summary", "--all", "--lang", "zh"],
    &["--stream", "0", "--lang", "en"],
    &["--stream", "0", "--format", "bytes", "--lang", "zh"],
    &["--filter", "tcp or udp", "--format", "lines"],
    &["--format", "json"],
    &["--frame", "1", "--lang", "zh"],
    &["--save", "COPY"],
    &["--plot", "PLOT"],
];

#[test]
fn every_bad_file_is_explained_in_every_way() {
    let Some(root) = foreign_captures("bad") else {
        return;
    };
    let names: Vec<PathBuf> = fs::read_dir(root.join("bad"))
        .expect("the set is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let place = folder();
                while let Some(path) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for way in WAYS {
                        if let Some(why) = not_explained(path, way, place.path()) {
                            let why = format!("{} {way:?}: {why}", path.display());
                            wrong.lock().expect("no panic holds it").push(why);
                        }
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic held it");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with how a file is explained: it is to end within seconds with 0, or with 2 and one error; never is a byte
/// of the file to reach the terminal that could steer it.
fn not_explained(path: &Path, way: &[&str], place: &Path) -> Option<String> {
    let outputs = [place.join("copy.pcapng"), place.join("plot.svg")];
    let way = way.iter().map(|word| match *word {
        "COPY" => outputs[0].as_os_str(),
        "PLOT" => outputs[1].as_os_str(),
        word => word.as_ref(),
    });
    let begun = Instant::now();
    let got = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .arg("explain")
        .arg(path)
        .args(way)
        .output()
        .expect("it starts");
    let took = begun.elapsed();
    outputs.iter().for_each(|path| drop(fs::remove_file(path)));
    let err = String::from_utf8_lossy(&got.stderr);
    if took > Duration::from_secs(20) {
        return Some(format!("took {took:?}"));
    }
    if !matches!(got.status.code(), Some(0 | 2)) {
        return Some(format!("{}: {err}", got.status));
    }
    if got.status.code() == Some(2) && err.is_empty() {
        return Some("2 without a word".to_owned());
    }
    let steers = |c: char| c.is_control() && c != '\n';
    let Ok(out) = String::from_utf8(got.stdout) else {
        return Some("not UTF-8".to_owned());
    };
    [out.as_str(), &err]
        .iter()
        .find(|text| text.contains(steers))
        .map(|text| format!("a control character in\n{text}"))
}

/// Peak memory of this process stays that of the buffers, whatever lengths the bad files claim.
#[test]
fn bad_files_take_no_memory() {
    let Some(root) = foreign_captures("bad") else {
        return;
    };
    let mut names: Vec<PathBuf> = fs::read_dir(root.join("bad"))
        .expect("the set is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    names.sort();
    for path in &names {
        let size = fs::metadata(path).expect("it is there").len();
        let before = resident_peak();
        let _ = read(path);
        let grown = resident_peak().saturating_sub(before);
        // One other test runs beside this one; 64 MiB is the whole program's goal.
        assert!(
            grown < (64 << 20) + 4 * size,
            "{} took {grown} bytes",
            path.display()
        );
    }
}

/// Largest resident size so far, in bytes (`man 5 proc_pid_status`).
fn resident_peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .expect("Linux has it");
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<u64>().ok())
        .expect("a number")
        << 10
}
