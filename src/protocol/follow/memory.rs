//! What further segments of connections are judged by, and for how long it is kept.
//!
//! Most connections of a long capture are closed, and say nothing any more; but late segments come soon after a close. So a connection
//! that has closed keeps all for a while, then for a longer while what verdicts are made by, and at last only what its
//! summary needs. Room that was given up is used again: what is at hand is in the processor's cache.

use std::collections::VecDeque;

use crate::model::Time;

use super::connection::{Connection, Place, Seen};
use super::followed::Way;
use super::half::Half;
use super::lane::Lane;
use super::rows::Rows;

/// How many connections that have closed keep what verdicts are made by.
const KEPT: usize = 4096;

/// How many of these keep what causes are told by, too.
const KEPT_WHOLE: usize = 256;

/// What further segments of a connection are judged by.
#[derive(Clone, Debug, Default)]
pub(super) struct Live {
    /// Opener's and acceptor's.
    pub(super) halves: [Half; 2],
    /// When the latest SYN without ACK was seen.
    pub(super) syn_at: Option<Time>,
    /// Multipath TCP operations of either side so far, one bit per subtype.
    pub(super) multipath: u16,
}

/// Of a connection that has closed what verdicts are made by.
#[derive(Clone, Debug, Default)]
struct Resting {
    lanes: [Lane; 2],
    syn_at: Option<Time>,
    multipath: u16,
}

/// That of all connections.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    lives: Pool<Live>,
    resting: Pool<Resting>,
    /// Those that have closed, by their numbers, the eldest first.
    closed: VecDeque<u32>,
}

/// Room for things of one kind, used again.
#[derive(Clone, Debug)]
struct Pool<T> {
    rows: Rows<T>,
    free: Vec<u32>,
}

impl Live {
    /// Halves as they are before anything was seen; of earlier segments only the scales of the windows are known.
    fn begin(&mut self, connection: &Connection) {
        for (half, way) in self
            .halves
            .iter_mut()
            .zip([Way::FromOpener, Way::FromAcceptor])
        {
            half.lane.scale = connection.scale_of(way);
        }
    }

    /// Halves of which only what verdicts are made by is known.
    fn resume(&mut self, resting: Resting) {
        for (half, lane) in self.halves.iter_mut().zip(resting.lanes) {
            half.lane = lane;
        }
        self.syn_at = resting.syn_at;
        self.multipath = resting.multipath;
    }

    fn rest(&mut self) -> Resting {
        let [opener, acceptor] = &mut self.halves;
        let mut lanes = [opener, acceptor].map(|half| std::mem::take(&mut half.lane));
        lanes.iter_mut().for_each(|lane| lane.unacked.shrink());
        Resting {
            lanes,
            syn_at: self.syn_at,
            multipath: self.multipath,
        }
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self {
            rows: Rows::default(),
            free: Vec::new(),
        }
    }
}

impl<T: Default> Pool<T> {
    /// Room with nothing in it.
    fn room(&mut self) -> u32 {
        let free = self.free.pop();
        free.unwrap_or_else(|| self.rows.push(T::default()))
    }

    fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        self.rows.get_mut(at)
    }

    /// Makes room. Cleared at once, so that what hangs on it is given back.
    fn clear(&mut self, at: u32) {
        if let Some(thing) = self.rows.get_mut(at) {
            *thing = T::default();
            self.free.push(at);
        }
    }
}

impl Memory {
    /// A connection, and what its segments are judged by, made anew where it was given up.
    #[inline]
    pub(super) fn of<'m>(
        &'m mut self,
        stream: u32,
        connections: &'m mut Rows<Connection>,
    ) -> Option<(&'m mut Connection, &'m mut Live)> {
        let at = match connections.get(stream)?.place {
            Place::Live(at) => at,
            Place::Resting(_) | Place::Nowhere => self.wake(stream, connections)?,
        };
        Some((connections.get_mut(stream)?, self.lives.get_mut(at)?))
    }

    #[cold]
    fn wake(&mut self, stream: u32, connections: &mut Rows<Connection>) -> Option<u32> {
        let connection = connections.get_mut(stream)?;
        let at = self.lives.room();
        let live = self.lives.get_mut(at)?;
        let place = std::mem::replace(&mut connection.place, Place::Live(at));
        if let Place::Resting(at) = place {
            live.resume(std::mem::take(self.resting.get_mut(at)?));
            self.resting.clear(at);
        } else {
            live.begin(connection);
            if connection.seen.contains(Seen::DONE) {
                self.retire(stream, connections);
            }
        }
        Some(at)
    }

    /// A connection has closed: what is kept of it, and of those that closed before it, becomes less.
    #[cold]
    pub(super) fn retire(&mut self, stream: u32, connections: &mut Rows<Connection>) {
        self.closed.push_back(stream);
        let elder = self.closed.len().checked_sub(KEPT_WHOLE + 1);
        if let Some(connection) = elder.and_then(|at| connections.get_mut(self.closed[at])) {
            self.rest(connection);
        }
        if self.closed.len() > KEPT
            && let Some(eldest) = self.closed.pop_front()
            && let Some(connection) = connections.get_mut(eldest)
        {
            match std::mem::take(&mut connection.place) {
                Place::Live(at) => self.lives.clear(at),
                Place::Resting(at) => self.resting.clear(at),
                Place::Nowhere => {}
            }
        }
    }

    /// Only what verdicts are made by is kept of it.
    fn rest(&mut self, connection: &mut Connection) {
        let Place::Live(at) = connection.place else {
            return;
        };
        let to = self.resting.room();
        if let (Some(live), Some(resting)) = (self.lives.get_mut(at), self.resting.get_mut(to)) {
            *resting = live.rest();
            self.lives.clear(at);
            connection.place = Place::Resting(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Endpoint, Span};

    /// So many connections, each of which closes before the next one opens.
    fn closed(count: u32) -> (Memory, Rows<Connection>) {
        let (mut memory, mut connections) = (Memory::default(), Rows::default());
        let end = |port| Endpoint::new([10, 0, 0, 1].into(), port);
        for number in 0..count {
            connections.push(Connection::new(number, Time::default(), end(1), end(2)));
            let (connection, live) = memory.of(number, &mut connections).expect("pushed");
            connection.seen |= Seen::DONE;
            live.halves[1].lane.ack = number + 1;
            live.halves[1].recall.least = Span::from_ms(7);
            live.multipath = 3;
            memory.retire(number, &mut connections);
        }
        (memory, connections)
    }

    #[test]
    fn what_is_kept_of_a_closed_connection_becomes_less() {
        let count = KEPT as u32 + 10;
        let (mut memory, mut connections) = closed(count);
        let mut kept = |number| {
            let (_, live) = memory.of(number, &mut connections).expect("pushed");
            let half = &live.halves[1];
            (
                half.lane.ack,
                half.recall.least.ns() / 1_000_000,
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
        let (mut memory, mut connections) = closed(3 * KEPT as u32);
        assert_eq!(memory.lives.rows.len() as usize, KEPT_WHOLE + 1);
        assert_eq!(memory.resting.rows.len() as usize, KEPT - KEPT_WHOLE + 1);
        // However late segments come, and of however many: not more is kept than of so many.
        for number in (0..3 * KEPT as u32).chain(0..KEPT as u32) {
            memory.of(number, &mut connections).expect("pushed");
        }
        assert!(memory.lives.rows.len() as usize <= KEPT + 1);
        assert!(memory.resting.rows.len() as usize <= KEPT + 1);
    }
}
