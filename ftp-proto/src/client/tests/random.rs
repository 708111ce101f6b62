//! Sessions with a server, a driver and a user that do anything, mostly what makes sense.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use proptest::prelude::*;

use super::script::{ask, show};
use crate::client::*;
use crate::session::*;
use crate::time::Moment;

#[derive(Clone, Debug)]
enum Op {
    /// The server answers the oldest open command with one of the replies that fit.
    Answer(usize),
    /// The server sends something.
    Line(usize),
    /// The server sends any bytes.
    Bytes(Vec<u8>),
    /// The driver tells something of the latest channel that fits.
    Data(usize),
    /// The driver tells anything of the channel that was made so many before the last.
    Stray(u32, usize),
    /// The user asks for something.
    Ask(usize),
    /// Some of the outgoing bytes are written.
    Sent(usize),
    /// Seconds pass.
    Wait(u64),
    Eof,
}

const LINES: &[&str] = &[
    "220 Hello",
    "120 Soon",
    "200 Fine",
    "150 Begun",
    "226 Done",
    "229 (|||40000|)",
    "227 (127,0,0,1,4,1)",
    "350 Go on",
    "331 Password",
    "332 Account",
    "230 In",
    "426 Cut",
    "425 No",
    "550 No",
    "500 What?",
    "211-Status",
    " more",
    "211 End",
    "221 Bye",
    "421 Timeout",
    "nonsense",
    "999 Beyond",
];

const REQUESTS: &[&str] = &[
    "login",
    "login staff",
    "command NOOP",
    "command TYPE A",
    "command REIN",
    "rename a b",
    "get f",
    "put f",
    "list ascii",
    "get f active",
    "get f from 5",
    "get f EPSV EPRT PORT PASV",
    "get f nowhere",
    "get f remote",
    "offer",
    "aim 192.0.2.7:5000",
    "abort",
    "abandon",
    "status",
    "status f",
    "quit",
];

/// The replies that fit a command.
fn replies(command: &str) -> &'static [&'static str] {
    match command.get(..4).unwrap_or(command) {
        "USER" => &["331 Password", "230 In", "332 Account", "530 No"],
        "PASS" | "ACCT" => &["230 In", "332 Account", "530 No"],
        "EPSV" => &[
            "229 (|||40000|)",
            "500 What?",
            "227 (127,0,0,1,4,1)",
            "530 No",
        ],
        "PASV" => &["227 (127,0,0,1,4,1)", "502 What?", "425 No"],
        "EPRT" | "PORT" => &["200 Fine", "500 What?", "425 No"],
        "REST" | "RNFR" => &["350 Go on", "550 No"],
        "RETR" | "STOR" | "LIST" => &["150 Begun", "226 Done", "550 No", "426 Cut", "200 Fine"],
        "ABOR" => &["226 Done", "225 Done", "500 What?"],
        "STAT" => &["211 Half", "500 What?"],
        "QUIT" => &["221 Bye", "500 What?"],
        _ => &["200 Fine", "550 No"],
    }
}

/// The driver's view of the latest channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    Listening,
    Opening,
    Running,
    /// Nothing is to be told.
    Quiet,
}

const EVENTS: [DataEvent; 6] = [
    DataEvent::Connected { peer: None },
    DataEvent::Failed(DataFailure::CantConnect),
    DataEvent::Finished { bytes: 9 },
    DataEvent::Progress { bytes: 4 },
    DataEvent::Failed(DataFailure::Broken),
    DataEvent::Failed(DataFailure::CantListen),
];

/// Where the broken connection stands among them.
const BROKEN: usize = 4;

/// What the driver may tell of a channel.
fn fitting(channel: Channel) -> &'static [DataEvent] {
    match channel {
        // Listening holds an address and is told by itself.
        Channel::Listening => &EVENTS[5..],
        Channel::Opening => &EVENTS[..2],
        Channel::Running => &EVENTS[2..5],
        Channel::Quiet => &[],
    }
}

fn op() -> impl Strategy<Value = Op> {
    // The first choices are those of a session without trouble.
    let choice = || prop_oneof![3 => 0..2_usize, 1 => 2..6_usize];
    prop_oneof![
        600 => choice().prop_map(Op::Answer),
        600 => choice().prop_map(Op::Data),
        200 => (0..REQUESTS.len()).prop_map(Op::Ask),
        900 => Just(Op::Sent(usize::MAX)),
        30 => (0..8_usize).prop_map(Op::Sent),
        6 => (0..70_u64).prop_map(Op::Wait),
        10 => (0..3_u32, 0..EVENTS.len()).prop_map(|(back, event)| Op::Stray(back, event)),
        3 => (0..LINES.len()).prop_map(Op::Line),
        1 => proptest::collection::vec(any::<u8>(), 0..8).prop_map(Op::Bytes),
        2 => Just(Op::Eof),
    ]
}

/// What came out of a session.
struct World {
    session: ClientSession,
    now: Moment,
    /// Whether bytes reach the session one by one.
    bytewise: bool,
    /// Commands that were sent and not answered for good.
    open: Vec<String>,
    sent: Vec<u8>,
    log: Vec<String>,
    tickets: BTreeMap<Ticket, usize>,
    last_channel: u32,
    channel: Channel,
    closed: usize,
    closes: BTreeMap<ChannelId, usize>,
}

impl World {
    fn new(depth: usize, bytewise: bool) -> Self {
        let config = ClientConfig {
            pipeline_depth: depth,
            ..ClientConfig::default()
        };
        let mut world = Self {
            session: ClientSession::new(config, Moment::ZERO),
            now: Moment::ZERO,
            bytewise,
            open: Vec::new(),
            sent: Vec::new(),
            log: Vec::new(),
            tickets: BTreeMap::new(),
            last_channel: 0,
            channel: Channel::Quiet,
            closed: 0,
            closes: BTreeMap::new(),
        };
        world.play(&Op::Line(0));
        world
    }

    fn feed(&mut self, bytes: &[u8]) {
        let size = if self.bytewise { 1 } else { bytes.len().max(1) };
        for piece in bytes.chunks(size) {
            self.session.handle_bytes(piece, self.now);
        }
    }

    fn play(&mut self, op: &Op) {
        match op {
            Op::Answer(choice) => {
                let Some(command) = self.open.first() else {
                    return;
                };
                let fitting = replies(command);
                let reply = fitting[choice % fitting.len()];
                if !reply.starts_with('1') {
                    self.open.remove(0);
                }
                self.feed(format!("{reply}\r\n").as_bytes());
            }
            Op::Line(index) => self.feed(format!("{}\r\n", LINES[*index]).as_bytes()),
            Op::Bytes(bytes) => self.feed(bytes),
            Op::Data(choice) => {
                let fitting = fitting(self.channel);
                if fitting.is_empty() {
                    return;
                }
                let event = if self.channel == Channel::Listening && *choice > 0 {
                    DataEvent::Listening {
                        advertised: "192.0.2.9:5000".parse().unwrap(),
                    }
                } else {
                    fitting[choice % fitting.len()].clone()
                };
                if !matches!(event, DataEvent::Progress { .. }) {
                    self.channel = Channel::Quiet;
                }
                let channel = ChannelId(self.last_channel);
                self.session.handle_data(channel, event, self.now);
            }
            Op::Stray(back, event) => {
                let channel = ChannelId(self.last_channel.saturating_sub(*back));
                self.session
                    .handle_data(channel, EVENTS[*event].clone(), self.now);
            }
            Op::Ask(index) => {
                if let Ok(Some(ticket)) = ask(&mut self.session, REQUESTS[*index], self.now) {
                    self.tickets.insert(ticket, 0);
                }
            }
            Op::Sent(count) => {
                let count = (*count).min(self.session.outgoing().len());
                self.sent
                    .extend_from_slice(&self.session.outgoing()[..count]);
                self.session.sent(count, self.now);
                while let Some(end) = self.sent.windows(2).position(|pair| pair == b"\r\n") {
                    let line: Vec<_> = self.sent.drain(..end + 2).collect();
                    self.open.push(String::from_utf8(line).unwrap());
                }
            }
            Op::Wait(seconds) => {
                self.now = self.now + Duration::from_secs(*seconds);
                self.session.handle_timeout(self.now);
            }
            Op::Eof => self.session.handle_eof(self.now),
        }
        self.take();
    }

    fn take(&mut self) {
        while let Some(output) = self.session.poll_output() {
            self.log.push(show(&output));
            assert_eq!(self.closed, 0, "after the end: {output:?}");
            match output {
                Output::Event(Event::Closed(_)) => self.closed += 1,
                Output::Event(event) => {
                    if let Some(ticket) = settles(&event) {
                        *self.tickets.entry(ticket).or_default() += 1;
                    }
                }
                Output::Data(action) => self.act(&action),
                _ => {}
            }
        }
        self.log
            .push(format!("C: {}", self.session.outgoing().escape_ascii()));
    }

    fn act(&mut self, action: &DataAction) {
        match action {
            DataAction::Dial { channel, .. } => {
                self.last_channel = channel.0;
                self.channel = Channel::Opening;
            }
            DataAction::Listen { channel, .. } => {
                self.last_channel = channel.0;
                self.channel = Channel::Listening;
            }
            DataAction::Accept { .. } => self.channel = Channel::Opening,
            DataAction::Run { .. } => self.channel = Channel::Running,
            DataAction::Close { channel, .. } => {
                *self.closes.entry(*channel).or_default() += 1;
                if self.channel != Channel::Running {
                    self.channel = Channel::Quiet;
                }
            }
        }
    }

    fn end(&mut self) {
        self.play(&Op::Eof);
        // After QUIT, data may outlive the control connection.
        self.play(&Op::Stray(0, BROKEN));
        assert_eq!(self.closed, 1, "the end is told once");
        assert!(!self.session.wants_bytes() && self.session.poll_timeout().is_none());
        for (ticket, count) in &self.tickets {
            assert_eq!(*count, 1, "events of {ticket:?} in {:#?}", self.log);
        }
        for (channel, count) in &self.closes {
            assert_eq!(*count, 1, "{channel:?} is closed once");
        }
    }
}

/// The ticket that an event settles.
fn settles(event: &Event) -> Option<Ticket> {
    match event {
        Event::Answered { ticket, .. }
        | Event::Rejected { ticket, .. }
        | Event::LoggedIn { ticket, .. }
        | Event::Offered { ticket, .. }
        | Event::Transferred { ticket, .. }
        | Event::TransferFailed { ticket, .. }
        | Event::Aborted { ticket, .. } => Some(*ticket),
        Event::Broken { ticket, .. } => *ticket,
        _ => None,
    }
}

proptest! {
    #[test]
    fn every_ticket_is_settled_once_whatever_happens(
        ops in proptest::collection::vec(op(), 0..200),
        depth in 0..4_usize,
    ) {
        let mut world = World::new(depth, false);
        for op in &ops {
            world.play(op);
        }
        world.end();
    }

    #[test]
    fn it_does_not_matter_how_the_bytes_are_cut(
        ops in proptest::collection::vec(op(), 0..200),
    ) {
        let mut whole = World::new(1, false);
        let mut pieces = World::new(1, true);
        for op in &ops {
            whole.play(op);
            pieces.play(op);
            prop_assert_eq!(&whole.log, &pieces.log);
        }
    }
}
