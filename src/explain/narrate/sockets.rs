//! Which socket of which host belongs to which conversation, read off the calls.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::model::{Arg, Call, CallName, CallResult, Endpoint, HostId, Returned, SocketEnds};

/// One socket of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::explain) struct Socket {
    /// The conversation that it belongs to.
    pub flow: Option<u32>,
    /// The endpoint that it was connected to, or whose connection was accepted.
    pub remote: Option<Endpoint>,
    /// SO_LINGER was switched on with no time: close() aborts.
    pub lingers: bool,
    /// The call that began last on it.
    pub last: Option<Rc<Call>>,
}

/// What the calls said of each host's sockets.
#[derive(Debug, Default)]
pub(in crate::explain) struct SocketTable {
    all: BTreeMap<(HostId, u32), Socket>,
    /// Those that carry datagrams.
    datagrams: BTreeSet<(HostId, u32)>,
    /// The datagrams that were handed over: by whom, how long, how they begin; each once.
    sent: BTreeSet<(HostId, u64, Vec<u8>)>,
}

/// Datagrams that are remembered; where there are more kinds, nothing is said of their lengths.
const REMEMBERED: usize = 256;

/// The socket that this call made: (host, number).
pub(in crate::explain) fn made(call: &Call, returned: &Returned) -> Option<(HostId, u32)> {
    match (&call.name, &returned.result) {
        (CallName::Socket | CallName::Accept | CallName::Accept4, CallResult::Ok { value, .. }) => {
            Some((call.host, u32::try_from(*value).ok()?))
        }
        _ => None,
    }
}

/// The call made a socket that is no TCP socket.
pub(in crate::explain) fn makes_no_tcp(call: &Call, returned: &Returned) -> bool {
    call.name == CallName::Socket
        && matches!(returned.result, CallResult::Ok { .. })
        && !has_word(call, "SOCK_STREAM")
}

/// One of the call's arguments is, or contains, this constant.
pub(in crate::explain) fn has_word(call: &Call, word: &str) -> bool {
    call.args.iter().any(|arg| match arg {
        Arg::Word(words) => words.raw().split('|').any(|w| w == word),
        _ => false,
    })
}

/// The address among a call's arguments.
pub(in crate::explain) fn address(args: &[Arg]) -> Option<Endpoint> {
    args.iter().find_map(|arg| match arg {
        Arg::Endpoint(endpoint) => Some(*endpoint),
        _ => None,
    })
}

/// The length of the data among a call's arguments or results.
pub(in crate::explain) fn data_len(args: &[Arg]) -> Option<u64> {
    args.iter().find_map(|arg| match arg {
        Arg::Data { len, .. } => Some(*len),
        _ => None,
    })
}

/// The data among a call's arguments or results: their length, their beginning.
fn data(args: &[Arg]) -> Option<(u64, &[u8])> {
    args.iter().find_map(|arg| match arg {
        Arg::Data { len, head } => Some((*len, head.as_slice())),
        _ => None,
    })
}

/// SO_LINGER's value `{on, seconds}` switches it on with no time.
fn aborts(linger: &str) -> bool {
    let inner = linger.strip_prefix('{').and_then(|l| l.strip_suffix('}'));
    let Some((on, seconds)) = inner.and_then(|inner| inner.split_once(',')) else {
        return false;
    };
    on.trim() != "0" && seconds.trim() == "0"
}

impl SocketTable {
    /// What is known of a call's socket.
    pub fn of(&self, call: &Call) -> Option<&Socket> {
        self.all.get(&(call.host, call.socket))
    }

    /// A call began.
    pub fn began(&mut self, call: &Rc<Call>) {
        let socket = self.all.entry((call.host, call.socket)).or_default();
        socket.last = Some(Rc::clone(call));
        match call.name {
            CallName::Connect => {
                socket.remote = address(&call.args);
                socket.flow = None;
            }
            CallName::Sendto if socket.remote.is_none() => {
                // Not connected: it may speak with several. The latest counts.
                socket.flow = None;
            }
            CallName::Setsockopt if has_word(call, "SO_LINGER") => {
                socket.lingers = call.args.iter().any(|arg| match arg {
                    Arg::Word(word) => aborts(word.raw()),
                    _ => false,
                });
            }
            _ => {}
        }
    }

    /// A call returned. `flow_with` finds the latest conversation of a host with a remote endpoint.
    pub fn returned(
        &mut self,
        call: &Call,
        returned: &Returned,
        flow_with: impl Fn(HostId, Endpoint) -> Option<u32>,
    ) {
        let CallResult::Ok { out, .. } = &returned.result else {
            return;
        };
        match call.name {
            CallName::Socket if has_word(call, "SOCK_DGRAM") => {
                self.datagrams.extend(made(call, returned));
            }
            name if name.accepts() => {
                if let Some(key) = made(call, returned) {
                    let remote = address(out);
                    let flow = remote.and_then(|remote| flow_with(call.host, remote));
                    self.all.insert(
                        key,
                        Socket {
                            flow,
                            remote,
                            lingers: false,
                            last: None,
                        },
                    );
                }
            }
            name if name.receives() => {
                if let Some(remote) = address(out)
                    && let Some(socket) = self.all.get_mut(&(call.host, call.socket))
                {
                    socket.flow = flow_with(call.host, remote).or(socket.flow);
                }
            }
            _ => {}
        }
    }

    /// A call's socket, or the one that it made, has these ends: no doubt is left to which conversation it belongs.
    pub fn has_ends(
        &mut self,
        call: &Call,
        returned: &Returned,
        flow: Option<u32>,
        ends: SocketEnds,
    ) {
        let key = made(call, returned).unwrap_or((call.host, call.socket));
        let socket = self.all.entry(key).or_default();
        socket.remote = ends.remote.or(socket.remote);
        if flow.is_some() {
            socket.flow = flow;
        }
    }

    /// A call hands data over.
    pub fn sent(&mut self, call: &Call) {
        if self.sent.len() <= REMEMBERED
            && self.datagrams.contains(&(call.host, call.socket))
            && let Some((len, head)) = data(&call.args)
        {
            self.sent.insert((call.host, len, head.to_vec()));
        }
    }

    /// How long the datagram was of which this call got all or a part; none where the calls leave that open.
    pub fn length_sent(&self, call: &Call, out: &[Arg]) -> Option<u64> {
        if self.sent.len() > REMEMBERED || !self.datagrams.contains(&(call.host, call.socket)) {
            return None;
        }
        let (got, came) = data(out)?;
        let mut lengths = self
            .sent
            .iter()
            .filter(|(host, len, head)| {
                let both = head.len().min(came.len());
                *host != call.host && *len >= got && head[..both] == came[..both]
            })
            .map(|(_, len, _)| *len);
        let len = lengths.next()?;
        lengths.all(|other| other == len).then_some(len)
    }

    /// A conversation of this host with `remote` was seen: the socket that was connected or sends to it gets it.
    /// Gives the call that began last on that socket.
    pub fn flow(&mut self, host: HostId, remote: Endpoint, flow: u32) -> Option<Rc<Call>> {
        let waiting = self
            .all
            .range_mut((host, 0)..=(host, u32::MAX))
            .rev()
            .map(|(_, socket)| socket)
            .find(|socket| socket.flow.is_none() && socket.remote == Some(remote))?;
        waiting.flow = Some(flow);
        waiting.last.clone()
    }

    /// The call that handed this segment over as it is, header and all: the last one on a raw socket of this host.
    pub fn handed_over(&self, host: HostId, segment: &[u8]) -> Option<&Rc<Call>> {
        let calls = self.all.range((host, 0)..=(host, u32::MAX));
        calls
            .filter_map(|(_, socket)| socket.last.as_ref())
            .find(|call| {
                call.args.iter().any(|arg| match arg {
                    Arg::Data { len, head } => {
                        *len == segment.len() as u64
                            && !head.is_empty()
                            && segment.starts_with(head)
                    }
                    _ => false,
                })
            })
    }

    /// The conversation that this call's socket belongs to.
    pub fn set_flow(&mut self, call: &Call, flow: u32) {
        self.all.entry((call.host, call.socket)).or_default().flow = Some(flow);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CallId, Time};

    fn call(host: HostId, name: CallName, args: Vec<Arg>) -> Call {
        Call {
            at: Time::default(),
            id: CallId(0),
            host,
            socket: 3,
            label: "".into(),
            name,
            args,
            kept_waiting: None,
            site: None,
        }
    }

    fn data(len: u64, head: &str) -> Arg {
        Arg::Data {
            len,
            head: head.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_datagrams_length_is_known_where_all_that_it_can_be_are_as_long() {
        let mut sockets = SocketTable::default();
        for host in [HostId::CLIENT, HostId::SERVER] {
            sockets.datagrams.insert((host, 3));
        }
        let mut sends = |len, head| {
            sockets.sent(&call(
                HostId::CLIENT,
                CallName::Sendto,
                vec![data(len, head)],
            ));
        };
        sends(10, "0123456789");
        sends(3, "012");
        sends(20, "abc");
        sends(30, "abc");
        let recv = call(HostId::SERVER, CallName::Recvfrom, Vec::new());
        let length = |len, head| sockets.length_sent(&recv, &[data(len, head)]);
        assert_eq!(length(4, "0123"), Some(10));
        // Two begin so and are long enough.
        assert_eq!(length(5, "abc"), None);
        assert_eq!(length(25, "abc"), Some(30));
        assert_eq!(length(4, "9999"), None);
        // On a stream a call may get less than was sent, and nothing is lost.
        let mut other = recv.clone();
        other.socket = 4;
        assert_eq!(sockets.length_sent(&other, &[data(4, "0123")]), None);
    }
}
