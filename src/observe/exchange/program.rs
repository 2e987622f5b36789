//! A foreign program in place of a script: started in its host, ended with the run.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;

use super::coordinator::{Coordinator, RunningScript, RunningThread};
use super::{HostId, ScriptHost};
use crate::model::{EndedBy, Fact, ProgramEnd, Trigger, Trouble};
use crate::observe::lab::{Program, ProgramEnv};
use crate::observe::source::{FactSource, Hold, ProgramOutput};
use crate::observe::sys::interrupt::Thread;
use crate::observe::trace::{self, TraceSetup};

/// Between two looks, in milliseconds, whether such a server has opened one after all.
const LATE_OPENING: u8 = 50;
/// What the tracer has seen of a program: nothing that opens a port …
const NOT_YET: u8 = 0;
/// … its listen, or its bind of a datagram socket …
const OPEN: u8 = 1;
/// … or that its calls cannot be seen.
const UNSEEN: u8 = 2;
/// A program that was told to end is killed after this long.
const TERM_TO_KILL: Duration = Duration::from_millis(400);
/// How long its last lines may take after its end: something it started may hold the pipe.
const LAST_LINES: Duration = Duration::from_millis(200);
/// Scripts wait for a program to open a port this often at most: so often an exercise starts it.
const MOST_STARTS: u8 = 3;
/// Longest piece of a line that is passed on at once.
const PIECE: usize = 8_192;
/// A line that is not ended for so many milliseconds is passed on as it is: it may be a question.
const PROMPT: u8 = 100;

impl ScriptHost {
    /// Runs a foreign program on the calling thread, which must be the host's: a server's at once, another when
    /// those have opened their ports.
    pub fn run_program(&self, command: &str, program_env: &ProgramEnv) {
        let serves = self.id() != HostId::CLIENT;
        let running = RunningScript::begin(self, serves);
        if !serves && !self.coordinator().wait_until_open() {
            return;
        }
        let thread = RunningThread::register(self);
        if serves {
            thread.serves();
        }
        thread.set_line(command);
        let ended = self.run_to_end(command, program_env, &running);
        let status = match ended {
            Ok(status) => status,
            Err(error) => {
                self.forwarder().print(&mut None, error.to_string().into());
                // What a shell says when it cannot run a command.
                126
            }
        };
        if status != 0 {
            self.coordinator().trouble(Trouble::ProgramFailed {
                host: self.id(),
                status,
            });
        }
    }

    /// Its exit status where it ended by itself; 0 where we ended it.
    fn run_to_end(
        &self,
        command: &str,
        program_env: &ProgramEnv,
        running: &RunningScript,
    ) -> io::Result<i32> {
        // Two programs would take each other's input.
        let reads = self.id() == HostId::CLIENT;
        let serving = Arc::new(AtomicU8::new(NOT_YET));
        let gate = self
            .traced
            .then(|| self.start_tracer(&serving))
            .transpose()?;
        let mut polls = gate.is_none();
        let mut child = program_env.start(self.id(), command, reads, gate)?;
        let lines = self.pass_on(&mut child)?;
        let mut told: Option<Instant> = None;
        let opened = Instant::now() + self.patience;
        // Nobody waits for a port of the client's, and looking for one costs the kernel's time.
        let mut opens = self.id() != HostId::CLIENT;
        loop {
            let timeout = if told.is_some() || opens && Instant::now() <= opened {
                PollTimeout::from(2_u8)
            } else if opens {
                PollTimeout::from(LATE_OPENING)
            } else {
                PollTimeout::NONE
            };
            // A signal, by which the run says that we ask the coordinator, is no error.
            let _ = poll(
                &mut [PollFd::new(child.as_fd(), PollFlags::POLLIN)],
                timeout,
            );
            if let Some(status) = child.try_wait()? {
                if told.is_none() {
                    let status = number(status);
                    self.tell_end(EndedBy::Itself { status });
                }
                // Whoever waits for it waits for nothing.
                let name: Arc<str> = self.host_table.name(self.id()).into();
                (1..=MOST_STARTS)
                    .for_each(|time| self.coordinator().signal(&open_signal(&name, time)));
                let _ = lines.recv_timeout(LAST_LINES) == Err(RecvTimeoutError::Disconnected);
                let by_us = told.is_some() && !status.success();
                return Ok(if by_us { 0 } else { number(status) });
            }
            let seen = serving.load(Ordering::Acquire);
            polls |= seen == UNSEEN || Instant::now() > opened;
            if opens {
                opens = seen != OPEN && !(polls && self.has_open_port());
                if !opens || Instant::now() > opened {
                    running.open();
                }
            }
            if let Some(reason) = self.coordinator().end_reason() {
                let signal = match told {
                    None => {
                        self.tell_end(EndedBy::Run(reason));
                        Some(Signal::SIGTERM)
                    }
                    Some(then) if then.elapsed() > TERM_TO_KILL => Some(Signal::SIGKILL),
                    Some(_) => None,
                };
                told = told.or_else(|| Some(Instant::now()));
                if let Some(signal) = signal {
                    child.signal(signal);
                }
            }
        }
    }

    /// Starts what sees the program's calls; where the program has to wait for it. It says in `serving` when the program
    /// listens, and wakes the calling thread.
    fn start_tracer(&self, serving: &Arc<AtomicU8>) -> io::Result<OwnedFd> {
        let (coordinator, serving) = (Arc::clone(self.coordinator()), Arc::clone(serving));
        let signals = Arc::clone(self.coordinator());
        let name: Arc<str> = self.host_table.name(self.id()).into();
        let times = AtomicU8::new(0);
        let waits = Thread::current();
        let setup = TraceSetup {
            host: self.id(),
            source: Arc::clone(&self.source),
            asker: self.asker.clone(),
            serves_as: self.serves_as.clone(),
            next_call: Box::new(move || coordinator.next_call()),
            opened: Box::new(move |open| {
                if open {
                    let before = times.fetch_add(1, Ordering::Relaxed);
                    signals.signal(&open_signal(&name, before.saturating_add(1)));
                }
                let said = if open { OPEN } else { UNSEEN };
                if serving.swap(said, Ordering::AcqRel) != said {
                    waits.interrupt();
                }
            }),
        };
        trace::start(self.host_table.name(self.id()), setup)
    }

    /// Tells of the program's end, and before that, where it is we who end it, how its connections stand.
    fn tell_end(&self, by: EndedBy) {
        if matches!(by, EndedBy::Run(_)) {
            self.asker.tell_all(&self.source, Trigger::Looked);
        }
        let host = self.id();
        let end = |at| Fact::Program(ProgramEnd { at, host, by });
        self.source.tell(end);
    }

    /// Whether somebody may come to this host: a TCP listener, which is told, or a bound UDP socket.
    fn has_open_port(&self) -> bool {
        self.asker.tell_listeners(&self.source)
            || ["udp", "udp6"].iter().any(|protocol| {
                let table = std::fs::read_to_string(format!("/proc/thread-self/net/{protocol}"));
                // One line of headings, then one per socket.
                table.is_ok_and(|text| text.lines().count() > 1)
            })
    }

    /// Passes on what the program writes, line by line with its host's name. The receiver is disconnected when all has
    /// been passed on.
    fn pass_on(&self, child: &mut Program) -> io::Result<Receiver<()>> {
        let (done, all_done) = channel();
        let out = child.stdout.take().map(OwnedFd::from);
        let err = child.stderr.take().map(OwnedFd::from);
        for pipe in out.into_iter().chain(err) {
            let forwarder = self.forwarder();
            let done = done.clone();
            std::thread::Builder::new()
                .name(format!("{}-out", forwarder.host))
                .spawn(move || forwarder.pass_on(&File::from(pipe), &done))?;
        }
        Ok(all_done)
    }

    fn forwarder(&self) -> OutputForwarder {
        OutputForwarder {
            host: self.host_table.name(self.id()).into(),
            source: Arc::clone(&self.source),
            output: Arc::clone(&self.output),
            most: self.most_output,
            id: self.id(),
            coordinator: Arc::clone(self.coordinator()),
        }
    }
}

/// The signal that a host's program has opened a port so many times, for scripts that await that.
fn open_signal(host: &str, time: u8) -> String {
    format!("{host}-open-{time}")
}

/// A status as a shell says it.
fn number(status: ExitStatus) -> i32 {
    let by_signal = || Some(128 + status.signal()?);
    status.code().or_else(by_signal).unwrap_or(0)
}

/// Passes on what a program prints.
struct OutputForwarder {
    host: Arc<str>,
    source: Arc<FactSource>,
    output: Arc<ProgramOutput>,
    /// So many bytes are read at most.
    most: Option<u64>,
    id: HostId,
    coordinator: Arc<Coordinator>,
}

impl OutputForwarder {
    /// Passes on lines as they come, and what is no whole line when it is long or nothing follows it soon.
    fn pass_on(&self, mut pipe: &File, _until_here: &Sender<()>) {
        let mut buffer = vec![0; PIECE];
        let mut open = Vec::new();
        // Since the last of it was read: the story waits for it until it is passed on.
        let mut read_at: Option<Hold> = None;
        let mut all: u64 = 0;
        loop {
            // Who reads less than is printed makes the program wait.
            if self.output.room().is_none() {
                read_at = None;
                self.output.wait_for_room();
                if !open.is_empty() {
                    read_at = self.hold();
                }
            }
            let mut fds = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
            let patience = if open.is_empty() {
                PollTimeout::NONE
            } else {
                PollTimeout::from(PROMPT)
            };
            if poll(&mut fds, patience) == Ok(0) {
                self.print(&mut read_at, std::mem::take(&mut open));
                read_at = None;
                continue;
            }
            let read = match pipe.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Ok(read) if read > 0 => read,
                _ => break,
            };
            all = all.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
            if let Some(most) = self.most.filter(|most| all > *most) {
                let host = self.id;
                self.coordinator
                    .trouble(Trouble::PrintedTooMuch { host, most });
                break;
            }
            read_at = self.hold();
            open.extend_from_slice(&buffer[..read]);
            let rest = open.split_off(whole(&open));
            self.print(&mut read_at, std::mem::replace(&mut open, rest));
            if open.is_empty() {
                read_at = None;
            }
        }
        self.print(&mut read_at, open);
    }

    /// Something was just read, where it has a place in the story.
    fn hold(&self) -> Option<Hold> {
        (self.output.room() != Some(false)).then(|| self.source.hold())
    }

    /// Prints lines, which were read at that time; the last may lack its end. Where that had to wait for room, it is the
    /// time at which there was room.
    fn print(&self, read_at: &mut Option<Hold>, mut lines: Vec<u8>) {
        if lines.is_empty() {
            return;
        }
        if lines.last() != Some(&b'\n') {
            lines.push(b'\n');
        }
        let in_order = self.output.room().unwrap_or_else(|| {
            *read_at = None;
            self.output.wait_for_room()
        });
        if in_order {
            let read_at = read_at.get_or_insert_with(|| self.source.hold());
            FactSource::print(read_at, &self.output, &self.host, lines);
        } else {
            self.output.print(&self.host, &lines);
        }
    }
}

/// How much of this can be passed on: whole lines; a piece of a long one, up to the end of a character.
fn whole(text: &[u8]) -> usize {
    match text.iter().rposition(|byte| *byte == b'\n') {
        Some(last) => last + 1,
        None if text.len() < PIECE => 0,
        None => match std::str::from_utf8(text) {
            // The beginning of a character that is still to come.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => text.len(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_passed_on_whole_and_a_long_one_in_pieces_of_whole_characters() {
        assert_eq!(whole(b"one\ntwo\nthr"), 8);
        assert_eq!(whole(b"prompt> "), 0);
        let mut long = vec![b'x'; PIECE];
        assert_eq!(whole(&long), PIECE);
        long.extend_from_slice(&"\u{6211}".as_bytes()[..2]);
        assert_eq!(whole(&long), PIECE);
        long.push(b'\xff');
        assert_eq!(whole(&long), PIECE + 3);
    }
}
