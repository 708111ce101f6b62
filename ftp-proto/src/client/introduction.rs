//! Introducing two servers to each other, so that a file goes from one to the other without
//! passing through here (RFC 959 §2.3, figure 2; commonly called FXP).
//!
//! ```text
//!   server A ◀── offer: EPSV, PASV ── session A      Offered(address)
//!   server B ◀── aim: PORT, EPRT ──── session B ◀──────────┘
//!   server A ◀──────── data ────────▶ server B
//! ```
//!
//! A server could offer the address of a victim, which the other server would then connect to
//! ([RFC 2577]; CVE-2026-8328 is a client that let it). So an address counts only if it is that of
//! the offering server itself, at a port that no other service uses. EPSV tells no address at all
//! and is asked first, unless other hosts are allowed: then the server's own word comes first.
//!
//! [RFC 2577]: https://www.rfc-editor.org/rfc/rfc2577

use alloc::collections::VecDeque;
use core::net::{IpAddr, SocketAddr, SocketAddrV4};

use crate::addr::PeerRule;
use crate::command::{Command, EpsvArgument};
use crate::reply::Reply;
use crate::session::{DataFailure, Family};

use super::desk::Desk;
use super::ledger::Role;
use super::next::Next;
use super::setup::{concerns_mode, family, peer_rule};
use super::{Event, Ticket};

/// One side of an introduction under way.
#[derive(Debug)]
pub(super) struct Introduction {
    ticket: Ticket,
    side: Side,
    /// The commands that are left if this one isn't known.
    left: VecDeque<Command>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// The server is to listen.
    Offer,
    /// The server is to connect.
    Aim,
}

impl Introduction {
    /// Asks the server to listen.
    pub(super) fn offer(ticket: Ticket, desk: &mut Desk) -> Self {
        let epsv = Command::Epsv(EpsvArgument::Unspecified);
        let ways = match (family(desk), desk.config.foreign_data) {
            (Family::Ipv6, _) => VecDeque::from([epsv]),
            (Family::Ipv4, true) => VecDeque::from([Command::Pasv, epsv]),
            (Family::Ipv4, false) => VecDeque::from([epsv, Command::Pasv]),
        };
        Self::begin(ticket, Side::Offer, ways, desk)
    }

    /// Tells the server where to connect to.
    pub(super) fn aim(ticket: Ticket, at: SocketAddr, desk: &mut Desk) -> Self {
        let (ip, port) = (at.ip().to_canonical(), at.port());
        let eprt = Command::Eprt(SocketAddr::new(ip, port));
        let ways = match ip {
            IpAddr::V4(ip) => VecDeque::from([Command::Port(SocketAddrV4::new(ip, port)), eprt]),
            IpAddr::V6(_) => VecDeque::from([eprt]),
        };
        Self::begin(ticket, Side::Aim, ways, desk)
    }

    fn begin(ticket: Ticket, side: Side, left: VecDeque<Command>, desk: &mut Desk) -> Self {
        let mut this = Self { ticket, side, left };
        this.ask(desk);
        this
    }

    pub(super) const fn ticket(&self) -> Ticket {
        self.ticket
    }

    pub(super) fn handle_reply(&mut self, reply: Reply, desk: &mut Desk) -> Next {
        if reply.code().is_completion() {
            return match self.side {
                Side::Aim => Next::Done(Event::answer(self.ticket, reply)),
                Side::Offer => self.offered(reply, desk),
            };
        }
        if concerns_mode(&reply) && self.ask(desk) {
            return Next::Stay;
        }
        let ticket = self.ticket;
        Next::Done(Event::rejected(ticket, reply))
    }

    /// Sends the next command, if one is left.
    fn ask(&mut self, desk: &mut Desk) -> bool {
        let next = self.left.pop_front();
        let asks = next.is_some();
        if let Some(command) = next {
            desk.send(Role::Step, command);
        }
        asks
    }

    fn offered(&mut self, reply: Reply, desk: &mut Desk) -> Next {
        let ticket = self.ticket;
        let failure = match offered_address(&reply, desk) {
            Some(address) if may_be_told(address, desk) => {
                return Next::Done(Event::Offered { ticket, address });
            }
            Some(_) => DataFailure::ForeignAddress,
            None if self.ask(desk) => return Next::Stay,
            None => DataFailure::CantConnect,
        };
        Next::Done(Event::TransferFailed {
            ticket,
            bytes: 0,
            failure,
            reply: Some(reply),
        })
    }
}

/// Where the server listens: of a 229 at the host of the control connection.
fn offered_address(reply: &Reply, desk: &Desk) -> Option<SocketAddr> {
    match reply.extended_passive() {
        Some(port) => Some(SocketAddr::new(desk.peer()?.to_canonical(), port)),
        None => reply.passive().map(SocketAddr::V4),
    }
}

/// Whether another server may be sent there. Who isn't known has no address of their own.
fn may_be_told(address: SocketAddr, desk: &Desk) -> bool {
    let rule = peer_rule(desk);
    let known = rule != PeerRule::Anyone || desk.config.foreign_data;
    known && rule.may_dial(address)
}
