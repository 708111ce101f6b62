//! Passive data connections of many sessions on one port, or a few.

mod acceptor;

use core::fmt;
use core::net::{IpAddr, SocketAddr};
use core::ops::RangeInclusive;
use core::time::Duration;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use ftp_proto::addr::PeerRule;

use super::pool::{Pools, Turn, busy};
use super::{Accepted, Claim, Gate, PassivePorts, PassiveStrategy, Reservation};
use crate::session::SessionInfo;

use acceptor::Acceptor;

/// Listens on one port, or a few, for the data connections of all sessions at once: for firewalls,
/// NATs and containers that let hardly any ports through.
///
/// Whose a connection is, is told by the address of the client. Two sessions of one client address
/// can't be told apart, so they take turns: a session holds a port only from the reply to `PASV` or
/// `EPSV` until its client has connected, and the next one gets it then. With more than one port, as
/// many sessions of one address can wait for their connections at once.
///
/// Each port is listened at from the first time that it is needed until the server is dropped, by
/// one task for all sessions. A connection that no session waits for is closed at once, also if it
/// is left over from an earlier claim of the same client.
///
/// Server-to-server transfers don't work with this strategy: the other server connects from an
/// address that no session is known by.
///
/// ```
/// use ftp_server::data::Shared;
///
/// let builder = ftp_server::Server::builder().passive(Shared::new(50_000..=50_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Shared {
    patience: Duration,
    /// For each address of the server and of a client: what the sessions between them take turns at.
    pools: Arc<Pools<(IpAddr, IpAddr)>>,
    /// The ports that are listened at, by address; nothing foreign is called while they are locked.
    acceptors: Mutex<HashMap<SocketAddr, Acceptor>>,
}

impl Shared {
    /// The ports from the first to the last, both among them. The range `0..=0` is one port that the
    /// system chooses, once.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if there is no port in the range, or port 0 among others.
    pub fn new(ports: RangeInclusive<u16>) -> io::Result<Self> {
        if ports.is_empty() || (ports.contains(&0) && ports != (0..=0)) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "shared ports go from a port to one that isn't smaller, and not from 0",
            ));
        }
        Ok(Self {
            patience: Duration::from_secs(10),
            pools: Arc::new(Pools::new(ports)),
            acceptors: Mutex::default(),
        })
    }

    /// How long a session waits for its turn, in the order of asking, while other sessions of the
    /// same client address hold all ports; then the client is told 425. Default 10 s.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn claim(
        self: Arc<Self>,
        host: SocketAddr,
        client: IpAddr,
        gate: Gate,
    ) -> io::Result<Box<dyn Reservation>> {
        let pools = Arc::clone(&self.pools);
        let mut turn = pools.turn((host.ip(), client), self.patience).await?;
        while let Some(port) = turn.draw() {
            let mut at = host;
            at.set_port(port);
            match self.acceptor(at, &gate) {
                Ok(acceptor) => {
                    let (bound, delivered) = acceptor.expect(client).await?;
                    return Ok(Box::new(Claimed {
                        bound,
                        delivered,
                        turn,
                    }));
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => turn.shun(),
                Err(error) => return Err(error),
            }
        }
        Err(busy("other programs use the shared ports"))
    }

    /// The acceptor of an address; a new one if there is none, or if it died with its runtime.
    fn acceptor(&self, at: SocketAddr, gate: &Gate) -> io::Result<Acceptor> {
        let mut acceptors = self
            .acceptors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(acceptor) = acceptors.get(&at).filter(|acceptor| acceptor.is_alive()) {
            return Ok(acceptor.clone());
        }
        let acceptor = Acceptor::start(at, gate.clone())?;
        acceptors.insert(at, acceptor.clone());
        Ok(acceptor)
    }
}

impl PassiveStrategy for Shared {
    fn session(self: Arc<Self>, who: &SessionInfo) -> Box<dyn PassivePorts> {
        Box::new(Ports {
            shared: self,
            host: who.local,
            client: who.peer.ip(),
        })
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("patience", &self.patience)
            .field("pools", &self.pools)
            .finish_non_exhaustive()
    }
}

/// The shared ports as one session sees them.
struct Ports {
    shared: Arc<Shared>,
    /// The server's end of the control connection; its port doesn't matter.
    host: SocketAddr,
    client: IpAddr,
}

impl PassivePorts for Ports {
    fn reserve(&mut self, claim: Claim) -> BoxFuture<'static, io::Result<Box<dyn Reservation>>> {
        match claim.check_family(self.host) {
            Ok(()) => Box::pin(Arc::clone(&self.shared).claim(self.host, self.client, claim.gate)),
            Err(error) => Box::pin(core::future::ready(Err(error))),
        }
    }
}

/// A shared port at which one connection of a client is expected.
struct Claimed {
    bound: SocketAddr,
    delivered: oneshot::Receiver<(TcpStream, SocketAddr)>,
    turn: Turn<(IpAddr, IpAddr)>,
}

impl Reservation for Claimed {
    fn bound(&self) -> SocketAddr {
        self.bound
    }

    fn accept(self: Box<Self>, from: PeerRule) -> BoxFuture<'static, io::Result<Accepted>> {
        let Self {
            delivered, turn, ..
        } = *self;
        Box::pin(async move {
            let _turn = turn;
            let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the shared port is gone");
            let (stream, client) = delivered.await.map_err(gone)?;
            if !from.admits(client.ip()) {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            // Small files and listings shall not wait for acknowledgements.
            stream.set_nodelay(true)?;
            Ok(Accepted::new(stream, Some(client)))
        })
    }
}

#[cfg(test)]
mod tests {
    use ftp_proto::session::Family;
    use tokio::net::TcpSocket;

    use super::*;

    const CLAIM: Claim = Claim::new(Family::Ipv4);

    /// The ports of a session of the client at this address.
    fn session(shared: &Arc<Shared>, client: &str) -> Box<dyn PassivePorts> {
        let client = SocketAddr::new(client.parse().unwrap(), 5);
        let who = SessionInfo::new(1, client, "127.0.0.1:21".parse().unwrap());
        Arc::clone(shared).session(&who)
    }

    async fn connect(client: &str, to: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::new(client.parse().unwrap(), 0))
            .unwrap();
        socket.connect(to).await.unwrap()
    }

    async fn is_closed(stream: &TcpStream) -> bool {
        stream.readable().await.unwrap();
        matches!(stream.try_read(&mut [0; 1]), Ok(0) | Err(_))
    }

    fn one_port() -> Arc<Shared> {
        Arc::new(Shared::new(0..=0).unwrap())
    }

    #[test]
    fn an_empty_range_and_port_0_among_others_are_refused() {
        #[allow(clippy::reversed_empty_ranges, reason = "that is the point")]
        for range in [0..=5, 7..=6] {
            assert!(Shared::new(range.clone()).is_err(), "{range:?}");
        }
    }

    #[tokio::test]
    async fn connections_find_their_sessions_in_any_order() {
        let shared = one_port();
        let clients = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];
        let mut claims = Vec::new();
        for client in clients {
            claims.push(session(&shared, client).reserve(CLAIM).await.unwrap());
        }
        let to = claims[0].bound();
        assert!(claims.iter().all(|claim| claim.bound() == to));
        let mut streams = Vec::new();
        for client in clients.iter().rev() {
            streams.push(connect(client, to).await);
        }
        for ((claim, client), stream) in claims.into_iter().zip(clients).zip(streams.iter().rev()) {
            let rule = PeerRule::Host(client.parse().unwrap());
            let accepted = claim.accept(rule).await.unwrap();
            assert_eq!(accepted.peer, Some(stream.local_addr().unwrap()));
        }
    }

    #[tokio::test]
    async fn who_has_no_claim_is_turned_away() {
        let shared = one_port();
        let claim = session(&shared, "127.0.0.2").reserve(CLAIM).await.unwrap();
        let to = claim.bound();
        assert!(is_closed(&connect("127.0.0.3", to).await).await);
        let _right = connect("127.0.0.2", to).await;
        claim.accept(PeerRule::Anyone).await.unwrap();
        assert!(is_closed(&connect("127.0.0.2", to).await).await);
    }

    /// On one thread, so that the acceptor sees the connections only when it is asked.
    #[tokio::test]
    async fn a_connection_of_an_earlier_claim_is_not_taken_for_that_of_the_next() {
        let shared = one_port();
        let mut ports = session(&shared, "127.0.0.2");
        let first = ports.reserve(CLAIM).await.unwrap();
        let to = first.bound();
        let stale = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let stale = stale.unwrap();
        let from: SocketAddr = "127.0.0.2:0".parse().unwrap();
        stale.bind(&from.into()).unwrap();
        stale.connect(&to.into()).unwrap();
        drop(first);
        let second = ports.reserve(CLAIM).await.unwrap();
        let right = connect("127.0.0.2", to).await;
        let accepted = second.accept(PeerRule::Anyone).await.unwrap();
        assert_eq!(accepted.peer, Some(right.local_addr().unwrap()));
        stale.set_nonblocking(true).unwrap();
        let stale = TcpStream::from_std(stale.into()).unwrap();
        assert!(is_closed(&stale).await);
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_of_one_address_take_turns_and_do_not_wait_for_ever() {
        let shared = one_port();
        let mut one = session(&shared, "127.0.0.2");
        let mut other = session(&shared, "127.0.0.2");
        let first = one.reserve(CLAIM).await.unwrap();
        let to = first.bound();
        let refused = other.reserve(CLAIM).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        let connected = async {
            let stream = connect("127.0.0.2", to).await;
            first.accept(PeerRule::Anyone).await.unwrap();
            stream
        };
        // As soon as the first has its connection, the second has its turn.
        let (second, _stream) = tokio::join!(other.reserve(CLAIM), connected);
        assert_eq!(second.unwrap().bound(), to);
    }

    #[tokio::test]
    async fn a_port_is_closed_with_its_strategy() {
        let shared = one_port();
        let claim = session(&shared, "127.0.0.2").reserve(CLAIM).await.unwrap();
        let to = claim.bound();
        drop((claim, shared));
        let gone = async {
            while TcpStream::connect(to).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        let patience = Duration::from_secs(20);
        tokio::time::timeout(patience, gone).await.unwrap();
    }

    #[test]
    fn a_port_outlives_the_runtime_that_it_was_first_needed_in() {
        let shared = one_port();
        for _ in 0..2 {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_all().build().unwrap().block_on(async {
                let claim = session(&shared, "127.0.0.2").reserve(CLAIM).await.unwrap();
                let _right = connect("127.0.0.2", claim.bound()).await;
                claim.accept(PeerRule::Anyone).await.unwrap();
            });
        }
    }
}
