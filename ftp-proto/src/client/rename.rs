//! Renaming: RNFR, and RNTO if the server agrees ([RFC 959 §4.1.3]).
//!
//! [RFC 959 §4.1.3]: https://www.rfc-editor.org/rfc/rfc959#section-4.1.3

use crate::command::Command;
use crate::path::PathName;
use crate::reply::Reply;

use super::desk::Desk;
use super::ledger::Role;
use super::next::Next;
use super::{Event, Ticket};

/// A rename under way.
#[derive(Debug)]
pub(super) struct Rename {
    ticket: Ticket,
    /// The new name, until RNTO is sent.
    to: Option<PathName>,
}

impl Rename {
    pub(super) fn begin(ticket: Ticket, from: PathName, to: PathName, desk: &mut Desk) -> Self {
        desk.send(Role::Step, Command::Rnfr(from));
        Self {
            ticket,
            to: Some(to),
        }
    }

    pub(super) const fn ticket(&self) -> Ticket {
        self.ticket
    }

    pub(super) fn handle_reply(&mut self, reply: Reply, desk: &mut Desk) -> Next {
        match self.to.take() {
            // 350 by the RFC; a server that says 250 wants RNTO all the same.
            Some(to) if !reply.code().is_negative() => {
                desk.send(Role::Step, Command::Rnto(to));
                Next::Stay
            }
            _ => Next::Done(Event::answer(self.ticket, reply)),
        }
    }
}
