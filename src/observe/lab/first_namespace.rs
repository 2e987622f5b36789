//! The network namespace that the process began in, which is the machine's: nothing may be set there.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::sync::OnceLock;

use super::error::LabError;

/// The network namespace that this process began in, remembered before any thread of it enters another.
static FIRST: OnceLock<(u64, u64)> = OnceLock::new();

/// Remembers the calling thread's network namespace as the one that the process began in, when none is yet.
///
/// # Errors
/// Of stat.
pub(super) fn remember_first() -> Result<(), LabError> {
    if FIRST.get().is_none() {
        // Another thread may have been faster; it was in the same.
        let _ = FIRST.set(own_net_namespace()?);
    }
    Ok(())
}

/// The calling thread is in another network namespace than the one that the process began in; never so where none
/// is remembered.
///
/// # Errors
/// Of stat.
pub(super) fn has_left_first() -> Result<bool, LabError> {
    let own = own_net_namespace()?;
    Ok(FIRST.get().is_some_and(|first| *first != own))
}

/// Device and inode of the calling thread's network namespace.
fn own_net_namespace() -> Result<(u64, u64), LabError> {
    let path = "/proc/thread-self/ns/net";
    let data = fs::metadata(path).map_err(LabError::step("stat", path))?;
    Ok((data.dev(), data.ino()))
}
