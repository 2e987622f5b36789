//! The steps that move data.

use std::net::SocketAddr;

use nix::sys::socket::MsgFlags;

use super::arguments::{data, data_args, endpoint, word};
use super::coordinator::Activity;
use super::data::pieces;
use super::interpreter::{Interpreter, StopReason};
use super::sockets::OpenSocket;
use crate::model::number::signed;
use crate::model::{Arg, CallName};
use crate::observe::sys::receive;
use crate::script::placeholders::fill;
use crate::script::{RecvMode, SendData, SocketKind, Target};

/// Flags as the kernel takes them, and as the fact shows them.
fn flags(words: &[String]) -> (i32, Arg) {
    let mut set = MsgFlags::empty();
    for flag in words {
        set |= match flag.as_str() {
            "oob" => MsgFlags::MSG_OOB,
            "more" => MsgFlags::from_bits_retain(MSG_MORE),
            "dontwait" => MsgFlags::MSG_DONTWAIT,
            "peek" => MsgFlags::MSG_PEEK,
            "trunc" => MsgFlags::MSG_TRUNC,
            _ => MsgFlags::empty(),
        };
    }
    if set.is_empty() {
        return (0, Arg::Int(0));
    }
    let names: Vec<String> = words
        .iter()
        .map(|flag| format!("MSG_{}", flag.to_uppercase()))
        .collect();
    (set.bits(), word(names.join("|")))
}

/// `MSG_MORE` of include/linux/socket.h, which nix leaves out.
const MSG_MORE: i32 = 0x8000;

impl Interpreter {
    /// send(), as often as it takes.
    pub(super) fn send(
        &self,
        label: &str,
        what: &SendData,
        words: &[String],
    ) -> Result<(), StopReason> {
        let open = self.open(label)?;
        for piece in pieces(what, open.local(), open.peer()) {
            self.send_piece(&open, &piece, words)?;
        }
        Ok(())
    }

    /// The kernel may take less than all (a timeout, a full buffer with MSG_DONTWAIT): the rest follows.
    fn send_piece(
        &self,
        open: &OpenSocket,
        piece: &[u8],
        words: &[String],
    ) -> Result<(), StopReason> {
        let (bits, shown) = flags(words);
        // Without it a closed peer ends the whole process (SIGPIPE) instead of giving EPIPE.
        let bits = bits | MsgFlags::MSG_NOSIGNAL.bits();
        let mut rest = piece;
        loop {
            let sent = self.call_data(
                open,
                CallName::Send,
                data_args(rest, shown.clone()),
                || open.socket.send_with_flags(rest, bits),
                |sent| (signed(*sent), Vec::new()),
            )?;
            rest = &rest[sent.min(rest.len())..];
            if rest.is_empty() || sent == 0 {
                return Ok(());
            }
        }
    }

    pub(super) fn send_to(
        &self,
        label: &str,
        to: &Target,
        what: &SendData,
        words: &[String],
    ) -> Result<(), StopReason> {
        let open = self.open_or_make(label, SocketKind::Udp)?;
        self.send_to_addr(&open, self.whom(Some(to))?, what, words)
    }

    pub(super) fn reply(&self, label: &str, what: &SendData) -> Result<(), StopReason> {
        let open = self.open(label)?;
        match open.last_from() {
            Some(to) => self.send_to_addr(&open, to, what, &[]),
            None => Err(StopReason::Errno("EDESTADDRREQ".to_owned(), None)),
        }
    }

    fn send_to_addr(
        &self,
        open: &OpenSocket,
        to: SocketAddr,
        what: &SendData,
        words: &[String],
    ) -> Result<(), StopReason> {
        let (bits, shown) = flags(words);
        let my = open.local().map(|local| {
            // Not bound yet: the kernel chooses when it sends.
            if local.ip().is_unspecified() {
                SocketAddr::new(self.my_addr(), local.port())
            } else {
                local
            }
        });
        for piece in pieces(what, my, Some(to)) {
            let mut args = data_args(&piece, shown.clone());
            args.extend(endpoint(Some(to)));
            self.call_data(
                open,
                CallName::Sendto,
                args,
                || open.socket.send_to_with_flags(&piece, &to.into(), bits),
                |sent| (signed(*sent), Vec::new()),
            )?;
        }
        Ok(())
    }

    pub(super) fn recv(
        &self,
        label: &str,
        mode: &RecvMode,
        buffer: u32,
        words: &[String],
    ) -> Result<(), StopReason> {
        let open = self.open(label)?;
        let mut bytes = vec![0; buffer as usize];
        let wanted = match mode {
            RecvMode::Once => return self.recv_once(&open, &mut bytes, words).map(drop),
            RecvMode::UntilEof => u64::MAX,
            RecvMode::Exactly(wanted) => *wanted,
            RecvMode::Like(text) => fill(text, open.local(), open.peer()).len() as u64,
        };
        let mut missing = wanted;
        while missing > 0 {
            let room = bytes
                .len()
                .min(usize::try_from(missing).unwrap_or(usize::MAX));
            let came = self.recv_once(&open, &mut bytes[..room], words)?;
            if came == 0 {
                return match mode {
                    RecvMode::UntilEof => Ok(()),
                    // The peer closed before all had come.
                    _ => Err(StopReason::Errno("ENODATA".to_owned(), None)),
                };
            }
            missing -= (came as u64).min(missing);
        }
        Ok(())
    }

    fn recv_once(
        &self,
        open: &OpenSocket,
        bytes: &mut [u8],
        words: &[String],
    ) -> Result<usize, StopReason> {
        let (bits, shown) = flags(words);
        let room = bytes.len();
        self.call_data(
            open,
            CallName::Recv,
            vec![Arg::Int(signed(room)), shown],
            || {
                let came = receive::recv(&open.socket, bytes, bits)?;
                // With MSG_TRUNC the kernel says how much there was, which may be more than it gave.
                Ok((came, data(&bytes[..came.min(room)])))
            },
            |(came, data)| (signed(*came), vec![data.clone()]),
        )
        .map(|(came, _)| came)
    }

    /// One datagram; how many bytes.
    pub(super) fn recv_from(
        &self,
        label: &str,
        buffer: u32,
        words: &[String],
    ) -> Result<usize, StopReason> {
        let open = self.open(label)?;
        let (bits, shown) = flags(words);
        let mut bytes = vec![0; buffer as usize];
        let room = bytes.len();
        let (came, from, _) = self.call_data(
            &open,
            CallName::Recvfrom,
            vec![Arg::Int(signed(room)), shown],
            || {
                let (came, from) = receive::recv_from(&open.socket, &mut bytes, bits)?;
                Ok((came, from.as_socket(), data(&bytes[..came.min(room)])))
            },
            |(came, from, data)| {
                let mut out = vec![data.clone()];
                out.extend(endpoint(*from));
                (signed(*came), out)
            },
        )?;
        open.set_last_from(from);
        Ok(came)
    }

    pub(super) fn recv_msg(&self, label: &str, buffer: u32) -> Result<(), StopReason> {
        let open = self.open(label)?;
        let mut bytes = vec![0; buffer as usize];
        let (_, _, from, _) = self.call_data(
            &open,
            CallName::Recvmsg,
            vec![Arg::Int(i64::from(buffer)), Arg::Int(0)],
            || {
                let (came, seen, from) = receive::recv_msg(&open.socket, &mut bytes)?;
                let shown = data(&bytes[..came.min(bytes.len())]);
                Ok((came, seen.is_truncated(), from.as_socket(), shown))
            },
            |(came, truncated, from, data)| {
                let mut out = vec![data.clone()];
                out.extend(endpoint(*from));
                out.extend(truncated.then(|| word("MSG_TRUNC")));
                (signed(*came), out)
            },
        )?;
        open.set_last_from(from);
        Ok(())
    }

    /// Datagrams until nothing more can come. The last call is then ended from outside, as Ctrl-C ends a server:
    /// it gives EINTR.
    pub(super) fn recv_from_until_quiet(&self, label: &str, buffer: u32) -> Result<(), StopReason> {
        self.thread().set_activity(Activity::AwaitsQuiet);
        let ended = loop {
            match self.recv_from(label, buffer, &[]) {
                Ok(_) => {}
                Err(StopReason::Errno(name, _))
                    if name == "EINTR" && self.thread().quiet_came() =>
                {
                    break Ok(());
                }
                Err(stop) => break Err(stop),
            }
        };
        self.thread().set_activity(Activity::Busy);
        ended
    }

    pub(super) fn echo(&self, label: &str, buffer: u32) -> Result<(), StopReason> {
        let open = self.open(label)?;
        let mut bytes = vec![0; buffer as usize];
        loop {
            let came = self.recv_once(&open, &mut bytes, &[])?;
            if came == 0 {
                return Ok(());
            }
            self.send_piece(&open, &bytes[..came], &[])?;
        }
    }
}
