//! Where a run's facts go.

use std::ops::ControlFlow;

use crate::model::{Fact, Time};
use crate::observe::source::{Charge, Outlet, Printed};

/// Where facts go. Breaking ends the run.
pub trait FactSink {
    /// The next fact, with the room that it takes until that is dropped.
    fn fact(&mut self, fact: Fact<'static>, charge: Charge) -> ControlFlow<()>;

    /// What a program printed, where [`FactSink::outlet`] wants it in order: no fact, but it came here among them.
    fn printed(&mut self, printed: Printed) {
        printed.print();
    }

    /// How what programs print gets out.
    fn outlet(&self) -> Outlet {
        Outlet::default()
    }

    /// Nothing older than this will come.
    fn until(&mut self, _time: Time) {}

    /// These were all that are decidable now: time to write and to print what was made of them.
    fn pause(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<F: FnMut(Fact<'_>) -> ControlFlow<()>> FactSink for F {
    fn fact(&mut self, fact: Fact<'static>, _charge: Charge) -> ControlFlow<()> {
        self(fact)
    }
}

/// Takes no facts.
pub(super) struct DiscardFacts(pub Outlet);

impl FactSink for DiscardFacts {
    fn fact(&mut self, _fact: Fact<'static>, _charge: Charge) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn outlet(&self) -> Outlet {
        self.0
    }
}
