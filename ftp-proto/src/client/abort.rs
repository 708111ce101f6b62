//! Stopping a transfer ([RFC 959 §4.1.3], ABOR).
//!
//! Before its command was sent, a transfer is simply dropped. After that, the data connection is
//! reset and ABOR is sent, and two replies are awaited: the transfer's and ABOR's. Servers say 426
//! and 226, 226 and 226, 226 and 225, 225 and 426, or 500 to 502 and, later, the transfer's own:
//! in each case the two can be told apart, or needn't be. A server that answers once leaves the
//! session in doubt about which reply comes next; when the timer expires, the session is given up.
//!
//! [RFC 959 §4.1.3]: https://www.rfc-editor.org/rfc/rfc959#section-4.1.3

use crate::command::Command;
use crate::session::DataFailure;
use crate::time::Moment;

use super::desk::Desk;
use super::ledger::Role;
use super::next::Next;
use super::transfer::{Stage, TransferFlow, Wish};
use super::{Event, Failure, ProtocolError, Timer};

impl TransferFlow {
    /// Stops the transfer.
    pub(super) fn abort(&mut self, desk: &mut Desk, now: Moment) -> Next {
        if self.is_stopping() {
            return Next::Stay;
        }
        self.channel.close(DataFailure::Cancelled, desk);
        self.wish = match self.stage {
            Stage::Type | Stage::Setup | Stage::Offset => {
                // The reply that is still to come finds nobody.
                return Next::Done(Event::Aborted {
                    ticket: self.ticket,
                    bytes: 0,
                });
            }
            Stage::Verb => {
                desk.send(Role::Abort, Command::Abor);
                for timer in [Timer::DataOpen, Timer::Stall, Timer::Finish] {
                    desk.stop(timer);
                }
                desk.start(Timer::Abort, now);
                Wish::Stop { answered: false }
            }
            // The server is done; only the data were still on their way.
            Stage::Replied => Wish::Stop { answered: true },
        };
        self.conclude(desk)
    }

    /// Stops the transfer, but not for the sake of a final reply alone.
    pub(super) fn abandon(&mut self, desk: &mut Desk, now: Moment) -> Next {
        if self.stage == Stage::Verb && self.channel.ended().is_some() && !self.is_stopping() {
            self.wish = Wish::Forget;
            return Next::Stay;
        }
        self.abort(desk, now)
    }

    /// Drops the data connection because the session is over.
    pub(super) fn drop_channel(&mut self, desk: &mut Desk) {
        self.channel.close(DataFailure::Cancelled, desk);
    }

    /// ABOR was answered, no matter how.
    pub(super) fn abort_answered(&mut self, desk: &mut Desk) -> Next {
        self.wish = Wish::Stop { answered: true };
        self.conclude(desk)
    }

    /// The replies to ABOR and the transfer didn't both come in time.
    pub(super) fn abort_timed_out(&self) -> Failure {
        let half = self.stage == Stage::Replied || self.wish == Wish::Stop { answered: true };
        if half {
            Failure::Protocol(ProtocolError::OutOfStep)
        } else {
            Failure::TimedOut(Timer::Abort)
        }
    }
}
