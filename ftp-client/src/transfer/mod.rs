//! Transfers as guards: values that hold the client while a data connection is in use.
//!
//! ```text
//!   Client ──download()──▶ Download ──finish()──▶ Completed     226
//!                              ├─────abort()────▶ bytes         426 + 226
//!                              └─────drop───────▶ the next call on Client cleans up
//! ```
//!
//! [`Exchange`] is what they share: it drives the control connection while bytes move, so that a
//! 421 or 426 surfaces at once, and it knows how the transfer came out.

mod download;
mod listing;
mod upload;

pub use download::{Download, DownloadOptions, SizeCheck};
pub use listing::Listing;
pub use upload::{Upload, UploadOptions};

use core::borrow::{Borrow, BorrowMut};
use core::future::poll_fn;
use core::task::{Context, Poll, ready};

use ftp_proto::client::{DataMode, Event, Ticket, Transfer, TransferVerb};
use ftp_proto::command::TypeCode;
use ftp_proto::session::DataFailure;
use ftp_proto::{Command, PathName, Reply};
use tokio::io::ReadBuf;

use crate::client::Client;
use crate::control::{Control, settles};
use crate::data::Trouble;
use crate::error::{Channel, Error, ErrorKind, Phase};

/// A transfer that is complete on both connections.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completed {
    /// Bytes that went over the data connection.
    pub bytes: u64,
    /// The server's final reply.
    pub reply: Reply,
    /// The server's preliminary reply.
    pub preliminary: Option<Reply>,
}

impl Completed {
    /// The name under which the server stored an upload of
    /// [`upload_unique`](Client::upload_unique), if it told one ([RFC 1123 §4.1.2.9]).
    ///
    /// [RFC 1123 §4.1.2.9]: https://www.rfc-editor.org/rfc/rfc1123#page-33
    pub fn stored_as(&self) -> Option<PathName> {
        [self.preliminary.as_ref(), Some(&self.reply)]
            .into_iter()
            .flatten()
            .find_map(|reply| unique_name(reply.text()))
    }
}

/// `FILE: name`, the form of the RFC; else `(unique file name: name)`, that of wu-ftpd's family;
/// else a quoted name.
fn unique_name(text: &[u8]) -> Option<PathName> {
    let after = |marker: &[u8]| {
        let start = text.windows(marker.len()).position(|it| it == marker)?;
        text.get(start.saturating_add(marker.len())..)
    };
    let name = if let Some(name) = after(b"FILE: ") {
        name.to_vec()
    } else if let Some(name) = after(b"unique file name:") {
        let end = name.iter().rposition(|byte| *byte == b')');
        name.get(..end.unwrap_or(name.len()))?.to_vec()
    } else {
        ftp_proto::path::unquote(text)?
    };
    PathName::new(name.trim_ascii()).ok()
}

/// A transfer could not be begun; here is the client back.
///
/// It turns into an [`Error`] by `?`, which closes the connection.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct NotStarted {
    /// The client, as usable as [`Client::is_closed`] says.
    pub client: Client,
    /// Why.
    pub error: Error,
}

impl From<NotStarted> for Error {
    fn from(not_started: NotStarted) -> Self {
        not_started.error
    }
}

/// Begins a transfer on a client that is given away, and gives it back if that fails.
macro_rules! owning {
    ($client:ident, $guard:ident, $begin:expr) => {{
        let mut $client = $client;
        match $begin.await {
            Ok(begun) => Ok($guard::guard($client, begun)),
            Err(error) => Err(NotStarted {
                client: $client,
                error,
            }),
        }
    }};
}
pub(crate) use owning;

/// The two ways to end a guard, for both ways to hold the client. `complete` does the work.
macro_rules! ends {
    ($guard:ident, $finish:literal) => {
        impl $guard<Borrowed<'_>> {
            #[doc = $finish]
            ///
            /// # Errors
            ///
            /// Whatever went wrong with the transfer, even if a read or write has told it before.
            ///
            /// # Cancel safety
            ///
            /// If dropped, the transfer is given up; the client recovers at its next call.
            pub async fn finish(mut self) -> Result<Completed, Error> {
                self.complete().await
            }

            /// Stops the transfer (`ABOR`) and returns the bytes that went over the data
            /// connection. That it has just come to its own end is no error.
            ///
            /// # Errors
            ///
            /// If client and server can't agree any more; the client is dead then.
            ///
            /// # Cancel safety
            ///
            /// Safe: the client recovers at its next call.
            pub async fn abort(mut self) -> Result<u64, Error> {
                self.exchange.abort().await
            }
        }

        impl $guard<Client> {
            #[doc = $finish]
            ///
            /// Gives the client back, and the error if the transfer failed.
            ///
            /// # Cancel safety
            ///
            /// If dropped, the connection is closed.
            pub async fn finish(mut self) -> (Client, Result<Completed, Error>) {
                let result = self.complete().await;
                (self.exchange.client, result)
            }

            /// Stops the transfer (`ABOR`) and gives the client back, with the number of bytes
            /// that went over the data connection.
            ///
            /// # Cancel safety
            ///
            /// If dropped, the connection is closed.
            pub async fn abort(mut self) -> (Client, Result<u64, Error>) {
                let result = self.exchange.abort().await;
                (self.exchange.client, result)
            }
        }
    };
}
pub(crate) use ends;

/// A transfer that the server has agreed to.
#[derive(Debug)]
pub(crate) struct Begun {
    /// `None` if it was over as soon as it began.
    ticket: Option<Ticket>,
    /// The command, for errors.
    name: String,
    preliminary: Option<Reply>,
    over: Option<Completed>,
}

impl Begun {
    /// A transfer of nothing.
    fn empty(reply: Reply) -> Self {
        Self {
            ticket: None,
            name: String::new(),
            preliminary: None,
            over: Some(Completed {
                bytes: 0,
                reply,
                preliminary: None,
            }),
        }
    }
}

impl Client {
    /// Asks for a transfer and waits until the server agrees.
    ///
    /// # Cancel safety
    ///
    /// Safe: the next call gives the transfer up.
    pub(crate) async fn begin(
        &mut self,
        verb: TransferVerb,
        type_code: TypeCode,
        offset: u64,
    ) -> Result<Begun, Error> {
        let name = Command::from(verb.clone()).to_string();
        self.control().ready().await?;
        let mut transfer = Transfer::new(verb);
        transfer.type_code = type_code;
        transfer.offset = offset;
        transfer.modes = self.modes();
        if transfer.modes.is_empty() {
            return Err(Error::bad_input("no data connection mode is possible").with_command(name));
        }
        let control = self.control();
        control.take_trouble();
        let ticket = control.request(|session, now| session.transfer(transfer, now))?;
        let mut begun = Begun {
            ticket: Some(ticket),
            name,
            preliminary: None,
            over: None,
        };
        let failed = poll_fn(|cx| {
            loop {
                let event = control.poll_event(cx);
                // Some servers send the data, or wait for it, without a 1yz.
                if event.is_pending() && control.is_running() {
                    return Poll::Ready(None);
                }
                match ready!(event) {
                    None => return Poll::Ready(Some(control.closed())),
                    Some(Event::Preliminary { ticket: of, reply }) if of == ticket => {
                        begun.preliminary = Some(reply);
                        return Poll::Ready(None);
                    }
                    // A server may have nothing to send, and say nothing but 226.
                    Some(Event::Transferred {
                        ticket: of,
                        bytes,
                        reply,
                    }) if of == ticket => {
                        begun.over = Some(Completed {
                            bytes,
                            reply,
                            preliminary: None,
                        });
                        return Poll::Ready(None);
                    }
                    Some(event) if settles(&event) == Some(ticket) => {
                        let error = failure(control, event);
                        return Poll::Ready(Some(error));
                    }
                    Some(_) => {}
                }
            }
        })
        .await;
        match failed {
            None => Ok(begun),
            Some(error) => Err(error.with_phase(Phase::Transfer).with_command(begun.name)),
        }
    }

    fn modes(&mut self) -> Vec<DataMode> {
        let channels = self.control().channels();
        channels.strategy().modes(channels.control())
    }
}

/// The error of a transfer that ended with this event.
fn failure(control: &mut Control, event: Event) -> Error {
    let (error, bytes) = match event {
        Event::Rejected { reply, .. } => (Error::rejected(reply, Phase::Transfer), None),
        Event::TransferFailed {
            bytes,
            failure,
            reply,
            ..
        } => {
            let refused = reply.as_ref().is_some_and(|it| it.code().is_negative());
            let error = if refused && failure == DataFailure::Cancelled {
                Error::new(ErrorKind::Rejected, Phase::Transfer).on(Channel::Control)
            } else {
                Error::new(ErrorKind::Data(failure), Phase::Transfer).on(Channel::Data)
            };
            (error.with_reply(reply), Some(bytes))
        }
        Event::Aborted { bytes, .. } => {
            (Error::new(ErrorKind::Aborted, Phase::Transfer), Some(bytes))
        }
        Event::Broken { why, .. } => (control.died(why, Phase::Transfer), None),
        _ => (Error::new(ErrorKind::BadReply, Phase::Transfer), None),
    };
    let error = match bytes {
        Some(bytes) => error.with_bytes(bytes),
        None => error,
    };
    match control.take_trouble() {
        Some(Trouble { address, error: io }) if error.io_error().is_none() => {
            error.with_address(address).with_io(Some(io))
        }
        _ => error,
    }
}

/// The client while a guard has it on loan.
///
/// Dropped before the transfer is over, it closes the sockets at once; the next call on the client
/// waits for the replies.
#[derive(Debug)]
pub struct Borrowed<'a>(&'a mut Client);

impl<'a> Borrowed<'a> {
    pub(crate) const fn new(client: &'a mut Client) -> Self {
        Self(client)
    }
}

impl Borrow<Client> for Borrowed<'_> {
    fn borrow(&self) -> &Client {
        self.0
    }
}

impl BorrowMut<Client> for Borrowed<'_> {
    fn borrow_mut(&mut self) -> &mut Client {
        self.0
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        self.0.control().leave();
    }
}

/// A transfer under way, on a client that is [`Borrowed`] or owned.
#[derive(Debug)]
pub(crate) struct Exchange<C: BorrowMut<Client>> {
    client: C,
    begun: Begun,
    /// Bytes that went over the data connection.
    moved: u64,
    /// Whether a read or write waits for the data connection.
    waits: bool,
    /// How it came out; errors are told again and again.
    verdict: Option<Result<Completed, Error>>,
}

impl<C: BorrowMut<Client>> Exchange<C> {
    pub(crate) fn new(client: C, mut begun: Begun) -> Self {
        Self {
            client,
            verdict: begun.over.take().map(Ok),
            begun,
            moved: 0,
            waits: false,
        }
    }

    fn control(&mut self) -> &mut Control {
        self.client.borrow_mut().control()
    }

    /// The server's preliminary reply.
    pub(crate) const fn preliminary(&self) -> Option<&Reply> {
        self.begun.preliminary.as_ref()
    }

    /// Bytes that went over the data connection so far.
    pub(crate) const fn moved(&self) -> u64 {
        self.moved
    }

    /// Drives both connections; ready when the transfer is over.
    pub(crate) fn poll_verdict(&mut self, cx: &mut Context<'_>) -> Poll<Result<Completed, Error>> {
        if let Some(verdict) = &self.verdict {
            return Poll::Ready(verdict.clone());
        }
        loop {
            match ready!(self.control().poll_event(cx)) {
                Some(event) => self.notice(event),
                None => {
                    let error = self.control().closed();
                    return Poll::Ready(self.settle(Err(error)));
                }
            }
            if let Some(verdict) = &self.verdict {
                return Poll::Ready(verdict.clone());
            }
        }
    }

    /// Takes note of an event; whoever waits for another one has gone.
    fn notice(&mut self, event: Event) {
        if settles(&event) != self.begun.ticket {
            return;
        }
        let verdict = match event {
            Event::Transferred { bytes, reply, .. } => Ok(Completed {
                bytes,
                reply,
                preliminary: self.begun.preliminary.clone(),
            }),
            event => Err(failure(self.control(), event)),
        };
        // Whoever asks is told.
        let _ = self.settle(verdict);
    }

    /// Settles it, unless it is settled.
    fn settle(&mut self, verdict: Result<Completed, Error>) -> Result<Completed, Error> {
        let verdict = verdict.map_err(|error| {
            let bytes = error.bytes().unwrap_or(self.moved);
            error
                .with_phase(Phase::Transfer)
                .with_bytes(bytes)
                .with_command(&self.begun.name)
        });
        self.verdict.get_or_insert(verdict).clone()
    }

    /// Gives the transfer up because of something that only this side knows.
    pub(crate) fn give_up(&mut self, error: Error) -> Error {
        if self.verdict.is_none() {
            self.control().leave();
        }
        match self.settle(Err(error)) {
            Err(error) => error,
            Ok(_) => Error::new(ErrorKind::Closed, Phase::Transfer),
        }
    }

    /// A read or write begins to wait: the stall timer counts from here, not from the one before.
    fn wait(&mut self) {
        if !self.waits {
            self.waits = true;
            self.control().restart_stall_timer();
        }
    }

    /// Takes note of what moved; `None` if the connection has ended and the verdict tells more.
    fn count(&mut self, moved: Poll<usize>) -> Option<Poll<usize>> {
        if let Poll::Ready(count) = moved {
            self.waits = false;
            self.moved = self.moved.saturating_add(count as u64);
        }
        (moved != Poll::Ready(0)).then_some(moved)
    }

    /// Reads from the data connection. Zero bytes are the end, and only told when the server has
    /// said that it is complete.
    ///
    /// What has arrived comes before what the control connection says about it, so that a transfer
    /// which breaks leaves all that there was.
    pub(crate) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<usize, Error>> {
        self.wait();
        // What the last reply allows is done before the next one is read.
        while let Some(event) = self.control().next_event() {
            self.notice(event);
        }
        loop {
            let ran = self.control().is_running();
            if ran {
                let moved = self.control().poll_receive(cx, buf);
                if let Some(Poll::Ready(count)) = self.count(moved) {
                    return Poll::Ready(Ok(count));
                }
            }
            if let Poll::Ready(verdict) = self.poll_verdict(cx) {
                return Poll::Ready(verdict.map(|_| 0));
            }
            if ran || !self.control().is_running() {
                return Poll::Pending;
            }
        }
    }

    /// Writes to the data connection.
    pub(crate) fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize, Error>> {
        self.wait();
        loop {
            if let Poll::Ready(verdict) = self.poll_verdict(cx) {
                // The server is content although not everything was sent.
                let error = || Error::new(ErrorKind::Data(DataFailure::Broken), Phase::Transfer);
                return Poll::Ready(
                    verdict.and_then(|done| Err(error().with_reply(Some(done.reply)))),
                );
            }
            if !self.control().is_running() {
                return Poll::Pending;
            }
            let moved = self.control().poll_send(cx, bytes);
            if let Some(count) = self.count(moved) {
                return count.map(Ok);
            }
        }
    }

    /// Waits for the data connection to be there, says that all was sent, and waits for the
    /// verdict.
    pub(crate) fn poll_finish_sending(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Completed, Error>> {
        loop {
            if let Poll::Ready(verdict) = self.poll_verdict(cx) {
                return Poll::Ready(verdict);
            }
            let control = self.control();
            if !control.is_running() {
                return Poll::Pending;
            }
            control.finish_sending();
        }
    }

    /// Stops the transfer and waits until both sides agree that it is over.
    pub(crate) async fn abort(&mut self) -> Result<u64, Error> {
        if self.verdict.is_none() {
            self.control().request(|session, now| session.abort(now))?;
        }
        match poll_fn(|cx| self.poll_verdict(cx)).await {
            Ok(done) => Ok(done.bytes),
            Err(error) if !error.is_closed() => Ok(error.bytes().unwrap_or_default()),
            Err(error) => Err(error),
        }
    }

    /// Asks the server how the transfer is going.
    pub(crate) async fn status(&mut self) -> Result<Reply, Error> {
        if let Some(Err(error)) = &self.verdict {
            return Err(error.clone());
        }
        let asked = self
            .control()
            .request(|session, now| session.status(None, now))?;
        poll_fn(|cx| {
            loop {
                match ready!(self.control().poll_event(cx)) {
                    None => {
                        let error = self.control().closed();
                        let _ = self.settle(Err(error.clone()));
                        return Poll::Ready(Err(error.with_command("STAT")));
                    }
                    Some(Event::Answered { ticket, reply }) if ticket == asked => {
                        return Poll::Ready(Ok(reply));
                    }
                    Some(Event::Rejected { ticket, reply }) if ticket == asked => {
                        return Poll::Ready(Err(Error::rejected(reply, Phase::Transfer)));
                    }
                    Some(event) => self.notice(event),
                }
            }
        })
        .await
    }
}
