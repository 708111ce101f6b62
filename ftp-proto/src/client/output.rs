//! What a client session tells its driver: actions and events.

use core::net::SocketAddr;

use crate::command::Command;
use crate::reply::Reply;
use crate::session::{DataAction, DataFailure};

use super::Timer;
use super::error::ProtocolError;
use super::request::DataMode;

/// The name of a request, unique within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(crate) u32);

/// One thing for the driver to do or to tell, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Something to do with a data connection.
    Data(DataAction),
    /// Close the control connection; every byte queued before has been sent.
    CloseControl,
    /// Something that the user of the session waits for.
    Event(Event),
    /// Something for a protocol trace; only with [`ClientConfig::trace`](super::ClientConfig).
    Trace(Trace),
}

/// A line of a protocol trace. `Debug` and `Display` of a command hide its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trace {
    /// A command was put into the outgoing bytes.
    Sent(Command),
    /// A reply came, whichever request it belongs to.
    Received(Reply),
}

/// Something that the user of the session waits for.
///
/// Every [`Ticket`] gets exactly one of `Answered`, `Rejected`, `LoggedIn`, `Offered`,
/// `Transferred`, `TransferFailed`, `Aborted` or `Broken`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The server greeted; the session is ready.
    Greeted(Reply),
    /// A 1yz reply, which another one follows. That of a transfer says that the bytes may move.
    Preliminary {
        /// The request.
        ticket: Ticket,
        /// The reply.
        reply: Reply,
    },
    /// The final 2yz or 3yz reply of a command.
    Answered {
        /// The request.
        ticket: Ticket,
        /// The reply.
        reply: Reply,
    },
    /// A 4yz or 5yz reply, or one that asks for what the request doesn't have (332 without an
    /// account, REST not answered 350). For a transfer it is told when its data connection is gone.
    Rejected {
        /// The request.
        ticket: Ticket,
        /// The reply.
        reply: Reply,
        /// The way to make data connections that it refused, if it wasn't the transfer itself.
        mode: Option<DataMode>,
    },
    /// The server listens for another one.
    Offered {
        /// The request.
        ticket: Ticket,
        /// Where; the other server is told it by [`aim`](super::ClientSession::aim).
        address: SocketAddr,
    },
    /// The login is complete.
    LoggedIn {
        /// The request.
        ticket: Ticket,
        /// The 230 or 202 reply.
        reply: Reply,
    },
    /// A transfer is complete on both connections.
    Transferred {
        /// The request.
        ticket: Ticket,
        /// Bytes on the wire.
        bytes: u64,
        /// The final reply.
        reply: Reply,
    },
    /// A transfer failed, but the session goes on.
    TransferFailed {
        /// The request.
        ticket: Ticket,
        /// Bytes on the wire.
        bytes: u64,
        /// What happened to the data connection.
        failure: DataFailure,
        /// The final reply, if one came: with a positive one, the two sides disagree.
        reply: Option<Reply>,
    },
    /// A transfer was stopped by [`abort`](super::ClientSession::abort), and the session goes on.
    Aborted {
        /// The request.
        ticket: Ticket,
        /// Bytes on the wire.
        bytes: u64,
    },
    /// A way to make data connections didn't work; the next one is tried. Only to observe.
    FellBack {
        /// The request.
        ticket: Ticket,
        /// What didn't work.
        from: DataMode,
        /// What is tried now.
        to: DataMode,
        /// The reply that refused it; `None` if the connection couldn't be made.
        reply: Option<Reply>,
    },
    /// The request can't be completed and the session is dead; `Closed` follows.
    Broken {
        /// The request; `None` if there was none: during the greeting, or while idle.
        ticket: Option<Ticket>,
        /// Why.
        why: Failure,
    },
    /// The session is over, with a 421 that came before if there was one.
    Closed(Option<Reply>),
}

impl Event {
    /// A reply refuses what a request is about.
    pub(super) const fn rejected(ticket: Ticket, reply: Reply) -> Self {
        let mode = None;
        Self::Rejected {
            ticket,
            reply,
            mode,
        }
    }

    /// What a final reply means to a request that it settles.
    pub(super) fn answer(ticket: Ticket, reply: Reply) -> Self {
        if reply.code().is_negative() {
            Self::rejected(ticket, reply)
        } else {
            Self::Answered { ticket, reply }
        }
    }
}

/// Why a session died.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The control connection was closed.
    #[error("control connection closed")]
    Disconnected,
    /// The server said 421, or refused the connection instead of greeting.
    #[error("service not available: {0}")]
    ServiceNotAvailable(Reply),
    /// The server broke the rules.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// Nothing came in time.
    #[error("timed out: {0}")]
    TimedOut(Timer),
}
