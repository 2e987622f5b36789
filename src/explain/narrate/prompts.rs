//! What a RST is held against: what its side has heard and not answered yet, for the number of an answer, or its acknowledgement, repeats what
//! it answers (RFC 9293 §3.10.7.1); and the TTL of that side's packets.

use std::collections::VecDeque;

use crate::model::{Seq, Time};
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::Segment;

/// A segment of the other side that a RST may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) struct Prompt {
    /// Its number in the file; 0 in a recording of ours, whose rows have none.
    pub frame: u32,
    /// When it came.
    pub at: Time,
    pub flags: TcpFlags,
    pub ack: Seq,
    /// The number behind its last: payload, SYN and FIN counted.
    pub end: Seq,
    /// It carries payload, a SYN or a FIN.
    pub occupies: bool,
}

impl Prompt {
    /// What has just come.
    pub fn of(segment: &Segment, frame: u32, at: Time) -> Self {
        let counts = |flag| u32::from(segment.flags.contains(flag));
        let len = segment.len + counts(TcpFlags::SYN) + counts(TcpFlags::FIN);
        Self {
            frame,
            at,
            flags: segment.flags,
            ack: segment.ack,
            end: segment.seq.plus(len),
            occupies: len > 0,
        }
    }

    /// By its numbers `reset` is the answer to it.
    fn is_answered(&self, reset: &Segment) -> bool {
        match (
            self.flags.contains(TcpFlags::ACK),
            reset.flags.contains(TcpFlags::ACK),
        ) {
            (true, false) => reset.seq == self.ack,
            (false, true) => reset.seq == Seq(0) && reset.ack == self.end,
            _ => false,
        }
    }
}

/// Those that are remembered.
const MOST: usize = 16;

/// What a side has heard since it answered last, the oldest first.
#[derive(Debug, Default)]
pub(in crate::explain) struct Prompts(VecDeque<Prompt>);

impl Prompts {
    /// One more came. A RST is answered by nothing.
    pub fn heard(&mut self, prompt: Prompt) {
        if prompt.flags.contains(TcpFlags::RST) {
            return;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(prompt);
    }

    /// Something that is no RST left: what it covers, and what asks for nothing, needs no answer any more.
    pub fn answered(&mut self, segment: &Segment) {
        let acks = segment.flags.contains(TcpFlags::ACK);
        self.0
            .retain(|prompt| acks && prompt.occupies && !prompt.end.up_to(segment.ack));
    }

    /// The oldest since `since` that this RST answers by its numbers; each is answered once.
    pub fn take(&mut self, reset: &Segment, since: Time) -> Option<Prompt> {
        let found = |prompt: &Prompt| prompt.at >= since && prompt.is_answered(reset);
        let at = self.0.iter().position(found)?;
        self.0.drain(..=at).next_back()
    }

    /// The connection was broken off: what came before is dealt with.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

/// The TTL of a side's packets, while they all have the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::explain) enum SeenTtl {
    /// None was seen.
    #[default]
    Unseen,
    /// All that were seen had this one.
    Steady(u8),
    /// They differ.
    Varies,
}

impl SeenTtl {
    /// One more was seen.
    pub fn seen(&mut self, ttl: u8) {
        *self = match *self {
            Self::Unseen => Self::Steady(ttl),
            Self::Steady(known) if known == ttl => *self,
            Self::Steady(_) | Self::Varies => Self::Varies,
        };
    }

    /// That of all of them.
    pub fn steady(self) -> Option<u8> {
        match self {
            Self::Steady(ttl) => Some(ttl),
            Self::Unseen | Self::Varies => None,
        }
    }
}
