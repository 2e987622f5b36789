//! The kernel's word about a connection: `server is ESTABLISHED cwnd=10`.

use std::ops::Range;

use sockscope::model::{
    DropReason, EndedBy, Endpoint, Fact, HostDrop, HostId, ProgramEnd, TcpInfo, TcpState, Trigger,
};
use sockscope::notation::Mistake;
use sockscope::notation::lexer::Word;

use super::cases::{Above, Read, Reader, Stated};
use super::mistakes::{ms, number};
use super::stage::{self, Sent, Stage};

impl Reader {
    /// The kernel's word about the frame or after the call above, `after` so long.
    pub(super) fn is(&mut self, after: Option<i64>, words: &[Word], span: &Range<usize>) -> Read {
        let seen = self.seen(words, span)?;
        let (usual, from, trigger, of) = match &self.above {
            Above::Nothing => {
                return Err(Box::new(Mistake::new(span.clone(), "flow-attached")));
            }
            Above::Frame(sent) => {
                let (usual, trigger) = Stage::asked(sent, seen.host);
                let own = seen.host == sent.from;
                let from = if own { sent.left } else { sent.arrived };
                (usual, from, trigger, side(sent, seen.host))
            }
            Above::Call(id, ended) => {
                let (usual, trigger) = Stage::asked_after(*ended, *id);
                (usual, *ended, trigger, None)
            }
        };
        let ns = after.map_or(usual, |after| from + after);
        self.stage
            .state(ns, seen.host, seen.state, trigger, seen.info, of);
        self.subject(span, Stated::State(seen.host, stage::at(ns)));
        Ok(())
    }

    /// The kernel's word by itself, or about a frame of this number on the wire.
    pub(super) fn looked(&mut self, ns: i64, words: &[Word], span: &Range<usize>) -> Read {
        let seen = self.seen(words, span)?;
        let trigger = seen.trigger.unwrap_or(Trigger::Looked);
        self.stage
            .state(ns, seen.host, seen.state, trigger, seen.info, None);
        self.subject(span, Stated::State(seen.host, stage::at(ns)));
        Ok(())
    }

    /// `server is ESTABLISHED`, with fields of TCP_INFO.
    fn seen(&self, words: &[Word], span: &Range<usize>) -> Result<Seen, Box<Mistake>> {
        let [who, is, state, fields @ ..] = words else {
            return Err(Box::new(Mistake::new(span.clone(), "flow-event")));
        };
        if is.text != "is" {
            return Err(Box::new(Mistake::new(span.clone(), "flow-event")));
        }
        let host = self.host(&who.text, &who.span)?;
        let known = state.text.parse().map_err(|()| {
            let names = TcpState::ALL.into_iter().map(TcpState::name);
            Mistake::new(state.span.clone(), "flow-state")
                .with("found", state.text.as_str())
                .near(&state.text, names)
        })?;
        let mut trigger = None;
        let mut info = serde_json::to_value(TcpInfo::default()).expect("numbers");
        let mut any = false;
        for field in fields {
            let (name, value) = field.text.split_once('=').unwrap_or((&field.text, ""));
            let place = field.span.clone();
            match name {
                "left" => trigger = Some(Trigger::Held(number(value, &place)? as u64)),
                "arrived" => trigger = Some(Trigger::Delivered(number(value, &place)? as u64)),
                _ if info.get(name).is_some() => {
                    any = true;
                    info[name] = match value.strip_suffix("ms") {
                        Some(time) => ms(time, &place)?.into(),
                        None if value == "infinite" => u32::MAX.into(),
                        None => number(value, &place)?.into(),
                    };
                }
                _ => {
                    let fields = info.as_object().into_iter().flatten();
                    return Err(Box::new(
                        Mistake::new(place, "flow-info")
                            .with("found", name)
                            .near(name, fields.map(|(name, _)| name.as_str())),
                    ));
                }
            }
        }
        let info = any.then(|| serde_json::from_value(info));
        let info = info.transpose().map_err(|error| {
            Mistake::new(span.clone(), "flow-info").with("found", error.to_string())
        })?;
        Ok(Seen {
            host,
            state: known,
            trigger,
            info,
        })
    }
}

struct Seen {
    host: HostId,
    state: TcpState,
    trigger: Option<Trigger>,
    info: Option<TcpInfo>,
}

/// The connection of a frame as this host has it: the other host, its own port, the other's.
pub(super) fn side(sent: &Sent, host: HostId) -> Option<(HostId, u16, u16)> {
    if host == sent.from {
        Some((sent.to?, sent.ports.0, sent.ports.1))
    } else {
        Some((sent.from, sent.ports.1, sent.ports.0))
    }
}

impl Stage {
    /// A kernel dropped packets: why, how many, of how many, after which frame of the wire.
    pub fn drops(
        &mut self,
        ns: i64,
        host: HostId,
        (reason, count, among, after): (DropReason, u32, u32, u64),
    ) {
        self.facts.push(Fact::Dropped(HostDrop {
            at: stage::at(ns),
            since: stage::at(0),
            host,
            socket: Endpoint::new([10, 0, 0, 2].into(), 7070),
            reason,
            count,
            among,
            queue: (reason == DropReason::AcceptQueueFull).then_some((2, 1)),
            trigger: Trigger::Delivered(after),
        }));
    }

    pub fn program_ends(&mut self, ns: i64, host: HostId, by: EndedBy) {
        let at = stage::at(ns);
        self.facts.push(Fact::Program(ProgramEnd { at, host, by }));
    }
}
