use crate::model::{CallId, Endpoint, HostId, Time};

use super::*;

const HOSTS: [&str; 2] = ["client", "server"];

fn hosts() -> Vec<Host> {
    vec![Host {
        id: HostId::CLIENT,
        name: "client".into(),
        interface: "eth0".into(),
        mac: None,
        ipv4: Some([10, 0, 0, 1].into()),
        ipv6: None,
    }]
}

fn call(name: CallName, args: Vec<Arg>) -> Call {
    Call {
        at: Time::from_ns(1_000_000),
        id: CallId(1),
        host: HostId::SERVER,
        socket: 1,
        label: "listener".into(),
        name,
        args,
        kept_waiting: None,
        site: None,
    }
}

fn ok(value: i64, out: Vec<Arg>) -> Returned {
    Returned {
        at: Time::from_ns(41_000_000),
        id: CallId(1),
        result: CallResult::Ok { value, out },
        kept_waiting: None,
        seen: None,
    }
}

fn data(text: &str) -> Arg {
    Arg::Data {
        len: text.len() as u64,
        head: text.as_bytes().to_vec(),
    }
}

fn matches(text: &str, call: &Call, returned: &Returned) -> bool {
    CallPattern::parse(text, &HOSTS)
        .unwrap_or_else(|all| panic!("{text}: {all:?}"))
        .matches(call, returned, &hosts(), &|_| Some(40_000_000))
}

#[test]
fn results_are_numbers_texts_flags_and_errnos() {
    let recv = call(CallName::Recv, vec![Arg::Int(1024), Arg::Int(0)]);
    let hello = ok(
        5,
        vec![data("hello"), Arg::Word("MSG_TRUNC|MSG_OOB".into())],
    );
    for text in [
        "recv = 5",
        "recv = \"hello\"",
        "recv = 5 \"hello\" MSG_TRUNC",
        "recv = >=5",
        "recv = 4..6",
        "recv = ok",
        "recv(1024) = 5",
        "listener: recv = 5",
        "recv = 5 took >= rtt",
        "recv took rtt",
        "any = 5",
        "recv",
    ] {
        assert!(matches(text, &recv, &hello), "{text}");
    }
    for text in [
        "recv = 4",
        "recv = \"hell\"",
        "recv = ECONNRESET",
        "recv(512) = 5",
        "other: recv = 5",
        "recv took < rtt",
        "send = 5",
    ] {
        assert!(!matches(text, &recv, &hello), "{text}");
    }
    let refused = Returned {
        result: CallResult::Err("ECONNREFUSED".into()),
        ..ok(0, Vec::new())
    };
    let connect = call(CallName::Connect, Vec::new());
    assert!(matches("connect = ECONNREFUSED", &connect, &refused));
    assert!(!matches("connect = ok", &connect, &refused));
}

#[test]
fn arguments_must_be_among_the_calls_in_order() {
    let endpoint = Arg::Endpoint(Endpoint::new([10, 0, 0, 1].into(), 7070));
    let bind = call(CallName::Bind, vec![endpoint.clone()]);
    assert!(matches("bind(:7070) = 0", &bind, &ok(0, Vec::new())));
    assert!(matches("bind(client) = 0", &bind, &ok(0, Vec::new())));
    assert!(!matches("bind(:80) = 0", &bind, &ok(0, Vec::new())));
    let accept = call(CallName::Accept, Vec::new());
    assert!(matches("accept = client", &accept, &ok(2, vec![endpoint])));
    let set = call(
        CallName::Setsockopt,
        vec![
            Arg::Word("IPPROTO_TCP".into()),
            Arg::Word("TCP_NODELAY".into()),
            Arg::Int(1),
        ],
    );
    assert!(matches(
        "setsockopt(TCP_NODELAY, 1)",
        &set,
        &ok(0, Vec::new())
    ));
    assert!(!matches(
        "setsockopt(1, TCP_NODELAY)",
        &set,
        &ok(0, Vec::new())
    ));
}

#[test]
fn what_is_written_of_a_call_is_a_pattern_that_matches_it() {
    let recv = call(CallName::Recv, vec![Arg::Int(1024), Arg::Int(0)]);
    let hello = ok(5, vec![data("hello")]);
    let written = line(&recv, Some(&hello), &hosts());
    assert_eq!(written, "listener: recv(1024, 0) = 5 \"hello\"");
    assert!(matches(&written, &recv, &hello));
    let lines = "a\tb: \"c\\\"\r\n\0";
    let length = i64::try_from(lines.len()).expect("short");
    let escaped = ok(length, vec![data(lines)]);
    let written = line(&recv, Some(&escaped), &hosts());
    assert!(written.ends_with(r#" "a\tb: \"c\\\"\r\n\0""#), "{written}");
    assert!(matches(&written, &recv, &escaped));
    let other = ok(length, vec![data(&lines.replace('a', "b"))]);
    assert!(!matches(&written, &recv, &other));
}

#[test]
fn mistakes_have_their_places() {
    let seen = |text: &str| -> Vec<(String, Option<String>)> {
        CallPattern::parse(text, &HOSTS)
            .expect_err("mistakes")
            .into_iter()
            .map(|m| (text[m.span].to_owned(), m.nearest))
            .collect()
    };
    assert_eq!(seen("recieve = 5"), [("recieve".to_owned(), None)]);
    assert_eq!(
        seen("acept = cliend"),
        [
            ("acept".to_owned(), Some("accept".to_owned())),
            ("cliend".to_owned(), Some("client".to_owned())),
        ]
    );
    assert_eq!(seen("listen(5 = 0").len(), 1);
    assert_eq!(seen("recv 5").len(), 1);
    assert_eq!(seen("recv took 5").len(), 1);
}
