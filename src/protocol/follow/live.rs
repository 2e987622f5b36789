//! What further segments of connections are judged by, and for how long it is kept.
//!
//! Most connections of a long capture are closed, and say nothing any more; but late segments come soon after a close. So a connection
//! that has closed keeps all for a while, then for a longer while what verdicts are made by, and at last only what its
//! summary needs. Room that was given up is used again: what is at hand is in the processor's cache.

use std::collections::VecDeque;

use crate::model::Time;

use super::arena::Arena;
use super::connection::{Connection, StateSlot, Steps};
use super::direction::TcpDirection;
use super::followed::Way;
use super::half_connection::HalfConnection;
use super::seen::SeenNumbers;

/// How many connections that have closed keep what verdicts are made by.
const KEPT: usize = 4096;

/// How many of these keep what causes are told by, too.
const KEPT_WHOLE: usize = 256;

/// What further segments of a connection are judged by.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveState {
    /// Opener's and acceptor's.
    pub(super) halves: [HalfConnection; 2],
    /// When the latest SYN without ACK was seen.
    pub(super) syn_at: Option<Time>,
    /// Multipath TCP operations of either side so far, one bit per subtype.
    pub(super) multipath: u16,
}

/// Of a connection that has closed what verdicts are made by.
#[derive(Clone, Debug, Default)]
struct RestingState {
    directions: [TcpDirection; 2],
    seen: [SeenNumbers; 2],
    syn_at: Option<Time>,
    multipath: u16,
}

/// That of all connections.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveStates {
    lives: Pool<LiveState>,
    resting: Pool<RestingState>,
    /// Those that have closed, by their numbers, the eldest first.
    closed: VecDeque<u32>,
}

/// Room for things of one kind, used again.
#[derive(Clone, Debug)]
struct Pool<T> {
    arena: Arena<T>,
    free: Vec<u32>,
}

impl LiveState {
    /// Halves as they are before anything was seen; of earlier segments only the scales of the windows are known.
    fn begin(&mut self, connection: &Connection) {
        for (half, way) in self
            .halves
            .iter_mut()
            .zip([Way::FromOpener, Way::FromAcceptor])
        {
            half.direction.scale = connection.scale_of(way);
        }
    }

    /// Halves of which only what verdicts are made by is known.
    fn resume(&mut self, resting: RestingState) {
        let known = resting.directions.into_iter().zip(resting.seen);
        for (half, (direction, seen)) in self.halves.iter_mut().zip(known) {
            half.direction = direction;
            half.seen = seen;
        }
        self.syn_at = resting.syn_at;
        self.multipath = resting.multipath;
    }

    fn rest(&mut self) -> RestingState {
        let [opener, acceptor] = &mut self.halves;
        let seen = [&mut *opener, &mut *acceptor].map(|half| std::mem::take(&mut half.seen));
        let mut directions = [opener, acceptor].map(|half| std::mem::take(&mut half.direction));
        directions
            .iter_mut()
            .for_each(|direction| direction.unacked.shrink());
        RestingState {
            directions,
            seen,
            syn_at: self.syn_at,
            multipath: self.multipath,
        }
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self {
            arena: Arena::default(),
            free: Vec::new(),
        }
    }
}

impl<T: Default> Pool<T> {
    /// Room with nothing in it.
    fn room(&mut self) -> u32 {
        let free = self.free.pop();
        free.unwrap_or_else(|| self.arena.push(T::default()))
    }

    fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        self.arena.get_mut(at)
    }

    /// Makes room. Cleared at once, so that what hangs on it is given back.
    fn clear(&mut self, at: u32) {
        if let Some(thing) = self.arena.get_mut(at) {
            *thing = T::default();
            self.free.push(at);
        }
    }
}

impl LiveStates {
    /// A connection, and what its segments are judged by, made anew where it was given up.
    #[inline]
    pub(super) fn of<'m>(
        &'m mut self,
        stream: u32,
        connections: &'m mut Arena<Connection>,
    ) -> Option<(&'m mut Connection, &'m mut LiveState)> {
        let at = match connections.get(stream)?.slot {
            StateSlot::Live(at) => at,
            StateSlot::Resting(_) | StateSlot::Nowhere => self.wake(stream, connections)?,
        };
        Some((connections.get_mut(stream)?, self.lives.get_mut(at)?))
    }

    #[cold]
    fn wake(&mut self, stream: u32, connections: &mut Arena<Connection>) -> Option<u32> {
        let connection = connections.get_mut(stream)?;
        let at = self.lives.room();
        let live = self.lives.get_mut(at)?;
        let slot = std::mem::replace(&mut connection.slot, StateSlot::Live(at));
        if let StateSlot::Resting(at) = slot {
            live.resume(std::mem::take(self.resting.get_mut(at)?));
            self.resting.clear(at);
        } else {
            live.begin(connection);
            if connection.steps.contains(Steps::DONE) {
                self.retire(stream, connections);
            }
        }
        Some(at)
    }

    /// A connection has closed: what is kept of it, and of those that closed before it, becomes less.
    #[cold]
    pub(super) fn retire(&mut self, stream: u32, connections: &mut Arena<Connection>) {
        self.closed.push_back(stream);
        let elder = self.closed.len().checked_sub(KEPT_WHOLE + 1);
        if let Some(connection) = elder.and_then(|at| connections.get_mut(self.closed[at])) {
            self.rest(connection);
        }
        if self.closed.len() > KEPT
            && let Some(eldest) = self.closed.pop_front()
            && let Some(connection) = connections.get_mut(eldest)
        {
            match std::mem::take(&mut connection.slot) {
                StateSlot::Live(at) => self.lives.clear(at),
                StateSlot::Resting(at) => self.resting.clear(at),
                StateSlot::Nowhere => {}
            }
        }
    }

    /// Only what verdicts are made by is kept of it.
    fn rest(&mut self, connection: &mut Connection) {
        let StateSlot::Live(at) = connection.slot else {
            return;
        };
        let to = self.resting.room();
        if let (Some(live), Some(resting)) = (self.lives.get_mut(at), self.resting.get_mut(to)) {
            *resting = live.rest();
            self.lives.clear(at);
            connection.slot = StateSlot::Resting(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Endpoint, Seq, Span};

    /// So many connections, each of which closes before the next one opens.
    fn closed(count: u32) -> (LiveStates, Arena<Connection>) {
        let (mut states, mut connections) = (LiveStates::default(), Arena::default());
        let end = |port| Endpoint::new([10, 0, 0, 1].into(), port);
        for number in 0..count {
            connections.push(Connection::new(number, Time::default(), end(1), end(2)));
            let (connection, live) = states.of(number, &mut connections).expect("pushed");
            connection.steps |= Steps::DONE;
            live.halves[1].direction.ack = Seq(number + 1);
            live.halves[1].sender_state.least = Span::from_ms(7);
            live.multipath = 3;
            states.retire(number, &mut connections);
        }
        (states, connections)
    }

    #[test]
    fn what_is_kept_of_a_closed_connection_becomes_less() {
        let count = KEPT as u32 + 10;
        let (mut states, mut connections) = closed(count);
        let mut kept = |number| {
            let (_, live) = states.of(number, &mut connections).expect("pushed");
            let half = &live.halves[1];
            (
                half.direction.ack.0,
                half.sender_state.least.ns() / 1_000_000,
                live.multipath,
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
        let (mut states, mut connections) = closed(3 * KEPT as u32);
        assert_eq!(states.lives.arena.len() as usize, KEPT_WHOLE + 1);
        assert_eq!(states.resting.arena.len() as usize, KEPT - KEPT_WHOLE + 1);
        // However late segments come, and of however many: not more is kept than of so many.
        for number in (0..3 * KEPT as u32).chain(0..KEPT as u32) {
            states.of(number, &mut connections).expect("pushed");
        }
        assert!(states.lives.arena.len() as usize <= KEPT + 1);
        assert!(states.resting.arena.len() as usize <= KEPT + 1);
    }
}
