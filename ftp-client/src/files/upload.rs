//! From a local path to the server.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use ftp_io::file::ReadAhead;
use ftp_proto::{PathName, ToPathName};
use tokio::io::AsyncWriteExt as _;

use super::{FileReport, Progress, Watcher, on_disk, unwrapped};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Phase};
use crate::transfer::{Borrowed, Upload, UploadOptions};

/// How a local file is uploaded.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct UploadFileOptions {
    /// What becomes of a remote file of that name. Default: [`UploadMode::Replace`].
    pub mode: UploadMode,
    /// Whether line ends are converted (`TYPE A`). Default false.
    pub ascii: bool,
    /// Whether the size of the remote file is asked for afterwards. Default false; resumed uploads
    /// are always verified.
    pub verify: bool,
    watcher: Watcher,
}

/// What becomes of a remote file that is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadMode {
    /// It is replaced (`STOR`).
    #[default]
    Replace,
    /// What is missing is added to it (`REST` and `STOR`, or else `APPE`).
    Resume,
    /// The local file is added to it (`APPE`).
    Append,
    /// It stays, and the server makes up another name (`STOU`). The remote path isn't sent.
    Unique,
}

impl UploadFileOptions {
    /// The whole file, as it is, replacing what is there.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses what becomes of a remote file of that name.
    #[must_use]
    pub fn with_mode(self, mode: UploadMode) -> Self {
        Self { mode, ..self }
    }

    /// Converts line ends.
    #[must_use]
    pub fn with_ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }

    /// Asks for the size of the remote file afterwards.
    #[must_use]
    pub fn with_verify(self, verify: bool) -> Self {
        Self { verify, ..self }
    }

    /// Is called while bytes go.
    #[must_use]
    pub fn on_progress(self, watcher: impl FnMut(Progress) + Send + 'static) -> Self {
        Self {
            watcher: Watcher(Some(Box::new(watcher))),
            ..self
        }
    }
}

impl Client {
    /// Uploads a local file.
    ///
    /// The bytes that the file has at the beginning are sent. If that fails, the data connection
    /// is visibly broken, so that the server doesn't take half a file for a whole one.
    ///
    /// # Errors
    ///
    /// Those of [`upload`](Self::upload) and its guard;
    /// [`LocalFile`](ErrorKind::LocalFile) if the local file can't be read or becomes shorter;
    /// [`SizeMismatch`](ErrorKind::SizeMismatch) if the remote file doesn't have the right size
    /// afterwards, or is longer than the local one to begin with;
    /// [`BadInput`](ErrorKind::BadInput) for resuming or verifying a text transfer, whose sizes
    /// mean nothing.
    ///
    /// # Cancel safety
    ///
    /// Safe for the client; the server has part of the file.
    pub async fn upload_file(
        &mut self,
        local: impl AsRef<Path>,
        remote: impl ToPathName,
        options: UploadFileOptions,
    ) -> Result<FileReport, Error> {
        let (remote, local) = (remote.to_path_name()?, local.as_ref().to_owned());
        self.store(&local, remote, options)
            .await
            .map_err(|error| error.with_path(&local))
    }

    async fn store(
        &mut self,
        local: &Path,
        remote: PathName,
        mut options: UploadFileOptions,
    ) -> Result<FileReport, Error> {
        let resume = options.mode == UploadMode::Resume;
        if options.ascii && (resume || options.verify) {
            return Err(Error::bad_input(
                "a text transfer can't be resumed or verified",
            ));
        }
        let path = local.to_owned();
        let (file, size) = on_disk(move || open(&path)).await?;
        let before = match options.mode {
            UploadMode::Append if !options.verify => 0,
            UploadMode::Resume | UploadMode::Append => self.size_or_none(&remote).await?,
            UploadMode::Replace | UploadMode::Unique => 0,
        };
        let offset = if resume { before } else { 0 };
        if offset > size {
            return Err(mismatch(size, offset));
        }
        if resume && offset == size && size > 0 {
            return Ok(FileReport::nothing_to_do(size));
        }
        let mut upload = self
            .open_upload(&remote, offset, options.mode, options.ascii)
            .await?;
        send(&mut upload, file, offset, size, &mut options.watcher).await?;
        let report = FileReport::new(offset, upload.finish().await?);
        if options.verify || offset > 0 {
            let stored = match options.mode {
                UploadMode::Unique => report.stored_as.as_ref(),
                _ => Some(&remote),
            };
            let expected = match options.mode {
                UploadMode::Append => before.saturating_add(size),
                _ => size,
            };
            self.verify(stored, expected).await?;
        }
        Ok(report)
    }

    /// Asks for the kind of upload that the mode wants.
    async fn open_upload(
        &mut self,
        remote: &PathName,
        offset: u64,
        mode: UploadMode,
        ascii: bool,
    ) -> Result<Upload<Borrowed<'_>>, Error> {
        let how = UploadOptions::new().with_ascii(ascii);
        match mode {
            UploadMode::Append => return self.append_with(remote, how).await,
            UploadMode::Unique => return self.upload_unique_with(None, how).await,
            UploadMode::Resume | UploadMode::Replace if offset == 0 => {
                return self.upload_with(remote, how).await;
            }
            _ => {}
        }
        let verb = ftp_proto::client::TransferVerb::Store(remote.clone());
        match self
            .begin_upload(verb, how.clone().with_offset(offset))
            .await
        {
            Ok(begun) => Ok(Upload::guard(Borrowed::new(self), begun)),
            // The server can't restart an upload; its file ends just where we go on.
            Err(error) if !error.is_closed() && error.is_not_implemented() => {
                self.append_with(remote, how).await
            }
            Err(error) => Err(error),
        }
    }

    /// The size of a remote file; 0 if there is none.
    async fn size_or_none(&mut self, remote: &PathName) -> Result<u64, Error> {
        match self.size(remote).await {
            Err(error) if error.is_not_found() => Ok(0),
            size => size,
        }
    }

    async fn verify(&mut self, stored: Option<&PathName>, expected: u64) -> Result<(), Error> {
        let stored = stored.ok_or_else(|| {
            Error::bad_input("the server didn't tell the name, so that it can't be verified")
        })?;
        match self.size(stored).await? {
            actual if actual == expected => Ok(()),
            actual => Err(mismatch(expected, actual)),
        }
    }
}

fn mismatch(expected: u64, actual: u64) -> Error {
    Error::new(
        ErrorKind::SizeMismatch { expected, actual },
        Phase::Transfer,
    )
}

fn open(local: &Path) -> io::Result<(Arc<File>, u64)> {
    // Opening a FIFO would wait for somebody who writes to it.
    if !std::fs::metadata(local)?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    let file = File::open(local)?;
    let size = file.metadata()?.len();
    Ok((Arc::new(file), size))
}

async fn send(
    upload: &mut Upload<Borrowed<'_>>,
    file: Arc<File>,
    offset: u64,
    size: u64,
    watcher: &mut Watcher,
) -> Result<(), Error> {
    let mut source = ReadAhead::new(file, offset..size);
    let mut done = offset;
    loop {
        let chunk = source.next().await.map_err(Error::local_file)?;
        if chunk.is_empty() {
            return Ok(());
        }
        upload.write_all(chunk).await.map_err(unwrapped)?;
        done = done.saturating_add(chunk.len() as u64);
        watcher.tell(done, Some(size));
    }
}
