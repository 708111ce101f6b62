//! How transfers end: what each end reads as, and what becomes of what was opened.

use alloc::format;
use alloc::string::String;

use crate::reply::ReplyCode;
use crate::session::DataFailure;

use super::answer::Situation;
use super::ask::failure_text;
use super::transfer::Transfer;
use super::{Discard, Note, Output, Phase, ServerSession, Timer};

/// Why a transfer was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Aborted,
    Stalled,
    Disconnected,
}

/// How a transfer ends.
pub(super) struct End {
    pub(super) code: ReplyCode,
    pub(super) text: String,
    pub(super) failure: Option<DataFailure>,
    pub(super) discard: Option<Discard>,
}

impl ServerSession {
    /// Ends a transfer that has been taken out of its phase.
    pub(super) fn end(&mut self, transfer: &Transfer, end: End) {
        let channel = transfer.channel;
        for timer in [Timer::DataOpen, Timer::Stall, Timer::Commit] {
            self.timers.stop(timer);
        }
        self.phase = Phase::Ready;
        if let Some(why) = end.discard {
            self.output(Output::Discard { channel, why });
        }
        match &transfer.name {
            Some(name) if end.failure.is_none() => {
                self.reply(end.code, [b"Stored as ".as_slice(), name].concat());
            }
            _ => self.reply(end.code, end.text),
        }
        self.note(Note::TransferEnded {
            channel,
            bytes: transfer.bytes,
            failure: end.failure,
        });
        if transfer.aborted {
            self.reply(ReplyCode::TRANSFER_COMPLETE, "ABOR done.");
        }
    }
}

impl Stop {
    pub(super) fn end(self) -> End {
        let (failure, discard, text) = match self {
            Self::Aborted => (
                DataFailure::Cancelled,
                Discard::Aborted,
                "Transfer aborted.",
            ),
            Self::Stalled => (
                DataFailure::Stalled,
                Discard::Broken,
                "Nothing moved for too long.",
            ),
            Self::Disconnected => (
                DataFailure::Cancelled,
                Discard::Disconnected,
                "The control connection ended.",
            ),
        };
        End {
            code: ReplyCode::TRANSFER_ABORTED,
            text: String::from(text),
            failure: Some(failure),
            discard: Some(discard),
        }
    }
}

impl End {
    pub(super) fn complete() -> Self {
        Self {
            code: ReplyCode::TRANSFER_COMPLETE,
            text: String::from("Transfer complete."),
            failure: None,
            discard: None,
        }
    }

    /// The one table of what a failed data connection reads as, and does to what was opened.
    pub(super) fn failed(failure: DataFailure, situation: Situation) -> Self {
        let (code, discard) = match failure {
            DataFailure::CantListen | DataFailure::CantConnect | DataFailure::ForeignAddress => {
                (ReplyCode::CANT_OPEN_DATA, Discard::Unused)
            }
            DataFailure::Broken | DataFailure::Stalled => {
                (ReplyCode::TRANSFER_ABORTED, Discard::Broken)
            }
            DataFailure::Cancelled => (ReplyCode::TRANSFER_ABORTED, Discard::Aborted),
            DataFailure::Storage(kind) => (kind.code(situation), Discard::Failed),
        };
        let text = match failure {
            DataFailure::Storage(kind) => failure_text(kind),
            DataFailure::CantListen | DataFailure::CantConnect | DataFailure::ForeignAddress => {
                String::from("There is no data connection.")
            }
            failure => format!("Data connection: {failure}."),
        };
        Self {
            code,
            text,
            failure: Some(failure),
            discard: Some(discard),
        }
    }
}
