//! What a login may do, and how a listing tells it.

use alloc::vec::Vec;

use crate::command::Right;
use crate::listing::EntryKind;

/// A set of [`Right`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rights(u16);

impl Rights {
    /// Nothing at all.
    pub const NONE: Self = Self(0);
    /// Lists and retrieves.
    pub const READ_ONLY: Self = Self::NONE.with(Right::List).with(Right::Retrieve);
    /// Everything.
    pub const READ_WRITE: Self = Self(u16::MAX);

    /// These and one more.
    #[must_use]
    pub const fn with(self, right: Right) -> Self {
        Self(self.0 | 1 << right as u16)
    }

    /// These without one.
    #[must_use]
    pub const fn without(self, right: Right) -> Self {
        Self(self.0 & !(1 << right as u16))
    }

    /// Whether a right is among them.
    pub const fn allow(self, right: Right) -> bool {
        self.0 & 1 << right as u16 != 0
    }

    /// The `perm` fact of something of that kind ([RFC 3659 §7.5.5]): a letter for each thing that
    /// may be done with it.
    ///
    /// ```
    /// use ftp_proto::listing::EntryKind;
    /// use ftp_proto::server::Rights;
    ///
    /// assert_eq!(Rights::READ_ONLY.perm(EntryKind::Directory), b"el");
    /// assert_eq!(Rights::READ_WRITE.perm(EntryKind::File), b"adfrw");
    /// ```
    ///
    /// [RFC 3659 §7.5.5]: https://www.rfc-editor.org/rfc/rfc3659#section-7.5.5
    pub fn perm(self, kind: EntryKind) -> Vec<u8> {
        let letters = if kind.is_directory() { DIRECTORY } else { FILE };
        letters
            .iter()
            .filter(|(_, right)| self.allow(*right))
            .map(|(letter, _)| *letter)
            .collect()
    }
}

/// What may be done with a directory, in the order of the letters.
const DIRECTORY: &[(u8, Right)] = &[
    (b'c', Right::Store),
    (b'd', Right::RemoveDirectory),
    (b'e', Right::List),
    (b'f', Right::Rename),
    (b'l', Right::List),
    (b'm', Right::MakeDirectory),
    (b'p', Right::Remove),
];

/// What may be done with a file.
const FILE: &[(u8, Right)] = &[
    (b'a', Right::Append),
    (b'd', Right::Remove),
    (b'f', Right::Rename),
    (b'r', Right::Retrieve),
    (b'w', Right::Store),
];
