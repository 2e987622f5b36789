//! How a story is shown, how fast it is told, and where it is kept.

use std::path::PathBuf;

use clap::Args;

use super::values;

/// How it is shown.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// Which view.
    #[arg(
        short,
        long,
        value_name = "VIEW",
        default_value = "ladder",
        help = "help-format"
    )]
    pub format: FormatChoice,
    /// Without the plain sentences.
    #[arg(short, long, help = "help-quiet")]
    pub quiet: bool,
    /// For a projector.
    #[arg(long, help = "help-project")]
    pub project: bool,
    /// Columns.
    #[arg(long, value_name = "COLUMNS", value_parser = values::width, help = "help-width")]
    pub width: Option<u16>,
}

/// Which view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatChoice {
    /// Client left, server right.
    Ladder,
    /// One line per packet.
    Lines,
    /// Every byte.
    Bytes,
    /// For programs.
    Json,
}

/// How fast it is told.
#[derive(Clone, Debug, Default, Args)]
pub struct PaceArgs {
    /// One moment per key.
    #[arg(long, conflicts_with = "slow", help = "help-step")]
    pub step: bool,
    /// So many times slower.
    #[arg(long, value_name = "TIMES", value_parser = values::slow, help = "help-slow")]
    pub slow: Option<f64>,
}

/// Where it is kept.
#[derive(Clone, Debug, Args)]
pub struct KeepArgs {
    /// The file.
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
    /// Over whatever is there.
    #[arg(long, help = "help-force")]
    pub force: bool,
}

/// Whose frames are a saved file's packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VantageChoice {
    /// The client's interface.
    Client,
    /// The server's interface.
    Server,
}

spelling!(FormatChoice: Ladder "ladder", Lines "lines", Bytes "bytes", Json "json");
spelling!(VantageChoice: Client "client", Server "server");
