//! The scripts of a UDP exchange.

use super::{FlagsError, LARGEST_DATAGRAM_V4, LARGEST_DATAGRAM_V6, ScriptText, Scripts, pattern};
use crate::notation::lexer::quote;
use crate::script::UdpRunFlags;

impl UdpRunFlags {
    /// The scripts of this exchange.
    ///
    /// # Errors
    /// When a datagram is larger than one can be, or `chunk` has nothing to cut.
    pub fn scripts(&self, ipv6: bool) -> Result<Scripts, FlagsError> {
        let most = if ipv6 {
            LARGEST_DATAGRAM_V6
        } else {
            LARGEST_DATAGRAM_V4
        };
        if self.chunk.is_some() && self.bytes == 0 {
            return Err(FlagsError::Needs("--chunk", "--bytes"));
        }
        let pieces = self.bytes.min(self.chunk.unwrap_or(self.bytes));
        let largest = self
            .messages
            .iter()
            .map(|message| message.len() as u64)
            .max();
        let len = pieces.max(largest.unwrap_or(0));
        if len > most {
            return Err(FlagsError::DatagramTooLarge { len, most });
        }
        let mut client = ScriptText::default();
        let mut server = ScriptText::default();
        for side in [&mut client, &mut server] {
            side.add("socket udp");
            for (name, value) in [("SO_RCVBUF", self.rcvbuf), ("SO_SNDBUF", self.sndbuf)] {
                if let Some(value) = value {
                    side.add(format!("set {name} {value}"));
                }
            }
        }
        server.add(format!("bind :{}", self.port));
        server.add(format!("recvfrom until quiet buffer {}", self.recv_buffer));
        server.add("close");
        for message in &self.messages {
            client.add(format!("sendto :{} {}", self.port, quote(message)));
        }
        if self.bytes > 0 {
            client.add(pattern(
                &format!("sendto :{}", self.port),
                self.bytes,
                self.chunk,
            ));
        }
        client.add("close");
        Ok([client.0, server.0])
    }
}
