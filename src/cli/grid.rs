//! Arguments of a grid of runs: `compare --sizes … --losses … --seeds …`.

use std::path::PathBuf;

use clap::Args;

use super::values;
use crate::model::Span;

/// Many runs instead of two: each size at each loss, with several seeds.
#[derive(Clone, Debug, Args)]
pub struct GridArgs {
    /// Sizes of a message in bytes; none: no grid.
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        value_parser = values::bytes,
        conflicts_with_all = ["message", "bytes", "chunk", "ladders", "first", "with", "without", "to_many", "receivers"],
        help = "help-sizes"
    )]
    pub sizes: Vec<u64>,
    /// How many of the frames the wire loses, in parts per million.
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "0,1,5,10",
        value_parser = values::percent,
        requires = "sizes",
        help = "help-losses"
    )]
    pub losses: Vec<u32>,
    /// Runs of each kind, with seeds one after the other.
    #[arg(
        long,
        value_name = "N",
        default_value = "9",
        value_parser = values::seeds,
        requires = "sizes",
        help = "help-seeds"
    )]
    pub seeds: u32,
    /// Messages of one run.
    #[arg(
        long,
        value_name = "N",
        default_value = "20",
        value_parser = values::count,
        requires = "sizes",
        help = "help-count"
    )]
    pub count: u32,
    /// How long one run may take.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "10s",
        value_parser = values::limit,
        requires = "sizes",
        help = "help-within"
    )]
    pub within: Span,
    /// The grid as graphs.
    #[arg(
        long,
        value_name = "FILE",
        requires = "sizes",
        // Of what is never asked together with `sizes`, clap does not require it.
        conflicts_with_all = ["first", "with", "without", "to_many", "receivers"],
        help = "help-grid-plot"
    )]
    pub plot: Option<PathBuf>,
    /// Over whatever is there.
    #[arg(long, requires = "plot", help = "help-force")]
    pub force: bool,
}
