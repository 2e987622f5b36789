//! A space–time diagram, ready to be drawn: where everything of it stands. [`super::compose`] makes it, [`super::draw`] draws it.

use crate::explain::FrameKind;
use crate::explain::spacetime::{CallBar, Flight};
use crate::model::CallResult;

use super::place::PlacedText;
use super::scale::Heights;

/// Where the first event stands.
pub const TOP: f64 = 92.0;
/// Below the last: the legend.
pub const FOOT: f64 = 88.0;
/// Half the width of a state.
pub const HALF: f64 = 6.0;
/// Sizes of text.
pub const SMALL: f64 = 11.0;
/// Of what is said on an arrow.
pub const ON_ARROW: f64 = 12.0;

/// A diagram, ready to be drawn.
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    /// Its size.
    pub width: f64,
    /// The same, downwards.
    pub height: f64,
    /// The hosts' lines: where, the name, the address.
    pub lanes: Vec<(f64, String, String)>,
    /// Heights with their times, silences, spread pieces.
    pub heights: Heights,
    /// Times at the left edge, in milliseconds.
    pub ticks: Vec<(f64, String)>,
    /// Arrows.
    pub flights: Vec<FlightPath>,
    /// Calls.
    pub bars: Vec<BarPath>,
    /// States.
    pub states: Vec<StateBox>,
    /// What was complete.
    pub milestones: Vec<(u32, PlacedText)>,
    /// Pixels in a millisecond.
    pub per_ms: f64,
}

/// An arrow.
#[derive(Clone, Debug)]
pub struct FlightPath {
    /// Which flight of the story.
    pub number: usize,
    /// Where it begins.
    pub from: (f64, f64),
    /// Where it ends.
    pub to: (f64, f64),
    /// What is said on it; nothing where there was no room.
    pub label: Option<PlacedText>,
    /// What is said where it died.
    pub loss: Option<PlacedText>,
}

/// A call.
#[derive(Clone, Debug)]
pub struct BarPath {
    /// Which call of the story.
    pub number: usize,
    /// Where.
    pub x: f64,
    /// Its begin.
    pub top: f64,
    /// Its return; the same as `top` where nothing happened meanwhile.
    pub bottom: f64,
    /// The call, and what it gave.
    pub labels: Vec<PlacedText>,
}

/// A state.
#[derive(Clone, Debug)]
pub struct StateBox {
    /// Which state of the story.
    pub number: usize,
    /// Its middle.
    pub x: f64,
    /// When it was entered.
    pub top: f64,
    /// When it was left.
    pub bottom: f64,
    /// Its name.
    pub label: Option<PlacedText>,
}
/// A call that failed.
#[must_use]
pub fn failed(call: &CallBar) -> bool {
    let returned = call.returned.as_deref();
    returned.is_some_and(|returned| matches!(returned.result, CallResult::Err(_)))
}

/// What an arrow is, for its colour, its dashes and the legend.
#[must_use]
pub fn class(flight: &Flight) -> &'static str {
    match flight.transit.kind {
        FrameKind::Reset => "rst",
        _ if flight.again => "again",
        FrameKind::Syn | FrameKind::SynAck => "syn",
        FrameKind::Fin => "fin",
        FrameKind::Data => "data",
        FrameKind::Ack | FrameKind::HandshakeAck => "ack",
        FrameKind::Datagram => "udp",
        FrameKind::Icmp | FrameKind::Neighbour | FrameKind::Fragment | FrameKind::Other => "other",
    }
}
