//! Foreign programs in a host: what they need of the lab.

use std::io;
use std::process::{Child, Command, Stdio};

use super::enter::{Privileges, Standing};
use crate::model::Host;
use crate::observe::sys::spawn::{As, spawn};

/// What every program of a lab is started with: whom it runs as, and the names that resolve for it.
#[derive(Clone, Debug)]
pub struct Backstage {
    who: As,
    hosts: Vec<u8>,
}

impl Backstage {
    pub(super) fn new(privileges: &Privileges, hosts: &[Host], ipv6: bool) -> Self {
        let who = match privileges.standing() {
            Standing::UserNamespace => As::UsWithCapabilities,
            Standing::Root | Standing::Machine => As::Us,
            Standing::KeptCapabilities => As::UsWithoutCapabilities,
        };
        Self {
            who,
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
        spawn(program, self.hosts.clone(), self.who.clone())
    }
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
