//! A few small captures of our own, explained: the summary and the ladder as they stand on a terminal of 80 columns, in
//! both languages. They were made with `sockscope … --save` and `tcpdump -r … -w …`, so that nothing but packets is left.

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn explain(capture: &str, lang: &str, more: &[&str]) -> Output {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(["--lang", lang, "explain", capture])
        .args(more)
        .env_clear()
        .current_dir(captures)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

fn explained(capture: &str, lang: &str, more: &[&str]) -> String {
    let got = explain(capture, lang, more);
    assert!(got.status.success() && got.stderr.is_empty(), "{got:?}");
    String::from_utf8(got.stdout).expect("UTF-8")
}

#[test]
fn captures_of_our_own_are_explained() {
    for capture in ["four", "lost-data", "reset", "zero-window"] {
        for lang in ["en", "zh"] {
            let file = format!("{capture}.pcap");
            let summary = explained(&file, lang, &[]);
            let ladder = explained(&file, lang, &["--stream", "0"]);
            insta::assert_snapshot!(format!("{capture}_{lang}"), format!("{summary}\n{ladder}"));
        }
    }
}

#[test]
fn a_connection_that_is_not_there_is_an_error_in_every_format() {
    for format in ["ladder", "lines", "bytes", "json"] {
        let got = explain("four.pcap", "en", &["--stream", "7", "--format", format]);
        let said = String::from_utf8_lossy(&got.stderr);
        assert_eq!((got.status.code(), &*got.stdout), (Some(2), &b""[..]));
        assert!(said.contains("no TCP connection 7"), "{format}: {said}");
    }
}
