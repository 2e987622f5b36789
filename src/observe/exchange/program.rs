//! A foreign program in place of a script: started in its host, ended with the run.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;

use super::stage::{OnStage, Playing};
use super::{Actor, HostId};
use crate::model::{TcpState, Trouble};
use crate::observe::lab::{Backstage, Program};

/// A server that has opened no port after this long is taken for one that opens none.
const OPENING: Duration = Duration::from_secs(2);
/// A program that was told to end is killed after this long.
const LEAVING: Duration = Duration::from_millis(400);
/// How long its last lines may take after its end: something it started may hold the pipe.
const LAST_LINES: Duration = Duration::from_millis(200);
/// Longest piece of a line that is passed on at once.
const PIECE: u64 = 8_192;

impl Actor {
    /// Runs a foreign program on the calling thread, which must be the host's: a server's at once, another when
    /// those have opened their ports.
    pub fn run_program(&self, command: &str, backstage: &Backstage) {
        let serves = self.host() != HostId::CLIENT;
        let playing = Playing::begin(self, serves);
        if !serves && !self.stage().wait_until_open() {
            return;
        }
        let on_stage = OnStage::enter(self);
        if serves {
            on_stage.serves();
        }
        on_stage.stands_at(command);
        let ended = self.attend(command, backstage, &playing);
        let status = match ended {
            Ok(Ended::ByItself(status)) => status
                .code()
                .or_else(|| Some(128 + status.signal()?))
                .unwrap_or(0),
            Ok(Ended::ByUs) => 0,
            Err(error) => {
                say(self.cast.name(self.host()), error.to_string().as_bytes());
                // What a shell says when it cannot run a command.
                126
            }
        };
        if status != 0 {
            self.stage().trouble(Trouble::ProgramFailed {
                host: self.host(),
                status,
            });
        }
    }

    fn attend(&self, command: &str, backstage: &Backstage, playing: &Playing) -> io::Result<Ended> {
        // Two programs would take each other's input.
        let reads = self.host() == HostId::CLIENT;
        let mut child = backstage.start(command, reads)?;
        let lines = self.pass_on(&mut child)?;
        let mut told: Option<Instant> = None;
        let opened = Instant::now() + OPENING;
        // Nobody waits for a port of the client's, and looking for one costs the kernel's time.
        let mut opens = self.host() != HostId::CLIENT;
        loop {
            let timeout = if opens || told.is_some() {
                PollTimeout::from(2_u8)
            } else {
                PollTimeout::NONE
            };
            // A signal, by which the run says that we look at the stage, is no error.
            let _ = poll(
                &mut [PollFd::new(child.as_fd(), PollFlags::POLLIN)],
                timeout,
            );
            if let Some(status) = child.try_wait()? {
                let _ = lines.recv_timeout(LAST_LINES) == Err(RecvTimeoutError::Disconnected);
                let by_us = told.is_some() && !status.success();
                return Ok(if by_us {
                    Ended::ByUs
                } else {
                    Ended::ByItself(status)
                });
            }
            if opens && (Instant::now() > opened || self.has_open_port()) {
                opens = false;
                playing.open();
            }
            if self.stage().is_ending() || self.stage().is_dismissed() {
                let signal = match told {
                    None => Some(Signal::SIGTERM),
                    Some(then) if then.elapsed() > LEAVING => Some(Signal::SIGKILL),
                    Some(_) => None,
                };
                told = told.or_else(|| Some(Instant::now()));
                if let Some(signal) = signal {
                    child.signal(signal);
                }
            }
        }
    }

    /// Whether somebody may come to this host: a TCP listener, or a bound UDP socket.
    fn has_open_port(&self) -> bool {
        let listens =
            |answer: &crate::observe::lab::kernel::Answer| answer.state == TcpState::Listen;
        self.asker.look().iter().any(listens)
            || ["udp", "udp6"].iter().any(|protocol| {
                let table = std::fs::read_to_string(format!("/proc/thread-self/net/{protocol}"));
                // One line of headings, then one per socket.
                table.is_ok_and(|text| text.lines().count() > 1)
            })
    }

    /// Passes on what the program writes, line by line with its host's name, on standard error: standard output
    /// is the story's. The receiver is disconnected when all has been passed on.
    fn pass_on(&self, child: &mut Program) -> io::Result<Receiver<()>> {
        let (done, all_done) = channel();
        let out = child
            .stdout
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
        let err = child
            .stderr
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
        for pipe in out.into_iter().chain(err) {
            let (name, done) = (self.cast.name(self.host()).to_owned(), done.clone());
            std::thread::Builder::new()
                .name(format!("{name}-out"))
                .spawn(move || pass_lines(&name, pipe, &done))?;
        }
        Ok(all_done)
    }
}

/// How a program ended.
enum Ended {
    ByItself(ExitStatus),
    ByUs,
}

fn pass_lines(name: &str, pipe: Box<dyn Read + Send>, _until_here: &Sender<()>) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while pipe
        .by_ref()
        .take(PIECE)
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        say(name, line.strip_suffix(b"\n").unwrap_or(&line));
        line.clear();
    }
}

fn say(name: &str, line: &[u8]) {
    let mut text = Vec::with_capacity(name.len() + line.len() + 3);
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(b"| ");
    text.extend_from_slice(line);
    text.push(b'\n');
    // One write, so that lines of several programs do not mix. With nobody left to read there is nothing to do.
    let _ = io::stderr().lock().write_all(&text);
}
