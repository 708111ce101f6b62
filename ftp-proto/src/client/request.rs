//! What the user of a client session can ask for.

use alloc::vec::Vec;
use core::fmt;

use crate::command::{Command, TypeCode};
use crate::path::{Argument, PathName};
use crate::secret::Secret;
use crate::session::Direction;

/// Who logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// `USER`
    pub user: Argument,
    /// `PASS`, sent if the server asks for it.
    pub password: Secret<Argument>,
    /// `ACCT`, sent if the server asks for it.
    pub account: Option<Secret<Argument>>,
}

impl Credentials {
    /// A user with a password.
    pub const fn new(user: Argument, password: Argument) -> Self {
        Self {
            user,
            password: Secret::new(password),
            account: None,
        }
    }

    /// With an account for servers that ask for one (332).
    #[must_use]
    pub fn with_account(self, account: Argument) -> Self {
        Self {
            account: Some(Secret::new(account)),
            ..self
        }
    }
}

/// A way to make data connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataMode {
    /// `EPSV`: the server listens and tells a port.
    Epsv,
    /// `PASV`: the server listens and tells an IPv4 address.
    Pasv,
    /// `EPRT`: this side listens, on any family.
    Eprt,
    /// `PORT`: this side listens on IPv4.
    Port,
}

impl DataMode {
    /// Whether the server connects to this side.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Eprt | Self::Port)
    }

    /// Whether it can't be had on IPv6.
    pub(super) const fn needs_ipv4(self) -> bool {
        matches!(self, Self::Pasv | Self::Port)
    }
}

impl fmt::Display for DataMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Epsv => "EPSV",
            Self::Pasv => "PASV",
            Self::Eprt => "EPRT",
            Self::Port => "PORT",
        })
    }
}

/// A transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfer {
    /// What is transferred.
    pub verb: TransferVerb,
    /// The representation; sent as `TYPE` only if the server isn't set to it.
    pub type_code: TypeCode,
    /// Where to begin, in bytes; sent as `REST` if not 0.
    pub offset: u64,
    /// Where the data connection goes.
    pub data: DataPlan,
}

/// Where the data connection of a transfer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataPlan {
    /// Between the server and this side: the ways to make it, in the order in which they are
    /// tried.
    Local(Vec<DataMode>),
    /// Between the server and another one, which [`offer`](super::ClientSession::offer) and
    /// [`aim`](super::ClientSession::aim) have introduced to each other. This side sees no byte of
    /// it: the final reply alone ends the transfer, however long it takes.
    Remote,
}

impl Transfer {
    /// A transfer from the beginning; listings in TYPE A, files in TYPE I; EPSV, then PASV.
    pub fn new(verb: TransferVerb) -> Self {
        let type_code = if verb.is_listing() {
            TypeCode::Ascii
        } else {
            TypeCode::Image
        };
        Self {
            verb,
            type_code,
            offset: 0,
            data: DataPlan::Local(Vec::from([DataMode::Epsv, DataMode::Pasv])),
        }
    }
}

/// The command of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransferVerb {
    /// `RETR`
    Retrieve(PathName),
    /// `STOR`
    Store(PathName),
    /// `STOU`
    StoreUnique(Option<PathName>),
    /// `APPE`
    Append(PathName),
    /// `LIST`
    List(Option<Argument>),
    /// `NLST`
    NameList(Option<Argument>),
    /// `MLSD`
    MachineList(Option<PathName>),
}

impl TransferVerb {
    /// Whether it lists a directory.
    pub const fn is_listing(&self) -> bool {
        matches!(
            self,
            Self::List(_) | Self::NameList(_) | Self::MachineList(_)
        )
    }

    /// What it is about, as it stands behind the verb.
    pub(super) fn argument(&self) -> Option<&[u8]> {
        match self {
            Self::Retrieve(path) | Self::Store(path) | Self::Append(path) => Some(path.as_bytes()),
            Self::StoreUnique(path) | Self::MachineList(path) => {
                path.as_ref().map(PathName::as_bytes)
            }
            Self::List(argument) | Self::NameList(argument) => {
                argument.as_ref().map(Argument::as_bytes)
            }
        }
    }

    /// Which way the bytes go.
    pub const fn direction(&self) -> Direction {
        match self {
            Self::Store(_) | Self::StoreUnique(_) | Self::Append(_) => Direction::Send,
            _ => Direction::Receive,
        }
    }
}

impl From<TransferVerb> for Command {
    fn from(verb: TransferVerb) -> Self {
        match verb {
            TransferVerb::Retrieve(path) => Self::Retr(path),
            TransferVerb::Store(path) => Self::Stor(path),
            TransferVerb::StoreUnique(path) => Self::Stou(path),
            TransferVerb::Append(path) => Self::Appe(path),
            TransferVerb::List(argument) => Self::List(argument),
            TransferVerb::NameList(argument) => Self::Nlst(argument),
            TransferVerb::MachineList(path) => Self::Mlsd(path),
        }
    }
}
