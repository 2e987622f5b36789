//! Who waits for whom when a program is ended, and what is left to say at the end.

use std::rc::Rc;

use super::rules::finding;
use super::{Finding, FindingKind, Findings, Grade, Proof};
use crate::model::{
    Arg, Call, CallName, EndReason, EndedBy, HostId, LeftSocket, ProgramEnd, Span, Time,
};
use crate::text::Message;

/// Both ends have waited so long at least.
const LONG: Span = Span::from_ms(2_000);

impl Findings {
    /// A program of a host ended, or is ended.
    pub(super) fn program_ended(&mut self, end: &ProgramEnd) {
        if let EndedBy::Run(reason) = end.by {
            if reason != EndReason::OthersEnded {
                self.both_wait(end.at);
            }
            if reason == EndReason::OutOfTime {
                self.waits_for_ever(end);
            }
            self.ended_by_run.insert(end.host);
        }
    }

    /// The run has begun to end this host's program.
    pub(super) fn is_ended_by_run(&self, host: HostId) -> bool {
        self.ended_by_run.contains(&host)
    }

    /// The call in which the thread stands that used a socket last, where that is about another one.
    pub(super) fn stands_elsewhere(&self, used: &Call, left: &LeftSocket) -> Option<Rc<Call>> {
        let thread = |call: &Call| call.site.as_deref().map(|site| (site.process, site.thread));
        let mut open = self.open.values();
        let call = open.find(|call| call.host == used.host && thread(call) == thread(used))?;
        let about = match call.name {
            // What an epoll set holds is not known.
            CallName::EpollWait | CallName::EpollPwait | CallName::EpollPwait2 => true,
            name if name.waits() => call.args.iter().any(|arg| match arg {
                Arg::Word(word) => word
                    .raw()
                    .split(' ')
                    .any(|part| part == left.fd.to_string()),
                _ => false,
            }),
            _ => call.socket == left.socket,
        };
        (!about).then(|| Rc::clone(call))
    }

    /// Both ends of a connection stand in recv, and all that was sent has been read.
    fn both_wait(&mut self, now: Time) {
        let receives = |call: &&Rc<Call>| {
            call.name.receives() && call.socket > 0 && now.since(call.at) >= LONG
        };
        let standing: Vec<Rc<Call>> = self.open.values().filter(receives).cloned().collect();
        for call in &standing {
            let key = (call.host, call.socket);
            let Some(socket) = self.sockets.get(key).filter(|socket| socket.stream) else {
                continue;
            };
            let Some(flow) = socket.flow else { continue };
            let other = standing.iter().find(|other| {
                other.host > call.host
                    && self
                        .sockets
                        .get((other.host, other.socket))
                        .is_some_and(|peer| {
                            peer.flow == Some(flow)
                                && peer.sent == socket.read
                                && socket.sent == peer.read
                        })
            });
            let busy = |call: &Call| self.busy.contains(&(call.host, call.socket));
            let over = self
                .refusals
                .wired(flow)
                .is_some_and(|wired| !wired.fin_came.is_empty() || !wired.rst_came.is_empty());
            let Some(other) = other.filter(|other| !over && !busy(call) && !busy(other)) else {
                continue;
            };
            let two = self.two_messages(call, other);
            let found = two.or_else(|| self.two_messages(other, call));
            let found = found.unwrap_or_else(|| stand_in_recv(call, other, now));
            if !self.found.iter().any(|old| old.kind == found.kind) {
                self.find(found);
            }
            return;
        }
    }

    /// A program stands in recv when its time is over, and its peer, still connected, has sent nothing for long.
    fn waits_for_ever(&mut self, end: &ProgramEnd) {
        let told = [FindingKind::BothWait, FindingKind::TwoMessages];
        if self.found.iter().any(|found| told.contains(&found.kind)) {
            return;
        }
        let stands = |call: &&Rc<Call>| {
            call.host == end.host && call.name.receives() && end.at.since(call.at) >= LONG
        };
        let standing: Vec<Rc<Call>> = self.open.values().filter(stands).cloned().collect();
        for call in standing {
            let key = (call.host, call.socket);
            let socket = self.sockets.get(key).filter(|socket| socket.stream);
            let Some(wired) = socket.and_then(|socket| self.refusals.wired(socket.flow?)) else {
                continue;
            };
            let over = !wired.fin_came.is_empty() || !wired.rst_came.is_empty();
            if over || !wired.opened || self.busy.contains(&key) {
                continue;
            }
            let waited = end.at.since(call.at).ns() / 1_000_000;
            let said = Message::new("finding-waits-for-ever").int("ms", waited);
            let proofs = vec![Proof::Call(Rc::clone(&call), None)];
            let (kind, grade) = (FindingKind::WaitsForEver, Grade::Hint);
            self.find(finding(kind, grade, &call, said, proofs));
        }
    }

    /// The run is over.
    pub(super) fn end(&mut self, at: Time) {
        // What a program has started may live longer than it: nothing was told of its end.
        let mut left = Vec::new();
        for host in &self.traced {
            for (socket, story) in self.sockets.of_host(*host) {
                let fd = story
                    .used
                    .as_deref()
                    .and_then(|used| used.site.as_deref()?.fd);
                if let (Some(fd), false) = (fd, story.gone) {
                    let unread = None;
                    left.push((*host, LeftSocket { socket, fd, unread }));
                }
            }
        }
        for (host, left) in left {
            self.left_open(at, host, &left, true);
        }
        for found in self.refusals.rest() {
            self.find(found);
        }
    }
}

/// Each of both stands in recv and waits for the other.
fn stand_in_recv(call: &Rc<Call>, other: &Rc<Call>, now: Time) -> Finding {
    let since = call.at.max(other.at);
    let said = Message::new("finding-both-wait").int("ms", now.since(since).ns() / 1_000_000);
    let proofs = [call, other].map(|call| Proof::Call(Rc::clone(call), None));
    let (kind, grade) = (FindingKind::BothWait, Grade::Mistake);
    finding(kind, grade, call, said, proofs.into())
}
