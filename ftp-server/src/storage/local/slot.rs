//! A name in an open directory: where an upload goes.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;

use cap_std::fs::{Dir, Metadata, MetadataExt as _, OpenOptions, OpenOptionsExt as _};
use rustix::fs::{Access, AtFlags};

use ftp_proto::VirtualPath;

use crate::storage::names::{compose, random_tag};
use crate::storage::{StorageError, StorageErrorKind};

use super::staging;
use super::tree::{Tree, native_new, open_regular, refuse_irregular};

/// The permission bits that an upload takes over. Set-user-ID and its like are for programs, which
/// an upload may have changed.
const PERMISSIONS: u32 = 0o777;

/// A name in an open directory. The directory stays the same even if it is renamed meanwhile.
#[derive(Debug)]
pub(super) struct Slot {
    dir: Dir,
    name: OsString,
}

impl Slot {
    /// The slot that a path means, and the regular file in it, if there is one. Links are followed:
    /// an upload to a link goes to the file that it leads to.
    pub(super) fn find(
        tree: &Tree,
        path: &VirtualPath,
    ) -> Result<(Self, Option<Metadata>), StorageError> {
        let native = native_new(path)?;
        let (slot, there) = Self::look(tree, native)?;
        let (slot, there) = match there {
            Some(metadata) if metadata.is_symlink() => {
                Self::look(tree, &tree.root.canonicalize(native)?)?
            }
            found => (slot, found),
        };
        if let Some(metadata) = &there {
            refuse_irregular(metadata)?;
        }
        Ok((slot, there))
    }

    /// A free slot: the one that a path means, or one with a similar name, and the file that was
    /// made in it.
    pub(super) fn take(tree: &Tree, path: &VirtualPath) -> Result<(Self, File), StorageError> {
        let (mut slot, _) = Self::look(tree, native_new(path)?)?;
        let wanted = slot.name.clone();
        for _ in 0..UNIQUE_ATTEMPTS {
            match slot.create() {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => return Ok((slot, created?)),
            }
            let suffix = [b".", random_tag().as_bytes()].concat();
            slot.name = OsString::from_vec(compose(b"", wanted.as_bytes(), &suffix));
        }
        Err(StorageErrorKind::AlreadyExists.into())
    }

    fn look(tree: &Tree, path: &Path) -> Result<(Self, Option<Metadata>), StorageError> {
        let name = path.file_name().ok_or(StorageErrorKind::IsADirectory)?;
        let dir = match path.parent() {
            Some(parent) if parent != Path::new("") => tree.root.open_dir(parent)?,
            _ => tree.root.try_clone()?,
        };
        let there = match dir.symlink_metadata(name) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let name = name.to_owned();
        Ok((Self { dir, name }, there))
    }

    /// Fails if no file could be made in the directory. Whether the disk has room is known only
    /// when it is tried.
    pub(super) fn refuse_unwritable(&self) -> Result<(), StorageError> {
        let wanted = Access::WRITE_OK | Access::EXEC_OK;
        rustix::fs::accessat(&self.dir, ".", wanted, AtFlags::empty()).map_err(io::Error::from)?;
        Ok(())
    }

    /// Opens the regular file in the slot for writing.
    pub(super) fn open(&self) -> Result<(File, Metadata), StorageError> {
        open_regular(
            &self.dir,
            self.name.as_ref(),
            OpenOptions::new().write(true),
        )
    }

    /// Makes the file; fails if anything is there.
    pub(super) fn create(&self) -> io::Result<File> {
        self.create_new(&self.name, OpenOptions::new().write(true))
    }

    /// Makes a hidden file beside the slot, with the permissions of the file that it will replace.
    pub(super) fn create_staged(
        &self,
        replaced: Option<u32>,
    ) -> Result<(File, OsString), StorageError> {
        let name = OsString::from_vec(staging::name_for(self.name.as_bytes()));
        let mut options = OpenOptions::new();
        options.write(true);
        let Some(mode) = replaced.map(|mode| mode & PERMISSIONS) else {
            return Ok((self.create_new(&name, &mut options)?, name));
        };
        let file = self.create_new(&name, options.mode(mode))?;
        // The umask has nothing to say about bits that were there before.
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
        Ok((file, name))
    }

    /// Puts a staged file into the slot; what was there is gone.
    pub(super) fn replace_with(&self, staged: &OsStr) -> io::Result<()> {
        self.dir.rename(staged, &self.dir, &self.name)
    }

    /// Removes a staged file.
    pub(super) fn remove_staged(&self, staged: &OsStr) -> io::Result<()> {
        self.dir.remove_file(staged)
    }

    /// Whether the file in the slot is this one.
    pub(super) fn holds(&self, file: &File) -> io::Result<bool> {
        use std::os::unix::fs::MetadataExt as _;
        let ours = file.metadata()?;
        match self.dir.symlink_metadata(&self.name) {
            Ok(there) => Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes the file in the slot, if it is still this one.
    pub(super) fn remove(&self, file: &File) -> io::Result<()> {
        if self.holds(file)? {
            self.dir.remove_file(&self.name)?;
        }
        Ok(())
    }

    /// The name of the file, without the directory.
    pub(super) fn name(&self) -> &[u8] {
        self.name.as_bytes()
    }

    fn create_new(&self, name: &OsStr, options: &mut OpenOptions) -> io::Result<File> {
        let file = self.dir.open_with(name, options.create_new(true))?;
        Ok(file.into_std())
    }
}

/// How often a free name is looked for. The second has 64 random bits.
const UNIQUE_ATTEMPTS: usize = 8;
