//! Active mode: the client listens, the server connects.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::ops::RangeInclusive;
use std::io;
use std::sync::Arc;

use ftp_proto::client::DataMode;
use ftp_proto::session::{Family, Target};
use futures::future::BoxFuture;

use super::{ControlInfo, DataStrategy, possible, unsupported};
use crate::connect::{Connection, Endpoint, ListenOn, Listener};

/// Active mode: `EPRT`, then `PORT`.
///
/// The listener is bound to the local address of the control connection, on a port that the
/// system picks. Only the server may connect to it: strangers are dropped, and the wait goes on.
/// The server learns the address of this machine.
///
/// ```
/// use ftp_client::data::Active;
///
/// // Behind a router that forwards these ports:
/// let strategy = Active::new()
///     .with_ports(50_000..=50_100)
///     .with_advertised("203.0.113.7".parse().unwrap());
///
/// // A router that forwards them from other ports:
/// let strategy = Active::new()
///     .with_ports(50_000..=50_100)
///     .with_advertised_by(|bound| ([203, 0, 113, 7], bound.port() - 10_000).into());
/// ```
#[derive(Clone, Debug)]
pub struct Active {
    modes: &'static [DataMode],
    ports: RangeInclusive<u16>,
    bind: Option<IpAddr>,
    advertise: Advertise,
}

/// What the server is told.
#[derive(Clone)]
enum Advertise {
    /// The address that is listened on.
    Bound,
    Fixed(IpAddr),
    Function(Arc<dyn Fn(SocketAddr) -> SocketAddr + Send + Sync>),
}

impl Active {
    /// `EPRT`, then `PORT`.
    pub const fn new() -> Self {
        Self::of(&[DataMode::Eprt, DataMode::Port])
    }

    /// `EPRT` alone.
    pub const fn eprt() -> Self {
        Self::of(&[DataMode::Eprt])
    }

    /// `PORT` alone; without use over IPv6.
    pub const fn port() -> Self {
        Self::of(&[DataMode::Port])
    }

    const fn of(modes: &'static [DataMode]) -> Self {
        Self {
            modes,
            ports: 0..=0,
            bind: None,
            advertise: Advertise::Bound,
        }
    }

    /// Listens on these ports only, on a free one at random. Default: any port.
    #[must_use]
    pub fn with_ports(self, ports: RangeInclusive<u16>) -> Self {
        Self { ports, ..self }
    }

    /// Listens on this address. Default: that of the control connection.
    #[must_use]
    pub fn with_bind(self, address: IpAddr) -> Self {
        Self {
            bind: Some(address),
            ..self
        }
    }

    /// Tells the server this address, for routers that forward ports. Default: the one that is
    /// listened on.
    #[must_use]
    pub fn with_advertised(self, address: IpAddr) -> Self {
        Self {
            advertise: Advertise::Fixed(address),
            ..self
        }
    }

    /// Tells the server the address that this function makes of the one that is listened on.
    #[must_use]
    pub fn with_advertised_by(
        self,
        advertise: impl Fn(SocketAddr) -> SocketAddr + Send + Sync + 'static,
    ) -> Self {
        Self {
            advertise: Advertise::Function(Arc::new(advertise)),
            ..self
        }
    }

    /// The address of this side to listen on.
    fn address(&self, family: Family, local: Option<SocketAddr>) -> SocketAddr {
        let ip = self
            .bind
            .or_else(|| local.map(|local| local.ip().to_canonical()))
            .filter(|address| Family::of(*address) == family)
            .unwrap_or(match family {
                Family::Ipv4 => IpAddr::V4(Ipv4Addr::LOCALHOST),
                Family::Ipv6 => IpAddr::V6(Ipv6Addr::LOCALHOST),
            });
        let mut address = SocketAddr::new(ip, 0);
        if let (SocketAddr::V6(address), Some(SocketAddr::V6(local))) = (&mut address, local) {
            address.set_scope_id(local.scope_id());
        }
        address
    }
}

impl Default for Active {
    fn default() -> Self {
        Self::new()
    }
}

impl DataStrategy for Active {
    fn modes(&self, control: &ControlInfo) -> Vec<DataMode> {
        possible(self.modes, control)
    }

    fn dial(&self, _: Target, _: &ControlInfo) -> BoxFuture<'static, io::Result<Connection>> {
        unsupported("passive mode is turned off")
    }

    fn listen(
        &self,
        family: Family,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn Listener>>> {
        let listening = control.connector().listen(ListenOn {
            address: self.address(family, control.local),
            ports: self.ports.clone(),
            server: control
                .peer
                .map(Endpoint::Address)
                .or_else(|| control.endpoint.clone()),
        });
        let advertise = self.advertise.clone();
        Box::pin(async move {
            let listener = listening.await?;
            let advertised = advertise.of(listener.advertised());
            Ok(Box::new(Advertised {
                listener,
                advertised,
            }) as Box<dyn Listener>)
        })
    }
}

impl Advertise {
    fn of(&self, bound: SocketAddr) -> SocketAddr {
        let mut told = match self {
            Self::Bound => bound,
            Self::Fixed(ip) => SocketAddr::new(*ip, bound.port()),
            Self::Function(advertise) => advertise(bound),
        };
        told.set_ip(told.ip().to_canonical());
        told
    }
}

impl fmt::Debug for Advertise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bound => f.write_str("Bound"),
            Self::Fixed(ip) => ip.fmt(f),
            Self::Function(_) => f.write_str("Function"),
        }
    }
}

/// A listener of which the server is told another address.
struct Advertised {
    listener: Box<dyn Listener>,
    advertised: SocketAddr,
}

impl Listener for Advertised {
    fn advertised(&self) -> SocketAddr {
        self.advertised
    }

    fn accept(&mut self) -> BoxFuture<'_, io::Result<Connection>> {
        self.listener.accept()
    }
}
