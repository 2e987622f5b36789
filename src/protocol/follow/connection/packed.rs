//! A connection that is over, in little room: nearly all of its numbers are small, or follow from others.

use bitflags::bitflags;

use super::{Connection, SideRecord, Steps, Troubles};
use crate::model::{Endpoint, Seq, Span, Time};
use crate::protocol::follow::close::CloseState;
use crate::protocol::follow::packed::{NumberPacker, NumberUnpacker, PackedNumbers};

bitflags! {
    /// What of a side does not follow from the rest, or does.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Kept: u8 {
        /// Its initial number is not the one that its numbers count from.
        const ISN = 1;
        const TROUBLES = 1 << 1;
        const MERGED = 1 << 2;
        /// It acknowledged something …
        const ACKED = 1 << 3;
        /// … which was the other side's FIN.
        const ACKED_FIN = 1 << 4;
        const FIN = 1 << 5;
        /// Its FIN stands behind a SYN and just as many bytes as were counted.
        const FIN_BEHIND_ALL = 1 << 6;
    }
}

impl SideRecord {
    /// The number after its FIN, where nothing was seen twice or not at all.
    fn end(&self) -> Seq {
        let len = u32::try_from(self.bytes & 0xffff_ffff).unwrap_or_default();
        self.base.plus(len).plus(2)
    }

    fn pack(&self, peer: &Self, fins: [Option<Seq>; 2], packer: &mut NumberPacker) {
        let [fin, peer_fin] = fins;
        let mut kept = Kept::empty();
        kept.set(Kept::ISN, self.isn != self.base);
        kept.set(Kept::TROUBLES, self.troubles != Troubles::default());
        kept.set(Kept::MERGED, self.merged > 0);
        kept.set(Kept::ACKED, self.acked.is_some());
        kept.set(
            Kept::ACKED_FIN,
            self.acked.is_some() && self.acked == peer_fin,
        );
        kept.set(Kept::FIN, fin.is_some());
        kept.set(Kept::FIN_BEHIND_ALL, fin == Some(self.end()));
        packer.fixed([kept.bits(), self.scale.cast_unsigned()]);
        packer.fixed(self.base.0.to_le_bytes());
        packer.number(self.mss);
        packer.number(self.packets);
        packer.number(self.bytes);
        if kept.contains(Kept::ISN) {
            packer.fixed(self.isn.0.to_le_bytes());
        }
        if kept.contains(Kept::MERGED) {
            packer.number(self.merged);
        }
        if let Some(fin) = fin.filter(|_| !kept.contains(Kept::FIN_BEHIND_ALL)) {
            packer.number(fin.relative_to(self.base));
        }
        if let Some(acked) = self.acked.filter(|_| !kept.contains(Kept::ACKED_FIN)) {
            packer.number(acked.relative_to(peer.base));
        }
        if kept.contains(Kept::TROUBLES) {
            let counts = self.troubles.counts();
            counts.iter().for_each(|count| packer.number(*count));
        }
    }

    /// All but what it acknowledged, which the other side's numbers say, and its FIN.
    fn unpack(end: Endpoint, numbers: &mut NumberUnpacker<'_>) -> (Self, UnpackedEnds) {
        let [kept, scale] = numbers.fixed();
        let kept = Kept::from_bits_retain(kept);
        let seq = |numbers: &mut NumberUnpacker<'_>| Seq(u32::from_le_bytes(numbers.fixed()));
        let mut side = Self::new(end);
        side.scale = scale.cast_signed();
        side.base = seq(numbers);
        side.mss = numbers.number();
        side.packets = numbers.number();
        side.bytes = numbers.number();
        side.isn = side.base;
        if kept.contains(Kept::ISN) {
            side.isn = seq(numbers);
        }
        if kept.contains(Kept::MERGED) {
            side.merged = numbers.number();
        }
        let fin = if kept.contains(Kept::FIN_BEHIND_ALL) {
            Some(side.end())
        } else if kept.contains(Kept::FIN) {
            Some(side.base.plus(numbers.number()))
        } else {
            None
        };
        let acked = kept.contains(Kept::ACKED) && !kept.contains(Kept::ACKED_FIN);
        let acked = acked.then(|| numbers.number());
        if kept.contains(Kept::TROUBLES) {
            side.troubles = Troubles::of_counts([(); 7].map(|()| numbers.number()));
        }
        let acked_fin = kept.contains(Kept::ACKED_FIN);
        (
            side,
            UnpackedEnds {
                fin,
                acked,
                acked_fin,
            },
        )
    }
}

/// Of a side what ends it: its FIN, and what it acknowledged, by the other side's numbers.
struct UnpackedEnds {
    fin: Option<Seq>,
    acked: Option<u32>,
    acked_fin: bool,
}

impl UnpackedEnds {
    fn acked(&self, peer: &SideRecord, peer_fin: Option<Seq>) -> Option<Seq> {
        let fin = peer_fin.filter(|_| self.acked_fin);
        fin.or(self.acked.map(|acked| peer.base.plus(acked)))
    }
}

impl Troubles {
    const fn counts(self) -> [u16; 7] {
        [
            self.resent,
            self.disordered,
            self.lost,
            self.duplicates,
            self.zero_windows,
            self.unseen,
            self.copies,
        ]
    }

    const fn of_counts(counts: [u16; 7]) -> Self {
        let [
            resent,
            disordered,
            lost,
            duplicates,
            zero_windows,
            unseen,
            copies,
        ] = counts;
        Self {
            resent,
            disordered,
            lost,
            duplicates,
            zero_windows,
            unseen,
            copies,
        }
    }
}

impl Connection {
    /// All of it but its number and its endpoints, if there is room for it.
    pub(in crate::protocol::follow) fn pack(&self) -> Option<PackedNumbers> {
        let mut packer = NumberPacker::new();
        let since = |at: Time| at.ns().wrapping_sub(self.first.ns()).cast_unsigned();
        let [opener, acceptor] = &self.sides;
        packer.fixed(self.first.ns().to_le_bytes());
        packer.number(since(self.last));
        packer.number(self.rtt.ns().cast_unsigned());
        packer.number(self.answer.ns().cast_unsigned());
        packer.fixed([self.steps.bits(), self.completeness]);
        packer.number(self.closing.marks());
        let [fin, other] = self.closing.fins();
        opener.pack(acceptor, [fin, other], &mut packer);
        acceptor.pack(opener, [other, fin], &mut packer);
        packer.packed()
    }

    /// The one with this number and these endpoints that was packed.
    pub(in crate::protocol::follow) fn unpack(
        number: u32,
        [opener, acceptor]: [Endpoint; 2],
        packed: &PackedNumbers,
    ) -> Self {
        let mut numbers = packed.unpack();
        let first = Time::from_ns(i64::from_le_bytes(numbers.fixed()));
        let mut connection = Self::new(number, first, opener, acceptor);
        let mut signed = || numbers.number::<u64>().cast_signed();
        connection.last = Time::from_ns(first.ns().wrapping_add(signed()));
        connection.rtt = Span::from_ns(signed());
        connection.answer = Span::from_ns(signed());
        let [steps, completeness] = numbers.fixed();
        connection.steps = Steps::from_bits_retain(steps);
        connection.completeness = completeness;
        let marks = numbers.number();
        let (mut opening, ends) = SideRecord::unpack(opener, &mut numbers);
        let (mut accepting, other) = SideRecord::unpack(acceptor, &mut numbers);
        opening.acked = ends.acked(&accepting, other.fin);
        accepting.acked = other.acked(&opening, ends.fin);
        connection.sides = [opening, accepting];
        connection.closing = CloseState::of(marks, [ends.fin, other.fin]);
        connection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed() -> Connection {
        let end = |last, port| Endpoint::new([10, 0, 0, last].into(), port);
        let at = Time::from_ns(1_700_000_000_123_456_789);
        let mut connection = Connection::new(7, at, end(1, 40_000), end(2, 80));
        connection.last = at.plus(Span::from_ms(25_000));
        connection.rtt = Span::from_ms(200);
        connection.answer = Span::from_ms(150);
        connection.steps = Steps::SYN | Steps::SYN_ACK | Steps::OPEN | Steps::DONE;
        connection.completeness = 31;
        for (side, bytes) in connection.sides.iter_mut().zip([100_u64, 1_900_000]) {
            side.isn = Seq(0xffff_ff00);
            side.base = side.isn;
            (side.mss, side.scale) = (1460, 7);
            (side.packets, side.bytes) = (100, bytes);
        }
        let [opener, acceptor] = [0, 1].map(|at| connection.sides[at].end());
        connection.sides[0].acked = Some(acceptor);
        connection.sides[1].acked = Some(opener);
        connection.closing = CloseState::of(0x1ff, [Some(opener), Some(acceptor)]);
        connection
    }

    fn packed_and_back(connection: &Connection) -> Connection {
        let ends = [0, 1].map(|at| connection.sides[at].end);
        let packed = connection.pack().expect("there is room");
        Connection::unpack(connection.number, ends, &packed)
    }

    #[test]
    fn a_whole_connection_has_room_and_comes_back() {
        let connection = closed();
        assert_eq!(packed_and_back(&connection), connection);
    }

    #[test]
    fn what_does_not_follow_from_the_rest_comes_back_too() {
        let changes: [fn(&mut Connection); 8] = [
            |c| c.sides[0].isn = Seq(5),
            |c| c.sides[1].acked = Some(Seq(0)),
            |c| c.sides[1].acked = None,
            |c| c.closing = CloseState::of(0x40, [None, Some(Seq(1))]),
            |c| (c.last, c.rtt) = (Time::from_ns(c.first.ns() - 1), Span::ZERO),
            |c| c.sides[0].merged = 3,
            |c| c.sides[0].scale = -1,
            |c| c.rtt = Span::from_ns(-3),
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut connection = closed();
            // Room for what is changed.
            connection.answer = Span::ZERO;
            connection.last = connection.first;
            change(&mut connection);
            assert_eq!(packed_and_back(&connection), connection, "{at}");
        }
    }

    #[test]
    fn troubles_come_back_where_there_is_room_for_them() {
        let mut connection = closed();
        connection.sides[0].troubles.resent = 300;
        assert!(connection.pack().is_none());
        (connection.answer, connection.rtt) = (Span::ZERO, Span::ZERO);
        connection.last = connection.first;
        assert_eq!(packed_and_back(&connection), connection);
    }
}
