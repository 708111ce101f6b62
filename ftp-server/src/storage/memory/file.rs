//! The content of a file, shared by those who have it open.
//!
//! As with the files of Unix, a name and a file are different things: who has a file open goes on
//! with it even if its name is removed or given to another.

use std::sync::{Arc, Mutex};

use bytes::Bytes;

use ftp_proto::Timestamp;

use crate::storage::{StorageError, StorageErrorKind};

use super::lock;
use super::meter::{Claim, Meter};

/// A file.
#[derive(Debug)]
pub(super) struct MemoryFile {
    content: Mutex<Content>,
}

#[derive(Debug)]
struct Content {
    /// Shared with downloads; copied if it is written to while one goes on.
    bytes: Arc<Vec<u8>>,
    modified: Timestamp,
    claim: Claim,
}

impl MemoryFile {
    pub(super) fn new(meter: &Meter, now: Timestamp) -> Result<Self, StorageError> {
        Ok(Self {
            content: Mutex::new(Content {
                bytes: Arc::default(),
                modified: now,
                claim: meter.claim(0)?,
            }),
        })
    }

    pub(super) fn len(&self) -> u64 {
        lock(&self.content).bytes.len() as u64
    }

    pub(super) fn modified(&self) -> Timestamp {
        lock(&self.content).modified
    }

    pub(super) fn set_modified(&self, time: Timestamp) {
        lock(&self.content).modified = time;
    }

    /// The content as it is now, without a copy.
    pub(super) fn snapshot(&self) -> Bytes {
        Bytes::from_owner(Shared(Arc::clone(&lock(&self.content).bytes)))
    }

    /// Writes at an offset, which isn't beyond the end.
    pub(super) fn write_at(
        &self,
        data: &[u8],
        at: u64,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let mut guard = lock(&self.content);
        let content = &mut *guard;
        let start = usize::try_from(at).map_err(|_| StorageErrorKind::BadOffset)?;
        let behind = content
            .bytes
            .len()
            .checked_sub(start)
            .ok_or(StorageErrorKind::BadOffset)?;
        let (over, added) = data.split_at(behind.min(data.len()));
        content.claim.grow(added.len() as u64)?;
        let bytes = Arc::make_mut(&mut content.bytes);
        for (old, new) in bytes.iter_mut().skip(start).zip(over) {
            *old = *new;
        }
        bytes.extend_from_slice(added);
        content.modified = now;
        Ok(())
    }
}

/// Lets [`Bytes`] own a shared vector.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
