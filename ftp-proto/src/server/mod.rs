//! The server session.

mod answer;
mod config;
mod output;

pub use answer::{Answer, Discard, FailureKind, Grant, Rights};
pub use config::ServerConfig;
pub use output::{Ask, AskId, Job, ListStyle, Note, Output, StoreMode};

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
}
