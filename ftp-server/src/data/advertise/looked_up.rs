//! An address that changes: looked up, kept, and looked up again.

use core::fmt;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use tokio::net::lookup_host;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::{Advertise, tell};
use crate::session::SessionInfo;

/// Tells an address that is looked up now and then: that of a host name, or whatever a function of
/// your own finds out.
///
/// Nobody waits for it. It is looked up for the first time when a server begins to serve, and again
/// when a client connects or asks after [the interval](Self::with_interval) has passed; meanwhile,
/// and if that fails, the last known address is told. Before the first success clients are told the
/// address of their control connection, which helps most of them: they can do without the one that
/// 227 tells.
///
/// ```
/// use ftp_server::data::LookedUp;
///
/// let builder = ftp_server::Server::builder().advertise(LookedUp::host("ftp.example.org"));
/// ```
#[derive(Clone)]
pub struct LookedUp {
    source: Arc<Source>,
    interval: Duration,
    known: Arc<Mutex<Known>>,
}

type Source = dyn Fn() -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync;

/// It is whole even if a thread panicked while it held the lock: nothing foreign is called in
/// between.
#[derive(Debug, Default)]
struct Known {
    hosts: Vec<IpAddr>,
    /// When to look again; at once if `None`.
    again: Option<Instant>,
    looking: Option<AbortHandle>,
}

impl LookedUp {
    /// The addresses of a host name. Clients are told the first one of their family.
    pub fn host(name: impl Into<String>) -> Self {
        let name: Arc<str> = name.into().into();
        Self::by(move || {
            let name = Arc::clone(&name);
            async move {
                let found = lookup_host((&*name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            }
        })
    }

    /// The addresses that a function finds out. It is run as a task of its own and given up after
    /// 30 s.
    pub fn by<F, L>(look_up: F) -> Self
    where
        F: Fn() -> L + Send + Sync + 'static,
        L: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
    {
        Self {
            source: Arc::new(move || Box::pin(look_up())),
            interval: Duration::from_secs(300),
            known: Arc::default(),
        }
    }

    /// After how long an address is looked up again. Default 5 minutes. A look-up that failed is
    /// repeated after ten seconds, or after this if it is less.
    #[must_use]
    pub const fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Starts a look-up if it is time for one.
    fn refresh(&self) {
        let mut known = self.known();
        let is_fresh = known.again.is_some_and(|again| Instant::now() < again);
        let is_looking = known
            .looking
            .as_ref()
            .is_some_and(|task| !task.is_finished());
        if !is_fresh && !is_looking {
            known.looking = Some(tokio::spawn(self.clone().look_up()).abort_handle());
        }
    }

    async fn look_up(self) {
        let found = match timeout(PATIENCE, (self.source)()).await {
            Ok(Ok(hosts)) if hosts.is_empty() => Err(io::ErrorKind::NotFound.into()),
            Ok(found) => found,
            Err(late) => Err(late.into()),
        };
        let wait = if found.is_ok() {
            self.interval
        } else {
            self.interval.min(RETRY)
        };
        let mut known = self.known();
        known.again = Instant::now().checked_add(wait);
        match found {
            Ok(hosts) if hosts == known.hosts => {}
            Ok(hosts) => {
                tracing::info!(?hosts, "public address");
                known.hosts = hosts;
            }
            Err(error) => {
                let hosts = &known.hosts;
                tracing::warn!(%error, ?hosts, "can't look the public address up");
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Advertise for LookedUp {
    fn address(&self, session: &SessionInfo, bound: SocketAddr) -> Option<SocketAddr> {
        self.refresh();
        Some(tell(&self.known().hosts, session, bound))
    }

    fn prepare(&self) {
        self.refresh();
    }
}

impl fmt::Debug for LookedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookedUp")
            .field("interval", &self.interval)
            .field("known", &self.known().hosts)
            .finish_non_exhaustive()
    }
}

/// Longest time that a look-up may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicU8, Ordering};

    use tokio::task::yield_now;
    use tokio::time::advance;

    use super::*;

    async fn told(policy: &LookedUp) -> String {
        let here = "127.0.0.1:21".parse().unwrap();
        let told = policy.address(&SessionInfo::new(1, here, here), here);
        // If this has started a look-up, it is over afterwards.
        for _ in 0..5 {
            yield_now().await;
        }
        told.unwrap().ip().to_string()
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_known_address_is_told_while_another_is_looked_up() {
        let count = Arc::new(AtomicU8::new(0));
        let counted = Arc::clone(&count);
        let policy = LookedUp::by(move || {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            async move {
                match number {
                    // Neither a failure nor an empty answer is an address.
                    0 => Err(io::ErrorKind::NotFound.into()),
                    3 => Ok(Vec::new()),
                    number => Ok(Vec::from([IpAddr::from([203, 0, 113, number])])),
                }
            }
        });
        for (seconds, address, asked) in [
            (0, "127.0.0.1", 1),
            (9, "127.0.0.1", 1),
            (1, "127.0.0.1", 2),
            (0, "203.0.113.1", 2),
            (299, "203.0.113.1", 2),
            (1, "203.0.113.1", 3),
            (0, "203.0.113.2", 3),
            (300, "203.0.113.2", 4),
            (0, "203.0.113.2", 4),
            (10, "203.0.113.2", 5),
            (0, "203.0.113.4", 5),
        ] {
            advance(Duration::from_secs(seconds)).await;
            assert_eq!(told(&policy).await, address, "look-up {asked}");
            assert_eq!(count.load(Ordering::Relaxed), asked, "{address}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_up_that_hangs_is_given_up_and_holds_nobody_up() {
        let count = Arc::new(AtomicU8::new(0));
        let counted = Arc::clone(&count);
        let policy = LookedUp::by(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            core::future::pending()
        });
        assert_eq!(told(&policy).await, "127.0.0.1");
        assert_eq!(told(&policy).await, "127.0.0.1");
        assert_eq!(count.load(Ordering::Relaxed), 1);
        advance(PATIENCE).await;
        told(&policy).await;
        advance(RETRY).await;
        told(&policy).await;
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_host_name_is_resolved_before_the_first_client_asks() {
        let policy = LookedUp::host("localhost");
        policy.prepare();
        let found = async {
            while policy.known().hosts.is_empty() {
                yield_now().await;
            }
        };
        timeout(Duration::from_secs(20), found).await.unwrap();
        assert!(policy.known().hosts.iter().all(IpAddr::is_loopback));
    }
}
