//! Where the files are: the trait that the server asks, and the back ends that come with it.
//!
//! A [`Storage`] is one tree of files and directories. It knows nothing of sessions, users or
//! replies: each login is given the storage that it shall see, and what a login may do with it is
//! checked before the storage is asked. Paths are absolute and normalised; a dot-dot never gets
//! here.
//!
//! Transfers hand over things that can move to another thread: [`Source`] for a download,
//! [`Incoming`] for an upload. An upload ends in exactly one of three ways: [`Incoming::commit`],
//! [`Incoming::discard`], or being dropped, which means the same as a discard.

#[cfg(test)]
mod conformance;
mod error;
#[cfg(all(feature = "local", unix))]
mod local;
mod memory;
mod names;
mod options;
mod transfer;

use async_trait::async_trait;
use futures::stream::BoxStream;

pub use error::{StorageError, StorageErrorKind};
#[cfg(all(feature = "local", unix))]
pub use local::{LocalStorage, Partial};
pub use memory::MemoryStorage;
pub use options::{Capabilities, ListOptions, ReadOptions, WriteOptions};
pub use transfer::{FileTarget, Incoming, Source};

#[doc(no_inline)]
pub use bytes::Bytes;
#[doc(no_inline)]
pub use ftp_proto::listing::{Entry, EntryKind, ListedTime};
#[doc(no_inline)]
pub use ftp_proto::server::{Discard, StoreMode};

use ftp_proto::{Timestamp, VirtualPath};

/// A listing: pages of entries, in no particular order.
pub type Pages = BoxStream<'static, Result<Vec<Entry>, StorageError>>;

/// A tree of files and directories.
///
/// There are no default methods: a wrapper that forgets one would silently bypass what it wraps.
/// What a storage can't do it refuses with [`StorageErrorKind::Unsupported`], and says so in its
/// [`Capabilities`].
///
/// # Cancel safety
///
/// The server drops a future of this trait when its question is withdrawn or the session dies.
/// An operation may then have happened or not, but never by half.
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// What can be done at a path, apart from what the file system's permissions say.
    fn capabilities(&self, path: &VirtualPath) -> Capabilities;

    /// What is there: an entry whose name is the last component of the path, or `/` for the root.
    ///
    /// Symbolic links are followed where they lead to something inside the storage.
    ///
    /// # Errors
    ///
    /// [`NotFound`](StorageErrorKind::NotFound) if nothing is there.
    async fn metadata(&self, path: &VirtualPath) -> Result<Entry, StorageError>;

    /// Opens a directory for listing. It is open when this returns; what fails later fails in the
    /// stream, which then ends.
    ///
    /// Entries `.` and `..` are not among them, nor names that can't be sent
    /// ([`PathName`](ftp_proto::PathName)). Pages are small enough to hold in memory; an empty
    /// directory may have none.
    ///
    /// # Errors
    ///
    /// [`NotFound`](StorageErrorKind::NotFound);
    /// [`NotADirectory`](StorageErrorKind::NotADirectory) for a file.
    async fn list(&self, dir: &VirtualPath, options: &ListOptions) -> Result<Pages, StorageError>;

    /// Opens a file to be sent.
    ///
    /// Nothing that isn't a regular file may block this call, a FIFO without a writer say.
    ///
    /// # Errors
    ///
    /// [`NotFound`](StorageErrorKind::NotFound);
    /// [`IsADirectory`](StorageErrorKind::IsADirectory) and
    /// [`NotAFile`](StorageErrorKind::NotAFile) for what isn't a regular file;
    /// [`BadOffset`](StorageErrorKind::BadOffset) if the offset lies beyond the end.
    async fn read(&self, path: &VirtualPath, options: &ReadOptions)
    -> Result<Source, StorageError>;

    /// Prepares an upload, so far that the client can be told to send.
    ///
    /// Nothing that a client can see changes before the first byte, [`Incoming::file`] or the
    /// commit, but that [`StoreMode::Unique`] takes its name. [`StoreMode::Resume`] from 0 is the
    /// same as [`StoreMode::Replace`].
    ///
    /// # Errors
    ///
    /// [`NotFound`](StorageErrorKind::NotFound) if there is no directory to hold the file;
    /// [`IsADirectory`](StorageErrorKind::IsADirectory) and
    /// [`NotAFile`](StorageErrorKind::NotAFile) if something is there that isn't a regular file;
    /// [`BadOffset`](StorageErrorKind::BadOffset) if the offset of [`StoreMode::Resume`] lies
    /// beyond the end, where a missing file ends at 0;
    /// [`BadName`](StorageErrorKind::BadName) if no file may have that name.
    async fn write(
        &self,
        path: &VirtualPath,
        options: &WriteOptions,
    ) -> Result<Box<dyn Incoming>, StorageError>;

    /// Makes a directory.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](StorageErrorKind::AlreadyExists) if anything is there;
    /// [`NotFound`](StorageErrorKind::NotFound) if its parent isn't.
    async fn create_dir(&self, path: &VirtualPath) -> Result<(), StorageError>;

    /// Removes an empty directory.
    ///
    /// # Errors
    ///
    /// [`NotFound`](StorageErrorKind::NotFound); [`NotEmpty`](StorageErrorKind::NotEmpty);
    /// [`NotADirectory`](StorageErrorKind::NotADirectory) for a file;
    /// [`PermissionDenied`](StorageErrorKind::PermissionDenied) for the root.
    async fn remove_dir(&self, path: &VirtualPath) -> Result<(), StorageError>;

    /// Removes a file, or a symbolic link itself.
    ///
    /// # Errors
    ///
    /// [`NotFound`](StorageErrorKind::NotFound);
    /// [`IsADirectory`](StorageErrorKind::IsADirectory) for a directory.
    async fn remove_file(&self, path: &VirtualPath) -> Result<(), StorageError>;

    /// Renames a file or directory. A file that has the new name already is replaced, atomically.
    ///
    /// # Errors
    ///
    /// [`NotFound`](StorageErrorKind::NotFound) if `from` isn't there, or no directory for `to`;
    /// [`BadName`](StorageErrorKind::BadName) if `to` lies within `from`;
    /// [`PermissionDenied`](StorageErrorKind::PermissionDenied) for the root; and
    /// [`IsADirectory`](StorageErrorKind::IsADirectory),
    /// [`NotADirectory`](StorageErrorKind::NotADirectory) or
    /// [`NotEmpty`](StorageErrorKind::NotEmpty) if what has the new name can't be replaced.
    async fn rename(&self, from: &VirtualPath, to: &VirtualPath) -> Result<(), StorageError>;

    /// Sets the modification time of a file or directory.
    ///
    /// # Errors
    ///
    /// [`NotFound`](StorageErrorKind::NotFound); [`BadTime`](StorageErrorKind::BadTime) if the time
    /// lies beyond what can be stored.
    async fn set_modified(&self, path: &VirtualPath, time: Timestamp) -> Result<(), StorageError>;
}
