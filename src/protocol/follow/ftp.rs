//! Connections that an FTP session announces before they open (RFC 959, RFC 2428).
//!
//! Wireshark knows such a connection before its first segment, and so does not count its SYN into the
//! connection's completeness. The announcement is the first line of a segment on the control connection: the client's `PORT`,
//! the server's reply 227 or 229. As there, what `PORT` announces comes from the server's data port only, and `EPRT`
//! announces nothing.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};

use crate::model::Endpoint;

/// The control connection's port at the server.
const FTP: u16 = 21;

/// From where the server connects to what `PORT` named, as RFC 959 has it; many servers take another.
const FTP_DATA: u16 = 20;

/// How many announcements wait for their connection; the eldest gives way.
const PENDING: usize = 64;

/// Announced, not yet opened.
#[derive(Clone, Debug, Default)]
pub(super) struct FtpAnnouncements {
    pending: VecDeque<Announcement>,
}

/// A connection that is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Announcement {
    /// Will be connected to.
    listens: Endpoint,
    /// Will connect: from this address,
    from: IpAddr,
    /// and from this port, or from any.
    port: Option<u16>,
}

impl Announcement {
    fn is_between(&self, one: Endpoint, other: Endpoint) -> bool {
        let connects =
            |end: Endpoint| end.addr == self.from && self.port.is_none_or(|port| port == end.port);
        (self.listens == one && connects(other)) || (self.listens == other && connects(one))
    }
}

impl FtpAnnouncements {
    /// Reads a segment's payload.
    #[cold]
    pub(super) fn read(&mut self, from: Endpoint, to: Endpoint, payload: &[u8]) {
        if !may_announce(&from, &to, !payload.is_empty()) {
            return;
        }
        let end = payload
            .iter()
            .position(|&byte| byte == b'\r' || byte == b'\n');
        let Ok(line) = std::str::from_utf8(&payload[..end.unwrap_or(payload.len())]) else {
            return;
        };
        let (found, port) = if to.port == FTP {
            (command(line), Some(FTP_DATA))
        } else {
            (reply(line, from.addr), None)
        };
        let Some(listens) = found else {
            return;
        };
        let announced = Announcement {
            listens,
            from: to.addr,
            port,
        };
        if !self.pending.contains(&announced) {
            if self.pending.len() == PENDING {
                self.pending.pop_front();
            }
            self.pending.push_back(announced);
        }
    }

    /// A connection between these endpoints opens: was it announced?
    #[inline]
    pub(super) fn take(&mut self, one: Endpoint, other: Endpoint) -> bool {
        if self.pending.is_empty() {
            return false;
        }
        let mut pending = self.pending.iter();
        match pending.position(|announced| announced.is_between(one, other)) {
            Some(at) => self.pending.remove(at).is_some(),
            None => false,
        }
    }
}

/// A segment with this payload has to be read: it may announce a connection.
#[inline]
pub(super) const fn may_announce(from: &Endpoint, to: &Endpoint, payload: bool) -> bool {
    payload && (from.port == FTP || to.port == FTP)
}

/// `PORT h1,h2,h3,h4,p1,p2`.
fn command(line: &str) -> Option<Endpoint> {
    let (word, rest) = line.split_once(' ')?;
    let port = word.eq_ignore_ascii_case("PORT");
    port.then(|| six(rest)).flatten()
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
        let lines: [(bool, &[u8], &str, &str); 5] = [
            (
                true,
                b"PORT 10,0,0,1,200,10\r\n",
                "10.0.0.2:20",
                "10.0.0.1:51210",
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
    fn what_a_client_announces_comes_from_the_data_port() {
        let (client, server) = (end("10.0.0.1:40000"), end("10.0.0.2:21"));
        let mut announced = FtpAnnouncements::default();
        announced.read(client, server, b"PORT 10,0,0,1,200,10\r\n");
        let listens = end("10.0.0.1:51210");
        assert!(!announced.take(end("10.0.0.2:61920"), listens));
        assert!(!announced.take(end("10.0.0.3:20"), listens));
        assert!(announced.take(end("10.0.0.2:20"), listens));
    }

    #[test]
    fn what_is_no_announcement_is_passed_over() {
        let (client, server) = (end("10.0.0.1:40000"), end("10.0.0.2:21"));
        let mut announced = FtpAnnouncements::default();
        for line in [
            &b"PORT 10,0,0,1,200"[..],
            b"PORT 10,0,0,1,200,300",
            b"EPRT |1|10.0.0.1|51211|\r\n",
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
