//! The binary in the real lab, as root and as an ordinary user: what it shows is true by the eyes of others,
//! what it saves is what it told, and nothing of it stays behind.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

mod support;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{
    User, assert_silent, folder, have, is_root, left_out, objects, packets, run_by, sockscope,
    text, told, tshark, users,
};

/// Exchanges that together show what frames there can be.
const EXCHANGES: [&[&str]; 10] = [
    &["tcp", "--message", "hello", "--reply", "got it"],
    &["tcp", "--bytes", "5000", "--close", "three"],
    &["tcp", "--message", "x", "--close", "half"],
    &["tcp", "--message", "x", "--close", "reset"],
    &["tcp", "-6", "--bytes", "3000", "--echo"],
    &["tcp", "--duplex", "--message", "both", "--arp"],
    &[
        "tcp",
        "--bytes",
        "4000",
        "--chunk",
        "1000",
        "--mss",
        "600",
        "--nodelay",
    ],
    &["udp", "--message", "one", "--message", "two"],
    &["udp", "--bytes", "3000", "--chunk", "1400", "-6"],
    &["udp", "--bytes", "4000"],
];

#[test]
fn every_lesson_holds() {
    for user in users() {
        let began = Instant::now();
        let got = sockscope(user, &["lesson", "check", "all"])
            .output()
            .unwrap();
        let said = text(&got.stdout);
        // 3: what a busy machine kept from being judged is no failure, but said.
        assert!(
            matches!(got.status.code(), Some(0 | 3)),
            "{user:?}:\n{said}"
        );
        if got.status.code() == Some(3) {
            left_out(&format!("what this machine was too busy for:\n{said}"));
        }
        assert!(said.lines().count() >= 10, "{user:?}:\n{said}");
        println!(
            "{user:?}: all lessons in {:.1} s",
            began.elapsed().as_secs_f64()
        );
    }
}

#[test]
fn the_handshake_lesson_shows_call_state_and_segment() {
    for user in users() {
        let said = told(user, &["lesson", "handshake", "--lang", "en"]);
        for word in [
            "socket(",
            "listen(",
            "connect(10.0.0.2:7070",
            "accept",
            "SYN",
            "SYN ACK",
            "FIN",
            "SYN-SENT",
            "SYN-RECEIVED",
            "ESTABLISHED",
            "TIME-WAIT",
            "LISTEN",
            "✓",
        ] {
            assert!(
                said.contains(word),
                "{user:?}: {word} is missing in\n{said}"
            );
        }
        assert!(!said.contains('✗') && !said.contains('\u{1b}'), "{said}");
    }
}

#[test]
fn a_rule_that_met_no_frame_is_said_at_the_end() {
    for user in users() {
        let place = folder();
        let file = place.path().join("run.pcapng");
        let faults = ["--fault", "lose data 9", "--fault", "delay syn by 5ms"];
        for (lang, met_none) in [
            ("en", "The rule “lose data 9” matched no frame"),
            ("zh", "规则“lose data 9”没有遇到任何帧"),
        ] {
            let _ = std::fs::remove_file(&file);
            let save = file.to_string_lossy();
            let mut words = vec!["--lang", lang, "tcp", "--message", "hi", "--save", &save];
            words.extend(faults);
            let said = told(user, &words);
            assert!(said.contains(met_none), "{user:?}: {said}");
            assert!(
                !said.contains("“delay syn by 5ms” matched"),
                "{user:?}: {said}"
            );
            assert_eq!(told(user, &["--lang", lang, "explain", &save]), said);
        }
    }
}

#[test]
fn tshark_sees_the_same_segments() {
    if !have("tshark") {
        return;
    }
    let fields = [
        "frame.number",
        "frame.len",
        "tcp.flags",
        "tcp.seq",
        "tcp.ack",
        "tcp.len",
        "udp.length",
        "ip.src",
        "ipv6.src",
        "tcp.srcport",
        "udp.srcport",
        "_ws.malformed",
        "tcp.analysis.flags",
    ];
    for user in users() {
        for vantage in ["client", "server"] {
            for exchange in EXCHANGES {
                let place = folder();
                let file = place.path().join("run.pcapng");
                let mut args = exchange.to_vec();
                let path = file.to_string_lossy();
                args.extend(["--format", "json", "--vantage", vantage, "--save", &path]);
                let ours = packets(&told(user, &args));
                let theirs = tshark(&file, &fields);
                assert_eq!(ours.len(), theirs.len(), "{args:?}");
                assert!(!ours.is_empty(), "{args:?}");
                for (ours, theirs) in ours.iter().zip(&theirs) {
                    same_segment(ours, theirs, exchange);
                }
            }
        }
    }
}

fn same_segment(ours: &Value, theirs: &[String], exchange: &[&str]) {
    let context = || format!("{exchange:?}\nours: {ours}\ntheirs: {theirs:?}");
    let number = |value: &Value| value.as_u64().map_or_else(String::new, |n| n.to_string());
    assert_eq!(number(&ours["number"]), theirs[0], "{}", context());
    assert_eq!(theirs[11], "", "tshark calls it malformed: {}", context());
    assert_eq!(
        theirs[12],
        "",
        "tshark finds a fault in a perfect wire: {}",
        context()
    );
    if ours["proto"] == "TCP" {
        let flags = ours["flags"].as_str().unwrap_or("").split(' ');
        let bits: u32 = flags.map(bit).sum();
        assert_eq!(format!("0x{bits:04x}"), theirs[2], "{}", context());
        assert_eq!(number(&ours["seq"]), theirs[3], "{}", context());
        assert_eq!(number(&ours["ack"]), theirs[4], "{}", context());
        assert_eq!(number(&ours["len"]), theirs[5], "{}", context());
        assert_eq!(number(&ours["sport"]), theirs[9], "{}", context());
    }
    // A datagram in fragments has its length where tshark put it together: on the last one.
    if ours["proto"] == "UDP" && ours["len"].is_u64() {
        let len = ours["len"].as_u64().unwrap_or(0) + 8;
        assert_eq!(len.to_string(), theirs[6], "{}", context());
    }
    if let Some(src) = ours["src"]
        .as_str()
        .filter(|src| !theirs[7].is_empty() || src.contains(':'))
    {
        let expected = format!("{}{}", theirs[7], theirs[8]);
        assert!(expected.is_empty() || src == expected, "{}", context());
    }
}

fn bit(flag: &str) -> u32 {
    match flag {
        "FIN" => 1,
        "SYN" => 2,
        "RST" => 4,
        "PSH" => 8,
        "ACK" => 16,
        "URG" => 32,
        "ECE" => 64,
        "CWR" => 128,
        other => panic!("no flag of TCP: {other}"),
    }
}

#[test]
fn a_saved_run_is_told_again_byte_for_byte() {
    for user in users() {
        for exchange in EXCHANGES {
            for (lang, width, format) in [
                ("en", "80", "ladder"),
                ("zh", "120", "ladder"),
                ("en", "100", "lines"),
                ("zh", "80", "bytes"),
                ("en", "80", "json"),
            ] {
                let place = folder();
                let file = place.path().join("run.pcapng");
                let path = file.to_string_lossy();
                let how = ["--lang", lang, "--width", width, "--format", format];
                let mut live = exchange.to_vec();
                live.extend(how);
                live.extend(["--save", &path]);
                let live = told(user, &live);
                let mut again = vec!["explain", &path];
                again.extend(how);
                let again = told(user, &again);
                assert!(!live.is_empty());
                assert!(
                    live == again,
                    "{exchange:?} {how:?}\n--- live\n{live}\n--- again\n{again}"
                );
            }
        }
    }
}

/// Processes that carry this mark in their environment.
fn marked(mark: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("Linux").flatten() {
        let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if environ
            .windows(mark.len())
            .any(|part| part == mark.as_bytes())
        {
            let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            found.push(format!(
                "{} {}",
                entry.file_name().to_string_lossy(),
                name.trim()
            ));
        }
    }
    found
}

/// Waits until no process has the mark, at most two seconds.
fn assert_gone(mark: &str, when: &str) {
    let deadline = Instant::now() + Duration::from_secs(2);
    loop {
        let left = marked(mark);
        if left.is_empty() {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{when}: still there after 2 s: {left:?}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn interfaces() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir("/sys/class/net")
        .expect("Linux")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn kill_9_at_any_moment_leaves_nothing_but_a_file_that_opens() {
    let before = interfaces();
    for user in users() {
        for round in 0..12u64 {
            let place = folder();
            let file = place.path().join("killed.pcapng");
            let path = file.to_string_lossy();
            let mark = format!("SOCKSCOPE_MARK={}-{user:?}-{round}", std::process::id());
            let (name, value) = mark.split_once('=').expect("has one");
            // A receive buffer that fills up: when it is killed there is unsent data in the client's socket.
            let args = [
                "tcp", "--bytes", "20000000", "--delay", "30ms", "--save", &path, "--quiet",
            ];
            let mut child = sockscope(user, &args)
                .env(name, value)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("runs");
            // The moments are spread from "nothing set up yet" over the handshake into the data.
            std::thread::sleep(Duration::from_millis(round * round * 2));
            child.kill().expect("killed");
            child.wait().expect("ended");
            assert_gone(&mark, &format!("{user:?}, round {round}"));
            if file.metadata().is_ok_and(|meta| meta.len() > 0) {
                told(User::Ordinary, &["explain", &path, "--quiet"]);
                if have("tshark") {
                    tshark(&file, &["frame.number"]);
                }
            }
        }
    }
    assert_eq!(before, interfaces());
}

#[test]
fn ctrl_c_ends_with_the_story_so_far_and_a_valid_file() {
    for user in users() {
        let place = folder();
        let file = place.path().join("stopped.pcapng");
        let path = file.to_string_lossy();
        let args = [
            "tcp", "--delay", "2s", "--save", &path, "--width", "80", "--lang", "en",
        ];
        let mut child = sockscope(user, &args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        wait_for_output(&mut child);
        let pid = child.id().to_string();
        let began = Instant::now();
        run_by(User::Root, "kill")
            .args(["-INT", &pid])
            .status()
            .expect("kill runs");
        let got = child.wait_with_output().expect("ends");
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "took {:?}",
            began.elapsed()
        );
        assert_eq!(got.status.code(), Some(130), "{}", text(&got.stderr));
        assert_silent_code(&got.stderr);
        let again = sockscope(user, &["explain", &path, "--width", "80", "--lang", "en"])
            .output()
            .expect("runs");
        let again = text(&again.stdout);
        assert!(again.contains("SYN"), "{again}");
        assert!(
            again.ends_with(&text(&got.stdout)),
            "--- live\n{}\n--- again\n{again}",
            text(&got.stdout)
        );
    }
}

fn assert_silent_code(stderr: &[u8]) {
    assert!(stderr.is_empty(), "{}", text(stderr));
}

/// Until the child has shown a SYN, which then lies on a long wire. What is read here is missing from its output later.
fn wait_for_output(child: &mut std::process::Child) {
    use std::io::Read as _;
    let out = child.stdout.as_mut().expect("piped");
    let mut seen = Vec::new();
    let mut byte = [0];
    while !text(&seen).contains("SYN") {
        let read = out.read(&mut byte).expect("readable");
        assert!(
            read > 0,
            "it ended before it showed a SYN:\n{}",
            text(&seen)
        );
        seen.push(byte[0]);
    }
}

#[test]
fn a_broken_pipe_in_the_middle_is_no_error_and_the_file_is_whole() {
    for user in users() {
        let place = folder();
        let file = place.path().join("whole.pcapng");
        let path = file.to_string_lossy();
        let mut child = sockscope(user, &["tcp", "--save", &path])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        drop(child.stdout.take());
        let got = child.wait_with_output().expect("ends");
        assert_silent("sockscope", &got);
        let again = told(user, &["explain", &path, "--format", "json"]);
        assert!(packets(&again).len() >= 8, "{again}");
    }
}

#[test]
fn what_cannot_be_saved_is_said_before_anything_runs() {
    for user in users() {
        for path in ["/nowhere/run.pcapng", "/proc/run.pcapng", "/tmp"] {
            let got = sockscope(user, &["tcp", "--save", path])
                .output()
                .expect("runs");
            assert_eq!(got.status.code(), Some(2), "{path}");
            assert!(got.stdout.is_empty(), "{path}: it ran");
            assert_eq!(
                text(&got.stderr).lines().count(),
                2,
                "{}",
                text(&got.stderr)
            );
        }
    }
}

#[test]
fn a_copy_replaces_files_and_nothing_else() {
    use std::os::unix::fs::FileTypeExt as _;
    for user in users() {
        let folder = folder();
        let place = |name: &str| folder.path().join(name);
        let run = place("run.pcapng").to_string_lossy().into_owned();
        told(user, &["tcp", "--message", "hi", "--save", &run]);
        let explain = |to: &Path| {
            let to = to.to_string_lossy();
            sockscope(user, &["explain", &run, "--force", "--save", &to])
                .output()
                .expect("runs")
        };

        let pipe = place("pipe");
        let made = run_by(user, "mkfifo").arg(&pipe).status();
        assert!(made.expect("runs").success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read(pipe).expect("read")
        });
        assert_eq!(explain(&pipe).status.code(), Some(0));
        let meta = std::fs::symlink_metadata(&pipe).expect("there");
        assert!(meta.file_type().is_fifo(), "{user:?}: the pipe is gone");
        let copy = place("copy.pcapng");
        assert_eq!(explain(&copy).status.code(), Some(0));
        let bytes = std::fs::read(&copy).expect("saved");
        assert!(!bytes.is_empty());
        assert_eq!(reader.join().expect("read"), bytes);

        let link = place("link.pcapng");
        std::fs::write(&copy, "old").expect("ours");
        std::os::unix::fs::symlink(&copy, &link).expect("made");
        assert_eq!(explain(&link).status.code(), Some(0));
        let meta = std::fs::symlink_metadata(&link).expect("there");
        assert!(meta.is_symlink(), "{user:?}: the link is gone");
        assert_eq!(std::fs::read(&copy).expect("saved"), bytes);

        for nowhere in ["/nowhere/copy.pcapng", "/proc/copy.pcapng", "/tmp"] {
            let got = explain(Path::new(nowhere));
            assert_eq!(got.status.code(), Some(2), "{nowhere}");
            assert!(got.stdout.is_empty(), "{nowhere}: it was told first");
        }
    }
}

#[test]
fn what_no_packet_passes_is_said() {
    let folder = folder();
    let run = folder.path().join("run.pcapng");
    let run = run.to_string_lossy();
    let user = User::Ordinary;
    told(user, &["udp", "--message", "hi", "--save", &run]);
    let filtered = |more: &[&str]| {
        let args = [&["explain", &run, "--filter", "tcp"], more].concat();
        sockscope(user, &args).output().expect("runs")
    };
    for more in [&[][..], &["--summary"]] {
        let got = filtered(more);
        assert_eq!(got.status.code(), Some(0));
        assert!(got.stdout.is_empty(), "{}", text(&got.stdout));
        assert!(text(&got.stderr).contains("no packet passes the filter"));
    }
}

/// In a user namespace that may have no further ones, without any capability: as on a machine that denies them.
#[test]
fn where_user_namespaces_are_denied_the_way_out_is_said() {
    let script = format!(
        "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all {} \"$@\"",
        support::binary().display()
    );
    for args in [
        &["tcp"][..],
        &["lesson", "handshake"],
        &["lab", "--client", "true"],
    ] {
        let got = run_by(User::Ordinary, "unshare")
            .args(["-Ur", "sh", "-c", &script, "sh"])
            .args(args)
            .output()
            .expect("unshare runs");
        assert_eq!(
            got.status.code(),
            Some(2),
            "{args:?}: {}{}",
            text(&got.stdout),
            text(&got.stderr)
        );
        assert!(
            text(&got.stderr).contains("max_user_namespaces"),
            "{}",
            text(&got.stderr)
        );
    }
    let doctor = run_by(User::Ordinary, "unshare")
        .args(["-Ur", "sh", "-c", &script, "sh", "doctor"])
        .output()
        .expect("unshare runs");
    assert_eq!(doctor.status.code(), Some(1), "{}", text(&doctor.stdout));
    assert!(
        text(&doctor.stdout).contains("max_user_namespaces"),
        "{}",
        text(&doctor.stdout)
    );
}

#[test]
fn the_machines_loopback_needs_root_and_a_free_port() {
    let refused = sockscope(User::Ordinary, &["tcp", "--on", "lo"])
        .output()
        .expect("runs");
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
    if !is_root() {
        return left_out("--on lo: needs root");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let got = sockscope(User::Root, &["tcp", "--on", "lo", "--port", &port])
        .output()
        .expect("runs");
    assert_eq!(
        got.status.code(),
        Some(2),
        "{}{}",
        text(&got.stdout),
        text(&got.stderr)
    );
    assert!(text(&got.stderr).contains(&port), "{}", text(&got.stderr));
    for flags in [
        &["tcp", "--on", "lo"][..],
        &["udp", "--on", "lo"],
        &["tcp", "-6", "--on", "lo"],
    ] {
        let mut args = flags.to_vec();
        args.extend(["--port", "7072", "--format", "json"]);
        let seen = packets(&told(User::Root, &args));
        assert!(!seen.is_empty(), "{args:?}");
        assert!(
            seen.iter()
                .all(|p| p["sport"] == 7072 || p["dport"] == 7072),
            "{args:?}: only the exchange's own traffic is taken"
        );
    }
}

#[test]
fn tcpdump_in_the_lab_counts_the_same_frames() {
    if !have("tcpdump") || !have("tshark") {
        return;
    }
    for user in users() {
        let place = folder();
        let ours = place.path().join("ours.pcapng");
        let theirs = place.path().join("theirs.pcap");
        // Refused connections and an unreachable port: frames both ways with nothing to install. tcpdump says
        // "listening" on its standard error when it is ready.
        let program = format!(
            "tcpdump --immediate-mode -U -i eth0 -w {} 2>&1 | {{ read -r line; case $line in *listening*) ;; *) read -r line ;; esac; \
             for n in 1 2 3; do (echo > /dev/tcp/server/9) 2>/dev/null; done; echo hi > /dev/udp/server/9; sleep 0.3; \
             pkill -INT -P $$ tcpdump; cat > /dev/null; }}",
            theirs.display()
        );
        let client = format!("bash -c '{program}'");
        told(
            user,
            &[
                "lab",
                "--client",
                &client,
                "--save",
                &ours.to_string_lossy(),
                "--quiet",
            ],
        );
        // IPv6's housekeeping (multicast listeners, routers) is no part of any story and left out by our filter.
        let housekeeping = ["130", "131", "132", "133", "134", "143"];
        let count = |file: &Path| {
            let rows = tshark(file, &["frame.number", "icmpv6.type"]);
            let counted = rows
                .iter()
                .filter(|row| !housekeeping.contains(&row[1].as_str()));
            counted.count()
        };
        assert!(
            count(&theirs) >= 8,
            "{user:?}: tcpdump saw {}",
            count(&theirs)
        );
        assert_eq!(count(&ours), count(&theirs), "{user:?}");
    }
}

#[test]
fn states_agree_with_ss() {
    if !have("ss") || !have("perl") {
        return;
    }
    for user in users() {
        // perl stands in every Debian; it serves one connection and closes when the client has closed.
        let server = "perl -MIO::Socket::INET -e 'my $l = IO::Socket::INET->new(LocalPort => 7070, Listen => 1, ReuseAddr => 1) or die; my $c = $l->accept; <$c>;'";
        let client = "bash -c 'until exec 3<>/dev/tcp/server/7070; do :; done 2>/dev/null; ss -Htan > /dev/stderr; echo bye >&3'";
        let got = sockscope(
            user,
            &[
                "lab", "--server", server, "--client", client, "--format", "json",
            ],
        )
        .output()
        .expect("runs");
        // What a program says has its host's name in front.
        let by_ss = text(&got.stderr).replace("client| ", "");
        assert!(by_ss.contains("ESTAB"), "{by_ss}{}", text(&got.stdout));
        let port = by_ss
            .lines()
            .find(|line| line.starts_with("ESTAB"))
            .and_then(|line| line.split_whitespace().nth(3))
            .and_then(|local| local.rsplit(':').next())
            .expect("ss shows a port")
            .to_owned();
        let all = objects(&text(&got.stdout));
        let said = all.iter().any(|object| {
            let text = object.to_string();
            text.contains("ESTABLISHED") && text.contains(&port)
        });
        assert!(
            said,
            "no ESTABLISHED of port {port} in\n{}",
            text(&got.stdout)
        );
    }
}

#[test]
fn the_wire_alone_says_what_it_carried() {
    // A datagram to a closed port, and the ICMP error that answers it.
    let client = "exec bash -c 'echo hi > /dev/udp/server/9'";
    let bare = [
        "lab", "--lang", "en", "--bare", "--delay", "1ms", "--client", client,
    ];
    for user in users() {
        let carried = "2 frames came onto the wire · 2 handed over · 0 lost on it\n";
        assert_eq!(told(user, &bare), carried);
        let mut args = bare.to_vec();
        args.extend(["--fault", "lose datagram 1"]);
        let carried = "1 frame came onto the wire · 0 handed over · 1 lost on it\n";
        assert_eq!(told(user, &args), carried);
        let got = sockscope(user, &["lab", "--bare", "--save", "run.pcapng"]).output();
        assert_eq!(got.expect("runs").status.code(), Some(2));
    }
}

/// A link with a short queue, and what the sender makes of its drops: in the terminal and again from the file.
#[test]
fn a_full_queue_is_drawn_live_and_again_from_the_file() {
    for user in users() {
        let place = folder();
        let file = place.path().join("run.pcapng");
        let file = file.to_str().expect("UTF-8");
        let way = ["--quiet", "--width", "80", "--chart"];
        let link = ["--delay", "50ms", "--rate", "5mbit", "--queue", "10"];
        let mut args = vec!["tcp", "--bytes", "100000", "--save", file];
        args.extend(link.iter().chain(&way));
        let live = told(user, &args);
        let chart = |text: &str| {
            let begin = text.find("10.0.0.1:").map(|_| text.rfind("time–sequence"));
            let begin = begin.flatten().expect("a chart stands below the story");
            text[begin..].to_owned()
        };
        let drawn = chart(&live);
        for word in ["✗ lost", "cwnd (kernel)", "ssthresh (kernel)", "✗ dropped"] {
            assert!(drawn.contains(word), "{user:?}: no {word} in\n{drawn}");
        }
        let mut args = vec!["explain", file];
        args.extend(way);
        assert_eq!(drawn, chart(&told(user, &args)), "{user:?}");
        let told = told(user, &["explain", file, "--format", "json"]);
        let objects = objects(&told);
        let word = |name: &str| {
            let has = |object: &&Value| object[name]["cwnd"].as_u64().is_some();
            objects.iter().filter(has).count()
        };
        let (sender, receiver) = (word("sender_info"), word("receiver_info"));
        assert!(sender >= 20 && receiver >= 20, "{sender}, {receiver}");
    }
}

/// What was lost is asked for, sent again for a reason that is named, and completes the stream.
#[test]
fn a_loss_is_told_from_the_gap_to_the_whole_stream() {
    for user in users() {
        let mut args = vec!["tcp", "--bytes", "12000", "--chunk", "1000", "--nodelay"];
        args.extend(["--fault", "lose data 3 from client", "--format", "json"]);
        let told = objects(&told(user, &args));
        let notes = |object: &Value| -> Vec<String> {
            let notes = object["notes"].as_array().cloned().unwrap_or_default();
            let keys = notes.iter().filter_map(|note| note["key"].as_str());
            keys.map(str::to_owned).collect()
        };
        let keys: Vec<String> = told.iter().flat_map(notes).collect();
        let has = |begin: &str| keys.iter().any(|key| key.starts_with(begin));
        assert!(has("note-dup-ack-early"), "{keys:?}");
        assert!(has("note-gap-filled"), "{keys:?}");
        let resent = keys.iter().position(|key| key == "note-resend");
        let resent = resent.expect("it was sent again");
        assert!(keys[resent + 1].starts_with("note-resend-"), "{keys:?}");
    }
}
