//! The exit of a call: what it gave, and what it made of descriptors and sockets.

use std::time::{Duration, Instant};

use super::Tracer;
use super::descriptors::{TableId, TracedSocket};
use super::process::{EnteredCall, is_socket};
use super::reading::{ProgramMemory, int};
use crate::model::{Arg, CallName, CallResult, Endpoint, ReturnSeen, SocketEnds};
use crate::observe::sys::trace::names;
use crate::observe::sys::trace::sockets::SocketCopy;

/// Between two questions about a socket that only moves data.
const ASK_AGAIN: Duration = Duration::from_millis(1);

impl Tracer {
    /// A thread stands at the exit of a call, which gave this. Its descriptors that have become sockets get their filters
    /// afterwards.
    pub(super) fn returned(&mut self, thread: i32, call: &EnteredCall, value: i64) {
        let Some(process) = self.threads.get(&thread).map(|known| known.process) else {
            return;
        };
        let Some(table) = self.processes.get(&process).map(|known| known.table) else {
            return;
        };
        let mut new = Vec::new();
        let mut seen = ReturnSeen::default();
        if value >= 0 {
            self.changes(process, table, call, value, &mut new, &mut seen);
            if call.name == CallName::Recvmsg {
                let passed = ProgramMemory(thread).passed(call.raw[1]);
                new.extend(passed.into_iter().filter(|fd| is_socket(process, *fd)));
                self.passed(process, table, &new);
            }
        }
        self.learn_ends(process, call, value, &mut seen);
        seen.rest = rest(ProgramMemory(thread), call, value);
        let made = self.made_socket(table, seen.fd);
        let accepted = seen.ends.and_then(|ends| ends.remote);
        let result = result(ProgramMemory(thread), call, value, made, accepted);
        self.tell_returned(call.id, result, Some(seen));
        self.ask_after(call, value);
        if let Some(closed) = call.socket {
            self.descriptors.forget_closed(closed);
        }
        if let Some(known) = self.processes.get_mut(&process) {
            for fd in new {
                let filter = known.filters.add(fd);
                known.to_load.extend(filter);
            }
        }
    }

    /// The number of the socket that a call has made.
    fn made_socket(&self, table: TableId, fd: Option<i32>) -> Option<u32> {
        self.descriptors.number(table, fd?)
    }

    /// What a call that went well has made of descriptors.
    fn changes(
        &mut self,
        process: i32,
        table: TableId,
        call: &EnteredCall,
        value: i64,
        new: &mut Vec<i32>,
        seen: &mut ReturnSeen,
    ) {
        let Ok(fd) = i32::try_from(value) else { return };
        match call.name {
            CallName::Socket => {
                let datagram = int(call.raw[1]) & 0xf != 1;
                self.new_socket(process, table, fd, datagram);
            }
            CallName::Accept | CallName::Accept4 => {
                let number = self.new_socket(process, table, fd, false);
                let ends = ends(process, fd, None);
                if let Some(socket) = self.descriptors.socket(number) {
                    socket.ends = ends;
                    socket.serves = true;
                }
                seen.ends = ends;
            }
            CallName::Dup | CallName::Dup2 | CallName::Dup3 | CallName::Fcntl => {
                let copies = call.name != CallName::Fcntl
                    || names::fcntl_command(int(call.raw[1])) != Some("F_SETFL");
                if !copies {
                    return;
                }
                match call.socket {
                    Some(socket) => {
                        self.descriptors.stands_for(table, fd, socket);
                    }
                    // Over a descriptor that was a socket: by that it is closed.
                    None => {
                        self.descriptors.remove(table, fd);
                        return;
                    }
                }
            }
            CallName::Listen => {
                if let Some(socket) = call.socket.and_then(|s| self.descriptors.socket(s)) {
                    socket.listens = true;
                }
                (self.setup.opened)(true);
                return;
            }
            CallName::Bind => {
                let datagram = call
                    .socket
                    .and_then(|s| self.descriptors.socket(s))
                    .is_some_and(|socket| socket.datagram);
                if datagram {
                    (self.setup.opened)(true);
                }
                return;
            }
            _ => return,
        }
        seen.fd = Some(fd);
        new.push(fd);
    }

    fn new_socket(&mut self, process: i32, table: TableId, fd: i32, datagram: bool) -> u32 {
        let cookie = SocketCopy::of(process, fd)
            .ok()
            .and_then(|copy| copy.cookie());
        let socket = TracedSocket {
            datagram,
            cookie: cookie.unwrap_or(0),
            ..TracedSocket::default()
        };
        self.descriptors.made(table, fd, socket)
    }

    /// Descriptors of sockets have come with a message: of sockets that are known, or of others'.
    fn passed(&mut self, process: i32, table: TableId, fds: &[i32]) {
        for fd in fds {
            let Ok(copy) = SocketCopy::of(process, *fd) else {
                continue;
            };
            let cookie = copy.cookie().unwrap_or(0);
            if let Some(number) = self.descriptors.with_cookie(cookie) {
                self.descriptors.stands_for(table, *fd, number);
            } else if copy.local().is_some() {
                let socket = TracedSocket {
                    datagram: copy.is_datagram(),
                    listens: copy.listens(),
                    cookie,
                    ends: ends_of(&copy, None),
                    ..TracedSocket::default()
                };
                self.descriptors.made(table, *fd, socket);
            }
        }
    }

    /// Calls by which a socket gets its ends.
    fn learn_ends(&mut self, process: i32, call: &EnteredCall, value: i64, seen: &mut ReturnSeen) {
        let Some(number) = call.socket else { return };
        let known = self
            .descriptors
            .socket(number)
            .map(|socket| (socket.ends.is_some(), socket.datagram));
        let Some((has_ends, datagram)) = known else {
            return;
        };
        let goes_on = value >= 0 || value == in_progress();
        let learns = match call.name {
            CallName::Connect | CallName::Bind => goes_on,
            CallName::Listen => goes_on && !has_ends,
            name => datagram && name.sends() && value >= 0 && !has_ends,
        };
        if !learns {
            return;
        }
        let to = (call.name == CallName::Connect)
            .then_some(call.remote)
            .flatten();
        let ends = ends(process, int(call.raw[0]), to);
        if let (Some(ends), Some(socket)) = (ends, self.descriptors.socket(number)) {
            socket.ends = Some(ends);
            socket.cookie = ends.cookie;
            seen.ends = Some(ends);
        }
    }

    /// Asks the kernel what became of the connection.
    fn ask_after(&mut self, call: &EnteredCall, value: i64) {
        let (Some(id), Some(socket)) = (call.id, call.socket) else {
            return;
        };
        let moves = (call.name.sends() || call.name.receives()) && value > 0 || call.name.waits();
        let asked = self
            .descriptors
            .socket(socket)
            .and_then(|known| known.asked);
        let recently = asked.is_some_and(|asked| Instant::now().duration_since(asked) < ASK_AGAIN);
        if !(moves && recently) {
            self.ask(socket, id);
        }
    }
}

/// `EINPROGRESS`: a connect that does not wait has begun.
fn in_progress() -> i64 {
    -i64::from(nix::errno::Errno::EINPROGRESS as i32)
}

/// A socket's ends, while the thread that has just made or connected it stands still.
fn ends(process: i32, fd: i32, asked: Option<Endpoint>) -> Option<SocketEnds> {
    ends_of(&SocketCopy::of(process, fd).ok()?, asked)
}

fn ends_of(copy: &SocketCopy, asked: Option<Endpoint>) -> Option<SocketEnds> {
    let end = |addr: std::net::SocketAddr| Endpoint::new(addr.ip().to_canonical(), addr.port());
    Some(SocketEnds {
        local: end(copy.local()?),
        remote: copy.peer().map(end).or(asked),
        cookie: copy.cookie().unwrap_or(0),
    })
}

/// What a call gave, as its fact has it.
fn result(
    memory: ProgramMemory,
    call: &EnteredCall,
    value: i64,
    made: Option<u32>,
    accepted: Option<Endpoint>,
) -> CallResult {
    if value < 0 {
        let errno = i32::try_from(-value).unwrap_or(0);
        return CallResult::Err(format!("{:?}", nix::errno::Errno::from_raw(errno)).into());
    }
    let out = match accepted.filter(|_| call.name.accepts()) {
        Some(peer) => vec![Arg::Endpoint(peer)],
        None => results(memory, call, value),
    };
    CallResult::Ok {
        value: made.map_or(value, i64::from),
        out,
    }
}

/// The beginning of what a send from one buffer did not take.
fn rest(memory: ProgramMemory, call: &EnteredCall, value: i64) -> Vec<u8> {
    let one_buffer = matches!(
        call.name,
        CallName::Send | CallName::Sendto | CallName::Write
    );
    let [_, buffer, len, ..] = call.raw;
    match u64::try_from(value) {
        Ok(taken) if one_buffer && call.socket.is_some() && taken < len => {
            match memory.data(buffer.saturating_add(taken), len - taken) {
                Arg::Data { head, .. } => head,
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// What came through pointers.
fn results(memory: ProgramMemory, call: &EnteredCall, value: i64) -> Vec<Arg> {
    let [_, second, third, fourth, fifth, sixth] = call.raw;
    let len = u64::try_from(value).unwrap_or(0);
    let address = |at, length| {
        let found = memory.address(at, memory.length_at(length));
        found.map(Arg::Endpoint).into_iter().collect::<Vec<_>>()
    };
    match call.name {
        CallName::Recv | CallName::Read => vec![memory.data(second, len.min(third))],
        CallName::Recvfrom => {
            let mut out = vec![memory.data(second, len.min(third))];
            out.extend(address(fifth, sixth));
            out
        }
        CallName::Recvmsg => memory.message_results(second, len),
        CallName::Readv => vec![memory.vector_results(second, third, len)],
        CallName::Recvmmsg | CallName::Sendmmsg => vec![memory.messages(second, len)],
        CallName::Accept | CallName::Accept4 | CallName::Getsockname | CallName::Getpeername => {
            address(second, third)
        }
        CallName::Getsockopt => {
            let length = memory.length_at(fifth);
            let value = memory.option_value(int(second), int(third), fourth, length);
            value.into_iter().collect()
        }
        CallName::Ioctl if names::ioctl_command(second) == Some("FIONREAD") => {
            memory.int_arg(third).into_iter().collect()
        }
        CallName::Poll | CallName::Ppoll => {
            super::reading::polled_args(&memory.polled(call.raw[0], second, true))
        }
        CallName::EpollWait | CallName::EpollPwait | CallName::EpollPwait2 => {
            memory.epoll_results(second, value)
        }
        CallName::Select | CallName::Pselect => {
            let below = int(call.raw[0]);
            let sets = [("readfds", second), ("writefds", third)];
            let sets = sets
                .map(|(name, at)| super::reading::selected_arg(name, &memory.selected(at, below)));
            sets.into_iter().flatten().collect()
        }
        _ => Vec::new(),
    }
}
