//! Runs as a kernel would make them, in the times of a 20 ms wire.

use sockscope::model::{Arg, CallName, CallResult, TcpState as T, Trigger};

use super::stage::{C, S, Stage, data, end, seg, word};

fn int(number: i64) -> Arg {
    Arg::Int(number)
}

fn addr(endpoint: sockscope::model::Endpoint) -> Arg {
    Arg::Endpoint(endpoint)
}

/// Listening and the handshake, up to accept: done at about 60.3 ms.
pub fn opened() -> Stage {
    let mut s = Stage::new(20_000);
    s.call(0, 5, S, 1, CallName::Listen, vec![int(5)], 0, vec![]);
    s.state(
        20,
        S,
        T::Listen,
        Trigger::Returned(sockscope::model::CallId(0)),
    );
    let accept = s.begin(60, S, 1, CallName::Accept, vec![]);
    let connect = s.begin(100, C, 1, CallName::Connect, vec![addr(end(S, 7070))]);
    s.tcp(
        120,
        C,
        &seg("S", 0, 0, b""),
        Some(T::SynSent),
        Some(T::SynReceived),
    );
    s.tcp(
        20_190,
        S,
        &seg("SA", 0, 1, b""),
        Some(T::SynReceived),
        Some(T::Established),
    );
    s.tcp(
        40_250,
        C,
        &seg("A", 1, 1, b""),
        Some(T::Established),
        Some(T::Established),
    );
    s.ret(
        40_270,
        connect,
        CallResult::Ok {
            value: 0,
            out: vec![],
        },
    );
    s.ret(
        60_330,
        accept,
        CallResult::Ok {
            value: 2,
            out: vec![addr(end(C, 40112))],
        },
    );
    s
}

/// Opened, one message there and one back.
pub fn talked() -> Stage {
    let mut s = opened();
    let message = "我是: 10.0.0.1".as_bytes();
    let n = message.len() as i64;
    let len = message.len() as u32;
    s.call(
        40_300,
        40_330,
        C,
        1,
        CallName::Send,
        vec![data(message), int(0)],
        n,
        vec![],
    );
    s.tcp(
        40_320,
        C,
        &seg("PA", 1, 1, message),
        Some(T::Established),
        Some(T::Established),
    );
    let recv = s.begin(40_350, C, 1, CallName::Recv, vec![int(1024), int(0)]);
    let other = s.begin(60_340, S, 2, CallName::Recv, vec![int(1024), int(0)]);
    s.tcp(
        60_380,
        S,
        &seg("A", 1, 1 + len, b""),
        Some(T::Established),
        Some(T::Established),
    );
    s.ret(
        60_400,
        other,
        CallResult::Ok {
            value: n,
            out: vec![data(message)],
        },
    );
    s.call(
        60_450,
        60_480,
        S,
        2,
        CallName::Send,
        vec![data(b"got it"), int(0)],
        6,
        vec![],
    );
    s.tcp(
        60_470,
        S,
        &seg("PA", 1, 1 + len, b"got it"),
        Some(T::Established),
        Some(T::Established),
    );
    s.tcp(
        80_530,
        C,
        &seg("A", 1 + len, 7, b""),
        Some(T::Established),
        Some(T::Established),
    );
    s.ret(
        80_550,
        recv,
        CallResult::Ok {
            value: 6,
            out: vec![data(b"got it")],
        },
    );
    s
}

/// A close in four segments, by TCP_QUICKACK.
pub fn four() -> Stage {
    let mut s = talked();
    let len = "我是: 10.0.0.1".len() as u32;
    let recv = s.begin(60_500, S, 2, CallName::Recv, vec![int(1024), int(0)]);
    s.call(
        80_600,
        80_640,
        C,
        1,
        CallName::Shutdown,
        vec![word("SHUT_WR")],
        0,
        vec![],
    );
    s.tcp(
        80_620,
        C,
        &seg("FA", 1 + len, 7, b""),
        Some(T::FinWait1),
        Some(T::CloseWait),
    );
    let eof = s.begin(80_660, C, 1, CallName::Recv, vec![int(1024), int(0)]);
    s.ret(
        100_700,
        recv,
        CallResult::Ok {
            value: 0,
            out: vec![],
        },
    );
    s.call(
        100_750,
        100_790,
        S,
        2,
        CallName::Setsockopt,
        vec![word("IPPROTO_TCP"), word("TCP_QUICKACK"), int(1)],
        0,
        vec![],
    );
    s.tcp(
        100_770,
        S,
        &seg("A", 7, 2 + len, b""),
        Some(T::CloseWait),
        Some(T::FinWait2),
    );
    s.call(100_820, 100_860, S, 2, CallName::Close, vec![], 0, vec![]);
    s.tcp(
        100_840,
        S,
        &seg("FA", 7, 2 + len, b""),
        Some(T::LastAck),
        Some(T::TimeWait),
    );
    s.ret(
        120_920,
        eof,
        CallResult::Ok {
            value: 0,
            out: vec![],
        },
    );
    s.tcp(
        120_900,
        C,
        &seg("A", 2 + len, 8, b""),
        Some(T::TimeWait),
        Some(T::Closed),
    );
    s.call(120_980, 121_000, C, 1, CallName::Close, vec![], 0, vec![]);
    s.outcome(141_200);
    s
}

/// A close in three: the server closes at once.
pub fn three() -> Stage {
    let mut s = talked();
    let len = "我是: 10.0.0.1".len() as u32;
    let recv = s.begin(60_500, S, 2, CallName::Recv, vec![int(1024), int(0)]);
    s.call(80_600, 80_640, C, 1, CallName::Close, vec![], 0, vec![]);
    s.tcp(
        80_620,
        C,
        &seg("FA", 1 + len, 7, b""),
        Some(T::FinWait1),
        Some(T::CloseWait),
    );
    s.ret(
        100_700,
        recv,
        CallResult::Ok {
            value: 0,
            out: vec![],
        },
    );
    s.call(100_820, 100_860, S, 2, CallName::Close, vec![], 0, vec![]);
    s.tcp(
        100_840,
        S,
        &seg("FA", 7, 2 + len, b""),
        Some(T::LastAck),
        Some(T::TimeWait),
    );
    s.tcp(
        120_900,
        C,
        &seg("A", 2 + len, 8, b""),
        Some(T::TimeWait),
        Some(T::Closed),
    );
    s.outcome(141_200);
    s
}
