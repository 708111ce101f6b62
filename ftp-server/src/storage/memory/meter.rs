//! How many bytes are used, and how many may be.

use std::sync::{Arc, Mutex};

use crate::storage::{StorageError, StorageErrorKind};

use super::lock;

/// Counts the bytes of one storage.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    free: Arc<Mutex<u64>>,
}

/// Bytes that are in use, until this is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    meter: Meter,
    bytes: u64,
}

impl Meter {
    pub(super) fn new(limit: u64) -> Self {
        Self {
            free: Arc::new(Mutex::new(limit)),
        }
    }

    pub(super) fn claim(&self, bytes: u64) -> Result<Claim, StorageError> {
        let mut claim = Claim {
            meter: self.clone(),
            bytes: 0,
        };
        claim.grow(bytes)?;
        Ok(claim)
    }
}

impl Claim {
    /// Claims more; nothing changes if there isn't as much.
    pub(super) fn grow(&mut self, more: u64) -> Result<(), StorageError> {
        let mut free = lock(&self.meter.free);
        *free = free.checked_sub(more).ok_or(StorageErrorKind::OverQuota)?;
        self.bytes += more;
        Ok(())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        *lock(&self.meter.free) += self.bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_claimed_is_free_again_once_it_is_dropped() {
        let meter = Meter::new(10);
        let mut first = meter.claim(4).unwrap();
        first.grow(6).unwrap();
        assert!(meter.claim(1).is_err());
        assert!(first.grow(1).is_err());
        drop(first);
        assert!(meter.claim(10).is_ok());
    }
}
