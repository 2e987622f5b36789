//! Foreign programs' calls, seen from outside: they are told as they were made, and the program does not notice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is a test's verdict"
)]

#[path = "trace/findings.rs"]
mod findings;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::{User, folder, have, objects, run_by, sockscope, text, users};
use tempfile::TempDir;

/// `sockscope lab` with these programs and arguments.
fn lab(user: User, client: &str, server: Option<&str>, args: &[&str]) -> Output {
    let mut command = sockscope(user, &["lab", "--lang", "en", "--delay", "2ms"]);
    command
        .args(["--format", "json", "--client", client])
        .args(args);
    if let Some(server) = server {
        command.args(["--server", server]);
    }
    command.output().expect("the binary runs")
}

/// What the client's program printed.
fn printed(got: &Output) -> String {
    let err = text(&got.stderr);
    let lines = err.lines().filter_map(|line| line.strip_prefix("client| "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// A program of tests/trace/, compiled.
fn compiled(folder: &TempDir, name: &str, flags: &[&str]) -> Option<PathBuf> {
    if !have("gcc") {
        return None;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/trace")
        .join(name);
    let program = folder.path().join(format!("{name}{}", flags.len()));
    let mut gcc = Command::new("gcc");
    gcc.args(["-O1", "-pthread", "-o"])
        .arg(&program)
        .arg(source)
        .args(flags);
    assert!(gcc.status().unwrap().success(), "{name} is compiled");
    Some(program)
}

/// A program in Python.
fn python(folder: &TempDir, name: &str, source: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, source).unwrap();
    format!("python3 {}", path.display())
}

/// Each call once, as it is told when it has returned, with who called.
fn calls(json: &[Value], host: &str) -> Vec<(u64, String)> {
    let returned = json.iter().filter(|moment| {
        moment["moment"] == "call" && moment["phase"] != "begun" && moment["host"] == host
    });
    returned
        .map(|call| {
            let process = call["site"]["process"].as_u64().expect("of a program");
            (process, call["text"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn each_call_is_told_as_it_was_made_and_the_program_does_not_notice() {
    let folder = folder();
    for flags in [&[][..], &["-static"]] {
        let Some(program) = compiled(&folder, "calls.c", flags) else {
            return;
        };
        let alone = run_by(User::Ordinary, &program.to_string_lossy())
            .output()
            .unwrap();
        for user in users() {
            let got = lab(user, &program.to_string_lossy(), None, &[]);
            assert_eq!(printed(&got), text(&alone.stdout), "{user:?}");
            let json = objects(&text(&got.stdout));
            let status = json.iter().find(|m| m["moment"] == "program").unwrap();
            assert_eq!(status["status"], 3);
            told_as_made(&calls(&json, "client"));
        }
    }
}

/// The calls of tests/trace/calls.c.
fn told_as_made(calls: &[(u64, String)]) {
    let main = calls[0].0;
    let of = |process: u64| calls.iter().filter(move |call| call.0 == process);
    let own: Vec<&str> = of(main).map(|call| call.1.as_str()).collect();
    let port = |text: &str| {
        // The port that the kernel chose.
        let (before, after) = text.rsplit_once(':').unwrap();
        (before.to_owned(), after.chars().all(|c| c.is_ascii_digit()))
    };
    assert_eq!(
        own[..5],
        [
            "socket(AF_INET, SOCK_STREAM, 0) = 3",
            "bind(3, 127.0.0.1:7070) = 0",
            "listen(3, 5) = 0",
            "getsockname(3) = 0 127.0.0.1:7070",
            "socket(AF_INET, SOCK_STREAM, 0) = 4",
        ]
    );
    assert_eq!(own[5], "connect(4, 127.0.0.1:7070) = 0");
    assert_eq!(port(own[6]), ("accept(3) = 5 127.0.0.1".to_owned(), true));
    assert_eq!(
        own[7..23],
        [
            r#"write(4, "one", 3) = 3"#,
            r#"read(5, 100) = 3 "one""#,
            r#"writev(4, "twothree", 8) = 8"#,
            r#"readv(5, 94) = 8 "twothree""#,
            "dup(4) = 6",
            "close(4) = 0",
            r#"send(6, "four", 4, 0) = 4"#,
            r#"recv(5, 100, 0) = 4 "four""#,
            r#"recv(5, 100, 0) = 3 "kid""#,
            r#"recv(5, 100, 0) = 4 "vkid""#,
            r#"write(8, "passed", 6) = 6"#,
            r#"read(5, 100) = 6 "passed""#,
            r#"read(5, 100) = 8 "spawned\n""#,
            // Interrupted and done again: one call.
            r#"read(5, 100) = 4 "late""#,
            "read(5, 100) = -1 EINTR",
            "poll(5 POLLIN, 30) = 0",
        ]
    );
    let more = own[23..]
        .iter()
        .filter(|call| call.starts_with("socket("))
        .count();
    assert_eq!((more, own.len()), (40, 63), "{:?}", &own[23..]);
    let others: Vec<&str> = calls
        .iter()
        .filter(|call| call.0 != main)
        .map(|call| call.1.as_str())
        .collect();
    assert_eq!(
        others,
        [
            r#"write(6, "kid", 3) = 3"#,
            r#"write(6, "vkid", 4) = 4"#,
            "dup2(6, 1) = 1",
            r#"write(1, "spawned\n", 8) = 8"#,
            "close(1) = 0",
            r#"write(6, "late", 4) = 4"#,
        ]
    );
}

#[test]
fn a_thread_may_execute_another_program_while_the_others_make_sockets() {
    let folder = folder();
    let Some(program) = compiled(&folder, "execs.c", &[]) else {
        return;
    };
    for user in users() {
        for _ in 0..5 {
            let got = lab(user, &program.to_string_lossy(), None, &[]);
            assert_eq!(printed(&got), "executed\n", "{user:?}");
            assert!(got.status.success());
        }
    }
}

#[test]
fn a_program_without_sockets_is_as_without_us() {
    let script =
        "i=0; while [ $i -lt 50 ]; do /bin/true; i=$((i+1)); done; cat /etc/hosts | wc -l; exit 5";
    for user in users() {
        let traced = lab(user, script, None, &["--trace", "yes"]);
        let alone = lab(user, script, None, &["--trace", "no"]);
        assert_eq!(printed(&traced), printed(&alone));
        assert_eq!(traced.status, alone.status);
        let json = objects(&text(&traced.stdout));
        assert!(calls(&json, "client").is_empty());
        assert!(json.iter().all(|moment| moment["moment"] != "process"));
    }
}

/// A server and a client that talk, and what is printed of it.
const SERVER: &str = "import socket
s = socket.create_server(('', 7070))
c, _ = s.accept()
while data := c.recv(64):
    c.sendall(data)
c.close()
s.close()
";
const CLIENT: &str = "import socket
s = socket.create_connection(('server', 7070))
for n in range(100):
    s.sendall(b'message %d' % n)
    s.recv(64)
s.close()
print('done')
";

#[test]
fn a_call_begins_before_its_segment_leaves_and_returns_after_what_it_waited_for_has_come() {
    if !have("python3") {
        return;
    }
    let folder = folder();
    let server = python(&folder, "server.py", SERVER);
    let client = python(&folder, "client.py", CLIENT);
    for user in users() {
        let file = folder.path().join(format!("{user:?}.pcapng"));
        let save = file.to_string_lossy().into_owned();
        let got = lab(user, &client, Some(&server), &["-4", "--save", &save]);
        assert_eq!(printed(&got), "done\n", "{}", text(&got.stderr));
        let json = objects(&text(&got.stdout));
        let (mut sent, mut came) = (0, 0);
        let segments: Vec<&Value> = json
            .iter()
            .filter(|m| {
                m["moment"] == "packet" && m["len"].as_u64() > Some(0) && m["phase"] != "arrived"
            })
            .collect();
        for number in 0..100 {
            let message = format!("message {number}");
            let call = |name: &str, key: &str| {
                json.iter().find(|m| {
                    m["moment"] == "call"
                        && m["name"] == name
                        && m["host"] == "client"
                        && m["phase"] != "begun"
                        && m[key].to_string().contains(&bytes_of(&message))
                })
            };
            let (send, recv) = (call("send", "args").unwrap(), call("recv", "out").unwrap());
            // One of each way for each message, in this order.
            let (there, back) = (segments[2 * number], segments[2 * number + 1]);
            sent += usize::from(send["began"].as_f64() <= there["sent"].as_f64());
            came += usize::from(back["arrived"].as_f64() <= recv["ended"].as_f64());
        }
        assert_eq!((sent, came), (100, 100), "{user:?}");
        let again = sockscope(
            User::Ordinary,
            &["explain", "--lang", "en", "--format", "json", &save],
        );
        let mut again = again;
        assert_eq!(text(&again.output().unwrap().stdout), text(&got.stdout));
    }
}

/// A text as JSON has bytes.
fn bytes_of(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
    format!("[{}]", bytes.join(","))
}

#[test]
fn a_host_has_a_name_and_it_resolves() {
    for user in users() {
        let got = lab(
            user,
            "hostname; cat /proc/sys/kernel/hostname",
            Some("sleep 0.1"),
            &["--wait", "both"],
        );
        assert_eq!(printed(&got), "client\nclient\n");
    }
}

/// Whoever is traced already can trace nobody: `doctor` finds out by trying.
#[test]
fn whether_programs_can_be_traced_is_tried() {
    let doctor = format!("{} --lang en doctor", support::binary().display());
    for (trace, found) in [
        ("no", "✓ tracing"),
        ("yes", "! tracing, for programs' calls"),
    ] {
        let got = lab(User::Ordinary, &doctor, None, &["--trace", trace]);
        let said = printed(&got);
        assert!(
            said.lines().any(|line| line.starts_with(found)),
            "{trace}: {said}"
        );
    }
}

/// One program with both ends on a loopback of its own: what serves is told at the right, what connects at the left.
#[test]
fn one_program_runs_alone_with_both_ends() {
    if !have("python3") {
        return;
    }
    let folder = folder();
    let program = |name: &str, reads: &str| {
        let source = format!(
            "
import socket, threading
def serve(s):
    c, _ = s.accept()
    {reads}
    c.close()
s = socket.create_server(('127.0.0.1', 7070))
t = threading.Thread(target=serve, args=(s,))
t.start()
c = socket.create_connection(('127.0.0.1', 7070))
c.sendall(b'hello')
try:
    c.shutdown(socket.SHUT_WR)
    while c.recv(100): pass
except OSError:
    pass
c.close()
t.join()
s.close()
"
        );
        python(&folder, name, &source)
    };
    for (name, reads, found) in [
        ("echoes.py", "while d := c.recv(100): c.sendall(d)", None),
        ("leaves.py", "c.recv(2)", Some("closed-unread")),
    ] {
        for user in users() {
            let source = program(name, reads);
            let mut command = sockscope(user, &["lab", "--lang", "en", "--format", "json", "--"]);
            let got = command.args(source.split(' ')).output().unwrap();
            assert!(got.status.success(), "{}", text(&got.stderr));
            let json = objects(&text(&got.stdout));
            let of = |host: &str| {
                let calls = calls(&json, host);
                let names = calls
                    .iter()
                    .map(|(_, call)| call.split('(').next().unwrap().to_owned());
                names.collect::<Vec<_>>()
            };
            let [client, server] = [of("client"), of("server")];
            for (calls, there, not_there) in [
                (&client, ["connect", "send", "shutdown"], "accept4"),
                (&server, ["bind", "listen", "accept4"], "connect"),
            ] {
                assert!(
                    there
                        .iter()
                        .all(|name| calls.iter().any(|call| call == name)),
                    "{calls:?}"
                );
                assert!(!calls.iter().any(|call| call == not_there), "{calls:?}");
            }
            let both = |moment: &&Value| moment["src"] == moment["dst"];
            assert!(
                json.iter()
                    .filter(|m| m["moment"] == "packet")
                    .filter(both)
                    .count()
                    > 5
            );
            let told = json
                .iter()
                .find(|moment| moment["moment"] == "findings")
                .unwrap();
            let names: Vec<&str> = told["found"]
                .as_array()
                .unwrap()
                .iter()
                .map(|f| f["kind"].as_str().unwrap())
                .collect();
            assert_eq!(names, Vec::from_iter(found), "{told:#}");
            if found.is_none() {
                assert_eq!(told["connections"].as_array().unwrap().len(), 2, "{told:#}");
            }
        }
    }
}
