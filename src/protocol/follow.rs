//! Packets to connections and conversations: relative numbers, scaled windows, analysis flags, states seen
//! on the wire. Incremental; one [`Follow`] per vantage.

pub mod connection;
pub mod followed;
pub mod track;

pub use connection::{Connection, Opened, Side};
pub use followed::{
    Analysis, ClosedHow, Conversation, Earlier, Followed, Recovery, Segment, Way, Why,
};
pub use track::Follow;
