//! The client: how a session begins, is used and ends.

use core::fmt;
use core::future::poll_fn;
use core::net::SocketAddr;

use ftp_proto::client::{Credentials, Event, Ticket};
use ftp_proto::command::{Mode, Structure};
use ftp_proto::reply::FeatureSet;
use ftp_proto::{Argument, Command, Reply};

use crate::builder::ClientBuilder;
use crate::connect::ToEndpoint;
use crate::control::Control;
use crate::data::ControlInfo;
use crate::error::{Error, ErrorKind, Phase};

/// A connection to an FTP server.
///
/// All commands are methods; transfers are guards that borrow the client, so that the compiler
/// keeps a second command from getting in between. There is no task behind it: what a call begins
/// goes on only while some call on the client, or on a guard, is polled.
///
/// # Cancel safety
///
/// Every future of the client may be dropped at any time. The command may or may not have been
/// carried out, and its answer is lost, but client and server never get out of step: the next call
/// first finishes what was begun, or says that the client is dead
/// ([`Error::is_closed`](crate::Error::is_closed)).
pub struct Client {
    control: Box<Control>,
    greeting: Reply,
    pub(crate) features: Option<FeatureSet>,
    /// Whether the server knows MLSD, as far as tried.
    pub(crate) machine_lists: Option<bool>,
}

/// Begin and end.
impl Client {
    /// Sets up a client: timeouts, data connections, tolerance.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Connects with the default settings, to any of the addresses that a name has, and waits for
    /// the greeting.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), ftp_client::Error> {
    /// let mut client = ftp_client::Client::connect("ftp.example.org:21").await?;
    /// client.login("anonymous", "guest@example.org").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::connect`].
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn connect(address: impl ToEndpoint) -> Result<Self, Error> {
        Self::builder().connect(address).await
    }

    /// Waits for the greeting on a new connection.
    pub(crate) async fn start(mut control: Control) -> Result<Self, Error> {
        let greeting = poll_fn(|cx| {
            loop {
                match core::task::ready!(control.poll_event(cx)) {
                    Some(Event::Greeted(reply)) => return core::task::Poll::Ready(Ok(reply)),
                    Some(_) => {}
                    None => {
                        let error = control.closed().with_phase(Phase::Greeting);
                        return core::task::Poll::Ready(Err(error));
                    }
                }
            }
        })
        .await?;
        Ok(Self {
            control: Box::new(control),
            greeting,
            features: None,
            machine_lists: None,
        })
    }

    /// Logs in (`USER`, and `PASS` if the server wants one).
    ///
    /// # Errors
    ///
    /// [`Rejected`](ErrorKind::Rejected) if the server doesn't let this user in,
    /// [`BadInput`](ErrorKind::BadInput) if a line end or NUL is in the name or the password.
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn login(
        &mut self,
        user: impl AsRef<[u8]>,
        password: impl AsRef<[u8]>,
    ) -> Result<Reply, Error> {
        let user = Argument::new(user.as_ref())?;
        // The offset of a bad byte in a password says something about the password.
        let password = Argument::new(password.as_ref())
            .map_err(|_| Error::bad_input("line end or NUL in the password"))?;
        self.login_as(Credentials::new(user, password)).await
    }

    /// Logs in, with an account (`ACCT`) if the credentials hold one and the server wants it.
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn login_as(&mut self, who: Credentials) -> Result<Reply, Error> {
        self.control.ready().await?;
        self.features = None;
        let ticket = self
            .control
            .request(|session, now| session.login(who, now))?;
        self.reply(ticket, Phase::Login).await
    }

    /// Says goodbye (`QUIT`) and closes the connection.
    ///
    /// Dropping the client closes it too, without a word.
    ///
    /// # Errors
    ///
    /// If the server doesn't answer in time, or answers nonsense. That it just hangs up is fine.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn quit(mut self) -> Result<(), Error> {
        let done = async {
            self.control.ready().await?;
            let ticket = self.control.request(|session, now| session.quit(now))?;
            self.reply(ticket, Phase::Command).await
        };
        match done.await {
            Err(error) if *error.kind() == ErrorKind::Closed && error.reply().is_none() => Ok(()),
            other => other.map(drop),
        }
    }

    /// What the server said first.
    pub const fn greeting(&self) -> &Reply {
        &self.greeting
    }

    /// The server's address; `None` over a transport without addresses, and through a proxy that
    /// was told a name.
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.control_info().peer
    }

    /// This side's address; `None` over a transport without addresses.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.control_info().local
    }

    /// Whether the client is known to be dead, so that every call will fail.
    pub fn is_closed(&self) -> bool {
        self.control.session().phase() == ftp_proto::client::Phase::Closed
    }

    fn control_info(&self) -> &ControlInfo {
        self.control.channels().control()
    }
}

/// The way for everything that has no method.
impl Client {
    /// Sends any command that has a single reply, and returns that reply.
    ///
    /// # Errors
    ///
    /// [`Rejected`](ErrorKind::Rejected) for 4yz and 5yz;
    /// [`BadInput`](ErrorKind::BadInput) for commands that need more than one reply or would change
    /// what the client relies on: transfers, `ABOR`, `REST`, `AUTH` and its kin, and modes that
    /// this client doesn't speak. Nothing is sent then.
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn command(&mut self, command: Command) -> Result<Reply, Error> {
        // What the session would obey, but this driver doesn't speak.
        match &command {
            Command::Mode(Mode::Stream) | Command::Stru(Structure::File) => {}
            Command::Mode(_) | Command::Stru(_) => {
                return Err(Error::bad_input("not supported").with_command(command));
            }
            _ => {}
        }
        self.ask(command).await
    }

    /// Sends a command as it is typed, such as `SITE CHMOD 644 a.txt`, and returns its reply.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command), and [`BadInput`](ErrorKind::BadInput) for a line that is no
    /// command or holds a line end or NUL.
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn raw(&mut self, line: impl AsRef<[u8]>) -> Result<Reply, Error> {
        let command = Command::parse(line.as_ref()).map_err(Error::bad_input)?;
        self.command(command).await
    }

    /// Sends a command and waits for its 2yz or 3yz reply.
    pub(crate) async fn ask(&mut self, command: Command) -> Result<Reply, Error> {
        self.control.ready().await?;
        let name = command.to_string();
        let ticket = self
            .control
            .request(|session, now| session.command(command, now))?;
        self.reply(ticket, Phase::Command)
            .await
            .map_err(|error| error.with_command(name))
    }

    /// Waits for the answer to a request that has one.
    pub(crate) async fn reply(&mut self, ticket: Ticket, phase: Phase) -> Result<Reply, Error> {
        match self.control.settled(ticket, phase).await? {
            Event::Answered { reply, .. } | Event::LoggedIn { reply, .. } => Ok(reply),
            Event::Rejected { reply, .. } => Err(Error::rejected(reply, phase)),
            _ => Err(Error::new(ErrorKind::BadReply, phase)),
        }
    }

    pub(crate) const fn control(&mut self) -> &mut Control {
        &mut self.control
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.control.fmt(f)
    }
}
