//! The data connections of the simulation: listeners, and pipes with two ends.
//!
//! An end is named by the side that it is on and the channel that the session there gave it.

use std::collections::{BTreeMap, VecDeque};

use ftp_proto::addr::PeerRule;
use ftp_proto::session::{ChannelId, Direction};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Client,
    Server,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

pub(crate) type EndName = (Side, ChannelId);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packet {
    Bytes(Vec<u8>),
    Fin,
    Reset,
}

/// One end of a data connection.
pub(crate) struct End {
    pub(crate) peer: EndName,
    pub(crate) inbox: VecDeque<Packet>,
    pub(crate) run: Option<Run>,
    /// Bytes after which the network breaks the connection.
    pub(crate) cut_after: Option<usize>,
    /// Whether the network swallows everything without a word.
    pub(crate) mute: bool,
}

/// A transfer at one end.
pub(crate) struct Run {
    pub(crate) direction: Direction,
    pub(crate) moved: u64,
    /// What is still to be sent.
    pub(crate) source: VecDeque<u8>,
}

pub(crate) struct Listener {
    pub(crate) name: EndName,
    pub(crate) port: u16,
    /// The rule, once somebody accepts.
    pub(crate) accepts: Option<PeerRule>,
    /// An end that has dialled and waits to be accepted.
    pub(crate) waiting: Option<EndName>,
}

#[derive(Default)]
pub(crate) struct Network {
    pub(crate) listeners: Vec<Listener>,
    pub(crate) ends: BTreeMap<EndName, End>,
    last_port: u16,
}

impl Network {
    pub(crate) fn listen(&mut self, name: EndName) -> u16 {
        self.last_port += 1;
        let port = 40_000 + self.last_port;
        self.listeners.push(Listener {
            name,
            port,
            accepts: None,
            waiting: None,
        });
        port
    }

    /// Connects to a port; false if nobody of the other side listens there or it is taken.
    pub(crate) fn dial(&mut self, from: EndName, port: u16) -> bool {
        let listener = self.listeners.iter_mut().find(|listener| {
            listener.port == port && listener.name.0 != from.0 && listener.waiting.is_none()
        });
        let Some(listener) = listener else {
            return false;
        };
        listener.waiting = Some(from);
        let far = listener.name;
        self.ends.insert(from, end(far));
        self.ends.insert(far, end(from));
        true
    }

    /// Takes a listener out whose dialler may be accepted now.
    pub(crate) fn take_accepted(&mut self) -> Option<Listener> {
        let index = self
            .listeners
            .iter()
            .position(|listener| listener.accepts.is_some() && listener.waiting.is_some())?;
        Some(self.listeners.remove(index))
    }

    pub(crate) fn close_listener(&mut self, name: EndName) {
        self.listeners.retain(|listener| listener.name != name);
    }
}

fn end(peer: EndName) -> End {
    End {
        peer,
        inbox: VecDeque::new(),
        run: None,
        cut_after: None,
        mute: false,
    }
}
