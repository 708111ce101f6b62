//! Why the program fails: one line for people.

use core::fmt;
use std::io;

use ftp_client::BadArgument;
use ftp_client::Error;

/// What ends the program with an error: the text of the one line that it prints.
#[derive(Debug)]
pub(crate) struct Trouble(String);

impl Trouble {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Something that went wrong with a local file.
    pub(crate) fn local(path: &str, error: &io::Error) -> Self {
        Self(format!("{path}: {error}"))
    }
}

impl fmt::Display for Trouble {
    /// On one line, whatever a server may have put into it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |character: char| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        };
        f.write_str(&self.0.chars().map(line).collect::<String>())
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

impl From<io::Error> for Trouble {
    /// The guards of transfers wrap their error in one of I/O; what counts is inside.
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<BadArgument> for Trouble {
    fn from(error: BadArgument) -> Self {
        Self(format!("bad name: {error}"))
    }
}
