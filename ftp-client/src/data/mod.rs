//! How data connections are made: the trait for strategies, and those that this crate brings.
//!
//! A strategy says which modes are tried and opens data connections, by the client's
//! [`Connector`](crate::connect::Connector). Which command is sent, when to fall back to the next mode, and who may be at the
//! other end is decided by the session, so that no strategy can get it wrong.

mod active;
mod auto;
mod channels;
mod control_info;
mod passive;

pub use active::Active;
pub use auto::Auto;
pub use control_info::ControlInfo;
pub use ftp_io::{DataStream, Duplex};
pub use ftp_proto::session::{Family, Target};
pub use futures::future::BoxFuture;
pub use passive::Passive;

pub(crate) use channels::{Channels, Moved, Trouble};

use core::fmt;
use std::io;
use std::sync::Arc;

use ftp_proto::client::DataMode;

use crate::connect::{Connection, Listener};

/// Makes data connections.
///
/// Implement it to choose among modes by rules of your own. To go through a proxy or to connect two
/// programs in memory, a [`Connector`](crate::connect::Connector) is the simpler way.
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
    ) -> BoxFuture<'static, io::Result<Connection>>;

    /// Listens for an active server.
    fn listen(
        &self,
        family: Family,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn Listener>>>;
}

impl<S: DataStrategy + ?Sized> DataStrategy for Arc<S> {
    fn modes(&self, control: &ControlInfo) -> Vec<DataMode> {
        (**self).modes(control)
    }

    fn dial(
        &self,
        target: Target,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Connection>> {
        (**self).dial(target, control)
    }

    fn listen(
        &self,
        family: Family,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn Listener>>> {
        (**self).listen(family, control)
    }
}

/// The modes that the control connection allows: `PASV` and `PORT` know IPv4 alone, and for active
/// mode the connector must be able to listen.
fn possible(modes: &[DataMode], control: &ControlInfo) -> Vec<DataMode> {
    let legacy = control.family() != Some(Family::Ipv6);
    let active = control.connector().can_listen();
    modes
        .iter()
        .copied()
        .filter(|mode| legacy || matches!(mode, DataMode::Epsv | DataMode::Eprt))
        .filter(|mode| active || !mode.is_active())
        .collect()
}

/// The future of a strategy that doesn't do that.
fn unsupported<T: Send + 'static>(what: &'static str) -> BoxFuture<'static, io::Result<T>> {
    Box::pin(async move { Err(io::Error::new(io::ErrorKind::Unsupported, what)) })
}
