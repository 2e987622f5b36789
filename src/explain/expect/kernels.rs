//! What the kernels reported of their connections in the course of a run, in the order of their answers.

use std::collections::BTreeMap;

use crate::explain::{Sample, Transit};
use crate::model::{HostId, Time};
use crate::notation::KernelNumbers;
use crate::protocol::follow::Conversation;

/// Whose answer about what, and when it was given.
type WhoseAnswer = (HostId, Conversation, Time);

/// The answers of a run, as they are gathered.
#[derive(Clone, Debug, Default)]
pub(super) struct KernelAnswers {
    samples: Vec<(HostId, Conversation, Sample)>,
}

impl KernelAnswers {
    /// Takes the answers that came with a frame: its sender's when it had left, its receiver's when it had arrived.
    pub(super) fn add(&mut self, transit: &Transit) {
        let Some(conversation) = transit.followed.conversation else {
            return;
        };
        let of =
            |host: Option<HostId>, sample: Option<&Sample>| Some((host?, conversation, *sample?));
        self.samples
            .extend(of(transit.from, transit.sender_info.as_deref()));
        self.samples
            .extend(of(transit.to, transit.receiver_info.as_deref()));
    }

    /// Each answer with what the answers before it add.
    pub(super) fn numbers(&self) -> BTreeMap<WhoseAnswer, KernelNumbers> {
        let mut samples: Vec<_> = self.samples.iter().collect();
        samples.sort_by_key(|(host, conversation, sample)| (*host, *conversation, sample.at));
        let mut numbers = BTreeMap::new();
        let mut latest: Option<(HostId, Conversation, KernelNumbers)> = None;
        for (host, conversation, sample) in samples {
            let next = match latest {
                Some((whose, about, before)) if (whose, about) == (*host, *conversation) => {
                    before.then(sample.info)
                }
                _ => KernelNumbers::first(sample.info),
            };
            numbers.insert((*host, *conversation, sample.at), next);
            latest = Some((*host, *conversation, next));
        }
        numbers
    }
}
