//! A transfer under way: both connections driven together, until there is a verdict.

use core::borrow::BorrowMut;
use core::future::poll_fn;
use core::task::{Context, Poll, ready};

use ftp_proto::Reply;
use ftp_proto::client::Event;
use ftp_proto::session::DataFailure;
use tokio::io::ReadBuf;

use super::Completed;
use super::ahead::Ahead;
use super::begun::{Begun, failure};
use crate::client::Client;
use crate::control::{Control, settles};
use crate::error::{Error, ErrorKind, Phase};

/// A transfer under way, on a client that is borrowed or owned.
#[derive(Debug)]
pub(crate) struct Exchange<C: BorrowMut<Client>> {
    pub(super) client: C,
    begun: Begun,
    /// Bytes that a caller gave or got.
    moved: u64,
    /// Bytes that came while somebody waited for something else.
    ahead: Ahead,
    /// Whether a read or write waits for the data connection.
    waits: bool,
    /// How many bytes are all there are, if that is known.
    all: Option<u64>,
    /// How it came out; errors are told again and again.
    verdict: Option<Result<Completed, Error>>,
}

impl<C: BorrowMut<Client>> Exchange<C> {
    pub(crate) fn new(client: C, mut begun: Begun) -> Self {
        Self {
            client,
            verdict: begun.over.take().map(Ok),
            begun,
            moved: 0,
            ahead: Ahead::default(),
            waits: false,
            all: None,
        }
    }

    /// Knows how many bytes will come: those are the file, however badly the connection ends, if
    /// the server says that it is complete.
    pub(crate) const fn of(mut self, all: Option<u64>) -> Self {
        self.all = all;
        self
    }

    fn control(&mut self) -> &mut Control {
        self.client.borrow_mut().control()
    }

    /// The server's preliminary reply.
    pub(crate) const fn preliminary(&self) -> Option<&Reply> {
        self.begun.preliminary.as_ref()
    }

    /// Bytes that a caller gave or got so far.
    pub(crate) const fn moved(&self) -> u64 {
        self.moved
    }

    /// Drives both connections; ready when the transfer is over.
    pub(crate) fn poll_verdict(&mut self, cx: &mut Context<'_>) -> Poll<Result<Completed, Error>> {
        if let Some(verdict) = &self.verdict {
            return Poll::Ready(verdict.clone());
        }
        loop {
            match ready!(self.control().poll_event(cx)) {
                Some(event) => self.notice(event),
                None => {
                    let error = self.control().closed();
                    return Poll::Ready(self.settle(Err(error)));
                }
            }
            if let Some(verdict) = &self.verdict {
                return Poll::Ready(verdict.clone());
            }
        }
    }

    /// Takes note of an event; whoever waits for another one has gone.
    fn notice(&mut self, event: Event) {
        if settles(&event).is_none_or(|of| self.begun.ticket != Some(of)) {
            return;
        }
        let verdict = match event {
            Event::Transferred { bytes, reply, .. } => Ok(Completed {
                bytes,
                reply,
                preliminary: self.begun.preliminary.clone(),
            }),
            Event::TransferFailed {
                bytes,
                failure: why,
                reply: Some(reply),
                ..
            } if reply.code().is_completion() && self.is_all(bytes, why) => Ok(Completed {
                bytes,
                reply,
                preliminary: self.begun.preliminary.clone(),
            }),
            event => Err(failure(self.control(), event)),
        };
        // Whoever asks is told.
        let _ = self.settle(verdict);
    }

    /// Whether nothing is missing although the connection failed. That nothing at all was to come
    /// is only believed of a server that promised nothing, or that hung up.
    fn is_all(&self, bytes: u64, why: DataFailure) -> bool {
        let promised = self.begun.preliminary.is_some();
        self.all == Some(bytes) && (bytes > 0 || !promised || why == DataFailure::Broken)
    }

    /// Settles it, unless it is settled.
    fn settle(&mut self, verdict: Result<Completed, Error>) -> Result<Completed, Error> {
        let verdict = verdict.map_err(|error| {
            let bytes = error.bytes().unwrap_or(self.moved);
            error
                .with_phase(Phase::Transfer)
                .with_bytes(bytes)
                .with_command(&self.begun.name)
        });
        self.verdict.get_or_insert(verdict).clone()
    }

    /// Gives the transfer up because of something that only this side knows.
    pub(crate) fn give_up(&mut self, error: Error) -> Error {
        if self.verdict.is_none() {
            self.control().leave();
        }
        match self.settle(Err(error)) {
            Err(error) => error,
            Ok(_) => Error::new(ErrorKind::Closed, Phase::Transfer),
        }
    }

    /// A read or write begins to wait: the stall timer counts from here, not from the one before.
    fn wait(&mut self) {
        if !self.waits {
            self.waits = true;
            self.control().restart_stall_timer();
        }
    }

    fn delivered(&mut self, count: usize) -> usize {
        self.moved = self.moved.saturating_add(count as u64);
        count
    }

    /// Takes note of what moved; `None` if the connection has ended and the verdict tells more.
    fn count(&mut self, moved: Poll<usize>) -> Option<Poll<usize>> {
        if let Poll::Ready(count) = moved {
            self.waits = false;
            self.delivered(count);
        }
        (moved != Poll::Ready(0)).then_some(moved)
    }

    /// Reads from the data connection. Zero bytes are the end, and only told when the server has
    /// said that it is complete.
    ///
    /// What has arrived comes before what the control connection says about it, so that a transfer
    /// which breaks leaves all that there was.
    pub(crate) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<usize, Error>> {
        if !self.ahead.is_empty() {
            let count = self.ahead.take(buf);
            return Poll::Ready(Ok(self.delivered(count)));
        }
        self.wait();
        // What the last reply allows is done before the next one is read.
        while let Some(event) = self.control().next_event() {
            self.notice(event);
        }
        loop {
            let ran = self.control().is_running();
            if ran {
                let moved = self.control().poll_receive(cx, buf);
                if let Some(Poll::Ready(count)) = self.count(moved) {
                    return Poll::Ready(Ok(count));
                }
            }
            if let Poll::Ready(verdict) = self.poll_verdict(cx) {
                return Poll::Ready(verdict.map(|_| 0));
            }
            if ran || !self.control().is_running() {
                return Poll::Pending;
            }
        }
    }

    /// Reads a piece before anybody asks for it; whether something happened.
    fn poll_ahead(&mut self, cx: &mut Context<'_>) -> bool {
        let control = self.client.borrow_mut().control();
        control.is_receiving() && self.ahead.poll_fill(|buf| control.poll_receive(cx, buf))
    }

    /// Ready if the transfer is over although more was to be sent.
    fn poll_early_end(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        self.poll_verdict(cx).map(|verdict| match verdict {
            // The server is content with what it has.
            Ok(done) => Error::new(ErrorKind::Data(DataFailure::Broken), Phase::Transfer)
                .with_reply(Some(done.reply)),
            Err(error) => error,
        })
    }

    /// Ready when the transfer fails while there is nothing to be sent, which is no stall.
    pub(crate) fn poll_failure(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        self.control().restart_stall_timer();
        self.poll_early_end(cx)
    }

    /// Writes to the data connection.
    pub(crate) fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize, Error>> {
        self.wait();
        loop {
            if let Poll::Ready(error) = self.poll_early_end(cx) {
                return Poll::Ready(Err(error));
            }
            if !self.control().is_running() {
                return Poll::Pending;
            }
            let moved = self.control().poll_send(cx, bytes);
            if let Some(count) = self.count(moved) {
                return count.map(Ok);
            }
        }
    }

    /// Pushes what a stream that buffers holds back.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self.control().poll_flush_data(cx) {
            // The verdict tells why.
            Poll::Ready(false) => self.poll_verdict(cx).map(|verdict| verdict.map(drop)),
            flushed => flushed.map(|_| Ok(())),
        }
    }

    /// Waits for the data connection to be there, says that all was sent, and waits for the
    /// verdict.
    pub(crate) fn poll_finish_sending(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Completed, Error>> {
        loop {
            if let Poll::Ready(verdict) = self.poll_verdict(cx) {
                return Poll::Ready(verdict);
            }
            let control = self.control();
            if !control.is_running() {
                return Poll::Pending;
            }
            control.finish_sending();
        }
    }

    /// Stops the transfer and waits until both sides agree that it is over.
    pub(crate) async fn abort(&mut self) -> Result<u64, Error> {
        if self.verdict.is_none() {
            self.control().request(|session, now| session.abort(now))?;
        }
        match poll_fn(|cx| self.poll_verdict(cx)).await {
            Ok(done) => Ok(done.bytes),
            Err(error) if !error.is_closed() => Ok(error.bytes().unwrap_or_default()),
            Err(error) => Err(error),
        }
    }

    /// Asks the server how the transfer is going. Many servers look at the control connection only
    /// between two pieces of the file, so pieces are read meanwhile.
    pub(crate) async fn status(&mut self) -> Result<Reply, Error> {
        if let Some(Err(error)) = &self.verdict {
            return Err(error.clone());
        }
        let asked = self
            .control()
            .request(|session, now| session.status(None, now))?;
        poll_fn(|cx| {
            loop {
                let event = self.control().poll_event(cx);
                if event.is_pending() && self.poll_ahead(cx) {
                    continue;
                }
                match ready!(event) {
                    None => {
                        let error = self.control().closed();
                        let _ = self.settle(Err(error.clone()));
                        return Poll::Ready(Err(error.with_command("STAT")));
                    }
                    Some(Event::Answered { ticket, reply }) if ticket == asked => {
                        return Poll::Ready(Ok(reply));
                    }
                    Some(Event::Rejected { ticket, reply, .. }) if ticket == asked => {
                        return Poll::Ready(Err(Error::rejected(reply, Phase::Transfer)));
                    }
                    Some(event) => self.notice(event),
                }
            }
        })
        .await
    }
}
