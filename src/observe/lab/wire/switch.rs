//! A learning switch (IEEE 802.1Q §8.7, §8.8), as a table and a decision: it remembers at which port it saw an address as
//! the sender's, hands a frame to the port of its destination alone where it knows that, and floods every other
//! frame (a group address, an address it has not seen) to all ports. Never back to the port from which it came.
//!
//! It does not listen to membership reports (no IGMP or MLD snooping), so a frame for a group reaches every host.
//! Addresses do not age: a run takes seconds, the standard's ageing time is 300 s.

use std::collections::BTreeMap;

use crate::model::HostId;

/// Addresses that are remembered. A program in a host may invent as many senders as it likes; those that find the
/// table full are not learned, and frames to them are flooded.
const REMEMBERED: usize = 4_096;

/// An Ethernet address.
pub(super) type Mac = [u8; 6];

/// The switch: a port for each host, numbered like the hosts.
#[derive(Debug)]
pub(super) struct Switch {
    ports: u8,
    learned: BTreeMap<Mac, HostId>,
}

impl Switch {
    /// A switch with so many ports that knows nobody yet.
    pub(super) const fn new(ports: u8) -> Self {
        Self {
            ports,
            learned: BTreeMap::new(),
        }
    }

    /// Remembers that this address is at this port; what moved is where it was seen last. A group is nobody's address.
    pub(super) fn learn(&mut self, address: Mac, port: HostId) {
        if is_group(address) {
            return;
        }
        if let Some(known) = self.learned.get_mut(&address) {
            *known = port;
        } else if self.learned.len() < REMEMBERED {
            self.learned.insert(address, port);
        }
    }

    /// To which ports a frame goes that came in at `from`; learns its sender. None for what has no Ethernet header.
    pub(super) fn forward(&mut self, from: HostId, frame: &[u8]) -> Vec<HostId> {
        let (Some(to), Some(sender)) = (address(frame, 0), address(frame, 6)) else {
            return Vec::new();
        };
        self.learn(sender, from);
        let known = self.learned.get(&to).copied();
        match known.filter(|_| !is_group(to)) {
            Some(port) if port == from => Vec::new(),
            Some(port) => vec![port],
            None => (0..self.ports)
                .map(HostId)
                .filter(|port| *port != from)
                .collect(),
        }
    }
}

/// The bit that makes an address a group's, broadcast included (IEEE 802: the I/G bit).
const fn is_group(address: Mac) -> bool {
    address[0] & 1 == 1
}

fn address(frame: &[u8], at: usize) -> Option<Mac> {
    frame.get(at..at + 6)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Mac = [2, 0, 0, 0, 0, 1];
    const B: Mac = [2, 0, 0, 0, 0, 2];
    const GROUP: Mac = [1, 0, 0x5e, 1, 1, 1];
    const ALL: Mac = [0xff; 6];

    fn frame(to: Mac, from: Mac) -> Vec<u8> {
        [&to[..], &from[..], &[8, 0]].concat()
    }

    fn ports(numbers: &[u8]) -> Vec<HostId> {
        numbers.iter().copied().map(HostId).collect()
    }

    #[test]
    fn what_is_not_known_is_flooded_but_never_back() {
        let mut switch = Switch::new(4);
        assert_eq!(
            switch.forward(HostId(1), &frame(A, B)),
            ports(&[0, 2, 3]),
            "nobody has heard of A"
        );
    }

    #[test]
    fn who_has_sent_is_known_from_then_on() {
        let mut switch = Switch::new(4);
        switch.forward(HostId(3), &frame(ALL, A));
        assert_eq!(switch.forward(HostId(1), &frame(A, B)), ports(&[3]));
        assert_eq!(switch.forward(HostId(3), &frame(B, A)), ports(&[1]));
    }

    #[test]
    fn a_group_is_flooded_even_when_somebody_claims_to_be_it() {
        let mut switch = Switch::new(4);
        switch.forward(HostId(2), &frame(B, GROUP));
        switch.forward(HostId(2), &frame(B, ALL));
        for group in [GROUP, ALL] {
            assert_eq!(
                switch.forward(HostId(0), &frame(group, A)),
                ports(&[1, 2, 3])
            );
        }
    }

    #[test]
    fn a_frame_to_an_address_at_its_own_port_goes_nowhere() {
        let mut switch = Switch::new(3);
        switch.learn(A, HostId(0));
        assert_eq!(switch.forward(HostId(0), &frame(A, B)), []);
    }

    #[test]
    fn who_moves_is_where_it_was_seen_last() {
        let mut switch = Switch::new(3);
        switch.learn(A, HostId(0));
        switch.forward(HostId(2), &frame(ALL, A));
        assert_eq!(switch.forward(HostId(1), &frame(A, B)), ports(&[2]));
    }

    #[test]
    fn invented_senders_fill_the_table_and_no_more() {
        let mut switch = Switch::new(3);
        switch.learn(A, HostId(0));
        for number in 0..u32::try_from(REMEMBERED).expect("a number") + 10 {
            let [a, b, c, d] = number.to_be_bytes();
            switch.forward(HostId(2), &frame(A, [6, 0, a, b, c, d]));
        }
        assert_eq!(switch.learned.len(), REMEMBERED);
        assert_eq!(switch.forward(HostId(1), &frame(A, B)), ports(&[0]));
        assert_eq!(
            switch.forward(HostId(0), &frame(B, A)),
            ports(&[1, 2]),
            "B came too late to be learned"
        );
    }

    #[test]
    fn what_is_no_frame_goes_nowhere_and_teaches_nothing() {
        let mut switch = Switch::new(3);
        assert_eq!(switch.forward(HostId(0), &[2; 11]), []);
        assert!(switch.learned.is_empty());
    }
}
