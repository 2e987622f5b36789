//! The end of all children, and of theirs, of a process that is their subreaper (PR_SET_CHILD_SUBREAPER): where
//! there is no PID namespace. Allocates nothing.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::fcntl::{OFlag, open, openat};
use nix::sys::stat::Mode;
use nix::unistd::{getpid, read};

/// Kills children and waits for them until there are none: those of a child that has died become ours.
pub(super) fn end() {
    loop {
        kill_all();
        // SAFETY: no status is asked for. It waits for one at least: the others are dying too, or are found next time.
        let waited = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::__WALL) };
        if waited < 0 {
            return;
        }
    }
}

/// Kills every child. Only we wait for them, so each has its number until then and nobody else is hit.
fn kill_all() {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let Ok(proc) = open(c"/proc", flags, Mode::empty()) else {
        return;
    };
    let mut buffer = [0u8; 4096];
    loop {
        // SAFETY: the kernel writes at most the buffer's length.
        let length = unsafe {
            libc::syscall(
                libc::SYS_getdents64,
                proc.as_raw_fd(),
                buffer.as_mut_ptr(),
                buffer.len(),
            )
        };
        let Some(mut entries) = usize::try_from(length)
            .ok()
            .and_then(|length| buffer.get(..length))
        else {
            return;
        };
        if entries.is_empty() {
            return;
        }
        while let Some((name, rest)) = first(entries) {
            kill_if_ours(&proc, name);
            entries = rest;
        }
    }
}

/// The name of the first entry, and the entries after it: `struct linux_dirent64`, whose length is at 16 and whose name
/// is at 19.
fn first(entries: &[u8]) -> Option<(&CStr, &[u8])> {
    let length = usize::from(u16::from_ne_bytes(*entries.get(16..)?.first_chunk()?));
    let name = CStr::from_bytes_until_nul(entries.get(19..length)?).ok()?;
    Some((name, entries.get(length..)?))
}

fn kill_if_ours(proc: &OwnedFd, name: &CStr) {
    let Some(pid) = number(name.to_bytes()) else {
        return;
    };
    if parent(proc, name) == Some(getpid().as_raw()) {
        // SAFETY: two numbers.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
}

/// The parent of the process with this folder in /proc, by its `stat`.
fn parent(proc: &OwnedFd, name: &CStr) -> Option<i32> {
    let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC;
    let folder = openat(
        proc,
        name,
        flags | OFlag::O_PATH | OFlag::O_DIRECTORY,
        Mode::empty(),
    )
    .ok()?;
    let file = openat(&folder, c"stat", flags, Mode::empty()).ok()?;
    let mut text = [0u8; 512];
    let length = read(&file, &mut text).ok()?;
    parent_in(text.get(..length)?)
}

/// The fourth field of proc_pid_stat(5). The second is a name in brackets, with anything in it.
fn parent_in(stat: &[u8]) -> Option<i32> {
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let mut fields = stat.get(name_end + 1..)?.split(|byte| *byte == b' ');
    // Before the first space there is nothing; then comes the state.
    number(fields.nth(2)?)
}

fn number(text: &[u8]) -> Option<i32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_read_whatever_the_name() {
        assert_eq!(parent_in(b"12 (sh) S 7 12 1 0"), Some(7));
        assert_eq!(parent_in(b"12 (a) R 1 (b) S 9 12 1 0"), Some(9));
        assert_eq!(parent_in(b"12 (sh"), None);
        assert_eq!(parent_in(b""), None);
    }

    #[test]
    fn entries_are_taken_apart() {
        let mut two = vec![0u8; 24];
        two[16..18].copy_from_slice(&24u16.to_ne_bytes());
        two[19..21].copy_from_slice(b"12");
        two.extend_from_within(..);
        let (name, rest) = first(&two).expect("an entry");
        assert_eq!((name, rest.len()), (c"12", 24));
        assert_eq!(first(&rest[..20]), None);
        assert_eq!(first(&[]), None);
    }
}
