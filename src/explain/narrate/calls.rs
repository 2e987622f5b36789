//! Calls: which conversation they belong to, and what the narrator remembers of them to explain segments later.

use std::rc::Rc;

use crate::model::{Arg, Call, CallName, CallResult, Returned, SocketEnds, Span};
use crate::text::Message;

use super::conn::{ConnSide, Last};
use super::{Narrator, Note, NoteKind};
use crate::explain::narrate::sockets::{address, data_len, has_word};
use crate::explain::{CallMoment, CallPhase};

impl Narrator {
    /// A call's row: gives its flow.
    pub(super) fn call(&mut self, moment: &CallMoment, notes: &mut Vec<Note>) -> Option<u32> {
        self.calls = true;
        let call = &moment.call;
        if moment.phase != CallPhase::Returned {
            self.call_began(call);
        }
        if let Some(returned) = &moment.returned {
            self.call_returned(call, returned, notes);
        }
        let own = self.sockets.of(call).and_then(|socket| socket.flow);
        own.or_else(|| self.accepted(moment))
    }

    /// The conversation that an accept gave.
    fn accepted(&self, moment: &CallMoment) -> Option<u32> {
        let returned = moment.returned.as_deref()?;
        let CallResult::Ok { out, .. } = &returned.result else {
            return None;
        };
        let remote = address(out).filter(|_| moment.call.name.accepts())?;
        self.flow_with(moment.call.host, remote)
    }

    fn call_began(&mut self, call: &Rc<Call>) {
        self.sockets.began(call);
        if let Some(remote) = address(&call.args) {
            match call.name {
                CallName::Bind if !remote.addr.is_unspecified() => {
                    self.owners.entry(remote).or_insert(call.host);
                }
                name if name.sends() => {
                    if let Some(flow) = self.flow_with(call.host, remote) {
                        self.sockets.set_flow(call, flow);
                    }
                }
                _ => {}
            }
        }
        if call.name.sends() {
            self.sockets.sent(call);
        }
        if let Some(side) = self.side(call) {
            begun(call, side);
        }
    }

    fn call_returned(&mut self, call: &Call, returned: &Returned, notes: &mut Vec<Note>) {
        let flows = &self.flows;
        self.sockets.returned(call, returned, |host, remote| {
            flows
                .iter()
                .rev()
                .find(|(_, known)| {
                    (0..2).any(|at| {
                        known.ends[at] == remote
                            && known.hosts[1 - at].is_none_or(|other| other == host)
                    })
                })
                .map(|(flow, _)| *flow)
        });
        if let Some(ends) = returned.seen.as_deref().and_then(|seen| seen.ends) {
            self.ends_are_known(call, returned, ends);
        }
        match &returned.result {
            CallResult::Err(errno) => {
                if errno == "EINPROGRESS" {
                    self.in_progress.insert(call.id);
                }
                call_failed(call, errno.raw(), returned.at.since(call.at), notes);
            }
            CallResult::Ok { value, out } if call.name.receives() => {
                notes.extend(self.cut(call, *value, out));
                self.received(call, *value, notes);
            }
            CallResult::Ok { value, .. } if call.name.sends() => {
                // The kernel may take less than it was offered.
                let offered = data_len(&call.args).unwrap_or(0);
                let taken = u64::try_from(*value).unwrap_or(0);
                if let Some(side) = self.side(call) {
                    side.handed = side.handed.saturating_sub(offered.saturating_sub(taken));
                }
            }
            CallResult::Ok { .. } => {}
        }
    }

    /// A tracer saw which ends a call's socket has.
    fn ends_are_known(&mut self, call: &Call, returned: &Returned, ends: SocketEnds) {
        let flow = ends
            .remote
            .and_then(|remote| self.flow_of(ends.local, remote));
        self.sockets.has_ends(call, returned, flow, ends);
        if !ends.local.addr.is_unspecified() {
            self.owners.entry(ends.local).or_insert(call.host);
        }
    }

    /// A datagram was longer than the buffer, as the calls that sent it tell: a plain recv gives no sign of that.
    fn cut(&self, call: &Call, value: i64, out: &[Arg]) -> Option<Note> {
        // With the flag as an argument the value is the datagram's own length.
        if has_word(call, "MSG_TRUNC") {
            return None;
        }
        let len = self.sockets.length_sent(call, out)?;
        let room = u64::try_from(value).ok()?;
        let lost = len.checked_sub(room).filter(|lost| *lost > 0)?;
        let message = Message::new("note-datagram-cut")
            .int("len", len)
            .int("room", room)
            .int("lost", lost);
        Some(Note::new(NoteKind::What, message))
    }

    fn received(&mut self, call: &Call, value: i64, notes: &mut Vec<Note>) {
        let peek = has_word(call, "MSG_PEEK");
        let Some(side) = self.side(call) else { return };
        if value > 0 && !peek {
            side.read += u64::try_from(value).unwrap_or(0);
        }
        if value == 0 && self.first_time("note-recv-eof") {
            notes.push(Note::new(NoteKind::What, Message::new("note-recv-eof")).rfc(9293, "3.6"));
        }
    }

    /// The side of a TCP connection that a call's socket is.
    fn side(&mut self, call: &Call) -> Option<&mut ConnSide> {
        let flow = self.sockets.of(call)?.flow?;
        let conn = self.conns.get_mut(&flow)?;
        let side = conn.side_of(call.host)?;
        conn.sides.get_mut(side)
    }
}

fn call_failed(call: &Call, errno: &str, took: Span, notes: &mut Vec<Note>) {
    let key = match (call.name, errno) {
        (CallName::Connect, "ECONNREFUSED") => "note-errno-connect-refused",
        (_, "ECONNREFUSED") => "note-errno-refused",
        (_, "ECONNRESET") => "note-errno-reset",
        (_, "EPIPE") => "note-errno-pipe",
        (_, "ETIMEDOUT") => "note-errno-timeout",
        (_, "EMSGSIZE") => "note-errno-msgsize",
        (_, "EADDRINUSE") => "note-errno-in-use",
        (_, "EINPROGRESS") => "note-errno-in-progress",
        // A call that does not wait is over at once; one that took its time had a time-out.
        (name, "EAGAIN" | "EWOULDBLOCK") if name.sends() && took > Span::from_ms(2) => {
            "note-errno-again-room-waited"
        }
        (name, "EAGAIN" | "EWOULDBLOCK") if name.sends() => "note-errno-again-room",
        (_, "EAGAIN" | "EWOULDBLOCK") if took > Span::from_ms(2) => "note-errno-again-waited",
        (_, "EAGAIN" | "EWOULDBLOCK") => "note-errno-again",
        (_, "EINTR") => "note-errno-interrupted",
        _ => return,
    };
    // Our own ending is not to be taken for the program's failure, not even where all other sentences are left out.
    let kind = match errno {
        "EINTR" => NoteKind::Milestone,
        _ => NoteKind::What,
    };
    notes.push(Note::new(kind, Message::new(key)));
}

/// A call began on this side's socket.
pub(super) fn begun(call: &Rc<Call>, side: &mut ConnSide) {
    side.last = Last::Call(Rc::clone(call));
    side.called = true;
    match call.name {
        name if name.sends() => {
            side.handed += data_len(&call.args).unwrap_or(0);
            side.parts = 0;
        }
        CallName::Close => {
            side.closed = Some((call.name, call.at));
            side.shut_write = false;
        }
        CallName::Shutdown if !has_word(call, "SHUT_RD") => {
            side.shut_both |= has_word(call, "SHUT_RDWR");
            side.shut_write = !side.shut_both && has_word(call, "SHUT_WR");
            side.closed = Some((call.name, call.at));
        }
        CallName::Setsockopt if has_word(call, "TCP_NODELAY") || has_word(call, "TCP_CORK") => {
            side.no_nagle = true;
        }
        CallName::Setsockopt if has_word(call, "TCP_QUICKACK") => side.quickack = true,
        _ => {}
    }
}
