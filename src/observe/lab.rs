//! The lab: hosts in network namespaces of their own, the wire between them, and the kernel's word about
//! their connections.
//!
//! In the order in which a run uses it, all in one process and each step once:
//!
//! 1. [`enter()`] while the process has one thread: the right to make namespaces (as an ordinary user through
//!    a user namespace), and the [`watcher`] process that cleans up however we die.
//! 2. [`Lab::set_up`]: a thread per host, pinned in its namespace; veth pairs, addresses, kernel settings.
//! 3. [`Lab::start_wire`]: the relay takes frames from now on; every frame has a fate.
//! 4. [`HostThread::run`] and friends: whatever is done there belongs to that host.
//! 5. [`Lab::down`].
//!
//! Nothing of it has a name outside: no `/run/netns`, no interface and no rule on the user's machine.

pub mod doctor;
pub mod enter;
pub mod error;
pub mod fates;
mod first_namespace;
mod follower;
pub mod host;
mod ipv6_ready;
pub mod kernel;
mod links;
mod processor;
mod program;
mod route;
mod settings;
mod setup;
mod terminal;
pub mod watcher;
pub mod wire;

pub use enter::{Privileges, RightsOrigin, enter, enter_machine};
pub use error::{LabError, Refusal, Unwritten};
pub use follower::{Follower, Following};
pub use host::{HostThread, PendingJob};
pub use kernel::Kernel;
pub use program::{Program, ProgramEnv, kernel_ends_programs};
pub use settings::has_congestion_control;
pub use setup::Lab;
pub use wire::{Counters, WireHandle};
