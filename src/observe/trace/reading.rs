//! A call's arguments and results, read from the program's memory and spelled as C spells them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::model::{Arg, CallName, Endpoint};
use crate::observe::sys::trace::{memory, names};

/// Most bytes of data that a fact keeps.
const HEAD: usize = 64;
/// Most pieces of a vector that are looked at, as the kernel has it (`UIO_MAXIOV`).
const MOST_PIECES: u64 = 1024;
/// Descriptors of one poll that are told.
const MOST_POLLED: usize = 8;
/// Bytes of `struct pollfd`, `struct iovec`, `struct mmsghdr`, `struct epoll_event`.
const POLLFD: u64 = 8;
const IOVEC: u64 = 16;
const MMSGHDR: u64 = 64;
#[cfg(target_arch = "x86_64")]
const EPOLL_EVENT: u64 = 12;
#[cfg(not(target_arch = "x86_64"))]
const EPOLL_EVENT: u64 = 16;

/// The memory of a program that stands at a stop, by one of its threads.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProgramMemory(pub i32);

/// A number among a call's arguments, as an `int`.
pub(super) fn int(raw: u64) -> i32 {
    let [a, b, c, d, ..] = raw.to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}

fn signed(raw: u64) -> i64 {
    i64::from_ne_bytes(raw.to_ne_bytes())
}

fn size(raw: u64) -> Arg {
    Arg::Int(i64::try_from(raw).unwrap_or(i64::MAX))
}

fn word(word: impl Into<crate::model::Untrusted>) -> Arg {
    Arg::Word(word.into())
}

fn flags(raw: u64) -> Arg {
    names::message_flags(int(raw)).map_or(Arg::Int(0), word)
}

/// A name, or the number.
fn named(name: Option<String>, raw: u64) -> Arg {
    name.map_or_else(|| Arg::Int(i64::from(int(raw))), word)
}

/// The name by which the programmer called, and the arguments but the descriptor.
pub(super) fn arguments(
    memory: ProgramMemory,
    name: CallName,
    raw: [u64; 6],
) -> (CallName, Vec<Arg>) {
    let [_, second, third, fourth, fifth, sixth] = raw;
    let no_args = Vec::new;
    match name {
        CallName::Socket => (name, socket_args(raw)),
        CallName::Bind | CallName::Connect => {
            let to = memory.address(second, third);
            (name, vec![to.map_or_else(|| word("NULL"), Arg::Endpoint)])
        }
        CallName::Accept4 => match names::accept_flags(int(fourth)) {
            // What C's accept() may be, too.
            None => (CallName::Accept, no_args()),
            Some(flags) => (name, vec![word(flags)]),
        },
        CallName::Sendto => {
            let mut args = vec![memory.data(second, third), flags(fourth)];
            match memory.address(fifth, sixth) {
                None => (CallName::Send, args),
                Some(to) => {
                    args.push(Arg::Endpoint(to));
                    (name, args)
                }
            }
        }
        CallName::Recvfrom => {
            let name = if fifth == 0 { CallName::Recv } else { name };
            (name, vec![size(third), flags(fourth)])
        }
        CallName::Sendmsg | CallName::Recvmsg => (name, memory.message_args(name, second, third)),
        CallName::Sendmmsg | CallName::Recvmmsg => (name, vec![size(third), flags(fourth)]),
        CallName::Read => (name, vec![size(third)]),
        CallName::Write => (name, vec![memory.data(second, third)]),
        CallName::Readv => (name, vec![size(memory.pieces(second, third).0)]),
        CallName::Writev => (name, vec![memory.gathered(second, third)]),
        CallName::Sendfile => (name, vec![of_length(fourth)]),
        CallName::Splice => (name, vec![size(fifth)]),
        CallName::Shutdown => (name, vec![named(names::how(int(second)), second)]),
        CallName::Setsockopt | CallName::Getsockopt => (name, memory.option_args(name, raw)),
        CallName::Fcntl => (name, fcntl_args(second, third)),
        CallName::Ioctl => (name, memory.ioctl_args(second, third)),
        CallName::Listen | CallName::Dup2 | CallName::Dup3 => {
            (name, vec![Arg::Int(i64::from(int(second)))])
        }
        CallName::CloseRange => {
            let first = Arg::Int(i64::from(int(raw[0])));
            (name, vec![first, size(second & u64::from(u32::MAX))])
        }
        _ => (name, no_args()),
    }
}

/// Data of which only the length is known.
fn of_length(raw: u64) -> Arg {
    Arg::Data {
        len: raw,
        head: Vec::new(),
    }
}

fn socket_args(raw: [u64; 6]) -> Vec<Arg> {
    let family = names::told_family(raw[0]).unwrap_or("?");
    let protocol = names::protocol(int(raw[2])).filter(|_| int(raw[2]) != 0);
    vec![
        word(family),
        word(names::socket_type(int(raw[1]))),
        named(protocol, raw[2]),
    ]
}

fn fcntl_args(command: u64, value: u64) -> Vec<Arg> {
    let spelt = names::fcntl_command(int(command)).unwrap_or("?");
    let value = if spelt == "F_SETFL" {
        if names::does_not_wait(int(value)) {
            word("O_NONBLOCK")
        } else {
            Arg::Int(0)
        }
    } else {
        Arg::Int(i64::from(int(value)))
    };
    vec![word(spelt), value]
}

impl ProgramMemory {
    /// A socket address of an Internet family that stands there. One of IPv4 in IPv6's clothes is IPv4's.
    pub(super) fn address(self, at: u64, length: u64) -> Option<Endpoint> {
        let mut bytes = [0u8; 28];
        let room = usize::try_from(length).unwrap_or(0).min(bytes.len());
        let read = memory::read(self.0, at, bytes.get_mut(..room)?);
        let bytes = bytes.get(..read)?;
        let family = u64::from(u16::from_ne_bytes(*bytes.first_chunk()?));
        let port = u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?);
        let addr: IpAddr = match names::told_family(family)? {
            "AF_INET" => Ipv4Addr::from(*bytes.get(4..)?.first_chunk::<4>()?).into(),
            _ => Ipv6Addr::from(*bytes.get(8..)?.first_chunk::<16>()?).into(),
        };
        Some(Endpoint::new(addr.to_canonical(), port))
    }

    /// The length of an address that a call has written, by the pointer to it.
    pub(super) fn length_at(self, at: u64) -> u64 {
        memory::int(self.0, at)
            .and_then(|length| u64::try_from(length).ok())
            .unwrap_or(0)
    }

    /// The first bytes of so many.
    pub(super) fn data(self, at: u64, len: u64) -> Arg {
        let mut head = vec![0u8; usize::try_from(len).unwrap_or(HEAD).min(HEAD)];
        let read = memory::read(self.0, at, &mut head);
        head.truncate(read);
        Arg::Data { len, head }
    }

    /// How long the pieces of a vector are together, and where the first of them that has any bytes is.
    fn pieces(self, at: u64, count: u64) -> (u64, Vec<(u64, u64)>) {
        let mut total = 0u64;
        let mut first = Vec::new();
        for number in 0..count.min(MOST_PIECES) {
            let place = at.saturating_add(number * IOVEC);
            let base = memory::word(self.0, place);
            let length = memory::word(self.0, place.saturating_add(8));
            let (Some(base), Some(length)) = (base, length) else {
                break;
            };
            total = total.saturating_add(length);
            if first.len() < 4 && length > 0 {
                first.push((base, length));
            }
        }
        (total, first)
    }

    /// The first bytes of a vector's pieces, of which `len` count.
    fn scattered(self, at: u64, count: u64, len: Option<u64>) -> Arg {
        let (total, pieces) = self.pieces(at, count);
        let len = len.unwrap_or(total);
        let mut head = Vec::new();
        for (base, length) in pieces {
            let missing = usize::try_from(len).unwrap_or(HEAD).min(HEAD) - head.len();
            let mut piece = vec![0u8; usize::try_from(length).unwrap_or(HEAD).min(missing)];
            let read = memory::read(self.0, base, &mut piece);
            head.extend_from_slice(piece.get(..read).unwrap_or_default());
        }
        Arg::Data { len, head }
    }

    fn gathered(self, at: u64, count: u64) -> Arg {
        self.scattered(at, count, None)
    }

    /// Of `struct msghdr`: name and its length, vector and its length.
    fn message(self, at: u64) -> Option<[u64; 4]> {
        let word = |offset| memory::word(self.0, at.saturating_add(offset));
        let length = u64::from(memory::int(self.0, at.saturating_add(8))?.cast_unsigned());
        Some([word(0)?, length, word(16)?, word(24)?])
    }

    fn message_args(self, name: CallName, at: u64, with: u64) -> Vec<Arg> {
        let Some([to, length, pieces, count]) = self.message(at) else {
            return vec![flags(with)];
        };
        if name == CallName::Recvmsg {
            return vec![size(self.pieces(pieces, count).0), flags(with)];
        }
        let mut args = vec![self.gathered(pieces, count), flags(with)];
        args.extend(self.address(to, length).map(Arg::Endpoint));
        args
    }

    /// What recvmsg gave: data, the sender, that it was cut.
    pub(super) fn message_results(self, at: u64, len: u64) -> Vec<Arg> {
        let Some([from, length, pieces, count]) = self.message(at) else {
            return Vec::new();
        };
        let mut out = vec![self.scattered(pieces, count, Some(len))];
        out.extend(self.address(from, length).map(Arg::Endpoint));
        let flags = memory::int(self.0, at.saturating_add(48)).unwrap_or(0);
        out.extend(names::says_truncated(flags).then(|| word("MSG_TRUNC")));
        out
    }

    /// The descriptors that came with a message.
    pub(super) fn passed(self, at: u64) -> Vec<i32> {
        let word = |offset| memory::word(self.0, at.saturating_add(offset));
        let (Some(control), Some(length)) = (word(32), word(40)) else {
            return Vec::new();
        };
        let mut bytes = vec![0u8; usize::try_from(length).unwrap_or(0).min(4096)];
        let read = memory::read(self.0, control, &mut bytes);
        names::passed_descriptors(bytes.get(..read).unwrap_or_default())
    }

    /// What a read into a vector gave.
    pub(super) fn vector_results(self, at: u64, count: u64, len: u64) -> Arg {
        self.scattered(at, count, Some(len))
    }

    /// What so many messages of sendmmsg or recvmmsg came to: bytes, the beginning of the first.
    pub(super) fn messages(self, at: u64, count: u64) -> Arg {
        let mut total = 0u64;
        for number in 0..count.min(MOST_PIECES) {
            let length = memory::int(self.0, at.saturating_add(number * MMSGHDR + 56));
            total = total.saturating_add(u64::from(length.unwrap_or(0).cast_unsigned()));
        }
        let first = self.message(at).map(|[_, _, pieces, count]| {
            let length = memory::int(self.0, at.saturating_add(56)).unwrap_or(0);
            self.scattered(pieces, count, u64::try_from(length).ok())
        });
        match first {
            Some(Arg::Data { head, .. }) => Arg::Data { len: total, head },
            _ => of_length(total),
        }
    }

    fn option_args(self, name: CallName, raw: [u64; 6]) -> Vec<Arg> {
        let (level, option) = (int(raw[1]), int(raw[2]));
        let mut args = vec![
            named(names::level(level), raw[1]),
            named(names::option(level, option), raw[2]),
        ];
        if name == CallName::Setsockopt {
            args.extend(self.option_value(level, option, raw[3], raw[4]));
        }
        args
    }

    /// An option's value that stands there.
    pub(super) fn option_value(self, level: i32, option: i32, at: u64, length: u64) -> Option<Arg> {
        let int_at = |offset| memory::int(self.0, at.saturating_add(offset));
        let long_at = |offset| memory::word(self.0, at.saturating_add(offset)).map(signed);
        Some(match names::option_shape(level, option) {
            names::OptionShape::Int if length >= 4 => Arg::Int(i64::from(int_at(0)?)),
            names::OptionShape::Int => {
                let mut byte = [0u8; 1];
                (memory::read(self.0, at, &mut byte) == 1).then_some(())?;
                Arg::Int(i64::from(byte[0]))
            }
            names::OptionShape::Linger => word(format!("{{{}, {}}}", int_at(0)?, int_at(4)?)),
            names::OptionShape::Time => word(format!("{{{}, {}}}", long_at(0)?, long_at(8)?)),
            names::OptionShape::Text => {
                let mut text = vec![0u8; usize::try_from(length).unwrap_or(0).min(16)];
                let read = memory::read(self.0, at, &mut text);
                let text = String::from_utf8_lossy(text.get(..read)?).into_owned();
                word(text.trim_end_matches('\0').to_owned())
            }
            names::OptionShape::Memory => return None,
        })
    }

    /// A word of it.
    pub(super) fn word(self, at: u64) -> Option<u64> {
        memory::word(self.0, at)
    }

    /// An `int` of it, as a value.
    pub(super) fn int_arg(self, at: u64) -> Option<Arg> {
        memory::int(self.0, at).map(|value| Arg::Int(i64::from(value)))
    }

    fn ioctl_args(self, command: u64, at: u64) -> Vec<Arg> {
        let spelt = names::ioctl_command(command).unwrap_or("?");
        let value = (spelt == "FIONBIO").then(|| self.int_arg(at)).flatten();
        std::iter::once(word(spelt)).chain(value).collect()
    }

    /// Descriptors of a poll, with what is asked or (`results`) what was said of each that was said anything of.
    pub(super) fn polled(self, at: u64, count: u64, results: bool) -> Vec<(i32, String)> {
        let mut found = Vec::new();
        for number in 0..count.min(MOST_PIECES) {
            let place = at.saturating_add(number * POLLFD);
            let Some(bytes) = memory::number::<8>(self.0, place) else {
                break;
            };
            let [fd @ .., asked, asked_high, said, said_high] = bytes;
            let events = i16::from_ne_bytes(if results {
                [said, said_high]
            } else {
                [asked, asked_high]
            });
            if !(results && events == 0) {
                found.push((i32::from_ne_bytes(fd), names::poll_events(events)));
            }
        }
        found
    }

    /// Descriptors in one of select's sets.
    pub(super) fn selected(self, at: u64, below: i32) -> Vec<i32> {
        let below = usize::try_from(below).unwrap_or(0).min(1024);
        let mut set = vec![0u8; below.div_ceil(8)];
        let read = memory::read(self.0, at, &mut set);
        let is_in = |fd: &usize| {
            set.get(..read)
                .and_then(|set| set.get(fd / 8))
                .is_some_and(|byte| byte & (1 << (fd % 8)) != 0)
        };
        (0..below)
            .filter(is_in)
            .filter_map(|fd| i32::try_from(fd).ok())
            .collect()
    }

    /// What epoll_wait said, event by event.
    pub(super) fn epoll_results(self, at: u64, count: i64) -> Vec<Arg> {
        let count = usize::try_from(count).unwrap_or(0).min(MOST_POLLED);
        (0u64..)
            .take(count)
            .filter_map(|number| memory::int(self.0, at.saturating_add(number * EPOLL_EVENT)))
            .map(|events| word(names::epoll_events(events.cast_unsigned())))
            .collect()
    }

    /// Milliseconds of a `struct timespec`; −1: for ever.
    pub(super) fn timespec(self, at: u64) -> i64 {
        if at == 0 {
            return -1;
        }
        let long = |offset| memory::word(self.0, at.saturating_add(offset)).map_or(0, signed);
        long(0)
            .saturating_mul(1_000)
            .saturating_add(long(8) / 1_000_000)
    }
}

/// Descriptors of a poll as a call's arguments: `4 POLLIN`.
pub(super) fn polled_args(polled: &[(i32, String)]) -> Vec<Arg> {
    let some = polled.iter().take(MOST_POLLED);
    some.map(|(fd, events)| word(format!("{fd} {events}")))
        .collect()
}

/// Descriptors of one of select's sets as an argument: `readfds 4 5`.
pub(super) fn selected_arg(set: &str, fds: &[i32]) -> Option<Arg> {
    let some = fds.iter().take(MOST_POLLED).map(|fd| format!(" {fd}"));
    (!fds.is_empty()).then(|| word(format!("{set}{}", some.collect::<String>())))
}
