//! A TCP segment leaves, or arrives: which story it belongs to.

use crate::explain::Sample;
use crate::model::{Seq, Span, Time};
use crate::protocol::decode::{Body, Tcp, TcpFlags, TcpOption};
use crate::protocol::follow::{self, Recovery, Segment};
use crate::text::Message;

use super::conn::{ArrivalKind, Conn, Last, ReceivedStream};
use super::prompts::Prompt;
use super::ranges::Ranges;
use super::ranges::behind;
use super::{FrameKind, Narrator, Note, NoteKind, Transit, TransitPhase};

/// What the stories of a departure need: one segment, and whose it is.
pub(super) struct Departure<'a> {
    /// Its connection, by its number in the story.
    pub flow: u32,
    /// Index of the sending side: 0 opener, 1 acceptor.
    pub way: usize,
    /// Its number in the file; 0 in a recording of ours, whose rows have none.
    pub frame: u32,
    /// Its TTL or hop limit.
    pub ttl: Option<u8>,
    /// When it left.
    pub at: Time,
    pub segment: &'a Segment,
    /// The number behind its last: payload, SYN and FIN counted.
    pub end: u32,
    /// Nothing in it leaves for the first time.
    pub again: bool,
    /// It acknowledges something for the first time.
    pub acks_new: bool,
    /// How long the oldest of that had waited; none where the vantage does not say when it arrived.
    pub waited: Option<Span>,
    /// What it says has arrived twice: from, up to (RFC 2883).
    pub dsack: Option<(u32, u32)>,
    /// What its sender had reported selectively before it.
    pub reported: Ranges,
    /// The sender's TCP_INFO just after it had left.
    pub info: Option<Sample>,
    /// Sender's and receiver's names.
    pub from: String,
    pub to: String,
}

impl Departure<'_> {
    /// It was sent before: nothing in it is new, or analysis says so.
    pub fn is_resend(&self) -> bool {
        self.again || self.segment.is_resend()
    }

    /// It has this flag.
    pub fn has(&self, flag: TcpFlags) -> bool {
        self.segment.flags.contains(flag)
    }
}

impl Narrator {
    /// A segment leaves: what it is. Its notes are added.
    pub(super) fn segment_leaves(
        &mut self,
        flow: u32,
        way: usize,
        segment: &Segment,
        transit: &Transit,
        notes: &mut Vec<Note>,
    ) -> FrameKind {
        let at = transit.sent.unwrap_or(transit.frame.at);
        let (from, to) = self.names(flow, way, transit);
        let two_ended = self.ours();
        let Some(conn) = self.conns.get_mut(&flow) else {
            return FrameKind::Other;
        };
        conn.steps += u32::from(!two_ended && conn.before.is_some_and(|before| at < before));
        conn.before = Some(at);
        let syn = segment.flags.contains(TcpFlags::SYN);
        let fin = segment.flags.contains(TcpFlags::FIN);
        let end = segment
            .rel_seq
            .wrapping_add(segment.len)
            .wrapping_add(u32::from(syn))
            .wrapping_add(u32::from(fin));
        let known = conn.sides[way].syn.is_some() || conn.sides[way].next > 0;
        let again = end != segment.rel_seq && known && !behind(end, conn.sides[way].next);
        let completes = way == 0 && !conn.acked && conn.sides[1].syn.is_some();
        let copied = matches!(
            segment.why.anomaly,
            Some(follow::Anomaly::Duplicated { .. } | follow::Anomaly::Twin { .. })
        );
        if !conn.opened && (syn || completes) && (two_ended || !copied) {
            conn.opening += 1;
        }
        let reported = conn.sides[way].reports.clone();
        let dsack = options(conn, way, segment, transit);
        let acks = segment.flags.contains(TcpFlags::ACK);
        let side = &conn.sides[way];
        let waited = side.came.waited(segment.rel_ack, at).filter(|_| acks);
        let departure = Departure {
            flow,
            way,
            frame: number(transit, two_ended),
            ttl: transit.frame.packet().ip.map(|ip| ip.ttl),
            at,
            segment,
            end,
            again,
            acks_new: segment.acks(side.acked),
            waited: waited.filter(|_| two_ended),
            dsack,
            reported,
            info: transit.sender_info.as_deref().copied(),
            from,
            to,
        };
        let opens = syn && !acks && !again;
        let itself = conn.ends[0] == conn.ends[1];
        let kind = self.story(&departure, notes);
        if !two_ended && !itself && !copied {
            departure.not_here(notes);
        }
        if opens && self.made_by_hand(transit.from, transit, notes) {
            notes.sort_by_key(|note| note.kind);
            if let Some(conn) = self.conns.get_mut(&flow) {
                conn.sides[way].by_hand = true;
            }
        }
        notes.extend(self.goes_on(&departure));
        let cleared = opens_anew(departure.segment, self.conns.get(&flow));
        if !two_ended && !cleared {
            needless(&departure, notes);
        }
        if itself {
            // A socket that is connected to itself is both sides: what is said of two is not true of it.
            notes.clear();
        }
        if let Some(conn) = self.conns.get_mut(&flow) {
            left(conn, &departure);
        }
        kind
    }

    fn story(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) -> FrameKind {
        let segment = departure.segment;
        // In a recording of ours the fates tell it.
        if !self.ours()
            && let Some(note) = departure.on_the_way()
        {
            notes.push(note);
            return kind(departure);
        }
        if departure.has(TcpFlags::RST) {
            self.reset_leaves(departure, notes);
            return FrameKind::Reset;
        }
        if departure.has(TcpFlags::SYN) {
            return if departure.has(TcpFlags::ACK) {
                self.syn_ack_leaves(departure, notes);
                FrameKind::SynAck
            } else {
                self.syn_leaves(departure, notes);
                FrameKind::Syn
            };
        }
        let opens = self.conns.get(&departure.flow).is_some_and(|conn| {
            departure.way == 0
                && !conn.acked
                && conn.sides[1].syn.is_some()
                && departure.has(TcpFlags::ACK)
        });
        if opens && segment.len == 0 && !departure.has(TcpFlags::FIN) {
            self.handshake_ack_leaves(departure, notes);
            return FrameKind::HandshakeAck;
        }
        if departure.has(TcpFlags::FIN) {
            self.fin_leaves(departure, notes);
            return FrameKind::Fin;
        }
        if segment.len > 0 {
            self.data_leaves(departure, notes);
            return FrameKind::Data;
        }
        self.ack_leaves(departure, notes);
        FrameKind::Ack
    }

    /// A segment arrives: what is complete with it.
    pub(super) fn segment_arrives(
        &mut self,
        flow: u32,
        way: usize,
        segment: &Segment,
        transit: &Transit,
        notes: &mut Vec<Note>,
    ) {
        let at = transit.arrived.or(transit.sent).unwrap_or(transit.frame.at);
        let (from, to) = self.names(flow, way, transit);
        let two_ended = self.ours();
        let Some(conn) = self.conns.get_mut(&flow) else {
            return;
        };
        if elsewhere(segment) {
            return;
        }
        let piece = came(conn, way, segment, at);
        let prompt = Prompt::of(segment, number(transit, two_ended), at);
        conn.sides[1 - way].prompts.heard(prompt);
        hears(conn, way, segment, transit);
        self.opening_arrives(flow, way, segment, transit, notes);
        if self.ours() {
            self.gap_filled(flow, way, &piece, at, &to, notes);
        }
        if let Some(sample) = transit.receiver_info.as_deref() {
            if let Some(conn) = self.conns.get_mut(&flow) {
                conn.sides[1 - way].hears_its_kernel(Some(*sample));
            }
            self.congestion_over(flow, 1 - way, *sample, &to, notes);
        }
        let known = self.ours().then_some(at);
        self.closing_arrives(flow, way, segment, known, notes);
        if segment.flags.contains(TcpFlags::RST) {
            self.reset_arrives(flow, way, &from, &to, notes);
        }
    }

    /// A copy that the wire made arrives: it is answered, and brings nothing.
    pub(super) fn copy_arrives(
        &mut self,
        flow: u32,
        way: usize,
        segment: &Segment,
        transit: &Transit,
    ) {
        let Some(conn) = self.conns.get_mut(&flow) else {
            return;
        };
        let side = &mut conn.sides[1 - way];
        side.last = Last::Arrival;
        side.copy_came = true;
        let at = transit.arrived.unwrap_or(transit.frame.at);
        side.prompts.heard(Prompt::of(segment, 0, at));
    }

    /// Sender's and receiver's names.
    fn names(&self, flow: u32, way: usize, transit: &Transit) -> (String, String) {
        let known = self.flows.get(&flow);
        let name = |at: usize, host| {
            self.name(
                known.and_then(|k| k.hosts[at]).or(host),
                known.map(|k| k.ends[at]),
            )
        };
        (name(way, transit.from), name(1 - way, transit.to))
    }
}

/// Its number in the file; 0 in a recording of ours, whose rows have none.
fn number(transit: &Transit, two_ended: bool) -> u32 {
    transit.number.filter(|_| !two_ended).unwrap_or(0)
}

/// A SYN once more, behind the RST that ended an older connection: the first was not taken.
fn opens_anew(segment: &Segment, conn: Option<&Conn>) -> bool {
    segment.flags.contains(TcpFlags::SYN) && conn.is_some_and(|conn| conn.still_opens)
}

/// What was sent again without need: said of it at once where that shows, else where it shows.
fn needless(departure: &Departure<'_>, notes: &mut Vec<Note>) {
    let why = &departure.segment.why;
    if matches!(why.anomaly, Some(follow::Anomaly::Spurious(_))) {
        let message = Message::new("note-came-needless").text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::Why, message));
    }
    for frame in why.spurious.into_iter().filter(|frame| *frame != 0) {
        let message = Message::new("note-shows-needless").int("frame", frame);
        notes.push(Note::new(NoteKind::What, message));
    }
}

/// What a segment is by its flags and payload.
fn kind(departure: &Departure<'_>) -> FrameKind {
    if departure.has(TcpFlags::RST) {
        FrameKind::Reset
    } else if departure.has(TcpFlags::SYN | TcpFlags::ACK) {
        FrameKind::SynAck
    } else if departure.has(TcpFlags::SYN) {
        FrameKind::Syn
    } else if departure.has(TcpFlags::FIN) {
        FrameKind::Fin
    } else if departure.segment.len > 0 {
        FrameKind::Data
    } else {
        FrameKind::Ack
    }
}

/// What the options say: what a SYN announces is remembered; what is acknowledged twice is given.
fn options(
    conn: &mut Conn,
    way: usize,
    segment: &Segment,
    transit: &Transit,
) -> Option<(u32, u32)> {
    let packet = transit.frame.packet();
    let Body::Tcp(tcp) = packet.body else {
        return None;
    };
    if segment.flags.contains(TcpFlags::SYN) {
        conn.sides[way].mss = tcp.mss();
        conn.sides[way].scale = tcp.window_scale();
        let cookie = |option| matches!(option, TcpOption::FastOpen(cookie) if !cookie.is_empty());
        conn.sides[way].fast_open |= tcp.options().any(cookie);
    }
    conn.sides[way].stamp = tcp.timestamps().map(|(stamp, _)| stamp);
    let blocks = SackReport::of(&tcp, segment);
    conn.sides[way].reports = blocks.beyond;
    blocks.twice
}

/// What the SACK blocks of a segment say, in relative numbers.
struct SackReport {
    /// What has arrived beyond a gap.
    beyond: Ranges,
    /// What has arrived twice.
    twice: Option<(u32, u32)>,
}

impl SackReport {
    fn of(tcp: &Tcp<'_>, segment: &Segment) -> Self {
        let base = segment.peer_isn();
        let relative =
            |(left, right): (Seq, Seq)| (left.relative_to(base), right.relative_to(base));
        let twice = tcp.dsack().map(relative);
        let mut beyond = Ranges::default();
        let blocks = tcp.sack_blocks().map(relative);
        for (left, right) in blocks.skip(usize::from(twice.is_some())) {
            beyond.add(left, right);
        }
        Self { beyond, twice }
    }
}

/// Its numbers are none of this connection's.
fn elsewhere(segment: &Segment) -> bool {
    segment
        .why
        .anomaly
        .is_some_and(follow::Anomaly::counts_elsewhere)
}

/// After a departure: what the sending side has sent.
fn left(conn: &mut Conn, departure: &Departure<'_>) {
    let segment = departure.segment;
    if conn.is_of_another(departure.way, segment) || elsewhere(segment) {
        conn.sides[departure.way].last = Last::default();
        return;
    }
    let steps = conn.steps;
    let side = &mut conn.sides[departure.way];
    if departure.has(TcpFlags::SYN) {
        side.syn = Some((departure.at, side.syn.map_or(1, |(_, times)| times + 1)));
        side.syn_steps = steps;
        side.syn_ack |= departure.has(TcpFlags::ACK);
        // Sent once more it may lack the data that it carried first.
        side.next = departure.end.max(1 + side.syn_data);
        side.syn_data = side.syn_data.max(segment.len);
    } else if behind(departure.end, side.next) {
        side.next = departure.end;
    }
    if segment.len > 0 && !departure.again {
        side.parts += 1;
    }
    if departure.has(TcpFlags::ACK) {
        side.came.answered(segment.rel_ack);
        side.filled = false;
        side.early_since = Ranges::default();
        side.early_count = 0;
        side.window = Some(segment.window);
        if behind(segment.rel_ack, side.acked) {
            side.acked = segment.rel_ack;
        }
    }
    let last = std::mem::take(&mut side.last);
    side.last = last.departed();
    side.quickack = false;
    side.probed = None;
    side.unhurt(departure.info);
    side.hears_its_kernel(departure.info);
    if segment.len == 1 && matches!(segment.why.recovery, Some(Recovery::WindowProbe { .. })) {
        side.probe_byte = Some((segment.rel_seq, departure.frame));
    }
    side.keep_alives += u32::from(matches!(segment.why.recovery, Some(Recovery::KeepAlive(_))));
    if departure.has(TcpFlags::RST) {
        conn.reset = true;
    } else {
        side.prompts.answered(segment);
        departure.ttl.iter().for_each(|ttl| side.ttl.seen(*ttl));
    }
}

/// After an arrival: what the other side has got. `way` is the sender's.
fn came(conn: &mut Conn, way: usize, segment: &Segment, at: Time) -> ArrivalKind {
    let syn = segment.flags.contains(TcpFlags::SYN);
    let fin = segment.flags.contains(TcpFlags::FIN);
    let content = segment
        .len
        .wrapping_add(u32::from(syn))
        .wrapping_add(u32::from(fin));
    let end = segment.rel_seq.wrapping_add(content);
    let side = &mut conn.sides[1 - way];
    side.syn_again = syn && side.came.next.is_some();
    let begins_anew = segment.analysis.contains(follow::Analysis::REUSED_PORTS);
    if syn && begins_anew {
        side.came = ReceivedStream::default();
    }
    let piece = if content > 0 {
        side.came.arrive(segment.rel_seq, end, at)
    } else {
        ArrivalKind::Old
    };
    side.early = match piece {
        ArrivalKind::Early(from, to) => Some((from, to)),
        _ => None,
    };
    if let ArrivalKind::Early(from, to) = piece {
        side.early_since.add(from, to);
        side.early_count += 1;
    }
    side.filled |= match piece {
        ArrivalKind::Fills { .. } => true,
        ArrivalKind::Next => !side.came.beyond.is_empty(),
        ArrivalKind::Old | ArrivalKind::Early(..) => false,
    };
    side.copy_came = false;
    let sent_before = segment.is_resend() || segment.why.before.is_some();
    side.fin_again = fin && sent_before && piece == ArrivalKind::Old;
    let reset = segment.flags.contains(TcpFlags::RST);
    side.met_reset = reset.then_some((segment.rel_seq, at));
    side.came_at = Some(at);
    side.word_before = side.word;
    side.last = Last::Arrival;
    side.quickack = false;
    side.keep_alives = 0;
    side.probed = segment.why.recovery.filter(|recovery| {
        matches!(
            recovery,
            Recovery::KeepAlive(_) | Recovery::WindowProbe { .. }
        )
    });
    piece
}

/// After an arrival: what it told the other side selectively. `way` is the sender's.
fn hears(conn: &mut Conn, way: usize, segment: &Segment, transit: &Transit) {
    if !segment.flags.contains(TcpFlags::ACK) || segment.flags.contains(TcpFlags::SYN) {
        return;
    }
    // On a row of its own it is not the latest that left.
    let beyond = if transit.phase == TransitPhase::Arrived {
        let frame = &transit.frame;
        match frame.packet().body {
            Body::Tcp(tcp) => SackReport::of(&tcp, segment).beyond,
            _ => return,
        }
    } else {
        conn.sides[way].reports.clone()
    };
    let heard = &mut conn.sides[1 - way].heard;
    beyond.iter().for_each(|(from, to)| heard.add(from, to));
    heard.passed(segment.rel_ack);
}
