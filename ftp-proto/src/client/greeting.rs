//! What the first reply of a server means ([RFC 959 §5.4]).
//!
//! [RFC 959 §5.4]: https://www.rfc-editor.org/rfc/rfc959#section-5.4

use crate::reply::{Class, ReplyCode};

/// What the first reply means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greeting {
    /// The session can begin.
    Welcome,
    /// It can, and nobody needs to log in.
    LoggedIn,
    /// The server will be ready later; the real greeting follows.
    Later,
    /// The server wants no session.
    TurnedAway,
    /// That is no greeting.
    Nonsense,
}

impl Greeting {
    pub(super) const fn of(code: ReplyCode) -> Self {
        match code {
            ReplyCode::READY => Self::Welcome,
            ReplyCode::LOGGED_IN => Self::LoggedIn,
            ReplyCode::READY_LATER => Self::Later,
            _ => match code.class() {
                Class::TransientNegative | Class::PermanentNegative => Self::TurnedAway,
                Class::Preliminary | Class::Completion | Class::Intermediate => Self::Nonsense,
            },
        }
    }
}
