//! A directory of the local file system.
//!
//! | file | what it owns |
//! |---|---|
//! | `tree` | the root, and every operation that isn't a transfer or a listing |
//! | `entry` | what the file system tells of a file, as an entry |
//! | `pages` | listings, page by page |
//! | `upload` | an upload from its promise to its commit |
//! | `slot` | a name in an open directory, where an upload goes |
//! | `staging` | the names of uploads that aren't to be seen yet |
//!
//! The root is held as a capability: names are resolved beneath an open directory, by the kernel
//! where it can. No absolute link, no dot-dot, no link of `/proc` and no race of another process
//! leads out. Everything here blocks, and runs on the blocking threads of tokio.

mod entry;
mod pages;
mod slot;
mod staging;
mod tree;
mod upload;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use ftp_proto::listing::Entry;
use ftp_proto::{Timestamp, VirtualPath};

use super::{
    Capabilities, Incoming, ListOptions, Pages, ReadOptions, Source, Storage, StorageError,
    StorageErrorKind, WriteOptions,
};
use tree::Tree;
use upload::Draft;

/// A directory of the local file system, and nothing outside of it.
///
/// * **Links** are followed where they lead to something inside the root. Others are listed, and
///   can be removed and renamed, but lead nowhere. An absolute link never leads inside.
/// * **Uploads that replace a file** are staged in a hidden file beside it, which takes its place,
///   and its permission bits, on commit. Until then, and if they are cut off, the old file is as it
///   was. This needs the right to write the directory. A file with several hard links keeps its
///   content under the other names.
/// * **Uploads of a new name** appear with their first byte; what becomes of them when they are cut
///   off is told by [`Partial`].
/// * **Appended and resumed uploads** write in place. What lies behind the last byte of a resumed
///   upload stays.
/// * **New files** have the mode 0666, new directories 0777, less the umask of the process.
/// * Names of staged uploads, `.NAME.0123456789abcdef.ftp-part`, are hidden: they are in no
///   listing, can't be opened and can't be made. They are removed when the upload ends. A process
///   that is killed leaves them behind; nobody misses them then.
///
/// Cloning is cheap, and both clones are the same tree.
#[derive(Clone, Debug)]
pub struct LocalStorage {
    tree: Arc<Tree>,
    partial: Partial,
}

/// What becomes of an upload of a new name that is cut off.
///
/// A file that was there is never touched by a cut-off [`Replace`](super::StoreMode::Replace), and
/// always keeps what a cut-off [`Append`](super::StoreMode::Append) or
/// [`Resume`](super::StoreMode::Resume) has written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Partial {
    /// What arrived stays under its name, so that `SIZE` and `REST` resume it; nothing stays if
    /// nothing arrived.
    #[default]
    Keep,
    /// It is seen while it arrives, and removed when it is cut off.
    Discard,
    /// It isn't seen before it is whole, but for a name that `STOU` has taken.
    Hide,
}

impl LocalStorage {
    /// The tree below a directory. Blocks for the time of opening it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](StorageErrorKind::NotFound) and
    /// [`NotADirectory`](StorageErrorKind::NotADirectory) if it isn't a directory,
    /// [`PermissionDenied`](StorageErrorKind::PermissionDenied) if it can't be read.
    pub fn new(root: impl AsRef<Path>) -> Result<Self, StorageError> {
        Ok(Self {
            tree: Arc::new(Tree::open(root.as_ref())?),
            partial: Partial::default(),
        })
    }

    /// The same with another rule for uploads that are cut off.
    #[must_use]
    pub const fn with_partial(mut self, partial: Partial) -> Self {
        self.partial = partial;
        self
    }

    /// Does something with the tree on a blocking thread.
    async fn with_tree<T: Send + 'static>(
        &self,
        path: &VirtualPath,
        work: impl FnOnce(&Tree, &VirtualPath) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let (tree, path) = (Arc::clone(&self.tree), path.clone());
        blocking(move || work(&tree, &path)).await
    }
}

#[async_trait]
impl Storage for LocalStorage {
    fn capabilities(&self, _: &VirtualPath) -> Capabilities {
        Capabilities::ALL
    }

    async fn metadata(&self, path: &VirtualPath) -> Result<Entry, StorageError> {
        self.with_tree(path, Tree::metadata).await
    }

    async fn list(&self, dir: &VirtualPath, options: &ListOptions) -> Result<Pages, StorageError> {
        let reader = self.with_tree(dir, Tree::list).await?;
        Ok(pages::stream(reader, options.facts))
    }

    async fn read(
        &self,
        path: &VirtualPath,
        options: &ReadOptions,
    ) -> Result<Source, StorageError> {
        let offset = options.offset;
        let (file, size) = self.with_tree(path, Tree::read).await?;
        if offset > size {
            return Err(StorageErrorKind::BadOffset.into());
        }
        Ok(Source::File {
            file: Arc::new(file),
            range: offset..size,
        })
    }

    async fn write(
        &self,
        path: &VirtualPath,
        options: &WriteOptions,
    ) -> Result<Box<dyn Incoming>, StorageError> {
        let (mode, partial) = (options.mode, self.partial);
        let draft = self
            .with_tree(path, move |tree, path| {
                Draft::begin(tree, path, mode, partial)
            })
            .await?;
        Ok(Box::new(upload::Upload::new(draft)))
    }

    async fn create_dir(&self, path: &VirtualPath) -> Result<(), StorageError> {
        self.with_tree(path, Tree::create_dir).await
    }

    async fn remove_dir(&self, path: &VirtualPath) -> Result<(), StorageError> {
        self.with_tree(path, Tree::remove_dir).await
    }

    async fn remove_file(&self, path: &VirtualPath) -> Result<(), StorageError> {
        self.with_tree(path, Tree::remove_file).await
    }

    async fn rename(&self, from: &VirtualPath, to: &VirtualPath) -> Result<(), StorageError> {
        let to = to.clone();
        self.with_tree(from, move |tree, from| tree.rename(from, &to))
            .await
    }

    async fn set_modified(&self, path: &VirtualPath, time: Timestamp) -> Result<(), StorageError> {
        self.with_tree(path, move |tree, path| tree.set_modified(path, time))
            .await
    }
}

/// Runs on a thread that may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|lost| Err(StorageError::new(StorageErrorKind::Local, lost)))
}

#[cfg(test)]
mod tests;
