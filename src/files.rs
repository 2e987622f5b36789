//! pcap and pcapng, gzip and zstd, over `Read` and `Write`; facts to blocks and back. No path, no kernel.
//!
//! - [`read::Reader`] gives the facts of any capture, streaming: frames of somebody else's file, or all facts of
//!   a recording of ours
//! - [`pcapng::Recorder`] saves a stream of facts as a pcapng file that is valid at any moment
//! - [`comment()`] copies a capture and adds packet comments
//!
//! Why not the pcap-parser crate for reading: what is asked for is the last whole packet of a damaged or growing
//! file with the offset of what follows, several sections, the "modified" variants of pcap and snoop, and one
//! buffer for all of them at the speed of the disk. The hot loop is a bounds check and a few loads per packet, less code than
//! the glue would be. The tests read with pcap-parser what we write, as a second opinion.

mod batch;
mod comment;
mod dedup;
mod error;
mod input;
mod pcap;
pub mod pcapng;
pub mod read;
mod record;
mod snoop;
mod stored_fact;

pub use batch::Batch;
pub use comment::{CommentError, comment};
pub use error::{ReadError, Warning, WarningKind};
pub use input::Limits;
pub use read::{ReadStep, Reader};
