//! How data connections are made: the trait for strategies, and those that this crate brings.
//!
//! A strategy opens sockets and nothing else. Which command is sent, when to fall back to the next
//! mode, and who may be at the other end is decided by the session, so that no strategy can get it
//! wrong.

mod active;
mod auto;
mod channels;
mod passive;

pub use active::Active;
pub use auto::Auto;
pub use ftp_io::{DataStream, Duplex};
pub use ftp_proto::session::{Family, Target};
pub use futures::future::BoxFuture;
pub use passive::Passive;

pub(crate) use channels::{Channels, Moved, Trouble};

use core::fmt;
use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use ftp_proto::client::DataMode;

/// What is known of the control connection when a data connection is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ControlInfo {
    /// This side's address; `None` over a transport without addresses.
    pub local: Option<SocketAddr>,
    /// The server's address; `None` over a transport without addresses.
    pub peer: Option<SocketAddr>,
}

impl ControlInfo {
    /// The address family of the control connection.
    pub fn family(&self) -> Option<Family> {
        self.peer.map(|peer| Family::of(peer.ip()))
    }

    /// The address that a target stands for.
    ///
    /// # Errors
    ///
    /// If the target is the host of the control connection and that has no address.
    pub fn resolve(&self, target: Target) -> io::Result<SocketAddr> {
        match (target, self.peer) {
            (Target::Address(address), _) => Ok(address),
            (Target::ControlHost { port }, Some(mut peer)) => {
                peer.set_port(port);
                Ok(peer)
            }
            _ => Err(io::Error::new(
                io::ErrorKind::AddrNotAvailable,
                "the control connection has no address; use a data strategy of its own",
            )),
        }
    }
}

/// Makes data connections.
///
/// Implement it to go through a proxy, to use sockets of your own, or to connect two programs in
/// memory. A [`DataStream::Boxed`] has no address, so the session trusts it; with
/// [`DataStream::Tcp`] the peer is checked.
///
/// The futures are kept by the client and polled by whatever call is running, so they must not
/// borrow from the strategy. Dropping one must free its socket.
pub trait DataStrategy: fmt::Debug + Send + Sync + 'static {
    /// The modes to try, the first one first. An empty list refuses all transfers.
    fn modes(&self, control: &ControlInfo) -> Vec<DataMode>;

    /// Connects to a passive server.
    fn dial(
        &self,
        target: Target,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<DataStream>>;

    /// Listens for an active server.
    fn listen(
        &self,
        family: Family,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn DataListener>>>;
}

impl<S: DataStrategy + ?Sized> DataStrategy for Arc<S> {
    fn modes(&self, control: &ControlInfo) -> Vec<DataMode> {
        (**self).modes(control)
    }

    fn dial(
        &self,
        target: Target,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<DataStream>> {
        (**self).dial(target, control)
    }

    fn listen(
        &self,
        family: Family,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn DataListener>>> {
        (**self).listen(family, control)
    }
}

/// A listener for one data connection.
pub trait DataListener: Send {
    /// The address that the server is told; its port is never 0.
    fn advertised(&self) -> SocketAddr;

    /// Waits for a connection and tells where it is from; `None` from a transport that has no
    /// addresses and can be trusted. Called again if that was a stranger.
    fn accept(&mut self) -> BoxFuture<'_, io::Result<(DataStream, Option<SocketAddr>)>>;
}

/// The modes that the family of the control connection allows: `PASV` and `PORT` know IPv4 alone.
fn possible(modes: &[DataMode], control: &ControlInfo) -> Vec<DataMode> {
    let legacy = control.family() != Some(Family::Ipv6);
    modes
        .iter()
        .copied()
        .filter(|mode| legacy || matches!(mode, DataMode::Epsv | DataMode::Eprt))
        .collect()
}

/// The future of a strategy that doesn't do that.
fn unsupported<T: Send + 'static>(what: &'static str) -> BoxFuture<'static, io::Result<T>> {
    Box::pin(async move { Err(io::Error::new(io::ErrorKind::Unsupported, what)) })
}
