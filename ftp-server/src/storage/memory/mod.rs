//! A tree in memory, which is gone with the process.
//!
//! | file | what it owns |
//! |---|---|
//! | `tree` | directories and the names in them |
//! | `file` | the content of a file, shared by those who have it open |
//! | `meter` | how many bytes are used, and how many may be |
//! | `upload` | an upload from its promise to its commit |

mod file;
mod meter;
mod tree;
mod upload;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, StreamExt as _};

use ftp_proto::listing::Entry;
use ftp_proto::{Timestamp, VirtualPath};

use super::{
    Capabilities, Incoming, ListOptions, Pages, ReadOptions, Source, Storage, StorageError,
    StorageErrorKind, WriteOptions,
};
use meter::Meter;
use tree::Tree;
use upload::Upload;

/// A tree in memory.
///
/// It behaves as [`LocalStorage`](super::LocalStorage) does by default, but that it has no links,
/// owners or permission bits. A download sends what the file was when it was opened. Meant for
/// tests and for small trees that needn't last: appending to a file while it is being downloaded
/// copies it.
///
/// Cloning is cheap, and both clones are the same tree.
#[derive(Clone, Debug)]
pub struct MemoryStorage {
    tree: Arc<Mutex<Tree>>,
}

impl MemoryStorage {
    /// The default limit in bytes: 1 GiB.
    pub const DEFAULT_LIMIT: u64 = 1 << 30;

    /// An empty tree that takes [`DEFAULT_LIMIT`](Self::DEFAULT_LIMIT) bytes.
    pub fn new() -> Self {
        Self::with_limit(Self::DEFAULT_LIMIT)
    }

    /// An empty tree that takes so many bytes. Names count as well, and each file and directory
    /// for some hundred bytes; what exceeds the limit is
    /// [`OverQuota`](StorageErrorKind::OverQuota).
    pub fn with_limit(bytes: u64) -> Self {
        let tree = Tree::new(Meter::new(bytes), now());
        Self {
            tree: Arc::new(Mutex::new(tree)),
        }
    }

    fn tree(&self) -> MutexGuard<'_, Tree> {
        lock(&self.tree)
    }
}

impl Default for MemoryStorage {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Storage for MemoryStorage {
    fn capabilities(&self, _: &VirtualPath) -> Capabilities {
        Capabilities::ALL
    }

    async fn metadata(&self, path: &VirtualPath) -> Result<Entry, StorageError> {
        self.tree().metadata(path)
    }

    async fn list(&self, dir: &VirtualPath, _: &ListOptions) -> Result<Pages, StorageError> {
        let pages = self.tree().list(dir)?;
        Ok(stream::iter(pages.into_iter().map(Ok)).boxed())
    }

    async fn read(
        &self,
        path: &VirtualPath,
        options: &ReadOptions,
    ) -> Result<Source, StorageError> {
        let file = self.tree().file(path)?;
        let mut rest = file.snapshot();
        let offset = usize::try_from(options.offset)
            .ok()
            .filter(|offset| *offset <= rest.len())
            .ok_or(StorageErrorKind::BadOffset)?;
        rest = rest.split_off(offset);
        Ok(Source::Chunks {
            size: Some(rest.len() as u64),
            stream: stream::iter(chunks(rest).map(Ok)).boxed(),
        })
    }

    async fn write(
        &self,
        path: &VirtualPath,
        options: &WriteOptions,
    ) -> Result<Box<dyn Incoming>, StorageError> {
        let upload = Upload::begin(&self.tree, path, options.mode)?;
        Ok(Box::new(upload))
    }

    async fn create_dir(&self, path: &VirtualPath) -> Result<(), StorageError> {
        self.tree().create_dir(path, now())
    }

    async fn remove_dir(&self, path: &VirtualPath) -> Result<(), StorageError> {
        self.tree().remove_dir(path, now())
    }

    async fn remove_file(&self, path: &VirtualPath) -> Result<(), StorageError> {
        self.tree().remove_file(path, now())
    }

    async fn rename(&self, from: &VirtualPath, to: &VirtualPath) -> Result<(), StorageError> {
        self.tree().rename(from, to, now())
    }

    async fn set_modified(&self, path: &VirtualPath, time: Timestamp) -> Result<(), StorageError> {
        self.tree().set_modified(path, time)
    }
}

/// Bytes in pieces, so that a download gives way to others now and then.
fn chunks(mut rest: Bytes) -> impl Iterator<Item = Bytes> {
    const CHUNK: usize = 256 * 1024;
    core::iter::from_fn(move || {
        let next = rest.split_to(CHUNK.min(rest.len()));
        (!next.is_empty()).then_some(next)
    })
}

/// Locks for a moment; nothing waits while it holds a lock. No invariant spans a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> Timestamp {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| {
            let seconds = i64::try_from(since.as_secs()).ok()?;
            Timestamp::from_unix(seconds, since.subsec_nanos())
        })
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
