//! Much traffic, whole and saved: how much memory of its own the process takes at most.

use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::support::{User, sockscope};

/// What a live command may take beside its rings, in KiB.
const MOST: u64 = 256 << 10;

/// Lets so many bytes pass between two programs, saved and told to whoever reads all, and prints the most memory.
pub fn takes_bounded_memory(bytes: u64) {
    let server = "exec python3 -c 'import socket
s=socket.create_server((\"10.0.0.2\",7070)); c,_=s.accept()
while c.recv(1<<20): pass'";
    let client = format!(
        "exec python3 -c 'import socket,time
while True:
    try: s=socket.create_connection((\"10.0.0.2\",7070)); break
    except OSError: time.sleep(.05)
for _ in range({}): s.sendall(bytes(1000000))'",
        bytes / 1_000_000
    );
    let args = [
        "lab",
        "--server",
        server,
        "--client",
        &client,
        "--delay",
        "1ms",
        "--format",
        "lines",
        "--quiet",
        "--save",
        "/dev/null",
        "--within",
        "600s",
    ];
    let began = Instant::now();
    let mut child = sockscope(User::Ordinary, &args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut stdout = child.stdout.take().expect("piped");
    let reader = std::thread::spawn(move || {
        let (mut bytes, mut all) = (vec![0; 1 << 20], 0_u64);
        while let Ok(length @ 1..) = stdout.read(&mut bytes) {
            all += length as u64;
        }
        all
    });
    let mut most = 0;
    let code = loop {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let own = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"));
        let own = own.and_then(|own| own.split_whitespace().next()?.parse().ok());
        most = most.max(own.unwrap_or(0));
        if let Some(status) = child.try_wait().expect("ours") {
            break status.code();
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let told = reader.join().expect("it only counts");
    println!(
        "{bytes} bytes between two programs, saved: {most} KiB of its own at most, {told} bytes told, exit code {code:?}, {:.1} s",
        began.elapsed().as_secs_f64()
    );
    assert!(most < MOST, "{most} KiB");
}
