//! Uploads: `STOR`, `APPE` and `STOU` as an [`AsyncWrite`].

use core::borrow::BorrowMut;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;

use ftp_proto::client::TransferVerb;
use ftp_proto::command::TypeCode;
use ftp_proto::{PathName, Reply, ToPathName};
use tokio::io::AsyncWrite;

use super::begun::Begun;
use super::exchange::Exchange;
use super::holder::{ends, owning};
use super::{Borrowed, Completed, NotStarted};
use crate::ascii::LineWriter;
use crate::client::Client;
use crate::error::Error;

/// How a file is uploaded.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct UploadOptions {
    /// Where to begin in the remote file, in bytes (`REST` before `STOR`). Default 0.
    pub offset: u64,
    /// Whether line ends are converted (`TYPE A`): LF is sent as CR LF. Default false.
    pub ascii: bool,
}

impl UploadOptions {
    /// The whole file, as it is.
    pub const fn new() -> Self {
        Self {
            offset: 0,
            ascii: false,
        }
    }

    /// Begins at this offset in bytes.
    #[must_use]
    pub const fn with_offset(self, offset: u64) -> Self {
        Self { offset, ..self }
    }

    /// Converts line ends.
    #[must_use]
    pub const fn with_ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }
}

impl Client {
    /// Uploads a file (`STOR`), replacing one of that name.
    ///
    /// Returns once the server has agreed.
    ///
    /// ```no_run
    /// # async fn example(client: &mut ftp_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use tokio::io::AsyncWriteExt as _;
    ///
    /// let mut upload = client.upload("notes.txt").await?;
    /// upload.write_all(b"remember the milk\n").await?;
    /// upload.finish().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Rejected`](crate::ErrorKind::Rejected) if the server refuses,
    /// [`Data`](crate::ErrorKind::Data) if there is no data connection to be had.
    ///
    /// # Cancel safety
    ///
    /// Safe: the next call gives the transfer up and goes on.
    pub async fn upload(&mut self, path: impl ToPathName) -> Result<Upload<Borrowed<'_>>, Error> {
        self.upload_with(path, UploadOptions::new()).await
    }

    /// Uploads a file in a way of your own.
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload).
    ///
    /// # Cancel safety
    ///
    /// As [`upload`](Self::upload).
    pub async fn upload_with(
        &mut self,
        path: impl ToPathName,
        options: UploadOptions,
    ) -> Result<Upload<Borrowed<'_>>, Error> {
        let verb = TransferVerb::Store(path.to_path_name()?);
        let begun = self.begin_upload(verb, options).await?;
        Ok(Upload::guard(Borrowed::new(self), begun))
    }

    /// Appends to a file (`APPE`), making it if it isn't there.
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload).
    ///
    /// # Cancel safety
    ///
    /// As [`upload`](Self::upload).
    pub async fn append(&mut self, path: impl ToPathName) -> Result<Upload<Borrowed<'_>>, Error> {
        self.append_with(path, UploadOptions::new()).await
    }

    /// Appends to a file in a way of your own; the offset doesn't count.
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload).
    ///
    /// # Cancel safety
    ///
    /// As [`upload`](Self::upload).
    pub async fn append_with(
        &mut self,
        path: impl ToPathName,
        options: UploadOptions,
    ) -> Result<Upload<Borrowed<'_>>, Error> {
        let verb = TransferVerb::Append(path.to_path_name()?);
        let begun = self.begin_upload(verb, options.with_offset(0)).await?;
        Ok(Upload::guard(Borrowed::new(self), begun))
    }

    /// Uploads a file under a name that the server makes up (`STOU`);
    /// [`Completed::stored_as`] tells it.
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload).
    ///
    /// # Cancel safety
    ///
    /// As [`upload`](Self::upload).
    pub async fn upload_unique(&mut self) -> Result<Upload<Borrowed<'_>>, Error> {
        self.upload_unique_with(None, UploadOptions::new()).await
    }

    /// Uploads a file under a name that the server makes up, from a proposal that some servers
    /// take; the offset doesn't count.
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload).
    ///
    /// # Cancel safety
    ///
    /// As [`upload`](Self::upload).
    pub async fn upload_unique_with(
        &mut self,
        proposal: Option<PathName>,
        options: UploadOptions,
    ) -> Result<Upload<Borrowed<'_>>, Error> {
        let verb = TransferVerb::StoreUnique(proposal);
        let begun = self.begin_upload(verb, options.with_offset(0)).await?;
        Ok(Upload::guard(Borrowed::new(self), begun))
    }

    /// Uploads through a guard that owns the client, and gives it back at its end.
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload), together with the client.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn into_upload(
        self,
        path: PathName,
        options: UploadOptions,
    ) -> Result<Upload<Self>, NotStarted> {
        let client = self;
        let verb = TransferVerb::Store(path);
        owning!(client, Upload, client.begin_upload(verb, options))
    }

    /// Appends through a guard that owns the client, and gives it back at its end.
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload), together with the client.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn into_append(
        self,
        path: PathName,
        options: UploadOptions,
    ) -> Result<Upload<Self>, NotStarted> {
        let client = self;
        let (verb, options) = (TransferVerb::Append(path), options.with_offset(0));
        owning!(client, Upload, client.begin_upload(verb, options))
    }

    /// Uploads under a name that the server makes up, through a guard that owns the client and gives
    /// it back at its end.
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload), together with the client.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn into_upload_unique(
        self,
        proposal: Option<PathName>,
        options: UploadOptions,
    ) -> Result<Upload<Self>, NotStarted> {
        let client = self;
        let (verb, options) = (TransferVerb::StoreUnique(proposal), options.with_offset(0));
        owning!(client, Upload, client.begin_upload(verb, options))
    }

    pub(crate) async fn begin_upload(
        &mut self,
        verb: TransferVerb,
        options: UploadOptions,
    ) -> Result<(Begun, UploadOptions), Error> {
        let type_code = if options.ascii {
            TypeCode::Ascii
        } else {
            TypeCode::Image
        };
        let begun = self.begin(verb, type_code, options.offset).await?;
        Ok((begun, options))
    }
}

/// A file on its way to the server: an [`AsyncWrite`].
///
/// A server that refuses in the middle, because its disk is full for example, is an error of the
/// next write. Shutting it down does what [`finish`](Upload::finish) does.
///
/// Dropping it breaks the data connection visibly (RST), so that the server doesn't take half a
/// file for a whole one; the client recovers at its next call.
#[derive(Debug)]
pub struct Upload<C: BorrowMut<Client>> {
    exchange: Exchange<C>,
    lines: Option<LineWriter>,
}

impl<C: BorrowMut<Client>> Upload<C> {
    pub(crate) fn guard(client: C, (begun, options): (Begun, UploadOptions)) -> Self {
        Self {
            exchange: Exchange::new(client, begun),
            lines: options.ascii.then(LineWriter::new),
        }
    }

    /// Bytes that went to the data connection so far.
    pub const fn sent(&self) -> u64 {
        self.exchange.moved()
    }

    /// Waits until the transfer fails, and never ends otherwise: for those who have nothing to
    /// write for a while, so that they learn at once that the server has given up.
    ///
    /// ```no_run
    /// # use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    /// # async fn example(client: &mut ftp_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut upload = client.upload("log.txt").await?;
    /// let (mut input, mut bytes) = (tokio::io::stdin(), [0; 1024]);
    /// loop {
    ///     let count = tokio::select! {
    ///         count = input.read(&mut bytes) => count?,
    ///         error = upload.failure() => return Err(error.into()),
    ///     };
    ///     if count == 0 {
    ///         break;
    ///     }
    ///     upload.write_all(&bytes[..count]).await?;
    /// }
    /// upload.finish().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing is lost.
    pub async fn failure(&mut self) -> Error {
        poll_fn(|cx| self.exchange.poll_failure(cx)).await
    }

    /// Asks the server how the transfer is going (`STAT`).
    ///
    /// Some servers answer only when the transfer is over.
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

    fn poll_bytes(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        let exchange = &mut self.exchange;
        match &mut self.lines {
            None => exchange.poll_send(cx, bytes),
            Some(lines) => lines.poll_write(cx, bytes, |cx, bytes| exchange.poll_send(cx, bytes)),
        }
    }

    /// Sends what a text transfer has converted and not sent.
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let exchange = &mut self.exchange;
        match &mut self.lines {
            None => Poll::Ready(Ok(())),
            Some(lines) => lines.poll_flush(cx, |cx, bytes| exchange.poll_send(cx, bytes)),
        }
    }

    fn poll_complete(&mut self, cx: &mut Context<'_>) -> Poll<Result<Completed, Error>> {
        ready!(self.poll_rest(cx))?;
        self.exchange.poll_finish_sending(cx)
    }

    async fn complete(&mut self) -> Result<Completed, Error> {
        poll_fn(|cx| self.poll_complete(cx)).await
    }
}

ends!(
    Upload,
    "Says that all was sent, and waits until the server says that it is stored."
);

impl<C: BorrowMut<Client> + Unpin> AsyncWrite for Upload<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        self.poll_bytes(cx, bytes).map_err(io::Error::from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_rest(cx)).map_err(io::Error::from)?;
        self.exchange.poll_flush(cx).map_err(io::Error::from)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_complete(cx)
            .map(|done| done.map(drop).map_err(io::Error::from))
    }
}
