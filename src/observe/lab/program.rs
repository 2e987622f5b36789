//! Foreign programs in a host: what they need of the lab, and their end. The one owner of fork, wait and kill of them:
//!
//! ```text
//!   us ── host's thread ──clone──► init ──clone──► sh -c COMMAND ──► whatever that starts
//!   │        │                      │ │ waits for       │                  │
//!   │        │◄──── socket pair ───►│ │ all that die    └── all of it in the PID namespace whose init it is,
//!   │        │ signals down,          │                     in the host's network namespace, with a file
//!   │        │ status up              │                     system and a /proc of its own
//!   │        │ its end: init ends     │
//!   │        └─ its death: SIGKILL ──►│   init's end is the end of them all: the kernel's doing
//!   └──► watcher ── pidfd: SIGKILL ──►┘
//! ```
//!
//! - What a program leaves behind lives on until the lab is taken down: another host may be talking to it. Not longer.
//! - However we end, one of the three comes: the socket's end, the thread's death, the watcher.
//! - Without PID namespaces (`user.max_pid_namespaces` is 0) init is the subreaper instead of the namespace's init:
//!   at the socket's end it kills its children until it has none. It alone must not be killed before that.
//! - Between clone and execve there are no locks and no memory to be had (`sys::init`, `sys::spawn`): everything is
//!   prepared here. One whose calls are seen waits just before its execve until it is seized, by a thread that only traces
//!   (`observe::trace`, with its drawing): it starts nothing, waits for traced threads alone, and ends nothing but by its own end.
//! - A shell that has the terminal is its foreground group meanwhile; see [`super::terminal`].

use std::ffi::{CString, OsString};
use std::fmt::Write as _;
use std::io::{self, PipeReader};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};

use nix::sys::signal::Signal;

use super::enter::{Privileges, RightsOrigin};
use super::terminal::Terminal;
use super::watcher::Watcher;
use crate::model::{Host, HostId};
use crate::observe::sys::init::{Init, InitEvent, try_pid_namespace};
use crate::observe::sys::spawn::{CStrings, ProgramSpec, Rights, Tracing};
use crate::observe::sys::trace::seccomp::StopFilter;
use crate::script::Plan;

/// What every program of a lab is started with, and what ends them all.
#[derive(Clone, Debug)]
pub struct ProgramEnv {
    rights: Rights,
    hosts: Vec<u8>,
    /// The hosts' names, by number.
    names: Vec<Vec<u8>>,
    lab: u32,
    watcher: Option<Arc<Watcher>>,
    /// One for each program that was started; none any more when the lab goes down.
    inits: Arc<Mutex<Option<Vec<Arc<Init>>>>>,
}

impl ProgramEnv {
    pub(super) fn new(privileges: &Privileges, lab: u32, hosts: &[Host], plan: &Plan) -> Self {
        Self {
            rights: match privileges.origin() {
                RightsOrigin::Root | RightsOrigin::Machine => Rights::AsTheyCome,
                RightsOrigin::UserNamespace => Rights::All,
                RightsOrigin::KeptCapabilities => Rights::None,
            },
            hosts: hosts_file(hosts, !plan.ipv6, !plan.programs.ipv4_only),
            names: hosts.iter().map(|host| host.name.raw().into()).collect(),
            lab,
            watcher: privileges.watcher.clone(),
            inits: Arc::new(Mutex::new(Some(Vec::new()))),
        }
    }

    /// Starts a shell command on the calling thread, which must be this host's and live as long as the lab; an empty one is
    /// a shell, which has the terminal. Of another, what it writes comes through pipes; it reads what we would, or nothing.
    /// Where there is a gate, it waits there until it is seized.
    ///
    /// # Errors
    /// Of pipe and clone, or when the lab goes down. What fails later comes from [`Program::try_wait`].
    pub fn start(
        &self,
        host: HostId,
        command: &str,
        reads: bool,
        gate: Option<OwnedFd>,
    ) -> io::Result<Program> {
        let traced = gate.is_some();
        let (mut stdout, mut stderr) = (None, None);
        let mut spec = ProgramSpec {
            path: c"/bin/sh".to_owned(),
            arguments: CStrings::new(["/bin/sh", "-c", command].map(OsString::from))?,
            environment: CStrings::new(environment(traced))?,
            stdio: [None, None, None],
            terminal: None,
            hosts: self.hosts.clone(),
            host_name: self
                .names
                .get(usize::from(host.0))
                .cloned()
                .unwrap_or_default(),
            tracing: gate.map(|gate| Tracing {
                gate,
                filter: StopFilter::first(),
            }),
            rights: self.rights,
        };
        let mut terminal = None;
        if command.is_empty() {
            spec.path = shell();
            let name = OsString::from_vec(spec.path.as_bytes().to_vec());
            spec.arguments = CStrings::new([name])?;
            terminal = Terminal::lend()?;
            spec.terminal = terminal.as_ref().map(Terminal::group);
        } else {
            let nothing = || std::fs::File::open("/dev/null").map(OwnedFd::from);
            let (out, err) = (io::pipe()?, io::pipe()?);
            spec.stdio = [
                if reads { None } else { Some(nothing()?) },
                Some(out.1.into()),
                Some(err.1.into()),
            ];
            (stdout, stderr) = (Some(out.0), Some(err.0));
        }
        Ok(Program {
            init: self.start_init(&spec)?,
            stdout,
            stderr,
            terminal,
        })
    }

    /// Under the lock, so that none is started that nobody would end.
    fn start_init(&self, spec: &ProgramSpec) -> io::Result<Arc<Init>> {
        let mut inits = self.inits.lock().unwrap_or_else(PoisonError::into_inner);
        let inits = inits.as_mut().ok_or(io::ErrorKind::Interrupted)?;
        let init = Arc::new(Init::start(spec)?);
        inits.push(Arc::clone(&init));
        if let Some(watcher) = &self.watcher {
            watcher.end(self.lab, init.process())?;
        }
        Ok(init)
    }

    /// Ends all programs and what they have started, and starts no more.
    pub(super) fn end(&self) {
        let inits = self
            .inits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        for init in inits.iter().flatten() {
            init.end();
        }
    }
}

/// Our environment as a program gets it. LeakSanitizer cannot work where somebody traces, and ends the program for it: of
/// one that is traced it is switched off.
fn environment(traced: bool) -> impl Iterator<Item = OsString> {
    const SANITIZERS: [&str; 2] = ["ASAN_OPTIONS", "LSAN_OPTIONS"];
    let is_one = move |name: &OsString| traced && SANITIZERS.iter().any(|known| name == known);
    let own = std::env::vars_os().filter(move |(name, _)| !is_one(name));
    let set = SANITIZERS.into_iter().filter(move |_| traced).map(|name| {
        let before = std::env::var_os(name).filter(|value| !value.is_empty());
        let mut value = before.map_or_else(OsString::new, |mut value| {
            value.push(":");
            value
        });
        value.push("detect_leaks=0");
        (name.into(), value)
    });
    own.chain(set).map(|(name, value): (OsString, OsString)| {
        let mut text = name;
        text.push("=");
        text.push(value);
        text
    })
}

/// Whether the kernel ends what programs start, by a PID namespace for each. Once [`super::enter()`] was called.
#[must_use]
pub fn kernel_ends_programs() -> bool {
    try_pid_namespace().is_ok()
}

/// The caller's shell, by its path.
fn shell() -> CString {
    let named = std::env::var_os("SHELL").filter(|path| path.as_bytes().starts_with(b"/"));
    let path = named.and_then(|path| CString::new(path.into_vec()).ok());
    path.unwrap_or_else(|| c"/bin/sh".to_owned())
}

/// A program that was started.
#[derive(Debug)]
pub struct Program {
    init: Arc<Init>,
    /// What it writes; none of a shell that has the terminal.
    pub stdout: Option<PipeReader>,
    /// As `stdout`.
    pub stderr: Option<PipeReader>,
    /// The terminal that it has.
    terminal: Option<Terminal>,
}

impl Program {
    /// Its status, when it has ended; what it has started may live on. When it stops itself and has the terminal, so do
    /// we, until we are continued.
    ///
    /// # Errors
    /// What kept it from being started.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        while let Some(event) = self.init.next_event()? {
            match event {
                InitEvent::Failed(step, errno) => {
                    let error = io::Error::from(errno);
                    let text = format!("{}: {error}", step.name());
                    return Err(io::Error::new(error.kind(), text));
                }
                InitEvent::Stopped => self.stop(),
                InitEvent::Ended(status) => return Ok(Some(ExitStatus::from_raw(status))),
                // Nothing else can have ended it then.
                InitEvent::Gone => return Ok(Some(ExitStatus::from_raw(Signal::SIGKILL as i32))),
            }
        }
        Ok(None)
    }

    /// Sends it a signal, if it has not ended.
    pub fn signal(&self, signal: Signal) {
        self.init.signal(signal);
    }

    fn stop(&mut self) {
        let Some(terminal) = &mut self.terminal else {
            return;
        };
        terminal.take_back();
        // From here we are stopped, until somebody continues us.
        let _ = nix::sys::signal::raise(Signal::SIGTSTP);
        if terminal.lend_again() {
            self.init.give_terminal();
        }
        self.init.signal(Signal::SIGCONT);
    }
}

impl AsFd for Program {
    /// Readable when [`Program::try_wait`] has something to tell.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.init.as_fd()
    }
}

/// The text of /etc/hosts. With one family wanted the names have only its address: which of two a program tries first is
/// its own and its C library's to say (RFC 6724 prefers IPv4 to a unique local address, glibc does not).
fn hosts_file(hosts: &[Host], ipv4: bool, ipv6: bool) -> Vec<u8> {
    let mut text = String::from("127.0.0.1 localhost\n::1 localhost\n");
    for host in hosts {
        let v4 = host.ipv4.filter(|_| ipv4).map(|ip| ip.to_string());
        let v6 = host.ipv6.filter(|_| ipv6).map(|ip| ip.to_string());
        for address in v4.into_iter().chain(v6) {
            let _ = writeln!(text, "{address} {}", host.name.raw());
        }
    }
    text.into_bytes()
}
