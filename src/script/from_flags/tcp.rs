//! The scripts of a TCP exchange. What decides each close stands at the head of [`super`].

use super::{FlagsError, ScriptText, Scripts, pattern};
use crate::notation::lexer::quote;
use crate::script::placeholders::mirrored;
use crate::script::{CloseStyle, TcpRunFlags};

impl TcpRunFlags {
    /// The scripts of this exchange.
    ///
    /// # Errors
    /// When the flags contradict each other or cannot be kept.
    pub fn scripts(&self) -> Result<Scripts, FlagsError> {
        self.check()?;
        let options = self.options();
        let mut client = ScriptText::default();
        let mut server = ScriptText::default();
        client.add_all(&options);
        server.add_all(&options);
        client.add(format!("connect :{}", self.port));
        server.add(format!("listen {} backlog {}", self.port, self.backlog));
        server.add("accept");
        if self.duplex {
            self.both_at_once(&mut client, &mut server);
        } else {
            self.in_turn(&mut client, &mut server);
        }
        self.end(&mut client, &mut server);
        Ok([client.0, server.0])
    }

    fn check(&self) -> Result<(), FlagsError> {
        let data = self.bytes > 0 || self.messages.iter().any(|message| !message.is_empty());
        if self.close == CloseStyle::Three && !data {
            return Err(FlagsError::ThreeNeedsData);
        }
        if self.chunk.is_some() && self.bytes == 0 {
            return Err(FlagsError::Needs("--chunk", "--bytes"));
        }
        if self.echo && self.reply.is_some() {
            return Err(FlagsError::Conflict("--echo", "--reply"));
        }
        if self.duplex && (self.echo || self.reply.is_some()) {
            let other = if self.echo { "--echo" } else { "--reply" };
            return Err(FlagsError::Conflict("--duplex", other));
        }
        Ok(())
    }

    /// Options that must be set before connect and listen (an accepted socket inherits its listener's).
    fn options(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let numbers = [
            ("SO_RCVBUF", self.rcvbuf),
            ("SO_SNDBUF", self.sndbuf),
            ("TCP_MAXSEG", self.mss),
        ];
        for (name, value) in numbers {
            lines.extend(value.map(|value| format!("set {name} {value}")));
        }
        if self.nodelay {
            lines.push("set TCP_NODELAY on".to_owned());
        }
        if !lines.is_empty() {
            lines.insert(0, "socket tcp".to_owned());
        }
        lines
    }

    /// One side after the other.
    fn in_turn(&self, client: &mut ScriptText, server: &mut ScriptText) {
        let buffer = self.recv_buffer;
        if let Some(reply) = &self.reply {
            for message in self.messages.iter().filter(|message| !message.is_empty()) {
                client.add(format!("send {}", quote(message)));
                server.add(format!(
                    "recv exactly {} buffer {buffer}",
                    quote(&mirrored(message))
                ));
                answer(reply, buffer, client, server);
            }
            if self.bytes > 0 {
                client.add(self.pattern());
                server.add(format!("recv exactly {} buffer {buffer}", self.bytes));
                answer(reply, buffer, client, server);
            }
            return;
        }
        for message in &self.messages {
            client.add(format!("send {}", quote(message)));
            if self.echo && !message.is_empty() {
                client.add(format!("recv exactly {} buffer {buffer}", quote(message)));
            }
        }
        if self.bytes > 0 {
            if self.echo {
                // What comes back is read while it is still being sent: else both sides' buffers could fill up.
                client.add(format!(
                    "spawn\nrecv exactly {} buffer {buffer}\nend",
                    self.bytes
                ));
            }
            client.add(self.pattern());
            if self.echo {
                client.add("join");
            }
        }
        if let Some(text) = &self.answer {
            self.read_all(server);
            answer(text, buffer, client, server);
        }
    }

    /// Both sides send and receive the same; the client goes on to close when it has everything.
    fn both_at_once(&self, client: &mut ScriptText, server: &mut ScriptText) {
        let buffer = self.recv_buffer;
        client.add("spawn");
        for message in self.messages.iter().filter(|message| !message.is_empty()) {
            client.add(format!(
                "recv exactly {} buffer {buffer}",
                quote(&mirrored(message))
            ));
        }
        if self.bytes > 0 {
            client.add(format!("recv exactly {} buffer {buffer}", self.bytes));
        }
        client.add("end");
        server.add("spawn");
        self.read_all_first(server);
        server.add(format!("{}\nend", self.until_eof()));
        for side in [&mut *client, &mut *server] {
            for message in &self.messages {
                side.add(format!("send {}", quote(message)));
            }
            if self.bytes > 0 {
                side.add(self.pattern());
            }
            side.add("join");
        }
    }

    fn end(&self, client: &mut ScriptText, server: &mut ScriptText) {
        let buffer = self.recv_buffer;
        if self.close == CloseStyle::Reset {
            client.add("set SO_LINGER on 0");
        } else {
            if self.waits_until_read() {
                client.add("await read");
            }
            client.add("shutdown write");
            client.add(format!("recv until eof buffer {buffer}"));
        }
        client.add("close");
        if self.echo {
            let fails = if self.close == CloseStyle::Reset {
                " fails ECONNRESET"
            } else {
                ""
            };
            server.add(format!("echo until eof buffer {buffer}{fails}"));
        } else if !self.duplex {
            self.read_all_first(server);
            server.add(self.until_eof());
        }
        if matches!(self.close, CloseStyle::Four | CloseStyle::Half) {
            server.add("quickack");
        }
        if self.close == CloseStyle::Half {
            let late = self.reply.as_deref().unwrap_or("{my.ip}: after your FIN");
            server.add(format!("send {}", quote(late)));
        }
        server.add("close");
    }

    /// Nothing comes back by which the client would know that the server has read everything.
    fn waits_until_read(&self) -> bool {
        self.close == CloseStyle::Three && self.reply.is_none() && !self.echo
    }

    fn read_all_first(&self, server: &mut ScriptText) {
        if !self.waits_until_read() {
            return;
        }
        self.read_all(server);
        server.add("quickack");
        server.add("signal read");
    }

    fn read_all(&self, server: &mut ScriptText) {
        let buffer = self.recv_buffer;
        let texts = self.messages.concat();
        if !texts.is_empty() {
            server.add(format!(
                "recv exactly {} buffer {buffer}",
                quote(&mirrored(&texts))
            ));
        }
        if self.bytes > 0 {
            server.add(format!("recv exactly {} buffer {buffer}", self.bytes));
        }
    }

    fn until_eof(&self) -> String {
        let fails = if self.close == CloseStyle::Reset {
            " fails ECONNRESET"
        } else {
            ""
        };
        format!("recv until eof buffer {}{fails}", self.recv_buffer)
    }

    fn pattern(&self) -> String {
        pattern("send", self.bytes, self.chunk)
    }
}

fn answer(reply: &str, buffer: u32, client: &mut ScriptText, server: &mut ScriptText) {
    if !reply.is_empty() {
        server.add(format!("send {}", quote(reply)));
        client.add(format!(
            "recv exactly {} buffer {buffer}",
            quote(&mirrored(reply))
        ));
    }
}
