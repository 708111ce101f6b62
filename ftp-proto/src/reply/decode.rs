//! From lines to replies ([RFC 959 §4.2]).
//!
//! [RFC 959 §4.2]: https://www.rfc-editor.org/rfc/rfc959#section-4.2

/// How strictly the end of a multi-line reply is recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplySyntax {
    /// By RFC 959: only the same code and a space (or nothing more) ends it.
    #[default]
    Strict,
    /// Any code and a space ends it, and that code counts; glFTPd needs this.
    AnyCodeEnds,
}

/// Why bytes aren't a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// A line doesn't begin with a code from 100 to 599.
    #[error("no reply code")]
    NoCode,
    /// A line is longer than the limit.
    #[error("reply line too long")]
    LineTooLong,
    /// The reply has too many lines or bytes.
    #[error("reply too long")]
    TooLong,
    /// A line holds a NUL.
    #[error("NUL in reply")]
    Nul,
}
