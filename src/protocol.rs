//! What bytes mean, and what packets mean together. Pure.

pub mod decode;
pub mod follow;
pub mod timing;
