//! Where the time of each connection went, at each of its ends, from the calls of both programs: at work, waiting for the other
//! program, for what was on its way, in sends, in calls on other sockets.
//!
//! A receive, or a wait for one, is split at the call by which the other program sent what is read next: before it, that program
//! had not sent it; from then on it was on its way, through both kernels and over the wire. What the calls leave over is the
//! program's own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::explain::narrate::sockets::{data_len, has_word, made};
use crate::model::{Call, CallName, CallResult, HostId, Returned, Span, Time, Untrusted};

/// Ends that are remembered.
const MOST_ENDS: usize = 1024;
/// Sends of an end that the other one has not read.
const MOST_UNREAD: usize = 4096;
/// Connections of one thread that wait together; of a thread with more, nothing is said.
const MOST_OF_THREAD: usize = 32;

/// What calls of an end waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitTimes {
    /// The other program had not sent what was read next.
    pub other_program: Span,
    /// It had: through both kernels and over the wire. Of connect(), the handshake.
    pub on_the_way: Span,
    /// In sends: the kernel had no room, or was at work.
    pub sending: Span,
    /// The thread stood in a call on another socket.
    pub elsewhere: Span,
}

/// One end of a connection between two programs.
#[derive(Clone, Debug)]
pub struct ConnectionEnd {
    /// The host.
    pub host: HostId,
    /// The number of the connection.
    pub flow: u32,
    /// Who used it.
    pub program: Untrusted,
    /// Calls on it.
    pub calls: u32,
    /// Sends among them, and their bytes.
    pub sends: u32,
    /// Bytes that they handed over.
    pub sent: u64,
    /// Receives among them.
    pub receives: u32,
    /// Bytes that they took.
    pub read: u64,
    begun: Time,
    last: Time,
    closed: bool,
    connects: bool,
    waits: WaitTimes,
    /// The thread that uses it.
    thread: Option<u32>,
    /// Several threads use it, or calls were not understood: what was waited for is not told.
    unclear: bool,
    /// Sends, by the byte behind their last, with their beginnings.
    unread: VecDeque<(u64, Time)>,
    /// It ended its sending direction.
    finished: Option<Time>,
}

impl ConnectionEnd {
    /// From connect() or accept() to the last call on it.
    #[must_use]
    pub const fn lasted(&self) -> Span {
        self.last.since(self.begun)
    }

    /// What was waited for; none where several threads used it.
    #[must_use]
    pub fn waits(&self) -> Option<WaitTimes> {
        (!self.unclear).then_some(self.waits)
    }

    /// What no call took: the program was at work, on this connection or on something else.
    #[must_use]
    pub fn working(&self) -> Option<Span> {
        let waits = self.waits()?;
        let all = [
            waits.other_program,
            waits.on_the_way,
            waits.sending,
            waits.elsewhere,
        ];
        let waited: i64 = all.iter().map(|span| span.ns()).sum();
        Some(Span::from_ns((self.lasted().ns() - waited).max(0)))
    }
}

/// A wait, from its beginning to its end.
#[derive(Clone, Copy)]
struct Waited {
    from: Time,
    to: Time,
}

impl Waited {
    fn whole(self) -> Span {
        self.to.since(self.from)
    }
}

fn add(to: &mut Span, more: Span) {
    *to = Span::from_ns(to.ns() + more.ns());
}

/// The ends of all connections of traced programs.
#[derive(Debug, Default)]
pub(super) struct TimeSpent {
    ends: BTreeMap<(HostId, u32), ConnectionEnd>,
    of_thread: BTreeMap<(HostId, u32), BTreeSet<u32>>,
    of_flow: BTreeMap<(u32, HostId), u32>,
}

impl TimeSpent {
    /// A call begins, on a stream socket or not, in this conversation if that is known.
    pub(super) fn began(&mut self, call: &Call, stream: bool, flow: Option<u32>) {
        let key = (call.host, call.socket);
        if call.name == CallName::Connect && stream && !self.ends.contains_key(&key) {
            self.begin(key, call, call.at, true);
        }
        let Some(end) = self.ends.get_mut(&key) else {
            return;
        };
        end.last = end.last.max(call.at);
        end.calls += 1;
        end.connects &= call.name == CallName::Connect;
        if let Some(flow) = flow {
            self.is_of(key, flow);
        }
        let end = self.ends.get_mut(&key).expect("just found");
        if call.name == CallName::Close {
            end.closed = true;
            end.finished.get_or_insert(call.at);
            let thread = end.thread.map(|thread| (call.host, thread));
            let of_thread = thread.and_then(|thread| self.of_thread.get_mut(&thread));
            if let Some(sockets) = of_thread {
                sockets.remove(&call.socket);
            }
            return;
        }
        // A descriptor was closed, and not the last one.
        end.closed = false;
        match (call.name, call.site.as_deref()) {
            (CallName::Shutdown, _) if !has_word(call, "SHUT_RD") => {
                end.finished.get_or_insert(call.at);
            }
            (CallName::Splice, _) | (_, None) => end.unclear = true,
            (name, _) if name.sends() => {
                end.sends += 1;
                let len = data_len(&call.args);
                end.unclear |= len.is_none() || end.unread.len() == MOST_UNREAD;
                if !end.unclear {
                    end.unread.push_back((end.sent + len.unwrap_or(0), call.at));
                }
            }
            (name, _) if name.receives() => end.receives += 1,
            _ => {}
        }
        self.used_by(key, call);
    }

    fn begin(&mut self, key: (HostId, u32), call: &Call, at: Time, connects: bool) {
        if self.ends.len() >= MOST_ENDS {
            return;
        }
        let program = call.site.as_deref().map(|site| site.program.clone());
        self.ends.insert(
            key,
            ConnectionEnd {
                host: key.0,
                flow: u32::MAX,
                program: program.unwrap_or_else(|| "".into()),
                calls: 0,
                sends: 0,
                sent: 0,
                receives: 0,
                read: 0,
                begun: at,
                last: at,
                closed: false,
                connects,
                waits: WaitTimes::default(),
                thread: None,
                unclear: false,
                unread: VecDeque::new(),
                finished: None,
            },
        );
    }

    /// Whose it is: who accepted it may have given it to another thread, once.
    fn used_by(&mut self, key: (HostId, u32), call: &Call) {
        let (Some(end), Some(site)) = (self.ends.get_mut(&key), call.site.as_deref()) else {
            return;
        };
        match end.thread {
            Some(thread) => end.unclear |= thread != site.thread,
            None => {
                end.thread = Some(site.thread);
                end.program = site.program.clone();
                let of_thread = self.of_thread.entry((key.0, site.thread)).or_default();
                of_thread.insert(key.1);
            }
        }
    }

    /// A call returned; what it moved is counted after what it waited for.
    pub(super) fn returned(&mut self, call: &Call, returned: &Returned, flow: Option<u32>) {
        self.waited(call, returned.at);
        let key = (call.host, call.socket);
        if call.name.accepts()
            && let Some(made) = made(call, returned)
        {
            self.begin(made, call, returned.at, false);
            if let Some(flow) = flow {
                self.is_of(made, flow);
            }
        } else if let Some(flow) = flow {
            self.is_of(key, flow);
        }
        let Some(end) = self.ends.get_mut(&key) else {
            return;
        };
        let moved = match &returned.result {
            CallResult::Ok { value, .. } => u64::try_from(*value).unwrap_or(0),
            CallResult::Err(_) => 0,
        };
        // With EINPROGRESS the handshake goes on, and is waited for by poll() or its like.
        let goes_on = matches!(&returned.result, CallResult::Err(errno) if errno == "EINPROGRESS");
        end.connects &= goes_on;
        if call.name.sends() {
            end.sent += moved;
            match end.unread.back_mut() {
                Some(last) if last.1 == call.at && moved > 0 => last.0 = end.sent,
                Some(last) if last.1 == call.at => drop(end.unread.pop_back()),
                _ => {}
            }
        } else if call.name.receives() && !has_word(call, "MSG_PEEK") {
            end.read += moved;
        }
        let (flow, read) = (end.flow, end.read);
        if let Some(other) = self.other(call.host, flow) {
            let unread = &mut self.ends.get_mut(&other).expect("just found").unread;
            while unread.front().is_some_and(|(to, _)| *to <= read) {
                unread.pop_front();
            }
        }
    }

    /// A call has stood until now, and has returned or never will.
    pub(super) fn waited(&mut self, call: &Call, now: Time) {
        let waited = Waited {
            from: call.at,
            to: now,
        };
        let Some(site) = call.site.as_deref() else {
            return;
        };
        let thread = (call.host, site.thread);
        let sockets = self.of_thread.get(&thread).cloned().unwrap_or_default();
        for socket in &sockets {
            let key = (call.host, *socket);
            if sockets.len() > MOST_OF_THREAD {
                self.ends.entry(key).and_modify(|end| end.unclear = true);
                continue;
            }
            if call.name.waits() {
                self.split(key, waited);
            } else if *socket != call.socket
                && let Some(end) = self.ends.get_mut(&key)
            {
                add(&mut end.waits.elsewhere, waited.whole());
                end.last = end.last.max(now);
            }
        }
        let key = (call.host, call.socket);
        let Some(end) = self.ends.get_mut(&key) else {
            return;
        };
        end.last = end.last.max(now);
        if call.name.receives() {
            self.split(key, waited);
        } else if call.name.sends() {
            add(&mut end.waits.sending, waited.whole());
        } else if call.name == CallName::Connect {
            add(&mut end.waits.on_the_way, waited.whole());
        }
    }

    /// What a receive, or a wait, of this end waited for.
    fn split(&mut self, key: (HostId, u32), waited: Waited) {
        let Some(end) = self.ends.get(&key) else {
            return;
        };
        let (read, flow) = (end.read, end.flow);
        let handshake = end.connects;
        let other = self.other(key.0, flow).and_then(|key| self.ends.get(&key));
        // Not accepted so far: what the other program sends is still to come.
        let sent = other.and_then(|other| {
            let sent = other.unread.iter().find(|(to, _)| *to > read);
            sent.map(|(_, at)| *at).or(other.finished)
        });
        let from = sent.map_or(waited.to, |at| at.clamp(waited.from, waited.to));
        let from = if handshake { waited.from } else { from };
        let end = self.ends.get_mut(&key).expect("just found");
        add(&mut end.waits.other_program, from.since(waited.from));
        add(&mut end.waits.on_the_way, waited.to.since(from));
        end.connects = false;
        end.last = end.last.max(waited.to);
    }

    fn is_of(&mut self, key: (HostId, u32), flow: u32) {
        if let Some(end) = self.ends.get_mut(&key)
            && end.flow != flow
        {
            end.flow = flow;
            self.of_flow.insert((flow, key.0), key.1);
        }
    }

    fn other(&self, host: HostId, flow: u32) -> Option<(HostId, u32)> {
        let ends = self
            .of_flow
            .range((flow, HostId(0))..=(flow, HostId(u8::MAX)));
        let others = ends.filter(|((_, of), _)| *of != host);
        others.map(|((_, of), socket)| (*of, *socket)).next()
    }

    /// Ends of connections of which both ends were seen, by connection; none of those that `leaves_out` names.
    pub(super) fn ends(&self, leaves_out: impl Fn(HostId, u32) -> bool) -> Vec<&ConnectionEnd> {
        let seen = |key: &(HostId, u32), end: &ConnectionEnd| {
            !leaves_out(key.0, key.1)
                && self
                    .other(end.host, end.flow)
                    .is_some_and(|other| !leaves_out(other.0, other.1))
        };
        let ends = self.ends.iter().filter(|(key, end)| seen(key, end));
        let mut ends: Vec<&ConnectionEnd> = ends.map(|(_, end)| end).collect();
        ends.sort_by_key(|end| (end.flow, end.host));
        ends
    }
}
