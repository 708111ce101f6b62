//! A server session whose client, application and network do whatever they like.

use std::sync::Arc;
use std::time::Duration;

use arbitrary::Arbitrary;
use ftp_proto::command::VERBS;
use ftp_proto::listing::{Entry, EntryKind};
use ftp_proto::server::{Answer, AskId, Connected, Grant, Output, Rights, ServerConfig, ServerSession};
use ftp_proto::session::FailureKind;
use ftp_proto::{Moment, PathName, Reply, ReplyCode, VirtualPath};

use crate::data::{Channels, Happening, SERVER, STRANGER};

/// One thing that happens.
#[derive(Arbitrary, Clone, Debug)]
pub enum Step {
    Command { verb: u8, argument: Argument },
    Bytes(Vec<u8>),
    Eof,
    Lost,
    Data { which: u8, what: Happening },
    Sent(u16),
    Wait { seconds: u16 },
    Answer(Reaction),
    LateAnswer { which: u8 },
    ShutDown,
}

/// Arguments that get further than random bytes do.
#[derive(Arbitrary, Clone, Debug)]
pub enum Argument {
    None,
    Root,
    Relative,
    Image,
    Number,
    HostPort,
    Extended,
    Time,
    Bytes(Vec<u8>),
}

impl Argument {
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::None => b"",
            Self::Root => b" /",
            Self::Relative => b" a/../b",
            Self::Image => b" I",
            Self::Number => b" 42",
            Self::HostPort => b" 192,0,2,1,200,1",
            Self::Extended => b" |1|192.0.2.1|51201|",
            Self::Time => b" 20240102030405 a",
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// What the application answers.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Reaction {
    Done,
    LoggedIn,
    Denied,
    File,
    Directory,
    Entries,
    Opened,
    Reply,
    Failed,
}

impl Reaction {
    fn answer(self) -> Answer {
        let entry = |kind| PathName::new("a").map(|name| Entry::new(name, kind));
        match self {
            Self::Done => Answer::Done,
            Self::LoggedIn => Answer::LoggedIn(Grant::new(Rights::READ_WRITE, VirtualPath::root())),
            Self::Denied => Answer::Denied,
            Self::File => entry(EntryKind::File).map_or(Answer::Done, Answer::Entry),
            Self::Directory => entry(EntryKind::Directory).map_or(Answer::Done, Answer::Entry),
            Self::Entries => Answer::Entries(entry(EntryKind::File).into_iter().collect()),
            Self::Opened => Answer::Opened {
                size: Some(7),
                name: None,
            },
            Self::Reply => Answer::Reply(Reply::new(ReplyCode::OK, "Done")),
            Self::Failed => Answer::Failed(FailureKind::NotFound),
        }
    }
}

/// A session and what its driver knows of it.
pub struct Harness {
    session: ServerSession,
    now: Moment,
    channels: Channels,
    open: Option<AskId>,
    asked: Vec<AskId>,
    closed: bool,
}

impl Harness {
    pub fn new() -> Self {
        let mut config = ServerConfig::default();
        config.custom_commands = true;
        let ends = Connected::new(SERVER, STRANGER);
        let mut harness = Self {
            session: ServerSession::new(Arc::new(config), ends, Moment::ZERO),
            now: Moment::ZERO,
            channels: Channels::default(),
            open: None,
            asked: Vec::new(),
            closed: false,
        };
        harness.drain();
        harness
    }

    /// Lets one thing happen and checks the laws.
    pub fn step(&mut self, step: &Step) {
        let now = self.now;
        match step {
            Step::Command { verb, argument } => {
                let verb = &VERBS[usize::from(*verb) % VERBS.len()];
                let line = [verb.verb.name().as_bytes(), argument.as_bytes(), b"\r\n"].concat();
                self.receive(&line);
            }
            Step::Bytes(bytes) => self.receive(bytes),
            Step::Eof => self.session.handle_eof(now),
            Step::Lost => self.session.handle_lost(now),
            Step::Data { which, what } => {
                if let Some((channel, event)) = self.channels.happen(*which, *what) {
                    self.session.handle_data(channel, event, now);
                }
            }
            Step::Sent(count) => {
                let count = usize::from(*count).min(self.session.outgoing().len());
                self.session.sent(count, now);
            }
            Step::Wait { seconds } => {
                self.now = now + Duration::from_secs((*seconds).into());
                self.session.handle_timeout(self.now);
            }
            Step::Answer(reaction) => {
                if let Some(id) = self.open.take() {
                    self.session.answer(id, reaction.answer(), now);
                }
            }
            Step::LateAnswer { which } => {
                let index = usize::from(*which) % self.asked.len().max(1);
                let late = self.asked.get(index).filter(|id| self.open != Some(**id));
                if let Some(&id) = late {
                    self.session.answer(id, Answer::Done, now);
                }
            }
            Step::ShutDown => self.session.shut_down(now),
        }
        self.drain();
    }

    fn receive(&mut self, bytes: &[u8]) {
        if self.session.wants_bytes() {
            self.session.handle_bytes(bytes, self.now);
        }
    }

    fn drain(&mut self) {
        let mut count = 0;
        while let Some(output) = self.session.poll_output() {
            count += 1;
            assert!(count < 100_000, "outputs without end");
            assert!(!self.closed, "{output:?} after the end");
            match output {
                Output::Data(action) => self.channels.act(&action),
                Output::Ask { id, .. } => {
                    assert_eq!(self.open.replace(id), None, "two questions are open");
                    self.asked.push(id);
                }
                Output::Withdraw { id } => {
                    assert_eq!(self.open.take(), Some(id), "no such question is open");
                }
                Output::Discard { channel, .. } => {
                    assert!(!self.channels.runs(channel), "{channel:?} runs");
                }
                Output::CloseControl => self.closed = true,
                _ => {}
            }
        }
    }
}
