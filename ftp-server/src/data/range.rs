//! Passive data connections on ports of a range.

use core::future::ready;
use core::net::{IpAddr, SocketAddr};
use core::ops::RangeInclusive;
use core::time::Duration;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;

use super::listener::{BACKLOG, OneConnection};
use super::pool::{Pools, busy};
use super::{Claim, Gate, PassivePorts, PassiveStrategy, Reservation};
use crate::accept::listen;
use crate::session::SessionInfo;

/// Listens on a port of a range, for firewalls and NATs that let nothing else through.
///
/// Each connection gets a port of its own, chosen at random so that nobody can guess the next one.
/// The port is free again as soon as the client has connected, not only after the transfer: ten
/// ports serve many more than ten sessions.
///
/// | what | default |
/// |---|---|
/// | [`with_patience`](Self::with_patience) | 3 s |
/// | [`with_max_per_client`](Self::with_max_per_client) | no limit |
///
/// ```
/// use ftp_server::data::PortRange;
///
/// let ports = PortRange::new(50_000..=50_099)?.with_max_per_client(10);
/// let builder = ftp_server::Server::builder().passive(ports);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct PortRange {
    patience: Duration,
    max_per_client: usize,
    /// For each address that the server is reached at.
    pools: Arc<Pools<IpAddr>>,
    /// How many ports each client has. The counts are whole even if a thread panicked while it held
    /// the lock: nothing foreign is called in between.
    by_client: Mutex<HashMap<IpAddr, usize>>,
}

impl PortRange {
    /// The ports from the first to the last, both among them.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if there is no port in the range, or port 0.
    pub fn new(ports: RangeInclusive<u16>) -> io::Result<Self> {
        if ports.is_empty() || ports.contains(&0) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a port range goes from a port to one that isn't smaller, and not from 0",
            ));
        }
        Ok(Self {
            patience: Duration::from_secs(3),
            max_per_client: usize::MAX,
            pools: Arc::new(Pools::new(ports)),
            by_client: Mutex::default(),
        })
    }

    /// How long a session waits for a port while all are taken, in the order of asking; then the
    /// client is told 425. Default 3 s, since ports are held only until clients connect; zero
    /// means not at all.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How many ports one client address may hold at a time, over all its sessions; beyond that it
    /// is told 425 at once. Clients behind one NAT count as one. Default: no limit.
    #[must_use]
    pub const fn with_max_per_client(mut self, count: usize) -> Self {
        self.max_per_client = count;
        self
    }

    async fn listen(
        self: Arc<Self>,
        host: SocketAddr,
        client: IpAddr,
        gate: Gate,
    ) -> io::Result<Box<dyn Reservation>> {
        let place = self.enter(client)?;
        let pools = Arc::clone(&self.pools);
        let mut turn = pools.turn(host.ip(), self.patience).await?;
        while let Some(port) = turn.draw() {
            let mut at = host;
            at.set_port(port);
            match listen(at, BACKLOG) {
                Ok(listener) => {
                    let lease = (turn, place);
                    return Ok(Box::new(OneConnection::new(listener, at, gate, lease)));
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => turn.shun(),
                Err(error) => return Err(error),
            }
        }
        Err(busy("other programs use the ports of the range"))
    }

    /// Counts a port for its client.
    fn enter(self: &Arc<Self>, client: IpAddr) -> io::Result<Place> {
        let mut by_client = self.by_client();
        let count = by_client.entry(client).or_default();
        if *count >= self.max_per_client {
            return Err(busy("the client's address has enough ports"));
        }
        *count += 1;
        Ok(Place {
            range: Arc::clone(self),
            client,
        })
    }

    fn by_client(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.by_client
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl PassiveStrategy for PortRange {
    fn session(self: Arc<Self>, who: &SessionInfo) -> Box<dyn PassivePorts> {
        Box::new(Ports {
            range: self,
            host: who.local,
            client: who.peer.ip(),
        })
    }
}

/// The range as one session sees it.
#[derive(Debug)]
struct Ports {
    range: Arc<PortRange>,
    /// The server's end of the control connection; its port doesn't matter.
    host: SocketAddr,
    client: IpAddr,
}

impl PassivePorts for Ports {
    fn reserve(&mut self, claim: Claim) -> BoxFuture<'static, io::Result<Box<dyn Reservation>>> {
        match claim.check_family(self.host) {
            Ok(()) => Box::pin(Arc::clone(&self.range).listen(self.host, self.client, claim.gate)),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }
}

/// A port that counts for its client, until this is dropped.
#[derive(Debug)]
struct Place {
    range: Arc<PortRange>,
    client: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_client = self.range.by_client();
        if let Some(count) = by_client.get_mut(&self.client) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                by_client.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ftp_proto::session::Family;

    use tokio::time::Instant;

    use super::*;

    const CLAIM: Claim = Claim::new(Family::Ipv4);

    fn session(range: &Arc<PortRange>) -> Box<dyn PassivePorts> {
        let here = "127.0.0.1:21".parse().unwrap();
        Arc::clone(range).session(&SessionInfo::new(1, here, here))
    }

    fn one_port() -> RangeInclusive<u16> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        port..=port
    }

    #[test]
    fn an_empty_range_and_port_0_are_refused() {
        #[allow(clippy::reversed_empty_ranges, reason = "that is the point")]
        for range in [0..=0, 0..=5, 7..=6] {
            assert!(PortRange::new(range.clone()).is_err(), "{range:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_port_waits_for_one_and_not_for_ever() {
        let port = one_port();
        let range = Arc::new(PortRange::new(port.clone()).unwrap());
        let (mut one, mut other) = (session(&range), session(&range));
        let taken = one.reserve(CLAIM).await.unwrap();
        let asked = Instant::now();
        let refused = other.reserve(CLAIM).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        assert!(asked.elapsed() >= Duration::from_secs(3));
        let (reserved, ()) = tokio::join!(other.reserve(CLAIM), async { drop(taken) });
        assert_eq!(reserved.unwrap().bound().port(), *port.start());
    }

    #[tokio::test(start_paused = true)]
    async fn a_port_that_another_program_uses_is_tried_again_later() {
        let ports = one_port();
        let taken = std::net::TcpListener::bind(("127.0.0.1", *ports.start())).unwrap();
        let range = Arc::new(PortRange::new(ports).unwrap());
        let mut one = session(&range);
        one.reserve(CLAIM).await.unwrap_err();
        drop(taken);
        tokio::time::advance(Duration::from_secs(2)).await;
        one.reserve(CLAIM).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_holds_no_more_ports_than_it_may() {
        let range = PortRange::new(40_000..=49_999).unwrap();
        let range = Arc::new(range.with_max_per_client(2));
        let mut one = session(&range);
        let held = [one.reserve(CLAIM).await, one.reserve(CLAIM).await];
        let refused = one.reserve(CLAIM).await.unwrap_err();
        assert_eq!(refused.to_string(), "the client's address has enough ports");
        let who = SessionInfo::new(
            2,
            "127.0.0.2:9".parse().unwrap(),
            "127.0.0.1:21".parse().unwrap(),
        );
        let mut other = Arc::clone(&range).session(&who);
        drop(other.reserve(CLAIM).await.unwrap());
        drop(held);
        one.reserve(CLAIM).await.unwrap();
        assert!(range.by_client().is_empty());
    }
}
