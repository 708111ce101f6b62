//! One session: the protocol's state machine, and everything that it drives, in one task.
//!
//! [`Session`] owns the control connection, the machine, the application's side ([`asks`]) and the
//! data connections ([`channels`]); nobody else touches them. Its loop is the law of the core:
//! carry out every output, then wait for the first thing to happen and tell the machine.
//!
//! ```text
//!            ┌──────────────────────── ServerSession ◀───────────────────────┐
//!     outputs│                                                               │inputs
//!            ▼                                                               │
//!   perform: ask, listen, run, close, note          wait: control bytes, written bytes,
//!                                                   answers, data connections, time, shutdown
//! ```
//!
//! Control bytes are read and written at the same time, so that neither side can block the other.
//! An idle session must be small: nothing that isn't needed while idle is held inline, and what is
//! read goes through a buffer on the stack that lives for one poll.

mod asks;
mod channels;
mod control;
mod info;
mod inline;
mod listing;
mod meter;
mod transfer;

use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use ftp_proto::Moment;
use ftp_proto::server::{Answer, AskId, Connected, Output, ServerConfig, ServerSession};
use ftp_proto::session::{ChannelId, DataAction, DataEvent, DataFailure};

use crate::auth::Authenticator;
use crate::data::{ActiveStrategy, Advertise, Gate, PassiveStrategy};
use crate::observe::Observer;
use crate::storage::Storage;

use asks::Application;
use channels::{Channels, Happened};

pub(crate) use control::Control;
pub use info::SessionInfo;
pub(crate) use info::canonical;
pub(crate) use inline::Inline;

/// How long a session that is over may take to stop its transfer and discard its upload.
const CLOSING_LIMIT: Duration = Duration::from_secs(60);

/// What all sessions of a server have in common.
pub(crate) struct Services {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) passive: Arc<dyn PassiveStrategy>,
    pub(crate) active: Arc<dyn ActiveStrategy>,
    pub(crate) advertise: Arc<dyn Advertise>,
    pub(crate) gate: Gate,
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// The server closed it: after QUIT, a timeout, too many failures, or a shutdown.
    ByServer,
    /// The connection broke.
    Lost,
}

/// A session that runs.
pub(crate) struct Session<S> {
    machine: ServerSession,
    control: Control<S>,
    application: Application,
    channels: Channels,
    observer: Observer,
    started: Instant,
    closing: bool,
    lost: bool,
}

/// The first thing that happened.
enum Event {
    Answered(AskId, Answer),
    Happened(Happened),
    TimedOut,
    Read(io::Result<bool>),
    Written(io::Result<usize>),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// A session on a control connection.
    pub(crate) fn new(services: &Arc<Services>, control: Control<S>, info: SessionInfo) -> Self {
        let connected = Connected::new(info.peer, info.destination);
        let machine = ServerSession::new(Arc::clone(&services.config), connected, Moment::ZERO);
        Self {
            machine,
            control,
            application: Application::new(Arc::clone(services), info.peer),
            channels: Channels::new(Arc::clone(services), info),
            observer: Observer::default(),
            started: Instant::now(),
            closing: false,
            lost: false,
        }
    }

    /// Serves the client until the session is over. When `shutdown` is ready, an idle session ends
    /// at once and a busy one after its transfer.
    ///
    /// # Cancel safety
    ///
    /// Dropping it is safe, but not tidy: the client gets no reply, and an upload is dropped where
    /// it would have been discarded.
    pub(crate) async fn run(&mut self, shutdown: impl Future<Output = ()>) -> Closed {
        let mut timer = pin!(sleep_until(self.started));
        let mut shutdown = pin!(shutdown);
        let mut told = false;
        loop {
            self.perform();
            if self.closing {
                break;
            }
            tokio::select! {
                biased;
                () = &mut shutdown, if !told => {
                    told = true;
                    self.machine.shut_down(self.now());
                }
                event = poll_fn(|cx| self.poll(cx, timer.as_mut())) => self.tell(event),
            }
        }
        Box::pin(self.wind_up()).await
    }

    /// Carries out everything that the machine wants done.
    fn perform(&mut self) {
        while let Some(output) = self.machine.poll_output() {
            match output {
                Output::Data(action) => self.act(action),
                Output::Ask { id, ask } => self.application.ask(id, ask),
                Output::Withdraw { id } => self.application.withdraw(id),
                Output::Discard { channel, why } => self.application.discard(channel, why),
                Output::Unmount => self.application.unmount(),
                Output::CloseControl => self.closing = true,
                Output::Note(note) => self.observer.note(note),
                other => tracing::error!(?other, "output that this server doesn't know"),
            }
        }
    }

    fn act(&mut self, action: DataAction) {
        match action {
            DataAction::Listen { channel, family } => self.channels.listen(channel, family),
            DataAction::Accept { channel, from } => self.channels.accept(channel, from),
            DataAction::Dial { channel, target } => self.channels.dial(channel, target),
            DataAction::Close { channel, manner } => self.channels.close(channel, manner),
            DataAction::Run {
                channel,
                direction,
                representation,
            } => match self.application.take_opened(channel) {
                Some(opened) => self
                    .channels
                    .run(channel, opened, direction, representation),
                None => self.refuse(channel),
            },
            other => tracing::error!(?other, "action that this server doesn't know"),
        }
    }

    /// Nothing was opened for a transfer; the machine asks first, so this isn't reached.
    fn refuse(&mut self, channel: ChannelId) {
        let event = DataEvent::Failed(DataFailure::Cancelled);
        self.machine.handle_data(channel, event, self.now());
    }

    /// Waits for the first thing to happen.
    ///
    /// Transfers come last: one that never has to wait uses up what tokio lets a task do in one
    /// go, and an ABOR behind it would never be read.
    fn poll(&mut self, cx: &mut Context<'_>, timer: Pin<&mut Sleep>) -> Poll<Event> {
        if let Poll::Ready(written) = self.control.poll_write(cx, self.machine.outgoing()) {
            return Poll::Ready(Event::Written(written));
        }
        if self.machine.wants_bytes()
            && let Poll::Ready(read) = self.poll_read(cx)
        {
            return Poll::Ready(Event::Read(read));
        }
        if poll_deadline(cx, timer, self.deadline()).is_ready() {
            return Poll::Ready(Event::TimedOut);
        }
        if let Poll::Ready((id, answer)) = self.application.poll_answer(cx) {
            return Poll::Ready(Event::Answered(id, answer));
        }
        // Nobody waits for the end of a discard but the next question to open something.
        let _ = self.application.poll_discard(cx);
        self.channels.poll(cx).map(Event::Happened)
    }

    /// Reads from the client straight into the machine. Yields whether the client may send more.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let now = self.now();
        let Self {
            machine,
            control,
            channels,
            started,
            ..
        } = self;
        control.poll_read(cx, |bytes| {
            tell_progress(machine, channels, *started);
            machine.handle_bytes(bytes, now);
            !bytes.is_empty()
        })
    }

    /// Tells the machine what happened.
    fn tell(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::Answered(id, answer) => self.machine.answer(id, answer, now),
            Event::Happened(happened) => self.tell_of_channel(happened),
            Event::TimedOut => {
                tell_progress(&mut self.machine, &mut self.channels, self.started);
                self.machine.handle_timeout(now);
            }
            Event::Read(Ok(true)) => {}
            Event::Read(Ok(false)) => self.machine.handle_eof(now),
            Event::Written(Ok(count)) => self.machine.sent(count, now),
            Event::Read(Err(error)) | Event::Written(Err(error)) => {
                tracing::debug!(%error, "control connection broken");
                self.lost = true;
                self.machine.handle_lost(now);
            }
        }
    }

    fn tell_of_channel(&mut self, happened: Happened) {
        let Happened {
            channel,
            event,
            incoming,
        } = happened;
        let now = self.now();
        if let Some(incoming) = incoming {
            self.application.give_back(channel, incoming);
            // A client that died took both connections with it, and this end is no end of a file.
            if self.control.has_hung_up() {
                self.machine.handle_eof(now);
            }
        }
        self.machine.handle_data(channel, event, now);
    }

    /// Ends everything that still runs, in order and not for ever.
    async fn wind_up(&mut self) -> Closed {
        let lost = self.lost;
        self.channels.close_all();
        let finish = async {
            while let Some(happened) = poll_fn(|cx| self.channels.poll_rest(cx)).await {
                self.tell_of_channel(happened);
                self.perform();
            }
            self.application.abandon().await;
        };
        if timeout(CLOSING_LIMIT, finish).await.is_err() {
            tracing::warn!("a transfer doesn't stop");
        }
        if lost {
            return Closed::Lost;
        }
        self.control.close().await;
        Closed::ByServer
    }

    /// When the machine wants to be told of the time.
    fn deadline(&self) -> Option<Instant> {
        let deadline = self.machine.poll_timeout()?;
        self.started.checked_add(deadline.elapsed())
    }

    fn now(&self) -> Moment {
        Moment::from_elapsed(self.started.elapsed())
    }
}

/// Tells the machine how far a transfer is, and since when.
fn tell_progress(machine: &mut ServerSession, channels: &mut Channels, started: Instant) {
    if let Some((channel, event, at)) = channels.progress() {
        let moment = Moment::from_elapsed(at.saturating_duration_since(started));
        machine.handle_data(channel, event, moment);
    }
}

/// Waits for a deadline that moves.
///
/// It moves with every command, nearly always to a later time. A timer that fires too early and is
/// set once more is cheaper than one that is set again with every command.
fn poll_deadline(
    cx: &mut Context<'_>,
    mut timer: Pin<&mut Sleep>,
    deadline: Option<Instant>,
) -> Poll<()> {
    let Some(deadline) = deadline else {
        return Poll::Pending;
    };
    loop {
        if timer.is_elapsed() || timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        ready!(timer.as_mut().poll(cx));
        if timer.deadline() >= deadline {
            return Poll::Ready(());
        }
    }
}
