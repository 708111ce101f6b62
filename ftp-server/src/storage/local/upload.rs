//! An upload from its promise to its commit.
//!
//! ```text
//!                        first byte or commit             commit
//!   Create ──────────────────────────────────▶ Open Fresh ───────▶ Done
//!      │ the name was taken meanwhile
//!      ▼
//!   Stage  ──────────────────────────────────▶ Open Staged ──────▶ Done (renamed)
//!
//!   (append, resume) ────────────────────────▶ Open Old ─────────▶ Done
//! ```

use core::mem;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cap_std::fs::MetadataExt as _;

use ftp_proto::server::{Discard, StoreMode};
use ftp_proto::{PathName, VirtualPath};

use crate::storage::{FileTarget, Incoming, StorageError, StorageErrorKind};

use super::slot::Slot;
use super::tree::Tree;
use super::{Partial, blocking};

/// An upload. Dropped without an end, it is abandoned.
#[derive(Debug)]
pub(super) struct Draft {
    slot: Slot,
    /// The path that was taken for [`StoreMode::Unique`].
    taken: Option<VirtualPath>,
    partial: Partial,
    state: State,
}

/// How far an upload is.
#[derive(Debug)]
enum State {
    /// Nothing is there yet. The file will be made under its name.
    Create(StoreMode),
    /// Nothing is made yet. The upload will be staged, with the mode of the file that it replaces.
    Stage { replaces: Option<u32> },
    /// Bytes go to a file.
    Open {
        file: Arc<File>,
        at: u64,
        origin: Origin,
    },
    /// Committed or abandoned.
    Done,
}

/// Where the file of an upload comes from.
#[derive(Debug)]
enum Origin {
    /// It was there before.
    Old,
    /// The upload made it, under its name.
    Fresh,
    /// The upload made it, under this hidden name.
    Staged(OsString),
}

impl Draft {
    /// Finds out whether the upload is possible, and changes nothing, but that
    /// [`StoreMode::Unique`] takes its name.
    pub(super) fn begin(
        tree: &Tree,
        path: &VirtualPath,
        mode: StoreMode,
        partial: Partial,
    ) -> Result<Self, StorageError> {
        if mode == StoreMode::Unique {
            let (slot, file) = Slot::take(tree, path)?;
            let name = PathName::new(slot.name())
                .map_err(|bad| StorageError::new(StorageErrorKind::BadName, bad))?;
            let taken = Some(path.parent().join(&name));
            let state = State::open(file, 0, Origin::Fresh);
            return Ok(Self {
                slot,
                taken,
                partial,
                state,
            });
        }
        let (slot, there) = Slot::find(tree, path)?;
        let state = if there.is_some() {
            State::over(&slot, mode)?
        } else if matches!(mode, StoreMode::Resume(1..)) {
            return Err(StorageErrorKind::BadOffset.into());
        } else {
            slot.refuse_unwritable()?;
            match partial {
                Partial::Hide => State::Stage { replaces: None },
                Partial::Keep | Partial::Discard => State::Create(mode),
            }
        };
        Ok(Self {
            slot,
            taken: None,
            partial,
            state,
        })
    }

    /// The file to write to, which is made now if it wasn't, and the offset of the next byte.
    fn target(&mut self) -> Result<(&Arc<File>, &mut u64), StorageError> {
        if let State::Create(mode) = self.state {
            self.state = match self.slot.create() {
                Ok(file) => State::open(file, 0, Origin::Fresh),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    State::over(&self.slot, mode)?
                }
                Err(error) => return Err(error.into()),
            };
        }
        if let State::Stage { replaces } = self.state {
            let (file, name) = self.slot.create_staged(replaces)?;
            self.state = State::open(file, 0, Origin::Staged(name));
        }
        match &mut self.state {
            State::Open { file, at, .. } => Ok((file, at)),
            _ => Err(StorageErrorKind::Local.into()),
        }
    }

    fn write(&mut self, data: &[u8]) -> Result<(), StorageError> {
        if data.is_empty() {
            return Ok(());
        }
        let (file, at) = self.target()?;
        file.write_all_at(data, *at)?;
        *at += data.len() as u64;
        Ok(())
    }

    fn commit(mut self) -> Result<(), StorageError> {
        self.target()?;
        match &self.state {
            State::Open {
                origin: Origin::Staged(name),
                ..
            } => self.slot.replace_with(name)?,
            // Somebody has removed or replaced it meanwhile, and its bytes are gone.
            State::Open {
                file,
                origin: Origin::Fresh,
                ..
            } if !self.slot.holds(file)? => return Err(StorageErrorKind::Busy.into()),
            _ => {}
        }
        self.state = State::Done;
        Ok(())
    }

    fn abandon(&mut self) -> Result<(), StorageError> {
        let State::Open { file, origin, .. } = mem::replace(&mut self.state, State::Done) else {
            return Ok(());
        };
        match origin {
            Origin::Old => {}
            Origin::Staged(name) => self.slot.remove_staged(&name)?,
            Origin::Fresh => {
                if self.partial != Partial::Keep || file.metadata()?.len() == 0 {
                    self.slot.remove(&file)?;
                }
            }
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // There is nobody left to tell. What can't be removed stays.
        let _ = self.abandon();
    }
}

impl State {
    /// How to upload to a name that has a file.
    fn over(slot: &Slot, mode: StoreMode) -> Result<Self, StorageError> {
        let (file, metadata) = slot.open()?;
        match mode {
            StoreMode::Append => Ok(Self::open(file, metadata.len(), Origin::Old)),
            StoreMode::Resume(offset) if offset > metadata.len() => {
                Err(StorageErrorKind::BadOffset.into())
            }
            StoreMode::Resume(offset @ 1..) => Ok(Self::open(file, offset, Origin::Old)),
            // From the first byte on nothing is resumed, so the old content is protected as well.
            _ => {
                slot.refuse_unwritable()?;
                Ok(Self::Stage {
                    replaces: Some(metadata.mode()),
                })
            }
        }
    }

    fn open(file: File, at: u64, origin: Origin) -> Self {
        Self::Open {
            file: Arc::new(file),
            at,
            origin,
        }
    }
}

/// A draft whose blocking parts run on the threads for that.
///
/// While such a part runs it owns the draft. If its caller stops waiting, the draft is abandoned
/// there.
#[derive(Debug)]
pub(super) struct Upload {
    taken: Option<VirtualPath>,
    draft: Option<Draft>,
}

impl Upload {
    pub(super) fn new(mut draft: Draft) -> Self {
        Self {
            taken: draft.taken.take(),
            draft: Some(draft),
        }
    }

    fn take(&mut self) -> Result<Draft, StorageError> {
        self.draft.take().ok_or_else(|| {
            let why = "an earlier call on this upload was dropped or failed";
            StorageError::new(StorageErrorKind::Local, why)
        })
    }

    async fn with_draft<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Draft) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let mut draft = self.take()?;
        let (draft, result) = blocking(move || {
            let result = work(&mut draft);
            Ok((draft, result))
        })
        .await?;
        self.draft = Some(draft);
        result
    }
}

#[async_trait]
impl Incoming for Upload {
    fn name(&self) -> Option<&VirtualPath> {
        self.taken.as_ref()
    }

    async fn file(&mut self) -> Result<Option<FileTarget>, StorageError> {
        self.with_draft(|draft| {
            let (file, at) = draft.target()?;
            Ok(Some(FileTarget::new(Arc::clone(file), *at)))
        })
        .await
    }

    async fn write(&mut self, data: Bytes) -> Result<(), StorageError> {
        self.with_draft(move |draft| draft.write(&data)).await
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StorageError> {
        let draft = self.take()?;
        blocking(move || draft.commit()).await
    }

    async fn discard(mut self: Box<Self>, _: Discard) -> Result<(), StorageError> {
        let Ok(mut draft) = self.take() else {
            return Ok(());
        };
        blocking(move || draft.abandon()).await
    }
}
