//! The dialects of listings, and how a line of each is read.

use super::reading::{Context, Reading};
use super::{dos, facts, names, unix};

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
