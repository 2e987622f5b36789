//! (taking shape)

use crate::explain::{Moment, Summary};

use super::{Line, Options};

/// Tells moments as ladder.
#[derive(Debug)]
pub struct Ladder {
    options: Options,
}

impl Ladder {
    /// A view with these options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options }
    }

    /// The lines that tell this moment.
    pub fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        let _ = (&self.options, moment);
        Vec::new()
    }

    /// The lines after the last moment.
    pub fn end(&mut self, summary: &Summary) -> Vec<Line> {
        super::summary::lines(&self.options, summary)
    }
}
