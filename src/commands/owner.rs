//! Whose a file is that is written under sudo: who called it.

use nix::unistd::{Gid, Uid, geteuid};

/// Who called sudo, when somebody did.
#[must_use]
pub fn caller_of_sudo() -> Option<(Uid, Gid)> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u32>().ok();
    if !geteuid().is_root() {
        return None;
    }
    Some((
        Uid::from_raw(number("SUDO_UID")?),
        Gid::from_raw(number("SUDO_GID")?),
    ))
}
