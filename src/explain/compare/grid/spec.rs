//! What a grid is made of: which runs.

use crate::model::Span;

/// What a grid is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridSpec {
    /// Sizes of a message in bytes, each once, the smallest first.
    pub sizes: Vec<u64>,
    /// How many frames the wire loses, in parts per million; each once, the fewest first.
    pub losses: Vec<u32>,
    /// Seed of the first run of each kind; those of the others follow it.
    pub first_seed: u64,
    /// Runs of each kind.
    pub seeds: u32,
    /// Messages of one run.
    pub count: u32,
    /// How long one run may take.
    pub limit: Span,
}

/// Over which transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// TCP, without Nagle's algorithm.
    Tcp,
    /// UDP.
    Udp,
}

impl Transport {
    /// Both, in the order in which they are shown.
    pub const BOTH: [Self; 2] = [Self::Tcp, Self::Udp];

    /// As arguments and JSON have it: `tcp`, `udp`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

/// Which run of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunSpec {
    /// Bytes of each message.
    pub size: u64,
    /// Frames that the wire loses, in parts per million.
    pub loss: u32,
    /// Over which transport.
    pub transport: Transport,
    /// Seed of the wire's choices.
    pub seed: u64,
}

impl GridSpec {
    /// All runs. Each seed's come together, so that who breaks off has some of every kind; among them those that
    /// take longest, with the highest loss, come first.
    #[must_use]
    pub fn runs(&self) -> Vec<RunSpec> {
        let mut runs = Vec::new();
        for seed in (self.first_seed..).take(self.seeds as usize) {
            for &loss in self.losses.iter().rev() {
                for &size in self.sizes.iter().rev() {
                    runs.extend(Transport::BOTH.map(|transport| RunSpec {
                        size,
                        loss,
                        transport,
                        seed,
                    }));
                }
            }
        }
        runs
    }
}
