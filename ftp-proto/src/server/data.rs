//! Where the next data connection comes from: PORT, PASV, EPRT, EPSV ([RFC 959 §4.1.2],
//! [RFC 2428]).
//!
//! ```text
//!            PASV, EPSV           Listening           Connected
//!   Closed ─────────────▶ Reserving ─────▶ Waiting ─────────────▶ Connected ──▶ (a transfer runs)
//!     │      PORT, EPRT           150                 Connected      ▲
//!     └─────────────────▶ Target ─────▶ Dialing ─────────────────────┘
//! ```
//!
//! Each of the four commands closes what an earlier one has set up, also when it is refused itself.
//! A connection serves one transfer. Nothing is dialled before a transfer command asks for it, and
//! only what [`PeerRule::may_dial`] admits.
//!
//! [RFC 959 §4.1.2]: https://www.rfc-editor.org/rfc/rfc959#section-4
//! [RFC 2428]: https://www.rfc-editor.org/rfc/rfc2428

use core::net::{IpAddr, SocketAddr, SocketAddrV4};

use alloc::format;

use crate::addr::{PeerRule, format_host_port};
use crate::command::EpsvArgument;
use crate::reply::ReplyCode;
use crate::session::{ChannelId, DataAction, Family, Manner};
use crate::time::Moment;

use super::{Note, Output, Phase, ServerSession, Timer};

/// Where the next data connection comes from.
#[derive(Debug, Default)]
pub(super) struct DataPort {
    pub(super) state: State,
    /// Whether `EPSV ALL` is in effect.
    pub(super) epsv_only: bool,
    next_channel: u32,
}

#[derive(Debug, Default)]
pub(super) enum State {
    /// From nowhere.
    #[default]
    Closed,
    /// A listener was asked for.
    Reserving(ChannelId, Passive),
    /// It listens; the client may connect.
    Waiting(ChannelId),
    /// The client told where it listens.
    Target(SocketAddr),
    /// It is being dialled.
    Dialing(ChannelId),
    /// The connection stands, and may be running.
    Connected(ChannelId),
}

/// Which command asked for a listener, and so the form of the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passive {
    Pasv,
    Epsv,
}

impl DataPort {
    /// A name that no channel has had.
    pub(super) const fn new_channel(&mut self) -> ChannelId {
        let channel = ChannelId(self.next_channel);
        self.next_channel = self.next_channel.wrapping_add(1);
        channel
    }

    /// The channel that the driver knows of.
    pub(super) const fn channel(&self) -> Option<ChannelId> {
        match self.state {
            State::Closed | State::Target(_) => None,
            State::Reserving(channel, _)
            | State::Waiting(channel)
            | State::Dialing(channel)
            | State::Connected(channel) => Some(channel),
        }
    }

    /// Whether a transfer command may count on it.
    pub(super) const fn is_set(&self) -> bool {
        !matches!(self.state, State::Closed)
    }
}

impl ServerSession {
    pub(super) fn pasv(&mut self, now: Moment) {
        if self.family() == Some(Family::Ipv6) {
            self.reply(
                ReplyCode::CANT_OPEN_DATA,
                "PASV is for IPv4 alone; use EPSV.",
            );
        } else {
            self.reserve(Passive::Pasv, Family::Ipv4, now);
        }
    }

    pub(super) fn epsv(&mut self, argument: EpsvArgument, now: Moment) {
        let own = self.family().unwrap_or(Family::Ipv4);
        let family = match argument {
            EpsvArgument::Unspecified => Some(own),
            EpsvArgument::Ipv4 => Some(Family::Ipv4),
            EpsvArgument::Ipv6 => Some(Family::Ipv6),
            EpsvArgument::Family(_) => None,
            EpsvArgument::All => {
                self.data.epsv_only = true;
                self.reply(ReplyCode::OK, "From now on EPSV alone.");
                return;
            }
        };
        match family.filter(|&family| self.serves(family)) {
            Some(family) => self.reserve(Passive::Epsv, family, now),
            None => self.refuse_family(),
        }
    }

    /// PORT and EPRT: remembers the address if a transfer may go there.
    pub(super) fn aim(&mut self, address: SocketAddr) {
        let rule = self.peer_rule();
        let anonymous = self.ends.peer.is_none() && !self.config.foreign_data;
        if !self.serves(Family::of(address.ip())) {
            self.refuse_family();
        } else if anonymous || !rule.may_dial(address) {
            self.note(Note::ForeignAddress(address));
            self.reply(
                ReplyCode::ARGUMENT_ERROR,
                "No data connection to that address; it must be the client's own, at port 1024 or \
                 above.",
            );
        } else {
            self.data.state = State::Target(address);
            self.reply(ReplyCode::OK, "The next transfer will connect there.");
        }
    }

    /// 522, with the families that are served (RFC 2428 §3).
    pub(super) fn refuse_family(&mut self) {
        let served = match (self.serves(Family::Ipv4), self.serves(Family::Ipv6)) {
            (true, true) => "(1,2)",
            (true, false) => "(1)",
            _ => "(2)",
        };
        self.reply(
            ReplyCode::PROTOCOL_NOT_SUPPORTED,
            format!("Network protocol not supported, use {served}"),
        );
    }

    /// Closes what an earlier command has set up.
    pub(super) fn close_data(&mut self) {
        if let Some(channel) = self.data.channel() {
            self.output(Output::Data(DataAction::Close {
                channel,
                manner: Manner::Reset,
            }));
        }
        self.timers.stop(Timer::DataOpen);
        self.data.state = State::Closed;
    }

    fn reserve(&mut self, passive: Passive, family: Family, now: Moment) {
        let channel = self.data.new_channel();
        self.output(Output::Data(DataAction::Listen { channel, family }));
        self.data.state = State::Reserving(channel, passive);
        self.phase = Phase::Reserving;
        self.timers
            .set(Timer::DataOpen, now, self.config.data_open_timeout);
    }

    /// The listener is there: the client is told, and may connect from now on.
    pub(super) fn listening(&mut self, channel: ChannelId, advertised: SocketAddr, now: Moment) {
        let passive = match self.data.state {
            State::Reserving(reserved, passive) if reserved == channel => passive,
            _ => return,
        };
        self.timers.stop(Timer::DataOpen);
        self.phase = Phase::Ready;
        let text = match (passive, advertised.ip().to_canonical()) {
            (Passive::Epsv, _) => {
                format!("Entering Extended Passive Mode (|||{}|)", advertised.port())
            }
            (Passive::Pasv, IpAddr::V4(host)) => format!(
                "Entering Passive Mode ({}).",
                format_host_port(SocketAddrV4::new(host, advertised.port()))
            ),
            (Passive::Pasv, IpAddr::V6(_)) => {
                self.close_data();
                self.reply(
                    ReplyCode::CANT_OPEN_DATA,
                    "There is no IPv4 address to tell; use EPSV.",
                );
                return;
            }
        };
        self.data.state = State::Waiting(channel);
        // A port that nobody uses is given back: there may be few.
        self.timers
            .set(Timer::DataOpen, now, self.config.data_open_timeout);
        self.output(Output::Data(DataAction::Accept {
            channel,
            from: self.peer_rule(),
        }));
        let code = match passive {
            Passive::Pasv => ReplyCode::PASSIVE,
            Passive::Epsv => ReplyCode::EXTENDED_PASSIVE,
        };
        self.reply(code, text);
    }

    /// The connection stands, unless it is from or to somebody else.
    pub(super) fn connected(&mut self, channel: ChannelId, peer: Option<SocketAddr>, now: Moment) {
        match self.data.state {
            State::Waiting(awaited) | State::Dialing(awaited) if awaited == channel => {}
            _ => return,
        }
        let rule = self.peer_rule();
        if let Some(stranger) = peer.filter(|peer| !rule.admits(peer.ip())) {
            self.note(Note::ForeignAddress(stranger));
            self.close_data();
            self.cant_connect();
        } else {
            self.data.state = State::Connected(channel);
            self.timers.stop(Timer::DataOpen);
            self.ready_to_run(now);
        }
    }

    /// The channel is gone before it was used.
    pub(super) fn lost(&mut self) {
        self.data.state = State::Closed;
        self.not_connected();
    }

    /// What waits for the channel learns that there won't be one.
    pub(super) fn not_connected(&mut self) {
        if matches!(self.phase, Phase::Reserving) {
            self.timers.stop(Timer::DataOpen);
            self.phase = Phase::Ready;
            self.reply(
                ReplyCode::CANT_OPEN_DATA,
                "No port is free for a data connection.",
            );
        } else {
            self.cant_connect();
        }
    }

    /// Who may be at the other end of a data connection.
    fn peer_rule(&self) -> PeerRule {
        match self.ends.peer {
            Some(peer) if !self.config.foreign_data => PeerRule::Host(peer.ip()),
            _ => PeerRule::Anyone,
        }
    }

    /// The family of the control connection.
    fn family(&self) -> Option<Family> {
        self.ends
            .peer
            .or(self.ends.local)
            .map(|end| Family::of(end.ip()))
    }

    /// Whether data connections of that family are possible: if they must come from the client's
    /// host, only those of the control connection's family are.
    fn serves(&self, family: Family) -> bool {
        self.config.foreign_data || self.family().is_none_or(|own| own == family)
    }
}
