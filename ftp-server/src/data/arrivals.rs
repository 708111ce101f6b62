//! Connections that come in at a listener, each with the address of its client.

use core::fmt;
use core::net::SocketAddr;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::net::{TcpListener, TcpStream};

use super::Gate;
use crate::accept::accept;

/// Accepts connections and has them pass the gate, all at the same time: one that says nothing
/// holds nobody up.
pub(super) struct Arrivals {
    listener: TcpListener,
    gate: Gate,
    passing: FuturesUnordered<BoxFuture<'static, Option<Arrival>>>,
    exhausted: bool,
}

/// A connection that has passed the gate.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) stream: TcpStream,
    pub(super) client: SocketAddr,
}

/// How many connections may be on their way through the gate. Only trusted proxies get that far,
/// and they send their header at once.
const MAX_PASSING: usize = 256;

impl Arrivals {
    pub(super) fn new(listener: TcpListener, gate: Gate) -> Self {
        Self {
            listener,
            gate,
            passing: FuturesUnordered::new(),
            exhausted: false,
        }
    }

    /// The next connection, however long that takes.
    ///
    /// # Cancel safety
    ///
    /// If dropped, no connection is lost.
    pub(super) async fn next(&mut self) -> Arrival {
        loop {
            tokio::select! {
                Some(passed) = self.passing.next(), if !self.passing.is_empty() => {
                    if let Some(arrival) = passed {
                        return arrival;
                    }
                }
                (stream, from) = accept(&self.listener, &mut self.exhausted),
                    if self.passing.len() < MAX_PASSING =>
                {
                    if self.gate.is_open() {
                        return Arrival { stream, client: from };
                    }
                    let gate = self.gate.clone();
                    self.passing.push(Box::pin(pass(gate, stream, from)));
                }
            }
        }
    }
}

async fn pass(gate: Gate, stream: TcpStream, from: SocketAddr) -> Option<Arrival> {
    match gate.pass(stream, from).await {
        Ok((stream, client)) => Some(Arrival { stream, client }),
        Err(error) => {
            tracing::warn!(peer = %from, %error, "stranger turned away from a data port");
            None
        }
    }
}

impl fmt::Debug for Arrivals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrivals")
            .field("listener", &self.listener)
            .field("passing", &self.passing.len())
            .finish_non_exhaustive()
    }
}
