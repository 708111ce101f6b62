//! A transfer: TYPE if needed, a data connection, REST if needed, the command; then the join of
//! its final reply with the end of the data, in whichever order they come ([RFC 959 §5.4]).
//!
//! ```text
//!  Type ──▶ Setup ──▶ Offset ──▶ Verb ────── final reply ─────▶ Replied
//!                                  │ 1yz, connected: Run          │
//!                                  └──────────────┬───────────────┘
//!                                     and the channel is over: done
//! ```
//!
//! | final reply | data                      | event            |
//! |-------------|---------------------------|------------------|
//! | 2yz         | finished                  | `Transferred`    |
//! | 2yz         | failed                    | `TransferFailed` |
//! | 4yz, 5yz    | failed on this side       | `TransferFailed` |
//! | 4yz, 5yz    | anything else             | `Rejected`       |
//! | none        | no connection to be had   | `TransferFailed` |
//!
//! Between two servers ([`DataPlan::Remote`]) there is neither setup nor data here: the final reply
//! decides alone.
//!
//! A refusal closes the channel at once: nobody waits for a connection that won't come.
//!
//! [RFC 959 §5.4]: https://www.rfc-editor.org/rfc/rfc959#section-5.4

use crate::command::{Command, TypeCode};
use crate::reply::{Reply, ReplyCode};
use crate::session::{ChannelId, DataEvent, DataFailure};
use crate::time::Moment;

use super::channel::{Channel, Happening};
use super::desk::Desk;
use super::ledger::{Role, Seen};
use super::next::Next;
use super::settings::Effect;
use super::setup::{Arranged, Setup};
use super::{DataPlan, Event, Failure, ProtocolError, Ticket, Timer, Transfer};

/// A transfer under way.
#[derive(Debug)]
pub(super) struct TransferFlow {
    pub(super) ticket: Ticket,
    what: Transfer,
    pub(super) stage: Stage,
    setup: Option<Setup>,
    pub(super) channel: Channel,
    /// Whether a 1yz came.
    begun: bool,
    /// The final reply.
    reply: Option<Reply>,
    pub(super) wish: Wish,
}

/// How far the control side is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// TYPE was sent.
    Type,
    /// The data connection is being arranged.
    Setup,
    /// REST was sent.
    Offset,
    /// The transfer command was sent.
    Verb,
    /// Its final reply came.
    Replied,
}

/// What the user wants of the transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Its end.
    Complete,
    /// Nothing any more, but the server is left to finish it.
    Forget,
    /// That it stops: ABOR was sent.
    Stop {
        /// Whether ABOR was answered.
        answered: bool,
    },
}

impl TransferFlow {
    /// Begins a transfer; it may be over at once.
    pub(super) fn begin(
        ticket: Ticket,
        what: Transfer,
        desk: &mut Desk,
        now: Moment,
    ) -> (Self, Next) {
        let type_code = what.type_code;
        let mut transfer = Self {
            ticket,
            what,
            stage: Stage::Type,
            setup: None,
            channel: Channel::none(),
            begun: false,
            reply: None,
            wish: Wish::Complete,
        };
        let next = if desk.settings.needs_type(type_code) {
            desk.send(Role::Step, Command::Type(type_code));
            Next::Stay
        } else {
            transfer.arrange(desk, now)
        };
        (transfer, next)
    }

    pub(super) const fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Whether the server is at work on it and may be asked for its status.
    pub(super) const fn is_interruptible(&self) -> bool {
        matches!(self.stage, Stage::Verb) && !self.is_stopping()
    }

    /// Whether its end is no longer what the user wants.
    pub(super) const fn is_unwanted(&self) -> bool {
        !matches!(self.wish, Wish::Complete)
    }

    pub(super) const fn is_stopping(&self) -> bool {
        matches!(self.wish, Wish::Stop { .. })
    }

    // The control side

    /// A 1yz came.
    pub(super) fn begun(&mut self, desk: &mut Desk, now: Moment) {
        self.begun = true;
        self.run(desk, now);
    }

    /// Takes a final reply.
    pub(super) fn handle_reply(
        &mut self,
        role: Role,
        reply: Reply,
        desk: &mut Desk,
        now: Moment,
    ) -> Next {
        match (role, self.stage) {
            (Role::Abort, _) => self.abort_answered(desk),
            (Role::Transfer(_), _) => self.replied(reply, desk, now),
            (_, Stage::Type) => self.type_replied(self.what.type_code, reply, desk, now),
            (_, Stage::Setup) => self.setup_replied(reply, desk, now),
            (_, Stage::Offset) => self.offset_replied(reply, desk, now),
            (_, Stage::Verb | Stage::Replied) => Next::Stay,
        }
    }

    fn type_replied(
        &mut self,
        type_code: TypeCode,
        reply: Reply,
        desk: &mut Desk,
        now: Moment,
    ) -> Next {
        if !reply.code().is_completion() {
            return self.rejected(reply);
        }
        desk.settings.apply(Effect::Type(type_code));
        self.arrange(desk, now)
    }

    fn arrange(&mut self, desk: &mut Desk, now: Moment) -> Next {
        self.stage = Stage::Setup;
        let modes = match &self.what.data {
            DataPlan::Local(modes) => modes,
            DataPlan::Remote => return self.arranged(Arranged::Ready, desk, now),
        };
        self.setup = Setup::begin(modes, &self.what.verb, &mut self.channel, desk, now);
        match self.setup {
            Some(_) => Next::Stay,
            None => self.failed(DataFailure::CantConnect),
        }
    }

    fn setup_replied(&mut self, reply: Reply, desk: &mut Desk, now: Moment) -> Next {
        let Some(setup) = &mut self.setup else {
            return Next::Stay;
        };
        let arranged = setup.handle_reply(self.ticket, reply, &mut self.channel, desk, now);
        self.arranged(arranged, desk, now)
    }

    fn arranged(&mut self, arranged: Arranged, desk: &mut Desk, now: Moment) -> Next {
        match arranged {
            Arranged::Waiting => Next::Stay,
            Arranged::Impossible(obstacle) => Next::Done(obstacle.into_event(self.ticket)),
            Arranged::Ready if desk.settings.needs_offset(self.what.offset) => {
                self.stage = Stage::Offset;
                desk.send(Role::Step, Command::Rest(self.what.offset));
                Next::Stay
            }
            Arranged::Ready => self.send_verb(desk, now),
        }
    }

    fn offset_replied(&mut self, reply: Reply, desk: &mut Desk, now: Moment) -> Next {
        if reply.code() != ReplyCode::PENDING {
            desk.settings.offset_refused();
            self.channel.close(DataFailure::Cancelled, desk);
            return self.rejected(reply);
        }
        match self.channel.ended() {
            // It broke in the meantime; the next transfer takes the offset back.
            Some(how) => self.failed(how.err().unwrap_or(DataFailure::Broken)),
            None => self.send_verb(desk, now),
        }
    }

    fn send_verb(&mut self, desk: &mut Desk, now: Moment) -> Next {
        self.stage = Stage::Verb;
        desk.send(
            Role::Transfer(Seen::Nothing),
            Command::from(self.what.verb.clone()),
        );
        if !self.is_remote() && !self.channel.is_connected() {
            desk.start(Timer::DataOpen, now);
        }
        Next::Stay
    }

    /// The final reply came.
    fn replied(&mut self, reply: Reply, desk: &mut Desk, now: Moment) -> Next {
        self.stage = Stage::Replied;
        desk.stop(Timer::Finish);
        if reply.code().is_intermediate() {
            let unexpected = ProtocolError::UnexpectedReply(reply);
            return Next::Dead(Failure::Protocol(unexpected));
        }
        if reply.code() == ReplyCode::CANT_OPEN_DATA && !self.channel.is_connected() {
            self.mode_failed(desk);
        }
        if reply.code().is_negative() {
            self.channel.close(DataFailure::Cancelled, desk);
        }
        self.reply = Some(reply);
        self.run(desk, now);
        self.conclude(desk)
    }

    // The data side

    /// Takes what the driver says about a channel.
    pub(super) fn handle_data(
        &mut self,
        channel: ChannelId,
        event: &DataEvent,
        desk: &mut Desk,
        now: Moment,
    ) -> Next {
        if !self.channel.is(channel) {
            return Next::Stay;
        }
        match self.channel.handle(event, desk) {
            Some(happening) => self.happened(happening, desk, now),
            None => Next::Stay,
        }
    }

    fn happened(&mut self, happening: Happening, desk: &mut Desk, now: Moment) -> Next {
        if let (Happening::Connected, Some(setup)) = (happening, &self.setup) {
            desk.settings.modes.works(setup.mode());
        }
        if let (Stage::Setup, Some(setup)) = (self.stage, &mut self.setup) {
            let channel = &mut self.channel;
            let arranged = setup.handle_happening(self.ticket, happening, channel, desk, now);
            return self.arranged(arranged, desk, now);
        }
        match happening {
            Happening::Listening(_) => {}
            Happening::Connected => {
                desk.stop(Timer::DataOpen);
                self.run(desk, now);
            }
            Happening::Moved => desk.start(Timer::Stall, now),
            Happening::Over => {
                desk.stop(Timer::DataOpen);
                desk.stop(Timer::Stall);
                if self.stage == Stage::Verb && !self.is_stopping() {
                    desk.start(Timer::Finish, now);
                }
            }
        }
        self.conclude(desk)
    }

    /// Lets the bytes move once the server has said that they may and the connection stands.
    fn run(&mut self, desk: &mut Desk, now: Moment) {
        if !self.begun && self.reply.is_none() {
            return;
        }
        let representation = desk.settings.representation(self.what.type_code);
        let direction = self.what.verb.direction();
        if self.channel.run(direction, representation, desk) {
            desk.start(Timer::Stall, now);
        }
    }

    /// No connection was made in time, in the way that is tried or that was taken.
    pub(super) fn open_timed_out(&mut self, desk: &mut Desk, now: Moment) -> Next {
        self.mode_failed(desk);
        self.channel.close(DataFailure::CantConnect, desk);
        self.happened(Happening::Over, desk, now)
    }

    /// Remembers that the server's connection doesn't come this way.
    fn mode_failed(&self, desk: &mut Desk) {
        if let Some(setup) = &self.setup {
            desk.settings.modes.fails(setup.mode());
        }
    }

    /// Nothing moved for too long. The end of the channel follows.
    pub(super) fn stalled(&mut self, desk: &mut Desk) {
        self.channel.close(DataFailure::Stalled, desk);
    }

    // The end

    /// Ends the transfer if both sides have.
    pub(super) fn conclude(&mut self, desk: &mut Desk) -> Next {
        if self.stage == Stage::Replied && self.wish == (Wish::Stop { answered: true }) {
            desk.stop(Timer::Abort);
        }
        let (Some(data), Stage::Replied) = (self.data_ended(), self.stage) else {
            return Next::Stay;
        };
        let (ticket, bytes) = (self.ticket, self.channel.bytes());
        if let Wish::Stop { answered } = self.wish {
            return if answered {
                Next::Done(Event::Aborted { ticket, bytes })
            } else {
                Next::Stay
            };
        }
        let Some(reply) = self.reply.take() else {
            return Next::Stay;
        };
        desk.stop(Timer::Finish);
        Next::Done(match (reply.code().is_negative(), data) {
            (false, Ok(())) => Event::Transferred {
                ticket,
                bytes,
                reply,
            },
            (true, data) if !data.is_err_and(is_ours) => Event::rejected(ticket, reply),
            (_, data) => Event::TransferFailed {
                ticket,
                bytes,
                failure: data.err().unwrap_or(DataFailure::Broken),
                reply: Some(reply),
            },
        })
    }

    const fn is_remote(&self) -> bool {
        matches!(self.what.data, DataPlan::Remote)
    }

    /// How the data connection ended, once it did. Of a remote one only the replies tell.
    const fn data_ended(&self) -> Option<Result<(), DataFailure>> {
        if self.is_remote() {
            Some(Ok(()))
        } else {
            self.channel.ended()
        }
    }

    fn rejected(&self, reply: Reply) -> Next {
        Next::Done(Event::rejected(self.ticket, reply))
    }

    /// Ends the transfer before its command was sent.
    fn failed(&self, failure: DataFailure) -> Next {
        Next::Done(Event::TransferFailed {
            ticket: self.ticket,
            bytes: 0,
            failure,
            reply: None,
        })
    }
}

/// Whether a failure arose on this side, so that it tells more than the server's refusal.
const fn is_ours(failure: DataFailure) -> bool {
    matches!(failure, DataFailure::Stalled | DataFailure::Storage(_))
}
