//! Timeline to what people see. A view never computes; a fact never formats.
