//! What a run of foreign programs says at its end, when it ends, and what their hosts dropped.

use std::time::Instant;

use super::support::{text, users};
use super::{Kernel, PATIENCE, output};

/// What `lab` says of a run of these programs, and its exit code.
pub(super) fn told(args: &[&str]) -> (String, Option<i32>) {
    let got = output((users()[0], Kernel::Ends), args);
    let said = text(&got.stdout) + &text(&got.stderr);
    // Lines are broken where the page ends.
    let words: Vec<&str> = said.split_whitespace().collect();
    (words.join(" "), got.status.code())
}

#[test]
fn names_stand_for_addresses_of_the_family_that_is_asked_for() {
    for (family, has, lacks) in [("-4", "10.0.0.2", "fd"), ("-6", "fd", "10.0.0.2")] {
        let client = "grep server /etc/hosts";
        let got = output(
            (users()[0], Kernel::Ends),
            &["--bare", family, "--client", client],
        );
        let said = text(&got.stderr);
        assert!(said.contains(&format!("client| {has}")), "{family}: {said}");
        assert!(
            !said.contains(&format!("client| {lacks}")),
            "{family}: {said}"
        );
    }
}

#[test]
fn a_server_is_ended_when_nobody_is_left_or_waited_for() {
    let server = "exec python3 -uc 'import socket,time
s=socket.create_server((\"0.0.0.0\",9000)); time.sleep(1); print(\"done\")'";
    let programs = [
        "--format", "lines", "--server", server, "--client", "exit 0",
    ];
    let (said, code) = told(&programs);
    assert!(
        said.contains("server: sockscope ends the program now, because the other's has ended"),
        "{said}"
    );
    assert!(!said.contains("server| done"), "{said}");
    assert_eq!(code, Some(0), "{said}");
    let (said, code) = told(&[&programs[..], &["--wait", "both"]].concat());
    assert!(said.contains("server| done"), "{said}");
    assert!(said.contains("server: the program has ended"), "{said}");
    assert!(!said.contains("sockscope ends"), "{said}");
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn programs_that_take_longer_than_they_may_are_ended() {
    let began = Instant::now();
    let (said, code) = told(&["--within", "300ms", "--client", "sleep 30"]);
    assert!(began.elapsed() < PATIENCE, "{said}");
    assert!(
        said.contains("client: the program had not ended within 300.0 ms, and was ended"),
        "{said}"
    );
    assert_eq!(code, Some(1), "{said}");
}

/// A server that listens, takes one connection and then does nothing more.
const IDLE: &str = "exec python3 -uc 'import socket,time
s=socket.create_server((\"0.0.0.0\",9000)); c,_=s.accept(); time.sleep(9)'";

#[test]
fn listen_is_told_before_the_first_syn_and_the_end_tells_who_has_not_closed() {
    let client =
        "exec python3 -c 'import socket; socket.create_connection((\"10.0.0.2\",9000)).close()'";
    let args = ["--format", "lines", "--server", IDLE, "--client", client];
    let (said, code) = told(&args);
    let listen = said.find("server:LISTEN").expect(&said);
    let syn = said.find("client > server SYN").expect(&said);
    assert!(listen < syn, "{said}");
    assert_eq!(said.matches("LISTEN").count(), 1, "{said}");
    assert!(said.contains("server is in CLOSE-WAIT"), "{said}");
    assert!(
        said.contains("its program has not called close() or shutdown()"),
        "{said}"
    );
    assert!(said.contains("client is in FIN-WAIT-2"), "{said}");
    assert!(
        said.contains("sockscope had just ended server's program"),
        "{said}"
    );
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn what_a_kernel_drops_of_what_reached_its_host_is_told() {
    // A receive buffer of the smallest size holds a few of these.
    let server = "exec python3 -uc 'import socket,time
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET,socket.SO_RCVBUF,2304)
s.bind((\"0.0.0.0\",5555)); time.sleep(0.8); s.settimeout(0.1); n=0
try:
    while True: s.recv(2000); n+=1
except OSError: print(\"got\",n)'";
    let client = "exec python3 -c 'import socket,time
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
for i in range(12): s.sendto(b\"x\"*500,(\"10.0.0.2\",5555)); time.sleep(0.01)
time.sleep(1.2)'";
    let args = ["--format", "json", "--server", server, "--client", client];
    let (said, code) = told(&args);
    let dropped = said.matches("note-drop-receive-buffer").count();
    let got = format!("got {}", 12 - dropped);
    assert!(dropped > 0 && said.contains(&got), "{dropped}: {said}");
    assert_eq!(code, Some(0), "{said}");
    // Two connections wait where the backlog is 1: the third SYN finds no room.
    let server = "exec python3 -uc 'import socket,time
s=socket.socket(); s.bind((\"0.0.0.0\",9000)); s.listen(1); time.sleep(2)'";
    let client = "exec python3 -c 'import socket,time
L=[]
for i in range(3):
    s=socket.socket(); s.settimeout(0.5); L.append(s)
    try: s.connect((\"10.0.0.2\",9000))
    except OSError as e: print(i,e)'";
    let args = ["--format", "lines", "--server", server, "--client", client];
    let (said, code) = told(&args);
    let full = "the accept queue of port 9000 is full (2 connections wait for accept(), backlog 1)";
    assert_eq!(said.matches(full).count(), 1, "{said}");
    assert_eq!(code, Some(0), "{said}");
}
