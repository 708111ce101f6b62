//! The world of one seed: both sessions, both applications, the network and the clock.

mod control;
mod data;
mod user;

use core::cmp::Reverse;
use core::fmt::Write as _;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::sync::Arc;

use ftp_proto::client::{
    ClientConfig, ClientSession, Credentials, Event, Output as ClientOutput, Ticket, TransferVerb,
};
use ftp_proto::server::{Answer, Ask, AskId};
use ftp_proto::server::{Connected, Output as ServerOutput, ServerConfig, ServerSession};
use ftp_proto::session::{DataAction, DataEvent, DataFailure, Direction, Manner, Target};
use ftp_proto::{Argument, Moment, VirtualPath};

use crate::network::{EndName, Network, Packet, Run, Side};
use crate::random::Random;
use crate::script::{self, Interruption, Step};
use crate::shelf::{Opened, Shelf, at};

/// No seed needs nearly as many; one that does is caught in a loop.
const MOST_STEPS: usize = 50_000;

const CLIENT_HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const SERVER_HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

/// Something that the network or an application will do.
enum Happening {
    Control {
        to: Side,
        bytes: Vec<u8>,
    },
    ControlEnd {
        to: Side,
    },
    Data {
        to: EndName,
        event: DataEvent,
    },
    Packet {
        to: EndName,
        packet: Packet,
    },
    /// An end sends its next bytes.
    Pump {
        end: EndName,
    },
    Answer {
        id: AskId,
        ask: Box<Ask>,
    },
    Interrupt {
        ticket: Ticket,
        how: Interruption,
    },
}

/// What the user waits for.
struct Pending {
    ticket: Ticket,
    step: Step,
    /// The file of an upload before it began.
    before: Option<Vec<u8>>,
}

pub(crate) struct World {
    now: Moment,
    random: Random,
    queue: BinaryHeap<Reverse<(Moment, u64)>>,
    happenings: BTreeMap<u64, Happening>,
    scheduled: u64,
    /// When the last control bytes to this side arrive: bytes never overtake each other.
    control_arrival: [Moment; 2],
    data_arrival: BTreeMap<EndName, Moment>,

    client: ClientSession,
    server: ServerSession,
    network: Network,
    shelf: Shelf,
    withdrawn: Vec<AskId>,

    /// Control bytes that have arrived and that the session hasn't wanted yet.
    inbound: [Vec<u8>; 2],
    ended: [bool; 2],
    told_end: [bool; 2],
    closed: [bool; 2],
    /// Control bytes after which the network cuts the control connection.
    cut_control_after: Option<usize>,
    /// Control bytes after which the network swallows everything without a word.
    mute_control_after: Option<usize>,
    control_bytes: usize,

    steps: VecDeque<Step>,
    greeted: bool,
    over: bool,
    pending: Option<Pending>,
    tickets: BTreeMap<Ticket, usize>,
    received: Vec<u8>,
    /// What the server opened for the latest download.
    expected: Vec<u8>,
    upload: Vec<u8>,
    transferred: u64,
    transcript: String,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let now = Moment::ZERO;
        let client_address = SocketAddr::new(CLIENT_HOST, 50_000);
        let server_address = SocketAddr::new(SERVER_HOST, 21);
        let mut config = ClientConfig::default();
        config.peer = Some(server_address);
        let connected = Connected::new(client_address, server_address);
        let mut shelf = Shelf::default();
        for name in script::NAMES {
            if random.one_in(2) {
                shelf.files.insert(at(name), random.bytes(3000));
            }
        }
        Self {
            now,
            queue: BinaryHeap::new(),
            happenings: BTreeMap::new(),
            scheduled: 0,
            control_arrival: [now; 2],
            data_arrival: BTreeMap::new(),
            client: ClientSession::new(config, now),
            server: ServerSession::new(Arc::new(ServerConfig::default()), connected, now),
            network: Network::default(),
            shelf,
            withdrawn: Vec::new(),
            inbound: [Vec::new(), Vec::new()],
            ended: [false; 2],
            told_end: [false; 2],
            closed: [false; 2],
            cut_control_after: random.one_in(4).then(|| random.below(1200)),
            mute_control_after: random.one_in(12).then(|| random.below(1200)),
            control_bytes: 0,
            steps: script::script(&mut random).into(),
            greeted: false,
            over: false,
            pending: None,
            tickets: BTreeMap::new(),
            received: Vec::new(),
            expected: Vec::new(),
            upload: Vec::new(),
            transferred: 0,
            transcript: String::new(),
            random,
        }
    }

    pub(crate) fn transcript(&self) -> String {
        self.transcript.clone()
    }

    /// How many transfers succeeded.
    pub(crate) fn transferred(&self) -> u64 {
        self.transferred
    }

    /// Lets everything happen until nothing is left to happen.
    pub(crate) fn run(&mut self) {
        for _ in 0..MOST_STEPS {
            self.settle();
            if !self.advance() {
                return self.check_the_end();
            }
        }
        panic!("still busy after {MOST_STEPS} steps");
    }

    fn check_the_end(&self) {
        assert!(self.over, "the client never said that the session is over");
        assert_eq!(self.closed, [true; 2], "a control connection was left open");
        assert!(self.pending.is_none(), "a request was left without an end");
        for (ticket, ends) in &self.tickets {
            assert_eq!(*ends, 1, "{ticket:?} ended {ends} times");
        }
        assert!(self.shelf.opened.is_empty(), "the server left a file open");
        assert!(
            self.network.listeners.is_empty(),
            "a listener was left open"
        );
        assert!(
            self.network.ends.is_empty(),
            "a data connection was left open"
        );
    }

    /// Takes everything that the sessions have to say, until they have nothing more to say now.
    fn settle(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(output) = self.client.poll_output() {
                quiet = false;
                self.handle_client(output);
            }
            while let Some(output) = self.server.poll_output() {
                quiet = false;
                self.handle_server(output);
            }
            for side in [Side::Client, Side::Server] {
                quiet &= !self.send(side);
                quiet &= !self.receive(side);
            }
            quiet &= !self.take_step();
            if quiet {
                return;
            }
        }
    }

    /// Goes on to the next thing that happens; false if nothing will happen any more.
    fn advance(&mut self) -> bool {
        let event = self.queue.peek().map(|Reverse((at, _))| *at);
        let timeouts = [self.client.poll_timeout(), self.server.poll_timeout()];
        let Some(next) = timeouts.into_iter().chain([event]).flatten().min() else {
            return false;
        };
        self.now = self.now.max(next);
        if event == Some(next) {
            let Some(Reverse((_, number))) = self.queue.pop() else {
                return false;
            };
            if let Some(happening) = self.happenings.remove(&number) {
                self.happen(happening);
            }
        } else if timeouts[0] == Some(next) {
            self.log("client timer", &"");
            self.client.handle_timeout(self.now);
        } else {
            self.log("server timer", &"");
            self.server.handle_timeout(self.now);
        }
        true
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Control { to, bytes } => self.inbound[to as usize].extend(bytes),
            Happening::ControlEnd { to } => self.ended[to as usize] = true,
            Happening::Data { to, event } => self.tell(to, event),
            Happening::Packet { to, packet } => self.arrive(to, packet),
            Happening::Pump { end } => self.pump(end),
            Happening::Answer { id, ask } => {
                if !self.withdrawn.contains(&id) {
                    let answer = self.shelf.answer(*ask);
                    self.remember_what_was_opened();
                    self.log("answer", &answer);
                    self.answer(id, answer);
                }
            }
            Happening::Interrupt { ticket, how } => self.interrupt(ticket, how),
        }
    }

    fn answer(&mut self, id: AskId, answer: Answer) {
        self.server.answer(id, answer, self.now);
    }

    fn tell(&mut self, to: EndName, event: DataEvent) {
        self.log(
            if to.0 == Side::Client {
                "client data"
            } else {
                "server data"
            },
            &event,
        );
        match to.0 {
            Side::Client => self.client.handle_data(to.1, event, self.now),
            Side::Server => self.server.handle_data(to.1, event, self.now),
        }
    }

    fn handle_client(&mut self, output: ClientOutput) {
        self.log("client", &output);
        match output {
            ClientOutput::Data(action) => self.act(Side::Client, action),
            ClientOutput::CloseControl => self.close_control(Side::Client),
            ClientOutput::Event(event) => self.hear(event),
            _ => panic!("an output that the simulation doesn't know"),
        }
    }

    fn handle_server(&mut self, output: ServerOutput) {
        self.log("server", &output);
        match output {
            ServerOutput::Data(action) => self.act(Side::Server, action),
            ServerOutput::Ask { id, ask } => {
                let delay = self.random.delay();
                self.schedule(
                    delay,
                    Happening::Answer {
                        id,
                        ask: Box::new(ask),
                    },
                );
            }
            ServerOutput::Withdraw { id } => self.withdrawn.push(id),
            ServerOutput::Discard { channel, .. } => {
                self.shelf.opened.remove(&channel);
            }
            ServerOutput::Unmount => self.shelf.unmount(),
            ServerOutput::CloseControl => self.close_control(Side::Server),
            ServerOutput::Note(_) => {}
            _ => panic!("an output that the simulation doesn't know"),
        }
    }

    fn remember_what_was_opened(&mut self) {
        for opened in self.shelf.opened.values() {
            if let Opened::Source(bytes) = opened {
                self.expected.clone_from(bytes);
            }
        }
    }

    fn schedule(&mut self, delay: Duration, happening: Happening) {
        self.schedule_at(self.now + delay, happening);
    }

    fn schedule_at(&mut self, at: Moment, happening: Happening) {
        self.scheduled += 1;
        self.queue.push(Reverse((at, self.scheduled)));
        self.happenings.insert(self.scheduled, happening);
    }

    fn log(&mut self, who: &str, what: &dyn core::fmt::Debug) {
        let millis = self.now.elapsed().as_millis();
        // Writing to a string can't fail.
        let _ = writeln!(self.transcript, "{millis:>8} {who:<12} {what:?}");
    }
}

fn host(side: Side) -> IpAddr {
    match side {
        Side::Client => CLIENT_HOST,
        Side::Server => SERVER_HOST,
    }
}
