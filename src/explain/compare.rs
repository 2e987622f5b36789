//! Runs and recordings beside each other: what it takes to compare them.
//!
//! - [`transfer`]: what one run sent, received and cost; [`receivers`]: what each of several receivers got;
//!   [`losses`]: what the wire took away, and how that was repaired
//! - [`comparable`]: a story without what differs from run to run; [`difference`]: two of those, line by line
//! - [`grid`]: many runs, of several sizes at several rates of loss

pub mod comparable;
pub mod difference;
pub mod grid;
pub mod losses;
pub mod receivers;
pub mod transfer;
