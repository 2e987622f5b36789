//! Reports what happens on the wire: each frame's fate and delivery as facts, and what the kernels say then.

use std::sync::Arc;
use std::time::Instant;

use super::STATE_RATE;
use super::queue::QueuedFrame;
use super::tcp_tuple::TcpTuple;
use crate::model::{Delivery, Endpoint, Fact, Fate, HostId, Time, Trigger};
use crate::observe::lab::kernel::Asker;
use crate::observe::source::FactSource;

/// Reports the wire's facts, and asks the kernels.
#[derive(Debug)]
pub(in crate::observe::lab) struct FactReporter {
    source: Arc<FactSource>,
    /// Each host's kernel.
    askers: Vec<Asker>,
    limiter: QueryLimiter,
    /// How many frames were delivered to each host of which its kernel was not asked.
    unasked: Vec<u64>,
}

impl FactReporter {
    /// Facts go to `source`; the kernels are asked through `askers`, by host number.
    pub(in crate::observe::lab) fn new(source: Arc<FactSource>, askers: Vec<Asker>) -> Self {
        Self {
            source,
            unasked: vec![0; askers.len()],
            askers,
            limiter: QueryLimiter::new(Instant::now()),
        }
    }

    /// The kernel is to be asked about this segment.
    pub(super) fn may_ask(&mut self, tuple: &TcpTuple) -> bool {
        self.limiter.may_ask(tuple.changes_state)
    }

    /// The kernel is to be asked whether it dropped this datagram.
    pub(super) fn may_ask_udp(&mut self) -> bool {
        self.limiter.may_ask(false)
    }

    /// A frame was handed to this host, whose kernel is not asked about it.
    pub(super) fn passed_unasked(&mut self, host: HostId) {
        if let Some(count) = self.unasked.get_mut(usize::from(host.0)) {
            *count += 1;
        }
    }

    /// Asks a host's kernel whether it dropped what was just delivered: a segment of this connection, or a datagram.
    pub(super) fn ask_drops(
        &self,
        host: HostId,
        connection: Option<(Endpoint, Endpoint)>,
        trigger: Trigger,
    ) {
        let number = usize::from(host.0);
        if let (Some(asker), Some(unasked)) = (self.askers.get(number), self.unasked.get(number)) {
            asker.tell_drops(&self.source, connection, *unasked, trigger);
        }
    }

    /// A frame was taken, and something was decided: `fate` gets the time and must put it in.
    pub(super) fn fate(&self, fate: impl FnOnce(Time) -> Fate) {
        self.source.tell(|at| Fact::Fate(fate(at)));
    }

    /// These are about to be handed over.
    pub(super) fn deliveries(&self, batch: &[QueuedFrame]) {
        self.source.tell_each(batch, |frame, at| {
            Fact::Delivery(Delivery {
                at,
                wire_no: frame.wire_no,
                to: frame.to,
                copy: frame.copy,
                digest: frame.digest,
                due: frame.due,
            })
        });
    }

    /// Asks a host's kernel about a connection.
    pub(super) fn ask(&self, host: HostId, local: Endpoint, remote: Endpoint, trigger: Trigger) {
        if let Some(asker) = self.askers.get(usize::from(host.0)) {
            asker.tell(&self.source, local, remote, trigger);
        }
    }
}

/// How often the kernel may be asked: about every segment that changes a state, and about the others as long
/// as there are no more than [`STATE_RATE`] a second.
#[derive(Debug)]
struct QueryLimiter {
    left: f64,
    since: Instant,
}

impl QueryLimiter {
    /// So many may be asked at once after a quiet time.
    const BURST: f64 = 200.0;

    fn new(now: Instant) -> Self {
        Self {
            left: Self::BURST,
            since: now,
        }
    }

    fn may_ask(&mut self, changes_state: bool) -> bool {
        if changes_state {
            return true;
        }
        let now = Instant::now();
        let new = now.duration_since(self.since).as_secs_f64() * f64::from(STATE_RATE);
        self.since = now;
        self.left = (self.left + new).min(Self::BURST);
        let may = self.left >= 1.0;
        if may {
            self.left -= 1.0;
        }
        may
    }
}
