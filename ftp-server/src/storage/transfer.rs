//! What a transfer reads from and writes to.

use core::fmt;
use core::ops::Range;
use std::fs::File;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use ftp_proto::VirtualPath;
use ftp_proto::server::Discard;

use super::StorageError;

/// Where the bytes of a download come from.
#[non_exhaustive]
pub enum Source {
    /// A file of the operating system, so that it can be sent without copying.
    File {
        /// The file. Its cursor isn't used.
        file: Arc<File>,
        /// Which bytes of it.
        range: Range<u64>,
    },
    /// Bytes as they come.
    Chunks {
        /// How many there will be in all, if known.
        size: Option<u64>,
        /// The bytes. After an error nothing more is wanted.
        stream: BoxStream<'static, Result<Bytes, StorageError>>,
    },
}

impl Source {
    /// How many bytes there are to send, if known.
    pub const fn size(&self) -> Option<u64> {
        match self {
            Self::File { range, .. } => Some(range.end.saturating_sub(range.start)),
            Self::Chunks { size, .. } => *size,
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { range, .. } => f.debug_struct("File").field("range", range).finish(),
            Self::Chunks { size, .. } => f.debug_struct("Chunks").field("size", size).finish(),
        }
    }
}

/// An upload in progress, on the side of the storage.
///
/// Bytes come in one of two ways, never in both: through [`write`](Self::write), or, where
/// [`file`](Self::file) offers one, straight into a file. Then either [`commit`](Self::commit) or
/// [`discard`](Self::discard) ends it. Dropping it means `discard(Discard::Disconnected)`, as far
/// as that can be done without waiting.
#[async_trait]
pub trait Incoming: Send {
    /// The path that was taken, for [`StoreMode::Unique`](ftp_proto::server::StoreMode::Unique);
    /// otherwise `None`.
    fn name(&self) -> Option<&VirtualPath>;

    /// A file to write to directly, if the storage has one; asked when bytes have arrived, at most
    /// once. An upload that is short comes through [`write`](Self::write) without asking.
    ///
    /// # Errors
    ///
    /// Whatever keeps the file from being made. The upload must then be discarded.
    async fn file(&mut self) -> Result<Option<FileTarget>, StorageError>;

    /// Takes the next bytes.
    ///
    /// # Errors
    ///
    /// [`NoSpace`](super::StorageErrorKind::NoSpace),
    /// [`OverQuota`](super::StorageErrorKind::OverQuota) and whatever else can fail. The upload
    /// must then be discarded.
    ///
    /// # Cancel safety
    ///
    /// None: after a dropped call nobody knows what arrived, and the upload must be discarded.
    async fn write(&mut self, data: Bytes) -> Result<(), StorageError>;

    /// Makes the upload permanent under its name. When this returns, everybody sees it.
    ///
    /// # Errors
    ///
    /// Whatever can fail. The upload is discarded then.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;

    /// Ends an upload that isn't whole. What becomes of the bytes that arrived is for the storage
    /// to say; a file that was to be replaced is as it was.
    ///
    /// # Errors
    ///
    /// Whatever can fail. There is nothing left to be done then.
    async fn discard(self: Box<Self>, why: Discard) -> Result<(), StorageError>;
}

/// A file of the operating system to write an upload to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileTarget {
    /// The file, open for writing. Its cursor isn't used.
    pub file: Arc<File>,
    /// The offset of the next byte.
    pub at: u64,
    /// How many bytes may be written; one more means
    /// [`OverQuota`](super::StorageErrorKind::OverQuota).
    pub budget: Option<u64>,
}

impl FileTarget {
    /// A target without a budget.
    pub const fn new(file: Arc<File>, at: u64) -> Self {
        Self {
            file,
            at,
            budget: None,
        }
    }

    /// The same with a budget in bytes.
    #[must_use]
    pub const fn with_budget(mut self, budget: Option<u64>) -> Self {
        self.budget = budget;
        self
    }
}
