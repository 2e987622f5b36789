//! Our sentences as packet comments: added to a copy of a capture, which then takes the place of the capture. That is
//! whole at any moment; a crash leaves it as it was.

use std::fs::File;
use std::io::{BufWriter, Write};

use crate::files::{CommentError, comment};
use crate::views::Comments;

/// Writes the capture `from` with these comments to `to`.
pub fn write(comments: &Comments, from: File, to: impl Write) -> Result<(), CommentError> {
    let mut output = BufWriter::new(to);
    comment(from, &mut output, |number| {
        comments.of(number).map(str::to_owned)
    })?;
    output.flush().map_err(CommentError::Write)
}
