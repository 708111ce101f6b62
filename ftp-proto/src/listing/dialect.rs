//! The dialects of listings, and how a line of each is read.

use crate::timestamp::Timestamp;

use super::{Entry, dos, facts, names, unix};

/// One form in which servers write listings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Facts: MLSD and MLST.
    Facts,
    /// `ls -l` of Unix, in its many variants.
    Unix,
    /// `dir` of DOS, and IIS.
    Dos,
    /// Names alone: NLST. Never guessed, since any text could be a name.
    Names,
}

impl Dialect {
    /// Every dialect, in the order in which they are tried: the more a form demands of a line, the
    /// earlier.
    pub(super) const ALL: [Self; 4] = [Self::Facts, Self::Unix, Self::Dos, Self::Names];

    /// Reads one line, which has no line end and isn't empty.
    pub(super) fn read(self, line: &[u8], context: Context) -> Reading {
        match self {
            Self::Facts => facts::read(line, context),
            Self::Unix => unix::read(line, context),
            Self::Dos => dos::read(line, context),
            Self::Names => names::read(line, context),
        }
    }
}

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
