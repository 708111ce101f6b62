//! The data connection of one transfer, as far as the driver has told of it.
//!
//! ```text
//!  None ─ listen ─▶ Listening ─ accept ─▶ Opening ──▶ Connected ─ run ─▶ Running ──▶ Over
//!   └──────────────── dial ─────────────────▲                              │          ▲
//!                                                             close ▶ Stopping ───────┘
//! ```
//!
//! Closing it in any other state leads straight to Over.

use core::net::SocketAddr;

use crate::addr::PeerRule;
use crate::session::{
    ChannelId, DataAction, DataEvent, DataFailure, Direction, Family, Manner, Representation,
    Target,
};

use super::desk::Desk;

/// The data connection of one transfer.
#[derive(Debug)]
pub(super) struct Channel {
    id: Option<ChannelId>,
    state: State,
    /// Who may be at the other end.
    from: PeerRule,
    /// Bytes on the wire.
    bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    None,
    Listening,
    Opening,
    Connected,
    Running,
    /// This side closed it for this reason while it ran.
    Stopping(DataFailure),
    Over(Result<(), DataFailure>),
}

/// What an event of the driver means to the transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// It listens at this address.
    Listening(SocketAddr),
    Connected,
    /// Bytes have moved.
    Moved,
    /// It ended, one way or the other.
    Over,
}

impl Channel {
    /// No connection yet.
    pub(super) const fn none() -> Self {
        Self {
            id: None,
            state: State::None,
            from: PeerRule::Anyone,
            bytes: 0,
        }
    }

    /// A connection that the server is to make; [`accept`](Self::accept) follows.
    pub(super) fn listen(family: Family, desk: &mut Desk) -> Self {
        let channel = desk.new_channel();
        desk.act(DataAction::Listen { channel, family });
        Self {
            id: Some(channel),
            state: State::Listening,
            ..Self::none()
        }
    }

    /// Waits for the server to connect.
    pub(super) fn accept(&mut self, from: PeerRule, desk: &mut Desk) {
        if let (Some(channel), State::Listening) = (self.id, self.state) {
            desk.act(DataAction::Accept { channel, from });
            self.from = from;
            self.state = State::Opening;
        }
    }

    /// A connection to where the server listens. It must end there, too.
    pub(super) fn dial(target: Target, desk: &mut Desk) -> Self {
        let channel = desk.new_channel();
        desk.act(DataAction::Dial { channel, target });
        let host = match target {
            Target::ControlHost { .. } => desk.peer(),
            Target::Address(address) => Some(address.ip()),
        };
        Self {
            id: Some(channel),
            state: State::Opening,
            from: host.map_or(PeerRule::Anyone, PeerRule::Host),
            bytes: 0,
        }
    }

    /// Lets the bytes move if the connection stands and they don't move yet.
    pub(super) fn run(
        &mut self,
        direction: Direction,
        representation: Representation,
        desk: &mut Desk,
    ) -> bool {
        let (Some(channel), State::Connected) = (self.id, self.state) else {
            return false;
        };
        desk.act(DataAction::Run {
            channel,
            direction,
            representation,
        });
        self.state = State::Running;
        true
    }

    /// Gives it up. An unfinished transfer is always cut off visibly.
    pub(super) fn close(&mut self, why: DataFailure, desk: &mut Desk) {
        self.state = match self.state {
            State::None | State::Listening | State::Opening | State::Connected => {
                State::Over(Err(why))
            }
            State::Running => State::Stopping(why),
            State::Stopping(_) | State::Over(_) => return,
        };
        if let Some(channel) = self.id {
            let manner = Manner::Reset;
            desk.act(DataAction::Close { channel, manner });
        }
    }

    /// Takes what the driver says; `None` if it says nothing new.
    pub(super) fn handle(&mut self, event: &DataEvent, desk: &mut Desk) -> Option<Happening> {
        match (self.state, event) {
            (State::Listening, DataEvent::Listening { advertised }) => {
                Some(Happening::Listening(*advertised))
            }
            (State::Opening, DataEvent::Connected { peer }) => {
                if peer.is_none_or(|peer| self.from.admits(peer.ip())) {
                    self.state = State::Connected;
                    Some(Happening::Connected)
                } else {
                    self.close(DataFailure::CantConnect, desk);
                    Some(Happening::Over)
                }
            }
            (State::Running | State::Stopping(_), DataEvent::Progress { bytes }) => {
                self.bytes = self.bytes.max(*bytes);
                (self.state == State::Running).then_some(Happening::Moved)
            }
            (State::Running | State::Stopping(_), DataEvent::Finished { bytes }) => {
                self.bytes = *bytes;
                self.end(Ok(()))
            }
            (State::Stopping(why), DataEvent::Failed(_)) => self.end(Err(why)),
            (State::None | State::Over(_), _) => None,
            (_, DataEvent::Failed(why)) => self.end(Err(*why)),
            _ => None,
        }
    }

    fn end(&mut self, how: Result<(), DataFailure>) -> Option<Happening> {
        self.state = State::Over(how);
        Some(Happening::Over)
    }

    pub(super) fn is(&self, id: ChannelId) -> bool {
        self.id == Some(id)
    }

    pub(super) const fn is_connected(&self) -> bool {
        matches!(self.state, State::Connected | State::Running)
    }

    /// How it ended, once it did.
    pub(super) const fn ended(&self) -> Option<Result<(), DataFailure>> {
        match self.state {
            State::Over(how) => Some(how),
            _ => None,
        }
    }

    /// Bytes on the wire.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }
}
