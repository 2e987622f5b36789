//! Datagrams in the light of those before them: what is there a second time, what is sent again, what comes back; and pieces of one.
//!
//! UDP pairs nothing. What is told is what the datagrams themselves show: the same bytes again, and the first one the other way.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use crate::model::{Span, Time};
use crate::protocol::decode::Arp;
use crate::protocol::follow::{DatagramPiece, HopChanges, SamePacket, Way};
use crate::text::Message;

use super::{Narrator, Note, NoteKind, Transit, ms};

/// So many conversations are remembered; the one that was met first gives way.
const CONVERSATIONS: usize = 1024;
/// So many datagrams of each of their directions.
const REMEMBERED: usize = 8;
/// The bytes of longer ones are not kept, and nothing is said of their coming again: so all that is kept stays below 32 MiB.
const LONGEST: usize = 1500;
/// So many addresses that were asked for.
const ASKED: usize = 256;

/// A datagram that was seen.
#[derive(Clone, Debug)]
struct SeenDatagram {
    /// Its payload; none of one that is longer than is kept.
    bytes: Option<Vec<u8>>,
    frame: u32,
    at: Time,
}

/// What one conversation's datagrams have said so far.
#[derive(Debug, Default)]
struct DatagramTalk {
    /// By direction.
    sent: [VecDeque<SeenDatagram>; 2],
    /// In each direction the last one that something came back after was told of.
    answered: [u32; 2],
}

/// All conversations, and what was asked for on the link.
#[derive(Debug, Default)]
pub(super) struct DatagramTalks {
    talks: BTreeMap<u32, DatagramTalk>,
    order: VecDeque<u32>,
    asked: VecDeque<(IpAddr, IpAddr, Time)>,
}

impl DatagramTalks {
    fn of(&mut self, flow: u32) -> &mut DatagramTalk {
        if !self.talks.contains_key(&flow) {
            if self.order.len() == CONVERSATIONS
                && let Some(eldest) = self.order.pop_front()
            {
                self.talks.remove(&eldest);
            }
            self.order.push_back(flow);
        }
        self.talks.entry(flow).or_default()
    }
}

impl Narrator {
    /// What a datagram of somebody's capture repeats or follows.
    pub(super) fn datagram_follows(
        &mut self,
        flow: Option<u32>,
        payload: &[u8],
        transit: &Transit,
        to: &str,
        notes: &mut Vec<Note>,
    ) {
        let (Some(flow), Some(frame), false) = (flow, transit.number, self.ours()) else {
            return;
        };
        let at = transit.frame.at;
        let way = usize::from(transit.followed.way == Way::FromAcceptor);
        let talk = self.datagrams.of(flow);
        let same = talk.sent[way]
            .iter()
            .rev()
            .find(|sent| sent.bytes.as_deref() == Some(payload));
        let earlier = same.map(|sent| (sent.frame, at.since(sent.at)));
        let last = talk.sent[1 - way]
            .back()
            .map(|sent| (sent.frame, at.since(sent.at)));
        // Across a step of the clock no time says anything.
        let told = |(_, ago): &(u32, Span)| *ago >= Span::ZERO && !payload.is_empty();
        if let Some((before, ago)) = earlier.filter(told) {
            let back = last.filter(|(back, _)| *back > before);
            let key = match back {
                Some(_) => "note-datagram-again-answered",
                None if to_a_group(transit) => "note-datagram-again-group",
                None => "note-datagram-again",
            };
            let message = Message::new(key)
                .int("frame", before)
                .int("back", back.map_or(0, |(back, _)| back))
                .text("ms", ms(ago))
                .text("to", to.to_owned());
            notes.push(Note::new(NoteKind::What, message));
        }
        let news = last.filter(|(asked, ago)| talk.answered[way] < *asked && *ago >= Span::ZERO);
        if let Some((asked, _)) = news {
            talk.answered[way] = asked;
        }
        if talk.sent[way].len() == REMEMBERED {
            talk.sent[way].pop_front();
        }
        talk.sent[way].push_back(SeenDatagram {
            bytes: (payload.len() <= LONGEST).then(|| payload.to_vec()),
            frame,
            at,
        });
        if let Some((asked, ago)) = news {
            notes.push(self.goes_back(asked, ago, to));
        }
    }

    fn goes_back(&mut self, asked: u32, ago: Span, to: &str) -> Note {
        let key = if self.first_time("note-datagram-back") {
            "note-datagram-back"
        } else {
            "note-datagram-back-short"
        };
        let message = Message::new(key)
            .int("frame", asked)
            .text("ms", ms(ago))
            .text("to", to.to_owned());
        Note::new(NoteKind::What, message)
    }

    /// An ARP request once more, while nobody has answered; an answer ends that.
    pub(super) fn asks_again(&mut self, arp: &Arp, transit: &Transit) -> Option<Note> {
        let at = transit.sent.unwrap_or(transit.frame.at);
        let (sender, target): (IpAddr, IpAddr) = (arp.sender.into(), arp.target.into());
        let asked = &mut self.datagrams.asked;
        if arp.operation == 2 {
            asked.retain(|(from, to, _)| (*from, *to) != (target, sender));
            return None;
        }
        let known = asked
            .iter_mut()
            .find(|(from, to, _)| (*from, *to) == (sender, target));
        if let Some((.., last)) = known {
            let message = Message::new("note-arp-request-again")
                .text("sender", sender.to_string())
                .text("target", target.to_string())
                .text("ms", ms(at.since(*last)));
            *last = at;
            return Some(Note::new(NoteKind::What, message).rfc(826, ""));
        }
        if asked.len() == ASKED {
            asked.pop_front();
        }
        asked.push_back((sender, target, at));
        None
    }
}

/// It goes to a group or to everybody: nobody in particular would answer.
fn to_a_group(transit: &Transit) -> bool {
    let packet = transit.frame.packet();
    let link = packet.ether.is_some_and(|ether| ether.dst[0] & 1 == 1);
    link || packet.ip.is_some_and(|ip| ip.dst.is_multicast())
}

/// What is no TCP segment and is there a second time.
pub(super) fn the_same(same: SamePacket) -> Note {
    let hop = same.hop;
    let key = match same.copied {
        false => "note-same-unnumbered",
        true if hop.intersects(HopChanges::TTL) => "note-came-copied-ttl",
        true if hop.intersects(HopChanges::VLAN) => "note-came-copied-vlan",
        true if !hop.is_empty() => "note-came-copied-hop",
        true => "note-came-copied",
    };
    let message = Message::new(key)
        .int("frame", same.of.frame)
        .text("ms", ms(same.of.ago));
    Note::new(NoteKind::What, message)
}

/// Which datagram a fragment is a piece of, and what is known of that by now.
pub(super) fn piece_of(piece: &DatagramPiece, complete: bool, transit: &Transit) -> Note {
    let key = match (complete, piece.ports, piece.nth) {
        (true, Some(_), _) => "note-piece-completes",
        (true, None, _) => "note-piece-completes-portless",
        (false, Some(_), 1) => "note-piece-first",
        (false, None, 1) => "note-piece-first-portless",
        (false, Some(_), _) => "note-piece",
        (false, None, _) => "note-piece-portless",
    };
    let (sport, dport) = piece.ports.unwrap_or_default();
    let protocol = match piece.protocol {
        6 => "TCP",
        17 => "UDP",
        1 | 58 => "ICMP",
        _ => "IP",
    };
    // What the transport's header takes of it.
    let header = if piece.protocol == 17 { 8 } else { 0 };
    let whole = piece.whole.unwrap_or_default().saturating_sub(header);
    let message = Message::new(key)
        .text("id", piece.id.to_string())
        .text("protocol", protocol)
        .text("sport", sport.to_string())
        .text("dport", dport.to_string())
        .int("n", piece.nth)
        .int("whole", whole)
        .int("frame", transit.number.map_or(0, |_| piece.first));
    Note::new(NoteKind::What, message)
}
