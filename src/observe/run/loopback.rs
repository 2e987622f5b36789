//! The kernel's word on a loopback, where no wire holds a frame to ask at its leisure: after a frame was seen,
//! the kernel is asked about both of its ends. States that last for microseconds (SYN-RECEIVED) are not
//! caught that way, and nothing here pretends they were.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::model::{Endpoint, Frame, HostId, Trigger};
use crate::observe::exchange::HostTable;
use crate::observe::lab::Lab;
use crate::observe::lab::kernel::Asker;
use crate::observe::source::FactSource;
use crate::protocol::decode::{Body, TcpFlags};

/// Between two questions about frames that change no state.
const ASK_AGAIN: Duration = Duration::from_millis(1);

/// So many connections are remembered for the last look.
const MOST_SEEN: usize = 1_000;

/// Asks about connections on a loopback.
pub(super) struct Loopback {
    client: Asker,
    server: Asker,
    /// Where somebody listens: the script's server, and whatever else a SYN went to.
    listeners: BTreeSet<Endpoint>,
    source: Arc<FactSource>,
    asked: Option<Instant>,
    /// Both ways of every connection that was seen.
    seen: BTreeSet<(Endpoint, Endpoint)>,
}

impl Loopback {
    pub(super) fn new(lab: &Lab, host_table: &HostTable, source: &Arc<FactSource>) -> Self {
        let addr = host_table.address(HostId::SERVER);
        Self {
            client: lab.asker(HostId::CLIENT).clone(),
            server: lab.asker(HostId::SERVER).clone(),
            listeners: host_table
                .port
                .map(|port| Endpoint::new(addr, port))
                .into_iter()
                .collect(),
            source: Arc::clone(source),
            asked: None,
            seen: BTreeSet::new(),
        }
    }

    /// A frame was seen.
    pub(super) fn frame(&mut self, frame: &Frame<'_>) {
        let packet = frame.packet();
        let (Some((from, to)), Body::Tcp(segment)) = (packet.endpoints(), packet.body) else {
            return;
        };
        let opens = segment.flags & (TcpFlags::SYN | TcpFlags::ACK) == TcpFlags::SYN;
        if opens && self.listeners.len() < MOST_SEEN {
            self.listeners.insert(to);
        }
        let changes = TcpFlags::SYN | TcpFlags::FIN | TcpFlags::RST;
        let recently = self.asked.is_some_and(|at| at.elapsed() < ASK_AGAIN);
        if recently && !segment.flags.intersects(changes) {
            return;
        }
        self.asked = Some(Instant::now());
        for pair in [(from, to), (to, from)] {
            if self.seen.len() < MOST_SEEN {
                self.seen.insert(pair);
            }
            self.ask(pair);
        }
    }

    /// Asks about every connection that was seen: at the end.
    pub(super) fn look(&self) {
        for pair in &self.seen {
            self.ask(*pair);
        }
    }

    /// Both ends live in one namespace: the server's is the one that somebody connects to.
    fn ask(&self, (local, remote): (Endpoint, Endpoint)) {
        let asker = if self.listeners.contains(&local) {
            &self.server
        } else {
            &self.client
        };
        asker.tell(&self.source, local, remote, Trigger::Looked);
    }
}
