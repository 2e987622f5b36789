//! The watcher: a process of ours that outlives us by a moment and cleans up, however we died.
//!
//! The kernel keeps a network namespace while an orphaned socket in it has unsent data, which can take
//! minutes after kill -9. The watcher holds each host's namespace and one end of a socket pair; when the other
//! end is gone, so are we, and it destroys the hosts' sockets and ends. It is forked while we have one thread (so it
//! may run any code) and before any descriptor of interest is open.
//!
//! Of foreign programs it holds the init's pidfd (see [`super::program`]). That ends by itself when we do, and everything with
//! it; if it has not after a while, the watcher kills it, and nothing else.
//!
//! It also keeps a second handle of each packet socket. Whoever closes the last one waits for grace periods of
//! the kernel (`packet_release` in net/packet/af_packet.c: 20 to 30 ms with a ring), and that is better done
//! by a process that nobody waits for.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, setns};
use nix::sys::signal::Signal;
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, setsid};

use super::first_namespace::remember_first;
use super::kernel::Kernel;
use super::settings::{ORPHANS, SysctlTree};
use crate::observe::sys::init::PATIENCE;
use crate::observe::sys::{fd_passing, process};

/// Take a namespace under watch, with the descriptor that comes along; then the lab's number.
const HOLD: u8 = b'h';
/// Keep the descriptor that comes along until that lab is taken down.
const KEEP: u8 = b'k';
/// End the process whose pidfd comes along, when we are gone.
const END: u8 = b'e';
/// Clean that lab up now, and answer when it is done.
const DOWN: u8 = b'd';
/// How long cleaning up goes on looking for something that is left.
const CLEANING: Duration = Duration::from_secs(4);

/// Our end of the watcher.
#[derive(Debug)]
pub(super) struct Watcher {
    line: Option<OwnedFd>,
    /// Held from a question to its answer: several labs of this process may be taken down at once.
    asking: Mutex<()>,
    process: Pid,
}

impl Watcher {
    /// Forks the watcher, while this process has one thread.
    pub(super) fn start() -> io::Result<Self> {
        let (ours, theirs) = fd_passing::pair()?;
        let process = process::fork_single_threaded(|| {
            watch(theirs.as_fd());
            0
        })?;
        Ok(Self {
            line: Some(ours),
            asking: Mutex::new(()),
            process,
        })
    }

    /// Puts a namespace under its watch, as one of lab number `lab`.
    pub(super) fn hold(&self, lab: u32, namespace: BorrowedFd<'_>) -> io::Result<()> {
        // Needs no answer: what was sent is read, also when we have died in between.
        self.say(HOLD, lab, Some(namespace))
    }

    /// Has it keep a packet socket of lab number `lab`, and close it last.
    pub(super) fn keep(&self, lab: u32, socket: BorrowedFd<'_>) -> io::Result<()> {
        self.say(KEEP, lab, Some(socket))
    }

    /// Has it end a process of lab number `lab` when we are gone.
    pub(super) fn end(&self, lab: u32, process: BorrowedFd<'_>) -> io::Result<()> {
        self.say(END, lab, Some(process))
    }

    /// Has it clean that lab up, and waits for that.
    pub(super) fn down(&self, lab: u32) -> io::Result<()> {
        self.ask(DOWN, lab)
    }

    fn ask(&self, word: u8, lab: u32) -> io::Result<()> {
        let _asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        self.say(word, lab, None)?;
        self.answer()
    }

    fn say(&self, word: u8, lab: u32, fd: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let line = self.line.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let mut message = [word, 0, 0, 0, 0];
        message[1..].copy_from_slice(&lab.to_ne_bytes());
        fd_passing::send(line.as_fd(), &message, fd)
    }

    fn answer(&self) -> io::Result<()> {
        let line = self.line.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        match fd_passing::receive(line.as_fd(), &mut [0u8; 1])? {
            (0, _) => Err(io::ErrorKind::BrokenPipe.into()),
            _ => Ok(()),
        }
    }
}

impl Drop for Watcher {
    /// Hangs up and waits for its end. What may be left then, for the kernel's grace periods, is the child that
    /// closes the packet sockets of a lab that was taken down.
    fn drop(&mut self) {
        drop(self.line.take());
        // Somebody else may have waited for all children.
        let _ = waitpid(self.process, None);
    }
}

/// A descriptor under watch: a namespace, a packet socket that is closed last, or a pidfd.
struct WatchedFd {
    lab: u32,
    fd: OwnedFd,
}

/// Takes out what is a lab's.
fn of_lab(watched: &mut Vec<WatchedFd>, lab: u32) -> Vec<WatchedFd> {
    watched
        .extract_if(.., |watched| watched.lab == lab)
        .collect()
}

/// The watcher's main loop.
fn watch(line: BorrowedFd<'_>) {
    // What ends us from the terminal must not end it; and a pipe that we wrote to must see our end.
    let _ = setsid();
    let _ = process::ignore(&[
        Signal::SIGINT,
        Signal::SIGTERM,
        Signal::SIGHUP,
        Signal::SIGQUIT,
        Signal::SIGPIPE,
        // Its children are nobody's concern when they end.
        Signal::SIGCHLD,
    ]);
    let _ = nix::sys::prctl::set_name(c"sockscope-watch");
    let Ok(null) = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")
    else {
        return;
    };
    let _ = nix::unistd::dup2_stdin(&null);
    let _ = nix::unistd::dup2_stdout(&null);
    let _ = nix::unistd::dup2_stderr(&null);
    let _ = process::close_all_but([line.as_raw_fd(), null.as_raw_fd()]);

    let (mut namespaces, mut sockets, mut inits) = (Vec::new(), Vec::new(), Vec::new());
    let mut message = [0u8; 5];
    // Ends at end of file, and on an error, which leaves us nobody to listen to either.
    while let Ok((5, fd)) = fd_passing::receive(line, &mut message) {
        let [word, number @ ..] = message;
        let lab = u32::from_ne_bytes(number);
        match (word, fd) {
            (HOLD, Some(fd)) => namespaces.push(WatchedFd { lab, fd }),
            (KEEP, Some(fd)) => sockets.push(WatchedFd { lab, fd }),
            (END, Some(fd)) => inits.push(WatchedFd { lab, fd }),
            (DOWN, _) => {
                // Those it has ended itself.
                of_lab(&mut inits, lab);
                let last = of_lab(&mut sockets, lab);
                take_down(line, &of_lab(&mut namespaces, lab));
                // The child has handles of its own by now, so nothing waits here.
                drop(last);
            }
            _ => {}
        }
    }
    for init in &inits {
        process::end(init.fd.as_fd(), PATIENCE);
    }
    clean_up(&namespaces);
}

/// Cleans up in a child, which answers and then closes the packet sockets by its end. Entering a namespace is a
/// one-way street for an ordinary user, and so it takes somebody else anyway.
fn take_down(line: BorrowedFd<'_>, down: &[WatchedFd]) {
    let child = process::fork_single_threaded(|| {
        let _answer = AnswerOnDrop(line);
        clean_up(down);
        0
    });
    if child.is_err() {
        // Nothing can be cleaned up; who waits must not wait for ever.
        drop(AnswerOnDrop(line));
    }
}

/// Says by its end that a lab is down, whatever became of the cleaning: who waits must not wait for ever.
struct AnswerOnDrop<'a>(BorrowedFd<'a>);

impl Drop for AnswerOnDrop<'_> {
    fn drop(&mut self) {
        let _ = fd_passing::send(self.0, &[DOWN], None);
    }
}

/// Destroys the sockets of these namespaces, until there are none.
fn clean_up(watched: &[WatchedFd]) {
    let until = Instant::now() + CLEANING;
    // Without it nothing is set there, and that is all.
    let _ = remember_first();
    for one in watched {
        if setns(&one.fd, CloneFlags::CLONE_NEWNET).is_err() {
            continue;
        }
        let Ok(mut kernel) = Kernel::open() else {
            continue;
        };
        let mut pause = Duration::from_micros(200);
        loop {
            let sockets = kernel.destroy_all().unwrap_or_else(|_| {
                if let Ok(tree) = SysctlTree::of_this_thread() {
                    let _ = tree.set(ORPHANS.0, ORPHANS.1);
                }
                kernel.look().map_or(0, |left| left.len())
            });
            if sockets == 0 || Instant::now() > until {
                break;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}
