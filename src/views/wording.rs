//! Notes, hosts, times and calls in words: what several views say alike.

use crate::explain::{Note, NoteKind, Transit};
use crate::model::{
    Arg, Call, CallName, CallResult, EndReason, EndedBy, Hole, HoleKind, Host, HostId, LeftSocket,
    ProcessEvent, ProcessSeen, ProgramEnd, Returned, Span, Unseen,
};
use crate::notation::call::name_of;
use crate::text::{Catalogue, Message, Value};

use super::styled::{Role, columns, take};
use crate::text::visible;

/// A note's wording, with its RFC section behind it.
#[must_use]
pub fn note(note: &Note, catalogue: &Catalogue) -> String {
    let said = message(&note.message, catalogue);
    match note.rfc {
        Some(_) => format!("{said} {}", rfcs(&[note])),
        None => said,
    }
}

/// What is missing or misplaced at a hole.
#[must_use]
pub fn hole(hole: &Hole, catalogue: &Catalogue) -> String {
    let said = match hole.kind {
        HoleKind::Missed => Message::new("ladder-hole"),
        HoleKind::Late => Message::new("ladder-hole-late"),
        HoleKind::Untold { others } => Message::new("ladder-untold").int("others", others),
        HoleKind::Unsaved { others } => Message::new("ladder-unsaved").int("others", others),
    };
    message(&said.int("frames", hole.frames), catalogue)
}

/// The RFC sections that notes cite, each once: `[RFC 9293 §3.4, §3.8.6.3; RFC 7323 §2.2]`; nothing when there are
/// none. Blanks in it do not break.
#[must_use]
pub fn rfcs(notes: &[&Note]) -> String {
    let mut cited: Vec<(u16, Vec<&'static str>)> = Vec::new();
    for rfc in notes.iter().filter_map(|note| note.rfc) {
        match cited.iter_mut().find(|(number, _)| *number == rfc.number) {
            Some((_, sections)) if sections.contains(&rfc.section) => {}
            Some((_, sections)) => sections.push(rfc.section),
            None => cited.push((rfc.number, vec![rfc.section])),
        }
    }
    let spelt: Vec<String> = cited
        .into_iter()
        .map(|(number, sections)| {
            let sections: Vec<String> = sections
                .into_iter()
                .filter(|section| !section.is_empty())
                .map(|section| format!("§{section}"))
                .collect();
            format!("RFC {number} {}", sections.join(", "))
                .trim_end()
                .to_owned()
        })
        .collect();
    if spelt.is_empty() {
        String::new()
    } else {
        format!("[{}]", spelt.join("; "))
    }
}

/// A message's wording. Texts among its arguments may come from a file: they are made visible, and the two
/// hosts that every run has are called by the language's own words.
#[must_use]
pub fn message(message: &Message, catalogue: &Catalogue) -> String {
    let args = message
        .args
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Text(text) => Value::Text(host_word(text.as_str(), catalogue).into()),
                Value::Int(number) => Value::Int(*number),
            };
            (*name, value)
        })
        .collect();
    catalogue.say(&Message {
        key: message.key,
        args,
    })
}

/// `client`, `server`, or whatever the host is called, in the reader's language where it has a word for it.
#[must_use]
pub fn host_word(name: &str, catalogue: &Catalogue) -> String {
    match name {
        "client" => catalogue.word("ladder-client"),
        "server" => catalogue.word("ladder-server"),
        _ => visible::text(name),
    }
}

/// A host's name, by its number.
#[must_use]
pub fn host_name(host: HostId, hosts: &[Host], catalogue: &Catalogue) -> String {
    match hosts.iter().find(|known| known.id == host) {
        Some(known) => host_word(&visible::untrusted(&known.name), catalogue),
        None if host == HostId::CLIENT => host_word("client", catalogue),
        None if host == HostId::SERVER => host_word("server", catalogue),
        None => format!("#{}", host.0),
    }
}

/// That a program ended, or is ended by the run, and why.
pub fn program_end(end: &ProgramEnd, hosts: &[Host], catalogue: &Catalogue) -> String {
    let said = match end.by {
        EndedBy::Itself { status: 0 } => Message::new("ladder-program-ended"),
        EndedBy::Itself { status } => {
            Message::new("ladder-program-ended-badly").int("status", status)
        }
        EndedBy::Run(EndReason::OthersEnded) => Message::new("ladder-program-dismissed"),
        EndedBy::Run(EndReason::Interrupted) => Message::new("ladder-program-interrupted"),
        EndedBy::Run(EndReason::OutOfTime) => Message::new("ladder-program-out-of-time"),
    };
    message(
        &said.text("host", host_name(end.host, hosts, catalogue)),
        catalogue,
    )
}

/// Something about a process of a foreign program, and the role that it is shown in; nothing of what is no news to people: an
/// end as it should be.
pub fn process(
    seen: &ProcessSeen,
    hosts: &[Host],
    catalogue: &Catalogue,
) -> Option<(Role, String)> {
    let (role, said) = match &seen.event {
        ProcessEvent::Signal(name) => (
            Role::Milestone,
            Message::new("ladder-process-signal").text("signal", visible::untrusted(name)),
        ),
        ProcessEvent::Ended { status, open } => {
            if *status == 0 && open.is_empty() {
                return None;
            }
            let said = if open.is_empty() {
                Message::new("ladder-process-ended")
            } else {
                Message::new("ladder-process-ended-open").text("sockets", fds(open))
            };
            (Role::Milestone, said.int("status", *status))
        }
        ProcessEvent::Unseen(unseen) => (
            Role::Caution,
            match unseen {
                Unseen::IoUring => Message::new("ladder-unseen-io-uring"),
                Unseen::ForeignCalls => Message::new("ladder-unseen-foreign"),
                Unseen::ReadsAndWrites(errno) => {
                    Message::new("ladder-unseen-reads").text("errno", visible::untrusted(errno))
                }
                Unseen::All(errno) => {
                    Message::new("ladder-unseen-all").text("errno", visible::untrusted(errno))
                }
            },
        ),
        ProcessEvent::Busy { socket } => (
            Role::Caution,
            Message::new("ladder-process-busy").int("socket", *socket),
        ),
        ProcessEvent::Calm { socket, calls } => (
            Role::Caution,
            Message::new("ladder-process-calm")
                .int("socket", *socket)
                .int("calls", *calls),
        ),
    };
    let said = said
        .text("host", host_name(seen.host, hosts, catalogue))
        .text("program", visible::untrusted(&seen.program))
        .int("process", seen.process);
    Some((role, message(&said, catalogue)))
}

/// Descriptors as a list: `5, 7`.
fn fds(open: &[LeftSocket]) -> String {
    let fds: Vec<String> = open.iter().map(|left| left.fd.to_string()).collect();
    fds.join(", ")
}

/// The role that a note is shown in.
#[must_use]
pub const fn note_role(kind: NoteKind) -> Role {
    match kind {
        NoteKind::What | NoteKind::Why | NoteKind::Next => Role::Note,
        NoteKind::Linux => Role::Linux,
        NoteKind::Milestone => Role::Milestone,
        NoteKind::Caution => Role::Caution,
    }
}

/// What stands before a note that is a paragraph of its own.
#[must_use]
pub fn note_mark(kind: NoteKind, catalogue: &Catalogue) -> String {
    match kind {
        NoteKind::What | NoteKind::Why | NoteKind::Next => String::new(),
        NoteKind::Linux => catalogue.word("ladder-linux"),
        NoteKind::Milestone => "▪ ".to_owned(),
        NoteKind::Caution => "! ".to_owned(),
    }
}

/// That a frame was late, where it was: ` late 61.1`.
#[must_use]
pub fn late(transit: &Transit, catalogue: &Catalogue) -> String {
    transit.late.map_or_else(String::new, |late| {
        format!(" {} {}", catalogue.word("ladder-late"), time(late))
    })
}

/// Milliseconds with one decimal: `40.3`; from 10 s on seconds with two: `12.34s`.
#[must_use]
pub fn time(span: Span) -> String {
    let ns = span.ns();
    let sign = if ns < 0 { "-" } else { "" };
    let ns = ns.unsigned_abs();
    if ns < 9_999_950_000 {
        let tenths = (ns + 50_000) / 100_000;
        if tenths == 0 {
            return "0.0".to_owned();
        }
        format!("{sign}{}.{}", tenths / 10, tenths % 10)
    } else {
        let hundredths = (ns + 5_000_000) / 10_000_000;
        format!("{sign}{}.{:02}s", hundredths / 100, hundredths % 100)
    }
}

/// How long something took, with its unit: `40.3 ms`; below one with two decimals, so that it is not nothing; from 10 s
/// on `12.34 s`.
#[must_use]
pub fn duration(span: Span) -> String {
    let text = match span.ns() {
        1..1_000_000 => format!("{:.2}", span.as_ms()),
        _ => time(span),
    };
    match text.strip_suffix('s') {
        Some(seconds) => format!("{seconds} s"),
        None => format!("{text} ms"),
    }
}

/// A call as the C API spells it, without the descriptor: `connect(10.0.0.2:7070)`. Data is shown in at most
/// `room` columns.
#[must_use]
pub fn call(call: &Call, room: usize) -> String {
    spelt(call, &call.args, room)
}

/// The same in fewer columns: the level of a socket's option is left out, which its name tells as well, and data is short.
#[must_use]
pub fn call_in_short(call: &Call) -> String {
    let option = matches!(call.name, CallName::Setsockopt | CallName::Getsockopt);
    let level = |arg: &Arg| matches!(arg, Arg::Word(word) if is_level(&visible::untrusted(word)));
    let named = matches!(call.args.get(1), Some(Arg::Word(_)));
    let skip = usize::from(option && named && call.args.first().is_some_and(level));
    spelt(call, &call.args[skip..], 6)
}

fn is_level(word: &str) -> bool {
    word == "SOL_SOCKET" || word.starts_with("IPPROTO_")
}

fn spelt(call: &Call, args: &[Arg], room: usize) -> String {
    let fd = call.site.as_deref().and_then(|site| site.fd);
    let fd = fd.map(|fd| fd.to_string()).into_iter();
    let args: Vec<String> = fd.chain(args.iter().map(|a| arg(a, room))).collect();
    let label = if call.label.is_empty() {
        String::new()
    } else {
        format!("{}: ", visible::untrusted(&call.label))
    };
    format!("{label}{}({})", name_of(call.name), args.join(", "))
}

/// What a call gave: `= 0`, `= 5 "hello"`, `= -1 ECONNREFUSED`.
#[must_use]
pub fn gave(call: &Call, returned: &Returned, room: usize) -> String {
    match &returned.result {
        CallResult::Err(errno) => format!("= -1 {}", visible::untrusted(errno)),
        CallResult::Ok { value, out } => {
            let mut parts: Vec<String> = out
                .iter()
                .filter(|a| !matches!(a, Arg::Data { len: 0, .. }))
                .map(|a| match a {
                    Arg::Data { len, head } => data(*len, head, room),
                    other => arg(other, room),
                })
                .collect();
            // What getsockopt() fills in is no part of what it returns.
            if call.name == CallName::Getsockopt && !parts.is_empty() {
                parts = vec![format!("[{}]", parts.join(" "))];
            }
            let fd = returned.seen.as_deref().and_then(|seen| seen.fd);
            // The number that a program goes on with, where it is one that is not ours.
            let value = fd.map_or(*value, i64::from);
            parts.insert(0, value.to_string());
            format!("= {}", parts.join(" "))
        }
    }
}

fn arg(arg: &Arg, room: usize) -> String {
    match arg {
        Arg::Word(word) => visible::untrusted(word),
        Arg::Int(number) => number.to_string(),
        Arg::Endpoint(endpoint) => endpoint.to_string(),
        // As strace has it: the buffer, and how much of it.
        Arg::Data { len, head } => format!("{}, {len}", data(*len, head, room)),
    }
}

/// `"hello"`, or its beginning: `"hello wor"…`.
fn data(len: u64, head: &[u8], room: usize) -> String {
    if room == 0 && len > 0 {
        return "…".to_owned();
    }
    let text = visible::bytes(head);
    if head.len() as u64 == len && columns(&text) <= room {
        return format!("\"{text}\"");
    }
    // Cut where a character ends: not inside an escape, and not at one that the recording itself cut in two.
    let mut whole = 0;
    for (at, _) in head.iter().enumerate().skip(1) {
        let shown = visible::bytes(&head[..at]);
        if std::str::from_utf8(&head[whole..at]).is_ok() || at - whole > 3 {
            if columns(&shown) >= room {
                break;
            }
            whole = at;
        }
    }
    if whole == 0 {
        // Empty quotes would say that there was nothing.
        return "…".to_owned();
    }
    format!("\"{}\"…", take(&visible::bytes(&head[..whole]), room))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CallId, Time};

    #[test]
    fn a_duration_has_one_unit() {
        for (ns, text) in [
            (0, "0.0 ms"),
            (70_000, "0.07 ms"),
            (40_349_999, "40.3 ms"),
            (9_999_949_999, "9999.9 ms"),
            (19_978_000_000, "19.98 s"),
        ] {
            assert_eq!(duration(Span::from_ns(ns)), text);
        }
    }

    #[test]
    fn in_short_an_option_keeps_its_value_and_data_of_which_nothing_fits_is_an_ellipsis() {
        let call = |name, args| Call {
            at: Time::default(),
            id: CallId(0),
            host: HostId::CLIENT,
            socket: 1,
            label: "".into(),
            name,
            args,
            kept_waiting: None,
            site: None,
        };
        let word = |word: &str| Arg::Word(word.into());
        let set = call(
            CallName::Setsockopt,
            vec![word("SOL_SOCKET"), word("SO_LINGER"), word("{1, 0}")],
        );
        assert_eq!(call_in_short(&set), "setsockopt(SO_LINGER, {1, 0})");
        let made = call(CallName::Socket, vec![word("AF_INET"), word("SOCK_RAW")]);
        assert_eq!(call_in_short(&made), "socket(AF_INET, SOCK_RAW)");
        assert_eq!(data(20, "\u{202e}".as_bytes(), 6), "…");
        assert_eq!(data(2, b"\x08\0", 6), "\"\\x08\\0\"");
    }
}
