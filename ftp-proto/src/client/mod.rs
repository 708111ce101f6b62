//! The client session: what is asked for, what the server says, what the data connections do, and
//! what follows from it.
//!
//! A session does no I/O and reads no clock. Its driver feeds it with bytes of the control
//! connection, with [`DataEvent`]s and with the time, and after each call takes what comes out:
//! bytes to send ([`outgoing`](ClientSession::outgoing)), [`Output`]s, and the moment to wake up.
//!
//! Every request gets a [`Ticket`], and every ticket exactly one final [`Event`]. Requests that
//! can't be served at once wait their turn.
//!
//! # Examples
//!
//! A download that the server refuses: the data connection is closed and the refusal told at once;
//! nobody waits for a file that won't come.
//!
//! ```
//! use core::net::SocketAddr;
//! use ftp_proto::client::{ClientConfig, ClientSession, Event, Output, Transfer, TransferVerb};
//! use ftp_proto::session::{DataAction, DataEvent};
//! use ftp_proto::{Moment, PathName};
//!
//! // A driver writes the bytes to a socket; here we only look at them.
//! fn sent(session: &mut ClientSession) -> String {
//!     let bytes = session.outgoing().to_vec();
//!     session.sent(bytes.len(), Moment::ZERO);
//!     String::from_utf8(bytes).unwrap()
//! }
//!
//! let now = Moment::ZERO;
//! let mut session = ClientSession::new(ClientConfig::default(), now);
//! session.handle_bytes(b"220 Hello\r\n", now);
//! assert!(matches!(session.poll_output(), Some(Output::Event(Event::Greeted(_)))));
//!
//! let path = PathName::new("missing.txt")?;
//! let ticket = session.transfer(Transfer::new(TransferVerb::Retrieve(path)), now).unwrap();
//! assert_eq!(sent(&mut session), "TYPE I\r\n");
//! session.handle_bytes(b"200 Done\r\n", now);
//! assert_eq!(sent(&mut session), "EPSV\r\n");
//! session.handle_bytes(b"229 Listening (|||40000|)\r\n", now);
//!
//! // The data connection comes first, the command when it stands.
//! let Some(Output::Data(DataAction::Dial { channel, .. })) = session.poll_output() else {
//!     panic!("no connection is made");
//! };
//! let peer = Some(SocketAddr::from(([192, 0, 2, 1], 40000)));
//! session.handle_data(channel, DataEvent::Connected { peer }, now);
//! assert_eq!(sent(&mut session), "RETR missing.txt\r\n");
//!
//! session.handle_bytes(b"550 No such file\r\n", now);
//! assert!(matches!(session.poll_output(), Some(Output::Data(DataAction::Close { .. }))));
//! let Some(Output::Event(Event::Rejected { ticket: refused, reply, .. })) = session.poll_output() else {
//!     panic!("the refusal isn't told");
//! };
//! assert_eq!((refused, reply.code().value()), (ticket, 550));
//! # Ok::<(), ftp_proto::BadArgument>(())
//! ```
//!
//! # Inside
//!
//! ```text
//!  inputs ──▶ queue ──▶ conversation (login, rename, transfer) or single command
//!                                     │ commands        ▲ replies
//!                                     ▼                 │
//!                                    desk ──────────▶ ledger
//!                         (outgoing bytes, outputs, timers, settings)
//! ```

mod abort;
mod channel;
mod config;
mod conversation;
mod desk;
mod dispatch;
mod error;
mod greeting;
mod introduction;
mod ledger;
mod login;
mod next;
mod output;
mod phase;
mod queue;
mod rename;
mod request;
mod settings;
mod setup;
mod single;
mod timer;
mod transfer;

#[cfg(test)]
mod tests;

pub use config::ClientConfig;
pub use error::{ProtocolError, Refused};
pub use output::{Event, Failure, Output, Ticket, Trace};
pub use phase::Phase;
pub use request::{Credentials, DataMode, DataPlan, Transfer, TransferVerb};
pub use timer::Timer;

use alloc::collections::VecDeque;
use core::fmt;
use core::net::SocketAddr;

use crate::command::{Command, TypeCode};
use crate::path::{Argument, PathName};
use crate::reply::{Reply, ReplyAssembler, ReplyCode, ReplyError};
use crate::session::{ChannelId, DataEvent};
use crate::time::Moment;
use crate::wire::LineBuffer;

use conversation::Conversation;
use desk::Desk;
use queue::{Request, Waiting};
use transfer::TransferFlow;

/// The longest line of a reply, in bytes; as long as the longest path plus some text.
const LONGEST_LINE: usize = 8 * 1024;

/// One session of a client.
pub struct ClientSession {
    life: Life,
    /// Whether QUIT was asked for.
    quits: bool,
    desk: Desk,
    lines: LineBuffer,
    replies: ReplyAssembler,
    waiting: VecDeque<Waiting>,
    active: Option<Conversation>,
    last_ticket: u32,
    /// The 230 of a server that greeted with it, for the first login.
    welcome: Option<Reply>,
    /// Repetitions of the last reply that are forgiven.
    spare: Option<Spare>,
}

/// How far the session as a whole is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Greeting {
        /// Whether a 120 came.
        delayed: bool,
    },
    Open,
    /// QUIT was answered; a transfer may still end.
    Leaving,
    /// The same, and the server has closed the connection.
    Left,
    Closed,
}

/// A reply that some servers say more than once: a greeting, the end of a login, of a transfer.
#[derive(Clone, Copy, Debug)]
struct Spare {
    code: ReplyCode,
    left: u8,
}

impl Spare {
    const fn of(code: ReplyCode) -> Self {
        Self { code, left: 3 }
    }
}

/// Inputs from the world. None of them can fail: trouble comes out as an event, in order.
impl ClientSession {
    /// A session on a new connection; it waits for the greeting.
    pub fn new(config: ClientConfig, now: Moment) -> Self {
        let replies = ReplyAssembler::new(config.reply_syntax);
        let mut desk = Desk::new(config);
        desk.start(Timer::Greeting, now);
        Self {
            life: Life::Greeting { delayed: false },
            quits: false,
            desk,
            lines: LineBuffer::new(LONGEST_LINE),
            replies,
            waiting: VecDeque::new(),
            active: None,
            last_ticket: 0,
            welcome: None,
            spare: None,
        }
    }

    /// Takes bytes of the control connection, cut anywhere.
    pub fn handle_bytes(&mut self, input: &[u8], now: Moment) {
        if self.life == Life::Closed {
            return;
        }
        self.lines.push(input);
        while let Some(line) = self.lines.next_line() {
            let line = line.map_err(|_| ReplyError::LineTooLong);
            match line.and_then(|line| self.replies.handle_line(&line)) {
                Ok(None) => {}
                Ok(Some(reply)) => self.handle_reply(reply, now),
                Err(error) => self.die(ProtocolError::Reply(error).into(), None),
            }
            if self.life == Life::Closed {
                return;
            }
        }
        self.go_on(now);
    }

    /// Learns that the control connection is closed or broken.
    pub fn handle_eof(&mut self, now: Moment) {
        let _ = now;
        match self.life {
            Life::Closed | Life::Left => {}
            // As it should be; the transfer needs nothing from it any more.
            Life::Leaving if self.desk.ledger.is_empty() => self.life = Life::Left,
            _ => self.die(Failure::Disconnected, None),
        }
    }

    /// Learns what happened to a data connection. Events of channels that are gone are ignored.
    pub fn handle_data(&mut self, channel: ChannelId, event: DataEvent, now: Moment) {
        let transfer = self.active.as_mut().and_then(Conversation::transfer_mut);
        if let Some(transfer) = transfer {
            let next = transfer.handle_data(channel, &event, &mut self.desk, now);
            self.follow(next);
            self.go_on(now);
        }
    }

    /// Learns that the moment of [`poll_timeout`](Self::poll_timeout) has come.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.desk.expired(now) {
            self.timed_out(timer, now);
        }
        self.go_on(now);
    }

    /// Learns how many of the outgoing bytes were written.
    pub fn sent(&mut self, count: usize, now: Moment) {
        let oldest_left = self.desk.sent(count);
        if oldest_left && !(self.lines.is_empty() && self.replies.is_idle()) {
            // A part of a reply was here before the command that it would be taken to answer.
            return self.die(ProtocolError::OutOfStep.into(), None);
        }
        self.desk.tend_reply_timer(now);
    }
}

/// Inputs from the user. What can't be served at once waits.
impl ClientSession {
    /// Logs in: USER, then PASS and ACCT if the server asks for them.
    ///
    /// Ends with [`Event::LoggedIn`] or [`Event::Rejected`]. Nothing is sent if the server
    /// greeted with 230.
    ///
    /// # Errors
    ///
    /// [`Refused::Phase`] after [`quit`](Self::quit) and when the session is closed.
    pub fn login(&mut self, who: Credentials, now: Moment) -> Result<Ticket, Refused> {
        self.request(Request::Login(who), now)
    }

    /// Sends a command that has one final reply.
    ///
    /// Ends with [`Event::Answered`] or [`Event::Rejected`].
    ///
    /// # Errors
    ///
    /// [`Refused::Verb`] for verbs that are part of what the session does by itself (data
    /// connections, transfers, login, security) or have a call of their own; otherwise as
    /// [`login`](Self::login).
    pub fn command(&mut self, command: Command, now: Moment) -> Result<Ticket, Refused> {
        let effect = single::effect(&command).map_err(Refused::Verb)?;
        self.request(Request::Command(command, effect), now)
    }

    /// Renames a file: RNFR, then RNTO if the server agrees.
    ///
    /// Ends with [`Event::Answered`] or [`Event::Rejected`].
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    pub fn rename(&mut self, from: PathName, to: PathName, now: Moment) -> Result<Ticket, Refused> {
        self.request(Request::Rename(from, to), now)
    }

    /// Has the server listen for another server, which is to send or get a file.
    ///
    /// Ends with [`Event::Offered`], [`Event::Rejected`], or, if the address that the server tells
    /// is that of another host, with [`Event::TransferFailed`]: a server could make the other one
    /// attack a third ([RFC 2577 §4]). [`ClientConfig::foreign_data`] allows it.
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    ///
    /// [RFC 2577 §4]: https://www.rfc-editor.org/rfc/rfc2577#section-4
    pub fn offer(&mut self, now: Moment) -> Result<Ticket, Refused> {
        self.request(Request::Offer, now)
    }

    /// Tells the server that its next data connection goes to this address, where another server
    /// listens. A transfer with [`DataPlan::Remote`] follows.
    ///
    /// Ends with [`Event::Answered`] or [`Event::Rejected`].
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    pub fn aim(&mut self, at: SocketAddr, now: Moment) -> Result<Ticket, Refused> {
        self.request(Request::Aim(at), now)
    }

    /// Makes a data connection and transfers a file or a listing over it.
    ///
    /// Ends with [`Event::Transferred`], [`Event::TransferFailed`], [`Event::Rejected`] or
    /// [`Event::Aborted`].
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    pub fn transfer(&mut self, what: Transfer, now: Moment) -> Result<Ticket, Refused> {
        self.request(Request::Transfer(what), now)
    }

    /// Stops the transfer, also one that still waits; its ticket ends with [`Event::Aborted`].
    ///
    /// # Errors
    ///
    /// [`Refused::Phase`] if there is no transfer.
    pub fn abort(&mut self, now: Moment) -> Result<(), Refused> {
        self.stop_transfer(TransferFlow::abort, now)
    }

    /// Gives the transfer up because nobody waits for it any more: what a guard calls when it is
    /// dropped. Its ticket still gets its event, which may be any of a transfer.
    pub fn abandon(&mut self, now: Moment) {
        // Without a transfer there is nothing to give up.
        let _ = self.stop_transfer(TransferFlow::abandon, now);
    }

    /// Asks for the status: STAT, which without an argument is sent at once during a transfer.
    ///
    /// Ends with [`Event::Answered`] or [`Event::Rejected`]. Servers that read no commands during
    /// a transfer answer after it.
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    pub fn status(&mut self, of: Option<Argument>, now: Moment) -> Result<Ticket, Refused> {
        match of {
            None => self.request(Request::Status, now),
            // RFC 959 §4.1.3 allows the argument only between transfers.
            Some(of) => self.command(Command::Stat(Some(of)), now),
        }
    }

    /// Ends the session: QUIT, sent at once even during a transfer, which goes on to its end.
    ///
    /// Ends with [`Event::Answered`], then [`Output::CloseControl`] and [`Event::Closed`].
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    pub fn quit(&mut self, now: Moment) -> Result<Ticket, Refused> {
        let ticket = self.request(Request::Quit, now)?;
        self.quits = true;
        Ok(ticket)
    }
}

/// Outputs: what the driver must do after each input.
impl ClientSession {
    /// The bytes to write to the control connection.
    pub fn outgoing(&self) -> &[u8] {
        self.desk.outgoing()
    }

    /// The next thing to do or to tell; poll until `None` after every other call.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.desk.poll_output()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.desk.next_timeout()
    }

    /// Whether the driver shall read from the control connection: not when the session is over,
    /// and not as long as the outputs aren't taken.
    pub fn wants_bytes(&self) -> bool {
        !matches!(self.life, Life::Left | Life::Closed) && !self.desk.is_crowded()
    }

    /// What the session is busy with.
    pub fn phase(&self) -> Phase {
        let transfer = self.active.as_ref().and_then(Conversation::transfer);
        match self.life {
            Life::Closed => Phase::Closed,
            _ if self.quits => Phase::Quitting,
            Life::Greeting { .. } => Phase::Greeting,
            _ if transfer.is_some_and(TransferFlow::is_unwanted) => Phase::Recovering,
            _ if transfer.is_some() => Phase::Transferring,
            _ if self.active.is_none() && self.desk.ledger.has_step() => Phase::Recovering,
            _ if self.is_idle() => Phase::Ready,
            _ => Phase::Busy,
        }
    }

    /// The representation type that the server is set to, while that is known for sure.
    pub const fn type_code(&self) -> Option<TypeCode> {
        self.desk.settings.type_code()
    }

    /// Whether all of these ways to make data connections are known to fail in this session, so
    /// that a refused transfer was refused for their sake.
    pub fn is_hopeless(&self, modes: &[DataMode]) -> bool {
        let memory = &self.desk.settings.modes;
        modes.iter().all(|mode| memory.is_hopeless(*mode))
    }

    /// The settings.
    pub const fn config(&self) -> &ClientConfig {
        &self.desk.config
    }
}

/// Shows neither the outgoing bytes nor the requests, which may hold passwords.
impl fmt::Debug for ClientSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSession")
            .field("phase", &self.phase())
            .field("ledger", &self.desk.ledger)
            .field("waiting", &self.waiting.len())
            .finish_non_exhaustive()
    }
}
