//! All that is no TCP segment: datagrams, ICMP, neighbours, fragments; and what the wire did to frames.

use crate::model::Verdict;
use crate::protocol::decode::{Arp, Body, IPCOMP, Icmp, Packet, Problem};
use crate::text::Message;

use super::datagrams::{piece_of, the_same};
use super::{FrameKind, Narrator, Note, NoteKind, Transit, TransitPhase, ms};

/// Types of ICMPv6 that are neighbour discovery (RFC 4861 §4): router and neighbour solicitation and
/// advertisement, redirect.
const NEIGHBOUR_DISCOVERY: std::ops::RangeInclusive<u8> = 133..=137;

impl Narrator {
    /// A frame that is no TCP segment leaves.
    pub(super) fn other_frame(
        &mut self,
        flow: Option<u32>,
        transit: &Transit,
        notes: &mut Vec<Note>,
    ) -> FrameKind {
        let frame = transit.frame.clone();
        let packet = frame.packet();
        let told_of = notes.len();
        let kind = self.other_body(flow, &packet, transit, notes);
        // In a recording of ours the fates tell it.
        if let Some(same) = transit.followed.same.filter(|_| !self.ours()) {
            if same.copied {
                notes.truncate(told_of);
            }
            notes.push(the_same(same));
        }
        kind
    }

    fn other_body(
        &mut self,
        flow: Option<u32>,
        packet: &Packet<'_>,
        transit: &Transit,
        notes: &mut Vec<Note>,
    ) -> FrameKind {
        match packet.body {
            Body::Udp(udp) => {
                self.datagram(udp.len, transit, notes);
                if transit.followed.same.is_none() {
                    let to = self.name(transit.to, transit.followed.ends.map(|(_, to)| to));
                    self.datagram_follows(flow, udp.payload, transit, &to, notes);
                }
                FrameKind::Datagram
            }
            Body::Icmp(icmp) if icmp.v6 && NEIGHBOUR_DISCOVERY.contains(&icmp.kind) => {
                neighbour_discovery(&icmp, notes);
                FrameKind::Neighbour
            }
            Body::Icmp(_) | Body::OtherIp(_) if self.about_groups(transit, notes) => {
                FrameKind::Icmp
            }
            Body::Icmp(icmp) => {
                self.icmp(&icmp, packet, transit, notes);
                self.too_big(&icmp, transit);
                FrameKind::Icmp
            }
            Body::Arp(arp) => {
                let again = transit.followed.same.is_none();
                match again.then(|| self.asks_again(&arp, transit)).flatten() {
                    Some(again) => notes.push(again),
                    None => arp_message(&arp, notes),
                }
                FrameKind::Neighbour
            }
            Body::Fragment => {
                fragment(packet, transit, notes);
                FrameKind::Fragment
            }
            Body::OtherIp(IPCOMP) => {
                let message = Message::new("note-compressed");
                notes.push(Note::new(NoteKind::What, message).rfc(3173, ""));
                FrameKind::Other
            }
            _ => FrameKind::Other,
        }
    }

    fn datagram(&mut self, len: u32, transit: &Transit, notes: &mut Vec<Note>) {
        let from = self.name(transit.from, transit.followed.ends.map(|(from, _)| from));
        let to = self.name(transit.to, transit.followed.ends.map(|(_, to)| to));
        let key = if self.first_time("note-datagram") {
            "note-datagram"
        } else {
            "note-datagram-short"
        };
        let message = Message::new(key)
            .int("len", len)
            .text("from", from)
            .text("to", to);
        notes.push(Note::new(NoteKind::What, message).rfc(768, ""));
        if transit.from.is_some() && transit.to.is_none() {
            notes.extend(self.goes_to_a_group(transit));
        }
    }

    /// Who gets a datagram that is not for one host alone, said once of each kind of group.
    fn goes_to_a_group(&mut self, transit: &Transit) -> Option<Note> {
        let frame = &transit.frame;
        let to = frame.packet().ether?.dst;
        let (key, rfc, section) = match to {
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] => ("note-broadcast", 919, "7"),
            // The address of an IPv6 group begins so on an Ethernet (RFC 2464 §7).
            [0x33, 0x33, ..] => ("note-multicast", 4291, "2.7"),
            [first, ..] if first & 1 == 1 => ("note-multicast", 1112, "7"),
            _ => return None,
        };
        let new = self.first_time(key);
        new.then(|| Note::new(NoteKind::Why, Message::new(key)).rfc(rfc, section))
    }

    /// One receiver's copy of a frame ended on the wire.
    pub(super) fn copy_lost(&self, transit: &Transit) -> Note {
        let rule = transit.fate.as_deref().and_then(|fate| fate.rule);
        let message = Message::new("note-copy-lost")
            .text("host", self.name(transit.to, None))
            .text("rule", self.rule(rule));
        Note::new(NoteKind::Caution, message)
    }

    /// A rule in brackets, as it is put behind what it did; nothing where there was none.
    fn rule(&self, rule: Option<u16>) -> String {
        let rule = rule.and_then(|at| self.rules.get(usize::from(at)));
        rule.map_or_else(String::new, |rule| format!(" ({rule})"))
    }

    fn icmp(&self, icmp: &Icmp<'_>, packet: &Packet<'_>, transit: &Transit, notes: &mut Vec<Note>) {
        let from = match (transit.from, &packet.ip) {
            // A hop in between is no host.
            (None, Some(ip)) => ip.src.to_string(),
            (from, _) => self.name(from, None),
        };
        let port = icmp.quoted.map_or(0, |(_, _, to)| i64::from(to.port));
        let (key, rfc) = match (icmp.v6, icmp.kind, icmp.code) {
            (false, 8, _) => ("note-icmp-echo-request", (792, "")),
            (true, 128, _) => ("note-icmp-echo-request", (4443, "4.1")),
            (false, 0, _) => ("note-icmp-echo-reply", (792, "")),
            (true, 129, _) => ("note-icmp-echo-reply", (4443, "4.2")),
            (false, 3, 3) => ("note-icmp-port", (1122, "4.1.3.1")),
            (true, 1, 4) => ("note-icmp-port", (4443, "3.1")),
            (false, 3, 4) => ("note-icmp-too-big", (1191, "4")),
            (true, 2, _) => ("note-icmp-too-big", (4443, "3.2")),
            (false, 3, _) => ("note-icmp-unreachable", (792, "")),
            (true, 1, _) => ("note-icmp-unreachable", (4443, "3.1")),
            (false, 11, 1) => ("note-icmp-time-pieces", (792, "")),
            (true, 3, 1) => ("note-icmp-time-pieces", (4443, "3.3")),
            (false, 11, _) => ("note-icmp-time", (792, "")),
            (true, 3, _) => ("note-icmp-time", (4443, "3.3")),
            (false, _, _) => ("note-icmp", (792, "")),
            (true, _, _) => ("note-icmp", (4443, "2.1")),
        };
        let mtu = if icmp.v6 {
            u32::from_be_bytes(icmp.rest)
        } else {
            u32::from(u16::from_be_bytes([icmp.rest[2], icmp.rest[3]]))
        };
        let message = Message::new(key)
            .text("from", from)
            .int("port", port)
            .int("mtu", mtu)
            .int("type", icmp.kind)
            .int("code", icmp.code);
        notes.push(Note::new(NoteKind::What, message).rfc(rfc.0, rfc.1));
    }

    /// An ICMP message says that a packet was too big for the way: its sender's kernel will remember that.
    fn too_big(&mut self, icmp: &Icmp<'_>, transit: &Transit) {
        if !matches!(
            (icmp.v6, icmp.kind, icmp.code),
            (false, 3, 4) | (true, 2, _)
        ) {
            return;
        }
        let Some((_, from, to)) = icmp.quoted else {
            return;
        };
        let at = transit.arrived.or(transit.sent).unwrap_or(transit.frame.at);
        let mut conns = self.conns.values_mut().rev();
        let found = conns.find_map(|conn| {
            let way = conn.ends.iter().position(|end| *end == from)?;
            (conn.ends[1 - way] == to).then(|| &mut conn.sides[way])
        });
        if let Some(side) = found {
            side.too_big = Some((at, icmp.v6));
        }
    }

    /// What the wire did to a frame: told where it left; and what became of it where it arrived.
    pub(super) fn fate(
        &self,
        transit: &Transit,
        leaves: bool,
        dropped: bool,
        notes: &mut Vec<Note>,
    ) {
        let caution = |message| Note::new(NoteKind::Caution, message);
        if transit.copy > 0 && transit.phase == TransitPhase::Arrived {
            let message = Message::new("note-copy").int("copy", i64::from(transit.copy) + 1);
            notes.push(caution(message));
        }
        if let Some(fate) = transit.fate.as_deref().filter(|_| leaves) {
            if let Some(message) = verdict(&fate.verdict) {
                notes.push(caution(message.text("rule", self.rule(fate.rule))));
            }
            for one in &fate.apart {
                if let Verdict::Delayed(by) = one.verdict {
                    let message = Message::new("note-copy-delayed")
                        .text("host", self.name(Some(one.to), None))
                        .text("ms", ms(by))
                        .text("rule", self.rule(Some(one.rule)));
                    notes.push(caution(message));
                }
            }
            let lost = matches!(fate.verdict, Verdict::Lost | Verdict::QueueFull);
            if let Some(rfc) = fragment_rfc(transit).filter(|_| lost) {
                let message = Message::new("note-fragment-lost");
                notes.push(caution(message).rfc(rfc.0, rfc.1));
            }
        }
        if dropped {
            let (rfc, section) = match transit.kind {
                FrameKind::Datagram => (1122, "4.1.3.4"),
                _ => (9293, "3.1"),
            };
            notes.push(caution(Message::new("note-corrupted-dropped")).rfc(rfc, section));
        }
    }
}

/// Whether its header can't be, so that a receiver drops it before it looks at anything else; told where it leaves.
pub(super) fn refused(transit: &Transit, leaves: bool, notes: &mut Vec<Note>) -> bool {
    let packet = transit.frame.packet();
    let malformed = |key, problem: &Problem| {
        let message = Message::new(key).int("bytes", problem.needed.min(problem.had));
        Note::new(NoteKind::Caution, message).rfc(9293, "3.1")
    };
    for problem in packet.problems.iter() {
        let (key, refused) = match problem.name {
            "tcp-header-length" => ("note-header-short", true),
            "tcp-header-long" => ("note-header-long", true),
            "tcp-options-malformed" => ("note-options-malformed", false),
            _ => continue,
        };
        if leaves {
            notes.push(malformed(key, problem));
        }
        if refused {
            return true;
        }
    }
    false
}

/// What a verdict is called; nothing for a frame that was carried as it was.
fn verdict(verdict: &Verdict) -> Option<Message> {
    Some(match verdict {
        Verdict::Passed | Verdict::Overrun { .. } => return None,
        Verdict::Delayed(by) => Message::new("note-delayed").text("ms", ms(*by)),
        Verdict::Lost => Message::new("note-lost"),
        Verdict::Duplicated(times) => Message::new("note-duplicated").int("times", *times),
        Verdict::Reordered => Message::new("note-reordered"),
        Verdict::Corrupted(bits) => {
            let flipped: u32 = bits.iter().map(|(_, mask)| mask.count_ones()).sum();
            Message::new("note-corrupted").int("bits", flipped)
        }
        Verdict::QueueFull => Message::new("note-lost-queue"),
        Verdict::TooBig { mtu } => Message::new("note-lost-too-big").int("mtu", *mtu),
    })
}

fn neighbour_discovery(icmp: &Icmp<'_>, notes: &mut Vec<Note>) {
    let (key, section) = match icmp.kind {
        133 => ("note-nd-router-solicitation", "4.1"),
        134 => ("note-nd-router-advertisement", "4.2"),
        135 => ("note-nd-solicitation", "4.3"),
        136 => ("note-nd-advertisement", "4.4"),
        _ => ("note-nd-redirect", "4.5"),
    };
    // The target address follows the four reserved bytes (RFC 4861 §4.3, §4.4).
    let target = icmp
        .payload
        .first_chunk::<16>()
        .map(|bytes| std::net::Ipv6Addr::from(*bytes).to_string());
    let message = Message::new(key).text("target", target.unwrap_or_default());
    notes.push(Note::new(NoteKind::What, message).rfc(4861, section));
}

fn arp_message(arp: &Arp, notes: &mut Vec<Note>) {
    let key = match arp.operation {
        1 => "note-arp-request",
        2 => "note-arp-reply",
        _ => return,
    };
    let message = Message::new(key)
        .text("sender", arp.sender.to_string())
        .text("target", arp.target.to_string());
    notes.push(Note::new(NoteKind::What, message).rfc(826, ""));
}

fn fragment(packet: &Packet<'_>, transit: &Transit, notes: &mut Vec<Note>) {
    let Some(ip) = &packet.ip else { return };
    let Some(part) = ip.fragment else { return };
    let key = if part.more {
        "note-fragment"
    } else {
        "note-fragment-last"
    };
    let message = Message::new(key)
        .int("offset", part.offset)
        .int("len", ip.payload_len)
        .int("fragments", transit.followed.fragments);
    let rfc = rfc_of_fragments(ip.src);
    notes.push(Note::new(NoteKind::What, message).rfc(rfc.0, rfc.1));
    if let Some(piece) = transit.followed.piece.as_deref() {
        let complete = transit.followed.fragments > 0;
        notes.push(piece_of(piece, complete, transit));
    }
}

/// Where it is said how a datagram is put together; none where this is no piece of one.
fn fragment_rfc(transit: &Transit) -> Option<(u16, &'static str)> {
    let frame = &transit.frame;
    let ip = frame.packet().ip?;
    ip.fragment.map(|_| rfc_of_fragments(ip.src))
}

const fn rfc_of_fragments(src: std::net::IpAddr) -> (u16, &'static str) {
    match src {
        std::net::IpAddr::V4(_) => (791, "3.2"),
        std::net::IpAddr::V6(_) => (8200, "4.5"),
    }
}
