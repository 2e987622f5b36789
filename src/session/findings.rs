//! What programs did, told behind a story.

use super::console::Console;
use crate::cli::{FormatChoice, ShowArgs};
use crate::explain::findings::Findings;
use crate::failure::Failure;
use crate::views::{findings, markdown};

/// Tells what was found, in the form of the story.
///
/// # Errors
/// When standard output cannot be written.
pub fn tell(found: &Findings, show: &ShowArgs, console: &Console) -> Result<(), Failure> {
    let options = console.options(show);
    let lines = match show.format {
        FormatChoice::Json => findings::object(found, &options),
        FormatChoice::Bytes | FormatChoice::Mermaid => Vec::new(),
        FormatChoice::Markdown => markdown::paragraphs(&findings::text(found, &options)),
        FormatChoice::Ladder | FormatChoice::Lines | FormatChoice::Rows => {
            findings::text(found, &options)
        }
    };
    if lines.is_empty() {
        return Ok(());
    }
    console.print_lines(&lines)
}
