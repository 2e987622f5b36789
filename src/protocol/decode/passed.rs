//! Headers that are passed on the way to what is followed: how long one is, and what it carries. Read from bytes alone, for the
//! walk and for the view of a frame's fields.

use super::{NextHeader, Walk, encapsulation, link, wireless};

/// A header that is passed.
pub(super) struct Passed {
    /// Its length in bytes.
    pub(super) len: usize,
    /// Where what it carries ends by its own word, in bytes from its beginning.
    pub(super) bound: Option<usize>,
    /// What stands behind what it carries, in bytes: a check sequence.
    pub(super) trailer: usize,
    pub(super) carries: Carried,
}

/// What a header carries.
#[derive(Clone, Copy)]
pub(super) enum Carried {
    Frame,
    Ip,
    Ethertype(u16),
    Llc,
    Ppp,
    /// A PPPoE session's header.
    Session,
    /// An 802.11 frame, its header filled up to a multiple of four bytes or not.
    Wireless {
        padded: bool,
    },
    /// Nothing that is read.
    Nothing,
}

/// A header; or, where it is cut off, how many bytes were needed.
pub(super) type Read = Result<Passed, usize>;

impl Passed {
    pub(super) const fn new(len: usize, carries: Carried) -> Self {
        Self {
            len,
            bound: None,
            trailer: 0,
            carries,
        }
    }

    /// It is known, and what it carries is not read.
    pub(super) const NOTHING: Self = Self::new(0, Carried::Nothing);

    /// Where what it carries ends: it begins at `start`, and the layer around it ends at `end`.
    pub(super) fn end(&self, start: usize, end: usize) -> usize {
        let bound = self.bound.map_or(end, |bound| end.min(start + bound));
        bound.saturating_sub(self.trailer)
    }
}

impl Walk<'_, '_> {
    /// Passes a header, or notes under this name that it is not whole.
    pub(super) fn pass(&mut self, read: Read, cut: &'static str) -> NextHeader {
        match read {
            Ok(passed) => self.behind(&passed),
            Err(needed) => self.cut(cut, needed),
        }
    }

    /// Goes on behind a header.
    pub(super) fn behind(&mut self, passed: &Passed) -> NextHeader {
        self.end = passed.end(self.at, self.end);
        self.at = self.at.saturating_add(passed.len);
        match passed.carries {
            Carried::Frame => link::ethernet(self),
            Carried::Ip => NextHeader::Ip,
            Carried::Ethertype(ethertype) => NextHeader::Ethertype(ethertype),
            Carried::Llc => encapsulation::llc_of_the_rest(self),
            Carried::Ppp => encapsulation::ppp(self),
            Carried::Session => encapsulation::pppoe(self),
            Carried::Wireless { padded } => {
                let read = wireless::frame(self.rest(), padded);
                self.pass(read, "link-cut")
            }
            Carried::Nothing => NextHeader::Done,
        }
    }
}
