//! The command line, without showing anybody's password.

use core::error::Error as _;
use std::process;

use clap::Parser;
use clap::error::{ContextKind, ErrorKind};

/// Reads the command line; ends the program if it can't be read, or asks for help only.
///
/// A value that can't be read is not repeated, as [`Parser::parse`] would: a URL or an account holds
/// a password.
pub fn parse_options<T: Parser>() -> T {
    T::try_parse().unwrap_or_else(|error| {
        let argument = error.get(ContextKind::InvalidArg);
        match (error.kind(), argument, error.source()) {
            (ErrorKind::ValueValidation, Some(argument), Some(why)) => {
                eprintln!("error: {argument}: {why}");
                process::exit(2)
            }
            _ => error.exit(),
        }
    })
}
