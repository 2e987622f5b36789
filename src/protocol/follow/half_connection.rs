//! All that is remembered of one side of a connection that goes on.

use crate::model::Span;

use super::direction::TcpDirection;
use super::seen::SeenNumbers;
use super::send_order::SendOrder;
use super::sender_state::SenderState;
use super::why::WeighedCause;

/// One half of a connection: what one side sends.
#[derive(Clone, Debug, Default)]
pub(super) struct HalfConnection {
    /// What verdicts are made by.
    pub(super) direction: TcpDirection,
    /// What it sent again, and what is selectively acknowledged of it.
    pub(super) sender_state: SenderState,
    /// What its last segments were, to know a copy and what came late.
    pub(super) send_order: SendOrder,
    /// Which of its numbers were seen.
    pub(super) seen: SeenNumbers,
    /// The candidate causes of the one segment that was asked for.
    pub(super) weighed: Vec<WeighedCause>,
}

/// From the vantage to both ends and back: the whole round trip.
pub(super) fn round_trip(own: &HalfConnection, peer: &HalfConnection) -> Span {
    Span::from_ns(own.sender_state.least.ns() + peer.sender_state.least.ns())
}
