//! The conversations that take more than one command: one at a time is under way.

use crate::reply::Reply;
use crate::time::Moment;

use super::Ticket;
use super::desk::Desk;
use super::introduction::Introduction;
use super::ledger::Role;
use super::login::Login;
use super::next::Next;
use super::rename::Rename;
use super::transfer::TransferFlow;

/// The conversation that is under way.
#[derive(Debug)]
pub(super) enum Conversation {
    Login(Login),
    Rename(Rename),
    Transfer(TransferFlow),
    Introduction(Introduction),
}

impl Conversation {
    pub(super) const fn ticket(&self) -> Ticket {
        match self {
            Self::Login(login) => login.ticket(),
            Self::Rename(rename) => rename.ticket(),
            Self::Transfer(transfer) => transfer.ticket(),
            Self::Introduction(introduction) => introduction.ticket(),
        }
    }

    /// The transfer, if it is one.
    pub(super) const fn transfer(&self) -> Option<&TransferFlow> {
        match self {
            Self::Transfer(transfer) => Some(transfer),
            Self::Login(_) | Self::Rename(_) | Self::Introduction(_) => None,
        }
    }

    pub(super) const fn transfer_mut(&mut self) -> Option<&mut TransferFlow> {
        match self {
            Self::Transfer(transfer) => Some(transfer),
            Self::Login(_) | Self::Rename(_) | Self::Introduction(_) => None,
        }
    }

    /// Takes the final reply to a command of this conversation.
    pub(super) fn handle_reply(
        &mut self,
        role: Role,
        reply: Reply,
        desk: &mut Desk,
        now: Moment,
    ) -> Next {
        match self {
            Self::Login(login) => login.handle_reply(reply, desk),
            Self::Rename(rename) => rename.handle_reply(reply, desk),
            Self::Transfer(transfer) => transfer.handle_reply(role, reply, desk, now),
            Self::Introduction(introduction) => introduction.handle_reply(reply, desk),
        }
    }
}
