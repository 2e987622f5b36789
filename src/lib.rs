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
//! - [`exercise`]: tasks for programs, as data, in the lesson's format
//! - [`views`]: moments to what people see
//! - [`session`]: what a run and the person in front of it need, whatever the verb
//! - [`serve`]: the classroom page: HTTP, runs as children, what is told of them
//! - [`commands`], [`cli`], [`failure`]: the command line
//!
//! Absent on purpose: the pure part (all but `observe`, `session`, `serve` and `commands`) has no sockets, threads, clock,
//! environment or printing, and never iterates an unordered map; `unsafe` stands in `observe::sys` only;
//! imports go one way, as `tests/layering.rs` lists them. Start reading at [`model::fact`].
//!
//! # To understand … read …
//!
//! | | |
//! |---|---|
//! | what can be observed | `model/fact.rs` |
//! | how the lab is made without root | `observe/lab.rs`, `observe/lab/enter.rs` |
//! | why nothing overtakes by chance | `observe/lab/processor.rs` |
//! | how the wire carries and misbehaves | `observe/lab/wire.rs`, `observe/lab/wire/schedule.rs`, `observe/lab/wire/switch.rs`, `script/rule.rs` |
//! | how calls are made and recorded | `observe/exchange.rs` |
//! | how a foreign program's calls are seen | `observe/trace.rs` |
//! | what a program did wrong | `explain/findings.rs` |
//! | how several sources become one order | `observe/source.rs` |
//! | what bytes mean | `protocol/decode.rs` |
//! | how packets become connections | `protocol/follow.rs` |
//! | how frames, calls and claims are written down | `notation.rs`, `notation/frame_view.rs` |
//! | how two stories are laid beside each other | `explain/compare/comparable.rs`, `explain/compare/difference.rs` |
//! | how facts become a story | `explain/timeline.rs`, `explain/narrate.rs` |
//! | how the ladder is drawn | `views/ladder.rs` |
//! | how a run is told and kept, whatever the verb | `session.rs`, `session/teller.rs` |
//! | what a lesson is | `lessons/03-handshake/`, `lesson.rs` |
//! | how a third language would come | `text/en.ftl`, `text/lang.rs` |
//! | who may import whom | `tests/layering.rs` |
//!
//! # Words
//!
//! Each means one thing in the whole tree (a test holds type names to that).
//!
//! | word | meaning |
//! |---|---|
//! | frame, packet, segment, datagram | the unit of the link layer, of IP, of TCP, of UDP |
//! | endpoint | IP address and port |
//! | host | one side of the lab: a network namespace with its own kernel stack, and the thread pinned in it |
//! | wire | the link between the hosts: a relay of ours that can delay, lose, duplicate, reorder, corrupt |
//! | vantage | where a sniffer sits: a host's interface, a loopback, a file |
//! | transit | one frame's journey from its sender's vantage to its receiver's |
//! | fate | what the wire did to a frame, and by which rule |
//! | call | one socket API call of a host: arguments, result or errno, begin and end |
//! | state | a TCP state as RFC 9293 §3.3.2 spells it, as the kernel reports it |
//! | connection, conversation | a pair of endpoints followed over time, of TCP and of UDP |
//! | fact | one thing observed; a recording is the ordered stream of them |
//! | moment | one thing told, computed from facts once it is decidable |
//! | timeline | the moments in order |
//! | note | one explanation attached to a moment: a key with arguments |
//! | anomaly | how an odd segment comes to be where it was seen: duplicated, reordered, spurious |
//! | transfer | what a run put on the wire and what came of it, where runs are compared |
//! | rule | what the wire is told to do to which frames |
//! | script, plan | what a host is to do; everything that a run is to be made with |
//! | lesson, act | lessons as data; one run of a lesson |
//! | sink | whoever takes a story's moments: a view, comments, graphs, a transfer |
//! | teller, console | who hands a story to its sinks; the person in front: language, colour, where lines go |
//! | caller | whose rights the process has |
#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "numbers that the tests themselves have made"
    )
)]

pub mod cli;
pub mod commands;
pub mod exercise;
pub mod explain;
pub mod failure;
pub mod files;
pub mod lesson;
pub mod model;
pub mod notation;
pub mod observe;
pub mod protocol;
pub mod script;
pub mod serve;
pub mod session;
pub mod text;
pub mod views;
