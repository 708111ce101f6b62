//! Directories and the names in them.
//!
//! Directories stand side by side in a table, and name each other by their keys: nothing here
//! recurses, however deep a client nests them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ftp_proto::listing::{Entry, EntryKind, ListedTime};
use ftp_proto::{PathName, Timestamp, VirtualPath};

use crate::storage::names::{MAX_NAME, compose, random_tag};
use crate::storage::{StorageError, StorageErrorKind};

use super::file::MemoryFile;
use super::meter::{Claim, Meter};

/// The key of a directory, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DirKey(u64);

/// All directories.
#[derive(Debug)]
pub(super) struct Tree {
    dirs: BTreeMap<DirKey, Directory>,
    next: u64,
    meter: Meter,
}

#[derive(Debug)]
struct Directory {
    names: BTreeMap<Vec<u8>, Node>,
    modified: Timestamp,
}

/// What has a name.
#[derive(Debug)]
struct Node {
    what: What,
    /// Pays for the name and the node.
    _claim: Claim,
}

#[derive(Clone, Debug)]
enum What {
    Directory(DirKey),
    File(Arc<MemoryFile>),
}

/// What a node counts for, beside its name, in bytes.
const NODE_COST: u64 = 128;

/// Entries on a page of a listing.
const PAGE: usize = 256;

const ROOT: DirKey = DirKey(0);

impl Tree {
    pub(super) fn new(meter: Meter, now: Timestamp) -> Self {
        let root = Directory {
            names: BTreeMap::new(),
            modified: now,
        };
        Self {
            dirs: BTreeMap::from([(ROOT, root)]),
            next: 1,
            meter,
        }
    }

    pub(super) fn metadata(&self, path: &VirtualPath) -> Result<Entry, StorageError> {
        let name = PathName::new(path.file_name().unwrap_or(b"/")).map_err(bad_name)?;
        Ok(self.describe(name, &self.find(path)?))
    }

    pub(super) fn list(&self, path: &VirtualPath) -> Result<Vec<Vec<Entry>>, StorageError> {
        let dir = self.directory(self.find_dir(path)?)?;
        let mut entries = dir.names.iter().filter_map(|(name, node)| {
            let name = PathName::new(name.as_slice()).ok()?;
            Some(self.describe(name, &node.what))
        });
        let page = || {
            let page: Vec<_> = entries.by_ref().take(PAGE).collect();
            (!page.is_empty()).then_some(page)
        };
        Ok(core::iter::from_fn(page).collect())
    }

    pub(super) fn file(&self, path: &VirtualPath) -> Result<Arc<MemoryFile>, StorageError> {
        match self.find(path)? {
            What::File(file) => Ok(file),
            What::Directory(_) => Err(StorageErrorKind::IsADirectory.into()),
        }
    }

    /// The directory and name of a path to put a file at, and the file that is there.
    pub(super) fn place(
        &self,
        path: &VirtualPath,
    ) -> Result<(Place, Option<Arc<MemoryFile>>), StorageError> {
        let place = self.locate(path)?.ok_or(StorageErrorKind::IsADirectory)?;
        let file = self.file_at(&place)?;
        Ok((place, file))
    }

    /// The file at a place, if there is one.
    pub(super) fn file_at(&self, place: &Place) -> Result<Option<Arc<MemoryFile>>, StorageError> {
        match self.node(place)? {
            None => Ok(None),
            Some(What::File(file)) => Ok(Some(Arc::clone(file))),
            Some(What::Directory(_)) => Err(StorageErrorKind::IsADirectory.into()),
        }
    }

    /// Makes a file that has no name yet.
    pub(super) fn nameless(&self, now: Timestamp) -> Result<Arc<MemoryFile>, StorageError> {
        Ok(Arc::new(MemoryFile::new(&self.meter, now)?))
    }

    /// Gives a file its name. What file had it is gone.
    pub(super) fn put(
        &mut self,
        place: &Place,
        file: Arc<MemoryFile>,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        self.file_at(place)?;
        self.insert(place, What::File(file), now)
    }

    /// The place of a path if it is free, or one with a similar name.
    pub(super) fn free_place(&self, path: &VirtualPath) -> Result<Place, StorageError> {
        let mut place = self.locate(path)?.ok_or(StorageErrorKind::IsADirectory)?;
        if self.node(&place)?.is_some() {
            let suffix = [b".", random_tag().as_bytes()].concat();
            place.name = compose(b"", &place.name, &suffix);
        }
        Ok(place)
    }

    /// Takes the name of a file away, if it still has it.
    pub(super) fn remove(
        &mut self,
        place: &Place,
        file: &Arc<MemoryFile>,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        match self.node(place)? {
            Some(What::File(there)) if Arc::ptr_eq(there, file) => self.take(place, now).map(drop),
            _ => Ok(()),
        }
    }

    pub(super) fn create_dir(
        &mut self,
        path: &VirtualPath,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let place = self.locate(path)?.ok_or(StorageErrorKind::AlreadyExists)?;
        if self.node(&place)?.is_some() {
            return Err(StorageErrorKind::AlreadyExists.into());
        }
        let key = DirKey(self.next);
        self.insert(&place, What::Directory(key), now)?;
        self.next += 1;
        let empty = Directory {
            names: BTreeMap::new(),
            modified: now,
        };
        self.dirs.insert(key, empty);
        Ok(())
    }

    pub(super) fn remove_dir(
        &mut self,
        path: &VirtualPath,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let place = self
            .locate(path)?
            .ok_or(StorageErrorKind::PermissionDenied)?;
        let key = self.find_dir(path)?;
        if !self.directory(key)?.names.is_empty() {
            return Err(StorageErrorKind::NotEmpty.into());
        }
        self.take(&place, now)?;
        self.dirs.remove(&key);
        Ok(())
    }

    pub(super) fn remove_file(
        &mut self,
        path: &VirtualPath,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let (place, file) = self.place(path)?;
        file.ok_or(StorageErrorKind::NotFound)?;
        self.take(&place, now).map(drop)
    }

    pub(super) fn rename(
        &mut self,
        from: &VirtualPath,
        to: &VirtualPath,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let old = self
            .locate(from)?
            .ok_or(StorageErrorKind::PermissionDenied)?;
        let new = self.locate(to)?.ok_or(StorageErrorKind::PermissionDenied)?;
        let moved = self.node(&old)?.ok_or(StorageErrorKind::NotFound)?.clone();
        if from == to {
            return Ok(());
        }
        if to.starts_with(from) {
            return Err(StorageErrorKind::BadName.into());
        }
        let replaced = match (&moved, self.node(&new)?) {
            (_, None) | (What::File(_), Some(What::File(_))) => None,
            (What::File(_), Some(What::Directory(_))) => {
                return Err(StorageErrorKind::IsADirectory.into());
            }
            (What::Directory(_), Some(What::File(_))) => {
                return Err(StorageErrorKind::NotADirectory.into());
            }
            (What::Directory(_), Some(What::Directory(key))) => {
                if !self.directory(*key)?.names.is_empty() {
                    return Err(StorageErrorKind::NotEmpty.into());
                }
                Some(*key)
            }
        };
        self.insert(&new, moved, now)?;
        self.take(&old, now)?;
        if let Some(key) = replaced {
            self.dirs.remove(&key);
        }
        Ok(())
    }

    pub(super) fn set_modified(
        &mut self,
        path: &VirtualPath,
        time: Timestamp,
    ) -> Result<(), StorageError> {
        match self.find(path)? {
            What::File(file) => file.set_modified(time),
            What::Directory(key) => self.directory_mut(key)?.modified = time,
        }
        Ok(())
    }

    fn find(&self, path: &VirtualPath) -> Result<What, StorageError> {
        path.components()
            .try_fold(What::Directory(ROOT), |what, name| {
                let What::Directory(key) = what else {
                    return Err(StorageErrorKind::NotADirectory.into());
                };
                let node = self.directory(key)?.names.get(name);
                Ok(node.ok_or(StorageErrorKind::NotFound)?.what.clone())
            })
    }

    fn find_dir(&self, path: &VirtualPath) -> Result<DirKey, StorageError> {
        match self.find(path)? {
            What::Directory(key) => Ok(key),
            What::File(_) => Err(StorageErrorKind::NotADirectory.into()),
        }
    }

    /// The place of a path, whose directory is there; `None` for the root, which has none.
    fn locate(&self, path: &VirtualPath) -> Result<Option<Place>, StorageError> {
        let Some(name) = path.file_name() else {
            return Ok(None);
        };
        if name.len() > MAX_NAME {
            return Err(StorageErrorKind::BadName.into());
        }
        Ok(Some(Place {
            dir: self.find_dir(&path.parent())?,
            name: name.to_vec(),
        }))
    }

    fn node(&self, place: &Place) -> Result<Option<&What>, StorageError> {
        let node = self.directory(place.dir)?.names.get(&place.name);
        Ok(node.map(|node| &node.what))
    }

    fn insert(&mut self, place: &Place, what: What, now: Timestamp) -> Result<(), StorageError> {
        let claim = self.meter.claim(NODE_COST + place.name.len() as u64)?;
        let dir = self.directory_mut(place.dir)?;
        dir.modified = now;
        let node = Node {
            what,
            _claim: claim,
        };
        dir.names.insert(place.name.clone(), node);
        Ok(())
    }

    fn take(&mut self, place: &Place, now: Timestamp) -> Result<Node, StorageError> {
        let dir = self.directory_mut(place.dir)?;
        let node = dir.names.remove(&place.name);
        dir.modified = now;
        node.ok_or_else(|| StorageErrorKind::NotFound.into())
    }

    /// The directory of a key; it may have been removed since the key was found.
    fn directory(&self, key: DirKey) -> Result<&Directory, StorageError> {
        let dir = self.dirs.get(&key);
        dir.ok_or_else(|| StorageErrorKind::NotFound.into())
    }

    fn directory_mut(&mut self, key: DirKey) -> Result<&mut Directory, StorageError> {
        let dir = self.dirs.get_mut(&key);
        dir.ok_or_else(|| StorageErrorKind::NotFound.into())
    }

    fn describe(&self, name: PathName, what: &What) -> Entry {
        match what {
            What::File(file) => {
                let mut entry = Entry::new(name, EntryKind::File);
                entry.size = Some(file.len());
                entry.modified = Some(ListedTime::Utc(file.modified()));
                entry
            }
            What::Directory(key) => {
                let mut entry = Entry::new(name, EntryKind::Directory);
                let dir = self.dirs.get(key);
                entry.modified = dir.map(|dir| ListedTime::Utc(dir.modified));
                entry.unique = Some(format!("{:x}", key.0).into_bytes());
                entry
            }
        }
    }
}

/// A name in a directory, free or taken.
#[derive(Clone, Debug)]
pub(super) struct Place {
    dir: DirKey,
    name: Vec<u8>,
}

impl Place {
    /// The name, without the directory.
    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }
}

fn bad_name(error: ftp_proto::BadArgument) -> StorageError {
    StorageError::new(StorageErrorKind::BadName, error)
}
