//! From a [`Command`] to a line, for the wire and for a trace.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use super::{Command, EpsvArgument, Verb};
use crate::addr;
use crate::wire;

impl Command {
    /// Its verb; `None` if this crate doesn't know it.
    pub fn verb(&self) -> Option<Verb> {
        Some(match self {
            Self::User(_) => Verb::User,
            Self::Pass(_) => Verb::Pass,
            Self::Acct(_) => Verb::Acct,
            Self::Cwd(_) => Verb::Cwd,
            Self::Cdup => Verb::Cdup,
            Self::Smnt(_) => Verb::Smnt,
            Self::Rein => Verb::Rein,
            Self::Quit => Verb::Quit,
            Self::Port(_) => Verb::Port,
            Self::Pasv => Verb::Pasv,
            Self::Type(_) => Verb::Type,
            Self::Stru(_) => Verb::Stru,
            Self::Mode(_) => Verb::Mode,
            Self::Retr(_) => Verb::Retr,
            Self::Stor(_) => Verb::Stor,
            Self::Stou(_) => Verb::Stou,
            Self::Appe(_) => Verb::Appe,
            Self::Allo { .. } => Verb::Allo,
            Self::Rest(_) => Verb::Rest,
            Self::Rnfr(_) => Verb::Rnfr,
            Self::Rnto(_) => Verb::Rnto,
            Self::Abor => Verb::Abor,
            Self::Dele(_) => Verb::Dele,
            Self::Rmd(_) => Verb::Rmd,
            Self::Mkd(_) => Verb::Mkd,
            Self::Pwd => Verb::Pwd,
            Self::List(_) => Verb::List,
            Self::Nlst(_) => Verb::Nlst,
            Self::Site(_) => Verb::Site,
            Self::Syst => Verb::Syst,
            Self::Stat(_) => Verb::Stat,
            Self::Help(_) => Verb::Help,
            Self::Noop => Verb::Noop,
            Self::Auth(_) => Verb::Auth,
            Self::Adat(_) => Verb::Adat,
            Self::Pbsz(_) => Verb::Pbsz,
            Self::Prot(_) => Verb::Prot,
            Self::Ccc => Verb::Ccc,
            Self::Mic(_) => Verb::Mic,
            Self::Conf(_) => Verb::Conf,
            Self::Enc(_) => Verb::Enc,
            Self::Feat => Verb::Feat,
            Self::Opts(_) => Verb::Opts,
            Self::Eprt(_) => Verb::Eprt,
            Self::Epsv(_) => Verb::Epsv,
            Self::Lang(_) => Verb::Lang,
            Self::Mdtm(_) => Verb::Mdtm,
            Self::Size(_) => Verb::Size,
            Self::Mlst(_) => Verb::Mlst,
            Self::Mlsd(_) => Verb::Mlsd,
            Self::Host(_) => Verb::Host,
            Self::Mfmt { .. } => Verb::Mfmt,
            Self::Clnt(_) => Verb::Clnt,
            // A caller may have put a known verb into a raw command.
            Self::Other(raw) => return Verb::from_name(raw.verb()),
        })
    }

    /// Appends the line to `out`, with CR LF, and with each 0xFF doubled for Telnet.
    pub fn encode(&self, out: &mut Vec<u8>) {
        wire::escape(self.name(), out);
        if let Some(argument) = self.argument() {
            out.push(b' ');
            wire::escape(&argument, out);
        }
        out.extend_from_slice(b"\r\n");
    }

    /// The verb as it is sent.
    fn name(&self) -> &[u8] {
        match (self, self.verb()) {
            (Self::Other(raw), _) => raw.verb(),
            (_, verb) => verb.map_or("", Verb::name).as_bytes(),
        }
    }

    /// The argument as it is sent, before anything is escaped.
    fn argument(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Cdup
            | Self::Rein
            | Self::Quit
            | Self::Pasv
            | Self::Abor
            | Self::Pwd
            | Self::Syst
            | Self::Noop
            | Self::Ccc
            | Self::Feat
            | Self::Epsv(EpsvArgument::Unspecified) => None,

            Self::User(text)
            | Self::Site(text)
            | Self::Auth(text)
            | Self::Adat(text)
            | Self::Mic(text)
            | Self::Conf(text)
            | Self::Enc(text)
            | Self::Opts(text)
            | Self::Host(text)
            | Self::Clnt(text) => Some(text.as_bytes().into()),
            Self::Pass(secret) | Self::Acct(secret) => Some(secret.expose().as_bytes().into()),
            Self::List(text)
            | Self::Nlst(text)
            | Self::Stat(text)
            | Self::Help(text)
            | Self::Lang(text) => text.as_ref().map(|text| text.as_bytes().into()),

            Self::Cwd(path)
            | Self::Smnt(path)
            | Self::Retr(path)
            | Self::Stor(path)
            | Self::Appe(path)
            | Self::Rnfr(path)
            | Self::Rnto(path)
            | Self::Dele(path)
            | Self::Rmd(path)
            | Self::Mkd(path)
            | Self::Mdtm(path)
            | Self::Size(path) => Some(path.as_bytes().into()),
            Self::Stou(path) | Self::Mlst(path) | Self::Mlsd(path) => {
                path.as_ref().map(|path| path.as_bytes().into())
            }
            Self::Mfmt { time, path } => {
                let mut argument = owned(time);
                argument.push(b' ');
                argument.extend_from_slice(path.as_bytes());
                Some(argument.into())
            }

            Self::Port(address) => Some(addr::format_host_port(*address).into_bytes().into()),
            Self::Eprt(address) => Some(addr::format_extended(*address).into_bytes().into()),
            Self::Epsv(argument) => Some(owned(argument).into()),
            Self::Type(code) => Some(owned(code).into()),
            Self::Stru(structure) => Some(owned(structure).into()),
            Self::Mode(mode) => Some(owned(mode).into()),
            Self::Prot(protection) => Some(owned(protection).into()),
            Self::Rest(offset) => Some(owned(offset).into()),
            Self::Pbsz(size) => Some(owned(size).into()),
            Self::Allo { size, record: None } => Some(owned(size).into()),
            Self::Allo {
                size,
                record: Some(record),
            } => Some(owned(format_args!("{size} R {record}")).into()),

            Self::Other(raw) => raw.argument().map(|text| text.as_bytes().into()),
        }
    }

    /// Whether the argument may hold what nobody but the server should read.
    const fn is_secret(&self) -> bool {
        matches!(
            self,
            Self::Pass(_)
                | Self::Acct(_)
                | Self::Adat(_)
                | Self::Mic(_)
                | Self::Conf(_)
                | Self::Enc(_)
                | Self::Other(_)
        )
    }
}

fn owned(value: impl ToString) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// The command as a trace shows it: without line end, in ASCII, secrets as `***`.
///
/// The argument of an unknown verb counts as secret.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name().escape_ascii())?;
        match self.argument() {
            None => Ok(()),
            Some(_) if self.is_secret() => f.write_str(" ***"),
            Some(argument) => write!(f, " {}", argument.escape_ascii()),
        }
    }
}
