//! A grid of runs as people and programs see it: a table, graphs, objects.

mod figures;
mod objects;
mod picture;
mod table;

pub use objects::objects;
pub use picture::svg;
pub use table::lines;

#[cfg(test)]
mod tests;
