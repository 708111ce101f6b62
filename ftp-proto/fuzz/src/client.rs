//! A client session whose server, user and network do whatever they like.

use std::collections::BTreeSet;
use std::time::Duration;

use arbitrary::Arbitrary;
use ftp_proto::client::{
    ClientConfig, ClientSession, Credentials, DataMode, DataPlan, Event, Output, Phase, Refused,
    Ticket, Transfer, TransferVerb,
};
use ftp_proto::{Command, Moment, PathName};

use crate::data::{Channels, Happening, SERVER};

/// One thing that happens.
#[derive(Arbitrary, Clone, Debug)]
pub enum Step {
    Reply { code: u8, text: Text },
    Bytes(Vec<u8>),
    Eof,
    Data { which: u8, what: Happening },
    Sent(u16),
    Wait { seconds: u16 },
    Ask(Request),
    Abort,
    Abandon,
}

/// The texts that mean something to a client.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Text {
    Plain,
    Passive,
    Extended,
    Size,
}

impl Text {
    const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Plain => b" x\r\n",
            Self::Passive => b" (192,0,2,1,200,1)\r\n",
            Self::Extended => b" (|||51201|)\r\n",
            Self::Size => b" x (7 bytes)\r\n",
        }
    }
}

/// What the user of the session asks for.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Request {
    Login,
    Noop,
    Rename,
    Retrieve { offset: u16, active: bool },
    Store { active: bool },
    List,
    Status,
    Quit,
}

/// The codes that mean something to a client.
const CODES: [u16; 28] = [
    110, 120, 125, 150, 200, 202, 211, 213, 220, 221, 225, 226, 227, 229, 230, 250, 257, 331, 332,
    350, 421, 425, 426, 451, 500, 502, 530, 550,
];

/// A session and what its driver knows of it.
pub struct Harness {
    session: ClientSession,
    now: Moment,
    channels: Channels,
    waiting: BTreeSet<Ticket>,
    closed: bool,
}

impl Harness {
    pub fn new() -> Self {
        let mut config = ClientConfig::default();
        config.peer = Some(SERVER);
        Self {
            session: ClientSession::new(config, Moment::ZERO),
            now: Moment::ZERO,
            channels: Channels::default(),
            waiting: BTreeSet::new(),
            closed: false,
        }
    }

    /// Lets one thing happen and checks the laws.
    pub fn step(&mut self, step: &Step) {
        let now = self.now;
        match step {
            Step::Reply { code, text } => {
                let code = CODES[usize::from(*code) % CODES.len()];
                self.receive(&[code.to_string().as_bytes(), text.as_bytes()].concat());
            }
            Step::Bytes(bytes) => self.receive(bytes),
            Step::Eof => self.session.handle_eof(now),
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
            Step::Ask(request) => {
                if let Ok(Ok(ticket)) = self.ask(*request) {
                    assert!(self.waiting.insert(ticket), "{ticket:?} is used again");
                }
            }
            Step::Abort => drop(self.session.abort(now)),
            Step::Abandon => self.session.abandon(now),
        }
        self.drain();
    }

    /// Ends the connection; then every ticket must have got its final event.
    pub fn finish(mut self) {
        self.session.handle_eof(self.now);
        self.drain();
        while let Some((channel, event)) = self.channels.happen(0, Happening::Fails) {
            self.session.handle_data(channel, event, self.now);
            self.drain();
        }
        assert_eq!(self.session.phase(), Phase::Closed);
        assert!(self.waiting.is_empty(), "{:?} wait for ever", self.waiting);
    }

    fn ask(&mut self, request: Request) -> Result<Result<Ticket, Refused>, ftp_proto::BadArgument> {
        let now = self.now;
        let name = PathName::new("a")?;
        let transfer = |verb, active, offset: u16| {
            let mut transfer = Transfer::new(verb);
            transfer.offset = offset.into();
            if active {
                transfer.data = DataPlan::Local(vec![DataMode::Eprt, DataMode::Port]);
            }
            transfer
        };
        Ok(match request {
            Request::Login => {
                let text = |text: &str| ftp_proto::Argument::new(text);
                let who = Credentials::new(text("me")?, text("secret")?);
                self.session.login(who.with_account(text("x")?), now)
            }
            Request::Noop => self.session.command(Command::Noop, now),
            Request::Rename => self.session.rename(name.clone(), name, now),
            Request::Retrieve { offset, active } => {
                let what = transfer(TransferVerb::Retrieve(name), active, offset);
                self.session.transfer(what, now)
            }
            Request::Store { active } => {
                let what = transfer(TransferVerb::Store(name), active, 0);
                self.session.transfer(what, now)
            }
            Request::List => {
                let what = transfer(TransferVerb::List(None), false, 0);
                self.session.transfer(what, now)
            }
            Request::Status => self.session.status(None, now),
            Request::Quit => self.session.quit(now),
        })
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
            match output {
                Output::Data(action) => self.channels.act(&action),
                Output::CloseControl => {
                    assert!(!self.closed, "closed twice");
                    self.closed = true;
                }
                Output::Event(event) => self.learn(&event),
                _ => {}
            }
        }
    }

    fn learn(&mut self, event: &Event) {
        let ended = match event {
            Event::Answered { ticket, .. }
            | Event::Rejected { ticket, .. }
            | Event::LoggedIn { ticket, .. }
            | Event::Offered { ticket, .. }
            | Event::Transferred { ticket, .. }
            | Event::TransferFailed { ticket, .. }
            | Event::Aborted { ticket, .. } => Some(*ticket),
            Event::Broken { ticket, .. } => *ticket,
            _ => None,
        };
        if let Some(ticket) = ended {
            assert!(self.waiting.remove(&ticket), "{event:?} comes twice");
        }
    }
}
