//! Processes and threads that are traced.

use std::collections::{BTreeSet, VecDeque};
use std::fs;

use super::descriptors::TableId;
use crate::model::{CallId, CallName, Endpoint, Untrusted};
use crate::observe::sys::trace::ptrace::KeptSignal;
use crate::observe::sys::trace::registers::Registers;
use crate::observe::sys::trace::seccomp::StopFilter;

/// So many descriptors have a filter each: every one costs each later read and write some 70 ns.
const MOST_FILTERS: usize = 16;

/// A process that is traced.
#[derive(Debug)]
pub(super) struct TracedProcess {
    /// Its descriptors.
    pub table: TableId,
    /// Its number as it sees it.
    pub number: u32,
    /// What it executes.
    pub program: Untrusted,
    /// It has had a socket that is told of.
    pub told: bool,
    /// Threads that it has, and those of them that are about to be gone.
    pub threads: usize,
    pub leaving: usize,
    /// A page of its memory that was made for us.
    pub page: Option<u64>,
    /// Whose reads and writes stop.
    pub filters: DescriptorFilters,
    /// Filters that are still to be loaded, and the thread that does it.
    pub to_load: VecDeque<StopFilter>,
    pub loads: Option<i32>,
    /// Threads that stand and wait for that.
    pub waiting: Vec<i32>,
}

/// Which descriptors' reads and writes stop. Filters are never taken back, and go on to what is forked or executed.
#[derive(Clone, Debug, Default)]
pub(super) struct DescriptorFilters {
    each: BTreeSet<i32>,
    from: Option<i32>,
    /// None can be loaded.
    refused: bool,
}

impl DescriptorFilters {
    /// A descriptor has become a socket: the filter that it needs.
    pub(super) fn add(&mut self, fd: i32) -> Option<StopFilter> {
        if self.refused || self.each.contains(&fd) || self.from.is_some_and(|from| fd >= from) {
            return None;
        }
        let above = self.each.len() >= MOST_FILTERS && self.from.is_none();
        if above {
            // From the lowest, lest a number that comes again needs one.
            let lowest = self.each.first().map_or(fd, |lowest| fd.min(*lowest));
            self.from = Some(lowest);
            return Some(StopFilter::of_descriptor(lowest, true));
        }
        self.each.insert(fd);
        Some(StopFilter::of_descriptor(fd, false))
    }

    /// None can be loaded; true the first time.
    pub(super) fn refuse(&mut self) -> bool {
        !std::mem::replace(&mut self.refused, true)
    }
}

/// A thread that is traced.
#[derive(Debug)]
pub(super) struct TracedThread {
    /// The process that it is of, by the number that we see.
    pub process: i32,
    /// Its number as it sees it.
    pub number: u32,
    /// What it was doing when it went on last.
    pub doing: Doing,
    /// A call that a signal interrupted: it may be done again.
    pub interrupted: Option<EnteredCall>,
    /// Signals that came at a bad time.
    pub kept: Vec<KeptSignal>,
}

/// A call that a thread does for us.
#[derive(Debug)]
pub(super) struct Injection {
    /// To be put back.
    pub saved: Registers,
    pub step: InjectionStep,
    /// Its entry was seen: signals wait from here on by themselves.
    pub entered: bool,
}

/// Which call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InjectionStep {
    Map,
    Load,
}

/// What a thread does.
#[derive(Debug)]
pub(super) enum Doing {
    /// What is none of our business.
    Other,
    /// A call whose exit is waited for.
    Call(EnteredCall),
    /// A call that we have it do.
    Injected(Injection),
}

/// A call that was entered.
#[derive(Clone, Debug)]
pub(super) struct EnteredCall {
    /// It was told under this number.
    pub id: Option<CallId>,
    pub name: CallName,
    pub raw: [u64; 6],
    /// Where it was made: a call that is done again is made there, too.
    pub place: (u64, u64),
    /// The socket that it is about.
    pub socket: Option<u32>,
    /// The address that it names.
    pub remote: Option<Endpoint>,
}

impl TracedThread {
    pub(super) fn new(process: i32, thread: i32) -> Self {
        Self {
            process,
            number: own_number(thread),
            doing: Doing::Other,
            interrupted: None,
            kept: Vec::new(),
        }
    }

    /// Registers to be put back, while it does what we have it do.
    pub(super) fn injected(&self) -> Option<&Registers> {
        match &self.doing {
            Doing::Injected(injection) => Some(&injection.saved),
            _ => None,
        }
    }
}

/// A thread's number as it sees it itself: the last of `NSpid` (proc_pid_status(5)).
fn own_number(thread: i32) -> u32 {
    let status = fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default();
    let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
    let last = numbers.and_then(|numbers| numbers.split_whitespace().last());
    last.and_then(|last| last.parse().ok())
        .or_else(|| u32::try_from(thread).ok())
        .unwrap_or(0)
}

/// The name of what a process executes.
pub(super) fn program_of(process: i32) -> Untrusted {
    let name = fs::read(format!("/proc/{process}/comm")).unwrap_or_default();
    String::from_utf8_lossy(&name).trim_end().to_owned().into()
}

/// The process that a thread is of.
pub(super) fn process_of(thread: i32) -> Option<i32> {
    let status = fs::read_to_string(format!("/proc/{thread}/status")).ok()?;
    let number = status.lines().find_map(|line| line.strip_prefix("Tgid:"))?;
    number.trim().parse().ok()
}

/// That descriptor of that process is a socket.
pub(super) fn is_socket(process: i32, fd: i32) -> bool {
    fs::read_link(format!("/proc/{process}/fd/{fd}"))
        .is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_descriptors_have_filters_of_their_own_and_then_one_is_for_all() {
        let mut filters = DescriptorFilters::default();
        assert!((3..19).all(|fd| filters.add(fd).is_some()));
        assert!(filters.add(7).is_none(), "it has one");
        assert!(filters.add(19).is_some(), "one for all from 3");
        assert!((3..2000).all(|fd| filters.add(fd).is_none()));
        assert!(filters.add(0).is_some(), "below all of them");
        assert!(filters.refuse() && !filters.refuse());
        assert!(filters.add(1).is_none());
    }
}
