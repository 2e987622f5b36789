use super::*;

fn tcp(change: impl FnOnce(&mut TcpRunFlags)) -> Scripts {
    let mut flags = TcpRunFlags {
        messages: vec!["我是: {my.ip}".to_owned()],
        ..TcpRunFlags::default()
    };
    change(&mut flags);
    let scripts = flags.scripts().expect("scripts");
    for script in &scripts {
        parse_steps(script).expect(script);
    }
    scripts
}

#[test]
fn the_four_closes_differ_where_they_should() {
    assert_eq!(
        tcp(|_| ()),
        [
            "connect :7070\nsend \"我是: {my.ip}\"\nshutdown write\nrecv until eof buffer 1024\nclose\n",
            "listen 7070 backlog 5\naccept\nrecv until eof buffer 1024\nquickack\nclose\n"
        ]
    );
    let three = tcp(|flags| flags.close = CloseStyle::Three);
    assert!(three[0].contains("await read\nshutdown write"));
    assert!(three[1].ends_with(
        "recv exactly \"我是: {peer.ip}\" buffer 1024\nquickack\nsignal read\nrecv until eof buffer 1024\nclose\n"
    ));
    let half = tcp(|flags| flags.close = CloseStyle::Half);
    assert!(half[1].ends_with("quickack\nsend \"{my.ip}: after your FIN\"\nclose\n"));
    let reset = tcp(|flags| flags.close = CloseStyle::Reset);
    assert!(reset[0].ends_with("set SO_LINGER on 0\nclose\n"));
    assert!(reset[1].ends_with("recv until eof buffer 1024 fails ECONNRESET\nclose\n"));
}

#[test]
fn a_reply_follows_each_message_and_both_sides_know_its_size() {
    let scripts = tcp(|flags| {
        flags.reply = Some("{my.port}".to_owned());
        flags.bytes = 3_000;
    });
    assert!(scripts[0].contains(
        "send \"我是: {my.ip}\"\nrecv exactly \"{peer.port}\" buffer 1024\nsend 3000 bytes\nrecv exactly"
    ));
    assert!(scripts[1].contains(
        "recv exactly \"我是: {peer.ip}\" buffer 1024\nsend \"{my.port}\"\nrecv exactly 3000 buffer 1024"
    ));
}

#[test]
fn an_answer_comes_when_everything_was_read_and_the_client_waits_for_it() {
    let scripts = tcp(|flags| {
        flags.messages = vec!["a".to_owned(), "{my.ip}".to_owned()];
        flags.answer = Some("ok".to_owned());
    });
    assert!(
        scripts[0].contains(
            "send \"a\"\nsend \"{my.ip}\"\nrecv exactly \"ok\" buffer 1024\nshutdown write"
        )
    );
    assert!(
        scripts[1].contains("recv exactly \"a{peer.ip}\" buffer 1024\nsend \"ok\"\nrecv until eof")
    );
}

#[test]
fn every_combination_parses() {
    for close in [
        CloseStyle::Four,
        CloseStyle::Three,
        CloseStyle::Half,
        CloseStyle::Reset,
    ] {
        for (reply, echo, duplex) in [
            (None, false, false),
            (Some("\"{{\\".to_owned()), false, false),
            (None, true, false),
            (None, false, true),
        ] {
            tcp(|flags| {
                flags.close = close;
                flags.bytes = 100_000;
                flags.chunk = Some(1_000);
                flags.nodelay = true;
                flags.mss = Some(500);
                flags.rcvbuf = Some(4096);
                (flags.reply, flags.echo, flags.duplex) = (reply.clone(), echo, duplex);
            });
        }
    }
}

#[test]
fn what_cannot_be_kept_is_refused_with_its_reason() {
    let refused = |change: fn(&mut TcpRunFlags)| {
        let mut flags = TcpRunFlags::default();
        change(&mut flags);
        flags.scripts().expect_err("refused")
    };
    assert_eq!(
        refused(|flags| flags.close = CloseStyle::Three),
        FlagsError::ThreeNeedsData
    );
    assert_eq!(
        refused(|flags| flags.chunk = Some(1)),
        FlagsError::Needs("--chunk", "--bytes")
    );
    let udp = UdpRunFlags {
        messages: vec!["x".repeat(65_508)],
        ..UdpRunFlags::default()
    };
    assert_eq!(
        udp.scripts(false),
        Err(FlagsError::DatagramTooLarge {
            len: 65_508,
            most: 65_507
        })
    );
    assert!(udp.scripts(true).is_ok());
}

#[test]
fn udp_sends_the_messages_and_nothing_else() {
    let udp = UdpRunFlags {
        messages: vec!["a".to_owned(), String::new()],
        bytes: 10,
        chunk: Some(4),
        ..UdpRunFlags::default()
    };
    assert_eq!(
        udp.scripts(false).expect("scripts"),
        [
            "socket udp\nsendto :7070 \"a\"\nsendto :7070 \"\"\nsendto :7070 10 bytes chunk 4\nclose\n",
            "socket udp\nbind :7070\nrecvfrom until quiet buffer 1024\nclose\n"
        ]
    );
}
