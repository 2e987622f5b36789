//! What a host's kernel drops of what has reached it, in runs of foreign programs: each with its reason, by the kernel's own
//! counters.

use super::ending::told;

/// A server that reads one connection to its end.
const READS: &str = "exec python3 -uc 'import socket
s=socket.create_server((\"0.0.0.0\",9000)); c,_=s.accept()
while c.recv(100): pass'";

#[test]
fn a_late_copy_with_an_old_timestamp_is_dropped_by_paws() {
    let client = "exec python3 -c 'import socket,time
s=socket.create_connection((\"10.0.0.2\",9000))
for i in range(4): s.send(b\"hello\"); time.sleep(.1)
time.sleep(.3)'";
    let fault = "duplicate data 1 after 250ms";
    let args = [
        "--format", "lines", "--server", READS, "--client", client, "--fault", fault,
    ];
    let (said, code) = told(&args);
    let drops = "server's kernel drops it: its timestamp is older than the last one (PAWS)";
    assert_eq!(said.matches(drops).count(), 1, "{said}");
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_syn_for_which_there_is_no_room_among_half_open_connections_is_dropped() {
    // No handshake comes to its end, and without cookies the third SYN finds no room.
    let server = "exec python3 -uc 'import socket,time
open(\"/proc/sys/net/ipv4/tcp_syncookies\",\"w\").write(\"0\")
s=socket.socket(); s.bind((\"0.0.0.0\",9000)); s.listen(1); time.sleep(2)'";
    let client = "exec python3 -c 'import socket,time
L=[]
for i in range(3):
    s=socket.socket(); s.setblocking(False); L.append(s)
    try: s.connect((\"10.0.0.2\",9000))
    except BlockingIOError: pass
    time.sleep(.1)
time.sleep(.3)'";
    let lost = ["lose synack 1 always", "lose synack 2 always"];
    let args = [
        "--format", "lines", "--server", server, "--client", client, "--fault", lost[0], "--fault",
        lost[1],
    ];
    let (said, code) = told(&args);
    let drops = "server's kernel drops it: port 9000 has as many half-open connections as it takes";
    assert!(said.contains(drops), "{said}");
    assert!(!said.contains("the accept queue of"), "{said}");
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn data_with_a_wrong_checksum_is_dropped_and_comes_again() {
    let client = "exec python3 -c 'import socket,time
s=socket.create_connection((\"10.0.0.2\",9000)); s.send(b\"hello\"); time.sleep(1)'";
    let args = [
        "--format",
        "lines",
        "--server",
        READS,
        "--client",
        client,
        "--fault",
        "corrupt data 1",
    ];
    let (said, code) = told(&args);
    let drops = "Its checksum is now wrong: the receiver's kernel drops it silently";
    assert_eq!(said.matches(drops).count(), 1, "{said}");
    assert!(
        said.contains("seq=1 ack=1 win=64256 len=5 ts resend"),
        "{said}"
    );
    assert_eq!(code, Some(0), "{said}");
}
