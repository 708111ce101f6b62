//! A listener that takes one connection.

use core::net::SocketAddr;
use std::io;

use futures::future::BoxFuture;
use tokio::net::TcpListener;

use ftp_proto::addr::PeerRule;

use super::arrivals::{Arrival, Arrivals};
use super::{Accepted, Gate, Reservation};

/// A port of its own for one connection.
///
/// The lease is whatever must be given back with the port. It is dropped after the socket is
/// closed, so that a port that is free can be bound.
#[derive(Debug)]
pub(super) struct OneConnection<Lease> {
    arrivals: Arrivals,
    bound: SocketAddr,
    _lease: Lease,
}

impl<Lease> OneConnection<Lease> {
    /// The listener, the address that it is bound to, what connections must pass, and what must be
    /// given back.
    pub(super) fn new(listener: TcpListener, bound: SocketAddr, gate: Gate, lease: Lease) -> Self {
        Self {
            arrivals: Arrivals::new(listener, gate),
            bound,
            _lease: lease,
        }
    }
}

impl<Lease: Send + 'static> Reservation for OneConnection<Lease> {
    fn bound(&self) -> SocketAddr {
        self.bound
    }

    fn accept(mut self: Box<Self>, from: PeerRule) -> BoxFuture<'static, io::Result<Accepted>> {
        Box::pin(async move {
            loop {
                let Arrival { stream, client, .. } = self.arrivals.next().await;
                if from.admits(client.ip()) {
                    // Small files and listings shall not wait for acknowledgements.
                    stream.set_nodelay(true)?;
                    return Ok(Accepted::new(stream, Some(client)));
                }
                tracing::warn!(peer = %client, "stranger turned away from a data port");
            }
        })
    }
}

/// Connections that may wait at a listener. Strangers are turned away at once, so it never fills
/// for long.
pub(super) const BACKLOG: u32 = 16;

#[cfg(test)]
mod tests {
    use tokio::net::{TcpSocket, TcpStream};

    use super::*;
    use crate::accept::listen;

    #[tokio::test]
    async fn a_stranger_is_turned_away_and_the_right_peer_is_served() {
        let reserved = listen("127.0.0.1:0".parse().unwrap(), BACKLOG).unwrap();
        let to = reserved.local_addr().unwrap();
        let stranger = TcpSocket::new_v4().unwrap();
        stranger.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        let stranger = stranger.connect(to).await.unwrap();
        let right = TcpStream::connect(to).await.unwrap();
        let rule = PeerRule::Host("127.0.0.1".parse().unwrap());
        let accepted = Box::new(OneConnection::new(reserved, to, Gate::open(), ()))
            .accept(rule)
            .await
            .unwrap();
        assert_eq!(accepted.peer, Some(right.local_addr().unwrap()));
        stranger.readable().await.unwrap();
        assert!(matches!(stranger.try_read(&mut [0; 1]), Ok(0) | Err(_)));
    }
}
