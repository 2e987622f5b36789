//! The live half: the only one that touches the system.
