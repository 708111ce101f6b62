//! Straight to the server, by TCP.

use core::net::{IpAddr, SocketAddr};
use std::io;

use futures::future::BoxFuture;
use rand::RngExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};

use super::race::race;
use super::{Connection, Connector, Endpoint, ListenOn, Listener};

/// Straight to the server, by TCP: of a name any address that answers first, the families in turn
/// (Happy Eyeballs). The default.
#[derive(Clone, Debug, Default)]
pub struct Direct {
    from: Option<IpAddr>,
}

impl Direct {
    /// From whatever address the system chooses.
    pub const fn new() -> Self {
        Self { from: None }
    }

    /// From this address of this machine, for hosts that have several; servers of the other family
    /// are then out of reach.
    #[must_use]
    pub const fn with_bind(self, address: IpAddr) -> Self {
        Self {
            from: Some(address),
        }
    }

    /// Connects to a host, with nothing about who that is.
    pub(super) async fn reach(self, to: Endpoint) -> io::Result<TcpStream> {
        let stream = match to {
            Endpoint::Address(address) => self.dial(address).await?,
            Endpoint::Name(name, port) => {
                let addresses = lookup_host((name.as_str(), port)).await?.collect();
                let this = &self;
                race(addresses, |address| async move {
                    let named = |error: io::Error| {
                        io::Error::new(error.kind(), format!("{address}: {error}"))
                    };
                    this.dial(address).await.map_err(named)
                })
                .await?
            }
        };
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    async fn dial(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let Some(from) = self.from else {
            return TcpStream::connect(address).await;
        };
        let socket = socket_for(address)?;
        socket.bind(SocketAddr::new(from, 0))?;
        socket.connect(address).await
    }
}

impl Connector for Direct {
    fn connect(&self, to: Endpoint) -> BoxFuture<'static, io::Result<Connection>> {
        let this = self.clone();
        Box::pin(async move { Connection::direct(this.reach(to).await?) })
    }

    fn can_listen(&self) -> bool {
        true
    }

    fn listen(&self, on: ListenOn) -> BoxFuture<'static, io::Result<Box<dyn Listener>>> {
        Box::pin(async move {
            let listener = bind(&on)?;
            let mut advertised = listener.local_addr()?;
            advertised.set_ip(advertised.ip().to_canonical());
            Ok(Box::new(Bound {
                listener,
                advertised,
            }) as Box<dyn Listener>)
        })
    }
}

/// Binds the first free port from a random one on, so that nobody can tell the next one.
fn bind(on: &ListenOn) -> io::Result<TcpListener> {
    let mut last = io::Error::new(io::ErrorKind::InvalidInput, "the port range is empty");
    if on.ports.is_empty() {
        return Err(last);
    }
    let first = rand::rng().random_range(on.ports.clone());
    for port in (first..=*on.ports.end()).chain(*on.ports.start()..first) {
        let mut address = on.address;
        address.set_port(port);
        match listen(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Listens with a backlog that leaves room for strangers, whom the client drops.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket_for(address)?;
    // With a port range, a port that a connection has just left must be usable again.
    socket.set_reuseaddr(cfg!(unix) && address.port() != 0)?;
    socket.bind(address)?;
    socket.listen(16)
}

fn socket_for(address: SocketAddr) -> io::Result<TcpSocket> {
    if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }
}

struct Bound {
    listener: TcpListener,
    advertised: SocketAddr,
}

impl Listener for Bound {
    fn advertised(&self) -> SocketAddr {
        self.advertised
    }

    fn accept(&mut self) -> BoxFuture<'_, io::Result<Connection>> {
        Box::pin(async move {
            let (stream, _) = self.listener.accept().await?;
            stream.set_nodelay(true)?;
            Connection::direct(stream)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn on(ports: core::ops::RangeInclusive<u16>) -> ListenOn {
        ListenOn {
            address: "127.0.0.1:0".parse().unwrap(),
            ports,
            server: None,
        }
    }

    #[tokio::test]
    async fn a_port_of_a_range_can_not_be_foretold() {
        let bound = |_| {
            bind(&on(20_000..=29_999))
                .unwrap()
                .local_addr()
                .unwrap()
                .port()
        };
        let ports: HashSet<u16> = (0..20).map(bound).collect();
        assert!(ports.len() > 10, "{ports:?}");
        assert!(
            ports.iter().all(|port| (20_000..=29_999).contains(port)),
            "{ports:?}"
        );
    }

    #[tokio::test]
    async fn a_range_that_others_use_is_an_error_until_they_stop() {
        let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = other.local_addr().unwrap().port();
        let error = bind(&on(port..=port)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        drop(other);
        bind(&on(port..=port)).unwrap();
    }

    #[test]
    #[expect(clippy::reversed_empty_ranges, reason = "that is the point")]
    fn an_empty_range_is_an_error() {
        assert_eq!(
            bind(&on(9..=8)).unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
    }
}
