//! The client session.

mod config;
mod error;
mod output;
mod phase;
mod request;
mod timer;

pub use config::ClientConfig;
pub use error::{ProtocolError, Refused};
pub use output::{Event, Failure, Output, Ticket, Trace};
pub use phase::Phase;
pub use request::{Credentials, DataMode, Transfer, TransferVerb};
pub use timer::Timer;

use crate::command::Command;
use crate::path::{Argument, PathName};
use crate::session::{ChannelId, DataEvent};
use crate::time::Moment;

/// One session of a client.
#[derive(Debug)]
pub struct ClientSession {
    config: ClientConfig,
}

impl ClientSession {
    /// A session on a new connection; it waits for the greeting.
    pub fn new(config: ClientConfig, now: Moment) -> Self {
        let _ = now;
        Self { config }
    }

    /// Takes bytes of the control connection, cut anywhere.
    pub fn handle_bytes(&mut self, input: &[u8], now: Moment) {
        let _ = (input, now);
    }

    /// Learns that the control connection is closed or broken.
    pub fn handle_eof(&mut self, now: Moment) {
        let _ = now;
    }

    /// Learns what happened to a data connection. Events of channels that are gone are ignored.
    pub fn handle_data(&mut self, channel: ChannelId, event: DataEvent, now: Moment) {
        let _ = (channel, event, now);
    }

    /// Learns that the moment of [`poll_timeout`](Self::poll_timeout) has come.
    pub fn handle_timeout(&mut self, now: Moment) {
        let _ = now;
    }

    /// Logs in: USER, then PASS and ACCT if the server asks for them.
    ///
    /// Ends with [`Event::LoggedIn`] or [`Event::Rejected`].
    ///
    /// # Errors
    ///
    /// [`Refused::Phase`] after [`quit`](Self::quit) and when the session is closed.
    pub fn login(&mut self, who: Credentials, now: Moment) -> Result<Ticket, Refused> {
        let _ = (who, now);
        Err(Refused::Phase(self.phase()))
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
        let _ = (command, now);
        Err(Refused::Phase(self.phase()))
    }

    /// Renames a file: RNFR, then RNTO if the server agrees.
    ///
    /// Ends with [`Event::Answered`] or [`Event::Rejected`].
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    pub fn rename(&mut self, from: PathName, to: PathName, now: Moment) -> Result<Ticket, Refused> {
        let _ = (from, to, now);
        Err(Refused::Phase(self.phase()))
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
        let _ = (what, now);
        Err(Refused::Phase(self.phase()))
    }

    /// Stops the transfer; its ticket ends with [`Event::Aborted`].
    ///
    /// # Errors
    ///
    /// [`Refused::Phase`] if there is no transfer.
    pub fn abort(&mut self, now: Moment) -> Result<(), Refused> {
        let _ = now;
        Err(Refused::Phase(self.phase()))
    }

    /// Gives the transfer up because nobody waits for it any more: what a guard calls when it is
    /// dropped. Its ticket still gets its event, which may be any of a transfer.
    pub fn abandon(&mut self, now: Moment) {
        let _ = now;
    }

    /// Asks for the status: STAT, which without an argument is sent at once during a transfer.
    ///
    /// Ends with [`Event::Answered`] or [`Event::Rejected`].
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    pub fn status(&mut self, of: Option<Argument>, now: Moment) -> Result<Ticket, Refused> {
        let _ = (of, now);
        Err(Refused::Phase(self.phase()))
    }

    /// Ends the session: QUIT, sent at once even during a transfer, which goes on to its end.
    ///
    /// Ends with [`Event::Answered`], then [`Output::CloseControl`] and [`Event::Closed`].
    ///
    /// # Errors
    ///
    /// As [`login`](Self::login).
    pub fn quit(&mut self, now: Moment) -> Result<Ticket, Refused> {
        let _ = now;
        Err(Refused::Phase(self.phase()))
    }

    /// What the session is busy with.
    pub fn phase(&self) -> Phase {
        Phase::Greeting
    }

    /// The settings.
    pub const fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// The bytes to write to the control connection.
    pub fn outgoing(&self) -> &[u8] {
        &[]
    }

    /// Learns how many of the outgoing bytes were written.
    pub fn sent(&mut self, count: usize, now: Moment) {
        let _ = (count, now);
    }

    /// The next thing to do or to tell; poll until `None` after every other call.
    pub fn poll_output(&mut self) -> Option<Output> {
        None
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called.
    pub fn poll_timeout(&self) -> Option<Moment> {
        None
    }

    /// Whether the driver shall read from the control connection.
    pub fn wants_bytes(&self) -> bool {
        true
    }
}
