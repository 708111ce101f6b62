//! The data connections of a session: which there are, and what may happen to them.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use arbitrary::Arbitrary;
use ftp_proto::session::{ChannelId, DataAction, DataEvent, DataFailure};

/// How far a channel is, as the laws of `ftp_proto::session` count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Listening,
    Reserved,
    Connecting,
    Connected,
    Running,
    Stopping,
}

/// What happens to a channel next, where it may.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Happening {
    Succeeds,
    SucceedsForStranger,
    Progresses(u16),
    Fails,
}

/// The channels of one session; panics when an action breaks their laws.
#[derive(Debug, Default)]
pub struct Channels(BTreeMap<ChannelId, Stage>);

impl Channels {
    /// Does what the session wants.
    pub fn act(&mut self, action: &DataAction) {
        match action {
            DataAction::Listen { channel, .. } => self.insert(*channel, Stage::Listening),
            DataAction::Dial { channel, .. } => self.insert(*channel, Stage::Connecting),
            DataAction::Accept { channel, .. } => {
                self.step(*channel, &[Stage::Reserved], Stage::Connecting);
            }
            DataAction::Run { channel, .. } => {
                self.step(*channel, &[Stage::Connected], Stage::Running);
            }
            DataAction::Close { channel, .. } => match self.0.get(channel) {
                Some(Stage::Running | Stage::Stopping) => {
                    self.0.insert(*channel, Stage::Stopping);
                }
                Some(_) => drop(self.0.remove(channel)),
                None => panic!("close of {channel:?}, which is gone"),
            },
            _ => {}
        }
    }

    /// Makes something happen to one of the channels, if it can.
    pub fn happen(&mut self, which: u8, what: Happening) -> Option<(ChannelId, DataEvent)> {
        let index = usize::from(which) % self.0.len().max(1);
        let (&channel, &stage) = self.0.iter().nth(index)?;
        let (event, next) = match (what, stage) {
            (Happening::Fails, Stage::Stopping) => {
                (DataEvent::Failed(DataFailure::Cancelled), None)
            }
            (Happening::Fails, Stage::Listening) => {
                (DataEvent::Failed(DataFailure::CantListen), None)
            }
            (Happening::Fails, Stage::Connecting) => {
                (DataEvent::Failed(DataFailure::CantConnect), None)
            }
            (Happening::Fails, Stage::Running) => (DataEvent::Failed(DataFailure::Broken), None),
            (Happening::Fails, _) => return None,
            (Happening::Progresses(bytes), Stage::Running) => {
                let bytes = bytes.into();
                (DataEvent::Progress { bytes }, Some(stage))
            }
            (_, Stage::Listening) => {
                let advertised = SERVER;
                (DataEvent::Listening { advertised }, Some(Stage::Reserved))
            }
            (Happening::SucceedsForStranger, Stage::Connecting) => {
                let peer = Some(STRANGER);
                (DataEvent::Connected { peer }, Some(Stage::Connected))
            }
            (_, Stage::Connecting) => {
                let peer = Some(SERVER);
                (DataEvent::Connected { peer }, Some(Stage::Connected))
            }
            (_, Stage::Running | Stage::Stopping) => (DataEvent::Finished { bytes: 7 }, None),
            (_, Stage::Reserved | Stage::Connected) => return None,
        };
        match next {
            Some(stage) => self.0.insert(channel, stage),
            None => self.0.remove(&channel),
        };
        Some((channel, event))
    }

    /// Whether the channel moves a file, or is being stopped.
    pub fn runs(&self, channel: ChannelId) -> bool {
        matches!(self.0.get(&channel), Some(Stage::Running | Stage::Stopping))
    }

    fn insert(&mut self, channel: ChannelId, stage: Stage) {
        let before = self.0.insert(channel, stage);
        assert_eq!(before, None, "{channel:?} is used again");
        assert!(self.0.len() < 100, "channels leak");
    }

    fn step(&mut self, channel: ChannelId, from: &[Stage], to: Stage) {
        let before = self.0.insert(channel, to);
        assert!(
            before.is_some_and(|before| from.contains(&before)),
            "{channel:?} goes from {before:?} to {to:?}"
        );
    }
}

/// An address of the peer of the sessions, and one of somebody else.
pub const SERVER: SocketAddr = SocketAddr::V4(std::net::SocketAddrV4::new(
    std::net::Ipv4Addr::new(192, 0, 2, 1),
    2121,
));
pub const STRANGER: SocketAddr = SocketAddr::V4(std::net::SocketAddrV4::new(
    std::net::Ipv4Addr::new(203, 0, 113, 9),
    2121,
));
