//! Packets to connections and conversations: relative numbers, scaled windows, analysis flags, how each
//! connection opened and closed. Incremental; one [`Tracker`] per vantage.
//!
//! What is told of which segments, `tests/flows` specifies, a rule a file.
//!
//! - `prepared`: what a packet tells by itself; `incoming`: a segment on its way in, and what it says of when it was sent; `tracker`: [`Tracker`],
//!   which takes the packets; `segment`: a TCP segment's way through it
//! - `analysis`: Wireshark's verdicts, one file per family; `direction`, `unacked`: what they are judged by; `half_connection`, `live`: all that
//!   is remembered of one side, and for how long
//! - `why`: the claims about what is not just the next new one, each with its evidence; `seen`: which numbers were seen at all
//! - `anomaly`: what was duplicated or reordered on the way, or sent again without need; `recovery`, `candidates`: why something was sent again;
//!   `sender_state`, `spurious`, `send_order`: what that is told by
//! - `connection`, `close`, `completeness`, `datagrams`: what is kept of each conversation; `connections`, `lone_syn`, `packed`: of very many of them
//! - `ftp`: connections that were announced before; `fragments`, `flow_table`: IP reassembly, who belongs to which conversation;
//!   `arena`, `pool`: storage

mod analysis;
mod anomaly;
mod arena;
mod candidates;
mod close;
mod completeness;
pub mod connection;
mod connections;
pub mod datagrams;
mod direction;
mod flow_table;
pub mod followed;
mod fragments;
mod ftp;
mod half_connection;
mod incoming;
mod live;
mod lone_syn;
mod packed;
mod pool;
pub mod prepared;
mod recent;
mod recovery;
mod seen;
mod segment;
mod send_order;
mod sender_state;
mod spurious;
pub mod tracker;
mod unacked;
pub mod why;

pub use connection::{Connection, HandshakeHalves, OpenedHow, SideSummary, Troubles};
pub use datagrams::Datagrams;
pub use followed::{Analysis, ClosedHow, Conversation, DatagramPiece, Followed, Segment, Way};
pub use prepared::{Ordinary, Prepared};
pub use tracker::Tracker;
pub use why::{
    AckedUnseen, Anomaly, CauseClaim, DuplicateAcks, Earlier, Held, HopChanges, Idle, Objection,
    Overtaken, Recovery, Repeats, SackBlock, SamePacket, Sighting, SpuriousFrames, WeighedCause,
    Why,
};
