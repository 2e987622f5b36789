//! When nothing is under way any more: on the wire, and in the kernels.

use std::time::{Duration, Instant};

use super::Run;
use crate::model::setting::Place;
use crate::model::{HostId, TcpState};
use crate::observe::capture::Sniffer;
use crate::script::Plan;

/// The wire counts as quiet when it was empty and did nothing for this long: a kernel that is to answer has done
/// so (the answer to a frame is made in the softirq that delivers it).
pub(super) const QUIET: Duration = Duration::from_millis(5);
/// The same at the end on the machine's own loopback, where others' sockets are too and the kernel is not asked
/// whether ours are at rest: longer than a delayed ACK (40 ms).
const QUIET_AMONG_OTHERS: Duration = Duration::from_millis(60);
/// After the scripts have ended, a connection that cannot come to rest (a window that stays closed) is left
/// when no frame has moved for this long, beside four times the wire's delay.
const UNREST: Duration = Duration::from_secs(1);

impl Run {
    /// For how long nothing has been on the wire (on a loopback: no frame was seen).
    pub(super) fn quiet_for(&mut self, time: Instant) -> Duration {
        let (empty, moved) = if let Some(wire) = self.lab.wire() {
            let counters = wire.counters();
            (wire.is_empty(), counters.taken + counters.delivered)
        } else {
            (true, self.sniffers.iter().map(Sniffer::frames).sum())
        };
        if !empty || moved != self.moved {
            self.moved = moved;
            self.quiet_since = time;
        }
        time - self.quiet_since
    }

    /// Whether a run whose scripts have ended is over, when nothing has moved for this long.
    pub(super) fn is_at_rest(&self, plan: &Plan, quiet_for: Duration) -> bool {
        let unrest = UNREST + 4 * plan.wire.delay.to_duration();
        match plan.place {
            Place::MachineLoopback => quiet_for >= QUIET_AMONG_OTHERS,
            _ => quiet_for >= QUIET && (quiet_for >= unrest || self.kernels_are_at_rest()),
        }
    }

    /// No kernel has anything under way: every byte and every FIN is acknowledged.
    pub(super) fn kernels_are_at_rest(&self) -> bool {
        let under_way = |state| {
            matches!(
                state,
                TcpState::SynSent
                    | TcpState::SynReceived
                    | TcpState::FinWait1
                    | TcpState::Closing
                    | TcpState::LastAck
            )
        };
        (0u8..).zip(&self.script_hosts).all(|(number, _)| {
            let answers = self.lab.asker(HostId(number)).look();
            answers.iter().all(|answer| {
                answer.state == TcpState::Listen
                    || (answer.send_queue == 0 && !under_way(answer.state))
            })
        })
    }
}
