//! A data strategy that notes which addresses are told.

use core::net::SocketAddr;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use ftp_client::connect::{Connection, Listener};
use ftp_client::data::{BoxFuture, ControlInfo, DataStrategy, Family, Target};
use ftp_client::{AddressPolicy, DataMode};

/// Another strategy, watched.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    inner: Arc<dyn DataStrategy>,
    told: Note,
}

/// The address that was told last.
#[derive(Clone, Debug, Default)]
struct Note(Arc<Mutex<Option<SocketAddr>>>);

impl Probe {
    pub(super) fn new(inner: Arc<dyn DataStrategy>) -> Self {
        Self {
            inner,
            told: Note::default(),
        }
    }

    /// The safe policy for 227 replies, which notes their addresses.
    pub(super) fn policy(&self) -> AddressPolicy {
        let told = self.told.clone();
        AddressPolicy::function(move |address, _| {
            told.write(address.into());
            None
        })
    }

    /// The address that was told: by the server in a 227 or 229, or to it.
    pub(super) fn told(&self) -> Option<SocketAddr> {
        *self.told.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Note {
    fn write(&self, address: SocketAddr) {
        let mut note = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *note = Some(address);
    }

    fn is_empty(&self) -> bool {
        let note = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        note.is_none()
    }
}

impl DataStrategy for Probe {
    fn modes(&self, control: &ControlInfo) -> Vec<DataMode> {
        self.inner.modes(control)
    }

    fn dial(
        &self,
        target: Target,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Connection>> {
        // A 227 was noted as it came; a 229 tells a port of the server itself.
        let address = control.resolve(target).ok().and_then(|to| to.address());
        if let (Some(address), true) = (address, self.told.is_empty()) {
            self.told.write(address);
        }
        self.inner.dial(target, control)
    }

    fn listen(
        &self,
        family: Family,
        control: &ControlInfo,
    ) -> BoxFuture<'static, io::Result<Box<dyn Listener>>> {
        let listening = self.inner.listen(family, control);
        let told = self.told.clone();
        Box::pin(async move {
            let listener = listening.await?;
            told.write(listener.advertised());
            Ok(listener)
        })
    }
}
