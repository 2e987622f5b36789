//! What programs do wrong: each wrong program shows its finding, its mended twin none; none of grade *mistake* where nothing
//! is wrong.

use serde_json::Value;

use super::{compiled, lab, python};
use crate::support::{User, folder, have, objects, sockscope, text, users};

/// A client and a server, wrong and mended.
struct Case {
    finding: &'static str,
    grade: &'static str,
    host: &'static str,
    /// Beginnings of what it rests on.
    evidence: &'static [&'static str],
    wrong: [&'static str; 2],
    mended: [&'static str; 2],
    args: &'static [&'static str],
}

/// A client that says one thing and waits for the answer.
const ASKS: &str = "
import socket
s = socket.create_connection(('server', 7070))
s.sendall(b'hello')
s.shutdown(socket.SHUT_WR)
while s.recv(100): pass
s.close()
";
/// A client that says one thing, and closes after the server.
const SAYS: &str = "
import socket
s = socket.create_connection(('server', 7070))
s.sendall(b'hello')
while s.recv(100): pass
s.close()
";
/// A server that answers it.
const ANSWERS: &str = "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
while c.recv(100): pass
c.sendall(b'bye')
c.close()
s.close()
";

const CASES: &[Case] = &[
    Case {
        finding: "never-closed",
        grade: "mistake",
        host: "server",
        evidence: &["client > server  FIN", "CLOSE-WAIT", "server  accept"],
        wrong: [
            "
import socket
s = socket.create_connection(('server', 7070))
s.sendall(b'hello')
s.close()
",
            "
import socket
s = socket.create_server(('', 7070))
kept = []
while True:
    c, _ = s.accept()
    kept.append(c)
    c.recv(100)
",
        ],
        mended: [
            ASKS,
            "
import socket
s = socket.create_server(('', 7070))
while True:
    c, _ = s.accept()
    while c.recv(100): pass
    c.sendall(b'bye')
    c.close()
",
        ],
        args: &[],
    },
    Case {
        finding: "closed-unread",
        grade: "mistake",
        host: "server",
        evidence: &["server  close", "server > client  RST"],
        wrong: [
            "
import socket
s = socket.create_connection(('server', 7070))
s.sendall(b'hello world')
try:
    s.recv(100)
except ConnectionResetError:
    pass
s.close()
",
            "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
c.recv(5)
c.close()
s.close()
",
        ],
        mended: [ASKS, ANSWERS],
        args: &[],
    },
    Case {
        finding: "sent-into-closed",
        grade: "mistake",
        host: "client",
        evidence: &[
            "server > client  FIN",
            "server > client  RST",
            "client  send",
        ],
        wrong: [
            "
import signal, socket, time
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
s = socket.create_connection(('server', 7070))
s.recv(100)
s.sendall(b'one')
time.sleep(0.1)
s.sendall(b'two')
",
            "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
c.sendall(b'bye')
c.close()
s.close()
",
        ],
        mended: [ASKS, ANSWERS],
        args: &["--wait", "both"],
    },
    Case {
        finding: "short-write",
        grade: "mistake",
        host: "client",
        evidence: &["client  send", "client  close"],
        wrong: [
            "
import socket
s = socket.create_connection(('server', 7070))
s.setblocking(False)
s.send(b'x' * 8_000_000)
s.close()
",
            ANSWERS,
        ],
        mended: [
            "
import socket
s = socket.create_connection(('server', 7070))
s.sendall(b'x' * 300_000)
s.shutdown(socket.SHUT_WR)
while s.recv(100): pass
s.close()
",
            ANSWERS,
        ],
        args: &[],
    },
    Case {
        finding: "no-reuseaddr",
        grade: "mistake",
        host: "server",
        evidence: &["TIME-WAIT", "server  bind"],
        wrong: [
            SAYS,
            "
import socket
s = socket.socket()
s.bind(('', 7070))
s.listen()
c, _ = s.accept()
c.recv(100)
c.sendall(b'bye')
c.close()
s.close()
import time
time.sleep(0.1)
s = socket.socket()
try:
    s.bind(('', 7070))
except OSError:
    pass
",
        ],
        mended: [
            SAYS,
            "
import socket, time
for n in range(2):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('', 7070))
    s.listen()
    if n == 0:
        c, _ = s.accept()
        c.recv(100)
        c.sendall(b'bye')
        c.close()
    s.close()
    time.sleep(0.1)
",
        ],
        args: &["--wait", "both"],
    },
    Case {
        finding: "bound-to-loopback",
        grade: "mistake",
        host: "server",
        evidence: &[
            "server  bind",
            "server  listen",
            "client > server  SYN",
            "server > client  RST",
        ],
        wrong: [
            TRIES,
            "
import socket
s = socket.socket()
s.bind(('127.0.0.1', 7070))
s.listen()
s.accept()
",
        ],
        mended: [ASKS, ANSWERS],
        args: &[],
    },
    Case {
        finding: "swapped-port",
        grade: "mistake",
        host: "server",
        evidence: &[
            "server  bind",
            "server  listen",
            "client > server  SYN",
            "server > client  RST",
        ],
        wrong: [
            TRIES,
            "
import socket
s = socket.socket()
s.bind(('', 40475))
s.listen()
s.accept()
",
        ],
        mended: [ASKS, ANSWERS],
        args: &[],
    },
    Case {
        finding: "listen-missing",
        grade: "mistake",
        host: "server",
        evidence: &[
            "server  bind",
            "client > server  SYN",
            "server > client  RST",
        ],
        wrong: [
            TRIES,
            "
import socket, time
s = socket.socket()
s.bind(('', 7070))
time.sleep(60)
",
        ],
        mended: [ASKS, ANSWERS],
        args: &[],
    },
    Case {
        finding: "nobody-listens",
        grade: "mistake",
        host: "server",
        evidence: &["client > server  SYN", "server > client  RST"],
        wrong: [
            TRIES,
            "
import socket
s = socket.create_server(('', 8080))
s.accept()
",
        ],
        mended: [ASKS, ANSWERS],
        args: &[],
    },
    Case {
        finding: "spins",
        grade: "waste",
        host: "client",
        evidence: &["client  recv", "client  recv"],
        wrong: [
            "
import socket
s = socket.create_connection(('server', 7070))
s.sendall(b'hello')
s.shutdown(socket.SHUT_WR)
s.setblocking(False)
while True:
    try:
        if not s.recv(100): break
    except BlockingIOError:
        pass
s.close()
",
            "
import socket, time
s = socket.create_server(('', 7070))
c, _ = s.accept()
while c.recv(100): pass
time.sleep(0.5)
c.sendall(b'bye')
c.close()
s.close()
",
        ],
        mended: [
            "
import select, socket
s = socket.create_connection(('server', 7070))
s.sendall(b'hello')
s.shutdown(socket.SHUT_WR)
s.setblocking(False)
while True:
    select.select([s], [], [])
    if not s.recv(100): break
s.close()
",
            ANSWERS,
        ],
        args: &[],
    },
    Case {
        finding: "ignores-end",
        grade: "waste",
        host: "server",
        evidence: &["server  recv", "server  recv"],
        wrong: [
            ASKS,
            "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
for n in range(50): c.recv(100)
c.sendall(b'bye')
c.close()
s.close()
",
        ],
        mended: [ASKS, ANSWERS],
        args: &[],
    },
    Case {
        finding: "both-wait",
        grade: "mistake",
        host: "client",
        evidence: &["client  recv", "server  recv"],
        wrong: [
            "
import socket
s = socket.create_connection(('server', 7070))
s.recv(100)
",
            "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
c.recv(100)
",
        ],
        mended: [ASKS, ANSWERS],
        args: &["--within", "4s"],
    },
    Case {
        finding: "datagram-cut",
        grade: "mistake",
        host: "server",
        evidence: &["client > server", "server  recvfrom"],
        wrong: [
            "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'0123456789abcdef', ('server', 7070))
s.recv(100)
",
            "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 7070))
_, to = s.recvfrom(10)
s.sendto(b'bye', to)
",
        ],
        mended: [
            "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'0123456789abcdef', ('server', 7070))
s.recv(100)
",
            "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 7070))
_, to = s.recvfrom(100)
s.sendto(b'bye', to)
",
        ],
        args: &["-4"],
    },
    Case {
        finding: "part-taken",
        grade: "hint",
        host: "server",
        evidence: &["client  send", "server  recv", "server  send"],
        wrong: [
            "
import socket
s = socket.create_connection(('server', 7070))
s.sendall(b'x' * 100_000)
s.shutdown(socket.SHUT_WR)
while s.recv(100): pass
s.close()
",
            "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
c.recv(1000)
c.sendall(b'thanks')
while c.recv(100_000): pass
c.close()
s.close()
",
        ],
        mended: [
            "
import socket
s = socket.create_connection(('server', 7070))
s.sendall(b'x' * 100_000)
s.shutdown(socket.SHUT_WR)
while s.recv(100): pass
s.close()
",
            ANSWERS,
        ],
        args: &[],
    },
    Case {
        finding: "two-messages",
        grade: "mistake",
        host: "server",
        evidence: &[
            "client  send",
            "client  send",
            "server  recv",
            "client  recv",
        ],
        wrong: [
            TWO_LINES,
            "
import socket, time
s = socket.create_server(('', 7070))
c, _ = s.accept()
time.sleep(0.5)
while True:
    line = c.recv(100)
    if not line: break
    c.sendall(b'got it\\n')
c.close()
",
        ],
        mended: [
            TWO_LINES,
            "
import socket, time
s = socket.create_server(('', 7070))
c, _ = s.accept()
time.sleep(0.5)
for line in c.makefile('rb'):
    c.sendall(b'got it\\n')
c.close()
",
        ],
        args: &["--within", "5s"],
    },
    Case {
        finding: "half-close-unanswered",
        grade: "hint",
        host: "server",
        evidence: &[
            "client  shutdown",
            "server  recv",
            "client  recv",
            "server  close",
        ],
        wrong: [
            ASKS,
            "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
while c.recv(100): pass
c.close()
s.close()
",
        ],
        mended: [ASKS, ANSWERS],
        args: &[],
    },
    Case {
        finding: "waits-for-ever",
        grade: "hint",
        host: "client",
        evidence: &["client  recv"],
        wrong: [
            SAYS,
            "
import socket, time
s = socket.create_server(('', 7070))
c, _ = s.accept()
c.recv(100)
time.sleep(60)
",
        ],
        mended: [
            "
import socket
s = socket.create_connection(('server', 7070))
s.settimeout(0.5)
s.sendall(b'hello')
try:
    while s.recv(100): pass
except TimeoutError:
    pass
s.close()
",
            "
import socket, time
s = socket.create_server(('', 7070))
c, _ = s.accept()
c.recv(100)
time.sleep(1)
c.close()
",
        ],
        args: &["--within", "4s"],
    },
    Case {
        finding: "unbound-receive",
        grade: "mistake",
        host: "server",
        evidence: &["server  recvfrom"],
        wrong: [
            "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'hello', ('server', 7070))
try:
    s.recv(100)
except OSError:
    pass
",
            "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.recvfrom(100)
",
        ],
        mended: [
            "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'hello', ('server', 7070))
s.recv(100)
",
            "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 7070))
_, to = s.recvfrom(100)
s.sendto(b'bye', to)
",
        ],
        args: &["-4", "--within", "3s"],
    },
    Case {
        finding: "backlog-full",
        grade: "waste",
        host: "server",
        // The overflow is met by a SYN, or by the last ACK of a handshake.
        evidence: &["server  listen", "client > server  "],
        wrong: [
            MANY_AT_ONCE,
            "
import socket, time
s = socket.socket()
s.bind(('', 7070))
s.listen(1)
time.sleep(2)
s.settimeout(2)
try:
    while True:
        c, _ = s.accept()
        c.close()
except TimeoutError:
    pass
",
        ],
        mended: [
            MANY_AT_ONCE,
            "
import socket
s = socket.socket()
s.bind(('', 7070))
s.listen(64)
s.settimeout(1)
try:
    while True:
        c, _ = s.accept()
        c.close()
except TimeoutError:
    pass
",
        ],
        args: &["--wait", "both"],
    },
    Case {
        finding: "nagle-delay",
        grade: "waste",
        host: "client",
        evidence: &["client  send", "server > client  ACK"],
        wrong: [
            "
import socket
s = socket.create_connection(('server', 7070))
for n in range(30):
    s.sendall(b'head')
    s.sendall(b'body')
    s.recv(1)
s.close()
",
            ANSWERS_EIGHT,
        ],
        mended: [
            "
import socket
s = socket.create_connection(('server', 7070))
for n in range(30):
    s.sendall(b'headbody')
    s.recv(1)
s.close()
",
            ANSWERS_EIGHT,
        ],
        args: &["--wait", "both"],
    },
    Case {
        finding: "connection-per-message",
        grade: "hint",
        host: "client",
        evidence: &["client  connect", "client  connect", "client  connect"],
        wrong: [
            "
import socket
for n in range(5):
    s = socket.create_connection(('server', 7070))
    s.sendall(b'hello\\n')
    s.recv(100)
    s.close()
",
            ANSWERS_LINES,
        ],
        mended: [
            "
import socket
s = socket.create_connection(('server', 7070))
for n in range(5):
    s.sendall(b'hello\\n')
    s.recv(100)
s.close()
",
            ANSWERS_LINES,
        ],
        args: &[],
    },
    Case {
        finding: "left-open",
        grade: "hint",
        host: "client",
        evidence: &["client  recv"],
        wrong: [
            "
import os, socket
s = socket.create_connection(('server', 7070))
s.sendall(b'hello')
s.shutdown(socket.SHUT_RD)
s.recv(100)
os._exit(0)
",
            "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
while c.recv(100): pass
c.close()
s.close()
",
        ],
        mended: [SAYS, ANSWERS_ONE],
        args: &["--wait", "both"],
    },
];

/// A client that sends two lines at once and wants an answer to each.
const TWO_LINES: &str = "
import socket
s = socket.create_connection(('server', 7070))
s.sendall(b'one\\n')
s.sendall(b'two\\n')
answers = s.makefile('rb')
answers.readline()
answers.readline()
s.close()
";
/// Eight clients in one program.
const MANY_AT_ONCE: &str = "
import socket, threading
def one():
    s = socket.create_connection(('server', 7070))
    s.settimeout(1)
    try:
        s.recv(100)
    except TimeoutError:
        pass
    s.close()
all = [threading.Thread(target=one) for n in range(8)]
for each in all: each.start()
for each in all: each.join()
";
/// A server that answers every eight bytes.
const ANSWERS_EIGHT: &str = "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
while True:
    got = b''
    while len(got) < 8:
        more = c.recv(8 - len(got))
        if not more: break
        got += more
    if not got: break
    c.sendall(b'k')
c.close()
s.close()
";
/// A server that answers every line of every connection.
const ANSWERS_LINES: &str = "
import socket
s = socket.create_server(('', 7070))
while True:
    c, _ = s.accept()
    for line in c.makefile('rb'):
        c.sendall(b'bye\\n')
    c.close()
";
/// A server that answers once and closes.
const ANSWERS_ONE: &str = "
import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
c.recv(100)
c.sendall(b'bye')
c.close()
s.close()
";

/// A client that is refused.
const TRIES: &str = "
import socket
try:
    socket.create_connection(('server', 7070))
except OSError as error:
    print(error.strerror)
";

/// The object with what was found.
fn found(json: &str) -> Value {
    let all = objects(json);
    let mut of = all
        .into_iter()
        .filter(|moment| moment["moment"] == "findings");
    of.next().expect("what was looked for is told")
}

fn names(found: &Value) -> Vec<&str> {
    let all = found["found"].as_array().unwrap().iter();
    all.map(|finding| finding["kind"].as_str().unwrap())
        .collect()
}

#[test]
fn each_wrong_program_shows_its_finding_and_its_mended_twin_none() {
    if !have("python3") {
        return;
    }
    let folder = folder();
    let only = std::env::var("SOCKSCOPE_FINDING").ok();
    for case in CASES {
        if only.as_deref().is_some_and(|only| only != case.finding) {
            continue;
        }
        let program = |kind: &str, source: &str| {
            python(&folder, &format!("{}-{kind}.py", case.finding), source)
        };
        let client = program("client", case.wrong[0]);
        let server = program("server", case.wrong[1]);
        let got = lab(User::Ordinary, &client, Some(&server), case.args);
        let told = found(&text(&got.stdout));
        assert_eq!(
            names(&told),
            [case.finding],
            "{told:#}\n{}",
            text(&got.stderr)
        );
        let finding = &told["found"][0];
        assert_eq!(
            (&finding["grade"], &finding["host"]),
            (&Value::from(case.grade), &Value::from(case.host))
        );
        let evidence: Vec<&str> = finding["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .map(|proof| proof["text"].as_str().unwrap())
            .collect();
        for begin in case.evidence {
            assert!(
                evidence.iter().any(|proof| proof.starts_with(begin)),
                "{begin}: {evidence:?}"
            );
        }
        let client = program("client-mended", case.mended[0]);
        let server = program("server-mended", case.mended[1]);
        let got = lab(User::Ordinary, &client, Some(&server), case.args);
        let told = found(&text(&got.stdout));
        assert_eq!(names(&told), [""; 0], "{}: {told:#}", case.finding);
    }
}

#[test]
fn a_mistake_is_the_exit_code_where_that_is_asked_for_live_and_from_the_recording() {
    if !have("python3") {
        return;
    }
    let folder = folder();
    let [client, server] = [("c.py", CASES[0].wrong[0]), ("s.py", CASES[0].wrong[1])]
        .map(|(name, source)| python(&folder, name, source));
    let file = folder
        .path()
        .join("run.pcapng")
        .to_string_lossy()
        .into_owned();
    for user in users() {
        let got = lab(
            user,
            &client,
            Some(&server),
            &["--check", "--force", "--save", &file],
        );
        assert_eq!(got.status.code(), Some(1), "{}", text(&got.stderr));
        let explain = |args: &[&str]| {
            let mut command = sockscope(user, &["explain", "--lang", "zh", &file]);
            command.args(args).output().unwrap()
        };
        let again = explain(&["--check"]);
        assert_eq!(again.status.code(), Some(1));
        assert!(
            text(&again.stdout).contains("从未关闭"),
            "{}",
            text(&again.stdout)
        );
        assert!(explain(&[]).status.success());
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn a_ports_bytes_are_swapped_in_c() {
    let folder = folder();
    let Some(server) = compiled(&folder, "swapped.c", &[]) else {
        return;
    };
    let client = python(&folder, "tries.py", TRIES);
    let got = lab(
        User::Ordinary,
        &client,
        Some(&server.to_string_lossy()),
        &[],
    );
    assert_eq!(names(&found(&text(&got.stdout))), ["swapped-port"]);
}

/// Who gives up because the other end did has not taken a part for the whole.
#[test]
fn a_send_that_took_a_part_and_was_given_up_after_a_reset_is_no_finding() {
    if !have("python3") {
        return;
    }
    let folder = folder();
    let client = "
import select, socket
s = socket.create_connection(('server', 7070))
s.setblocking(False)
s.send(b'x' * 8_000_000)
select.select([s], [], [])
try:
    s.recv(100)
except ConnectionResetError:
    print('given up')
s.close()
";
    let server = "
import socket, struct
s = socket.create_server(('', 7070))
c, _ = s.accept()
c.recv(10)
c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
c.close()
";
    let client = python(&folder, "gives-up.py", client);
    let server = python(&folder, "resets.py", server);
    let got = lab(User::Ordinary, &client, Some(&server), &["--wait", "both"]);
    assert!(
        text(&got.stderr).contains("given up"),
        "{}",
        text(&got.stderr)
    );
    let told = found(&text(&got.stdout));
    assert_eq!(names(&told), [""; 0], "{told}");
}

/// What each program waited for, and what it did itself: no part is less than what was asked for, and together they are the
/// whole.
#[test]
fn where_the_time_went_is_told_of_both_ends() {
    if !have("python3") {
        return;
    }
    let folder = folder();
    let client = "
import socket, time
s = socket.create_connection(('server', 7070))
time.sleep(0.2)
s.sendall(b'hello')
s.shutdown(socket.SHUT_WR)
while s.recv(100): pass
s.close()
";
    let server = "
import socket, time
s = socket.create_server(('', 7070))
c, _ = s.accept()
while c.recv(100): pass
time.sleep(0.3)
c.sendall(b'bye')
c.close()
";
    let client = python(&folder, "waits.py", client);
    let server = python(&folder, "works.py", server);
    let got = lab(User::Ordinary, &client, Some(&server), &["-4"]);
    let told = found(&text(&got.stdout));
    let ends = told["connections"].as_array().unwrap();
    assert_eq!(ends.len(), 2, "{told:#}");
    let ms = |end: &Value, part: &str| end[part].as_i64().unwrap() / 1_000_000;
    for (end, host, least) in [
        // The handshake and the answer come over a wire of 2 ms; before the server sends it sleeps.
        (&ends[0], "client", [200, 300, 6]),
        // The client sleeps before it sends; what it sends needs 2 ms at least.
        (&ends[1], "server", [300, 150, 2]),
    ] {
        assert_eq!(end["host"], host);
        let parts = ["working_ns", "other_program_ns", "on_the_way_ns"];
        for (part, least) in parts.iter().zip(least) {
            assert!(ms(end, part) >= least, "{host}: {part}: {end:#}");
        }
        let rest = ["sending_ns", "elsewhere_ns"];
        let all = parts
            .iter()
            .chain(&rest)
            .map(|part| end[part].as_i64().unwrap());
        assert_eq!(
            all.sum::<i64>(),
            end["lasted_ns"].as_i64().unwrap(),
            "{end:#}"
        );
        assert_eq!(
            (&end["sends"], &end["receives"]),
            (&Value::from(1), &Value::from(2))
        );
    }
    assert_eq!(
        (&ends[0]["sent"], &ends[0]["read"]),
        (&Value::from(5), &Value::from(3))
    );
    assert_eq!(
        (&ends[1]["sent"], &ends[1]["read"]),
        (&Value::from(3), &Value::from(5))
    );
}
