//! What can go wrong: the server broke the rules, or the caller asked at the wrong time.

use crate::command::Verb;
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

/// The session doesn't do what was asked. Nothing was sent, and the session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// That can't be asked in this phase.
    #[error("not possible while {0}")]
    Phase(Phase),
    /// That verb can't go through [`command`](super::ClientSession::command): it has a call of its
    /// own, or it belongs to what the session does by itself.
    #[error("{0} can't be sent as a single command")]
    Verb(Verb),
}
