//! What is known of one file.

use alloc::vec::Vec;

use crate::path::PathName;
use crate::timestamp::Timestamp;

/// What is known of one file: by a listing on the client, by the storage on the server.
///
/// What isn't known is `None`, never a made-up zero.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The name as the server wrote it. **Not safe as a local path**: it may hold separators or be
    /// `..`; see [`Entry::safe_name`].
    pub name: PathName,
    /// What it is.
    pub kind: EntryKind,
    /// The size in bytes.
    pub size: Option<u64>,
    /// When it was last modified.
    pub modified: Option<ListedTime>,
    /// The permission bits of Unix, 0 to 0o7777.
    pub mode: Option<u16>,
    /// The owner, as text or number.
    pub owner: Option<Vec<u8>>,
    /// The group, as text or number.
    pub group: Option<Vec<u8>>,
    /// The number of hard links.
    pub links: Option<u64>,
    /// Where a symbolic link points to.
    pub target: Option<PathName>,
    /// The `unique` fact: two entries of one server that have the same are the same file.
    pub unique: Option<Vec<u8>>,
    /// The `perm` fact as it came (RFC 3659 §7.5.5).
    pub perm: Option<Vec<u8>>,
}

impl Entry {
    /// An entry of which nothing but name and kind is known.
    pub const fn new(name: PathName, kind: EntryKind) -> Self {
        Self {
            name,
            kind,
            size: None,
            modified: None,
            mode: None,
            owner: None,
            group: None,
            links: None,
            target: None,
            unique: None,
            perm: None,
        }
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// The listed directory itself (`type=cdir`, `.`).
    CurrentDirectory,
    /// Its parent (`type=pdir`, `..`).
    ParentDirectory,
    /// A device, FIFO, socket, or something this crate has no name for.
    Other,
    /// The listing doesn't tell: NLST, and facts without `type`.
    Unknown,
}

impl EntryKind {
    /// Whether this is a directory, be it the listed one or its parent.
    pub const fn is_directory(self) -> bool {
        matches!(
            self,
            Self::Directory | Self::CurrentDirectory | Self::ParentDirectory
        )
    }

    /// Whether this is the listed directory itself or its parent, which most users don't want to
    /// see.
    pub const fn is_dot(self) -> bool {
        matches!(self, Self::CurrentDirectory | Self::ParentDirectory)
    }

    /// This kind, unless it is a directory whose name says that it is `.` or `..`.
    pub(crate) fn named(self, name: &PathName) -> Self {
        match (self, name.as_bytes()) {
            (Self::Directory, b".") => Self::CurrentDirectory,
            (Self::Directory, b"..") => Self::ParentDirectory,
            _ => self,
        }
    }
}

/// A time of a listing, and how much is known about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListedTime {
    /// In UTC: MLSD, MDTM, EPLF, and everything a storage tells.
    Utc(Timestamp),
    /// In the server's time zone, which nobody tells: `ls -l` and DOS. The timestamp is what the
    /// server's clock on the wall showed, counted as if it were UTC.
    Local(Timestamp, Precision),
}

impl ListedTime {
    /// The time as if it were in UTC: exact for [`Utc`](Self::Utc), up to a day off for
    /// [`Local`](Self::Local).
    pub const fn assume_utc(self) -> Timestamp {
        match self {
            Self::Utc(time) | Self::Local(time, _) => time,
        }
    }
}

/// How exact a listed time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Precision {
    /// The day is known.
    Day,
    /// The minute is known.
    Minute,
    /// The second is known.
    Second,
}
