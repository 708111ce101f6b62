//! Passive mode: the server listens, the client connects.

use std::io;

use ftp_proto::client::DataMode;
use ftp_proto::session::{Family, Target};
use futures::future::BoxFuture;

use super::{ControlInfo, DataStrategy, possible, unsupported};
use crate::connect::{Connection, Listener};

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
    ) -> BoxFuture<'static, io::Result<Connection>> {
        control.dial(target)
    }

    fn listen(
        &self,
        _: Family,
        _: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn Listener>>> {
        unsupported("active mode is turned off")
    }
}
