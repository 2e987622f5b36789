//! What the reader wants, whatever the view.

use std::rc::Rc;

use crate::text::Catalogue;

/// What every view needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// Columns to fill; less than 80 counts as 80.
    pub width: usize,
    /// The reader's language.
    pub catalogue: Rc<Catalogue>,
    /// Leave the sentences out.
    pub quiet: bool,
    /// Room between the moments, for a projector.
    pub spacious: bool,
}
