//! What a session and its running transfer share: how far it is, and whether it shall stop.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

/// How long a storage may take to come to a point where a transfer can stop.
const GRACE: Duration = Duration::from_secs(10);

/// The gauge and the brake of one transfer.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    moved: AtomicU64,
    stop: AtomicBool,
    stopping: Notify,
}

/// The transfer was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stopped;

impl Meter {
    /// Bytes on the wire so far.
    pub(crate) fn moved(&self) -> u64 {
        self.moved.load(Ordering::Relaxed)
    }

    /// Counts bytes that went over the wire.
    pub(crate) fn count(&self, bytes: usize) {
        self.moved.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Asks the transfer to stop.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.stopping.notify_waiters();
    }

    /// Does something that can be given up at once, such as waiting for the network.
    pub(crate) async fn race<T>(&self, doing: impl Future<Output = T>) -> Result<T, Stopped> {
        tokio::select! {
            biased;
            () = self.stopped() => Err(Stopped),
            done = doing => Ok(done),
        }
    }

    /// Does something that is better finished, such as writing to a storage: a stop waits for it,
    /// but not for ever.
    pub(crate) async fn race_late<T>(&self, doing: impl Future<Output = T>) -> Result<T, Stopped> {
        let patience = async {
            self.stopped().await;
            sleep(GRACE).await;
        };
        tokio::select! {
            biased;
            done = doing => Ok(done),
            () = patience => Err(Stopped),
        }
    }

    async fn stopped(&self) {
        let notified = self.stopping.notified();
        // A `Notified` counts from its creation on, so a stop in between isn't missed.
        if !self.stop.load(Ordering::Acquire) {
            notified.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use core::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn a_stop_ends_what_waits_and_what_comes_later() {
        let meter = Meter::default();
        let (raced, ()) = tokio::join!(meter.race(pending::<()>()), async { meter.stop() });
        assert_eq!(raced, Err(Stopped));
        assert_eq!(meter.race(ready(1)).await, Err(Stopped));
    }

    #[tokio::test(start_paused = true)]
    async fn a_storage_may_finish_but_not_hang() {
        let meter = Meter::default();
        meter.stop();
        let slow = sleep(GRACE / 2);
        assert_eq!(meter.race_late(slow).await, Ok(()));
        assert_eq!(meter.race_late(pending::<()>()).await, Err(Stopped));
    }
}
