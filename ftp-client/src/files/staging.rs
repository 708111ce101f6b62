//! A file beside another one, for bytes that may not touch that one yet.

use std::ffi::OsString;
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

/// Leftovers of so many transfers of the same file are stepped over.
const ATTEMPTS: u32 = 1000;

impl Staged {
    /// Makes a file beside `target`, of which links are followed.
    pub(super) fn beside(target: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(target)?;
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        for attempt in 0..ATTEMPTS {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".part{attempt}"));
            let path = target.with_file_name(hidden);
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

impl Drop for Staged {
    fn drop(&mut self) {
        // It is gone if it has taken its place; nothing can be done about anything else.
        let _ = fs::remove_file(&self.path);
    }
}
