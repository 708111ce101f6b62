//! Whatever works: passive mode, then active mode.

use std::io;

use ftp_proto::client::DataMode;
use ftp_proto::session::{Family, Target};
use futures::future::BoxFuture;

use super::{Active, ControlInfo, DataStrategy, Passive};
use crate::connect::{Connection, Listener};

/// `EPSV`, `PASV`, `EPRT`, `PORT`: what works first is used, and remembered by the session.
#[derive(Clone, Debug, Default)]
pub struct Auto {
    passive: Passive,
    active: Active,
}

impl Auto {
    /// Any mode.
    pub const fn new() -> Self {
        Self {
            passive: Passive::new(),
            active: Active::new(),
        }
    }

    /// With settings for the active modes.
    #[must_use]
    pub fn with_active(self, active: Active) -> Self {
        Self { active, ..self }
    }
}

impl DataStrategy for Auto {
    fn modes(&self, control: &ControlInfo) -> Vec<DataMode> {
        let mut modes = self.passive.modes(control);
        modes.extend(self.active.modes(control));
        modes
    }

    fn dial(
        &self,
        target: Target,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Connection>> {
        self.passive.dial(target, control)
    }

    fn listen(
        &self,
        family: Family,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn Listener>>> {
        self.active.listen(family, control)
    }
}
