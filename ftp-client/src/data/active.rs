//! Active mode: the client listens, the server connects.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::ops::RangeInclusive;
use std::io;

use ftp_proto::client::DataMode;
use ftp_proto::session::{Family, Target};
use futures::future::BoxFuture;
use tokio::net::{TcpListener, TcpSocket};

use super::{ControlInfo, DataListener, DataStrategy, DataStream, possible, unsupported};

/// Active mode: `EPRT`, then `PORT`.
///
/// The listener is bound to the local address of the control connection, on a port that the
/// system picks. Only the server may connect to it: strangers are dropped, and the wait goes on.
///
/// ```
/// use ftp_client::data::Active;
///
/// // Behind a router that forwards these ports:
/// let strategy = Active::new()
///     .with_ports(50_000..=50_100)
///     .with_advertised("203.0.113.7".parse().unwrap());
/// ```
#[derive(Clone, Debug)]
pub struct Active {
    modes: &'static [DataMode],
    ports: RangeInclusive<u16>,
    bind: Option<IpAddr>,
    advertised: Option<IpAddr>,
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
            advertised: None,
        }
    }

    /// Listens on these ports only, the first free one. Default: any port.
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
            advertised: Some(address),
            ..self
        }
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

    fn dial(&self, _: Target, _: &ControlInfo) -> BoxFuture<'static, io::Result<DataStream>> {
        unsupported("passive mode is turned off")
    }

    fn listen(
        &self,
        family: Family,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn DataListener>>> {
        let (this, local) = (self.clone(), control.local);
        Box::pin(async move {
            let listener = this.bind(family, local)?;
            let mut advertised = listener.local_addr()?;
            advertised.set_ip(
                this.advertised
                    .unwrap_or_else(|| advertised.ip())
                    .to_canonical(),
            );
            Ok(Box::new(Listener {
                listener,
                advertised,
            }) as Box<dyn DataListener>)
        })
    }
}

impl Active {
    fn bind(&self, family: Family, local: Option<SocketAddr>) -> io::Result<TcpListener> {
        let address = self
            .bind
            .or_else(|| local.map(|local| local.ip().to_canonical()))
            .filter(|address| Family::of(*address) == family)
            .unwrap_or(match family {
                Family::Ipv4 => IpAddr::V4(Ipv4Addr::LOCALHOST),
                Family::Ipv6 => IpAddr::V6(Ipv6Addr::LOCALHOST),
            });
        let scope = match local {
            Some(SocketAddr::V6(local)) => local.scope_id(),
            _ => 0,
        };
        let mut last = io::Error::new(io::ErrorKind::InvalidInput, "the port range is empty");
        for port in self.ports.clone() {
            let mut address = SocketAddr::new(address, port);
            if let SocketAddr::V6(address) = &mut address {
                address.set_scope_id(scope);
            }
            match listen(address) {
                Ok(listener) => return Ok(listener),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

/// Listens with a backlog that leaves room for strangers, whom the client drops.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // With a port range, a port that a connection has just left must be usable again.
    socket.set_reuseaddr(cfg!(unix) && address.port() != 0)?;
    socket.bind(address)?;
    socket.listen(16)
}

struct Listener {
    listener: TcpListener,
    advertised: SocketAddr,
}

impl DataListener for Listener {
    fn advertised(&self) -> SocketAddr {
        self.advertised
    }

    fn accept(&mut self) -> BoxFuture<'_, io::Result<(DataStream, Option<SocketAddr>)>> {
        Box::pin(async move {
            let (stream, peer) = self.listener.accept().await?;
            stream.set_nodelay(true)?;
            Ok((DataStream::Tcp(stream), Some(peer)))
        })
    }
}
