//! What goes into the reader of a dialect, and what comes out.

use crate::timestamp::Timestamp;

use super::Entry;

/// What is known besides the line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// The time against which dates without a year are completed.
    pub(super) now: Timestamp,
    /// Whether the listing is known to be in this dialect, so that lines may be read that could be
    /// anything.
    pub(super) certain: bool,
}

/// What a line turned out to be.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every line is an entry; a box would cost an allocation each"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A file.
    Entry(Entry),
    /// A part of the listing that tells of no file, such as a total.
    Nothing,
    /// Not in this dialect.
    Unknown,
}

impl From<Option<Entry>> for Reading {
    fn from(entry: Option<Entry>) -> Self {
        entry.map_or(Self::Unknown, Self::Entry)
    }
}
