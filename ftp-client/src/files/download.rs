//! From the server to a local path.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use ftp_io::file::{FIRST, WriteBehind, grown};
use ftp_proto::{PathName, ToPathName};
use tokio::io::AsyncReadExt as _;

use super::staging::{Fresh, Staged};
use super::{FileReport, Progress, Watcher, on_disk, unwrapped};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Phase};
use crate::transfer::{Borrowed, Download, DownloadOptions, SizeCheck};

/// How a file is downloaded to a local path.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DownloadFileOptions {
    /// Whether to go on where the local file ends. Default false.
    pub resume: bool,
    /// Whether line ends are converted (`TYPE A`). Default false.
    pub ascii: bool,
    /// Against what the bytes are counted. Default: [`SizeCheck::Ask`].
    pub size: SizeCheck,
    watcher: Watcher,
}

impl DownloadFileOptions {
    /// The whole file, as it is, with the size asked for.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on where the local file ends, if there is one.
    #[must_use]
    pub fn with_resume(self, resume: bool) -> Self {
        Self { resume, ..self }
    }

    /// Converts line ends.
    #[must_use]
    pub fn with_ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }

    /// Chooses how the bytes are counted.
    #[must_use]
    pub fn with_size(self, size: SizeCheck) -> Self {
        Self { size, ..self }
    }

    /// Is called while bytes come.
    #[must_use]
    pub fn on_progress(self, watcher: impl FnMut(Progress) + Send + 'static) -> Self {
        Self {
            watcher: Watcher(Some(Box::new(watcher))),
            ..self
        }
    }
}

/// Bytes of a resumed download that are compared with the head of the local file.
const PROBE: u64 = 64 * 1024;

impl Client {
    /// Downloads a file to a local path.
    ///
    /// A local file of that name isn't touched before the server has agreed, and is replaced only
    /// when the new one is complete. A new file that is cut off stays, so that it can be resumed,
    /// unless it is empty.
    ///
    /// With [`resume`](DownloadFileOptions::resume), what is missing is added to the local file.
    /// A server that accepts the restart offset and then begins elsewhere is found out, by the
    /// bytes that come first and by their number, and leaves the local file as it was.
    ///
    /// ```no_run
    /// # async fn example(client: &mut ftp_client::Client) -> Result<(), ftp_client::Error> {
    /// use ftp_client::DownloadFileOptions;
    ///
    /// let options = DownloadFileOptions::new()
    ///     .with_resume(true)
    ///     .on_progress(|progress| println!("{} of {:?}", progress.done, progress.total));
    /// client.download_file("pub/big.iso", "big.iso", options).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`download`](Self::download) and its guard;
    /// [`LocalFile`](ErrorKind::LocalFile) if the local file can't be written;
    /// [`SizeMismatch`](ErrorKind::SizeMismatch) if too few or too many bytes came, or the local
    /// file is longer than the remote one to begin with;
    /// [`RestartIgnored`](ErrorKind::RestartIgnored) as told above;
    /// [`BadInput`](ErrorKind::BadInput) for resuming a text transfer, whose offsets mean nothing.
    ///
    /// # Cancel safety
    ///
    /// Safe for the client and for the files: what is there afterwards is what an interrupted
    /// transfer leaves.
    pub async fn download_file(
        &mut self,
        remote: impl ToPathName,
        local: impl AsRef<Path>,
        options: DownloadFileOptions,
    ) -> Result<FileReport, Error> {
        let (remote, local) = (remote.to_path_name()?, local.as_ref().to_owned());
        if options.resume && options.ascii {
            return Err(Error::bad_input("a text transfer can't be resumed"));
        }
        match options.resume.then(|| size_of(&local)) {
            Some(offset) if offset > 0 => self.resume(remote, &local, offset, options).await,
            _ => self.fetch(remote, &local, options).await,
        }
        .map_err(|error| error.with_path(&local))
    }

    /// Downloads from the beginning.
    async fn fetch(
        &mut self,
        remote: PathName,
        local: &Path,
        mut options: DownloadFileOptions,
    ) -> Result<FileReport, Error> {
        let how = DownloadOptions::new()
            .with_ascii(options.ascii)
            .with_size(options.size);
        let mut download = self.download_with(remote, how).await?;
        let path = local.to_owned();
        let place = on_disk(move || Place::open(&path)).await?;
        let mut out = WriteBehind::new(place.file(), 0);
        let stored = store(&mut download, &mut out, Vec::new(), 0, &mut options.watcher).await;
        out.settle().await.map_err(Error::local_file)?;
        stored?;
        let done = download.finish().await?;
        on_disk(move || place.keep()).await?;
        Ok(FileReport::new(0, done))
    }

    /// Downloads what is missing.
    async fn resume(
        &mut self,
        remote: PathName,
        local: &Path,
        offset: u64,
        mut options: DownloadFileOptions,
    ) -> Result<FileReport, Error> {
        let total = self.total(&remote, options.size).await?;
        match total {
            Some(total) if total == offset => return Ok(FileReport::nothing_to_do(total)),
            Some(expected) if expected < offset => {
                let actual = offset;
                let kind = ErrorKind::SizeMismatch { expected, actual };
                return Err(Error::new(kind, Phase::LocalFile));
            }
            _ => {}
        }
        let how = DownloadOptions::new()
            .with_offset(offset)
            .with_size(total.map_or(SizeCheck::Off, SizeCheck::Known));
        let mut download = self.download_with(remote, how).await?;
        let path = local.to_owned();
        let (file, head) = on_disk(move || existing(&path, offset)).await?;

        let probe = probe(&mut download, head.len()).await.map_err(ignored)?;
        // The beginning of the file again, or a tail that looks like it.
        let doubtful = !probe.is_empty() && head.starts_with(&probe);
        if doubtful && total.is_none() {
            return Err(Error::new(ErrorKind::RestartIgnored, Phase::Transfer));
        }
        let staged = if doubtful {
            let path = local.to_owned();
            Some(on_disk(move || Staged::beside(&path)).await?)
        } else {
            None
        };
        let mut out = match &staged {
            Some(staged) => WriteBehind::new(staged.file(), 0),
            None => WriteBehind::new(Arc::clone(&file), offset),
        };
        let stored = store(&mut download, &mut out, probe, offset, &mut options.watcher).await;
        out.settle().await.map_err(Error::local_file)?;
        if let Err(error) = stored.map_err(ignored) {
            if *error.kind() == ErrorKind::RestartIgnored {
                on_disk(move || file.set_len(offset)).await?;
            }
            return Err(error);
        }
        let done = download.finish().await?;
        if let Some(staged) = staged {
            on_disk(move || staged.append(offset)).await?;
        }
        Ok(FileReport::new(offset, done))
    }

    /// The size of the remote file, if the server tells it.
    pub(crate) async fn total(
        &mut self,
        remote: &PathName,
        check: SizeCheck,
    ) -> Result<Option<u64>, Error> {
        match check {
            SizeCheck::Known(size) => return Ok(Some(size)),
            SizeCheck::Off => return Ok(None),
            SizeCheck::Ask => {}
        }
        match self.size(remote).await {
            // Some servers say 0 when they mean that they don't know.
            Ok(size) => Ok(Some(size).filter(|size| *size > 0)),
            Err(error) if error.is_closed() => Err(error),
            Err(_) => Ok(None),
        }
    }
}

/// The bytes of a local file; 0 if there is none.
fn size_of(local: &Path) -> u64 {
    std::fs::metadata(local).map_or(0, |it| if it.is_file() { it.len() } else { 0 })
}

/// Where the bytes of a new download go.
enum Place {
    /// Straight into the file: it is empty, or a device.
    There(Arc<File>),
    /// Into a file that wasn't there.
    Fresh(Fresh),
    /// Beside a file that they replace in the end.
    Beside(Staged),
}

impl Place {
    fn open(local: &Path) -> io::Result<Self> {
        match std::fs::metadata(local) {
            Ok(found) if found.is_file() && found.len() > 0 => {
                Staged::beside(local).map(Self::Beside)
            }
            Ok(_) => Self::existing(local),
            Err(_) => match Fresh::create(local) {
                // A link that leads to no file yet; or somebody was quicker.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::existing(local),
                fresh => fresh.map(Self::Fresh),
            },
        }
    }

    fn existing(local: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(local)?;
        Ok(Self::There(Arc::new(file)))
    }

    fn file(&self) -> Arc<File> {
        match self {
            Self::Fresh(fresh) => fresh.file(),
            Self::There(file) => Arc::clone(file),
            Self::Beside(staged) => staged.file(),
        }
    }

    fn keep(self) -> io::Result<()> {
        match self {
            Self::There(_) => Ok(()),
            Self::Fresh(fresh) => {
                fresh.keep();
                Ok(())
            }
            Self::Beside(staged) => staged.replace(),
        }
    }
}

/// The file to resume, and its head.
fn existing(local: &Path, offset: u64) -> io::Result<(Arc<File>, Vec<u8>)> {
    let file = OpenOptions::new().read(true).write(true).open(local)?;
    let mut head = Vec::new();
    (&file).take(PROBE.min(offset)).read_to_end(&mut head)?;
    Ok((Arc::new(file), head))
}

/// Reads so many bytes, or all if there are fewer.
async fn probe(download: &mut Download<Borrowed<'_>>, count: usize) -> Result<Vec<u8>, Error> {
    let mut probe = Vec::with_capacity(count);
    while probe.len() < count {
        let missing = count.saturating_sub(probe.len());
        let mut part = download.take(missing as u64);
        if part.read_buf(&mut probe).await.map_err(unwrapped)? == 0 {
            break;
        }
    }
    Ok(probe)
}

/// Bytes that are too many after a restart are those of another offset.
fn ignored(error: Error) -> Error {
    match *error.kind() {
        ErrorKind::SizeMismatch { expected, actual } if actual > expected => {
            error.with_kind(ErrorKind::RestartIgnored)
        }
        _ => error,
    }
}

/// Writes `chunk` and all that comes. What came before an error is written, too.
async fn store(
    download: &mut Download<Borrowed<'_>>,
    out: &mut WriteBehind,
    mut chunk: Vec<u8>,
    offset: u64,
    watcher: &mut Watcher,
) -> Result<(), Error> {
    let mut size = FIRST;
    let mut rest = Ok(1);
    while rest.as_ref().is_ok_and(|count| *count > 0) {
        chunk.reserve(size.saturating_sub(chunk.len()));
        while chunk.len() < size {
            rest = download.read_buf(&mut chunk).await;
            if !rest.as_ref().is_ok_and(|count| *count > 0) {
                break;
            }
            watcher.tell(offset.saturating_add(download.received()), download.size());
        }
        if !chunk.is_empty() {
            out.put(&mut chunk).await.map_err(Error::local_file)?;
        }
        size = grown(size);
    }
    rest.map(drop).map_err(unwrapped)
}
