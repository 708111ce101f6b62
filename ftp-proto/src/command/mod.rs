//! Commands: the typed values, their verbs, and both directions of the codec.
//!
//! A [`Command`] that exists can be sent: its arguments hold no CR, LF or NUL, its addresses and
//! numbers are in range. A verb that this crate doesn't know survives as [`Command::Other`].

mod decode;
mod encode;
mod params;
#[cfg(test)]
pub(crate) mod strategy;
#[cfg(test)]
mod tests;
mod verb;

pub use decode::{CommandError, RawCommand};
pub use params::{EpsvArgument, Mode, Protection, Structure, TypeCode};
pub use verb::{ArgumentKind, FEATURES_WITHOUT_VERB, Right, VERBS, Verb, VerbSpec};

use core::net::{SocketAddr, SocketAddrV4};

use crate::path::{Argument, PathName};
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// One command of the control connection.
///
/// The order is that of RFC 959 §4.1, then that of the RFCs that added to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    // RFC 959 §4.1.1: access control
    /// `USER`: the name of the user who logs in; drops any earlier login.
    User(Argument),
    /// `PASS`: the password, kept out of every trace.
    Pass(Secret<Argument>),
    /// `ACCT`: the account, asked for by 332 or 532.
    Acct(Secret<Argument>),
    /// `CWD`: changes the working directory.
    Cwd(PathName),
    /// `CDUP`: changes to the parent directory.
    Cdup,
    /// `SMNT`: mounts another file system; refused by nearly every server.
    Smnt(PathName),
    /// `REIN`: logs out and starts over on the same connection.
    Rein,
    /// `QUIT`: ends the session after a running transfer.
    Quit,

    // RFC 959 §4.1.2: transfer parameters
    /// `PORT`: the IPv4 address that the server shall connect to.
    Port(SocketAddrV4),
    /// `PASV`: asks the server to listen, on IPv4.
    Pasv,
    /// `TYPE`: the representation of the data.
    Type(TypeCode),
    /// `STRU`: the structure of files.
    Stru(Structure),
    /// `MODE`: the transfer mode.
    Mode(Mode),

    // RFC 959 §4.1.3: services
    /// `RETR`: sends a file to the client.
    Retr(PathName),
    /// `STOR`: receives a file, replacing one of that name.
    Stor(PathName),
    /// `STOU`: receives a file under a name that the server makes up.
    Stou(Option<PathName>),
    /// `APPE`: receives data and appends it to a file.
    Appe(PathName),
    /// `ALLO`: announces a size in bytes (and, obsolete, a record size).
    Allo {
        /// Bytes that the next upload needs.
        size: u64,
        /// Largest record or page, in bytes (`R` argument).
        record: Option<u64>,
    },
    /// `REST`: the offset in bytes from which the next transfer starts (RFC 3659 §5).
    Rest(u64),
    /// `RNFR`: the file to be renamed.
    Rnfr(PathName),
    /// `RNTO`: its new name.
    Rnto(PathName),
    /// `ABOR`: stops the running transfer.
    Abor,
    /// `DELE`: removes a file.
    Dele(PathName),
    /// `RMD`: removes a directory.
    Rmd(PathName),
    /// `MKD`: makes a directory.
    Mkd(PathName),
    /// `PWD`: asks for the working directory.
    Pwd,
    /// `LIST`: a listing for people; the argument may begin with options such as `-la`.
    List(Option<Argument>),
    /// `NLST`: the names alone.
    Nlst(Option<Argument>),
    /// `SITE`: a service of this server alone.
    Site(Argument),
    /// `SYST`: the operating system.
    Syst,
    /// `STAT`: the state of the session or transfer, or a listing on the control connection.
    Stat(Option<Argument>),
    /// `HELP`: help, on one verb if named.
    Help(Option<Argument>),
    /// `NOOP`: does nothing.
    Noop,

    // RFC 2228 and 4217: security
    /// `AUTH`: asks for a security mechanism, such as `TLS`.
    Auth(Argument),
    /// `ADAT`: security data.
    Adat(Argument),
    /// `PBSZ`: the protection buffer size; 0 with TLS.
    Pbsz(u32),
    /// `PROT`: the protection of data connections.
    Prot(Protection),
    /// `CCC`: clears the control connection.
    Ccc,
    /// `MIC`: an integrity-protected command.
    Mic(Argument),
    /// `CONF`: a confidentiality-protected command.
    Conf(Argument),
    /// `ENC`: a privacy-protected command.
    Enc(Argument),

    // RFC 2389: features
    /// `FEAT`: asks which extensions there are.
    Feat,
    /// `OPTS`: sets the option of a command.
    Opts(Argument),

    // RFC 2428: IPv6 and NAT
    /// `EPRT`: the address that the server shall connect to, of any family.
    Eprt(SocketAddr),
    /// `EPSV`: asks the server to listen; only a port comes back.
    Epsv(EpsvArgument),

    // RFC 2640: internationalisation
    /// `LANG`: the language of reply texts.
    Lang(Option<Argument>),

    // RFC 3659: extensions
    /// `MDTM`: asks for the modification time.
    Mdtm(PathName),
    /// `SIZE`: asks for the size that a transfer would have.
    Size(PathName),
    /// `MLST`: the facts of one file, on the control connection.
    Mlst(Option<PathName>),
    /// `MLSD`: the facts of a directory's entries.
    Mlsd(Option<PathName>),

    // RFC 7151: virtual hosts
    /// `HOST`: the name of the virtual host, before the login.
    Host(Argument),

    // draft-somers-ftp-mfxx and other extensions in wide use
    /// `MFMT`: sets the modification time, in UTC.
    Mfmt {
        /// The new time.
        time: Timestamp,
        /// The file.
        path: PathName,
    },
    /// `CLNT`: the name of the client program.
    Clnt(Argument),

    /// Any other verb, as it came.
    Other(RawCommand),
}
