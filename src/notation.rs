//! The one notation: how frames, calls and what is claimed of them are written down and read back.
//!
//! The `lines` view, packet comments, filters, expectations and questions speak it. Everything that is
//! read here is read with places: [`mistake`] says what is wrong, where, and what was probably meant.
//!
//! - [`lexer`]: lines as words
//! - [`vocabulary`]: the words for a frame: protocols, properties, numbers
//! - [`frame_view`]: one frame as patterns see it, and as a line
//! - [`condition`]: numbers and times, compared with sums of numbers and the run's own symbols
//! - [`pattern`], [`call`]: which frames, which calls
//! - [`claim`]: expectations, what must be true of a run
//! - [`filter`]: pcap-filter's words, for captures

pub mod call;
pub mod claim;
pub mod condition;
pub mod filter;
pub mod frame_view;
pub mod kernel_numbers;
pub mod lexer;
pub mod mistake;
pub mod pattern;
pub mod vocabulary;

pub use claim::{Claim, Expectation};
pub use filter::Filter;
pub use frame_view::FrameView;
pub use kernel_numbers::KernelNumbers;
pub use mistake::{Mistake, nearest};
pub use pattern::Pattern;
