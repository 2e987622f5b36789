//! The verbs: what follows each of them.

use std::net::Shutdown;

use super::line::LineReader;
use crate::notation::Mistake;
use crate::script::option::{OPTIONS, OptionKind, option_kind};
use crate::script::step::{Readiness, RecvMode, Verb};
use crate::script::{SendData, SocketKind, placeholders};

/// Buffer of a recv without `buffer N`: the article's.
const BUFFER: u32 = 1024;
/// Largest buffer and largest single piece of data that a call hands over.
const LARGEST: u32 = 64 * 1024 * 1024;
/// Most bytes that one step sends in all.
const MOST: u64 = 1 << 40;

/// What a verb's line means; none after a mistake. Blocks (`repeat`, `spawn`, `end`) are the caller's.
pub fn verb(name: &str, line: &mut LineReader<'_>) -> Option<Verb> {
    let verb = match name {
        "socket" => Verb::Socket(
            match line.one_of(&["tcp", "udp", "icmp", "raw-tcp", "packet"])? {
                "tcp" => SocketKind::Tcp,
                "udp" => SocketKind::Udp,
                "icmp" => SocketKind::Icmp,
                "raw-tcp" => SocketKind::RawTcp,
                _ => SocketKind::Packet,
            },
        ),
        "bind" => Verb::Bind(line.target()?),
        "listen" => listen(line)?,
        "accept" => Verb::Accept,
        "connect" => Verb::Connect(if line.is_empty() {
            None
        } else {
            Some(line.target()?)
        }),
        "send" => Verb::Send {
            data: data(line)?,
            flags: line.flags(&["oob", "more", "dontwait"]),
        },
        "sendto" => Verb::SendTo {
            to: line.target()?,
            data: data(line)?,
            flags: line.flags(&["dontwait"]),
        },
        "reply" => Verb::Reply(data(line)?),
        "recv" => recv(line)?,
        "recvfrom" => recvfrom(line)?,
        "recvmsg" => Verb::RecvMsg {
            buffer: buffer(line)?,
        },
        "echo" => {
            line.one_of(&["until"])?;
            line.one_of(&["eof"])?;
            Verb::Echo {
                buffer: buffer(line)?,
            }
        }
        "shutdown" => Verb::Shutdown(match line.one_of(&["write", "read", "both"])? {
            "write" => Shutdown::Write,
            "read" => Shutdown::Read,
            _ => Shutdown::Both,
        }),
        "close" => Verb::Close,
        "set" => set(line)?,
        "get" => Verb::Get {
            option: option(line)?.0,
        },
        "quickack" => Verb::Quickack,
        "nonblocking" => Verb::Nonblocking(line.one_of(&["on", "off"])? == "on"),
        "poll" | "select" | "epoll" => Verb::Poll {
            by: match name {
                "poll" => Readiness::Poll,
                "select" => Readiness::Select,
                _ => Readiness::Epoll,
            },
            out: line.one_of(&["in", "out"])? == "out",
            timeout: if line.is_empty() {
                None
            } else {
                Some(line.time()?)
            },
        },
        "wait" => Verb::Wait(line.time()?),
        "signal" => Verb::Signal(line.name()?),
        "await" => Verb::Await(line.name()?),
        "settle" => Verb::Settle,
        "join" => Verb::Join,
        "exit" => Verb::Exit,
        "ping" => Verb::Ping {
            host: line.name()?,
            data: if line.is_empty() {
                SendData::Pattern(56)
            } else {
                data(line)?
            },
        },
        "syn" => {
            let to = line.target()?;
            line.one_of(&["from"])?;
            Verb::Syn {
                to,
                from: line.number(1..=65_535)?,
            }
        }
        _ => unreachable!("invariant: the caller takes verbs of VERBS only"),
    };
    line.end(verb)
}

fn listen(line: &mut LineReader<'_>) -> Option<Verb> {
    let port = match line.peek() {
        None | Some("backlog") => None,
        Some(_) => Some(line.number(1..=65_535)?),
    };
    let backlog = if line.take("backlog") {
        line.number(0..=65_535)?
    } else if line.is_empty() {
        5
    } else {
        line.one_of(&["backlog"])?;
        5
    };
    Some(Verb::Listen { port, backlog })
}

fn buffer(line: &mut LineReader<'_>) -> Option<u32> {
    if line.take("buffer") {
        line.number(1..=LARGEST)
    } else {
        Some(BUFFER)
    }
}

const RECV_FLAGS: [&str; 4] = ["peek", "oob", "dontwait", "trunc"];

fn recv(line: &mut LineReader<'_>) -> Option<Verb> {
    let mut size = None;
    let mode = match line.peek() {
        Some("exactly") => {
            line.skip();
            if line.is_quoted() {
                RecvMode::Like(line.word()?)
            } else {
                RecvMode::Exactly(line.number(1..=MOST)?)
            }
        }
        Some("until") => {
            line.skip();
            line.one_of(&["eof"])?;
            RecvMode::UntilEof
        }
        Some(word) if word.starts_with(|c: char| c.is_ascii_digit()) => {
            size = Some(line.number(1..=LARGEST)?);
            RecvMode::Once
        }
        _ => RecvMode::Once,
    };
    let buffer = match size {
        Some(size) => size,
        None => buffer(line)?,
    };
    Some(Verb::Recv {
        mode,
        buffer,
        flags: line.flags(&RECV_FLAGS),
    })
}

fn recvfrom(line: &mut LineReader<'_>) -> Option<Verb> {
    if line.take("until") {
        line.one_of(&["quiet"])?;
        return Some(Verb::RecvFromUntilQuiet {
            buffer: buffer(line)?,
        });
    }
    Some(Verb::RecvFrom {
        buffer: buffer(line)?,
        flags: line.flags(&["peek", "trunc", "dontwait"]),
    })
}

/// `"text"`, `5000 bytes [chunk 100]`, `hex 00 ff …`.
fn data(line: &mut LineReader<'_>) -> Option<SendData> {
    if line.is_quoted() {
        return Some(SendData::Text(line.word()?));
    }
    match line.peek() {
        Some("hex") => {
            line.skip();
            let mut bytes = Vec::new();
            while let Some(part) = line.peek().filter(|word| !FLAG_WORDS.contains(word)) {
                let Some(more) = hex(part) else {
                    return line.wrong("lesson-script-want-hex");
                };
                bytes.extend(more);
                line.skip();
            }
            if bytes.is_empty() {
                return line.wrong("lesson-script-want-hex");
            }
            Some(SendData::Hex(bytes))
        }
        Some(word) if word.starts_with(|c: char| c.is_ascii_digit()) => {
            let total = line.number(0..=MOST)?;
            line.one_of(&["bytes"])?;
            if line.take("chunk") {
                let chunk = line.number(1..=u64::from(LARGEST))?;
                return Some(SendData::Chunked { total, chunk });
            }
            Some(SendData::Pattern(total))
        }
        _ => line.wrong("lesson-script-want-data"),
    }
}

/// Words that may follow data, so that `hex 00 oob` ends before `oob`.
const FLAG_WORDS: [&str; 4] = ["oob", "more", "dontwait", "fails"];

fn hex(text: &str) -> Option<Vec<u8>> {
    if text.is_empty()
        || !text.len().is_multiple_of(2)
        || !text.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return None;
    }
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok())
        .collect()
}

fn option(line: &mut LineReader<'_>) -> Option<(String, OptionKind)> {
    let name = line.peek().unwrap_or_default();
    if let Some(kind) = option_kind(name) {
        line.skip();
        return Some((name.to_owned(), kind));
    }
    line.one_of(&OPTIONS.map(|(name, _)| name))
        .map(|name| (name.to_owned(), OptionKind::Number))
}

fn set(line: &mut LineReader<'_>) -> Option<Verb> {
    if option_kind(line.peek().unwrap_or_default()) == Some(OptionKind::Memory) {
        // It can only be read: what could be set instead.
        let settable = OPTIONS
            .iter()
            .filter(|(_, kind)| *kind != OptionKind::Memory);
        let names: Vec<&'static str> = settable.map(|(name, _)| *name).collect();
        line.one_of(&names)?;
        return None;
    }
    let (option, kind) = option(line)?;
    let values = match kind {
        OptionKind::Flag => vec![line.one_of(&["on", "off", "1", "0"])?.to_owned()],
        OptionKind::Number => vec![line.number(0..=i32::MAX)?.to_string()],
        OptionKind::Timeout => {
            let written = line.peek().unwrap_or_default().to_owned();
            line.time()?;
            vec![written]
        }
        OptionKind::Linger => match line.one_of(&["on", "off"])? {
            "off" => vec!["off".to_owned()],
            on => vec![on.to_owned(), line.number(0..=65_535)?.to_string()],
        },
        OptionKind::Name | OptionKind::Group => vec![line.word()?],
        OptionKind::Memory => return None,
    };
    Some(Verb::Set { option, values })
}

/// A text's `{field}`s that are none: with a mistake each.
pub fn check_fields(text: &str, span: &std::ops::Range<usize>, mistakes: &mut Vec<Mistake>) {
    for (at, _) in text.match_indices('{') {
        let inside = &text[at + 1..];
        let before = text[..at].chars().rev().take_while(|c| *c == '{').count();
        if before % 2 == 1 || inside.starts_with('{') {
            continue;
        }
        let Some((name, _)) = inside.split_once('}') else {
            continue;
        };
        if name.contains('.') && !name.contains(' ') && !placeholders::FIELDS.contains(&name) {
            mistakes.push(
                Mistake::new(span.clone(), "lesson-script-field")
                    .with("found", name)
                    .with("choices", placeholders::FIELDS.join(", "))
                    .near(name, placeholders::FIELDS),
            );
        }
    }
}
