//! A program on its way to `execve`, in the process that was forked for it: its file system, which differs in
//! two places, its rights, its signals (mount(2), capabilities(7), signal(7)).
//!
//! All of this runs in a copy of a process that had many threads, so it makes system calls and allocates nothing:
//! what it needs is a [`ProgramSpec`], made before.

use std::ffi::{CStr, CString, OsString, c_char};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::stat::Mode;
use nix::unistd::{getpid, setpgid};

use super::capability;
use super::trace::gate;
use super::trace::seccomp::StopFilter;

/// With which rights a program is started. As whom is not chosen here: it is who we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Those that come with who we are (root).
    AsTheyCome,
    /// Every capability that we have (in a user namespace of our own).
    All,
    /// None of the capabilities that we have.
    None,
}

/// Which of a terminal's process groups a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminalGroup {
    /// It may read at once.
    Foreground,
    /// It is stopped when it wants to.
    Background,
}

/// Everything that a program is started with.
#[derive(Debug)]
pub struct ProgramSpec {
    /// The file to execute.
    pub path: CString,
    /// Its arguments, the zeroth included.
    pub arguments: CStrings,
    /// Its environment, as `NAME=value`.
    pub environment: CStrings,
    /// What becomes its standard input, output and error; ours where there is none.
    pub stdio: [Option<OwnedFd>; 3],
    /// It is a group of its own, in the foreground or background of the terminal that is our standard input.
    pub terminal: Option<TerminalGroup>,
    /// The text of its /etc/hosts. Where there is no such file, names do not resolve.
    pub hosts: Vec<u8>,
    /// What `gethostname()` says.
    pub host_name: Vec<u8>,
    /// It is traced.
    pub tracing: Option<Tracing>,
    /// What it may do.
    pub rights: Rights,
}

/// How a program is traced.
#[derive(Debug)]
pub struct Tracing {
    /// Where it waits until it is seized.
    pub gate: OwnedFd,
    /// At which calls it stops.
    pub filter: StopFilter,
}

/// Strings as execve(2) wants them.
#[derive(Debug)]
pub struct CStrings {
    /// What the pointers point into: buffers of their own, which stay where they are when this moves.
    _texts: Vec<CString>,
    pointers: Vec<*const c_char>,
}

impl CStrings {
    /// Copies of these strings, each ended by a NUL.
    ///
    /// # Errors
    /// `InvalidInput` when one holds a NUL.
    pub fn new(texts: impl IntoIterator<Item = OsString>) -> io::Result<Self> {
        let texts = texts
            .into_iter()
            .map(|text| CString::new(text.into_vec()))
            .collect::<Result<Vec<_>, _>>()?;
        let pointers = texts.iter().map(|text| text.as_ptr());
        Ok(Self {
            pointers: pointers.chain([std::ptr::null()]).collect(),
            _texts: texts,
        })
    }
}

/// What can fail on the way to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpawnStep {
    /// Its descriptors: 0, 1, 2 and no other.
    Descriptors,
    /// Its file system: /etc/hosts and /proc.
    Mounts,
    /// A process for it.
    Fork,
    /// The capabilities that it is to have.
    Rights,
    /// The file that it is made from.
    Execute,
}

impl SpawnStep {
    const ALL: [Self; 5] = [
        Self::Descriptors,
        Self::Mounts,
        Self::Fork,
        Self::Rights,
        Self::Execute,
    ];

    /// As it is told from one process to another.
    pub(super) fn number(self) -> u8 {
        Self::ALL.iter().position(|step| *step == self).unwrap_or(0) as u8
    }

    /// The step that was told.
    pub(super) fn of_number(number: u8) -> Self {
        let step = Self::ALL.get(usize::from(number));
        step.copied().unwrap_or(Self::Execute)
    }

    /// The system calls, as their manual spells them.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Descriptors => "close_range",
            Self::Mounts => "mount",
            Self::Fork => "clone",
            Self::Rights => "capset",
            Self::Execute => "execve",
        }
    }
}

/// A step that failed.
pub(super) type SpawnFailure = (SpawnStep, Errno);

fn at(step: SpawnStep) -> impl FnOnce(Errno) -> SpawnFailure {
    move |errno| (step, errno)
}

/// The errno of an error that a system call gave.
fn errno(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

impl ProgramSpec {
    /// Makes the program's descriptors those of the calling process: 0 to 2, and `line` beside them.
    pub(super) fn take_descriptors(&self, line: RawFd) -> Result<(), SpawnFailure> {
        for (number, fd) in (0..).zip(&self.stdio) {
            if let Some(fd) = fd {
                // SAFETY: two numbers; the one that is replaced is used by nobody in this process.
                Errno::result(unsafe { libc::dup2(fd.as_raw_fd(), number) })
                    .map_err(at(SpawnStep::Descriptors))?;
            }
        }
        super::process::close_all_but([line, self.gate().unwrap_or(line)])
            .map_err(at(SpawnStep::Descriptors))
    }

    /// The descriptor of the gate at which the program waits.
    pub(super) fn gate(&self) -> Option<RawFd> {
        let tracing = self.tracing.as_ref()?;
        Some(tracing.gate.as_raw_fd())
    }

    /// Makes the file system of the calling process, which has a mount namespace of its own, the program's.
    pub(super) fn mount(&self, own_processes: bool) -> Result<(), SpawnFailure> {
        name_hosts(&self.hosts).map_err(at(SpawnStep::Mounts))?;
        // Where it has a UTS namespace of its own; else it goes by the machine's name.
        let _ = unshare_name(&self.host_name);
        if own_processes {
            mount_proc();
        }
        Ok(())
    }

    /// Becomes the program. Comes back only with what failed.
    pub(super) fn execute(&self) -> SpawnFailure {
        let Err(failed) = self.prepare() else {
            // SAFETY: pointers to strings that live, each array ended by a null pointer.
            unsafe {
                libc::execve(
                    self.path.as_ptr(),
                    self.arguments.pointers.as_ptr(),
                    self.environment.pointers.as_ptr(),
                );
            }
            return (SpawnStep::Execute, Errno::last());
        };
        failed
    }

    fn prepare(&self) -> Result<(), SpawnFailure> {
        if self.terminal.is_some() {
            let _ = setpgid(getpid(), getpid());
        }
        if self.terminal == Some(TerminalGroup::Foreground) {
            // While all signals are blocked: else SIGTTOU would stop us. If it cannot be, a shell stops itself.
            give_terminal(getpid().as_raw());
        }
        // It does not outlive its init, whatever ends that.
        let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
        match self.rights {
            Rights::AsTheyCome => Ok(()),
            Rights::All => capability::make_ambient(),
            Rights::None => capability::drop_all(),
        }
        .map_err(|error| (SpawnStep::Rights, errno(&error)))?;
        let seized = self.gate().filter(|gate| gate::wait_at(*gate));
        fresh_signals();
        // Last of all: what a filter names gives ENOSYS without anybody who traces.
        if let (Some(gate), Some(tracing)) = (seized, &self.tracing)
            && let Err(errno) = tracing.filter.load()
        {
            gate::say_failed(gate, errno);
        }
        Ok(())
    }
}

/// Puts a process group into the foreground of the terminal that is standard input.
pub(super) fn give_terminal(group: libc::pid_t) {
    // SAFETY: two numbers.
    unsafe { libc::tcsetpgrp(0, group) };
}

/// Signals as a process has them that a shell starts: none blocked, nothing of what we do about them. What was
/// ignored when we were started (nohup) stays so.
fn fresh_signals() {
    // SIGPIPE is ignored by Rust's runtime, these by us; the others have handlers of ours, which must not run here.
    let ours = [libc::SIGPIPE, libc::SIGXFSZ, libc::SIGTTOU];
    for number in 1..=libc::SIGRTMAX() {
        // SAFETY: the kernel writes to and reads from a live sigaction; SIG_DFL runs no code. Numbers that cannot be
        // changed give EINVAL.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            let known = libc::sigaction(number, std::ptr::null(), &raw mut action) == 0;
            if known && (action.sa_sigaction != libc::SIG_IGN || ours.contains(&number)) {
                action.sa_sigaction = libc::SIG_DFL;
                libc::sigaction(number, &raw const action, std::ptr::null_mut());
            }
        }
    }
    let _ = SigSet::empty().thread_set_mask();
}

/// Puts a file of ours over /etc/hosts. The file is on a tmpfs that is mounted for a moment only, so nothing is left
/// on any disk, however we end.
fn name_hosts(hosts: &[u8]) -> nix::Result<()> {
    const HOSTS: &CStr = c"/etc/hosts";
    const PLACE: &CStr = c"/tmp";
    const FILE: &CStr = c"/tmp/hosts";
    let none = None::<&CStr>;
    // What is mounted here must not appear outside.
    mount(none, c"/", none, MsFlags::MS_REC | MsFlags::MS_SLAVE, none)?;
    mount(
        Some(c"tmpfs"),
        PLACE,
        Some(c"tmpfs"),
        MsFlags::empty(),
        none,
    )?;
    let named = write_file(FILE, hosts)
        .and_then(|()| mount(Some(FILE), HOSTS, none, MsFlags::MS_BIND, none));
    umount2(PLACE, MntFlags::MNT_DETACH)?;
    match named {
        Err(Errno::ENOENT) => Ok(()),
        other => other,
    }
}

/// Has `gethostname()` say this, in a new UTS namespace (uts_namespaces(7)).
fn unshare_name(name: &[u8]) -> nix::Result<()> {
    nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWUTS)?;
    // SAFETY: the kernel reads so many bytes.
    Errno::result(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) }).map(drop)
}

/// Mounts the /proc of this PID namespace. Where that is refused (a container that hides parts of its own) the machine's
/// is seen, in which programs find themselves under other numbers.
fn mount_proc() {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    let proc = Some(c"proc");
    let _ = mount(proc, c"/proc", proc, flags, None::<&CStr>);
}

fn write_file(path: &CStr, text: &[u8]) -> nix::Result<()> {
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_CLOEXEC;
    let file = open(path, flags, Mode::from_bits_truncate(0o644))?;
    let mut rest = text;
    while !rest.is_empty() {
        let written = nix::unistd::write(&file, rest)?;
        rest = &rest[written..];
    }
    Ok(())
}
