//! Following: one packet after the other into its conversation.

use crate::model::Time;
use crate::protocol::decode::{Checksum, Packet};

use super::connection::Connection;
use super::followed::{Conversation, Followed};

/// Follows the packets of one vantage.
#[derive(Debug, Default)]
pub struct Follow {
    connections: Vec<Connection>,
}

impl Follow {
    /// Nothing seen so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next packet of this vantage: its number (from 1, as in the file), its stamp and its fields.
    pub fn packet(&mut self, _number: u32, _at: Time, _packet: &Packet<'_>) -> Followed {
        Followed::nothing(Checksum::Unchecked)
    }

    /// What is known of a TCP connection so far.
    #[must_use]
    pub fn connection(&self, conversation: Conversation) -> Option<&Connection> {
        let Conversation::Tcp(number) = conversation else {
            return None;
        };
        self.connections.get(number as usize)
    }

    /// All TCP connections, in the order of their numbers.
    pub fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter()
    }
}
