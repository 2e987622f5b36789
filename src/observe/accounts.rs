//! The machine's users and groups, as `/etc/passwd` and `/etc/group` list them (passwd(5), group(5)).
//!
//! Not by getpwuid(3) and its kin: they load whatever `/etc/nsswitch.conf` names into a process that may hold root's
//! rights, and in a static binary that ends in a crash. Who is listed elsewhere (LDAP, systemd) is known by ids alone.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use nix::unistd::{Gid, Uid};

const USERS: &str = "/etc/passwd";
const GROUPS: &str = "/etc/group";
/// No more than this is read of one of the files, in bytes: half a million users.
const LONGEST: u64 = 64 << 20;
/// A process can be in no more groups than this (`NGROUPS_MAX`).
const MOST_GROUPS: usize = 65_536;

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What it logs in with.
    pub name: OsString,
    /// Its number.
    pub uid: Uid,
    /// The group that it is in without being listed there.
    pub gid: Gid,
    /// Its home folder.
    pub home: PathBuf,
    /// Its shell; empty where the file names none.
    pub shell: PathBuf,
}

impl Account {
    /// The first user of this name; none where the file has none, or can't be read.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        find_line(USERS, |line| {
            account(line).filter(|user| user.name == *name)
        })
    }

    /// The first user of this number; none where the file has none, or can't be read.
    #[must_use]
    pub fn by_uid(uid: Uid) -> Option<Self> {
        find_line(USERS, |line| account(line).filter(|user| user.uid == uid))
    }

    /// What setgroups(2) is given for it, as initgroups(3) would: this group, then those that list its name.
    #[must_use]
    pub fn groups(&self, first: Gid) -> Vec<Gid> {
        let mut groups = vec![first];
        find_line::<()>(GROUPS, |line| {
            let gid = member_of(line, self.name.as_encoded_bytes());
            if let Some(gid) = gid.filter(|gid| !groups.contains(gid)) {
                groups.push(gid);
            }
            (groups.len() == MOST_GROUPS).then_some(())
        });
        groups
    }
}

/// What the first line that has an answer says.
fn find_line<T>(path: &str, mut answer: impl FnMut(&[u8]) -> Option<T>) -> Option<T> {
    let file = File::open(path).ok()?;
    let lines = BufReader::new(file.take(LONGEST)).split(b'\n');
    lines.map_while(Result::ok).find_map(|line| answer(&line))
}

/// `name:password:uid:gid:comment:home:shell`.
fn account(line: &[u8]) -> Option<Account> {
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
    let &[name, _, uid, gid, _, home, shell] = fields.as_slice() else {
        return None;
    };
    Some(Account {
        name: OsString::from_vec(name.to_vec()),
        uid: Uid::from_raw(id(uid)?),
        gid: Gid::from_raw(id(gid)?),
        home: OsString::from_vec(home.to_vec()).into(),
        shell: OsString::from_vec(shell.to_vec()).into(),
    })
}

/// `name:password:gid:user,user`: the group, where the user of this name is listed.
fn member_of(line: &[u8], name: &[u8]) -> Option<Gid> {
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
    let &[_, _, gid, members] = fields.as_slice() else {
        return None;
    };
    let listed = members
        .split(|byte| *byte == b',')
        .any(|member| member == name);
    listed.then_some(Gid::from_raw(id(gid)?))
}

/// An id in decimal. The highest one is none: it stands for "leave it as it is" in setresuid(2).
fn id(field: &[u8]) -> Option<u32> {
    let digits = !field.is_empty() && field.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(field).ok().filter(|_| digits)?;
    text.parse().ok().filter(|id| *id != u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_passwd_is_an_account_or_nothing() {
        let ada = account(b"ada:x:1000:100:Ada L.,,,:/home/ada:/bin/sh").expect("seven fields");
        assert_eq!(ada.name, "ada");
        assert_eq!((ada.uid.as_raw(), ada.gid.as_raw()), (1_000, 100));
        assert_eq!(ada.home, PathBuf::from("/home/ada"));
        assert_eq!(ada.shell, PathBuf::from("/bin/sh"));
        let bare = account(b"ada:x:1000:100::/:").expect("seven fields");
        assert_eq!(bare.shell, PathBuf::new());
        for line in [
            &b""[..],
            b"# comment",
            b"+::::::",
            b"ada:x:1000:100::/home/ada",
            b"ada:x:-1:100::/:/bin/sh",
            b"ada:x:+1:100::/:/bin/sh",
            b"ada:x:4294967295:100::/:/bin/sh",
            b"ada:x:0 :100::/:/bin/sh",
            b"ada:x:1000:100::/:/bin/sh:more",
        ] {
            assert_eq!(account(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_group_lists_its_members_by_their_whole_names() {
        let line = b"wireshark:x:120:ada,bob";
        assert_eq!(member_of(line, b"ada"), Some(Gid::from_raw(120)));
        assert_eq!(member_of(line, b"bob"), Some(Gid::from_raw(120)));
        assert_eq!(member_of(line, b"ad"), None);
        assert_eq!(member_of(b"empty:x:5:", b"ada"), None);
        assert_eq!(member_of(b"odd:x:five:ada", b"ada"), None);
    }

    #[test]
    fn root_is_found_in_this_machine_s_files() {
        let root = Account::by_uid(Uid::from_raw(0)).expect("root has an account");
        assert_eq!(Account::by_name("root"), Some(root.clone()));
        assert_eq!(root.groups(root.gid).first(), Some(&root.gid));
    }
}
