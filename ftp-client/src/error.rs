//! The one error of this crate: what went wrong, where, and what helps.

use core::fmt;
use core::net::SocketAddr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ftp_proto::client::{Failure, ProtocolError, Refused, Timer};
use ftp_proto::session::DataFailure;
use ftp_proto::{BadArgument, Reply, ReplyCode};

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call itself is wrong; nothing was sent.
    BadInput(String),
    /// No control connection could be made.
    Connect,
    /// The server refused, with the [`reply`](Error::reply) 4yz or 5yz. The client goes on.
    Rejected,
    /// Something took too long.
    TimedOut(Timer),
    /// The data connection couldn't be made, or broke. The client goes on.
    Data(DataFailure),
    /// The control connection is gone. With a [`reply`](Error::reply), the server said 421.
    Closed,
    /// The server broke the rules, so that nothing it says can be trusted any more.
    Protocol(ProtocolError),
    /// The server's answer says yes but can't be read. The client goes on.
    BadReply,
    /// More or fewer bytes came, or were stored, than the server had told.
    SizeMismatch {
        /// Bytes that were expected.
        expected: u64,
        /// Bytes that came; when there are more than expected, those until it was noticed.
        actual: u64,
    },
    /// The server accepted `REST` and then began elsewhere. The local file is as it was.
    RestartIgnored,
    /// A local file couldn't be read or written.
    LocalFile,
    /// The transfer was stopped by [`abort`](crate::Download::abort).
    Aborted,
}

/// What the client was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Making the control connection.
    Connect,
    /// Waiting for the 220.
    Greeting,
    /// Logging in.
    Login,
    /// A command that has one reply.
    Command,
    /// A transfer, from its first command to its final reply.
    Transfer,
    /// Reading or writing a local file.
    LocalFile,
}

/// One of the two connections of FTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "FTP has these two")]
pub enum Channel {
    /// The one for commands and replies.
    Control,
    /// The one for files and listings.
    Data,
}

/// Why something failed: one type for the whole crate, with questions instead of a tree of enums.
///
/// ```no_run
/// # async fn example(client: &mut ftp_client::Client) -> Result<(), ftp_client::Error> {
/// match client.size("a.txt").await {
///     Ok(bytes) => println!("{bytes} bytes"),
///     Err(error) if error.is_not_found() => println!("no such file"),
///     Err(error) if error.is_transient() => println!("try again later: {error}"),
///     Err(error) => return Err(error),
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    phase: Phase,
    closed: bool,
    command: Option<String>,
    reply: Option<Reply>,
    channel: Option<Channel>,
    address: Option<SocketAddr>,
    bytes: Option<u64>,
    io: Option<Arc<io::Error>>,
    path: Option<PathBuf>,
}

/// The questions.
impl Error {
    /// What went wrong.
    pub const fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// What the client was doing.
    pub const fn phase(&self) -> Phase {
        self.0.phase
    }

    /// The command it was about, with secrets hidden: `RETR a.txt`, `PASS ***`.
    pub fn command(&self) -> Option<&str> {
        self.0.command.as_deref()
    }

    /// What the server said.
    pub const fn reply(&self) -> Option<&Reply> {
        self.0.reply.as_ref()
    }

    /// The code of what the server said.
    pub fn code(&self) -> Option<ReplyCode> {
        self.reply().map(Reply::code)
    }

    /// The connection on which it happened.
    pub const fn channel(&self) -> Option<Channel> {
        self.0.channel
    }

    /// The address that was connected to or listened on.
    pub const fn address(&self) -> Option<SocketAddr> {
        self.0.address
    }

    /// Bytes that had gone over the data connection, of a transfer that had begun.
    pub const fn bytes(&self) -> Option<u64> {
        self.0.bytes
    }

    /// The local file that it is about.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// What the operating system said.
    pub fn io_error(&self) -> Option<&io::Error> {
        self.0.io.as_deref()
    }

    /// Whether the client is dead: every later call fails, and only a new connection helps.
    pub const fn is_closed(&self) -> bool {
        self.0.closed
    }

    /// Whether the same thing may work later, perhaps on a new connection: 4yz replies, timeouts,
    /// and connections that can't be made or break.
    pub fn is_transient(&self) -> bool {
        match self.0.kind {
            ErrorKind::TimedOut(_) | ErrorKind::Connect | ErrorKind::Data(_) => true,
            ErrorKind::Rejected => self.reply_is(400..500),
            ErrorKind::Closed => self.0.reply.is_none() || self.reply_is(400..500),
            _ => false,
        }
    }

    /// Whether the server refused for good: 5yz.
    pub fn is_permanent(&self) -> bool {
        self.reply_is(500..600)
    }

    /// Whether the server refused with 550, or 450 with nothing better: most often because there
    /// is no such file, sometimes because it may not be touched. FTP can't tell these apart.
    pub fn is_not_found(&self) -> bool {
        matches!(
            self.code(),
            Some(ReplyCode::FILE_UNAVAILABLE | ReplyCode::FILE_BUSY)
        ) && self.0.kind == ErrorKind::Rejected
    }

    /// Whether the server doesn't know the command or this use of it: 500, 501, 502, 504.
    pub fn is_not_implemented(&self) -> bool {
        matches!(
            self.code(),
            Some(
                ReplyCode::SYNTAX_ERROR
                    | ReplyCode::ARGUMENT_ERROR
                    | ReplyCode::NOT_IMPLEMENTED
                    | ReplyCode::ARGUMENT_NOT_IMPLEMENTED
            )
        )
    }

    /// Whether a deadline passed.
    pub const fn is_timeout(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::TimedOut(_) | ErrorKind::Data(DataFailure::Stalled)
        )
    }

    fn reply_is(&self, codes: core::ops::Range<u16>) -> bool {
        self.code()
            .is_some_and(|code| codes.contains(&code.value()))
    }
}

/// How the crate makes one.
impl Error {
    pub(crate) fn new(kind: ErrorKind, phase: Phase) -> Self {
        Self(Box::new(Inner {
            kind,
            phase,
            closed: false,
            command: None,
            reply: None,
            channel: None,
            address: None,
            bytes: None,
            io: None,
            path: None,
        }))
    }

    pub(crate) fn bad_input(why: impl fmt::Display) -> Self {
        Self::new(ErrorKind::BadInput(why.to_string()), Phase::Command)
    }

    pub(crate) fn rejected(reply: Reply, phase: Phase) -> Self {
        Self::new(ErrorKind::Rejected, phase)
            .with_reply(Some(reply))
            .on(Channel::Control)
    }

    pub(crate) fn local_file(error: io::Error) -> Self {
        Self::new(ErrorKind::LocalFile, Phase::LocalFile).with_io(Some(Arc::new(error)))
    }

    /// The session died of this.
    pub(crate) fn died(why: Failure, phase: Phase) -> Self {
        let (kind, reply, channel) = match why {
            Failure::Disconnected => (ErrorKind::Closed, None, Channel::Control),
            Failure::ServiceNotAvailable(reply) => {
                (ErrorKind::Closed, Some(reply), Channel::Control)
            }
            Failure::Protocol(error) => (ErrorKind::Protocol(error), None, Channel::Control),
            Failure::TimedOut(timer) => {
                let channel = match timer {
                    Timer::DataOpen | Timer::Stall => Channel::Data,
                    _ => Channel::Control,
                };
                (ErrorKind::TimedOut(timer), None, channel)
            }
            _ => (ErrorKind::Closed, None, Channel::Control),
        };
        let mut error = Self::new(kind, phase).with_reply(reply).on(channel);
        error.0.closed = true;
        error
    }

    pub(crate) fn on(mut self, channel: Channel) -> Self {
        self.0.channel = Some(channel);
        self
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_phase(mut self, phase: Phase) -> Self {
        self.0.phase = phase;
        self
    }

    pub(crate) fn with_command(mut self, command: impl fmt::Display) -> Self {
        self.0.command = Some(command.to_string());
        self
    }

    pub(crate) fn with_reply(mut self, reply: Option<Reply>) -> Self {
        self.0.reply = reply;
        self
    }

    pub(crate) fn with_address(mut self, address: Option<SocketAddr>) -> Self {
        self.0.address = address;
        self
    }

    pub(crate) fn with_bytes(mut self, bytes: u64) -> Self {
        self.0.bytes = Some(bytes);
        self
    }

    /// Names the local file, if it is about one.
    pub(crate) fn with_path(mut self, path: &Path) -> Self {
        if self.0.phase == Phase::LocalFile {
            self.0.path = Some(path.to_owned());
        }
        self
    }

    pub(crate) fn with_io(mut self, io: Option<Arc<io::Error>>) -> Self {
        self.0.io = io;
        self
    }
}

/// `RETR a.txt: refused: 550 No such file`: what was done, what went wrong, what helps.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match (&inner.command, &inner.path) {
            (Some(command), _) => f.write_str(command)?,
            (None, Some(path)) => write!(f, "{}", path.display())?,
            (None, None) => f.write_str(match inner.phase {
                Phase::Connect => "connecting",
                Phase::Greeting => "waiting for the greeting",
                Phase::Login => "logging in",
                Phase::Command => "command",
                Phase::Transfer => "transfer",
                Phase::LocalFile => "local file",
            })?,
        }
        if let Some(address) = inner.address {
            match inner.channel {
                Some(Channel::Data) => write!(f, ": data connection with {address}")?,
                _ => write!(f, " to {address}")?,
            }
        }
        match &inner.kind {
            ErrorKind::BadInput(why) => write!(f, ": {why}")?,
            ErrorKind::Rejected => f.write_str(": refused")?,
            ErrorKind::TimedOut(timer) => write!(f, ": timed out: {timer}")?,
            ErrorKind::Data(failure) => write!(f, ": {failure}")?,
            ErrorKind::Closed => f.write_str(": the control connection is closed")?,
            ErrorKind::Protocol(error) => write!(f, ": {error}")?,
            ErrorKind::BadReply => f.write_str(": the answer can't be read")?,
            ErrorKind::SizeMismatch { expected, actual } => {
                write!(f, ": {actual} bytes instead of {expected}")?;
            }
            ErrorKind::RestartIgnored => f.write_str(": the server ignored the restart offset")?,
            // What the operating system says follows.
            ErrorKind::Connect | ErrorKind::LocalFile => {}
            ErrorKind::Aborted => f.write_str(": aborted")?,
        }
        if let Some(reply) = &inner.reply {
            write!(f, ": {reply}")?;
        }
        if let Some(error) = &inner.io {
            write!(f, ": {error}")?;
        }
        self.cure().map_or(Ok(()), |cure| write!(f, " ({cure})"))
    }
}

impl Error {
    /// What helps, where that isn't plain.
    const fn cure(&self) -> Option<&'static str> {
        Some(match self.0.kind {
            ErrorKind::Data(DataFailure::CantConnect) | ErrorKind::TimedOut(Timer::DataOpen) => {
                "a firewall may be in the way: try the other of passive and active mode"
            }
            ErrorKind::Data(DataFailure::CantListen) => {
                "no port to listen on: widen the port range or use passive mode"
            }
            ErrorKind::SizeMismatch { .. } => "the file may be changing: fetch it again",
            ErrorKind::RestartIgnored => "fetch the whole file instead",
            ErrorKind::Protocol(_) => "is this an FTP server?",
            _ => return None,
        })
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Has no source: the message already holds what the operating system said.
impl core::error::Error for Error {}

impl From<BadArgument> for Error {
    fn from(error: BadArgument) -> Self {
        Self::bad_input(error)
    }
}

impl From<Refused> for Error {
    fn from(error: Refused) -> Self {
        Self::bad_input(error)
    }
}

/// For `tokio::io::copy` and its like. The [`Error`] is found again by
/// [`io::Error::downcast`].
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match &error.0.kind {
            ErrorKind::BadInput(_) => io::ErrorKind::InvalidInput,
            ErrorKind::TimedOut(_) | ErrorKind::Data(DataFailure::Stalled) => {
                io::ErrorKind::TimedOut
            }
            ErrorKind::Rejected if error.is_not_found() => io::ErrorKind::NotFound,
            ErrorKind::Closed => io::ErrorKind::ConnectionAborted,
            ErrorKind::Data(_) => io::ErrorKind::ConnectionReset,
            ErrorKind::Protocol(_) => io::ErrorKind::InvalidData,
            ErrorKind::SizeMismatch { expected, actual } if actual < expected => {
                io::ErrorKind::UnexpectedEof
            }
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}
