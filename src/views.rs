//! Timeline and lessons to what people see. A view never computes: it words and sets what a moment holds.
//!
//! Every view that tells a story is a [`MomentSink`](crate::explain::MomentSink), made with [`Options`]; most give
//! [`styled::Line`]s, which are text with roles, and [`palette::Palette`] paints them.

mod axis;
pub mod bare_run;
pub mod bytes;
mod callers;
pub mod cast;
pub mod census;
pub mod chart;
pub mod comment;
pub mod compare;
pub mod difference;
pub mod exercise;
pub mod fanout;
pub mod findings;
pub mod folded;
pub mod grid;
pub mod hand_ins;
pub mod handout;
pub mod html;
pub mod json;
pub mod ladder;
pub mod lesson;
pub mod lines;
pub mod markdown;
pub mod mermaid;
pub mod options;
pub mod palette;
pub mod perfetto;
pub mod plot;
pub mod shortfall;
pub mod styled;
pub mod summary;
pub mod svg;
pub mod table;
pub mod topic;
pub mod weighing;
pub mod wording;

/// How text from outside becomes text for people.
pub use crate::text::visible;

pub use bytes::Bytes;
pub use comment::Comments;
pub use folded::Folded;
pub use json::Json;
pub use ladder::Ladder;
pub use lines::Lines;
pub use markdown::Markdown;
pub use mermaid::Mermaid;
pub use options::Options;
pub use palette::Palette;
pub use styled::{Line, Role, StyledSpan};
