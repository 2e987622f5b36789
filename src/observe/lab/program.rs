//! Foreign programs in a host: what they need of the lab.

use std::io;
use std::process::{Child, Command, Stdio};

use nix::unistd::{Gid, Uid, User, getgrouplist};

use super::enter::{Privileges, Standing};
use crate::model::Host;
use crate::observe::sys::spawn::{As, spawn};

/// What every program of a lab is started with: whom it runs as, and the names that resolve for it.
#[derive(Clone, Debug)]
pub struct Backstage {
    who: As,
    /// The user's name and home, under sudo.
    user: Option<(String, std::path::PathBuf)>,
    hosts: Vec<u8>,
}

impl Backstage {
    pub(super) fn new(privileges: &Privileges, hosts: &[Host], ipv6: bool) -> Self {
        let (uid, gid) = privileges.caller();
        let user = User::from_uid(uid).ok().flatten();
        let who = match privileges.standing() {
            Standing::UserNamespace => As::UsWithCapabilities,
            Standing::Root | Standing::Machine if uid.is_root() => As::Us,
            Standing::Root | Standing::Machine => as_user(uid, gid, user.as_ref()),
        };
        let user = match who {
            As::User { .. } => user.map(|user| (user.name, user.dir)),
            As::Us | As::UsWithCapabilities => None,
        };
        Self {
            who,
            user,
            hosts: hosts_file(hosts, ipv6),
        }
    }

    /// Starts a shell command on the calling thread, which must be a host's; an empty one is a shell, which has the
    /// terminal. Of another, what it writes comes through pipes.
    ///
    /// # Errors
    /// Of fork, mount and exec.
    pub fn start(&self, command: &str, stdin: Stdio) -> io::Result<Child> {
        let shell = std::env::var_os("SHELL").filter(|_| command.is_empty());
        let mut program = Command::new(shell.unwrap_or_else(|| "/bin/sh".into()));
        if !command.is_empty() {
            program
                .args(["-c", command])
                .stdin(stdin)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
        }
        if let Some((name, home)) = &self.user {
            program
                .envs([("USER", name), ("LOGNAME", name)])
                .env("HOME", home);
        }
        spawn(program, self.hosts.clone(), self.who.clone())
    }
}

fn as_user(uid: Uid, gid: Gid, user: Option<&User>) -> As {
    let groups = user
        .and_then(|user| std::ffi::CString::new(user.name.as_str()).ok())
        .and_then(|name| getgrouplist(&name, gid).ok())
        .unwrap_or_else(|| vec![gid]);
    As::User { uid, gid, groups }
}

/// The text of /etc/hosts. With IPv6 wanted the names have only that address: else programs would take IPv4's
/// (RFC 6724 prefers it to a unique local address).
fn hosts_file(hosts: &[Host], ipv6: bool) -> Vec<u8> {
    let mut text = String::from("127.0.0.1 localhost\n::1 localhost\n");
    for host in hosts {
        let v4 = host.ipv4.filter(|_| !ipv6).map(|ip| ip.to_string());
        let v6 = host.ipv6.map(|ip| ip.to_string());
        for address in v4.into_iter().chain(v6) {
            text.push_str(&format!("{address} {}\n", host.name.raw()));
        }
    }
    text.into_bytes()
}
