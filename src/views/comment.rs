//! Packet comments: what a story says about each packet of the saved vantage, for whoever opens the file in
//! another tool.

use std::collections::BTreeMap;

use crate::explain::{Moment, MomentSink, Transit, What};
use crate::model::{Host, Setting};

use super::options::Options;
use super::{lines, wording};
use crate::text::visible;

/// Bytes of comments that are kept; packets behind that have none.
const MOST: usize = 16 * 1024 * 1024;
/// Bytes that a comment takes beside its text.
const OVERHEAD: usize = 64;

/// A comment for each packet: the packet in the one notation, then all notes.
#[derive(Debug)]
pub struct Comments {
    options: Options,
    hosts: Vec<Host>,
    by_number: BTreeMap<u32, String>,
    size: usize,
}

impl Comments {
    /// In the language of these options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self {
            options,
            hosts: Vec::new(),
            by_number: BTreeMap::new(),
            size: 0,
        }
    }

    /// The comment of the packet with this number in the file.
    #[must_use]
    pub fn of(&self, number: u32) -> Option<&str> {
        self.by_number.get(&number).map(String::as_str)
    }

    fn worded(&self, moment: &Moment, transit: &Transit) -> String {
        let mut text = lines::frame(transit, &self.hosts);
        for note in &moment.notes {
            let catalogue = &self.options.catalogue;
            text.push('\n');
            text.push_str(&wording::note_mark(note.kind, catalogue));
            text.push_str(&wording::note(note, catalogue));
        }
        visible::lines(&text)
    }

    fn keep(&mut self, number: u32, text: String) {
        self.size += text.len() + OVERHEAD;
        if self.size <= MOST {
            self.by_number.insert(number, text);
        }
    }
}

impl MomentSink for Comments {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        match &moment.what {
            What::Begin(settings) => {
                let hosts = settings.iter().filter_map(|setting| match setting {
                    Setting::Host(host) => Some(host.clone()),
                    _ => None,
                });
                self.hosts.extend(hosts);
            }
            What::Transit(transit) => {
                if let Some(number) = transit.number {
                    let text = self.worded(moment, transit);
                    self.keep(number, text);
                }
            }
            _ => {}
        }
    }
}
