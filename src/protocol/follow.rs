//! Packets to connections and conversations: relative numbers, scaled windows, analysis flags, how each
//! connection opened and closed. Incremental; one [`Follow`] per vantage.
//!
//! - `prepared`: what a packet tells by itself; `arriving`, `circle`, `offer`: a segment, its numbers and its options; `track`: [`Follow`], which takes the packets; `segment`: a TCP segment's way through it
//! - `analysis`: Wireshark's verdicts, one file per family; `lane`, `unacked`: what they are judged by; `half`, `memory`: all that is
//!   remembered of one side, and for how long
//! - `came`: what was not sent again at all, or without need; `recovery`: why something was sent again; `recall`, `resends`, `trail`, `mark`: what
//!   that is told by
//! - `connection`, `close`, `datagrams`: what is kept of each conversation
//! - `announced`: connections that were announced before; `fragments`, `table`, `rows`: IP reassembly, the flow table,
//!   storage

mod analysis;
mod announced;
mod arriving;
mod came;
mod circle;
mod close;
pub mod connection;
pub mod datagrams;
pub mod followed;
mod fragments;
mod half;
mod lane;
mod mark;
mod memory;
mod offer;
pub mod prepared;
mod recall;
mod recovery;
mod resends;
mod rows;
mod segment;
mod table;
pub mod track;
mod trail;
mod unacked;

pub use connection::{Connection, Opened, Side, Troubles};
pub use datagrams::Datagrams;
pub use followed::{
    Analysis, Came, ClosedHow, Conversation, Earlier, Followed, Recovery, Segment, Shown, Way, Why,
};
pub use prepared::{Ordinary, Prepared};
pub use track::Follow;

#[cfg(test)]
mod tests;
