//! The server: sockets that listen, a task for each client, and an orderly end.

use core::fmt;
use core::future::pending;
use core::net::SocketAddr;
use core::pin::pin;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::io::{self, Write as _};
use std::sync::Arc;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs, lookup_host};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;
use tracing::Instrument as _;

use crate::accept::{CROWD, accept, listen};
use crate::builder::ServerBuilder;
use crate::limits::{Admission, Full, Limits};
use crate::observe;
use crate::proxy::ProxyProtocol;
use crate::session::{Control, Inline, Services, Session, SessionInfo};

/// After how much silence a control connection is probed, so that a client that has vanished in the
/// middle of a long transfer is noticed.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// An FTP server that is ready to serve; clones are the same server.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    services: Arc<Services>,
    limits: Arc<Limits>,
    rules: Rules,
    next_session: AtomicU64,
}

/// How the server itself behaves, apart from its sessions.
#[derive(Debug)]
pub(crate) struct Rules {
    /// What control connections must bring, if anything.
    pub(crate) proxy: Option<Arc<ProxyProtocol>>,
    pub(crate) shutdown_grace: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            proxy: None,
            shutdown_grace: Duration::from_secs(30),
        }
    }
}

impl Server {
    /// Begins to put a server together.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    pub(crate) fn new(services: Services, limits: Arc<Limits>, rules: Rules) -> Self {
        Self(Arc::new(Inner {
            services: Arc::new(services),
            limits,
            rules,
            next_session: AtomicU64::new(1),
        }))
    }

    /// Listens on an address; port 0 lets the system choose. A server may listen on several.
    ///
    /// # Errors
    ///
    /// If the address can't be had.
    ///
    /// # Cancel safety
    ///
    /// If dropped, it doesn't listen.
    pub async fn bind(&self, address: impl ToSocketAddrs) -> io::Result<Listening> {
        let mut listening = Err(io::ErrorKind::AddrNotAvailable.into());
        for address in lookup_host(address).await? {
            listening = listen(address, CROWD);
            if listening.is_ok() {
                break;
            }
        }
        let listener = listening?;
        Ok(Listening {
            address: listener.local_addr()?,
            listener,
            server: self.clone(),
        })
    }

    /// Serves one client over any stream, until its session is over. It counts for the limits.
    ///
    /// Data connections are made between the hosts of the two addresses, unless strategies of your
    /// own say otherwise.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed without a word.
    pub async fn serve_stream<S>(&self, mut stream: S, peer: SocketAddr, local: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let info = self.0.info(peer, local);
        let full = match self.0.limits.admit() {
            Ok(mut admission) => match admission.attribute(info.peer.ip()) {
                Ok(()) => {
                    let control = Control::new(stream, |_| false);
                    return self.0.converse(control, info, pending(), admission).await;
                }
                Err(full) => full,
            },
            Err(full) => full,
        };
        turn_away(&mut stream, full).await;
    }
}

/// A server that listens.
#[derive(Debug)]
pub struct Listening {
    server: Server,
    listener: TcpListener,
    address: SocketAddr,
}

impl Listening {
    /// Where it listens.
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves for ever.
    ///
    /// # Cancel safety
    ///
    /// If dropped, all sessions are dropped with it.
    pub async fn serve(self) {
        self.serve_with_shutdown(pending()).await;
    }

    /// Serves until `shutdown` is ready. Then it stops to listen, tells idle sessions 421, and lets
    /// transfers finish for as long as
    /// [`shutdown_grace`](ServerBuilder::shutdown_grace) allows.
    ///
    /// # Cancel safety
    ///
    /// If dropped, all sessions are dropped with it.
    pub async fn serve_with_shutdown(self, shutdown: impl Future<Output = ()>) {
        let Self {
            server,
            listener,
            address,
        } = self;
        tracing::info!(%address, "listening");
        server.0.services.advertise.prepare();
        let (stop, stopping) = watch::channel(false);
        let mut sessions = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        let mut exhausted = false;
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(ended) = sessions.join_next() => report(ended),
                (stream, peer) = accept(&listener, &mut exhausted) => {
                    server.welcome(stream, peer, &stopping, &mut sessions);
                }
            }
        }
        drop(listener);
        tracing::info!(sessions = sessions.len(), "shutting down");
        stop.send_replace(true);
        let finish = async {
            while let Some(ended) = sessions.join_next().await {
                report(ended);
            }
        };
        if timeout(server.0.rules.shutdown_grace, finish)
            .await
            .is_err()
        {
            tracing::warn!(sessions = sessions.len(), "sessions cut off");
        }
        sessions.shutdown().await;
    }
}

impl Server {
    /// Begins the session of a client that has connected, in a task of its own.
    fn welcome(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        stopping: &watch::Receiver<bool>,
        sessions: &mut JoinSet<()>,
    ) {
        let admission = match self.0.limits.admit() {
            Ok(admission) => admission,
            Err(full) => {
                tracing::warn!(%peer, ?full, "turned away");
                // Whoever is turned away gets no task: one attempt to write must do.
                let _ = stream
                    .into_std()
                    .and_then(|mut stream| stream.write(full.reply()));
                return;
            }
        };
        let inner = Arc::clone(&self.0);
        let stopping = stopping.clone();
        sessions.spawn(async move {
            if let Err(error) = inner.receive(stream, peer, stopping, admission).await {
                tracing::debug!(%peer, %error, "no session");
            }
        });
    }
}

impl Inner {
    fn info(&self, peer: SocketAddr, local: SocketAddr) -> SessionInfo {
        let id = self.next_session.fetch_add(1, Ordering::Relaxed);
        SessionInfo::new(id, peer, local)
    }

    /// Does what comes before a session, and then the session.
    async fn receive(
        &self,
        mut stream: TcpStream,
        peer: SocketAddr,
        mut stopping: watch::Receiver<bool>,
        mut admission: Admission,
    ) -> io::Result<()> {
        let mut shutdown = pin!(async move {
            // An error means that there is nobody left to ask for a shutdown.
            if stopping.wait_for(|stop| *stop).await.is_err() {
                pending().await
            }
        });
        tune(&stream)?;
        let mut info = self.info(peer, stream.local_addr()?);
        if let Some(proxy) = &self.rules.proxy {
            let told = tokio::select! {
                told = proxy.read(&mut stream, peer) => told?,
                () = &mut shutdown => return Ok(()),
            };
            if let Some(addresses) = told {
                info.peer = addresses.client;
                info.destination = addresses.destination;
            }
        }
        if let Err(full) = admission.attribute(info.peer.ip()) {
            tracing::warn!(peer = %info.peer, ?full, "turned away");
            turn_away(&mut stream, full).await;
            return Ok(());
        }
        let control = Control::new(Inline::new(stream)?, Inline::has_hung_up);
        self.converse(control, info, shutdown, admission).await;
        Ok(())
    }

    /// A whole session.
    fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        control: Control<S>,
        info: SessionInfo,
        shutdown: impl Future<Output = ()>,
        admission: Admission,
    ) -> impl Future<Output = ()> {
        let span = observe::span(&info);
        // On the heap once, instead of in each of the futures that it would move through.
        let mut session = Box::new(Session::new(&self.services, control, info));
        let conversation = async move {
            let _admission = admission;
            tracing::info!(local = %info.local, "connected");
            let reason = session.run(shutdown).await;
            tracing::info!(?reason, "closed");
        };
        conversation.instrument(span)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("config", &self.0.services.config)
            .field("rules", &self.0.rules)
            .finish_non_exhaustive()
    }
}

/// Sets the options of a control connection.
fn tune(stream: &TcpStream) -> io::Result<()> {
    // A reply is small and must not wait for the acknowledgement of the one before it.
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))
}

/// Says that there are too many sessions.
async fn turn_away<S: AsyncWrite + Unpin>(stream: &mut S, full: Full) {
    let telling = async {
        stream.write_all(full.reply()).await?;
        stream.shutdown().await
    };
    let _ = timeout(Duration::from_secs(1), telling).await;
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "session panicked");
    }
}

#[cfg(test)]
mod tests {
    use crate::storage::MemoryStorage;

    use super::*;

    /// All of an idle session is this future, what it boxes, and a few small things: less than
    /// 4 KiB, with the room that the allocator and the runtime take.
    #[tokio::test]
    async fn an_idle_session_is_small() {
        let server = Server::builder()
            .storage(Arc::new(MemoryStorage::new()))
            .build()
            .unwrap();
        let listening = server.bind("127.0.0.1:0").await.unwrap();
        let to = listening.local_addr();
        let (connected, accepted) =
            tokio::join!(TcpStream::connect(to), listening.listener.accept());
        let (_client, (stream, peer)) = (connected.unwrap(), accepted.unwrap());
        let (_stop, stopping) = watch::channel(false);
        let admission = server.0.limits.admit().unwrap();
        let session = server.0.receive(stream, peer, stopping, admission);
        let size = size_of_val(&session) + size_of::<Session<Inline>>();
        assert!(size <= 2560, "{size} bytes");
    }
}
