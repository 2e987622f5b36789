//! The list of verbs: for the parser, for the lessons' reference and for `lesson new`.

/// One verb of the script language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerbHelp {
    /// The verb, as a script writes it.
    pub verb: &'static str,
    /// How its line is written: capitals stand for values, brackets for what may be left out.
    pub form: &'static str,
    /// An example, with `end` where the verb opens a block.
    pub example: &'static str,
    /// It acts on a socket, so that `NAME:` may stand before it.
    pub labelled: bool,
}

const fn on_socket(verb: &'static str, form: &'static str, example: &'static str) -> VerbHelp {
    VerbHelp {
        verb,
        form,
        example,
        labelled: true,
    }
}

const fn alone(verb: &'static str, form: &'static str, example: &'static str) -> VerbHelp {
    VerbHelp {
        verb,
        form,
        example,
        labelled: false,
    }
}

/// Every verb, in the order in which a newcomer meets them.
pub const VERBS: [VerbHelp; 33] = [
    on_socket("socket", "socket tcp|udp|icmp|raw-tcp|packet", "socket udp"),
    on_socket("bind", "bind [HOST|any]:PORT", "bind any:7070"),
    on_socket(
        "listen",
        "listen [PORT] [backlog N]",
        "listen 7070 backlog 5",
    ),
    on_socket("accept", "accept", "first: accept"),
    on_socket(
        "connect",
        "connect [[HOST]:PORT] [fails ERRNO]",
        "connect server:7070",
    ),
    on_socket(
        "send",
        "send DATA [oob|more|dontwait]",
        "send \"我是: {my.ip}\"",
    ),
    on_socket(
        "sendto",
        "sendto [HOST]:PORT DATA [dontwait]",
        "sendto server:7070 \"hello\"",
    ),
    on_socket("reply", "reply DATA", "reply \"hello, {peer.ip}\""),
    on_socket(
        "recv",
        "recv [N | exactly N|\"TEXT\" | until eof] [buffer N] [peek|oob|dontwait|trunc]",
        "recv exactly 3000 buffer 1024",
    ),
    on_socket(
        "recvfrom",
        "recvfrom [until quiet] [buffer N] [peek|trunc|dontwait]",
        "recvfrom until quiet buffer 1024",
    ),
    on_socket("recvmsg", "recvmsg [buffer N]", "recvmsg buffer 4"),
    on_socket(
        "echo",
        "echo until eof [buffer N]",
        "echo until eof buffer 1024",
    ),
    on_socket("shutdown", "shutdown write|read|both", "shutdown write"),
    on_socket("close", "close", "close"),
    on_socket("set", "set OPTION VALUE", "set TCP_NODELAY on"),
    on_socket("get", "get OPTION", "get TCP_MAXSEG"),
    on_socket("quickack", "quickack", "quickack"),
    on_socket("nonblocking", "nonblocking on|off", "nonblocking on"),
    on_socket("poll", "poll in|out [TIME]", "poll in 200ms"),
    on_socket("select", "select in|out [TIME]", "select in 200ms"),
    on_socket("epoll", "epoll in|out [TIME]", "epoll in 200ms"),
    on_socket("ping", "ping HOST [DATA]", "ping server \"by hand\""),
    on_socket(
        "syn",
        "syn [HOST]:PORT from PORT",
        "syn server:7070 from 40000",
    ),
    alone("wait", "wait TIME", "wait 100ms"),
    alone("signal", "signal NAME", "signal ready"),
    alone("await", "await NAME", "await ready"),
    alone("settle", "settle", "settle"),
    alone("repeat", "repeat N … end", "repeat 3\nsend \"again\"\nend"),
    alone("spawn", "spawn … end", "spawn\nrecv until eof\nend"),
    alone("join", "join", "join"),
    alone("exit", "exit", "exit"),
    alone("end", "end", "repeat 2\nwait 1ms\nend"),
    alone(
        "fails",
        "STEP fails ERRNO",
        "connect server:7071 fails ECONNREFUSED",
    ),
];
