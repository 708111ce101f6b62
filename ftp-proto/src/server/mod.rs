//! The server session.

mod answer;
mod config;
mod output;

pub use answer::{Answer, Discard, FailureKind, Grant, Rights};
pub use config::ServerConfig;
pub use output::{Ask, AskId, Job, ListStyle, Note, Output, StoreMode};

use alloc::sync::Arc;
use core::net::SocketAddr;

use crate::session::{ChannelId, DataEvent};
use crate::time::Moment;

/// The two ends of the control connection.
///
/// `None` over a transport without addresses, such as a pipe in memory; then every peer of a data
/// connection is admitted, and PORT and EPRT are refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connected {
    /// The client's end.
    pub peer: Option<SocketAddr>,
    /// The server's end.
    pub local: Option<SocketAddr>,
}

impl Connected {
    /// A connection between these two addresses.
    pub const fn new(peer: SocketAddr, local: SocketAddr) -> Self {
        Self {
            peer: Some(peer),
            local: Some(local),
        }
    }
}

/// One session of a server.
#[derive(Debug)]
pub struct ServerSession {
    #[expect(dead_code, reason = "the first draft answers nothing")]
    config: Arc<ServerConfig>,
}

impl ServerSession {
    /// A session on a new connection; the greeting is queued.
    pub fn new(config: Arc<ServerConfig>, connected: Connected, now: Moment) -> Self {
        let _ = (connected, now);
        Self { config }
    }

    /// Takes bytes of the control connection, cut anywhere.
    pub fn handle_bytes(&mut self, input: &[u8], now: Moment) {
        let _ = (input, now);
    }

    /// Learns that the client won't send any more on the control connection.
    pub fn handle_eof(&mut self, now: Moment) {
        let _ = now;
    }

    /// Learns that the control connection is broken: nothing more can be read or written.
    pub fn handle_lost(&mut self, now: Moment) {
        let _ = now;
    }

    /// Learns what happened to a data connection.
    pub fn handle_data(&mut self, channel: ChannelId, event: DataEvent, now: Moment) {
        let _ = (channel, event, now);
    }

    /// Learns that the moment of [`poll_timeout`](Self::poll_timeout) has come.
    pub fn handle_timeout(&mut self, now: Moment) {
        let _ = now;
    }

    /// Takes the answer to a question. The answer to a question that was withdrawn is ignored.
    pub fn answer(&mut self, id: AskId, answer: Answer, now: Moment) {
        let _ = (id, answer, now);
    }

    /// Ends the session with 421: at once if nothing runs, else after the reply that is due.
    pub fn shut_down(&mut self, now: Moment) {
        let _ = now;
    }

    /// The bytes to write to the control connection.
    pub fn outgoing(&self) -> &[u8] {
        &[]
    }

    /// Learns how many of the outgoing bytes were written.
    pub fn sent(&mut self, count: usize, now: Moment) {
        let _ = (count, now);
    }

    /// The next thing for the driver to do; poll until `None` after every other call.
    pub fn poll_output(&mut self) -> Option<Output> {
        None
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called.
    pub fn poll_timeout(&self) -> Option<Moment> {
        None
    }

    /// Whether the driver shall read from the control connection; if not, the client is to be
    /// slowed down by not reading.
    pub fn wants_bytes(&self) -> bool {
        true
    }
}

/// The timers of a server session; each has its field in [`ServerConfig`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Timer {
    /// From the connection to a login.
    Login,
    /// Between commands.
    Idle,
    /// The data connection of a transfer.
    DataOpen,
    /// Movement on the data connection.
    Stall,
    /// An upload that becomes permanent.
    Commit,
    /// The delay of a 530.
    LoginDelay,
    /// The delivery of the last reply.
    Close,
}
