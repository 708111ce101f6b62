//! The client session.

mod config;
mod error;
mod output;
mod request;

pub use config::ClientConfig;
pub use error::{ProtocolError, Refused};
pub use output::{Event, Failure, Output, Ticket};
pub use request::{Credentials, DataMode, Transfer, TransferVerb};

use core::fmt;

/// What a client session is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// It waits for the 220.
    Greeting,
    /// It waits for something to do.
    Ready,
    /// A command waits for its reply.
    Busy,
    /// A transfer is under way.
    Transferring,
    /// A transfer was abandoned or aborted, and its replies are awaited.
    Recovering,
    /// It is over.
    Closed,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "greeting",
            Self::Ready => "ready",
            Self::Busy => "busy",
            Self::Transferring => "transferring",
            Self::Recovering => "recovering",
            Self::Closed => "closed",
        })
    }
}

/// The timers of a client session; each has its field in [`ClientConfig`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Timer {
    /// The 220.
    Greeting,
    /// A reply.
    Reply,
    /// The data connection.
    DataOpen,
    /// Movement on the data connection.
    Stall,
    /// The final reply of a transfer.
    Finish,
    /// The replies to ABOR.
    Abort,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "greeting",
            Self::Reply => "reply",
            Self::DataOpen => "data connection",
            Self::Stall => "stalled data",
            Self::Finish => "final reply",
            Self::Abort => "reply to ABOR",
        })
    }
}
