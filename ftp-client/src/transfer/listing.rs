//! Listings: `MLSD`, `LIST` and `NLST` as a [`Stream`] of lines.

use core::borrow::BorrowMut;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::time::{SystemTime, UNIX_EPOCH};

use ftp_proto::client::TransferVerb;
use ftp_proto::command::TypeCode;
use ftp_proto::listing::{Dialect, Line, ListingParser};
use ftp_proto::path::Argument;
use ftp_proto::{BadArgument, PathName, Reply, Timestamp, ToPathName};
use futures::Stream;
use tokio::io::ReadBuf;

use super::begun::Begun;
use super::exchange::Exchange;
use super::holder::{ends, owning};
use super::{Borrowed, Completed, NotStarted};
use crate::client::Client;
use crate::error::{Error, ErrorKind};

/// Bytes read at once.
const CHUNK: usize = 16 * 1024;

impl Client {
    /// Lists a directory; an empty path is the working directory.
    ///
    /// It asks for facts (`MLSD`) unless the server is known not to have them, and falls back on
    /// `LIST`, whose dialect is found out.
    ///
    /// ```no_run
    /// # async fn example(client: &mut ftp_client::Client) -> Result<(), ftp_client::Error> {
    /// use ftp_client::Line;
    ///
    /// let mut listing = client.list("/pub").await?;
    /// while let Some(line) = listing.next().await {
    ///     match line? {
    ///         Line::Entry(entry) => println!("{} {:?}", entry.name, entry.size),
    ///         other => eprintln!("can't read {other:?}"),
    ///     }
    /// }
    /// listing.finish().await?;
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
    pub async fn list(&mut self, path: impl ToPathName) -> Result<Listing<Borrowed<'_>>, Error> {
        let begun = self.begin_list(or_here(path)?).await?;
        Ok(Listing::guard(Borrowed::new(self), begun))
    }

    /// Lists the names in a directory (`NLST`); an empty path is the working directory.
    ///
    /// The entries have a name and nothing else.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    ///
    /// # Cancel safety
    ///
    /// As [`list`](Self::list).
    pub async fn names(&mut self, path: impl ToPathName) -> Result<Listing<Borrowed<'_>>, Error> {
        let begun = self.begin_names(or_here(path)?).await?;
        Ok(Listing::guard(Borrowed::new(self), begun))
    }

    /// Lists a directory through a guard that owns the client, and gives it back at its end.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list), together with the client.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn into_list(self, path: Option<PathName>) -> Result<Listing<Self>, NotStarted> {
        let client = self;
        owning!(client, Listing, client.begin_list(path))
    }

    /// Lists the names in a directory through a guard that owns the client, and gives it back at its
    /// end.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list), together with the client.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn into_names(self, path: Option<PathName>) -> Result<Listing<Self>, NotStarted> {
        let client = self;
        owning!(client, Listing, client.begin_names(path))
    }

    async fn begin_names(
        &mut self,
        path: Option<PathName>,
    ) -> Result<(Begun, Option<Dialect>), Error> {
        let verb = TransferVerb::NameList(path.map(no_option));
        Ok((self.begin_or_empty(verb).await?, Some(Dialect::Names)))
    }

    async fn begin_list(
        &mut self,
        path: Option<PathName>,
    ) -> Result<(Begun, Option<Dialect>), Error> {
        if self.knows_machine_lists() {
            let verb = TransferVerb::MachineList(path.clone());
            match self.begin_or_empty(verb).await {
                Ok(begun) => {
                    self.machine_lists = Some(true);
                    return Ok((begun, Some(Dialect::Facts)));
                }
                Err(error)
                    if !error.is_closed() && error.is_not_implemented() && self.has_mode_left() =>
                {
                    self.machine_lists = Some(false);
                }
                Err(error) => return Err(error),
            }
        }
        let verb = TransferVerb::List(path.map(no_option));
        Ok((self.begin_or_empty(verb).await?, None))
    }

    /// Whether it can't have been the data connection that isn't implemented.
    fn has_mode_left(&mut self) -> bool {
        let modes = self.modes();
        !self.control().session().is_hopeless(&modes)
    }

    /// Whether MLSD is worth a try: what was tried counts, then what FEAT says, if it was asked.
    fn knows_machine_lists(&self) -> bool {
        self.machine_lists.unwrap_or_else(|| {
            self.features
                .as_ref()
                .is_none_or(|features| features.machine_listings())
        })
    }

    /// Begins a listing. Servers that refuse to list nothing at all show an empty directory.
    async fn begin_or_empty(&mut self, verb: TransferVerb) -> Result<Begun, Error> {
        match self.begin(verb, TypeCode::Ascii, 0).await {
            Err(error) => match error.reply() {
                Some(reply) if !error.is_closed() && says_empty(&error, reply) => {
                    Ok(Begun::empty(reply.clone()))
                }
                _ => Err(error),
            },
            begun => begun,
        }
    }
}

/// `550 No files found.` is how vsftpd's and others' forebears say that a directory is empty;
/// others say nothing but 226, and make no data connection.
fn says_empty(error: &Error, reply: &Reply) -> bool {
    const WORDS: &[u8] = b"no files found";
    let mut parts = reply.text().windows(WORDS.len());
    match error.kind() {
        ErrorKind::Data(_) => reply.code().is_completion() && error.bytes() == Some(0),
        _ => parts.any(|part| part.eq_ignore_ascii_case(WORDS)),
    }
}

fn or_here(path: impl ToPathName) -> Result<Option<PathName>, Error> {
    match path.to_path_name() {
        Err(BadArgument::Empty) => Ok(None),
        path => Ok(Some(path?)),
    }
}

/// A path as an argument of LIST or NLST, which servers hand to `ls`: a leading `-` would be
/// taken for options.
fn no_option(path: PathName) -> Argument {
    if !path.as_bytes().starts_with(b"-") {
        return path.into();
    }
    let safe = [b"./", path.as_bytes()].concat();
    PathName::new(safe).unwrap_or(path).into()
}

/// A listing on its way from the server: a [`Stream`] of [`Line`]s.
///
/// A line that can't be read comes out as it is; none is dropped. The end is only reported after
/// the server has said that the listing is complete. Entries may include the directory itself and
/// its parent; see [`EntryKind::is_dot`](ftp_proto::listing::EntryKind::is_dot).
///
/// Dropping it stops the transfer; the client recovers at its next call.
#[derive(Debug)]
pub struct Listing<C: BorrowMut<Client>> {
    exchange: Exchange<C>,
    parser: ListingParser,
    ended: bool,
}

impl<C: BorrowMut<Client>> Listing<C> {
    fn guard(client: C, (begun, dialect): (Begun, Option<Dialect>)) -> Self {
        let now = now();
        Self {
            exchange: Exchange::new(client, begun).of(Some(0)),
            parser: match dialect {
                Some(dialect) => ListingParser::with_dialect(dialect, now),
                None => ListingParser::new(now),
            },
            ended: false,
        }
    }

    /// The next line; `None` at the end, and after an error.
    ///
    /// # Errors
    ///
    /// Whatever went wrong with the transfer.
    ///
    /// # Cancel safety
    ///
    /// Safe: no line is lost.
    pub async fn next(&mut self) -> Option<Result<Line, Error>> {
        poll_fn(|cx| self.poll_line(cx)).await
    }

    fn poll_line(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Line, Error>>> {
        loop {
            if let Some(line) = self.parser.next_line() {
                return Poll::Ready(Some(Ok(line)));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            let mut bytes = [0; CHUNK];
            let mut buf = ReadBuf::new(&mut bytes);
            match ready!(self.exchange.poll_receive(cx, &mut buf)) {
                Ok(0) => {
                    self.parser.finish();
                    self.ended = true;
                }
                Ok(_) => self.parser.push(buf.filled()),
                Err(error) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }

    async fn complete(&mut self) -> Result<Completed, Error> {
        while self.next().await.transpose()?.is_some() {}
        poll_fn(|cx| self.exchange.poll_verdict(cx)).await
    }
}

ends!(
    Listing,
    "Reads and drops what is left, and waits for the server's final reply."
);

impl<C: BorrowMut<Client> + Unpin> Stream for Listing<C> {
    type Item = Result<Line, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_line(cx)
    }
}

/// The time against which dates without a year are completed.
fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_unix(seconds, since.subsec_nanos()))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}
