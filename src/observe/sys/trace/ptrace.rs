//! ptrace(2), by SEIZE: a stopped program stays stopped, as without us. Only the thread that seized may call any of this.

use std::ptr::null_mut;

use nix::errno::Errno;

/// What a thread of a program that is traced was stopped by, or that it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It is gone; its status as wait(2) gives it.
    Gone(i32),
    /// At the entry of a call that a filter names; what the filter says beside that.
    Entry(u16),
    /// At the entry or the exit of a call, asked for by [`Resume::ToNextStop`].
    Call,
    /// It has made a process or a thread, by its number.
    Made(i32),
    /// It has executed another program; the number that it had before.
    Executed(i32),
    /// It is about to be gone, with this status. Its descriptors are still open.
    Leaving(i32),
    /// It was stopped by this signal, with its whole process.
    Stopped(i32),
    /// A new one, before its first instruction; or one that [`interrupt`] stopped.
    Fresh,
    /// It is about to get this signal.
    Signal(i32),
    /// Some other event.
    Other,
}

/// How a thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// To the next call that a filter names.
    Run,
    /// To the next entry or exit of any call.
    ToNextStop,
    /// It stays stopped, until somebody continues its process.
    Listen,
}

/// The signal's number in the stop of a new thread.
const SIGTRAP: i32 = libc::SIGTRAP;
/// `PTRACE_O_TRACESYSGOOD` sets it in the stop of a call.
const CALL_MARK: i32 = 0x80;

const OPTIONS: libc::c_int = libc::PTRACE_O_TRACESYSGOOD
    | libc::PTRACE_O_TRACESECCOMP
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK
    | libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEEXEC
    | libc::PTRACE_O_TRACEEXIT
    | libc::PTRACE_O_EXITKILL;

fn request(what: libc::c_uint, thread: i32, address: usize, data: usize) -> nix::Result<()> {
    // SAFETY: the requests that come here take numbers only; what is no thread of ours gives ESRCH.
    let result = unsafe {
        libc::ptrace(
            what,
            thread,
            std::ptr::without_provenance_mut::<libc::c_void>(address),
            std::ptr::without_provenance_mut::<libc::c_void>(data),
        )
    };
    Errno::result(result).map(drop)
}

/// Traces a process that waits at its [`super::gate`], and whatever comes of it; it is killed when the calling thread ends.
///
/// # Errors
/// `EPERM` where Yama or another module forbids it, or somebody else traces it.
pub fn seize(process: i32) -> nix::Result<()> {
    request(libc::PTRACE_SEIZE, process, 0, OPTIONS as usize)
}

/// Lets a stopped thread go on, with a signal (0: none).
///
/// # Errors
/// `ESRCH` when it was killed meanwhile.
pub fn resume(thread: i32, how: Resume, signal: i32) -> nix::Result<()> {
    let what = match how {
        Resume::Run => libc::PTRACE_CONT,
        Resume::ToNextStop => libc::PTRACE_SYSCALL,
        Resume::Listen => libc::PTRACE_LISTEN,
    };
    request(what, thread, 0, signal as usize)
}

/// Stops a thread that runs, or says again how it is stopped.
pub fn interrupt(thread: i32) {
    let _ = request(libc::PTRACE_INTERRUPT, thread, 0, 0);
}

/// Waits for the next stop of any thread that the calling thread traces.
///
/// # Errors
/// `ECHILD` when there is none any more.
pub fn wait() -> nix::Result<(i32, Stop)> {
    let mut status = 0;
    let thread = loop {
        // SAFETY: the kernel writes one number.
        let found = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::__WNOTHREAD) };
        match Errno::result(found) {
            Err(Errno::EINTR) => {}
            other => break other?,
        }
    };
    Ok((thread, stop(thread, status)))
}

fn stop(thread: i32, status: i32) -> Stop {
    if !libc::WIFSTOPPED(status) {
        return Stop::Gone(status);
    }
    let signal = libc::WSTOPSIG(status);
    match status >> 16 {
        libc::PTRACE_EVENT_SECCOMP => Stop::Entry(message(thread) as u16),
        libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => {
            Stop::Made(message(thread) as i32)
        }
        libc::PTRACE_EVENT_EXEC => Stop::Executed(message(thread) as i32),
        libc::PTRACE_EVENT_EXIT => Stop::Leaving(message(thread) as i32),
        libc::PTRACE_EVENT_STOP if signal == SIGTRAP => Stop::Fresh,
        libc::PTRACE_EVENT_STOP => Stop::Stopped(signal),
        0 if signal == SIGTRAP | CALL_MARK => Stop::Call,
        0 => Stop::Signal(signal),
        _ => Stop::Other,
    }
}

/// What came with an event; 0 when the thread was killed meanwhile.
fn message(thread: i32) -> libc::c_ulong {
    let mut message: libc::c_ulong = 0;
    // SAFETY: the kernel writes one word.
    unsafe {
        libc::ptrace(
            libc::PTRACE_GETEVENTMSG,
            thread,
            null_mut::<libc::c_void>(),
            &raw mut message,
        );
    }
    message
}

/// A call at a stop, without its registers being looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallStop {
    /// It is about to be done.
    Entry {
        /// Its number.
        number: u64,
        /// What it was given.
        args: [u64; 6],
        /// Where in the program's code, and at which place of its stack.
        place: (u64, u64),
    },
    /// It has been done; its value, or minus an errno.
    Exit(i64),
    /// There is none at this stop.
    None,
}

/// What call a thread stands at (`PTRACE_GET_SYSCALL_INFO`, Linux 5.3).
///
/// # Errors
/// `ESRCH` when it was killed meanwhile.
pub fn call(thread: i32) -> nix::Result<CallStop> {
    // SAFETY: a structure of numbers.
    let mut info: libc::ptrace_syscall_info = unsafe { std::mem::zeroed() };
    let size = size_of::<libc::ptrace_syscall_info>();
    // SAFETY: the kernel writes at most `size` bytes.
    let result = unsafe {
        libc::ptrace(
            libc::PTRACE_GET_SYSCALL_INFO,
            thread,
            std::ptr::without_provenance_mut::<libc::c_void>(size),
            &raw mut info,
        )
    };
    Errno::result(result)?;
    let place = (info.instruction_pointer, info.stack_pointer);
    Ok(match info.op {
        // SAFETY: each says which member of the union the kernel wrote; all of them are numbers.
        libc::PTRACE_SYSCALL_INFO_ENTRY => unsafe {
            CallStop::Entry {
                number: info.u.entry.nr,
                args: info.u.entry.args,
                place,
            }
        },
        // SAFETY: as above.
        libc::PTRACE_SYSCALL_INFO_SECCOMP => unsafe {
            CallStop::Entry {
                number: info.u.seccomp.nr,
                args: info.u.seccomp.args,
                place,
            }
        },
        // SAFETY: as above.
        libc::PTRACE_SYSCALL_INFO_EXIT => CallStop::Exit(unsafe { info.u.exit.sval }),
        _ => CallStop::None,
    })
}

/// A signal that a thread was about to get, with all that it says, to be given later.
#[derive(Clone, Copy)]
pub struct KeptSignal(libc::siginfo_t);

impl std::fmt::Debug for KeptSignal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("KeptSignal").field(&self.number()).finish()
    }
}

impl KeptSignal {
    /// The one that this thread, which stands before it, is about to get.
    ///
    /// # Errors
    /// `ESRCH` when it was killed meanwhile.
    pub fn of(thread: i32) -> nix::Result<Self> {
        // SAFETY: a structure of numbers, which the kernel fills.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: the kernel writes one siginfo.
        let result = unsafe {
            libc::ptrace(
                libc::PTRACE_GETSIGINFO,
                thread,
                null_mut::<libc::c_void>(),
                &raw mut info,
            )
        };
        Errno::result(result).map(|_| Self(info))
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> i32 {
        self.0.si_signo
    }

    /// Puts it in the place of the one that this thread stands before.
    pub fn give(&self, thread: i32) {
        // SAFETY: the kernel reads one siginfo.
        unsafe {
            libc::ptrace(
                libc::PTRACE_SETSIGINFO,
                thread,
                null_mut::<libc::c_void>(),
                &raw const self.0,
            );
        }
    }
}

/// Sends a thread a signal, to make it stop before it.
pub fn send(process: i32, thread: i32, signal: i32) {
    // SAFETY: three numbers.
    unsafe {
        libc::syscall(libc::SYS_tgkill, process, thread, signal);
    }
}

/// The signal's name as C has it; `SIG` and its number where it has none.
#[must_use]
pub fn signal_name(number: i32) -> String {
    nix::sys::signal::Signal::try_from(number).map_or_else(
        |_| format!("SIG{number}"),
        |signal| signal.as_str().to_owned(),
    )
}

/// Signals of which a program learns what went wrong with its sockets, or that end it by default.
#[must_use]
pub const fn is_telling(number: i32) -> bool {
    matches!(
        number,
        libc::SIGPIPE
            | libc::SIGSEGV
            | libc::SIGABRT
            | libc::SIGBUS
            | libc::SIGFPE
            | libc::SIGILL
            | libc::SIGINT
            | libc::SIGALRM
    )
}
