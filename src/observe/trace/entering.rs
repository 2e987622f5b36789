//! The entry of a call: whether it is about a socket that is told of, and what is told of it.

use std::time::Instant;

use super::Tracer;
use super::busy::CallPace;
use super::descriptors::TableId;
use super::process::{Doing, EnteredCall};
use super::reading::{ProgramMemory, arguments, int, polled_args, selected_arg};
use super::telling::ToTell;
use crate::model::{Arg, CallName, ProcessEvent};
use crate::observe::sys::trace::names;

/// A call at its entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entered {
    pub name: CallName,
    pub raw: [u64; 6],
    pub place: (u64, u64),
}

/// What a wait asks about.
struct Waits {
    args: Vec<Arg>,
    /// Sockets among what is asked about; none where that is not known (epoll).
    sockets: Vec<u32>,
    /// The programmer's name of the call.
    name: CallName,
}

impl Tracer {
    /// A thread is about to make a call. True when its exit is to be seen.
    pub(super) fn entered(&mut self, thread: i32, call: Entered) -> bool {
        let Some(known) = self.threads.get(&thread) else {
            return false;
        };
        let process = known.process;
        let Some(table) = self.processes.get(&process).map(|known| known.table) else {
            return false;
        };
        if call.name.waits() {
            return self.waits(thread, table, call);
        }
        let first = int(call.raw[0]);
        let fd = match call.name {
            CallName::Socket => {
                if names::told_family(call.raw[0]).is_none() {
                    return false;
                }
                return self.tells(thread, call, None, 0, None);
            }
            CallName::CloseRange => return self.closes_range(thread, table, call),
            CallName::Splice if self.descriptors.number(table, first).is_none() => int(call.raw[2]),
            _ => first,
        };
        let Some(socket) = self.descriptors.number(table, fd) else {
            return self.enters_other(thread, table, call);
        };
        if self.is_too_much(thread, call.name, socket) {
            return false;
        }
        let mut unread = None;
        if call.name == CallName::Close {
            if let Some(counted) = self.descriptors.socket(socket).and_then(|s| s.busy.end()) {
                self.tell_calm(thread, socket, counted);
            }
            unread = self.unread(process, fd, socket);
            // Before it goes on: another thread may get the number at once.
            self.descriptors.remove(table, fd);
        }
        self.tells(thread, call, Some(fd), socket, unread)
    }

    /// A call on what is no socket that is told of, of which something may come all the same.
    fn enters_other(&mut self, thread: i32, table: TableId, call: Entered) -> bool {
        let over = match call.name {
            CallName::Dup2 | CallName::Dup3 => {
                self.descriptors.number(table, int(call.raw[1])).is_some()
            }
            // A descriptor may come with a message.
            CallName::Recvmsg => true,
            _ => false,
        };
        if over {
            self.opens(thread, call, None, None);
        }
        over
    }

    /// Tells a call and remembers it.
    fn tells(
        &mut self,
        thread: i32,
        call: Entered,
        fd: Option<i32>,
        socket: u32,
        unread: Option<u64>,
    ) -> bool {
        let (name, args) = arguments(ProgramMemory(thread), call.name, call.raw);
        let call = Entered { name, ..call };
        self.begins_to_serve(name, &args, socket);
        let remote = args.iter().find_map(|arg| match arg {
            Arg::Endpoint(endpoint) => Some(*endpoint),
            _ => None,
        });
        let told = ToTell {
            name,
            args,
            fd,
            socket,
            unread,
        };
        let id = self.tell_call(thread, told);
        self.opens(thread, call, id, (socket > 0).then_some(socket));
        if let Some(known) = self.threads.get_mut(&thread)
            && let Doing::Call(open) = &mut known.doing
        {
            open.remote = remote;
        }
        true
    }

    fn opens(
        &mut self,
        thread: i32,
        call: Entered,
        id: Option<crate::model::CallId>,
        socket: Option<u32>,
    ) {
        if let Some(known) = self.threads.get_mut(&thread) {
            known.doing = Doing::Call(EnteredCall {
                id,
                name: call.name,
                raw: call.raw,
                place: call.place,
                socket,
                remote: None,
            });
        }
    }

    /// A wait for something that may be a socket.
    fn waits(&mut self, thread: i32, table: TableId, call: Entered) -> bool {
        let memory = ProgramMemory(thread);
        let waits = match call.name {
            CallName::Poll | CallName::Ppoll => self.polls(memory, table, call),
            CallName::Select | CallName::Pselect => self.selects(memory, table, call),
            _ => self.waits_for_epoll(memory, thread, call),
        };
        let Some(waits) = waits else { return false };
        let socket = match waits.sockets[..] {
            [one] => one,
            _ => 0,
        };
        if socket > 0 && self.is_too_much(thread, call.name, socket) {
            return false;
        }
        let epoll = waits.sockets.is_empty().then(|| int(call.raw[0]));
        let told = ToTell {
            name: waits.name,
            args: waits.args,
            fd: epoll,
            socket,
            unread: None,
        };
        let id = self.tell_call(thread, told);
        self.opens(thread, call, id, (socket > 0).then_some(socket));
        true
    }

    fn polls(&self, memory: ProgramMemory, table: TableId, call: Entered) -> Option<Waits> {
        let polled = memory.polled(call.raw[0], call.raw[1], false);
        let sockets: Vec<u32> = polled
            .iter()
            .filter_map(|(fd, _)| self.descriptors.number(table, *fd))
            .collect();
        if sockets.is_empty() {
            return None;
        }
        let mut args = polled_args(&polled);
        let ms = if call.name == CallName::Ppoll {
            memory.timespec(call.raw[2])
        } else {
            i64::from(int(call.raw[2]))
        };
        args.push(Arg::Int(ms));
        Some(Waits {
            args,
            sockets,
            name: call.name,
        })
    }

    fn selects(&self, memory: ProgramMemory, table: TableId, call: Entered) -> Option<Waits> {
        let below = int(call.raw[0]);
        let reads = memory.selected(call.raw[1], below);
        let writes = memory.selected(call.raw[2], below);
        let both = reads.iter().chain(&writes);
        let mut sockets: Vec<u32> = both
            .filter_map(|fd| self.descriptors.number(table, *fd))
            .collect();
        sockets.dedup();
        if sockets.is_empty() {
            return None;
        }
        let sets = [
            selected_arg("readfds", &reads),
            selected_arg("writefds", &writes),
        ];
        let mut args: Vec<Arg> = sets.into_iter().flatten().collect();
        args.push(Arg::Int(if call.name == CallName::Pselect {
            memory.timespec(call.raw[4])
        } else if call.raw[4] == 0 {
            -1
        } else {
            let part = |at| memory.word(at).and_then(|word| i64::try_from(word).ok());
            let seconds = part(call.raw[4]).unwrap_or(0);
            let micros = part(call.raw[4].saturating_add(8)).unwrap_or(0);
            seconds.saturating_mul(1_000).saturating_add(micros / 1_000)
        }));
        // The C library's select() is the kernel's pselect6 without a mask.
        let mask = memory.word(call.raw[5]).unwrap_or(0);
        let name = if call.raw[5] == 0 || mask == 0 {
            CallName::Select
        } else {
            call.name
        };
        Some(Waits {
            args,
            sockets,
            name,
        })
    }

    fn waits_for_epoll(&self, memory: ProgramMemory, thread: i32, call: Entered) -> Option<Waits> {
        let process = self.processes.get(&self.threads.get(&thread)?.process)?;
        // What it waits for is not known; before there was any socket it is nothing of ours.
        if !process.told || self.descriptors.all(process.table).next().is_none() {
            return None;
        }
        let ms = if call.name == CallName::EpollPwait2 {
            memory.timespec(call.raw[3])
        } else {
            i64::from(int(call.raw[3]))
        };
        let name = if call.name == CallName::EpollPwait && call.raw[4] == 0 {
            CallName::EpollWait
        } else {
            call.name
        };
        Some(Waits {
            args: vec![Arg::Int(ms)],
            sockets: Vec::new(),
            name,
        })
    }

    fn closes_range(&mut self, thread: i32, table: TableId, call: Entered) -> bool {
        let range = int(call.raw[0])..=i32::try_from(call.raw[1]).unwrap_or(i32::MAX);
        let within: Vec<(i32, u32)> = self
            .descriptors
            .all(table)
            .filter(|(fd, _)| range.contains(fd))
            .collect();
        let Some((_, socket)) = within
            .first()
            .copied()
            .filter(|_| !names::marks_only(call.raw[2]))
        else {
            return false;
        };
        for (fd, _) in within {
            self.descriptors.remove(table, fd);
        }
        self.tells(thread, call, None, socket, None)
    }

    /// There are too many calls on this socket to tell this one.
    fn is_too_much(&mut self, thread: i32, name: CallName, socket: u32) -> bool {
        if !(name.sends() || name.receives() || name.waits() || name == CallName::Splice) {
            return false;
        }
        let Some(known) = self.descriptors.socket(socket) else {
            return false;
        };
        match known.busy.call(Instant::now()) {
            CallPace::Told => false,
            CallPace::Counted => true,
            CallPace::Begins => {
                self.tell_process_of(thread, ProcessEvent::Busy { socket });
                true
            }
            CallPace::Ends(calls) => {
                self.tell_calm(thread, socket, calls);
                false
            }
        }
    }

    fn tell_calm(&self, thread: i32, socket: u32, calls: u64) {
        self.tell_process_of(thread, ProcessEvent::Calm { socket, calls });
    }
}
