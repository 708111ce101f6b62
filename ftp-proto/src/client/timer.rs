//! The timers of a client session.

use core::fmt;
use core::time::Duration;

use super::ClientConfig;

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

impl Timer {
    /// All of them, in the order of their numbers.
    pub(super) const ALL: [Self; 6] = [
        Self::Greeting,
        Self::Reply,
        Self::DataOpen,
        Self::Stall,
        Self::Finish,
        Self::Abort,
    ];

    /// How long it runs.
    pub(super) const fn length(self, config: &ClientConfig) -> Duration {
        match self {
            Self::Greeting => config.greeting_timeout,
            Self::Reply => config.reply_timeout,
            Self::DataOpen => config.data_open_timeout,
            Self::Stall => config.stall_timeout,
            Self::Finish => config.finish_timeout,
            Self::Abort => config.abort_timeout,
        }
    }
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
