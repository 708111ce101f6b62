//! Connections that come in at a listener, each with the address of its client.

use core::fmt;
use core::net::SocketAddr;
use std::collections::VecDeque;
use std::io;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};

use super::Gate;
use crate::accept::accept;

/// Accepts connections and has them pass the gate, all at the same time: one that says nothing
/// holds nobody up.
pub(super) struct Arrivals {
    listener: TcpListener,
    gate: Gate,
    passing: FuturesUnordered<BoxFuture<'static, Option<Arrival>>>,
    /// Connections that were taken out of the backlog, and not through the gate yet.
    waiting: VecDeque<(TcpStream, SocketAddr, Generation)>,
    generation: Generation,
    exhausted: bool,
}

/// A connection that has passed the gate.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) stream: TcpStream,
    pub(super) client: SocketAddr,
    pub(super) generation: Generation,
}

/// Tells connections that came before some moment from those that came later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Generation(u64);

/// How many connections may be on their way through the gate. Only trusted proxies get that far,
/// and they send their header at once.
const MAX_PASSING: usize = 256;

impl Arrivals {
    pub(super) fn new(listener: TcpListener, gate: Gate) -> Self {
        Self {
            listener,
            gate,
            passing: FuturesUnordered::new(),
            waiting: VecDeque::new(),
            generation: Generation::default(),
            exhausted: false,
        }
    }

    /// Begins a generation: all connections that a client has made before this are of an earlier
    /// one, also those that still wait in the backlog of the listener.
    pub(super) fn next_generation(&mut self) -> Generation {
        while let Some((stream, from)) = self.accept_waiting() {
            self.waiting.push_back((stream, from, self.generation));
        }
        self.generation.0 = self.generation.0.saturating_add(1);
        self.generation
    }

    /// A connection from the backlog. The runtime may not know of it yet, so the system is asked.
    fn accept_waiting(&self) -> Option<(TcpStream, SocketAddr)> {
        let accept = || -> io::Result<_> {
            let (socket, from) = SockRef::from(&self.listener).accept()?;
            socket.set_nonblocking(true)?;
            Ok((TcpStream::from_std(socket.into())?, from.as_socket()))
        };
        let (stream, from) = accept().ok()?;
        Some((stream, from?))
    }

    /// The next connection, however long that takes.
    ///
    /// # Cancel safety
    ///
    /// If dropped, no connection is lost.
    pub(super) async fn next(&mut self) -> Arrival {
        loop {
            while let Some((stream, client, generation)) = self.waiting.pop_front() {
                let arrival = Arrival {
                    stream,
                    client,
                    generation,
                };
                if self.gate.is_open() {
                    return arrival;
                }
                self.passing
                    .push(Box::pin(pass(self.gate.clone(), arrival)));
            }
            tokio::select! {
                Some(passed) = self.passing.next(), if !self.passing.is_empty() => {
                    if let Some(arrival) = passed {
                        return arrival;
                    }
                }
                (stream, from) = accept(&self.listener, &mut self.exhausted),
                    if self.passing.len() < MAX_PASSING =>
                {
                    self.waiting.push_back((stream, from, self.generation));
                }
            }
        }
    }
}

async fn pass(gate: Gate, arrival: Arrival) -> Option<Arrival> {
    let peer = arrival.client;
    match gate.pass(arrival.stream, peer).await {
        Ok((stream, client)) => Some(Arrival {
            stream,
            client,
            ..arrival
        }),
        Err(error) => {
            tracing::warn!(%peer, %error, "stranger turned away from a data port");
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
