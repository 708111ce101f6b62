//! The kind and the mode, at the start of a line.

use crate::listing::EntryKind;
use crate::listing::mode::parse_letters;
use crate::listing::text::is_blank;

/// The kind and the mode at the start of a line.
pub(super) struct Head {
    pub(super) kind: EntryKind,
    /// `None` if it has too few letters.
    pub(super) mode: Option<u16>,
    /// Where the columns begin.
    pub(super) end: usize,
}

impl Head {
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let (&letter, rest) = line.split_first()?;
        let kind = KINDS.iter().find(|row| row.0.contains(&letter))?.1;
        let blank = rest.iter().position(|&byte| is_blank(byte))?;
        let (given, rest) = rest.split_at_checked(blank.min(LETTERS))?;
        // Some servers leave out letters at the end.
        let mut letters = [b'-'; LETTERS];
        letters.get_mut(..given.len())?.copy_from_slice(given);
        let mode = parse_letters(&letters).filter(|_| given.len() >= FEWEST_LETTERS)?;
        let marks = rest.iter().take_while(|byte| b"+.@".contains(byte)).count();
        // A link count may be glued to the mode, nothing else.
        let next = *rest.get(marks)?;
        let ends = is_blank(next) || next.is_ascii_digit();
        ends.then_some(Self {
            kind,
            mode: (given.len() == LETTERS).then_some(mode),
            end: 1 + given.len() + marks,
        })
    }
}

/// The letters of the kinds. Files are also those of Plan 9 (`a`), Cray (`M`), contiguous ones
/// (`C`), and the `f` of some servers.
const KINDS: [(&[u8], EntryKind); 4] = [
    (b"-faMC", EntryKind::File),
    (b"d", EntryKind::Directory),
    (b"l", EntryKind::Link),
    (b"bcpsDnP", EntryKind::Other),
];

/// How many letters a mode has.
const LETTERS: usize = 9;
/// With fewer letters than this, a word is no mode.
const FEWEST_LETTERS: usize = 6;
