//! Runs as a kernel would make them, in the times of a 20 ms wire.

use sockscope::model::{Arg, CallName, CallResult, TcpInfo, TcpState as T, Trigger};

use super::stage::{C, S, Stage, data, end, sack, seg, word};

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

/// The client shuts down, the server still sends, then closes.
pub fn half() -> Stage {
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
    let late = s.begin(80_660, C, 1, CallName::Recv, vec![int(1024), int(0)]);
    s.ret(
        100_700,
        recv,
        CallResult::Ok {
            value: 0,
            out: vec![],
        },
    );
    s.tcp(
        144_300,
        S,
        &seg("A", 7, 2 + len, b""),
        Some(T::CloseWait),
        Some(T::FinWait2),
    );
    s.call(
        170_000,
        170_030,
        S,
        2,
        CallName::Send,
        vec![data(b"late"), int(0)],
        4,
        vec![],
    );
    s.tcp(
        170_020,
        S,
        &seg("PA", 7, 2 + len, b"late"),
        Some(T::CloseWait),
        Some(T::FinWait2),
    );
    s.tcp(
        190_100,
        C,
        &seg("A", 2 + len, 11, b""),
        Some(T::FinWait2),
        Some(T::CloseWait),
    );
    s.ret(
        190_150,
        late,
        CallResult::Ok {
            value: 4,
            out: vec![data(b"late")],
        },
    );
    s.call(230_000, 230_040, S, 2, CallName::Close, vec![], 0, vec![]);
    s.tcp(
        230_020,
        S,
        &seg("FA", 11, 2 + len, b""),
        Some(T::LastAck),
        Some(T::TimeWait),
    );
    s.tcp(
        250_080,
        C,
        &seg("A", 2 + len, 12, b""),
        Some(T::TimeWait),
        Some(T::Closed),
    );
    s.outcome(271_000);
    s
}

/// close() with SO_LINGER on and 0 s.
pub fn reset() -> Stage {
    let mut s = opened();
    let recv = s.begin(60_340, S, 2, CallName::Recv, vec![int(1024), int(0)]);
    s.call(
        70_000,
        70_010,
        C,
        1,
        CallName::Setsockopt,
        vec![word("SOL_SOCKET"), word("SO_LINGER"), word("{1, 0}")],
        0,
        vec![],
    );
    s.call(70_100, 70_140, C, 1, CallName::Close, vec![], 0, vec![]);
    s.tcp(
        70_120,
        C,
        &seg("RA", 1, 1, b""),
        Some(T::Closed),
        Some(T::Closed),
    );
    s.ret(90_200, recv, CallResult::Err("ECONNRESET".into()));
    s.outcome(90_400);
    s
}

/// Nobody listens.
pub fn refused() -> Stage {
    let mut s = Stage::new(20_000);
    let connect = s.begin(100, C, 1, CallName::Connect, vec![addr(end(S, 7070))]);
    s.tcp(120, C, &seg("S", 0, 0, b""), Some(T::SynSent), None);
    let mut rst = seg("RA", 0, 1, b"");
    rst.seq = 0_u32.wrapping_sub(super::stage::Y);
    s.tcp(20_190, S, &rst, None, Some(T::Closed));
    s.ret(40_270, connect, CallResult::Err("ECONNREFUSED".into()));
    s.outcome(40_400);
    s
}

/// The first SYN is lost.
pub fn lost_syn() -> Stage {
    let mut s = Stage::new(20_000);
    s.call(0, 5, S, 1, CallName::Listen, vec![int(5)], 0, vec![]);
    let connect = s.begin(100, C, 1, CallName::Connect, vec![addr(end(S, 7070))]);
    s.lost(120, C, &seg("S", 0, 0, b""));
    s.tcp(
        1_010_120,
        C,
        &seg("S", 0, 0, b""),
        Some(T::SynSent),
        Some(T::SynReceived),
    );
    s.tcp(
        1_030_190,
        S,
        &seg("SA", 0, 1, b""),
        Some(T::SynReceived),
        Some(T::Established),
    );
    s.tcp(
        1_050_250,
        C,
        &seg("A", 1, 1, b""),
        Some(T::Established),
        Some(T::Established),
    );
    s.ret(
        1_050_270,
        connect,
        CallResult::Ok {
            value: 0,
            out: vec![],
        },
    );
    s.outcome(1_080_000);
    s
}

/// Both close at once: the FINs cross.
pub fn simultaneous() -> Stage {
    let mut s = opened();
    s.call(70_000, 70_040, C, 1, CallName::Close, vec![], 0, vec![]);
    s.tcp(
        70_020,
        C,
        &seg("FA", 1, 1, b""),
        Some(T::FinWait1),
        Some(T::Closing),
    );
    s.call(70_500, 70_540, S, 2, CallName::Close, vec![], 0, vec![]);
    s.tcp(
        70_520,
        S,
        &seg("FA", 1, 1, b""),
        Some(T::FinWait1),
        Some(T::Closing),
    );
    s.tcp(
        90_100,
        S,
        &seg("A", 2, 2, b""),
        Some(T::Closing),
        Some(T::TimeWait),
    );
    s.tcp(
        90_600,
        C,
        &seg("A", 2, 2, b""),
        Some(T::Closing),
        Some(T::TimeWait),
    );
    s.outcome(111_000);
    s
}

/// Datagrams there and one back.
pub fn datagrams() -> Stage {
    let mut s = Stage::new(20_000);
    let first = s.begin(10, S, 1, CallName::Recvfrom, vec![int(1024)]);
    let to = || addr(end(S, 7070));
    s.call(
        100,
        130,
        C,
        1,
        CallName::Sendto,
        vec![data(b"one"), to()],
        3,
        vec![],
    );
    s.udp(120, C, b"one");
    s.call(
        200,
        230,
        C,
        1,
        CallName::Sendto,
        vec![data("二\u{1b}[2J".as_bytes()), to()],
        7,
        vec![],
    );
    s.udp(220, C, "二\u{1b}[2J".as_bytes());
    s.ret(
        20_200,
        first,
        CallResult::Ok {
            value: 3,
            out: vec![data(b"one"), addr(end(C, 40112))],
        },
    );
    let second = s.begin(20_210, S, 1, CallName::Recvfrom, vec![int(1024)]);
    s.ret(
        20_290,
        second,
        CallResult::Ok {
            value: 7,
            out: vec![data("二\u{1b}[2J".as_bytes()), addr(end(C, 40112))],
        },
    );
    s.outcome(41_000);
    s
}

/// Five segments of 100 bytes; the second is lost, reported missing, sent again.
pub fn lost_data() -> Stage {
    let mut s = opened();
    let bytes = [b'x'; 100];
    let word = |cwnd, ssthresh, ca_state| TcpInfo {
        cwnd,
        ssthresh,
        ca_state,
        unacked: 5,
        ..TcpInfo::default()
    };
    for n in 0..5 {
        let at = 70_000 + i64::from(n) * 200;
        let part = seg("A", 1 + n * 100, 1, &bytes);
        if n == 1 {
            s.lost(at, C, &part);
            continue;
        }
        let no = s.tcp(at, C, &part, None, None);
        s.info(at + 60, C, Trigger::Held(no), word(10, u32::MAX, 0));
    }
    s.tcp(90_100, S, &seg("A", 1, 101, b""), None, None);
    for (n, to) in [301, 401, 501].into_iter().enumerate() {
        let at = 90_500 + n as i64 * 200;
        s.tcp(at, S, &sack(101, 201, to), None, None);
    }
    let no = s.tcp(111_000, C, &seg("A", 101, 1, &bytes), None, None);
    s.info(111_060, C, Trigger::Held(no), word(7, 5, 3));
    let no = s.tcp(131_100, S, &seg("A", 1, 501, b""), None, None);
    s.info(151_200, C, Trigger::Delivered(no), word(5, 5, 0));
    s.outcome(160_000);
    s
}

/// One segment of 100 bytes, which the timer brings again twice: probe first, then by the retransmission timer.
pub fn timers() -> Stage {
    use sockscope::model::Span;
    let mut s = opened();
    let bytes = [b'x'; 100];
    let part = seg("PA", 1, 1, &bytes);
    let word = |cwnd, ca_state, backoff, rto| TcpInfo {
        cwnd,
        ssthresh: 5,
        ca_state,
        backoff,
        unacked: 1,
        srtt: Span::from_ms(40),
        rto: Span::from_ms(rto),
        ..TcpInfo::default()
    };
    s.lost(70_000, C, &part);
    s.info(70_060, C, Trigger::Held(3), word(10, 0, 0, 240));
    s.lost(350_000, C, &part);
    s.info(350_060, C, Trigger::Held(4), word(10, 0, 0, 240));
    let no = s.tcp(600_000, C, &part, None, None);
    s.info(600_060, C, Trigger::Held(no), word(1, 4, 1, 480));
    s.tcp(620_200, S, &seg("A", 1, 101, b""), None, None);
    s.outcome(700_000);
    s
}
