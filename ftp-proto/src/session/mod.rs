//! What both sessions speak about: data channels, what shall be done with them, what happened.
//!
//! No byte of a file passes through a session. It *describes* data connections with
//! [`DataAction`]s and learns of them by [`DataEvent`]s; the driver owns the sockets.
//!
//! ```text
//!            Listen, Dial          Connected            Run            Finished, Failed
//!   (none) ──────────────▶ Connecting ──────▶ Connected ───▶ Running ──────────────────▶ (none)
//!                              │ Failed           │ Close        │ Close → Failed(Cancelled)
//!                              ▼                  ▼              ▼
//!                            (none)             (none)         (none)
//! ```
//!
//! The laws of a channel, for drivers:
//!
//! * A channel is named by a [`ChannelId`] that is never used again in the same session; an event
//!   for a channel that is gone is ignored.
//! * `Listen` is answered by `Listening` or `Failed`; `Accept` and `Dial` by `Connected` or
//!   `Failed`; `Run` by any number of `Progress`, then exactly one `Finished` or `Failed`.
//! * `Close` of a channel that doesn't run is final: no event follows. `Close` of one that runs
//!   stops it, and its `Finished` or `Failed` follows as soon as nobody touches file or socket any
//!   more.

mod failure;
mod timer;

pub use failure::FailureKind;

pub(crate) use timer::TimerTable;

use core::net::{IpAddr, SocketAddr};

use crate::addr::PeerRule;
use crate::command::{Mode, Structure, TypeCode};

/// The name of one data connection, unique within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub(crate) u32);

/// An address family, as EPRT and EPSV number them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "RFC 2428 defines these two")]
pub enum Family {
    /// 1
    Ipv4,
    /// 2
    Ipv6,
}

impl Family {
    /// The family of an address; an IPv4-mapped IPv6 address counts as IPv4.
    pub fn of(address: IpAddr) -> Self {
        if address.to_canonical().is_ipv4() {
            Self::Ipv4
        } else {
            Self::Ipv6
        }
    }
}

/// Which way the bytes go, seen from the session's own side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there is no third direction")]
pub enum Direction {
    /// From here to the peer.
    Send,
    /// From the peer to here.
    Receive,
}

/// How a file stands on the data connection: type, structure and mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Representation {
    /// `TYPE`
    pub type_code: TypeCode,
    /// `STRU`
    pub structure: Structure,
    /// `MODE`
    pub mode: Mode,
}

impl Representation {
    /// `TYPE I`, `STRU F`, `MODE S`: bytes as they are.
    pub const IMAGE: Self = Self {
        type_code: TypeCode::Image,
        structure: Structure::File,
        mode: Mode::Stream,
    };

    /// `TYPE A`, `STRU F`, `MODE S`: lines that end in CR LF.
    pub const ASCII: Self = Self {
        type_code: TypeCode::Ascii,
        structure: Structure::File,
        mode: Mode::Stream,
    };

    /// Whether the bytes on the wire are those of the file, so that zero-copy is possible.
    pub const fn is_transparent(self) -> bool {
        self.type_code.is_transparent()
            && matches!(self.structure, Structure::File)
            && matches!(self.mode, Mode::Stream)
    }
}

/// How to close a data connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Manner {
    /// In order: what was sent arrives, and the peer sees the end of the file.
    Finish,
    /// At once and visibly broken (RST), so that a cut-off file can't be taken for a whole one.
    Reset,
}

/// Where to connect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// The host that the control connection goes to, whatever its address, at this port.
    ControlHost {
        /// The port.
        port: u16,
    },
    /// This address.
    Address(SocketAddr),
}

/// What the driver must do with data connections.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataAction {
    /// Listens for one connection and tells the address to advertise.
    Listen {
        /// The new channel.
        channel: ChannelId,
        /// The family to listen on.
        family: Family,
    },
    /// Takes one connection from a peer that the rule admits; drops others and goes on waiting.
    Accept {
        /// A channel that listens.
        channel: ChannelId,
        /// Who may connect.
        from: PeerRule,
    },
    /// Connects. The address has been checked.
    Dial {
        /// The new channel.
        channel: ChannelId,
        /// Where to.
        target: Target,
    },
    /// Moves the file.
    Run {
        /// A channel that is connected.
        channel: ChannelId,
        /// Which way.
        direction: Direction,
        /// In which form.
        representation: Representation,
    },
    /// Closes or stops a channel, whatever its state.
    Close {
        /// The channel.
        channel: ChannelId,
        /// How.
        manner: Manner,
    },
}

/// What happened to a data connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataEvent {
    /// The channel listens; this address is what the peer shall be told.
    Listening {
        /// The address to advertise; its port is never 0.
        advertised: SocketAddr,
    },
    /// The connection stands.
    Connected {
        /// The other end; `None` from a strategy that is trusted and has no addresses, such as an
        /// in-memory pipe.
        peer: Option<SocketAddr>,
    },
    /// So many bytes have been moved since `Run`; told now and then while they move, it feeds the
    /// stall timer.
    Progress {
        /// Bytes on the wire so far.
        bytes: u64,
    },
    /// The transfer ended in order on this side.
    Finished {
        /// Bytes on the wire in all.
        bytes: u64,
    },
    /// The channel is gone.
    Failed(DataFailure),
}

/// Why a data connection failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DataFailure {
    /// No listener could be had, or none is allowed.
    #[error("can't listen")]
    CantListen,
    /// The connection was refused, unreachable, or not made in time.
    #[error("can't connect")]
    CantConnect,
    /// The address that the server told for another server is none of its own.
    #[error("the address is not the server's own")]
    ForeignAddress,
    /// The peer broke the connection in the middle.
    #[error("connection broken")]
    Broken,
    /// [`DataAction::Close`] stopped it.
    #[error("cancelled")]
    Cancelled,
    /// Nothing moved for too long.
    #[error("stalled")]
    Stalled,
    /// The side that reads or writes the file failed. The driver knows more.
    #[error("storage failed: {0}")]
    Storage(FailureKind),
}
