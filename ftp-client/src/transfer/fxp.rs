//! From one server to another, without passing through here (commonly called FXP).
//!
//! ```text
//!              control                      control
//!   server A ◀───────── client, client ─────────▶ server B
//!       ╰────────────────── data ────────────────────╯
//! ```
//!
//! One server listens, the other connects. First the source is asked to listen; if either side
//! refuses, it is the other way round. The side that listens gets its command first and a moment
//! to refuse it: so a file that isn't there costs no empty file at the other end.

use core::fmt;
use core::future::poll_fn;
use core::net::SocketAddr;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use ftp_proto::client::{DataPlan, Event, Ticket, Timer, Transfer, TransferVerb};
use ftp_proto::command::TypeCode;
use ftp_proto::{Command, PathName, Reply, ReplyCode, ToPathName};
use tokio::time::timeout;

use super::begun::failure;
use crate::client::Client;
use crate::control::settles;
use crate::error::{Error, ErrorKind, Phase};

/// How long the side that listens may take to refuse its command, and the other one to say why it
/// broke off, before the transfer goes on without its word.
const GRACE: Duration = Duration::from_millis(500);

/// One of the two servers of a transfer between servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a file comes from one and goes to one"
)]
pub enum Side {
    /// The one that has the file.
    Source,
    /// The one that gets it.
    Destination,
}

/// Why a transfer between two servers failed, and on which side.
#[derive(Clone, Debug)]
pub struct FxpError {
    side: Side,
    error: Error,
}

/// What both servers said of a transfer that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// The final reply of the source.
    pub source: Reply,
    /// The final reply of the destination.
    pub destination: Reply,
}

/// Sends a file from one server to another, byte for byte (`TYPE I`); an existing file is replaced.
///
/// Both clients must be logged in, and the servers must allow it: by default hardly any does, since
/// such transfers can be abused to attack third hosts. An address that one server tells and the
/// other is sent to must be that server's own, unless its client
/// [allows otherwise](crate::ClientBuilder::allow_foreign_data).
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use ftp_client::{Client, fxp};
///
/// let mut here = Client::connect("here.example.org").await?;
/// here.login("bob", "secret").await?;
/// let mut there = Client::connect("there.example.org").await?;
/// there.login("bob", "other secret").await?;
/// fxp(&mut here, &mut there, "backup.tar", "backup.tar").await?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// The side that failed first, or, if that one only lost its data connection, the one that knows
/// why. Both sides have ended the transfer then, and both clients go on unless
/// [`is_closed`](Error::is_closed) says otherwise. The destination may have an incomplete file.
///
/// # Cancel safety
///
/// Safe: the next call on each client stops its half of the transfer. Until then the servers go on.
pub async fn fxp(
    from: &mut Client,
    to: &mut Client,
    source: impl ToPathName,
    destination: impl ToPathName,
) -> Result<Copied, FxpError> {
    let path = |side, path: Result<PathName, _>| {
        path.map_err(|error: ftp_proto::BadArgument| at(side)(error.into()))
    };
    let retrieve = TransferVerb::Retrieve(path(Side::Source, source.to_path_name())?);
    let store = TransferVerb::Store(path(Side::Destination, destination.to_path_name())?);
    let mut from = Leg::new(from, Side::Source, retrieve);
    let mut to = Leg::new(to, Side::Destination, store);
    from.prepare().await?;
    to.prepare().await?;
    match introduce(&mut from, &mut to).await {
        Ok(()) => run(&mut from, &mut to).await?,
        // Perhaps the other way round; what stood in the natural way says more.
        Err(why) => match introduce(&mut to, &mut from).await {
            Ok(()) => run(&mut to, &mut from).await?,
            Err(_) => return Err(why),
        },
    }
    Ok(Copied {
        source: from.reply()?,
        destination: to.reply()?,
    })
}

impl FxpError {
    /// The server on whose side it failed.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// What went wrong there.
    pub const fn error(&self) -> &Error {
        &self.error
    }

    /// Whether it says no more than that the data connection is gone.
    fn is_mere_break(&self) -> bool {
        matches!(
            self.error.code(),
            Some(ReplyCode::CANT_OPEN_DATA | ReplyCode::TRANSFER_ABORTED)
        ) || matches!(self.error.kind(), ErrorKind::Aborted)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Destination => "destination",
        })
    }
}

/// `destination: STOR a.txt: refused: 553 No`.
impl fmt::Display for FxpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.side, self.error)
    }
}

/// Has no source: the message holds it already.
impl core::error::Error for FxpError {}

/// One server's half of the transfer.
struct Leg<'c> {
    client: &'c mut Client,
    side: Side,
    verb: TransferVerb,
    name: String,
    ticket: Option<Ticket>,
    /// Whether the server has agreed.
    begun: bool,
    verdict: Option<Result<Reply, Error>>,
}

impl<'c> Leg<'c> {
    fn new(client: &'c mut Client, side: Side, verb: TransferVerb) -> Self {
        Self {
            client,
            side,
            name: Command::from(verb.clone()).to_string(),
            verb,
            ticket: None,
            begun: false,
            verdict: None,
        }
    }

    /// Sets the type, so that nothing stands between the introduction and the transfer.
    async fn prepare(&mut self) -> Result<(), FxpError> {
        let image = Command::Type(TypeCode::Image);
        self.client.ask(image).await.map_err(at(self.side))?;
        Ok(())
    }

    async fn offer(&mut self) -> Result<SocketAddr, FxpError> {
        let control = self.client.control();
        let ticket = control.request(|session, now| session.offer(now));
        let event = match ticket {
            Ok(ticket) => control.settled(ticket, Phase::Transfer).await,
            Err(error) => Err(error),
        };
        match event.map_err(at(self.side))? {
            Event::Offered { address, .. } => Ok(address),
            event => Err(at(self.side)(failure(self.client.control(), event))),
        }
    }

    async fn aim(&mut self, address: SocketAddr) -> Result<(), FxpError> {
        let control = self.client.control();
        let aimed = match control.request(|session, now| session.aim(address, now)) {
            Ok(ticket) => self.client.reply(ticket, Phase::Transfer).await,
            Err(error) => Err(error),
        };
        let told = |error: Error| error.with_command(format_args!("PORT {address}"));
        aimed.map_err(told).map_err(at(self.side))?;
        Ok(())
    }

    /// Sends the command.
    fn begin(&mut self) {
        let mut transfer = Transfer::new(self.verb.clone());
        transfer.data = DataPlan::Remote;
        let control = self.client.control();
        match control.request(|session, now| session.transfer(transfer, now)) {
            Ok(ticket) => self.ticket = Some(ticket),
            Err(error) => self.settle(Err(error)),
        }
    }

    /// Stops what is under way.
    fn abort(&mut self) {
        if self.verdict.is_none() {
            // Without a transfer there is nothing to stop.
            let _ = self
                .client
                .control()
                .request(|session, now| session.abort(now));
        }
    }

    /// Drives it until it has ended, or, if that will do, until the server has agreed.
    fn poll_until(&mut self, cx: &mut Context<'_>, agreed: bool) -> Poll<()> {
        while self.verdict.is_none() && !(agreed && self.begun) {
            let control = self.client.control();
            match ready!(control.poll_event(cx)) {
                None => {
                    let closed = control.closed();
                    self.settle(Err(closed));
                }
                Some(Event::Preliminary { ticket, .. }) if self.ticket == Some(ticket) => {
                    self.begun = true;
                }
                Some(Event::Transferred { ticket, reply, .. }) if self.ticket == Some(ticket) => {
                    self.settle(Ok(reply));
                }
                Some(event) if self.ticket.is_some() && settles(&event) == self.ticket => {
                    let error = failure(control, event);
                    self.settle(Err(error));
                }
                Some(_) => {}
            }
        }
        Poll::Ready(())
    }

    async fn end(&mut self) {
        poll_fn(|cx| self.poll_until(cx, false)).await;
    }

    fn settle(&mut self, verdict: Result<Reply, Error>) {
        let name = &self.name;
        let verdict = verdict.map_err(|error| error.with_phase(Phase::Transfer).with_command(name));
        self.verdict.get_or_insert(verdict);
    }

    const fn has_failed(&self) -> bool {
        matches!(self.verdict, Some(Err(_)))
    }

    /// What the server said in the end.
    fn reply(&self) -> Result<Reply, FxpError> {
        let unsettled = || Err(Error::new(ErrorKind::Closed, Phase::Transfer));
        let verdict = self.verdict.clone().unwrap_or_else(unsettled);
        verdict.map_err(at(self.side))
    }
}

/// Has one server listen and tells the other one where.
async fn introduce(listens: &mut Leg<'_>, connects: &mut Leg<'_>) -> Result<(), FxpError> {
    let address = listens.offer().await?;
    connects.aim(address).await
}

/// Runs both halves to their ends.
async fn run(listens: &mut Leg<'_>, connects: &mut Leg<'_>) -> Result<(), FxpError> {
    listens.begin();
    // Many servers agree only once the connection stands, so this may well pass in silence.
    let _ = timeout(GRACE, poll_fn(|cx| listens.poll_until(cx, true))).await;
    if listens.has_failed() {
        return listens.reply().map(drop);
    }
    connects.begin();
    poll_fn(|cx| {
        let ended = [
            listens.poll_until(cx, false),
            connects.poll_until(cx, false),
        ];
        if ended.contains(&Poll::Ready(())) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    if listens.verdict.is_some() {
        finish(listens, connects).await
    } else {
        finish(connects, listens).await
    }
}

/// Waits for the second side when the first one has ended.
async fn finish(first: &mut Leg<'_>, second: &mut Leg<'_>) -> Result<(), FxpError> {
    let patience = if first.has_failed() {
        GRACE
    } else {
        second.client.control().session().config().finish_timeout
    };
    let limit = if patience.is_zero() {
        Duration::MAX
    } else {
        patience
    };
    if timeout(limit, second.end()).await.is_err() {
        second.abort();
        second.end().await;
        if !first.has_failed() {
            let late = ErrorKind::TimedOut(Timer::Finish);
            let error = Error::new(late, Phase::Transfer).with_command(&second.name);
            return Err(at(second.side)(error));
        }
    }
    match (first.reply(), second.reply()) {
        // A broken connection at one end is most often the work of the other.
        (Err(first), Err(second)) if first.is_mere_break() && !second.is_mere_break() => {
            Err(second)
        }
        (Err(error), _) | (Ok(_), Err(error)) => Err(error),
        (Ok(_), Ok(_)) => Ok(()),
    }
}

/// Names the side of an error.
const fn at(side: Side) -> impl Fn(Error) -> FxpError + Copy {
    move |error| FxpError { side, error }
}
