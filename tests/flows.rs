//! Specifications of what is told, as lines of segments: `tests/flows/TOPIC/NAME.flow`, each run through the real
//! following and the real timeline. A reader learns a rule from such a file; who knows the rule writes a new one, without
//! Rust, before it is seen what the program says.
//!
//! ```text
//! # The rule in words, with the section of its RFC.
//!
//! wire 20
//! default SYN  mss=1460 sack-permitted ts wscale=8
//! default      win=64256 ts
//!
//!  0.12   client > server  SYN  seq=0            client:SYN-SENT server:SYN-RECEIVED
//! 20.19   server > client  SYN ACK  seq=0 ack=1
//! 40.25   client > server  ACK  seq=1 ack=1
//! 40.3    client > server  PSH ACK  seq=1 ack=1 len=100  ✗  @lost
//!         => phase=lost
//! 280     client > server  PSH ACK  seq=1 ack=1 len=100
//!         => analysis=retransmission  why.recovery=tail-loss-probe  why.before=@lost
//! in all
//!         => opener.resent=1
//! ```
//!
//! `#` begins a comment. Times are milliseconds; lines stand in their order.
//!
//! **Where it is seen**, first of all: `capture` (the default: a file of somebody's, one sniffer, frames and nothing
//! else; `capture unsorted` where its clock steps back), `wire MS` (two hosts, a wire with that delay, a sniffer at each host; `saved server` for whose packets have the
//! numbers), `loopback`. `ipv6`; `host NAME` (a third one); `isn client 4294967290`; `link 101` for a capture of another link type
//! (IP without a link header; of those that have one of their own a frame is `raw=` from its beginning); `setting JSON`, as the recording
//! stores it: `setting {"rule":"lose data 2"}`. `default …` is what frames have that do not say otherwise, `default SYN …`
//! those with a SYN.
//!
//! **A frame** is spelt as the `lines` view and patterns spell it. `seq`, `ack` and `sack=201-301,401-501` are relative to
//! the initial sequence numbers of who they are of; `win` is in bytes (the scale of the SYNs is applied). Beyond that:
//! `rawseq rawack rawwin`, `ts=OWN/ECHO` (`ts` alone: what a kernel would write), text in quotes, `bytes=HEX` or `len` and
//! `fill` for what it carries, `ip-id ttl ecn dscp vlan no-df bad-checksum offloaded snap`, `sport dport`, `UDP`,
//! `ARP request`, `ICMP type=3 code=4 mtu=1400 quotes=@NAME`, `fragment=0-800` for a piece of the IP payload; and where there is no
//! word: `option=HEX` behind the other TCP options, `patch=OFFSET/HEX` over the frame's bytes, `raw=HEX` for the whole of it behind the
//! addresses. `@NAME` names it.
//! What the wire did: `✗` or `lost`, `queue-full`, `too-big=MTU`, `delayed=MS`, `reordered=MS`, `duplicated=COPIES`,
//! `corrupted=OFFSET/BITS`, `rule=INDEX`, `+MS` (how long it took in all); `taken=MS` (how late the wire took it),
//! `lost=HOST` (of a frame to `all`: that host's copy), `unseen=HOST` where its sniffer missed it.
//!
//! **A call**: `FROM..TO HOST calls NAME(ARGUMENTS) = RESULT`, or `TIME HOST calls …` and later `TIME HOST returns NAME = RESULT`;
//! `HOST.2` is its second socket, `HOST:LABEL` the one of that name in its script.
//!
//! **The kernel's word**: `HOST:STATE` behind a frame, or `HOST is STATE FIELD=VALUE…` below a frame or a call with fields
//! of TCP_INFO (`cwnd=10 rto=240ms ssthresh=infinite`), `+MS` before it where the usual time is not meant. With a time of its
//! own it was a look at all sockets (or, with `left=N`, `arrived=N`, about the N-th frame of the wire).
//!
//! `TIME HOST drops [REASON, COUNT, AMONG, N]` is what a kernel dropped, seen after the N-th frame of the wire was delivered.
//! `TIME HOST program-ends` is the end of a foreign program, by itself, or as JSON behind it says:
//! `program-ends {"run":"others-ended"}`. `TIME HOST missed N` is a sniffer's hole, `TIME ends` the end of the run (with its troubles, as JSON), `in all` stands for what it all came to. `case NAME`
//! begins another story; what stands before the first is the beginning of each.
//!
//! **What is expected** stands behind `=>`, below the line that it is of: members of what `--format json` says of that moment
//! (notes by their keys, states as `HOST:STATE`), and `=` (these and no others), `!=`, `~` (among them; with text in quotes: in
//! it), `!~`, `<`, `<=`, `>`, `>=`. `none` is nothing at all, `sack|timeout` either of them. `later:` before it means the second row of the same, where the frame
//! arrives or the call returns, `copy-lost:` the row of a lost copy; `server:` what the server's own sniffer makes of it. `in all` has the summary's members, in `judged` what the capture shows of itself (`judged.copies.copies=10`), and of the first
//! connection `opened`, `closed`, and what each side sent: `opener.resent`, `acceptor.duplicates` (of the second: `2.opener.…`).
//!
//! To see what is told of a flow, which changes nothing: `SOCKSCOPE_FLOW=teardown/four cargo test --test flows -- --nocapture shown`.
#![allow(clippy::print_stderr, reason = "who asks to see a flow is shown it")]

#[path = "flows/mod.rs"]
mod flow;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use flow::mistakes;
use flow::told::{self, Paths};

/// All flows by their names, in order.
fn files() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        let entries = fs::read_dir(folder).expect("the flows");
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ext| ext == "flow") {
                let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("ours");
                let text = fs::read_to_string(&path).expect("text");
                found.push((name.display().to_string(), text));
            }
        }
    }
    let mut found = Vec::new();
    walk(flow::folder(), &mut found);
    found.sort();
    found
}

/// What is wrong with a flow: mistakes, or what was told otherwise than expected; nothing when all is as expected.
fn judged(name: &str, text: &str, paths: &mut Paths) -> String {
    let cases = match flow::cases(text) {
        Ok(cases) => cases,
        Err(all) => return mistakes::report(name, text, &all),
    };
    let mut out = String::new();
    for case in &cases {
        let of = match case.name.as_str() {
            "" => String::new(),
            case => format!(" (case {case})"),
        };
        if case.expectations.is_empty() {
            let _ = writeln!(
                out,
                "{name}{of}: expects nothing: a specification says what is to be told"
            );
        }
        for difference in told::differences(case, text, paths) {
            let line = text[..difference.at].matches('\n').count() + 1;
            let _ = writeln!(out, "{name}:{line}{of}");
            let _ = writeln!(out, "    {}", difference.line);
            let _ = writeln!(out, "    expected  {}", difference.expected);
            let _ = writeln!(out, "    came      {}", difference.came);
            let _ = writeln!(out, "    told      {}\n", difference.told);
        }
        if let Err(differs) = told::sparing_differs(case) {
            let _ = writeln!(
                out,
                "{name}{of}: who only counts is told otherwise: {differs}"
            );
        }
    }
    out
}

#[test]
fn what_is_told_is_what_the_flows_specify() {
    let (mut out, mut paths) = (String::new(), Paths::default());
    let files = files();
    assert!(!files.is_empty());
    for (name, text) in &files {
        out += &judged(name, text, &mut paths);
    }
    // A member that no story has would let `=none` pass for ever.
    for path in paths.asked.difference(&paths.seen) {
        let _ = writeln!(
            out,
            "nothing that is told has a member “{path}”, which flows ask for"
        );
    }
    assert!(out.is_empty(), "\n{out}");
}

#[test]
fn who_only_counts_is_spared_the_ordinary() {
    let files = files();
    let cases = files
        .iter()
        .flat_map(|(_, text)| flow::cases(text).unwrap_or_default());
    let silent: usize = cases
        .map(|case| told::sparing_differs(&case).expect("the same"))
        .sum();
    assert!(silent > 100, "{silent}");
}

/// A flow that is right as it stands.
const RIGHT: &str = "\
capture
 0    client > server  SYN  seq=0
20    server > client  SYN ACK  seq=0 ack=1
20.1  client > server  ACK  seq=1 ack=1
      => analysis=none  why=none
30    client > server  ACK  seq=1 ack=1 len=100  @first
270   client > server  ACK  seq=1 ack=1 len=100
      => analysis=retransmission  why.before=@first  notes~note-resend
";

/// What is said of that flow with a part of it replaced.
fn planted(right: &str, wrong: &str) -> String {
    assert!(RIGHT.contains(right), "{right}");
    let text = RIGHT.replacen(right, wrong, 1);
    judged("planted.flow", &text, &mut Paths::default())
}

#[test]
fn a_planted_wrong_expectation_is_shown_with_what_came() {
    assert_eq!(planted("capture", "capture"), "");
    for (right, wrong, expected, came) in [
        (
            "analysis=retransmission",
            "analysis=none",
            "analysis=none",
            "retransmission",
        ),
        (
            "=> analysis=none",
            "=> analysis=duplicate_ack",
            "analysis=duplicate_ack",
            "none",
        ),
        ("before=@first", "before=3", "why.before=3", "4"),
        ("before=@first", "before>4", "why.before>4", "4"),
        (
            "notes~note-resend",
            "notes~note-lost",
            "notes~note-lost",
            "note-resend,note-resend-timer",
        ),
        (
            "notes~note-resend",
            "notes!~note-resend",
            "notes!~note-resend",
            "note-resend,note-resend-timer",
        ),
        (
            "why=none",
            "why.recovery=timeout",
            "why.recovery=timeout",
            "none",
        ),
        // The specification stays, and what is seen is another thing.
        ("270 ", "22  ", "in the order of time", ""),
        (
            "270   client",
            "270   server",
            "analysis=retransmission",
            "none",
        ),
    ] {
        let said = planted(right, wrong);
        assert!(
            said.contains(expected) && said.contains(came),
            "{wrong}: {said}"
        );
        assert!(said.starts_with("planted.flow:"), "{said}");
    }
}

#[test]
fn a_mistake_is_shown_with_its_place_and_what_was_expected() {
    for (right, wrong, place, expected) in [
        ("capture", "captrue", "1:1", "(capture?)"),
        ("SYN ACK  seq=0", "SYN AKC  seq=0", "3:28", "no flag"),
        ("SYN ACK  seq=0", "SYN ACK  sek=0", "3:33", "(seq?)"),
        ("ack=1\n20.1", "\n20.1", "3:1", "needs ack"),
        ("server > client", "sever > client", "3:7", "(server?)"),
        ("before=@first", "before=@fist", "8:35", "(first?)"),
        ("20.1 ", "20.x ", "4:1", "no time"),
        ("20.1 ", "19.1 ", "4:1", "order of time"),
        ("len=100  @first", "len=1oo  @first", "6:45", "no number"),
        ("=> analysis=none", "=> analysis", "5:10", "expected MEMBER"),
        (
            "notes~note-resend",
            "notes~note-resent",
            "8:54",
            "no note “note-resent”",
        ),
        ("len=100\n", "len=100 mss=70000\n", "7:53", "at most 65535"),
        ("20.1  client >", "20.1  client ?", "4:1", "calls"),
        (
            "20.1  client > server  ACK  seq=1 ack=1",
            "20.1  client is ESTABLISH",
            "4:17",
            "(ESTABLISHED?)",
        ),
        (
            "20.1  client > server  ACK  seq=1 ack=1",
            "20.1  client calls conect(server:1)",
            "4:20",
            "(connect?)",
        ),
        (
            "20.1  client > server  ACK  seq=1 ack=1",
            "20.1  client returns connect = 0",
            "4:1",
            "no call",
        ),
    ] {
        let said = planted(right, wrong);
        assert!(
            said.contains(&format!("planted.flow:{place}: ")),
            "{wrong}: {said}"
        );
        assert!(
            said.contains(expected) && said.contains('^'),
            "{wrong}: {said}"
        );
    }
}

#[test]
fn who_expects_nothing_and_who_asks_for_what_nobody_tells_is_told_so() {
    let mut paths = Paths::default();
    let text = RIGHT.lines().filter(|line| !line.contains("=>"));
    let text = text.collect::<Vec<_>>().join("\n");
    let said = judged("planted.flow", &text, &mut paths);
    assert!(said.contains("expects nothing"), "{said}");
    let text = RIGHT.replace("why=none", "wyh=none");
    assert_eq!(judged("planted.flow", &text, &mut paths), "");
    assert!(!paths.seen.contains("wyh") && paths.asked.contains("wyh"));
}

/// `SOCKSCOPE_FLOW=NAME`: what is told of the flows with this in their names.
#[test]
fn shown() {
    let Ok(wanted) = std::env::var("SOCKSCOPE_FLOW") else {
        return;
    };
    for (name, text) in files().iter().filter(|(name, _)| name.contains(&wanted)) {
        match flow::cases(text) {
            Err(all) => eprintln!("{}", mistakes::report(name, text, &all)),
            Ok(cases) => {
                for case in cases {
                    eprintln!("━━ {name} {}\n{}", case.name, told::shown(&case, text));
                }
            }
        }
    }
}

#[path = "support/schema.rs"]
mod schema;

/// Each moment of each flow, as it is printed, is what the schema says.
#[test]
fn what_is_told_is_as_the_schema_says() {
    let ours = schema::Schema::ours();
    let mut out = String::new();
    for (name, text) in &files() {
        for case in flow::cases(text).unwrap_or_default() {
            for object in told::told(&case, None).objects() {
                for fault in ours.faults(object) {
                    let _ = writeln!(out, "{name}: {fault}");
                }
            }
        }
    }
    assert!(out.is_empty(), "\n{out}");
}
