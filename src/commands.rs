//! One file per verb: where the live half and the pure half meet.
