//! Arranging a data connection: the ways in the order that the transfer names, each tried after
//! the one before it was refused or led nowhere ([RFC 959 §4.1.2], [RFC 2428]).
//!
//! ```text
//!  passive:  (PRET) EPSV, PASV ── 229, 227 ──▶ Dial ── Connected ──▶ ready
//!  active:   Listen ── Listening ──▶ EPRT, PORT ── 2yz ──▶ ready (the server connects later)
//!  any 4yz, 5yz, unreadable address or failed connection: the next way
//! ```
//!
//! DrFTPd, which hands transfers to other machines, wants to hear of the transfer by PRET before it
//! listens. It is sent if the server has listed it among its features; nobody asks for them here.
//!
//! What was tried stays known in the session's [`ModeMemory`](super::settings::ModeMemory).
//!
//! [RFC 959 §4.1.2]: https://www.rfc-editor.org/rfc/rfc959#section-4.1.2
//! [RFC 2428]: https://www.rfc-editor.org/rfc/rfc2428

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr, SocketAddrV4};

use crate::addr::PeerRule;
use crate::command::{Command, EpsvArgument, RawCommand};
use crate::path::Argument;
use crate::reply::{Class, Reply};
use crate::session::{DataFailure, Family, Target};
use crate::time::Moment;

use super::channel::{Channel, Happening};
use super::desk::Desk;
use super::ledger::Role;
use super::{DataMode, Event, Ticket, Timer, TransferVerb};

/// The arrangement of one data connection.
#[derive(Debug)]
pub(super) struct Setup {
    mode: DataMode,
    /// The ways that are left after this one.
    left: VecDeque<DataMode>,
    awaits: Awaits,
    /// The command that announces the transfer, if the server wants one.
    announcement: Option<Command>,
}

/// What the way that is tried waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    /// The reply to PRET.
    Consent,
    /// The reply to EPSV, PASV, EPRT or PORT.
    Reply,
    /// The driver: a listener, or a connection that was dialled.
    Driver,
}

/// How far the arrangement is.
#[derive(Debug)]
#[must_use]
pub(super) enum Arranged {
    Waiting,
    /// The transfer command may go out.
    Ready,
    /// No way is left; this stood in the last one.
    Impossible(Obstacle),
}

/// What stands in a way.
#[derive(Debug)]
pub(super) enum Obstacle {
    /// The server said no: to this way, or to the transfer.
    Refused(Reply, Option<DataMode>),
    /// The server said yes, but not where.
    Unreadable(Reply),
    /// The connection, or the listener, couldn't be made.
    Failed(DataFailure),
}

impl Setup {
    /// Begins with the first way that may work: those that need IPv4 are left out if the peer has
    /// no such address, those that are known to fail as long as there are others. `None` if there
    /// are none.
    pub(super) fn begin(
        modes: &[DataMode],
        verb: &TransferVerb,
        channel: &mut Channel,
        desk: &mut Desk,
        now: Moment,
    ) -> Option<Self> {
        let possible = |mode: &DataMode| family(desk) == Family::Ipv4 || !mode.needs_ipv4();
        let possible: VecDeque<_> = modes.iter().copied().filter(possible).collect();
        let memory = &desk.settings.modes;
        let hopeful = possible.iter().copied();
        let hopeful: VecDeque<_> = hopeful.filter(|mode| !memory.is_hopeless(*mode)).collect();
        let mut left = if hopeful.is_empty() {
            possible
        } else {
            hopeful
        };
        let mode = left.pop_front()?;
        let announces = desk.settings.wants_announcements;
        let mut this = Self {
            mode,
            left,
            awaits: Awaits::Reply,
            announcement: announces.then(|| announcement(verb)).flatten(),
        };
        this.open(channel, desk, now);
        Some(this)
    }

    /// The way that is tried, or was taken.
    pub(super) const fn mode(&self) -> DataMode {
        self.mode
    }

    /// Takes the reply to EPSV, PASV, EPRT or PORT.
    pub(super) fn handle_reply(
        &mut self,
        ticket: Ticket,
        reply: Reply,
        channel: &mut Channel,
        desk: &mut Desk,
        now: Moment,
    ) -> Arranged {
        if self.awaits == Awaits::Consent {
            return self.consented(reply, desk);
        }
        if !reply.code().is_completion() {
            let obstacle = Obstacle::Refused(reply, Some(self.mode));
            return self.next(ticket, obstacle, channel, desk, now);
        }
        if self.mode.is_active() {
            return match channel.ended() {
                // The listener broke while the server was asked.
                Some(_) => {
                    let obstacle = Obstacle::Failed(DataFailure::CantListen);
                    self.next(ticket, obstacle, channel, desk, now)
                }
                None => Arranged::Ready,
            };
        }
        match target(self.mode, &reply, desk) {
            Some(target) => {
                *channel = Channel::dial(target, desk);
                desk.start(Timer::DataOpen, now);
                self.awaits = Awaits::Driver;
                Arranged::Waiting
            }
            None => self.next(ticket, Obstacle::Unreadable(reply), channel, desk, now),
        }
    }

    /// Takes what happened to the channel.
    pub(super) fn handle_happening(
        &mut self,
        ticket: Ticket,
        happening: Happening,
        channel: &mut Channel,
        desk: &mut Desk,
        now: Moment,
    ) -> Arranged {
        match happening {
            Happening::Listening(address) => match offer(self.mode, address) {
                Some(command) => {
                    desk.stop(Timer::DataOpen);
                    channel.accept(peer_rule(desk), desk);
                    desk.send(Role::Step, command);
                    self.awaits = Awaits::Reply;
                    Arranged::Waiting
                }
                None => {
                    let obstacle = Obstacle::Failed(DataFailure::CantListen);
                    self.next(ticket, obstacle, channel, desk, now)
                }
            },
            Happening::Connected if self.mode.is_active() => Arranged::Waiting,
            Happening::Connected => {
                desk.stop(Timer::DataOpen);
                Arranged::Ready
            }
            Happening::Over if self.awaits == Awaits::Driver => {
                let failure = channel.ended().and_then(Result::err);
                let obstacle = Obstacle::Failed(failure.unwrap_or(DataFailure::CantConnect));
                self.next(ticket, obstacle, channel, desk, now)
            }
            Happening::Over | Happening::Moved => Arranged::Waiting,
        }
    }

    /// Gives this way up and tries the next one.
    fn next(
        &mut self,
        ticket: Ticket,
        obstacle: Obstacle,
        channel: &mut Channel,
        desk: &mut Desk,
        now: Moment,
    ) -> Arranged {
        desk.stop(Timer::DataOpen);
        channel.close(DataFailure::CantConnect, desk);
        if !obstacle.concerns_mode() {
            return Arranged::Impossible(obstacle);
        }
        if obstacle.is_lasting() {
            desk.settings.modes.fails(self.mode);
        }
        let Some(to) = self.left.pop_front() else {
            return Arranged::Impossible(obstacle);
        };
        desk.tell(Event::FellBack {
            ticket,
            from: self.mode,
            to,
            reply: obstacle.into_reply(),
        });
        self.mode = to;
        self.open(channel, desk, now);
        Arranged::Waiting
    }

    /// Takes the first step of a way.
    fn open(&mut self, channel: &mut Channel, desk: &mut Desk, now: Moment) {
        if self.mode.is_active() {
            *channel = Channel::listen(family(desk), desk);
            desk.start(Timer::DataOpen, now);
            self.awaits = Awaits::Driver;
            return;
        }
        *channel = Channel::none();
        match &self.announcement {
            Some(announcement) => {
                desk.send(Role::Step, announcement.clone());
                self.awaits = Awaits::Consent;
            }
            None => self.ask(desk),
        }
    }

    /// Asks the server to listen.
    fn ask(&mut self, desk: &mut Desk) {
        let question = match self.mode {
            DataMode::Pasv => Command::Pasv,
            _ => Command::Epsv(EpsvArgument::Unspecified),
        };
        desk.send(Role::Step, question);
        self.awaits = Awaits::Reply;
    }

    /// Takes the reply to PRET. What it refuses is the transfer, unless it doesn't know PRET.
    fn consented(&mut self, reply: Reply, desk: &mut Desk) -> Arranged {
        let unknown = matches!(reply.code().value(), 500 | 502);
        if !unknown && !reply.code().is_completion() {
            return Arranged::Impossible(Obstacle::Refused(reply, None));
        }
        if unknown {
            desk.settings.wants_announcements = false;
            self.announcement = None;
        }
        self.ask(desk);
        Arranged::Waiting
    }
}

impl Obstacle {
    /// Whether another way may do better.
    fn concerns_mode(&self) -> bool {
        !matches!(self, Self::Refused(reply, _) if !concerns_mode(reply))
    }

    /// Whether the way need not be tried again in this session.
    fn is_lasting(&self) -> bool {
        match self {
            Self::Refused(reply, _) => reply.code().class() == Class::PermanentNegative,
            Self::Unreadable(_) | Self::Failed(_) => true,
        }
    }

    fn into_reply(self) -> Option<Reply> {
        match self {
            Self::Refused(reply, _) | Self::Unreadable(reply) => Some(reply),
            Self::Failed(_) => None,
        }
    }

    /// How the transfer ends if no way is left.
    pub(super) fn into_event(self, ticket: Ticket) -> Event {
        let failure = match self {
            Self::Refused(reply, mode) => {
                return Event::Rejected {
                    ticket,
                    reply,
                    mode,
                };
            }
            Self::Unreadable(_) => DataFailure::CantConnect,
            Self::Failed(failure) => failure,
        };
        Event::TransferFailed {
            ticket,
            bytes: 0,
            failure,
            reply: self.into_reply(),
        }
    }
}

/// PRET with the transfer's command as its argument, such as `PRET RETR a.txt`.
fn announcement(verb: &TransferVerb) -> Option<Command> {
    let mut line = Vec::from(Command::from(verb.clone()).verb()?.name());
    if let Some(argument) = verb.argument() {
        line.push(b' ');
        line.extend_from_slice(argument);
    }
    let pret = Argument::new("PRET").ok()?;
    let raw = RawCommand::new(pret, Some(Argument::new(line).ok()?));
    raw.ok().map(Command::Other)
}

/// Whether another way may do better than the one so refused. 53z is about the login, not about the
/// way.
pub(super) fn concerns_mode(refusal: &Reply) -> bool {
    !(530..=539).contains(&refusal.code().value())
}

/// The command that tells the server where this side listens.
fn offer(mode: DataMode, address: SocketAddr) -> Option<Command> {
    let port = address.port();
    match (mode, address.ip().to_canonical()) {
        (DataMode::Port, IpAddr::V4(ip)) => Some(Command::Port(SocketAddrV4::new(ip, port))),
        (DataMode::Port, IpAddr::V6(_)) => None,
        (_, ip) => Some(Command::Eprt(SocketAddr::new(ip, port))),
    }
}

/// Where to connect to after a positive reply. Some servers answer EPSV with a 227.
fn target(mode: DataMode, reply: &Reply, desk: &Desk) -> Option<Target> {
    let port = (mode == DataMode::Epsv).then(|| reply.extended_passive());
    if let Some(port) = port.flatten() {
        return (port != 0).then_some(Target::ControlHost { port });
    }
    let advertised = reply.passive().filter(|address| address.port() != 0)?;
    Some(
        match desk.config.passive_address.choose(advertised, desk.peer()) {
            Some(address) => Target::Address(address),
            None => Target::ControlHost {
                port: advertised.port(),
            },
        },
    )
}

pub(super) fn family(desk: &Desk) -> Family {
    desk.peer().map_or(Family::Ipv4, Family::of)
}

pub(super) fn peer_rule(desk: &Desk) -> PeerRule {
    match desk.peer() {
        Some(peer) if !desk.config.foreign_data => PeerRule::Host(peer),
        _ => PeerRule::Anyone,
    }
}
