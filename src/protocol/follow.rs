//! Packets to connections and conversations: relative numbers, scaled windows, analysis flags, states seen
//! on the wire. Incremental; one [`Follow`] per vantage.

pub mod followed;

pub use followed::{Analysis, ClosedHow, Conversation, Followed, Segment, Way};
