//! A transfer, from its command to its final reply ([RFC 959 §5.2 and §5.4], [RFC 3659 §5]).
//!
//! ```text
//!            Opened: 150          Connected            Finished             Done
//!   Opening ────────────▶ Connecting ─────▶ Running ─────────────▶ Committing ──▶ 226
//!      │  Opened, connected: 150               ▲  │  downloads, listings: 226
//!      ├───────────────────────────────────────┘  │ ABOR, stall, end of the control connection
//!      │ Failed: 5yz                              ▼
//!      └──────▶ (no transfer)                  Stopping ──▶ 426
//! ```
//!
//! What is transferred is opened before the client is told to go on, so that a file that isn't
//! there is a plain 550, without any data connection. What was opened and isn't used up is given
//! back with [`Output::Discard`], which never comes for a channel that still runs.
//!
//! [RFC 959 §5.2 and §5.4]: https://www.rfc-editor.org/rfc/rfc959#section-5
//! [RFC 3659 §5]: https://www.rfc-editor.org/rfc/rfc3659#section-5

use core::mem;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::command::Verb;
use crate::path::VirtualPath;
use crate::reply::ReplyCode;
use crate::session::{
    ChannelId, DataAction, DataFailure, Direction, FailureKind, Representation, Target,
};
use crate::time::Moment;

use super::answer::Situation;
use super::data::State;
use super::ending::{End, Stop};
use super::{Answer, Ask, AskId, Job, Note, Output, Phase, ServerSession, Timer};

/// A transfer under way.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) channel: ChannelId,
    pub(super) verb: Verb,
    pub(super) stage: Stage,
    /// Bytes on the wire so far.
    pub(super) bytes: u64,
    /// How many there will be, if known.
    pub(super) size: Option<u64>,
    /// The name that STOU took, as the client is told.
    pub(super) name: Option<Vec<u8>>,
    representation: Representation,
    /// How lines that come meanwhile are treated.
    pub(super) lines: Lines,
    /// Whether an ABOR waits for its 226.
    pub(super) aborted: bool,
}

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The storage opens what is transferred.
    Opening(AskId),
    /// The 150 is out, the data connection is awaited.
    Connecting,
    /// The bytes move.
    Running,
    /// They were told to stop.
    Stopping(Stop),
    /// An upload becomes permanent.
    Committing(AskId),
}

/// How lines are treated that come during a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// The 1yz isn't out: all wait, for the client sent them before it knew of the transfer.
    Pipelined,
    /// The 1yz is queued up to this position of the outbox; all wait until it is sent.
    Announced(u64),
    /// The client knows of the transfer: STAT and NOOP are answered at once.
    Served,
    /// A line waits, so that all behind it do.
    Held,
}

impl Transfer {
    const fn is_upload(&self) -> bool {
        matches!(self.verb, Verb::Stor | Verb::Stou | Verb::Appe)
    }

    const fn is_listing(&self) -> bool {
        matches!(self.verb, Verb::List | Verb::Nlst | Verb::Mlsd)
    }

    pub(super) const fn situation(&self) -> Situation {
        match self.verb {
            Verb::Mlsd => Situation::Facts,
            _ if self.is_upload() => Situation::Write,
            _ => Situation::Read,
        }
    }

    /// The question that it waits for.
    pub(super) const fn question(&self) -> Option<AskId> {
        match self.stage {
            Stage::Opening(id) | Stage::Committing(id) => Some(id),
            _ => None,
        }
    }
}

impl ServerSession {
    /// Asks for what a transfer command names; the gate has seen to it that there is a way to the
    /// client.
    pub(super) fn begin(&mut self, verb: Verb, job: Job) {
        let channel = match self.data.channel() {
            Some(channel) => channel,
            None => self.data.new_channel(),
        };
        let id = self.put(Ask::Open { channel, job });
        let mut transfer = Box::new(Transfer {
            channel,
            verb,
            stage: Stage::Opening(id),
            bytes: 0,
            size: None,
            name: None,
            representation: Representation::IMAGE,
            lines: Lines::Pipelined,
            aborted: false,
        });
        // Listings have line ends of their own, in any TYPE.
        if !transfer.is_listing() {
            transfer.representation.type_code = self.settings.type_code;
        }
        self.phase = Phase::Transferring(transfer);
    }

    /// Goes on with the answer to the question that a transfer waits for.
    pub(super) fn transfer_answered(
        &mut self,
        mut transfer: Box<Transfer>,
        answer: Answer,
        now: Moment,
    ) {
        match (transfer.stage, answer) {
            (Stage::Opening(_), Answer::Opened { size, name }) => {
                transfer.size = size.filter(|_| transfer.representation.is_transparent());
                transfer.name = name.map(|name| self.name_from_here(&name));
                self.opened(transfer, now);
            }
            (Stage::Committing(_), Answer::Done) => self.end(&transfer, End::complete()),
            (stage, answer) => {
                let kind = match answer {
                    Answer::Failed(kind) => kind,
                    _ => FailureKind::Local,
                };
                let mut end = End::failed(DataFailure::Storage(kind), transfer.situation());
                end.discard = None;
                if matches!(stage, Stage::Opening(_)) {
                    // Nothing has begun: the way to the client stays for another try.
                    self.reply(end.code, end.text);
                } else {
                    self.end(&transfer, end);
                }
            }
        }
    }

    /// Tells the client to go on, and makes the data connection.
    ///
    /// **Deviation:** RFC 959 has 125 for a connection that stands already. Every server in the
    /// field says 150, and there are scripts that look for nothing else.
    fn opened(&mut self, mut transfer: Box<Transfer>, now: Moment) {
        match self.data.state {
            State::Connected(_) | State::Waiting(_) => {}
            State::Target(address) => {
                let channel = transfer.channel;
                self.data.state = State::Dialing(channel);
                self.output(Output::Data(DataAction::Dial {
                    channel,
                    target: Target::Address(address),
                }));
            }
            State::Closed | State::Reserving(..) | State::Dialing(_) => {
                let end = End::failed(DataFailure::CantConnect, transfer.situation());
                self.end(&transfer, end);
                return;
            }
        }
        let text = transfer.announcement();
        self.reply(ReplyCode::OPENING_DATA, text);
        transfer.lines = Lines::Announced(self.outbox.position_end());
        transfer.stage = Stage::Connecting;
        self.phase = Phase::Transferring(transfer);
        if matches!(self.data.state, State::Connected(_)) {
            self.ready_to_run(now);
        } else {
            self.timers
                .set(Timer::DataOpen, now, self.config.data_open_timeout);
        }
    }

    /// The data connection stands: if a transfer waits for it, the bytes start to move.
    pub(super) fn ready_to_run(&mut self, now: Moment) {
        let Phase::Transferring(transfer) = &mut self.phase else {
            return;
        };
        if transfer.stage != Stage::Connecting {
            return;
        }
        transfer.stage = Stage::Running;
        let channel = transfer.channel;
        let run = DataAction::Run {
            channel,
            direction: if transfer.is_upload() {
                Direction::Receive
            } else {
                Direction::Send
            },
            representation: transfer.representation,
        };
        self.timers
            .set(Timer::Stall, now, self.config.stall_timeout);
        self.note(Note::TransferStarted { channel });
        self.output(Output::Data(run));
    }

    /// There will be no data connection: a transfer that waits for it ends.
    pub(super) fn cant_connect(&mut self) {
        if let Some(transfer) = self.take_transfer(|transfer| transfer.stage == Stage::Connecting) {
            let end = End::failed(DataFailure::CantConnect, transfer.situation());
            self.end(&transfer, end);
        }
    }

    pub(super) fn progressed(&mut self, channel: ChannelId, bytes: u64, now: Moment) {
        if let Phase::Transferring(transfer) = &mut self.phase
            && transfer.channel == channel
            && transfer.stage == Stage::Running
            && transfer.bytes < bytes
        {
            transfer.bytes = bytes;
            self.timers
                .set(Timer::Stall, now, self.config.stall_timeout);
        }
    }

    /// All bytes have been moved.
    pub(super) fn finished(&mut self, channel: ChannelId, bytes: u64, now: Moment) {
        let Some(mut transfer) = self.take_running(channel) else {
            return;
        };
        transfer.bytes = bytes;
        self.data.state = State::Closed;
        match transfer.stage {
            // The client wanted it stopped: nobody knows whether that was the end of the file.
            Stage::Stopping(stop) if transfer.is_upload() => self.end(&transfer, stop.end()),
            _ if transfer.is_upload() => {
                transfer.stage = Stage::Committing(self.put(Ask::Commit { channel, bytes }));
                self.phase = Phase::Transferring(transfer);
                self.timers.stop(Timer::Stall);
                self.timers
                    .set(Timer::Commit, now, self.config.commit_timeout);
            }
            _ => self.end(&transfer, End::complete()),
        }
    }

    /// The channel is gone.
    pub(super) fn failed(&mut self, channel: ChannelId, failure: DataFailure) {
        if let Some(transfer) = self.take_running(channel) {
            self.data.state = State::Closed;
            let end = match transfer.stage {
                Stage::Stopping(stop) => stop.end(),
                _ => End::failed(failure, transfer.situation()),
            };
            self.end(&transfer, end);
        } else if self.data.channel() == Some(channel) {
            self.lost();
        }
    }

    /// Ends the transfer for a reason that isn't its own, as early as possible.
    pub(super) fn stop(&mut self, stop: Stop) {
        let Some(mut transfer) = self.take_transfer(|_| true) else {
            return;
        };
        match transfer.stage {
            Stage::Opening(id) => {
                self.output(Output::Withdraw { id });
                self.close_data();
                let end = End {
                    discard: None,
                    ..stop.end()
                };
                self.end(&transfer, end);
            }
            Stage::Connecting => {
                self.close_data();
                self.end(&transfer, stop.end());
            }
            Stage::Running => {
                self.timers.stop(Timer::Stall);
                self.close_data();
                transfer.stage = Stage::Stopping(stop);
                self.phase = Phase::Transferring(transfer);
            }
            // It ends soon, or is as good as done.
            Stage::Stopping(_) | Stage::Committing(_) => {
                self.phase = Phase::Transferring(transfer);
            }
        }
    }

    /// An upload didn't become permanent in time: nobody knows whether it still will.
    pub(super) fn commit_overdue(&mut self) {
        let is_committing = |transfer: &Transfer| matches!(transfer.stage, Stage::Committing(_));
        if let Some(transfer) = self.take_transfer(is_committing) {
            if let Some(id) = transfer.question() {
                self.output(Output::Withdraw { id });
            }
            let failure = DataFailure::Storage(FailureKind::Local);
            let end = End {
                text: String::from("The file could not be stored in time."),
                discard: None,
                ..End::failed(failure, transfer.situation())
            };
            self.end(&transfer, end);
        }
    }

    fn take_transfer(&mut self, wanted: impl FnOnce(&Transfer) -> bool) -> Option<Box<Transfer>> {
        match mem::replace(&mut self.phase, Phase::Ready) {
            Phase::Transferring(transfer) if wanted(&transfer) => Some(transfer),
            other => {
                self.phase = other;
                None
            }
        }
    }

    fn take_running(&mut self, channel: ChannelId) -> Option<Box<Transfer>> {
        self.take_transfer(|transfer| {
            transfer.channel == channel
                && matches!(transfer.stage, Stage::Running | Stage::Stopping(_))
        })
    }

    /// A path as the client would name it.
    fn name_from_here(&self, path: &VirtualPath) -> Vec<u8> {
        match path.file_name() {
            Some(name) if path.parent() == self.settings.directory => name.into(),
            _ => path.as_bytes().into(),
        }
    }
}

impl Transfer {
    /// The text of the 1yz; clients look for `(N bytes)` and, after STOU, for `FILE: name`
    /// (RFC 1123 §4.1.2.9).
    fn announcement(&self) -> Vec<u8> {
        if let Some(name) = &self.name {
            return [b"FILE: ".as_slice(), name].concat();
        }
        let what = match (self.is_listing(), self.representation.is_transparent()) {
            (true, _) => "directory listing",
            (false, true) => "BINARY mode data connection",
            (false, false) => "ASCII mode data connection",
        };
        match self.size {
            Some(size) if !self.is_upload() => format!("Opening {what} ({size} bytes).").into(),
            _ => format!("Opening {what}.").into(),
        }
    }
}
