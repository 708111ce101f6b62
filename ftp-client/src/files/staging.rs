//! Files that aren't what they will be: one beside another, for bytes that may not touch that one
//! yet, and one that was made in vain if no byte comes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A hidden file in the same directory; removed when dropped, unless it has taken its place.
#[derive(Debug)]
pub(super) struct Staged {
    file: Arc<File>,
    path: PathBuf,
    target: PathBuf,
}

/// So many downloads into one directory at a time, and leftovers of those that were killed, are
/// stepped over.
const ATTEMPTS: u32 = 1000;

impl Staged {
    /// Makes a file beside `target`, of which links are followed.
    pub(super) fn beside(target: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(target)?;
        for attempt in 0..ATTEMPTS {
            // Not made of the target's name, which may be as long as a name can be.
            let path = target.with_file_name(format!(".ftp-download-{attempt}.part"));
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create_new(true)
                .open(&path);
            match file {
                Ok(file) => {
                    return Ok(Self {
                        file: Arc::new(file),
                        path,
                        target,
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    pub(super) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Takes the place of the other file, with its permissions.
    pub(super) fn replace(self) -> io::Result<()> {
        let permissions = fs::metadata(&self.target)?.permissions();
        self.file.set_permissions(permissions)?;
        fs::rename(&self.path, &self.target)
    }

    /// Adds its bytes to the other file, from an offset on.
    pub(super) fn append(self, at: u64) -> io::Result<()> {
        let mut target = OpenOptions::new().write(true).open(&self.target)?;
        target.seek(io::SeekFrom::Start(at))?;
        let mut file = &*self.file;
        file.rewind()?;
        io::copy(&mut file, &mut target)?;
        Ok(())
    }
}

/// A file that wasn't there; removed when dropped, if it is still empty and not kept.
///
/// Some servers agree to send a file before they find out that there is none.
#[derive(Debug)]
pub(super) struct Fresh {
    file: Arc<File>,
    /// Nowhere once it is kept.
    path: Option<PathBuf>,
}

impl Fresh {
    /// Makes the file.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        Ok(Self {
            file: Arc::new(file),
            path: Some(path.to_owned()),
        })
    }

    pub(super) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Lets the file stay, even if it is empty.
    pub(super) fn keep(mut self) {
        self.path = None;
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let empty = self.file.metadata().is_ok_and(|found| found.len() == 0);
        if let Some(path) = self.path.take().filter(|_| empty) {
            // As for a staged file, nothing can be done about a failure.
            let _ = fs::remove_file(path);
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // It is gone if it has taken its place; nothing can be done about anything else.
        let _ = fs::remove_file(&self.path);
    }
}
