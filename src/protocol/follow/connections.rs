//! All TCP connections of a vantage, by number and by endpoints, of which there may be very many.
//!
//! A connection goes through up to three kinds of room. While it goes on, all is kept that its further segments are judged by. When it has
//! closed, that is kept for a while, because late segments come soon after a close; for a longer while what verdicts are made by; and at
//! last only what its summary needs, packed. A SYN to which nothing was added stays what it is: a SYN. Whenever a segment comes, the
//! connection is what it was before.
//!
//! So of nearly all connections of a long capture there are 64 bytes, endpoints included.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::model::Endpoint;

use super::arena::Arena;
use super::connection::{Connection, Steps};
use super::flow_table::{FlowTable, hash};
use super::live::{LiveState, RestingState};
use super::lone_syn::LoneSyn;
use super::packed::PackedNumbers;
use super::pool::Pool;

/// How many connections that have closed keep what verdicts are made by; and how many of those that opened last keep all.
const KEPT: usize = 4096;

/// How many that have closed keep what causes are told by, too.
const KEPT_WHOLE: usize = 256;

/// Follows a SYN anew, into a connection and its state as they are at the beginning.
pub(super) type Replay = fn(&LoneSyn, &mut WarmConnection);

/// One that goes on, or has closed a short time ago.
#[derive(Clone, Debug, Default)]
pub(super) struct WarmConnection {
    pub(super) connection: Connection,
    pub(super) live: LiveState,
}

/// One that has closed, and keeps what verdicts are made by.
#[derive(Clone, Debug, Default)]
struct RestingConnection {
    connection: Connection,
    state: RestingState,
}

/// Where one stands in its pool, without the padding that a number has.
#[derive(Clone, Copy, Debug)]
struct PoolPlace([u8; 4]);

/// What is kept of a connection.
#[derive(Clone, Copy, Debug)]
enum Stored {
    Warm(PoolPlace),
    Resting(PoolPlace),
    /// It is over, and does not fit into an entry.
    Large(PoolPlace),
    Packed(PackedNumbers),
    LoneSyn(PackedNumbers),
}

/// An endpoint in 49 bits: the port, before it an address of IPv4, or [`V6`] and the number of an address in [`SeenAddresses`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ShortEndpoint(u64);

/// The address is one of IPv6.
const V6: u64 = 1 << 48;

/// One connection.
#[derive(Clone, Copy, Debug)]
struct Entry {
    ends: [ShortEndpoint; 2],
    stored: Stored,
}

const _: () = assert!(size_of::<Entry>() == 64);

/// All connections.
#[derive(Debug, Default)]
pub(super) struct Connections {
    entries: Arena<Entry>,
    flows: FlowTable,
    addresses: SeenAddresses,
    warm: Pool<WarmConnection>,
    resting: Pool<RestingConnection>,
    large: Pool<Connection>,
    /// Those that opened last, the eldest first.
    young: VecDeque<u32>,
    /// Those that have closed, the eldest first.
    closed: VecDeque<u32>,
}

/// Addresses of IPv6, each of them once.
#[derive(Debug, Default)]
struct SeenAddresses {
    numbered: Arena<Ipv6Addr>,
    numbers: FlowTable,
}

impl SeenAddresses {
    fn shorten(&mut self, end: Endpoint) -> ShortEndpoint {
        let addr = match end.addr {
            IpAddr::V4(addr) => return ShortEndpoint::v4(addr, end.port),
            IpAddr::V6(addr) => addr,
        };
        let alone = Endpoint::new(addr.into(), 0);
        let hash = hash(alone, alone);
        let numbered = &self.numbered;
        let is = |number| numbered.get(number) == Some(&addr);
        let number = self.numbers.find(hash, is).unwrap_or_else(|| {
            let number = self.numbered.push(addr);
            self.numbers.insert(hash, number, |_| false);
            number
        });
        ShortEndpoint(V6 | u64::from(number) << 16 | u64::from(end.port))
    }

    fn lengthen(&self, short: ShortEndpoint) -> Endpoint {
        let port = (short.0 & 0xffff) as u16;
        let number = (short.0 >> 16 & 0xffff_ffff) as u32;
        if short.0 & V6 == 0 {
            return Endpoint::new(Ipv4Addr::from_bits(number).into(), port);
        }
        let addr = self.numbered.get(number).copied();
        Endpoint::new(addr.unwrap_or(Ipv6Addr::UNSPECIFIED).into(), port)
    }
}

impl ShortEndpoint {
    #[inline]
    fn v4(addr: Ipv4Addr, port: u16) -> Self {
        Self(u64::from(addr.to_bits()) << 16 | u64::from(port))
    }
}

impl PoolPlace {
    const fn of(place: u32) -> Self {
        Self(place.to_ne_bytes())
    }

    #[inline]
    const fn get(self) -> u32 {
        u32::from_ne_bytes(self.0)
    }
}

impl Entry {
    fn ends(&self, addresses: &SeenAddresses) -> [Endpoint; 2] {
        self.ends.map(|end| addresses.lengthen(end))
    }

    /// Its endpoints are these, in either order.
    #[inline]
    fn is_between(&self, one: Endpoint, other: Endpoint, addresses: &SeenAddresses) -> bool {
        if let (IpAddr::V4(addr), IpAddr::V4(another)) = (one.addr, other.addr) {
            let one = ShortEndpoint::v4(addr, one.port);
            let other = ShortEndpoint::v4(another, other.port);
            return self.ends == [one, other] || self.ends == [other, one];
        }
        let ends = self.ends(addresses);
        ends == [one, other] || ends == [other, one]
    }
}

impl Connections {
    /// How many there are.
    pub(super) const fn len(&self) -> u32 {
        self.entries.len()
    }

    /// The latest between these endpoints, by the hash of their flow.
    #[inline]
    pub(super) fn find(&self, flow: u64, one: Endpoint, other: Endpoint) -> Option<u32> {
        let (entries, addresses) = (&self.entries, &self.addresses);
        let is = |number| {
            let entry = entries.get(number);
            entry.is_some_and(|entry| entry.is_between(one, other, addresses))
        };
        self.flows.find(flow, is)
    }

    /// A new one between these endpoints, by what `make` makes of its number.
    pub(super) fn open(
        &mut self,
        [opener, acceptor]: [Endpoint; 2],
        make: impl FnOnce(u32) -> Connection,
    ) -> u32 {
        let number = self.entries.len();
        let at = self.warm.room();
        if let Some(warm) = self.warm.get_mut(at) {
            warm.connection = make(number);
        }
        self.entries.push(Entry {
            ends: [opener, acceptor].map(|end| self.addresses.shorten(end)),
            stored: Stored::Warm(PoolPlace::of(at)),
        });
        let (entries, addresses) = (&self.entries, &self.addresses);
        let is = |number| {
            let entry = entries.get(number);
            entry.is_some_and(|entry| entry.is_between(opener, acceptor, addresses))
        };
        self.flows.insert(hash(opener, acceptor), number, is);
        self.young(number);
        number
    }

    /// One of this number, as it was when it was last looked at.
    #[inline]
    pub(super) fn of(&mut self, number: u32, replay: Replay) -> Option<&mut WarmConnection> {
        let at = match self.entries.get(number)?.stored {
            Stored::Warm(at) => at.get(),
            _ => self.wake(number, replay)?,
        };
        self.warm.get_mut(at)
    }

    #[cold]
    fn wake(&mut self, number: u32, replay: Replay) -> Option<u32> {
        let at = self.warm.room();
        let entry = self.entries.get_mut(number)?;
        let stored = std::mem::replace(&mut entry.stored, Stored::Warm(PoolPlace::of(at)));
        let ends = entry.ends(&self.addresses);
        let warm = self.warm.get_mut(at)?;
        match stored {
            Stored::Warm(_) => {}
            Stored::Resting(from) => {
                let resting = std::mem::take(self.resting.get_mut(from.get())?);
                warm.connection = resting.connection;
                warm.live.resume(resting.state);
                self.resting.clear(from.get());
            }
            Stored::Large(from) => {
                warm.connection = std::mem::take(self.large.get_mut(from.get())?);
                self.large.clear(from.get());
            }
            Stored::Packed(packed) => {
                warm.connection = Connection::unpack(number, ends, &packed);
            }
            Stored::LoneSyn(packed) => {
                *warm = played(number, ends, &packed, replay);
            }
        }
        match stored {
            Stored::Large(_) | Stored::Packed(_) => {
                warm.live.begin(&warm.connection);
                if warm.connection.steps.contains(Steps::DONE) {
                    self.retire(number);
                }
            }
            Stored::LoneSyn(_) => self.young(number),
            Stored::Warm(_) | Stored::Resting(_) => {}
        }
        Some(at)
    }

    /// One has opened: of the eldest of those that did lately nothing but its SYN is kept, if there was nothing else.
    fn young(&mut self, number: u32) {
        self.young.push_back(number);
        if self.young.len() > KEPT
            && let Some(eldest) = self.young.pop_front()
            && let Some(entry) = self.entries.get_mut(eldest)
            && let Stored::Warm(at) = entry.stored
            && let Some(WarmConnection { connection, live }) = self.warm.get_mut(at.get())
            && connection.packets() == 1
            && let Some(packed) = live.lone.as_ref().and_then(LoneSyn::pack)
        {
            entry.stored = Stored::LoneSyn(packed);
            self.warm.clear(at.get());
        }
    }

    /// One has closed: what is kept of it, and of those that closed before it, becomes less.
    #[cold]
    pub(super) fn retire(&mut self, number: u32) {
        self.closed.push_back(number);
        let elder = self.closed.len().checked_sub(KEPT_WHOLE + 1);
        if let Some(entry) = elder.and_then(|at| self.entries.get_mut(self.closed[at]))
            && let Stored::Warm(at) = entry.stored
        {
            let to = self.resting.room();
            if let (Some(warm), Some(resting)) =
                (self.warm.get_mut(at.get()), self.resting.get_mut(to))
            {
                resting.connection.clone_from(&warm.connection);
                resting.state = warm.live.rest();
                entry.stored = Stored::Resting(PoolPlace::of(to));
                self.warm.clear(at.get());
            }
        }
        if self.closed.len() > KEPT
            && let Some(eldest) = self.closed.pop_front()
        {
            self.put_by(eldest);
        }
    }

    /// Only what its summary needs is kept.
    fn put_by(&mut self, number: u32) {
        let Some(entry) = self.entries.get_mut(number) else {
            return;
        };
        let connection = match entry.stored {
            Stored::Warm(at) => self.warm.get_mut(at.get()).map(|warm| &warm.connection),
            Stored::Resting(at) => self.resting.get_mut(at.get()).map(|one| &one.connection),
            Stored::Large(_) | Stored::Packed(_) | Stored::LoneSyn(_) => None,
        };
        let Some(connection) = connection else {
            return;
        };
        let stored = match connection.pack() {
            Some(packed) => Stored::Packed(packed),
            None => {
                let to = self.large.room();
                if let Some(large) = self.large.get_mut(to) {
                    large.clone_from(connection);
                }
                Stored::Large(PoolPlace::of(to))
            }
        };
        match std::mem::replace(&mut entry.stored, stored) {
            Stored::Warm(at) => self.warm.clear(at.get()),
            Stored::Resting(at) => self.resting.clear(at.get()),
            Stored::Large(_) | Stored::Packed(_) | Stored::LoneSyn(_) => {}
        }
    }

    /// What is known of the one with this number.
    pub(super) fn get(&self, number: u32, replay: Replay) -> Option<Connection> {
        let entry = self.entries.get(number)?;
        let ends = || entry.ends(&self.addresses);
        Some(match &entry.stored {
            Stored::Warm(at) => self.warm.get(at.get())?.connection.clone(),
            Stored::Resting(at) => self.resting.get(at.get())?.connection.clone(),
            Stored::Large(at) => self.large.get(at.get())?.clone(),
            Stored::Packed(packed) => Connection::unpack(number, ends(), packed),
            Stored::LoneSyn(packed) => played(number, ends(), packed, replay).connection,
        })
    }
}

/// A connection of which there is nothing but its SYN.
fn played(
    number: u32,
    [opener, acceptor]: [Endpoint; 2],
    packed: &PackedNumbers,
    replay: Replay,
) -> WarmConnection {
    let lone = LoneSyn::unpack(packed);
    let mut warm = WarmConnection {
        connection: Connection::new(number, lone.segment.at, opener, acceptor),
        live: LiveState::default(),
    };
    replay(&lone, &mut warm);
    warm.live.lone = Some(lone);
    warm
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Seq, Span, Time};

    fn end(port: u16) -> Endpoint {
        Endpoint::new([10, 0, 0, 1].into(), port)
    }

    const NO_REPLAY: Replay = |_, _| panic!("there is no lone SYN");

    /// So many connections, each of which closes before the next one opens.
    fn closed(count: u32) -> Connections {
        let mut connections = Connections::default();
        for number in 0..count {
            let new = |number| Connection::new(number, Time::default(), end(1), end(2));
            assert_eq!(connections.open([end(1), end(2)], new), number);
            let warm = connections.of(number, NO_REPLAY).expect("opened");
            warm.connection.steps |= Steps::DONE;
            warm.live.halves[1].direction.ack = Seq(number + 1);
            warm.live.halves[1].sender_state.least = Span::from_ms(7);
            warm.live.multipath = 3;
            connections.retire(number);
        }
        connections
    }

    #[test]
    fn what_is_kept_of_a_closed_connection_becomes_less() {
        let count = KEPT as u32 + 10;
        let mut connections = closed(count);
        let mut kept = |number| {
            let warm = connections.of(number, NO_REPLAY).expect("opened");
            let half = &warm.live.halves[1];
            (
                half.direction.ack.0,
                half.sender_state.least.ns() / 1_000_000,
                warm.live.multipath,
            )
        };
        let whole = count - KEPT_WHOLE as u32;
        assert_eq!(kept(count - 1), (count, 7, 3));
        assert_eq!(kept(whole), (whole + 1, 7, 3));
        assert_eq!(kept(whole - 1), (whole, 0, 3));
        assert_eq!(kept(10), (11, 0, 3));
        assert_eq!(kept(9), (0, 0, 0));
    }

    #[test]
    fn room_is_used_again() {
        let mut connections = closed(3 * KEPT as u32);
        assert_eq!(connections.warm.room_for() as usize, KEPT_WHOLE + 1);
        assert_eq!(
            connections.resting.room_for() as usize,
            KEPT - KEPT_WHOLE + 1
        );
        // However late segments come, and of however many: not more is kept than of so many.
        for number in (0..3 * KEPT as u32).chain(0..KEPT as u32) {
            connections.of(number, NO_REPLAY).expect("opened");
        }
        assert!(connections.warm.room_for() as usize <= KEPT + 1);
        assert!(connections.resting.room_for() as usize <= KEPT + 1);
        assert_eq!(connections.large.room_for(), 0);
    }

    #[test]
    fn addresses_of_both_kinds_come_back() {
        let mut connections = Connections::default();
        let six =
            |last| Endpoint::new(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last).into(), 80);
        let pairs = [
            [six(1), six(2)],
            [six(2), six(3)],
            [end(1), end(2)],
            [six(1), six(3)],
        ];
        for pair in pairs {
            let [opener, acceptor] = pair;
            let new = |number| Connection::new(number, Time::default(), opener, acceptor);
            let number = connections.open(pair, new);
            let entry = connections.entries.get(number).expect("opened");
            assert_eq!(entry.ends(&connections.addresses), pair);
        }
        for (number, [one, other]) in (0..).zip(pairs) {
            let flow = hash(one, other);
            assert_eq!(connections.find(flow, other, one), Some(number));
        }
        assert_eq!(connections.addresses.numbered.len(), 3);
    }
}
