//! Logging in: USER, then PASS and ACCT as far as the server asks ([RFC 959 §5.4]).
//!
//! ```text
//!         331        332
//!  USER ──────▶ PASS ──────▶ ACCT
//!   │ └──────────│──332──────▶│
//!   ▼ 2yz        ▼ 2yz        ▼ 2yz
//!  logged in; any other reply ends the login without success
//! ```
//!
//! [RFC 959 §5.4]: https://www.rfc-editor.org/rfc/rfc959#section-5.4

use crate::command::Command;
use crate::reply::{Reply, ReplyCode};

use super::desk::Desk;
use super::ledger::Role;
use super::next::Next;
use super::{Credentials, Event, Ticket};

/// A login under way.
#[derive(Debug)]
pub(super) struct Login {
    ticket: Ticket,
    who: Credentials,
    sent: Sent,
}

/// What was sent last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    User,
    Password,
    Account,
}

impl Login {
    pub(super) fn begin(ticket: Ticket, who: Credentials, desk: &mut Desk) -> Self {
        desk.send(Role::Step, Command::User(who.user.clone()));
        Self {
            ticket,
            who,
            sent: Sent::User,
        }
    }

    pub(super) const fn ticket(&self) -> Ticket {
        self.ticket
    }

    pub(super) fn handle_reply(&mut self, reply: Reply, desk: &mut Desk) -> Next {
        let ticket = self.ticket;
        match (self.sent, reply.code()) {
            (_, code) if code.is_completion() => {
                return Next::Done(Event::LoggedIn { ticket, reply });
            }
            (Sent::User, ReplyCode::NEED_PASSWORD) => {
                self.sent = Sent::Password;
                desk.send(Role::Step, Command::Pass(self.who.password.clone()));
            }
            (Sent::User | Sent::Password, ReplyCode::NEED_ACCOUNT) => {
                let Some(account) = self.who.account.clone() else {
                    return Next::Done(Event::rejected(ticket, reply));
                };
                self.sent = Sent::Account;
                desk.send(Role::Step, Command::Acct(account));
            }
            _ => return Next::Done(Event::rejected(ticket, reply)),
        }
        Next::Stay
    }
}
