//! The lab.
pub mod fates;
