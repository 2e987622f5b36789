//! Connections that an FTP session announces before they open (RFC 959 §4.1.2, RFC 2428).
//!
//! Wireshark knows such a connection before its first segment, and so does not count its SYN into the
//! connection's completeness. The announcement is the first line of a segment on the control connection: the client's `PORT`
//! or `EPRT`, the server's reply 227 or 229.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};

use crate::model::Endpoint;

/// The control connection's port at the server.
const FTP: u16 = 21;

/// How many announcements wait for their connection; the eldest gives way.
const PENDING: usize = 64;

/// Announced, not yet opened: the endpoint that will be connected to, and from which address.
#[derive(Clone, Debug, Default)]
pub(super) struct FtpAnnouncements {
    pending: VecDeque<(Endpoint, IpAddr)>,
}

impl FtpAnnouncements {
    /// Reads a segment's payload.
    #[cold]
    pub(super) fn read(&mut self, from: Endpoint, to: Endpoint, payload: &[u8]) {
        if !may_announce(&from, &to, payload) {
            return;
        }
        let end = payload
            .iter()
            .position(|&byte| byte == b'\r' || byte == b'\n');
        let Ok(line) = std::str::from_utf8(&payload[..end.unwrap_or(payload.len())]) else {
            return;
        };
        let found = if to.port == FTP {
            command(line, from.addr)
        } else {
            reply(line, from.addr)
        };
        let Some(listens) = found else {
            return;
        };
        let pair = (listens, to.addr);
        if !self.pending.contains(&pair) {
            if self.pending.len() == PENDING {
                self.pending.pop_front();
            }
            self.pending.push_back(pair);
        }
    }

    /// A connection between these endpoints opens: was it announced?
    #[inline]
    pub(super) fn take(&mut self, one: Endpoint, other: Endpoint) -> bool {
        if self.pending.is_empty() {
            return false;
        }
        let is = |&(listens, from): &(Endpoint, IpAddr)| {
            (listens == one && from == other.addr) || (listens == other && from == one.addr)
        };
        match self.pending.iter().position(is) {
            Some(at) => self.pending.remove(at).is_some(),
            None => false,
        }
    }
}

/// A segment with this payload has to be read: it may announce a connection.
#[inline]
pub(super) const fn may_announce(from: &Endpoint, to: &Endpoint, payload: &[u8]) -> bool {
    (from.port == FTP || to.port == FTP) && !payload.is_empty()
}

/// `PORT h1,h2,h3,h4,p1,p2` or `EPRT |family|address|port|`.
fn command(line: &str, client: IpAddr) -> Option<Endpoint> {
    let (word, rest) = line.split_once(' ')?;
    if word.eq_ignore_ascii_case("PORT") {
        six(rest)
    } else if word.eq_ignore_ascii_case("EPRT") {
        let mut parts = rest.trim().split(rest.trim().chars().next()?).skip(1);
        let _family = parts.next()?;
        let address: IpAddr = parts.next()?.parse().unwrap_or(client);
        Some(Endpoint::new(address, parts.next()?.parse().ok()?))
    } else {
        None
    }
}

/// `227 … (h1,h2,h3,h4,p1,p2)` or `229 … (|||port|)`.
fn reply(line: &str, server: IpAddr) -> Option<Endpoint> {
    let (code, rest) = line.split_at_checked(4)?;
    match code {
        "227 " => {
            let begin = rest.find(|c: char| c == '(' || c.is_ascii_digit())?;
            six(rest[begin..].trim_start_matches('('))
        }
        "229 " => {
            let inside = rest.split_once('(')?.1;
            let port = inside.split(inside.chars().next()?).nth(3)?;
            Some(Endpoint::new(server, port.parse().ok()?))
        }
        _ => None,
    }
}

/// Six numbers of a byte each: an address and a port.
fn six(text: &str) -> Option<Endpoint> {
    let mut bytes = text.splitn(6, ',').map(|part| {
        let digits = part.trim_start();
        let end = digits.find(|c: char| !c.is_ascii_digit());
        digits[..end.unwrap_or(digits.len())].parse::<u8>().ok()
    });
    let mut next = || bytes.next().flatten();
    let address = Ipv4Addr::new(next()?, next()?, next()?, next()?);
    let port = u16::from_be_bytes([next()?, next()?]);
    Some(Endpoint::new(address.into(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Endpoint {
        text.parse::<std::net::SocketAddr>()
            .expect("endpoint")
            .into()
    }

    #[test]
    fn announcements_are_read_and_used_once() {
        let (client, server) = (end("10.0.0.1:40000"), end("10.0.0.2:21"));
        let lines: [(bool, &[u8], &str, &str); 6] = [
            (
                true,
                b"PORT 10,0,0,1,200,10\r\n",
                "10.0.0.2:20",
                "10.0.0.1:51210",
            ),
            (
                true,
                b"eprt |1|10.0.0.1|51211|\r\n",
                "10.0.0.2:20",
                "10.0.0.1:51211",
            ),
            (
                false,
                b"227 Entering Passive Mode (10,0,0,2,4,1).\r\n",
                "10.0.0.1:9",
                "10.0.0.2:1025",
            ),
            (
                false,
                b"227 Passive 10,0,0,2,4,2\r\n",
                "10.0.0.1:9",
                "10.0.0.2:1026",
            ),
            (
                false,
                b"229 Entering Extended Passive Mode (|||1027|)\r\n",
                "10.0.0.1:9",
                "10.0.0.2:1027",
            ),
            (
                false,
                b"229 Entering Extended Passive Mode (|||1028|)",
                "10.0.0.1:9",
                "10.0.0.2:1028",
            ),
        ];
        let mut announced = FtpAnnouncements::default();
        for (from_client, line, one, other) in lines {
            let (from, to) = if from_client {
                (client, server)
            } else {
                (server, client)
            };
            announced.read(from, to, line);
            assert!(!announced.take(end(one), end("10.0.0.2:7")), "{one}");
            assert!(announced.take(end(one), end(other)), "{other}");
            assert!(!announced.take(end(one), end(other)), "used: {other}");
        }
    }

    #[test]
    fn what_is_no_announcement_is_passed_over() {
        let (client, server) = (end("10.0.0.1:40000"), end("10.0.0.2:21"));
        let mut announced = FtpAnnouncements::default();
        for line in [
            &b"PORT 10,0,0,1,200"[..],
            b"PORT 10,0,0,1,200,300",
            b"EPRT",
            b"EPRT |",
            b"\xff\xfe",
            b"PORT ",
        ] {
            announced.read(client, server, line);
            announced.read(server, client, line);
        }
        for line in [
            &b"229 ("[..],
            b"229 no",
            b"227 ",
            b"229 (|||x|)",
            "22\u{e9} (".as_bytes(),
        ] {
            announced.read(server, client, line);
        }
        assert!(announced.pending.is_empty());
    }
}
