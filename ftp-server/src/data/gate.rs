//! What a data connection passes before it is taken for the client's.

use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;

use crate::proxy::ProxyProtocol;

/// What an incoming data connection passes before anybody looks at who is there: the header of the
/// PROXY protocol, if the server demands one on data connections.
///
/// The order is always the same: this, then the rule for peers, then the bytes of the transfer. A
/// strategy of your own that accepts TCP connections calls [`pass`](Self::pass) on each; if it
/// forgot to, the proxy itself would be taken for the peer and turned away.
#[derive(Clone, Debug, Default)]
pub struct Gate(Option<Arc<ProxyProtocol>>);

impl Gate {
    /// A gate that everybody passes.
    pub const fn open() -> Self {
        Self(None)
    }

    pub(crate) const fn new(proxy: Option<Arc<ProxyProtocol>>) -> Self {
        Self(proxy)
    }

    /// Whether everybody passes at once.
    pub const fn is_open(&self) -> bool {
        self.0.is_none()
    }

    /// Lets a connection pass that was accepted from this address, and tells who is really there.
    /// It takes up to 5 s, so others should be accepted meanwhile.
    ///
    /// # Errors
    ///
    /// If the connection must be closed: there is no header, it is not from a trusted network, or it
    /// doesn't say who is there.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn pass(
        &self,
        mut stream: TcpStream,
        from: SocketAddr,
    ) -> io::Result<(TcpStream, SocketAddr)> {
        let Some(proxy) = &self.0 else {
            return Ok((stream, from));
        };
        match proxy.read(&mut stream, from).await? {
            Some(addresses) => Ok((stream, addresses.client)),
            // A health check, or a proxy that doesn't know: nobody's data connection.
            None => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "PROXY header without a client",
            )),
        }
    }
}
