//! The shared nouns: the facts of a run and the values they are made of.
//!
//! Facts are what was *observed*: a frame at a vantage, a call, a kernel's word about a state, what the
//! wire did to a frame. Nothing here is computed from other facts (that is `protocol::follow` and
//! `explain`), and nothing here is worded for people (that is `views` with `text`). `Display` is
//! given only where the field has one standard spelling: RFC 9293's state names, an endpoint.

pub mod call;
pub mod endpoint;
pub mod fact;
pub mod fate;
pub mod frame;
pub mod host;
pub mod host_drop;
pub mod number;
pub mod outcome;
pub mod program;
pub mod seq;
pub mod setting;
pub mod state;
pub mod time;
pub mod untrusted;

pub use call::{
    Arg, Call, CallId, CallName, CallResult, CallSite, ReturnSeen, Returned, SocketEnds,
};
pub use endpoint::Endpoint;
pub use fact::Fact;
pub use fate::{Apart, Delivery, Fate, Verdict};
pub use frame::{Direction, Frame, Hole, HoleKind, LinkType, Vantage};
pub use host::{Host, HostId};
pub use host_drop::{DropReason, HostDrop};
pub use outcome::{Outcome, Trouble};
pub use program::{EndReason, EndedBy, LeftSocket, ProcessEvent, ProcessSeen, ProgramEnd, Unseen};
pub use seq::Seq;
pub use setting::Setting;
pub use state::{StateSeen, TcpInfo, TcpState, Trigger};
pub use time::{Span, Time};
pub use untrusted::Untrusted;
