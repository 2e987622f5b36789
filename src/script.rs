//! What a run is to do: host scripts, the wire's settings, frame patterns, expectations. Parsing with
//! places; nothing here runs anything.
//!
//! Lessons and the command line's flags both end in a [`Plan`]: flags are turned into the same script
//! text that a lesson holds, so there is one language and one interpreter (`observe::exchange`).

pub mod call;
pub mod expect;
pub mod fill;
pub mod filter;
pub mod from_flags;
pub mod mistake;
pub mod number;
pub mod option;
pub mod parse;
pub mod pattern;
pub mod plan;
pub mod rule;
pub mod sight;
pub mod step;
pub mod switch;
pub mod sysctl;
pub mod words;

pub use expect::{Claim, Expectation};
pub use filter::Filter;
pub use from_flags::{Close, FlagsError, RunFlags, TcpFlags, UdpFlags};
pub use mistake::{Mistake, nearest};
pub use parse::{VERBS, VerbHelp, parse_steps};
pub use pattern::Pattern;
pub use plan::{HostPlan, Plan, Wire};
pub use sight::Sight;
pub use step::{Data, Readiness, RecvMode, Sock, Step, Target, Verb};
pub use switch::Switch;
