//! Rules about a conversation: what one end's calls gave the other, and what that one did with it.
//!
//! Where a message begins and ends is known from the other program's sends alone: both programs' calls have to be seen.

use std::rc::Rc;

use super::rules::{done, finding, head};
use super::{Finding, FindingKind, Findings, Grade, Proof};
use crate::explain::narrate::sockets::{address, data_len, has_word};
use crate::explain::{FrameKind, Transit};
use crate::model::{
    Arg, Call, CallName, CallResult, DropReason, HostId, LeftSocket, Returned, Span,
};
use crate::text::Message;

/// A segment that left so long after its send was kept back, and an ACK that left so long after its data was delayed: below Linux's 40 ms, above what a busy machine adds.
const KEPT_BACK: Span = Span::from_ms(30);
/// What was kept back leaves so soon after the ACK that it waited for.
const AT_ONCE: Span = Span::from_ms(5);
/// A send that is kept back is smaller than any MSS in use (RFC 9293 §3.7.1: 536 where nothing was said).
const SMALL: u64 = 536;
/// So often that it is no chance.
const OFTEN: usize = 3;

/// Connections of one process to one endpoint, one after another, for one message each.
#[derive(Debug, Default)]
pub(super) struct SingleUses {
    calls: Vec<Rc<Call>>,
    count: usize,
}

impl Findings {
    /// A call begins: before the socket's own counts have it.
    pub(super) fn conversation_goes_on(&mut self, call: &Rc<Call>) {
        if call.name.sends() {
            self.answers(call);
        }
        if call.name.receives() {
            self.receives_unbound(call);
        }
        if call.name == CallName::Close {
            self.closes(call);
        }
        let Some(socket) = self.sockets.of(call) else {
            return;
        };
        let conversed = &mut socket.conversed;
        match call.name {
            CallName::Connect => {
                conversed.connected = address(&call.args).map(|to| (to, Rc::clone(call)));
            }
            CallName::Setsockopt => {
                conversed.chose |= has_word(call, "TCP_NODELAY") || has_word(call, "TCP_CORK");
            }
            name if name.sends() => {
                conversed.sends += 1;
                conversed.sent_since += 1;
                let Some(len) = data_len(&call.args) else {
                    conversed.unclear = true;
                    return;
                };
                conversed.says(call, socket.sent, len);
            }
            _ => {}
        }
    }

    /// A call returned: the socket's own counts have it.
    pub(super) fn conversation_went_on(&mut self, call: &Rc<Call>, returned: &Rc<Returned>) {
        let Some(socket) = self.sockets.of(call) else {
            return;
        };
        let CallResult::Ok { value, .. } = &returned.result else {
            if call.name.sends() {
                socket.conversed.sent.pop_back();
            }
            return;
        };
        let moved = u64::try_from(*value).unwrap_or(0);
        if call.name.sends()
            && let Some(last) = socket.conversed.sent.back_mut()
            && last.call.id == call.id
        {
            last.to = last.from + moved;
        }
        if call.name.receives() && moved > 0 && socket.stream && !has_word(call, "MSG_PEEK") {
            let from = socket.read.saturating_sub(moved);
            let pair = (Rc::clone(call), Rc::clone(returned));
            socket.conversed.read = Some((from, socket.read, pair));
            socket.conversed.sent_since = 0;
        }
    }

    /// The other end of a call's conversation: its host and number.
    fn other_end(&self, host: HostId, flow: u32) -> Option<(HostId, u32)> {
        let mut others = self.traced.iter().filter(|other| **other != host);
        others.find_map(|other| Some((*other, self.sockets.in_flow(*other, flow)?.0)))
    }

    /// A program sends something: has it read the whole of what it answers?
    fn answers(&mut self, call: &Rc<Call>) {
        let key = (call.host, call.socket);
        let Some(socket) = self.sockets.get(key) else {
            return;
        };
        let conversed = &socket.conversed;
        let (Some(flow), Some((_, to, read))) = (socket.flow, &conversed.read) else {
            return;
        };
        let Some(other) = self.other_end(call.host, flow) else {
            return;
        };
        if conversed.said_part || self.busy.contains(&key) || self.busy.contains(&other) {
            return;
        }
        let Some(peer) = self.sockets.get(other).map(|peer| &peer.conversed) else {
            return;
        };
        let Some(message) = peer.inside(*to).filter(|_| !peer.unclear) else {
            return;
        };
        // Who gives back what he got, or passes it on, need not know messages.
        let CallResult::Ok { value, out } = &read.1.result else {
            return;
        };
        let (got, gives) = (
            head(out).unwrap_or_default(),
            head(&call.args).unwrap_or_default(),
        );
        let both = got.len().min(gives.len());
        if got[..both] == gives[..both] {
            return;
        }
        let said = Message::new("finding-part-taken")
            .int("len", message.to - message.from)
            .int("got", *value);
        let proofs = vec![
            Proof::Call(Rc::clone(&message.call), None),
            done(&read.0, &read.1),
            Proof::Call(Rc::clone(call), None),
        ];
        let found = finding(FindingKind::PartTaken, Grade::Hint, call, said, proofs);
        self.find(found);
        if let Some(socket) = self.sockets.at(key) {
            socket.conversed.said_part = true;
        }
    }

    /// A RST showed what taking a part did: the finding that said so, if there was one, is a mistake.
    pub(super) fn part_was_a_mistake(&mut self, call: &Call, proofs: &[Proof]) -> bool {
        let said = self.sockets.of(call).is_some_and(|s| s.conversed.said_part);
        let mut found = self.found.iter_mut();
        let of =
            |found: &&mut Finding| found.kind == FindingKind::PartTaken && found.host == call.host;
        let Some(found) = found.find(of).filter(|_| said) else {
            return false;
        };
        found.grade = Grade::Mistake;
        found.proofs.extend_from_slice(proofs);
        true
    }

    /// Both ends stand in recv: has one of them had two messages in one, and answered fewer?
    pub(super) fn two_messages(&self, call: &Rc<Call>, other: &Rc<Call>) -> Option<Finding> {
        let socket = self.sockets.get((call.host, call.socket))?;
        let peer = &self.sockets.get((other.host, other.socket))?.conversed;
        let (from, to, read) = socket.conversed.read.as_ref()?;
        let ends = peer.ends_among(*from, *to);
        // Without any answer it may be one message in pieces, of which more is to come.
        let answered = 1..ends.len();
        if peer.unclear || !answered.contains(&socket.conversed.sent_since) {
            return None;
        }
        let said = Message::new("finding-two-messages").int("count", ends.len());
        let sends = ends
            .iter()
            .map(|sent| Proof::Call(Rc::clone(&sent.call), None));
        let mut proofs: Vec<Proof> = sends.take(OFTEN).collect();
        proofs.push(done(&read.0, &read.1));
        proofs.extend([call, other].map(|call| Proof::Call(Rc::clone(call), None)));
        let (kind, grade) = (FindingKind::TwoMessages, Grade::Mistake);
        Some(finding(kind, grade, call, said, proofs))
    }

    /// Nothing comes to a UDP socket that has no port.
    fn receives_unbound(&mut self, call: &Rc<Call>) {
        let Some(socket) = self.sockets.of(call) else {
            return;
        };
        let conversed = &socket.conversed;
        let named = socket.bound.is_some() || conversed.connected.is_some() || conversed.sends > 0;
        let unread = has_word(call, "MSG_ERRQUEUE");
        if !socket.datagram || named || unread || std::mem::take(&mut socket.datagram) == named {
            return;
        }
        let said = Message::new("finding-unbound-receive");
        let proofs = vec![Proof::Call(Rc::clone(call), None)];
        let (kind, grade) = (FindingKind::UnboundReceive, Grade::Mistake);
        self.find(finding(kind, grade, call, said, proofs));
    }

    /// A program closes: did it answer, and was it worth a connection?
    fn closes(&mut self, call: &Rc<Call>) {
        let key = (call.host, call.socket);
        let Some(socket) = self.sockets.get(key).filter(|socket| socket.stream) else {
            return;
        };
        if socket.closed.is_none()
            && let Some(found) = self.half_close_unanswered(call, key)
        {
            self.find(found);
        }
        let conversed = &self.sockets.get(key).expect("just looked at").conversed;
        let Some((to, connects)) = conversed.connected.clone() else {
            return;
        };
        let Some(site) = call.site.as_deref() else {
            return;
        };
        let single = conversed.sends == 1 && !self.busy.contains(&key);
        let uses = self
            .single_uses
            .entry((call.host, site.process, to))
            .or_default();
        if !single {
            // It knows how to use a connection more than once.
            *uses = SingleUses::default();
            return;
        }
        uses.count += 1;
        if uses.calls.len() < OFTEN {
            uses.calls.push(connects);
        }
        if uses.count == OFTEN {
            let proofs = uses.calls.iter();
            let proofs = proofs.map(|call| Proof::Call(Rc::clone(call), None));
            let said = Message::new("finding-connection-per-message")
                .text("to", to.to_string())
                .int("count", OFTEN as u64);
            let (kind, grade) = (FindingKind::ConnectionPerMessage, Grade::Hint);
            let found = finding(kind, grade, call, said, proofs.collect());
            self.find(found);
        }
    }

    /// The other end has shut down its sending side and waits for an answer; this one read the end and closes without a word.
    fn half_close_unanswered(&self, call: &Rc<Call>, key: (HostId, u32)) -> Option<Finding> {
        let socket = self.sockets.get(key)?;
        let end = socket.ends.as_ref().filter(|_| socket.sent == 0)?;
        let other = self.other_end(call.host, socket.flow?)?;
        let peer = self.sockets.get(other)?;
        let shutdown = peer.closed.as_ref()?;
        let receives = |open: &&Rc<Call>| {
            (open.host, open.socket) == other && open.name.receives() && open.at > shutdown.at
        };
        let waits = self.open.values().find(receives)?;
        if shutdown.name != CallName::Shutdown || peer.gone || peer.sent == 0 {
            return None;
        }
        let mut proofs: Vec<Proof> = [shutdown, waits, call]
            .map(|call| Proof::Call(Rc::clone(call), None))
            .into();
        proofs.push(done(&end.1.0, &end.1.1));
        let said = Message::new("finding-half-close-unanswered");
        let (kind, grade) = (FindingKind::HalfCloseUnanswered, Grade::Hint);
        Some(finding(kind, grade, call, said, proofs))
    }

    /// A process ended by itself, and this connection was still open.
    pub(super) fn open_at_exit(&mut self, host: HostId, left: &LeftSocket, status: i32) {
        let key = (host, left.socket);
        let Some(socket) = self.sockets.get(key) else {
            return;
        };
        let told = self
            .found
            .iter()
            .any(|found| found.host == host && found.kind == FindingKind::NeverClosed);
        let (true, Some(used)) = (socket.flow.is_some(), socket.used.clone()) else {
            return;
        };
        // After a signal it had no say, and what was unread is told with the RST.
        let no_say = status > 128 || left.unread.unwrap_or(0) > 0;
        if !socket.stream || socket.closed.is_some() || told || no_say || self.busy.contains(&key) {
            return;
        }
        let proofs = vec![Proof::Call(Rc::clone(&used), None)];
        let said = Message::new("finding-left-open");
        let (kind, grade) = (FindingKind::LeftOpen, Grade::Hint);
        let mut found = finding(kind, grade, &used, said.clone(), proofs);
        found.said = said.int("fd", left.fd);
        self.find(found);
    }

    /// A segment of a traced program's conversation leaves.
    pub(super) fn data_leaves(&mut self, flow: u32, from: HostId, transit: &Transit) {
        let Some(segment) = &transit.followed.segment else {
            return;
        };
        let (Some(sent), Some((number, _))) = (transit.sent, self.sockets.in_flow(from, flow))
        else {
            return;
        };
        if segment.len == 0 || segment.left_again() {
            return;
        }
        let wired = self.refusals.wired(flow);
        let ack = wired.and_then(|wired| wired.late_ack.get(&from));
        let Some((_, ack)) = ack.filter(|(at, _)| sent.since(*at) < AT_ONCE) else {
            return;
        };
        let (key, ack) = ((from, number), ack.clone());
        let waits = |call: &Rc<Call>| {
            call.host == from
                && (call.name.waits() || call.name.receives() && call.socket == number)
        };
        if self.busy.contains(&key) || !self.open.values().any(waits) {
            return;
        }
        let Some(socket) = self.sockets.at(key) else {
            return;
        };
        let conversed = &mut socket.conversed;
        let at = u64::from(segment.rel_seq.wrapping_sub(1));
        let message = conversed.sent.iter().find(|m| m.from <= at && at < m.to);
        let Some(message) = message.filter(|message| {
            sent.since(message.call.at) >= KEPT_BACK && message.to - message.from < SMALL
        }) else {
            return;
        };
        if conversed.chose || conversed.said_kept {
            return;
        }
        let call = Rc::clone(&message.call);
        if conversed.kept_back.len() < 2 * OFTEN {
            conversed
                .kept_back
                .extend([Proof::Call(Rc::clone(&call), None), ack]);
        }
        conversed.kept_times += 1;
        if conversed.kept_times == OFTEN {
            conversed.said_kept = true;
            let proofs = std::mem::take(&mut conversed.kept_back);
            let said = Message::new("finding-nagle-delay").int("count", OFTEN as u64);
            let (kind, grade) = (FindingKind::NagleDelay, Grade::Waste);
            self.find(finding(kind, grade, &call, said, proofs));
        }
    }

    /// A segment arrives: when data came, and which ACK of it was delayed; what the receiver's kernel dropped.
    pub(super) fn segment_arrives(
        &mut self,
        flow: u32,
        to: HostId,
        transit: &Transit,
        proof: &dyn Fn() -> Proof,
    ) {
        if let Some(drop) = transit.receiver_drop.as_deref()
            && drop.reason == DropReason::AcceptQueueFull
        {
            self.backlog_full(to, drop.socket.port, proof);
        }
        let has_data = transit.followed.segment.as_ref().is_some_and(|s| s.len > 0);
        let wired = self.refusals.flow(flow);
        let (Some(sent), Some(arrived)) = (transit.sent, transit.arrived) else {
            return;
        };
        if has_data {
            wired.data_came.insert(to, arrived);
        } else if transit.kind == FrameKind::Ack
            && let Some(from) = transit.from
            && let Some(data) = wired.data_came.get(&from)
            && sent.since(*data) >= KEPT_BACK
        {
            wired.late_ack.insert(to, (arrived, proof()));
        }
    }

    /// A connection could not be taken: as many as the listener takes wait for accept.
    fn backlog_full(&mut self, host: HostId, port: u16, proof: &dyn Fn() -> Proof) {
        let listener = self.sockets.of_host(host).find_map(|(_, socket)| {
            let local = socket.local?;
            let listens = socket.listens.as_ref()?;
            (local.port == port && !socket.gone).then(|| listens.clone())
        });
        let told = |found: &Finding| found.kind == FindingKind::BacklogFull && found.host == host;
        let Some((call, returned)) = listener.filter(|_| !self.found.iter().any(told)) else {
            return;
        };
        let backlog = match call.args.first() {
            Some(Arg::Int(backlog)) => *backlog,
            _ => return,
        };
        let said = Message::new("finding-backlog-full")
            .int("port", port)
            .int("backlog", backlog);
        let proofs = vec![done(&call, &returned), proof()];
        let (kind, grade) = (FindingKind::BacklogFull, Grade::Waste);
        self.find(finding(kind, grade, &call, said, proofs));
    }
}
