//! A grid of runs: messages of several sizes, at several rates of loss, over TCP and over UDP, each several times
//! with other seeds.
//!
//! One run is measured by a [`Meter`] and comes to a [`Trial`]; all trials of one size, loss and transport are a
//! [`GridCell`], which says how they spread. Nothing is left out in silence: a run that did not end in time counts as
//! longer than the limit, one in which nothing arrived as one that never ended, and runs that cannot be used are
//! counted separately.

mod meter;
mod quantiles;
mod spec;

pub use meter::{Meter, Took, Trial, TrialEnd};
pub use quantiles::{Between, Quantiles};
pub use spec::{GridSpec, RunSpec, Transport};

use crate::model::number::count32;

/// All runs of one size, loss and transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridCell {
    /// Bytes of each message.
    pub size: u64,
    /// Frames that the wire loses, in parts per million.
    pub loss: u32,
    /// Over which transport.
    pub transport: Transport,
    /// Runs that count.
    pub runs: u32,
    /// Of those: had not ended when the time was over.
    pub late: u32,
    /// Of those: ended, and nothing had come.
    pub nothing: u32,
    /// Of those: a call failed; its errno, and how many.
    pub failed: Vec<(String, u32)>,
    /// Runs that do not count, because the relay missed frames.
    pub not_whole: u32,
    /// Datagrams that the wire delivered and that no call gave, at least, over all runs.
    pub unread: u32,
    /// Bits per second that the receiving program got.
    pub goodput: Option<Quantiles<u64>>,
    /// From the first call to the last byte read.
    pub took: Option<Quantiles<Took>>,
    /// What came of what was sent, in parts per million.
    pub delivered: Option<Quantiles<u32>>,
}

impl GridCell {
    fn of<'a>(
        size: u64,
        loss: u32,
        transport: Transport,
        trials: impl Iterator<Item = &'a Trial>,
    ) -> Self {
        let (whole, not): (Vec<&Trial>, Vec<&Trial>) =
            trials.partition(|trial| trial.ended != TrialEnd::NotWhole);
        let count =
            |is: &dyn Fn(&Trial) -> bool| count32(whole.iter().filter(|trial| is(trial)).count());
        let mut failed: Vec<(String, u32)> = Vec::new();
        for trial in &whole {
            if let TrialEnd::Failed { errno } = &trial.ended {
                match failed.iter_mut().find(|(known, _)| known == errno) {
                    Some((_, count)) => *count += 1,
                    None => failed.push((errno.clone(), 1)),
                }
            }
        }
        Self {
            size,
            loss,
            transport,
            runs: count32(whole.len()),
            late: count(&|trial| trial.ended == TrialEnd::OutOfTime),
            nothing: count(&|trial| trial.ended == TrialEnd::Done && trial.bytes == 0),
            failed,
            not_whole: count32(not.len()),
            unread: whole.iter().map(|trial| trial.unread).sum(),
            goodput: Quantiles::of(whole.iter().map(|trial| trial.goodput())),
            took: Quantiles::of(whole.iter().map(|trial| trial.took)),
            delivered: Quantiles::of(whole.iter().map(|trial| trial.delivered())),
        }
    }
}

/// The whole grid, as far as it was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// What it is made of.
    pub spec: GridSpec,
    /// Every run that was made, by size, loss, transport and seed.
    pub trials: Vec<Trial>,
    /// Every kind of run, in the same order, also where none was made yet.
    pub cells: Vec<GridCell>,
}

impl Grid {
    /// Sums up these runs.
    #[must_use]
    pub fn of(spec: GridSpec, mut trials: Vec<Trial>) -> Self {
        trials.sort_by_key(|trial| trial.which);
        let mut cells = Vec::new();
        for &size in &spec.sizes {
            for &loss in &spec.losses {
                for transport in Transport::BOTH {
                    let own = trials.iter().filter(|trial| {
                        let which = trial.which;
                        (which.size, which.loss, which.transport) == (size, loss, transport)
                    });
                    cells.push(GridCell::of(size, loss, transport, own));
                }
            }
        }
        Self {
            spec,
            trials,
            cells,
        }
    }

    /// The cells of this size, by loss and transport.
    pub fn of_size(&self, size: u64) -> impl Iterator<Item = &GridCell> {
        self.cells.iter().filter(move |cell| cell.size == size)
    }
}

#[cfg(test)]
mod tests;
