//! The world of one seed: both sessions, both applications, the network and the clock.

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

    // ---- control connection

    fn send(&mut self, side: Side) -> bool {
        let outgoing = match side {
            Side::Client => self.client.outgoing(),
            Side::Server => self.server.outgoing(),
        };
        if outgoing.is_empty() || self.closed[side as usize] {
            return false;
        }
        let count = 1 + self.random.below(outgoing.len());
        let mut bytes = outgoing[..count].to_vec();
        match side {
            Side::Client => self.client.sent(count, self.now),
            Side::Server => self.server.sent(count, self.now),
        }
        self.log(
            if side == Side::Client { "C" } else { "S" },
            &bytes.escape_ascii().to_string(),
        );
        let before = self.control_bytes;
        self.control_bytes += count;
        if self.is_mute() {
            return true;
        }
        if let Some(cut) = self.cut_control_after {
            bytes.truncate(cut.saturating_sub(before));
            if before < cut && self.control_bytes >= cut {
                self.log("cut", &"control");
                self.end_control(Side::Client);
                self.end_control(Side::Server);
            }
        }
        if !bytes.is_empty() {
            let at = self.control_time(side.other());
            self.schedule_at(
                at,
                Happening::Control {
                    to: side.other(),
                    bytes,
                },
            );
        }
        true
    }

    fn receive(&mut self, side: Side) -> bool {
        let wants = match side {
            Side::Client => self.client.wants_bytes(),
            Side::Server => self.server.wants_bytes(),
        };
        let index = side as usize;
        if !self.inbound[index].is_empty() {
            if !wants || self.closed[index] {
                return false;
            }
            let count = 1 + self.random.below(self.inbound[index].len());
            let rest = self.inbound[index].split_off(count);
            let bytes = core::mem::replace(&mut self.inbound[index], rest);
            match side {
                Side::Client => self.client.handle_bytes(&bytes, self.now),
                Side::Server => self.server.handle_bytes(&bytes, self.now),
            }
            return true;
        }
        if self.ended[index] && !self.told_end[index] && !self.closed[index] {
            self.told_end[index] = true;
            match side {
                Side::Client => self.client.handle_eof(self.now),
                Side::Server => self.server.handle_eof(self.now),
            }
            return true;
        }
        false
    }

    fn is_mute(&self) -> bool {
        self.mute_control_after
            .is_some_and(|most| self.control_bytes > most)
    }

    fn end_control(&mut self, to: Side) {
        if self.is_mute() {
            return;
        }
        let at = self.control_time(to);
        self.schedule_at(at, Happening::ControlEnd { to });
    }

    fn control_time(&mut self, to: Side) -> Moment {
        let at = (self.now + self.random.delay()).max(self.control_arrival[to as usize]);
        self.control_arrival[to as usize] = at;
        at
    }

    fn close_control(&mut self, side: Side) {
        assert!(!self.closed[side as usize], "closed twice");
        self.closed[side as usize] = true;
        self.end_control(side.other());
    }

    // ---- what the sessions say

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

    // ---- the user

    fn take_step(&mut self) -> bool {
        if !self.greeted || self.over || self.pending.is_some() {
            return false;
        }
        let Some(step) = self.steps.front().cloned() else {
            return false;
        };
        let now = self.now;
        let mut before = None;
        let ticket = match step.clone() {
            Step::Login { password } => {
                let user = Argument::new("user").unwrap();
                let password = Argument::new(password).unwrap();
                self.client.login(Credentials::new(user, password), now)
            }
            Step::Command(command) => self.client.command(command, now),
            Step::Rename { from, to } => self.client.rename(from, to, now),
            Step::Transfer { transfer, upload } => {
                before = target(&transfer.verb)
                    .and_then(|path| self.shelf.files.get(&path))
                    .cloned();
                self.upload = upload;
                self.received.clear();
                self.client.transfer(transfer, now)
            }
            Step::Quit => self.client.quit(now),
        };
        let Ok(ticket) = ticket else { return false };
        match &step {
            Step::Transfer { transfer, upload } => self.log("user", &(transfer, upload.len())),
            step => self.log("user", step),
        }
        self.steps.pop_front();
        self.tickets.insert(ticket, 0);
        if matches!(step, Step::Transfer { .. }) {
            let how = script::interruption(&mut self.random);
            let delay = Duration::from_millis(self.random.below(3000) as u64);
            self.schedule(delay, Happening::Interrupt { ticket, how });
        }
        self.pending = Some(Pending {
            ticket,
            step,
            before,
        });
        true
    }

    fn interrupt(&mut self, ticket: Ticket, how: Interruption) {
        if self
            .pending
            .as_ref()
            .is_none_or(|pending| pending.ticket != ticket)
        {
            return;
        }
        self.log("user", &how);
        match how {
            Interruption::None => {}
            // Refused if the transfer is over already but for its last words.
            Interruption::Abort => drop(self.client.abort(self.now)),
            Interruption::Status => {
                if let Ok(ticket) = self.client.status(None, self.now) {
                    self.tickets.insert(ticket, 0);
                }
            }
            Interruption::Abandon => self.client.abandon(self.now),
        }
    }

    fn hear(&mut self, event: Event) {
        let ticket = match &event {
            Event::Greeted(_) => {
                self.greeted = true;
                return;
            }
            Event::Closed(_) => {
                assert!(!self.over, "over twice");
                self.over = true;
                return;
            }
            Event::Preliminary { .. } | Event::FellBack { .. } => return,
            Event::Broken { ticket: None, .. } => return,
            Event::Answered { ticket, .. }
            | Event::Rejected { ticket, .. }
            | Event::LoggedIn { ticket, .. }
            | Event::Offered { ticket, .. }
            | Event::Transferred { ticket, .. }
            | Event::TransferFailed { ticket, .. }
            | Event::Aborted { ticket, .. }
            | Event::Broken {
                ticket: Some(ticket),
                ..
            } => *ticket,
            _ => panic!("an event that the simulation doesn't know"),
        };
        *self
            .tickets
            .get_mut(&ticket)
            .expect("a ticket that was given out") += 1;
        let Some(pending) = self.pending.take_if(|pending| pending.ticket == ticket) else {
            return;
        };
        if let Step::Transfer { transfer, .. } = &pending.step {
            let success = match event {
                Event::Transferred { bytes, .. } => Some(bytes),
                _ => None,
            };
            self.check_transfer(&transfer.verb, transfer.offset, pending.before, success);
        }
    }

    fn check_transfer(
        &mut self,
        verb: &TransferVerb,
        offset: u64,
        before: Option<Vec<u8>>,
        success: Option<u64>,
    ) {
        let Some(path) = target(verb) else {
            if let Some(bytes) = success {
                assert_eq!(bytes, self.received.len() as u64, "the count of a download");
                assert_eq!(
                    self.received, self.expected,
                    "success for bytes that didn't arrive"
                );
                self.transferred += 1;
            }
            return;
        };
        let kept = match verb {
            TransferVerb::Append(_) => before.clone().unwrap_or_default(),
            _ => before
                .iter()
                .flatten()
                .take(offset as usize)
                .copied()
                .collect(),
        };
        let after = [kept, self.upload.clone()].concat();
        let file = self.shelf.files.get(&path);
        if let Some(bytes) = success {
            assert_eq!(bytes, self.upload.len() as u64, "the count of an upload");
            assert_eq!(file, Some(&after), "success for bytes that didn't arrive");
            self.transferred += 1;
        } else {
            let intact = file == before.as_ref() || file == Some(&after);
            assert!(
                intact,
                "a failed upload left something that is neither old nor new"
            );
        }
    }

    // ---- data connections

    fn act(&mut self, side: Side, action: DataAction) {
        match action {
            DataAction::Listen { channel, .. } => {
                if self.random.one_in(40) {
                    let event = DataEvent::Failed(DataFailure::CantListen);
                    self.later((side, channel), event);
                } else {
                    let port = self.network.listen((side, channel));
                    let advertised = SocketAddr::new(host(side), port);
                    self.later((side, channel), DataEvent::Listening { advertised });
                }
            }
            DataAction::Accept { channel, from } => {
                for listener in &mut self.network.listeners {
                    if listener.name == (side, channel) {
                        listener.accepts = Some(from);
                    }
                }
                self.accept();
            }
            DataAction::Dial { channel, target } => {
                let port = match target {
                    Target::ControlHost { port } => port,
                    Target::Address(address) => address.port(),
                    _ => panic!("a target that the simulation doesn't know"),
                };
                if !self.random.one_in(30) && self.network.dial((side, channel), port) {
                    let peer = Some(SocketAddr::new(host(side.other()), port));
                    self.later((side, channel), DataEvent::Connected { peer });
                    let cut_after = self.random.one_in(6).then(|| self.random.below(3000));
                    let mute = self.random.one_in(12);
                    for end in self.network.ends.values_mut() {
                        end.cut_after = cut_after;
                        end.mute = mute;
                    }
                    self.accept();
                } else {
                    let event = DataEvent::Failed(DataFailure::CantConnect);
                    self.later((side, channel), event);
                }
            }
            DataAction::Run {
                channel, direction, ..
            } => self.start((side, channel), direction),
            DataAction::Close { channel, manner } => self.close((side, channel), manner),
            _ => panic!("an action that the simulation doesn't know"),
        }
    }

    fn accept(&mut self) {
        while let Some(listener) = self.network.take_accepted() {
            let from = host(listener.name.0.other());
            assert!(listener.accepts.is_some_and(|rule| rule.admits(from)));
            let peer = Some(SocketAddr::new(from, 55_555));
            self.later(listener.name, DataEvent::Connected { peer });
        }
    }

    fn start(&mut self, name: EndName, direction: Direction) {
        let source = match (direction, name.0) {
            (Direction::Receive, _) => Vec::new(),
            (Direction::Send, Side::Client) => self.upload.clone(),
            (Direction::Send, Side::Server) => match self.shelf.opened.get(&name.1) {
                Some(Opened::Source(bytes)) => bytes.clone(),
                _ => panic!("nothing was opened to be sent"),
            },
        };
        let end = self
            .network
            .ends
            .get_mut(&name)
            .expect("a connection to run");
        end.run = Some(Run {
            direction,
            moved: 0,
            source: source.into(),
        });
        match direction {
            Direction::Send => self.schedule(Duration::ZERO, Happening::Pump { end: name }),
            Direction::Receive => self.drain(name),
        }
    }

    /// Sends some bytes; at their end, says so.
    fn pump(&mut self, name: EndName) {
        let count = 1 + self.random.below(1500);
        let Some(end) = self.network.ends.get_mut(&name).filter(|end| !end.mute) else {
            return;
        };
        let (peer, cut_after) = (end.peer, end.cut_after);
        let Some(run) = end.run.as_mut() else { return };
        let count = count.min(run.source.len());
        let bytes: Vec<u8> = run.source.drain(..count).collect();
        run.moved += count as u64;
        let (moved, done) = (run.moved, run.source.is_empty());
        if cut_after.is_some_and(|cut| moved as usize > cut) {
            self.log("cut", &"data");
            self.post(peer, Packet::Reset);
            return self.end_run(name, DataEvent::Failed(DataFailure::Broken));
        }
        if !bytes.is_empty() {
            self.post(peer, Packet::Bytes(bytes));
        }
        if done {
            self.post(peer, Packet::Fin);
            self.end_run(name, DataEvent::Finished { bytes: moved });
        } else {
            self.tell(name, DataEvent::Progress { bytes: moved });
            let delay = self.random.delay();
            self.schedule(delay, Happening::Pump { end: name });
        }
    }

    fn arrive(&mut self, name: EndName, packet: Packet) {
        let Some(end) = self.network.ends.get_mut(&name) else {
            return;
        };
        if packet == Packet::Reset {
            end.inbox.clear();
        }
        end.inbox.push_back(packet);
        self.drain(name);
    }

    /// Reads what has arrived, if the end runs.
    fn drain(&mut self, name: EndName) {
        loop {
            let Some(end) = self.network.ends.get_mut(&name) else {
                return;
            };
            let Some(run) = end.run.as_mut() else { return };
            let Some(packet) = end.inbox.pop_front() else {
                return;
            };
            match (packet, run.direction) {
                (Packet::Bytes(bytes), Direction::Receive) => {
                    run.moved += bytes.len() as u64;
                    let moved = run.moved;
                    match (name.0, self.shelf.opened.get_mut(&name.1)) {
                        (Side::Client, _) => self.received.extend(bytes),
                        (Side::Server, Some(Opened::Sink { received, .. })) => {
                            received.extend(bytes);
                        }
                        _ => panic!("nothing was opened to be written"),
                    }
                    self.tell(name, DataEvent::Progress { bytes: moved });
                }
                (Packet::Fin, Direction::Receive) => {
                    let bytes = run.moved;
                    self.end_run(name, DataEvent::Finished { bytes });
                }
                (Packet::Reset, _) => {
                    self.end_run(name, DataEvent::Failed(DataFailure::Broken));
                }
                (Packet::Bytes(_) | Packet::Fin, Direction::Send) => {}
            }
        }
    }

    /// Ends a run on one side; the session learns of it somewhat later.
    fn end_run(&mut self, name: EndName, event: DataEvent) {
        self.network.ends.remove(&name);
        if let Some(Opened::Source(_)) = self.shelf.opened.get(&name.1)
            && name.0 == Side::Server
        {
            self.shelf.opened.remove(&name.1);
        }
        self.later(name, event);
    }

    fn close(&mut self, name: EndName, manner: Manner) {
        self.network.close_listener(name);
        let Some(end) = self.network.ends.remove(&name) else {
            return;
        };
        let packet = if manner == Manner::Finish {
            Packet::Fin
        } else {
            Packet::Reset
        };
        self.post(end.peer, packet);
        if end.run.is_some() {
            self.later(name, DataEvent::Failed(DataFailure::Cancelled));
        }
    }

    fn post(&mut self, to: EndName, packet: Packet) {
        if self.network.ends.get(&to).is_none_or(|end| end.mute) {
            return;
        }
        let at = self.data_time(to);
        self.schedule_at(at, Happening::Packet { to, packet });
    }

    /// Tells a session of a data connection after a while, in order with what was told before.
    fn later(&mut self, to: EndName, event: DataEvent) {
        let at = self.data_time(to);
        self.schedule_at(at, Happening::Data { to, event });
    }

    fn data_time(&mut self, to: EndName) -> Moment {
        let earliest = self.data_arrival.get(&to).copied().unwrap_or(self.now);
        let at = (self.now + self.random.delay()).max(earliest);
        self.data_arrival.insert(to, at);
        at
    }

    // ---- the clock

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

/// The file that an upload writes.
fn target(verb: &TransferVerb) -> Option<VirtualPath> {
    match verb {
        TransferVerb::Store(path) | TransferVerb::Append(path) => Some(VirtualPath::from(path)),
        _ => None,
    }
}
