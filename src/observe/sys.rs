//! One safe function or type per system facility that no crate offers safely; the only `unsafe`.
#![allow(
    unsafe_code,
    reason = "this folder is where it stands; every block says why it is sound"
)]

pub mod ring;
pub mod tap;
