//! The options of storage operations, and what a storage says it can do.

use ftp_proto::server::StoreMode;

/// What a storage can do at a path; a row each for `FEAT` and for the refusals that follow from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Capabilities {
    /// Downloads can begin at an offset (`REST` before `RETR`).
    pub restart: bool,
    /// Uploads can begin at an offset (`REST` before `STOR`).
    pub resume: bool,
    /// Uploads can be appended (`APPE`).
    pub append: bool,
    /// Uploads can be given a name of their own (`STOU`).
    pub unique: bool,
    /// Files and directories can be renamed (`RNFR`, `RNTO`).
    pub rename: bool,
    /// Modification times can be set (`MFMT`).
    pub set_modified: bool,
}

impl Capabilities {
    /// Everything.
    pub const ALL: Self = Self {
        restart: true,
        resume: true,
        append: true,
        unique: true,
        rename: true,
        set_modified: true,
    };
}

/// How to list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOptions {
    /// Whether more than names and kinds is wanted: sizes, times and so on. Default true; `NLST`
    /// does without.
    pub facts: bool,
}

impl ListOptions {
    /// Names and kinds alone.
    pub const NAMES: Self = Self { facts: false };
}

impl Default for ListOptions {
    fn default() -> Self {
        Self { facts: true }
    }
}

/// How to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Where to begin, in bytes. Default 0. The end of the file is allowed, and yields nothing.
    pub offset: u64,
}

impl ReadOptions {
    /// From an offset in bytes.
    pub const fn at(offset: u64) -> Self {
        Self { offset }
    }
}

/// How to write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteOptions {
    /// What happens to a file that is there.
    pub mode: StoreMode,
    /// The size that the client announced with `ALLO`, in bytes. Never to be trusted.
    pub size_hint: Option<u64>,
}

impl WriteOptions {
    /// In this mode, of unknown size.
    pub const fn new(mode: StoreMode) -> Self {
        Self {
            mode,
            size_hint: None,
        }
    }

    /// The same with an announced size.
    #[must_use]
    pub const fn with_size_hint(mut self, size_hint: Option<u64>) -> Self {
        self.size_hint = size_hint;
        self
    }
}
