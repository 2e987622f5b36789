//! What a run is to do: host scripts, the wire's settings and fault rules, kernel settings. Parsing with
//! places; nothing here runs anything.
//!
//! Lessons and the command line's flags both end in a [`Plan`]: flags are turned into the same script
//! text that a lesson holds, so there is one language and one interpreter (`observe::exchange`). How frames and calls
//! are written down, and what is claimed of a run, is [`crate::notation`]'s.

pub mod from_flags;
pub mod option;
pub mod parse;
pub mod placeholders;
pub mod plan;
pub mod rule;
pub mod step;
pub mod sysctl;
pub mod toggle;

pub use from_flags::{CloseStyle, FlagsError, RunFlags, TcpRunFlags, UdpRunFlags};
pub use parse::{VERBS, VerbHelp, parse_steps};
pub use plan::{HostPlan, Plan, ProgramsPlan, WirePlan};
pub use step::{Readiness, RecvMode, SendData, SocketKind, Step, Target, Verb};
pub use toggle::Toggle;
