//! One loop for everything: control connection, data connections, timers, and the session that
//! decides what they mean.
//!
//! ```text
//!             requests                              bytes
//!   Client ──────────────▶ ┌───────────────┐ ◀─────────────▶ control connection
//!          ◀────────────── │ ClientSession │     actions
//!              events      └───────────────┘ ──────────────▶ Channels: data connections
//!                             ▲  deadline    ◀──────────────
//!                             └── alarm          events
//! ```
//!
//! There is no task behind it. [`Control::poll_event`] moves whatever can move and gives out the
//! next event; all state is in this one value, so that a future which is dropped loses nothing but
//! its interest in an answer.

use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;
use std::sync::Arc;

use ftp_io::Duplex;
use ftp_proto::Moment;
use ftp_proto::client::{
    ClientConfig, ClientSession, Event, Failure, Output, Phase as SessionPhase, Refused, Ticket,
};
use ftp_proto::session::{ChannelId, DataEvent};
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::data::{Channels, ControlInfo, DataStrategy, Moved, Trouble};
use crate::error::{Error, Phase};
use crate::trace;

/// Bytes read from the control connection at once.
const READ: usize = 4 * 1024;

/// A session with its sockets.
pub(crate) struct Control {
    session: ClientSession,
    /// `None` once it is closed.
    stream: Option<Box<dyn Duplex>>,
    origin: Instant,
    alarm: Pin<Box<Sleep>>,
    channels: Channels,
    /// Whether bytes may still be in a buffer of the stream.
    unflushed: bool,
    /// Why it can't be written or read any more.
    broken: Option<Arc<io::Error>>,
    /// What the session died of, for the calls that come after.
    death: Option<Error>,
}

impl Control {
    /// # Panics
    ///
    /// Outside of a tokio runtime that has a timer.
    pub(crate) fn new(
        stream: Box<dyn Duplex>,
        info: ControlInfo,
        config: ClientConfig,
        strategy: Arc<dyn DataStrategy>,
    ) -> Self {
        let origin = Instant::now();
        Self {
            session: ClientSession::new(config, Moment::ZERO),
            stream: Some(stream),
            origin,
            alarm: Box::pin(sleep_until(origin)),
            channels: Channels::new(strategy, info),
            unflushed: false,
            broken: None,
            death: None,
        }
    }

    /// Asks the session for something.
    pub(crate) fn request<T>(
        &mut self,
        request: impl FnOnce(&mut ClientSession, Moment) -> Result<T, Refused>,
    ) -> Result<T, Error> {
        let now = self.now();
        Ok(request(&mut self.session, now)?)
    }

    pub(crate) const fn session(&self) -> &ClientSession {
        &self.session
    }

    pub(crate) const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// What the operating system said last about a data connection.
    pub(crate) const fn take_trouble(&mut self) -> Option<Trouble> {
        self.channels.take_trouble()
    }

    /// Gives up a transfer if one is under way. Its sockets are closed at once; its replies are
    /// awaited by whatever call comes next.
    pub(crate) fn leave(&mut self) {
        if self.session.phase() == SessionPhase::Transferring {
            let now = self.now();
            self.session.abandon(now);
            while self.next_event().is_some() {}
        }
    }

    /// Waits until something can be asked, and finishes what others began and dropped.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing is lost.
    pub(crate) async fn ready(&mut self) -> Result<(), Error> {
        // A call that was dropped may have left a transfer that no guard holds.
        self.leave();
        poll_fn(|cx| {
            loop {
                // What has come in the meantime must not be taken for an answer to what comes now.
                let event = self.poll_event(cx);
                match event {
                    Poll::Ready(None) => return Poll::Ready(Err(self.closed())),
                    Poll::Ready(Some(_)) => {}
                    Poll::Pending if self.session.phase() == SessionPhase::Ready => {
                        return Poll::Ready(Ok(()));
                    }
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await
    }

    /// Waits for the event that settles a request.
    ///
    /// # Cancel safety
    ///
    /// Safe, but the answer is lost.
    pub(crate) async fn settled(&mut self, ticket: Ticket, phase: Phase) -> Result<Event, Error> {
        poll_fn(|cx| self.poll_settled(cx, ticket, phase)).await
    }

    fn poll_settled(
        &mut self,
        cx: &mut Context<'_>,
        ticket: Ticket,
        phase: Phase,
    ) -> Poll<Result<Event, Error>> {
        loop {
            let event = core::task::ready!(self.poll_event(cx));
            match event {
                None => return Poll::Ready(Err(self.closed())),
                Some(Event::Broken {
                    ticket: Some(of),
                    why,
                }) if of == ticket => {
                    return Poll::Ready(Err(self.died(why, phase)));
                }
                Some(event) if settles(&event) == Some(ticket) => {
                    return Poll::Ready(Ok(event));
                }
                Some(_) => {}
            }
        }
    }

    /// Moves what can move until there is an event; `None` when the session is over.
    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        loop {
            let event = self.next_event();
            let closed = self.session.phase() == SessionPhase::Closed;
            if closed {
                // At once, however late the rest of the events is asked for.
                self.stream = None;
            }
            if event.is_some() || closed {
                return Poll::Ready(event);
            }
            // All of them, always: none may starve another.
            let moved = [
                self.poll_write(cx),
                self.poll_read(cx),
                self.poll_channels(cx),
                self.poll_alarm(cx),
            ];
            if !moved.contains(&true) {
                return Poll::Pending;
            }
        }
    }

    /// Does what the session wants done, up to its next event; reads and writes nothing.
    pub(crate) fn next_event(&mut self) -> Option<Event> {
        loop {
            match self.session.poll_output()? {
                Output::Data(action) => {
                    if let Some((channel, event)) = self.channels.perform(action) {
                        self.tell(channel, event);
                    }
                }
                Output::CloseControl => self.stream = None,
                Output::Event(event) => {
                    self.remember(&event);
                    return Some(event);
                }
                Output::Trace(line) => trace::show(line),
                _ => {}
            }
        }
    }

    /// Keeps why the session died, for the calls that come after.
    fn remember(&mut self, event: &Event) {
        match event {
            Event::Broken { why, .. } if self.death.is_none() => {
                self.death = Some(self.died(why.clone(), Phase::Command));
            }
            Event::Closed(reply) if self.death.is_none() => {
                let why = reply
                    .clone()
                    .map_or(Failure::Disconnected, Failure::ServiceNotAvailable);
                self.death = Some(self.died(why, Phase::Command));
            }
            _ => {}
        }
    }

    /// The error of a request that the session died of.
    pub(crate) fn died(&mut self, why: Failure, phase: Phase) -> Error {
        let error = Error::died(why, phase);
        if *error.kind() == crate::ErrorKind::Closed && error.reply().is_none() {
            error.with_io(self.broken.clone())
        } else {
            error
        }
    }

    /// The error of a request that came after the session's death.
    pub(crate) fn closed(&self) -> Error {
        self.death
            .clone()
            .unwrap_or_else(|| Error::died(Failure::Disconnected, Phase::Command))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(stream) = self.stream.as_mut().filter(|_| self.broken.is_none()) else {
            return false;
        };
        let outgoing = self.session.outgoing();
        if outgoing.is_empty() {
            if self.unflushed {
                self.unflushed = Pin::new(stream).poll_flush(cx).is_pending();
            }
            return false;
        }
        let result = match Pin::new(&mut *stream).poll_write(cx, outgoing) {
            Poll::Ready(result) => result,
            Poll::Pending => return false,
        };
        match result {
            Ok(count) if count > 0 => {
                let now = self.now();
                self.session.sent(count, now);
            }
            // A reply that explains it may still be unread; reading tells.
            Ok(_) => self.broken = Some(Arc::new(io::ErrorKind::WriteZero.into())),
            Err(error) => self.broken = Some(Arc::new(error)),
        }
        self.unflushed = true;
        true
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.session.wants_bytes() {
            return false;
        }
        let Some(stream) = &mut self.stream else {
            return false;
        };
        let mut bytes = [0; READ];
        let mut buf = ReadBuf::new(&mut bytes);
        let result = match Pin::new(stream).poll_read(cx, &mut buf) {
            Poll::Ready(result) => result,
            Poll::Pending if self.broken.is_some() => Ok(()),
            Poll::Pending => return false,
        };
        let now = self.now();
        if let Err(error) = result {
            self.broken.get_or_insert_with(|| Arc::new(error));
        } else if !buf.filled().is_empty() {
            self.session.handle_bytes(buf.filled(), now);
            return true;
        }
        self.stream = None;
        self.session.handle_eof(now);
        true
    }

    fn poll_channels(&mut self, cx: &mut Context<'_>) -> bool {
        let Poll::Ready((channel, event)) = self.channels.poll(cx) else {
            return false;
        };
        self.tell(channel, event);
        true
    }

    /// The alarm is set when a deadline comes nearer and looked at when it rings; a deadline that
    /// moves away with every byte costs nothing.
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.session.poll_timeout() else {
            return false;
        };
        let deadline = self.origin + deadline.elapsed();
        if deadline < self.alarm.deadline() || self.alarm.is_elapsed() {
            self.alarm.as_mut().reset(deadline);
        }
        while self.alarm.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                let now = self.now();
                self.session.handle_timeout(now);
                return true;
            }
            self.alarm.as_mut().reset(deadline);
        }
        false
    }

    fn tell(&mut self, channel: ChannelId, event: DataEvent) {
        let now = self.now();
        self.session.handle_data(channel, event, now);
    }

    fn now(&self) -> Moment {
        Moment::from_elapsed(self.origin.elapsed())
    }
}

/// The data connection that a transfer uses, for the guards.
impl Control {
    /// Whether bytes can be moved.
    pub(crate) fn is_running(&self) -> bool {
        self.channels.is_running()
    }

    /// Whether bytes can come.
    pub(crate) fn is_receiving(&self) -> bool {
        self.channels.is_receiving()
    }

    /// Reads file bytes; `Ok(0)` when the connection has ended and the session knows.
    pub(crate) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<usize> {
        let moved = core::task::ready!(self.channels.poll_receive(cx, buf));
        Poll::Ready(self.note(moved))
    }

    /// Writes file bytes; 0 when the connection has ended and the session knows.
    pub(crate) fn poll_send(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<usize> {
        let moved = core::task::ready!(self.channels.poll_send(cx, bytes));
        Poll::Ready(self.note(moved))
    }

    /// Flushes the data connection; false if that has ended it, and the session knows.
    pub(crate) fn poll_flush_data(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        match core::task::ready!(self.channels.poll_flush(cx)) {
            None => Poll::Ready(true),
            Some((channel, event)) => {
                self.tell(channel, event);
                Poll::Ready(false)
            }
        }
    }

    /// Tells the session how much has moved, from which moment on it waits for more.
    pub(crate) fn restart_stall_timer(&mut self) {
        if let Some((channel, progress)) = self.channels.progress() {
            self.tell(channel, progress);
        }
    }

    fn note(&mut self, moved: Moved) -> usize {
        match moved {
            Moved::Bytes(count) => {
                self.restart_stall_timer();
                count
            }
            Moved::End(channel, event) => {
                self.tell(channel, event);
                0
            }
        }
    }

    /// Says that the upload is complete on this side.
    pub(crate) fn finish_sending(&mut self) {
        self.channels.finish();
    }
}

impl core::fmt::Debug for Control {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Control")
            .field("phase", &self.session.phase())
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

/// The request that an event is the last one of.
pub(crate) const fn settles(event: &Event) -> Option<Ticket> {
    match event {
        Event::Answered { ticket, .. }
        | Event::Rejected { ticket, .. }
        | Event::LoggedIn { ticket, .. }
        | Event::Offered { ticket, .. }
        | Event::Transferred { ticket, .. }
        | Event::TransferFailed { ticket, .. }
        | Event::Aborted { ticket, .. } => Some(*ticket),
        Event::Broken { ticket, .. } => *ticket,
        _ => None,
    }
}
