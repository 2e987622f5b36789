//! The kernel's word, without what it repeats: state changes.

use std::collections::BTreeMap;

use crate::model::{Endpoint, HostId, StateSeen, TcpState};

use super::StateChange;

/// The last word about every socket.
#[derive(Debug, Default)]
pub(super) struct States {
    last: BTreeMap<(HostId, Endpoint, Option<Endpoint>), TcpState>,
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

/// A segment that arrived brings this state (RFC 9293 §3.10.7); the others are brought by calls (§3.10.1–3.10.4).
pub(super) const fn brought_by_arrival(state: TcpState) -> bool {
    !matches!(
        state,
        TcpState::Listen | TcpState::SynSent | TcpState::FinWait1 | TcpState::LastAck
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Time, Trigger};

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
}
