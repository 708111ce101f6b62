//! The server session: one control connection, from the 220 to its end.
//!
//! A [`ServerSession`] is a value. It is told what happened (`handle_*`, [`answer`], [`sent`]) and
//! tells what to do ([`outgoing`], [`poll_output`], [`poll_timeout`]); it never waits, and reads no
//! clock. Files, directories and passwords are the application's: the session asks, with
//! [`Output::Ask`], one question at a time.
//!
//! ```text
//!               line                    answer
//!   Ready ──────────────▶ Asking ────────────────▶ Ready
//!   Ready ── PASV, EPSV ─▶ Reserving ─ Listening ─▶ Ready
//!   Ready ── RETR … ─────▶ Transferring (its own stages, see `transfer`) ──▶ Ready
//!   Asking ─ bad login ──▶ Delayed ─── timer ─────▶ Ready
//!   any ──── QUIT, 421 ──▶ Closing ─── all sent ──▶ Closed
//! ```
//!
//! The laws for drivers, beside those of the [channels](crate::session):
//!
//! * After every call that takes `&mut self`, poll the outputs until there is none.
//! * Send what is outgoing before anything that waits: the client connects to what
//!   [`Accept`](crate::session::DataAction::Accept) waits at only when it has read the 227 or 229.
//! * [`Output::CloseControl`] comes when every byte queued before it has been sent, or can't be. It
//!   is the last output; no question and no channel is open then.
//! * A question is open from its [`Output::Ask`] to its answer or [`Output::Withdraw`]; an answer to
//!   any other question is ignored.
//! * [`Output::Discard`] never names a channel that runs.
//!
//! [`answer`]: ServerSession::answer
//! [`sent`]: ServerSession::sent
//! [`outgoing`]: ServerSession::outgoing
//! [`poll_output`]: ServerSession::poll_output
//! [`poll_timeout`]: ServerSession::poll_timeout

mod answer;
mod ask;
mod config;
mod data;
mod dispatch;
mod ending;
mod gate;
mod inspect;
mod jobs;
mod lines;
mod login;
mod navigate;
mod output;
mod rights;
mod settings;
mod status;
mod timers;
mod transfer;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Discard, Grant};
pub use config::{Connected, ServerConfig};
pub use output::{Ask, AskId, Job, ListStyle, Note, Output, StoreMode};
pub use rights::Rights;
pub use timers::Timer;

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::mem;

use alloc::boxed::Box;

use crate::command::Right;
use crate::reply::{Reply, ReplyCode};
use crate::session::{ChannelId, DataEvent, TimerTable};
use crate::time::Moment;
use crate::wire::{LineBuffer, Outbox};

use ask::Pending;
use data::DataPort;
use ending::Stop;
use login::Login;
use settings::Settings;
use transfer::Transfer;

/// One session of a server.
///
/// A client logs in, and asks for a file that isn't there: it is told so without any data
/// connection, and the listener stays for the next try, which it aborts.
///
/// ```
/// use ftp_proto::server::{Answer, Ask, Connected, Discard, Grant, Output, Rights};
/// use ftp_proto::session::FailureKind;
/// use ftp_proto::server::ServerSession;
/// use ftp_proto::session::{DataAction, DataEvent, DataFailure};
/// use ftp_proto::{Moment, VirtualPath};
///
/// const NOW: Moment = Moment::ZERO;
///
/// /// Sends what the session has to say.
/// fn heard(session: &mut ServerSession) -> String {
///     let text = String::from_utf8_lossy(session.outgoing()).into_owned();
///     session.sent(text.len(), NOW);
///     text
/// }
///
/// /// The next thing to do.
/// fn next(session: &mut ServerSession) -> Option<Output> {
///     core::iter::from_fn(|| session.poll_output()).find(|output| !matches!(output, Output::Note(_)))
/// }
///
/// let client = "192.0.2.10:40000".parse()?;
/// let ends = Connected::new(client, "192.0.2.1:21".parse()?);
/// let mut session = ServerSession::new(Default::default(), ends, NOW);
/// assert_eq!(heard(&mut session), "220 Service ready.\r\n");
///
/// session.handle_bytes(b"USER alice\r\nPASS sec", NOW);
/// assert!(heard(&mut session).starts_with("331 "));
/// session.handle_bytes(b"ret\r\n", NOW);
/// let Some(Output::Ask { id, ask: Ask::Login { .. } }) = next(&mut session) else { panic!() };
/// let grant = Grant::new(Rights::READ_WRITE, VirtualPath::root());
/// session.answer(id, Answer::LoggedIn(grant), NOW);
/// assert_eq!(heard(&mut session), "230 Logged in.\r\n");
///
/// session.handle_bytes(b"EPSV\r\n", NOW);
/// let Some(Output::Data(DataAction::Listen { channel, .. })) = next(&mut session) else { panic!() };
/// let advertised = "192.0.2.1:5001".parse()?;
/// session.handle_data(channel, DataEvent::Listening { advertised }, NOW);
/// assert_eq!(heard(&mut session), "229 Entering Extended Passive Mode (|||5001|)\r\n");
/// assert!(matches!(next(&mut session), Some(Output::Data(DataAction::Accept { .. }))));
///
/// session.handle_bytes(b"RETR missing\r\n", NOW);
/// let Some(Output::Ask { id, ask: Ask::Open { .. } }) = next(&mut session) else { panic!() };
/// session.answer(id, Answer::Failed(FailureKind::NotFound), NOW);
/// assert_eq!(heard(&mut session), "550 No such file or directory.\r\n");
/// assert_eq!(next(&mut session), None);
///
/// session.handle_bytes(b"RETR there\r\n", NOW);
/// let Some(Output::Ask { id, .. }) = next(&mut session) else { panic!() };
/// session.answer(id, Answer::Opened { size: None, name: None }, NOW);
/// assert!(heard(&mut session).starts_with("150 "));
/// session.handle_data(channel, DataEvent::Connected { peer: Some(client) }, NOW);
/// assert!(matches!(next(&mut session), Some(Output::Data(DataAction::Run { .. }))));
///
/// session.handle_bytes(b"ABOR\r\n", NOW);
/// assert!(matches!(next(&mut session), Some(Output::Data(DataAction::Close { .. }))));
/// session.handle_data(channel, DataEvent::Failed(DataFailure::Cancelled), NOW);
/// assert_eq!(heard(&mut session), "426 Transfer aborted.\r\n226 ABOR done.\r\n");
/// let why = Discard::Aborted;
/// assert_eq!(next(&mut session), Some(Output::Discard { channel, why }));
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Debug)]
pub struct ServerSession {
    config: Arc<ServerConfig>,
    ends: Connected,
    lines: LineBuffer,
    outbox: Outbox,
    outputs: VecDeque<Output>,
    timers: TimerTable<{ Timer::ALL.len() }>,
    phase: Phase,
    login: Login,
    settings: Settings,
    data: DataPort,
    next_ask: u64,
    failed_logins: u32,
    bad_commands: u32,
    /// Whether the client won't send any more.
    eof: bool,
    /// Whether nothing can be sent any more.
    deaf: bool,
    shutting_down: bool,
}

/// What the session waits for.
#[derive(Debug)]
enum Phase {
    /// The next line.
    Ready,
    /// The answer to a question.
    Asking { id: AskId, pending: Pending },
    /// The time to say 530.
    Delayed,
    /// A listener for PASV or EPSV.
    Reserving,
    /// The end of a transfer.
    Transferring(Box<Transfer>),
    /// The delivery of everything up to this position of the outbox.
    Closing { end: u64 },
    /// Nothing any more.
    Closed,
}

impl ServerSession {
    /// A session on a new connection; the greeting is queued.
    pub fn new(config: Arc<ServerConfig>, ends: Connected, now: Moment) -> Self {
        let mut session = Self {
            ends,
            lines: LineBuffer::new(config.max_line),
            outbox: Outbox::new(),
            outputs: VecDeque::new(),
            timers: TimerTable::new(),
            phase: Phase::Ready,
            login: Login::default(),
            settings: Settings::default(),
            data: DataPort::default(),
            next_ask: 0,
            failed_logins: 0,
            bad_commands: 0,
            eof: false,
            deaf: false,
            shutting_down: false,
            config,
        };
        let login_timeout = session.config.login_timeout;
        session.timers.set(Timer::Login, now, login_timeout);
        session.greet();
        session.advance(now);
        session
    }

    /// Takes bytes of the control connection, cut anywhere.
    pub fn handle_bytes(&mut self, input: &[u8], now: Moment) {
        if !self.is_closing() {
            self.lines.push(input);
            self.advance(now);
        }
    }

    /// Learns that the client won't send any more on the control connection.
    ///
    /// What it sent before is still answered, but a transfer ends: nobody could stop it any more.
    pub fn handle_eof(&mut self, now: Moment) {
        self.eof = true;
        if matches!(self.phase, Phase::Transferring(_)) {
            self.lines = LineBuffer::new(self.config.max_line);
            self.stop(Stop::Disconnected);
        }
        self.advance(now);
    }

    /// Learns that the control connection is broken: nothing more can be read or written.
    pub fn handle_lost(&mut self, now: Moment) {
        self.deaf = true;
        self.outbox = Outbox::new();
        match &mut self.phase {
            Phase::Closing { end } => *end = 0,
            Phase::Transferring(_) | Phase::Closed => self.handle_eof(now),
            _ => self.close(now),
        }
    }

    /// Learns what happened to a data connection.
    pub fn handle_data(&mut self, channel: ChannelId, event: DataEvent, now: Moment) {
        match event {
            DataEvent::Listening { advertised } => self.listening(channel, advertised, now),
            DataEvent::Connected { peer } => self.connected(channel, peer, now),
            DataEvent::Progress { bytes } => self.progressed(channel, bytes, now),
            DataEvent::Finished { bytes } => self.finished(channel, bytes, now),
            DataEvent::Failed(failure) => self.failed(channel, failure),
        }
        self.advance(now);
    }

    /// Learns that the moment of [`poll_timeout`](Self::poll_timeout) has come.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.expired(now).and_then(Timer::from_index) {
            self.expire(timer, now);
        }
        self.advance(now);
    }

    /// Takes the answer to a question. The answer to a question that isn't open is ignored.
    ///
    /// An answer that doesn't fit the question is treated as
    /// [`FailureKind::Local`](crate::session::FailureKind::Local).
    pub fn answer(&mut self, id: AskId, answer: Answer, now: Moment) {
        match mem::replace(&mut self.phase, Phase::Ready) {
            Phase::Asking { id: open, pending } if open == id => {
                self.answered(pending, answer, now);
            }
            Phase::Transferring(transfer) if transfer.question() == Some(id) => {
                self.transfer_answered(transfer, answer, now);
            }
            other => self.phase = other,
        }
        self.advance(now);
    }

    /// Ends the session with 421: at once if nothing is under way, else after the reply that is
    /// due.
    pub fn shut_down(&mut self, now: Moment) {
        self.shutting_down = true;
        self.advance(now);
    }

    /// The bytes to write to the control connection.
    pub fn outgoing(&self) -> &[u8] {
        self.outbox.outgoing()
    }

    /// Learns how many of the outgoing bytes were written.
    pub fn sent(&mut self, count: usize, now: Moment) {
        self.outbox.sent(count);
        self.announced();
        self.advance(now);
    }

    /// The next thing for the driver to do; poll until `None` after every other call.
    pub fn poll_output(&mut self) -> Option<Output> {
        if let Some(output) = self.outputs.pop_front() {
            if self.outputs.is_empty() {
                self.outputs = VecDeque::new();
            }
            return Some(output);
        }
        match self.phase {
            Phase::Closing { end } if self.outbox.sent_total() >= end => {
                self.phase = Phase::Closed;
                self.timers.stop_all();
                Some(Output::CloseControl)
            }
            _ => None,
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, if nothing happens before.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// Whether the driver shall read from the control connection; if not, the client is slowed
    /// down by not reading.
    pub fn wants_bytes(&self) -> bool {
        match self.phase {
            _ if self.eof => false,
            Phase::Closing { .. } | Phase::Closed => false,
            // Every whole line has been executed; what is left is bounded by its length.
            Phase::Ready if !self.is_unread() => true,
            _ => self.lines.len() < self.config.max_held,
        }
    }
}

// What the conversations share.
impl ServerSession {
    fn reply(&mut self, code: ReplyCode, text: impl AsRef<[u8]>) {
        self.reply_with(Reply::new(code, text));
    }

    fn reply_with(&mut self, reply: Reply) {
        if !self.deaf {
            let mut bytes = alloc::vec::Vec::new();
            reply.encode(&mut bytes);
            self.outbox.push(&bytes);
        }
        self.note(Note::Replied(reply));
    }

    fn note(&mut self, note: Note) {
        self.output(Output::Note(note));
    }

    fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    fn allows(&self, right: Right) -> bool {
        self.login
            .rights()
            .is_some_and(|rights| rights.allow(right))
    }

    /// Whether the client lets so many replies pile up that no more are made.
    fn is_unread(&self) -> bool {
        self.outbox.outgoing().len() >= self.config.max_unsent
    }

    const fn is_closing(&self) -> bool {
        matches!(self.phase, Phase::Closing { .. } | Phase::Closed)
    }

    /// Says 421 and closes.
    fn close_with(&mut self, why: &str, now: Moment) {
        self.reply(ReplyCode::SERVICE_NOT_AVAILABLE, why);
        self.close(now);
    }

    /// Closes once everything queued is sent; what is open is given up.
    fn close(&mut self, now: Moment) {
        if let Phase::Asking { id, .. } = self.phase {
            self.output(Output::Withdraw { id });
        }
        self.close_data();
        self.lines = LineBuffer::new(self.config.max_line);
        self.timers.stop_all();
        self.timers
            .set(Timer::Close, now, self.config.close_timeout);
        self.phase = Phase::Closing {
            end: self.outbox.position_end(),
        };
    }
}
