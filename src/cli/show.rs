//! How a story is shown, how fast it is told, and where it is kept.

use std::path::PathBuf;

use clap::Args;

use super::values;

/// How a story is shown.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// The view.
    #[arg(
        short,
        long,
        value_name = "VIEW",
        default_value = "ladder",
        help = "help-format"
    )]
    pub format: FormatChoice,
    /// The sentences are left out.
    #[arg(short, long, help = "help-quiet")]
    pub quiet: bool,
    /// For a projector: room between the moments, high contrast, no colours.
    #[arg(long, help = "help-project")]
    pub project: bool,
    /// Columns, 80–1000; none: the terminal's.
    #[arg(long, value_name = "COLUMNS", value_parser = values::width, help = "help-width")]
    pub width: Option<u16>,
    /// Every row on a terminal, and every connection in a summary.
    #[arg(long, help = "help-all")]
    pub all: bool,
    /// A terminal is printed to like a pipe, in any case.
    #[arg(long, help = "help-no-pager")]
    pub no_pager: bool,
}

/// The view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatChoice {
    /// A lifeline for each host, the client left.
    Ladder,
    /// One line per packet.
    Lines,
    /// Every byte of each frame with its field.
    Bytes,
    /// One JSON object per moment, for programs.
    Json,
    /// A table in Markdown.
    Markdown,
    /// A sequence diagram in Mermaid's text.
    Mermaid,
    /// Rows for the classroom page, which alone asks for them.
    Rows,
}

/// How fast it is told.
#[derive(Clone, Debug, Default, Args)]
pub struct PaceArgs {
    /// One moment at each key.
    #[arg(long, conflicts_with_all = ["slow", "no_pager"], help = "help-step")]
    pub step: bool,
    /// Played so many times slower than it was, 0.01 to 10,000.
    #[arg(long, value_name = "TIMES", value_parser = values::slow, conflicts_with = "no_pager", help = "help-slow")]
    pub slow: Option<f64>,
}

/// What of a run is kept, and where.
#[derive(Clone, Debug, Args)]
pub struct KeepArgs {
    /// The recording (pcapng).
    #[arg(short, long, value_name = "FILE", help = "help-save")]
    pub save: Option<PathBuf>,
    /// Whose frames are its packets.
    #[arg(
        long,
        value_name = "HOST",
        default_value = "client",
        help = "help-vantage"
    )]
    pub vantage: VantageChoice,
    /// The first TCP connection as graphs.
    #[arg(long, value_name = "FILE", help = "help-plot")]
    pub plot: Option<PathBuf>,
    /// The same in the terminal.
    #[arg(long, help = "help-chart")]
    pub chart: bool,
    /// Pictures and pages of all of it.
    #[command(flatten)]
    pub pictures: PictureArgs,
    /// What is there is overwritten, even if it is nothing that is written here.
    #[arg(long, help = "help-force")]
    pub force: bool,
}

/// What is written of a whole story when it is over.
#[derive(Clone, Debug, Default, Args)]
pub struct PictureArgs {
    /// The space–time diagram.
    #[arg(long, value_name = "FILE", help = "help-svg")]
    pub svg: Option<PathBuf>,
    /// The report.
    #[arg(long, value_name = "FILE", help = "help-html")]
    pub html: Option<PathBuf>,
    /// The states that both ends walked through.
    #[arg(long, value_name = "FILE", help = "help-svg-states")]
    pub svg_states: Option<PathBuf>,
    /// A trace for the Perfetto UI.
    #[arg(long, value_name = "FILE", help = "help-perfetto")]
    pub perfetto: Option<PathBuf>,
    /// A recording of the told story for asciinema.
    #[arg(long, value_name = "FILE", help = "help-cast")]
    pub cast: Option<PathBuf>,
}

/// The names of their options: what does not go with one of them goes with none.
pub const PICTURES: [&str; 5] = ["svg", "svg_states", "html", "perfetto", "cast"];

/// Whose frames are a saved file's packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VantageChoice {
    /// The client's interface.
    Client,
    /// The server's interface.
    Server,
}

spelling!(FormatChoice: Ladder "ladder", Lines "lines", Bytes "bytes", Json "json", Markdown "markdown", Mermaid "mermaid"; Rows "rows");
spelling!(VantageChoice: Client "client", Server "server");
