//! The interpreter of steps: what each verb does, as socket calls of its host.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError};

use super::ScriptHost;
use super::arguments;
use super::coordinator::{Activity, RunningThread};
use super::run_queue::RunQueueWait;
use super::sockets::OpenSocket;
use crate::model::{CallId, Span, Trouble};
use crate::script::{Step, Target, Verb};

/// Why a step did not go on to the next.
#[derive(Debug)]
pub(super) enum StopReason {
    /// A call failed with this errno; none when it was not even made (no such socket).
    Errno(String, Option<CallId>),
    /// The run ends.
    Ending,
    /// The program ends here: `exit`, or a step that failed and was not to.
    Exit,
}

impl StopReason {
    pub(super) fn errno(name: &str) -> Self {
        Self::Errno(name.to_owned(), None)
    }
}

/// A thread that runs steps of a host.
#[derive(Debug)]
pub(super) struct Interpreter {
    host: ScriptHost,
    thread: RunningThread,
    waits: RunQueueWait,
}

impl Interpreter {
    /// For the calling thread, which the coordinator knows from now on.
    pub(super) fn new(host: &ScriptHost) -> Self {
        Self {
            host: host.clone(),
            thread: RunningThread::register(host),
            waits: RunQueueWait::here(),
        }
    }

    pub(super) const fn host(&self) -> &ScriptHost {
        &self.host
    }

    pub(super) const fn thread(&self) -> &RunningThread {
        &self.thread
    }

    /// How long this thread was kept waiting for a processor since the last time that this was asked.
    pub(super) fn kept_waiting(&self) -> Option<Span> {
        self.waits.since_last()
    }

    /// Runs steps one after the other.
    pub(super) fn run_steps(&self, steps: &[Step]) -> Result<(), StopReason> {
        for step in steps {
            self.thread.set_line(&step.text);
            let done = self.step(step);
            let wanted = step.fails.as_deref();
            let failed = match done {
                Ok(()) if wanted.is_none() => continue,
                Ok(()) => "0".to_owned(),
                Err(StopReason::Errno(name, _)) if wanted == Some(name.as_str()) => continue,
                Err(StopReason::Errno(name, _)) => name,
                Err(stop) => return Err(stop),
            };
            self.host.coordinator.trouble(Trouble::CallFailed {
                host: self.host.id,
                line: step.text.as_str().into(),
                errno: failed.into(),
            });
            return Err(StopReason::Exit);
        }
        Ok(())
    }

    /// Waits for the threads that were spawned.
    pub(super) fn join(&self) {
        loop {
            let next = {
                let mut spawned = self
                    .host
                    .spawned
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                spawned.pop()
            };
            let Some(handle) = next else { break };
            self.thread.set_activity(Activity::Joins);
            // A panic there has been printed; its steps count as not ended well.
            if handle.join().is_err() {
                self.host.coordinator.trouble(Trouble::CallFailed {
                    host: self.host.id,
                    line: "spawn".into(),
                    errno: "EFAULT".into(),
                });
            }
            self.thread.set_activity(Activity::Busy);
        }
    }

    fn step(&self, step: &Step) -> Result<(), StopReason> {
        let label = step.label.as_str();
        let go_on = |is: bool| if is { Ok(()) } else { Err(StopReason::Ending) };
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
            Verb::Wait(time) => go_on(self.host.coordinator.pause(*time)),
            Verb::Signal(name) => {
                self.host.coordinator.signal(name);
                Ok(())
            }
            Verb::Await(name) => go_on(self.host.coordinator.wait_for(name)),
            Verb::Settle => {
                self.thread.set_activity(Activity::Settles);
                let settled = self.host.coordinator.wait_until_settled(&self.thread);
                self.thread.set_activity(Activity::Busy);
                go_on(settled)
            }
            Verb::Join => {
                self.join();
                go_on(!self.host.coordinator.is_ending())
            }
            Verb::Exit => Err(StopReason::Exit),
            Verb::Repeat { times, steps } => (0..*times).try_for_each(|_| self.run_steps(steps)),
            Verb::Spawn(steps) => self.spawn(steps),
        }
    }

    /// The steps on a thread of their own, which inherits the host's namespace.
    fn spawn(&self, steps: &[Step]) -> Result<(), StopReason> {
        let (host, steps) = (self.host.clone(), steps.to_vec());
        // The thread is known to the coordinator before we go on, so that nobody takes the host for idle in between.
        let (entered, has_entered) = std::sync::mpsc::channel();
        let handle = std::thread::Builder::new()
            .name(self.host.host_table.name(self.host.id).to_owned())
            .spawn(move || {
                let interpreter = Self::new(&host);
                let _ = entered.send(());
                // How it ended is told as the run's trouble; there is nobody else to tell.
                let _ = interpreter.run_steps(&steps);
            })
            .map_err(|error| StopReason::Errno(arguments::errno(&error), None))?;
        let _ = has_entered.recv();
        let mut spawned = self
            .host
            .spawned
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        spawned.push(handle);
        Ok(())
    }

    /// A socket of that name that is there.
    pub(super) fn open(&self, label: &str) -> Result<Arc<OpenSocket>, StopReason> {
        self.host
            .sockets
            .get(label)
            .ok_or_else(|| StopReason::errno("EBADF"))
    }

    /// This host's address.
    pub(super) fn my_addr(&self) -> IpAddr {
        self.host.host_table.address(self.host.id)
    }

    pub(super) fn resolve(&self, host: &str) -> Result<IpAddr, StopReason> {
        self.host
            .host_table
            .resolve(host)
            .ok_or_else(|| StopReason::errno("EHOSTUNREACH"))
    }

    /// Whom a target means; without one, the server's first listening port.
    pub(super) fn whom(&self, target: Option<&Target>) -> Result<SocketAddr, StopReason> {
        let host_table = &self.host.host_table;
        let other = host_table.other(self.host.id);
        match target {
            None => {
                let port = host_table
                    .port
                    .ok_or_else(|| StopReason::errno("EDESTADDRREQ"))?;
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
