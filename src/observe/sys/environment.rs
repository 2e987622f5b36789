//! The process's environment variables, changed (environ(7)).

use std::ffi::{OsStr, OsString};

/// Takes out the variables that `goes` names, then sets those of `set`.
///
/// # Panics
/// When a second thread is alive, which might be reading them.
pub fn change(goes: impl Fn(&OsStr) -> bool, set: &[(&str, OsString)]) {
    let alone = super::process::thread_count().is_ok_and(|count| count == 1);
    assert!(alone, "invariant: changed before any thread is started");
    for (name, _) in std::env::vars_os().filter(|(name, _)| goes(name)) {
        // SAFETY: there is no other thread.
        unsafe { std::env::remove_var(name) };
    }
    for (name, value) in set {
        // SAFETY: as above.
        unsafe { std::env::set_var(name, value) };
    }
}
