//! From a line to a [`Command`], in two steps: verb and argument, then the typed value.
//!
//! ```text
//! command  = verb [SP argument]
//! verb     = 1*(ALPHA / DIGIT)            ; in any case
//! argument = *<any byte but NUL, CR, LF>  ; begins after exactly one space
//! ```
//!
//! A second space belongs to the argument, since file names may begin and end with one
//! ([RFC 3659 §2.2]). Around arguments that are no names or text, spaces don't count.
//!
//! [RFC 3659 §2.2]: https://www.rfc-editor.org/rfc/rfc3659#section-2.2

use core::fmt;
use core::net::SocketAddr;

use super::{Command, EpsvArgument, Mode, Protection, Structure, TypeCode, Verb};
use crate::addr::{self, ExtendedError};
use crate::ascii;
use crate::path::{Argument, PathName};
use crate::secret::Secret;
use crate::timestamp::Timestamp;
use crate::wire;

/// A verb and its argument, not looked into.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawCommand {
    verb: Argument,
    argument: Option<Argument>,
}

impl RawCommand {
    /// A command from its parts.
    ///
    /// # Errors
    ///
    /// [`CommandError::NoVerb`] if the verb is empty or has other bytes than letters and digits.
    pub fn new(verb: Argument, argument: Option<Argument>) -> Result<Self, CommandError> {
        if !verb.is_empty() && verb.as_bytes().iter().all(u8::is_ascii_alphanumeric) {
            Ok(Self { verb, argument })
        } else {
            Err(CommandError::NoVerb)
        }
    }

    /// Takes a line, without its end, apart.
    ///
    /// # Errors
    ///
    /// [`CommandError::NoVerb`] and [`CommandError::ForbiddenByte`].
    pub fn parse(line: &[u8]) -> Result<Self, CommandError> {
        // What precedes the verb if the IAC of a Telnet Synch came as urgent data, out of line: its
        // data mark alone, which nobody can tell from text before the verb is looked for.
        let telnet = line.iter().take_while(|&&byte| wire::is_command(byte));
        let line = line.get(telnet.count()..).unwrap_or_default();
        let (verb, argument) = match ascii::split_once(line, b' ') {
            Some((verb, argument)) => (verb, Some(argument)),
            None => (line, None),
        };
        let argument = argument.map(checked).transpose()?;
        Self::new(checked(verb)?, argument)
    }

    /// The verb as it came, in any case.
    pub fn verb(&self) -> &[u8] {
        self.verb.as_bytes()
    }

    /// What follows the verb and one space.
    pub const fn argument(&self) -> Option<&Argument> {
        self.argument.as_ref()
    }
}

fn checked(bytes: &[u8]) -> Result<Argument, CommandError> {
    Argument::new(bytes).map_err(|_| CommandError::ForbiddenByte)
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
    /// EPRT names an address family other than IPv4 and IPv6; the answer is 522.
    #[error("unknown network protocol")]
    UnknownFamily,
    /// The line holds a NUL or CR.
    #[error("forbidden byte in command")]
    ForbiddenByte,
}

impl Command {
    /// Reads a line, without its end.
    ///
    /// An unknown verb is no error but [`Command::Other`]. An optional argument that is empty reads
    /// as none.
    ///
    /// # Errors
    ///
    /// Each [`CommandError`], as it says.
    pub fn parse(line: &[u8]) -> Result<Self, CommandError> {
        Self::try_from(RawCommand::parse(line)?)
    }
}

impl TryFrom<RawCommand> for Command {
    type Error = CommandError;

    /// Gives a raw command its meaning.
    fn try_from(raw: RawCommand) -> Result<Self, CommandError> {
        let Some(verb) = Verb::from_name(raw.verb()) else {
            return Ok(Self::Other(raw));
        };
        let argument = raw.argument;
        Ok(match verb {
            Verb::User => Self::User(text(verb, argument)?),
            Verb::Pass => Self::Pass(Secret::new(argument.unwrap_or_default())),
            Verb::Acct => Self::Acct(Secret::new(text(verb, argument)?)),
            Verb::Cwd => Self::Cwd(path(verb, argument)?),
            Verb::Cdup => nothing(verb, argument, Self::Cdup)?,
            Verb::Smnt => Self::Smnt(path(verb, argument)?),
            Verb::Rein => nothing(verb, argument, Self::Rein)?,
            Verb::Quit => nothing(verb, argument, Self::Quit)?,
            Verb::Port => Self::Port(parameter(verb, argument, addr::parse_host_port)?),
            Verb::Pasv => nothing(verb, argument, Self::Pasv)?,
            Verb::Type => Self::Type(parameter(verb, argument, type_code)?),
            Verb::Stru => Self::Stru(parameter(verb, argument, structure)?),
            Verb::Mode => Self::Mode(parameter(verb, argument, mode)?),
            Verb::Retr => Self::Retr(path(verb, argument)?),
            Verb::Stor => Self::Stor(path(verb, argument)?),
            Verb::Stou => Self::Stou(optional_path(argument)),
            Verb::Appe => Self::Appe(path(verb, argument)?),
            Verb::Allo => {
                let (size, record) = parameter(verb, argument, allocation)?;
                Self::Allo { size, record }
            }
            Verb::Rest => Self::Rest(parameter(verb, argument, ascii::number)?),
            Verb::Rnfr => Self::Rnfr(path(verb, argument)?),
            Verb::Rnto => Self::Rnto(path(verb, argument)?),
            Verb::Abor => nothing(verb, argument, Self::Abor)?,
            Verb::Dele => Self::Dele(path(verb, argument)?),
            Verb::Rmd => Self::Rmd(path(verb, argument)?),
            Verb::Mkd => Self::Mkd(path(verb, argument)?),
            Verb::Pwd => nothing(verb, argument, Self::Pwd)?,
            Verb::List => Self::List(optional_text(argument)),
            Verb::Nlst => Self::Nlst(optional_text(argument)),
            Verb::Site => Self::Site(text(verb, argument)?),
            Verb::Syst => nothing(verb, argument, Self::Syst)?,
            Verb::Stat => Self::Stat(optional_text(argument)),
            Verb::Help => Self::Help(optional_text(argument)),
            Verb::Noop => nothing(verb, argument, Self::Noop)?,
            Verb::Auth => Self::Auth(text(verb, argument)?),
            Verb::Adat => Self::Adat(text(verb, argument)?),
            Verb::Pbsz => Self::Pbsz(parameter(verb, argument, ascii::number)?),
            Verb::Prot => Self::Prot(parameter(verb, argument, protection)?),
            Verb::Ccc => nothing(verb, argument, Self::Ccc)?,
            Verb::Mic => Self::Mic(text(verb, argument)?),
            Verb::Conf => Self::Conf(text(verb, argument)?),
            Verb::Enc => Self::Enc(text(verb, argument)?),
            Verb::Feat => nothing(verb, argument, Self::Feat)?,
            Verb::Opts => Self::Opts(text(verb, argument)?),
            Verb::Eprt => Self::Eprt(extended_address(verb, argument)?),
            Verb::Epsv => Self::Epsv(match optional_text(argument) {
                None => EpsvArgument::Unspecified,
                argument => parameter(verb, argument, epsv_argument)?,
            }),
            Verb::Lang => Self::Lang(optional_text(argument)),
            Verb::Mdtm => Self::Mdtm(path(verb, argument)?),
            Verb::Size => Self::Size(path(verb, argument)?),
            Verb::Mlst => Self::Mlst(optional_path(argument)),
            Verb::Mlsd => Self::Mlsd(optional_path(argument)),
            Verb::Host => Self::Host(text(verb, argument)?),
            Verb::Mfmt => {
                let (time, path) = dated_path(verb, argument)?;
                Self::Mfmt { time, path }
            }
            Verb::Clnt => Self::Clnt(text(verb, argument)?),
        })
    }
}

// The kinds of arguments.

/// No argument; spaces alone are none.
fn nothing(
    verb: Verb,
    argument: Option<Argument>,
    command: Command,
) -> Result<Command, CommandError> {
    match argument {
        Some(argument) if !argument.as_bytes().trim_ascii().is_empty() => {
            Err(CommandError::UnexpectedArgument(verb))
        }
        _ => Ok(command),
    }
}

/// Any text, possibly empty: a password may be.
fn text(verb: Verb, argument: Option<Argument>) -> Result<Argument, CommandError> {
    argument.ok_or(CommandError::MissingArgument(verb))
}

fn optional_text(argument: Option<Argument>) -> Option<Argument> {
    argument.filter(|argument| !argument.is_empty())
}

fn path(verb: Verb, argument: Option<Argument>) -> Result<PathName, CommandError> {
    optional_path(argument).ok_or(CommandError::MissingArgument(verb))
}

fn optional_path(argument: Option<Argument>) -> Option<PathName> {
    argument.and_then(|argument| PathName::try_from(argument).ok())
}

/// A parameter with a form of its own; spaces around it don't count.
fn parameter<T>(
    verb: Verb,
    argument: Option<Argument>,
    parse: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, CommandError> {
    let argument = text(verb, argument)?;
    match argument.as_bytes().trim_ascii() {
        b"" => Err(CommandError::MissingArgument(verb)),
        text => parse(text).ok_or(CommandError::BadArgument(verb)),
    }
}

fn extended_address(verb: Verb, argument: Option<Argument>) -> Result<SocketAddr, CommandError> {
    let address = parameter(verb, argument, |text| Some(addr::parse_extended(text)))?;
    address.map_err(|error| match error {
        ExtendedError::UnknownFamily(_) => CommandError::UnknownFamily,
        ExtendedError::Syntax => CommandError::BadArgument(verb),
    })
}

/// `time SP path`; the path begins after one space.
fn dated_path(
    verb: Verb,
    argument: Option<Argument>,
) -> Result<(Timestamp, PathName), CommandError> {
    let argument = text(verb, argument)?;
    let (time, path) =
        ascii::split_once(argument.as_bytes(), b' ').ok_or(CommandError::MissingArgument(verb))?;
    let bad = CommandError::BadArgument(verb);
    Ok((
        Timestamp::parse(time).ok_or(bad)?,
        PathName::new(path).map_err(|_| bad)?,
    ))
}

// The parameters; without spaces around them.

fn type_code(text: &[u8]) -> Option<TypeCode> {
    let (letter, format) = text.split_first()?;
    let format = format.trim_ascii_start().to_ascii_uppercase();
    Some(match (letter.to_ascii_uppercase(), format.as_slice()) {
        (b'A', b"" | b"N") => TypeCode::Ascii,
        (b'A', b"T") => TypeCode::AsciiTelnet,
        (b'A', b"C") => TypeCode::AsciiCarriageControl,
        (b'E', b"" | b"N" | b"T" | b"C") => TypeCode::Ebcdic,
        (b'I', b"") => TypeCode::Image,
        (b'L', b"") => TypeCode::Local(8),
        (b'L', bits) => TypeCode::Local(ascii::number(bits)?),
        _ => return None,
    })
}

fn structure(text: &[u8]) -> Option<Structure> {
    Some(match text {
        b"F" | b"f" => Structure::File,
        b"R" | b"r" => Structure::Record,
        b"P" | b"p" => Structure::Page,
        _ => return None,
    })
}

fn mode(text: &[u8]) -> Option<Mode> {
    Some(match text {
        b"S" | b"s" => Mode::Stream,
        b"B" | b"b" => Mode::Block,
        b"C" | b"c" => Mode::Compressed,
        b"Z" | b"z" => Mode::Deflate,
        _ => return None,
    })
}

fn protection(text: &[u8]) -> Option<Protection> {
    Some(match text {
        b"C" | b"c" => Protection::Clear,
        b"S" | b"s" => Protection::Safe,
        b"E" | b"e" => Protection::Confidential,
        b"P" | b"p" => Protection::Private,
        _ => return None,
    })
}

fn epsv_argument(text: &[u8]) -> Option<EpsvArgument> {
    if text.eq_ignore_ascii_case(b"ALL") {
        return Some(EpsvArgument::All);
    }
    Some(match ascii::number(text)? {
        1 => EpsvArgument::Ipv4,
        2 => EpsvArgument::Ipv6,
        family => EpsvArgument::Family(family),
    })
}

/// `size` or `size SP R SP record`.
fn allocation(text: &[u8]) -> Option<(u64, Option<u64>)> {
    let mut words = text
        .split(|&byte| byte == b' ')
        .filter(|word| !word.is_empty());
    let size = ascii::number(words.next()?)?;
    let record = match words.next() {
        None => None,
        Some(b"R" | b"r") => Some(ascii::number(words.next()?)?),
        Some(_) => return None,
    };
    words.next().is_none().then_some((size, record))
}
