//! The steps: what each verb does, as socket calls of its host.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError};

use super::Actor;
use super::record::data;
use super::sockets::Open;
use super::stage::{OnStage, Waits};
use crate::model::{Arg, CallId, Trouble};
use crate::script::{Step, Target, Verb};

/// Why a step did not go on to the next.
#[derive(Debug)]
pub(super) enum Stop {
    /// A call failed with this errno; none when it was not even made (no such socket).
    Errno(String, Option<CallId>),
    /// The run ends.
    Ending,
    /// The program ends here: `exit`, or a step that failed and was not to.
    Exit,
}

impl Stop {
    pub(super) fn errno(name: &str) -> Self {
        Self::Errno(name.to_owned(), None)
    }
}

/// A thread that plays steps of a host.
#[derive(Debug)]
pub(super) struct Player {
    actor: Actor,
    on_stage: OnStage,
}

impl Player {
    /// The calling thread, entering the stage.
    pub(super) fn new(actor: &Actor) -> Self {
        Self {
            actor: actor.clone(),
            on_stage: OnStage::enter(actor),
        }
    }

    pub(super) const fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(super) const fn on_stage(&self) -> &OnStage {
        &self.on_stage
    }

    /// Plays steps one after the other.
    pub(super) fn play(&self, steps: &[Step]) -> Result<(), Stop> {
        for step in steps {
            self.on_stage.stands_at(&step.text);
            let done = self.step(step);
            let wanted = step.fails.as_deref();
            let failed = match done {
                Ok(()) if wanted.is_none() => continue,
                Ok(()) => "0".to_owned(),
                Err(Stop::Errno(name, _)) if wanted == Some(name.as_str()) => continue,
                Err(Stop::Errno(name, _)) => name,
                Err(stop) => return Err(stop),
            };
            self.actor.stage.trouble(Trouble::CallFailed {
                host: self.actor.host,
                line: step.text.as_str().into(),
                errno: failed.into(),
            });
            return Err(Stop::Exit);
        }
        Ok(())
    }

    /// Waits for the threads that were spawned.
    pub(super) fn join(&self) {
        loop {
            let next = {
                let mut spawned = self
                    .actor
                    .spawned
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                spawned.pop()
            };
            let Some(handle) = next else { break };
            self.on_stage.waits(Waits::ForOwn);
            // A panic there has been printed; its steps count as not ended well.
            if handle.join().is_err() {
                self.actor.stage.trouble(Trouble::CallFailed {
                    host: self.actor.host,
                    line: "spawn".into(),
                    errno: "EFAULT".into(),
                });
            }
            self.on_stage.waits(Waits::No);
        }
    }

    fn step(&self, step: &Step) -> Result<(), Stop> {
        let label = step.label.as_str();
        let go_on = |is: bool| if is { Ok(()) } else { Err(Stop::Ending) };
        match &step.verb {
            Verb::Socket(kind) => self.socket(label, *kind).map(drop),
            Verb::Bind(target) => self.bind(label, target),
            Verb::Listen { port, backlog } => self.listen(label, *port, *backlog),
            Verb::Accept => self.accept(label),
            Verb::Connect(target) => self.connect(label, target.as_ref()),
            Verb::Send { data, flags } => self.send(label, data, flags),
            Verb::SendTo { to, data, flags } => self.send_to(label, to, data, flags),
            Verb::Reply(data) => self.reply(label, data),
            Verb::Recv {
                mode,
                buffer,
                flags,
            } => self.recv(label, mode, *buffer, flags),
            Verb::RecvFrom { buffer, flags } => self.recv_from(label, *buffer, flags).map(drop),
            Verb::RecvMsg { buffer } => self.recv_msg(label, *buffer),
            Verb::RecvFromUntilQuiet { buffer } => self.recv_from_until_quiet(label, *buffer),
            Verb::Echo { buffer } => self.echo(label, *buffer),
            Verb::Shutdown(how) => self.shutdown(label, *how),
            Verb::Close => self.close(label),
            Verb::Set { option, values } => self.set(label, option, values),
            Verb::Get { option } => self.get(label, option),
            Verb::Quickack => self.set(label, "TCP_QUICKACK", &["on".to_owned()]),
            Verb::Nonblocking(on) => self.nonblocking(label, *on),
            Verb::Poll { by, out, timeout } => self.ready(label, *by, *out, *timeout),
            Verb::Ping { host, data } => self.ping(label, host, data),
            Verb::Syn { to, from } => self.syn(label, to, *from),
            Verb::Wait(time) => go_on(self.actor.stage.pause(*time)),
            Verb::Signal(name) => {
                self.actor.stage.signal(name);
                Ok(())
            }
            Verb::Await(name) => go_on(self.actor.stage.wait_for(name)),
            Verb::Join => {
                self.join();
                go_on(!self.actor.stage.is_ending())
            }
            Verb::Exit => Err(Stop::Exit),
            Verb::Repeat { times, steps } => (0..*times).try_for_each(|_| self.play(steps)),
            Verb::Spawn(steps) => self.spawn(steps),
        }
    }

    /// The steps on a thread of their own, which inherits the host's namespace.
    fn spawn(&self, steps: &[Step]) -> Result<(), Stop> {
        let (actor, steps) = (self.actor.clone(), steps.to_vec());
        // The thread is on stage before we go on, so that nobody takes the host for idle in between.
        let (entered, has_entered) = std::sync::mpsc::channel();
        let handle = std::thread::Builder::new()
            .name(self.actor.cast.name(self.actor.host).to_owned())
            .spawn(move || {
                let player = Self::new(&actor);
                let _ = entered.send(());
                // How it ended is told as the run's trouble; there is nobody else to tell.
                let _ = player.play(&steps);
            })
            .map_err(|error| Stop::Errno(super::record::errno(&error), None))?;
        let _ = has_entered.recv();
        let mut spawned = self
            .actor
            .spawned
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        spawned.push(handle);
        Ok(())
    }

    /// A socket of that name that is there.
    pub(super) fn open(&self, label: &str) -> Result<Arc<Open>, Stop> {
        self.actor
            .sockets
            .get(label)
            .ok_or_else(|| Stop::errno("EBADF"))
    }

    /// This host's address.
    pub(super) fn my_addr(&self) -> IpAddr {
        self.actor.cast.address(self.actor.host)
    }

    pub(super) fn resolve(&self, host: &str) -> Result<IpAddr, Stop> {
        self.actor
            .cast
            .resolve(host)
            .ok_or_else(|| Stop::errno("EHOSTUNREACH"))
    }

    /// Whom a target means; without one, the server's first listening port.
    pub(super) fn whom(&self, target: Option<&Target>) -> Result<SocketAddr, Stop> {
        let cast = &self.actor.cast;
        let other = cast.other(self.actor.host);
        match target {
            None => {
                let port = cast.port.ok_or_else(|| Stop::errno("EDESTADDRREQ"))?;
                Ok(SocketAddr::new(other, port))
            }
            Some(Target { host: None, port }) => Ok(SocketAddr::new(other, *port)),
            Some(Target {
                host: Some(host),
                port,
            }) => Ok(SocketAddr::new(self.resolve(host)?, *port)),
        }
    }
}

/// A recorded piece of data with its flags.
pub(super) fn data_args(bytes: &[u8], flags: Arg) -> Vec<Arg> {
    vec![data(bytes), flags]
}
