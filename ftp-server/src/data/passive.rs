//! Passive data connections: a listener for each, on a port of the system's choice or of a range.

use core::net::SocketAddr;
use core::ops::RangeInclusive;
use std::io;
use std::sync::Arc;

use futures::future::BoxFuture;
use rand::RngExt as _;
use tokio::net::{TcpListener, TcpSocket};

use ftp_proto::addr::PeerRule;
use ftp_proto::session::Family;

use super::{Accepted, Claim, PassivePorts, PassiveStrategy, Reservation};
use crate::session::SessionInfo;

/// Connections that may wait at a listener. Strangers are turned away at once, so it never fills
/// for long.
const BACKLOG: u32 = 16;

/// Listens on a port that the operating system chooses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ephemeral;

impl PassiveStrategy for Ephemeral {
    fn session(self: Arc<Self>, who: &SessionInfo) -> Box<dyn PassivePorts> {
        Box::new(Ports {
            host: who.local,
            range: 0..=0,
        })
    }
}

/// Listens on a port of a range, for firewalls that let nothing else through.
///
/// The search begins at a random port, so that nobody can guess the next one, and tries them all.
#[derive(Clone, Debug)]
pub struct PortRange(RangeInclusive<u16>);

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
        Ok(Self(ports))
    }
}

impl PassiveStrategy for PortRange {
    fn session(self: Arc<Self>, who: &SessionInfo) -> Box<dyn PassivePorts> {
        Box::new(Ports {
            host: who.local,
            range: self.0.clone(),
        })
    }
}

/// What a session needs to know in order to listen.
#[derive(Debug)]
struct Ports {
    /// The server's end of the control connection; its port doesn't matter.
    host: SocketAddr,
    range: RangeInclusive<u16>,
}

impl PassivePorts for Ports {
    fn reserve(&mut self, claim: Claim) -> BoxFuture<'static, io::Result<Box<dyn Reservation>>> {
        let listening = self.listen(claim.family);
        Box::pin(core::future::ready(listening))
    }
}

impl Ports {
    fn listen(&self, family: Family) -> io::Result<Box<dyn Reservation>> {
        if Family::of(self.host.ip()) != family {
            return Err(io::ErrorKind::AddrNotAvailable.into());
        }
        let mut last = None;
        for port in shuffled(&self.range) {
            let mut at = self.host;
            at.set_port(port);
            match listen(at) {
                Ok(listener) => return Ok(Box::new(listener)),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
    }
}

/// All ports of a range, from a random one on.
fn shuffled(range: &RangeInclusive<u16>) -> impl Iterator<Item = u16> {
    let first = rand::rng().random_range(range.clone());
    (first..=*range.end()).chain(*range.start()..first)
}

fn listen(at: SocketAddr) -> io::Result<Listener> {
    let socket = if at.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Connections that linger after a transfer must not keep a small range busy.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    let listener = socket.listen(BACKLOG)?;
    Ok(Listener {
        bound: listener.local_addr()?,
        listener,
    })
}

#[derive(Debug)]
struct Listener {
    listener: TcpListener,
    bound: SocketAddr,
}

impl Reservation for Listener {
    fn bound(&self) -> SocketAddr {
        self.bound
    }

    fn accept(self: Box<Self>, from: PeerRule) -> BoxFuture<'static, io::Result<Accepted>> {
        Box::pin(async move {
            loop {
                let (stream, peer) = self.listener.accept().await?;
                if from.admits(peer.ip()) {
                    // Small files and listings shall not wait for acknowledgements.
                    stream.set_nodelay(true)?;
                    return Ok(Accepted::new(stream, Some(peer)));
                }
                tracing::warn!(%peer, "stranger turned away from a data port");
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;

    fn ports(range: RangeInclusive<u16>) -> Ports {
        Ports {
            host: "127.0.0.1:21".parse().unwrap(),
            range,
        }
    }

    #[test]
    fn every_port_of_a_range_is_tried_once() {
        for range in [5..=5, 1..=65_535, 100..=107] {
            let mut tried: Vec<_> = shuffled(&range).collect();
            tried.sort_unstable();
            assert_eq!(tried, range.clone().collect::<Vec<_>>(), "{range:?}");
        }
    }

    #[test]
    fn an_empty_range_and_port_0_are_refused() {
        #[allow(clippy::reversed_empty_ranges, reason = "that is the point")]
        for range in [0..=0, 0..=5, 7..=6] {
            assert!(PortRange::new(range.clone()).is_err(), "{range:?}");
        }
    }

    #[tokio::test]
    async fn a_port_in_use_is_passed_over_and_a_dropped_one_is_free_again() {
        let mut any = ports(0..=0);
        let taken = any.reserve(Claim::new(Family::Ipv4)).await.unwrap();
        let port = taken.bound().port();
        let mut one = ports(port..=port);
        let refused = one.reserve(Claim::new(Family::Ipv4)).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        drop(taken);
        let again = one.reserve(Claim::new(Family::Ipv4)).await.unwrap();
        assert_eq!(again.bound().port(), port);
    }

    #[tokio::test]
    async fn a_stranger_is_turned_away_and_the_right_peer_is_served() {
        let reserved = ports(0..=0)
            .reserve(Claim::new(Family::Ipv4))
            .await
            .unwrap();
        let to = reserved.bound();
        let stranger = TcpSocket::new_v4().unwrap();
        stranger.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        let stranger = stranger.connect(to).await.unwrap();
        let right = TcpStream::connect(to).await.unwrap();
        let rule = PeerRule::Host("127.0.0.1".parse().unwrap());
        let accepted = reserved.accept(rule).await.unwrap();
        assert_eq!(accepted.peer, Some(right.local_addr().unwrap()));
        stranger.readable().await.unwrap();
        assert!(matches!(stranger.try_read(&mut [0; 1]), Ok(0) | Err(_)));
    }
}
