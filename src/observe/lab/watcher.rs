//! The watcher: a process of ours that outlives us by a moment and cleans up, however we died.
//!
//! The kernel keeps a network namespace while an orphaned socket in it has unsent data, which can take
//! minutes after kill -9, and foreign programs would go on in it. The watcher holds each host's namespace and
//! one end of a socket pair; when the other end is gone, so are we, and it destroys the hosts' sockets,
//! ends whatever process lives there, and itself. It is forked while we have one thread (so it may run any
//! code) and before any descriptor of interest is open.
//!
//! It also keeps a second handle of each packet socket. Whoever closes the last one waits for grace periods of
//! the kernel (`packet_release` in net/packet/af_packet.c: 20 to 30 ms with a ring), and that is better done
//! by a process that nobody waits for.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, setns};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, getpid, setsid};

use super::enter::remember_first;
use super::kernel::Kernel;
use super::settings::{ORPHANS, Tree};
use crate::observe::sys::{passing, process};

/// Take a namespace under watch, with the descriptor that comes along; then the lab's number.
const HOLD: u8 = b'h';
/// Keep the descriptor that comes along until that lab is taken down.
const KEEP: u8 = b'k';
/// Foreign programs run in that lab.
const PROGRAMS: u8 = b'p';
/// Clean that lab up now, and answer when it is done.
const DOWN: u8 = b'd';
/// How long cleaning up goes on looking for something that is left.
const PATIENCE: Duration = Duration::from_secs(4);

/// Our end of the watcher.
#[derive(Debug)]
pub(super) struct Watcher {
    line: Option<OwnedFd>,
    /// Held from a question to its answer: several labs of this process may be taken down at once.
    asking: Mutex<()>,
    process: Pid,
}

impl Watcher {
    /// Forks it.
    pub(super) fn start() -> io::Result<Self> {
        let (ours, theirs) = passing::pair()?;
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

    /// Tells it that foreign programs will run there.
    pub(super) fn programs(&self, lab: u32) -> io::Result<()> {
        self.ask(PROGRAMS, lab)
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
        passing::send(line.as_fd(), &message, fd)
    }

    fn answer(&self) -> io::Result<()> {
        let line = self.line.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        match passing::receive(line.as_fd(), &mut [0u8; 1])? {
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

/// A namespace under watch.
struct Held {
    lab: u32,
    namespace: OwnedFd,
    programs: bool,
}

/// A packet socket that is closed last.
struct Kept {
    lab: u32,
    /// Only held.
    _socket: OwnedFd,
}

/// The watcher's life.
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
    process::close_all_but([line.as_raw_fd(), null.as_raw_fd()]);

    let mut held: Vec<Held> = Vec::new();
    let mut kept: Vec<Kept> = Vec::new();
    let mut message = [0u8; 5];
    // Ends at end of file, and on an error, which leaves us nobody to listen to either.
    while let Ok((5, fd)) = passing::receive(line, &mut message) {
        let [word, number @ ..] = message;
        let lab = u32::from_ne_bytes(number);
        match (word, fd) {
            (HOLD, Some(namespace)) => held.push(Held {
                lab,
                namespace,
                programs: false,
            }),
            (KEEP, Some(socket)) => kept.push(Kept {
                lab,
                _socket: socket,
            }),
            (PROGRAMS, _) => {
                held.iter_mut()
                    .filter(|held| held.lab == lab)
                    .for_each(|held| held.programs = true);
                let _ = passing::send(line, &[word], None);
            }
            (DOWN, _) => {
                let down: Vec<_> = held.extract_if(.., |held| held.lab == lab).collect();
                let last: Vec<_> = kept.extract_if(.., |kept| kept.lab == lab).collect();
                take_down(line, &down);
                // The child has handles of its own by now, so nothing waits here.
                drop(last);
            }
            _ => {}
        }
    }
    // Programs may have been started that we were not told of in time.
    held.iter_mut().for_each(|held| held.programs = true);
    clean_up(&held);
}

/// Cleans up in a child, which answers and then closes the packet sockets by its end. Entering a namespace is a
/// one-way street for an ordinary user, and so it takes somebody else anyway.
fn take_down(line: BorrowedFd<'_>, down: &[Held]) {
    let child = process::fork_single_threaded(|| {
        let _answer = Answer(line);
        clean_up(down);
        0
    });
    if child.is_err() {
        // Nothing can be cleaned up; who waits must not wait for ever.
        drop(Answer(line));
    }
}

/// Says by its end that a lab is down, whatever became of the cleaning: who waits must not wait for ever.
struct Answer<'a>(BorrowedFd<'a>);

impl Drop for Answer<'_> {
    fn drop(&mut self) {
        let _ = passing::send(self.0, &[DOWN], None);
    }
}

/// Ends the processes and destroys the sockets of these namespaces, until there are none.
fn clean_up(held: &[Held]) {
    let until = Instant::now() + PATIENCE;
    // Without it nothing is set there, and that is all.
    let _ = remember_first();
    for one in held {
        if setns(&one.namespace, CloneFlags::CLONE_NEWNET).is_err() {
            continue;
        }
        let Ok(mut kernel) = Kernel::open() else {
            continue;
        };
        let inode = fs::File::from(match one.namespace.try_clone() {
            Ok(fd) => fd,
            Err(_) => continue,
        })
        .metadata()
        .map_or(0, |data| data.ino());
        let mut pause = Duration::from_micros(200);
        loop {
            let programs = if one.programs { end_programs(inode) } else { 0 };
            let sockets = kernel.destroy_all().unwrap_or_else(|_| {
                if let Ok(tree) = Tree::of_this_thread() {
                    let _ = tree.set(ORPHANS.0, ORPHANS.1);
                }
                kernel.look().map_or(0, |left| left.len())
            });
            if programs + sockets == 0 || Instant::now() > until {
                break;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}

/// Kills every process in the network namespace with this inode but ourselves; how many there were.
fn end_programs(inode: u64) -> usize {
    let Ok(processes) = fs::read_dir("/proc") else {
        return 0;
    };
    let name = format!("net:[{inode}]");
    let mut ended = 0;
    for entry in processes.flatten() {
        let file_name = entry.file_name();
        let Some(pid) = file_name.to_str().and_then(|text| text.parse::<i32>().ok()) else {
            continue;
        };
        let lives_there = fs::read_link(format!("/proc/{pid}/ns/net"))
            .is_ok_and(|link| link.as_os_str() == name.as_str());
        if lives_there && pid != getpid().as_raw() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            ended += 1;
        }
    }
    ended
}
