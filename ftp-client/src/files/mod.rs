//! Whole files: from the server to a local path, and back.
//!
//! What a transfer can do to a file that is already there is decided here: nothing is emptied
//! before the server has agreed, nothing is replaced before it is complete, and a resumed file is
//! only touched with bytes that are known to belong there.

mod download;
mod staging;
mod upload;

pub use download::DownloadFileOptions;
pub use upload::{UploadFileOptions, UploadMode};

use core::fmt;
use std::io;

use ftp_proto::{PathName, Reply};
use tokio::task::spawn_blocking;

use crate::error::Error;
use crate::transfer::Completed;

/// How far the transfer of a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes of the file that are done, those of earlier attempts included.
    pub done: u64,
    /// Bytes of the whole file, if known.
    pub total: Option<u64>,
}

/// What a transfer of a file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileReport {
    /// The offset at which it began; not 0 if it was resumed.
    pub offset: u64,
    /// Bytes that were moved; 0 if there was nothing left to do.
    pub bytes: u64,
    /// The server's final reply; `None` if there was nothing left to do.
    pub reply: Option<Reply>,
    /// The name under which the server stored a unique upload, if it told one.
    pub stored_as: Option<PathName>,
}

impl FileReport {
    fn new(offset: u64, done: Completed) -> Self {
        Self {
            offset,
            bytes: done.bytes,
            stored_as: done.stored_as(),
            reply: Some(done.reply),
        }
    }

    /// The file was complete already.
    const fn nothing_to_do(size: u64) -> Self {
        Self {
            offset: size,
            bytes: 0,
            reply: None,
            stored_as: None,
        }
    }
}

/// Somebody who wants to know how far it is.
#[derive(Default)]
struct Watcher(Option<Box<dyn FnMut(Progress) + Send>>);

impl Watcher {
    fn tell(&mut self, done: u64, total: Option<u64>) {
        if let Some(watcher) = &mut self.0 {
            watcher(Progress { done, total });
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(_)" } else { "None" })
    }
}

/// Does something with local files where it may take its time.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(error.into()))
        .map_err(Error::local_file)
}

/// The error inside that of a guard's read or write.
fn unwrapped(error: io::Error) -> Error {
    error.downcast::<Error>().unwrap_or_else(Error::local_file)
}
