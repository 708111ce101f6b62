//! Through a SOCKS5 proxy ([RFC 1928], [RFC 1929]): CONNECT, and BIND for active mode.
//!
//! ```text
//!  passive:  client ── CONNECT server:port ──▶ proxy ──────▶ server
//!  active:   client ── BIND for server ──────▶ proxy listens
//!            client ◀─ 1st reply: where ────── proxy         (told to the server by EPRT or PORT)
//!            client ◀─ 2nd reply: who came ─── proxy ◀────── server
//! ```
//!
//! [RFC 1928]: https://www.rfc-editor.org/rfc/rfc1928
//! [RFC 1929]: https://www.rfc-editor.org/rfc/rfc1929

use core::fmt;
use core::net::{IpAddr, SocketAddr};
use std::io;

use ftp_io::DataStream;
use futures::future::BoxFuture;
use tokio::net::TcpStream;
use tokio_socks::TargetAddr;
use tokio_socks::tcp::{Socks5Listener, Socks5Stream};

use super::{Connection, Connector, Direct, Endpoint, ListenOn, Listener};

/// Through a SOCKS5 proxy, which looks names up itself.
#[derive(Clone)]
pub struct Socks5 {
    proxy: Endpoint,
    login: Option<(String, String)>,
}

impl Socks5 {
    /// A proxy that asks for no login.
    pub const fn new(proxy: Endpoint) -> Self {
        Self { proxy, login: None }
    }

    /// With a user and a password, each of 1 to 255 bytes, which the proxy learns in the clear.
    #[must_use]
    pub fn with_login(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            login: Some((user.into(), password.into())),
            ..self
        }
    }

    async fn connect(self, to: Endpoint) -> io::Result<Connection> {
        let proxy = Direct::new().reach(self.proxy).await?;
        let target = target(&to);
        let stream = match &self.login {
            None => Socks5Stream::connect_with_socket(proxy, target).await,
            Some((user, password)) => {
                Socks5Stream::connect_with_password_and_socket(proxy, target, user, password).await
            }
        };
        let stream = stream.map_err(refused)?.into_inner();
        Ok(Connection::trusted(DataStream::Tcp(stream)))
    }

    async fn bind(self, server: Option<Endpoint>) -> io::Result<Bound> {
        let proxy = Direct::new().reach(self.proxy).await?;
        let host = proxy.peer_addr()?.ip();
        // Proxies take it for the host whose connection is awaited; who isn't known can't be told.
        let server = server.unwrap_or_else(|| Endpoint::Address(([0; 4], 0).into()));
        let target = target(&server);
        let listener = match &self.login {
            None => Socks5Listener::bind_with_socket(proxy, target).await,
            Some((user, password)) => {
                Socks5Listener::bind_with_password_and_socket(proxy, target, user, password).await
            }
        };
        let listener = listener.map_err(refused)?;
        let advertised = told(&listener.bind_addr(), Some(host))
            .ok_or_else(|| io::Error::other("the SOCKS proxy doesn't tell where it listens"))?;
        Ok(Bound {
            listener: Some(listener),
            advertised,
        })
    }
}

impl Connector for Socks5 {
    fn connect(&self, to: Endpoint) -> BoxFuture<'static, io::Result<Connection>> {
        Box::pin(self.clone().connect(to))
    }

    fn can_listen(&self) -> bool {
        true
    }

    /// Has the proxy listen, wherever it does: it isn't asked for an address or a port.
    fn listen(&self, on: ListenOn) -> BoxFuture<'static, io::Result<Box<dyn Listener>>> {
        let binding = self.clone().bind(on.server);
        Box::pin(async move { Ok(Box::new(binding.await?) as Box<dyn Listener>) })
    }
}

/// Without the password.
impl fmt::Debug for Socks5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socks5")
            .field("proxy", &format_args!("{}", self.proxy))
            .field("user", &self.login.as_ref().map(|(user, _)| user))
            .finish_non_exhaustive()
    }
}

struct Bound {
    /// `None` once its only connection was taken.
    listener: Option<Socks5Listener<TcpStream>>,
    advertised: SocketAddr,
}

impl Listener for Bound {
    fn advertised(&self) -> SocketAddr {
        self.advertised
    }

    fn accept(&mut self) -> BoxFuture<'_, io::Result<Connection>> {
        let listener = self.listener.take();
        Box::pin(async move {
            let listener = listener.ok_or_else(|| {
                io::Error::other("another host than the server connected to the SOCKS proxy")
            })?;
            let opened = listener.accept().await.map_err(refused)?;
            let peer = told(&opened.target_addr(), None);
            let stream = DataStream::Tcp(opened.into_inner());
            Ok(match peer {
                Some(peer) => Connection::from_peer(stream, peer),
                None => Connection::trusted(stream),
            })
        })
    }
}

fn target(endpoint: &Endpoint) -> TargetAddr<'_> {
    match endpoint {
        Endpoint::Name(name, port) => TargetAddr::Domain(name.as_str().into(), *port),
        Endpoint::Address(address) => TargetAddr::Ip(*address),
    }
}

/// The address that a proxy tells; an unspecified one is that of another host, or says nothing.
fn told(address: &TargetAddr<'_>, instead: Option<IpAddr>) -> Option<SocketAddr> {
    match address {
        TargetAddr::Ip(address) if address.ip().is_unspecified() => {
            instead.map(|ip| SocketAddr::new(ip, address.port()))
        }
        TargetAddr::Ip(address) => Some(*address),
        TargetAddr::Domain(..) => None,
    }
}

fn refused(error: tokio_socks::Error) -> io::Error {
    use tokio_socks::Error;
    let kind = match &error {
        Error::Io(error) => error.kind(),
        Error::ConnectionRefused => io::ErrorKind::ConnectionRefused,
        Error::NetworkUnreachable => io::ErrorKind::NetworkUnreachable,
        Error::HostUnreachable => io::ErrorKind::HostUnreachable,
        Error::TtlExpired => io::ErrorKind::TimedOut,
        Error::CommandNotSupported | Error::AddressTypeNotSupported => io::ErrorKind::Unsupported,
        Error::ConnectionNotAllowedByRuleset
        | Error::NoAcceptableAuthMethods
        | Error::PasswordAuthFailure(_) => io::ErrorKind::PermissionDenied,
        Error::InvalidAuthValues(_) => io::ErrorKind::InvalidInput,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, format!("SOCKS proxy: {error}"))
}
