//! The task that listens at one shared port and hands its connections out.

use core::net::{IpAddr, SocketAddr};
use std::collections::HashMap;
use std::io;

use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

use crate::accept::{CROWD, listen};
use crate::data::Gate;
use crate::data::arrivals::{Arrival, Arrivals, Generation};

/// The task, as sessions see it. It ends when all of these are dropped.
#[derive(Clone, Debug)]
pub(super) struct Acceptor {
    bound: SocketAddr,
    orders: mpsc::UnboundedSender<Order>,
}

/// A session expects a connection.
#[derive(Debug)]
struct Order {
    client: IpAddr,
    to: Delivery,
    /// Told once a connection would be delivered.
    confirm: oneshot::Sender<()>,
}

type Delivery = oneshot::Sender<(TcpStream, SocketAddr)>;

impl Acceptor {
    /// Listens, in a task of its own.
    pub(super) fn start(at: SocketAddr, gate: Gate) -> io::Result<Self> {
        let listener = listen(at, CROWD)?;
        let bound = listener.local_addr()?;
        // As long as there are sessions: each has one order at a time.
        let (orders, received) = mpsc::unbounded_channel();
        let desk = Desk {
            arrivals: Arrivals::new(listener, gate),
            expected: HashMap::new(),
            tidy_at: MANY,
        };
        tokio::spawn(desk.run(received));
        Ok(Self { bound, orders })
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.orders.is_closed()
    }

    /// Has the next connection of a client delivered, in place of any earlier order for it. Tells
    /// where to connect, once that is sure to work: what the client connected before that is left
    /// over from something else.
    pub(super) async fn expect(
        &self,
        client: IpAddr,
    ) -> io::Result<(SocketAddr, oneshot::Receiver<(TcpStream, SocketAddr)>)> {
        let (to, delivered) = oneshot::channel();
        let (confirm, confirmed) = oneshot::channel();
        let order = Order {
            client,
            to,
            confirm,
        };
        let gone = || io::Error::new(io::ErrorKind::BrokenPipe, "the shared port is gone");
        self.orders.send(order).map_err(|_| gone())?;
        confirmed.await.map_err(|_| gone())?;
        Ok((self.bound, delivered))
    }
}

/// Where connections are given out. The task owns it; there is nothing to lock.
#[derive(Debug)]
struct Desk {
    arrivals: Arrivals,
    expected: HashMap<IpAddr, Expected>,
    /// How many may be expected before those are forgotten that nobody waits for any more.
    tidy_at: usize,
}

#[derive(Debug)]
struct Expected {
    to: Delivery,
    /// Connections that were accepted earlier aren't meant.
    since: Generation,
}

impl Desk {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(order) => self.take(order),
                    None => return,
                },
                arrival = self.arrivals.next() => self.deliver(arrival),
            }
        }
    }

    fn take(&mut self, order: Order) {
        let since = self.arrivals.next_generation();
        let Order {
            client,
            to,
            confirm,
        } = order;
        if self.expected.len() >= self.tidy_at {
            self.expected.retain(|_, expected| !expected.to.is_closed());
            self.tidy_at = MANY.max(2 * self.expected.len());
        }
        self.expected.insert(client, Expected { to, since });
        // A session that doesn't wait any more has dropped its end of the delivery too.
        let _ = confirm.send(());
    }

    fn deliver(&mut self, arrival: Arrival) {
        let client = arrival.client.ip().to_canonical();
        let expected = self.expected.remove(&client);
        let Some(Expected { to, since }) = expected else {
            tracing::warn!(peer = %arrival.client, "stranger turned away from a data port");
            return;
        };
        if arrival.generation < since {
            self.expected.insert(client, Expected { to, since });
            tracing::debug!(peer = %arrival.client, "left-over data connection closed");
        } else if to.send((arrival.stream, arrival.client)).is_err() {
            tracing::debug!(peer = %arrival.client, "data connection came too late");
        }
    }
}

/// How many orders are kept before those are looked for that nobody waits for.
const MANY: usize = 64;
