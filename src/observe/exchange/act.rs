//! The steps: what each verb does, as socket calls of its host.

use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::sync::{Arc, PoisonError};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::record::{About, data, endpoint, word};
use super::sockets::Open;
use super::stage::{OnStage, Waits};
use super::{Actor, option};
use crate::model::{Arg, CallId, CallName, Trouble};
use crate::observe::sys;
use crate::script::{Sock, Step, Target, Verb};

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
    fn errno(name: &str) -> Self {
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
                line: step.text.clone(),
                errno: failed,
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
                    line: "spawn".to_owned(),
                    errno: "EFAULT".to_owned(),
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

    /// A socket of that name, made now when there is none.
    pub(super) fn open_or_make(&self, label: &str, kind: Sock) -> Result<Arc<Open>, Stop> {
        match self.actor.sockets.get(label) {
            // The default name may stand for the listener, which is none to connect with.
            Some(open) if !(label.is_empty() && open.listens()) => Ok(open),
            _ => self.socket(label, kind),
        }
    }

    fn socket(&self, label: &str, kind: Sock) -> Result<Arc<Open>, Stop> {
        let v4 = self.my_addr().is_ipv4();
        let domain = if v4 { Domain::IPV4 } else { Domain::IPV6 };
        let icmp = if v4 {
            (Protocol::ICMPV4, "IPPROTO_ICMP")
        } else {
            (Protocol::ICMPV6, "IPPROTO_ICMPV6")
        };
        let (kind_of, type_name, protocol, protocol_name) = match kind {
            Sock::Tcp => (Type::STREAM, "SOCK_STREAM", None, Arg::Int(0)),
            Sock::Udp => (Type::DGRAM, "SOCK_DGRAM", None, Arg::Int(0)),
            Sock::Icmp => (Type::RAW, "SOCK_RAW", Some(icmp.0), word(icmp.1)),
            Sock::RawTcp => (
                Type::RAW,
                "SOCK_RAW",
                Some(Protocol::TCP),
                word("IPPROTO_TCP"),
            ),
        };
        let family = word(if v4 { "AF_INET" } else { "AF_INET6" });
        let number = self.actor.sockets.next_number();
        let (socket, _) = self.call(
            &About::nothing(label),
            CallName::Socket,
            vec![family, word(type_name), protocol_name],
            || Socket::new(domain, kind_of, protocol),
            |_| (i64::from(number), Vec::new()),
        )?;
        Ok(self.actor.sockets.add(number, label, kind, socket))
    }

    fn bind(&self, label: &str, target: &Target) -> Result<(), Stop> {
        let open = self.open_or_make(label, Sock::Tcp)?;
        let addr = match &target.host {
            None => self.my_addr(),
            Some(host) => self.resolve(host)?,
        };
        self.bind_to(&open, SocketAddr::new(addr, target.port))
    }

    fn bind_to(&self, open: &Open, addr: SocketAddr) -> Result<(), Stop> {
        self.call_on(
            open,
            CallName::Bind,
            endpoint(Some(addr)),
            || open.socket.bind(&addr.into()),
            |()| (0, Vec::new()),
        )
    }

    fn listen(&self, label: &str, port: Option<u16>, backlog: i32) -> Result<(), Stop> {
        let open = match port {
            Some(port) => {
                let open = self.open_or_make(label, Sock::Tcp)?;
                self.set_on(&open, "SO_REUSEADDR", &["on".to_owned()])?;
                self.bind_to(&open, SocketAddr::new(self.my_addr(), port))?;
                open
            }
            // Bound before; or, as in the article's loop, listening already.
            None => match self.actor.sockets.get(label) {
                Some(open) if open.listens() || open.peer().is_none() => open,
                _ => self
                    .actor
                    .sockets
                    .listener(label)
                    .ok_or_else(|| Stop::errno("EBADF"))?,
            },
        };
        // The kernel is asked about it as a listener from here on, in the very answer to this call.
        self.actor.sockets.listens(&open);
        self.call_on(
            &open,
            CallName::Listen,
            vec![Arg::Int(i64::from(backlog))],
            || open.socket.listen(backlog),
            |()| (0, Vec::new()),
        )
    }

    fn accept(&self, label: &str) -> Result<(), Stop> {
        let listener = self
            .actor
            .sockets
            .listener(label)
            .ok_or_else(|| Stop::errno("EBADF"))?;
        let mut number = 0;
        let ((socket, _), id) = self.call(
            &About::open(&listener),
            CallName::Accept,
            Vec::new(),
            || listener.socket.accept(),
            |(_, from): &(Socket, SockAddr)| {
                number = self.actor.sockets.next_number();
                (i64::from(number), endpoint(from.as_socket()))
            },
        )?;
        let open = self.actor.sockets.add(number, label, Sock::Tcp, socket);
        self.ask(&open, id);
        Ok(())
    }

    fn connect(&self, label: &str, target: Option<&Target>) -> Result<(), Stop> {
        let addr = self.whom(target)?;
        let open = self.open_or_make(label, Sock::Tcp)?;
        self.call_on(
            &open,
            CallName::Connect,
            endpoint(Some(addr)),
            || open.socket.connect(&addr.into()),
            |()| (0, Vec::new()),
        )
    }

    fn shutdown(&self, label: &str, how: std::net::Shutdown) -> Result<(), Stop> {
        let open = self.open(label)?;
        let name = match how {
            std::net::Shutdown::Read => "SHUT_RD",
            std::net::Shutdown::Write => "SHUT_WR",
            std::net::Shutdown::Both => "SHUT_RDWR",
        };
        self.call_on(
            &open,
            CallName::Shutdown,
            vec![word(name)],
            || open.socket.shutdown(how),
            |()| (0, Vec::new()),
        )
    }

    fn close(&self, label: &str) -> Result<(), Stop> {
        let open = self.open(label)?;
        let (local, peer) = (open.local(), open.peer());
        let about = About::open(&open);
        let tcp = open.kind == Sock::Tcp && !open.listens();
        let sockets = &self.actor.sockets;
        let ((), id) = self.call(
            &about,
            CallName::Close,
            Vec::new(),
            move || {
                sockets.remove(open.number);
                // Ours was the last hold on it: this is close().
                drop(open);
                Ok(())
            },
            |()| (0, Vec::new()),
        )?;
        if tcp {
            self.ask_about(local, peer, false, id);
        }
        Ok(())
    }

    fn set(&self, label: &str, option: &str, values: &[String]) -> Result<(), Stop> {
        let open = self.open(label)?;
        self.set_on(&open, option, values)
    }

    fn set_on(&self, open: &Open, name: &str, values: &[String]) -> Result<(), Stop> {
        let (Some(option), Some((bytes, shown))) = (
            sys::option::by_name(name),
            option::value(name, values, &self.actor.cast),
        ) else {
            return Err(Stop::errno("EINVAL"));
        };
        self.call_on(
            open,
            CallName::Setsockopt,
            vec![word(option.level_name), word(name), shown],
            || option.set(open.socket.as_fd(), &bytes),
            |()| (0, Vec::new()),
        )
    }

    fn get(&self, label: &str, name: &str) -> Result<(), Stop> {
        let open = self.open(label)?;
        let option = sys::option::by_name(name).ok_or_else(|| Stop::errno("EINVAL"))?;
        self.call_on(
            &open,
            CallName::Getsockopt,
            vec![word(option.level_name), word(name)],
            || option.get(open.socket.as_fd()),
            |bytes| (0, vec![option::shown(name, bytes)]),
        )
        .map(drop)
    }

    fn nonblocking(&self, label: &str, on: bool) -> Result<(), Stop> {
        let open = self.open(label)?;
        let flags = if on { word("O_NONBLOCK") } else { Arg::Int(0) };
        self.call_on(
            &open,
            CallName::Fcntl,
            vec![word("F_SETFL"), flags],
            || open.socket.set_nonblocking(on),
            |()| (0, Vec::new()),
        )
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

/// Flags of poll() as C spells them.
/// A recorded piece of data with its flags.
pub(super) fn data_args(bytes: &[u8], flags: Arg) -> Vec<Arg> {
    vec![data(bytes), flags]
}
