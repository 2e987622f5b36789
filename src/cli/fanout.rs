//! The arguments of a comparison of one sender with many receivers.

use clap::Args;

use super::values;

/// Receivers where nobody says how many.
const RECEIVERS: u8 = 3;

/// One sender, several receivers.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct FanoutArgs {
    /// Broadcast and multicast beside a connection each.
    #[arg(long, conflicts_with_all = ["with", "without"], help = "help-to-many")]
    pub to_many: bool,
    /// How many receivers.
    #[arg(
        long,
        value_name = "N",
        value_parser = values::receivers,
        conflicts_with_all = ["with", "without"],
        help = "help-receivers"
    )]
    pub receivers: Option<u8>,
}

impl FanoutArgs {
    /// How many receivers there are to be, when there are to be several.
    #[must_use]
    pub fn wanted(&self) -> Option<u8> {
        self.receivers.or(self.to_many.then_some(RECEIVERS))
    }
}
