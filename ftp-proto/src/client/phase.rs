//! What a client session is busy with.

use core::fmt;

/// What a client session is busy with.
///
/// Requests are taken in every phase but [`Quitting`](Self::Quitting) and
/// [`Closed`](Self::Closed); those that can't be served at once wait their turn.
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
    /// QUIT was asked for; nothing else is taken any more.
    Quitting,
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
            Self::Quitting => "quitting",
            Self::Closed => "closed",
        })
    }
}
