use super::*;

const HOSTS: [&str; 2] = ["client", "server"];

fn good(text: &str) -> Rule {
    let rule = Rule::parse(text, &HOSTS).unwrap_or_else(|m| panic!("{text}: {m:?}"));
    assert_eq!(rule.text, text, "a rule keeps its text");
    rule
}

/// A rule without its text and its receiver.
fn meaning(text: &str) -> (Option<String>, Effect) {
    let rule = good(text);
    (rule.from, rule.what)
}

fn chosen(
    action: Action,
    kind: UnitKind,
    first: u32,
    from: Option<&str>,
) -> (Option<String>, Effect) {
    let which = Selector {
        kind,
        first,
        last: first,
        every: false,
        times: 1,
    };
    (from.map(str::to_owned), Effect::Chosen { action, which })
}

#[test]
fn every_rule_of_the_documentation_is_read() {
    assert_eq!(
        meaning("lose data 3 from client"),
        chosen(Action::Lose, UnitKind::Data, 3, Some("client"))
    );
    assert_eq!(
        meaning("lose syn 1"),
        chosen(Action::Lose, UnitKind::Syn, 1, None)
    );
    assert_eq!(
        meaning("lose synack"),
        chosen(Action::Lose, UnitKind::SynAck, 1, None)
    );
    assert_eq!(
        meaning("lose ack 2 from server"),
        chosen(Action::Lose, UnitKind::Ack, 2, Some("server"))
    );
    assert_eq!(
        meaning("lose fin"),
        chosen(Action::Lose, UnitKind::Fin, 1, None)
    );
    assert_eq!(
        meaning("duplicate datagram 2"),
        chosen(Action::Duplicate(Span::ZERO), UnitKind::Datagram, 2, None)
    );
    assert_eq!(
        meaning("duplicate data 2 after 300ms"),
        chosen(
            Action::Duplicate(Span::from_ms(300)),
            UnitKind::Data,
            2,
            None
        )
    );
    assert_eq!(
        meaning("lose resend 1 from client"),
        chosen(Action::Lose, UnitKind::Resend, 1, Some("client"))
    );
    assert!(Rule::parse("lose resend 1 always", &["client"]).is_err());
    assert!(Rule::parse("lose data 1 after 300ms", &["client"]).is_err());
    assert_eq!(
        meaning("corrupt data 1"),
        chosen(Action::Corrupt, UnitKind::Data, 1, None)
    );
    assert_eq!(
        meaning("delay ack 2 by 300ms"),
        chosen(Action::Delay(Span::from_ms(300)), UnitKind::Ack, 2, None)
    );
    assert_eq!(
        good("delay ack 2 from server by 1.5s").from.as_deref(),
        Some("server")
    );
    assert_eq!(
        good("swap data 4 5").what,
        Effect::Swap {
            kind: UnitKind::Data,
            first: 4,
            second: 5
        }
    );
    assert_eq!(
        good("lose 10% seed 7").what,
        Effect::Random {
            action: Action::Lose,
            per_million: 100_000,
            seed: Some(7)
        }
    );
    assert_eq!(
        good("duplicate 1%").what,
        Effect::Random {
            action: Action::Duplicate(Span::ZERO),
            per_million: 10_000,
            seed: None
        }
    );
    assert_eq!(
        good("reorder 5% from client").from.as_deref(),
        Some("client")
    );
    assert_eq!(
        good("jitter 10ms").what,
        Effect::Jitter {
            most: Span::from_ms(10),
            seed: None
        }
    );
    assert_eq!(
        good("cut from 1s to 4s").what,
        Effect::Cut {
            from: Span::from_ms(1000),
            to: Span::from_ms(4000)
        }
    );
}

#[test]
fn a_receiver_may_be_named_where_its_copy_alone_can_be_met() {
    for (text, from, to) in [
        ("lose datagram 2 to server", None, "server"),
        (
            "lose data 2 from client to server always",
            Some("client"),
            "server",
        ),
        ("delay datagram 1 to server by 5ms", None, "server"),
        ("lose 10% seed 3 to server", None, "server"),
        (
            "delay 5% by 3ms from client to server",
            Some("client"),
            "server",
        ),
    ] {
        let rule = good(text);
        let ends = (rule.from.as_deref(), rule.to.as_deref());
        assert_eq!(ends, (from, Some(to)), "{text}");
    }
}

#[test]
fn every_and_times_and_ranges() {
    let which = |text| match good(text).what {
        Effect::Chosen { which, .. } => which,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(
        (
            which("lose every data").first,
            which("lose every data").last
        ),
        (1, u32::MAX)
    );
    assert!(which("lose every data 3").every);
    assert_eq!(which("lose data 3 2 times").times, 2);
    assert_eq!(which("lose data 2 times").times, 2);
    assert_eq!(which("lose data 2 times").first, 1);
    assert_eq!(which("lose data 3 always").times, u32::MAX);
    assert_eq!(
        (which("lose data 3-5").first, which("lose data 3-5").last),
        (3, 5)
    );
}

#[test]
fn a_mistake_has_its_place_and_what_could_stand_there() {
    let wrong = |text: &str| {
        let mistakes = Rule::parse(text, &HOSTS).expect_err(text);
        let first = mistakes[0].clone();
        (
            text[first.span.clone()].to_owned(),
            first.key,
            first.nearest,
        )
    };
    assert_eq!(
        wrong("loose data 3"),
        ("loose".into(), "rule-mistake-act", Some("lose".into()))
    );
    assert_eq!(
        wrong("lose dta 3"),
        ("dta".into(), "rule-mistake-kind", Some("data".into()))
    );
    assert_eq!(wrong("lose").1, "rule-mistake-no-kind");
    assert_eq!(
        wrong("lose data 0"),
        ("0".into(), "rule-mistake-ordinal", None)
    );
    assert_eq!(
        wrong("lose data 3 from clinet"),
        ("clinet".into(), "rule-mistake-host", Some("client".into()))
    );
    assert_eq!(
        wrong("lose data 3 to sever"),
        ("sever".into(), "rule-mistake-host", Some("server".into()))
    );
    assert_eq!(
        wrong("duplicate data 3 to server"),
        ("to".into(), "rule-mistake-to", None)
    );
    assert_eq!(
        wrong("corrupt 3% to server"),
        ("to".into(), "rule-mistake-to", None)
    );
    assert_eq!(
        wrong("lose data 3 to"),
        ("o".into(), "rule-mistake-host", None)
    );
    assert_eq!(wrong("delay ack 2"), ("2".into(), "rule-mistake-by", None));
    assert_eq!(
        wrong("delay ack 2 by 300"),
        ("300".into(), "rule-mistake-time", None)
    );
    assert_eq!(
        wrong("lose 101%"),
        ("101%".into(), "rule-mistake-percent", None)
    );
    assert_eq!(
        wrong("lose 10% seed x"),
        ("x".into(), "rule-mistake-seed", None)
    );
    assert_eq!(
        wrong("swap data 5 4"),
        ("4".into(), "rule-mistake-swap", None)
    );
    assert_eq!(
        wrong("cut from 4s to 1s"),
        ("1s".into(), "rule-mistake-cut-order", None)
    );
    assert_eq!(
        wrong("jitter 10ms please"),
        ("please".into(), "rule-mistake-left-over", None)
    );
    assert_eq!(
        wrong("lose data 3 now"),
        ("now".into(), "rule-mistake-after-kind", None)
    );
    assert_eq!(wrong("").1, "rule-mistake-empty");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]
    #[test]
    fn any_text_is_a_rule_or_a_mistake_inside_it(text in "\\PC{0,40}") {
        if let Err(mistakes) = Rule::parse(&text, &HOSTS) {
            for mistake in mistakes {
                assert!(text.get(mistake.span.clone()).is_some(), "{text:?} {:?}", mistake.span);
            }
        }
    }
}
