//! Who called, and becoming that user for good.
//!
//! Root is often lent: by sudo, doas, pkexec. Then everything that is read, written or started for the caller is
//! done as the caller, from the process's first act on: no code has to remember whose file it opens, and no code
//! can regain root. What is kept are the few capabilities that the verb needs ([`Needs`]), none of which opens files.
//!
//! In the order in which the program uses it, while it has one thread:
//!
//! 1. [`become_who_called`], before anything else;
//! 2. [`keep`], when the arguments are parsed.
//!
//! Where nobody lent anything, root stays root and an ordinary user what it is; a binary with file capabilities
//! keeps those of the verb.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::prctl;
use nix::unistd::{Gid, Uid, getresgid, getresuid, setgroups, setresgid, setresuid};

use super::accounts::Account;
use super::sys::{capability, environment};

/// What a verb may keep of what root, or the program's file, lends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it reads and writes files.
    Nothing,
    /// Packet sockets on the machine's own loopback.
    Loopback,
    /// Namespaces, and everything in them.
    Lab,
}

/// The most that any verb keeps.
const MOST: u64 = Needs::Lab.bits();

impl Needs {
    const fn bits(self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Loopback => capability::bits(&[capability::NET_RAW]),
            Self::Lab => capability::bits(&[
                capability::SYS_ADMIN,
                capability::NET_ADMIN,
                capability::NET_RAW,
            ]),
        }
    }
}

/// Why it cannot be told who called, or why this process could not become that user. Each ends the program: going on
/// as root would be the alternative.
#[derive(Debug, thiserror::Error)]
pub enum CallerError {
    /// The program's file is setuid or setgid.
    #[error("real and effective ids differ")]
    SetId,
    /// One of two variables that belong together is not set.
    #[error("{there} is set and {missing} is not")]
    Half {
        /// The one that is set.
        there: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// A variable that holds no id.
    #[error("{name} is no id: {value:?}")]
    NoId {
        /// Name of the environment variable.
        name: &'static str,
        /// What stands in it.
        value: OsString,
    },
    /// A variable that names nobody in the password database.
    #[error("{name} names nobody: {value:?}")]
    Nobody {
        /// Name of the environment variable.
        name: &'static str,
        /// What stands in it.
        value: OsString,
    },
    /// Two of them name different users.
    #[error("{first} and {second} name different users")]
    Differ {
        /// Name of one of the environment variables.
        first: &'static str,
        /// Name of the other.
        second: &'static str,
    },
    /// A system call failed.
    #[error("{operation}: {source}")]
    Step {
        /// Its name, as the manual spells it.
        operation: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
}

/// A user's ids.
type Ids = (Uid, Gid);

/// Becomes who called, for good, where root was lent: groups, ids, environment; of the capabilities only those are left
/// that a verb may need.
///
/// # Errors
/// When it cannot be told for sure who called, or the kernel refuses a step: nothing must be done then.
///
/// # Panics
/// When it is not the first thing that the process does: with a second thread alive.
pub fn become_who_called() -> Result<(), CallerError> {
    let (uids, gids) = (
        getresuid().map_err(step("getresuid"))?,
        getresgid().map_err(step("getresgid"))?,
    );
    if uids.real != uids.effective || gids.real != gids.effective {
        return Err(CallerError::SetId);
    }
    if !uids.effective.is_root() {
        return capability::keep_only(MOST).map_err(step("capset"));
    }
    let lookup = Lookup {
        variable: &|name| std::env::var_os(name),
        by_name: &|name| Account::by_name(name).map(|user| (user.uid, user.gid)),
        by_id: &|uid| Account::by_uid(uid).map(|user| (user.uid, user.gid)),
    };
    match who_lent(&lookup)? {
        Some((uid, gid)) if !uid.is_root() => {
            become_user(uid, gid)?;
            LENT.store(true, Ordering::Relaxed);
        }
        _ => {}
    }
    Ok(())
}

/// Root was lent to who called, and has been given back.
static LENT: AtomicBool = AtomicBool::new(false);

/// Whether an ordinary user called us with root's rights, by sudo or its kin.
#[must_use]
pub fn root_was_lent() -> bool {
    LENT.load(Ordering::Relaxed)
}

/// Gives up what this verb does not need. Root to whom nobody lent anything stays what it is.
///
/// # Errors
/// Of capget and capset.
pub fn keep(needs: Needs) -> Result<(), CallerError> {
    if nix::unistd::geteuid().is_root() {
        return Ok(());
    }
    capability::keep_only(needs.bits()).map_err(step("capset"))
}

/// Lets what is kept survive `execve`, for copies of this program that it starts itself.
///
/// # Errors
/// Of capset and prctl.
pub fn pass_on() -> io::Result<()> {
    if nix::unistd::geteuid().is_root() {
        return Ok(());
    }
    capability::make_ambient()
}

/// Takes a variable out of the environment: what this process starts does not have it.
///
/// # Panics
/// When a second thread is alive.
pub fn forget_variable(name: &str) {
    environment::change(|there| there == name, &[]);
}

/// Where it is found out who called.
struct Lookup<'a> {
    variable: &'a dyn Fn(&str) -> Option<OsString>,
    by_name: &'a dyn Fn(&str) -> Option<Ids>,
    by_id: &'a dyn Fn(Uid) -> Option<Ids>,
}

/// Who was lent root, by the variables that sudo(8), doas(1) and pkexec(1) set; nobody where there are none.
fn who_lent(lookup: &Lookup<'_>) -> Result<Option<Ids>, CallerError> {
    let mut found: Option<(&'static str, Ids)> = None;
    for (name, parsed) in [
        ("SUDO_UID", sudo(lookup)?),
        ("DOAS_USER", doas(lookup)?),
        ("PKEXEC_UID", pkexec(lookup)?),
    ] {
        match (found, parsed) {
            (Some((first, one)), Some(other)) if one.0 != other.0 => {
                return Err(CallerError::Differ {
                    first,
                    second: name,
                });
            }
            (None, Some(ids)) => found = Some((name, ids)),
            _ => {}
        }
    }
    Ok(found.map(|(_, ids)| ids))
}

fn sudo(lookup: &Lookup<'_>) -> Result<Option<Ids>, CallerError> {
    let [uid, gid] = ["SUDO_UID", "SUDO_GID"].map(lookup.variable);
    match (uid, gid) {
        (None, None) => Ok(None),
        (Some(uid), Some(gid)) => Ok(Some((
            Uid::from_raw(number("SUDO_UID", &uid)?),
            Gid::from_raw(number("SUDO_GID", &gid)?),
        ))),
        (Some(_), None) => Err(CallerError::Half {
            there: "SUDO_UID",
            missing: "SUDO_GID",
        }),
        (None, Some(_)) => Err(CallerError::Half {
            there: "SUDO_GID",
            missing: "SUDO_UID",
        }),
    }
}

fn doas(lookup: &Lookup<'_>) -> Result<Option<Ids>, CallerError> {
    let name = "DOAS_USER";
    let Some(value) = (lookup.variable)(name) else {
        return Ok(None);
    };
    let ids = value.to_str().and_then(|user| (lookup.by_name)(user));
    ids.map(Some).ok_or(CallerError::Nobody { name, value })
}

fn pkexec(lookup: &Lookup<'_>) -> Result<Option<Ids>, CallerError> {
    let name = "PKEXEC_UID";
    let Some(value) = (lookup.variable)(name) else {
        return Ok(None);
    };
    let ids = (lookup.by_id)(Uid::from_raw(number(name, &value)?));
    ids.map(Some).ok_or(CallerError::Nobody { name, value })
}

/// An id in decimal. The highest one is no id: it stands for "leave it as it is" in setresuid(2).
fn number(name: &'static str, value: &OsStr) -> Result<u32, CallerError> {
    let digits = value.as_bytes();
    let text = value
        .to_str()
        .filter(|_| digits.iter().all(u8::is_ascii_digit));
    text.and_then(|text| text.parse().ok())
        .filter(|id| *id != u32::MAX)
        .ok_or_else(|| CallerError::NoId {
            name,
            value: value.to_owned(),
        })
}

fn become_user(uid: Uid, gid: Gid) -> Result<(), CallerError> {
    let user = Account::by_uid(uid);
    let had = capability::get().map_err(step("capget"))?;
    let kept = had.permitted & MOST;
    // Before the bounding set is emptied: nothing can be made inheritable behind it.
    capability::set(capability::Capabilities {
        inheritable: kept,
        ..had
    })
    .map_err(step("capset"))?;
    capability::bound_to_none().map_err(step("prctl(PR_CAPBSET_DROP)"))?;
    let groups = user
        .as_ref()
        .map_or_else(|| vec![gid], |user| user.groups(gid));
    setgroups(&groups).map_err(step("setgroups"))?;
    setresgid(gid, gid, gid).map_err(step("setresgid"))?;
    prctl::set_keepcaps(true).map_err(step("prctl(PR_SET_KEEPCAPS)"))?;
    setresuid(uid, uid, uid).map_err(step("setresuid"))?;
    prctl::set_keepcaps(false).map_err(step("prctl(PR_SET_KEEPCAPS)"))?;
    capability::keep_only(kept).map_err(step("capset"))?;
    capability::clear_ambient().map_err(step("prctl(PR_CAP_AMBIENT)"))?;
    // The change of ids made /proc/self root's, and with it the maps of a new user namespace.
    prctl::set_dumpable(true).map_err(step("prctl(PR_SET_DUMPABLE)"))?;
    make_environment(user.as_ref());
    Ok(())
}

/// The environment becomes the caller's: what root's session or the caller said of homes, folders and shells does not
/// count, the password database does. Programs do not learn who lent root.
fn make_environment(user: Option<&Account>) {
    let mut set: Vec<(&str, OsString)> = Vec::new();
    if let Some(user) = user {
        set.extend([
            ("HOME", user.home.clone().into_os_string()),
            ("USER", user.name.clone()),
            ("LOGNAME", user.name.clone()),
        ]);
        if !user.shell.as_os_str().is_empty() {
            set.push(("SHELL", user.shell.clone().into_os_string()));
        }
    }
    environment::change(is_of_the_lender, &set);
}

fn is_of_the_lender(name: &OsStr) -> bool {
    const NAMES: [&[u8]; 7] = [
        b"HOME",
        b"USER",
        b"LOGNAME",
        b"SHELL",
        b"TMPDIR",
        b"DOAS_USER",
        b"PKEXEC_UID",
    ];
    let name = name.as_bytes();
    NAMES.contains(&name) || name.starts_with(b"SUDO_") || name.starts_with(b"XDG_")
}

fn step<E: Into<io::Error>>(operation: &'static str) -> impl FnOnce(E) -> CallerError {
    move |source| CallerError::Step {
        operation,
        source: source.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who lent root in this environment, where the password database knows ada, 1000.
    fn lent(variables: &[(&str, &[u8])]) -> Result<Option<(u32, u32)>, String> {
        let ada = || (Uid::from_raw(1_000), Gid::from_raw(100));
        let lookup = Lookup {
            variable: &|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsStr::from_bytes(value).to_owned())
            },
            by_name: &|name| (name == "ada").then(ada),
            by_id: &|uid| (uid.as_raw() == 1_000).then(ada),
        };
        who_lent(&lookup)
            .map(|ids| ids.map(|(uid, gid)| (uid.as_raw(), gid.as_raw())))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn each_lender_names_the_caller_in_its_own_way() {
        assert_eq!(lent(&[]), Ok(None));
        assert_eq!(
            lent(&[("SUDO_UID", b"7"), ("SUDO_GID", b"8")]),
            Ok(Some((7, 8)))
        );
        assert_eq!(
            lent(&[("SUDO_UID", b"0"), ("SUDO_GID", b"0")]),
            Ok(Some((0, 0)))
        );
        assert_eq!(lent(&[("DOAS_USER", b"ada")]), Ok(Some((1_000, 100))));
        assert_eq!(lent(&[("PKEXEC_UID", b"1000")]), Ok(Some((1_000, 100))));
        let same: [(&str, &[u8]); 3] = [
            ("SUDO_UID", b"1000"),
            ("SUDO_GID", b"5"),
            ("DOAS_USER", b"ada"),
        ];
        assert_eq!(lent(&same), Ok(Some((1_000, 5))));
    }

    #[test]
    fn what_is_not_sure_is_an_error_and_not_root() {
        let unsure: [&[(&str, &[u8])]; 12] = [
            &[("SUDO_UID", b"7")],
            &[("SUDO_GID", b"7")],
            &[("SUDO_UID", b""), ("SUDO_GID", b"8")],
            &[("SUDO_UID", b"7"), ("SUDO_GID", b"x")],
            &[("SUDO_UID", b"+7"), ("SUDO_GID", b"8")],
            &[("SUDO_UID", b"-1"), ("SUDO_GID", b"8")],
            &[("SUDO_UID", b"4294967295"), ("SUDO_GID", b"8")],
            &[("SUDO_UID", b"4294967296"), ("SUDO_GID", b"8")],
            &[("SUDO_UID", b"7\xff"), ("SUDO_GID", b"8")],
            &[("DOAS_USER", b"bob")],
            &[("PKEXEC_UID", b"7")],
            &[
                ("SUDO_UID", b"7"),
                ("SUDO_GID", b"8"),
                ("DOAS_USER", b"ada"),
            ],
        ];
        for variables in unsure {
            assert!(lent(variables).is_err(), "{variables:?}");
        }
    }

    #[test]
    fn of_the_environment_only_what_says_who_and_where_is_left_out() {
        for name in [
            "SUDO_COMMAND",
            "XDG_DATA_HOME",
            "TMPDIR",
            "HOME",
            "DOAS_USER",
        ] {
            assert!(is_of_the_lender(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "LANG", "TERM", "NO_COLOR", "TZ"] {
            assert!(!is_of_the_lender(OsStr::new(name)), "{name}");
        }
    }
}
