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

/// Which facts an MLSD or MLST shows (`OPTS MLST`, RFC 3659 §7.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FactSet(u16);

impl FactSet {
    /// Every fact that this crate can write.
    pub const ALL: Self = Self(u16::MAX);
}
