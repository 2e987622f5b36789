//! Rules about one socket: what its calls, the segments of its conversation and the end of its process show.

use std::rc::Rc;

use super::sockets::{SocketStory, Wired};
use super::{Finding, FindingKind, Findings, Grade, Proof};
use crate::explain::narrate::sockets::{data_len, has_word, made};
use crate::explain::{FrameKind, StateChange, Transit, TransitPhase};
use crate::model::{
    Arg, Call, CallName, CallResult, HostId, LeftSocket, ProcessSeen, Returned, Span, Time,
    Untrusted,
};
use crate::protocol::decode::Body;
use crate::protocol::follow::Way;
use crate::text::Message;

/// So often EAGAIN in a row, and at most so far apart: that is no waiting.
const SPINS: u32 = 100;
const APART: Span = Span::from_ms(1);
/// So often the end of file in a row.
const ENDS: u32 = 10;
/// A program that ends by itself may take so long between its peer's FIN and its own end.
const TIME_TO_CLOSE: Span = Span::from_ms(1_000);
/// Datagrams of a conversation that are remembered.
const MOST_DATAGRAMS: usize = 64;

/// Who a finding is about.
pub(super) fn program(call: &Call) -> Untrusted {
    call.site
        .as_deref()
        .map_or_else(|| "".into(), |site| site.program.clone())
}

/// A finding about the program that made this call.
pub(super) fn finding(
    kind: FindingKind,
    grade: Grade,
    by: &Call,
    said: Message,
    mut proofs: Vec<Proof>,
) -> Finding {
    proofs.sort_by_key(Proof::at);
    let fd = by.site.as_deref().and_then(|site| site.fd).unwrap_or(-1);
    Finding {
        kind,
        grade,
        host: by.host,
        program: program(by),
        said: said.int("fd", fd),
        proofs,
    }
}

pub(super) fn done(call: &Rc<Call>, returned: &Rc<Returned>) -> Proof {
    Proof::Call(Rc::clone(call), Some(Rc::clone(returned)))
}

pub(super) fn head(args: &[Arg]) -> Option<&[u8]> {
    args.iter().find_map(|arg| match arg {
        Arg::Data { head, .. } => Some(head.as_slice()),
        _ => None,
    })
}

impl Findings {
    /// A call begins.
    pub(super) fn began(&mut self, call: &Rc<Call>, flow: Option<u32>) {
        self.conversation_goes_on(call);
        let ends = matches!(call.name, CallName::Close)
            || call.name == CallName::Shutdown && !has_word(call, "SHUT_RD");
        let Some(socket) = self.sockets.of(call) else {
            return;
        };
        socket.flow = flow.or(socket.flow);
        socket.used = Some(Rc::clone(call));
        if call.name == CallName::Setsockopt {
            let on = matches!(call.args.last(), Some(Arg::Int(value)) if *value != 0);
            socket.reuses |=
                on && (has_word(call, "SO_REUSEADDR") || has_word(call, "SO_REUSEPORT"));
            socket.lingers |= has_word(call, "SO_LINGER");
        }
        let mut lost = None;
        let wired = socket.flow.and_then(|flow| self.refusals.wired(flow));
        if wired.is_some_and(|wired| wired.rst_came.contains_key(&call.host)) {
            socket.part = None;
        }
        if let Some((part, rest)) = &socket.part
            && (ends || call.name.sends())
        {
            let next = head(&call.args).unwrap_or_default();
            let both = next.len().min(rest.len());
            let goes_on = !ends && next[..both] == rest[..both];
            lost = (!goes_on).then(|| part.clone());
            socket.part = None;
        }
        if ends && socket.closed.is_none() {
            socket.closed = Some(Rc::clone(call));
        }
        if call.name == CallName::Close {
            let unread = call.site.as_deref().and_then(|site| site.unread);
            socket.unread = unread
                .filter(|unread| *unread > 0 && !socket.lingers)
                .map(|unread| (unread, Rc::clone(call)));
        }
        if let Some((sent, returned)) = lost {
            let CallResult::Ok { value, .. } = returned.result else {
                return;
            };
            let said = Message::new("finding-short-write")
                .int("len", data_len(&sent.args).unwrap_or(0))
                .int("taken", value);
            let proofs = vec![done(&sent, &returned), Proof::Call(Rc::clone(call), None)];
            self.find(finding(
                FindingKind::ShortWrite,
                Grade::Mistake,
                &sent,
                said,
                proofs,
            ));
        }
    }

    /// A call returned.
    pub(super) fn returned(&mut self, call: &Rc<Call>, returned: &Rc<Returned>, flow: Option<u32>) {
        if let Some(key) = made(call, returned)
            && let Some(socket) = self.sockets.at(key)
        {
            *socket = SocketStory {
                flow: flow.filter(|_| call.name.accepts()),
                stream: call.name.accepts() || has_word(call, "SOCK_STREAM"),
                datagram: has_word(call, "SOCK_DGRAM") && !has_word(call, "IPPROTO_ICMP"),
                used: Some(Rc::clone(call)),
                ..SocketStory::default()
            };
        }
        let ends = returned.seen.as_deref().and_then(|seen| seen.ends);
        let Some(socket) = self.sockets.of(call) else {
            return;
        };
        socket.flow = flow.or(socket.flow);
        socket.local = ends.map(|ends| ends.local).or(socket.local);
        match (&returned.result, call.name) {
            (CallResult::Ok { .. }, CallName::Bind) => {
                socket.bound = Some((Rc::clone(call), Rc::clone(returned)));
            }
            (CallResult::Ok { .. }, CallName::Listen) => {
                socket.listens = Some((Rc::clone(call), Rc::clone(returned)));
                if let Some(local) = socket.local {
                    self.refusals
                        .listens(call.host, local, &done(call, returned));
                }
            }
            (CallResult::Ok { .. }, CallName::Close) => socket.gone = true,
            (CallResult::Err(errno), CallName::Bind) if errno == "EADDRINUSE" => {
                self.address_in_use(call, returned);
            }
            (_, name) if name.sends() || name.receives() => {
                self.moved(call, returned);
                self.conversation_went_on(call, returned);
            }
            _ => {}
        }
    }

    /// A call that moves data returned.
    fn moved(&mut self, call: &Rc<Call>, returned: &Rc<Returned>) {
        let pair = (Rc::clone(call), Rc::clone(returned));
        let waited = self.waited.get(&call.host).copied().unwrap_or(0);
        let Some(socket) = self.sockets.of(call) else {
            return;
        };
        let (mut spins, mut ignores) = (None, None);
        match &returned.result {
            CallResult::Err(errno) if errno == "EAGAIN" => {
                if std::mem::replace(&mut socket.waited, waited) != waited {
                    socket.again = None;
                }
                let row = socket.again.get_or_insert((0, pair, returned.at));
                row.0 += 1;
                row.2 = returned.at;
                if row.0 >= SPINS && SocketStory::pace(row) < APART && !socket.said_again {
                    socket.said_again = true;
                    spins = Some(row.clone());
                }
            }
            CallResult::Err(errno) => {
                // Whoever gives up after an error did not take a part for the whole.
                socket.part = None;
                if errno == "EPIPE" {
                    return self.pipe(call, returned);
                }
            }
            CallResult::Ok { value, out } => {
                socket.again = None;
                let moved = u64::try_from(*value).unwrap_or(0);
                if call.name.sends() {
                    socket.sent += moved;
                    let rest = returned.seen.as_deref().map(|seen| seen.rest.clone());
                    socket.part = rest
                        .filter(|rest| !rest.is_empty())
                        .map(|rest| (pair, rest));
                    return;
                }
                if !has_word(call, "MSG_PEEK") {
                    socket.read += moved;
                }
                let asked = matches!(call.args.first(), Some(Arg::Int(room)) if *room > 0);
                if moved == 0 && asked && socket.stream {
                    let row = socket.ends.get_or_insert((0, pair, returned.at));
                    row.0 += 1;
                    row.2 = returned.at;
                    if row.0 >= ENDS && !socket.said_ends {
                        socket.said_ends = true;
                        ignores = Some(row.clone());
                    }
                } else {
                    socket.ends = None;
                    if !socket.stream {
                        self.datagram(call, returned, moved, out);
                    }
                }
            }
        }
        for (row, kind, key) in [
            (spins, FindingKind::Spins, "finding-spins"),
            (ignores, FindingKind::IgnoresEnd, "finding-ignores-end"),
        ] {
            let Some((count, first, _)) = row else {
                continue;
            };
            let said = Message::new(key).int("count", count);
            let proofs = vec![done(&first.0, &first.1), done(call, returned)];
            self.find(finding(kind, Grade::Waste, call, said, proofs));
        }
    }

    /// A program waits properly: what it found not ready before is no spinning.
    pub(super) fn waits(&mut self, call: &Call) {
        *self.waited.entry(call.host).or_default() += 1;
    }

    /// A send gave EPIPE.
    fn pipe(&mut self, call: &Rc<Call>, returned: &Rc<Returned>) {
        let Some(socket) = self.sockets.of(call) else {
            return;
        };
        let own = socket.closed.is_some();
        if own || std::mem::replace(&mut socket.said_pipe, true) {
            return;
        }
        let wired = socket.flow.and_then(|flow| self.refusals.wired(flow));
        let came = |wired: &Wired| {
            let both = [
                wired.fin_came.get(&call.host),
                wired.rst_came.get(&call.host),
            ];
            both.into_iter().flatten().cloned().collect::<Vec<_>>()
        };
        let mut proofs = wired.map(came).unwrap_or_default();
        proofs.push(done(call, returned));
        let said = Message::new("finding-sent-into-closed");
        let found = finding(FindingKind::SentIntoClosed, Grade::Hint, call, said, proofs);
        self.find(found);
    }

    /// bind() gave EADDRINUSE.
    fn address_in_use(&mut self, call: &Rc<Call>, returned: &Rc<Returned>) {
        let Some(Arg::Endpoint(wanted)) = call.args.first() else {
            return;
        };
        let reuses = self.sockets.of(call).is_some_and(|socket| socket.reuses);
        let taken = self.sockets.of_host(call.host).any(|(number, socket)| {
            number != call.socket
                && !socket.gone
                && socket.bound.is_some()
                && socket.local.is_some_and(|local| local.port == wanted.port)
        });
        let Some(waits) = self.refusals.time_wait(call.host, wanted.port) else {
            return;
        };
        if reuses || taken {
            return;
        }
        let proofs = vec![Proof::State(waits, None), done(call, returned)];
        let said = Message::new("finding-no-reuseaddr").int("port", wanted.port);
        self.find(finding(
            FindingKind::NoReuseAddr,
            Grade::Mistake,
            call,
            said,
            proofs,
        ));
    }

    /// A recv on a datagram socket: was the datagram longer?
    fn datagram(&mut self, call: &Rc<Call>, returned: &Rc<Returned>, got: u64, out: &[Arg]) {
        let room = match call.args.first() {
            Some(Arg::Int(room)) => u64::try_from(*room).unwrap_or(0),
            _ => return,
        };
        let head = head(out).unwrap_or_default();
        let flow = self.sockets.of(call).and_then(|socket| socket.flow);
        let Some(wired) = flow.and_then(|flow| self.refusals.wired_mut(flow)) else {
            return;
        };
        let Some(came) = wired.datagrams.get_mut(&call.host) else {
            return;
        };
        let fits = |(begin, len, _): &(Vec<u8>, usize, Proof)| {
            *len as u64 >= got && begin.starts_with(&head[..head.len().min(begin.len())])
        };
        let Some(at) = came.iter().position(fits) else {
            return;
        };
        let (_, len, proof) = came.remove(at);
        let asks = has_word(call, "MSG_TRUNC") || has_word(call, "MSG_PEEK");
        let alike = came
            .iter()
            .any(|other| fits(other) && other.1 as u64 == got);
        if got == room && len as u64 > got && !asks && !alike {
            let said = Message::new("finding-datagram-cut")
                .int("len", len as u64)
                .int("room", room)
                .int("lost", len as u64 - got);
            let proofs = vec![proof, done(call, returned)];
            self.find(finding(
                FindingKind::DatagramCut,
                Grade::Mistake,
                call,
                said,
                proofs,
            ));
        }
    }

    /// A frame leaves, arrives, or both.
    pub(super) fn transit(&mut self, at: Time, flow: Option<u32>, transit: &Transit) {
        let Some(flow) = flow else { return };
        let proof = || Proof::Segment(at, Box::new(transit.clone()));
        // On a loopback it is seen once, where it leaves and arrives; the opener's side is told as the client's.
        let here = self.loopback && transit.phase == TransitPhase::Seen;
        let leaves = here
            || matches!(
                transit.phase,
                TransitPhase::Whole | TransitPhase::Left | TransitPhase::Lost
            );
        let arrives = here
            || matches!(transit.phase, TransitPhase::Whole | TransitPhase::Arrived)
                && transit.copy == 0;
        let (from, to) = match transit.way {
            Way::FromOpener if here => (Some(HostId::CLIENT), Some(HostId::SERVER)),
            Way::FromAcceptor if here => (Some(HostId::SERVER), Some(HostId::CLIENT)),
            _ => (transit.from, transit.to),
        };
        if leaves && let Some(from) = from {
            self.refusals.leaves(
                flow,
                (from, to),
                transit,
                &proof,
                &self.sockets,
                &self.traced,
            );
            if transit.kind == FrameKind::Reset {
                self.reset_leaves(flow, from, &proof);
            }
            self.data_leaves(flow, from, transit);
        }
        if arrives && let Some(to) = to {
            self.segment_arrives(flow, to, transit, &proof);
            let wired = self.refusals.flow(flow);
            match transit.kind {
                FrameKind::Fin => {
                    wired.fin_came.entry(to).or_insert_with(proof);
                }
                FrameKind::Reset => {
                    wired.rst_came.entry(to).or_insert_with(proof);
                }
                FrameKind::Datagram => {
                    if let Body::Udp(datagram) = &transit.frame.packet().body {
                        let came = wired.datagrams.entry(to).or_default();
                        let payload = datagram.payload;
                        let begin = payload[..payload.len().min(64)].to_vec();
                        came.push((begin, payload.len(), proof()));
                        if came.len() > MOST_DATAGRAMS {
                            came.remove(0);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// A RST leaves: was it because of what was not read?
    fn reset_leaves(&mut self, flow: u32, from: HostId, proof: &dyn Fn() -> Proof) {
        let Some((number, _)) = self.sockets.in_flow(from, flow) else {
            return;
        };
        let unread = self
            .sockets
            .at((from, number))
            .and_then(|socket| socket.unread.take());
        if let Some((unread, call)) = unread {
            let said = Message::new("finding-closed-unread").int("unread", unread);
            let proofs = vec![Proof::Call(Rc::clone(&call), None), proof()];
            if self.part_was_a_mistake(&call, &proofs) {
                return;
            }
            self.find(finding(
                FindingKind::ClosedUnread,
                Grade::Mistake,
                &call,
                said,
                proofs,
            ));
        }
    }

    /// A kernel spoke.
    pub(super) fn states(&mut self, states: &[StateChange]) {
        for state in states {
            let ends = self.is_ended_by_run(state.host);
            self.refusals.state(state, ends);
        }
    }

    /// A process ends with these sockets still open.
    pub(super) fn process_ended(
        &mut self,
        at: Time,
        seen: &ProcessSeen,
        status: i32,
        open: &[LeftSocket],
    ) {
        for left in open {
            let by_run = self.is_ended_by_run(seen.host);
            self.left_open(at, seen.host, left, by_run);
            if !by_run {
                self.open_at_exit(seen.host, left, status);
            }
            if let Some(socket) = self.sockets.at((seen.host, left.socket)) {
                socket.gone = true;
            }
        }
        if status == 128 + SIGPIPE {
            for found in &mut self.found {
                let same = found.host == seen.host && found.program == seen.program;
                if found.kind == FindingKind::SentIntoClosed && same {
                    found.grade = Grade::Mistake;
                }
            }
        }
    }

    /// A socket is open when its process ends, or when the run does.
    pub(super) fn left_open(&mut self, at: Time, host: HostId, left: &LeftSocket, by_run: bool) {
        let key = (host, left.socket);
        let Some(socket) = self.sockets.get(key) else {
            return;
        };
        let (Some(flow), Some(used)) = (socket.flow, socket.used.clone()) else {
            return;
        };
        if socket.closed.is_some() || self.busy.contains(&key) {
            return;
        }
        let wired = self.refusals.wired(flow);
        let wired = wired.filter(|wired| !wired.rst_came.contains_key(&host));
        let Some(fin) = wired.and_then(|wired| wired.fin_came.get(&host).cloned()) else {
            return;
        };
        let Proof::Segment(_, came) = &fin else {
            return;
        };
        let ports = came.followed.ends.map(|(from, to)| [to.port, from.port]);
        let Some(entered) = ports.and_then(|ports| self.refusals.close_wait(host, ports)) else {
            return;
        };
        let sent_after = used.name.sends() && used.at > fin.at();
        let waited = at.since(entered.at());
        let elsewhere = self.stands_elsewhere(&used, left);
        let enough = if by_run {
            elsewhere.is_some()
        } else {
            waited >= TIME_TO_CLOSE
        };
        if sent_after || !enough {
            return;
        }
        let mut proofs = vec![fin, Proof::State(entered, Some(at))];
        proofs.extend(elsewhere.map(|call| Proof::Call(call, None)));
        let said = Message::new("finding-never-closed");
        let mut found = finding(
            FindingKind::NeverClosed,
            Grade::Mistake,
            &used,
            said,
            proofs,
        );
        found.said = Message::new("finding-never-closed").int("fd", left.fd);
        self.find(found);
    }
}

/// The number of SIGPIPE, the same on every Linux but for MIPS' and Alpha's later ones.
const SIGPIPE: i32 = 13;
