//! Downloads: `RETR` as an [`AsyncRead`].

use core::borrow::BorrowMut;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;

use ftp_proto::client::TransferVerb;
use ftp_proto::command::TypeCode;
use ftp_proto::{PathName, Reply, ToPathName};
use tokio::io::{AsyncRead, ReadBuf};

use super::begun::Begun;
use super::exchange::Exchange;
use super::holder::{ends, owning};
use super::{Borrowed, Completed, NotStarted};
use crate::ascii::LineReader;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Phase};

/// How a file is downloaded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DownloadOptions {
    /// Where to begin, in bytes. Default 0.
    pub offset: u64,
    /// Whether line ends are converted (`TYPE A`) to LF. Default false.
    pub ascii: bool,
    /// Whether the bytes that come are counted. Default: [`SizeCheck::Ask`].
    pub size: SizeCheck,
}

/// Against what the bytes of a binary download are counted.
///
/// In stream mode a file ends when the connection does, so that a file cut off by anything but an
/// open error looks whole. The size is the only proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SizeCheck {
    /// Against what `SIZE` tells, if the server knows it and tells more than 0.
    #[default]
    Ask,
    /// Against this size of the whole file in bytes, from a listing for example; saves asking.
    Known(u64),
    /// Not at all, for files that change while they are read.
    Off,
}

impl DownloadOptions {
    /// The whole file, as it is, with the size asked for.
    pub const fn new() -> Self {
        Self {
            offset: 0,
            ascii: false,
            size: SizeCheck::Ask,
        }
    }

    /// Begins at this offset in bytes (`REST`).
    #[must_use]
    pub const fn with_offset(self, offset: u64) -> Self {
        Self { offset, ..self }
    }

    /// Converts line ends (`TYPE A`): the server sends CR LF, the reader gets LF.
    #[must_use]
    pub const fn with_ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }

    /// Chooses how the bytes are counted.
    #[must_use]
    pub const fn with_size(self, size: SizeCheck) -> Self {
        Self { size, ..self }
    }
}

impl Default for DownloadOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl Client {
    /// Downloads a file (`RETR`).
    ///
    /// Returns once the server has agreed, so that a file that isn't there is an error here.
    ///
    /// ```no_run
    /// # async fn example(client: &mut ftp_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut download = client.download("notes.txt").await?;
    /// tokio::io::copy(&mut download, &mut tokio::io::stdout()).await?;
    /// let done = download.finish().await?;
    /// eprintln!("{} bytes: {}", done.bytes, done.reply);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Rejected`](ErrorKind::Rejected) if the server refuses,
    /// [`Data`](ErrorKind::Data) if there is no data connection to be had.
    ///
    /// # Cancel safety
    ///
    /// Safe: the next call gives the transfer up and goes on.
    pub async fn download(
        &mut self,
        path: impl ToPathName,
    ) -> Result<Download<Borrowed<'_>>, Error> {
        self.download_with(path, DownloadOptions::new()).await
    }

    /// Downloads a file in a way of your own.
    ///
    /// # Errors
    ///
    /// As [`download`](Self::download).
    ///
    /// # Cancel safety
    ///
    /// As [`download`](Self::download).
    pub async fn download_with(
        &mut self,
        path: impl ToPathName,
        options: DownloadOptions,
    ) -> Result<Download<Borrowed<'_>>, Error> {
        let begun = self.begin_download(path.to_path_name()?, options).await?;
        Ok(Download::guard(Borrowed::new(self), begun))
    }

    /// Downloads a file through a guard that owns the client, and gives it back at its end.
    ///
    /// # Errors
    ///
    /// As [`download`](Self::download), together with the client.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn into_download(
        self,
        path: PathName,
        options: DownloadOptions,
    ) -> Result<Download<Self>, NotStarted> {
        let client = self;
        owning!(client, Download, client.begin_download(path, options))
    }

    async fn begin_download(
        &mut self,
        path: PathName,
        options: DownloadOptions,
    ) -> Result<(Begun, DownloadOptions, Option<u64>), Error> {
        let total = if options.ascii {
            None
        } else {
            self.total(&path, options.size).await?
        };
        let type_code = if options.ascii {
            TypeCode::Ascii
        } else {
            TypeCode::Image
        };
        let begun = self
            .begin(TransferVerb::Retrieve(path), type_code, options.offset)
            .await?;
        Ok((begun, options, total))
    }
}

/// A file on its way from the server: an [`AsyncRead`].
///
/// The end of the file is only reported after the server has said that it is complete and the
/// bytes have been counted; until then, whatever went wrong is an error of the read. The
/// [`Error`] is inside the [`io::Error`].
///
/// Dropping it stops the transfer; the client recovers at its next call.
#[derive(Debug)]
pub struct Download<C: BorrowMut<Client>> {
    exchange: Exchange<C>,
    /// The size of the whole file.
    total: Option<u64>,
    offset: u64,
    lines: Option<LineReader>,
}

impl<C: BorrowMut<Client>> Download<C> {
    fn guard(client: C, (begun, options, total): (Begun, DownloadOptions, Option<u64>)) -> Self {
        Self {
            exchange: Exchange::new(client, begun)
                .of(total.map(|total| total.saturating_sub(options.offset))),
            total,
            offset: options.offset,
            lines: options.ascii.then(LineReader::new),
        }
    }

    /// The size of the whole file in bytes, if the server told it.
    pub fn size(&self) -> Option<u64> {
        self.total
            .or_else(|| self.exchange.preliminary()?.size_hint())
    }

    /// Bytes that were read so far, as they came over the data connection.
    pub const fn received(&self) -> u64 {
        self.exchange.moved()
    }

    /// Asks the server how the transfer is going (`STAT`).
    ///
    /// Data that comes meanwhile, at most 16 MiB, is kept for the next read: many servers answer
    /// only between two pieces of the file.
    ///
    /// # Errors
    ///
    /// If the server refuses or the session dies. A refusal doesn't stop the transfer.
    ///
    /// # Cancel safety
    ///
    /// Safe: the answer is skipped when it comes.
    pub async fn status(&mut self) -> Result<Reply, Error> {
        self.exchange.status().await
    }

    /// Bytes still to come, if that is known.
    fn missing(&self) -> Option<u64> {
        let expected = self.total?.saturating_sub(self.offset);
        Some(expected.saturating_sub(self.received()))
    }

    fn mismatch(&self, actual: u64) -> Error {
        let expected = self.total.unwrap_or_default().saturating_sub(self.offset);
        Error::new(
            ErrorKind::SizeMismatch { expected, actual },
            Phase::Transfer,
        )
        .with_bytes(actual)
    }

    /// Reads bytes as they are on the wire, and counts them.
    fn poll_wire(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<usize, Error>> {
        let missing = self.missing();
        let count = ready!(self.exchange.poll_receive(cx, buf))?;
        Poll::Ready(match missing {
            Some(missing) if count as u64 > missing => {
                // What was promised is delivered; what is too much is an error.
                let keep = buf.filled().len().saturating_sub(count);
                buf.set_filled(keep);
                let error = self.mismatch(self.received());
                Err(self.exchange.give_up(error))
            }
            Some(missing) if count == 0 && missing > 0 => Err(self.mismatch(self.received())),
            _ => Ok(count),
        })
    }

    fn poll_bytes(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<usize, Error>> {
        match self.lines.take() {
            None => self.poll_wire(cx, buf),
            Some(mut lines) => {
                let result = lines.poll_read(buf, |buf| self.poll_wire(cx, buf));
                self.lines = Some(lines);
                result
            }
        }
    }

    /// Reads and drops what is left, and waits for the verdict.
    async fn complete(&mut self) -> Result<Completed, Error> {
        let mut rest = vec![0; DRAIN];
        while poll_fn(|cx| self.poll_bytes(cx, &mut ReadBuf::new(&mut rest))).await? > 0 {}
        poll_fn(|cx| self.exchange.poll_verdict(cx)).await
    }
}

/// Bytes dropped at once.
const DRAIN: usize = 16 * 1024;

ends!(
    Download,
    "Reads and drops what is left, waits for the server's final reply, and counts the bytes.\n\n\
     To stop early, call `abort`."
);

impl<C: BorrowMut<Client> + Unpin> AsyncRead for Download<C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        self.poll_bytes(cx, buf)
            .map(|result| result.map(drop).map_err(io::Error::from))
    }
}
