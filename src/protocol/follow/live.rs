//! What further segments of a connection are judged by.

use crate::model::Time;

use super::connection::Connection;
use super::direction::{Scale, TcpDirection};
use super::followed::Way;
use super::half_connection::HalfConnection;
use super::lone_syn::LoneSyn;
use super::seen::SeenNumbers;

/// What further segments of a connection are judged by.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveState {
    /// Opener's and acceptor's.
    pub(super) halves: [HalfConnection; 2],
    /// When the latest SYN without ACK was seen.
    pub(super) syn_at: Option<Time>,
    /// Multipath TCP operations of either side so far, one bit per subtype.
    pub(super) multipath: u16,
    /// Where it began with a SYN: that. As long as no other segment has come, all else follows from it.
    pub(super) lone: Option<LoneSyn>,
}

/// Of a connection that has closed what verdicts are made by.
#[derive(Clone, Debug, Default)]
pub(super) struct RestingState {
    directions: [TcpDirection; 2],
    seen: [SeenNumbers; 2],
    syn_at: Option<Time>,
    multipath: u16,
}

impl LiveState {
    /// Halves as they are before anything was seen; of earlier segments only the scales of the windows are known.
    pub(super) fn begin(&mut self, connection: &Connection) {
        for (half, way) in self
            .halves
            .iter_mut()
            .zip([Way::FromOpener, Way::FromAcceptor])
        {
            half.direction.scale = connection.scale_of(way);
        }
    }

    /// Window scaling is in use when both SYNs offer it (RFC 7323 §2.2): what this side's offers, which is the second of both or not.
    pub(super) fn scales(&mut self, way: Way, second: bool, offered: Option<u8>) {
        let [opener, acceptor] = &mut self.halves;
        let (own, peer) = match way {
            Way::FromOpener => (opener, acceptor),
            Way::FromAcceptor => (acceptor, opener),
        };
        if let Some(shift) = offered {
            own.direction.scale = Scale::Shift(shift);
        }
        if own.direction.scale == Scale::Unknown {
            own.direction.scale = Scale::Off;
            peer.direction.scale = Scale::Off;
        } else if second && peer.direction.scale == Scale::Off {
            own.direction.scale = Scale::Off;
        }
    }

    /// Halves of which only what verdicts are made by is known.
    pub(super) fn resume(&mut self, resting: RestingState) {
        let known = resting.directions.into_iter().zip(resting.seen);
        for (half, (direction, seen)) in self.halves.iter_mut().zip(known) {
            half.direction = direction;
            half.seen = seen;
        }
        self.syn_at = resting.syn_at;
        self.multipath = resting.multipath;
    }

    pub(super) fn rest(&mut self) -> RestingState {
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
