//! Calls that a program is made to do: a page of memory is mapped once, filters are loaded from it.
//!
//! Never on the program's stack: a goroutine's moves and is small, a thread's may be 16 KiB. One thread of a process does it
//! at a time, while others that have made a socket meanwhile stand and wait: the filter is for all of them.

use nix::errno::Errno;

use super::Tracer;
use super::process::{Doing, Injection, InjectionStep, TracedProcess};
use crate::model::{ProcessEvent, Unseen};
use crate::observe::sys::trace::registers::Registers;
use crate::observe::sys::trace::{memory, numbers, ptrace};

impl Tracer {
    /// The thread stands at the exit of a call, and its process has filters to load: it does that, or waits for who does.
    /// Goes on with the thread in any case.
    pub(super) fn load_filters(&mut self, thread: i32) {
        let Some(process) = self.process_of(thread) else {
            return self.go_on(thread, 0);
        };
        if process.to_load.is_empty() {
            return self.go_on(thread, 0);
        }
        if process.loads.is_some_and(|other| other != thread) {
            process.waiting.push(thread);
            return;
        }
        process.loads = Some(thread);
        let saved = match Registers::of(thread) {
            Ok(saved) => saved,
            Err(errno) => return self.cannot_load(thread, errno),
        };
        self.next_step(thread, saved);
    }

    /// Has the thread do the next call that is needed, or puts back what it was doing.
    fn next_step(&mut self, thread: i32, saved: Registers) {
        let Some(process) = self.process_of(thread) else {
            return;
        };
        let (step, (number, args)) = match (process.page, process.to_load.front()) {
            (_, None) => return self.loaded(thread, saved),
            (None, Some(_)) => (InjectionStep::Map, numbers::map_a_page()),
            (Some(page), Some(filter)) => {
                if memory::write(thread, page, &filter.described_at(page)).is_err() {
                    return self.injection_fails(thread, saved, Errno::EFAULT);
                }
                (InjectionStep::Load, numbers::load_filter(page))
            }
        };
        if let Err(errno) = saved.before_call(number, args).set(thread) {
            return self.injection_fails(thread, saved, errno);
        }
        if let Some(known) = self.threads.get_mut(&thread) {
            known.doing = Doing::Injected(Injection {
                saved,
                step,
                entered: false,
            });
        }
        let _ = ptrace::resume(thread, ptrace::Resume::ToNextStop, 0);
    }

    /// The thread stands at the entry or the exit of what we have it do.
    pub(super) fn injected(&mut self, thread: i32, value: Option<i64>) {
        let Some(known) = self.threads.get_mut(&thread) else {
            return;
        };
        let Doing::Injected(injection) = &mut known.doing else {
            return;
        };
        let Some(value) = value else {
            injection.entered = true;
            let _ = ptrace::resume(thread, ptrace::Resume::ToNextStop, 0);
            return;
        };
        let (saved, step) = (injection.saved, injection.step);
        known.doing = Doing::Other;
        let Some(process) = self.process_of(thread) else {
            return;
        };
        match (step, value) {
            (InjectionStep::Map, page) if page > 0 => process.page = u64::try_from(page).ok(),
            (InjectionStep::Load, 0) => {
                process.to_load.pop_front();
            }
            // With TSYNC a positive number is a thread that has a filter of its own.
            (InjectionStep::Load, other) if other > 0 => {
                return self.injection_fails(thread, saved, Errno::EBUSY);
            }
            (_, failed) => {
                let errno = i32::try_from(-failed).unwrap_or(0);
                return self.injection_fails(thread, saved, Errno::from_raw(errno));
            }
        }
        self.next_step(thread, saved);
    }

    /// A thread that was loading is gone: another one goes on with it.
    pub(super) fn loader_is_gone(&mut self, thread: i32, process: i32) {
        let Some(process) = self.processes.get_mut(&process) else {
            return;
        };
        process.waiting.retain(|other| *other != thread);
        if process.loads == Some(thread) {
            process.loads = None;
            // Whatever it had begun: to do it once more does no harm.
            for waiting in std::mem::take(&mut process.waiting) {
                self.load_filters(waiting);
            }
        }
    }

    fn injection_fails(&mut self, thread: i32, saved: Registers, errno: Errno) {
        let _ = saved.set(thread);
        self.cannot_load(thread, errno);
    }

    fn cannot_load(&mut self, thread: i32, errno: Errno) {
        if errno == Errno::ESRCH {
            // It was killed meanwhile: its end is still to be heard of.
            return;
        }
        let Some(process) = self.process_of(thread) else {
            return;
        };
        process.to_load.clear();
        if process.filters.refuse() {
            let why = format!("{errno:?}").into();
            let event = ProcessEvent::Unseen(Unseen::ReadsAndWrites(why));
            self.tell_process_of(thread, event);
        }
        self.all_go_on(thread);
    }

    fn loaded(&mut self, thread: i32, saved: Registers) {
        let _ = saved.set(thread);
        self.all_go_on(thread);
    }

    /// Nothing is to be loaded any more.
    fn all_go_on(&mut self, thread: i32) {
        let waiting = self.process_of(thread).map(|process: &mut TracedProcess| {
            process.loads = None;
            std::mem::take(&mut process.waiting)
        });
        for other in waiting.into_iter().flatten() {
            self.go_on(other, 0);
        }
        if let Some(known) = self.threads.get_mut(&thread) {
            known.doing = Doing::Other;
            // They are sent once more, and get back what they said when the thread stops before them.
            for signal in &known.kept {
                ptrace::send(known.process, thread, signal.number());
            }
        }
        self.go_on(thread, 0);
    }
}
