//! What can go wrong: the server broke the rules, or the caller asked at the wrong time.

use crate::reply::ReplyError;

use super::Phase;

/// The server did what the protocol forbids; the session can't go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// What came is no reply, or too long for one.
    #[error("malformed reply: {0}")]
    Reply(#[from] ReplyError),
    /// A reply came that no command asked for.
    #[error("unexpected reply {0}")]
    UnexpectedReply(crate::reply::Reply),
    /// It can't be told which command a reply belongs to.
    #[error("replies out of step")]
    OutOfStep,
}

/// The session is in a phase in which that can't be asked. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not possible while {phase}")]
pub struct Refused {
    /// The phase.
    pub phase: Phase,
}
