//! A run with several receivers: what its sender put on the wire, how many copies the wire made of it, and what each
//! receiver got.

use crate::model::{HostId, Span, TcpState};

use super::transfer::{CallData, Transfer};

/// One receiver's share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The receiving host.
    pub host: HostId,
    /// Which of the messages came, from 1, in the order in which they came; none where a stream has no messages.
    pub messages: Option<Vec<usize>>,
    /// Bytes that its program was given.
    pub bytes: u64,
    /// Bytes that were meant for it.
    pub meant: u64,
    /// It has all that was meant for it.
    pub whole: bool,
    /// From the sender's first call to the last byte here.
    pub after: Option<Span>,
}

impl Transfer {
    /// Every host but the client, by number, with what it got of what the client sent: each receiver's own part where
    /// the client has a connection to each, else all of it.
    #[must_use]
    pub fn shares(&self) -> Vec<Share> {
        let receivers = self.hosts.len().saturating_sub(1).max(1) as u64;
        let sent: Vec<&CallData> = self.sent_by(HostId::CLIENT).collect();
        let all: u64 = sent.iter().map(|piece| piece.len).sum();
        let streams = self.connections() > 0;
        let meant = if streams { all / receivers } else { all };
        let shares = self.hosts.iter().skip(1).map(|host| {
            let came: Vec<&CallData> = self.received_by(host.id).collect();
            let bytes = came.iter().map(|piece| piece.len).sum();
            let messages = (!streams).then(|| {
                let known = self.messages_that_came(HostId::CLIENT, host.id);
                known
                    .into_iter()
                    .map(|(number, _)| number)
                    .collect::<Vec<_>>()
            });
            Share {
                host: host.id,
                whole: bytes >= meant
                    && messages.as_ref().is_none_or(|numbers| {
                        (1..=sent.len()).all(|number| numbers.contains(&number))
                    }),
                meant,
                messages,
                bytes,
                after: came.last().and_then(|piece| self.since_begun(piece.at)),
            }
        });
        shares.collect()
    }

    /// How long until the last receiver had all; none when one never had.
    #[must_use]
    pub fn all_had_it_after(&self) -> Option<Span> {
        let shares = self.shares();
        if shares.iter().any(|share| !share.whole) {
            return None;
        }
        shares.iter().filter_map(|share| share.after).max()
    }

    /// Connections of which the client's kernel kept a state.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.states
            .keys()
            .filter(|(host, _, _)| *host == HostId::CLIENT)
            .count()
    }

    /// Those of them that were in TIME-WAIT at last.
    #[must_use]
    pub fn time_waits(&self) -> usize {
        let client = self
            .states
            .iter()
            .filter(|((host, _, _), _)| *host == HostId::CLIENT);
        client
            .filter(|(_, state)| **state == TcpState::TimeWait)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CallName, Endpoint, Host, Time};

    fn piece(host: u8, text: &str, name: CallName) -> CallData {
        CallData {
            at: Time::from_ns(0),
            host: HostId(host),
            name,
            len: text.len() as u64,
            head: text.as_bytes().to_vec(),
            cut: false,
        }
    }

    fn hosts() -> Vec<Host> {
        let host = |number: u8| Host {
            id: HostId(number),
            name: format!("host{number}").into(),
            interface: "eth0".into(),
            mac: None,
            ipv4: None,
            ipv6: None,
        };
        (0..3).map(host).collect()
    }

    #[test]
    fn every_receiver_of_a_datagram_was_meant_to_have_all_of_them() {
        let mut transfer = Transfer::new();
        transfer.hosts = hosts();
        for text in ["one", "two"] {
            transfer.sent.push(piece(0, text, CallName::Sendto));
            transfer.received.push(piece(1, text, CallName::Recvfrom));
        }
        transfer.received.push(piece(2, "two", CallName::Recvfrom));
        let shares = transfer.shares();
        assert_eq!(shares[0].messages, Some(vec![1, 2]));
        assert_eq!(shares[1].messages, Some(vec![2]));
        assert_eq!((shares[0].whole, shares[1].whole), (true, false));
        assert_eq!(transfer.all_had_it_after(), None);
    }

    #[test]
    fn what_a_small_buffer_cut_is_still_that_message_and_not_all_of_it() {
        let sent = [
            piece(0, "abcdef", CallName::Sendto),
            piece(0, "ab", CallName::Sendto),
        ];
        let came = [
            piece(1, "abcd", CallName::Recvfrom),
            piece(1, "ab", CallName::Recvfrom),
        ];
        let mut transfer = Transfer::new();
        transfer.hosts = hosts();
        transfer.sent.extend(sent);
        transfer.received.extend(came);
        let share = &transfer.shares()[0];
        assert_eq!(share.messages, Some(vec![1, 2]));
        assert_eq!((share.bytes, share.meant, share.whole), (6, 8, false));
    }

    #[test]
    fn over_connections_each_receiver_was_meant_to_have_its_own_part() {
        let mut transfer = Transfer::new();
        transfer.hosts = hosts();
        let end = |port| Endpoint::new([10, 0, 0, 1].into(), port);
        for port in [1, 2] {
            let key = (HostId::CLIENT, end(port), end(7070));
            transfer.states.insert(key, TcpState::TimeWait);
            transfer.sent.push(piece(0, "both", CallName::Send));
        }
        transfer.received.push(piece(1, "both", CallName::Recv));
        transfer.received.push(piece(2, "bo", CallName::Recv));
        let shares = transfer.shares();
        assert_eq!((shares[0].whole, shares[1].whole), (true, false));
        assert_eq!(shares[1].messages, None);
        assert_eq!((transfer.connections(), transfer.time_waits()), (2, 2));
    }
}
