//! The root as a capability, and what is done beneath it.

use core::time::Duration;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::SystemTime;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, OpenOptions, OpenOptionsExt as _, ReadDir};
use rustix::fs::OFlags;
use rustix::io::Errno;

use ftp_proto::listing::Entry;
use ftp_proto::{PathName, Timestamp, VirtualPath};

use crate::storage::{StorageError, StorageErrorKind};

use super::entry;
use super::staging::is_staging;

/// The tree beneath an open directory. Every method blocks.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: Dir,
}

/// An open directory, and what it holds.
#[derive(Debug)]
pub(super) struct DirReader {
    pub(super) dir: Dir,
    pub(super) entries: ReadDir,
}

impl Tree {
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        let root = Dir::open_ambient_dir(root, ambient_authority())?;
        Ok(Self { root })
    }

    pub(super) fn metadata(&self, path: &VirtualPath) -> Result<Entry, StorageError> {
        let name = PathName::new(path.file_name().unwrap_or(b"/"))
            .map_err(|bad| StorageError::new(StorageErrorKind::BadName, bad))?;
        let native = native(path)?;
        match self.root.metadata(native) {
            Ok(metadata) => Ok(entry::describe(name, &metadata)),
            Err(error) => match self.root.symlink_metadata(native) {
                Ok(metadata) if metadata.is_symlink() => {
                    let mut entry = entry::describe(name, &metadata);
                    entry.target = entry::link_target(&self.root, native);
                    Ok(entry)
                }
                _ => Err(error.into()),
            },
        }
    }

    pub(super) fn list(&self, path: &VirtualPath) -> Result<DirReader, StorageError> {
        let dir = self.root.open_dir(native(path)?)?;
        let entries = dir.entries()?;
        Ok(DirReader { dir, entries })
    }

    /// Opens a regular file for reading; tells its size.
    pub(super) fn read(&self, path: &VirtualPath) -> Result<(File, u64), StorageError> {
        let native = native(path)?;
        let (file, metadata) = open_regular(&self.root, native, OpenOptions::new().read(true))?;
        Ok((file, metadata.len()))
    }

    pub(super) fn create_dir(&self, path: &VirtualPath) -> Result<(), StorageError> {
        if path.is_root() {
            return Err(StorageErrorKind::AlreadyExists.into());
        }
        Ok(self.root.create_dir(native_new(path)?)?)
    }

    pub(super) fn remove_dir(&self, path: &VirtualPath) -> Result<(), StorageError> {
        Ok(self.root.remove_dir(native_below_root(path)?)?)
    }

    pub(super) fn remove_file(&self, path: &VirtualPath) -> Result<(), StorageError> {
        if path.is_root() {
            return Err(StorageErrorKind::IsADirectory.into());
        }
        Ok(self.root.remove_file(native(path)?)?)
    }

    pub(super) fn rename(&self, from: &VirtualPath, to: &VirtualPath) -> Result<(), StorageError> {
        let old = native_below_root(from)?;
        if to.is_root() {
            return Err(StorageErrorKind::PermissionDenied.into());
        }
        if to != from && to.starts_with(from) {
            return Err(StorageErrorKind::BadName.into());
        }
        let renamed = self.root.rename(old, &self.root, native_new(to)?);
        renamed.map_err(|error| match Errno::from_io_error(&error) {
            // Links can hide that the new name lies within the old one.
            Some(Errno::INVAL) => StorageError::new(StorageErrorKind::BadName, error),
            Some(Errno::EXIST) => StorageError::new(StorageErrorKind::NotEmpty, error),
            _ => error.into(),
        })
    }

    pub(super) fn set_modified(
        &self,
        path: &VirtualPath,
        time: Timestamp,
    ) -> Result<(), StorageError> {
        let native = native(path)?;
        refuse_special(&self.root.metadata(native)?)?;
        let file = self
            .root
            .open_with(native, &unblocked(OpenOptions::new().read(true)))?;
        let file = file.into_std();
        let (before, wanted) = (file.metadata()?.modified()?, system_time(time)?);
        file.set_modified(wanted)?;
        // What lies beyond the times of a file system is cut off by it, without an error.
        if same_second(file.metadata()?.modified()?, wanted) {
            Ok(())
        } else {
            file.set_modified(before)?;
            Err(StorageErrorKind::BadTime.into())
        }
    }
}

/// Opens what is a regular file, and nothing else: a FIFO or device is refused before anything
/// happens to it, and one that takes the file's place meanwhile can't block.
pub(super) fn open_regular(
    dir: &Dir,
    path: &Path,
    options: &mut OpenOptions,
) -> Result<(File, Metadata), StorageError> {
    refuse_irregular(&dir.metadata(path)?)?;
    let file = dir.open_with(path, &unblocked(options))?;
    let metadata = file.metadata()?;
    refuse_irregular(&metadata)?;
    Ok((file.into_std(), metadata))
}

/// Fails for what can't be read or written as a file.
pub(super) fn refuse_irregular(metadata: &Metadata) -> Result<(), StorageError> {
    if metadata.is_dir() {
        return Err(StorageErrorKind::IsADirectory.into());
    }
    refuse_special(metadata)
}

fn refuse_special(metadata: &Metadata) -> Result<(), StorageError> {
    if metadata.is_file() || metadata.is_dir() {
        Ok(())
    } else {
        Err(StorageErrorKind::NotAFile.into())
    }
}

fn unblocked(options: &mut OpenOptions) -> OpenOptions {
    // The flags have the same bits in every type that the platform gives them.
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    options.custom_flags(flags).clone()
}

/// The name beneath the root of something that may be there.
pub(super) fn native(path: &VirtualPath) -> Result<&Path, StorageError> {
    if path.components().any(is_staging) {
        return Err(StorageErrorKind::NotFound.into());
    }
    let below_root = path.as_bytes().get(1..).unwrap_or_default();
    Ok(Path::new(if below_root.is_empty() {
        OsStr::new(".")
    } else {
        OsStr::from_bytes(below_root)
    }))
}

/// The name beneath the root of something that shall be there.
pub(super) fn native_new(path: &VirtualPath) -> Result<&Path, StorageError> {
    native(path).map_err(|_| StorageErrorKind::BadName.into())
}

fn native_below_root(path: &VirtualPath) -> Result<&Path, StorageError> {
    if path.is_root() {
        return Err(StorageErrorKind::PermissionDenied.into());
    }
    native(path)
}

fn system_time(time: Timestamp) -> Result<SystemTime, StorageError> {
    let seconds = Duration::from_secs(time.unix_seconds().unsigned_abs());
    let whole = if time.unix_seconds() < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(seconds)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(seconds)
    };
    whole
        .and_then(|whole| whole.checked_add(Duration::from_nanos(time.nanoseconds().into())))
        .ok_or_else(|| StorageErrorKind::BadTime.into())
}

/// Whether two times are the same but for what file systems round off.
fn same_second(one: SystemTime, other: SystemTime) -> bool {
    let apart = one
        .duration_since(other)
        .unwrap_or_else(|error| error.duration());
    apart < Duration::from_secs(2)
}
