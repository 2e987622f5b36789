//! Facts of what a tracer sees.

use super::Tracer;
use super::process::EnteredCall;
use crate::model::{
    Arg, Call, CallId, CallName, CallResult, CallSite, Fact, HostId, LeftSocket, ProcessEvent,
    ProcessSeen, ReturnSeen, Returned, Trigger,
};
use crate::observe::lab::kernel::Asker;
use crate::observe::sys::trace::sockets::SocketCopy;

/// A call that is about to be told.
pub(super) struct ToTell {
    pub name: CallName,
    pub args: Vec<Arg>,
    pub fd: Option<i32>,
    pub socket: u32,
    pub unread: Option<u64>,
}

impl Tracer {
    /// Tells that a call begins; its number.
    pub(super) fn tell_call(&mut self, thread: i32, call: ToTell) -> Option<CallId> {
        let (process, number) = self
            .threads
            .get(&thread)
            .map(|known| (known.process, known.number))?;
        let process = self.processes.get_mut(&process)?;
        process.told = true;
        let site = CallSite {
            process: process.number,
            thread: number,
            program: process.program.clone(),
            fd: call.fd,
            unread: call.unread,
        };
        let id = (self.setup.next_call)();
        let host = self.side(call.socket).0;
        self.setup.source.tell(|at| {
            Fact::Call(Call {
                at,
                id,
                host,
                socket: call.socket,
                label: "".into(),
                name: call.name,
                args: call.args,
                kept_waiting: None,
                site: Some(Box::new(site)),
            })
        });
        Some(id)
    }

    /// A call from which it is known that others come to this socket, before it is told.
    pub(super) fn begins_to_serve(&mut self, name: CallName, args: &[Arg], socket: u32) {
        let has_port = |arg: &Arg| matches!(arg, Arg::Endpoint(endpoint) if endpoint.port != 0);
        let Some(known) = self.descriptors.socket(socket) else {
            return;
        };
        match name {
            CallName::Listen => known.serves = true,
            CallName::Bind => known.serves = args.iter().any(has_port),
            // A client may choose its own port.
            CallName::Connect if !known.datagram => known.serves = false,
            _ => {}
        }
    }

    /// As whose a socket is told, and who is asked about it.
    fn side(&self, socket: u32) -> (HostId, &Asker) {
        match &self.setup.serves_as {
            Some((host, asker)) if self.descriptors.serves(socket) => (*host, asker),
            _ => (self.setup.host, &self.setup.asker),
        }
    }

    /// Tells that a call returned, if it was told.
    pub(super) fn tell_returned(
        &self,
        id: Option<CallId>,
        result: CallResult,
        seen: Option<ReturnSeen>,
    ) {
        let Some(id) = id else { return };
        let seen = seen
            .filter(|seen| *seen != ReturnSeen::default())
            .map(Box::new);
        self.setup.source.tell(|at| {
            Fact::Returned(Returned {
                at,
                id,
                result,
                kept_waiting: None,
                seen,
            })
        });
    }

    /// A call that a signal interrupted was not done again: the program got EINTR.
    pub(super) fn tell_interrupted(&self, call: &EnteredCall) {
        self.tell_returned(call.id, CallResult::Err("EINTR".into()), None);
    }

    /// Tells something about the process that this thread is of.
    pub(super) fn tell_process_of(&self, thread: i32, event: ProcessEvent) {
        let known = self.threads.get(&thread);
        let process = known.and_then(|known| self.processes.get(&known.process));
        let (number, program) = process.map_or((0, "".into()), |process| {
            (process.number, process.program.clone())
        });
        let host = self.setup.host;
        self.setup.source.tell(|at| {
            Fact::Process(ProcessSeen {
                at,
                host,
                process: number,
                program,
                event,
            })
        });
    }

    /// Asks the kernel about a socket after a call, and tells the answer.
    pub(super) fn ask(&mut self, socket: u32, id: CallId) {
        let Some(known) = self.descriptors.socket(socket) else {
            return;
        };
        let (Some(ends), false) = (known.ends, known.datagram) else {
            return;
        };
        known.asked = Some(std::time::Instant::now());
        let trigger = Trigger::Returned(id);
        let listens = known.listens;
        let (source, asker) = (&self.setup.source, self.side(socket).1);
        match ends.remote {
            Some(remote) => {
                asker.tell(source, ends.local, remote, trigger);
            }
            None if listens => {
                asker.tell_listener(source, ends.local, trigger);
            }
            None => {}
        }
    }

    /// Bytes that have come on a socket and were not read. A datagram socket's are none of anybody's.
    pub(super) fn unread(&mut self, process: i32, fd: i32, socket: u32) -> Option<u64> {
        let known = self.descriptors.socket(socket)?;
        if known.datagram || known.listens || known.ends.is_none() {
            return None;
        }
        SocketCopy::of(process, fd).ok()?.unread()
    }

    /// A process is about to be gone, its descriptors still open.
    pub(super) fn tell_end(&mut self, thread: i32, process: i32, status: i32) {
        let Some(known) = self.processes.get(&process).filter(|known| known.told) else {
            return;
        };
        let fds: Vec<_> = self.descriptors.all(known.table).collect();
        let mut open: Vec<LeftSocket> = Vec::new();
        for (fd, socket) in fds {
            let others = self.descriptors.socket(socket).map(|known| known.holders);
            let own = self.processes.get(&process).map_or(0, |known| {
                self.descriptors
                    .all(known.table)
                    .filter(|(_, s)| *s == socket)
                    .count()
            });
            if others != Some(own) || open.iter().any(|left| left.socket == socket) {
                continue;
            }
            let unread = self.unread(process, fd, socket);
            open.push(LeftSocket { socket, fd, unread });
        }
        let code = status >> 8 & 0xff;
        let signal = status & 0x7f;
        let status = if signal == 0 { code } else { 128 + signal };
        self.tell_process_of(thread, ProcessEvent::Ended { status, open });
    }
}
