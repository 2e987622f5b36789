//! What was sent came out at the other end: byte for byte over TCP, datagram for datagram over UDP.
//!
//! A recorded call holds the length of its data and its first bytes; the whole data stands in the frames.
//! So lengths are compared call by call, and contents as far as they were recorded, each at its place in
//! the stream that the segments make.

use crate::model::{Arg, CallName, CallResult, HostId};
use crate::protocol::decode::Body;

use super::{Evidence, MadeCall, Shortfall};

/// A piece of data that went through a call.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Chunk {
    len: u64,
    head: Vec<u8>,
}

pub(super) fn judge(evidence: &Evidence, from: &str, to: &str) -> Result<(), Shortfall> {
    let (Some(sender), Some(receiver)) = (evidence.host(from), evidence.host(to)) else {
        return Err(short(evidence, from, to));
    };
    let sent = pieces(
        evidence,
        from,
        &[CallName::Send, CallName::Sendto, CallName::Sendmsg],
    );
    let got = pieces(
        evidence,
        to,
        &[CallName::Recv, CallName::Recvfrom, CallName::Recvmsg],
    );
    let stream = stream(evidence, sender, receiver);
    let whole = match stream {
        Some(stream) => fits(&sent, &stream) && fits(&got, &stream),
        None => sent == got,
    };
    if whole {
        Ok(())
    } else {
        Err(short(evidence, from, to))
    }
}

/// The data of a host's calls, in the order in which they returned. Looking (`MSG_PEEK`) takes nothing.
fn pieces(evidence: &Evidence, host: &str, names: &[CallName]) -> Vec<Chunk> {
    evidence
        .returned_calls(host)
        .filter(|made| names.contains(&made.call.name))
        .filter(|made| !peeks(made))
        .filter_map(piece)
        .collect()
}

fn peeks(made: &MadeCall) -> bool {
    made.call
        .args
        .iter()
        .any(|arg| matches!(arg, Arg::Word(word) if word.raw().contains("MSG_PEEK")))
}

fn piece(made: &MadeCall) -> Option<Chunk> {
    let CallResult::Ok { value, out } = &made.returned.as_ref()?.result else {
        return None;
    };
    let len = u64::try_from(*value).ok()?;
    let head = made
        .call
        .args
        .iter()
        .chain(out)
        .find_map(|arg| match arg {
            Arg::Data { head, .. } => Some(head.clone()),
            _ => None,
        })
        .unwrap_or_default();
    let kept = head.len().min(usize::try_from(len).unwrap_or(usize::MAX));
    Some(Chunk {
        len,
        head: head[..kept].to_vec(),
    })
}

/// The bytes that the sender's segments carry, in their order; none when no TCP segment carried any.
/// More than one connection between the two is put one behind the other.
fn stream(evidence: &Evidence, from: HostId, to: HostId) -> Option<Vec<u8>> {
    let mut all: Vec<(Option<crate::protocol::follow::Conversation>, Vec<u8>)> = Vec::new();
    let mut room = HOLES;
    for seen in &evidence.frames {
        if seen.from != Some(from) || seen.to != Some(to) {
            continue;
        }
        let packet = seen.frame.packet();
        let (Body::Tcp(tcp), Some(segment)) = (&packet.body, &seen.followed.segment) else {
            continue;
        };
        if tcp.payload.is_empty() {
            continue;
        }
        let at = tcp.seq.relative_to(segment.isn().plus(1)) as usize;
        let conversation = seen.followed.conversation;
        let known = all.iter().position(|(c, _)| *c == conversation);
        let index = known.unwrap_or_else(|| {
            all.push((conversation, Vec::new()));
            all.len() - 1
        });
        room += tcp.payload.len();
        room -= place(&mut all[index].1, at, tcp.payload, room);
    }
    let bytes: Vec<u8> = all.into_iter().flat_map(|(_, bytes)| bytes).collect();
    (!bytes.is_empty()).then_some(bytes)
}

/// All holes of all streams, where frames were not seen, are no longer than this together.
const HOLES: usize = 1 << 20;

/// Puts a segment's payload at its place, and gives by how much the stream grew. One that takes more than there is room
/// for is a stray and is left out, so that hostile numbers cost no memory.
fn place(stream: &mut Vec<u8>, at: usize, payload: &[u8], room: usize) -> usize {
    let end = at.saturating_add(payload.len());
    let grows = end.saturating_sub(stream.len());
    if grows > room {
        return 0;
    }
    stream.resize(stream.len() + grows, 0);
    stream[at..end].copy_from_slice(payload);
    grows
}

/// The pieces, one behind the other, are the stream.
fn fits(pieces: &[Chunk], stream: &[u8]) -> bool {
    let mut at = 0_usize;
    for piece in pieces {
        let Some(rest) = stream.get(at..) else {
            return false;
        };
        if !rest.starts_with(&piece.head) {
            return false;
        }
        at = at.saturating_add(usize::try_from(piece.len).unwrap_or(usize::MAX));
    }
    at == stream.len()
}

fn short(evidence: &Evidence, from: &str, to: &str) -> Shortfall {
    let lines = |host: &str, names: &[CallName]| -> Vec<String> {
        evidence
            .returned_calls(host)
            .filter(|made| names.contains(&made.call.name))
            .map(|made| evidence.timed_call(&made.call, made.returned.as_deref()))
            .collect()
    };
    Shortfall::new(
        "lesson-short-delivered",
        lines(from, &[CallName::Send, CallName::Sendto, CallName::Sendmsg])
            .into_iter()
            .map(|line| (line, true))
            .collect(),
        lines(to, &[CallName::Recv, CallName::Recvfrom, CallName::Recvmsg]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_take_no_more_room_than_they_may_together() {
        let mut streams = [Vec::new(), Vec::new()];
        let mut room = HOLES;
        // Each a byte, a mebibyte behind the one before, in two connections.
        for n in 0..2_000 {
            room += 1;
            room -= place(&mut streams[n % 2], n << 20, b"x", room);
        }
        let len: usize = streams.iter().map(Vec::len).sum();
        assert!(len <= HOLES + 2_000, "{len}");
        // What comes in its order always has room.
        for n in 0..3_000 {
            room += 1_400;
            let end = streams[0].len();
            room -= place(&mut streams[0], end, &[n as u8; 1_400], room);
        }
        assert!(streams[0].len() >= 3_000 * 1_400);
    }
}
