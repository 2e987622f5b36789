use super::*;
use crate::model::Span;
use crate::script::SendData;
use crate::script::step::{Readiness, RecvMode, Target};

fn steps(text: &str) -> Vec<Step> {
    parse_steps(text).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"))
}

fn verb(text: &str) -> Verb {
    steps(text).remove(0).verb
}

/// The mistakes as (what they underline, key).
fn wrong(text: &str) -> Vec<(&str, &'static str)> {
    parse_steps(text)
        .expect_err(text)
        .into_iter()
        .map(|mistake| (&text[mistake.span], mistake.key))
        .collect()
}

#[test]
fn every_listed_example_parses_and_uses_its_verb() {
    for help in VERBS {
        let steps = steps(help.example);
        assert!(help.example.contains(help.verb), "{help:?}");
        assert_eq!(steps.len(), 1, "{help:?}");
        assert_eq!(steps[0].line, 1);
    }
}

#[test]
fn a_step_keeps_its_line_text_label_and_expected_failure() {
    let all = steps(
        "# a server\nlisten 7070 backlog 5\n\n  first: accept # one\nfirst: recv fails ECONNRESET\n",
    );
    assert_eq!(all.len(), 3);
    assert_eq!(
        (all[1].line, all[1].label.as_str(), all[1].text.as_str()),
        (4, "first", "first: accept")
    );
    assert_eq!(all[2].fails.as_deref(), Some("ECONNRESET"));
}

#[test]
fn arguments_are_read() {
    assert_eq!(
        verb("listen 80"),
        Verb::Listen {
            port: Some(80),
            backlog: 5
        }
    );
    assert_eq!(
        verb("listen backlog 0"),
        Verb::Listen {
            port: None,
            backlog: 0
        }
    );
    assert_eq!(verb("connect"), Verb::Connect(None));
    assert_eq!(
        verb("connect :81"),
        Verb::Connect(Some(Target {
            host: None,
            port: 81
        }))
    );
    assert_eq!(
        verb("send 5_000 bytes chunk 100 more"),
        Verb::Send {
            data: SendData::Chunked {
                total: 5_000,
                chunk: 100
            },
            flags: vec!["more".to_owned()],
        }
    );
    assert_eq!(
        verb("send hex 00ff 7f oob"),
        Verb::Send {
            data: SendData::Hex(vec![0, 255, 127]),
            flags: vec!["oob".to_owned()],
        }
    );
    assert_eq!(
        verb("recv exactly \"{peer.ip}\" buffer 9"),
        Verb::Recv {
            mode: RecvMode::Like("{peer.ip}".to_owned()),
            buffer: 9,
            flags: Vec::new(),
        }
    );
    assert_eq!(
        verb("recv 4 peek trunc"),
        Verb::Recv {
            mode: RecvMode::Once,
            buffer: 4,
            flags: vec!["peek".to_owned(), "trunc".to_owned()],
        }
    );
    assert_eq!(
        verb("set SO_LINGER on 0"),
        Verb::Set {
            option: "SO_LINGER".to_owned(),
            values: vec!["on".to_owned(), "0".to_owned()],
        }
    );
    assert_eq!(
        verb("poll out 1.5s"),
        Verb::Poll {
            by: Readiness::Poll,
            out: true,
            timeout: Some(Span::from_ms(1_500))
        }
    );
}

#[test]
fn blocks_nest() {
    let all = steps("repeat 2\n  spawn\n    recv until eof\n  end\n  send \"x\"\nend\nclose");
    let Verb::Repeat { times: 2, steps } = &all[0].verb else {
        panic!("{all:?}")
    };
    assert!(matches!(&steps[0].verb, Verb::Spawn(inner) if inner.len() == 1));
    assert_eq!((all.len(), steps.len(), steps[0].line), (2, 2, 2));
}

#[test]
fn all_mistakes_are_told_together_each_at_its_place() {
    let text = "lisen 7070\nlisten 70700\nsend\nclose now\nset TCP_NODLEAY on\nwait 3\n7up: close\n\"send\"";
    assert_eq!(
        wrong(text),
        [
            ("lisen", "lesson-script-unknown-verb"),
            ("70700", "lesson-script-want-number"),
            ("", "lesson-script-want-data"),
            ("now", "lesson-script-want-end"),
            ("TCP_NODLEAY", "lesson-script-want-word"),
            ("3", "lesson-script-want-time"),
            ("7up:", "lesson-script-want-name"),
            ("\"send\"", "lesson-script-want-verb"),
        ]
    );
    let mistakes = parse_steps(text).expect_err(text);
    assert_eq!(mistakes[0].nearest.as_deref(), Some("listen"));
    assert_eq!(mistakes[4].nearest.as_deref(), Some("TCP_NODELAY"));
    assert_eq!(
        mistakes[2].span,
        28..28,
        "what is missing is missing at the end of its line"
    );
}

#[test]
fn blocks_and_labels_and_fields_can_be_wrong_too() {
    assert_eq!(wrong("end"), [("end", "lesson-script-stray-end")]);
    assert_eq!(
        wrong("fails EPIPE"),
        [("fails", "lesson-script-unknown-verb")]
    );
    assert_eq!(
        wrong("repeat 2\nclose"),
        [("repeat 2", "lesson-script-open-block")]
    );
    assert_eq!(wrong("a: wait 1s"), [("a:", "lesson-script-label")]);
    assert_eq!(
        wrong("send \"{my.pi}\""),
        [("\"{my.pi}\"", "lesson-script-field")]
    );
    assert_eq!(
        wrong("connect fails ENOSUCH"),
        [("ENOSUCH", "lesson-script-want-word")]
    );
    assert_eq!(wrong("send hex 0g"), [("0g", "lesson-script-want-hex")]);
    assert_eq!(
        wrong(&"repeat 2\n".repeat(9))[8].1,
        "lesson-script-too-deep"
    );
    assert!(parse_steps("send \"{{my.pi} {x} {a b.c}\"").is_ok());
}

#[test]
fn a_script_of_any_length_is_bounded() {
    let long = "close\n".repeat(20_000);
    assert_eq!(
        wrong(&long).last().map(|last| last.1),
        Some("lesson-script-too-long")
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_text_makes_it_panic_and_every_place_lies_within(text in "([a-z]{1,6}|[ \"\\\\#:\\n{}0-9]|\\PC){0,60}") {
        if let Err(mistakes) = parse_steps(&text) {
            for mistake in mistakes {
                proptest::prop_assert!(text.get(mistake.span.clone()).is_some(), "{mistake:?}");
            }
        }
    }
}
