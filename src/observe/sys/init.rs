//! The process under which a program lives: init of a PID namespace, in the network namespace of the thread that made
//! it (pid_namespaces(7)).
//!
//! It starts the program, waits for every process that is left to it, and reports how the program ended. When its socket
//! to us is closed it exits, upon which the kernel kills all that lives in its PID namespace. It is cloned from a process
//! with many threads, so it only makes system calls and allocates nothing; all signals are blocked in it for good.
//!
//! Where no PID namespace may be made, it is the subreaper of what the program starts, and kills that one by one
//! before it ends.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::socket::{MsgFlags, recv, send};
use nix::unistd::Pid;

use super::spawn::{ProgramSpec, SpawnFailure, SpawnStep, give_terminal};
use super::{capability, children, fd_passing, process};

/// An init that was started.
#[derive(Debug)]
pub struct Init {
    /// Socket to it, by messages; its own end when we hang up.
    line: OwnedFd,
    /// Its pidfd: readable when it has ended, and with it all that it was init of.
    process: OwnedFd,
}

/// What an init tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitEvent {
    /// The program could not be started.
    Failed(SpawnStep, Errno),
    /// It was stopped. Told of one that has the terminal only.
    Stopped,
    /// It has ended, with this status (as wait(2) gives it).
    Ended(i32),
    /// The init itself has ended, or we have hung up.
    Gone,
}

/// Who is told to end has this long before it is killed. Where there is a PID namespace it takes a moment, else as long
/// as it takes to kill what is there.
pub const PATIENCE: Duration = Duration::from_secs(2);

const FAILED: u8 = b'f';
const STOPPED: u8 = b's';
const ENDED: u8 = b'e';
/// In the place of a signal's number: give the program the terminal.
const FOREGROUND: u8 = 0;

impl Init {
    /// Starts one, and it starts its program. What fails after the fork comes as [`InitEvent::Failed`].
    ///
    /// The parent, with which it dies, is the calling *thread*.
    ///
    /// # Errors
    /// Of socketpair and clone.
    pub fn start(spec: &ProgramSpec) -> io::Result<Self> {
        let (line, theirs) = fd_passing::pair()?;
        // A handler of ours must not run in the new process.
        let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
        let process = fork(spec, theirs.as_raw_fd());
        before.thread_set_mask()?;
        Ok(Self {
            line,
            process: process?,
        })
    }

    /// The init's pidfd: readable when it has ended.
    #[must_use]
    pub fn process(&self) -> BorrowedFd<'_> {
        self.process.as_fd()
    }

    /// What it has told next, without waiting; none when that is nothing.
    ///
    /// # Errors
    /// Of recv.
    pub fn next_event(&self) -> io::Result<Option<InitEvent>> {
        let mut message = [0u8; 6];
        match recv(self.line.as_raw_fd(), &mut message, MsgFlags::MSG_DONTWAIT) {
            Err(Errno::EAGAIN) => return Ok(None),
            Err(Errno::ECONNRESET) | Ok(0) => return Ok(Some(InitEvent::Gone)),
            other => other?,
        };
        let [kind, step, number @ ..] = message;
        let number = i32::from_ne_bytes(number);
        Ok(Some(match kind {
            FAILED => InitEvent::Failed(SpawnStep::of_number(step), Errno::from_raw(number)),
            STOPPED => InitEvent::Stopped,
            _ => InitEvent::Ended(number),
        }))
    }

    /// Has it send its program a signal (one that goes on: to the program's group). Nothing happens when that has ended.
    pub fn signal(&self, signal: Signal) {
        // Signals' numbers are below 65. An init that is gone needs no signal.
        self.say(signal as u8);
    }

    /// Has it put its program into the terminal's foreground.
    pub fn give_terminal(&self) {
        self.say(FOREGROUND);
    }

    fn say(&self, word: u8) {
        let flags = MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT;
        let _ = send(self.line.as_raw_fd(), &[word], flags);
    }

    /// Hangs up, by which it ends, and all that lives under it; and waits for that.
    pub fn end(&self) {
        let both = nix::sys::socket::Shutdown::Both;
        let _ = nix::sys::socket::shutdown(self.line.as_raw_fd(), both);
        process::end(self.process(), PATIENCE);
        process::reap_child(self.process());
    }
}

impl AsFd for Init {
    /// Readable when there is an event.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.line.as_fd()
    }
}

/// Makes the process, in a PID namespace of its own where that may be.
fn fork(spec: &ProgramSpec, line: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: `run_init` makes system calls, allocates nothing, and never returns.
    let refused = match unsafe { process::clone(libc::CLONE_NEWPID | libc::CLONE_NEWNS) } {
        Ok(made) => return Ok(made.unwrap_or_else(|| run_init(spec, line, true))),
        Err(error) => error,
    };
    // Whatever the reason was; if it is another than the PID namespace, the same comes again.
    // SAFETY: as above.
    match unsafe { process::clone(libc::CLONE_NEWNS) } {
        Ok(made) => Ok(made.unwrap_or_else(|| run_init(spec, line, false))),
        Err(_) => Err(refused),
    }
}

/// The init's main loop.
fn run_init(spec: &ProgramSpec, line: RawFd, own_namespace: bool) -> ! {
    let _ = nix::sys::prctl::set_name(c"sockscope-init");
    let mut children = match begin(spec, line, own_namespace) {
        Ok(children) => children,
        Err(failed) => {
            tell_failed(line, failed);
            process::leave(127)
        }
    };
    while children.handle_next(line) {}
    if !own_namespace {
        children::end();
    }
    process::leave(0)
}

/// Comes as far as the program's own process. Once that is made, nothing fails.
fn begin(spec: &ProgramSpec, line: RawFd, own_namespace: bool) -> Result<Children, SpawnFailure> {
    if own_namespace {
        // If we are dead already, the line says so.
        let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
    } else {
        // Not killed: who would end its children?
        let _ = nix::sys::prctl::set_child_subreaper(true);
    }
    spec.take_descriptors(line)?;
    spec.mount(own_namespace)?;
    let mut children =
        Children::new(spec.terminal.is_some()).map_err(|errno| (SpawnStep::Fork, errno))?;
    // SAFETY: the new process goes on as this one does, and never returns.
    children.program =
        unsafe { process::fork_again() }.map_err(|errno| (SpawnStep::Fork, errno))?;
    if children.program.is_none() {
        tell_failed(line, spec.execute());
        process::leave(127)
    }
    if let Some(gate) = spec.gate() {
        let _ = process::close_from_to(gate, gate);
    }
    // The program's they were: at their end there must be nobody else. But the terminal, to hand it over again.
    let _ = process::close_from_to(RawFd::from(children.has_terminal), 2);
    let _ = capability::keep_only(capability::bits(&[capability::KILL]));
    Ok(children)
}

fn tell_failed(line: RawFd, (step, errno): SpawnFailure) {
    tell(line, FAILED, step.number(), errno as i32);
}

fn tell(line: RawFd, kind: u8, step: u8, number: i32) {
    let mut message = [kind, step, 0, 0, 0, 0];
    message[2..].copy_from_slice(&number.to_ne_bytes());
    // With nobody left to listen, the next look at the line ends us.
    let _ = send(line, &message, MsgFlags::MSG_NOSIGNAL);
}

/// What an init waits for.
struct Children {
    ended: SignalFd,
    /// Until it was waited for.
    program: Option<Pid>,
    has_terminal: bool,
}

impl Children {
    fn new(has_terminal: bool) -> nix::Result<Self> {
        let mut mask = SigSet::empty();
        mask.add(Signal::SIGCHLD);
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self {
            ended: SignalFd::with_flags(&mask, flags)?,
            program: None,
            has_terminal,
        })
    }

    /// Waits for what comes next and does it. False when we have hung up.
    fn handle_next(&mut self, line: RawFd) -> bool {
        // SAFETY: open for as long as this process lives.
        let listening = unsafe { BorrowedFd::borrow_raw(line) };
        let mut fds = [
            PollFd::new(listening, PollFlags::POLLIN),
            PollFd::new(self.ended.as_fd(), PollFlags::POLLIN),
        ];
        let _ = poll(&mut fds, PollTimeout::NONE);
        let said = fds[0].any() == Some(true);
        if self
            .ended
            .read_signal()
            .is_ok_and(|signal| signal.is_some())
        {
            self.reap(line);
        }
        let mut word = [0u8; 1];
        if said && recv(line, &mut word, MsgFlags::empty()) != Ok(1) {
            return false;
        }
        if said {
            self.obey(word[0]);
        }
        true
    }

    /// Waits for all that have ended, and tells of the program. Not nix's waitpid, which takes a death by a real-time
    /// signal for an error.
    fn reap(&mut self, line: RawFd) {
        let stops = if self.has_terminal {
            libc::WUNTRACED
        } else {
            0
        };
        loop {
            let mut status = 0;
            // SAFETY: the kernel writes one number.
            let pid =
                unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG | libc::__WALL | stops) };
            if pid <= 0 {
                return;
            }
            if self.program != Some(Pid::from_raw(pid)) {
                continue;
            }
            if libc::WIFSTOPPED(status) {
                tell(line, STOPPED, 0, 0);
            } else {
                self.program = None;
                tell(line, ENDED, 0, status);
            }
        }
    }

    /// Sends the program what it is told to; one that was waited for has no number any more.
    fn obey(&self, word: u8) {
        let Some(program) = self.program.map(Pid::as_raw) else {
            return;
        };
        let number = i32::from(word);
        let to = if number == libc::SIGCONT {
            -program
        } else {
            program
        };
        match word {
            FOREGROUND => give_terminal(program),
            // SAFETY: two numbers.
            _ => unsafe {
                libc::kill(to, number);
            },
        }
    }
}

/// A PID namespace can be made here.
///
/// # Errors
/// Why not: `ENOSPC` when `user.max_pid_namespaces` is 0 or used up.
pub fn try_pid_namespace() -> io::Result<()> {
    // SAFETY: the new process leaves at once.
    let child = unsafe { process::clone(libc::CLONE_NEWPID) }?;
    let child = child.unwrap_or_else(|| process::leave(0));
    process::end(child.as_fd(), PATIENCE);
    process::reap_child(child.as_fd());
    Ok(())
}
