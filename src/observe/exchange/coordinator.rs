//! What the scripts of a run share: who may begin, named signals, and how they end.
//!
//! Order of starting: a script that opens a port for others runs at once; every other waits until all of those
//! have opened theirs. Nobody sleeps for it.
//!
//! Ending: a script that is to end is told so under the lock, and its thread is interrupted again and again
//! (`sys::interrupt`) by the run until it has left. Two reasons: the run ends ([`Coordinator::end`]), or the wire is quiet and
//! nothing can come any more to the `recvfrom until quiet` in which a thread stands ([`Coordinator::quiet`]).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::ScriptHost;
use crate::model::number::count32;
use crate::model::{CallId, EndReason, HostId, Span, Trouble};
use crate::observe::source::Waker;
use crate::observe::sys::interrupt::Thread;
use crate::script::{HostPlan, Plan, Step, Verb};

/// The hosts' names and addresses, and what scripts mean by such a word.
#[derive(Clone, Debug)]
pub struct HostTable {
    /// The hosts' names with their addresses, of the family that the run uses.
    pub hosts: Vec<(String, IpAddr)>,
    /// The port that `connect` alone means.
    pub port: Option<u16>,
}

impl HostTable {
    /// The table of a plan, whose hosts have these addresses.
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

/// What the scripts of a run share.
#[derive(Debug)]
pub struct Coordinator {
    state: Mutex<CoordinatorState>,
    changed: Condvar,
    calls: AtomicU32,
    waker: Arc<Waker>,
}

#[derive(Debug, Default)]
struct CoordinatorState {
    /// Scripts that have not ended.
    running: u32,
    /// Of those, the ones that have not opened their port yet.
    opening: u32,
    signals: BTreeSet<String>,
    threads: BTreeMap<u32, ThreadState>,
    threads_made: u32,
    troubles: Vec<Trouble>,
    /// Programs that serve have nobody left to serve.
    dismissed: bool,
    /// Something runs that is no such server.
    others: bool,
    ending: bool,
    /// Why programs are ended, once they are.
    reason: Option<EndReason>,
}

/// What is known of a thread that runs.
#[derive(Debug)]
struct ThreadState {
    host: HostId,
    handle: Thread,
    line: String,
    activity: Activity,
    /// Since when it does that.
    since: Instant,
    /// A program that may go on for ever: it ends when nothing else runs.
    serves: bool,
}

impl ThreadState {
    fn settles_for(&self, time: Duration) -> bool {
        self.activity == Activity::Settles && self.since.elapsed() >= time
    }
}

/// Whether a thread still does something by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// It does, or may.
    Busy,
    /// It stands in `recvfrom until quiet`.
    AwaitsQuiet,
    /// It was told there that the wire is quiet.
    ToldQuiet,
    /// It stands in `settle`.
    Settles,
    /// It stands in `join`.
    Joins,
}

impl Coordinator {
    /// For the scripts and programs of a plan.
    #[must_use]
    pub fn new(waker: &Arc<Waker>, plan: &Plan) -> Arc<Self> {
        let program = |host: &HostPlan| host.program.is_some();
        let scripts = || {
            let has_work = |host: &&HostPlan| program(host) || !host.steps.is_empty();
            plan.hosts.iter().filter(has_work)
        };
        // Programs of all hosts but the first are taken for servers.
        let serves = |host: &HostPlan| program(host) && plan.hosts.first() != Some(host);
        let opening =
            scripts().filter(|host| serves(host) || super::opening(&host.steps).is_some());
        Arc::new(Self {
            state: Mutex::new(CoordinatorState {
                running: count32(scripts().count()),
                others: scripts().any(|host| !serves(host)),
                opening: count32(opening.count()),
                ..CoordinatorState::default()
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
        self.lock().running == 0
    }

    /// Every script that has not ended stands in `recvfrom until quiet`.
    #[must_use]
    pub fn awaits_quiet(&self) -> bool {
        let state = self.lock();
        let any = |activity| {
            state
                .threads
                .values()
                .any(|thread| thread.activity == activity)
        };
        state.threads.len() >= state.running as usize
            && !any(Activity::Busy)
            && any(Activity::AwaitsQuiet)
    }

    /// The wire is quiet: whoever waits for that goes on. To be called again until they have.
    pub fn quiet(&self) {
        let mut state = self.lock();
        for thread in state.threads.values_mut() {
            if matches!(thread.activity, Activity::AwaitsQuiet | Activity::ToldQuiet) {
                thread.activity = Activity::ToldQuiet;
                thread.handle.interrupt();
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
            .any(|thread| thread.activity == Activity::ToldQuiet)
    }

    /// Somebody has waited in `settle` for so long.
    #[must_use]
    pub fn settles_for(&self, time: Duration) -> bool {
        let state = self.lock();
        state
            .threads
            .values()
            .any(|thread| thread.settles_for(time))
    }

    /// Nothing is under way any more, for so long: whoever has waited for that so long goes on.
    pub fn settled(&self, time: Duration) {
        let mut state = self.lock();
        for thread in state
            .threads
            .values_mut()
            .filter(|one| one.settles_for(time))
        {
            thread.activity = Activity::Busy;
        }
        drop(state);
        self.changed.notify_all();
    }

    /// The run ends: every script ends at its next call, or in the one in which it stands. To be called again until
    /// [`Coordinator::ended`].
    pub fn end(&self) {
        let mut state = self.lock();
        state.ending = true;
        for thread in state.threads.values() {
            thread.handle.interrupt();
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Programs that are ended from here on are ended for this reason, unless there was one before.
    pub fn end_because(&self, reason: EndReason) {
        self.lock().reason.get_or_insert(reason);
    }

    /// Why a program is to end; none while it may run.
    pub(super) fn end_reason(&self) -> Option<EndReason> {
        let state = self.lock();
        let ends = state.ending || state.dismissed;
        ends.then(|| state.reason.unwrap_or(EndReason::OthersEnded))
    }

    /// Ports that others wait for are not open yet.
    #[must_use]
    pub fn is_opening(&self) -> bool {
        self.lock().opening > 0
    }

    /// Nothing runs any more but programs that serve somebody who is gone.
    #[must_use]
    pub fn only_servers_run(&self) -> bool {
        let state = self.lock();
        let left = state.threads.len();
        state.others
            && left > 0
            && left == state.running as usize
            && state.threads.values().all(|thread| thread.serves)
    }

    /// Programs that serve end. To be called again until they have.
    pub fn dismiss(&self) {
        let mut state = self.lock();
        state.dismissed = true;
        state.reason.get_or_insert(EndReason::OthersEnded);
        for thread in state.threads.values().filter(|thread| thread.serves) {
            thread.handle.interrupt();
        }
    }

    /// The scripts that have not ended: host, and the line at which each is, the host's first thread only.
    #[must_use]
    pub fn unfinished(&self) -> Vec<(HostId, String)> {
        let state = self.lock();
        let mut lines: BTreeMap<HostId, String> = BTreeMap::new();
        for thread in state.threads.values() {
            lines
                .entry(thread.host)
                .or_insert_with(|| thread.line.clone());
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

    /// Waits, in `settle`, until nothing is under way. False when the run ends before.
    pub(super) fn wait_until_settled(&self, thread: &RunningThread) -> bool {
        self.wait_until(None, |state| {
            let known = state.threads.get(&thread.number);
            known.is_none_or(|thread| thread.activity != Activity::Settles)
        })
    }

    pub(super) fn signal(&self, signal: &str) {
        self.lock().signals.insert(signal.to_owned());
        self.changed.notify_all();
    }

    /// Lets time pass. False when the run ends before.
    pub(super) fn pause(&self, time: Span) -> bool {
        self.wait_until(Some(time), |_| false)
    }

    fn wait_until(&self, time: Option<Span>, done: impl Fn(&CoordinatorState) -> bool) -> bool {
        let until = time.map(|time| Instant::now() + time.to_duration());
        let mut state = self.lock();
        while !state.ending && !done(&state) {
            state = match until {
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
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

    fn lock(&self) -> MutexGuard<'_, CoordinatorState> {
        // A script's thread that panicked leaves the counters right: its guards ran.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that the coordinator knows, from its first step to its last.
#[derive(Debug)]
pub(super) struct RunningThread {
    coordinator: Arc<Coordinator>,
    number: u32,
}

impl RunningThread {
    pub(super) fn register(host: &ScriptHost) -> Self {
        let mut state = host.coordinator().lock();
        let number = state.threads_made;
        state.threads_made += 1;
        state.threads.insert(
            number,
            ThreadState {
                host: host.id(),
                handle: Thread::current(),
                line: String::new(),
                activity: Activity::Busy,
                since: Instant::now(),
                serves: false,
            },
        );
        drop(state);
        Self {
            coordinator: Arc::clone(host.coordinator()),
            number,
        }
    }

    /// Says that it is a program that serves others.
    pub(super) fn serves(&self) {
        self.update(|thread| thread.serves = true);
    }

    /// Says at which line it is.
    pub(super) fn set_line(&self, line: &str) {
        self.update(|thread| line.clone_into(&mut thread.line));
    }

    pub(super) fn set_activity(&self, activity: Activity) {
        self.update(|thread| (thread.activity, thread.since) = (activity, Instant::now()));
        if activity != Activity::Busy {
            self.coordinator.waker.wake();
        }
    }

    /// It stands in `recvfrom until quiet` and was told to go on.
    pub(super) fn quiet_came(&self) -> bool {
        self.update(|thread| thread.activity == Activity::ToldQuiet) == Some(true)
    }

    fn update<T>(&self, change: impl FnOnce(&mut ThreadState) -> T) -> Option<T> {
        self.coordinator
            .lock()
            .threads
            .get_mut(&self.number)
            .map(change)
    }
}

impl Drop for RunningThread {
    fn drop(&mut self) {
        self.coordinator.lock().threads.remove(&self.number);
    }
}

/// A host's script, or program, that has not ended.
#[derive(Debug)]
pub(super) struct RunningScript {
    coordinator: Arc<Coordinator>,
    opens: std::cell::Cell<bool>,
}

impl RunningScript {
    pub(super) fn begin(host: &ScriptHost, opens: bool) -> Self {
        Self {
            coordinator: Arc::clone(host.coordinator()),
            opens: std::cell::Cell::new(opens),
        }
    }

    /// Its port is open (or never will be).
    pub(super) fn open(&self) {
        if self.opens.replace(false) {
            self.coordinator.lock().opening -= 1;
            self.coordinator.changed.notify_all();
        }
    }
}

impl Drop for RunningScript {
    fn drop(&mut self) {
        self.open();
        self.coordinator.lock().running -= 1;
        self.coordinator.waker.wake();
    }
}
