//! What the scripts of a run share: who may begin, named signals, and how they end.
//!
//! Order of starting: a script that opens a port for others runs at once; every other waits until all of those
//! have opened theirs. Nobody sleeps for it.
//!
//! Ending: a script that is to end is told so under the lock, and its thread is interrupted again and again
//! (`sys::interrupt`) by the run until it has left. Two reasons: the run ends ([`Stage::end`]), or the wire is quiet and
//! nothing can come any more to the `recvfrom until quiet` in which a thread stands ([`Stage::quiet`]).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::Actor;
use crate::model::{CallId, HostId, Span, Trouble};
use crate::observe::source::Waker;
use crate::observe::sys::interrupt::Thread;
use crate::script::{HostPlan, Plan, Step, Verb};

/// Everybody's names and addresses.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The hosts' names with their addresses, of the family that the run uses.
    pub hosts: Vec<(String, IpAddr)>,
    /// The port that `connect` alone means.
    pub port: Option<u16>,
}

impl Cast {
    /// The cast of a plan, whose hosts have these addresses.
    #[must_use]
    pub fn new(plan: &Plan, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        let names = plan.hosts.iter().map(|host| host.name.clone());
        Self {
            hosts: names.zip(addresses).collect(),
            port: plan.hosts.get(1).and_then(|server| port(&server.steps)),
        }
    }

    /// A host's address.
    #[must_use]
    pub fn address(&self, host: HostId) -> IpAddr {
        self.hosts[usize::from(host.0)].1
    }

    /// A host's name.
    #[must_use]
    pub fn name(&self, host: HostId) -> &str {
        &self.hosts[usize::from(host.0)].0
    }

    /// The address that a script means by this word: a host's name, or an address.
    #[must_use]
    pub fn resolve(&self, word: &str) -> Option<IpAddr> {
        let any_v4 = self.hosts.first().is_some_and(|(_, addr)| addr.is_ipv4());
        match word {
            "any" if any_v4 => Some(IpAddr::from([0u8; 4])),
            "any" => Some(IpAddr::from([0u8; 16])),
            "broadcast" => Some(IpAddr::from([255u8; 4])),
            _ => {
                let named = self.hosts.iter().find(|(name, _)| name == word);
                named.map(|(_, addr)| *addr).or_else(|| word.parse().ok())
            }
        }
    }

    /// Whom a target without a host means: the server, or for the server itself the client.
    #[must_use]
    pub fn other(&self, host: HostId) -> IpAddr {
        let other = if host == HostId::SERVER {
            HostId::CLIENT
        } else {
            HostId::SERVER
        };
        self.address(other)
    }
}

/// The first port that a script listens on, else the first that it binds to.
fn port(steps: &[Step]) -> Option<u16> {
    let mut bound = None;
    for step in steps {
        match &step.verb {
            Verb::Listen {
                port: Some(port), ..
            } => return Some(*port),
            Verb::Listen { port: None, .. } if bound.is_some() => return bound,
            Verb::Bind(target) => bound = bound.or(Some(target.port)),
            _ => {}
        }
    }
    bound
}

/// What the scripts share.
#[derive(Debug)]
pub struct Stage {
    state: Mutex<State>,
    changed: Condvar,
    calls: AtomicU32,
    waker: Arc<Waker>,
}

#[derive(Debug, Default)]
struct State {
    /// Scripts that have not ended.
    playing: u32,
    /// Of those, the ones that have not opened their port yet.
    opening: u32,
    signals: BTreeSet<String>,
    threads: BTreeMap<u32, Playhead>,
    threads_made: u32,
    troubles: Vec<Trouble>,
    /// Programs that serve have nobody left to serve.
    dismissed: bool,
    /// Somebody plays who is no such server.
    others: bool,
    ending: bool,
}

/// Where a thread stands.
#[derive(Debug)]
struct Playhead {
    host: HostId,
    thread: Thread,
    line: String,
    waits: Waits,
    /// A program that may go on for ever: it ends when nobody else plays.
    serves: bool,
}

/// Whether a thread still does something by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waits {
    /// It does, or may.
    No,
    /// It stands in `recvfrom until quiet`.
    ForQuiet,
    /// It was told there that the wire is quiet.
    QuietCame,
    /// It stands in `join`.
    ForOwn,
}

impl Stage {
    /// The stage of a run with `opening` scripts that open a port among `playing` in all.
    #[must_use]
    pub fn new(waker: &Arc<Waker>, plan: &Plan) -> Arc<Self> {
        let program = |host: &HostPlan| host.program.is_some();
        let scripts = || {
            let acts = |host: &&HostPlan| program(host) || !host.steps.is_empty();
            plan.hosts.iter().filter(acts)
        };
        // Programs of all hosts but the first are taken for servers.
        let serves = |host: &HostPlan| program(host) && plan.hosts.first() != Some(host);
        let opening =
            scripts().filter(|host| serves(host) || super::opening(&host.steps).is_some());
        Arc::new(Self {
            state: Mutex::new(State {
                playing: scripts().count() as u32,
                others: scripts().any(|host| !serves(host)),
                opening: opening.count() as u32,
                ..State::default()
            }),
            changed: Condvar::new(),
            calls: AtomicU32::new(0),
            waker: Arc::clone(waker),
        })
    }

    /// A number for the next call.
    pub(super) fn next_call(&self) -> CallId {
        CallId(self.calls.fetch_add(1, Ordering::Relaxed))
    }

    /// All scripts have ended.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.lock().playing == 0
    }

    /// Every script that has not ended stands in `recvfrom until quiet`.
    #[must_use]
    pub fn awaits_quiet(&self) -> bool {
        let state = self.lock();
        let waits = |which| state.threads.values().any(|head| head.waits == which);
        state.threads.len() >= state.playing as usize && !waits(Waits::No) && waits(Waits::ForQuiet)
    }

    /// The wire is quiet: whoever waits for that goes on. To be called again until they have.
    pub fn quiet(&self) {
        let mut state = self.lock();
        for head in state.threads.values_mut() {
            if matches!(head.waits, Waits::ForQuiet | Waits::QuietCame) {
                head.waits = Waits::QuietCame;
                head.thread.interrupt();
            }
        }
    }

    /// Somebody was told that the wire is quiet and has not left yet.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        let state = self.lock();
        state
            .threads
            .values()
            .any(|head| head.waits == Waits::QuietCame)
    }

    /// The run ends: every script ends at its next call, or in the one in which it stands. To be called again until
    /// [`Stage::ended`].
    pub fn end(&self) {
        let mut state = self.lock();
        state.ending = true;
        for head in state.threads.values() {
            head.thread.interrupt();
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Nobody plays any more but programs that serve somebody who is gone.
    #[must_use]
    pub fn only_servers_play(&self) -> bool {
        let state = self.lock();
        let left = state.threads.len();
        state.others
            && left > 0
            && left == state.playing as usize
            && state.threads.values().all(|head| head.serves)
    }

    /// Programs that serve end. To be called again until they have.
    pub fn dismiss(&self) {
        let mut state = self.lock();
        state.dismissed = true;
        for head in state.threads.values().filter(|head| head.serves) {
            head.thread.interrupt();
        }
    }

    pub(super) fn is_dismissed(&self) -> bool {
        self.lock().dismissed
    }

    /// Where scripts stand that have not ended: host and line, the host's first thread only.
    #[must_use]
    pub fn standing(&self) -> Vec<(HostId, String)> {
        let state = self.lock();
        let mut lines: BTreeMap<HostId, String> = BTreeMap::new();
        for head in state.threads.values() {
            lines.entry(head.host).or_insert_with(|| head.line.clone());
        }
        lines.into_iter().collect()
    }

    /// What went otherwise than planned, taken out.
    #[must_use]
    pub fn take_troubles(&self) -> Vec<Trouble> {
        std::mem::take(&mut self.lock().troubles)
    }

    pub(super) fn trouble(&self, trouble: Trouble) {
        self.lock().troubles.push(trouble);
    }

    /// A script ended before its port was open. When it failed, the run ends: the others would wait for nothing, or (on
    /// the machine's own loopback) talk to a stranger.
    pub(super) fn never_opens(&self) {
        let mut state = self.lock();
        state.ending |= !state.troubles.is_empty();
    }

    /// The run ends: it was told to, or a port that others wait for was not opened.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.lock().ending
    }

    /// Waits until all ports are open. False when the run ends before.
    pub(super) fn wait_until_open(&self) -> bool {
        self.wait_until(None, |state| state.opening == 0)
    }

    /// Waits for a signal. False when the run ends before.
    pub(super) fn wait_for(&self, signal: &str) -> bool {
        self.wait_until(None, |state| state.signals.contains(signal))
    }

    pub(super) fn signal(&self, signal: &str) {
        self.lock().signals.insert(signal.to_owned());
        self.changed.notify_all();
    }

    /// Lets time pass. False when the run ends before.
    pub(super) fn pause(&self, time: Span) -> bool {
        self.wait_until(Some(time), |_| false)
    }

    fn wait_until(&self, time: Option<Span>, done: impl Fn(&State) -> bool) -> bool {
        let until = time.map(|time| std::time::Instant::now() + time.to_duration());
        let mut state = self.lock();
        while !state.ending && !done(&state) {
            state = match until {
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(std::time::Instant::now());
                    if left.is_zero() {
                        return true;
                    }
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        !state.ending
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A script's thread that panicked leaves the counters right: its guards ran.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thread on the stage, from its first step to its last.
#[derive(Debug)]
pub(super) struct OnStage {
    stage: Arc<Stage>,
    number: u32,
}

impl OnStage {
    pub(super) fn enter(actor: &Actor) -> Self {
        let mut state = actor.stage().lock();
        let number = state.threads_made;
        state.threads_made += 1;
        state.threads.insert(
            number,
            Playhead {
                host: actor.host(),
                thread: Thread::current(),
                line: String::new(),
                waits: Waits::No,
                serves: false,
            },
        );
        drop(state);
        Self {
            stage: Arc::clone(actor.stage()),
            number,
        }
    }

    /// Says that it is a program that serves others.
    pub(super) fn serves(&self) {
        self.head(|head| head.serves = true);
    }

    /// Says which line it plays now.
    pub(super) fn stands_at(&self, line: &str) {
        self.head(|head| line.clone_into(&mut head.line));
    }

    pub(super) fn waits(&self, waits: Waits) {
        self.head(|head| head.waits = waits);
        if waits != Waits::No {
            self.stage.waker.wake();
        }
    }

    /// It stands in `recvfrom until quiet` and was told to go on.
    pub(super) fn quiet_came(&self) -> bool {
        self.head(|head| head.waits == Waits::QuietCame) == Some(true)
    }

    fn head<T>(&self, change: impl FnOnce(&mut Playhead) -> T) -> Option<T> {
        self.stage.lock().threads.get_mut(&self.number).map(change)
    }
}

impl Drop for OnStage {
    fn drop(&mut self) {
        self.stage.lock().threads.remove(&self.number);
    }
}

/// A host's script being played.
#[derive(Debug)]
pub(super) struct Playing {
    stage: Arc<Stage>,
    opens: std::cell::Cell<bool>,
}

impl Playing {
    pub(super) fn begin(actor: &Actor, opens: bool) -> Self {
        Self {
            stage: Arc::clone(actor.stage()),
            opens: std::cell::Cell::new(opens),
        }
    }

    /// Its port is open (or never will be).
    pub(super) fn open(&self) {
        if self.opens.replace(false) {
            self.stage.lock().opening -= 1;
            self.stage.changed.notify_all();
        }
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.open();
        self.stage.lock().playing -= 1;
        self.stage.waker.wake();
    }
}
