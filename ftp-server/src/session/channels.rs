//! The data connections of a session: sockets and transfers, one state each.
//!
//! ```text
//! Reserving ─▶ Listening ─▶ Connecting ─▶ Connected ─▶ Running ─▶ Ending ─▶ (gone)
//!                               ▲ Dial                     │ Close: stop, then Failed(Cancelled)
//! ```
//!
//! `Ending` waits for the client to close after everything was sent, so that the connection isn't
//! reset under its last bytes; the protocol knows nothing of it. `Close` of everything that doesn't
//! run is done by dropping it.

use core::mem;
use core::task::{Context, Poll, ready};
use std::io;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::time::Instant;

use ftp_io::DataStream;
use ftp_proto::addr::PeerRule;
use ftp_proto::session::{
    ChannelId, DataEvent, DataFailure, Direction, Family, Manner, Representation, Target,
};

use crate::data::{Accepted, Advertise, Claim, PassivePorts, Reservation};
use crate::observe::Chain;
use crate::storage::Incoming;

use super::meter::Meter;
use super::transfer::{self, Moved, Opened};
use super::{Services, SessionInfo};

/// All data connections of a session; hardly ever more than one.
pub(crate) struct Channels {
    services: Arc<Services>,
    session: SessionInfo,
    passive: Box<dyn PassivePorts>,
    channels: Vec<Channel>,
}

struct Channel {
    id: ChannelId,
    state: State,
}

enum State {
    Reserving(BoxFuture<'static, io::Result<Box<dyn Reservation>>>),
    Listening(Box<dyn Reservation>),
    Connecting(BoxFuture<'static, io::Result<Accepted>>),
    Connected(DataStream),
    Running(Running),
    Ending(BoxFuture<'static, ()>),
    Gone,
}

struct Running {
    transfer: BoxFuture<'static, Moved>,
    meter: Arc<Meter>,
    direction: Direction,
    /// How many bytes have moved, as of the last poll, and when that grew.
    moved: u64,
    moved_at: Instant,
    /// How many of them the protocol knows of.
    told: u64,
    /// How to close, once the transfer has stopped as it was asked to.
    stopping: Option<Manner>,
}

/// Something that happened to a channel.
pub(crate) struct Happened {
    pub(crate) channel: ChannelId,
    pub(crate) event: DataEvent,
    /// The upload that a transfer gives back.
    pub(crate) incoming: Option<Box<dyn Incoming>>,
}

impl Channels {
    pub(crate) fn new(services: Arc<Services>, session: SessionInfo) -> Self {
        services.advertise.prepare();
        Self {
            passive: Arc::clone(&services.passive).session(&session),
            services,
            session,
            channels: Vec::new(),
        }
    }

    pub(crate) fn listen(&mut self, id: ChannelId, family: Family) {
        let claim = Claim::new(family).through(self.services.gate.clone());
        let reserving = self.passive.reserve(claim);
        self.open(id, State::Reserving(reserving));
    }

    pub(crate) fn dial(&mut self, id: ChannelId, target: Target) {
        let to = match target {
            Target::Address(address) => address,
            Target::ControlHost { port } => {
                let mut peer = self.session.peer;
                peer.set_port(port);
                peer
            }
            _ => return,
        };
        let connecting = self.services.active.connect(to, &self.session);
        let connected = async move { Ok(Accepted::new(connecting.await?, Some(to))) };
        self.open(id, State::Connecting(Box::pin(connected)));
    }

    pub(crate) fn accept(&mut self, id: ChannelId, from: PeerRule) {
        self.step(id, |state| match state {
            State::Listening(reservation) => State::Connecting(reservation.accept(from)),
            other => other,
        });
    }

    /// Starts the transfer of a channel that is connected.
    pub(crate) fn run(
        &mut self,
        id: ChannelId,
        opened: Opened,
        direction: Direction,
        representation: Representation,
    ) {
        self.step(id, |state| match state {
            State::Connected(stream) => {
                let meter = Arc::<Meter>::default();
                let transfer = transfer::run(stream, opened, representation, Arc::clone(&meter));
                State::Running(Running {
                    transfer: Box::pin(transfer),
                    meter,
                    direction,
                    moved: 0,
                    moved_at: Instant::now(),
                    told: 0,
                    stopping: None,
                })
            }
            other => other,
        });
    }

    /// Closes a channel, or asks its transfer to stop.
    pub(crate) fn close(&mut self, id: ChannelId, manner: Manner) {
        self.step(id, |state| match state {
            State::Running(mut running) => {
                running.stopping.get_or_insert(manner);
                running.meter.stop();
                State::Running(running)
            }
            State::Connected(stream) => {
                transfer::close(stream, manner);
                State::Gone
            }
            State::Ending(ending) => State::Ending(ending),
            _ => State::Gone,
        });
    }

    /// What has moved since the protocol was last told, and when.
    ///
    /// It is told only when it is going to look: when it must decide whether the transfer has
    /// stalled, or is asked how far it is.
    pub(crate) fn progress(&mut self) -> Option<(ChannelId, DataEvent, Instant)> {
        self.channels.iter_mut().find_map(|channel| {
            let State::Running(running) = &mut channel.state else {
                return None;
            };
            let bytes = running.moved;
            let moved = bytes != mem::replace(&mut running.told, bytes);
            let event = DataEvent::Progress { bytes };
            moved.then_some((channel.id, event, running.moved_at))
        })
    }

    /// Closes everything. Transfers are asked to stop; what else there is, is gone.
    pub(crate) fn close_all(&mut self) {
        let ids: Vec<_> = self.channels.iter().map(|channel| channel.id).collect();
        for id in ids {
            self.close(id, Manner::Reset);
        }
    }

    /// As [`poll`](Self::poll), until no transfer runs any more.
    pub(crate) fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<Option<Happened>> {
        match self.poll(cx) {
            Poll::Ready(happened) => Poll::Ready(Some(happened)),
            Poll::Pending if self.is_running() => Poll::Pending,
            Poll::Pending => Poll::Ready(None),
        }
    }

    fn is_running(&self) -> bool {
        let mut states = self.channels.iter().map(|channel| &channel.state);
        states.any(|state| matches!(state, State::Running(_)))
    }

    /// Waits for something to happen to a channel.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Happened> {
        let Self {
            services,
            session,
            channels,
            ..
        } = self;
        let mut polled = channels
            .iter_mut()
            .map(|channel| channel.poll(cx, session, &*services.advertise));
        let happened = polled.find(Poll::is_ready);
        drop(polled);
        channels.retain(|channel| !matches!(channel.state, State::Gone));
        if channels.is_empty() {
            // An idle session holds no memory for what it may do later.
            *channels = Vec::new();
        }
        happened.unwrap_or(Poll::Pending)
    }

    fn open(&mut self, id: ChannelId, state: State) {
        self.channels.push(Channel { id, state });
    }

    fn step(&mut self, id: ChannelId, next: impl FnOnce(State) -> State) {
        if let Some(channel) = self.channels.iter_mut().find(|channel| channel.id == id) {
            channel.state = next(mem::replace(&mut channel.state, State::Gone));
        }
    }
}

impl Channel {
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        session: &SessionInfo,
        advertise: &dyn Advertise,
    ) -> Poll<Happened> {
        let mut incoming = None;
        let (state, event) = match &mut self.state {
            State::Reserving(reserving) => match ready!(reserving.as_mut().poll(cx)) {
                Ok(reservation) => match advertise.address(session, reservation.bound()) {
                    Some(advertised) => {
                        let event = DataEvent::Listening { advertised };
                        (State::Listening(reservation), event)
                    }
                    None => {
                        let error = io::Error::other("no address to tell the client");
                        failed("can't listen", &error, DataFailure::CantListen)
                    }
                },
                Err(error) => failed("can't listen", &error, DataFailure::CantListen),
            },
            State::Connecting(connecting) => match ready!(connecting.as_mut().poll(cx)) {
                Ok(Accepted { stream, peer }) => {
                    (State::Connected(stream), DataEvent::Connected { peer })
                }
                Err(error) => failed("can't connect", &error, DataFailure::CantConnect),
            },
            State::Running(running) => {
                let moved = ready!(running.poll(cx));
                incoming = moved.incoming;
                running.end(moved.stream, moved.result)
            }
            State::Ending(ending) => {
                ready!(ending.as_mut().poll(cx));
                self.state = State::Gone;
                return Poll::Pending;
            }
            State::Listening(_) | State::Connected(_) | State::Gone => return Poll::Pending,
        };
        self.state = state;
        Poll::Ready(Happened {
            channel: self.id,
            event,
            incoming,
        })
    }
}

impl Running {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Moved> {
        let polled = self.transfer.as_mut().poll(cx);
        let moved = self.meter.moved();
        if moved != mem::replace(&mut self.moved, moved) {
            self.moved_at = Instant::now();
        }
        polled
    }

    /// What becomes of the channel when its transfer has ended.
    fn end(&self, stream: DataStream, result: Result<(), DataFailure>) -> (State, DataEvent) {
        let bytes = self.meter.moved();
        match (result, self.direction) {
            (Ok(()), Direction::Send) => {
                let ending = State::Ending(Box::pin(stream.drain()));
                (ending, DataEvent::Finished { bytes })
            }
            (Ok(()), Direction::Receive) => (State::Gone, DataEvent::Finished { bytes }),
            (Err(failure), _) => {
                transfer::close(stream, self.stopping.unwrap_or(Manner::Reset));
                (State::Gone, DataEvent::Failed(failure))
            }
        }
    }
}

fn failed(what: &'static str, error: &io::Error, failure: DataFailure) -> (State, DataEvent) {
    tracing::debug!(error = %Chain(error), "{what}");
    (State::Gone, DataEvent::Failed(failure))
}
