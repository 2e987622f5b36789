//! When a host's IPv6 address is really there.
//!
//! An address that skips duplicate address detection can be bound to at once, but the kernel answers for it only
//! when a work queue has come round to it, after the link's state has been noticed and whenever the lock of all
//! network changes is free: milliseconds, or hundreds of them where other labs are being taken down. Until
//! then a SYN to it is thrown away without a word. The sign is the local route for the address (`RTN_LOCAL`),
//! which is made last; the kernel announces it.

use std::fs;
use std::io;
use std::net::Ipv6Addr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::error::LabError;

/// `RTNLGRP_IPV6_ROUTE` as a bit of the groups to listen to.
const IPV6_ROUTES: u32 = 1 << 10;
/// `RTF_LOCAL` of include/uapi/linux/ipv6_route.h.
const LOCAL: u32 = 0x8000_0000;
/// How long the kernel may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// In a host's thread: waits until its kernel answers for its address.
///
/// # Errors
/// Of the netlink socket; `TimedOut` when the route does not come.
pub(super) fn wait_for(address: Ipv6Addr) -> Result<(), LabError> {
    answers_for(address).map_err(LabError::step("IPv6 address", address.to_string()))
}

fn answers_for(address: Ipv6Addr) -> io::Result<()> {
    // Listening begins before the first look, so that no route is made unseen in between.
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind(&SocketAddr::new(0, IPV6_ROUTES))?;
    socket.set_non_blocking(true)?;
    let until = Instant::now() + PATIENCE;
    let mut buffer = vec![0; 4096];
    loop {
        let table = fs::read_to_string("/proc/thread-self/net/ipv6_route")?;
        if has_local_route(&table, address) {
            return Ok(());
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        wait_for_news(&socket, left)?;
        // Which route it was about does not matter: the table is looked at again.
        while socket.recv(&mut &mut buffer[..], 0).is_ok() {}
    }
}

fn wait_for_news(socket: &Socket, at_most: Duration) -> io::Result<()> {
    let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
    let ms = u16::try_from(at_most.as_millis()).unwrap_or(u16::MAX);
    poll(&mut fds, PollTimeout::from(ms.max(1)))?;
    Ok(())
}

/// The table (/proc/net/ipv6_route) holds the local route of an address.
fn has_local_route(table: &str, address: Ipv6Addr) -> bool {
    let wanted = format!("{:032x}", u128::from(address));
    table.lines().any(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let flags = fields
            .get(8)
            .and_then(|flags| u32::from_str_radix(flags, 16).ok());
        fields.first() == Some(&wanted.as_str())
            && fields.get(1) == Some(&"80")
            && flags.is_some_and(|flags| flags & LOCAL != 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_route_is_told_from_others() {
        let table = "\
            fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001     eth0\n\
            fd000000000000000000000000000002 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 80200001     eth0\n";
        let address = |last: u16| Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last);
        assert!(has_local_route(table, address(2)));
        assert!(!has_local_route(table, address(1)));
        assert!(
            !has_local_route(table, address(0)),
            "a prefix's route is not local"
        );
        assert!(!has_local_route("", address(2)));
    }
}
