//! Passive mode: the server listens, the client connects.

use std::io;

use ftp_proto::client::DataMode;
use ftp_proto::session::{Family, Target};
use futures::future::BoxFuture;
use tokio::net::TcpStream;

use super::{ControlInfo, DataListener, DataStrategy, DataStream, possible, unsupported};

/// Passive mode: `EPSV`, then `PASV`.
#[derive(Clone, Debug)]
pub struct Passive {
    modes: &'static [DataMode],
}

impl Passive {
    /// `EPSV`, then `PASV`.
    pub const fn new() -> Self {
        Self {
            modes: &[DataMode::Epsv, DataMode::Pasv],
        }
    }

    /// `EPSV` alone.
    pub const fn epsv() -> Self {
        Self {
            modes: &[DataMode::Epsv],
        }
    }

    /// `PASV` alone; without use over IPv6.
    pub const fn pasv() -> Self {
        Self {
            modes: &[DataMode::Pasv],
        }
    }
}

impl Default for Passive {
    fn default() -> Self {
        Self::new()
    }
}

impl DataStrategy for Passive {
    fn modes(&self, control: &ControlInfo) -> Vec<DataMode> {
        possible(self.modes, control)
    }

    fn dial(
        &self,
        target: Target,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<DataStream>> {
        let address = control.resolve(target);
        Box::pin(async move {
            let stream = TcpStream::connect(address?).await?;
            stream.set_nodelay(true)?;
            Ok(DataStream::Tcp(stream))
        })
    }

    fn listen(
        &self,
        _: Family,
        _: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn DataListener>>> {
        unsupported("active mode is turned off")
    }
}
