//! A kernel that several ask: what it says is told as facts, and the end of a connection once.

use std::sync::{Arc, Mutex, PoisonError};

use netlink_packet_sock_diag::constants::{IPPROTO_TCP, IPPROTO_UDP};

use super::drops::DropLook;
use super::{Kernel, SocketStatus};
use crate::model::{Endpoint, Fact, HostDrop, HostId, StateSeen, TcpInfo, TcpState, Trigger};
use crate::observe::source::{FactSource, now};

/// More connections than this are not asked about one by one.
const MOST_ASKED: usize = 64;

/// A host's kernel, shared by all who ask it: the wire, and the host's own calls. It remembers which
/// connections were seen, so that the end of one is told once, whoever asks.
#[derive(Clone, Debug)]
pub struct Asker {
    host: HostId,
    /// The namespace is the machine's own: other people's sockets are none of our business.
    shared: bool,
    kernel: Arc<Mutex<Kernel>>,
}

impl Asker {
    /// Asks on behalf of `host`; in a namespace that is `shared` with others only about what is asked for.
    #[must_use]
    pub fn new(host: HostId, kernel: Kernel, shared: bool) -> Self {
        Self {
            host,
            shared,
            kernel: Arc::new(Mutex::new(kernel)),
        }
    }

    /// Asks about a connection and tells the answer; CLOSED when the kernel knew it and does no more.
    /// Returns the state that was told.
    pub fn tell(
        &self,
        source: &FactSource,
        local: Endpoint,
        remote: Endpoint,
        trigger: Trigger,
    ) -> Option<TcpState> {
        let mut kernel = self.lock();
        let pair = (local, remote);
        // A question that fails gives no fact: nothing was observed.
        let answer = if kernel.known.contains(&pair) {
            kernel.ask_known(local, remote).ok()?
        } else {
            kernel.ask(local, remote).ok()?
        };
        let (state, info) = match answer {
            Some(answer) => {
                kernel.known.insert(pair);
                (answer.state, answer.info)
            }
            None if kernel.known.remove(&pair) => (TcpState::Closed, None),
            None => return None,
        };
        // Told while no other answer about this host can overtake it.
        self.say(source, local, Some(remote), state, trigger, info);
        Some(state)
    }

    /// Looks, after this frame was delivered, whether a socket that it was for has dropped something: of TCP the
    /// connection's, or where there is none (or none yet) the listener's; else all UDP sockets.
    pub fn tell_drops(
        &self,
        source: &FactSource,
        connection: Option<(Endpoint, Endpoint)>,
        unasked: u64,
        trigger: Trigger,
    ) {
        if self.shared {
            return;
        }
        let mut kernel = self.lock();
        let (protocol, sockets) = match connection {
            None => (IPPROTO_UDP, kernel.look_at_udp()),
            Some((local, remote)) => {
                let found = kernel.ask(local, remote);
                let whole = |of: &SocketStatus| of.state != TcpState::SynReceived;
                let found = match found {
                    Ok(found) if found.as_ref().is_none_or(|of| !whole(of)) => {
                        kernel.ask_listener(local)
                    }
                    found => found,
                };
                (IPPROTO_TCP, found.map(Vec::from_iter))
            }
        };
        for socket in sockets.unwrap_or_default() {
            let look = DropLook {
                host: self.host,
                at: now(),
                trigger,
                unasked,
            };
            for drop in kernel.drops.seen(protocol, &socket, look) {
                source.tell(|at| Fact::Dropped(HostDrop { at, ..drop }));
            }
        }
    }

    /// Asks about a listener and tells the answer. Returns the state that was told.
    pub fn tell_listener(
        &self,
        source: &FactSource,
        local: Endpoint,
        trigger: Trigger,
    ) -> Option<TcpState> {
        let mut kernel = self.lock();
        let answer = kernel.ask_listener(local).ok()??;
        kernel.listeners.insert(answer.local);
        self.say(source, local, None, answer.state, trigger, None);
        Some(answer.state)
    }

    /// Looks for listeners of which was not told yet, and tells of them. Whether there is any.
    pub fn tell_listeners(&self, source: &FactSource) -> bool {
        if self.shared {
            return false;
        }
        let mut kernel = self.lock();
        let answers = kernel.look().unwrap_or_default();
        let mut any = false;
        let listens = |answer: &&SocketStatus| answer.state == TcpState::Listen;
        for answer in answers.iter().filter(listens) {
            any = true;
            if kernel.listeners.insert(answer.local) {
                let (state, trigger) = (answer.state, Trigger::Looked);
                self.say(source, answer.local, None, state, trigger, None);
            }
        }
        any
    }

    /// Looks at all sockets of the host and tells of each, but of listeners only who was told of before: since when the
    /// others listen nobody knows, and a row at the end would say "since now". Then of those that are gone since they were last
    /// seen. Returns what was found.
    pub fn tell_all(&self, source: &FactSource, trigger: Trigger) -> Vec<SocketStatus> {
        if self.shared {
            return Vec::new();
        }
        let mut kernel = self.lock();
        let Ok(answers) = kernel.look() else {
            return Vec::new();
        };
        let mut gone = std::mem::take(&mut kernel.known);
        for answer in &answers {
            if answer.remote.is_none() && !kernel.listeners.contains(&answer.local) {
                continue;
            }
            if let Some(remote) = answer.remote {
                gone.remove(&(answer.local, remote));
                kernel.known.insert((answer.local, remote));
            }
            self.say(
                source,
                answer.local,
                answer.remote,
                answer.state,
                trigger,
                answer.info,
            );
        }
        for (local, remote) in gone {
            self.say(source, local, Some(remote), TcpState::Closed, trigger, None);
        }
        answers
    }

    /// Asks about the connections that were told of, and tells of those that are gone: a timer ends one without a
    /// frame or a call to ask after.
    pub fn tell_gone(&self, source: &FactSource) {
        let mut kernel = self.lock();
        if self.shared || kernel.known.len() > MOST_ASKED {
            return;
        }
        let known: Vec<_> = kernel.known.iter().copied().collect();
        for (local, remote) in known {
            if matches!(kernel.ask_known(local, remote), Ok(None)) {
                kernel.known.remove(&(local, remote));
                let gone = (TcpState::Closed, Trigger::Looked, None);
                self.say(source, local, Some(remote), gone.0, gone.1, gone.2);
            }
        }
    }

    /// Looks at all sockets of the host without telling.
    #[must_use]
    pub fn look(&self) -> Vec<SocketStatus> {
        if self.shared {
            return Vec::new();
        }
        self.lock().look().unwrap_or_default()
    }

    fn say(
        &self,
        source: &FactSource,
        local: Endpoint,
        remote: Option<Endpoint>,
        state: TcpState,
        trigger: Trigger,
        info: Option<TcpInfo>,
    ) {
        source.tell(|at| {
            Fact::State(StateSeen {
                at,
                host: self.host,
                local,
                remote,
                state,
                trigger,
                info,
            })
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kernel> {
        // A thread that panicked while it asked leaves at most an unread answer, which its number gives away.
        self.kernel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
