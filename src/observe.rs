//! The live half: the only one that touches the system.
//!
//! `sys` ← `lab`, `capture` ← `exchange` ← `run`. Each part tells its facts to a [`source`], and the run
//! merges those by watermark into the one order of a recording.

pub mod lab;
pub mod source;
pub mod sys;
