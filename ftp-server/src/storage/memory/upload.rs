//! An upload from its promise to its commit, with the same states as that to a local file.

use core::mem;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;

use ftp_proto::server::{Discard, StoreMode};
use ftp_proto::{PathName, VirtualPath};

use crate::storage::{FileTarget, Incoming, StorageError, StorageErrorKind};

use super::file::MemoryFile;
use super::tree::{Place, Tree};
use super::{lock, now};

/// An upload. Dropped without an end, it is abandoned.
#[derive(Debug)]
pub(super) struct Upload {
    tree: Arc<Mutex<Tree>>,
    place: Place,
    /// The path that was taken for [`StoreMode::Unique`].
    taken: Option<VirtualPath>,
    state: State,
}

/// How far an upload is.
#[derive(Clone, Debug)]
enum State {
    /// Nothing is there yet. The file will be made under its name.
    Create(StoreMode),
    /// Bytes go to a file.
    Open {
        file: Arc<MemoryFile>,
        at: u64,
        origin: Origin,
    },
    /// Committed or abandoned.
    Done,
}

/// Where the file of an upload comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// It was there before.
    Old,
    /// The upload made it, under its name.
    Fresh,
    /// The upload made it, and it has no name yet.
    Staged,
}

impl Upload {
    /// Finds out whether the upload is possible, and changes nothing, but that
    /// [`StoreMode::Unique`] takes its name.
    pub(super) fn begin(
        tree: &Arc<Mutex<Tree>>,
        path: &VirtualPath,
        mode: StoreMode,
    ) -> Result<Self, StorageError> {
        let mut guard = lock(tree);
        let (place, taken, state) = match mode {
            StoreMode::Unique => {
                let place = guard.free_place(path)?;
                let name = PathName::new(place.name())
                    .map_err(|bad| StorageError::new(StorageErrorKind::BadName, bad))?;
                let state = State::create(&mut guard, &place)?;
                (place, Some(path.parent().join(&name)), state)
            }
            _ => {
                let (place, there) = guard.place(path)?;
                let state = match there {
                    Some(file) => State::over(&guard, file, mode)?,
                    None if matches!(mode, StoreMode::Resume(1..)) => {
                        return Err(StorageErrorKind::BadOffset.into());
                    }
                    None => State::Create(mode),
                };
                (place, None, state)
            }
        };
        drop(guard);
        Ok(Self {
            tree: Arc::clone(tree),
            place,
            taken,
            state,
        })
    }

    /// The file to write to, which is made now if it wasn't, and the offset of the next byte.
    fn target(&mut self) -> Result<(&Arc<MemoryFile>, &mut u64), StorageError> {
        if let State::Create(mode) = self.state {
            let mut tree = lock(&self.tree);
            self.state = match tree.file_at(&self.place)? {
                None => State::create(&mut tree, &self.place)?,
                Some(file) => State::over(&tree, file, mode)?,
            };
        }
        match &mut self.state {
            State::Open { file, at, .. } => Ok((file, at)),
            _ => Err(StorageErrorKind::Local.into()),
        }
    }

    fn abandon(&mut self) -> Result<(), StorageError> {
        match mem::replace(&mut self.state, State::Done) {
            State::Open {
                file,
                origin: Origin::Fresh,
                ..
            } if file.len() == 0 => lock(&self.tree).remove(&self.place, &file, now()),
            _ => Ok(()),
        }
    }
}

impl State {
    fn create(tree: &mut Tree, place: &Place) -> Result<Self, StorageError> {
        let file = tree.nameless(now())?;
        tree.put(place, Arc::clone(&file), now())?;
        Ok(Self::Open {
            file,
            at: 0,
            origin: Origin::Fresh,
        })
    }

    /// How to upload to a name that has a file.
    fn over(tree: &Tree, file: Arc<MemoryFile>, mode: StoreMode) -> Result<Self, StorageError> {
        let (file, at, origin) = match mode {
            StoreMode::Append => {
                let end = file.len();
                (file, end, Origin::Old)
            }
            StoreMode::Resume(offset) if offset > file.len() => {
                return Err(StorageErrorKind::BadOffset.into());
            }
            StoreMode::Resume(offset @ 1..) => (file, offset, Origin::Old),
            _ => (tree.nameless(now())?, 0, Origin::Staged),
        };
        Ok(Self::Open { file, at, origin })
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // There is nobody left to tell. What can't be removed stays.
        let _ = self.abandon();
    }
}

#[async_trait]
impl Incoming for Upload {
    fn name(&self) -> Option<&VirtualPath> {
        self.taken.as_ref()
    }

    async fn file(&mut self) -> Result<Option<FileTarget>, StorageError> {
        Ok(None)
    }

    async fn write(&mut self, data: Bytes) -> Result<(), StorageError> {
        if data.is_empty() {
            return Ok(());
        }
        let (file, at) = self.target()?;
        file.write_at(&data, *at, now())?;
        *at += data.len() as u64;
        Ok(())
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StorageError> {
        self.target()?;
        if let State::Open {
            file,
            origin: Origin::Staged,
            ..
        } = &self.state
        {
            lock(&self.tree).put(&self.place, Arc::clone(file), now())?;
        }
        self.state = State::Done;
        Ok(())
    }

    async fn discard(mut self: Box<Self>, _: Discard) -> Result<(), StorageError> {
        self.abandon()
    }
}
