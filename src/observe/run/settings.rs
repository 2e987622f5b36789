//! What a run was made with, as its first facts.

use crate::model::setting::Place;
use crate::model::{Setting, Vantage};
use crate::observe::lab::Lab;
use crate::script::Plan;

/// All settings, in the order in which they are told.
pub(super) fn facts(plan: &Plan, lab: &Lab) -> Vec<Setting> {
    let program = concat!("sockscope ", env!("CARGO_PKG_VERSION")).to_owned();
    let mut facts = vec![
        Setting::Program(program.into()),
        Setting::Kernel(kernel().into()),
        Setting::Command(plan.command.as_str().into()),
        Setting::Kind(plan.kind),
        Setting::Place(plan.place),
    ];
    facts.extend(plan.lesson.iter().map(|(name, hash)| Setting::Lesson {
        name: name.as_str().into(),
        hash: hash.as_str().into(),
    }));
    facts.extend_from_slice(lab.settings());
    let saved = if plan.place == Place::Wire {
        Vantage::Host(plan.saved)
    } else {
        Vantage::Loopback
    };
    facts.push(Setting::SavedVantage(saved));
    for (host, planned) in lab.hosts().iter().zip(&plan.hosts) {
        if !planned.text.is_empty() {
            facts.push(Setting::Script {
                host: host.id,
                text: planned.text.as_str().into(),
            });
        }
    }
    let rules = plan.wire.rules.iter();
    facts.extend(rules.map(|rule| Setting::Rule(rule.text.as_str().into())));
    if !plan.wire.rules.is_empty() {
        facts.push(Setting::Seed(plan.wire.seed));
    }
    facts
}

/// As uname -r says.
fn kernel() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease");
    release.unwrap_or_default().trim().to_owned()
}
