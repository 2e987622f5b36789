use super::*;

fn ns(ns: i64) -> Time {
    Time::from_ns(ns)
}

fn call(
    transfer: &mut Transfer,
    id: u32,
    host: HostId,
    name: CallName,
    at: i64,
    value: i64,
    data: &[u8],
) {
    let data = Arg::Data {
        len: data.len() as u64,
        head: data.to_vec(),
    };
    let sends = matches!(name, CallName::Send | CallName::Sendto);
    let (args, out) = if sends {
        (vec![data], Vec::new())
    } else {
        (Vec::new(), vec![data])
    };
    let id = CallId(id);
    transfer.fact(&Fact::Call(Call {
        at: ns(at),
        id,
        host,
        socket: 1,
        label: "".into(),
        name,
        args,
        kept_waiting: None,
        site: None,
    }));
    transfer.fact(&Fact::Returned(Returned {
        at: ns(at + 1),
        id,
        result: CallResult::Ok { value, out },
        kept_waiting: None,
        seen: None,
    }));
}

#[test]
fn three_sends_and_one_recv_are_other_pieces() {
    let mut transfer = Transfer::new();
    transfer.fact(&Fact::Setting {
        at: ns(0),
        setting: Setting::Delay(Span::from_ms(20)),
    });
    for (id, text) in [(1, b"AAA"), (2, b"BBB")] {
        call(
            &mut transfer,
            id,
            HostId::CLIENT,
            CallName::Send,
            1_000,
            3,
            text,
        );
    }
    call(
        &mut transfer,
        3,
        HostId::SERVER,
        CallName::Recv,
        60_000_000,
        6,
        b"AAABBB",
    );
    call(
        &mut transfer,
        4,
        HostId::SERVER,
        CallName::Recv,
        70_000_000,
        0,
        b"",
    );
    assert_eq!(
        transfer.boundaries(HostId::CLIENT, HostId::SERVER),
        Boundaries::Different
    );
    assert_eq!(transfer.received.len(), 1, "an end of file is no piece");
    assert_eq!(transfer.first_byte(), Some(Span::from_ns(59_999_001)));
    assert_eq!(transfer.round_trips(Span::from_ms(60)), Some(15));
}

#[test]
fn datagrams_come_out_as_they_went_in_and_an_empty_one_counts() {
    let mut transfer = Transfer::new();
    for (id, text) in [(1, &b"ab"[..]), (2, b"")] {
        call(
            &mut transfer,
            id,
            HostId::CLIENT,
            CallName::Sendto,
            0,
            text.len() as i64,
            text,
        );
        call(
            &mut transfer,
            id + 10,
            HostId::SERVER,
            CallName::Recvfrom,
            5,
            text.len() as i64,
            text,
        );
    }
    assert_eq!(
        transfer.boundaries(HostId::CLIENT, HostId::SERVER),
        Boundaries::Same
    );
    assert_eq!(transfer.received.len(), 2);
}

#[test]
fn a_lost_datagram_leaves_the_rest_incomplete() {
    let mut transfer = Transfer::new();
    call(
        &mut transfer,
        1,
        HostId::CLIENT,
        CallName::Sendto,
        0,
        2,
        b"ab",
    );
    call(
        &mut transfer,
        2,
        HostId::CLIENT,
        CallName::Sendto,
        0,
        2,
        b"cd",
    );
    call(
        &mut transfer,
        3,
        HostId::SERVER,
        CallName::Recvfrom,
        9,
        2,
        b"cd",
    );
    assert_eq!(
        transfer.boundaries(HostId::CLIENT, HostId::SERVER),
        Boundaries::Incomplete
    );
    assert_eq!(
        transfer.boundaries(HostId::SERVER, HostId::CLIENT),
        Boundaries::Nothing
    );
}
