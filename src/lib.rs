//! sockscope: see what your socket calls put on the wire.
//!
//! ```text
//!  LIVE: kernel, threads, clock                               PURE: same input, same bytes out
//!  script ──► lab ──► exchange ──► capture ══ facts ══► decode ──► follow ──► timeline ──► views
//!             hosts   socket       frames      ▲        fields     flows,     moments,     terminal,
//!             + wire  calls        2 vantages  │                   analysis   notes        JSON, comments
//!                                     anyone's capture file
//! ```
//!
//! The seam is the recording, an ordered stream of [`model::Fact`]s. Left of it things happen; right of it
//! things are computed, one fact at a time. A live run and a file of any size go the same way.
//!
//! In the order of the data:
//!
//! - [`model`]: the shared nouns, the facts
//! - [`text`]: the message catalogue, English and Chinese
//! - [`protocol`]: [`protocol::decode`] bytes to fields, [`protocol::follow`] packets to connections
//! - [`notation`]: how frames, calls and claims are written down and read back
//! - [`script`]: what a run is to do, parsed with places
//! - [`files`]: pcap, pcapng; facts to blocks and back
//! - [`observe`]: everything live: system calls, the lab, sniffers, socket programs, one run
//! - [`explain`]: facts to moments and notes; expectations held or not; runs compared
//! - [`lesson`]: lessons as data
//! - [`views`]: moments to what people see
//! - [`session`]: what a run and the person in front of it need, whatever the verb
//! - [`commands`], [`cli`], [`failure`]: the command line
//!
//! Absent on purpose: the pure part (all but `observe`, `session` and `commands`) has no sockets, threads, clock,
//! environment or printing, and never iterates an unordered map; `unsafe` stands in `observe::sys` only;
//! imports go one way, as `tests/layering.rs` lists them. Start reading at [`model::fact`].

pub mod cli;
pub mod commands;
pub mod explain;
pub mod failure;
pub mod files;
pub mod lesson;
pub mod model;
pub mod notation;
pub mod observe;
pub mod protocol;
pub mod script;
pub mod session;
pub mod text;
pub mod views;
