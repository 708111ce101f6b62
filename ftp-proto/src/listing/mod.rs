//! Listings: one model of an entry, and the forms in which servers write it.

mod entry;

pub use entry::{Entry, EntryKind, FactSet, ListedTime, Precision};
