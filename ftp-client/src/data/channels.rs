//! The sockets of a session: obeys [`DataAction`]s, reports [`DataEvent`]s.
//!
//! Everything that takes time is a future kept here and polled by whichever call of the client is
//! running, so that no call loses anything when it is dropped.

use core::net::SocketAddr;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;
use std::sync::Arc;

use ftp_io::DataStream;
use ftp_proto::addr::PeerRule;
use ftp_proto::session::{ChannelId, DataAction, DataEvent, DataFailure, Direction, Manner};
use futures::future::BoxFuture;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};

use super::{ControlInfo, DataStrategy};
use crate::connect::{Connection, Endpoint, Listener};

/// What the operating system said about a data connection; the session only knows that it failed.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) address: Option<SocketAddr>,
    pub(crate) error: Arc<io::Error>,
}

/// The data connections of one session. Rarely more than one.
pub(crate) struct Channels {
    strategy: Arc<dyn DataStrategy>,
    control: ControlInfo,
    open: Vec<(ChannelId, Channel)>,
    trouble: Option<Trouble>,
}

/// A data connection and what it is busy with.
enum Channel {
    Opening(BoxFuture<'static, io::Result<Box<dyn Listener>>>),
    Listening(Box<dyn Listener>),
    Accepting(BoxFuture<'static, io::Result<Connection>>),
    Dialing(
        Option<SocketAddr>,
        BoxFuture<'static, io::Result<Connection>>,
    ),
    Connected(DataStream),
    Running(Running),
    /// An upload is complete on this side; its last bytes are under way.
    Finishing(u64, BoxFuture<'static, io::Result<()>>),
}

/// A data connection that a transfer uses.
struct Running {
    direction: Direction,
    bytes: u64,
    /// `None` after [`Running::take`].
    stream: Option<DataStream>,
}

impl Running {
    const fn take(&mut self) -> Option<DataStream> {
        self.stream.take()
    }
}

/// An upload that nobody finished must not look like a whole file.
impl Drop for Running {
    fn drop(&mut self) {
        if let (Direction::Send, Some(stream)) = (self.direction, self.take()) {
            stream.reset();
        }
    }
}

/// What came of moving bytes.
pub(crate) enum Moved {
    /// So many.
    Bytes(usize),
    /// No more: the session must be told.
    End(ChannelId, DataEvent),
}

impl Channels {
    pub(crate) fn new(strategy: Arc<dyn DataStrategy>, control: ControlInfo) -> Self {
        Self {
            strategy,
            control,
            open: Vec::new(),
            trouble: None,
        }
    }

    pub(crate) fn strategy(&self) -> &dyn DataStrategy {
        &*self.strategy
    }

    pub(crate) const fn control(&self) -> &ControlInfo {
        &self.control
    }

    /// What the operating system said last about a connection that failed; forgotten by asking.
    pub(crate) const fn take_trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// Does what the session asks for. Some actions have a result at once.
    pub(crate) fn perform(&mut self, action: DataAction) -> Option<(ChannelId, DataEvent)> {
        match action {
            DataAction::Listen { channel, family } => {
                let listening = self.strategy.listen(family, &self.control);
                self.open.push((channel, Channel::Opening(listening)));
                None
            }
            DataAction::Dial { channel, target } => {
                let endpoint = self.control.resolve(target).ok();
                let address = endpoint.as_ref().and_then(Endpoint::address);
                let dialing = self.strategy.dial(target, &self.control);
                self.open
                    .push((channel, Channel::Dialing(address, dialing)));
                None
            }
            DataAction::Accept { channel, from } => {
                let (_, listener) = self.take(channel, |it| matches!(it, Channel::Listening(_)))?;
                if let Channel::Listening(listener) = listener {
                    let accepting = Channel::Accepting(Box::pin(accept(listener, from)));
                    self.open.push((channel, accepting));
                }
                None
            }
            DataAction::Run {
                channel, direction, ..
            } => {
                let (_, stream) = self.take(channel, |it| matches!(it, Channel::Connected(_)))?;
                if let Channel::Connected(stream) = stream {
                    let running = Running {
                        direction,
                        bytes: 0,
                        stream: Some(stream),
                    };
                    self.open.push((channel, Channel::Running(running)));
                }
                None
            }
            DataAction::Close { channel, manner } => {
                let (_, closed) = self.take(channel, |_| true)?;
                close(closed, manner)
                    .then_some((channel, DataEvent::Failed(DataFailure::Cancelled)))
            }
            _ => None,
        }
    }

    fn take(
        &mut self,
        channel: ChannelId,
        state: impl Fn(&Channel) -> bool,
    ) -> Option<(ChannelId, Channel)> {
        let index = self
            .open
            .iter()
            .position(|(id, it)| *id == channel && state(it))?;
        Some(self.open.swap_remove(index))
    }

    /// Drives what takes time; tells one thing that happened.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<(ChannelId, DataEvent)> {
        for index in 0..self.open.len() {
            let Some((channel, state)) = self.open.get_mut(index) else {
                break;
            };
            let channel = *channel;
            let Poll::Ready(next) = state.poll(cx) else {
                continue;
            };
            let event = match next {
                Next::Become(next, event) => {
                    *state = next;
                    self.trouble = None;
                    event
                }
                Next::Gone(event) => {
                    self.open.swap_remove(index);
                    event
                }
                Next::Broken(failure, trouble) => {
                    self.open.swap_remove(index);
                    self.trouble = Some(trouble);
                    DataEvent::Failed(failure)
                }
            };
            return Poll::Ready((channel, event));
        }
        Poll::Pending
    }

    /// Whether a transfer uses a connection.
    pub(crate) fn is_running(&self) -> bool {
        self.open
            .iter()
            .any(|(_, it)| matches!(it, Channel::Running(_)))
    }

    /// Whether a transfer from the server uses a connection.
    pub(crate) fn is_receiving(&self) -> bool {
        self.open.iter().any(|(_, it)| {
            matches!(it, Channel::Running(running) if running.direction == Direction::Receive)
        })
    }

    fn running(&mut self) -> Option<(ChannelId, &mut Running)> {
        self.open.iter_mut().find_map(|(id, it)| match it {
            Channel::Running(running) => Some((*id, running)),
            _ => None,
        })
    }

    /// Reads from the connection that runs; pending if none does. `buf` must have room.
    pub(crate) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Moved> {
        let Some((channel, running)) = self.running() else {
            return Poll::Pending;
        };
        let Some(stream) = &mut running.stream else {
            return Poll::Pending;
        };
        let before = buf.filled().len();
        let result = ready!(Pin::new(stream).poll_read(cx, buf));
        let count = buf.filled().len().saturating_sub(before);
        self.moved(channel, result.map(|()| count))
    }

    /// Writes to the connection that runs; pending if none does. `bytes` must not be empty.
    pub(crate) fn poll_send(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Moved> {
        let Some((channel, running)) = self.running() else {
            return Poll::Pending;
        };
        let Some(stream) = &mut running.stream else {
            return Poll::Pending;
        };
        let result = ready!(Pin::new(stream).poll_write(cx, bytes));
        self.moved(channel, result)
    }

    /// Flushes the connection that runs, if any; tells if that has ended it.
    pub(crate) fn poll_flush(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<(ChannelId, DataEvent)>> {
        let Some((channel, running)) = self.running() else {
            return Poll::Ready(None);
        };
        let Some(stream) = &mut running.stream else {
            return Poll::Ready(None);
        };
        match ready!(Pin::new(stream).poll_flush(cx)) {
            Ok(()) => Poll::Ready(None),
            Err(error) => Poll::Ready(Some((channel, self.broken(channel, error)))),
        }
    }

    fn moved(&mut self, channel: ChannelId, result: io::Result<usize>) -> Poll<Moved> {
        let event = match result {
            Ok(0) => {
                let bytes = self.bytes();
                self.take(channel, |_| true);
                DataEvent::Finished { bytes }
            }
            Ok(count) => {
                if let Some((_, running)) = self.running() {
                    running.bytes = running.bytes.saturating_add(count as u64);
                }
                return Poll::Ready(Moved::Bytes(count));
            }
            Err(error) => self.broken(channel, error),
        };
        Poll::Ready(Moved::End(channel, event))
    }

    fn broken(&mut self, channel: ChannelId, error: io::Error) -> DataEvent {
        self.trouble = Some(Trouble::new(self.address(), error));
        self.take(channel, |_| true);
        DataEvent::Failed(DataFailure::Broken)
    }

    /// Bytes that went over the connection that runs.
    pub(crate) fn bytes(&mut self) -> u64 {
        self.running().map_or(0, |(_, running)| running.bytes)
    }

    /// The name of the connection that runs, and what has gone over it.
    pub(crate) fn progress(&mut self) -> Option<(ChannelId, DataEvent)> {
        self.running().map(|(channel, running)| {
            let bytes = running.bytes;
            (channel, DataEvent::Progress { bytes })
        })
    }

    fn address(&mut self) -> Option<SocketAddr> {
        match self.running()?.1.stream.as_ref()? {
            DataStream::Tcp(stream) => stream.peer_addr().ok(),
            _ => None,
        }
    }

    /// Says on the connection that runs that everything was sent.
    pub(crate) fn finish(&mut self) {
        if let Some((channel, running)) = self.running()
            && let Some(stream) = running.take()
        {
            let finishing = Channel::Finishing(running.bytes, Box::pin(stream.finish()));
            self.open.retain(|(id, _)| *id != channel);
            self.open.push((channel, finishing));
        }
    }
}

impl core::fmt::Debug for Channels {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Channels")
            .field("strategy", &self.strategy)
            .field("control", &self.control)
            .finish_non_exhaustive()
    }
}

/// What a channel turns into.
enum Next {
    Become(Channel, DataEvent),
    Gone(DataEvent),
    Broken(DataFailure, Trouble),
}

impl Next {
    fn connected(connection: Connection) -> Self {
        let peer = connection.peer();
        let stream = Channel::Connected(connection.into_stream());
        Self::Become(stream, DataEvent::Connected { peer })
    }
}

impl Channel {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        Poll::Ready(match self {
            Self::Opening(future) => match ready!(future.as_mut().poll(cx)) {
                Ok(listener) => {
                    let advertised = listener.advertised();
                    Next::Become(
                        Self::Listening(listener),
                        DataEvent::Listening { advertised },
                    )
                }
                Err(error) => Next::Broken(DataFailure::CantListen, Trouble::new(None, error)),
            },
            Self::Accepting(future) => match ready!(future.as_mut().poll(cx)) {
                Ok(connection) => Next::connected(connection),
                Err(error) => Next::Broken(DataFailure::CantConnect, Trouble::new(None, error)),
            },
            Self::Dialing(address, future) => match ready!(future.as_mut().poll(cx)) {
                Ok(connection) => Next::connected(connection),
                Err(error) => {
                    let trouble = Trouble::new(*address, error);
                    Next::Broken(DataFailure::CantConnect, trouble)
                }
            },
            Self::Finishing(bytes, future) => match ready!(future.as_mut().poll(cx)) {
                Ok(()) => Next::Gone(DataEvent::Finished { bytes: *bytes }),
                Err(error) => Next::Broken(DataFailure::Broken, Trouble::new(None, error)),
            },
            Self::Listening(_) | Self::Connected(_) | Self::Running(_) => return Poll::Pending,
        })
    }
}

impl Trouble {
    fn new(address: Option<SocketAddr>, error: io::Error) -> Self {
        Self {
            address,
            error: Arc::new(error),
        }
    }
}

/// Takes the first connection that the rule admits; strangers are dropped.
async fn accept(mut listener: Box<dyn Listener>, from: PeerRule) -> io::Result<Connection> {
    loop {
        let connection = match listener.accept().await {
            Ok(connection) => connection,
            // Somebody hung up before it was taken; the listener is fine.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(error),
        };
        if connection.peer().is_none_or(|peer| from.admits(peer.ip())) {
            return Ok(connection);
        }
        connection.into_stream().reset();
    }
}

/// Closes a channel; whether it was running, so that its end must be told.
fn close(channel: Channel, manner: Manner) -> bool {
    match channel {
        Channel::Connected(stream) => {
            if manner == Manner::Reset {
                stream.reset();
            }
            false
        }
        Channel::Running(mut running) => {
            if let Some(stream) = running.take() {
                match manner {
                    Manner::Reset => stream.reset(),
                    _ => drop(stream),
                }
            }
            true
        }
        Channel::Finishing(..) => true,
        Channel::Opening(_)
        | Channel::Listening(_)
        | Channel::Accepting(_)
        | Channel::Dialing(..) => false,
    }
}
