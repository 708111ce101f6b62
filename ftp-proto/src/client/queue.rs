//! Requests that wait for their turn, and when it comes.

use core::net::SocketAddr;

use crate::command::Command;
use crate::path::PathName;

use super::conversation::Conversation;
use super::ledger::Ledger;
use super::settings::Effect;
use super::{Credentials, Ticket, Transfer};

/// Something that was asked for.
#[derive(Debug)]
pub(super) enum Request {
    Login(Credentials),
    Command(Command, Effect),
    Rename(PathName, PathName),
    Transfer(Transfer),
    Offer,
    Aim(SocketAddr),
    /// STAT without an argument.
    Status,
    Quit,
}

/// Something that was asked for and not begun.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) ticket: Ticket,
    pub(super) request: Request,
}

impl Request {
    /// Whether it can begin, given what is under way and how many commands may be outstanding.
    pub(super) fn may_begin(
        &self,
        active: Option<&Conversation>,
        ledger: &Ledger,
        depth: usize,
    ) -> bool {
        let depth = depth.max(1);
        match (self, active) {
            // Alone, or among its like.
            (Self::Command(_, effect), None) if *effect != Effect::Reinitialise => {
                ledger.len() < depth && !ledger.is_fenced()
            }
            (Self::Status, None) => ledger.len() < depth && !ledger.is_fenced(),
            (_, None) => ledger.is_empty(),
            // What a server takes while a transfer runs.
            (Self::Status, Some(Conversation::Transfer(transfer))) => {
                transfer.is_interruptible() && ledger.len() <= depth
            }
            (Self::Quit, Some(Conversation::Transfer(transfer))) => transfer.is_interruptible(),
            (_, Some(_)) => false,
        }
    }
}
