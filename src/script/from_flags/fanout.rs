//! The scripts of a one-to-many exchange: the same messages to several receivers, by broadcast, to a group, or over a
//! connection to each.

use super::{
    FlagsError, LARGEST_DATAGRAM_V4, LARGEST_DATAGRAM_V6, NamedScript, SERVERS_BACKLOG, ScriptText,
    pattern,
};
use crate::notation::lexer::quote;

/// The group that receivers join: of the scope that stays on site (RFC 2365 §6.1).
const GROUP_V4: &str = "239.255.70.70";
/// The same over IPv6: a transient address of site-local scope (RFC 4291 §2.7).
const GROUP_V6: &str = "ff15::7070";

/// How several receivers are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FanoutMode {
    /// One datagram to 255.255.255.255. IPv6 has no broadcast.
    Broadcast,
    /// One datagram to a group that the receivers have joined.
    Multicast,
    /// A TCP connection to each receiver, all at once.
    Connections,
}

/// What `sockscope compare --to-many` was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FanoutFlags {
    /// Texts to send, each in one call.
    pub messages: Vec<String>,
    /// Bytes of a pattern, after the messages; 0 for none.
    pub bytes: u64,
    /// Size of the sends that `bytes` are handed over in; none: one send.
    pub chunk: Option<u64>,
    /// The receivers' port.
    pub port: u16,
    /// Size of the buffer handed to each receiving call.
    pub recv_buffer: u32,
    /// How many hosts receive what the one sends.
    pub receivers: u8,
    /// Over IPv6.
    pub ipv6: bool,
}

impl FanoutFlags {
    /// The names of the hosts: `client`, `server`, `server2`, `server3` …
    #[must_use]
    pub fn hosts(receivers: u8) -> Vec<String> {
        let more = (2..=receivers).map(|number| format!("server{number}"));
        let first = ["client", "server"].map(str::to_owned);
        first.into_iter().chain(more).collect()
    }

    /// The scripts, the client's first.
    ///
    /// # Errors
    /// When a datagram is larger than one can be, or `chunk` has nothing to cut.
    pub fn scripts(&self, reach: FanoutMode) -> Result<Vec<NamedScript>, FlagsError> {
        self.check()?;
        let mut hosts = Self::hosts(self.receivers).into_iter();
        let client = hosts.next().unwrap_or_default();
        let servers: Vec<String> = hosts.collect();
        let (sender, receiver) = match reach {
            FanoutMode::Broadcast => (
                self.sends("sendto broadcast", "set SO_BROADCAST on"),
                self.receives(None),
            ),
            FanoutMode::Multicast => {
                let (group, join) = if self.ipv6 {
                    (GROUP_V6, "IPV6_JOIN_GROUP")
                } else {
                    (GROUP_V4, "IP_ADD_MEMBERSHIP")
                };
                let target = if self.ipv6 {
                    format!("sendto [{group}]")
                } else {
                    format!("sendto {group}")
                };
                let join = format!("set {join} {group}");
                (self.sends(&target, ""), self.receives(Some(&join)))
            }
            FanoutMode::Connections => (self.connects(&servers), self.accepts()),
        };
        let mut scripts = vec![(client, sender)];
        scripts.extend(servers.into_iter().map(|name| (name, receiver.clone())));
        Ok(scripts)
    }

    fn check(&self) -> Result<(), FlagsError> {
        let most = if self.ipv6 {
            LARGEST_DATAGRAM_V6
        } else {
            LARGEST_DATAGRAM_V4
        };
        if self.chunk.is_some() && self.bytes == 0 {
            return Err(FlagsError::Needs("--chunk", "--bytes"));
        }
        let texts = self.messages.iter().map(|message| message.len() as u64);
        let pieces = self.bytes.min(self.chunk.unwrap_or(self.bytes));
        let len = texts.max().unwrap_or(0).max(pieces);
        if len > most {
            return Err(FlagsError::DatagramTooLarge { len, most });
        }
        Ok(())
    }

    /// Every message as a datagram.
    fn sends(&self, target: &str, before: &str) -> String {
        let mut lines = ScriptText::default();
        lines.add("socket udp");
        if !before.is_empty() {
            lines.add(before);
        }
        self.say(&format!("{target}:{}", self.port), &mut lines);
        lines.add("close");
        lines.0
    }

    fn receives(&self, join: Option<&str>) -> String {
        let mut lines = ScriptText::default();
        lines.add("socket udp");
        lines.add(format!("bind any:{}", self.port));
        if let Some(join) = join {
            lines.add(join);
        }
        lines.add(format!("recvfrom until quiet buffer {}", self.recv_buffer));
        lines.add("close");
        lines.0
    }

    /// A connection to each receiver in a thread of its own, so that none waits for another's handshake; without
    /// Nagle's algorithm, so that a message is a segment as it is a datagram elsewhere.
    fn connects(&self, servers: &[String]) -> String {
        let mut lines = ScriptText::default();
        for server in servers {
            let socket = format!("to-{server}:");
            lines.add("spawn");
            lines.add(format!("{socket} socket tcp"));
            lines.add(format!("{socket} set TCP_NODELAY on"));
            lines.add(format!("{socket} connect {server}:{}", self.port));
            self.say(&format!("{socket} send"), &mut lines);
            lines.add(format!("{socket} shutdown write"));
            lines.add(format!(
                "{socket} recv until eof buffer {}",
                self.recv_buffer
            ));
            lines.add(format!("{socket} close"));
            lines.add("end");
        }
        lines.add("join");
        lines.0
    }

    fn accepts(&self) -> String {
        let mut lines = ScriptText::default();
        lines.add(format!("listen {} backlog {SERVERS_BACKLOG}", self.port));
        lines.add("accept");
        lines.add(format!("recv until eof buffer {}", self.recv_buffer));
        lines.add("quickack");
        lines.add("close");
        lines.0
    }

    fn say(&self, verb: &str, lines: &mut ScriptText) {
        for message in &self.messages {
            lines.add(format!("{verb} {}", quote(message)));
        }
        if self.bytes > 0 {
            lines.add(pattern(verb, self.bytes, self.chunk));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::script::from_flags::fanout::*;
    use crate::script::parse_steps;

    fn flags(ipv6: bool) -> FanoutFlags {
        FanoutFlags {
            messages: vec!["one".to_owned()],
            bytes: 10,
            chunk: Some(4),
            port: 7070,
            recv_buffer: 1024,
            receivers: 3,
            ipv6,
        }
    }

    #[test]
    fn every_way_parses_and_has_a_host_for_each_receiver() {
        for ipv6 in [false, true] {
            for reach in [
                FanoutMode::Broadcast,
                FanoutMode::Multicast,
                FanoutMode::Connections,
            ] {
                let scripts = flags(ipv6).scripts(reach).expect("scripts");
                let names: Vec<&str> = scripts.iter().map(|(name, _)| &**name).collect();
                assert_eq!(names, ["client", "server", "server2", "server3"]);
                for (_, text) in &scripts {
                    parse_steps(text).expect(text);
                }
            }
        }
    }

    #[test]
    fn a_datagram_is_sent_once_and_a_connection_carries_the_messages_each() {
        let sender = |reach| flags(false).scripts(reach).expect("scripts")[0].1.clone();
        let count = |text: &str, what: &str| text.matches(what).count();
        let broadcast = sender(FanoutMode::Broadcast);
        assert_eq!(
            broadcast,
            "socket udp\nset SO_BROADCAST on\nsendto broadcast:7070 \"one\"\n\
             sendto broadcast:7070 10 bytes chunk 4\nclose\n"
        );
        assert_eq!(
            count(&sender(FanoutMode::Multicast), "239.255.70.70:7070"),
            2
        );
        let tcp = sender(FanoutMode::Connections);
        assert_eq!((count(&tcp, "connect "), count(&tcp, "\"one\"")), (3, 3));
    }

    #[test]
    fn what_is_too_large_for_a_datagram_is_refused() {
        let mut large = flags(false);
        large.chunk = None;
        large.bytes = LARGEST_DATAGRAM_V4 + 1;
        let refused = FlagsError::DatagramTooLarge {
            len: LARGEST_DATAGRAM_V4 + 1,
            most: LARGEST_DATAGRAM_V4,
        };
        assert_eq!(large.scripts(FanoutMode::Multicast), Err(refused));
    }
}
