//! How data connections come to be: strategies for the passive and for the active side.
//!
//! A strategy makes sockets and nothing else. Whether an address may be dialled, and which peer is
//! the right one, is decided by the rules of the core ([`PeerRule`]); a strategy that forgot the
//! rule would be caught, because the session checks every peer once more.
//!
//! ```text
//! PassiveStrategy ──session()──▶ PassivePorts ──reserve()──▶ Reservation ──accept()──▶ Accepted
//!   one a server                  one a session                one a PASV or EPSV      one transfer
//!
//! accept: PROXY header, if demanded (Gate) ──▶ is it the client (PeerRule)? ──▶ bytes
//! ```
//!
//! # Which one cures what
//!
//! | trouble | cure |
//! |---|---|
//! | none: clients reach every port of the server | [`Ephemeral`], the default |
//! | a firewall or NAT at the server lets some ports through | [`PortRange`] of these |
//! | it lets one port through, or very few | [`Shared`] |
//! | clients are told an address that they can't reach | another [policy](Advertise#implementors) for [`advertise`] |
//! | a NAT forwards ports under other numbers | [`ExposedPorts`] |
//! | a load balancer is in front of the data ports | [`ProxyProtocol::with_data`], or every connection seems to be a stranger's |
//! | a firewall at the client lets in what comes from port 20 alone | [`FromPort`]`(20)` |
//! | the server must not connect out, or clients must not connect in | [`Disabled`] |
//! | one client takes all the ports | [`PortRange::with_max_per_client`] |
//! | 425, but only under load | more ports, or [`PortRange::with_patience`] |
//!
//! [`advertise`]: crate::ServerBuilder::advertise
//! [`ProxyProtocol::with_data`]: crate::ProxyProtocol::with_data

mod active;
mod advertise;
mod arrivals;
mod ephemeral;
mod free;
mod gate;
mod listener;
mod pool;
mod range;
mod shared;

use core::fmt;
use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use futures::future::BoxFuture;

pub use active::{Dial, FromPort};
pub use advertise::{Advertise, ByNetwork, ControlAddress, ExposedPorts, LookedUp, PublicAddress};
pub use ephemeral::Ephemeral;
pub use gate::Gate;
pub use range::PortRange;
pub use shared::Shared;

#[doc(no_inline)]
pub use ftp_io::{DataStream, Duplex};
#[doc(no_inline)]
pub use ftp_proto::addr::PeerRule;
#[doc(no_inline)]
pub use ftp_proto::session::Family;

use crate::session::SessionInfo;

/// How a server listens for the data connections of `PASV` and `EPSV`.
pub trait PassiveStrategy: Send + Sync + 'static {
    /// The part of it that one session uses. Whatever it holds is given back when it is dropped.
    fn session(self: Arc<Self>, who: &SessionInfo) -> Box<dyn PassivePorts>;

    /// Whether there are passive data connections at all. If not, `PASV` and `EPSV` are answered
    /// as commands that aren't implemented. Default true.
    fn is_offered(&self) -> bool {
        true
    }
}

/// What one session listens with.
pub trait PassivePorts: Send {
    /// Listens for one connection.
    ///
    /// # Errors
    ///
    /// If there is no port to be had. The client is told 425 and may try again.
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped gives its port back.
    fn reserve(&mut self, claim: Claim) -> BoxFuture<'static, io::Result<Box<dyn Reservation>>>;
}

/// What a session wants to listen for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Claim {
    /// The address family that the client asked for.
    pub family: Family,
    /// What a connection must pass.
    pub gate: Gate,
}

impl Claim {
    /// A claim for a port of this family.
    pub const fn new(family: Family) -> Self {
        Self {
            family,
            gate: Gate::open(),
        }
    }

    /// The claim, for connections that must pass this.
    #[must_use]
    pub fn through(mut self, gate: Gate) -> Self {
        self.gate = gate;
        self
    }

    /// Whether there can be a port of that family at the address of the control connection.
    fn check_family(&self, host: SocketAddr) -> io::Result<()> {
        if Family::of(host.ip()) == self.family {
            Ok(())
        } else {
            Err(io::ErrorKind::AddrNotAvailable.into())
        }
    }
}

/// A port that listens for one connection; dropping it frees the port.
pub trait Reservation: Send {
    /// Where it listens. What the client is told is for [`Advertise`] to say.
    fn bound(&self) -> SocketAddr;

    /// Takes the one connection, from a peer that the rule admits. Others are closed without a
    /// byte, and waiting goes on, so that a stranger costs the client nothing.
    ///
    /// # Errors
    ///
    /// If no connection can be taken any more.
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped frees the port and closes what has connected.
    fn accept(self: Box<Self>, from: PeerRule) -> BoxFuture<'static, io::Result<Accepted>>;
}

/// A data connection that came in.
#[derive(Debug)]
#[non_exhaustive]
pub struct Accepted {
    /// The connection.
    pub stream: DataStream,
    /// The other end; `None` from a strategy that has no addresses and can be trusted, such as one
    /// that hands out pipes.
    pub peer: Option<SocketAddr>,
}

impl Accepted {
    /// A connection and its other end.
    pub fn new(stream: impl Into<DataStream>, peer: Option<SocketAddr>) -> Self {
        Self {
            stream: stream.into(),
            peer,
        }
    }
}

/// How a server makes the data connections of `PORT` and `EPRT`.
pub trait ActiveStrategy: Send + Sync + 'static {
    /// Connects to an address that the rules of the session have admitted. How long that may take
    /// is the session's business.
    ///
    /// # Errors
    ///
    /// If there is no connection. The client is told 425.
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped gives up.
    fn connect(
        &self,
        to: SocketAddr,
        session: &SessionInfo,
    ) -> BoxFuture<'static, io::Result<DataStream>>;

    /// Whether there are active data connections at all. If not, `PORT` and `EPRT` are answered as
    /// commands that aren't implemented. Default true.
    fn is_offered(&self) -> bool {
        true
    }
}

/// No data connections of the kind that it is set for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disabled;

impl PassiveStrategy for Disabled {
    fn session(self: Arc<Self>, _: &SessionInfo) -> Box<dyn PassivePorts> {
        Box::new(*self)
    }

    fn is_offered(&self) -> bool {
        false
    }
}

impl PassivePorts for Disabled {
    fn reserve(&mut self, _: Claim) -> BoxFuture<'static, io::Result<Box<dyn Reservation>>> {
        Box::pin(core::future::ready(Err(io::ErrorKind::Unsupported.into())))
    }
}

impl ActiveStrategy for Disabled {
    fn connect(
        &self,
        _: SocketAddr,
        _: &SessionInfo,
    ) -> BoxFuture<'static, io::Result<DataStream>> {
        Box::pin(core::future::ready(Err(io::ErrorKind::Unsupported.into())))
    }

    fn is_offered(&self) -> bool {
        false
    }
}

impl fmt::Debug for dyn Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reservation").field(&self.bound()).finish()
    }
}
