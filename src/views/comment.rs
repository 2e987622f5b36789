//! Packet comments: what a story says about each packet of the saved vantage, for whoever opens the file in
//! another tool.

use crate::explain::{Moment, What};
use crate::model::{Host, Setting};

use super::{Options, lines, visible, wording};

/// Words comments.
#[derive(Debug)]
pub struct Comments {
    options: Options,
    hosts: Vec<Host>,
}

impl Comments {
    /// In the language of these options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self {
            options,
            hosts: Vec::new(),
        }
    }

    /// The number of the packet that this moment tells of, and its comment: the packet in the one notation, then
    /// all notes.
    pub fn moment(&mut self, moment: &Moment) -> Option<(u32, String)> {
        match &moment.what {
            What::Begin(settings) => {
                let hosts = settings.iter().filter_map(|setting| match setting {
                    Setting::Host(host) => Some(host.clone()),
                    _ => None,
                });
                self.hosts.extend(hosts);
                None
            }
            What::Transit(transit) => {
                let number = transit.number?;
                let mut text = lines::frame(transit, &self.hosts);
                for note in &moment.notes {
                    let catalogue = &self.options.catalogue;
                    text.push('\n');
                    text.push_str(&wording::note_mark(note.kind, catalogue));
                    text.push_str(&wording::note(note, catalogue));
                }
                Some((number, visible::lines(&text)))
            }
            _ => None,
        }
    }
}
