//! A client and an application in one, who talk to a session by hand.
//!
//! Every output is checked against the laws of the [module](crate::server) and of the
//! [channels](crate::session) before a test sees it.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem;
use core::net::SocketAddr;
use core::time::Duration;

use crate::listing::{Entry, EntryKind, ListedTime};
use crate::path::{PathName, VirtualPath};
use crate::reply::{Reply, ReplyAssembler, ReplySyntax};
use crate::server::{
    Answer, Ask, AskId, Connected, Grant, Note, Output, Rights, ServerConfig, ServerSession,
};
use crate::session::{ChannelId, DataAction, DataEvent, FailureKind};
use crate::time::Moment;
use crate::timestamp::Timestamp;
use crate::wire::LineBuffer;

pub(super) const PEER: &str = "192.0.2.10:40000";
pub(super) const LISTENER: &str = "192.0.2.1:5001";

pub(super) struct Script {
    pub(super) session: ServerSession,
    pub(super) now: Moment,
    /// Everything but notes, since the last [`Script::outputs`].
    outputs: Vec<Output>,
    pub(super) notes: Vec<Note>,
    lines: LineBuffer,
    replies: ReplyAssembler,
    laws: Laws,
    /// Whether the client reads its replies.
    pub(super) reads: bool,
}

impl Script {
    pub(super) fn new() -> Self {
        Self::with(ServerConfig::default())
    }

    pub(super) fn with(config: ServerConfig) -> Self {
        Self::between(config, PEER, "192.0.2.1:21")
    }

    pub(super) fn between(config: ServerConfig, peer: &str, local: &str) -> Self {
        let ends = Connected::new(address(peer), address(local));
        Self::over(config, ends)
    }

    pub(super) fn over(config: ServerConfig, ends: Connected) -> Self {
        let mut script = Self {
            session: ServerSession::new(Arc::new(config), ends, Moment::ZERO),
            now: Moment::ZERO,
            outputs: Vec::new(),
            notes: Vec::new(),
            lines: LineBuffer::new(8192),
            replies: ReplyAssembler::new(ReplySyntax::Strict),
            laws: Laws::default(),
            reads: true,
        };
        assert_eq!(codes(&script.settle()), [220]);
        script
    }

    /// A session with a user logged in who may do anything.
    pub(super) fn logged_in() -> Self {
        let mut script = Self::new();
        script.log_in(Rights::READ_WRITE);
        script
    }

    pub(super) fn log_in(&mut self, rights: Rights) {
        assert_eq!(self.say("USER alice"), [331]);
        assert_eq!(self.say("PASS secret"), []);
        let grant = Grant::new(rights, VirtualPath::root());
        assert_eq!(self.answer(Answer::LoggedIn(grant)), [230]);
        self.outputs();
    }

    /// Sends a line; the codes of all replies that come at once.
    pub(super) fn say(&mut self, line: &str) -> Vec<u16> {
        codes(&self.say_bytes(line.as_bytes()))
    }

    pub(super) fn say_bytes(&mut self, line: &[u8]) -> Vec<Reply> {
        self.push(&[line, b"\r\n"].concat())
    }

    /// The code and the lines of the one reply to a line.
    pub(super) fn ask_text(&mut self, line: &str) -> String {
        let replies = self.say_bytes(line.as_bytes());
        let [reply] = replies.as_slice() else {
            panic!("{line}: {replies:?}")
        };
        let lines: Vec<_> = reply
            .lines()
            .iter()
            .map(|line| String::from_utf8_lossy(line))
            .collect();
        format!("{} {}", reply.code(), lines.join("\n"))
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Reply> {
        self.session.handle_bytes(bytes, self.now);
        self.settle()
    }

    pub(super) fn eof(&mut self) -> Vec<u16> {
        self.session.handle_eof(self.now);
        codes(&self.settle())
    }

    /// Answers the open question.
    pub(super) fn answer(&mut self, answer: Answer) -> Vec<u16> {
        let id = self.laws.open.expect("a question is open");
        codes(&self.answer_to(id, answer))
    }

    pub(super) fn answer_to(&mut self, id: AskId, answer: Answer) -> Vec<Reply> {
        if self.laws.open == Some(id) {
            self.laws.open = None;
        }
        self.session.answer(id, answer, self.now);
        self.settle()
    }

    pub(super) fn fail(&mut self, kind: FailureKind) -> Vec<u16> {
        self.answer(Answer::Failed(kind))
    }

    pub(super) fn data(&mut self, channel: ChannelId, event: DataEvent) -> Vec<u16> {
        codes(&self.data_replies(channel, event))
    }

    pub(super) fn data_replies(&mut self, channel: ChannelId, event: DataEvent) -> Vec<Reply> {
        self.laws.tell(channel, &event);
        self.session.handle_data(channel, event, self.now);
        self.settle()
    }

    pub(super) fn wait(&mut self, seconds: u64) -> Vec<u16> {
        self.now = self.now + Duration::from_secs(seconds);
        self.session.handle_timeout(self.now);
        codes(&self.settle())
    }

    pub(super) fn shut_down(&mut self) -> Vec<u16> {
        self.session.shut_down(self.now);
        codes(&self.settle())
    }

    /// What the session asked for since the last call, without notes.
    pub(super) fn outputs(&mut self) -> Vec<Output> {
        mem::take(&mut self.outputs)
    }

    /// The one question that was put since the last call.
    pub(super) fn question(&mut self) -> Ask {
        let outputs = self.outputs();
        match outputs.as_slice() {
            [Output::Ask { ask, .. }] => ask.clone(),
            _ => panic!("{outputs:?}"),
        }
    }

    pub(super) const fn open_question(&self) -> Option<AskId> {
        self.laws.open
    }

    pub(super) fn channels(&self) -> Vec<(ChannelId, ChannelState)> {
        self.laws
            .channels
            .iter()
            .map(|(&channel, &state)| (channel, state))
            .collect()
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.laws.closed
    }

    /// Reads replies and drains outputs until nothing moves.
    pub(super) fn settle(&mut self) -> Vec<Reply> {
        let mut replies = Vec::new();
        loop {
            let mut moved = false;
            while let Some(output) = self.session.poll_output() {
                moved = true;
                self.laws.check(&output);
                match output {
                    Output::Note(note) => self.notes.push(note),
                    output => self.outputs.push(output),
                }
            }
            let count = self.session.outgoing().len();
            if self.reads && count > 0 && !self.laws.closed {
                moved = true;
                self.lines.push(self.session.outgoing());
                self.session.sent(count, self.now);
            }
            if !moved {
                break;
            }
        }
        while let Some(line) = self.lines.next_line() {
            let reply = self.replies.handle_line(&line.unwrap()).unwrap();
            replies.extend(reply);
        }
        replies
    }

    // Ways into the states of a transfer.

    /// Sends PASV and lets it listen.
    pub(super) fn pasv(&mut self) -> ChannelId {
        assert_eq!(self.say("PASV"), []);
        let channel = self.new_channel();
        let advertised = address(LISTENER);
        assert_eq!(
            self.data(channel, DataEvent::Listening { advertised }),
            [227]
        );
        self.outputs();
        channel
    }

    pub(super) fn connect(&mut self, channel: ChannelId) -> Vec<u16> {
        let peer = Some(address(PEER));
        self.data(channel, DataEvent::Connected { peer })
    }

    /// PASV and a transfer command whose file opens: it waits for the connection.
    pub(super) fn connecting(&mut self, line: &str) -> ChannelId {
        let channel = self.pasv();
        assert_eq!(self.say(line), [], "{line}");
        assert_eq!(self.answer(opened()), [150], "{line}");
        self.outputs();
        channel
    }

    /// A transfer whose bytes move.
    pub(super) fn running(&mut self, line: &str) -> ChannelId {
        let channel = self.connecting(line);
        assert_eq!(self.connect(channel), [], "{line}");
        self.outputs();
        channel
    }

    pub(super) fn new_channel(&mut self) -> ChannelId {
        match self.outputs().as_slice() {
            [.., Output::Data(DataAction::Listen { channel, .. })] => *channel,
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn opened() -> Answer {
    Answer::Opened {
        size: None,
        name: None,
    }
}

/// What is told of a file.
pub(super) fn file() -> Answer {
    let mut entry = Entry::new(PathName::new("f").unwrap(), EntryKind::File);
    entry.size = Some(1234);
    entry.modified = Timestamp::parse(b"20200102030405.678").map(ListedTime::Utc);
    Answer::Entry(entry)
}

pub(super) fn codes(replies: &[Reply]) -> Vec<u16> {
    replies.iter().map(|reply| reply.code().value()).collect()
}

pub(super) fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(super) fn path(text: &str) -> VirtualPath {
    VirtualPath::from(&PathName::new(text).unwrap())
}

/// What the session has promised.
#[derive(Debug, Default)]
struct Laws {
    open: Option<AskId>,
    last: Option<AskId>,
    channels: BTreeMap<ChannelId, ChannelState>,
    newest: Option<ChannelId>,
    closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChannelState {
    Listening,
    Bound,
    Accepting,
    Dialing,
    Connected,
    Running,
    Stopping,
}

impl Laws {
    fn check(&mut self, output: &Output) {
        assert!(!self.closed, "{output:?} after CloseControl");
        match output {
            Output::Ask { id, ask } => {
                assert_eq!(self.open, None, "one question at a time: {output:?}");
                assert!(self.last < Some(*id), "{output:?}");
                self.open = Some(*id);
                self.last = Some(*id);
                if let Ask::Open { channel, .. } | Ask::Commit { channel, .. } = ask {
                    assert_ne!(self.state(*channel), Some(ChannelState::Running));
                }
            }
            Output::Withdraw { id } => assert_eq!(self.open.take(), Some(*id)),
            Output::Data(action) => self.check_action(action),
            Output::Discard { channel, .. } => {
                let state = self.state(*channel);
                let moves = matches!(state, Some(ChannelState::Running | ChannelState::Stopping));
                assert!(!moves, "{output:?} while {state:?}");
            }
            Output::CloseControl => {
                assert_eq!(self.open, None, "a question is open at the end");
                assert!(self.channels.is_empty(), "{:?} at the end", self.channels);
                self.closed = true;
            }
            _ => {}
        }
    }

    fn check_action(&mut self, action: &DataAction) {
        use ChannelState as State;
        let (channel, wanted, next) = match action {
            DataAction::Listen { channel, .. } => (*channel, None, Some(State::Listening)),
            DataAction::Dial { channel, .. } => (*channel, None, Some(State::Dialing)),
            DataAction::Accept { channel, .. } => {
                (*channel, Some(State::Bound), Some(State::Accepting))
            }
            DataAction::Run { channel, .. } => {
                (*channel, Some(State::Connected), Some(State::Running))
            }
            DataAction::Close { channel, .. } => {
                let state = self.state(*channel);
                assert!(state.is_some(), "{action:?} of nothing");
                assert_ne!(state, Some(State::Stopping), "{action:?} twice");
                let next = (state == Some(State::Running)).then_some(State::Stopping);
                (*channel, state, next)
            }
        };
        assert_eq!(self.state(channel), wanted, "{action:?}");
        if wanted.is_none() {
            assert!(self.newest < Some(channel), "{action:?} isn't new");
            self.newest = Some(channel);
        }
        self.set(channel, next);
    }

    /// What the driver tells.
    fn tell(&mut self, channel: ChannelId, event: &DataEvent) {
        let next = match event {
            DataEvent::Listening { .. } => Some(ChannelState::Bound),
            DataEvent::Connected { .. } => Some(ChannelState::Connected),
            DataEvent::Progress { .. } => return,
            DataEvent::Finished { .. } | DataEvent::Failed(_) => None,
        };
        if self.channels.contains_key(&channel) {
            self.set(channel, next);
        }
    }

    fn state(&self, channel: ChannelId) -> Option<ChannelState> {
        self.channels.get(&channel).copied()
    }

    fn set(&mut self, channel: ChannelId, state: Option<ChannelState>) {
        match state {
            Some(state) => self.channels.insert(channel, state),
            None => self.channels.remove(&channel),
        };
    }
}
