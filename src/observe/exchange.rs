//! Socket programs: the interpreter of host scripts, whose every socket call is recorded.
//!
//! Each script runs on its host's thread, in its host's namespace, with sockets made by socket2. A call is told
//! when it begins and when it returns, and then the host's kernel is asked what became of the connection.
//! Blocking calls block for real. What ends one that nothing else ends (the deadline, Ctrl-C, a UDP
//! server that has nothing more to expect) is a signal, repeated until its thread has seen why; see
//! [`coordinator`]. Such a call never returned by itself and is recorded so: without a return at the
//! end of a run, as `EINTR` when the program goes on.
//!
//! - [`coordinator`]: what the scripts of a run share: order of starting, signals, the end
//! - [`sockets`]: a host's sockets by name
//! - [`arguments`], [`record`]: what is recorded of a call; a call with its facts, and how long its thread was kept
//!   waiting ([`run_queue`])
//! - [`interpreter`]: the steps; [`connection`], [`receive`], [`option`], [`ready`], [`ping`], [`syn`] what they do
//! - [`program`]: a foreign program in place of a script

mod arguments;
mod connection;
pub mod coordinator;
mod data;
mod interpreter;
mod option;
mod ping;
mod program;
mod ready;
mod receive;
mod record;
mod run_queue;
mod sockets;
mod syn;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::lab::kernel::Asker;
use super::source::{FactSource, ProgramOutput};
use crate::model::HostId;
use crate::script::{ProgramsPlan, Step, Verb};

pub use coordinator::{Coordinator, HostTable};
use sockets::ScriptSockets;

/// A server that has opened no port after this long is taken for one that opens none.
const PATIENCE: Duration = Duration::from_secs(2);

/// A host as its script sees it.
#[derive(Clone, Debug)]
pub struct ScriptHost {
    id: HostId,
    host_table: Arc<HostTable>,
    coordinator: Arc<Coordinator>,
    source: Arc<FactSource>,
    asker: Asker,
    sockets: Arc<ScriptSockets>,
    spawned: Arc<Mutex<Vec<JoinHandle<()>>>>,
    output: Arc<ProgramOutput>,
    /// Its program's calls are to be seen.
    traced: bool,
    /// On one loopback with both ends: as whose its program's sockets are told that serve.
    serves_as: Option<(HostId, Asker)>,
    /// A server's program may take so long until its port is open.
    patience: Duration,
    /// What its program may print, on each of its outputs, in bytes.
    most_output: Option<u64>,
}

impl ScriptHost {
    /// A host with its kernel, whose calls are told to `source`.
    #[must_use]
    pub fn new(
        id: HostId,
        host_table: &Arc<HostTable>,
        coordinator: &Arc<Coordinator>,
        source: &Arc<FactSource>,
        asker: &Asker,
    ) -> Self {
        Self {
            id,
            host_table: Arc::clone(host_table),
            coordinator: Arc::clone(coordinator),
            source: Arc::clone(source),
            asker: asker.clone(),
            sockets: Arc::default(),
            spawned: Arc::default(),
            output: Arc::default(),
            traced: false,
            serves_as: None,
            patience: PATIENCE,
            most_output: None,
        }
    }

    /// The same; what its program prints goes there.
    #[must_use]
    pub fn with_output(mut self, output: &Arc<ProgramOutput>) -> Self {
        self.output = Arc::clone(output);
        self
    }

    /// The same; what a plan says of its program.
    #[must_use]
    pub fn with_programs(mut self, programs: &ProgramsPlan) -> Self {
        self.traced = programs.traced;
        self.most_output = programs.output;
        if let Some(patience) = programs.patience {
            self.patience = patience.to_duration();
        }
        self
    }

    /// The same, where its program has both ends on one loopback: sockets that serve are told as this host's.
    #[must_use]
    pub fn with_both_ends(mut self, host: HostId, asker: &Asker) -> Self {
        self.serves_as = Some((host, asker.clone()));
        self
    }

    /// Runs a whole script on the calling thread, which must be the host's. Sockets that it leaves open stay
    /// open while this value lives; those of a script that failed are closed, as when a program ends.
    pub fn run_script(&self, steps: &[Step]) {
        let opens = opening(steps);
        let running = coordinator::RunningScript::begin(self, opens.is_some());
        if opens.is_none() && !self.coordinator.wait_until_open() {
            return;
        }
        let interpreter = interpreter::Interpreter::new(self);
        let (first, then) = steps.split_at(opens.map_or(0, |last| last + 1));
        let mut ended = interpreter.run_steps(first);
        if ended.is_err() && opens.is_some() {
            self.coordinator.never_opens();
        }
        running.open();
        if ended.is_ok() {
            ended = interpreter.run_steps(then);
        }
        if ended.is_err() {
            self.sockets.close_all();
        }
        interpreter.join();
    }

    const fn id(&self) -> HostId {
        self.id
    }

    const fn coordinator(&self) -> &Arc<Coordinator> {
        &self.coordinator
    }
}

/// The step after which others may come to this host: its listen, or the last before it
/// receives on what it has bound. None
/// when it waits for nobody to come.
fn opening(steps: &[Step]) -> Option<usize> {
    let preparing = |step: &&Step| {
        matches!(
            step.verb,
            Verb::Socket(_)
                | Verb::Set { .. }
                | Verb::Get { .. }
                | Verb::Nonblocking(_)
                | Verb::Bind(_)
                | Verb::Listen { .. }
        )
    };
    let prepared = steps.iter().take_while(preparing).count();
    let last = |is: fn(&Verb) -> bool| steps[..prepared].iter().rposition(|step| is(&step.verb));
    let receives = matches!(
        steps.get(prepared).map(|step| &step.verb),
        Some(
            Verb::RecvFrom { .. }
                | Verb::RecvFromUntilQuiet { .. }
                | Verb::RecvMsg { .. }
                | Verb::Recv { .. }
                | Verb::Poll { out: false, .. }
                | Verb::Repeat { .. }
                | Verb::Spawn(_)
        )
    );
    last(|verb| matches!(verb, Verb::Listen { .. })).or_else(|| {
        // What it still prepares after its bind, joining a group say, belongs to being there.
        let bound = last(|verb| matches!(verb, Verb::Bind(_))).filter(|_| receives);
        bound.map(|_| prepared - 1)
    })
}

/// The address of the family that a run uses.
#[must_use]
pub fn address(host: &crate::model::Host, ipv6: bool) -> Option<IpAddr> {
    if ipv6 {
        host.ipv6.map(IpAddr::V6)
    } else {
        host.ipv4.map(IpAddr::V4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::parse_steps;

    fn opens(text: &str) -> Option<usize> {
        opening(&parse_steps(text).expect(text))
    }

    #[test]
    fn a_host_is_open_after_its_listen_or_the_bind_before_it_receives() {
        assert_eq!(opens("listen 7070\naccept"), Some(0));
        assert_eq!(
            opens("socket tcp\nset SO_RCVBUF 4096\nlisten 80\naccept"),
            Some(2)
        );
        assert_eq!(opens("socket tcp\nbind :80\nlisten backlog 1"), Some(2));
        assert_eq!(opens("socket udp\nbind :7070\nrecvfrom"), Some(1));
        assert_eq!(opens("bind :5000\nconnect"), None);
        assert_eq!(opens("socket udp\nbind :5000\nsendto :7070 \"x\""), None);
        assert_eq!(opens("connect"), None);
        assert_eq!(opens("await go\nlisten 80"), None);
    }
}
