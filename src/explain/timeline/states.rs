//! The kernel's word, without what it repeats: state changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Endpoint, HostId, Seq, StateSeen, TcpState, Trigger};
use crate::protocol::decode::TcpFlags;

use super::vantages::SeenFrame;
use crate::explain::StateChange;

/// The last word about every socket.
#[derive(Debug, Default)]
pub(super) struct States {
    last: BTreeMap<(HostId, Endpoint, Option<Endpoint>), TcpState>,
    /// The ports of a host that ever had a connection.
    connected: BTreeSet<(HostId, u16)>,
}

impl States {
    /// Takes the kernel's word; gives the change when it is one. A connection that the kernel knows no more and
    /// that nobody spoke of before is no change.
    pub fn seen(&mut self, seen: &StateSeen) -> Option<StateChange> {
        let key = (seen.host, seen.local, seen.remote);
        let before = self.last.get(&key).copied();
        if before == Some(seen.state) || before.is_none() && seen.state == TcpState::Closed {
            return None;
        }
        // Of a socket that has answered it is no news that it listens, and not now.
        let port = (seen.host, seen.local.port);
        if seen.state == TcpState::Listen
            && seen.trigger == Trigger::Looked
            && self.connected.contains(&port)
        {
            return None;
        }
        if seen.remote.is_some() {
            self.connected.insert(port);
        }
        if seen.state == TcpState::Closed {
            self.last.remove(&key);
        } else {
            self.last.insert(key, seen.state);
        }
        Some(StateChange {
            at: seen.at,
            host: seen.host,
            local: seen.local,
            remote: seen.remote,
            before,
            now: seen.state,
            info: seen.info,
        })
    }
}

/// The FINs that left: a state that an acknowledgement of one brings is told from one that any ACK brings.
#[derive(Debug, Default)]
pub(super) struct Fins {
    /// By who sent it and to whom.
    number: BTreeMap<(Endpoint, Endpoint), Seq>,
}

impl Fins {
    /// A frame left its sender.
    pub fn left(&mut self, seen_frame: &SeenFrame) {
        let (Some(segment), Some(ends)) = (&seen_frame.followed.segment, seen_frame.followed.ends)
        else {
            return;
        };
        if segment.flags.contains(TcpFlags::SYN) {
            self.number.remove(&ends);
        }
        if segment.flags.contains(TcpFlags::FIN) {
            self.number.insert(ends, segment.seq.plus(segment.len));
        }
    }

    /// This segment, arriving, makes a kernel go that way (RFC 9293 §3.3.2, figure 5; §3.10.7).
    pub fn arrival_brings(&self, seen_frame: &SeenFrame, change: &StateChange) -> bool {
        let Some(segment) = &seen_frame.followed.segment else {
            return false;
        };
        let has = |flag| segment.flags.contains(flag);
        let fin = change
            .remote
            .and_then(|remote| self.number.get(&(change.local, remote)));
        let acks_fin = fin.is_some_and(|fin| segment.acks(fin.relative_to(segment.peer_isn())));
        match (change.before, change.now) {
            (_, TcpState::SynReceived) => has(TcpFlags::SYN),
            (_, TcpState::Established) => has(TcpFlags::ACK) && !has(TcpFlags::RST),
            (_, TcpState::FinWait2) | (Some(TcpState::Closing), TcpState::TimeWait) => acks_fin,
            (_, TcpState::CloseWait | TcpState::Closing | TcpState::TimeWait) => has(TcpFlags::FIN),
            (Some(TcpState::LastAck), TcpState::Closed) => acks_fin || has(TcpFlags::RST),
            (_, TcpState::Closed) => has(TcpFlags::RST),
            // A call brings these (§3.10.1, §3.10.4).
            (_, TcpState::Listen | TcpState::SynSent | TcpState::FinWait1 | TcpState::LastAck) => {
                false
            }
        }
    }
}

/// Only a close (or shutdown) of a connection's own side brings this state (RFC 9293 §3.10.4).
pub(super) const fn closes(state: TcpState) -> bool {
    matches!(state, TcpState::FinWait1 | TcpState::LastAck)
}

/// This segment, leaving, is the sign of that state, which a call brought (RFC 9293 §3.10.1, §3.10.4).
pub(super) fn departure_shows(seen_frame: &SeenFrame, state: TcpState) -> bool {
    let Some(segment) = &seen_frame.followed.segment else {
        return false;
    };
    match state {
        TcpState::SynSent => segment.flags.contains(TcpFlags::SYN),
        TcpState::FinWait1 | TcpState::LastAck => segment.flags.contains(TcpFlags::FIN),
        TcpState::Closed => segment.flags.contains(TcpFlags::RST),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    fn word(state: TcpState) -> StateSeen {
        StateSeen {
            at: Time::from_ns(1),
            host: HostId::CLIENT,
            local: Endpoint::new([10, 0, 0, 1].into(), 40112),
            remote: Some(Endpoint::new([10, 0, 0, 2].into(), 7070)),
            state,
            trigger: Trigger::Looked,
            info: None,
        }
    }

    #[test]
    fn a_repeated_word_is_no_change() {
        let mut states = States::default();
        assert!(states.seen(&word(TcpState::Closed)).is_none());
        assert!(states.seen(&word(TcpState::SynSent)).is_some());
        assert!(states.seen(&word(TcpState::SynSent)).is_none());
        let change = states.seen(&word(TcpState::Established)).map(|c| c.before);
        assert_eq!(change, Some(Some(TcpState::SynSent)));
        assert!(states.seen(&word(TcpState::Closed)).is_some());
        assert!(states.seen(&word(TcpState::Closed)).is_none());
    }

    #[test]
    fn that_a_socket_which_has_answered_listens_is_no_news_at_the_end() {
        let mut states = States::default();
        let mut listens = word(TcpState::Listen);
        listens.remote = None;
        assert!(states.seen(&word(TcpState::SynReceived)).is_some());
        assert!(states.seen(&listens).is_none());
        listens.local.port = 7071;
        assert!(states.seen(&listens).is_some());
    }
}
