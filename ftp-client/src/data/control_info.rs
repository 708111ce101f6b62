//! What is known of the control connection when a data connection is wanted.

use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use ftp_proto::session::{Family, Target};
use futures::future::BoxFuture;

use crate::connect::{Connection, Connector, Direct, Endpoint};

/// What is known of the control connection when a data connection is wanted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ControlInfo {
    /// This side's address; `None` over a transport without addresses, and through a proxy.
    pub local: Option<SocketAddr>,
    /// The server's address; `None` over a transport without addresses. Through a proxy, the
    /// address that the proxy was asked for, if it wasn't a name.
    pub peer: Option<SocketAddr>,
    /// What the client was told to connect to; `None` if it was given a stream.
    pub endpoint: Option<Endpoint>,
    connector: Arc<dyn Connector>,
}

impl ControlInfo {
    /// Of a connection that this connector made, or could have.
    pub(crate) fn new(connector: Arc<dyn Connector>) -> Self {
        Self {
            local: None,
            peer: None,
            endpoint: None,
            connector,
        }
    }

    /// The address family of the control connection.
    pub fn family(&self) -> Option<Family> {
        self.peer.map(|peer| Family::of(peer.ip()))
    }

    /// What makes the connections of this client.
    pub fn connector(&self) -> &dyn Connector {
        &*self.connector
    }

    /// Where a target is.
    ///
    /// # Errors
    ///
    /// If the target is the host of the control connection and that isn't known.
    pub fn resolve(&self, target: Target) -> io::Result<Endpoint> {
        let host = || {
            self.peer
                .map(Endpoint::Address)
                .or_else(|| self.endpoint.clone())
        };
        match target {
            Target::Address(address) => Some(Endpoint::Address(address)),
            Target::ControlHost { port } => host().map(|host| host.with_port(port)),
            _ => None,
        }
        .ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::AddrNotAvailable,
                "the control connection has no address; use a data strategy of its own",
            )
        })
    }

    /// Connects to a target, by the client's connector.
    pub fn dial(&self, target: Target) -> BoxFuture<'static, io::Result<Connection>> {
        match self.resolve(target) {
            Ok(endpoint) => self.connector.connect(endpoint),
            Err(error) => Box::pin(async move { Err(error) }),
        }
    }
}

/// Of a stream without addresses; connections to other places are made directly.
impl Default for ControlInfo {
    fn default() -> Self {
        Self::new(Arc::new(Direct::new()))
    }
}
