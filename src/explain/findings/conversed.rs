//! What a program's socket said and heard, send by send.

use std::collections::VecDeque;
use std::rc::Rc;

use super::{Proof, ReturnedCall};
use crate::model::{Call, Endpoint};

/// Sends of a socket that are remembered.
const MOST_SENDS: usize = 64;

/// One send, as a piece of the stream.
#[derive(Debug)]
pub(super) struct SentMessage {
    /// Its first byte, and the one behind its last, counted from 0.
    pub from: u64,
    pub to: u64,
    pub call: Rc<Call>,
}

/// What a socket said and heard.
#[derive(Debug, Default)]
pub(super) struct Conversed {
    /// What it was connected to, and by which call.
    pub connected: Option<(Endpoint, Rc<Call>)>,
    pub sent: VecDeque<SentMessage>,
    pub sends: u32,
    /// Of a send its length is not known: where messages end is not.
    pub unclear: bool,
    /// What a receive gave last: the bytes' places in the stream, and how often it has sent since.
    pub read: Option<(u64, u64, ReturnedCall)>,
    pub sent_since: usize,
    /// Nagle's algorithm is off, or is the program's choice.
    pub chose: bool,
    /// Sends that were kept back, with the ACK that let them go.
    pub kept_back: Vec<Proof>,
    pub kept_times: usize,
    pub said_part: bool,
    pub said_kept: bool,
}

impl Conversed {
    /// The sends that end among these bytes.
    pub(super) fn ends_among(&self, from: u64, to: u64) -> Vec<&SentMessage> {
        let among = |sent: &&SentMessage| sent.to > from && sent.to <= to;
        self.sent.iter().filter(among).collect()
    }

    /// The send that this byte is inside of: neither its first nor behind its last.
    pub(super) fn inside(&self, at: u64) -> Option<&SentMessage> {
        self.sent.iter().find(|sent| sent.from < at && at < sent.to)
    }

    /// A send is called with so many bytes, behind what was sent before.
    pub(super) fn says(&mut self, call: &Rc<Call>, from: u64, len: u64) {
        if self.sent.len() == MOST_SENDS {
            self.sent.pop_front();
        }
        self.sent.push_back(SentMessage {
            from,
            to: from + len,
            call: Rc::clone(call),
        });
    }
}
