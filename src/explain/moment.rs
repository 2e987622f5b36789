//! A moment: one thing told.

use std::rc::Rc;

use super::census::Judgement;
use crate::model::{
    Call, Endpoint, Fate, Frame, Hole, HoleKind, HostDrop, HostId, Outcome, ProcessSeen,
    ProgramEnd, Returned, Setting, Span, TcpInfo, TcpState, Time,
};
use crate::protocol::follow::{Followed, Way};

use super::Note;

/// One thing told, with the notes attached to it.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When it happened; moments of a timeline come in this order.
    pub at: Time,
    /// What happened: a call, a frame, a change of state.
    pub what: What,
    /// Which conversation it belongs to, TCP or UDP, numbered from 0 in the order in which they came up in
    /// the story; none for what belongs to none (ARP, a listener's calls).
    pub flow: Option<u32>,
    /// Explanations: worded by `text` when shown, in the order in which they are to be read.
    pub notes: Vec<Note>,
}

/// What a moment tells.
#[derive(Clone, Debug)]
pub enum What {
    /// The settings are complete: the story begins.
    Begin(Rc<Vec<Setting>>),
    /// A call began, returned, or both at once.
    Call(CallMoment),
    /// A frame's journey, or one end of it.
    Transit(Transit),
    /// A state change that belongs to no row above.
    State(StateChange),
    /// A sniffer missed frames, or they came too late for their place.
    Hole(Hole),
    /// A foreign program ended, or is ended by the run.
    Program(ProgramEnd),
    /// Something about a process of a foreign program.
    Process(ProcessSeen),
    /// The run ended.
    End(Outcome),
}

/// A call in the story.
#[derive(Clone, Debug)]
pub struct CallMoment {
    /// The call with its arguments.
    pub call: Rc<Call>,
    /// What it gave, unless `phase` is `Begun`.
    pub returned: Option<Rc<Returned>>,
    /// Which part is told.
    pub phase: CallPhase,
    /// State changes of this host that the kernel reported just after it returned.
    pub states: Vec<StateChange>,
}

/// Which part of a call is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallPhase {
    /// Nothing of its host happened between begin and return: one row.
    Whole,
    /// It began, and something happened before it returned.
    Begun,
    /// It returned.
    Returned,
}

/// A frame's journey in the story.
#[derive(Clone, Debug)]
pub struct Transit {
    /// The number of this packet in the saved file, on the one moment of it that stands for the saved vantage.
    pub number: Option<u32>,
    /// Which part is told.
    pub phase: TransitPhase,
    /// What it is in the story.
    pub kind: FrameKind,
    /// Which way it goes in its conversation, the same at every vantage: when both sides open at once, each
    /// vantage takes its own side for the opener, and the story the one whose row comes first.
    pub way: Way,
    /// The sending host; none where vantages do not say (a foreign file).
    pub from: Option<HostId>,
    /// The receiving host.
    pub to: Option<HostId>,
    /// When it left the sender's interface; none when it was not seen there.
    pub sent: Option<Time>,
    /// When it arrived at the receiver's interface; none when it did not, or is not told yet.
    pub arrived: Option<Time>,
    /// Which copy of it, from 0.
    pub copy: u8,
    /// It arrived so much later than the wire meant to hand it over, where that is more than [`is_late`] lets pass: the
    /// machine was busy.
    pub late: Option<Span>,
    /// What the wire did to it; none where there is no wire.
    pub fate: Option<Rc<Fate>>,
    /// Its bytes, as seen at the saved vantage (else at the other).
    pub frame: Rc<Frame<'static>>,
    /// What following it at the saved vantage gave.
    pub followed: Rc<Followed>,
    /// The sender's state change that the kernel reported when the frame had left.
    pub sender_states: Vec<StateChange>,
    /// The receiver's state change that the kernel reported when it had arrived.
    pub receiver_states: Vec<StateChange>,
    /// The sender's TCP_INFO just after the frame had left.
    pub sender_info: Option<Box<Sample>>,
    /// The receiver's TCP_INFO just after it had arrived.
    pub receiver_info: Option<Box<Sample>>,
    /// The receiver's kernel dropped something when this had arrived: this, where [`HostDrop::is_certain`].
    pub receiver_drop: Option<Box<HostDrop>>,
}

/// A kernel's TCP_INFO, and when it was asked: what a row shows may be a little older than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When the kernel was asked.
    pub at: Time,
    /// Its answer.
    pub info: TcpInfo,
}

/// What a frame is in the story: decides its colour and how its numbers are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// TCP: SYN without ACK.
    Syn,
    /// TCP: SYN with ACK.
    SynAck,
    /// TCP: the ACK without data that completes a handshake.
    HandshakeAck,
    /// TCP: payload, without FIN or RST.
    Data,
    /// TCP: nothing but an acknowledgement.
    Ack,
    /// TCP: FIN, with or without payload.
    Fin,
    /// TCP: RST.
    Reset,
    /// A UDP datagram.
    Datagram,
    /// ICMP or ICMPv6, but for neighbour discovery.
    Icmp,
    /// ARP or IPv6 neighbour discovery.
    Neighbour,
    /// A fragment of an IP packet that has no transport header of its own.
    Fragment,
    /// A protocol that is not looked into.
    Other,
}

/// Which part of a journey is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransitPhase {
    /// Both ends in one row: nothing happened at the receiver's side in between.
    Whole,
    /// Its departure: rows cross.
    Left,
    /// Its arrival, after rows that crossed it.
    Arrived,
    /// It ended on the wire.
    Lost,
    /// Of a frame that goes to several hosts, told where it left: the copy for `to` ended on the wire.
    CopyLost,
    /// Seen at one vantage only (loopback, a foreign file).
    Seen,
}

/// A connection's state changed at one host, by its kernel's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// When the kernel said so.
    pub at: Time,
    /// The host whose kernel it is.
    pub host: HostId,
    /// The socket's own endpoint.
    pub local: Endpoint,
    /// The other end; none for a listener.
    pub remote: Option<Endpoint>,
    /// Before; none when this is the first word about it.
    pub before: Option<TcpState>,
    /// The state that it is in now.
    pub now: TcpState,
    /// The sample that came with it.
    pub info: Option<TcpInfo>,
}

/// What one host put on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostSent {
    /// The host.
    pub host: HostId,
    /// Its name, as it is shown.
    pub name: String,
    /// Frames that left it.
    pub frames: u64,
    /// Those among them that the wire lost: by a rule, for its queue was full, or for they were too large.
    pub lost: u64,
}

/// Frames that a story lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// A sniffer missed them.
    pub missed: u64,
    /// Whoever read was too slow for them.
    pub untold: u64,
    /// The disk was too slow for them.
    pub unsaved: u64,
}

impl Gaps {
    /// Counts a hole; one that only displaces frames lacks none.
    pub fn hole(&mut self, hole: &Hole) {
        let lacks = match hole.kind {
            HoleKind::Missed => &mut self.missed,
            HoleKind::Untold { .. } => &mut self.untold,
            HoleKind::Unsaved { .. } => &mut self.unsaved,
            HoleKind::Late => return,
        };
        *lacks = lacks.saturating_add(hole.frames);
    }
}

/// How late the machine was, in a run of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lateness {
    /// Arrivals that were late ([`Transit::late`]), and by how much at most.
    pub frames: u64,
    /// See `frames`.
    pub wire: Span,
    /// How long a host's thread was kept waiting for a processor at most ([`Call::kept_waiting`]).
    pub hosts: Span,
}

/// An arrival that is so much behind the time at which the wire of this delay meant to hand it over is late: by more than
/// a tenth of the delay, and more than a millisecond.
#[must_use]
pub fn is_late(by: Span, delay: Span) -> bool {
    by > Span::from_ns(delay.ns() / 10).max(Span::from_ms(1))
}

/// What a run or a file came to, at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Packets of the saved vantage.
    pub packets: u64,
    /// What each host of a run of ours sent, at its own vantage, and what of that the wire lost; empty where no wire was told of.
    pub sent: Vec<HostSent>,
    /// TCP segments among them.
    pub segments: u64,
    /// UDP datagrams among them.
    pub datagrams: u64,
    /// Copies among them, which the network or the capture made: none of their bytes count.
    pub copies: u64,
    /// Payload bytes that the transport carried, resends included, copies not.
    pub payload_bytes: u64,
    /// Bytes of headers, link to transport, without preamble and checksum trailer.
    pub header_bytes: u64,
    /// Round trips that passed between the first frame and the last, in thousandths; 0 where the round trip
    /// is not known.
    pub round_trips_milli: u64,
    /// The round trip of the first handshake, measured.
    pub round_trip: Option<Span>,
    /// The longest time without a frame between the first and the last.
    pub longest_pause: Span,
    /// From the first fact told to the last.
    pub took: Span,
    /// Frames that the story lacks, and why.
    pub gaps: Gaps,
    /// How late the machine was in this run, where it was.
    pub lateness: Lateness,
    /// What a capture of somebody's shows of itself; empty for a run of ours, which was not captured by anybody else.
    pub judgements: Vec<Judgement>,
}
