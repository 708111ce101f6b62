//! From a line to a [`Command`], in two steps: verb and argument, then the typed value.

use core::fmt;

use crate::path::Argument;

use super::Verb;

/// A verb and its argument, not looked into.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawCommand {
    verb: Argument,
    argument: Option<Argument>,
}

impl RawCommand {
    /// The verb as it came, in any case.
    pub fn verb(&self) -> &[u8] {
        self.verb.as_bytes()
    }

    /// What follows the verb and one space.
    pub const fn argument(&self) -> Option<&Argument> {
        self.argument.as_ref()
    }
}

/// Debug output shows the verb alone: nobody knows what is secret in a foreign command.
impl fmt::Debug for RawCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "RawCommand({:?}{})",
            self.verb,
            if self.argument.is_some() { " …" } else { "" }
        )
    }
}

/// Why a line isn't a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// There is no verb at the beginning of the line.
    #[error("no command")]
    NoVerb,
    /// The verb needs an argument.
    #[error("{0} needs an argument")]
    MissingArgument(Verb),
    /// The verb takes no argument.
    #[error("{0} takes no argument")]
    UnexpectedArgument(Verb),
    /// The argument can't be read.
    #[error("bad argument for {0}")]
    BadArgument(Verb),
    /// The line holds a NUL or CR.
    #[error("forbidden byte in command")]
    ForbiddenByte,
}
