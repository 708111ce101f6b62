//! How connections are made, control and data alike: directly, through a proxy, or the embedder's
//! own way.
//!
//! ```text
//!   ClientBuilder ── control ──┐                  ┌─ Direct       TCP, all addresses of a name
//!                              ├──▶ Connector ◀───┼─ Socks5       CONNECT, and BIND to listen
//!   DataStrategy ──── data ────┘                  ├─ HttpConnect  CONNECT
//!                                                 └─ yours        a tunnel, pipes in memory
//! ```
//!
//! A connector decides nothing about FTP: in which mode a data connection is made is up to the
//! [`DataStrategy`](crate::data::DataStrategy), and who may be at its other end to the session. What
//! it owes them is the truth about the other end: see [`Connection`].
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use ftp_client::{Client, connect::Socks5};
//!
//! let proxy = Socks5::new("proxy.example.org:1080".parse()?).with_login("bob", "secret");
//! let client = Client::builder()
//!     .connector(proxy)
//!     .connect("ftp.example.org:21")
//!     .await?;
//! # Ok(()) }
//! ```

mod direct;
mod endpoint;
mod http;
mod race;
mod socks5;

pub use direct::Direct;
pub use endpoint::{BadEndpoint, Endpoint, HostName, ToEndpoint};
pub use http::HttpConnect;
pub use socks5::Socks5;

use core::fmt;
use core::net::SocketAddr;
use core::ops::RangeInclusive;
use std::io;
use std::sync::Arc;

use ftp_io::DataStream;
use futures::future::BoxFuture;
use tokio::net::TcpStream;

/// Makes connections, and waits for them.
///
/// The futures are kept by the client and polled by whatever call is running, so they must not
/// borrow from the connector. Dropping one must free its socket.
pub trait Connector: fmt::Debug + Send + Sync + 'static {
    /// Connects to a server or to where it listens for data. The caller sets the deadline.
    fn connect(&self, to: Endpoint) -> BoxFuture<'static, io::Result<Connection>>;

    /// Whether servers can connect back, so that active mode is worth a try. Default: no.
    fn can_listen(&self) -> bool {
        false
    }

    /// Waits for a connection of the server.
    ///
    /// # Errors
    ///
    /// By default always [`Unsupported`](io::ErrorKind::Unsupported).
    fn listen(&self, on: ListenOn) -> BoxFuture<'static, io::Result<Box<dyn Listener>>> {
        let _ = on;
        let error = io::Error::new(
            io::ErrorKind::Unsupported,
            "no active mode over these connections; use passive mode",
        );
        Box::pin(async { Err(error) })
    }
}

impl<C: Connector + ?Sized> Connector for Arc<C> {
    fn connect(&self, to: Endpoint) -> BoxFuture<'static, io::Result<Connection>> {
        (**self).connect(to)
    }

    fn can_listen(&self) -> bool {
        (**self).can_listen()
    }

    fn listen(&self, on: ListenOn) -> BoxFuture<'static, io::Result<Box<dyn Listener>>> {
        (**self).listen(on)
    }
}

/// A connection and who is at its other end.
///
/// The session serves a data connection only if its other end is the server. Through a proxy the
/// peer of the socket is the proxy, which must never pass for the server: a connector that can't
/// tell the other end but vouches for it says so, by [`trusted`](Self::trusted).
#[derive(Debug)]
pub struct Connection {
    pub(crate) stream: DataStream,
    pub(crate) local: Option<SocketAddr>,
    pub(crate) peer: Option<SocketAddr>,
}

impl Connection {
    /// A TCP connection that ends at the host that it was made with.
    ///
    /// # Errors
    ///
    /// If the operating system can't tell who that is, because the connection is broken.
    pub fn direct(stream: TcpStream) -> io::Result<Self> {
        let (local, peer) = (stream.local_addr()?, stream.peer_addr()?);
        Ok(Self {
            stream: DataStream::Tcp(stream),
            local: Some(local),
            peer: Some(peer),
        })
    }

    /// A connection whose other end can't be told, and which this connector vouches for: a tunnel,
    /// a pipe.
    pub const fn trusted(stream: DataStream) -> Self {
        Self {
            stream,
            local: None,
            peer: None,
        }
    }

    /// A connection whose other end somebody else has told, such as a proxy.
    pub const fn from_peer(stream: DataStream, peer: SocketAddr) -> Self {
        Self {
            stream,
            local: None,
            peer: Some(peer),
        }
    }

    /// The other end; `None` if it can't be told and is trusted.
    pub const fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The stream.
    pub fn into_stream(self) -> DataStream {
        self.stream
    }
}

/// Where to wait for a connection of the server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListenOn {
    /// The address of this side, with port 0.
    pub address: SocketAddr,
    /// The ports, of which a free one is taken at random; `0..=0` for any port.
    pub ports: RangeInclusive<u16>,
    /// The server whose connection is awaited, if it is known by name or address.
    pub server: Option<Endpoint>,
}

/// A listener for one data connection.
pub trait Listener: Send {
    /// The address that the server can reach; its port is never 0.
    fn advertised(&self) -> SocketAddr;

    /// Waits for a connection. Called again if that was a stranger.
    fn accept(&mut self) -> BoxFuture<'_, io::Result<Connection>>;
}
