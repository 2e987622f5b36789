//! Connections that were refused, and what the refusing host's sockets were then; what the wire showed of each conversation.

use std::collections::{BTreeMap, BTreeSet};

use super::sockets::{SocketStories, Wired};
use super::{EnteredState, Finding, FindingKind, Grade, Proof};
use crate::explain::{FrameKind, StateChange, Transit};
use crate::model::{Endpoint, HostId, TcpState, Untrusted};
use crate::protocol::follow::Way;
use crate::text::Message;

/// Conversations that are remembered.
const MOST: usize = 4096;
/// Ports of one host that are named.
const MOST_NAMED: usize = 8;

/// A connection that was refused.
#[derive(Debug)]
struct RefusedConnection {
    client: HostId,
    to: Endpoint,
    found: Finding,
}

/// What was refused, and what was seen of conversations.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    flows: BTreeMap<u32, Wired>,
    refused: Vec<RefusedConnection>,
    /// Where each host got through to.
    reached: BTreeSet<(HostId, u16)>,
    /// Connections in CLOSE-WAIT or TIME-WAIT, by their kernels' word: host, own port, the other's. Ports alone, for one
    /// kernel may name an IPv4 address in two ways.
    waiting: BTreeMap<(HostId, u16, u16), EnteredState>,
}

impl Refusals {
    /// What is known of a conversation.
    pub(super) fn flow(&mut self, flow: u32) -> &mut Wired {
        if self.flows.len() >= MOST && !self.flows.contains_key(&flow) {
            self.flows.pop_first();
        }
        self.flows.entry(flow).or_default()
    }

    pub(super) fn wired(&self, flow: u32) -> Option<&Wired> {
        self.flows.get(&flow)
    }

    pub(super) fn wired_mut(&mut self, flow: u32) -> Option<&mut Wired> {
        self.flows.get_mut(&flow)
    }

    /// A connection of this host and port is in TIME-WAIT.
    pub(super) fn time_wait(&self, host: HostId, port: u16) -> Option<EnteredState> {
        let of_port = self.waiting.range((host, port, 0)..=(host, port, u16::MAX));
        let mut states = of_port.map(|(_, entered)| *entered);
        states.find(|entered| entered.state() == TcpState::TimeWait)
    }

    /// The connection between these ports of this host and another is in CLOSE-WAIT.
    pub(super) fn close_wait(&self, host: HostId, ports: [u16; 2]) -> Option<EnteredState> {
        let entered = self.waiting.get(&(host, ports[0], ports[1])).copied();
        entered.filter(|entered| entered.state() == TcpState::CloseWait)
    }

    /// A kernel spoke. What `ends` with the run alone counts as it was before.
    pub(super) fn state(&mut self, state: &StateChange, ends: bool) {
        let Some(remote) = state.remote else { return };
        let key = (state.host, state.local.port, remote.port);
        if matches!(state.now, TcpState::CloseWait | TcpState::TimeWait) {
            if self.waiting.len() >= MOST && !self.waiting.contains_key(&key) {
                self.waiting.pop_first();
            }
            self.waiting.insert(key, EnteredState::of(state));
        } else if !ends {
            self.waiting.remove(&key);
        }
    }

    /// A segment leaves a host, for another one.
    pub(super) fn leaves(
        &mut self,
        flow: u32,
        (from, goes_to): (HostId, Option<HostId>),
        transit: &Transit,
        proof: &dyn Fn() -> Proof,
        sockets: &SocketStories,
        traced: &BTreeSet<HostId>,
    ) {
        let opener = transit.way == Way::FromOpener;
        let Some((source, to)) = transit.followed.ends else {
            return;
        };
        let wired = self.flow(flow);
        match transit.kind {
            FrameKind::Syn if wired.syn.is_none() => wired.syn = Some(proof()),
            FrameKind::SynAck => {
                wired.opened = true;
                let port = source.port;
                self.reached.extend(goes_to.map(|client| (client, port)));
            }
            FrameKind::Reset if !opener && !wired.opened && traced.contains(&from) => {
                let (Some(syn), Some(client)) = (wired.syn.take(), goes_to) else {
                    return;
                };
                let listener = source;
                debug_assert!(to != listener, "a RST goes to the other end");
                let Some((kind, message, mut proofs, program)) = why(sockets, from, listener)
                else {
                    return;
                };
                proofs.extend([syn, proof()]);
                proofs.sort_by_key(Proof::at);
                let found = Finding {
                    kind,
                    grade: Grade::Mistake,
                    host: from,
                    program,
                    said: message
                        .int("port", listener.port)
                        .text("to", listener.to_string()),
                    proofs,
                };
                self.refused.push(RefusedConnection {
                    client,
                    to: listener,
                    found,
                });
                self.refused.truncate(MOST_NAMED);
            }
            _ => {}
        }
    }

    /// A program listens from now on: who came before was too early, not wrong.
    pub(super) fn listens(&mut self, host: HostId, at: Endpoint, proof: &Proof) {
        for refused in &mut self.refused {
            let found = &mut refused.found;
            let same = found.host == host && at.port == refused.to.port;
            // An IPv6 socket takes IPv4's connections, too.
            let family = at.addr.is_ipv6() || refused.to.addr.is_ipv4();
            let reachable = at.addr.is_unspecified() && family || at.addr == refused.to.addr;
            let reached = self.reached.contains(&(refused.client, refused.to.port));
            if same && reachable && !reached && found.kind != FindingKind::ListenLate {
                found.kind = FindingKind::ListenLate;
                found.grade = Grade::Hint;
                found.said = Message::new("finding-listen-late")
                    .int("port", refused.to.port)
                    .text("to", refused.to.to_string());
                found.proofs.push(proof.clone());
            }
        }
    }

    /// What is left of what was refused: not where the same host got through to that port afterwards, by its other address.
    pub(super) fn rest(&mut self) -> Vec<Finding> {
        let reached = std::mem::take(&mut self.reached);
        let mut told = BTreeSet::new();
        std::mem::take(&mut self.refused)
            .into_iter()
            .filter(|refused| {
                let late = refused.found.kind == FindingKind::ListenLate;
                (late || !reached.contains(&(refused.client, refused.to.port)))
                    && told.insert((refused.found.kind, refused.found.host, refused.to.port))
            })
            .map(|refused| refused.found)
            .collect()
    }
}

/// Why a host refused a connection to this endpoint of it, as far as its sockets tell. None where a program listens on
/// that port by another address.
fn why(
    sockets: &SocketStories,
    host: HostId,
    wanted: Endpoint,
) -> Option<(FindingKind, Message, Vec<Proof>, Untrusted)> {
    let open = || {
        sockets
            .of_host(host)
            .filter(|(_, story)| !story.gone && story.stream)
    };
    let port_of = |local: Option<Endpoint>| local.map_or(0, |local| local.port);
    let swapped = wanted.port.swap_bytes();
    let mut ports = BTreeSet::new();
    for (_, story) in open() {
        let Some((call, returned)) = &story.listens else {
            continue;
        };
        let proof = vec![Proof::Call(call.clone(), Some(returned.clone()))];
        let program = super::rules::program(call);
        let local = story.local;
        if port_of(local) == wanted.port && local.is_some_and(|l| l.addr.is_loopback()) {
            let said = Message::new("finding-bound-to-loopback")
                .text("local", local.map(|l| l.to_string()).unwrap_or_default());
            let mut proofs = proof;
            proofs.extend(bound(story));
            return Some((FindingKind::BoundToLoopback, said, proofs, program));
        }
        if port_of(local) == swapped && swapped != wanted.port {
            let said = Message::new("finding-swapped-port").int("swapped", swapped);
            let mut proofs = proof;
            proofs.extend(bound(story));
            return Some((FindingKind::SwappedPort, said, proofs, program));
        }
        ports.insert(port_of(local));
    }
    for (_, story) in open() {
        if port_of(story.local) == wanted.port
            && story.listens.is_none()
            && let Some((call, _)) = &story.bound
        {
            let said = Message::new("finding-listen-missing");
            let program = super::rules::program(call);
            return Some((FindingKind::ListenMissing, said, bound(story), program));
        }
    }
    if ports.contains(&wanted.port) {
        // It listens there by another address, of the other family say.
        return None;
    }
    let named: Vec<String> = ports.iter().take(MOST_NAMED).map(u16::to_string).collect();
    let said = Message::new("finding-nobody-listens")
        .int("count", named.len() as u64)
        .text("ports", named.join(", "));
    Some((FindingKind::NobodyListens, said, Vec::new(), "".into()))
}

fn bound(story: &super::sockets::SocketStory) -> Vec<Proof> {
    let bound = story.bound.iter();
    bound
        .map(|(call, returned)| Proof::Call(call.clone(), Some(returned.clone())))
        .collect()
}
