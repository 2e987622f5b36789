//! Packets to connections and conversations: relative numbers, scaled windows, analysis flags, how each
//! connection opened and closed. Incremental; one [`Follow`] per vantage.
//!
//! - `track`: [`Follow`], which takes the packets; `segment`: a TCP segment's way through it
//! - `analysis`: Wireshark's verdicts, one file per family; `lane`, `unacked`: what they are judged by
//! - `recovery`: why something was sent again
//! - `connection`, `close`, `datagrams`: what is kept of each conversation
//! - `announced`: connections that were announced before; `fragments`, `table`, `rows`: IP reassembly, the flow table,
//!   storage

mod analysis;
mod announced;
mod close;
pub mod connection;
pub mod datagrams;
pub mod followed;
mod fragments;
mod lane;
mod recovery;
mod rows;
mod segment;
mod table;
pub mod track;
mod unacked;

pub use connection::{Connection, Opened, Side, Troubles};
pub use datagrams::Datagrams;
pub use followed::{
    Analysis, ClosedHow, Conversation, Earlier, Followed, Recovery, Segment, Way, Why,
};
pub use track::Follow;
