//! The tracer's main loop: a stop of a thread comes, something is done, the thread goes on.

use std::collections::{BTreeMap, BTreeSet};

use super::descriptors::Descriptors;
use super::entering::Entered;
use super::process::{
    DescriptorFilters, Doing, TracedProcess, TracedThread, is_socket, process_of, program_of,
};
use super::{TraceSetup, Tracer};
use crate::model::{ProcessEvent, Unseen};
use crate::observe::sys::trace::gate::Gate;
use crate::observe::sys::trace::memory;
use crate::observe::sys::trace::numbers::{self, Shares};
use crate::observe::sys::trace::ptrace::{self, CallStop, KeptSignal, Resume, Stop};
use crate::observe::sys::trace::registers::Registers;
use crate::observe::sys::trace::seccomp;

impl Tracer {
    pub(super) fn new(setup: TraceSetup) -> Self {
        Self {
            setup,
            threads: BTreeMap::new(),
            processes: BTreeMap::new(),
            descriptors: Descriptors::default(),
            early: BTreeSet::new(),
            said: BTreeSet::new(),
        }
    }

    /// Seizes the program that waits at this gate, and sees all that it does, to the end of the last of it.
    pub(super) fn trace(mut self, program: i32, gate: &Gate) {
        let seized = ptrace::seize(program);
        gate.open(seized.is_ok());
        if let Err(errno) = seized {
            self.cannot_see(program, format!("{errno:?}"));
            return;
        }
        let table = self.descriptors.new_table();
        self.add_process(program, table, DescriptorFilters::default(), None);
        self.threads
            .insert(program, TracedThread::new(program, program));
        while let Ok((thread, stop)) = ptrace::wait() {
            if let (Stop::Executed(_), Some(errno)) = (stop, gate.failed()) {
                self.cannot_see(thread, errno);
            }
            self.stopped(thread, stop);
        }
    }

    fn cannot_see(&self, thread: i32, errno: String) {
        self.tell_process_of(thread, ProcessEvent::Unseen(Unseen::All(errno.into())));
        (self.setup.opened)(false);
    }

    fn add_process(
        &mut self,
        process: i32,
        table: super::descriptors::TableId,
        filters: DescriptorFilters,
        page: Option<u64>,
    ) {
        let number = TracedThread::new(process, process).number;
        let program = program_of(process);
        self.processes.insert(
            process,
            TracedProcess {
                table,
                number,
                program,
                told: false,
                threads: 1,
                leaving: 0,
                page,
                filters,
                to_load: std::collections::VecDeque::new(),
                loads: None,
                waiting: Vec::new(),
            },
        );
    }

    /// The process that a thread is of.
    pub(super) fn process_of(&mut self, thread: i32) -> Option<&mut TracedProcess> {
        let process = self.threads.get(&thread)?.process;
        self.processes.get_mut(&process)
    }

    /// Lets a thread go on, with a signal (0: none).
    pub(super) fn go_on(&self, thread: i32, signal: i32) {
        let doing = self.threads.get(&thread).map(|known| &known.doing);
        let how = match doing {
            None | Some(Doing::Other) => Resume::Run,
            Some(Doing::Call(_) | Doing::Injected(_)) => Resume::ToNextStop,
        };
        // ESRCH: it was killed meanwhile, and its end is still to be heard of.
        let _ = ptrace::resume(thread, how, signal);
    }

    fn stopped(&mut self, thread: i32, stop: Stop) {
        match stop {
            Stop::Gone(_) => self.gone(thread),
            Stop::Entry(seccomp::TOLD) => self.entry(thread),
            Stop::Entry(why) => self.not_told(thread, why),
            Stop::Call => self.call_stop(thread),
            Stop::Made(new) => {
                self.made(thread, new);
                self.go_on(thread, 0);
            }
            Stop::Executed(before) => {
                self.executed(thread, before);
                self.go_on(thread, 0);
            }
            Stop::Leaving(status) => {
                self.leaving(thread, status);
                self.go_on(thread, 0);
            }
            Stop::Stopped(_) => {
                let injected = self
                    .threads
                    .get(&thread)
                    .is_some_and(|t| t.injected().is_some());
                if injected {
                    self.go_on(thread, 0);
                } else {
                    let _ = ptrace::resume(thread, Resume::Listen, 0);
                }
            }
            Stop::Fresh => {
                if self.threads.contains_key(&thread) {
                    self.go_on(thread, 0);
                } else {
                    self.early.insert(thread);
                }
            }
            Stop::Signal(signal) => self.signal(thread, signal),
            Stop::Other => self.go_on(thread, 0),
        }
    }

    /// A thread stands at the entry of a call that the first filter, or one that was added, names.
    fn entry(&mut self, thread: i32) {
        let Ok(CallStop::Entry {
            number,
            args,
            place,
        }) = ptrace::call(thread)
        else {
            return self.go_on(thread, 0);
        };
        let interrupted = self
            .threads
            .get_mut(&thread)
            .and_then(|t| t.interrupted.take());
        if let Some(call) = interrupted {
            let again = numbers::restarts(number) || call.place == place && call.raw == args;
            if again {
                if let Some(known) = self.threads.get_mut(&thread) {
                    known.doing = Doing::Call(call);
                }
                return self.go_on(thread, 0);
            }
            self.tell_interrupted(&call);
        }
        if let Some(name) = numbers::name(number) {
            let call = Entered {
                name,
                raw: args,
                place,
            };
            self.entered(thread, call);
        }
        self.go_on(thread, 0);
    }

    /// A thread is about to make a call that is not told.
    fn not_told(&mut self, thread: i32, why: u16) {
        let unseen = match why {
            seccomp::IO_URING => {
                let _ = Registers::refuse_call(thread);
                Unseen::IoUring
            }
            _ => Unseen::ForeignCalls,
        };
        if self.said.insert(why) {
            self.tell_process_of(thread, ProcessEvent::Unseen(unseen));
        }
        self.go_on(thread, 0);
    }

    /// A thread stands at an entry or exit that was waited for.
    fn call_stop(&mut self, thread: i32) {
        let value = match ptrace::call(thread) {
            Ok(CallStop::Exit(value)) => Some(value),
            Ok(CallStop::Entry { .. }) => None,
            Ok(CallStop::None) | Err(_) => return self.go_on(thread, 0),
        };
        let Some(known) = self.threads.get_mut(&thread) else {
            return self.go_on(thread, 0);
        };
        match (&mut known.doing, value) {
            (Doing::Injected(_), value) => self.injected(thread, value),
            (doing @ Doing::Call(_), Some(value)) => {
                let Doing::Call(call) = std::mem::replace(doing, Doing::Other) else {
                    return;
                };
                if numbers::is_interrupted(value) {
                    known.interrupted = Some(call);
                    return self.go_on(thread, 0);
                }
                self.returned(thread, &call, value);
                self.load_filters(thread);
            }
            _ => self.go_on(thread, 0),
        }
    }

    /// A thread has made another, or a process.
    fn made(&mut self, thread: i32, new: i32) {
        let Some(maker) = self.threads.get(&thread).map(|known| known.process) else {
            return;
        };
        let shares = Registers::of(thread).map_or(
            Shares {
                process: process_of(new) == Some(maker),
                descriptors: process_of(new) == Some(maker),
                memory: false,
            },
            |registers| {
                let (number, args) = registers.call();
                numbers::shares(number, args, |at| memory::word(thread, at))
            },
        );
        self.add(maker, new, shares);
        if self.early.remove(&new) {
            self.go_on(new, 0);
        }
    }

    fn add(&mut self, maker: i32, new: i32, shares: Shares) {
        if self.threads.contains_key(&new) {
            return;
        }
        let process = if shares.process { maker } else { new };
        self.threads.insert(new, TracedThread::new(process, new));
        let Some(made_by) = self.processes.get_mut(&maker) else {
            return;
        };
        if shares.process {
            made_by.threads += 1;
            return;
        }
        let (filters, page, told) = (made_by.filters.clone(), made_by.page, made_by.told);
        let from = made_by.table;
        let table = if shares.descriptors {
            self.descriptors.share(from);
            from
        } else {
            self.descriptors.copy(from)
        };
        self.add_process(new, table, filters, page);
        if let Some(process) = self.processes.get_mut(&new) {
            process.told = told && self.descriptors.all(table).next().is_some();
        }
    }

    /// A process executes another program; only the thread that does it is left, under the process's number.
    fn executed(&mut self, thread: i32, before: i32) {
        if before != thread
            && let Some(mut known) = self.threads.remove(&before)
        {
            known.number = TracedThread::new(thread, thread).number;
            self.threads.insert(thread, known);
        }
        let Some(known) = self.threads.get_mut(&thread) else {
            return;
        };
        known.process = thread;
        known.doing = Doing::Other;
        known.interrupted = None;
        known.kept.clear();
        // The others are dead already, though that may be heard of later.
        self.threads
            .retain(|other, known| known.process != thread || *other == thread);
        let program = program_of(thread);
        let Some(process) = self.processes.get_mut(&thread) else {
            return;
        };
        process.program = program;
        process.page = None;
        process.threads = 1;
        process.leaving = 0;
        process.to_load.clear();
        process.loads = None;
        process.waiting.clear();
        // A table that was shared is its own from here on.
        let table = self.descriptors.copy(process.table);
        let old = std::mem::replace(&mut process.table, table);
        self.descriptors.leave(old);
        let held: Vec<(i32, u32)> = self.descriptors.all(table).collect();
        let mut kept = false;
        for (fd, socket) in held {
            if is_socket(thread, fd) {
                kept = true;
            } else {
                self.descriptors.remove(table, fd);
                self.descriptors.forget_closed(socket);
            }
        }
        if let Some(process) = self.processes.get_mut(&thread) {
            process.told = kept;
        }
    }

    /// A thread is about to be gone: with the last one its process.
    fn leaving(&mut self, thread: i32, status: i32) {
        let Some(known) = self.threads.get_mut(&thread) else {
            return;
        };
        let process = known.process;
        known.doing = Doing::Other;
        known.interrupted = None;
        self.loader_is_gone(thread, process);
        let Some(found) = self.processes.get_mut(&process) else {
            return;
        };
        found.leaving += 1;
        if found.leaving >= found.threads {
            self.tell_end(thread, process, status);
        }
    }

    fn gone(&mut self, thread: i32) {
        self.early.remove(&thread);
        if let Some(known) = self.threads.remove(&thread) {
            self.loader_is_gone(thread, known.process);
            let Some(process) = self.processes.get_mut(&known.process) else {
                return;
            };
            process.threads = process.threads.saturating_sub(1);
            process.leaving = process.leaving.saturating_sub(1);
            if process.threads == 0 {
                let table = process.table;
                self.processes.remove(&known.process);
                self.descriptors.leave(table);
            }
        }
        // Whoever made them may have been killed before it was heard of.
        for new in std::mem::take(&mut self.early) {
            match process_of(new) {
                Some(process) if process != new && self.processes.contains_key(&process) => {
                    let shares = Shares {
                        process: true,
                        descriptors: true,
                        memory: true,
                    };
                    self.add(process, new, shares);
                    self.go_on(new, 0);
                }
                _ => {
                    self.early.insert(new);
                }
            }
        }
        if self.threads.is_empty() {
            for new in std::mem::take(&mut self.early) {
                let table = self.descriptors.new_table();
                self.threads.insert(new, TracedThread::new(new, new));
                self.add_process(new, table, DescriptorFilters::default(), None);
                self.go_on(new, 0);
            }
        }
    }

    /// A thread is about to get a signal.
    fn signal(&mut self, thread: i32, signal: i32) {
        let Some(known) = self.threads.get_mut(&thread) else {
            return self.go_on(thread, signal);
        };
        if matches!(&known.doing, Doing::Injected(injection) if !injection.entered) {
            // A handler must not find it in the middle of that.
            if let Ok(kept) = KeptSignal::of(thread) {
                known.kept.push(kept);
            }
            return self.go_on(thread, 0);
        }
        if let Some(at) = known.kept.iter().position(|kept| kept.number() == signal) {
            known.kept.remove(at).give(thread);
        }
        let told = self.process_of(thread).is_some_and(|process| process.told);
        if told && ptrace::is_telling(signal) {
            let name = ptrace::signal_name(signal).into();
            self.tell_process_of(thread, ProcessEvent::Signal(name));
        }
        self.go_on(thread, signal);
    }
}
